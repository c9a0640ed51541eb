"""Extensions: how much, how often, why and by whom (R11; 行政许可法 art. 42)."""

from dataclasses import replace
from typing import Any

import pytest

from schedules.limits import Unit
from sla.events import CaseEvent, Extended
from sla.history import HistoryError, read
from sla.policies import Extensions, Policy
from tests.core.cast import accepted, at, china, day, policy, received, when

BEGUN = (received("2026-09-01 09:00"), accepted("2026-09-01 09:30"))


def extended(**changes: Any) -> Extended:
    """Ten days more on the statute, recorded on 2 September."""
    details: dict[str, Any] = {
        "clock": "statutory",
        "amount": 10,
        "unit": Unit.WORKING_DAYS,
        "reason": "r",
        "approver": "a",
    }
    return Extended(**when("2026-09-02 09:00"), **{"seq": 3, **details, **changes})


def under_article_42() -> Policy:
    """The window's policy, had no local law set its limits: ten days more, once."""
    rules = policy().rules("site_selection")
    loose = tuple(replace(r, extensions=Extensions(1, 10)) if r.id == "statutory" else r for r in rules)
    return replace(policy(), clocks={**policy().clocks, "site_selection": loose})


def due_on(*events: CaseEvent, clock: str = "statutory") -> object:
    return read(under_article_42(), china(), [*BEGUN, *events], at("2026-09-02 10:00")).clock(clock).due_on


def test_ten_days_more_on_thirty() -> None:
    assert due_on() == day("2026-10-19")  # hand counts: tests/answers/worked_examples.toml
    assert due_on(extended()) == day("2026-11-02")


def test_extending_the_statute_does_not_extend_the_promise() -> None:
    assert due_on(extended(), clock="promise") == due_on(clock="promise") == day("2026-09-07")  # 2, 3, 4, 7 (R12)


@pytest.mark.parametrize(
    ("events", "field"),
    [
        ((extended(amount=11),), "amount"),
        ((extended(amount=0),), "amount"),
        ((extended(amount=-1),), "amount"),
        ((extended(unit=Unit.CALENDAR_DAYS),), "unit"),
        ((extended(reason=""),), "reason"),
        ((extended(approver=""),), "approver"),
        ((extended(clock="promise"),), "clock"),  # its policy allows none
        ((extended(clock="stage"),), "clock"),  # there is no such clock
        ((extended(amount=5), extended(amount=5, seq=4)), "clock"),  # once only
    ],
)
def test_an_extension_its_policy_does_not_allow_is_refused_by_field(events: tuple[CaseEvent, ...], field: str) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        due_on(*events)
    assert getattr(caught.value, "field", None) == field


def test_the_windows_own_limits_are_not_extended_and_the_error_says_why() -> None:
    with pytest.raises(HistoryError, match="行政许可法第四十二条") as caught:
        read(policy(), china(), [*BEGUN, extended(amount=1)], at("2026-09-02 10:00"))
    assert caught.value.field == "clock"
