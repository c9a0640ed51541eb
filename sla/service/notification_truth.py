"""What an applicant is told, looked at again at the moment of sending: what does not hold any more is dropped."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from notifiers.entries import Claimed
from notifiers.message import Message, NoLongerTrue
from sla.applicants import (
    Before,
    Belief,
    Notification,
    NotificationKind,
    Standing,
    acceptance,
    believed,
    is_over,
    promised,
    standing,
    why_not,
)
from sla.clock import State
from sla.events import CaseEvent
from sla.history import History
from sla.messages import ApplicantNews, CaseCard, applicant_message
from sla.policies import Basis
from sla.service.lists import card
from sla.service.notifying import notification_of
from sla.service.offices import Office
from sla.service.reached import Reader
from sla.service.rebuild import policy_of


@dataclass(frozen=True)
class NotifiedCase:
    """A case as it stands, with all its events. `before`: what its applicant was told, or is about to be."""

    row: Any
    events: Sequence[CaseEvent]
    history: History
    before: Before


def of_applicant(
    office: Office, case: NotifiedCase, claimed: Claimed, reader: Reader, now: datetime
) -> Message | NoLongerTrue:
    """The message as it is said now, or why it is dropped."""
    settings = office.applicants
    if not settings.on:
        return NoLongerTrue("the office does not tell applicants anything any more")
    if not reader.addresses:
        return NoLongerTrue("the applicant is reached by no channel any more")
    notification = notification_of(json.loads(claimed.about))
    stands = standing(case.history, settings.tell, office.calendar.zone)
    beside = case.before.without(notification)
    reason = why_not(notification, stands, beside, settings.tell)
    if reason:
        return NoLongerTrue(reason)
    news = _news(office, case, stands, believed(beside.told), notification)
    return applicant_message(claimed.key, news, reader.language, now, f"urn:shixian:{office.slug}")


def _news(
    office: Office, case: NotifiedCase, stands: Standing, belief: Belief, notification: Notification
) -> ApplicantNews:
    history, policy = case.history, policy_of(office, case.row, case.events)
    accepted = acceptance(history, office.calendar.zone)
    corrects = notification.kind is NotificationKind.CORRECTED
    rules = policy.rules(history.received.permit)
    deemed = next((rule.source for rule in rules if rule.deemed), "") if history.deemed_on else None
    clocks = () if is_over(history) else (c for c in promised(history) if c.state is not State.CANCELLED)
    return ApplicantNews(
        kind=notification.kind,
        case=_card(office, case.row),
        office=office.name,
        inquiries=office.applicants.inquiries,
        facts=tuple(fact for fact in notification.facts if not fact.is_known_from(belief.facts)),
        wrong=tuple(fact for fact in belief.facts if not fact.is_known_from(stands.facts)) if corrects else (),
        told=belief.dates if corrects else (),
        events={event.seq: event for event in case.events},
        cause=next((e for e in case.events if e.seq == notification.event), None) if corrects else None,
        clocks=tuple(sorted(clocks, key=lambda clock: clock.rule.basis is not Basis.PROMISE)),
        clock_names={rule.id: rule.names for rule in rules},
        grounds=policy.grounds,
        sources=policy.sources,
        accepted_on=date.fromisoformat(accepted.says[0]) if accepted else None,
        deemed_by=deemed,
    )


def _card(office: Office, row: Any) -> CaseCard:
    """The case without what is the office's own: who handles it, and its page."""
    found = card(office, row)
    return CaseCard(found.number, found.title, found.permit_names, revision=found.revision)
