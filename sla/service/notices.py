"""Papers the law asks for: the notice of all that is missing, given once where the law says so (一次性告知)."""

from sla.events import CorrectionRequested
from sla.service.cases import Recorded
from sla.service.offices import Office
from sla.service.rebuild import policy_of
from sla.words import words


def one_time_notice(office: Office, found: Recorded, language: str) -> str:
    """The notice as text: which papers are missing, of which case, since when."""
    said = words(language)
    request = next(event for event in reversed(found.events) if isinstance(event, CorrectionRequested))
    policy = policy_of(office, found.row, found.events)
    permit, once = policy.permit(found.history.received.permit), "one_notice" in policy.sources
    known = {paper.id: paper for paper in permit.papers}
    day = said.date(request.on(office.calendar.zone), year=True)
    lines = [
        said.gettext("One-time notice of missing papers") if once else said.gettext("Notice of missing papers"),
        f"{office.name} · {found.number} · {said.name(permit.names)} · {day}",
        said.gettext("The following papers are missing. Nothing else will be asked for:")
        if once
        else said.gettext("The following papers are missing:"),
    ]
    lines += [
        f"{place}. {said.name(known[paper].names) if paper in known else paper}"
        for place, paper in enumerate(request.papers, start=1)
    ]
    if request.notice:
        lines.append(said.gettext("Notice number: %(number)s", number=request.notice))
    return "\n".join(lines)
