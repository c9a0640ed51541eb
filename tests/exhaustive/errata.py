"""Where the engine is known to differ from the walk, and in what: all else of such an answer is compared."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.exhaustive.asked import IN_HOURS, Request
from tests.walk import Calendar, calendars
from tests.walk.moments import Moment, midnight, read

ONE = timedelta(days=1)
Differences = dict[str, tuple[Any, Any]]  # of a field: the engine's value and the walk's


@dataclass(frozen=True)
class Erratum:
    """What of an answer may differ for the requests it applies to."""

    fields: frozenset[str]
    applies: Callable[[Request, Calendar], bool]


def unexplained(request: Request, found: Differences) -> Differences:
    """The differences that no erratum accounts for."""
    if not found:
        return found
    calendar = calendars.read(request.get("calendar"))
    explained = {field for erratum in ERRATA if erratum.applies(request, calendar) for field in erratum.fields}
    return {field: pair for field, pair in found.items() if field not in explained}


def _asks_before_a_pause_ends(request: Request, calendar: Calendar) -> bool:
    """The state at `now` is then running to the engine, or that of the pause although it has not begun."""
    if "now" not in request:
        return False
    now = read(request["now"], calendar.zone)
    ends = [read(pause["to"], calendar.zone) if "to" in pause else None for pause in request["pauses"]]
    begins = [read(pause["from"], calendar.zone) for pause in request["pauses"]]
    return any(now.day <= end.day if end else now.day <= begin.day for begin, end in zip(begins, ends, strict=True))


def _says_no_now_but_when_it_was_recorded(request: Request, calendar: Calendar) -> bool:
    """The engine does not take it for a moment the request tells of."""
    return "now" not in request and any("recorded_at" in entry for entry in _entries(request))


def _dated_on_the_morrow_of_a_closing_at_midnight(request: Request, calendar: Calendar) -> bool:
    """The engine takes a date for its first moment, which is the closing still."""
    if request["cutoff"] != "closing" and request["limit"]["unit"] not in IN_HOURS:
        return False
    names = ("from", "recorded_at")
    told = [read(entry[name], calendar.zone) for entry in _entries(request) for name in names if name in entry]
    told += [read(request[name], calendar.zone) for name in ("decided", "now") if name in request]
    return any(_at_midnight(moment, calendar) and _ends_at_midnight(calendar, moment) for moment in told)


def _at_midnight(moment: Moment, calendar: Calendar) -> bool:
    return moment.at is None or moment.at == midnight(moment.day, calendar.zone)


def _ends_at_midnight(calendar: Calendar, moment: Moment) -> bool:
    closing = calendar.last_closing(moment.day - ONE)
    return closing is None or closing == midnight(moment.day, calendar.zone)


def _paused_and_resumed_on_one_day(request: Request, calendar: Calendar) -> bool:
    """After one with nothing left the engine does not count the days before the due day."""
    return request["limit"]["unit"] not in IN_HOURS and any(
        read(pause["from"], calendar.zone).day == read(pause["to"], calendar.zone).day
        for pause in request["pauses"]
        if "to" in pause
    )


def _begins_after_closing(request: Request, calendar: Calendar) -> bool:
    """The engine judges an extension without `recorded_at` by the start, and a limit of nothing may be over then."""
    return (
        request["cutoff"] == "closing"
        and request["limit"]["amount"] == 0
        and any("recorded_at" not in extension for extension in request["extensions"])
    )


def _meets_midnight_in_hours(request: Request, calendar: Calendar) -> bool:
    """Begun or resumed at the closing of 24:00 it is due, to the engine, on the day before."""
    if request["limit"]["unit"] not in IN_HOURS:
        return False
    told = [request["start"], *(pause["to"] for pause in request["pauses"] if "to" in pause)]
    if request["intake"] == "next_working_day":
        return True
    return any(_at_midnight(read(moment, calendar.zone), calendar) for moment in told)


def _serves_on_weekends_of_chinese_holidays(request: Request, calendar: Calendar) -> bool:
    """The engine takes them for plain weekends, which a table or `days` may give hours."""
    spec = request.get("calendar") or {}
    named = {"sat", "sun"} & set(spec.get("hours", ()))
    return spec.get("country") == "CN" and bool(named or spec.get("days"))


def _entries(request: Request) -> Iterator[dict[str, Any]]:
    yield from request["pauses"]
    yield from request["extensions"]


def _asks_before_intake(request: Request, calendar: Calendar) -> bool:
    """With `same` the engine counts the first day before it has come."""
    moved = request["first_day"] == "same" and request["intake"] == "next_working_day"
    return moved and request["limit"]["unit"] not in IN_HOURS


def _ends_at_closing(request: Request, calendar: Calendar) -> bool:
    """The engine asks by the date alone whether more than the limit may be used, and not whether it is overdue."""
    return request["cutoff"] == "closing" and request["limit"]["unit"] not in IN_HOURS


PROGRESS = frozenset({"state", "used", "left", "late_by", "if_resumed"})
ERRATA = (
    Erratum(PROGRESS, _asks_before_a_pause_ends),
    Erratum(PROGRESS, _says_no_now_but_when_it_was_recorded),
    Erratum(PROGRESS | {"due_on", "due_at", "counted"}, _dated_on_the_morrow_of_a_closing_at_midnight),
    Erratum(frozenset({"used", "left"}), _paused_and_resumed_on_one_day),
    Erratum(frozenset({"used", "left"}), _asks_before_intake),
    Erratum(frozenset({"used", "left"}), _ends_at_closing),
    Erratum(PROGRESS | {"due_on", "due_at", "counted"}, _begins_after_closing),
    Erratum(PROGRESS | {"due_on"}, _meets_midnight_in_hours),
    Erratum(PROGRESS | {"due_on", "due_at"}, _serves_on_weekends_of_chinese_holidays),
)
