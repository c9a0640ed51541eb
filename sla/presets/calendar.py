"""The calendar a policy counts by: its country or subdivisions, the days its own law takes off, its hours (R3)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from schedules.announcements import YEARS, working_calendar
from schedules.calendars import Level, Overlay, Scope, WorkingCalendar
from schedules.hours import WeeklyHours
from sla.policies import DaysOff, Policy


def calendar_of(
    policy: Policy,
    *,
    country: str | None = None,
    subdiv: str | Sequence[str] | None = None,
    zone: str | None = None,
    overlays: Sequence[Overlay] = (),
    hours: Mapping[str, Sequence[Sequence[str]]] | WeeklyHours | None = None,
    years: tuple[int, int] = YEARS,
) -> WorkingCalendar:
    """The policy's calendar with an office's own changes; what is left out is the policy's.

    Another country brings its own subdivisions and none of the policy's days off. Raises CalendarError.
    """
    at_home = country in (None, policy.country)
    own = days_off(policy, years) if at_home else ()
    calendar = working_calendar(
        country or policy.country,
        zone=zone or policy.zone,
        subdiv=subdiv or (policy.subdivs if at_home else None),
        overlays=(*own, *overlays),
        hours=policy.hours if hours is None else hours,
        years=years,
    )
    law = policy.sources.get("days_off", "") if at_home else ""
    return replace(calendar, overlays=tuple(cited(overlay, law) for overlay in calendar.overlays)) if law else calendar


def days_off(policy: Policy, years: tuple[int, int]) -> tuple[Overlay, ...]:
    """The days that the policy's own law takes off beside those that are announced."""
    return tuple(_overlay(days, policy, years) for days in policy.days_off)


def cited(overlay: Overlay, law: str) -> Overlay:
    """An announced layer with the law that makes its days off, ahead of the data they were read from."""
    return replace(overlay, source=f"{law}; {overlay.source}") if overlay.level is Level.ANNOUNCED else overlay


def _overlay(days: DaysOff, policy: Policy, years: tuple[int, int]) -> Overlay:
    """Legal days off on top of the announced ones; yearly days in every year the calendar covers."""
    every = [date(year, *day) for year in range(years[0], years[1] + 1) for day in days.yearly]
    name = days.names["en"]
    return Overlay(
        name=f"{policy.id}: {name}",
        level=Level.REGION,
        scope=Scope.LEGAL,
        closed=dict.fromkeys((*every, *days.dated), name),
        source=days.source,
    )
