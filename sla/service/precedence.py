"""Nobody above the handler hears of an overdue case before the handler does (M5).

Who is told of an escalation may be told at the same moment as the handler, by a quicker channel or another node; or
the handler's message still waits from before a stop. Such a message waits until the handler's was tried once: a channel
that is broken holds up nobody else.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from notifiers.entries import Claimed
from notifiers.outbox import untried
from sla.alarms import CORRECTION
from sla.people import Role
from sla.policies import Gravity
from sla.service.offices import Office
from sla.service.records import alarm_from
from sla.service.telling import message_key
from sla.store.engine import Session

Place = tuple[UUID, str]  # a case and its clock
Ahead = Mapping[Place, UUID]  # the handler's message that has to go first


def ahead_of(
    session: Session, office: Office, members: Iterable[Claimed], alarms: Mapping[UUID, Sequence[Any]]
) -> Ahead:
    """What escalations among these messages have to wait for; one question for all of them. `alarms`: those that were
    raised, by case."""
    places = set(filter(None, map(_waits_at, members)))
    keys: dict[str, Place] = {}
    for case_id, clock in places:
        for alarm in map(alarm_from, alarms[case_id]):
            if alarm.key.clock != clock or alarm.key.milestone == CORRECTION:
                continue
            for person in (office.people[name] for name in alarm.told if name in office.people):
                ways = (message_key(office, case_id, alarm, person, way) for way in person.addresses)
                keys.update(dict.fromkeys(ways, (case_id, clock)))
    found = untried(session, office.id, keys) if keys else {}
    return {
        keys[key]: message_id
        for key, (message_id, about) in found.items()
        if Role(json.loads(about)["role"]) is Role.HANDLER
    }


def first(members: Iterable[Claimed], ahead: Ahead) -> UUID | None:
    """The message that has to be tried before this bundle, if there is one."""
    places = filter(None, map(_waits_at, members)) if ahead else ()
    return next((ahead[place] for place in places if place in ahead), None)


def _waits_at(member: Claimed) -> Place | None:
    if member.kind != Gravity.ESCALATION:
        return None
    about = json.loads(member.about)
    return None if about["role"] == Role.HANDLER else (UUID(about["case"]), about["clock"])
