"""What happens to a case. Events are facts: appended, never changed; a wrong one is voided by another (R13, R14).

`occurred_at` is when it happened and is what counts; `recorded_at` is when it was entered. Both are aware.
`dated` says that only the day is known: `occurred_at` is then the first moment of that day in the office's zone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from schedules.limits import Unit
from sla.values import value


class Verdict(StrEnum):
    """How a pause or an extension was judged on one clock when it was recorded (R21)."""

    IN_TIME = "in_time"
    TOO_LATE = "too_late"
    ADMITTED = "admitted"


class EventName(str):
    """The kind of an event where it stands in a text; it is said in the reader's language."""

    __slots__ = ()


class Outcome(StrEnum):
    """准予 or 不予许可."""

    APPROVED = "approved"
    DENIED = "denied"


@value(frozen=True, kw_only=True)
class CaseEvent:
    """What all events have in common. `seq` is the place in the case's chain, 1 for the first."""

    kind: ClassVar[str] = ""
    qualifier_field: ClassVar[str] = ""

    occurred_at: datetime
    recorded_at: datetime
    seq: int = 0
    dated: bool = False
    actor: str = ""
    calendar_version: str = ""

    @property
    def qualifier(self) -> str:
        """What a trigger such as `decided:approved` may ask for beside the kind."""
        return str(getattr(self, self.qualifier_field)) if self.qualifier_field else ""

    def on(self, zone: ZoneInfo) -> date:
        """The civil day it happened on in the office's zone (R1)."""
        known: tuple[ZoneInfo, date] | None = self.__dict__.get("_on")
        if known is None or known[0] is not zone:  # every clock of a case asks: it is worked out once
            known = self.__dict__["_on"] = (zone, self.occurred_at.astimezone(zone).date())
        return known[1]

    def details(self) -> dict[str, Any]:
        """The event's own fields as JSON."""
        return {name: _plain(getattr(self, name)) for name in _own_fields(self.kind)}


@value(frozen=True, kw_only=True)
class Received(CaseEvent):
    """收件: the case begins. `papers` are those that were handed in; areas are in hectares, as written.

    `email` and `mobile` are where the applicant may be told something, in `language` (the office's, if ""); `contact`
    is a note for people.
    """

    kind = "received"
    permit: str
    applicant: str = ""
    contact: str = ""
    email: str = ""
    mobile: str = ""
    language: str = ""
    title: str = ""
    handler: str = ""
    first_contact: str = ""
    land_area_ha: str = ""
    floor_area_ha: str = ""
    papers: tuple[str, ...] = ()


@value(frozen=True, kw_only=True)
class CorrectionRequested(CaseEvent):
    """补正开始: all that is missing, named once (行政许可法 32(4), 一次性告知)."""

    kind = "correction_requested"
    papers: tuple[str, ...]
    notice: str = ""


@value(frozen=True, kw_only=True)
class CorrectionReceived(CaseEvent):
    """补正结束: the papers came in."""

    kind = "correction_received"
    papers: tuple[str, ...] = ()


@value(frozen=True, kw_only=True)
class Accepted(CaseEvent):
    """受理, with its dated receipt (32(5)). `admitted_by` lets a late entry replace a deemed acceptance (R18).

    容缺受理: accepted although the papers `owed` are still to come, on `owed_by` at the latest; it pauses no clock.
    """

    kind = "accepted"
    receipt: str = ""
    admitted_by: str = ""
    owed: tuple[str, ...] = ()
    owed_by: date | None = None


@value(frozen=True, kw_only=True)
class OwedReceived(CaseEvent):
    """容缺材料补交: papers came in that a conditional acceptance left owed."""

    kind = "owed_received"
    papers: tuple[str, ...]


@value(frozen=True, kw_only=True)
class Refused(CaseEvent):
    """不予受理."""

    kind = "refused"
    reason: str


@value(frozen=True, kw_only=True)
class NotRequired(CaseEvent):
    """不受理: no permit is needed (32(1))."""

    kind = "not_required"
    reason: str


@value(frozen=True, kw_only=True)
class Paused(CaseEvent):
    """特别程序开始: time that is not counted on clocks that list the ground (45). `verdicts` are per clock (R21)."""

    kind = "paused"
    qualifier_field = "ground"
    ground: str
    notice: str = ""
    expected_end: date | None = None
    admitted_by: str = ""
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)


@value(frozen=True, kw_only=True)
class Resumed(CaseEvent):
    """特别程序结束: ends the pause with the sequence number `pause` (R10)."""

    kind = "resumed"
    pause: int


@value(frozen=True, kw_only=True)
class Extended(CaseEvent):
    """延期 of one clock: needs a reason and an approver (42, R11)."""

    kind = "extended"
    clock: str
    amount: int
    unit: Unit
    reason: str
    approver: str
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)


@value(frozen=True, kw_only=True)
class StageEntered(CaseEvent):
    """A stage (环节) begins."""

    kind = "stage_entered"
    qualifier_field = "stage"
    stage: str


@value(frozen=True, kw_only=True)
class StageLeft(CaseEvent):
    """A stage (环节) ends."""

    kind = "stage_left"
    qualifier_field = "stage"
    stage: str


@value(frozen=True, kw_only=True)
class Reassigned(CaseEvent):
    """The case has another handler from now on."""

    kind = "reassigned"
    handler: str
    reason: str = ""


@value(frozen=True, kw_only=True)
class HandedOver(CaseEvent):
    """移交: with all open cases of `previous`, who leaves, the case is another's from now on."""

    kind = "handed_over"
    handler: str
    previous: str
    reason: str


@value(frozen=True, kw_only=True)
class ContactChanged(CaseEvent):
    """联系方式变更: how the applicant is reached from now on, all of it; what is empty leads nowhere any more."""

    kind = "contact_changed"
    contact: str = ""
    email: str = ""
    mobile: str = ""
    language: str = ""


@value(frozen=True, kw_only=True)
class Decided(CaseEvent):
    """办结: approved or denied; `certificate` is the number of what was issued."""

    kind = "decided"
    qualifier_field = "outcome"
    outcome: Outcome
    certificate: str = ""
    reason: str = ""


@value(frozen=True, kw_only=True)
class Delivered(CaseEvent):
    """送达 (44)."""

    kind = "delivered"
    method: str = ""


@value(frozen=True, kw_only=True)
class Withdrawn(CaseEvent):
    """撤回 by the applicant."""

    kind = "withdrawn"
    reason: str = ""


@value(frozen=True, kw_only=True)
class Voided(CaseEvent):
    """The event with the sequence number `event` was wrong, for a reason; it stays on record (R14)."""

    kind = "voided"
    event: int
    reason: str


@value(frozen=True, kw_only=True)
class Rebased(CaseEvent):
    """The case follows another version of its policy from now on, on record (R17)."""

    kind = "rebased"
    policy: str
    version: int
    reason: str


@value(frozen=True, kw_only=True)
class CalendarApplied(CaseEvent):
    """A changed calendar moved deadlines of the case (R16): `moved` is, by clock, the due date before and after.

    Dates as ISO text, moments for limits in hours, "" for none. `notice` is the number of the notice that said so.
    """

    kind = "calendar_applied"
    notice: str
    version_before: str
    version_after: str
    moved: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@value(frozen=True, kw_only=True)
class Acknowledged(CaseEvent):
    """Somebody has seen an alarm of a clock and takes it on.

    `milestone` and `due` are the rung and the deadline it acknowledges, as judged when it was recorded: the gravest
    that was told of an overdue clock, if to this person or their level; the deadline is written down as in an alarm's
    key. Both "" where it acknowledges none (M10).
    """

    kind = "acknowledged"
    clock: str
    note: str = ""
    milestone: str = ""
    due: str = ""


@value(frozen=True, kw_only=True)
class OverdueExplained(CaseEvent):
    """超期说明: why limits of the case were missed, and what is done about it, in words that may be published (优化营商
    环境条例 36). `clocks` are the limits it speaks of."""

    kind = "overdue_explained"
    clocks: tuple[str, ...]
    reason: str
    measure: str = ""


@value(frozen=True, kw_only=True)
class Blanked(CaseEvent):
    """依法删除个人信息: what was kept of the applicant until this event is gone, because the law asks for it.

    The reason names nobody.
    """

    kind = "blanked"
    reason: str


# In the order that settles ties of time (R13); kinds after Decided have no place in it but their own.
KINDS: dict[str, type[CaseEvent]] = {
    event.kind: event
    for event in (
        Received,
        CorrectionRequested,
        CorrectionReceived,
        Refused,
        NotRequired,
        Accepted,
        OwedReceived,
        StageEntered,
        Paused,
        Resumed,
        Extended,
        StageLeft,
        OverdueExplained,
        Decided,
        Delivered,
        Withdrawn,
        Reassigned,
        HandedOver,
        ContactChanged,
        Rebased,
        CalendarApplied,
        Acknowledged,
        Blanked,
        Voided,
    )
}
RANK = {kind: rank for rank, kind in enumerate(KINDS)}
_ANYWHERE = {
    event.kind
    for event in (
        Reassigned,
        HandedOver,
        ContactChanged,
        Rebased,
        CalendarApplied,
        Acknowledged,
        Blanked,
        OverdueExplained,
    )
}
_COMMON = {item.name for item in fields(CaseEvent)}


def standing(events: Iterable[CaseEvent]) -> list[CaseEvent]:
    """The events that count: neither voided nor voids."""
    events = list(events)
    voided = {event.event for event in events if isinstance(event, Voided)}
    if not voided:
        return events
    return [event for event in events if event.seq not in voided and not isinstance(event, Voided)]


def ordered(events: Sequence[CaseEvent], zone: ZoneInfo) -> tuple[CaseEvent, ...]:
    """In order of `occurred_at`; ties by kind, then by `recorded_at` (R13).

    An event without a time stands, within its day, behind the timed events of its own and earlier kinds.
    """
    timed = sorted((event for event in events if not event.dated), key=_moment)
    untimed = sorted((event for event in events if event.dated), key=lambda event: (event.on(zone), *_tie(event)))
    if not untimed:
        return tuple(timed)
    for event in untimed:
        timed.insert(_place(event, timed, zone), event)
    return tuple(timed)


def event_of(kind: str, common: Mapping[str, Any], details: Mapping[str, Any]) -> CaseEvent:
    """The event of a stored kind; `details` is what `CaseEvent.details()` gave."""
    own = {name: _READ[name](value) if name in _READ else value for name, value in details.items()}
    return KINDS[kind](**common, **own)


def due_from(text: str) -> date | datetime | None:
    """A deadline that was written down: a date, an instant where the limit is one of hours, None for "" (M6)."""
    if not text:
        return None
    return date.fromisoformat(text) if len(text) == len("2026-09-18") else datetime.fromisoformat(text)


def _place(event: CaseEvent, placed: Sequence[CaseEvent], zone: ZoneInfo) -> int:
    """By its kind; but what ends a pause of an earlier day stands ahead of the next pause on its ground that day."""
    place, day = _place_by_kind(event, placed, zone), event.on(zone)
    if isinstance(event, Paused):
        ends = (_pause_of(other, placed, zone) if other.on(zone) == day else None for other in placed)
        return max([place, *(i + 1 for i, pause in enumerate(ends) if pause and pause.ground == event.ground)])
    ended = _pause_of(event, placed, zone)
    if ended is None:
        return place
    again = (other.on(zone) == day and isinstance(other, Paused) and other.ground == ended.ground for other in placed)
    return min([place, *(i for i, is_again in enumerate(again) if is_again)])


def _pause_of(event: CaseEvent, placed: Sequence[CaseEvent], zone: ZoneInfo) -> Paused | None:
    """The pause of an earlier day that the event ends, if it does."""
    if not isinstance(event, Resumed):
        return None
    begun = (other for other in placed if isinstance(other, Paused) and other.seq == event.pause)
    return next((pause for pause in begun if pause.on(zone) < event.on(zone)), None)


def _place_by_kind(event: CaseEvent, timed: Sequence[CaseEvent], zone: ZoneInfo) -> int:
    """Within its day behind all it may follow; a pause ahead of what follows it, such as its own resumption."""
    day, rank = event.on(zone), RANK[event.kind]
    behind = sum(other.on(zone) < day for other in timed)
    of_day = [
        (index, RANK[other.kind]) for index, other in enumerate(timed) if other.on(zone) == day and _is_ranked(other)
    ]
    later = [index for index, other_rank in of_day if other_rank > rank]
    if later and event.kind == Paused.kind:
        return later[0]
    return max([index + 1 for index, other_rank in of_day if other_rank <= rank], default=behind)


def _is_ranked(event: CaseEvent) -> bool:
    """Whether its kind has a place in the order of one moment (R13); the others may come anywhere."""
    return event.kind not in _ANYWHERE


def _moment(event: CaseEvent) -> tuple[datetime, int, datetime, int]:
    return (event.occurred_at, *_tie(event))


def _tie(event: CaseEvent) -> tuple[int, datetime, int]:
    return (RANK[event.kind], event.recorded_at, event.seq)


@cache
def _own_fields(kind: str) -> tuple[str, ...]:
    return tuple(item.name for item in fields(KINDS[kind]) if item.name not in _COMMON)


def _plain(value: Any) -> Any:
    if type(value) is str:  # as most are
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: list(item) if isinstance(item, tuple) else str(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)) if text else None


_READ: dict[str, Callable[[Any], Any]] = {
    "papers": tuple,
    "clocks": tuple,
    "owed": tuple,
    "expected_end": _day,
    "owed_by": _day,
    "verdicts": lambda stored: {clock: Verdict(text) for clock, text in stored.items()},
    "moved": lambda stored: {clock: (before, after) for clock, (before, after) in stored.items()},
    "unit": Unit,
    "outcome": Outcome,
}
