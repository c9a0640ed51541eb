"""The ledger of a clock in words: day by day, what happened on the way, and in one line for the slip."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from schedules.calendars import Kind, WorkingCalendar
from schedules.limits import FirstDay, Unit
from sla.clock import Clock, State
from sla.ledger import Note, Remark, Row, Status, explain, notes
from sla.pauses import Pause
from sla.policies import Ground
from sla.words.clocks import due_text
from sla.words.language import NO_DATA, Words, one_line


class LedgerLine(NamedTuple):
    """One day of a ledger in words, or something that happened on it (`note`); `rule` and `source` say why."""

    day: str
    text: str
    rule: str
    source: str
    note: bool = False

    def written(self) -> str:
        """As a line of a terminal or a paper: what happened on a day stands indented below it."""
        day = " " * 4 + "↳" if self.note else self.day
        rule = f"  [{self.rule}]" if self.rule else ""
        return f"{day}  {self.text}{rule} {self.source}".rstrip()


def ledger_lines(clock: Clock, said: Words, grounds: Mapping[str, Ground] | None = None) -> tuple[LedgerLine, ...]:
    """The day-by-day explanation of a clock in words; empty while it is pending. `grounds` are the policy's.

    What happened stands behind the line of its day, what happened after the due date behind the last.
    """
    happened, lines = list(notes(clock)), []
    for row in explain(clock):
        text = row_text(row, said, grounds or {}, clock.calendar)
        lines.append(LedgerLine(said.date(row.date, year=True), text, row.rule, one_line(row.source)))
        while happened and happened[0].on <= row.date:
            lines.append(_note_line(happened.pop(0), clock, said, grounds or {}))
    return (*lines, *(_note_line(note, clock, said, grounds or {}) for note in happened))


def note_text(note: Note, clock: Clock, said: Words, grounds: Mapping[str, Ground]) -> str:
    """What happened: the word for it, and what is known of it."""
    return " · ".join(part for part in (said.term(note.remark), *_particulars(note, clock, said, grounds)) if part)


def _note_line(note: Note, clock: Clock, said: Words, grounds: Mapping[str, Ground]) -> LedgerLine:
    return LedgerLine(said.date(note.on, year=True), note_text(note, clock, said, grounds), note.rule, "", note=True)


def _particulars(note: Note, clock: Clock, said: Words, grounds: Mapping[str, Ground]) -> Iterator[str]:
    if note.at is not None:
        yield said.time(note.at, clock.calendar.zone)
    if note.ground:
        yield ground_text(note.ground, said, grounds)
    if note.amount:
        yield said.amount(note.amount, note.unit or clock.limit.unit)
    yield one_line(note.name)
    if note.reference:
        yield said.gettext("notice %(number)s", number=one_line(note.reference))
    if note.before or note.after:
        yield said.gettext("%(before)s → %(after)s", before=note.before or NO_DATA, after=note.after or NO_DATA)
    yield one_line(note.milestone)
    yield one_line(note.reason)
    yield one_line(note.measure)
    if note.by:
        by = one_line(note.by)
        is_ack = note.remark is Remark.ACKNOWLEDGED
        yield said.gettext("by %(name)s", name=by) if is_ack else said.gettext("approved by %(name)s", name=by)
    if note.until:
        yield said.gettext("next level not before %(moment)s", moment=said.moment(note.until, clock.calendar.zone))


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
        counted = _counted(row, said)
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


def _counted(row: Row, said: Words) -> str:
    if row.unit.lasts is None or row.counted is None:
        return said.gettext("counted %(n)s of %(of)s", n=row.counted, of=row.of)
    added, so_far, all_of_it = (said.service(n * row.unit.lasts) for n in (row.added, row.counted, row.of))
    return said.gettext("counted %(added)s, %(n)s of %(of)s", added=added, n=so_far, of=all_of_it)


# --- the slip --------------------------------------------------------------------------------------------------------
def slip_text(clock: Clock, said: Words, grounds: Mapping[str, Ground] | None = None) -> str:
    """How the date was counted, in one line for the applicant's slip; "–" while the clock is pending.

    受理 9月18日（不计入）…第6个工作日 9月28日
    """
    if clock.day0 is None:
        return NO_DATA
    middle = [_slip_pause(pause, said, grounds or {}) for pause in clock.pauses]
    added = sum(event.amount for event in clock.extensions)
    if added:
        middle.append(said.gettext("extended by %(amount)s", amount=said.amount(added, clock.limit.unit)))
    end = [] if clock.due_on is None else [_slip_end(clock, said)]
    return said.gettext(" … ").join([_slip_start(clock, said), *middle, *end])


def _slip_start(clock: Clock, said: Words) -> str:
    assert clock.day0 is not None and clock.started_at is not None
    event, day = said.event(clock.rule.starts_on[0].kind), said.day(clock.day0)
    if clock.limit.timed:
        at = "" if clock.started_dated else said.time(clock.started_at, clock.calendar.zone)
        return " ".join(part for part in (event, day, at) if part)
    if clock.limit.immediate or clock.rule.counting.first_day is FirstDay.SAME:
        return f"{event} {day}"
    return said.gettext("%(event)s %(day)s (not counted)", event=event, day=day)


def _slip_pause(pause: Pause, said: Words, grounds: Mapping[str, Ground]) -> str:
    ground, first = ground_text(pause.ground, said, grounds), said.day(pause.first)
    if pause.last is None:
        return said.gettext("%(ground)s from %(first)s on", ground=ground, first=first)
    return said.gettext("%(ground)s %(first)s to %(last)s", ground=ground, first=first, last=said.day(pause.last))


def _slip_end(clock: Clock, said: Words) -> str:
    assert clock.due_on is not None
    day = (
        f"{said.day(clock.due_on)} {due_text(clock, said).rpartition(' ')[2]}"
        if clock.is_timed
        else said.day(clock.due_on)
    )
    counted = [row for row in explain(clock) if row.status is Status.COUNTED]
    if clock.provisional:
        day = said.gettext("%(text)s (provisional)", text=day)
    if clock.limit.immediate:
        return said.gettext("due the same day or the next that works: %(day)s", day=day)
    if clock.state is State.CANCELLED or not counted or clock.capped:
        return said.gettext("due %(due)s", due=day)
    if clock.limit.unit is Unit.WORKING_DAYS:
        return said.gettext("working day %(n)s: %(day)s", n=clock.limit.amount, day=day)
    if counted[-1].date < clock.due_on:
        return said.gettext("last day %(last)s is off, due %(day)s", last=said.day(counted[-1].date), day=day)
    return said.gettext("%(amount)s up: %(day)s", amount=said.limit(clock.limit), day=day)
