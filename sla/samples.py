"""What a policy comes to: deadlines of made-up cases that begin on the days on which people go wrong. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from schedules.calendars import Kind, WorkingCalendar
from sla.clock import Clock, run
from sla.events import Accepted
from sla.policies import ClockRule, Policy, Trigger

AHEAD = 400  # how many days ahead a holiday and a make-up day are looked for


class Why(StrEnum):
    """Why a day is a sample."""

    ASKED = "asked"
    NEXT = "next"
    BEFORE_HOLIDAY = "before_holiday"
    BEFORE_MAKEUP = "before_makeup"
    YEAR_END = "year_end"


@dataclass(frozen=True, slots=True)
class SampleDay:
    """A day on which a made-up case begins; `names` are those of the holiday it lies before, by language."""

    day: date
    why: Why
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """One clock of one permit that begins on a day by each of two versions; None where a version does not have it."""

    permit: str
    clock: str
    day: SampleDay
    before: Clock | None
    after: Clock | None


def sample_days(calendar: WorkingCalendar, first: date) -> tuple[SampleDay, ...]:
    """From `first` on: the next working day, the last before a holiday, before a make-up day, and of the year.

    Civil days in the calendar's zone; a day that is two of these is told once. Past the last announced day only what is
    certain by law is known (R15).
    """
    legal = calendar.legal
    found: dict[date, SampleDay] = {}
    for sample in (SampleDay(legal.nth_working_day(first, 0), Why.NEXT), *_before_turns(legal, first)):
        known = found.get(sample.day)
        if known is None or known.why is Why.NEXT:
            found[sample.day] = sample
    return tuple(sorted(found.values(), key=lambda sample: sample.day))


def samples(
    before: Policy | None, after: Policy, calendar: WorkingCalendar, days: tuple[SampleDay, ...]
) -> tuple[Sample, ...]:
    """Every clock of every permit of either version, on each of the days, in the order of the new version."""
    permits = dict.fromkeys([*after.permits, *(before.permits if before else ())])
    return tuple(
        Sample(permit, clock, day, *(_begun(policy, permit, clock, calendar, day) for policy in (before, after)))
        for day in days
        for permit in permits
        for clock in _clocks(before, after, permit)
    )


def begun_on(rule: ClockRule, calendar: WorkingCalendar, day: date) -> Clock:
    """The clock as it stands on the day it begins, whatever event begins it: only the day is known, within service."""
    start = calendar.start_of(day)
    begins = Accepted(occurred_at=start, recorded_at=start, dated=True, seq=1)
    asked = replace(rule, starts_on=(Trigger("accepted"),), stops_on=(), cancels_on=())
    return replace(run(asked, calendar, (begins,), start), rule=rule)


def _clocks(before: Policy | None, after: Policy, permit: str) -> dict[str, None]:
    """The clocks a permit has in either version, by their ids."""
    versions = [after, before] if before else [after]
    return dict.fromkeys(rule.id for policy in versions for rule in policy.clocks.get(permit, ()))


def _begun(policy: Policy | None, permit: str, clock: str, calendar: WorkingCalendar, day: SampleDay) -> Clock | None:
    rules = policy.clocks.get(permit, ()) if policy else ()
    return next((begun_on(rule, calendar, day.day) for rule in rules if rule.id == clock), None)


def _before_turns(calendar: WorkingCalendar, first: date) -> Iterator[SampleDay]:
    """The last working day before each turn of the calendar that lies ahead."""
    turns = {Kind.HOLIDAY: Why.BEFORE_HOLIDAY, Kind.MAKEUP: Why.BEFORE_MAKEUP}
    end = min(first + timedelta(days=AHEAD), date(calendar.years[1], 12, 31))
    day = first
    while turns and day < end:
        day += timedelta(days=1)
        what = calendar.day(day)
        last = calendar.nth_working_day(day, -1) if what.kind in turns else first - timedelta(days=1)
        if last >= first:
            names = {"zh": what.name, "en": calendar.english(what.name)} if what.kind is Kind.HOLIDAY else {}
            yield SampleDay(last, turns.pop(what.kind), names)
    last_of_year = calendar.nth_working_day(date(first.year + 1, 1, 1), -1)
    if last_of_year >= first:
        yield SampleDay(last_of_year, Why.YEAR_END)
