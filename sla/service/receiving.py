"""Receive many cases at once, each for itself: a bad one is refused and takes no other with it.

As `cases.receive` one by one, but checked first and then written in sets. In the caller's writing transaction.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from schedules.calendars import CalendarError
from sla.events import CaseEvent, Received
from sla.history import History, HistoryError
from sla.policies import Policy, PolicyError
from sla.service.cases import Recorded, When, case_values, change_of, made, receive, record, under_policy
from sla.service.errors import ServiceError
from sla.service.imports import free_numbers
from sla.service.offices import Office, held
from sla.service.rebuild import history_of, rebuild
from sla.service.records import event_row
from sla.store import cases as store
from sla.store.engine import Session, all_or_nothing
from sla.store.ids import new_id
from sla.store.timekeeping import keep

REFUSALS = (ServiceError, HistoryError, PolicyError, CalendarError)
"""Why a case is not received; each names the `field`."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Receipt:
    """A case that has come in: what `cases.receive` asks for, and whether it is accepted at the same time."""

    details: Mapping[str, Any]
    when: When
    actor: str
    number: str = ""
    accepted: bool = False


@dataclass(frozen=True)
class _Ready:
    """A case that was checked; it has no number yet unless it brought one."""

    row: dict[str, Any]
    events: tuple[CaseEvent, ...]
    policy: Policy

    @property
    def series(self) -> tuple[str, int]:
        return self.row["permit"], int(self.row["received_on"].year)


def received(session: Session, office: Office, receipt: Receipt, now: datetime) -> Recorded:
    """One case. Raises one of REFUSALS."""
    done = receive(session, office, receipt.details, receipt.when, now, receipt.actor, receipt.number)
    if receipt.accepted:
        done = record(session, office, done.number, "accepted", {}, receipt.when, now, receipt.actor)
    return done


def receive_each(
    session: Session, office: Office, receipts: Sequence[Receipt], now: datetime
) -> list[Recorded | Exception]:
    """What became of each, in order: the case, or one of REFUSALS."""
    office = held(session, office)
    checked = [_checked(office, receipt, now) for receipt in receipts]
    try:
        with all_or_nothing(session):
            checked = _numbered(session, office, checked)
            done = iter(_written(session, office, [case for case in checked if isinstance(case, _Ready)], now))
            return [next(done) if isinstance(case, _Ready) else case for case in checked]
    except REFUSALS as error:
        logger.warning("a batch is written one by one: %s", type(error).__name__)
        return [_alone(session, office, receipt, now) for receipt in receipts]


def _alone(session: Session, office: Office, receipt: Receipt, now: datetime) -> Recorded | Exception:
    try:
        with all_or_nothing(session):
            return received(session, office, receipt, now)
    except REFUSALS as error:
        return error


def _checked(office: Office, receipt: Receipt, now: datetime) -> _Ready | Exception:
    try:
        policy, details = under_policy(office, receipt.details, receipt.when, receipt.actor)
        events = tuple(_events(office, receipt, details, now))
        first = events[0]
        assert isinstance(first, Received)
        row = case_values(office, new_id(now), receipt.number, first, (policy.id, policy.version), now)
        history_of(office, SimpleNamespace(**row), events, now)
    except REFUSALS as error:
        return error
    return _Ready(row, events, policy)


def _events(office: Office, receipt: Receipt, details: Mapping[str, Any], now: datetime) -> Iterator[CaseEvent]:
    yield made("received", details, receipt.when, now, receipt.actor, 1, office)
    if receipt.accepted:
        yield made("accepted", {}, receipt.when, now, receipt.actor, 2, office)


def _numbered(session: Session, office: Office, cases: Sequence[_Ready | Exception]) -> list[_Ready | Exception]:
    """Each with its number: the one it brought, unless that is taken, or the next of its series."""
    own = [case.row["number"] for case in cases if isinstance(case, _Ready) and case.row["number"]]
    taken, seen = store.numbers_taken(session, office.id, own), set[str]()
    numbered: list[_Ready | Exception] = []
    for case in cases:
        number = case.row["number"] if isinstance(case, _Ready) else ""
        refused = bool(number) and (number in taken or number in seen)
        numbered.append(ServiceError("number", "%(number)s is taken already", number=number) if refused else case)
        seen.add(number)
    _number_rest(session, office, [case for case in numbered if isinstance(case, _Ready)], own)
    return numbered


def _number_rest(session: Session, office: Office, cases: Sequence[_Ready], reserved: Sequence[str]) -> None:
    waiting = [case for case in cases if not case.row["number"]]
    for series, count in Counter(case.series for case in waiting).items():
        of_series = [case for case in waiting if case.series == series]
        permit = of_series[0].policy.permit(series[0])
        free = free_numbers(session, office, permit, series[1], count, reserved)
        for case, number in zip(of_series, free, strict=True):
            case.row["number"] = number


def _written(session: Session, office: Office, cases: Sequence[_Ready], now: datetime) -> list[Recorded]:
    if not cases:
        return []
    rows = [[event_row(office.id, case.row["case_id"], event) for event in case.events] for case in cases]
    chains = [store.link(store.GENESIS, (values for values, _ in own)) for own in rows]
    for case, chain in zip(cases, chains, strict=True):
        case.row.update(head_seq=len(chain), head_hash=chain[-1]["hash"])
    store.insert_cases(session, [case.row for case in cases])
    store.insert_events(session, [event for chain in chains for event in chain])
    store.put_parties(session, [party for own in rows for _, parties in own for party in parties])
    keep(session, now, office.id)
    histories = _rebuilt(session, office, cases, now)
    return [
        Recorded(case.row["number"], SimpleNamespace(**case.row), histories[case.row["case_id"]], case.events)
        for case in cases
    ]


def _rebuilt(session: Session, office: Office, cases: Sequence[_Ready], now: datetime) -> dict[Any, History]:
    heads = store.cases_with(session, office.id, [case.row["case_id"] for case in cases])
    by_id = {row.case_id: row for row in heads}
    changes = {
        case.row["case_id"]: change_of(office, by_id[case.row["case_id"]], (), case.events, now) for case in cases
    }
    histories = rebuild(session, office, heads, now, changes)
    if len(histories) < len(cases):
        raise ServiceError("case", "could not be rebuilt; nothing was written")
    return histories
