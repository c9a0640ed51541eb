"""What a case's people are told: what comes next of each clock, and what has gone out, to whom and with what result."""

from dataclasses import dataclass
from datetime import datetime

from sla.clock import Clock
from sla.milestones import of
from sla.people import recipients
from sla.service.deliveries import Logged, log, what
from sla.service.offices import Office
from sla.web.frame import Visit
from sla.words import NO_DATA, Words, level_text

MOST = 30  # of the newest messages


@dataclass(frozen=True)
class MessageLine:
    """One message about a case. `moment` is when it was sent, or is tried next; `note` says why it was not sent."""

    what: str
    who: str
    channel: str
    state: str
    moment: str
    moment_at: str
    note: str


def next_told(office: Office, clock: Clock, handler: str, now: datetime, said: Words) -> str:
    """The next milestone of an open clock, when it is told and whom, by who is in that day; "" where there is none."""
    if not clock.is_open:
        return ""
    coming = next((milestone for milestone in of(clock) if milestone.at > now), None)
    if coming is None:
        return ""
    at = coming.at if coming.rung.anytime else office.send_at(coming.at)
    people = recipients(coming.rung.to, handler, office.people, office.calendar.date_of(at))
    return said.gettext(
        "%(what)s: %(moment)s, to %(people)s",
        what=level_text(coming.gravity, coming.name, said),
        moment=said.moment(at, office.calendar.zone),
        people=said.joined(person.name for person in people) or NO_DATA,
    )


def message_lines(visit: Visit, number: str) -> tuple[MessageLine, ...]:
    """The newest messages about a case, the newest first."""
    return tuple(_line(visit, logged) for logged in log(visit.session, visit.office, case=number, limit=MOST))


def _line(visit: Visit, logged: Logged) -> MessageLine:
    said, message, people = visit.said, logged.message, visit.office.people
    moment = logged.sent_at or message.settled_at or message.next_at
    known = people.get(message.recipient_id)
    return MessageLine(
        what=what(visit.office, logged, said).removeprefix(f"{logged.case} · "),
        who=said.gettext("Applicant") if logged.to_applicant else known.name if known else message.recipient_id,
        channel=message.endpoint,
        state=said.term(message.state),
        moment=said.moment(moment, visit.office.calendar.zone),
        moment_at=moment.isoformat(),
        note="" if logged.sent_at else logged.said,
    )
