"""Keys for programs: which there are, making one, taking one back."""

from datetime import date, timedelta

from fastapi.responses import Response

from sla.formats.table import Column, Kind
from sla.rights import Right
from sla.service import tokens
from sla.service.days import day_of
from sla.service.errors import ServiceError
from sla.service.tokens import Token
from sla.web.fields import Ask, Field
from sla.web.files import file_links
from sla.web.frame import App, Visit
from sla.web.lights import Shown, Sign
from sla.web.office.changing import Change, Done, Given, Outcome, Task, changes
from sla.web.office.listed import list_files
from sla.web.office.sheet import Cell, Link, Row, Section, Sheet, at_cell, day_cell, light_cell, may, person_cell, sheet
from sla.web.routes import Route, shown
from sla.words import Words

PATH, NEW, REVOKE = "/tokens", "/tokens/new", "/tokens/revoke"
USUAL = timedelta(days=90)


def routes(app: App) -> list[Route]:
    return [
        shown(app, PATH, Right.AUDIT, _page),
        *list_files(app, PATH, Right.AUDIT, _keys),
        *changes(app, Task(NEW, "key_made", _new, _would_make, _made, tries=True)),
        *changes(app, Task(REVOKE, "key_revoked", _revoke, _would_revoke, _revoked, tries=True)),
    ]


def _page(app: App, visit: Visit) -> Response:
    said = visit.said
    new = Link(said.gettext("Make a key"), NEW, main=True)
    about = said.gettext("A program shows its key with each request; a person signs in instead.")
    view = Sheet(said.gettext("Keys for programs"), PATH, about, (_keys(visit),), may(visit, new))
    return sheet(app, visit, view)


def _keys(visit: Visit) -> Section:
    """What a key is known by is in no list: the database does not have it."""
    said = visit.said
    columns = (
        Column("name", said.pgettext("page", "Name")),
        Column("state", said.gettext("State"), Kind.CHOICE),
        Column("rights", said.gettext("Rights"), wide=True),
        Column("works_through", said.gettext("Works through"), Kind.DATE),
        Column("used_at", said.gettext("Last used"), Kind.MOMENT),
        Column("made_by", said.gettext("Made by"), Kind.CHOICE),
    )
    return Section(
        "keys", said.gettext("Keys"), columns,
        tuple(_row(visit, token) for token in tokens.listed(visit.session, visit.office)),
        said.gettext("No program has a key. The archive or a counter display gets one of its own, with no more rights "
                     "than it needs."),
        next(iter(may(visit, Link(said.gettext("Make a key"), NEW, main=True))), None),
        files=file_links(PATH),
    )  # fmt: skip


def _row(visit: Visit, token: Token) -> Row:
    said, office, state = visit.said, visit.office, token.state(visit.now)
    revoke = Link(said.gettext("Revoke"), f"{REVOKE}?name={token.name}", token.name)
    return Row(
        (
            Cell(token.name),
            light_cell(_light(state, said), state),
            Cell(said.joined(sorted(_right_words(said)[right] for right in token.rights))),
            day_cell(visit, office.calendar.date_of(token.expires_at - timedelta(seconds=1))),
            at_cell(visit, token.used_at),
            person_cell(visit, token.made_by),
        ),
        may(visit, revoke) if state == "valid" else (),
    )


def _light(state: str, said: Words) -> Shown:
    return {
        "valid": Shown(Sign.GREEN, said.gettext("valid")),
        "expired": Shown(Sign.NONE, said.gettext("expired")),
        "revoked": Shown(Sign.RED, said.gettext("revoked")),
    }[state]


def _right_words(said: Words) -> dict[Right, str]:
    return {
        Right.READ: said.gettext("read"),
        Right.RECORD: said.gettext("record events"),
        Right.MANAGE: said.gettext("extend, reassign, void"),
        Right.REPORT: said.gettext("see the rates"),
        Right.ADMINISTER: said.gettext("administer the office"),
        Right.AUDIT: said.gettext("audit the record"),
    }


# --- making one -------------------------------------------------------------------------------------------------------
def _new(visit: Visit) -> Change:
    said = visit.said
    until = visit.office.today(visit.now) + USUAL
    rights = tuple((right.value, words) for right, words in _right_words(said).items())
    fields = (
        Field("name", said.pgettext("page", "Name"), needed=True, most=50,
              hint=said.gettext("what it is for: archive-system")),
        Field("until", said.gettext("Works through"), Ask.DAY, needed=True, values=(until.isoformat(),),
              hint=said.gettext("at most a year")),
        Field("rights", said.gettext("Rights"), Ask.BOXES, rights, needed=True, values=(Right.READ.value,),
              hint=said.gettext("none beyond your own")),
    )  # fmt: skip
    return Change(said.gettext("Make a key for a program"), NEW, PATH, said.gettext("Make it"), fields=fields)


def _key(visit: Visit, given: Given) -> str:
    last = _until(given)
    wanted = [right for right in given["rights"].split(",") if right]
    return tokens.add(visit.session, visit.office, given["name"], wanted, last, visit.visitor.person_id, visit.now)


def _would_make(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001 - it needs the visit alone
    _key(visit, given)
    said = visit.said
    return Outcome((
        said.gettext("A key is made and shown once; the database keeps only what it is recognised by."),
        said.gettext("It works through %(day)s, and not a day longer.", day=said.date(_until(given), year=True)),
    ))  # fmt: skip


def _made(app: App, visit: Visit, given: Given) -> Done:  # noqa: ARG001
    said, day = visit.said, visit.said.date(_until(given), year=True)
    text = said.gettext("%(name)s works through %(day)s. It is shown only now:", name=given["name"], day=day)
    return Done((text,), given["name"], once=_key(visit, given))


def _until(given: Given) -> date:
    return day_of(given["until"], "until")


# --- taking one back --------------------------------------------------------------------------------------------------
def _revoke(visit: Visit) -> Change:
    said, name = visit.said, visit.asked("name")
    if name not in {token.name for token in tokens.listed(visit.session, visit.office)}:
        raise ServiceError("name", "%(name)r is no key", name=name[:80])
    return Change(
        said.gettext("Revoke a key"), f"{REVOKE}?name={name}", PATH, said.gettext("Revoke"), subject=name, about=name,
        lead=(said.gettext("The program that holds it is refused from then on."),),
    )  # fmt: skip


def _would_revoke(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001
    tokens.revoke(visit.session, visit.office, visit.asked("name"), visit.now)
    return Outcome((
        visit.said.gettext("It works no more, at once and for good; a new one needs another name."),
    ))  # fmt: skip


def _revoked(app: App, visit: Visit, given: Given) -> Done:  # noqa: ARG001
    tokens.revoke(visit.session, visit.office, visit.asked("name"), visit.now)
    return Done((visit.said.gettext("%(name)s works no more", name=visit.asked("name")),))
