"""The papers a window hands out, one page each to print: made of what is on record, and of nothing else.

A paper shows the case as it stood when its event was recorded: printed again later it is the same paper. It cites what
the case's policy cites.
"""

from dataclasses import dataclass

from fastapi.responses import Response
from markupsafe import Markup

from sla.events import CaseEvent, EventName, standing
from sla.rights import Right
from sla.service import cases
from sla.service.as_of import find_as_of
from sla.service.cases import Recorded
from sla.service.errors import ServiceError
from sla.service.lookup import code_of
from sla.service.rebuild import policy_of
from sla.web.frame import PAPERS, App, Visit, case_path, page
from sla.web.paper_texts import Part, Told, laws_of, parts_of, title_of
from sla.web.qr import leads_to, square
from sla.web.routes import Route, shown
from sla.words import date_in_words

PATH = "/papers/{kind}/{number:path}"
_SLIPS = ("accepted", "delivered")  # A5; the others A4


@dataclass(frozen=True)
class Paper:
    """One paper. `day` is its date in words; `addressee` is "" where it is not shown, or not kept any more: a line to
    fill in. `trail` says who recorded it, and by which hash it can be found."""

    kind: str
    size: str
    title: str
    office: str
    case: str
    back: str
    permit: str
    about: str
    addressee: str
    parts: tuple[Part, ...]
    laws: tuple[str, ...]
    day: str
    handler: str
    trail: str
    hash: str
    square: Markup
    code: str  # of the applicant's look-up, "" where there is none or its reader may not see it


def routes(app: App) -> list[Route]:
    return [shown(app, PATH, Right.READ, _paper)]


def _paper(app: App, visit: Visit) -> Response:
    kind, number = (str(visit.request.path_params[name]) for name in ("kind", "number"))
    found = cases.find(visit.session, visit.office, number, visit.now)
    event = _event(found, kind, visit.asked("event"))
    then = find_as_of(visit.session, visit.office, number, event.recorded_at, event.seq)
    return page(app, visit.request, "paper.html", {"view": paper_of(visit, then, event)})


def _event(found: Recorded, kind: str, seq: str) -> CaseEvent:
    """The event a paper is about: the one named, else the newest of its kind; one that was voided has none."""
    if kind not in PAPERS:
        raise ServiceError("paper", "%(kind)r is no paper; there are: %(papers)s", kind=kind, papers=PAPERS)
    events = [event for event in standing(found.events) if event.kind == kind and seq in ("", str(event.seq))]
    if not events:
        raise ServiceError(
            "paper",
            "nothing of the kind %(kind)s stands on record in %(number)s",
            kind=EventName(kind),
            number=found.number,
        )
    return events[-1]


def paper_of(visit: Visit, found: Recorded, event: CaseEvent) -> Paper:
    """The paper of an event; `found` is the case as it stood when that was recorded."""
    said, office = visit.said, visit.office
    told = Told(office, found, event, policy_of(office, found.row, found.events), said)
    recorded = said.moment(event.recorded_at, office.calendar.zone, year=True)
    by = office.name_of(event.actor)
    code = code_of(visit.session, office, found) if Right.RECORD in visit.visitor.rights else ""
    trail = said.gettext("event %(seq)s, recorded %(moment)s", seq=event.seq, moment=recorded)
    return Paper(
        kind=event.kind,
        size="a5" if event.kind in _SLIPS else "a4",
        title=title_of(told),
        office=office.name,
        case=found.number,
        back=case_path(found.number),
        permit=said.name(told.permit.names),
        about=found.row.title,
        addressee=_addressee(visit, found),
        parts=tuple(parts_of(told)),
        laws=laws_of(told),
        day=date_in_words(event.on(office.calendar.zone), said),
        handler=office.name_of(found.history.handler),
        trail=" · ".join(part for part in (trail, by) if part),
        hash=found.hashes.get(event.seq, ""),
        square=square(leads_to(office, found.number, code)),
        code=code,
    )


def _addressee(visit: Visit, found: Recorded) -> str:
    """The applicant, for whoever may see them: as on the page of the case."""
    if not visit.visitor.person_id or Right.RECORD not in visit.visitor.rights:
        return ""
    return cases.personal(visit.session, visit.office, found).get("applicant", "")
