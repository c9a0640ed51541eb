"""What happened to a case, in the order in which it happened; what was voided stays to be seen, with the reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sla.events import (
    Accepted,
    Acknowledged,
    Blanked,
    CalendarApplied,
    CaseEvent,
    CorrectionReceived,
    CorrectionRequested,
    Decided,
    Delivered,
    Extended,
    HandedOver,
    NotRequired,
    OverdueExplained,
    OwedReceived,
    Paused,
    Reassigned,
    Rebased,
    Refused,
    Resumed,
    StageEntered,
    StageLeft,
    Verdict,
    Voided,
    Withdrawn,
    ordered,
)
from sla.history import late_entry
from sla.people import Program
from sla.policies import Policy
from sla.service.cases import Recorded
from sla.service.offices import Office
from sla.words import NO_DATA, Words


@dataclass(frozen=True)
class EventLine:
    """One event, with its hash. `void` says why it does not count."""

    seq: int
    what: str
    details: tuple[str, ...]
    occurred: str
    occurred_at: str
    recorded: str
    recorded_at: str
    late: bool
    who: str
    voided: bool
    void: str
    hash: str


@dataclass(frozen=True)
class _Teller:
    """What is needed to say what an event is."""

    policy: Policy
    office: Office
    permit: str
    said: Words

    def person(self, person_id: str) -> str:
        source = Program.source_of(person_id)
        return (
            self.said.gettext("imported from %(source)s", source=source) if source else self.office.name_of(person_id)
        )

    def moment(self, event: CaseEvent) -> str:
        zone = self.office.calendar.zone
        return self.said.date(event.on(zone)) if event.dated else self.said.moment(event.occurred_at, zone)

    def recorded(self, moment: datetime) -> str:
        return self.said.moment(moment, self.office.calendar.zone)


def event_lines(found: Recorded, policy: Policy, office: Office, said: Words) -> tuple[EventLine, ...]:
    """Every event of the case, the voided and the voiding too."""
    teller = _Teller(policy, office, found.history.received.permit, said)
    voids = {event.event: event for event in found.events if isinstance(event, Voided)}
    hashes = dict(found.hashes)
    return tuple(
        _line(event, teller, voids.get(event.seq), hashes) for event in ordered(found.events, office.calendar.zone)
    )


def _line(event: CaseEvent, teller: _Teller, void: Voided | None, hashes: dict[int, str]) -> EventLine:
    return EventLine(
        seq=event.seq,
        what=teller.said.event(event.kind),
        details=tuple(detail for detail in _details(event, teller) if detail),
        occurred=teller.moment(event),
        occurred_at=event.occurred_at.isoformat(),
        recorded=teller.recorded(event.recorded_at),
        recorded_at=event.recorded_at.isoformat(),
        late=late_entry(teller.office.calendar, event),
        who=teller.person(event.actor),
        voided=void is not None,
        void=teller.said.gettext("voided by event %(seq)s: %(reason)s", seq=void.seq, reason=void.reason)
        if void
        else "",
        hash=hashes.get(event.seq, ""),
    )


def _details(event: CaseEvent, teller: _Teller) -> Iterable[str]:
    tell = _DETAILS.get(type(event))
    return tell(event, teller) if tell else ()


def _correction(event: CaseEvent, teller: _Teller) -> Iterable[str]:
    assert isinstance(event, CorrectionRequested | CorrectionReceived | OwedReceived)
    yield _papers(event.papers, teller)
    yield _labelled(teller, teller.said.gettext("notice"), getattr(event, "notice", ""))


def _accepted(event: CaseEvent, teller: _Teller) -> Iterable[str]:
    assert isinstance(event, Accepted)
    yield _labelled(teller, teller.said.gettext("receipt"), event.receipt)
    if event.owed_by:
        values = {"papers": _papers(event.owed, teller), "day": teller.said.date(event.owed_by)}
        yield teller.said.gettext("still owed by %(day)s: %(papers)s", **values)
    yield _labelled(teller, teller.said.gettext("admitted by"), teller.person(event.admitted_by))


def _paused(event: CaseEvent, teller: _Teller) -> Iterable[str]:
    assert isinstance(event, Paused)
    grounds = teller.policy.grounds
    yield teller.said.name(grounds[event.ground].names) if event.ground in grounds else event.ground
    yield event.notice
    if event.expected_end:
        yield _labelled(teller, teller.said.gettext("expected to end"), teller.said.date(event.expected_end))
    yield _labelled(teller, teller.said.gettext("admitted by"), teller.person(event.admitted_by))
    yield from _verdicts(event, teller)


def _resumed(event: CaseEvent, teller: _Teller) -> Iterable[str]:
    assert isinstance(event, Resumed)
    yield teller.said.gettext("ends the pause of event %(seq)s", seq=event.pause)


def _extended(event: CaseEvent, teller: _Teller) -> Iterable[str]:
    assert isinstance(event, Extended)
    yield _labelled(teller, _clock_name(event.clock, teller), teller.said.amount(event.amount, event.unit))
    yield event.reason
    yield _labelled(teller, teller.said.gettext("approved by"), teller.person(event.approver))
    yield from _verdicts(event, teller)


def _verdicts(event: Paused | Extended, teller: _Teller) -> Iterable[str]:
    """Only what differs from the ordinary: late, or let in by a manager (R21)."""
    for clock, verdict in event.verdicts.items():
        if verdict is not Verdict.IN_TIME:
            yield _labelled(teller, _clock_name(clock, teller), teller.said.term(verdict))


def _stage(event: CaseEvent, teller: _Teller) -> Iterable[str]:
    assert isinstance(event, StageEntered | StageLeft)
    names = teller.policy.stages.get(event.stage)
    yield teller.said.name(names) if names else event.stage


def _reassigned(event: CaseEvent, teller: _Teller) -> Iterable[str]:
    assert isinstance(event, Reassigned)
    yield _labelled(teller, teller.said.gettext("Handler"), teller.person(event.handler))
    yield event.reason


def _handed_over(event: CaseEvent, teller: _Teller) -> Iterable[str]:
    assert isinstance(event, HandedOver)
    names = {"before": teller.person(event.previous), "after": teller.person(event.handler)}
    yield _labelled(teller, teller.said.gettext("Handler"), teller.said.gettext("%(before)s → %(after)s", **names))
    yield event.reason


def _decided(event: CaseEvent, teller: _Teller) -> Iterable[str]:
    assert isinstance(event, Decided)
    yield teller.said.term(event.outcome)
    yield event.certificate
    yield event.reason


def _because(event: CaseEvent, _: _Teller) -> Iterable[str]:
    assert isinstance(event, Refused | NotRequired | Withdrawn | Blanked)
    yield event.reason


def _delivered(event: CaseEvent, _: _Teller) -> Iterable[str]:
    assert isinstance(event, Delivered)
    yield event.method


def _acknowledged(event: CaseEvent, teller: _Teller) -> Iterable[str]:
    assert isinstance(event, Acknowledged)
    yield " ".join(part for part in (_clock_name(event.clock, teller), event.milestone) if part)
    yield event.note


def _overdue_explained(event: CaseEvent, teller: _Teller) -> Iterable[str]:
    assert isinstance(event, OverdueExplained)
    yield teller.said.joined(_clock_name(clock, teller) for clock in event.clocks)
    yield event.reason
    yield _labelled(teller, teller.said.gettext("what is done about it"), event.measure)


def _rebased(event: CaseEvent, _: _Teller) -> Iterable[str]:
    assert isinstance(event, Rebased)
    yield f"{event.policy} {event.version}"
    yield event.reason


def _calendar_applied(event: CaseEvent, teller: _Teller) -> Iterable[str]:
    assert isinstance(event, CalendarApplied)
    yield teller.said.gettext("notice %(number)s", number=event.notice) if event.notice else ""
    for clock, (before, after) in event.moved.items():
        moved = teller.said.gettext("%(before)s → %(after)s", before=before or NO_DATA, after=after or NO_DATA)
        yield _labelled(teller, _clock_name(clock, teller), moved)


def _voided(event: CaseEvent, teller: _Teller) -> Iterable[str]:
    assert isinstance(event, Voided)
    yield teller.said.gettext("event %(seq)s: %(reason)s", seq=event.event, reason=event.reason)


def _papers(papers: Iterable[str], teller: _Teller) -> str:
    names = {paper.id: teller.said.name(paper.names) for paper in teller.policy.permit(teller.permit).papers}
    return teller.said.joined(names.get(paper, paper) for paper in papers)


def _clock_name(clock: str, teller: _Teller) -> str:
    rules = {rule.id: rule.names for rule in teller.policy.rules(teller.permit)}
    return teller.said.name(rules[clock]) if clock in rules else clock


def _labelled(teller: _Teller, label: str, what: str) -> str:
    return teller.said.gettext("%(label)s: %(what)s", label=label, what=what) if what else ""


_DETAILS: dict[type[CaseEvent], Callable[[CaseEvent, _Teller], Iterable[str]]] = {
    CorrectionRequested: _correction,
    CorrectionReceived: _correction,
    Accepted: _accepted,
    OwedReceived: _correction,
    Paused: _paused,
    Resumed: _resumed,
    Extended: _extended,
    StageEntered: _stage,
    StageLeft: _stage,
    Reassigned: _reassigned,
    HandedOver: _handed_over,
    Decided: _decided,
    Refused: _because,
    NotRequired: _because,
    Withdrawn: _because,
    Delivered: _delivered,
    Acknowledged: _acknowledged,
    Blanked: _because,
    OverdueExplained: _overdue_explained,
    Rebased: _rebased,
    CalendarApplied: _calendar_applied,
    Voided: _voided,
}
