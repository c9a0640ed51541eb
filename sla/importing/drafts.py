"""A row as a case: its number, its events in the order they were recorded, the deadlines it was given, what is odd.

A row that is not right gives every reason at once, and no case.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from schedules.faults import FieldError, Phrase
from schedules.limits import Unit
from sla.events import EventName
from sla.importing.cells import CellError, Moment, day_of, moment_of, text_of
from sla.importing.mapping import ANY, DATES, FIELDS, NEEDED, OF_EVENTS, EventMap, SourceMap
from sla.importing.rows import Cell, Row, SourceError

LONGEST_NUMBER = 80
CLOSING = ("decided", "withdrawn")
AFTER_CLOSING = ("delivered", "owed_received")  # what may follow a closing


class Odd(StrEnum):
    """What is hard to believe of a case, and is reported; it is brought in all the same."""

    CLOSED_BEFORE_START = "closed_before_start"
    EVENTS_AFTER_CLOSING = "events_after_closing"
    EVENTS_LEFT_OUT = "events_left_out"


@dataclass(frozen=True)
class Told:
    """One event as the source tells it; `recorded` is when it says it was written down."""

    kind: str
    at: Moment
    recorded: datetime
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Draft:
    """A case as the source tells it: its receipt first. `given` are deadlines by clock, "" for the one that stands for
    the case."""

    row: Row
    number: str
    events: tuple[Told, ...]
    given: Mapping[str, Moment]
    odd: tuple[Odd, ...] = ()
    passed_over: tuple[str, ...] = ()  # the names of events that the mapping gives no kind

    @property
    def receipt(self) -> Told:
        return self.events[0]

    @property
    def closing(self) -> Told | None:
        return next((event for event in self.events if event.kind in CLOSING), None)

    def without_late_events(self) -> "Draft | None":
        """The case without what happened after it was closed and cannot have; None if there is no such thing."""
        closing = self.closing
        if closing is None:
            return None
        kept = tuple(event for event in self.events if event is closing or not _is_behind(event, closing))
        if len(kept) == len(self.events):
            return None
        return replace(self, events=kept, odd=(*self.odd, Odd.EVENTS_LEFT_OUT))


class RowError(ValueError):
    """Why a row gives no case: every reason, each with its column."""

    def __init__(self, reasons: Sequence[FieldError]) -> None:
        super().__init__("; ".join(map(str, reasons)))
        self.reasons = tuple(reasons)


EventsOf = Callable[[str, Row], Sequence[Row]]  # of the case with a number, and its row
Drafting = Callable[[Row, EventsOf], Draft]


def drafting(mapping: SourceMap, columns: Sequence[str], event_columns: Sequence[str], zone: ZoneInfo) -> Drafting:
    """What makes drafts of the rows of a source with these columns. Raises SourceError for one it has not."""
    cases = _places(columns, mapping.case_columns, "cases")
    events = _places(event_columns, mapping.events.columns if mapping.events else (), "events")
    reader = _Reader(mapping, cases, events, mapping.zone or zone)
    return reader.draft


def _places(columns: Sequence[str], wanted: Sequence[str], which: str) -> dict[str, int]:
    for name in wanted:
        if columns.count(name) > 1:
            raise SourceError(
                f"mapping {which}", "column %(name)r is there %(count)s times", name=name, count=columns.count(name)
            )
        if name not in columns:
            known = ", ".join(filter(None, columns[:40])) or "none"
            raise SourceError(
                f"mapping {which}", "column %(name)r is not there; there are: %(known)s", name=name, known=known
            )
    return {name: columns.index(name) for name in wanted}


class _Reader:
    """Reads rows by one mapping; `reasons` gathers what is wrong with the row in hand."""

    def __init__(self, mapping: SourceMap, cases: Mapping[str, int], events: Mapping[str, int], zone: ZoneInfo) -> None:
        self.mapping, self.cases, self.events, self.zone = mapping, cases, events, zone
        self.reasons: list[FieldError] = []
        self.passed_over: list[str] = []

    def draft(self, row: Row, events_of: EventsOf) -> Draft:
        """Raises RowError."""
        self.reasons, self.passed_over = [], []
        if row.trouble:
            raise RowError([FieldError("", row.trouble)])
        number = " ".join(self._text(row, "number").split())
        if not 0 < len(number) <= LONGEST_NUMBER:
            if number:
                self._wrong("number", "is longer than %(most)s characters", most=LONGEST_NUMBER)
            else:
                self._wrong("number", "is empty")
        dated = list(self._dated(row))
        listed, latest = self._listed(row, events_of(number, row) if self.mapping.events else ())
        given = {
            clock: moment
            for clock, column in self.mapping.given.items()
            if (moment := self._moment(row, column, self.cases, fold=1)) is not None
        }
        told = [*dated, *listed]
        if not self.reasons and not any(event.kind == "received" for event in told):
            self._wrong("received", "is empty: nothing says when the case came in")
        if self.reasons:
            raise RowError(self.reasons)
        return self._drafted(row, number, told, given, latest)

    def _drafted(
        self, row: Row, number: str, told: list[Told], given: Mapping[str, Moment], latest: datetime | None
    ) -> Draft:
        receipt = min((event for event in told if event.kind == "received"), key=lambda event: event.at.at)
        rest = [event for event in told if event is not receipt]
        odd: list[Odd] = []
        closing = next((event for event in rest if event.kind in CLOSING), None)
        if closing and latest and _is_later(latest, closing.at, self.zone):
            odd.append(Odd.EVENTS_AFTER_CLOSING)
        if closing and closing.at.at < receipt.at.at and closing.at.on(self.zone) == receipt.at.on(self.zone):
            odd.append(Odd.CLOSED_BEFORE_START)  # of such a closing only the day can be believed
            rest[rest.index(closing)] = replace(closing, at=day_of(closing.at.on(self.zone), self.zone))
        rest = [replace(event, recorded=max(event.recorded, receipt.recorded)) for event in rest]
        events = (receipt, *sorted(rest, key=lambda event: event.recorded))
        events = tuple(_with_pauses(events))
        if any(event.kind == "resumed" and not event.details for event in events):
            raise RowError([FieldError("resumed", "ends no pause; nothing is paused then")])
        return Draft(row, number, events, given, tuple(odd), tuple(self.passed_over))

    # --- the case's own row ------------------------------------------------------------------------------------------
    def _dated(self, row: Row) -> Iterator[Told]:
        for kind in DATES:
            before = len(self.reasons)
            moment = self._moment(row, self.mapping.columns.get(kind, ""), self.cases, fold=kind != "received")
            if moment is not None:
                yield Told(kind, moment, moment.at, self._details(row, kind))
            elif len(self.reasons) > before:
                self._details(row, kind)  # for what else is wrong with it

    def _details(self, row: Row, kind: str) -> dict[str, Any]:
        names: tuple[str, ...] = {
            "received": (
                "permit", "handler", "first_contact", "title", "applicant", "contact", "email", "mobile",
                "land_area_ha", "floor_area_ha",
            ),
            "decided": ("outcome", "certificate"),
        }.get(kind, ())  # fmt: skip
        details = {name: text for name in names if (text := self._text(row, name))}
        if kind == "decided":
            details.setdefault("outcome", "approved")
            if details["outcome"] not in ("approved", "denied"):
                self._wrong(
                    "outcome",
                    "%(outcome)r is neither approved nor denied; see values.outcome",
                    outcome=details["outcome"][:40],
                )
        if kind == "received":
            for name in ("permit", "handler"):
                if name not in details:
                    self._wrong(name, "is empty")
        return details

    # --- its events --------------------------------------------------------------------------------------------------
    def _listed(self, row: Row, event_rows: Sequence[Row]) -> tuple[list[Told], datetime | None]:
        """The events that have a kind here, and when the last of all happened."""
        last = self._moment(row, self.mapping.columns.get("last_event", ""), self.cases)
        latest = last.at if last else None
        if self.mapping.events is None:
            return [], latest
        told = []
        for event_row in event_rows:
            before = len(self.reasons)
            event = self._event(row, event_row, self.mapping.events)
            if len(self.reasons) > before or event is None:
                self.reasons[before:] = [
                    FieldError("", "event row %(row)s: %(reason)s", row=event_row.number, reason=reason)
                    for reason in self.reasons[before:]
                ]
                continue
            kind, moment, recorded, details = event
            latest = max(latest or moment.at, moment.at)
            if kind:
                told.append(Told(kind, moment, recorded, details))
        return told, latest

    def _event(self, case: Row, row: Row, columns: EventMap) -> tuple[str, Moment, datetime, dict[str, Any]] | None:
        if row.trouble:
            self.reasons.append(FieldError("", row.trouble))
            return None
        name = self._cell(row, columns.event, self.events)
        kind = columns.kinds.get(name, "")
        if not kind:
            self.passed_over.append(name)
        moment = self._moment(row, columns.at, self.events, fold=kind != "received")
        if moment is None:
            self._wrong(columns.at, "is empty", own=False)
            return None
        recorded = self._moment(row, columns.recorded, self.events, fold=1) if columns.recorded else None
        details = self._event_details(case, row, kind, columns) if kind else {}
        return kind, moment, recorded.at if recorded else moment.at, details

    def _event_details(self, case: Row, row: Row, kind: str, columns: EventMap) -> dict[str, Any]:
        details = self._details(case, kind)
        for name in FIELDS[kind]:
            column = columns.details.get(name, "")
            if name == "expected_end":
                ends = self._moment(row, column, self.events)
                details |= {name: ends.on(self.zone).isoformat()} if ends else {}
            elif text := self._told(row, name, column):
                details[name] = text
        if "papers" in details:
            details["papers"] = [part.strip() for part in details["papers"].split(",") if part.strip()]
        for name in NEEDED.get(kind, ()):
            if not details.get(name):
                column = columns.details.get(name, name)
                self._wrong(column, "is empty; %(kind)s needs it", kind=EventName(kind), own=False)
        if kind == "extended":
            self._extension(details, columns)
        return details

    def _told(self, row: Row, name: str, column: str) -> str:
        """What an event says, or what the mapping says of all that do not."""
        text = self._valued(name, self._cell(row, column, self.events)) if column else ""
        return text or (self.mapping.defaults.get(name, "") if name in OF_EVENTS else "")

    def _extension(self, details: dict[str, Any], columns: EventMap) -> None:
        """By how much: a whole number, of working days where nothing is said; the case's policy has the last word."""
        amount, unit = details.get("amount", ""), details.setdefault("unit", Unit.WORKING_DAYS.value)
        if amount and not (amount.isascii() and amount.isdigit() and len(amount) < 5):
            self._wrong(columns.details["amount"], "%(amount)r is no whole number", amount=amount[:40], own=False)
        if unit not in set(Unit):
            self._wrong(columns.details.get("unit", "unit"), "%(value)r is unknown; known are: %(known)s",
                        value=unit[:40], known=sorted(Unit), own=False)  # fmt: skip
        if not self.reasons:
            details |= {"amount": int(amount)}

    # --- cells -------------------------------------------------------------------------------------------------------
    def _text(self, row: Row, field: str) -> str:
        column = self.mapping.columns.get(field, "")
        text = self._cell(row, column, self.cases) if column else ""
        return self._valued(field, text) or self.mapping.defaults.get(field, "")

    def _valued(self, field: str, text: str) -> str:
        values = self.mapping.values.get(field)
        if values is None or not text:
            return text
        if text not in values and ANY not in values:
            self._wrong(field, "%(text)r is not among values.%(field_)s", text=text[:40], field_=field)
        return values.get(text, values.get(ANY, ""))

    def _cell(self, row: Row, column: str, places: Mapping[str, int]) -> str:
        try:
            return text_of(row.cells[places[column]])
        except CellError as error:
            self._wrong(column, error.phrase, own=False)
            return ""

    def _moment(self, row: Row, column: str, places: Mapping[str, int], *, fold: int = 0) -> Moment | None:
        """None where there is nothing: no such column, or an empty cell."""
        cell: Cell = row.cells[places[column]] if column else ""
        if cell == "" or (isinstance(cell, str) and not cell.strip()):
            return None
        try:
            return moment_of(cell, self.zone, self.mapping.dates, fold=fold)
        except CellError as error:
            self._wrong(column, error.phrase, own=False)
            return None

    def _wrong(self, field: str, what: str | Phrase, /, *, own: bool = True, **values: object) -> None:
        name = self.mapping.columns.get(field, field) if own else field
        self.reasons.append(FieldError(name, what, **values))


def _is_behind(event: Told, closing: Told) -> bool:
    return event.kind not in AFTER_CLOSING and event.at.at > closing.at.at and not closing.at.dated


def _is_later(latest: datetime, closing: Moment, zone: ZoneInfo) -> bool:
    """Whether something happened after the closing: by the day where only the day is known."""
    return latest.astimezone(zone).date() > closing.on(zone) if closing.dated else latest > closing.at


def _with_pauses(events: Sequence[Told]) -> Iterator[Told]:
    """Each resumption with the place of the pause it ends: the last open one, on its ground where that is told (R10).
    One that ends none has none."""
    open_pauses: dict[int, str] = {}
    for place, event in enumerate(events, start=1):
        if event.kind == "paused":
            open_pauses[place] = event.details["ground"]
        if event.kind != "resumed":
            yield event
            continue
        ground = event.details.get("ground", "")
        ended = [pause for pause, its in open_pauses.items() if ground in ("", its)]
        for pause in ended[-1:]:
            del open_pauses[pause]
        yield replace(event, details={"pause": ended[-1]} if ended else {})
