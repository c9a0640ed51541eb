"""The words for what people see of our enumerations: English here, Chinese in the catalogue (DOMAIN.md, part 6)."""

from collections.abc import Mapping
from enum import Enum

from notifiers.entries import State as MessageState
from schedules.calendars import Kind as DayKind
from sla.alarms import AlarmState
from sla.applicants import NotificationKind
from sla.clock import Light, State
from sla.events import Outcome, Verdict
from sla.history import Phase
from sla.ledger import Remark, Status
from sla.people import Role
from sla.permits import Kind as PermitKind
from sla.policies import Basis, Gravity, VersionState
from sla.rights import Right
from sla.samples import Why

# The enumerations people see, each with the context its words have in the catalogue.
CONTEXTS: Mapping[type[Enum], str] = {
    AlarmState: "alarm",
    Basis: "basis",
    DayKind: "day",
    Gravity: "gravity",
    Light: "light",
    MessageState: "message",
    NotificationKind: "notification",
    Outcome: "outcome",
    PermitKind: "permit",
    Phase: "phase",
    Remark: "remark",
    Right: "right",
    Role: "role",
    State: "state",
    Status: "ledger",
    Verdict: "verdict",
    VersionState: "version",
    Why: "sample",
}


def _numbered(*names: str) -> Mapping[str, str]:
    return {str(number): name for number, name in enumerate(names)}


# By context and value.
TERMS: Mapping[str, Mapping[str, str]] = {
    "alarm": {
        "pending": "planned",
        "raised": "sent",
        "digest": "in the morning digest",
        "superseded": "superseded by a graver one",
        "dropped": "dropped, too late to help",
        "cancelled": "cancelled",
    },
    "action": {
        "accepted": "accept",
        "correction_requested": "ask for missing papers",
        "correction_received": "papers came in",
        "refused": "refuse to accept",
        "not_required": "no permit needed",
        "withdrawn": "applicant withdraws",
        "decided": "decide",
        "paused": "pause",
        "resumed": "resume",
        "extended": "extend",
        "stage_entered": "enter a stage",
        "stage_left": "leave a stage",
        "overdue_explained": "explain the overrun",
        "acknowledged": "take on the alarm",
        "delivered": "deliver",
        "reassigned": "give to somebody else",
        "contact_changed": "change the contact",
    },
    "basis": {"statute": "statutory limit", "promise": "promised limit", "stage": "stage", "duty": "other limit"},
    "day": {
        "workday": "working day",
        "weekend": "weekend",
        "holiday": "holiday",
        "makeup": "make-up working day",
        "office_closed": "office closed",
        "office_open": "office open",
    },
    "event": {
        "received": "received",
        "correction_requested": "correction requested",
        "correction_received": "correction received",
        "refused": "refused",
        "not_required": "not required",
        "accepted": "accepted",
        "stage_entered": "stage entered",
        "paused": "paused",
        "resumed": "resumed",
        "extended": "extended",
        "stage_left": "stage left",
        "decided": "decided",
        "delivered": "delivered",
        "withdrawn": "withdrawn",
        "reassigned": "reassigned",
        "handed_over": "handed over",
        "contact_changed": "applicant's contact changed",
        "calendar_applied": "calendar amended",
        "rebased": "moved to another policy version",
        "acknowledged": "acknowledged",
        "blanked": "personal data blanked",
        "overdue_explained": "overdue explained",
        "voided": "voided",
    },
    "gravity": {"reminder": "reminder", "due": "due", "overdue": "overdue", "escalation": "escalation"},
    "ledger": {
        "first_day": "first day, not counted",
        "counted": "counted",
        "not_working": "day off",
        "no_service": "no service counted",
        "paused": "paused",
        "rolled": "moved on past a day off",
        "due_not_counted": "due, not counted",
        "due_immediate": "immediate item, due this day",
    },
    "remark": {
        "paused": "paused",
        "resumed": "resumed",
        "admitted": "paused, entered late and admitted",
        "pause_too_late": "a pause entered after the deadline, without effect",
        "extended": "extended",
        "extension_too_late": "an extension entered after the deadline, without effect",
        "office_day": "a day of the office's own, which this limit does not know",
        "calendar_applied": "calendar amended",
        "overdue_explained": "overdue explained",
        "acknowledged": "acknowledged",
        "capped": "capped by the statutory limit",
    },
    "light": {"green": "green", "yellow": "yellow", "red": "red"},
    "message": {"pending": "waiting", "sent": "sent", "dropped": "not sent", "dead": "undelivered"},
    "month": _numbered("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "notification": {
        "accepted": "accepted",
        "paused": "paused",
        "extended": "extended",
        "decided": "decided",
        "corrected": "correction",
    },
    "outcome": {"approved": "approved", "denied": "denied"},
    "permit": {"immediate": "immediate item", "committed": "committed item"},
    "phase": {
        "received": "received",
        "correction": "awaiting correction",
        "accepted": "accepted",
        "decided": "decided",
        "delivered": "delivered",
        "closed": "closed",
    },
    "right": {
        "read": "read cases and lists",
        "record": "record what happens",
        "manage": "manage: extend, reassign, take back",
        "report": "see the rates",
        "administer": "administer the office",
        "audit": "audit the record",
    },
    "role": {
        "handler": "handler",
        "chief": "chief window officer",
        "head": "head of centre",
        "supervision": "supervision",
        "viewer": "viewer",
        "clerk": "clerk",
        "manager": "manager",
        "admin": "administrator",
        "auditor": "auditor",
    },
    "sample": {
        "asked": "as asked",
        "next": "the next working day",
        "before_holiday": "the last working day before a holiday",
        "before_makeup": "the last working day before a make-up working day",
        "year_end": "the last working day of the year",
    },
    "setting": {
        "names": "name",
        "kind": "kind of item",
        "number": "case numbers",
        "papers": "papers asked for",
        "basis": "basis",
        "limit": "limit",
        "starts_on": "starts on",
        "stops_on": "stops on",
        "cancels_on": "cancelled by",
        "grounds": "grounds that pause it",
        "first_day": "first day",
        "intake": "filed outside service",
        "roll": "last day off",
        "cutoff": "end of the due day",
        "boundary": "used up at a closing",
        "scope": "days it counts by",
        "yellow": "yellow light",
        "ladder": "reminders and escalations",
        "extensions": "extensions",
        "deemed": "deemed acceptance",
        "overdue_reason": "a decision needs a reason once overdue",
        "source": "source",
        "sources": "law it counts by",
        "country": "country",
        "subdivs": "subdivisions",
        "days_off": "days off of its own",
        "zone": "time zone",
        "hours": "service hours",
        "permit": "permit",
        "clock": "clock",
        "ground": "ground",
        "stage": "stage",
    },
    "state": {
        "pending": "not started",
        "running": "running",
        "paused": "paused",
        "met": "in time",
        "late": "overdue",
        "cancelled": "cancelled",
    },
    "verdict": {
        "in_time": "recorded in time",
        "too_late": "recorded after the deadline, no effect",
        "admitted": "admitted by a manager",
    },
    "version": {"draft": "draft", "future": "to come", "in_force": "in force", "past": "past"},
    "weekday": _numbered("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
