"""What a role may do. Each page, form and call of the API names one right; a person has those of all their roles."""

from collections.abc import Iterable
from enum import StrEnum

from sla.people import Role


class Right(StrEnum):
    """`read`: cases, lists and calendars. `record`: events on cases; what came late names the manager who admits it.
    `manage`: extend, reassign, void, re-base. `report`: rates. `administer`: policies, calendars, staff, channels,
    tokens. `audit`: the record's chain and what was admitted late."""

    READ = "read"
    RECORD = "record"
    MANAGE = "manage"
    REPORT = "report"
    ADMINISTER = "administer"
    AUDIT = "audit"


_OF_ROLE = {
    Role.HANDLER: {Right.READ},
    Role.CHIEF: {Right.READ},
    Role.HEAD: {Right.READ, Right.REPORT},
    Role.SUPERVISION: {Right.READ, Right.REPORT},
    Role.VIEWER: {Right.READ},
    Role.CLERK: {Right.READ, Right.RECORD},
    Role.MANAGER: {Right.READ, Right.RECORD, Right.MANAGE, Right.REPORT},
    Role.ADMIN: {Right.READ, Right.RECORD, Right.MANAGE, Right.REPORT, Right.ADMINISTER, Right.AUDIT},
    Role.AUDITOR: {Right.READ, Right.REPORT, Right.AUDIT},
}


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """The rights of somebody with these roles; whoever is on the staff may read."""
    return frozenset({Right.READ}.union(*(_OF_ROLE[role] for role in roles)))


EVENT_RIGHTS = dict.fromkeys(
    ("extended", "reassigned", "handed_over", "voided", "rebased", "calendar_applied"), Right.MANAGE
)


def right_to_record(kind: str) -> Right:
    """The right that an event of a kind asks for: most are a clerk's."""
    return EVENT_RIGHTS.get(kind, Right.RECORD)
