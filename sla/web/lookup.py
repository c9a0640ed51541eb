"""What an applicant sees of their case: its state, its dates and how they were counted, and nothing else. And the code
for it, which whoever records cases can tell them, or renew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from sla.access.forms import Form
from sla.applicants import promised
from sla.clock import Clock
from sla.history import History, Phase
from sla.policies import Ground
from sla.rights import Right
from sla.service import cases, lookup
from sla.service.cases import Recorded
from sla.service.errors import ServiceError
from sla.service.offices import Office, office_named
from sla.service.rebuild import policy_of
from sla.web.frame import App, Visit, case_path, moved, page, spoken
from sla.web.routes import Open, Route, acted, shown
from sla.words import Words, due_text, slip_text


def routes(app: App) -> list[Route]:
    return [
        *public_routes(app),
        shown(app, "/lookup-code/{number:path}", Right.RECORD, _code),
        acted(app, "/lookup-code/{number:path}", Right.RECORD, _renewed),
    ]


def public_routes(app: App) -> list[Route]:
    """What is for everybody: all there is where nothing else is served."""
    return [
        Route("/lookup", Open.EVERYBODY, answer=lambda request: _asked(app, request)),
        Route("/lookup", Open.EVERYBODY, take=lambda request, form: _looked_up(app, request, form)),
    ]


@dataclass(frozen=True)
class Limit:
    """One limit of the case: its name, how it stands, when it is due, and how that was counted."""

    name: str
    state: str
    due: str
    due_on: str
    counted: str


@dataclass(frozen=True)
class Answer:
    """All that is told of a case."""

    number: str
    state: str
    limits: tuple[Limit, ...]


@dataclass(frozen=True)
class LookUp:
    """The page: `offices` to choose from, where there are several; what was filled in, and what is found by it."""

    offices: tuple[tuple[str, str], ...]
    office: str
    number: str = ""
    problem: str = ""
    answer: Answer | None = None
    as_of: str = ""


# --- for applicants ---
def _asked(app: App, request: Request) -> Response:
    with app.reading() as session:
        offices, office = _offices(app, session, request, request.query_params.get("office", ""))
    return _shown(app, request, LookUp(offices, office.slug if office else ""), 200)


def _looked_up(app: App, request: Request, form: Form) -> Response:
    address, number = request.client.host if request.client else "", form.asked("number")
    with app.writing() as session:
        now = app.now(session)
        offices, office = _offices(app, session, request, form.asked("office"))
        if office is None:
            return moved("/lookup")
        found = lookup.look_up(session, office, number, form.asked("code"), address, now)
    view, said, zone = LookUp(offices, office.slug, number), spoken(app, request), office.calendar.zone
    if isinstance(found, Recorded):
        view = replace(view, answer=_answer(office, found, said), as_of=said.moment(now, zone, year=True))
        return _shown(app, request, view, 200)
    if found.until is None:
        problem = said.gettext("No case has this number and this code. Both stand on your receipt.")
        return _shown(app, request, replace(view, problem=problem), 404)
    at = said.time(found.until, zone)
    problem = said.gettext("Too many attempts. The next one is taken after %(at)s.", at=at)
    response = _shown(app, request, replace(view, problem=problem), 429)
    response.headers["Retry-After"] = str(ceil((found.until - now).total_seconds()))
    return response


def _shown(app: App, request: Request, view: LookUp, status: int) -> Response:
    return page(app, request, "lookup.html", {"view": view}, status)


def _offices(app: App, session: Any, request: Request, slug: str) -> tuple[tuple[tuple[str, str], ...], Office | None]:
    """Those to choose from, none where there is but one; and the one that is chosen. Where no office offers a look-up
    there is no such page."""
    offering = lookup.offering(session, app.settings.office)
    if not offering:
        raise HTTPException(404)
    only = offering[0][0] if len(offering) == 1 else ""
    chosen = only or next((known for known, _ in offering if known == slug), "")
    office = office_named(session, chosen) if chosen else None
    request.state.office = office
    return (() if only else offering), office


def _answer(office: Office, found: Recorded, said: Words) -> Answer:
    grounds = policy_of(office, found.row, found.events).grounds
    limits = tuple(_limit(clock, said, grounds) for clock in promised(found.history))
    return Answer(found.number, phase_text(found.history, said), limits)


def phase_text(history: History, said: Words) -> str:
    """Where a case stands; by the law's own effect accepted, before anybody says so (R18)."""
    deemed = history.deemed_on is not None and history.phase in (Phase.RECEIVED, Phase.CORRECTION)
    return said.gettext("deemed accepted") if deemed else said.term(history.phase)


def _limit(clock: Clock, said: Words, grounds: Mapping[str, Ground]) -> Limit:
    return Limit(
        name=said.name(clock.rule.names),
        state=said.term(clock.state),
        due=due_text(clock, said, year=True),
        due_on=clock.due_on.isoformat() if clock.due_on else "",
        counted=slip_text(clock, said, grounds),
    )


# --- for those who tell them the code ---
def code_shown(visit: Visit, found: Recorded) -> tuple[str, str]:
    """The code of a case and where it is renewed, for whoever records cases; ("", "") where there is none."""
    if Right.RECORD not in visit.visitor.rights:
        return "", ""
    code = lookup.code_of(visit.session, visit.office, found)
    return code, code_path(found.number) if code else ""


def code_path(number: str) -> str:
    return f"/lookup-code/{quote(number, safe='')}"


def _code(app: App, visit: Visit) -> Response:
    found = _case(visit)
    code = lookup.code_of(visit.session, visit.office, found)
    values = {
        "number": found.number,
        "path": case_path(found.number),
        "action": code_path(found.number),
        "code": code,
        "link": lookup.lookup_link(visit.office, found.number, code),
    }
    return page(app, visit.request, "lookup_code.html", values)


def _renewed(app: App, visit: Visit, form: Form) -> Response:  # noqa: ARG001 - it has no fields
    found = _case(visit)
    lookup.renew(visit.session, visit.office, found, visit.now, visit.visitor.person_id)
    return moved(code_path(found.number))


def _case(visit: Visit) -> Recorded:
    """The case of the address. Where nobody looks up cases there is no such page."""
    if not visit.office.look_up.on:
        raise HTTPException(404)
    try:
        return cases.find(visit.session, visit.office, visit.request.path_params["number"], visit.now)
    except ServiceError as error:
        raise HTTPException(404) from error
