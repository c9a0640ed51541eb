"""Who did what about the office: changes on the administrator's pages, events of cases by who recorded them, sign-ins.

Moments are aware; `since` is counted back from the `now` handed in.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sla.service.offices import Office
from sla.store import anchors as anchor_store
from sla.store import deeds as store
from sla.store.engine import Session
from sla.store.ids import new_id

LATELY = timedelta(days=30)
MOST = 50  # lines of each list


@dataclass(frozen=True)
class Late:
    """What was entered late and counts because a manager admitted it."""

    row: Any
    admitted_by: str


@dataclass(frozen=True)
class Lately:
    """What an auditor looks at. `anchors` are those of every day, the newest first; each list ends after MOST lines."""

    deeds: list[Any]
    events: list[Any]
    actors: list[Any]
    late: list[Late]
    sign_ins: list[Any]
    attempts: list[Any]
    anchors: list[Any]


def done_by(session: Session, office: Office, by: str, kind: str, subject: str, now: datetime) -> None:
    """Put on record what somebody did. Needs a writing transaction, that of the deed."""
    values = {"office_id": office.id, "deed_id": new_id(now), "at": now, "by": by, "kind": kind, "subject": subject}
    store.put_deed(session, values)


def lately(session: Session, office: Office, now: datetime) -> Lately:
    return Lately(**{name: listed(session, office, name, now, MOST) for name in LISTS})


def listed(session: Session, office: Office, name: str, now: datetime, most: int) -> list[Any]:
    """One of LISTS, its newest lines first, about `most` of them."""
    return LISTS[name](session, office, now - LATELY, most)


def _late(session: Session, office: Office, since: datetime, most: int) -> list[Late]:  # noqa: ARG001 - since ever
    return [Late(row, _admitted_by(row)) for row in store.admitted(session, office.id, most)]


LISTS: Mapping[str, Callable[[Session, Office, datetime, int], list[Any]]] = {
    "deeds": lambda session, office, _, most: store.deeds_of(session, office.id, most),
    "events": lambda session, office, since, most: store.events_since(session, office.id, since, most),
    "actors": lambda session, office, since, _: store.counts_by_actor(session, office.id, since),
    "late": _late,
    "sign_ins": lambda session, office, _, most: store.sign_ins_of(session, office.id, most),
    "attempts": lambda session, office, _, most: store.wrong_attempts(session, office.id, most),
    "anchors": lambda session, office, _, __: anchor_store.anchors(session, office.id)[::-1],
}


def _admitted_by(row: Any) -> str:
    return str(json.loads(row.details).get("admitted_by") or "")
