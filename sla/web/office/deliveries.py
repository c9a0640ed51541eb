"""The log of deliveries: what went to whom by which channel, when, how often tried, what the other side said; and
sending again what was given up."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi.responses import Response

from notifiers.entries import State
from sla.rights import Right
from sla.service import channels
from sla.service import deliveries as service
from sla.service.deliveries import Logged, Wanted
from sla.service.errors import ServiceError
from sla.web.fields import Field
from sla.web.frame import App, Visit, case_path
from sla.web.lights import Shown, Sign
from sla.web.office.changing import Change, Done, Given, Outcome, Task, changes
from sla.web.office.sheet import Cell, Link, Row, Section, Sheet, may, sheet
from sla.web.routes import Route, shown
from sla.words import NO_DATA, Words

PATH, RETRY = "/deliveries", "/deliveries/retry"
PAGE = 50
FILTERS = ("to", "state", "person", "about", "channel", "case")


def routes(app: App) -> list[Route]:
    return [
        shown(app, PATH, Right.AUDIT, _page),
        *changes(app, Task(RETRY, "deliveries_retried", _retry, _would, _done, tries=True)),
    ]


# --- the log ----------------------------------------------------------------------------------------------------------
def _page(app: App, visit: Visit) -> Response:
    said, asked = visit.said, {name: visit.asked(name) for name in FILTERS if visit.asked(name)}
    try:
        found, problem = _log(visit, asked, PAGE + 1, _cursor(visit)), ""
    except ServiceError as error:
        found, problem = [], str(error)
    applicants = asked.get("to") == "applicants"
    other = {} if applicants else {"to": "applicants"}
    links = [Link(said.gettext("What the staff was told") if applicants else said.gettext("What applicants were told"),
                  f"{PATH}?{urlencode(other)}")]  # fmt: skip
    if any(one.message.state is State.DEAD for one in found):
        retry = Link(
            said.gettext("Send all of these again"), f"{RETRY}?{urlencode({**asked, 'state': 'dead'})}", main=True
        )
        links += may(visit, retry)
    more = None
    if len(found) > PAGE:
        onward = urlencode({**asked, "before": str(found[PAGE - 1].message.id)})
        more = Link(said.gettext("Older ones"), f"{PATH}?{onward}")
    title = said.gettext("Notifications of applicants") if applicants else said.gettext("Deliveries")
    section = _section(visit, found[:PAGE], title)
    view = Sheet(title, PATH, _since(visit), (section,), tuple(links), problem, _filters(visit, asked), more)
    return sheet(app, visit, view, 400 if problem else 200)


def _log(visit: Visit, asked: Mapping[str, str], limit: int, before: UUID | None = None) -> list[Logged]:
    wanted = Wanted(
        case=asked.get("case", ""),
        person=asked.get("person", ""),
        state=asked.get("state", ""),
        applicants=asked.get("to") == "applicants",
        about=asked.get("about", ""),
        channel=asked.get("channel", ""),
    )
    return service.matching(visit.session, visit.office, wanted, limit, before)


def _cursor(visit: Visit) -> UUID | None:
    try:
        return UUID(visit.asked("before")) if visit.asked("before") else None
    except ValueError:
        raise ServiceError("before", "is no place in the list; begin again") from None


def _since(visit: Visit) -> str:
    said, office = visit.said, visit.office
    if not office.messages_since:
        return said.gettext("The newest first; times are those of the office.")
    day = said.date(office.calendar.date_of(office.messages_since), year=True)
    return said.gettext("Of closed cases the log reaches back to %(day)s; older messages were removed.", day=day)


def _filters(visit: Visit, asked: Mapping[str, str]) -> tuple[Field, ...]:
    said, office = visit.said, visit.office
    states = tuple((state.value, said.term(state)) for state in State)
    people = tuple((person.id, person.name) for person in office.people.values())
    names = tuple((one.endpoint.name, one.endpoint.name) for one in channels.states(visit.session, office))
    abouts = (
        ("alarm", said.gettext("reminders and alarms")),
        ("digest", said.gettext("digests and summaries")),
        ("calendar", said.gettext("the calendar")),
        ("undelivered", said.gettext("what lies undelivered")),
    )
    fields = [Field("state", said.gettext("State"), options=states)]
    if asked.get("to") == "applicants":
        fields.append(Field("to", said.gettext("To whom"), options=(("applicants", said.gettext("applicants")),)))
    else:
        fields += [
            Field("person", said.gettext("Person"), options=people),
            Field("about", said.gettext("About"), options=abouts),
        ]
    fields += [
        Field("channel", said.gettext("Channel"), options=names),
        Field("case", said.gettext("Case number"), most=80),
    ]
    return tuple(
        Field(f.name, f.label, options=f.options, most=f.most, values=(asked.get(f.name, ""),)) for f in fields
    )


def _section(visit: Visit, found: list[Logged], title: str) -> Section:
    said = visit.said
    return Section(
        "log", title,
        (said.gettext("State"), said.gettext("What"), said.gettext("To whom"), said.gettext("To be sent"),
         said.gettext("Sent"), said.gettext("Tries"), said.gettext("What the other side said")),
        tuple(_row(visit, one) for one in found),
        said.gettext("No message matches. Messages are made when a case comes close to its limit, and each morning."),
        Link(said.gettext("Show all"), PATH),
    )  # fmt: skip


def _row(visit: Visit, one: Logged) -> Row:
    said, message, zone = visit.said, one.message, visit.office.calendar.zone
    to = visit.office.name_of(message.recipient_id)
    link = Link(said.gettext("send again"), f"{RETRY}?{urlencode({'id': str(message.id)})}", one.case)
    what = service.what(visit.office, one, said)
    return Row(
        (
            Cell(light=_light(message.state, said)),
            Cell(what, path=case_path(one.case) if one.case else ""),
            Cell(said.gettext("applicant") if one.to_applicant else to, (message.endpoint,)),
            Cell(said.moment(message.due_at, zone, year=True)),
            Cell(said.moment(one.sent_at, zone, year=True) if one.sent_at else NO_DATA),
            Cell(str(message.attempts)),
            Cell(more=(one.said[:300],)) if one.sent_at else Cell(one.said[:300] or NO_DATA),
        ),
        may(visit, link) if message.state is State.DEAD else (),
    )


def _light(state: State, said: Words) -> Shown:
    signs = {State.SENT: Sign.GREEN, State.PENDING: Sign.YELLOW, State.DEAD: Sign.RED}
    return Shown(signs.get(state, Sign.NONE), said.term(state))


# --- sending again ----------------------------------------------------------------------------------------------------
def _retry(visit: Visit) -> Change:
    said = visit.said
    asked = {name: visit.asked(name) for name in (*FILTERS, "id") if visit.asked(name)}
    path = f"{RETRY}?{urlencode(asked)}"
    about = said.joined(f"{value}" for name, value in asked.items() if name not in ("id", "state", "to"))
    title, confirm = said.gettext("Send undelivered messages again"), said.gettext("Send again")
    return Change(title, path, f"{PATH}?state=dead", confirm, subject=asked.get("id", about), about=about)


def _dead(visit: Visit) -> list[str]:
    """The one that is named, or all that match, at most a thousand."""
    if visit.asked("id"):
        return [visit.asked("id")]
    asked = {name: visit.asked(name) for name in FILTERS} | {"state": "dead"}
    return [str(one.message.id) for one in _log(visit, asked, service.MOST)]


def _again(visit: Visit) -> int:
    ids = _dead(visit)
    if not ids:
        raise ServiceError("id", "nothing lies undelivered here")
    return service.retry(visit.session, visit.office, ids, visit.now)


def _would(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001 - it needs the visit alone
    said = visit.said
    back = _sent_again(_again(visit), said)
    kept = said.gettext("Each keeps its identity: who has it already does not get it twice where the channel knows it.")
    return Outcome((back, kept, said.gettext("What is no longer true by then is dropped on record, not sent.")))


def _done(app: App, visit: Visit, given: Given) -> Done:  # noqa: ARG001
    return Done((_sent_again(_again(visit), visit.said),))


def _sent_again(n: Any, said: Words) -> str:
    return said.ngettext("%(n)s message will be sent again", "%(n)s messages will be sent again", n)
