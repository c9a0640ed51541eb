"""All open cases of a colleague who leaves go to another, each on record (HandedOver): in transactions of a few cases.

Killed on the way, the same command goes on with what is left: a case that was handed over is not theirs any more.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sla.people import Person, on_duty
from sla.service.cases import When, appended, made
from sla.service.errors import ServiceError
from sla.service.offices import Office, held, office_with, parsed
from sla.service.rebuild import Change, history_of, rebuild
from sla.service.records import events_from
from sla.store import cases as store
from sla.store import lists, offices
from sla.store.engine import Session

BATCH = 50  # cases of one transaction, which holds them locked

Sessions = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Handover:
    """Whose cases go to whom, and why; only those of a permit, if one is named. Ids of people."""

    giver: str
    taker: str
    reason: str
    by: str = ""
    permit: str = ""


@dataclass(frozen=True)
class Done:
    """The numbers of the cases that were handed over, and those that could not be, with why."""

    handed_over: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()


def checked(session: Session, office: Office, wanted: Handover) -> str:
    """The giver's name. Raises ServiceError for a handover that cannot be.

    The giver may have left the staff: their cases are still in their name.
    """
    names = {row.person_id: row.name for row in offices.people_of(session, office.id)}
    if wanted.giver not in names:
        raise ServiceError(
            "from", "%(giver)r was never on the staff; known are: %(names)s", giver=wanted.giver, names=names
        )
    office.person(wanted.taker, "to")
    if wanted.giver == wanted.taker:
        raise ServiceError("to", "%(taker)s has these cases already; name somebody else", taker=wanted.taker)
    if wanted.by:
        office.person(wanted.by, "by")
    if not wanted.reason.strip():
        raise ServiceError("reason", "is needed: it stands on record in each of the cases")
    permits = sorted({permit for row in office.policy_rows for permit in parsed(row.content).permits})
    if wanted.permit and wanted.permit not in permits:
        raise ServiceError("permit", "%(value)r is unknown; known are: %(known)s", value=wanted.permit, known=permits)
    return str(names[wanted.giver])


def hears_now(office: Office, taker: str, now: datetime) -> Person:
    """Who hears of the cases when messages go out next: the taker, or who stands in."""
    return on_duty(office.people[taker], office.people, office.today(office.send_at(now)))


def to_hand_over(session: Session, office: Office, wanted: Handover) -> list[Any]:
    """The heads of the giver's open cases, the oldest first; closed ones stay."""
    return lists.handled_by(session, office.id, wanted.giver, wanted.permit)


def hand_over(sessions: Sessions, now_in: Callable[[Session], datetime], office_id: UUID, wanted: Handover) -> Done:
    """Hand over all that is left. `sessions` open writing transactions; raises ServiceError before the first case."""
    done, failed, after = list[str](), list[tuple[str, str]](), None
    while True:
        with sessions() as session:
            part, after = hand_over_some(session, office_id, wanted, now_in(session), after)
        done += part.handed_over
        failed += part.failed
        if after is None:
            return Done(tuple(done), tuple(failed))


def hand_over_some(
    session: Session, office_id: UUID, wanted: Handover, now: datetime, after: UUID | None
) -> tuple[Done, UUID | None]:
    """Hand over the next few behind the case `after`, with one message to the taker of what is still true of them (M9).

    Returns the last it looked at, None when there is none left.
    """
    office = held(session, office_with(session, office_id))
    checked(session, office, wanted)
    rows = _locked(session, office, wanted, after, now)
    if not rows:
        return Done(), None
    events = store.events_of(session, office.id, [row.case_id for row in rows])
    moved, changes, failed = list[Any](), dict[UUID, Change](), list[tuple[str, str]]()
    for row in rows:
        own = events_from(events[row.case_id])
        details = {"handler": wanted.taker, "previous": wanted.giver, "reason": wanted.reason}
        event = made("handed_over", details, When(now), now, wanted.by, row.head_seq + 1, office)
        try:
            history_of(office, row, [*own, event], now)
        except Exception as error:  # a case that cannot be read keeps no other from its new handler
            failed.append((row.number, f"{type(error).__name__}: {error}"))
            continue
        _, changes[row.case_id] = appended(session, office, row, own, [event], now)
        moved.append(row)
    histories = rebuild(session, office, moved, now, changes, as_one=True)
    if len(histories) < len(moved):
        raise ServiceError("case", "could not be rebuilt; nothing was written, run `sla doctor`")
    last = rows[-1].case_id if len(rows) == BATCH else None
    return Done(tuple(row.number for row in moved), tuple(failed)), last


def _locked(session: Session, office: Office, wanted: Handover, after: UUID | None, now: datetime) -> Sequence[Any]:
    """The next cases, brought to the office's calendar: what happens next is judged by that one (R16)."""

    def found() -> list[Any]:
        return lists.handled_by(session, office.id, wanted.giver, wanted.permit, after=after, limit=BATCH, lock=True)

    rows = found()
    stale = [row for row in rows if row.calendar_version != office.calendar.version]
    if stale:
        rebuild(session, office, stale, now)
        rows = found()
    return rows
