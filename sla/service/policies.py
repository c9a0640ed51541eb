"""The versions of an office's policies (R17): what is in force, past and to come, and the draft of the next.

Days are civil days in the office's zone.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sla.policies import Policy, VersionState
from sla.presets import names as packs
from sla.presets import text_of
from sla.service.errors import ServiceError
from sla.service.offices import Office, parsed
from sla.service.publishing import readable, refusals
from sla.service.rebuild import policy_of
from sla.service.records import events_from
from sla.store import cases, lists
from sla.store import offices as store
from sla.store.engine import Session


@dataclass(frozen=True)
class Version:
    """One version as a list shows it. `valid_until` is the day before the next one, None while there is none.

    `refusals` are what stands against publishing a draft; there is no policy in one that cannot be read any more.
    """

    policy_id: str
    policy: Policy | None
    state: VersionState
    valid_from: date | None
    valid_until: date | None = None
    recorded_at: datetime | None = None  # published, or kept as a draft
    recorded_by: str = ""
    open_cases: int = 0
    refusals: tuple[ServiceError, ...] = ()


# --- looking ---------------------------------------------------------------------------------------------------------
def versions(session: Session, office: Office, now: datetime) -> list[Version]:
    """Every version of every policy of the office, in order, each policy's draft last."""
    today, counts = office.today(now), _open_cases(session, office)
    published = sorted(office.policy_rows, key=lambda row: (row.policy_id, row.version))
    found = [_version(office, row, today, counts) for row in published]
    found += [_draft(office, row, today) for row in store.drafts_of(session, office.id)]
    return sorted(found, key=lambda version: (version.policy_id, version.state is VersionState.DRAFT))


def version_text(session: Session, office: Office, policy_id: str, version: int | None, now: datetime) -> str:
    """A version as it was written; without a number the one in force, else the first to come, else the draft."""
    rows = [row for row in office.policy_rows if row.policy_id == policy_id]
    if version is not None:
        for row in rows:
            if row.version == version:
                return str(row.content)
        known = ", ".join(str(row.version) for row in rows) or "none"
        raise ServiceError(
            "version",
            "%(policy_id)s has no version %(version)s here; published are: %(known)s",
            policy_id=policy_id,
            version=version,
            known=known,
        )
    in_force = [row for row in office.in_force(office.today(now)) if row.policy_id == policy_id]
    for row in (*in_force, *rows):
        return str(row.content)
    return source(session, office, policy_id)


def source(session: Session, office: Office, name: str) -> str:
    """The text of a draft by its policy's id, or else of a shipped pack. Raises ServiceError."""
    drafts = {row.policy_id: str(row.content) for row in store.drafts_of(session, office.id)}
    if name in drafts:
        return drafts[name]
    if name in packs():
        return text_of(name)
    raise ServiceError(
        "policy",
        "%(name)r is no file, no draft and no pack; drafts are: %(drafts)s; packs are: %(packs)s",
        name=name,
        drafts=drafts,
        packs=packs(),
    )


# --- drafts ----------------------------------------------------------------------------------------------------------
def keep_draft(session: Session, office: Office, text: str, now: datetime, by: str = "") -> Version:
    """Keep a text as the draft of its policy, in place of the one there was. It must be readable, but may break R12."""
    policy = readable(text)
    if by:
        office.person(by, "by")
    store.put_draft(session, {
        "office_id": office.id, "policy_id": policy.id, "content": text, "kept_at": now, "kept_by": by,
    })  # fmt: skip
    kept = next(row for row in store.drafts_of(session, office.id) if row.policy_id == policy.id)
    return _draft(office, kept, office.today(now))


def discard_draft(session: Session, office: Office, policy_id: str) -> None:
    """Forget a draft; what is published stays. Raises ServiceError where there is none."""
    if not store.drop_draft(session, office.id, policy_id):
        known = ", ".join(row.policy_id for row in store.drafts_of(session, office.id)) or "none"
        raise ServiceError(
            "policy", "%(policy_id)r has no draft; drafts are: %(known)s", policy_id=policy_id, known=known
        )


# --- what the list shows ---------------------------------------------------------------------------------------------
def _version(office: Office, row: Any, today: date, counts: dict[tuple[str, int], int]) -> Version:
    begins, until = office.takes_effect(row), _until(office, row)
    if begins > today:
        state = VersionState.FUTURE
    else:
        state = VersionState.PAST if until is not None and until < today else VersionState.IN_FORCE
    return Version(
        policy_id=row.policy_id,
        policy=parsed(row.content),
        state=state,
        valid_from=begins,
        valid_until=until,
        recorded_at=row.published_at,
        recorded_by=row.published_by,
        open_cases=counts.get((row.policy_id, row.version), 0),
    )


def _until(office: Office, row: Any) -> date | None:
    """The day before the next version, or before another policy takes over all of its permits."""
    begins, permits = office.takes_effect(row), parsed(row.content).permits.keys()
    later = [
        office.takes_effect(other)
        for other in office.policy_rows
        if (other.policy_id == row.policy_id and other.version > row.version)
        or (office.takes_effect(other) > begins and permits <= parsed(other.content).permits.keys())
    ]
    return min(later) - timedelta(days=1) if later else None


def _draft(office: Office, row: Any, today: date) -> Version:
    policy: Policy | None = None
    stand_against: list[ServiceError] = []
    try:
        policy = readable(row.content)
        stand_against += refusals(office.policy_rows, policy, policy.valid_from, today, office.people.values())
    except ServiceError as error:  # kept by a release that read it otherwise
        stand_against.append(error)
    return Version(
        policy_id=row.policy_id,
        policy=policy,
        state=VersionState.DRAFT,
        valid_from=policy.valid_from if policy else None,
        recorded_at=row.kept_at,
        recorded_by=row.kept_by,
        refusals=tuple(stand_against),
    )


def _open_cases(session: Session, office: Office) -> dict[tuple[str, int], int]:
    """How many open cases follow each version, re-based ones where they were re-based to (R17)."""
    counts = {(row.policy_id, row.policy_version): row.n for row in lists.open_by_version(session, office.id)}
    rebased = lists.open_and_rebased(session, office.id)
    events = cases.events_of(session, office.id, [row.case_id for row in rebased])
    for row in rebased:
        policy = policy_of(office, row, events_from(events[row.case_id]))
        key = (policy.id, policy.version)
        counts[key] = counts.get(key, 0) + 1
    return counts
