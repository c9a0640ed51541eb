"""What is said to people: alarms, the morning's digest, the month's summary, a changed calendar, what could not be
delivered, and to applicants how their case stands, as `notifiers.message.Message`.

Pure: figures are computed at the `now` that is handed in (M9). Every message says why its reader gets it, what is due
when, how many working days are left or past, and where to look. Both languages come from the same templates.
"""

from sla.messages.alarm import alarm_message
from sla.messages.applicant import ApplicantNews, applicant_message
from sla.messages.calendar import (
    CalendarChange,
    CalendarReport,
    ReportedMove,
    amendment_message,
    missing_message,
    report_message,
    review_message,
)
from sla.messages.deadlines import deadline_of
from sla.messages.digest import DueEntry, DueLists, Morning, OwedEntry, digest_message
from sla.messages.items import AlarmItem
from sla.messages.making import CaseCard, repeated
from sla.messages.summary import MonthFigures, PermitFigures, summary_message
from sla.messages.trial import trial_message
from sla.messages.undelivered import Undelivered, undelivered_message

__all__ = [
    "AlarmItem", "ApplicantNews", "CalendarChange", "CalendarReport", "CaseCard", "DueEntry", "DueLists",
    "MonthFigures", "Morning", "OwedEntry", "PermitFigures", "ReportedMove", "Undelivered", "alarm_message",
    "amendment_message", "applicant_message", "deadline_of", "digest_message", "missing_message", "repeated",
    "report_message", "review_message", "summary_message", "trial_message", "undelivered_message",
]  # fmt: skip
