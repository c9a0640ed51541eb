"""A clock in words: when it is due, and how it stands."""

import datetime as dt
from collections.abc import Mapping

from sla.alarms import CORRECTION
from sla.clock import Clock, State
from sla.events import Acknowledged
from sla.milestones import acknowledged, after, holds
from sla.overruns import overruns
from sla.policies import Gravity
from sla.words.language import NO_DATA, Words, one_line


def due_text(clock: Clock, said: Words, *, year: bool = False) -> str:
    """The due date, with the time where the deadline ends at closing (R9); "–" while there is none."""
    if clock.due_on is None or clock.due_at is None:
        return NO_DATA
    day = said.date(clock.due_on, year=year)
    return f"{day} {_closing(clock, said)}" if clock.is_timed else day


def _closing(clock: Clock, said: Words) -> str:
    """The time of day the deadline ends; 24:00 where it ends with its day (R1)."""
    assert clock.due_at is not None and clock.due_on is not None
    ends_with_day = clock.due_at == clock.calendar.end_of(clock.due_on)
    return "24:00" if ends_with_day else said.time(clock.due_at, clock.calendar.zone)


def days_until(clock: Clock, today: dt.date) -> int | None:
    """Working days until due, W(due) − W(today); negative when past (R10). None while there is no due date."""
    return None if clock.due_on is None else clock.calendar.working_days_between(today, clock.due_on)


def paused_again_text(clock: Clock, said: Words) -> str:
    """How often it was paused again on a day it had been resumed, and when last (R10)."""
    days = clock.paused_again
    last = said.date(days[-1], year=True)
    return said.ngettext("%(n)s time, on %(day)s", "%(n)s times, last on %(day)s", len(days), day=last)


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
    if clock.limit.unit.lasts is not None:
        return said.gettext("%(time)s of working time left", time=said.service(clock.left * clock.limit.unit.lasts))
    return said.gettext("due today") if clock.due_on == today else said.left(days)


def acknowledged_text(clock: Clock, said: Words, people: Mapping[str, str]) -> str:
    """Who has taken on what an open clock was told last, and until when that puts the next level off; "" if nobody has.

    `people` are the names of the staff by id.
    """
    known = acknowledged(clock) if clock.is_open else {}
    event = next((known[rung.name] for rung in reversed(clock.rule.ladder) if rung.name in known), None)
    if event is None:
        return ""
    return " · ".join(
        part for part in (_taken_on(event, clock, said, people), next_level_text(clock, event, said)) if part
    )


def next_level_text(clock: Clock, event: Acknowledged, said: Words) -> str:
    """When the next level after an acknowledged rung is told: not before a moment, where the policy puts it off; ""
    where there is none."""
    following = after(clock, event)
    if following is None:
        return ""
    values = {
        "level": following.name,
        "roles": said.joined(said.term(role) for role in following.rung.to),
        "moment": said.moment(following.at, clock.calendar.zone, year=True),
    }
    if holds(clock, event):
        return said.gettext("next level %(level)s (%(roles)s) not before %(moment)s", **values)
    return said.gettext("next level %(level)s (%(roles)s) on %(moment)s", **values)


def level_text(gravity: Gravity, level: str, said: Words) -> str:
    """What an alarm is called: how grave it is, with the policy's own name of the rung where that is another."""
    if level == CORRECTION:
        return said.gettext("Correction")
    word = said.term(gravity)
    return word if level == gravity.value else f"{word} {level}"


def _taken_on(event: Acknowledged, clock: Clock, said: Words, people: Mapping[str, str]) -> str:
    zone = clock.calendar.zone
    when = said.date(event.on(zone), year=True) if event.dated else said.moment(event.occurred_at, zone, year=True)
    name = people.get(event.actor, event.actor)
    return said.gettext(
        "%(level)s acknowledged by %(name)s on %(moment)s", level=event.milestone, name=name, moment=when
    )


def overrun_text(clock: Clock, said: Words) -> str:
    """Why an overdue limit was missed and what is done about it, or that nobody has said yet; "" where none is asked
    for."""
    if not overruns((clock,)):
        return ""
    if not clock.explanations:
        return said.gettext("overdue, no reason given yet")
    last = clock.explanations[-1]
    text = " · ".join(one_line(part) for part in (last.reason, last.measure) if part)
    return said.gettext("%(label)s: %(what)s", label=said.gettext("Overdue because"), what=text)
