"""The day strip, "why this date": one cell a day from day 0 to the due date, with its word, rule and source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from schedules.calendars import Kind
from sla.clock import Clock
from sla.ledger import Row, Status, explain, notes
from sla.policies import Ground
from sla.words import Words, note_text, one_line, row_text


class Look(StrEnum):
    """How a cell is drawn."""

    START = "start"
    COUNTED = "counted"
    OFF = "off"
    PAUSED = "paused"
    UNCOUNTED = "uncounted"


_LOOKS = {
    Status.FIRST_DAY: Look.START,
    Status.COUNTED: Look.COUNTED,
    Status.NOT_WORKING: Look.OFF,
    Status.NO_SERVICE: Look.OFF,
    Status.PAUSED: Look.PAUSED,
    Status.ROLLED: Look.UNCOUNTED,
    Status.DUE_NOT_COUNTED: Look.UNCOUNTED,
    Status.DUE_IMMEDIATE: Look.COUNTED,
}


@dataclass(frozen=True)
class Cell:
    """One day. `word` stands in the cell, `text` says it in full; `counted` of `of` is "" where it does not count.
    `notes` are the words for what happened on it."""

    on: str
    day: str
    look: Look
    counted: str
    of: str
    word: str
    text: str
    rule: str
    source: str
    makeup: bool
    due: bool
    provisional: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Happened:
    """Something that happened to a clock on a day."""

    on: str
    day: str
    text: str
    rule: str


def cells_of(clock: Clock, said: Words, grounds: Mapping[str, Ground]) -> tuple[Cell, ...]:
    """The days of a clock in order; empty while it is pending."""
    happened: dict[date, list[str]] = {}
    for note in notes(clock):
        happened.setdefault(note.on, []).append(said.term(note.remark))
    return tuple(_cell(clock, row, happened.get(row.date, ()), said, grounds) for row in explain(clock))


def notes_of(clock: Clock, said: Words, grounds: Mapping[str, Ground]) -> tuple[Happened, ...]:
    """What happened to a clock on the way, and after, in full."""
    return tuple(
        Happened(note.on.isoformat(), said.date(note.on), note_text(note, clock, said, grounds), note.rule)
        for note in notes(clock)
    )


def _cell(clock: Clock, row: Row, happened: Iterable[str], said: Words, grounds: Mapping[str, Ground]) -> Cell:
    text = row_text(row, said, grounds, clock.calendar)
    return Cell(
        on=row.date.isoformat(),
        day=said.date(row.date),
        look=_LOOKS[row.status],
        counted="" if row.counted is None else _figure(row, row.counted, said),
        of=_figure(row, row.of, said),
        word=_word(row, said) or text,
        text=text,
        rule=row.rule,
        source=one_line(row.source),
        makeup=row.kind in (Kind.MAKEUP, Kind.OFFICE_OPEN),
        due=row.date == clock.due_on,
        provisional=row.provisional,
        notes=tuple(happened),
    )


def _figure(row: Row, n: int | float, said: Words) -> str:
    return str(n) if row.unit.lasts is None else said.service(n * row.unit.lasts)


def _word(row: Row, said: Words) -> str:
    """In a cell that shows its number, a short word does; "" where the whole text is needed."""
    if row.status is not Status.COUNTED:
        return ""
    word = said.term(row.status if row.kind is Kind.WORKDAY else row.kind)
    return said.gettext("%(text)s (provisional)", text=word) if row.provisional else word
