"""The log of deliveries: what went to whom by which channel, when, how often tried, and what the other side said."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from notifiers import outbox
from notifiers.entries import Attempt, Listed, State, Which
from sla.applicants import NotificationKind
from sla.events import due_from
from sla.policies import Gravity
from sla.service.amendments import AMENDMENT, REPORT
from sla.service.anchoring import DAILY
from sla.service.calendar_watch import MISSING, REVIEW
from sla.service.cases import known
from sla.service.channels import ALARMS
from sla.service.digests import MONTHLY
from sla.service.errors import ServiceError
from sla.service.notifying import PREFIX, is_of_applicant
from sla.service.offices import Office
from sla.service.report_asked import clock_names
from sla.service.undelivered import KIND as UNDELIVERED
from sla.store import cases
from sla.store.engine import Session
from sla.words import Words, level_text

MOST = 1_000
TO_APPLICANTS = tuple(f"{PREFIX}.{kind.value}" for kind in NotificationKind)
ABOUTS: Mapping[str, Sequence[str]] = {  # what messages to the staff are about, with their kinds
    "alarm": sorted(ALARMS),
    "digest": (DAILY, MONTHLY),
    "calendar": (AMENDMENT, REPORT, MISSING, REVIEW),
    "undelivered": (UNDELIVERED,),
}


@dataclass(frozen=True)
class Wanted:
    """Which messages: of a case by its number, to a person, in a state; with `applicants` only what they were told,
    with False only what the staff was; about one of ABOUTS, by a channel. What is left out is any."""

    case: str = ""
    person: str = ""
    state: str = ""
    applicants: bool | None = None
    about: str = ""
    channel: str = ""


@dataclass(frozen=True)
class Logged:
    """A message with its attempts, those at the bundle it went in; `case` is a number, "" where it is of no case."""

    message: Listed
    attempts: tuple[Attempt, ...]
    case: str
    about: Mapping[str, Any]

    @property
    def sent_at(self) -> datetime | None:
        return self.message.settled_at if self.message.state is State.SENT else None

    @property
    def to_applicant(self) -> bool:
        return is_of_applicant(self.message.kind)

    @property
    def said(self) -> str:
        """What came of it last: the other side's word, or why it was not sent."""
        return self.message.reason or (self.attempts[-1].detail if self.attempts else "")


def log(
    session: Session,
    office: Office,
    *,
    case: str = "",
    person: str = "",
    state: str = "",
    applicants: bool = False,
    limit: int = 50,
    before: UUID | None = None,
) -> list[Logged]:
    """The newest messages, at most `limit`, made `before` one if it is given; with `applicants` only what they were
    told.

    Raises ServiceError for a case, person or state that is not there.
    """
    return matching(session, office, Wanted(case, person, state, applicants or None), limit, before)


def matching(session: Session, office: Office, wanted: Wanted, limit: int, before: UUID | None = None) -> list[Logged]:
    """The newest messages that match, at most `limit`, behind the message `before`. Raises ServiceError as `log`."""
    if not 1 <= limit <= MOST:
        raise ServiceError("limit", "must be 1 to %(most)s, not %(limit)s", most=MOST, limit=limit)
    if wanted.person:
        office.person(wanted.person, "person")
    which = Which(
        state=_state(wanted.state),
        recipient=wanted.person,
        prefix=_prefix(session, office, wanted.case),
        kinds=TO_APPLICANTS if wanted.applicants else ABOUTS.get(wanted.about, ()),
        but=TO_APPLICANTS if wanted.applicants is False else (),
        endpoint=wanted.channel,
    )
    found = outbox.listing(session, office.id, limit, which, before)
    abouts = {message.id: json.loads(message.about) for message in found}
    numbers = _numbers(session, office, [about["case"] for about in abouts.values() if "case" in about])
    attempts = outbox.attempts_of(session, office.id, [message.bundle_id or message.id for message in found])
    return [
        Logged(
            message,
            tuple(attempts.get(message.bundle_id or message.id, ())),
            numbers.get(abouts[message.id].get("case", ""), ""),
            abouts[message.id],
        )
        for message in found
    ]


def every(session: Session, office: Office, wanted: Wanted) -> Iterator[Logged]:
    """All that match, the newest first, read MOST at a time while they are asked for. Raises ServiceError as `log`."""
    found = matching(session, office, wanted, MOST)
    yield from found
    while len(found) == MOST:
        found = matching(session, office, wanted, MOST, found[-1].message.id)
        yield from found


def retry(session: Session, office: Office, ids: Sequence[str], now: datetime) -> int:
    """Send dead letters again, those named or all; how many wait now. Raises ServiceError for what is none."""
    dead = {str(letter.id): letter.id for letter in outbox.dead(session, office.id)}
    for name in ids:
        if name not in dead:
            raise ServiceError("id", "%(name)s is no undelivered message; see `sla deliveries --state dead`", name=name)
    return outbox.retry_dead(session, office.id, [dead[name] for name in ids or dead], now)


def what(office: Office, logged: Logged, said: Words) -> str:
    """What a message is about, in a few words."""
    about = logged.about
    if "notification" in about:
        return " · ".join((logged.case, said.term(NotificationKind(about["notification"]))))
    if "case" in about:
        clock = said.name(clock_names(office).get(about["clock"], {"en": about["clock"]}))
        level = level_text(Gravity(about["gravity"]), about["milestone"], said)
        return " · ".join(part for part in (logged.case, clock, level, _due(office, about["due"], said)) if part)
    if "digest" in about:
        return said.gettext("digest of %(day)s", day=about["digest"])
    if "month" in about:
        return said.gettext("summary of %(month)s", month=about["month"][:7])
    if "undelivered" in about:
        return said.gettext("undelivered by %(endpoint)s", endpoint=about["undelivered"])
    return said.gettext("calendar")


def _due(office: Office, written: str, said: Words) -> str:
    """The deadline that a message speaks of; of a limit in hours with its time (M6)."""
    due = due_from(written)
    if isinstance(due, datetime):
        return said.moment(due, office.calendar.zone, year=True)
    return said.date(due, year=True) if due else ""


def log_json(logged: Logged) -> dict[str, Any]:
    message = logged.message
    return {
        "id": str(message.id),
        "key": message.key,
        "kind": message.kind,
        "case": logged.case,
        "person": message.recipient_id if not logged.to_applicant else "applicant",
        "channel": message.endpoint,
        "state": message.state.value,
        "due_at": message.due_at.isoformat(),
        "next_at": message.next_at.isoformat() if message.state is State.PENDING else None,
        "sent_at": logged.sent_at.isoformat() if logged.sent_at else None,
        "said": logged.said,
        "attempts": [
            {"attempt": a.attempt, "at": a.started_at.isoformat(), "outcome": a.outcome.value, "said": a.detail}
            for a in logged.attempts
        ],
    }


def _state(name: str) -> State | None:
    try:
        return State(name) if name else None
    except ValueError:
        raise ServiceError("state", "%(value)r is unknown; known are: %(known)s", value=name, known=State) from None


def _prefix(session: Session, office: Office, number: str) -> str:
    """What the keys of a case's messages begin with (M6)."""
    if not number:
        return ""
    return f"{office.id.hex}/{known(session, office, number).case_id.hex}/"


def _numbers(session: Session, office: Office, case_ids: Sequence[str]) -> dict[str, str]:
    rows = cases.cases_with(session, office.id, {UUID(case_id) for case_id in case_ids})
    by_id = {row.case_id: row.number for row in rows}
    return {case_id: by_id.get(UUID(case_id), "") for case_id in case_ids}
