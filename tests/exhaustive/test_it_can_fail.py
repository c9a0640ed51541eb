"""An engine off by one in any of the rules R4 to R11 is found out by the very comparison that finds it right."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from schedules import limits
from schedules.calendars import WorkingCalendar
from schedules.timetable import Boundary, Timetable
from sla import clock, counting, pauses
from tests.exhaustive.asked import IN_HOURS, MOST, requests
from tests.exhaustive.comparison import differing
from tests.exhaustive.size import SEED

ONE, MINUTE = timedelta(days=1), timedelta(minutes=1)
IN_DAYS = tuple(unit for unit in MOST if unit not in IN_HOURS)
ENOUGH = 600  # requests in which each of the faults shows
Fault = Callable[[pytest.MonkeyPatch], None]


def _closing_is_within_service(plant: pytest.MonkeyPatch) -> None:
    """R4: what is filed at closing counts as filed that day."""
    real = limits.counts_from
    plant.setattr(clock, "counts_from", lambda days, at, **given: real(days, at - MINUTE, **given))


def _one_working_day_more(plant: pytest.MonkeyPatch) -> None:
    """R5: the limit ends on the first d with W(d) - W(start) = n + 1."""
    real = limits.ordinary_end

    def later(days: WorkingCalendar, limit: limits.Limit, *given: Any) -> date:
        end = real(days, limit, *given)
        return days.nth_working_day(end, 1) if limit.counts_working_days and limit.amount else end

    plant.setattr(counting, "ordinary_end", later)


def _a_missing_day_of_the_month_is_the_next_one(plant: pytest.MonkeyPatch) -> None:
    """R6: a month from the 31st ends on the first, not on the last."""
    real = limits.months_later

    def later(day: date, months: int) -> date:
        end = real(day, months)
        return end if end.day == day.day else end + ONE

    plant.setattr(limits, "months_later", later)


def _a_day_off_moves_by_one_day(plant: pytest.MonkeyPatch) -> None:
    """R6: to the day after, whether that works or not."""

    def moved(days: WorkingCalendar, day: date, *given: Any) -> date:
        return day if days.is_working_day(day) else day + ONE

    plant.setattr(counting, "rolled", moved)


def _a_minute_more(plant: pytest.MonkeyPatch) -> None:
    """R7: a budget of service ends a minute late."""
    real = Timetable.moment
    plant.setattr(Timetable, "moment", lambda table, elapsed, boundary: real(table, elapsed + MINUTE, boundary))


def _the_boundary_is_the_other(plant: pytest.MonkeyPatch) -> None:
    """R7: what is used up at a closing is due at the next opening, and the reverse."""
    real = Timetable.moment
    other = {Boundary.CLOSING: Boundary.OPENING, Boundary.OPENING: Boundary.CLOSING}
    plant.setattr(Timetable, "moment", lambda table, elapsed, boundary: real(table, elapsed, other[boundary]))


def _an_immediate_item_at_closing_is_for_today(plant: pytest.MonkeyPatch) -> None:
    """R8: the last closing has not passed at the very closing."""
    real = limits.immediate_due
    plant.setattr(counting, "immediate_due", lambda days, at, **given: real(days, at - MINUTE, **given))


def _the_closing_is_too_late(plant: pytest.MonkeyPatch) -> None:
    """R9: in time is up to the closing, and not including it."""
    real = clock.met
    plant.setattr(
        clock, "met", lambda rule, days, on, due, at, **given: real(rule, days, on, due, at + MINUTE, **given)
    )


def _the_due_day_is_too_late(plant: pytest.MonkeyPatch) -> None:
    """R9: overdue from 00:00 of the due date on."""
    real = limits.moment_due
    plant.setattr(clock, "moment_due", lambda days, due, cutoff: real(days, due - ONE, cutoff))


def _the_day_of_the_pause_is_free(plant: pytest.MonkeyPatch) -> None:
    _pauses_in_days(plant, first=-1, last=0)


def _the_day_of_resumption_counts(plant: pytest.MonkeyPatch) -> None:
    _pauses_in_days(plant, first=0, last=-1)


def _pauses_in_days(plant: pytest.MonkeyPatch, *, first: int, last: int) -> None:
    """R10: the days (P, R] are others."""
    real = pauses.clipped

    def moved(*given: Any) -> tuple[Any, ...]:
        return tuple(
            replace(
                pause,
                first=pause.first + first * ONE,
                last=pause.last and max(pause.first + first * ONE, pause.last + last * ONE),
            )
            for pause in real(*given)
        )

    plant.setattr(clock, "clipped", moved)


def _nothing_left_is_due_a_day_later(plant: pytest.MonkeyPatch) -> None:
    """R10: the first working day after R, not from R on."""
    real = counting.Days.after
    plant.setattr(counting.Days, "after", lambda days, resumed, left: real(days, resumed, max(left, 1)))


def _a_pause_in_hours_ends_a_minute_late(plant: pytest.MonkeyPatch) -> None:
    """R10: more than the working time in [P, R) is left out."""
    real = pauses.clipped

    def longer(*given: Any) -> tuple[Any, ...]:
        return tuple(replace(pause, end=pause.end and pause.end + MINUTE) for pause in real(*given))

    plant.setattr(clock, "clipped", longer)


def _an_extension_adds_one_less(plant: pytest.MonkeyPatch) -> None:
    """R11: n - 1 for n."""
    real = clock._extensions

    def shorter(*given: Any) -> tuple[Any, ...]:
        added, late = real(*given)
        return tuple(replace(extension, amount=extension.amount - 1) for extension in added), late

    plant.setattr(clock, "_extensions", shorter)


FAULTS: list[tuple[str, Fault, tuple[str, ...]]] = [
    ("R4", _closing_is_within_service, (*IN_DAYS, *IN_HOURS)),
    ("R5", _one_working_day_more, ("working_days",)),
    ("R6", _a_missing_day_of_the_month_is_the_next_one, ("months", "years")),
    ("R6", _a_day_off_moves_by_one_day, ("calendar_days", "weeks", "months", "years")),
    ("R7", _a_minute_more, IN_HOURS),
    ("R7", _the_boundary_is_the_other, IN_HOURS),
    ("R8", _an_immediate_item_at_closing_is_for_today, ("working_days",)),
    ("R9", _the_closing_is_too_late, (*IN_DAYS, *IN_HOURS)),
    ("R9", _the_due_day_is_too_late, IN_DAYS),
    ("R10", _the_day_of_the_pause_is_free, IN_DAYS),
    ("R10", _the_day_of_resumption_counts, IN_DAYS),
    ("R10", _nothing_left_is_due_a_day_later, IN_DAYS),
    ("R10", _a_pause_in_hours_ends_a_minute_late, IN_HOURS),
    ("R11", _an_extension_adds_one_less, (*IN_DAYS, *IN_HOURS)),
]


NAMES = [f"{rule}{fault.__name__}" for rule, fault, _ in FAULTS]


@pytest.mark.parametrize(("rule", "fault", "units"), FAULTS, ids=NAMES)
def test_a_planted_off_by_one_is_found(
    rule: str, fault: Fault, units: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch)
    found = (request for request, wrong in differing(requests(SEED, ENOUGH, units)) if "error" not in wrong)
    request = next(found, None)
    assert request, f"{rule} may be off by one"
    monkeypatch.undo()
    assert list(differing([request])) == []
