"""The day strip, "why this date": one cell a day from day 0 to the due date, with its word, rule and source."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from schedules.calendars import Kind
from sla.clock import Clock
from sla.ledger import Row, Status, explain
from sla.policies import Ground
from sla.words import Words, one_line, row_text


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
    Status.PAUSED: Look.PAUSED,
    Status.ROLLED: Look.UNCOUNTED,
    Status.DUE_NOT_COUNTED: Look.UNCOUNTED,
    Status.DUE_IMMEDIATE: Look.COUNTED,
}


@dataclass(frozen=True)
class Cell:
    """One day. `word` stands in the cell, `text` says it in full; `counted` of `of` is "" where it does not count."""

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


def cells_of(clock: Clock, said: Words, grounds: Mapping[str, Ground]) -> tuple[Cell, ...]:
    """The days of a clock in order; empty while it is pending."""
    return tuple(_cell(clock, row, said, grounds) for row in explain(clock))


def _cell(clock: Clock, row: Row, said: Words, grounds: Mapping[str, Ground]) -> Cell:
    text = row_text(row, said, grounds, clock.calendar)
    return Cell(
        on=row.date.isoformat(),
        day=said.date(row.date),
        look=_LOOKS[row.status],
        counted="" if row.counted is None else str(row.counted),
        of=str(row.of),
        word=_word(row, said) or text,
        text=text,
        rule=row.rule,
        source=one_line(row.source),
        makeup=row.kind in (Kind.MAKEUP, Kind.OFFICE_OPEN),
        due=row.date == clock.due_on,
        provisional=row.provisional,
    )


def _word(row: Row, said: Words) -> str:
    """In a cell that shows its number, a short word does; "" where the whole text is needed."""
    if row.status is not Status.COUNTED:
        return ""
    word = said.term(row.status if row.kind is Kind.WORKDAY else row.kind)
    return said.gettext("%(text)s (provisional)", text=word) if row.provisional else word
