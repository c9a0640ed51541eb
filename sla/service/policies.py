"""Policies with versions (R12, R17): what is kept as a draft, what is published and from which day on.

A version is published once, by one door, and never changed. Days are civil days in the office's zone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sla.differences import Difference, differences
from sla.people import Person, Role
from sla.policies import Policy, PolicyError, VersionState
from sla.presets import names as packs
from sla.presets import reading, text_of
from sla.samples import Sample, sample_days, samples
from sla.service.errors import ServiceError
from sla.service.offices import Office, parsed
from sla.service.rebuild import policy_of
from sla.service.records import events_from
from sla.store import cases, lists
from sla.store import offices as store
from sla.store.engine import Session


@dataclass(frozen=True)
class Version:
    """One version as a list shows it. `valid_until` is the day before the next one, None while there is none.

    `refusals` are what stands against publishing a draft.
    """

    policy: Policy
    state: VersionState
    valid_from: date
    valid_until: date | None = None
    recorded_at: datetime | None = None  # published, or kept as a draft
    recorded_by: str = ""
    open_cases: int = 0
    refusals: tuple[ServiceError, ...] = ()


@dataclass(frozen=True)
class Publication:
    """A version that can be published: from when on, after which, and what it changes; or that is so already."""

    policy: Policy
    valid_from: date
    before: Policy | None
    differences: tuple[Difference, ...]
    samples: tuple[Sample, ...]
    already: bool = False


# --- looking ---------------------------------------------------------------------------------------------------------
def versions(session: Session, office: Office, now: datetime) -> list[Version]:
    """Every version of every policy of the office, in order, each policy's draft last."""
    today, counts = office.today(now), _open_cases(session, office)
    published = sorted(office.policy_rows, key=lambda row: (row.policy_id, row.version))
    found = [_version(office, row, today, counts) for row in published]
    found += [_draft(office, row, today) for row in store.drafts_of(session, office.id)]
    return sorted(found, key=lambda version: (version.policy.id, version.state is VersionState.DRAFT))


def version_text(session: Session, office: Office, policy_id: str, version: int | None, now: datetime) -> str:
    """A version as it was written; without a number the one in force, else the first to come, else the draft."""
    rows = [row for row in office.policy_rows if row.policy_id == policy_id]
    if version is not None:
        for row in rows:
            if row.version == version:
                return str(row.content)
        known = ", ".join(str(row.version) for row in rows) or "none"
        raise ServiceError("version", f"{policy_id} has no version {version} here; published are: {known}")
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
        f"{name!r} is no file, no draft and no pack; drafts are: {', '.join(drafts) or 'none'}; "
        f"packs are: {', '.join(packs())}",
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
    return next(_draft(office, row, office.today(now)) for row in store.drafts_of(session, office.id)
                if row.policy_id == policy.id)  # fmt: skip


def discard_draft(session: Session, office: Office, policy_id: str) -> None:
    """Forget a draft; what is published stays. Raises ServiceError where there is none."""
    if not store.drop_draft(session, office.id, policy_id):
        known = ", ".join(row.policy_id for row in store.drafts_of(session, office.id)) or "none"
        raise ServiceError("policy", f"{policy_id!r} has no draft; drafts are: {known}")


# --- publishing ------------------------------------------------------------------------------------------------------
def prepared(office: Office, text: str, now: datetime, valid_from: date | None = None, by: str = "") -> Publication:
    """What publishing a text would do, with sample cases under the version before it; nothing is written.

    Raises ServiceError for what `publish` would refuse.
    """
    _may_publish(office, by)
    policy = readable(text)
    begins = valid_from or policy.valid_from
    already = _is_published(office.policy_rows, policy, valid_from)
    if not already:
        _refuse(_refusals(office.policy_rows, policy, begins, office.today(now), office.people.values()))
    last = _newest(office.policy_rows, policy.id)
    before = None if already or last is None else parsed(last.content)
    days = sample_days(office.calendar, max(begins, office.today(now) + timedelta(days=1)))
    return Publication(
        policy=policy,
        valid_from=begins,
        before=before,
        differences=differences(before, policy) if before else (),
        samples=samples(before, policy, office.calendar, days),
        already=already,
    )


def publish(
    session: Session, office: Office, text: str, now: datetime, valid_from: date | None = None, by: str = ""
) -> bool:
    """Publish a text as the next version of its policy; False if it is published already, to the letter.

    It takes effect on `valid_from`, or on the day the text itself names. Raises ServiceError, and nothing is written.
    """
    _may_publish(office, by)
    policy = readable(text)
    begins = valid_from or policy.valid_from
    _is_published(store.policies_of(session, office.id), policy, valid_from)
    made = put_version(session, office.id, policy, begins, office.today(now), now, by, office.people.values())
    store.drop_draft(session, office.id, policy.id, text)
    return made


def put_version(
    session: Session, office_id: UUID, policy: Policy, valid_from: date, today: date, now: datetime, by: str = "",
    people: Iterable[Person] | None = None,
) -> bool:  # fmt: skip
    """The one door by which a version is published: one at a time in an office, checked against all that are there.

    `people`: those whom its ladders may tell; not asked where the caller has seen to it.
    """
    store.lock_office(session, office_id)
    rows = store.policies_of(session, office_id)
    if _is_published(rows, policy):
        return False
    _refuse(_refusals(rows, policy, valid_from, today, people))
    store.put_policy(session, {
        "office_id": office_id, "policy_id": policy.id, "version": policy.version, "valid_from": valid_from,
        "content": policy.text, "published_at": now, "published_by": by,
    })  # fmt: skip
    return True


def readable(text: str) -> Policy:
    """The policy of a text, be it one that breaks R12. Raises ServiceError with the first thing that is wrong."""
    found = reading(text)
    _refuse(_as_service_error(problem) for problem in found.problems)
    assert found.policy is not None
    return found.policy


def _refusals(
    rows: Iterable[Any], policy: Policy, valid_from: date, today: date, people: Iterable[Person] | None
) -> Iterator[ServiceError]:
    """Everything that stands against publishing a version that is not published yet (R12, R17)."""
    rows = list(rows)
    yield from map(_as_service_error, policy.gaps())
    yield from _wrong_number(rows, policy)
    yield from _wrong_day(rows, policy, valid_from, today)
    if people is not None:
        yield from _unheard(policy, people)


def _wrong_number(rows: list[Any], policy: Policy) -> Iterator[ServiceError]:
    newest = _newest(rows, policy.id)
    if newest is None or policy.version == newest.version + 1:
        return
    published = any(row.policy_id == policy.id and row.version == policy.version for row in rows)
    what = "is published with another text" if published else f"does not follow version {newest.version}, the newest"
    yield ServiceError(
        "version", f"{policy.id} {policy.version} {what}; give the changed one the version {newest.version + 1}"
    )


def _wrong_day(rows: list[Any], policy: Policy, valid_from: date, today: date) -> Iterator[ServiceError]:
    """No two versions at once, and none before it was published, but for the one an office begins with (R17)."""
    rivals = [row for row in rows if _share_permits(row, policy) and row.valid_from >= valid_from]
    name = f"{policy.id} {policy.version}"
    if rivals:
        last = max(rivals, key=lambda row: row.valid_from)
        after = last.valid_from + timedelta(days=1)
        yield ServiceError(
            "valid_from",
            f"{name} would be valid from {valid_from}, but {last.policy_id} {last.version} is from {last.valid_from} "
            f"on; write {max(after, today)} or later",
        )
    elif rows and valid_from < today:
        yield ServiceError(
            "valid_from",
            f"{name} would be valid from {valid_from}, before it is published (R17); write {today} or later",
        )


def _share_permits(row: Any, policy: Policy) -> bool:
    return row.policy_id == policy.id or not policy.permits.keys().isdisjoint(parsed(row.content).permits)


def _unheard(policy: Policy, people: Iterable[Person]) -> Iterator[ServiceError]:
    """Nobody is missing whom a ladder names: an alarm without a reader would be lost."""
    held = {role for person in people for role in person.roles} | {Role.HANDLER}
    wanted = {role for rules in policy.clocks.values() for rule in rules for rung in rule.ladder for role in rung.to}
    missing = " or ".join(sorted(wanted - held))
    if missing:
        yield ServiceError("ladders", f"nobody has the role {missing}, whom the ladders of {policy.id} tell; give it to"
                           " somebody in office.toml")  # fmt: skip


def _may_publish(office: Office, by: str) -> None:
    """Policies are the administrators' and the managers' to publish."""
    if not by:
        return
    if not office.person(by, "by").roles & {Role.ADMIN, Role.MANAGER}:
        allowed = [person.id for person in office.people.values() if person.roles & {Role.ADMIN, Role.MANAGER}]
        raise ServiceError("by", f"{by} may not publish; those who may are: {', '.join(allowed) or 'none'}")


def _is_published(rows: Iterable[Any], policy: Policy, asked: date | None = None) -> bool:
    """Whether just this text is published; ServiceError if from another day on than the one that is asked for."""
    wanted = (policy.id, policy.version, policy.text)
    row = next((row for row in rows if (row.policy_id, row.version, row.content) == wanted), None)
    if row is not None and asked not in (None, row.valid_from):
        raise ServiceError(
            "valid_from",
            f"{policy.id} {policy.version} is published already, valid from {row.valid_from}; to change the day, "
            "publish it again as the next version",
        )
    return row is not None


def _newest(rows: Iterable[Any], policy_id: str) -> Any:
    return max((row for row in rows if row.policy_id == policy_id), key=lambda row: row.version, default=None)


def _refuse(errors: Iterable[ServiceError]) -> None:
    """The first of several, which says how many more there are."""
    found = list(errors)
    if found:
        field, message = found[0].field, str(found[0]).partition(": ")[2]
        more = f" (and {len(found) - 1} more; `sla policy check` tells all)" if len(found) > 1 else ""
        raise ServiceError(field, message + more)


def _as_service_error(error: PolicyError) -> ServiceError:
    return ServiceError(error.field, str(error).partition(": ")[2])


# --- what the list shows ---------------------------------------------------------------------------------------------
def _version(office: Office, row: Any, today: date, counts: dict[tuple[str, int], int]) -> Version:
    begins, until = office.takes_effect(row), _until(office, row)
    if begins > today:
        state = VersionState.FUTURE
    else:
        state = VersionState.PAST if until is not None and until < today else VersionState.IN_FORCE
    return Version(
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
    policy = readable(row.content)
    refusals = tuple(_refusals(office.policy_rows, policy, policy.valid_from, today, office.people.values()))
    return Version(policy, VersionState.DRAFT, policy.valid_from, None, row.kept_at, row.kept_by, 0, refusals)


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
