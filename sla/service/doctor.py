"""`sla doctor`: what is wrong with a database, said before it hurts; and the indexes rebuilt from the events and
compared."""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from notifiers.outbox import dead, depth, oldest_due, oldest_tried
from notifiers.sealing import KEY, PREVIOUS
from sla.alarms import AlarmState, plan
from sla.milestones import of
from sla.service.channel_secrets import lost_of
from sla.service.findings import Finding, pages
from sla.service.offices import Office, every_office
from sla.service.rebuild import differs, history_of, index_of, next_look, rebuild
from sla.service.records import alarm_from, events_from
from sla.service.retention import cutoff, months_of, would_go
from sla.store import calendars, sums
from sla.store import cases as store
from sla.store.engine import Session

SLACK = timedelta(minutes=15)  # how long something may be owed before it is a finding
HORIZON = timedelta(days=30)  # how far ahead of the last announced day a warning begins


def examined(
    session: Session, now: datetime, environment: Mapping[str, str] = os.environ, keep: str = ""
) -> list[Finding]:
    """Everything that is wrong or nearly so, over all offices: set-aside cases, what is owed, dead letters, secrets
    that do not open, the horizon; and how many messages are older than they are kept.

    `keep`: count them as if they were kept for so long, such as `2 years`. Raises ServiceError where it is no age.
    """
    months = months_of(keep, "retention") if keep else None
    findings: list[Finding] = []
    waits = oldest_due(session, now - SLACK)
    if waits:
        findings.append(
            Finding(
                f"{depth(session, now).due} messages are due and not sent, the oldest since "
                f"{waits.next_at:%Y-%m-%d %H:%M} UTC, on channel {waits.endpoint}",
                "outbox",
                "start `sla serve` or `sla worker`",
            )
        )
    owed = store.due_cases(session, now - SLACK, 1)
    if owed:
        findings.append(Finding("alarms are due and not raised", "alarms", "start `sla serve` or `sla worker`"))
    for office in every_office(session):
        findings += _of_office(session, office, now)
        findings += _of_channels(session, office, environment)
        findings += _of_messages(session, office, months, now)
    return findings


def rebuilt(session: Session, now: datetime) -> list[Finding]:
    """Rebuild every case from its events, list where the stored clocks and alarms differ, and write them anew."""
    findings: list[Finding] = []
    for office in every_office(session):
        findings += _of_sums(session, office)
        for rows in pages(session, office, lock=True):  # nobody writes between what is read here and what is written
            findings += _compared(session, office, rows, now)
            rebuild(session, office, rows, now)
        for month in sums.touched(session, office.id):
            sums.add_up(session, office.id, month)
    return findings


def _of_sums(session: Session, office: Office) -> Iterator[Finding]:
    """Months whose sums are not what their clocks come to, as they stand; they are touched, and added up anew."""
    wrong = sums.wrong(session, office.id)
    sums.touch(session, office.id, wrong)
    for month in wrong:
        yield Finding(f"the sums of {month} were not what its clocks come to", office.slug, "rebuilt")


def _of_office(session: Session, office: Office, now: datetime) -> Iterator[Finding]:
    for row in store.broken_cases(session, office.id):
        yield Finding(
            f"{row.number} is set aside: {row.broken}", office.slug, "mend the cause, then run `sla doctor --rebuild`"
        )
    letters = dead(session, office.id)
    if letters:
        yield Finding(
            f"{len(letters)} messages were given up; the newest: {letters[0].reason}",
            office.slug,
            "mend the channel; the reason stands with each message",
        )
    yield from _not_delivered(session, office, now)
    yield from _of_calendar(session, office, now)
    for person in office.people.values():
        if not person.addresses:
            yield Finding(f"{person.name} has no address", office.slug, "add one in office.toml")


def _of_channels(session: Session, office: Office, environment: Mapping[str, str]) -> Iterator[Finding]:
    why = f"the key in {KEY} is another one" if environment.get(KEY) else f"{KEY} is not set"
    for channel, secrets in lost_of(session, office, environment).items():
        yield Finding(
            f"nothing goes out by channel {channel}: {', '.join(secrets)} cannot be opened, for {why}",
            office.slug,
            f"set the key of then, as {PREVIOUS} if it was replaced; if it is lost:"
            f" `sla channel seal {channel} {' '.join(secrets)}`",
        )


def _of_messages(session: Session, office: Office, asked: int | None, now: datetime) -> Iterator[Finding]:
    """How many are older than they are kept, or than so many months that were asked for."""
    months = office.keep_months if asked is None else asked
    count = would_go(session, office, months, now) if months else 0
    if count or asked:
        day = office.calendar.date_of(cutoff(office, months, now))
        yield Finding(
            f"{count} messages of closed cases were settled before {day}",
            office.slug,
            "the heartbeat removes them within the hour"
            if asked is None
            else "it was asked what would be removed; nothing was",
            serious=False,
        )


def _not_delivered(session: Session, office: Office, now: datetime) -> Iterator[Finding]:
    """The message that its channel has not taken for the longest, and what the other side said last."""
    found = oldest_tried(session, office.id)
    if found and found[1] <= now - SLACK:
        message, since = found
        yield Finding(
            f"a message is not delivered since {since:%Y-%m-%d %H:%M} UTC, on channel {message.endpoint}, "
            f"tried {message.attempts} times: {message.reason}",
            office.slug,
            "mend the channel: `sla channel list`, `sla deliveries --state pending`",
        )


def _of_calendar(session: Session, office: Office, now: datetime) -> Iterator[Finding]:
    for change in calendars.changes_of(session, office.id):
        if change.finished_at is None and change.at < now - SLACK:
            yield Finding(
                f"the calendar of {change.at:%Y-%m-%d %H:%M} UTC is not applied to all open cases",
                office.slug,
                "run `sla calendar apply`, or start `sla serve` or `sla worker`",
            )
    through = office.calendar.announced_through
    if through - office.today(now) < HORIZON:
        yield Finding(
            f"the calendar is announced through {through}; dates beyond are provisional",
            office.slug,
            "load the notice of the next year with `sla calendar load`, or upgrade the package `holidays`",
            serious=False,
        )


def _compared(session: Session, office: Office, rows: Sequence[Any], now: datetime) -> Iterator[Finding]:
    ids = [row.case_id for row in rows]
    events, clocks = store.events_of(session, office.id, ids), store.clocks_of(session, office.id, ids)
    alarms = store.alarms_of(session, office.id, ids)
    for row in rows:
        where = f"{office.slug} {row.number}"
        try:
            known = events_from(events[row.case_id])
            history = history_of(office, row, known, now)
        except Exception as error:
            yield Finding(f"cannot be rebuilt: {error}", where, "void the event that is wrong")
            continue
        stored = {clock.clock_id: clock for clock in clocks[row.case_id]}
        waits = row.next_alarm_at is None or row.next_alarm_at > now  # else the sweep has yet to come by
        for new in index_of(office, row, history, known) if waits else ():
            if differs(_as_far_as_known(new, stored.get(new["clock_id"])), stored.get(new["clock_id"])):
                yield Finding(f"clock {new['clock_id']} was not what its events say", where, "rebuilt")
        planned = plan(
            (milestone for clock in history.clocks for milestone in of(clock)),
            [alarm_from(alarm) for alarm in alarms[row.case_id]], now, office.send_at,
        )  # fmt: skip
        for alarm in planned.changed:
            if alarm.state in (AlarmState.PENDING, AlarmState.CANCELLED):  # what is due is the sweep's to raise
                name = f"{alarm.key.clock} {alarm.key.milestone}"
                yield Finding(f"alarm {name} was not what its events say", where, "rebuilt")
        for clock_id in stored.keys() - {clock.id for clock in history.clocks}:
            yield Finding(f"clock {clock_id} is none of this case's", where, "rebuilt")
        if waits and not planned.changed and next_look(history, planned.next_at, now) != row.next_alarm_at:
            yield Finding("it would have been looked at at another time than its alarms say", where, "rebuilt")


def _as_far_as_known(new: dict[str, Any], old: Any) -> dict[str, Any]:
    """What an earlier version did not write is no mistake; the rebuild adds it."""
    unknown = [name for name in ("paused", "late_entries") if old is not None and getattr(old, name) is None]
    return {**new, **dict.fromkeys(unknown)}
