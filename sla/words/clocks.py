"""A clock in words: when it is due, how it stands, and its ledger day by day."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import NamedTuple

from schedules.calendars import Kind, WorkingCalendar
from schedules.limits import Cutoff
from sla.clock import Clock, State
from sla.ledger import Row, Status, explain
from sla.policies import Ground
from sla.words.language import NO_DATA, Words, one_line


def due_text(clock: Clock, said: Words, *, year: bool = False) -> str:
    """The due date, with the time where the deadline ends at closing (R9); "–" while there is none."""
    if clock.due_on is None or clock.due_at is None:
        return NO_DATA
    day = said.date(clock.due_on, year=year)
    return (
        f"{day} {said.time(clock.due_at, clock.calendar.zone)}" if clock.rule.counting.cutoff is Cutoff.CLOSING else day
    )


def days_until(clock: Clock, today: dt.date) -> int | None:
    """Working days until due, W(due) − W(today); negative when past (R10). None while there is no due date."""
    return None if clock.due_on is None else clock.calendar.working_days_between(today, clock.due_on)


def standing_text(clock: Clock, now: dt.datetime, said: Words) -> str:
    """How the clock stands at `now` in a few words: 还有 1 个工作日, 今天到期, 超期 2 个工作日, 挂起, 按时, 视为受理"""
    if clock.deemed:
        return said.gettext("deemed accepted")
    today = clock.calendar.date_of(now)
    days = days_until(clock, today)
    if not clock.is_open or clock.due_on is None or days is None:
        return said.overdue(clock.late_by or 0) if clock.state is State.LATE else said.term(clock.state)
    if clock.overdue or clock.due_on < today:
        return said.overdue(-days)
    return said.gettext("due today") if clock.due_on == today else said.left(days)


class LedgerLine(NamedTuple):
    """One day of a ledger in words; `rule` and `source` say why."""

    day: str
    text: str
    rule: str
    source: str


def ledger_lines(clock: Clock, said: Words, grounds: Mapping[str, Ground] | None = None) -> tuple[LedgerLine, ...]:
    """The day-by-day explanation of a clock in words; empty while it is pending. `grounds` are the policy's."""
    return tuple(
        LedgerLine(
            said.date(row.date, year=True),
            row_text(row, said, grounds or {}, clock.calendar),
            row.rule,
            one_line(row.source),
        )
        for row in explain(clock)
    )


def row_text(row: Row, said: Words, grounds: Mapping[str, Ground], calendar: WorkingCalendar | None = None) -> str:
    """What a day of the ledger is. With the calendar, holidays have their English names too."""
    text = _row_text(row, said, grounds, _day_text(row, said, calendar))
    return said.gettext("%(text)s (provisional)", text=text) if row.provisional else text


def ground_text(ground: str, said: Words, grounds: Mapping[str, Ground]) -> str:
    """The name of a ground; of several that overlap (joined by +), all names."""
    return said.joined(
        one_line(said.name(grounds[g].names)) if g in grounds else one_line(g) for g in ground.split("+")
    )


def _row_text(row: Row, said: Words, grounds: Mapping[str, Ground], day: str) -> str:
    if row.status is Status.NOT_WORKING:
        return day
    if row.status is Status.COUNTED:
        counted = said.gettext("counted %(n)s of %(of)s", n=row.counted, of=row.of)
        return counted if row.kind is Kind.WORKDAY else said.gettext("%(text)s, %(day)s", text=counted, day=day)
    if row.status is Status.PAUSED and row.ground:
        return said.gettext("paused (%(ground)s)", ground=ground_text(row.ground, said, grounds))
    if row.status is Status.ROLLED and row.kind in (Kind.WEEKEND, Kind.HOLIDAY, Kind.OFFICE_CLOSED):
        return said.gettext("%(text)s, %(day)s", text=said.term(row.status), day=day)
    return said.term(row.status)


def _day_text(row: Row, said: Words, calendar: WorkingCalendar | None) -> str:
    """The kind of day with its name; a name that explains itself in brackets stands alone."""
    kind = said.term(row.kind)
    name = one_line(calendar.english(row.name) if calendar and said.language == "en" else row.name)
    if not name or row.kind in (Kind.WORKDAY, Kind.MAKEUP):
        return kind
    return name if re.search("[(（]", name) else said.gettext("%(kind)s (%(name)s)", kind=kind, name=name)
