"""What a supervision platform is told of a case: each event by the codes of a table that an office may edit. Pure.

The codes are looked up by a name of the event, from the most particular to the plainest: `decided:approved_owing`,
`decided:approved`, `decided`. What no table knows is not told.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sla.events import (
    Accepted,
    CaseEvent,
    CorrectionReceived,
    CorrectionRequested,
    Decided,
    NotRequired,
    Outcome,
    OwedReceived,
    Paused,
    Received,
    Refused,
    Resumed,
    StageEntered,
    StageLeft,
    Voided,
    Withdrawn,
    ordered,
    standing,
)

# By kind what may stand behind its colon; None: anything, as each office has its own grounds and stages.
DISTINCTIONS: Mapping[str, Collection[str] | None] = {
    "accepted": ("owing", "deemed"),
    "decided": ("approved_owing", "approved", "denied"),
    "withdrawn": ("before_acceptance", "after_acceptance"),
    "paused": None,
    "resumed": None,
    "stage_entered": None,
    "stage_left": None,
}


@dataclass(frozen=True)
class Code:
    """A code, and what it means in words."""

    code: str
    name: str


NO_CODE = Code("", "")
Codes = Mapping[str, Code]


@dataclass(frozen=True)
class FeedMapping:
    """The tables of codes. `item_types` go by `permit:` and its id, or by its kind; `units` by the unit of a limit;
    the others by the names of events. `moments`: how a time is written, as of strftime."""

    name: str
    moments: str
    item_types: Codes = field(default_factory=dict)
    statuses: Codes = field(default_factory=dict)
    special_procedures: Codes = field(default_factory=dict)
    stage_states: Codes = field(default_factory=dict)
    units: Codes = field(default_factory=dict)

    def tells(self, entry: "Entry") -> bool:
        """Whether any table has a code for it."""
        return any(
            entry.code_in(table) is not NO_CODE for table in (self.statuses, self.special_procedures, self.stage_states)
        )

    def item_type(self, permit: str, kind: str) -> Code:
        """The kind of item 办件类型, `kind` being that of the permit."""
        return self.item_types.get(f"permit:{permit}") or self.item_types.get(kind, NO_CODE)


@dataclass(frozen=True)
class Deemed:
    """An acceptance by the law, as nobody answered: from which day it counts, and when the limit had run out (R18)."""

    on: datetime
    lapsed_at: datetime

    def gives_way_to(self, event: CaseEvent) -> bool:
        """To an acceptance that was given in time and entered later, with a manager's word for it."""
        late = isinstance(event, Accepted) and event.recorded_at >= self.lapsed_at
        return late and bool(event.admitted_by) and event.occurred_at < self.lapsed_at  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Entry:
    """One event as it may be told. `names` are what codes are looked up by; `ground` is also that of a resumption;
    `voided_at`: when it was taken back. A deemed acceptance has no place in the chain: its `event.seq` is 0."""

    event: CaseEvent
    names: tuple[str, ...]
    ground: str = ""
    voided_at: datetime | None = None

    def code_in(self, table: Codes) -> Code:
        return next((table[name] for name in self.names if name in table), NO_CODE)

    def is_told_between(self, begin: datetime | None, end: datetime | None) -> bool:
        """Whether it was recorded from `begin` on and before `end`, or taken back then: it is told again, as voided."""
        moments = filter(None, (self.event.recorded_at, self.voided_at))
        return any((begin is None or begin <= at) and (end is None or at < end) for at in moments)


def entries(events: Sequence[CaseEvent], zone: ZoneInfo, deemed: Deemed | None = None) -> tuple[Entry, ...]:
    """All events of a case in the order they were recorded, the voided ones too, but what voided them.

    `deemed` was so once the limit had run out, whatever came since. An answer that came after that moves nothing, and
    is not told; an admitted acceptance took its place as long as it stood: it is told, and the deemed one as voided.
    """
    counted = standing(events)
    grounds = {event.seq: event.ground for event in events if isinstance(event, Paused)}
    voids = {event.event: event.recorded_at for event in events if isinstance(event, Voided)}
    in_force = None if deemed and any(deemed.gives_way_to(event) for event in counted) else deemed
    found = list(_walked(ordered(counted, zone), in_force, grounds))
    for event in events:
        if event.seq in voids and not isinstance(event, Voided):
            stood = None if deemed and deemed.gives_way_to(event) else in_force
            walk = _walked(ordered([*counted, event], zone), stood, grounds)
            found += (
                Entry(entry.event, entry.names, entry.ground, voids[event.seq])
                for entry in walk
                if entry.event is event
            )
    if deemed is not None:
        found += _deemings(events, counted, deemed, voids)
    return tuple(sorted(found, key=lambda entry: (entry.event.recorded_at, entry.event.seq)))


_INTAKE = (Received, CorrectionRequested, CorrectionReceived)
_ANSWERS = (CorrectionRequested, CorrectionReceived, Refused, NotRequired)


def _deemings(
    events: Sequence[CaseEvent], counted: Sequence[CaseEvent], deemed: Deemed, voids: Mapping[int, datetime]
) -> Iterator[Entry]:
    """Each time that the case came to be deemed accepted, with when that gave way."""
    # Entered after the limit had lapsed, what it lapsed by is what tells of it.
    intake = (event.recorded_at for event in counted if isinstance(event, _INTAKE) and _is_before(event, deemed))
    told: datetime | None = max(deemed.lapsed_at, *intake)
    names = _names("accepted", "deemed")
    for event in events:
        if told is not None and deemed.gives_way_to(event) and event.recorded_at >= told:
            acceptance = Accepted(occurred_at=deemed.on, recorded_at=told, dated=True)
            yield Entry(acceptance, names, voided_at=event.recorded_at)
            told = voids.get(event.seq)
    if told is not None:
        yield Entry(Accepted(occurred_at=deemed.on, recorded_at=told, dated=True), names)


def _is_before(event: CaseEvent, deemed: Deemed) -> bool:
    return event.occurred_at < deemed.lapsed_at


def _walked(events: Sequence[CaseEvent], deemed: Deemed | None, grounds: Mapping[int, str]) -> Iterator[Entry]:
    """Each event with what is known where it stands: whether the case was accepted, what is owed, what is paused, of
    which `grounds` say why."""
    accepted, owed = deemed is not None, set[str]()
    for event in events:
        ground = ""
        distinctions: tuple[str, ...] = ()
        if isinstance(event, Accepted):
            if deemed is not None:
                continue
            accepted, owed = True, set(event.owed)
            distinctions = ("owing",) if owed else ()
        elif isinstance(event, _ANSWERS) and deemed is not None and not _is_before(event, deemed):
            continue
        elif isinstance(event, OwedReceived):
            owed -= set(event.papers)
        elif isinstance(event, Withdrawn):
            distinctions = ("after_acceptance" if accepted else "before_acceptance",)
        elif isinstance(event, Decided):
            owing = event.outcome is Outcome.APPROVED and owed
            distinctions = (*(("approved_owing",) if owing else ()), event.outcome.value)
        elif isinstance(event, Paused):
            ground = event.ground
            distinctions = (ground,)
        elif isinstance(event, Resumed):
            ground = grounds.get(event.pause, "")
            distinctions = (ground,)
        elif isinstance(event, StageEntered | StageLeft):
            distinctions = (event.stage,)
        yield Entry(event, _names(event.kind, *distinctions), ground)


def _names(kind: str, *distinctions: str) -> tuple[str, ...]:
    return (*(f"{kind}:{one}" for one in distinctions if one), kind)
