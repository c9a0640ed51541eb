"""How long messages are kept, and removing those that are older; events are never removed.

A message may go once it and all of its bundle were settled, and the cases they speak of closed, for longer than the
office keeps them. What the rest of the program needs to know of it stays with its alarm: whom it told, and whether
they can have read it. The key itself need not stay: an alarm that was raised is raised no second time, and whoever
hears of it again is told by `fates` that they had it (M6).
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from notifiers.clearing import Kept, bundles_before, of_bundles, remove
from notifiers.entries import Fate
from schedules.limits import months_later
from sla.alarms import CORRECTION
from sla.policies import Gravity
from sla.service.amendments import REPORT
from sla.service.anchoring import DAILY
from sla.service.calendar_watch import MISSING, REVIEW
from sla.service.digests import MONTHLY
from sla.service.errors import ServiceError
from sla.service.hearing import SURELY
from sla.service.notifying import is_of_applicant
from sla.service.offices import Office, every_office, office_with
from sla.service.undelivered import KIND
from sla.store import cases, ids
from sla.store import retention as store
from sla.store.cases import canonical
from sla.store.engine import Session

Sessions = Callable[[], AbstractContextManager[Session]]
BATCH = 500  # messages that a step looks at
LEAST_MONTHS = 6  # 网络安全法 21 (3): logs of a network are kept for six months at least
AGE = re.compile(r"(\d{1,3}) (year|month)s?")
FOR_EVER = "for ever"
OF_CASES = frozenset({CORRECTION, *(gravity.value for gravity in Gravity)})
# What an amendment's digest told stays, for the alarms that it corrected are not their own messages' (R16).
REMOVABLE = OF_CASES | {DAILY, MONTHLY, KIND, REPORT, REVIEW, MISSING}

Place = tuple[UUID, str, str, str, int]  # the key of an alarm, as it is stored


@dataclass(frozen=True)
class Step:
    """How many messages a step removed, and the id it came to; None when there is none left behind it."""

    removed: int
    last: UUID | None


def months_of(text: str, field: str = "retention.messages") -> int:
    """`2 years` or `18 months` as months, 0 for ever. Raises ServiceError for anything else, or less than 6 months."""
    if text == FOR_EVER:
        return 0
    found = AGE.fullmatch(text)
    months = int(found[1]) * (12 if found[2] == "year" else 1) if found else 0
    if months < LEAST_MONTHS:
        raise ServiceError(
            field,
            '%(text)r must be "6 months" or more, such as "2 years", or "%(for_ever)s"',
            text=text,
            for_ever=FOR_EVER,
        )
    return months


def cutoff(office: Office, months: int, now: datetime) -> datetime:
    """What was settled before this moment is older than so many months, in the office's days."""
    return office.calendar.start_of(months_later(office.today(now), -months))


def remove_old(sessions: Sessions, now_in: Callable[[Session], datetime], only: UUID | None = None) -> int:
    """Remove what may go, of one office or of all, so many in each transaction; how many. `sessions` open writing
    transactions."""
    with sessions() as session:
        offices = [office.id for office in every_office(session, only) if office.keep_months]
    removed = 0
    for office_id in offices:
        after: UUID | None = UUID(int=0)
        while after is not None:
            with sessions() as session:
                step = remove_some(session, office_id, now_in(session), after)
            removed, after = removed + step.removed, step.last
    return removed


def remove_some(session: Session, office_id: UUID, now: datetime, after: UUID) -> Step:
    """One step, of the messages behind an id."""
    office = office_with(session, office_id)
    if not office.keep_months:
        return Step(0, None)
    moment = cutoff(office, office.keep_months, now)
    going, last = _going(session, office, moment, after, lock=True)
    if going:
        _remember(session, office, going)
        remove(session, office.id, [message.id for message in going])
        store.put_messages_since(session, office.id, moment)
    return Step(len(going), last)


def would_go(session: Session, office: Office, months: int, now: datetime) -> int:
    """How many messages a removal would take if the office kept them for so many months. Nothing is written."""
    moment, count, after = cutoff(office, months, now), 0, UUID(int=0)
    while True:
        going, last = _going(session, office, moment, after)
        count += len(going)
        if last is None:
            return count
        after = last


def _going(
    session: Session, office: Office, moment: datetime, after: UUID, *, lock: bool = False
) -> tuple[list[Kept], UUID | None]:
    """Of a page of old messages those that may go with all of their bundle. `lock` holds them and their cases; what
    somebody else holds stays."""
    found, last = bundles_before(session, office.id, moment, after, ids.first_id(moment), BATCH)
    if not found:
        return [], last
    of_cases = {_case(message) for bundle in of_bundles(session, office.id, found).values() for message in bundle}
    resting = store.at_rest(session, office.id, [case_id for case_id in of_cases if case_id], moment, lock=lock)
    bundles = of_bundles(session, office.id, found, lock=lock).values()
    here = (bundle for bundle in bundles if bundle[0].id > after)  # one that began on an earlier page was seen there
    whole = (bundle for bundle in here if all(_may_go(message, moment, resting) for message in bundle))
    return [message for bundle in whole for message in bundle], last


def _may_go(message: Kept, moment: datetime, resting: Collection[UUID]) -> bool:
    if not message.was_settled_before(moment):
        return False
    if is_of_applicant(message.kind):  # what there is no message of any more counts as told
        return message.tried and _case(message) in resting
    return message.kind in REMOVABLE and (message.kind not in OF_CASES or _case(message) in resting)


def _case(message: Kept) -> UUID | None:
    case_id = json.loads(message.about).get("case")
    return UUID(case_id) if case_id else None


def _remember(session: Session, office: Office, going: Iterable[Kept]) -> None:
    """Keep with each alarm what became of the messages of it that go."""
    new: dict[Place, dict[str, Fate]] = {}
    for message in going:
        if message.kind in OF_CASES and "snoozed" not in json.loads(message.about):  # it was said once before
            known = new.setdefault(_alarm(message), {})
            known[message.recipient_id] = _surer(_fate(message), known.get(message.recipient_id))
    alarms = cases.alarms_of(session, office.id, list({place[0] for place in new}))
    rows = []
    for case_id, several in alarms.items():
        for alarm in several:
            fates = new.get((case_id, alarm.clock_id, alarm.milestone, alarm.due, alarm.episode))
            if fates:
                rows.append(_row(office, case_id, alarm, fates))
    store.put_fates(session, rows)


def _alarm(message: Kept) -> Place:
    about, case_id = json.loads(message.about), _case(message)
    assert case_id is not None
    return case_id, about["clock"], about["milestone"], about["due"], about["episode"]


def _row(office: Office, case_id: UUID, alarm: Any, fates: Mapping[str, Fate]) -> dict[str, Any]:
    before = {person: Fate(fate) for person, fate in json.loads(alarm.fates).items()}
    after = before | {person: _surer(fate, before.get(person)) for person, fate in fates.items()}
    key = {name: getattr(alarm, name) for name in ("clock_id", "milestone", "due", "episode")}
    return {"office_id": office.id, "case_id": case_id, **key, "fates": canonical(after)}


def _fate(message: Kept) -> Fate:
    return Fate.TRIED if message.tried else Fate.LOST


def _surer(fate: Fate, other: Fate | None) -> Fate:
    return max(fate, other or fate, key=SURELY.index)
