"""One question to `sla due --batch`, and the calendars the rules are asked about.

The printed calendars behind the counts (days off, 休; make-up days, 班):

    China 2026, notice of the State Council of 2025-11-04: 休 1-3 January, 15-23 February, 4-6 April, 1-5 May,
        19-21 June, 25-27 September, 1-7 October; 班 Sun 4 January, Sat 14 and 28 February, Sat 9 May, Sun 20 September,
        Sat 10 October
    England, Banking and Financial Dealings Act 1971 and proclamations (gov.uk/bank-holidays)
    Netherlands, Algemene termijnenwet art. 3: New Year, Good Friday, Easter Monday, King's Day, 5 May, Ascension, Whit
        Monday, both days of Christmas
    US, 5 U.S.C. 6103: on a Saturday the Friday before is off, on a Sunday the Monday after
    Japan, 国民の祝日に関する法律 art. 2 and 3: after a holiday on a Sunday the next day that is none is off, and
        so is a day between two holidays
"""

import json
from typing import Any

from sla.cli.due import answers

CHINA = {"country": "CN"}
ENGLAND = {"country": "GB", "subdiv": "ENG", "zone": "Europe/London"}
SCOTLAND = {"country": "GB", "subdiv": "SCT", "zone": "Europe/London"}
NETHERLANDS = {"country": "NL", "zone": "Europe/Amsterdam"}
US = {"country": "US", "zone": "America/New_York"}
WASHINGTON = {"country": "US", "subdiv": "DC", "zone": "America/New_York"}
JAPAN = {"country": "JP", "zone": "Asia/Tokyo"}

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE_HOURS = {day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in WEEKDAYS}


def every_day(zone: str, **more: Any) -> dict[str, Any]:
    """A calendar on which every day counts, so that only the zone matters."""
    return {"zone": zone, "weekend": [], **more}


def hours(zone: str, *, breaks: bool = True, **more: Any) -> dict[str, Any]:
    """Monday to Friday 9-12 and 13-17 in a zone, or 9-17 without a break."""
    table = OFFICE_HOURS if breaks else {day: [["09:00", "17:00"]] for day in WEEKDAYS}
    return {"zone": zone, "hours": table, **more}


def ask(start: str, amount: int, unit: str = "working_days", **settings: Any) -> dict[str, Any]:
    """The answer to one request."""
    request = {"start": start, "limit": {"amount": amount, "unit": unit}, "ledger": False, **settings}
    answer: dict[str, Any] = next(answers(iter([json.dumps(request)])))
    return answer


def due_on(start: str, amount: int, unit: str = "working_days", **settings: Any) -> Any:
    answer = ask(start, amount, unit, **settings)
    return answer.get("due_on", answer)


def due_at(start: str, amount: int, unit: str = "working_days", **settings: Any) -> Any:
    answer = ask(start, amount, unit, **settings)
    return answer.get("due_at", answer)


def figures(answer: dict[str, Any]) -> tuple[Any, Any, Any]:
    """What is used, what is left, and the state."""
    return answer.get("used", answer), answer.get("left"), answer.get("state")
