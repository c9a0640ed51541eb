"""The fixed cast of these tests: a window in September 2026, where Sunday 20 works and Friday 25 is off."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from schedules.announcements import working_calendar
from sla.clock import Clock
from sla.events import Accepted, CaseEvent, Decided, Outcome, Received
from sla.history import History, read
from sla.messages import AlarmItem, CaseCard
from sla.people import Person, Role
from sla.policies import Gravity
from sla.presets import preset

ZONE = ZoneInfo("Asia/Shanghai")
POLICY = preset("cn_planning")
CALENDAR = working_calendar("CN", hours=POLICY.hours)
CARD = CaseCard(
    number="地字第20260012号",
    title="锦绣花园二期",
    permit_names=POLICY.permit("land_use").names,
    handler_name="王小明",
    link="https://window.example/cases/12",
)
ADDRESSES = {"email": "lisi@office.example", "sms": "13800001234"}
CHIEF = Person("p-2", "李四", frozenset({Role.CHIEF}), "zh", addresses=ADDRESSES)
ENGLISH = replace(CHIEF, language="en")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def event(kind: type[CaseEvent], when: str, seq: int, **details: Any) -> CaseEvent:
    return kind(occurred_at=at(when), recorded_at=at(when), seq=seq, **details)


def received(day: str) -> CaseEvent:
    return event(Received, f"{day}T09:30", 1, permit="land_use")


def accepted(day: str) -> CaseEvent:
    return event(Accepted, f"{day}T10:00", 2)


def decided(day: str) -> CaseEvent:
    return event(Decided, f"{day}T15:00", 3, outcome=Outcome.APPROVED)


def history(events: list[CaseEvent], now: str) -> History:
    return read(POLICY, CALENDAR, events, at(now))


def promise(now: str, day: str = "2026-09-18", *more: CaseEvent) -> Clock:
    """The promise of 4 working days of a case accepted on the day; accepted on 09-18 it is due on 09-23."""
    return history([received(day), accepted(day), *more], now).clock("promise")


def item(clock: Clock | None, gravity: Gravity = Gravity.REMINDER, milestone: str = "T-1", **more: Any) -> AlarmItem:
    return AlarmItem(more.pop("case", CARD), clock, gravity, milestone, **more)
