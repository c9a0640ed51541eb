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


def _asks_before_a_pause_that_is_open(request: Request, calendar: Calendar) -> bool:
    """Its progress is, to the engine, that at the pause, although it has not begun."""
    if "now" not in request:
        return False
    now = read(request["now"], calendar.zone)
    return any(now.day <= read(pause["from"], calendar.zone).day for pause in request["pauses"] if "to" not in pause)


def _asks_within_a_pause(request: Request, calendar: Calendar) -> bool:
    """The engine tells no other date where the request itself tells when it was resumed."""
    return "now" in request and any("to" in pause for pause in request["pauses"])


def _stands_at_a_closing_at_midnight(request: Request, calendar: Calendar) -> bool:
    """In time is up to and including that moment (R9), which is also the first of the next day (R1)."""
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


def _resumes_at_midnight_in_hours(request: Request, calendar: Calendar) -> bool:
    """The last moment of a day that is served to its end belongs to that day."""
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


PROGRESS = frozenset({"state", "used", "left", "late_by", "if_resumed"})
ERRATA = (
    Erratum(PROGRESS, _asks_before_a_pause_that_is_open),
    Erratum(frozenset({"if_resumed"}), _asks_within_a_pause),
    Erratum(PROGRESS | {"due_on", "due_at", "counted"}, _stands_at_a_closing_at_midnight),
    Erratum(frozenset({"if_resumed"}), _resumes_at_midnight_in_hours),
    Erratum(PROGRESS | {"due_on", "due_at"}, _serves_on_weekends_of_chinese_holidays),
)
