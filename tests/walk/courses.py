"""How a limit runs through a calendar, in days or in service time: when it ends, how much of it is used (R9, R10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tests.walk import days, hours
from tests.walk.calendars import Calendar
from tests.walk.moments import HOUR, MINUTE, ONE, Moment, midnight, wall

SECONDS = {"working_hours": HOUR, "working_minutes": MINUTE}


@dataclass(frozen=True)
class Pause:
    first: Moment
    until: Moment | None
    recorded: Moment


@dataclass(frozen=True)
class Deadline:
    """The due day, the instant the deadline ends, and whether it is kept by date alone."""

    on: date
    at: int
    by_date: bool

    def kept(self, moment: Moment) -> bool:
        """Whether something came in time: what has no time is judged by its date."""
        return moment.day <= self.on if self.by_date or moment.at is None else moment.at <= self.at


@dataclass(frozen=True)
class _OnACalendar:
    calendar: Calendar

    def instant(self, moment: Moment) -> int:
        """Of a day its first one."""
        return midnight(moment.day, self.calendar.zone) if moment.at is None else moment.at


@dataclass(frozen=True)
class InDays(_OnACalendar):
    unit: str
    start: Moment
    first_day: str
    roll: str
    cutoff: str

    def _walk(self, pauses: Sequence[Pause], amount: int) -> days.Walk:
        dated = tuple((pause.first.day, pause.until.day if pause.until else None) for pause in pauses)
        return days.walk(self.calendar, self._limit(amount), self.start, dated)

    def _limit(self, amount: int) -> days.Limit:
        return days.Limit(amount, self.unit, self.first_day, self.roll)

    def deadline(self, pauses: Sequence[Pause], amount: int) -> Deadline | None:
        due = self._walk(pauses, amount).due
        if due is None:
            return None
        closing = self.calendar.last_closing(due) if self.cutoff == "closing" else None
        return Deadline(
            due,
            at=midnight(due + ONE, self.calendar.zone) if closing is None else closing,
            by_date=self.cutoff == "end_of_day",
        )

    def used(self, pauses: Sequence[Pause], amount: int, until: Moment, overdue: bool) -> int:
        """Not more than the limit while it is not overdue."""
        walked = self._walk(pauses, amount)
        past = days.past_the_limit(self.calendar, self._limit(amount), walked, until.day) if overdue else 0
        return sum(day <= until.day for day in walked.counted) + past

    def length(self, amount: int) -> int:
        return days.length_in_days(self.start.day, self._limit(amount))

    def counted(self, pauses: Sequence[Pause], amount: int) -> tuple[date, ...]:
        return self._walk(pauses, amount).counted


@dataclass(frozen=True)
class InHours(_OnACalendar):
    unit: str
    start: Moment
    boundary: str
    step: int

    @property
    def _service(self) -> hours.Service:
        return hours.Service(self.calendar, self.boundary, self.step)

    def deadline(self, pauses: Sequence[Pause], amount: int) -> Deadline | None:
        start, instants = self.instant(self.start), self._instants(pauses)
        at = hours.due(self._service, amount * SECONDS[self.unit], start, instants)
        if at is None:
            return None
        day = wall(at, self.calendar.zone).date()
        before = hours.used_up_at_midnight(self._service, start, at, instants)
        return Deadline(day - ONE if before else day, at, by_date=False)

    def used(self, pauses: Sequence[Pause], amount: int, until: Moment, overdue: bool) -> float:
        seconds = hours.used(self._service, self.instant(self.start), self.instant(until), self._instants(pauses))
        return (seconds if overdue else min(seconds, amount * SECONDS[self.unit])) / SECONDS[self.unit]

    def length(self, amount: int) -> int:
        return amount

    def counted(self, pauses: Sequence[Pause], amount: int) -> tuple[date, ...]:
        return ()

    def _instants(self, pauses: Sequence[Pause]) -> tuple[hours.Instants, ...]:
        return tuple(
            (self.instant(pause.first), self.instant(pause.until) if pause.until else None) for pause in pauses
        )


Course = InDays | InHours
