"""What somebody who acknowledges an alarm acknowledges, judged once, when it is recorded (M10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sla.alarms import Alarm, gravest_true
from sla.clock import by_id
from sla.events import Acknowledged, CaseEvent, due_from
from sla.history import History
from sla.milestones import Milestone, acknowledged, after, holds
from sla.people import Role, on_duty
from sla.policies import Gravity
from sla.service.offices import Office
from sla.service.rebuild import history_of
from sla.service.records import alarm_from
from sla.store import cases as store
from sla.store.engine import Session

OVERDUE = (Gravity.OVERDUE, Gravity.ESCALATION)


class Effect(StrEnum):
    """What an acknowledgement does: puts the next level off, or why it does not."""

    HOLDS = "holds"
    NOTHING_TOLD = "nothing_told"  # of a clock that is overdue, to this person or their level, the gravest so far
    SECOND = "second"  # this rung was acknowledged before
    NO_HOLD = "no_hold"  # the policy says of no time
    LAST = "last"  # there is no next level


@dataclass(frozen=True)
class Outcome:
    """An acknowledgement as it came out. `first` is the one that counts for its rung; `next` what comes after it."""

    effect: Effect
    event: Acknowledged
    first: Acknowledged | None = None
    next: Milestone | None = None


def judged(
    session: Session, office: Office, row: Any, events: Sequence[CaseEvent], clock_id: str, actor: str, now: datetime
) -> dict[str, Any]:
    """The rung and the deadline that `actor` acknowledges at `now`, as the event's details."""
    none = {"milestone": "", "due": ""}
    history = history_of(office, row, events, now)
    clock = by_id(history.clocks).get(clock_id)
    if clock is None or not (clock.is_open and clock.overdue) or actor not in office.people:
        return none
    stored = [alarm_from(alarm) for alarm in store.raised_alarms_of(session, office.id, [row.case_id])[row.case_id]]
    alarm = gravest_true(stored, clock)
    if alarm is None or alarm.gravity not in OVERDUE or not _may(office, history, alarm, actor, now):
        return none
    return {"milestone": alarm.key.milestone, "due": alarm.key.due.isoformat() if alarm.key.due else ""}


def outcome(history: History, event: Acknowledged) -> Outcome:
    """What an acknowledgement on record comes to."""
    clock = history.clock(event.clock)
    first = acknowledged(clock).get(event.milestone) if due_from(event.due) == clock.due_key else None
    if first is None:
        return Outcome(Effect.NOTHING_TOLD, event)
    following = after(clock, first)
    if first.seq != event.seq:
        return Outcome(Effect.SECOND, event, first, following)
    if following is None:
        return Outcome(Effect.LAST, event, first)
    return Outcome(Effect.HOLDS if holds(clock, first) else Effect.NO_HOLD, event, first, following)


def _may(office: Office, history: History, alarm: Alarm, actor: str, now: datetime) -> bool:
    """Whether it was told to them, or they are of a level that it names, or stand in today for one who is."""
    if actor in alarm.told:
        return True
    named = {person.id for person in office.people.values() if not person.roles.isdisjoint(alarm.roles)}
    if Role.HANDLER in alarm.roles:
        named.add(history.handler)
    today = office.today(now)
    return actor in named or any(
        on_duty(office.people[name], office.people, today).id == actor for name in named if name in office.people
    )
