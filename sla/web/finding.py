"""The page that looks for cases."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi.responses import Response

from sla.clock import Light, State
from sla.history import Phase
from sla.policies import Gravity
from sla.rights import Right
from sla.service.finding import LIGHTS, STANDINGS, Wanted, find_cases, is_number, is_past
from sla.service.lists import permit_names
from sla.web.files import file_links
from sla.web.frame import App, Visit, case_path, moved, page
from sla.web.lights import Shown, Sign
from sla.words import NO_DATA, Words

NAMES = ("text", "permit", "handler", "applicant", "from", "to", "standing", "light")


@dataclass(frozen=True)
class Line:
    """A case in the list. `light` is the gravest of its clocks, None where none runs; `due` and `standing` are those
    of its promise, or of what runs."""

    number: str
    path: str
    title: str
    permit: str
    handler: str
    phase: str
    received: str
    received_on: str
    due: str
    due_on: str
    standing: str
    late: bool
    light: Shown | None


@dataclass(frozen=True)
class Search:
    """The page: what is asked, by name; what may be chosen; what was found; where it goes on."""

    asked: dict[str, str]
    permits: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    standings: tuple[tuple[str, str], ...]
    lights: tuple[tuple[str, str], ...]
    by_applicant: bool
    lines: tuple[Line, ...]
    more: str
    problem: str = ""


class WantedError(Exception):
    """Something that was asked makes no sense: `text` says in the reader's language what, and what would be right."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def cases_page(app: App, visit: Visit) -> Response:
    """Cases that match; a whole number, as from the head of each page, leads to its case at once."""
    number = visit.asked("number")
    if number and is_number(visit.session, visit.office, number):
        return moved(case_path(number))
    asked = asked_of(visit)
    asked["text"] = asked["text"] or number
    view, status = _search(visit, asked)
    return page(app, visit.request, "cases.html", {"view": view, "files": file_links("/cases", asked)}, status)


def _search(visit: Visit, asked: dict[str, str]) -> tuple[Search, int]:
    said, office = visit.said, visit.office
    names = {permit: said.name(own) for permit, own in permit_names(office).items()}
    view = Search(
        asked, tuple(names.items()), tuple((person.id, person.name) for person in office.people.values()),
        tuple((standing, _standing_words(standing, said)) for standing in STANDINGS),
        tuple((light.value, said.term(light)) for light in LIGHTS), may_ask_for_applicants(visit), (), "",
    )  # fmt: skip
    try:
        found = find_cases(visit.session, office, wanted_of(visit, asked), visit.now, visit.asked("after"))
    except WantedError as error:
        return replace(view, problem=error.text), 400
    lines = tuple(_line(visit, *each, names) for each in found.cases)
    kept = {name: value for name, value in asked.items() if value}
    more = f"/cases?{urlencode({**kept, 'after': found.more})}" if found.more else ""
    return replace(view, lines=lines, more=more), 200


def may_ask_for_applicants(visit: Visit) -> bool:
    """Whoever is signed in and records cases may, and nobody else."""
    return bool(visit.visitor.person_id) and Right.RECORD in visit.visitor.rights


def asked_of(visit: Visit) -> dict[str, str]:
    """What a page or a file of cases was asked, by name."""
    asked = {name: visit.asked(name) for name in NAMES}
    if not may_ask_for_applicants(visit):
        asked["applicant"] = ""
    return asked


def wanted_of(visit: Visit, asked: dict[str, str]) -> Wanted:
    """Which cases are looked for. Raises WantedError."""
    return Wanted(
        asked["text"], asked["permit"], asked["handler"], asked["applicant"], _day(visit, asked["from"]),
        _day(visit, asked["to"]), asked["standing"] if asked["standing"] in STANDINGS else "",
        asked["light"] if asked["light"] in LIGHTS else "",
    )  # fmt: skip


def _day(visit: Visit, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WantedError(visit.said.gettext("“%(text)s” is no date; write 2026-09-18.", text=text[:40])) from None


def _line(visit: Visit, row: Any, clock: Any, light: Light | None, permits: dict[str, str]) -> Line:
    said = visit.said
    today = visit.office.today(visit.now)
    due_on = clock.due_on if clock else None
    overdue = bool(clock and is_past(clock, visit.now, today))
    standing = said.term(Gravity.OVERDUE if overdue else State(clock.state)) if clock else NO_DATA
    return Line(
        number=row.number,
        path=case_path(row.number),
        title=row.title,
        permit=permits.get(row.permit, row.permit),
        handler=visit.office.name_of(row.handler),
        phase=said.term(Phase(row.phase)),
        received=said.date(row.received_on, year=True),
        received_on=row.received_on.isoformat(),
        due=said.date(due_on, year=True) if due_on else NO_DATA,
        due_on=due_on.isoformat() if due_on else "",
        standing=standing,
        late=overdue or bool(clock and clock.state == State.LATE),
        light=Shown(Sign(light.value), said.term(light)) if light else None,
    )


def _standing_words(standing: str, said: Words) -> str:
    return {
        "open": said.gettext("open"),
        "overdue": said.gettext("open and overdue"),
        "soon": said.gettext("due within 3 working days"),
        "paused": said.gettext("paused"),
        "closed": said.gettext("closed"),
    }[standing]
