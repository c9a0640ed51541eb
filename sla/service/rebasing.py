"""A case follows another version of its policy, on record (R17): whether it may, and how its dates would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sla.clock import Clock, by_id
from sla.events import CaseEvent, Rebased
from sla.history import History, HistoryError, read
from sla.policies import ClockRule, Policy, PolicyError
from sla.service.errors import ServiceError
from sla.service.offices import Office
from sla.service.rebuild import policy_of


@dataclass(frozen=True)
class Rebasing:
    """One case under the version it follows and under another, both at one moment."""

    from_: Policy
    to: Policy
    before: History
    after: History

    def clocks(self) -> list[tuple[ClockRule, Clock | None, Clock | None]]:
        """Each clock before and after, in the order of the new version; those that go last. None where it is not."""
        ours, theirs = by_id(self.before.clocks), by_id(self.after.clocks)
        rules = {clock.id: clock.rule for clock in (*self.after.clocks, *self.before.clocks)}
        return [(rule, ours.get(clock), theirs.get(clock)) for clock, rule in rules.items()]


def previewed(
    office: Office, row: Any, events: Sequence[CaseEvent], before: History, to: tuple[str, int], now: datetime
) -> Rebasing:
    """What a re-base at `now` would do to a case; nothing is written. Raises what `may_follow` raises."""
    event = Rebased(
        occurred_at=now, recorded_at=now, seq=row.head_seq + 1, policy=to[0], version=to[1], reason="as previewed",
        calendar_version=office.calendar.version,
    )  # fmt: skip
    policy = may_follow(office, row, events, event)
    after = read(policy, office.calendar, [*events, event], now, office.calendar_of)
    return Rebasing(policy_of(office, row, events), policy, before, after)


def may_follow(office: Office, row: Any, events: Sequence[CaseEvent], event: Rebased) -> Policy:
    """The version a case follows from a re-base on. Raises ServiceError or HistoryError naming why it may not.

    It is published, in effect on the day of the re-base, has the case's permit, and permits all that has happened to
    the case (R14).
    """
    if not event.reason.strip():
        raise ServiceError("reason", "is needed to re-base a case")
    policy = office.policy(event.policy, event.version)
    name, begins = f"{policy.id} {policy.version}", office.takes_effect(office.policy_row(policy.id, policy.version))
    if begins > event.on(office.calendar.zone):
        raise ServiceError(
            "version",
            "%(name)s takes effect on %(begins)s; re-base the case on that day or later",
            name=name,
            begins=begins,
        )
    if row.permit not in policy.permits:
        raise ServiceError(
            "version",
            "%(name)s does not have the permit %(permit)s; it has: %(permits)s",
            name=name,
            permit=row.permit,
            permits=policy.permits,
        )
    try:
        read(policy, office.calendar, events, event.recorded_at, office.calendar_of)
    except (HistoryError, PolicyError) as error:
        raise HistoryError(
            "version", "%(name)s does not permit what has happened to the case (R14): %(error)s", name=name, error=error
        ) from None
    return policy
