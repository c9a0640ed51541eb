"""A case and a report as they are shown in a terminal and given as JSON."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sla.clock import Clock
from sla.due import clock_answer
from sla.events import Acknowledged, Blanked, CaseEvent, Voided, standing
from sla.history import late_entry
from sla.milestones import acknowledged, after, holds
from sla.overruns import overruns
from sla.owed import owed
from sla.people import Program
from sla.service.acknowledging import Effect, outcome
from sla.service.cases import Recorded
from sla.service.contacts import contacts_of
from sla.service.offices import Office
from sla.service.rebuild import policy_of
from sla.service.records import PERSONAL
from sla.service.snoozing import snoozed_now
from sla.store.given import given_of
from sla.words import (
    Words,
    acknowledged_text,
    due_text,
    overrun_text,
    standing_text,
    words,
)


def case_json(office: Office, found: Recorded) -> dict[str, Any]:
    """Everything of a case but personal data."""
    history = found.history
    policy = policy_of(office, found.row, found.events)
    return {
        "number": found.number,
        "permit": history.received.permit,
        "title": found.row.title,
        "phase": history.phase.value,
        "handler": history.handler,
        "first_contact": history.received.first_contact,
        "land_area_ha": history.received.land_area_ha,
        "floor_area_ha": history.received.floor_area_ha,
        "policy": f"{policy.id} {policy.version}",
        "calendar": found.row.calendar_version,
        "blanked": _blanked_json(office, found.events),
        "deemed_on": history.deemed_on.isoformat() if history.deemed_on else None,
        **_owed_json(found),
        "clocks": {
            clock.id: {
                **clock_answer(clock, ledger=False),
                "light": clock.light.value,
                "capped": clock.capped,
                "acknowledged": [_acknowledged_json(clock, event) for event in acknowledged(clock).values()],
            }
            for clock in history.clocks
        },
        "overruns": [_overrun_json(clock) for clock in overruns(history.clocks)],
        "events": [_event_json(office, event, found.events) for event in found.events],
        **({"applicant_told_by": list(reached_by(office, found))} if office.applicants.on else {}),
    }


def reached_by(office: Office, found: Recorded) -> tuple[str, ...]:
    """The channels by which the case's applicant is told, in order of preference; an address is not shown."""
    case_id = found.row.case_id
    contacts = contacts_of(office.session, office, [case_id], {case_id: standing(found.events)})
    return tuple(contacts[case_id].addresses(office.applicants))


def applicant_text(office: Office, found: Recorded, said: Words) -> str:
    """Whether the applicant is told how the case stands; "" where the office tells nobody."""
    if not office.applicants.on:
        return ""
    ways = reached_by(office, found)
    if ways:
        return said.gettext("The applicant is told by %(channels)s.", channels=said.joined(ways))
    wanted = {what for _, what in office.applicants.by}
    names = {"mobile": said.gettext("mobile number"), "email": said.gettext("mail address")}
    missing = said.joined(name for what, name in names.items() if what in wanted)
    return said.gettext(
        "The applicant is not told anything, for nothing is on record that leads there: %(missing)s.", missing=missing
    )


def owed_text(office: Office, found: Recorded, now: datetime, said: Words) -> str:
    """What a conditional acceptance left owed, by when, and that the day is past; "" where nothing is owed."""
    left = owed(found.history.events)
    if left is None:
        return ""
    permit = policy_of(office, found.row, found.events).permit(found.history.received.permit)
    names = {paper.id: said.name(paper.names) for paper in permit.papers}
    papers = said.joined(names.get(paper, paper) for paper in left.papers)
    values = {"papers": papers, "day": said.date(left.by, year=True)}
    if left.past(office.today(now)):
        return said.gettext("Owed since the acceptance, and its day is past (%(day)s): %(papers)s", **values)
    return said.gettext("Owed since the acceptance, to come in by %(day)s: %(papers)s", **values)


def case_text(office: Office, found: Recorded, now: datetime, language: str) -> str:
    """The case in a few lines: head, clocks, events."""
    said, history = words(language), found.history
    policy = policy_of(office, found.row, found.events)
    handler = office.people.get(history.handler)
    head = [found.number, said.name(policy.permit(history.received.permit).names), found.row.title]
    lines = [
        " · ".join(part for part in head if part),
        f"{said.term(history.phase)} · {handler.name if handler else history.handler}",
        *blanked_lines(office, found.events, said),
        *filter(None, [owed_text(office, found, now, said), applicant_text(office, found, said)]),
    ]
    snoozed, given = _snoozed(office, found, now, said), _given(office, found, said)
    for clock in history.clocks:
        mark = f" ({said.gettext('provisional')})" if clock.provisional else ""
        lines.append(
            f"  {said.name(clock.rule.names)}: {said.limit(clock.limit)} → {due_text(clock, said)}{mark}  "
            f"{standing_text(clock, now, said)}"
        )
        lines += [f"    {text}" for text in (overrun_text(clock, said), _taken_on(office, clock, said)) if text]
        lines += [f"    {text}" for text in snoozed.get(clock.id, ())]
        lines += [f"    {text}" for text in given.get(clock.id, ())]
    voided = {event.event: event.reason for event in found.events if isinstance(event, Voided)}
    for event in found.events:
        late = f" · {said.gettext('late entry')}" if late_entry(office.calendar, event) else ""
        gone = f" · {said.gettext('voided: %(reason)s', reason=voided[event.seq])}" if event.seq in voided else ""
        when = (
            said.date(event.on(office.calendar.zone), year=True)
            if event.dated
            else said.moment(event.occurred_at, office.calendar.zone, year=True)
        )
        lines.append(f"  {event.seq}. {when}  {said.event(event.kind)}{late}{gone}{_brought(event, said)}")
    return "\n".join(lines)


def ack_text(office: Office, found: Recorded, language: str) -> str:
    """What the acknowledgement that was recorded last puts off, or why it puts off nothing."""
    event = found.events[-1]
    assert isinstance(event, Acknowledged)
    said, history = words(language), found.history
    done, clock = outcome(history, event), history.clock(event.clock)
    if done.effect is Effect.NOTHING_TOLD:
        return said.gettext(
            "On record. It puts nothing off: only those who were told last that this limit is overdue can do that."
        )
    names = {person.id: person.name for person in office.people.values()}
    text = {
        Effect.HOLDS: "",
        Effect.LAST: said.gettext("There is no next level."),
        Effect.NO_HOLD: said.gettext("The policy puts nothing off for it."),
        Effect.SECOND: said.gettext("It was acknowledged before: the next level is put off once."),
    }[done.effect]
    return " ".join(part for part in (acknowledged_text(clock, said, names) + said.gettext("."), text) if part)


def _taken_on(office: Office, clock: Clock, said: Words) -> str:
    return acknowledged_text(clock, said, {person.id: person.name for person in office.people.values()})


def _brought(event: CaseEvent, said: Words) -> str:
    source = Program.source_of(event.actor)
    text = said.gettext("imported from %(source)s", source=source)
    return f" · {text}" if source else ""


def _given(office: Office, found: Recorded, said: Words) -> dict[str, list[str]]:
    """By clock, the deadline it was given where it was brought in from."""
    lines: dict[str, list[str]] = {}
    for row in given_of(office.session, office.id, [found.row.case_id]).get(found.row.case_id, ()):
        day = said.date(row.due_on, year=True)
        lines[row.clock_id] = [said.gettext("%(source)s gave it until %(day)s", source=row.source, day=day)]
    return lines


def given_json(office: Office, found: Recorded) -> dict[str, Any]:
    """The deadlines it was given elsewhere; nothing at all of a case that was not."""
    rows = given_of(office.session, office.id, [found.row.case_id]).get(found.row.case_id, ())
    given = {row.clock_id: {"due_on": row.due_on.isoformat(), "source": row.source} for row in rows}
    return {"given": given} if given else {}


def _snoozed(office: Office, found: Recorded, now: datetime, said: Words) -> dict[str, list[str]]:
    """By clock, for whom its reminders wait."""
    lines: dict[str, list[str]] = {}
    for row in snoozed_now(office.session, office, found.row.case_id, found.history, now):
        name = office.name_of(row.person_id)
        moment = said.moment(row.until, office.calendar.zone, year=True)
        text = said.gettext("reminders wait for %(name)s until %(moment)s", name=name, moment=moment)
        lines.setdefault(row.clock_id, []).append(text)
    return lines


def _owed_json(found: Recorded) -> dict[str, Any]:
    """What is owed; nothing at all of the many cases that owe nothing."""
    left = owed(found.history.events)
    return {"owed": {"papers": list(left.papers), "by": left.by.isoformat()}} if left else {}


def _acknowledged_json(clock: Clock, event: Acknowledged) -> dict[str, Any]:
    following = after(clock, event)
    return {
        "milestone": event.milestone,
        "by": event.actor,
        "at": event.occurred_at.isoformat(),
        "holds": holds(clock, event),
        "next": following.name if following else None,
        "next_at": following.at.isoformat() if following else None,
    }


def blanked_lines(office: Office, events: Iterable[CaseEvent], said: Words) -> Iterator[str]:
    """That personal data of the case were blanked, when and why: the last time."""
    blanked = [event for event in events if isinstance(event, Blanked)]
    if blanked:
        day = said.date(blanked[-1].on(office.calendar.zone), year=True)
        yield said.gettext("personal data blanked by law on %(day)s: %(reason)s", day=day, reason=blanked[-1].reason)


def _blanked_json(office: Office, events: Iterable[CaseEvent]) -> dict[str, Any] | None:
    blanked = [event for event in events if isinstance(event, Blanked)]
    if not blanked:
        return None
    last = blanked[-1]
    return {"on": last.on(office.calendar.zone).isoformat(), "reason": last.reason, "by": last.actor}


def _overrun_json(clock: Clock) -> dict[str, Any]:
    """A missed limit with the reason that stands for it: the last; None where nobody has given one."""
    said = clock.explanations[-1] if clock.explanations else None
    return {
        "clock": clock.id,
        "due_on": clock.due_on.isoformat() if clock.due_on else None,
        "stopped_on": clock.stopped_on.isoformat() if clock.stopped_on else None,
        "late_by": clock.late_by,
        "reason": said.reason if said else None,
        "measure": said.measure if said else None,
        "explained_on": said.on(clock.calendar.zone).isoformat() if said else None,
        "by": said.actor if said else None,
    }


def _event_json(office: Office, event: CaseEvent, events: tuple[CaseEvent, ...]) -> dict[str, Any]:
    details = {
        name: value for name, value in event.details().items() if name not in PERSONAL and value not in ("", [], None)
    }
    voided = next((other for other in events if isinstance(other, Voided) and other.event == event.seq), None)
    return {
        "seq": event.seq,
        "kind": event.kind,
        "occurred_at": event.on(office.calendar.zone).isoformat() if event.dated else event.occurred_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "late_entry": late_entry(office.calendar, event),
        "by": event.actor,
        "voided_by": voided.seq if voided else None,
        **details,
    }
