"""What an auditor may ask about: each kind just inside and just outside of its threshold.

A site selection accepted on Friday 18 September 2026 is due by its promise on Wednesday 23 (4 working days; Sunday 20
is worked), by the statute on 5 November. Service is 9-12 and 13-17.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from schedules.limits import Cutoff, Unit
from sla.events import CaseEvent, Extended, HandedOver, Voided
from sla.history import History, HistoryError, judged, read
from sla.policies import Extensions, Policy
from sla.signs import Kind, Sign, Told, signs
from tests.core.cast import accepted, at, china, day, decided, paused, policy, received, resumed, when

BEGUN = (received("2026-09-18 09:00"), accepted("2026-09-18 09:30"))
FIRST, LAST, NOW = "2026-09-01", "2026-09-30", "2026-10-09 12:00"


def told(*events: CaseEvent, number: str = "1", under: Policy | None = None) -> Told:
    """The case with its pauses and extensions judged as they were recorded."""
    rules = under or policy()
    known: list[CaseEvent] = []
    for event in sorted(events, key=lambda event: event.seq):
        known.append(judged(rules, china(), known, event))

    def as_it_stood(before: Sequence[CaseEvent], then: datetime) -> History:
        return read(rules, china(), before, then)

    return Told(number, f"title {number}", known, as_it_stood(known, at(NOW)), as_it_stood)


def listed(*cases: Told, first: str = FIRST, last: str = LAST) -> tuple[Sign, ...]:
    return signs(china(), cases, day(first), day(last))


def of(kind: Kind, *events: CaseEvent) -> list[tuple[int, tuple[str, ...]]]:
    """The signs of a kind in a case that began on the 18th: each event's number, and the limits."""
    return [(sign.event.seq, sign.clocks) for sign in listed(told(*BEGUN, *events)) if sign.kind is kind]


def voided(event: int, text: str, seq: int, **details: Any) -> Voided:
    return Voided(**when(text), seq=seq, event=event, reason="twice", **details)


# --- pauses -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("begins", "found"),
    [
        ("2026-09-22 23:59", []),
        ("2026-09-23 00:00", [(3, ("promise",))]),
        ("2026-09-23 16:30", [(3, ("promise",))]),
        ("2026-09-23", [(3, ("promise",))]),
        ("2026-09-24 00:00", []),
    ],
)
def test_a_pause_on_the_due_day_is_listed_with_the_limit_that_was_due(begins: str, found: list[Any]) -> None:
    assert of(Kind.PAUSED_WHEN_DUE, paused(begins)) == found


def test_the_due_day_is_that_of_the_moment_of_recording() -> None:
    """The first pause, 22nd to 24th, moves the promise from the 23rd to Monday 28th."""
    first = (paused("2026-09-22 10:00"), resumed("2026-09-24 10:00"))
    assert of(Kind.PAUSED_WHEN_DUE, *first, paused("2026-09-28 10:00", seq=5)) == [(5, ("promise",))]
    hearing = (paused("2026-09-23 10:00", "hearing"), resumed("2026-09-28 09:00"))
    entered_since = (
        paused("2026-09-21 10:00", recorded="2026-09-23 11:00", seq=5),
        resumed("2026-09-22 10:00", pause=5, recorded="2026-09-23 11:00", seq=6),
    )
    assert of(Kind.PAUSED_WHEN_DUE, *hearing, *entered_since) == [(3, ("promise",))]


def test_a_pause_that_came_too_late_for_a_limit_gained_it_nothing() -> None:
    assert of(Kind.PAUSED_WHEN_DUE, paused("2026-09-23 16:00", recorded="2026-09-24 00:00")) == []


def test_what_cannot_be_read_as_it_stood_is_no_sign() -> None:
    def refused(before: Sequence[CaseEvent], then: datetime) -> History:
        raise HistoryError("ground", "unknown")

    case = replace(told(*BEGUN, paused("2026-09-23 10:00")), as_it_stood=refused)
    assert listed(case) == ()


@pytest.mark.parametrize(
    ("again", "found"),
    [("2026-09-21 23:59", [(5, ("promise", "statutory"))]), ("2026-09-22 00:00", [])],
)
def test_a_pause_on_the_day_of_resumption_is_listed_with_every_limit_it_stops(again: str, found: list[Any]) -> None:
    first = (paused("2026-09-20 10:00"), resumed("2026-09-21 09:00"))
    assert of(Kind.PAUSED_AGAIN, *first, paused(again, seq=5)) == found


def test_of_several_pauses_on_a_day_those_that_followed_a_resumption_are_listed() -> None:
    events = [
        paused("2026-09-21 09:00"), resumed("2026-09-21 10:00"),
        paused("2026-09-21 11:00", seq=5), resumed("2026-09-21 12:00", pause=5, seq=6),
        paused("2026-09-21 13:00", seq=7),
    ]  # fmt: skip
    assert [seq for seq, _ in of(Kind.PAUSED_AGAIN, *events)] == [7, 5]


@pytest.mark.parametrize(("recorded", "found"), [("2026-09-23 23:59", []), ("2026-09-24 00:00", [(3, ("promise",))])])
def test_a_pause_admitted_after_the_deadline_is_listed(recorded: str, found: list[Any]) -> None:
    pause = paused("2026-09-22 10:00", recorded=recorded, admitted_by="head", notice="ZJ-3")
    assert of(Kind.ADMITTED, pause) == found


# --- decisions --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("decision", "left"),
    [
        ("2026-09-23 16:29:59", None),
        ("2026-09-23 16:30", 30),
        ("2026-09-23 17:00", 0),
        ("2026-09-23 23:59", 0),  # after closing
        ("2026-09-24 00:00", None),  # late
        ("2026-09-22 16:45", None),  # on the day before
        ("2026-09-23", None),  # nobody knows when
    ],
)
def test_a_decision_within_thirty_minutes_of_closing_on_the_due_day_is_listed(decision: str, left: int | None) -> None:
    found = [sign for sign in listed(told(*BEGUN, decided(decision))) if sign.kind is Kind.LAST_MINUTE]
    assert [(sign.clocks, sign.left) for sign in found] == (
        [] if left is None else [(("promise",), timedelta(minutes=left))]
    )


@pytest.mark.parametrize(
    ("decision", "found"),
    [
        ("2026-09-23 16:29:59", False),
        ("2026-09-23 16:30", True),
        ("2026-09-23 17:00", True),
        ("2026-09-23 17:01", False),
    ],
)
def test_of_a_limit_that_ends_at_closing_that_moment_counts(decision: str, found: bool) -> None:
    rules = policy().rules("site_selection")
    closing = tuple(replace(rule, counting=replace(rule.counting, cutoff=Cutoff.CLOSING)) for rule in rules)
    under = replace(policy(), clocks={**policy().clocks, "site_selection": closing})
    assert bool(listed(told(*BEGUN, decided(decision), under=under))) is found


# --- entries ----------------------------------------------------------------------------------------------------------
def entries(n: int, recorded: str = "2026-09-22 10:00", actor: str = "li", on: str = "2026-09-20 10:00") -> list[Told]:
    """So many cases that were received on Sunday 20th, which is worked; the 22nd is two working days after."""
    one = received(on, recorded=recorded)
    return [told(replace(one, actor=actor), number=str(number)) for number in range(n)]


def bursts(*cases: Told) -> list[int]:
    return [sign.n for sign in listed(*cases) if sign.kind is Kind.LATE_BURST]


def test_five_late_entries_by_one_person_on_one_day_are_a_burst_and_four_are_none() -> None:
    assert bursts(*entries(5)) == [5, 5, 5, 5, 5]
    assert bursts(*entries(4)) == []


def test_another_day_another_person_or_an_entry_in_time_belongs_to_no_burst() -> None:
    four = entries(4)
    assert bursts(*four, *entries(1, recorded="2026-09-23 00:00")) == []
    assert bursts(*four, *entries(1, actor="chen")) == []
    assert bursts(*four, *entries(1, on="2026-09-21 00:00")) == []  # one working day later
    assert bursts(*entries(5, actor="import:archive")) == bursts(*entries(5, actor="")) == []
    assert bursts(*entries(5, actor="key:gateway")) == [5] * 5


def test_a_voided_event_is_listed_with_its_void_and_no_more_as_what_it_was() -> None:
    (sign,) = listed(told(*BEGUN, paused("2026-09-23 10:00"), voided(3, "2026-09-24 09:00", 4, actor="zhao")))
    assert (sign.kind, sign.event.seq, sign.event.actor, sign.handler) == (Kind.VOIDED, 4, "zhao", "li")
    assert sign.of is not None and (sign.of.kind, sign.of.seq) == ("paused", 3)


# --- extensions -------------------------------------------------------------------------------------------------------
def extendable() -> Policy:
    rules = policy().rules("site_selection")
    loose = tuple(replace(r, extensions=Extensions(1, 10)) if r.id == "statutory" else r for r in rules)
    return replace(policy(), clocks={**policy().clocks, "site_selection": loose})


def extended(n: int, handler: str = "li", recorded: str = "2026-09-21 10:00") -> list[Told]:
    to = HandedOver(**when("2026-09-18 11:00"), seq=3, handler=handler, previous="li", reason="r")
    late = HandedOver(**when("2026-09-21 23:00"), seq=5, handler="wang", previous=handler, reason="r")
    more = Extended(
        **when(recorded), seq=4, clock="statutory", amount=10, unit=Unit.WORKING_DAYS, reason="r", approver="zhao"
    )
    return [told(*BEGUN, to, more, late, number=str(number), under=extendable()) for number in range(n)]


def test_three_extensions_of_one_handler_in_the_period_are_listed_and_two_are_not() -> None:
    three = listed(*extended(3, "chen"))
    assert [(sign.kind, sign.handler, sign.n, sign.clocks) for sign in three] == [
        (Kind.EXTENDED, "chen", 3, ("statutory",))
    ] * 3  # whose case it was then, whoever has it now
    assert listed(*extended(2, "chen"), *extended(2, "li")) == ()
    assert listed(*extended(2), *extended(1, recorded="2026-10-01 00:00")) == ()


# --- the list ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2026-09-24", "2026-09-24", True),
        ("2026-09-25", "2026-09-30", False),
        ("2026-09-01", "2026-09-23", False),
    ],
)
def test_a_sign_belongs_to_the_day_it_was_recorded(first: str, last: str, found: bool) -> None:
    case = told(*BEGUN, decided("2026-09-23 16:45", recorded="2026-09-24 23:59"))
    assert bool(listed(case, first=first, last=last)) is found


def test_the_newest_stand_first_and_one_pause_may_be_two_signs() -> None:
    """Resumed and paused on the due day: the first pause left the promise where it was, on the 23rd."""
    case = told(*BEGUN, paused("2026-09-23 09:00"), resumed("2026-09-23 10:00"), paused("2026-09-23 11:00", seq=5))
    assert [(sign.event.seq, sign.kind) for sign in listed(case)] == [
        (5, Kind.PAUSED_WHEN_DUE),
        (5, Kind.PAUSED_AGAIN),
        (3, Kind.PAUSED_WHEN_DUE),
    ]
