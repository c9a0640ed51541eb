"""容缺受理: what a conditional acceptance left owed, and whether its day is past. It moves no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sla.events import Accepted, CaseEvent, OwedReceived


@dataclass(frozen=True, slots=True)
class Owed:
    """The papers of the permit's list that are still to come, by their ids, on the day `by` at the latest."""

    papers: tuple[str, ...]
    by: date

    def past(self, today: date) -> bool:
        """The day itself is still in time."""
        return today > self.by


def owed(events: Iterable[CaseEvent]) -> Owed | None:
    """What is still owed by events that stand; None where nothing is, or never was."""
    accepted, came = None, set[str]()
    for event in events:
        if isinstance(event, Accepted):
            accepted = event
        elif isinstance(event, OwedReceived):
            came |= set(event.papers)
    if accepted is None or accepted.owed_by is None:
        return None
    papers = tuple(paper for paper in accepted.owed if paper not in came)
    return Owed(papers, accepted.owed_by) if papers else None
