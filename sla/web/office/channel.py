"""Adding a channel: its kind, its settings, and last its secrets, which are sealed at once and never shown again."""

from urllib.parse import urlencode

from fastapi.responses import Response

from notifiers.sealing import SealingError, seal_of
from sla.channels import EVERY_KIND, KINDS, Kind
from sla.rights import Right
from sla.service import channel_secrets
from sla.service.channel_secrets import New
from sla.service.errors import ServiceError
from sla.settings import Settings
from sla.web.fields import Ask, Field
from sla.web.frame import App, Visit
from sla.web.office.changing import Change, Done, Given, Outcome, Task, changes
from sla.web.office.sheet import Cell, Link, Row, Section, Sheet, sheet
from sla.web.routes import Route, shown
from sla.words import Words

NEW, KINDS_PATH = "/channels/new", "/channels/kinds"
OWN = frozenset(f"SLA_{name.upper()}" for name in Settings.model_fields)  # whoever is at a page is not at the server
SET, VARIABLE, SECRET = "set-", "variable-", "secret-"


def routes(app: App) -> list[Route]:
    return [
        shown(app, KINDS_PATH, Right.ADMINISTER, _kinds),
        *changes(app, Task(NEW, "channel_added", _form, _would_add, _added)),
    ]


def _kinds(app: App, visit: Visit) -> Response:
    said, words = visit.said, _kind_words(visit.said)
    found = tuple(Row((Cell(words[name], (name,), path=f"{NEW}?{urlencode({'kind': name})}"),)) for name in KINDS)
    section = Section("kinds", said.gettext("Which kind?"), (said.gettext("Kind"),), found)
    about = said.gettext("What each needs, and what it takes, stands in docs/channels.md.")
    return sheet(app, visit, Sheet(said.gettext("Add a channel"), KINDS_PATH, about, (section,)))


def _form(visit: Visit) -> Change:
    said, chosen = visit.said, visit.asked("kind")
    if chosen not in KINDS:
        raise ServiceError("kind", "%(value)r is unknown; known are: %(known)s", value=chosen[:40], known=KINDS)
    path = f"{NEW}?{urlencode({'kind': chosen})}"
    lead = (said.gettext("Secrets are asked for last, unless environment variables of the service hold them."),)
    fields = tuple(_fields(KINDS[chosen], said))
    title, about, confirm = said.gettext("Add a channel"), _kind_words(said)[chosen], said.gettext("Add it")
    return Change(title, path, "/channels", confirm, chosen, about, lead, fields=fields)


def _fields(kind: Kind, said: Words) -> list[Field]:
    named = [Field("name", said.pgettext("page", "Name"), needed=True, most=50, hint=said.gettext("such as robot"))]
    settings = [*((name, True) for name in kind.needed), *((name, False) for name in (*kind.optional, *EVERY_KIND))]
    json = said.gettext("as JSON")
    named += [
        Field(SET + name, name, needed=needed, most=2000, hint=json if name in kind.tables else "")
        for name, needed in settings
    ]
    blank = said.gettext("such as SLA_ROBOT_KEY; blank: the secret itself is asked for next")
    named += [
        Field(VARIABLE + name, said.gettext("Variable that holds “%(secret)s”", secret=name), most=100, hint=blank)
        for name in kind.all_secrets
    ]
    return named


def _new(visit: Visit, given: Given) -> New:
    variables = _texts(given, VARIABLE)
    for name, variable in variables.items():
        if not variable.startswith("SLA_") or variable in OWN or variable.startswith("SLA_SECRET_KEY"):
            raise ServiceError(VARIABLE + name, "must begin with SLA_ and be none that the service itself reads")
    return New(given["name"], visit.asked("kind"), _texts(given, SET), variables, _texts(given, SECRET))


def _texts(given: Given, prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): text for name, text in given.items() if name.startswith(prefix) and text.strip()}


def _would_add(app: App, visit: Visit, given: Given) -> Outcome:
    said = visit.said
    new, kind = _new(visit, given), KINDS[visit.asked("kind")]
    open_secrets = [name for name in kind.all_secrets if name not in new.variables]
    needed = [name for name in kind.secrets if name in open_secrets]
    if needed and not _can_seal(app):
        raise ServiceError(
            VARIABLE + needed[0],
            "name the variable that holds it: before SLA_SECRET_KEY is set no secret can be stored (docs/channels.md)",
        )
    channel_secrets.check(visit.session, visit.office, new, needed)
    lines = [said.gettext("The channel is there from now on; the office file says for whom it is used.")]
    asks = [
        Field(SECRET + name, said.gettext("Secret “%(secret)s”", secret=name), Ask.SECRET, needed=name in needed,
              hint=said.gettext("sealed in the database, never shown again"))
        for name in open_secrets if _can_seal(app)
    ]  # fmt: skip
    return Outcome(tuple(lines), asks=tuple(asks))


def _can_seal(app: App) -> bool:
    try:
        seal_of(app.environment)
    except SealingError:
        return False
    return True


def _added(app: App, visit: Visit, given: Given) -> Done:
    said, new = visit.said, _new(visit, given)
    channel_secrets.add(visit.session, visit.office, new, app.environment, visit.now)
    text = said.gettext("%(name)s is added. Write its addresses into the office file, then try it.", name=new.name)
    trial = Link(said.gettext("Try a channel"), f"/channels/test?{urlencode({'name': new.name})}")
    return Done((text,), new.name, links=(trial,))


def _kind_words(said: Words) -> dict[str, str]:
    return {
        "log": said.gettext("log (for trying out: nobody is told)"),
        "webhook": said.gettext("webhook, signed"),
        "email": said.gettext("e-mail"),
        "wecom": said.gettext("robot of WeCom"),
        "dingtalk": said.gettext("robot of DingTalk"),
        "feishu": said.gettext("robot of Feishu"),
        "sms": said.gettext("SMS by an HTTP gateway"),
        "aliyun_sms": said.gettext("SMS by Aliyun"),
        "tencent_sms": said.gettext("SMS by Tencent"),
        "apprise": said.gettext("another service, by Apprise"),
    }
