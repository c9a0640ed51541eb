"""What one version of a policy says otherwise than the one before: permits, clocks, each of their settings. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from schedules.limits import Counting
from sla.policies import ClockRule, Policy

_PERMIT = ("names", "kind", "number", "papers")
_CLOCK = (
    "names", "basis", "limit", "starts_on", "stops_on", "cancels_on", "grounds", "scope", "yellow", "ladder",
    "extensions", "deemed", "overdue_reason", "source", "sources",
)  # fmt: skip
_COUNTING = tuple(item.name for item in fields(Counting))
_POLICY = ("names", "country", "subdivs", "days_off", "zone", "hours")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs, with its value in each version; None in the one that does not have it.

    `what` is a setting, or `permit`, `clock`, `ground`, `stage` where all of it came or went. `permit` and `clock` say
    of which, "" for the policy as a whole.
    """

    permit: str
    clock: str
    what: str
    before: Any
    after: Any


def differences(before: Policy, after: Policy) -> tuple[Difference, ...]:
    """What changes from one version to the next, permits in the order of the new one, those that went last."""
    return (
        *_settings("", "", before, after, _POLICY),
        *_entries("ground", before.grounds, after.grounds),
        *_entries("stage", before.stages, after.stages),
        *_permits(before, after),
    )


def _permits(before: Policy, after: Policy) -> Iterator[Difference]:
    for permit in dict.fromkeys([*after.permits, *before.permits]):
        ours, theirs = before.permits.get(permit), after.permits.get(permit)
        if ours is None or theirs is None:
            yield Difference(permit, "", "permit", ours, theirs)
            continue
        yield from _settings(permit, "", ours, theirs, _PERMIT)
        yield from _clocks(permit, before.clocks[permit], after.clocks[permit])


def _clocks(permit: str, before: tuple[ClockRule, ...], after: tuple[ClockRule, ...]) -> Iterator[Difference]:
    ours, theirs = ({rule.id: rule for rule in rules} for rules in (before, after))
    for clock in dict.fromkeys([*theirs, *ours]):
        one, other = ours.get(clock), theirs.get(clock)
        if one is None or other is None:
            yield Difference(permit, clock, "clock", one, other)
        else:
            yield from _settings(permit, clock, one, other, _CLOCK)
            yield from _settings(permit, clock, one.counting, other.counting, _COUNTING)


def _entries(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in dict.fromkeys([*after, *before]):
        if before.get(name) != after.get(name):
            yield Difference("", "", what, before.get(name), after.get(name))


def _settings(permit: str, clock: str, before: Any, after: Any, names: tuple[str, ...]) -> Iterator[Difference]:
    for name in names:
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            yield Difference(permit, clock, name, one, other)
