"""Publishing a version of a policy (R12, R17): by one door, one at a time, checked against all that are there.

A version is published once and never changed. Days are civil days in the office's zone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from schedules.faults import Phrase
from sla.differences import Difference, differences
from sla.people import Person, Role
from sla.policies import Policy
from sla.presets import reading
from sla.samples import Sample, sample_days, samples
from sla.service.errors import ServiceError
from sla.service.offices import Office, parsed
from sla.store import offices as store
from sla.store.engine import Session


@dataclass(frozen=True)
class Publication:
    """A version that can be published: from when on, after which, and what it changes; or that is so already."""

    policy: Policy
    valid_from: date
    before: Policy | None
    differences: tuple[Difference, ...]
    samples: tuple[Sample, ...]
    already: bool = False


def prepared(office: Office, text: str, now: datetime, valid_from: date | None = None, by: str = "") -> Publication:
    """What publishing a text would do, with sample cases under the version before it; nothing is written.

    Raises ServiceError for what `publish` would refuse.
    """
    _may_publish(office, by)
    policy = readable(text)
    begins = valid_from or policy.valid_from
    already = _is_published(office.policy_rows, policy, valid_from)
    if not already:
        _refuse(refusals(office.policy_rows, policy, begins, office.today(now), office.people.values()))
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
    _refuse(refusals(rows, policy, valid_from, today, people))
    store.put_policy(session, {
        "office_id": office_id, "policy_id": policy.id, "version": policy.version, "valid_from": valid_from,
        "content": policy.text, "published_at": now, "published_by": by,
    })  # fmt: skip
    return True


def readable(text: str) -> Policy:
    """The policy of a text, be it one that breaks R12. Raises ServiceError with the first thing that is wrong."""
    found = reading(text)
    if found.policy is None:
        first, *others = found.problems
        if not others:
            raise ServiceError.of(first)
        raise ServiceError(
            first.field,
            "%(problem)s (and %(count)s more; `sla policy check` tells all)",
            problem=first.phrase,
            count=len(others),
        )
    return found.policy


def refusals(
    rows: Iterable[Any], policy: Policy, valid_from: date, today: date, people: Iterable[Person] | None
) -> Iterator[ServiceError]:
    """Everything that stands against publishing a version that is not published yet (R12, R17)."""
    rows = list(rows)
    yield from map(ServiceError.of, policy.gaps())
    yield from _wrong_number(rows, policy)
    yield from _wrong_day(rows, policy, valid_from, today)
    if people is not None:
        yield from _unheard(policy, people)


def _wrong_number(rows: list[Any], policy: Policy) -> Iterator[ServiceError]:
    newest = _newest(rows, policy.id)
    if newest is None or policy.version == newest.version + 1:
        return
    published = any(row.policy_id == policy.id and row.version == policy.version for row in rows)
    told = {"policy": policy.id, "version": policy.version, "newest": newest.version, "next": newest.version + 1}
    if published:
        what = Phrase(
            "%(policy)s %(version)s is published with another text; give the changed one the version %(next)s", **told
        )
    else:
        what = Phrase(
            "%(policy)s %(version)s does not follow version %(newest)s, the newest; give the changed one the version "
            "%(next)s",
            **told,
        )
    yield ServiceError("version", what)


def _wrong_day(rows: list[Any], policy: Policy, valid_from: date, today: date) -> Iterator[ServiceError]:
    """No two versions at once, and none before it was published, but for the one an office begins with (R17)."""
    rivals = [row for row in rows if _share_permits(row, policy) and row.valid_from >= valid_from]
    name = f"{policy.id} {policy.version}"
    if rivals:
        last = max(rivals, key=lambda row: row.valid_from)
        after = last.valid_from + timedelta(days=1)
        yield ServiceError(
            "valid_from",
            "%(name)s would be valid from %(valid_from)s, but %(policy_id)s %(version)s is from %(valid_from2)s on; "
            "write %(after)s or later",
            name=name,
            valid_from=valid_from,
            policy_id=last.policy_id,
            version=last.version,
            valid_from2=last.valid_from,
            after=max(after, today),
        )
    elif rows and valid_from < today:
        yield ServiceError(
            "valid_from",
            "%(name)s would be valid from %(valid_from)s, before it is published (R17); write %(today)s or later",
            name=name,
            valid_from=valid_from,
            today=today,
        )


def _share_permits(row: Any, policy: Policy) -> bool:
    return row.policy_id == policy.id or not policy.permits.keys().isdisjoint(parsed(row.content).permits)


def _unheard(policy: Policy, people: Iterable[Person]) -> Iterator[ServiceError]:
    """Nobody is missing whom a ladder names: an alarm without a reader would be lost."""
    held = {role for person in people for role in person.roles} | {Role.HANDLER}
    wanted = {role for rules in policy.clocks.values() for rule in rules for rung in rule.ladder for role in rung.to}
    missing = sorted(wanted - held)
    if missing:
        yield ServiceError(
            "ladders",
            "nobody has these roles, whom the ladders of %(policy)s tell: %(missing)s; give them to somebody in "
            "office.toml",
            policy=policy.id,
            missing=missing,
        )


def _may_publish(office: Office, by: str) -> None:
    """Policies are the administrators' and the managers' to publish."""
    if not by:
        return
    if not office.person(by, "by").roles & {Role.ADMIN, Role.MANAGER}:
        allowed = [person.id for person in office.people.values() if person.roles & {Role.ADMIN, Role.MANAGER}]
        raise ServiceError("by", "%(by)s may not publish; those who may are: %(allowed)s", by=by, allowed=allowed)


def _is_published(rows: Iterable[Any], policy: Policy, asked: date | None = None) -> bool:
    """Whether just this text is published; ServiceError if from another day on than the one that is asked for."""
    wanted = (policy.id, policy.version, policy.text)
    row = next((row for row in rows if (row.policy_id, row.version, row.content) == wanted), None)
    if row is not None and asked not in (None, row.valid_from):
        raise ServiceError(
            "valid_from",
            "%(id)s %(version)s is published already, valid from %(valid_from)s; to change the day, publish it "
            "again as the "
            "next version",
            id=policy.id,
            version=policy.version,
            valid_from=row.valid_from,
        )
    return row is not None


def _newest(rows: Iterable[Any], policy_id: str) -> Any:
    return max((row for row in rows if row.policy_id == policy_id), key=lambda row: row.version, default=None)


def _refuse(errors: Iterable[ServiceError]) -> None:
    """All of them in one; its field is that of the first."""
    found = list(errors)
    if found:
        first, *others = found
        raise ServiceError(first.field, Phrase.listed([first.phrase, *others]))
