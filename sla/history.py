"""What the events of one case come to: which of them count, whether they are permitted, every clock, deemed acceptance.

Pure. `read` is the one way from events to clocks; `check` says what is wrong with a history (R14); `judged` gives a
pause or an extension its verdict (R21).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import reduce

from schedules.calendars import WorkingCalendar
from schedules.faults import FieldError
from sla.clock import Clock, breached, capped_by, met, run, runs
from sla.events import (
    Accepted,
    Acknowledged,
    Blanked,
    CalendarApplied,
    CaseEvent,
    ContactChanged,
    CorrectionReceived,
    CorrectionRequested,
    Decided,
    Delivered,
    EventName,
    Extended,
    HandedOver,
    NotRequired,
    OverdueExplained,
    OwedReceived,
    Paused,
    Reassigned,
    Rebased,
    Received,
    Refused,
    Resumed,
    StageEntered,
    StageLeft,
    Verdict,
    Withdrawn,
    ordered,
    standing,
)
from sla.policies import Basis, ClockRule, Policy

SKEW = timedelta(minutes=5)  # how far ahead of the recording clock an event may lie (R13)
CalendarOf = Callable[[str], WorkingCalendar]


class HistoryError(FieldError):
    """An event the case's history does not allow (R14): names the field, says what would be right."""


class Phase(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    DECIDED = "decided"
    DELIVERED = "delivered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class History:
    """A case as its events tell it at one moment. `clocks` are in the policy's order, each its latest run."""

    events: tuple[CaseEvent, ...]
    clocks: tuple[Clock, ...]
    phase: Phase
    deemed_on: date | None
    received: Received

    def clock(self, clock_id: str) -> Clock:
        for clock in self.clocks:
            if clock.id == clock_id:
                return clock
        raise HistoryError(
            "clock",
            "%(clock)r is no clock of this case; it has: %(clocks)s",
            clock=clock_id,
            clocks=[c.id for c in self.clocks],
        )

    @property
    def handler(self) -> str:
        """Whose case it is now."""
        handlers = [event.handler for event in self.events if isinstance(event, Reassigned | HandedOver)]
        return handlers[-1] if handlers else self.received.handler

    @property
    def is_open(self) -> bool:
        return any(clock.is_open for clock in self.clocks)


def read(
    policy: Policy,
    calendar: WorkingCalendar,
    events: Sequence[CaseEvent],
    now: datetime,
    calendar_of: CalendarOf | None = None,
) -> History:
    """The case at `now` from all its events. Raises HistoryError if they are not permitted (R14).

    `calendar_of` gives the calendar of a version: a stopped clock keeps the one of when its stop was recorded (R16).
    """
    counted = ordered(standing(events), calendar.zone)
    if not counted or not isinstance(counted[0], Received):
        raise HistoryError("occurred_at", "lies before the case began; a case begins with its receipt (received)")
    received = counted[0]
    rules = policy.rules(received.permit)
    intake, told, deemed_on = _deemed(rules, calendar, counted, now, calendar_of)
    phase = check(policy, counted, calendar, deemed=deemed_on is not None)
    told = _heard_anew(rules, calendar, told)
    clocks = [
        intake if intake is not None and rule.id == intake.id else _clock(rule, calendar, told, now, calendar_of)
        for rule in rules
    ]
    return History(counted, _capped(clocks, now), phase, deemed_on, received)


def open_clocks(
    policy: Policy, calendar: WorkingCalendar, events: Sequence[CaseEvent], now: datetime, wanted: Collection[str]
) -> tuple[Clock, ...]:
    """The clocks of some ids as `read` gives them, of a permitted case that was never re-based and whose intake has
    been answered in time; every statute that caps a promise is among them (R12)."""
    counted = ordered(standing(events), calendar.zone)
    received = counted[0]
    assert isinstance(received, Received)
    rules = (rule for rule in policy.rules(received.permit) if rule.id in wanted)
    return _capped([run(rule, calendar, counted, now) for rule in rules], now)


def judged(
    policy: Policy,
    calendar: WorkingCalendar,
    events: Sequence[CaseEvent],
    event: CaseEvent,
    calendar_of: CalendarOf | None = None,
) -> CaseEvent:
    """The pause or extension with its verdict for each clock, against the deadlines as they stood when recorded (R21).

    Recorded after a clock's deadline it has no effect there, unless a manager admits, with its written notice, a pause
    that began before the deadline.
    """
    if not isinstance(event, Paused | Extended):
        return event
    before = read(policy, calendar, events, event.recorded_at, calendar_of)
    verdicts = {clock.id: verdict_on(clock, event) for clock in before.clocks if _listens(clock.rule, event)}
    return replace(event, verdicts=verdicts)


def _heard_anew(
    rules: Sequence[ClockRule], calendar: WorkingCalendar, events: tuple[CaseEvent, ...]
) -> tuple[CaseEvent, ...]:
    """The events with verdicts for clocks that did not listen to them until a re-base (R17, R21).

    A verdict that was given stays. One that is missing is what the clock, as it is counted now, would have said then.
    """
    rebased = max((event.seq for event in events if isinstance(event, Rebased)), default=0)
    heard = {event.seq: event for event in events if isinstance(event, Paused | Extended) and event.seq < rebased}
    for seq, event in sorted(heard.items()):
        known = [heard.get(other.seq, other) for other in events]
        missing = {
            rule.id: verdict_on(run(rule, calendar, _until(rule, known, seq), event.recorded_at), event)
            for rule in rules
            if _listens(rule, event) and rule.id not in event.verdicts
        }
        heard[seq] = replace(event, verdicts={**event.verdicts, **missing})
    return tuple(heard.get(event.seq, event) for event in events)


def _listens(rule: ClockRule, event: Paused | Extended) -> bool:
    return event.ground in rule.grounds if isinstance(event, Paused) else event.clock == rule.id


def _until(rule: ClockRule, events: Sequence[CaseEvent], seq: int) -> list[CaseEvent]:
    """What was on record before an event, and what starts the clock even if that was recorded anew since."""
    return [event for event in events if event.seq < seq or any(start.matches(event) for start in rule.starts_on)]


def verdict_on(clock: Clock, event: Paused | Extended, *, by_date: bool = False) -> Verdict:
    """The verdict on one clock as it stood at the moment of recording; during a pause there is no deadline to miss
    (R21). A pause that is told of beforehand has to begin in time too: nothing pauses a clock that is overdue (R10).
    `by_date`: of the recording only the day is known."""
    if clock.due_on is None or clock.due_at is None:
        return Verdict.IN_TIME
    ahead = isinstance(event, Paused) and event.occurred_at > event.recorded_at
    moment, dated = (event.occurred_at, event.dated) if ahead else (event.recorded_at, by_date)
    if met(clock.rule, clock.calendar, clock.due_on, clock.due_at, moment, dated=dated):
        return Verdict.IN_TIME
    began_before = met(
        clock.rule,
        clock.calendar,
        clock.due_on,
        clock.due_at,
        event.occurred_at,
        dated=event.dated or not clock.is_timed,
    )
    if isinstance(event, Paused) and event.admitted_by and event.notice and began_before:
        return Verdict.ADMITTED
    return Verdict.TOO_LATE


def check(policy: Policy, events: Sequence[CaseEvent], calendar: WorkingCalendar, *, deemed: bool) -> Phase:
    """The phase a permitted history leads to; HistoryError if an event in it is not (R14)."""
    walk = _Walk(policy, calendar, deemed)
    for event in events:
        walk.take(event)
    return walk.phase


# --- deemed acceptance (R18) ---
def _deemed(
    rules: Sequence[ClockRule],
    calendar: WorkingCalendar,
    events: tuple[CaseEvent, ...],
    now: datetime,
    calendar_of: CalendarOf | None,
) -> tuple[Clock | None, tuple[CaseEvent, ...], date | None]:
    """The intake clock where it is settled, the events as the other clocks see them, and the day acceptance is deemed
    from."""
    rule = next((rule for rule in rules if rule.deemed), None)
    if rule is None:
        return None, events, None
    answered = [_as_recorded(spell, calendar, events, now, calendar_of) for spell in runs(rule, calendar, events, now)]
    if all(_is_answered(spell) for spell in answered):
        return answered[-1], events, None
    replies = tuple(
        event
        for event in events
        if not isinstance(event, Accepted)
        or _replaces(rule, _recorded_under(event, calendar, calendar_of), events, event, now)
    )
    for current in runs(rule, calendar, replies, now):
        spell = _as_recorded(current, calendar, replies, now, calendar_of)
        if spell.day0 is None or spell.due_at is None or not _expired(spell, now):
            continue
        acceptance = Accepted(
            occurred_at=calendar.start_of(spell.day0), recorded_at=spell.due_at, dated=True, receipt="deemed",
        )  # fmt: skip
        told = tuple(event for event in events if not _changes_no_clock(event, spell))
        return breached(spell, spell.due_at, now), ordered((*told, acceptance), calendar.zone), spell.day0
    return None, replies, None


def _is_answered(spell: Clock) -> bool:
    """The ordinary case: an answer in time, recorded in time, by the calendar of its recording (R16)."""
    stop = spell.stopped_by
    if stop is None or spell.due_at is None:
        return False
    return stop.recorded_at < spell.lapses_at and stop.occurred_at < spell.lapses_at


def _expired(spell: Clock, now: datetime) -> bool:
    assert spell.due_on is not None and spell.due_at is not None
    stop = spell.stopped_by
    if stop is None:
        return now >= spell.lapses_at
    return not met(spell.rule, spell.calendar, spell.due_on, spell.due_at, stop.occurred_at, dated=stop.dated)


def _replaces(
    rule: ClockRule, calendar: WorkingCalendar, events: tuple[CaseEvent, ...], event: Accepted, now: datetime
) -> bool:
    """Whether an acceptance counts: dated within intake, and recorded within it or admitted by a manager (R18)."""
    others = tuple(other for other in events if not isinstance(other, Accepted))
    begun = [
        spell
        for spell in runs(rule, calendar, others, now)
        if spell.started_at and spell.started_at <= event.occurred_at
    ]
    day = event.on(calendar.zone)
    begun = begun or [spell for spell in runs(rule, calendar, others, now) if spell.day0 and spell.day0 <= day]
    if not begun or begun[-1].due_on is None or begun[-1].due_at is None:
        return True
    spell = begun[-1]
    assert spell.due_on is not None and spell.due_at is not None
    timely = met(rule, calendar, spell.due_on, spell.due_at, event.occurred_at, dated=event.dated)
    return timely and (event.recorded_at < spell.lapses_at or bool(event.admitted_by))


def _changes_no_clock(event: CaseEvent, spell: Clock) -> bool:
    """After deemed acceptance, later answers of the intake stay on record but move nothing."""
    assert spell.started_at is not None
    answers = Accepted | CorrectionRequested | CorrectionReceived | Refused | NotRequired
    return (isinstance(event, answers) and event.occurred_at > spell.started_at) or isinstance(event, Accepted)


# --- clocks ---
def _clock(
    rule: ClockRule,
    calendar: WorkingCalendar,
    events: tuple[CaseEvent, ...],
    now: datetime,
    calendar_of: CalendarOf | None,
) -> Clock:
    return _as_recorded(run(rule, calendar, events, now), calendar, events, now, calendar_of)


def _as_recorded(
    clock: Clock,
    calendar: WorkingCalendar,
    events: tuple[CaseEvent, ...],
    now: datetime,
    calendar_of: CalendarOf | None,
) -> Clock:
    """A stopped clock by the calendar of the moment its stop was recorded; any other as it is (R16)."""
    then = _recorded_under(clock.stopped_by, calendar, calendar_of) if clock.stopped_by else calendar
    return clock if then is calendar else runs(clock.rule, then, events, now)[clock.run - 1]


def _recorded_under(event: CaseEvent, calendar: WorkingCalendar, calendar_of: CalendarOf | None) -> WorkingCalendar:
    if calendar_of is None or event.calendar_version in ("", calendar.version):
        return calendar
    return calendar_of(event.calendar_version)


def _capped(clocks: list[Clock], now: datetime) -> tuple[Clock, ...]:
    statutes = [clock for clock in clocks if clock.rule.basis is Basis.STATUTE]
    return tuple(
        reduce(lambda promise, statute: capped_by(promise, statute, now), statutes, clock)
        if clock.rule.basis is Basis.PROMISE
        else clock
        for clock in clocks
    )


# --- what may follow what (R14) ---
class _Walk:
    """Walks a history in order and refuses the first event that cannot stand where it stands."""

    def __init__(self, policy: Policy, calendar: WorkingCalendar, deemed: bool) -> None:
        self.policy, self.calendar, self.deemed = policy, calendar, deemed
        self.phase = Phase.RECEIVED
        self.permit = ""
        self.paused: dict[int, Paused] = {}
        self.stages: set[str] = set()
        self.extended: dict[str, int] = {}
        self.stopped: dict[str, int] = {}
        self.owed: set[str] = set()

    def take(self, event: CaseEvent) -> None:
        self._not_in_future(event)
        getattr(self, f"_{event.kind}", self._anything)(event)

    def _not_in_future(self, event: CaseEvent) -> None:
        ahead = (
            event.on(self.calendar.zone) > self.calendar.date_of(event.recorded_at)
            if event.dated
            else event.occurred_at > event.recorded_at + SKEW
        )
        if ahead:
            when = event.occurred_at.astimezone(self.calendar.zone)
            raise HistoryError(
                "occurred_at",
                "%(when)s lies in the future; record %(kind)s once it has happened",
                when=f"{when:%Y-%m-%d %H:%M}",
                kind=EventName(event.kind),
            )

    def _need(self, event: CaseEvent, *phases: Phase) -> None:
        phase = Phase.ACCEPTED if self.deemed and self.phase in (Phase.RECEIVED, Phase.CORRECTION) else self.phase
        if self.phase not in phases and phase not in phases:
            raise HistoryError(
                "kind",
                "%(kind)s cannot follow here: the case is %(phase)s; it may come while it is %(phases)s",
                kind=EventName(event.kind),
                phase=self.phase,
                phases=phases,
            )

    def _anything(self, event: CaseEvent) -> None:
        if self.phase is Phase.CLOSED:
            raise HistoryError("kind", "%(kind)s cannot follow here: the case is closed", kind=EventName(event.kind))

    def _calendar_applied(self, event: CalendarApplied) -> None:
        """May stand anywhere: what is entered later may have closed the case before it (R16)."""

    def _acknowledged(self, event: Acknowledged) -> None:
        """May come at any time, for a clock the case has."""
        self.policy.rule(self.permit, event.clock)

    def _blanked(self, event: Blanked) -> None:
        """May come at any time, and more than once: a receipt that was replaced since brought a name again."""
        if not event.reason.strip():
            raise HistoryError("reason", "is needed: say which law, or whose request, asks for it; without the name")

    def _contact_changed(self, event: ContactChanged) -> None:
        """May come at any time: what was decided is told too."""

    def _overdue_explained(self, event: OverdueExplained) -> None:
        """May come at any time, for clocks the case has; those who record it see to it that they are overdue."""
        for clock in event.clocks:
            self.policy.rule(self.permit, clock)
        if not event.reason.strip():
            raise HistoryError(
                "reason", "is needed: say why the limit was missed%(law)s", law=self._law("overdue_reason")
            )

    def _received(self, event: Received) -> None:
        if self.permit:
            raise HistoryError("kind", "the case has been received already; void that event first")
        self.permit = event.permit

    def _correction_requested(self, event: CorrectionRequested) -> None:
        self._need(event, Phase.RECEIVED, Phase.CORRECTION)
        if not event.papers:
            raise HistoryError(
                "papers", "must name every paper that is missing, once%(law)s", law=self._law("one_notice")
            )
        self._known_papers(event.papers)
        self._heard(event)
        if not self.deemed:
            self.phase = Phase.CORRECTION

    def _law(self, rule: str) -> str:
        """The policy's own law behind a rule, in brackets, or nothing."""
        return f" ({self.policy.sources[rule]})" if rule in self.policy.sources else ""

    def _heard(self, event: CorrectionRequested) -> None:
        """Where the law pauses the clock for missing papers, a correction that no clock hears would let it run on."""
        rules = self.policy.rules(self.permit)
        if any(trigger.matches(event) for rule in rules for trigger in (*rule.stops_on, *rule.cancels_on)):
            return
        grounds = sorted({ground for rule in rules for ground in rule.grounds})
        if grounds:
            raise HistoryError(
                "kind",
                "a correction stops no clock of %(permit)s; record a pause instead: %(grounds)s",
                permit=self.permit,
                grounds=grounds,
            )

    def _known_papers(self, papers: Sequence[str]) -> None:
        known = {paper.id for paper in self.policy.permit(self.permit).papers}
        unknown = [paper for paper in papers if known and paper not in known]
        if unknown:
            raise HistoryError(
                "papers",
                "%(papers)s is not asked for here; known are: %(known)s",
                papers=unknown,
                known=sorted(known),
            )

    def _correction_received(self, event: CorrectionReceived) -> None:
        self._known_papers(event.papers)
        if self.deemed and self.phase is Phase.RECEIVED:
            return
        self._need(event, Phase.CORRECTION)
        self.phase = Phase.RECEIVED

    def _accepted(self, event: Accepted) -> None:
        self._need(event, Phase.RECEIVED)
        self._owes(event)
        self.phase = Phase.ACCEPTED

    def _owes(self, event: Accepted) -> None:
        """容缺受理: which papers of the permit's list are still to come, and by which day."""
        if bool(event.owed) is not bool(event.owed_by):
            raise HistoryError(
                "owed_by" if event.owed else "owed",
                "a conditional acceptance names the papers that are still owed and the day they are due by; give both",
            )
        known = {paper.id for paper in self.policy.permit(self.permit).papers}
        unknown = [paper for paper in event.owed if paper not in known]
        if unknown:
            listed = ", ".join(sorted(known)) or "none"
            raise HistoryError(
                "owed", "%(papers)s is not asked for here; known are: %(known)s", papers=unknown, known=listed
            )
        if event.owed_by and event.owed_by < event.on(self.calendar.zone):
            raise HistoryError(
                "owed_by", "%(owed_by)s lies before the acceptance; name a day from then on", owed_by=event.owed_by
            )
        self.owed = set(event.owed)

    def _owed_received(self, event: OwedReceived) -> None:
        """May come until the end, after the decision too: what is owed stays owed until it is here."""
        self._need(event, Phase.ACCEPTED, Phase.DECIDED, Phase.DELIVERED)
        missing = [paper for paper in event.papers if paper not in self.owed]
        if missing or not event.papers:
            owed = ", ".join(sorted(self.owed)) or "nothing"
            raise HistoryError(
                "papers", "must be papers that are still owed; at that time that is: %(owed)s", owed=owed
            )
        self.owed -= set(event.papers)

    def _refused(self, event: Refused | NotRequired) -> None:
        self._need(event, Phase.RECEIVED, Phase.CORRECTION)
        if not self.deemed:  # an answer that comes after deemed acceptance stays on record and moves nothing
            self.phase = Phase.CLOSED

    _not_required = _refused

    def _paused(self, event: Paused) -> None:
        self._need(event, Phase.ACCEPTED)
        grounds = {ground for rule in self.policy.rules(self.permit) for ground in rule.grounds}
        if event.ground not in grounds:
            raise HistoryError(
                "ground",
                "%(ground)r pauses no clock here; grounds are: %(grounds)s",
                ground=event.ground,
                grounds=sorted(grounds),
            )
        if any(pause.ground == event.ground for pause in self.paused.values()):
            raise HistoryError(
                "ground", "a pause on %(ground)s is open already; resume it first (R10)", ground=event.ground
            )
        ground = self.policy.grounds[event.ground]
        self.stopped[ground.id] = self.stopped.get(ground.id, 0) + 1
        if ground.most_times and self.stopped[ground.id] > ground.most_times:
            raise HistoryError(
                "ground",
                "%(id)s has paused this case %(most_times)s times, the most allowed (%(source)s)",
                id=ground.id,
                most_times=ground.most_times,
                source=ground.source,
            )
        self.paused[event.seq] = event

    def _resumed(self, event: Resumed) -> None:
        pause = self.paused.pop(event.pause, None)
        if pause is None:
            open_ones = ", ".join(f"{seq} ({pause.ground})" for seq, pause in self.paused.items()) or "none"
            raise HistoryError(
                "pause",
                "%(pause)s is no open pause at that time; open are: %(open_ones)s",
                pause=event.pause,
                open_ones=open_ones,
            )

    def _extended(self, event: Extended) -> None:
        self._need(event, Phase.ACCEPTED)
        rule = self.policy.rule(self.permit, event.clock)
        if not rule.extensions.allowed:
            raise HistoryError(
                "clock",
                "%(clock)s cannot be extended: %(why)s",
                clock=event.clock,
                why=rule.extensions.why or "its policy allows none",
            )
        for name in ("reason", "approver"):
            if not getattr(event, name):
                raise HistoryError(name, "is needed for an extension%(law)s", law=self._law("extension"))
        if event.unit is not rule.extension_unit:
            raise HistoryError(
                "unit",
                "must be %(extension_unit)s, as the policy extends this clock (R6)",
                extension_unit=rule.extension_unit,
            )
        if not 1 <= event.amount <= rule.extensions.most_amount:
            raise HistoryError(
                "amount",
                "must lie between 1 and %(most_amount)s; an extension never shortens (R11)",
                most_amount=rule.extensions.most_amount,
            )
        self.extended[event.clock] = self.extended.get(event.clock, 0) + 1
        if self.extended[event.clock] > rule.extensions.most_times:
            raise HistoryError(
                "clock",
                "%(clock)s has been extended %(most_times)s times, the most allowed (R11)",
                clock=event.clock,
                most_times=rule.extensions.most_times,
            )

    def _stage_entered(self, event: StageEntered) -> None:
        self._need(event, Phase.ACCEPTED)
        if event.stage not in self.policy.stages:
            raise HistoryError(
                "stage", "%(value)r is unknown; known are: %(known)s", value=event.stage, known=self.policy.stages
            )
        if event.stage in self.stages:
            raise HistoryError("stage", "%(stage)s has been entered already; leave it first", stage=event.stage)
        self.stages.add(event.stage)

    def _stage_left(self, event: StageLeft) -> None:
        if event.stage not in self.stages:
            raise HistoryError(
                "stage",
                "%(stage)s has not been entered; in progress are: %(stages)s",
                stage=event.stage,
                stages=self.stages,
            )
        self.stages.discard(event.stage)

    def _decided(self, event: Decided) -> None:
        if self.phase in (Phase.DECIDED, Phase.DELIVERED):
            raise HistoryError("kind", "the case has been decided already; void that decision first")
        self._need(event, Phase.ACCEPTED)
        self.phase = Phase.DECIDED
        self.paused.clear()

    def _delivered(self, event: Delivered) -> None:
        self._need(event, Phase.DECIDED)
        self.phase = Phase.DELIVERED

    def _withdrawn(self, event: Withdrawn) -> None:
        self._need(event, Phase.RECEIVED, Phase.CORRECTION, Phase.ACCEPTED)
        self.phase = Phase.CLOSED


def late_entry(calendar: WorkingCalendar, event: CaseEvent) -> bool:
    """Whether it was entered more than one working day after it happened (R13)."""
    return entered_late(calendar, event.on(calendar.zone), calendar.date_of(event.recorded_at))


def entered_late(calendar: WorkingCalendar, happened: date, recorded: date) -> bool:
    """The same, by the two days."""
    return calendar.working_days_between(happened, recorded) > 1


def open_pauses(history: History) -> Mapping[int, Paused]:
    """The pauses that run at the moment of the history, by sequence number."""
    ended = {event.pause for event in history.events if isinstance(event, Resumed)}
    if history.phase is not Phase.ACCEPTED and history.deemed_on is None:
        return {}
    return {event.seq: event for event in history.events if isinstance(event, Paused) and event.seq not in ended}


def expected_end(history: History, clock: Clock) -> date | None:
    """The day by which a paused clock was to be resumed, by the pauses that hold it; None where none of them says."""
    ends = (pause.expected_end for pause in open_pauses(history).values() if pause.ground in clock.rule.grounds)
    return max((end for end in ends if end), default=None)
