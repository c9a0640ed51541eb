"""An office's cases as an event log, for programs that look at how work really flows (process mining).

Of each case what happened and counts, in the order it happened: what was voided is left out. Nothing of the applicant
is in it, nor the title, which may name one; who did what is told by the ids of the staff.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

from schedules.limits import TIMED
from sla.events import CaseEvent, Paused, Resumed, ordered, standing
from sla.formats.as_xes import Attributes, Log, Trace, Value
from sla.policies import Basis
from sla.service.lists import permit_names
from sla.service.offices import Office
from sla.service.records import events_from
from sla.service.report_asked import ground_names
from sla.store import cases as store
from sla.store import streams
from sla.store.engine import Session
from sla.words import Words

NO_NAME = "UNKNOWN"
_TRANSITIONS = {  # of the standard's lifecycle; anything else happened at once, and is complete
    "paused": "start",
    "stage_entered": "start",
    "reassigned": "reassign",
    "handed_over": "reassign",
    "withdrawn": "withdraw",
}
_TOLD = ("ground", "stage", "outcome", "clock", "handler", "reason", "notice", "receipt", "method", "expected_end")
_BASES = (Basis.PROMISE, Basis.STATUTE)


def event_log(session: Session, office: Office, first: date | None, last: date | None, said: Words) -> Log:
    """The cases that came in from the first to the last day, None for no end; activities are named in one language.

    It is read as of one moment while it is written, and never held whole.
    """
    streams.stand_still(session)
    rows = streams.pages_of_cases(session, office.id, streams.received_between(first, last))
    making = _Making.of(office, said)
    unknown = office.calendar.start_of(date(1970, 1, 1)).astimezone(office.calendar.zone)
    return Log(
        attributes={"concept:name": office.name, "lifecycle:model": "standard", "office": office.slug},
        traces=chain.from_iterable(making.page(session, page) for page in rows),
        of_traces={"concept:name": NO_NAME, "permit": NO_NAME, "handler": "", "phase": NO_NAME},
        of_events={
            "concept:name": NO_NAME, "lifecycle:transition": "complete", "time:timestamp": unknown, "org:resource": "",
            "kind": NO_NAME, "happened": "", "recorded": unknown,
        },
        classifiers={"Activity": ("concept:name",), "Transition": ("concept:name", "lifecycle:transition")},
    )  # fmt: skip


@dataclass(frozen=True)
class _Making:
    """What all cases of an office are told with."""

    office: Office
    said: Words
    permits: Mapping[str, Mapping[str, str]]
    grounds: Mapping[str, Mapping[str, str]]
    stages: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, office: Office, said: Words) -> "_Making":
        policies = [office.policy(row.policy_id, row.version) for row in office.policy_rows]
        stages = {stage: names for policy in policies for stage, names in policy.stages.items()}
        return cls(office, said, permit_names(office), ground_names(office), stages)

    def page(self, session: Session, rows: Sequence[Any]) -> Iterator[Trace]:
        ids = [row.case_id for row in rows]
        events, clocks = store.events_of(session, self.office.id, ids), store.clocks_of(session, self.office.id, ids)
        for row in rows:
            happened = ordered(standing(events_from(events[row.case_id])), self.office.calendar.zone)
            yield Trace(self._case(row, clocks[row.case_id]), list(self._events(happened)))

    def _case(self, row: Any, clocks: Sequence[Any]) -> Attributes:
        known: dict[str, Value] = {
            "concept:name": row.number,
            "permit": row.permit,
            "permit_name": self.said.name(self.permits.get(row.permit, {})),
            "handler": row.handler,
            "phase": row.phase,
            "received_on": self._day(row.received_on),
        }
        known |= {"outcome": row.outcome} if row.outcome else {}
        for basis in _BASES:
            clock = next((clock for clock in clocks if clock.basis == basis.value), None)
            if clock is not None:
                known |= self._clock(basis.value, clock)
        return known

    def _clock(self, basis: str, clock: Any) -> dict[str, Value]:
        """When it is due, the day as its first moment; once it was closed, whether on time."""
        timed = clock.unit in TIMED
        due = clock.due_at if timed else clock.due_on
        known: dict[str, Value] = {}
        if due is not None:
            known[f"due_{basis}"] = self._moment(due) if timed else self._day(due)
        if not clock.open and clock.state in ("met", "late"):
            known[f"on_time_{basis}"] = clock.state == "met"
        return known

    def _events(self, events: Sequence[CaseEvent]) -> Iterator[Attributes]:
        pauses = {event.seq: event.ground for event in events if isinstance(event, Paused)}
        for event in events:
            details = event.details()
            if isinstance(event, Resumed):
                details["ground"] = pauses.get(event.pause, "")
            at = self._moment(event.occurred_at)
            known: dict[str, Value] = {
                "concept:name": self._activity(event.kind, details),
                "lifecycle:transition": _TRANSITIONS.get(event.kind, "complete"),
                "time:timestamp": at,
                "org:resource": event.actor,
                "kind": event.kind,
                "happened": at.date().isoformat() if event.dated else at.isoformat(),
                "recorded": self._moment(event.recorded_at),
            }
            known |= {name: str(details[name]) for name in _TOLD if details.get(name)}
            papers = details.get("papers") or details.get("owed")
            yield known | ({"papers": ",".join(papers)} if papers else {})

    def _activity(self, kind: str, details: Mapping[str, Any]) -> str:
        """What goes on: a stage, or what it is paused for, by that name from its start to its end."""
        for field, names in (("ground", self.grounds), ("stage", self.stages)):
            if id := details.get(field):
                return self.said.name(names.get(id, {"en": id}))
        return self.said.event(kind)

    def _day(self, day: date) -> datetime:
        return self._moment(self.office.calendar.start_of(day))

    def _moment(self, at: datetime) -> datetime:
        return at.astimezone(self.office.calendar.zone)
