"""The fixed cast of the core's tests: the window's policy and calendar, moments in its wall time, events, requests."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from schedules.announcements import working_calendar
from schedules.calendars import WorkingCalendar
from schedules.limits import Limit, Unit
from sla.cli.due import answers
from sla.clock import Clock
from sla.events import Accepted, CaseEvent, Decided, Outcome, Paused, Received, Resumed
from sla.history import History, read
from sla.policies import Basis, ClockRule, Policy, Trigger
from sla.presets import preset

SHANGHAI = ZoneInfo("Asia/Shanghai")
HANDLER = "li"


def policy() -> Policy:
    return preset("cn_planning")


@cache
def china() -> WorkingCalendar:
    """China with the window's hours, 9-12 and 13-17."""
    return working_calendar("CN", hours={day: list(spans) for day, spans in policy().hours.items()})


def at(text: str) -> datetime:
    """A moment of the window's wall time: `at("2026-09-18 15:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def day(text: str) -> date:
    return date.fromisoformat(text)


def working_days(amount: int) -> Limit:
    return Limit(amount, Unit.WORKING_DAYS)


def rule(amount: int, *grounds: str, unit: Unit = Unit.WORKING_DAYS, **changes: Any) -> ClockRule:
    """A clock from acceptance to decision that listens to the grounds, under the window's law of counting."""
    return ClockRule(
        "promise",
        {"en": "promise"},
        Basis.PROMISE,
        Limit(amount, unit),
        (Trigger("accepted"),),
        (Trigger("decided"),),
        cancels_on=(Trigger("withdrawn"),),
        grounds=frozenset(grounds),
        sources=policy().sources,
        **changes,
    )


def when(text: str, recorded: str = "") -> dict[str, Any]:
    """What an event has in common: a date alone is an event without a time. Recorded when it happened unless said."""
    dated = len(text) == len("2026-09-18")
    occurred = at(text)
    return {"occurred_at": occurred, "recorded_at": at(recorded) if recorded else occurred, "dated": dated}


def received(text: str, permit: str = "site_selection", recorded: str = "", seq: int = 1, **details: Any) -> Received:
    return Received(**when(text, recorded), seq=seq, permit=permit, handler=HANDLER, **details)


def accepted(text: str, recorded: str = "", seq: int = 2, **details: Any) -> Accepted:
    return Accepted(**when(text, recorded), seq=seq, **details)


def paused(text: str, ground: str = "expert_review", recorded: str = "", seq: int = 3, **details: Any) -> Paused:
    return Paused(**when(text, recorded), seq=seq, ground=ground, **details)


def resumed(text: str, pause: int = 3, recorded: str = "", seq: int = 4) -> Resumed:
    return Resumed(**when(text, recorded), seq=seq, pause=pause)


def decided(text: str, recorded: str = "", seq: int = 20, outcome: Outcome = Outcome.APPROVED) -> Decided:
    return Decided(**when(text, recorded), seq=seq, outcome=outcome)


def case(events: Iterable[CaseEvent], now: str) -> History:
    """The case at `now` under the window's policy and calendar."""
    return read(policy(), china(), list(events), at(now))


def promise(*events: CaseEvent, now: str) -> Clock:
    """The promise of a site selection (4 days): received and accepted in the morning of Friday 18 September 2026."""
    begun = (received("2026-09-18 09:00"), accepted("2026-09-18 09:30"))
    return case((*begun, *events), now).clock("promise")


def answered(**request: Any) -> dict[str, Any]:
    """The answer to one line of `sla due --batch`."""
    return next(answers(iter([json.dumps(request)])))


def days(*texts: str) -> tuple[date, ...]:
    return tuple(day(text) for text in texts)
