"""A case follows another version of its policy, on record: who may be re-based to what, and who hears of it (R17).

The case is accepted on Friday 2026-09-18 with a promise of 4 days, due 09-23 (20, 21, 22, 23; worked example). Under
version 2 with 6 days it is due 09-28 (20 to 24, 28), with 3 days on 09-22.
"""

from typing import Any

import pytest

from sla.clock import State
from sla.events import Verdict
from sla.history import HistoryError
from sla.service import cases
from sla.service.doctor import rebuilt
from sla.service.errors import ServiceError
from sla.service.offices import office_named
from sla.service.publishing import publish
from sla.service.rebasing import Rebasing, previewed
from tests.service.cast import SLUG, Window, policy_text

T_1 = ["li: promise T-1 2026-09-23"]
OVERDUE = ["li: promise overdue 2026-09-23", "wang: promise overdue 2026-09-23"]


@pytest.fixture
def case(window: Window) -> str:
    return window.at("2026-09-18 09:30").receive()


def rebase(window: Window, case: str, version: int = 2, reason: str = "agreed", **details: Any) -> None:
    window.record(
        case, "rebased", by="zhao", **{"policy": "cn_planning", "version": version, "reason": reason, **details}
    )


def put(window: Window, text: str) -> None:
    with window.writing() as (session, office):
        publish(session, office, text, window.now)


def preview(window: Window, case: str, version: int = 2) -> Rebasing:
    with window.app.reading() as session:
        office = office_named(session, SLUG)
        found = cases.find(session, office, case, window.now)
        to = ("cn_planning", version)
        return previewed(office, found.row, found.events, found.history, to, window.now)


# --- looking ahead ---------------------------------------------------------------------------------------------------
def test_a_preview_says_each_clock_before_and_after_and_writes_nothing(window: Window, case: str) -> None:
    window.at("2026-09-21 08:00").publish(2, "2026-09-21", promise=6)
    before = window.at("2026-09-21 10:00").dump()
    found = {
        rule.id: tuple(str(clock.due_on) if clock else "" for clock in (one, other))
        for rule, one, other in preview(window, case).clocks()
    }
    assert found == {
        "intake": ("2026-09-24", "2026-09-24"),  # 20, 21, 22, 23, 24
        "promise": ("2026-09-23", "2026-09-28"),
        "statutory": ("2026-11-05", "2026-11-05"),
        "review": ("", "None"),  # a stage that only the new version has, and that nobody has entered
        "delivery": ("None", "None"),
    }
    assert window.dump() == before
    rebase(window, case)
    assert window.due(case) == "2026-09-28"


# --- what is refused -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"version": 9}, "policy: cn_planning has no version 9 here"),
        ({"policy": "other"}, "policy: other has no version 2 here"),
        ({"version": 3}, "version: cn_planning 3 takes effect on 2026-10-08; re-base the case on that day or later"),
        ({"reason": " "}, "reason: is needed to re-base a case"),
    ],
)
def test_a_version_that_cannot_be_followed_is_refused(
    window: Window, case: str, details: dict[str, Any], message: str
) -> None:
    window.at("2026-09-21 08:00").publish(2, "2026-09-21", promise=6)
    window.publish(3, "2026-10-08", promise=5)
    before = window.at("2026-09-21 10:00").dump()
    with pytest.raises(ServiceError) as refused:
        rebase(window, case, **details)
    assert str(refused.value) == message
    assert window.dump() == before


def test_a_version_to_come_can_be_followed_from_its_day_on(window: Window, case: str) -> None:
    window.at("2026-09-21 08:00").publish(2, "2026-09-22", promise=6)
    with pytest.raises(ServiceError, match="takes effect on 2026-09-22"):
        rebase(window.at("2026-09-21 23:59"), case)
    rebase(window.at("2026-09-22 00:00"), case)
    assert window.due(case) == "2026-09-28"


def test_a_version_without_the_permit_is_refused(window: Window, case: str) -> None:
    text = policy_text(2, "2026-09-21")
    start, end = text.index("[permits.site_selection]"), text.index("[permits.land_use]")
    put(window.at("2026-09-21 08:00"), text.replace(text[start:end], ""))
    before = window.dump()
    with pytest.raises(
        ServiceError, match="version: cn_planning 2 does not have the permit site_selection; it has: la"
    ):
        rebase(window, case)
    with pytest.raises(ServiceError, match="does not have the permit"):
        preview(window, case)
    assert window.dump() == before


@pytest.mark.parametrize(
    ("kind", "details", "old", "new", "why"),
    [
        (
            "paused",
            {"ground": "hearing"},
            '["expert_review", "public_notice", "hearing"]',
            '["expert_review"]',
            "ground: 'hearing' pauses no clock here",
        ),
        (
            "extended",
            {"clock": "promise", "amount": 2, "unit": "working_days", "reason": "r", "approver": "zhao"},
            "most_times = 1, most_amount = 2",
            "most_times = 1, most_amount = 1",
            "amount: must lie between 1 and 1",
        ),
        ("stage_entered", {"stage": "review"}, "[stages.review]", "[stages.other]", "stage: 'review' is unknown"),
        ("acknowledged", {"clock": "review"}, "\nreview = {}", "", "clock: 'review' is no clock of site_selection"),
    ],
)
def test_what_has_happened_must_be_permitted_under_the_new_version_too(
    window: Window, kind: str, details: dict[str, Any], old: str, new: str, why: str
) -> None:
    window.at("2026-09-17 08:00").publish(2, "2026-09-17")
    case = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-20 10:00").record(case, kind, **details)
    text = policy_text(3, "2026-09-21").replace(old, new)
    if "[stages.other]" in text:
        text = text.replace("entered:review", "entered:other").replace("left:review", "left:other")
    put(window.at("2026-09-21 08:00"), text)
    before = window.dump()
    for refusing in (rebase, preview):
        with pytest.raises(HistoryError) as refused:
            refusing(window, case, 3)
        assert refused.value.field == "version"
        assert f"cn_planning 3 does not permit what has happened to the case (R14): {why}" in str(refused.value)
    assert window.dump() == before


# --- verdicts --------------------------------------------------------------------------------------------------------
def test_verdicts_survive(window: Window, case: str) -> None:
    """The pause was recorded after the promise of 4 days; a promise of 6 would have been paused by it in time."""
    window.at("2026-09-24 10:00").record(case, "paused", ground="hearing")
    window.at("2026-09-28 09:00").record(case, "resumed")
    window.publish(2, "2026-09-28", promise=6)
    rebase(window, case)
    clock = window.history(case).clock("promise")
    assert (str(clock.due_on), clock.state) == ("2026-09-28", State.RUNNING)
    assert [pause.verdict for pause in clock.refused] == [Verdict.TOO_LATE]


# --- who hears of it -------------------------------------------------------------------------------------------------
def test_who_had_been_told_the_old_date_is_told_the_new_one(window: Window, case: str) -> None:
    assert window.at("2026-09-22 09:00").run() == T_1
    window.at("2026-09-22 10:00").publish(2, "2026-09-22", promise=6)
    rebase(window, case)
    assert window.run() == ["li: promise correction 2026-09-28"]
    assert window.at("2026-09-24 09:00").run() == ["li: promise T-1 2026-09-28"]  # the new date warns anew (M6)


def test_who_was_told_of_an_overdue_that_is_none_any_more_is_told_so(window: Window, case: str) -> None:
    assert window.at("2026-09-22 09:00").run() == T_1
    assert window.at("2026-09-24 08:30").run() == OVERDUE
    window.at("2026-09-24 10:00").publish(2, "2026-09-24", promise=6)
    rebase(window, case)
    assert window.run() == [
        "li: promise T-1 2026-09-28",  # 09-25 to 09-27 are off: 09-24 is the day before
        "li: promise correction 2026-09-28",
        "wang: promise correction 2026-09-28",
    ]


def test_a_date_that_moves_into_the_past_is_overdue_at_once(window: Window, case: str) -> None:
    assert window.at("2026-09-22 09:00").run() == T_1
    window.at("2026-09-23 10:00").publish(2, "2026-09-23", promise=3)
    rebase(window, case)
    assert window.run() == [
        "li: promise correction 2026-09-22",
        "li: promise overdue 2026-09-22",
        "wang: promise overdue 2026-09-22",
    ]


def test_who_was_told_a_date_that_had_moved_before_hears_nothing(window: Window, case: str) -> None:
    """Paused after T-1: what was told was true then, and the date that the re-base moves was told to nobody (ADR 5)."""
    assert window.at("2026-09-22 09:00").run() == T_1
    window.at("2026-09-22 10:00").record(case, "paused", ground="hearing")
    window.at("2026-09-23 10:00").record(case, "resumed")  # 3 used up, the 4th is 09-24
    assert window.due(case) == "2026-09-24"
    window.publish(2, "2026-09-23", promise=6)
    rebase(window, case)
    assert window.due(case) == "2026-09-29"  # 24, 28, 29
    assert not any("correction" in text for text in window.run())


def test_a_rebase_that_moves_no_date_tells_nobody(window: Window, case: str) -> None:
    assert window.at("2026-09-22 09:00").run() == T_1
    window.at("2026-09-22 10:00").publish(2, "2026-09-22", promise=4)
    rebase(window, case)
    assert window.run() == []


def test_a_clock_that_the_new_version_does_not_have_is_told_to_be_gone(window: Window, case: str) -> None:
    assert window.at("2026-09-22 09:00").run() == T_1
    text = policy_text(2, "2026-09-22")
    promise = "promise = { amount = 4, extensions = { most_times = 1, most_amount = 2 } }\n"
    put(window.at("2026-09-22 10:00"), text.replace(promise, ""))
    rebase(window, case)
    assert window.run() == ["li: promise correction none"]


# --- and back --------------------------------------------------------------------------------------------------------
def test_a_voided_rebase_leaves_the_old_date_and_corrects_the_correction(window: Window, case: str) -> None:
    assert window.at("2026-09-22 09:00").run() == T_1
    window.at("2026-09-22 10:00").publish(2, "2026-09-22", promise=6)
    rebase(window, case)
    assert window.run() == ["li: promise correction 2026-09-28"]
    window.at("2026-09-22 11:00").void(case, 3)
    assert window.due(case) == "2026-09-23"
    assert window.run() == ["li: promise T-1 2026-09-23", "li: promise correction 2026-09-23"]


def test_voided_before_anything_went_out_it_tells_nobody(window: Window, case: str) -> None:
    assert window.at("2026-09-22 09:00").run() == T_1
    window.at("2026-09-22 18:30").publish(2, "2026-09-22", promise=6)  # the window has closed
    rebase(window, case)
    window.at("2026-09-22 18:40").void(case, 3)
    assert window.at("2026-09-23 08:30").run() == []
    assert window.due(case) == "2026-09-23"


def test_a_rebase_can_be_replaced_by_another_day(window: Window, case: str) -> None:
    window.at("2026-09-20 10:00").publish(2, "2026-09-21", promise=6)
    rebase(window.at("2026-09-22 10:00"), case)
    with pytest.raises(HistoryError, match="occurred_at"):
        window.void(case, 3, "2026-09-23 10:00")
    window.void(case, 3, "2026-09-21 10:00")
    assert [event.seq for event in window.history(case).events if event.kind == "rebased"] == [5]
    with pytest.raises(ServiceError, match="takes effect on 2026-09-21"):
        window.void(case, 5, "2026-09-20 09:00")


def test_the_last_of_several_is_followed_and_the_one_before_once_it_is_voided(window: Window, case: str) -> None:
    window.at("2026-09-20 10:00").publish(2, "2026-09-20", promise=6)
    window.at("2026-09-21 10:00").publish(3, "2026-09-21", promise=5)
    rebase(window, case, 2)
    rebase(window, case, 3)
    assert window.due(case) == "2026-09-24"
    window.void(case, 4)
    assert window.due(case) == "2026-09-28"


def test_everything_can_be_rebuilt_afterwards(window: Window, case: str) -> None:
    window.at("2026-09-22 09:00").run()
    window.at("2026-09-22 10:00").publish(2, "2026-09-22", promise=6)
    rebase(window, case)
    window.run_all()
    with window.app.writing() as session:
        assert rebuilt(session, window.now) == []
