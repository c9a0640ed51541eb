"""Bring in the cases of an office from the lines of its export, so many in each transaction.

Each is verified before it is written, its chain as by `sla audit verify`, and is in whole or not at all; what is
refused comes back with its line and the reason. What follows from a case is computed here: its clocks, its light, when
to look again. Nobody is told anything that was told where it comes from.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from schedules.faults import Phrase
from sla.events import CaseEvent, Received, standing
from sla.formats.sealed_lines import LineError, entry_of
from sla.history import History, HistoryError
from sla.policies import PolicyError
from sla.service.audit import of_case
from sla.service.cases import described
from sla.service.errors import ServiceError
from sla.service.office_lines import Sessions, is_of_case
from sla.service.offices import Office, held, office_with
from sla.service.rebuild import Change, history_of, rebuild
from sla.service.records import event_from, with_titles
from sla.store import cases as case_store
from sla.store import exports as store
from sla.store.engine import TAKEN, Session, all_or_nothing

CHUNK = 200  # cases in a transaction
_REFUSALS = (ServiceError, HistoryError, PolicyError)


@dataclass(frozen=True)
class Outcome:
    """What became of a line: a case that is `new`, or was there already, or was refused with why. `aside`: it is in,
    but its clocks cannot be computed, as where it came from."""

    line: int
    number: str = ""
    reason: Phrase | None = None
    new: bool = False
    aside: bool = False


@dataclass
class _Case:
    """A case of the file: everything that will be written, and what it was read as."""

    line: int
    row: dict[str, Any]
    parts: dict[str, list[dict[str, Any]]]
    events: list[CaseEvent] = field(default_factory=list)
    history: History | None = None

    @property
    def number(self) -> str:
        return str(self.row["number"])

    @property
    def recorded_at(self) -> datetime:
        return max(event.recorded_at for event in self.events)


def bring_in_cases(
    sessions: Sessions, now_in: Callable[[Session], datetime], office_id: UUID, lines: Iterable[bytes]
) -> Iterator[Outcome]:
    """What became of each case, in the order of the file. Each transaction holds up to CHUNK of them."""
    found = ((number, line) for number, line in enumerate(lines, start=1) if number > 2 and is_of_case(line))
    while piece := list(islice(found, CHUNK)):
        with sessions() as session:
            office = held(session, office_with(session, office_id))
            outcomes = _Chunk(session, office, now_in(session)).bring_in(piece)
        yield from (outcomes[number] for number, _ in piece)


class _Chunk:
    """So many cases, brought in in one transaction."""

    def __init__(self, session: Session, office: Office, now: datetime) -> None:
        self.session, self.office, self.now = session, office, now
        self.outcomes: dict[int, Outcome] = {}

    def bring_in(self, piece: Sequence[tuple[int, bytes]]) -> Mapping[int, Outcome]:
        cases = [case for number, line in piece if (case := self._read(number, line))]
        there = {row.case_id: row for row in case_store.cases_with(
            self.session, self.office.id, [case.row["case_id"] for case in cases])}  # fmt: skip
        for case in cases:
            if case.row["case_id"] in there:
                self._compare(case, there[case.row["case_id"]])
        new = [case for case in cases if case.row["case_id"] not in there]
        try:
            self._put(new)
        except TAKEN:
            for case in new:
                try:
                    self._put([case])
                except TAKEN:
                    self._refuse(case.line, case.number, self._why_not(case))
        return self.outcomes

    def _read(self, number: int, line: bytes) -> _Case | None:
        name = ""
        try:
            entry = entry_of(line)
            name = str(entry.get("number", ""))
            case = _case_of(number, entry, self.office.id)
            _verify(self.office, case)
            return case
        except (LineError, ValueError, *_REFUSALS) as error:
            self._refuse(number, name, Phrase("%(error)s", error=error))
            return None

    def _compare(self, case: _Case, row: Any) -> None:
        """Its chain is here as the file has it, whatever was recorded here since."""
        events = case_store.events_of(self.session, self.office.id, [row.case_id])[row.case_id]
        behind = [event.hash for event in events if event.seq == case.row["head_seq"]]
        if behind != [case.row["head_hash"]] or row.number != case.number:
            self._refuse(case.line, case.number, Phrase("it is here already with other events"))
        else:
            self.outcomes[case.line] = Outcome(case.line, case.number, aside=bool(row.broken))

    def _why_not(self, case: _Case) -> Phrase:
        if case_store.cases_numbered(self.session, self.office.id, [case.number]):
            return Phrase("its number is another case's here")
        return Phrase("it names what is not here, or is in the file twice")

    def _refuse(self, line: int, number: str, reason: Phrase) -> None:
        self.outcomes[line] = Outcome(line, number, reason)

    def _put(self, cases: Sequence[_Case]) -> None:
        with all_or_nothing(self.session):
            store.put_rows(self.session, store.CASE_HEAD, [case.row for case in cases])
            for part in store.CASE_PARTS:
                store.put_rows(self.session, part, [row for case in cases for row in case.parts[part.name]])
            aside = self._rebuild(cases)
        for case in cases:
            self.outcomes[case.line] = Outcome(case.line, case.number, new=True, aside=case.row["case_id"] in aside)

    def _rebuild(self, cases: Sequence[_Case]) -> set[UUID]:
        """Compute what follows, each by the calendar it was last brought to: what an open change of the calendar does
        to it is left to that. An open case stands as at its last entry, as after downtime (M5); those that are set
        aside are told."""
        together: dict[tuple[str, datetime], list[UUID]] = {}
        for case in cases:
            is_open = case.history is not None and case.history.is_open
            at = case.recorded_at if is_open else self.now
            together.setdefault((case.row["calendar_version"], at), []).append(case.row["case_id"])
        done: set[UUID] = set()
        for (version, at), ids in together.items():
            rows = case_store.cases_with(self.session, self.office.id, ids)
            quiet = dict.fromkeys(ids, Change(quiet=True))
            done |= rebuild(self.session, _by(self.office, version), rows, at, quiet).keys()
        return {case.row["case_id"] for case in cases} - done


def _by(office: Office, version: str) -> Office:
    """The office by one of its calendars."""
    return replace(office, calendar=office.calendar_of(version))


def _case_of(number: int, entry: Mapping[str, Any], office_id: UUID) -> _Case:
    """The rows of a case's line. Raises ValueError."""
    named = {part.name: part for part in store.CASE_PARTS}
    head = {name: value for name, value in entry.items() if name != "line" and name not in named}
    row = store.row_of(store.CASE_HEAD, head, office_id=office_id)
    parts = {}
    for name, part in named.items():
        found = entry.get(name)
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise ValueError(f"{name}: must be a list of objects")
        parts[name] = [store.row_of(part, one, office_id=office_id, case_id=row["case_id"]) for one in found]
    hashes = {event["seq"]: event["hash"] for event in parts["events"]}
    for covered in parts["anchored"]:
        covered["hash"] = hashes.get(covered["seq"], "")
    return _Case(number, row, parts)


def _verify(office: Office, case: _Case) -> None:
    """Whether the chain and what it covers fit; then what the case is called and how it stands. Raises ServiceError."""
    rows = {name: [_Row(row) for row in found] for name, found in case.parts.items()}
    for wrong in of_case(office, _Row(case.row), rows["events"], rows["personal"]):
        raise ServiceError("chain", wrong.what)
    if not rows["events"]:
        raise ServiceError("events", "there are none; a case begins with its receipt")
    try:
        case.events = [event_from((None, *(event[name] for name in _EVENT))) for event in case.parts["events"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise ServiceError("events", "this program cannot read them: %(error)s", error=str(error)) from None
    titled = with_titles(case.events, rows["personal"])
    receipt = next((event for event in standing(titled) if isinstance(event, Received)), None)
    if receipt is None:
        raise ServiceError("events", "no receipt stands; a case begins with its receipt")
    office.policy_row(case.row["policy_id"], case.row["policy_version"])
    office.calendar_of(case.row["calendar_version"])
    case.row |= {
        "title": receipt.title, "handler": receipt.handler, "phase": "received", "deemed_on": None, "outcome": "",
        "next_alarm_at": None, "broken": "", **described(office, titled, ()),
    }  # fmt: skip
    try:
        by = _by(office, case.row["calendar_version"])
        case.history = history_of(by, SimpleNamespace(**case.row), case.events, case.recorded_at)
    except _REFUSALS:
        case.history = None


_EVENT = next(part for part in store.CASE_PARTS if part.name == "events").columns


class _Row(SimpleNamespace):
    """A row that is not stored yet, as those of the store are read."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(**values)

    @property
    def _mapping(self) -> dict[str, Any]:
        return vars(self)
