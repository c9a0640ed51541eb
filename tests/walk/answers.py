"""A request as `sla due --batch` reads it, and what the rules answer."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from tests.walk import calendars
from tests.walk.calendars import Calendar
from tests.walk.courses import Course, Deadline, InDays, InHours, Pause
from tests.walk.moments import MINUTE, ONE, Moment, midnight, read
from tests.walk.verdicts import Extension, admitted


@dataclass(frozen=True)
class Answer:
    """As the engine's: dates and UTC instants as text; days counted by a limit in days, in order."""

    due_on: str | None
    due_at: str | None
    used: float
    left: float
    state: str
    late_by: int | None
    if_resumed: str | None
    counted: tuple[str, ...]


def answer(request: Mapping[str, Any]) -> Answer:
    calendar = calendars.read(request.get("calendar"))
    course = _course(request, calendar)
    told = _Told.read(request, calendar)
    pauses, amount = admitted(course, request["limit"]["amount"], told.pauses, told.extensions)
    pauses = told.before_the_decision(pauses)
    deadline = course.deadline(pauses, amount)
    finish = told.end_of(told.decided) if told.decided else told.now
    overdue = deadline is not None and not _in_time(deadline, told)
    used = course.used(pauses, amount, finish, overdue)
    paused = not told.decided and not overdue and any(told.runs_now(pause) for pause in pauses)
    return Answer(
        due_on=deadline.on.isoformat() if deadline else None,
        due_at=datetime.fromtimestamp(deadline.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if deadline else None,
        used=used,
        left=course.length(amount) - used,
        state=_state(decided=told.decided is not None, overdue=overdue, paused=paused),
        late_by=calendar.working_days_between(deadline.on, finish.day) if deadline and overdue else None,
        if_resumed=_if_resumed(course, amount, told, pauses) if paused else None,
        counted=tuple(day.isoformat() for day in course.counted(pauses, amount)),
    )


def _state(*, decided: bool, overdue: bool, paused: bool) -> str:
    if overdue:
        return "late"
    return "met" if decided else "paused" if paused else "running"


def _in_time(deadline: Deadline, told: "_Told") -> bool:
    if told.decided:
        return deadline.kept(told.decided)
    return deadline.kept(told.now)


def _if_resumed(course: Course, amount: int, told: "_Told", pauses: Sequence[Pause]) -> str | None:
    """The day it would have if the time ran again from now on."""
    resumed = [replace(pause, until=told.now) if told.runs_now(pause) else pause for pause in pauses]
    deadline = course.deadline(resumed, amount)
    return deadline.on.isoformat() if deadline else None


@dataclass(frozen=True)
class _Told:
    """The moments a request tells of."""

    calendar: Calendar
    pauses: tuple[Pause, ...]
    extensions: tuple[Extension, ...]
    decided: Moment | None
    now: Moment

    @classmethod
    def read(cls, request: Mapping[str, Any], calendar: Calendar) -> "_Told":
        def moment(text: str | None) -> Moment | None:
            return None if text is None else read(text, calendar.zone)

        pauses = tuple(_pause(entry, calendar) for entry in request.get("pauses", ()))
        extensions = tuple(
            Extension(entry["amount"], moment(entry.get("recorded_at"))) for entry in request.get("extensions", ())
        )
        told = cls(calendar, pauses, extensions, moment(request.get("decided")), read(request["start"], calendar.zone))
        given = moment(request.get("now"))
        if given is None:
            return replace(told, now=max(told.moments(), key=told.first_instant))
        return replace(told, now=told.end_of(given))

    def moments(self) -> Iterator[Moment]:
        yield self.now
        for pause in self.pauses:
            yield from (pause.first, pause.recorded)
            yield from () if pause.until is None else (pause.until,)
        yield from (extension.recorded for extension in self.extensions if extension.recorded)
        yield from () if self.decided is None else (self.decided,)

    def last_instant(self, moment: Moment) -> int:
        """Of a day, its last one."""
        return midnight(moment.day + ONE, self.calendar.zone) - 1 if moment.at is None else moment.at

    def end_of(self, moment: Moment) -> Moment:
        return Moment(moment.day, self.last_instant(moment))

    def first_instant(self, moment: Moment) -> int:
        return midnight(moment.day, self.calendar.zone) if moment.at is None else moment.at

    def runs_now(self, pause: Pause) -> bool:
        now = self.first_instant(self.now)
        return self.first_instant(pause.first) <= now and (pause.until is None or now < self.first_instant(pause.until))

    def before_the_decision(self, pauses: Sequence[Pause]) -> list[Pause]:
        """A decision ends what is paused at that moment."""
        if self.decided is None:
            return list(pauses)
        end = self.last_instant(self.decided)
        begun = [pause for pause in pauses if self.first_instant(pause.first) <= end]
        return [
            replace(pause, until=self.decided)
            if pause.until is None or self.first_instant(pause.until) > end
            else pause
            for pause in begun
        ]


def _pause(entry: Mapping[str, Any], calendar: Calendar) -> Pause:
    first = read(entry["from"], calendar.zone)
    until = read(entry["to"], calendar.zone) if entry.get("to") else None
    recorded = read(entry["recorded_at"], calendar.zone) if entry.get("recorded_at") else first
    return Pause(first, until, recorded)


def _course(request: Mapping[str, Any], calendar: Calendar) -> Course:
    unit = request["limit"]["unit"]
    start = _taken_in(calendar, read(request["start"], calendar.zone), request.get("intake", "as_filed"))
    if unit in ("working_hours", "working_minutes"):
        return InHours(calendar, unit, start, request.get("boundary", "closing"), _step(request))
    return InDays(
        calendar,
        unit,
        start,
        first_day=request.get("first_day", "next"),
        roll=request.get("roll", "following"),
        cutoff=request.get("cutoff", "end_of_day"),
    )


def _taken_in(calendar: Calendar, start: Moment, intake: str) -> Moment:
    """What is filed on a day off, or at or after the last closing of a working day, waits for the next one (R4)."""
    if intake == "as_filed":
        return start
    closing = calendar.last_closing(start.day)
    day: date = calendar.next_working_day(start.day)
    if day == start.day and start.at is not None and closing is not None and start.at >= closing:
        day = calendar.next_working_day(day + ONE)
    return start if day == start.day else Moment(day)


def _step(request: Mapping[str, Any]) -> int:
    """A minute, or a second where the request tells of one."""
    times = [request["start"], request.get("now"), request.get("decided")]
    times += [pause.get(name) for pause in request.get("pauses", ()) for name in ("from", "to", "recorded_at")]
    return 1 if any(time and re.search(r"T\d\d:\d\d:(?!00)", time) for time in times) else MINUTE
