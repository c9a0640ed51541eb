"""A policy: the permits of an office and the clocks that watch each of them, as data that is checked before it is used.

A clock rule says what starts and stops the clock, its limit, the grounds that pause it, how days are counted, when its
light turns yellow, and its ladder of reminders and escalations. Rules and settings: TIME RULES R2, R4, R6, R9, R12, M1.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from schedules.calendars import Scope
from schedules.faults import FieldError, Phrase
from schedules.limits import Counting, Cutoff, Limit, Unit
from schedules.timetable import Boundary
from sla.events import CaseEvent
from sla.people import Role
from sla.permits import PermitType


class PolicyError(FieldError):
    """A policy that cannot be published or read: names the field, says what would be right (R12)."""


# The rules a policy may name the law of: the day of the start is not counted (R2), a month ends on its last day (R6), a
# last day off moves on (R6), which days are off (R3), all that is missing is asked for once (R18), an acceptance is
# told with its date, an extension needs a reason and an approver (R11), whoever misses a limit says why.
SOURCES = ("first_day", "months", "roll", "days_off", "one_notice", "acceptance", "extension", "overdue_reason")


class Basis(StrEnum):
    """Whose limit a clock keeps: the law's, the office's promise, a stage's, or none of these (delivery, intake)."""

    STATUTE = "statute"
    PROMISE = "promise"
    STAGE = "stage"
    DUTY = "duty"


FOREMOST = (Basis.PROMISE, Basis.STATUTE, Basis.STAGE, Basis.DUTY)  # whose clock stands for a case where one has to


class Gravity(StrEnum):
    """The kinds of milestone from the lightest to the gravest."""

    REMINDER = "reminder"
    DUE = "due"
    OVERDUE = "overdue"
    ESCALATION = "escalation"


class VersionState(StrEnum):
    """How a version of a policy stands on a day: kept as a draft, or published and to come, in force, or past (R17)."""

    DRAFT = "draft"
    FUTURE = "future"
    IN_FORCE = "in_force"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts or stops a clock: a kind of event, and where it matters which (`decided:approved`)."""

    kind: str
    qualifier: str = ""

    def matches(self, event: CaseEvent) -> bool:
        return event.kind == self.kind and self.qualifier in ("", event.qualifier)

    @classmethod
    def parse(cls, text: str) -> "Trigger":
        kind, _, qualifier = text.partition(":")
        return cls(kind, qualifier)


@dataclass(frozen=True, slots=True)
class Hold:
    """How long an acknowledgement of a rung holds back those after it: whole working days, or minutes of service
    (M10)."""

    days: int = 0
    service: int = 0


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder (M1). `offset` is in working days: -1 the day before, 0 the due date, +k after k days late.

    `minutes` is the time of day it is raised at; an overdue rung is raised at the moment the deadline ends.
    For immediate items and limits in hours minutes of service take its place (M8): `before_closing` lie before the due
    day's last closing, or before the moment a limit in hours ends; `after` is how long it is late. `digest`: the
    morning digest says it, no message of its own (M9). `anytime`: does not wait for the message window (M2).
    `ack_holds`: None where an acknowledgement holds nothing back.
    """

    name: str
    gravity: Gravity
    to: tuple[Role, ...]
    offset: int = 0
    minutes: int = 0
    before_closing: int | None = None
    after: int | None = None
    digest: bool = False
    anytime: bool = False
    ack_holds: Hold | None = None


@dataclass(frozen=True, slots=True)
class Extensions:
    """Whether and how far a clock may be extended (R11). `why` says why not, or by which law.

    `most_amount` is in `unit`, the limit's own unless given: calendar days or weeks, on a limit in a longer unit.
    """

    most_times: int = 0
    most_amount: int = 0
    why: str = ""
    unit: Unit | None = None

    @property
    def allowed(self) -> bool:
        return self.most_times > 0


@dataclass(frozen=True)
class ClockRule:
    """One clock of a permit. `yellow`: working days until due at which the light turns yellow, or hours or minutes of
    service for a limit in these. `source`: the law.

    `deemed`: when the clock runs out unanswered, the case counts as accepted (R18). `scope`: the days it counts by
    (R3). `whole`: the grounds whose first day is not counted either; `until`: those whose last day is (R10).
    `overdue_reason`: once it is overdue, a decision needs a reason on record. `sources`: the law behind each rule of
    counting and asking, by SOURCES.
    """

    id: str
    names: Mapping[str, str]
    basis: Basis
    limit: Limit
    starts_on: tuple[Trigger, ...]
    stops_on: tuple[Trigger, ...]
    cancels_on: tuple[Trigger, ...] = ()
    grounds: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    until: frozenset[str] = frozenset()
    counting: Counting = field(default_factory=Counting)
    scope: Scope = Scope.LEGAL
    yellow: int = 1
    ladder: tuple[Rung, ...] = ()
    extensions: Extensions = field(default_factory=Extensions)
    deemed: bool = False
    overdue_reason: bool = False
    source: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def extension_unit(self) -> Unit:
        """The unit its extensions are given in (R6)."""
        return self.extensions.unit or self.limit.unit

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names["en"]

    @cached_property
    def starting(self) -> frozenset[str]:
        """The kinds of event that may start it."""
        return frozenset(trigger.kind for trigger in self.starts_on)

    @cached_property
    def stopping(self) -> frozenset[str]:
        """The kinds of event that may stop or cancel it."""
        return frozenset(trigger.kind for trigger in (*self.stops_on, *self.cancels_on))


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground on which time is not counted, with the law that allows it.

    By R10 the day of the pause is counted and the day of resumption is not; where the law says otherwise, so do
    `counts_first` and `counts_last`. `most_times`: how often a case may be paused on it; 0 is as often as needed.
    """

    id: str
    names: Mapping[str, str]
    source: str
    counts_first: bool = True
    counts_last: bool = False
    most_times: int = 0

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names["en"]


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Days the law takes off beside what is announced for the country: `dated` ones, and `yearly` (month, day) ones."""

    names: Mapping[str, str]
    source: str
    dated: tuple[date, ...] = ()
    yearly: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, eq=False)
class Policy:
    """A version of a policy, in force for cases received on or after `valid_from` (R17).

    Its days are those of `country` or, where it names any, of all `subdivs` together, and its own `days_off` (R3).
    Raises PolicyError where a promise could outlast its statute (R12); a `draft` may, and says so in `gaps`.
    """

    id: str
    version: int
    names: Mapping[str, str]
    valid_from: date
    country: str
    zone: str
    hours: Mapping[str, tuple[tuple[str, str], ...]]
    grounds: Mapping[str, Ground]
    stages: Mapping[str, Mapping[str, str]]
    permits: Mapping[str, PermitType]
    clocks: Mapping[str, tuple[ClockRule, ...]]  # by permit, in the order they are shown
    text: str = ""  # as it was written: what is kept on record
    subdivs: tuple[str, ...] = ()
    days_off: tuple[DaysOff, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    draft: bool = False

    def __post_init__(self) -> None:
        if not self.draft:
            for gap in self.gaps():
                raise gap

    def gaps(self) -> tuple[PolicyError, ...]:
        """Everything by which a promise could outlast its statute: what stands against publishing it (R12)."""
        return tuple(gap for permit, rules in self.clocks.items() for gap in gaps(permit, rules))

    def permit(self, permit_id: str) -> PermitType:
        try:
            return self.permits[permit_id]
        except KeyError:
            raise PolicyError(
                "permit",
                "%(permit_id)r is unknown in %(id)s; known are: %(permits)s",
                permit_id=permit_id,
                id=self.id,
                permits=self.permits,
            ) from None

    def rules(self, permit_id: str) -> tuple[ClockRule, ...]:
        self.permit(permit_id)
        return self.clocks[permit_id]

    def rule(self, permit_id: str, clock_id: str) -> ClockRule:
        rules = self.rules(permit_id)
        for rule in rules:
            if rule.id == clock_id:
                return rule
        raise PolicyError(
            "clock",
            "%(clock_id)r is no clock of %(permit_id)s; it has: %(rules)s",
            clock_id=clock_id,
            permit_id=permit_id,
            rules=[rule.id for rule in rules],
        )

    def receipt_rule(self, permit_id: str) -> ClockRule | None:
        """The clock that says on which day a receipt counts (R4): the intake clock, or the first that it starts."""
        started = [rule for rule in self.rules(permit_id) if any(t.kind == "received" for t in rule.starts_on)]
        return next((rule for rule in started if rule.deemed), started[0] if started else None)

    def warnings(self) -> tuple[PolicyError, ...]:
        """What is allowed but odd: a limit shorter than the intake limit it may start behind (R12, R18), and an
        acknowledgement that has nothing to hold back (M10)."""
        return (*self._short_limits(), *self._empty_holds())

    def _empty_holds(self) -> Iterator[PolicyError]:
        for permit, rules in self.clocks.items():
            for rule in rules:
                if rule.ladder and rule.ladder[-1].ack_holds:
                    yield PolicyError(
                        f"clocks.{permit}.{rule.id}.ladder",
                        "%(rung)s is its last rung: there is nothing that ack_holds could hold back",
                        rung=rule.ladder[-1].name,
                    )

    def _short_limits(self) -> Iterator[PolicyError]:
        return (
            PolicyError(
                f"clocks.{permit}.{rule.id}",
                "%(amount)s %(unit)s are fewer than the intake clock's %(intake)s; after deemed acceptance it would "
                "start late or overdue",
                amount=rule.limit.amount,
                unit=rule.limit.unit,
                intake=_beside(intake.limit, rule.limit),
            )
            for permit, rules in self.clocks.items()
            for intake in rules
            if intake.deemed
            for rule in rules
            if Trigger("accepted") in rule.starts_on and _is_shorter(rule.limit, intake.limit)
        )


def _beside(limit: Limit, other: Limit) -> str:
    """An amount beside another; its unit only where that is another."""
    return f"{limit.amount}" if limit.unit is other.unit else f"{limit.amount} {limit.unit}"


def gaps(permit: str, rules: tuple[ClockRule, ...]) -> Iterator[PolicyError]:
    """Everything by which a permit's promise could outlast its statute, whatever happens (R12)."""
    statutes = [rule for rule in rules if rule.basis is Basis.STATUTE]
    promises = [rule for rule in rules if rule.basis is Basis.PROMISE]
    for promise in promises:
        for statute in statutes:
            for name, problem in (*_starts_apart(promise, statute), *_could_last_longer(promise, statute)):
                yield PolicyError(f"clocks.{permit}.{promise.id}.{name}", "%(problem)s (R12)", problem=problem)


Found = Iterator[tuple[str, Phrase]]  # a field of the promise, and what is wrong with it

_THE_SAME = ("first_day", "intake", "roll")
_EARLIEST_FIRST = {  # settings of which a promise's may be the earlier
    "cutoff": (Cutoff.CLOSING, Cutoff.END_OF_DAY),
    "boundary": (Boundary.CLOSING, Boundary.OPENING),
}


def _starts_apart(promise: ClockRule, statute: ClockRule) -> Found:
    """What has to be the same in both, so that the two are counted alike."""
    if set(promise.starts_on) != set(statute.starts_on):
        yield "starts_on", Phrase("must be the same as that of %(statute)s", statute=statute.id)
    if promise.limit.unit is not statute.limit.unit:
        yield (
            "limit.unit",
            Phrase("must be %(unit)s, the unit of %(statute)s", unit=statute.limit.unit, statute=statute.id),
        )
    for name in _THE_SAME:
        theirs = getattr(statute.counting, name)
        if getattr(promise.counting, name) is not theirs:
            yield name, Phrase("must be %(setting)s, as for %(statute)s", setting=theirs, statute=statute.id)


def _could_last_longer(promise: ClockRule, statute: ClockRule) -> Found:
    """What may differ, but must not let the promise end later. A promise's extensions carry its own unit (R6)."""
    comparable = promise.limit.unit is statute.limit.unit
    if comparable and promise.limit.amount > statute.limit.amount:
        yield (
            "limit.amount",
            Phrase(
                "%(ours)s is more than the %(theirs)s of %(statute)s",
                ours=promise.limit.amount,
                theirs=statute.limit.amount,
                statute=statute.id,
            ),
        )
    for name, order in _EARLIEST_FIRST.items():
        ours, theirs = getattr(promise.counting, name), getattr(statute.counting, name)
        if order.index(ours) > order.index(theirs):
            yield (
                name,
                Phrase(
                    "must not be later than that of %(statute)s; write %(setting)s", statute=statute.id, setting=theirs
                ),
            )
    extra = sorted(promise.grounds - statute.grounds)
    if extra:
        yield (
            "grounds",
            Phrase(
                "%(grounds)s does not pause %(statute)s; a promise may pause on no more grounds than its statute",
                grounds=extra,
                statute=statute.id,
            ),
        )
    if promise.extension_unit is not promise.limit.unit:
        yield "extensions.unit", Phrase("must be %(unit)s, the promise's own", unit=promise.limit.unit)
    room = max(0, statute.limit.amount - promise.limit.amount)
    added = promise.extensions.most_amount * promise.extensions.most_times
    if comparable and added > room:
        yield (
            "extensions",
            Phrase(
                "can add %(added)s, more than the %(room)s that lie between it and %(statute)s",
                added=added,
                room=room,
                statute=statute.id,
            ),
        )


# About how many calendar days one of each unit takes, with five working days of eight hours a week.
_CALENDAR_DAYS: Mapping[str, float] = {
    "working_minutes": 1.4 / 480,
    "working_hours": 1.4 / 8,
    "working_days": 1.4,
    "calendar_days": 1,
    "weeks": 7,
    "months": 30,
    "years": 365,
}


def _is_shorter(one: Limit, other: Limit) -> bool:
    if one.unit is other.unit:
        return one.amount < other.amount
    return one.amount * _CALENDAR_DAYS[one.unit] < other.amount * _CALENDAR_DAYS[other.unit]
