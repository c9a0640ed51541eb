"""From the milestones of a case and the alarms already stored, what to raise, plan, supersede and cancel at `now`
(M2-M7).

Pure. An alarm is a milestone stored to be raised; its identity is clock, milestone, due and episode (M6).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from sla.clock import Clock, State
from sla.milestones import Milestone
from sla.people import Role
from sla.policies import Gravity

SendAt = Callable[[datetime], datetime]  # the moment itself if messages may go out then, else the next opening (M2)
_ORDER = list(Gravity)


class AlarmState(StrEnum):
    """`raised`: messages went to the outbox. `digest`: the morning digest says it. `superseded`: a graver one was
    raised
    instead. `dropped`: a reminder that could only have gone at or after the deadline. `cancelled`: no longer true."""

    PENDING = "pending"
    RAISED = "raised"
    DIGEST = "digest"
    SUPERSEDED = "superseded"
    DROPPED = "dropped"
    CANCELLED = "cancelled"


class AlarmKey(NamedTuple):
    """What an alarm is known by (M6); `due` is a date, or the instant for limits in hours, None where there is none."""

    clock: str
    milestone: str
    due: date | datetime | None
    episode: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """One stored alarm. `told` are the ids of the people whose messages it put in the outbox.

    `change` numbers the change of the calendar that a correction comes from: one digest a person says all of that
    change (R16). None for what has messages of its own. `fates`: what became of messages that are kept no longer, each
    with the person it was for.
    """

    key: AlarmKey
    gravity: Gravity
    at: datetime
    state: AlarmState = AlarmState.PENDING
    raised_at: datetime | None = None
    roles: tuple[Role, ...] = ()
    told: tuple[str, ...] = ()
    change: int | None = None
    fates: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What changes: alarms to write (new or changed), those of them to raise now, and when to look again."""

    changed: tuple[Alarm, ...]
    raise_: tuple[Alarm, ...]
    next_at: datetime | None


CORRECTION = "correction"


def plan(milestones: Iterable[Milestone], stored: Sequence[Alarm], now: datetime, send_at: SendAt) -> Plan:
    """Diff the milestones against what is stored. Of each clock only the gravest whose time has come is raised (M5)."""
    by_clock: dict[str, list[Milestone]] = {}
    for milestone in milestones:
        by_clock.setdefault(milestone.clock, []).append(milestone)
    known = {alarm.key: alarm for alarm in stored}
    episodes = episodes_of(stored)
    changed: list[Alarm] = []
    for clock, ladder in by_clock.items():
        changed += _clock_plan(ladder, known, episodes.get(clock, 0), now, send_at)
    live = {_key(milestone, episodes.get(milestone.clock, 0)) for ladder in by_clock.values() for milestone in ladder}
    changed += [
        replace(alarm, state=AlarmState.CANCELLED)
        for alarm in stored
        if alarm.state is AlarmState.PENDING and alarm.key not in live
    ]
    after = {**known, **{alarm.key: alarm for alarm in changed}}
    waiting = [alarm.at for alarm in after.values() if alarm.state is AlarmState.PENDING]
    raised = tuple(alarm for alarm in changed if alarm.state is AlarmState.RAISED)
    return Plan(tuple(changed), raised, min(waiting, default=None))


def episodes_of(stored: Iterable[Alarm]) -> Mapping[str, int]:
    """How many corrections have been sent for each clock (M6)."""
    counts: dict[str, int] = {}
    for alarm in stored:
        if alarm.key.milestone == CORRECTION and alarm.state is not AlarmState.CANCELLED:
            counts[alarm.key.clock] = max(counts.get(alarm.key.clock, 0), alarm.key.episode)
    return counts


def corrections(
    clocks: Mapping[str, Clock],
    stored: Sequence[Alarm],
    effective_at: datetime,
    now: datetime,
    before: Mapping[str, Clock] | None = None,
) -> tuple[Alarm, ...]:
    """A correction for each clock about which people were told what turned out wrong, to just those people (R16, M6).

    Wrong is what was told after the moment the written change takes effect from: another deadline, no clock at all, or
    overdue though it was not. What was true when it was said needs none. `before`: where a write makes wrong what was
    true until then, the clocks as they stood; only what they still said is answered.
    """
    episodes, result = episodes_of(stored), []
    for clock_id in dict.fromkeys(alarm.key.clock for alarm in stored):
        episode = episodes.get(clock_id, 0)
        wrong = [
            alarm
            for alarm in stored
            if alarm.key.clock == clock_id and alarm.key.episode == episode and alarm.told
            and alarm.raised_at is not None and alarm.raised_at > effective_at
            and _was_wrong(clocks.get(clock_id), alarm)
            and (before is None or not _was_wrong(before.get(clock_id), alarm))
        ]  # fmt: skip
        if not wrong:
            continue
        clock = clocks.get(clock_id)
        key = AlarmKey(clock_id, CORRECTION, clock.due_key if clock else None, episode + 1)
        told = tuple(dict.fromkeys(person for alarm in wrong for person in alarm.told))
        gravest = max((alarm.gravity for alarm in wrong), key=_ORDER.index)
        result.append(Alarm(key, gravest, now, AlarmState.RAISED, now, (), told))
    return tuple(result)


def withdrawn(clocks: Mapping[str, Clock], stored: Sequence[Alarm], unsaid: Callable[[Alarm], bool]) -> list[Alarm]:
    """Corrections that nobody can have read and that are not needed any more: it is again as people were told (M6)."""
    episodes, result = episodes_of(stored), []
    for alarm in stored:
        latest = alarm.key.milestone == CORRECTION and alarm.key.episode == episodes.get(alarm.key.clock, 0)
        if not latest or alarm.state is AlarmState.CANCELLED or not unsaid(alarm):
            continue
        before = [
            other
            for other in stored
            if other.key.clock == alarm.key.clock and other.key.episode == alarm.key.episode - 1 and other.told
        ]
        if not any(_was_wrong(clocks.get(other.key.clock), other) for other in before):
            result.append(replace(alarm, state=AlarmState.CANCELLED))
    return result


def is_as_told(clock: Clock | None, told: date | datetime | None, gravity: Gravity) -> bool:
    """Whether all is again as people had been told it: the deadline, and whether it is overdue (M6)."""
    said_overdue = gravity in (Gravity.OVERDUE, Gravity.ESCALATION)
    return clock is not None and clock.due_key == told and said_overdue == (clock.state is State.LATE)


def gravest_true(stored: Sequence[Alarm], clock: Clock) -> Alarm | None:
    """The gravest alarm of the clock that was raised and still holds: what a new handler has to hear (M9)."""
    episode = episodes_of(stored).get(clock.id, 0)
    raised = [
        alarm
        for alarm in stored
        if alarm.key.clock == clock.id and alarm.key.episode == episode and alarm.key.due == clock.due_key
        and alarm.state in (AlarmState.RAISED, AlarmState.DIGEST) and alarm.key.milestone != CORRECTION
    ]  # fmt: skip
    return max(raised, key=lambda alarm: (_ORDER.index(alarm.gravity), alarm.at), default=None)


def last_reminder(
    stored: Sequence[Alarm], clock: str, due: date | datetime | None, episode: int, person: str
) -> Alarm | None:
    """The last reminder of a deadline that a person was told, or is about to be."""
    told = [
        alarm
        for alarm in stored
        if alarm.key.clock == clock and alarm.key.due == due and alarm.key.episode == episode
        and alarm.gravity is Gravity.REMINDER and alarm.state is AlarmState.RAISED and person in alarm.told
    ]  # fmt: skip
    return max(told, key=lambda alarm: alarm.at, default=None)


def _clock_plan(
    ladder: Sequence[Milestone], known: Mapping[AlarmKey, Alarm], episode: int, now: datetime, send_at: SendAt
) -> list[Alarm]:
    stored = {milestone.name: known.get(_key(milestone, episode)) for milestone in ladder}
    heard = [index for index, milestone in enumerate(ladder) if _is_settled(stored[milestone.name])]
    highest = max(heard, default=-1)
    fresh = [index for index, milestone in enumerate(ladder) if not _is_final(stored[milestone.name])]
    changed = [
        Alarm(_key(ladder[index], episode), ladder[index].gravity, ladder[index].at, roles=ladder[index].rung.to)
        for index in fresh
        if ladder[index].at > now and _differs(stored[ladder[index].name], ladder[index])
    ]
    passed = [index for index in fresh if ladder[index].at <= now]
    open_ones = [index for index in passed if index > highest]
    for index in passed:
        alarm = Alarm(
            _key(ladder[index], episode), ladder[index].gravity, ladder[index].at, roles=ladder[index].rung.to
        )
        is_gravest = bool(open_ones) and index == open_ones[-1]
        state = _state(ladder, index, stored[ladder[index].name], now, send_at) if is_gravest else AlarmState.SUPERSEDED
        if state is AlarmState.RAISED:
            roles = tuple(dict.fromkeys(role for other in open_ones for role in ladder[other].rung.to))
            alarm = replace(alarm, roles=roles)
        settled = state in (AlarmState.RAISED, AlarmState.DIGEST)
        changed.append(replace(alarm, state=state, raised_at=now if settled else None))
    return changed


def _state(ladder: Sequence[Milestone], index: int, stored: Alarm | None, now: datetime, send_at: SendAt) -> AlarmState:
    milestone = ladder[index]
    in_time = stored is not None and stored.state is AlarmState.PENDING
    if not in_time and index < _last_reminder(ladder):
        return AlarmState.SUPERSEDED  # born late, and lighter than the last reminder (M4)
    goes_at = now if milestone.rung.anytime else send_at(now)
    if milestone.gravity in (Gravity.REMINDER, Gravity.DUE) and goes_at >= milestone.deadline:
        return AlarmState.DROPPED
    if milestone.rung.digest and in_time:
        return AlarmState.DIGEST
    return AlarmState.RAISED


def _last_reminder(ladder: Sequence[Milestone]) -> int:
    return max((index for index, milestone in enumerate(ladder) if milestone.gravity is Gravity.REMINDER), default=0)


def _is_settled(alarm: Alarm | None) -> bool:
    return alarm is not None and alarm.state in (AlarmState.RAISED, AlarmState.DIGEST)


def _is_final(alarm: Alarm | None) -> bool:
    """Raised or put aside for good; a cancelled one lives again when its milestone does."""
    return alarm is not None and alarm.state not in (AlarmState.PENDING, AlarmState.CANCELLED)


def _differs(alarm: Alarm | None, milestone: Milestone) -> bool:
    return alarm is None or alarm.state is AlarmState.CANCELLED or alarm.at != milestone.at


def _key(milestone: Milestone, episode: int) -> AlarmKey:
    return AlarmKey(milestone.clock, milestone.name, milestone.due, episode)


def _was_wrong(clock: Clock | None, alarm: Alarm) -> bool:
    if clock is None:
        return alarm.key.due is not None  # else they have been told that it is gone
    if clock.due_key != alarm.key.due:
        return True  # another date, or none where the clock is pending or paused
    said_overdue = alarm.gravity in (Gravity.OVERDUE, Gravity.ESCALATION) and alarm.key.milestone != CORRECTION
    return said_overdue and clock.state is not State.LATE and clock.state is not State.CANCELLED
