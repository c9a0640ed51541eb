"""The demonstration's office: a planning-approval window of five people in a county-level city that does not exist."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from schedules.announcements import working_calendar
from schedules.calendars import WorkingCalendar
from schedules.limits import Unit
from sla.policies import Policy
from sla.service.calendars import Source
from sla.service.setup import Plan, plan_of

SLUG = "yunxi-planning"
CLERKS = ("li", "wang", "zhou")
NEWEST = "construction_works"  # the permit of the case that was accepted last

_TEXT = """
[office]
slug = "%(slug)s"
name = "云溪市规划审批窗口"
zone = "Asia/Shanghai"
language = "zh"
policy = "cn_planning"
link = "%(link)s"

[lookup]
on = true

[channels.log]
kind = "log"

[[staff]]
id = "zhou"
name = "周岚"
roles = ["chief", "clerk"]
stand_in = "li"
addresses = { log = "zhou" }

[[staff]]
id = "li"
name = "李敏"
roles = ["clerk"]
stand_in = "zhou"
addresses = { log = "li" }

[[staff]]
id = "wang"
name = "王强"
roles = ["clerk"]
stand_in = "li"
addresses = { log = "wang" }
absences = [{ first = %(away_from)s, last = %(away_until)s }]

[[staff]]
id = "zhao"
name = "赵静"
roles = ["head", "manager", "admin"]
stand_in = "zhou"
addresses = { log = "zhao" }

[[staff]]
id = "sun"
name = "Sun Li"
roles = ["supervision", "auditor"]
language = "en"
stand_in = "zhao"
addresses = { log = "sun" }
"""


def office_plan(day: date, link: str) -> Plan:
    """The office as it stands on the day: one clerk is away, and some limit reaches past the last announced day."""
    away = {"away_from": day, "away_until": working_calendar("CN").nth_working_day(day, 1)}
    plan = plan_of(_TEXT % {"slug": SLUG, "link": link, **away}, Path())
    return replace(plan, source=with_horizon(plan, day, _longest(plan.policy)))


def with_horizon(plan: Plan, day: date, limit: int) -> Source:
    """The plan's own calendar where a limit (in working days) of the newest case crosses its last announced day.

    Else one that is announced for this month only, so that a provisional date (R15) can be seen on any day of the year.
    """
    newest = plan.calendar.nth_working_day(day, -1)
    if plan.calendar.is_provisional(plan.calendar.nth_working_day(newest, limit)):
        return plan.source
    month_end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return replace(plan.source, announced_through=month_end)


def is_shortened(calendar: WorkingCalendar) -> bool:
    """Whether it ends earlier than what is really announced; the demonstration then says so."""
    return calendar.announced_through < working_calendar(calendar.country).announced_through


def _longest(policy: Policy) -> int:
    return max(rule.limit.amount for rule in policy.rules(NEWEST) if rule.limit.unit is Unit.WORKING_DAYS)
