"""Bring in the cases of a file, so many in each transaction: what is right is written, the rest comes back with why.

By their numbers: a case that is there already as the file tells it stays as it is, so that an import that was
interrupted is simply done again; one that is there and differs is refused. Whatever is brought in is marked as such:
its events were recorded by `import:` and the name of the source, at the times of the source (R21).
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from schedules.faults import FieldError
from sla.clock import Clock
from sla.events import CaseEvent
from sla.history import HistoryError
from sla.importing.cells import Moment
from sla.importing.drafts import Draft, Drafting, RowError, Told
from sla.importing.mapping import GOVERNING
from sla.importing.report import Deadline, Outcome, Standing
from sla.importing.rows import Row
from sla.importing.spool import Spool
from sla.people import Program
from sla.policies import FOREMOST, Basis, PolicyError
from sla.service import contacts
from sla.service.cases import When
from sla.service.errors import ServiceError
from sla.service.imports import Brought, Entry, checked, put
from sla.service.offices import Office, held, office_with
from sla.service.records import PERSONAL, event_from
from sla.store import cases as store
from sla.store.engine import TAKEN, Session, all_or_nothing, taken_back
from sla.store.given import given_of, insert_given

logger = logging.getLogger("sla.importing")
CHUNK = 200  # cases in a transaction
Sessions = Callable[[], AbstractContextManager[Session]]
_REFUSALS = (ServiceError, HistoryError, PolicyError)


@dataclass(frozen=True)
class Source:
    """Where cases come from: its `name`, what makes drafts of its rows, and where their events are."""

    name: str
    draft: Drafting
    spool: Spool
    within: bool = False  # the events stand within the rows

    def events_of(self, number: str, row: Row) -> Sequence[Row]:
        return row.events if self.within else self.spool.events_of(number)


@dataclass(frozen=True)
class Ground:
    """Where cases are written: sessions that read and sessions that write, and what the time is in one."""

    reading: Sessions
    writing: Sessions
    now_in: Callable[[Session], datetime]


@dataclass(frozen=True)
class Piece:
    """Cases that are written together, by the places of their rows. `dry`: all is tried, and nothing stays."""

    office_id: UUID
    source: str
    drafts: Mapping[int, Draft]
    dry: bool = False


Helper = Callable[[Piece], "Future[Mapping[int, Outcome]] | None"]  # None: do it yourself


@dataclass
class _Chunk:
    """What is found out about so many rows, by their place."""

    office: Office
    source: str
    outcomes: dict[int, Outcome] = field(default_factory=dict)

    @property
    def actor(self) -> Program:
        return Program.importing(self.source)

    def refuse(self, place: int, draft: Draft, *reasons: FieldError) -> None:
        self.outcomes[place] = Outcome(draft.row, draft.number, reasons)


def bring_in_rows(
    ground: Ground,
    office_id: UUID,
    source: Source,
    rows: Iterable[Row],
    *,
    dry: bool = False,
    helper: Helper | None = None,
) -> Iterator[Outcome]:
    """What became of each row, in their order. `dry`: everything is tried, and nothing stays.

    Up to CHUNK cases are written in a transaction, and a case is never in two of them. A `helper` takes a piece now and
    then; one that it could not do is done here.
    """
    rest, under_way = iter(rows), deque[_UnderWay]()
    while piece := list(islice(rest, CHUNK)):
        read = [_read(source, row) for row in piece]
        drafts = {place: draft for place, draft in enumerate(read) if isinstance(draft, Draft)}
        asked = Piece(office_id, source.name, drafts, dry)
        taken = helper(asked) if helper else None
        under_way.append(_UnderWay(read, asked, taken or _done(brought(ground, asked))))
        while under_way and under_way[0].future.done():
            yield from under_way.popleft().outcomes(ground)
    for one in under_way:
        yield from one.outcomes(ground)


class _UnderWay(NamedTuple):
    """A piece of rows, and what will have become of its cases."""

    read: Sequence[Draft | Outcome]
    asked: Piece
    future: "Future[Mapping[int, Outcome]]"

    def outcomes(self, ground: Ground) -> Iterator[Outcome]:
        try:
            found = self.future.result()
        except Exception:  # it was killed, or what is wrong is wrong here too; what it wrote is there as the file tells
            logger.warning(
                "a piece is done again that another process could not end; what it wrote counts as there already",
                exc_info=True,
            )
            found = brought(ground, self.asked)
        yield from (found[place] if isinstance(one, Draft) else one for place, one in enumerate(self.read))


def _done(found: Mapping[int, Outcome]) -> "Future[Mapping[int, Outcome]]":
    future: Future[Mapping[int, Outcome]] = Future()
    future.set_result(found)
    return future


def _read(source: Source, row: Row) -> Draft | Outcome:
    try:
        draft = source.draft(row, source.events_of)
    except RowError as error:
        return Outcome(row, reasons=error.reasons)
    first = source.spool.seen_before(draft.number, row.number)
    if first is not None:
        twice = FieldError("", "%(number)s is there twice; row %(row)s has it first", number=draft.number, row=first)
        return Outcome(row, draft.number, (twice,))
    return draft


Ready = Mapping[int, "tuple[Draft, Brought] | FieldError"]


def brought(ground: Ground, piece: Piece) -> Mapping[int, Outcome]:
    """What became of the cases of a piece.

    They are checked before the writing begins, so that nobody waits for it; and again, should the office have got other
    people, policies or another calendar meanwhile.
    """
    with ground.reading() as session:
        office = office_with(session, piece.office_id)
        known = {row.number for row in store.cases_numbered(session, office.id, _numbers(piece.drafts))}
        chunk, now = _Chunk(office, piece.source), ground.now_in(session)
        new = {place: draft for place, draft in piece.drafts.items() if draft.number not in known}
        ready, checked_by = {place: _tried(chunk, draft, now) for place, draft in new.items()}, _rules(office)
    with ground.writing() as session, taken_back(session) if piece.dry else nullcontext():
        office = held(session, office_with(session, piece.office_id))
        chunk, now = _Chunk(office, piece.source), ground.now_in(session)
        return _brought(session, chunk, piece.drafts, ready if _rules(office) == checked_by else {}, now)


def _rules(office: Office) -> tuple[Any, ...]:
    """What a case is checked by."""
    return office.calendar.version, office.policy_rows, office.people


def _tried(chunk: _Chunk, draft: Draft, now: datetime) -> "tuple[Draft, Brought] | FieldError":
    try:
        draft, found = _checked(chunk, draft, now)
        _given_rows(chunk, draft, found)
    except _REFUSALS as error:
        return error
    return draft, found


def _brought(
    session: Session, chunk: _Chunk, drafts: Mapping[int, Draft], ready: Ready, now: datetime
) -> Mapping[int, Outcome]:
    known = {row.number: row for row in store.cases_numbered(session, chunk.office.id, _numbers(drafts))}
    there = {place: draft for place, draft in drafts.items() if draft.number in known}
    new = {place: ready.get(place) or _tried(chunk, draft, now)
           for place, draft in drafts.items() if draft.number not in known}  # fmt: skip
    same = _same(session, chunk, there, known)
    fresh = _written(session, chunk, drafts, new, now)
    ids = {place: known[draft.number].case_id for place, draft in same.items()}
    clocks = store.clocks_of(session, chunk.office.id, list(ids.values())) if ids else {}
    given = given_of(session, chunk.office.id, list(ids.values())) if ids else {}
    for place, draft in same.items():
        _stands(chunk, place, draft, clocks[ids[place]], given.get(ids[place], ()), new=False)
    for place, (draft, made) in fresh.items():
        promised = [SimpleNamespace(**row) for row in _given_rows(chunk, draft, made)]
        _stands(chunk, place, draft, [_Counted.of(clock) for clock in made.history.clocks], promised, new=True)
    return chunk.outcomes


# --- new cases --------------------------------------------------------------------------------------------------------
def _written(
    session: Session, chunk: _Chunk, drafts: Mapping[int, Draft], tried: Ready, now: datetime
) -> dict[int, tuple[Draft, Brought]]:
    """The cases that were written; all together, or where one of them cannot be, each by itself."""
    ready: dict[int, tuple[Draft, Brought]] = {}
    for place, found in tried.items():
        if isinstance(found, FieldError):
            chunk.refuse(place, drafts[place], found)
        else:
            ready[place] = found
    try:
        _put(session, chunk, list(ready.values()), now)
    except (*_REFUSALS, TAKEN):
        for place, (draft, made) in list(ready.items()):
            try:
                _put(session, chunk, [(draft, made)], now)
            except _REFUSALS as error:
                del ready[place]
                chunk.refuse(place, draft, error)
            except TAKEN:
                del ready[place]
                taken = FieldError(
                    "", "%(number)s was recorded by somebody else just now; import it again", number=draft.number
                )
                chunk.refuse(place, draft, taken)
    return ready


def _checked(chunk: _Chunk, draft: Draft, now: datetime) -> tuple[Draft, Brought]:
    """The case; what happened after its closing and cannot have is left out, and that is told."""
    try:
        return draft, checked(chunk.office, _file(chunk, draft), draft.number, now)
    except _REFUSALS:
        without = draft.without_late_events()
        if without is None:
            raise
        return without, checked(chunk.office, _file(chunk, without), draft.number, now)


def _file(chunk: _Chunk, draft: Draft) -> list[Entry]:
    return [
        Entry(event.kind, When(event.at.at, event.at.dated), event.details, chunk.actor, event.recorded)
        for event in draft.events
    ]


def _put(session: Session, chunk: _Chunk, cases: Sequence[tuple[Draft, Brought]], now: datetime) -> None:
    with all_or_nothing(session):
        put(session, chunk.office, [brought for _, brought in cases], now)
        insert_given(session, [row for draft, brought in cases for row in _given_rows(chunk, draft, brought)])


def _given_rows(chunk: _Chunk, draft: Draft, brought: Brought) -> list[dict[str, Any]]:
    """The deadlines the source gave. Raises ServiceError for a clock the case has not."""
    ranks = {clock.id: FOREMOST.index(clock.rule.basis) for clock in brought.history.clocks}
    rows = []
    for asked, due in draft.given.items():
        clock = min(sorted(ranks), key=ranks.__getitem__) if asked == GOVERNING else asked
        if clock not in ranks:
            raise ServiceError(
                "given", "%(clock)r is no clock of this case; it has: %(clocks)s", clock=clock, clocks=ranks
            )
        rows.append({
            "office_id": chunk.office.id, "case_id": brought.row["case_id"], "clock_id": clock,
            "due_on": due.on(chunk.office.calendar.zone), "due_at": None if due.dated else due.at,
            "source": chunk.source,
        })  # fmt: skip
    return rows


# --- cases that are there ---------------------------------------------------------------------------------------------
def _same(session: Session, chunk: _Chunk, drafts: Mapping[int, Draft], known: Mapping[str, Any]) -> dict[int, Draft]:
    """The cases that are there as the file tells them; the others are refused, with what differs."""
    ids = [known[draft.number].case_id for draft in drafts.values()]
    events = store.events_of(session, chunk.office.id, ids) if ids else {}
    parties = store.parties_of(session, chunk.office.id, ids) if ids else {}
    given = given_of(session, chunk.office.id, ids) if ids else {}
    found = {}
    for place, draft in drafts.items():
        case_id = known[draft.number].case_id
        personal: dict[int, dict[str, str]] = {}
        for party in parties[case_id]:
            personal.setdefault(party.seq, {})[party.field] = party.value
        stored = [event_from(row, personal.get(row.seq)) for row in events[case_id]]
        told = min((draft, draft.without_late_events() or draft), key=lambda one: len(_unlike(chunk, one, stored)))
        unlike = _unlike(chunk, told, stored)
        if {row.due_on for row in given.get(case_id, ())} != _days(chunk.office, draft.given.values()):
            unlike = (*unlike, "the given deadline")
        if unlike:
            differs = FieldError(
                "", "%(number)s is there already and differs in: %(unlike)s", number=draft.number, unlike=unlike
            )
            chunk.refuse(place, draft, differs)
        else:
            found[place] = told
    return found


def _days(office: Office, moments: Iterable[Moment]) -> set[Any]:
    return {moment.on(office.calendar.zone) for moment in moments}


def _unlike(chunk: _Chunk, draft: Draft, stored: Sequence[CaseEvent]) -> tuple[str, ...]:
    """What the source tells otherwise than it was brought in; what has happened here since is of no matter."""
    if not stored or stored[0].actor != chunk.actor:
        return (f"where it comes from, which is not {chunk.source}",)
    brought = [event for event in stored if event.actor == chunk.actor]
    if len(brought) != len(draft.events):
        return (f"the number of its events, {len(brought)} there and {len(draft.events)} here",)
    pairs = zip(draft.events, brought, strict=True)
    return tuple(dict.fromkeys(told.kind for told, event in pairs if not _is_same(told, event)))


def _is_same(told: Told, event: CaseEvent) -> bool:
    if (told.kind, told.at.at, told.at.dated, told.recorded) != (
        event.kind, event.occurred_at, event.dated, event.recorded_at,
    ):  # fmt: skip
        return False
    stored = event.details()
    try:
        details = contacts.checked(told.details)
    except ServiceError:
        return False
    return all(_is_same_text(name, value, stored.get(name)) for name, value in details.items())


def _is_same_text(name: str, told: Any, stored: Any) -> bool:
    if name in PERSONAL and not stored:  # blanked by law since: nobody knows any more
        return True
    return bool(stored == (" ".join(told.split()) if name == "title" else told))


# --- how they stand ---------------------------------------------------------------------------------------------------
class _Counted(NamedTuple):
    """What is told of a clock, as its row has it."""

    clock_id: str
    basis: str
    state: str
    due_on: date | None
    started_on: date | None
    stopped_on: date | None

    @classmethod
    def of(cls, clock: Clock) -> "_Counted":
        return cls(clock.id, clock.rule.basis.value, clock.state.value, clock.due_on, clock.day0, clock.stopped_on)


def _stands(chunk: _Chunk, place: int, draft: Draft, clocks: Sequence[Any], given: Sequence[Any], *, new: bool) -> None:
    chunk.outcomes[place] = Outcome(draft.row, draft.number, (), Standing(
        draft.number, new, draft.receipt.details["permit"], _deadlines(chunk.office, clocks, given), len(draft.events),
        draft.odd, draft.passed_over,
    ))  # fmt: skip


def _deadlines(office: Office, clocks: Sequence[Any], given: Sequence[Any]) -> tuple[Deadline, ...]:
    """Those of the clocks that were given one, and of the one that stands for the case."""
    by_clock = {row.clock_id: row for row in given}
    ranked = sorted(clocks, key=lambda clock: (FOREMOST.index(Basis(clock.basis)), clock.clock_id))
    first = next((clock.clock_id for clock in ranked if clock.clock_id in by_clock), ranked[0].clock_id)
    return tuple(
        Deadline(
            clock.clock_id,
            given=by_clock[clock.clock_id].due_on if clock.clock_id in by_clock else None,
            ours=clock.due_on,
            started_on=clock.started_on,
            stopped_on=clock.stopped_on,
            working_days=office.calendar.working_days_between(clock.started_on, clock.stopped_on)
            if clock.started_on and clock.stopped_on
            else 0,
            cancelled=clock.state == "cancelled",
            governing=clock.clock_id == first,
        )
        for clock in ranked
        if clock.clock_id in by_clock or clock.clock_id == first
    )


def _numbers(drafts: Mapping[int, Draft]) -> list[str]:
    return [draft.number for draft in drafts.values()]
