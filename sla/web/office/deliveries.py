"""The log of deliveries: what went to whom by which channel, when, how often tried, what the other side said; and
sending again what was given up."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi.responses import Response

from notifiers.entries import State
from sla.formats.table import Choice, Column, Kind, Table
from sla.rights import Right
from sla.service import channels
from sla.service import deliveries as service
from sla.service.deliveries import Logged, Wanted
from sla.service.errors import ServiceError
from sla.web.fields import Field
from sla.web.files import ListError, file_links, files
from sla.web.frame import App, Visit, case_path
from sla.web.lights import Shown, Sign
from sla.web.office.changing import Change, Done, Given, Outcome, Task, changes
from sla.web.office.listed import MOST_IN_FILE, table_of
from sla.web.office.sheet import Cell, Link, Row, Section, Sheet, at_cell, light_cell, may, person_cell, sheet
from sla.web.routes import Route, shown
from sla.words import NO_DATA, Words

PATH, RETRY = "/deliveries", "/deliveries/retry"
PAGE = 50
FILTERS = ("to", "state", "person", "about", "channel", "case")


def routes(app: App) -> list[Route]:
    return [
        shown(app, PATH, Right.AUDIT, _page),
        *files(app, PATH, Right.AUDIT, _file),
        *changes(app, Task(RETRY, "deliveries_retried", _retry, _would, _done, tries=True)),
    ]


# --- the log ----------------------------------------------------------------------------------------------------------
def _page(app: App, visit: Visit) -> Response:
    said, asked = visit.said, _asked(visit)
    try:
        found, problem = _log(visit, asked, PAGE + 1, _cursor(visit)), ""
    except ServiceError as error:
        found, problem = [], said.fault(error)
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
    section = _section(visit, found[:PAGE], asked)
    view = Sheet(section.title, PATH, _since(visit), (section,), tuple(links), problem, _filters(visit, asked), more)
    return sheet(app, visit, view, 400 if problem else 200)


def _file(visit: Visit) -> Table:
    """Every message that matches, not only a page of them."""
    asked = _asked(visit)
    rows = (_row(visit, one) for one in _bounded(visit, service.every(visit.session, visit.office, _wanted(asked))))
    return table_of(visit, PATH, _section(visit, [], asked), rows)


def _bounded(visit: Visit, found: Iterator[Logged]) -> Iterator[Logged]:
    """Raises ListError for what is too long: a list that leaves some out without a word would be wrong."""
    for count, one in enumerate(found, start=1):
        if count > MOST_IN_FILE:
            text = visit.said.gettext(
                "More than %(n)s messages match. Choose a person, a channel or a state, and make several files.",
                n=f"{MOST_IN_FILE:,}",
            )
            raise ListError(text)
        yield one


def _asked(visit: Visit) -> dict[str, str]:
    return {name: visit.asked(name) for name in FILTERS if visit.asked(name)}


def _log(visit: Visit, asked: Mapping[str, str], limit: int, before: UUID | None = None) -> list[Logged]:
    return service.matching(visit.session, visit.office, _wanted(asked), limit, before)


def _wanted(asked: Mapping[str, str]) -> Wanted:
    return Wanted(
        case=asked.get("case", ""),
        person=asked.get("person", ""),
        state=asked.get("state", ""),
        applicants=asked.get("to") == "applicants",
        about=asked.get("about", ""),
        channel=asked.get("channel", ""),
    )


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


def _section(visit: Visit, found: list[Logged], asked: Mapping[str, str]) -> Section:
    said, applicants = visit.said, asked.get("to") == "applicants"
    columns = (
        Column("state", said.gettext("State"), Kind.CHOICE),
        Column("what", said.gettext("What"), wide=True),
        Column("to", said.gettext("To whom"), Kind.CHOICE),
        Column("due_at", said.gettext("To be sent"), Kind.MOMENT),
        Column("sent_at", said.gettext("Sent"), Kind.MOMENT),
        Column("tries", said.gettext("Tries"), Kind.NUMBER),
        Column("said", said.gettext("What the other side said"), wide=True),
    )
    return Section(
        "log", said.gettext("Notifications of applicants") if applicants else said.gettext("Deliveries"), columns,
        tuple(_row(visit, one) for one in found),
        *_nothing(asked, said),
        beside=(Column("channel", said.gettext("Channel")), Column("number", said.gettext("Case number"))),
        files=file_links(PATH, asked),
    )  # fmt: skip


def _nothing(asked: Mapping[str, str], said: Words) -> tuple[str, Link]:
    """What is said where there is none, and what can be done about it."""
    if set(asked) - {"to"}:
        text = said.gettext("No message matches. Leave something out.")
        return text, Link(said.gettext("Show all"), f"{PATH}?to=applicants" if "to" in asked else PATH)
    if asked:
        text = said.gettext("No applicant was told anything yet; [applicants] in the office file says what they hear.")
        return text, Link(said.gettext("What the staff was told"), PATH)
    text = said.gettext("No message yet. They are made when a case comes close to its limit, and each morning.")
    return text, Link(said.gettext("Channels"), "/channels")


def _row(visit: Visit, one: Logged) -> Row:
    said, message, answer = visit.said, one.message, one.said[:300]
    applicant = said.gettext("applicant")
    to = (
        Cell(applicant, value=Choice("applicant", applicant))
        if one.to_applicant
        else person_cell(visit, message.recipient_id)
    )
    link = Link(said.gettext("send again"), f"{RETRY}?{urlencode({'id': str(message.id)})}", one.case)
    what = service.what(visit.office, one, said)
    return Row(
        (
            light_cell(_light(message.state, said), message.state.value),
            Cell(what, path=case_path(one.case) if one.case else ""),
            replace(to, more=(message.endpoint,)),
            at_cell(visit, message.due_at),
            at_cell(visit, one.sent_at),
            Cell(str(message.attempts), value=message.attempts),
            Cell(more=(answer,)) if one.sent_at else Cell(answer or NO_DATA),
        ),
        may(visit, link) if message.state is State.DEAD else (),
        (message.endpoint, one.case or None),
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
