"""An overdue case needs a reason before it is decided (优化营商环境条例 36): in one step or two, voided, brought in.

Accepted on Friday 09-18, site selection: promise 4 working days, due 09-23 (Sunday 09-20 works); 09-25 is off.
"""

from pathlib import Path
from typing import Any

import pytest

from sla.history import HistoryError
from sla.overruns import overruns, unexplained
from sla.service import cases
from sla.service.audit import verified
from sla.service.cases import When
from sla.service.errors import ServiceError
from sla.service.imports import Entry, bring_in
from sla.service.offices import office_named
from sla.service.setup import apply, plan_of
from sla.service.shows import case_json
from tests.service.cast import OFFICE, Window, at, when

WHY = "专家评审会延期召开"
LATE = "2026-09-24 10:00"


@pytest.fixture
def case(window: Window) -> str:
    return window.at("2026-09-18 09:30").receive()


def kinds(window: Window, number: str) -> list[str]:
    return [event.kind for event in window.history(number).events]


def test_an_overdue_case_is_not_decided_without_a_reason_and_nothing_is_written(window: Window, case: str) -> None:
    window.at(LATE).run()
    before = window.dump()
    with pytest.raises(HistoryError) as refused:
        window.decide(case)
    assert refused.value.field == "overdue_reason"
    said = str(refused.value)
    assert "promise was due on 2026-09-23" in said and "statutory" not in said
    assert "优化营商环境条例 36" in said and f"sla case explain {case} --reason" in said
    assert window.dump() == before


def test_on_its_last_day_a_case_is_decided_without_one(window: Window, case: str) -> None:
    assert window.at("2026-09-23 23:59").decide(case).history.phase == "decided"


def test_what_was_decided_in_time_and_entered_late_needs_no_reason(window: Window, case: str) -> None:
    window.at("2026-09-28 10:00").decide(case, "2026-09-23 16:00")
    assert overruns(window.history(case).clocks) == ()


def test_a_reason_given_before_lets_it_be_decided(window: Window, case: str) -> None:
    recorded = window.at(LATE).record(case, "overdue_explained", reason=WHY, measure="增派一人")
    [promise] = overruns(recorded.history.clocks)
    assert (promise.id, promise.explanations[-1].reason, promise.explanations[-1].measure) == (
        "promise", WHY, "增派一人",
    )  # fmt: skip
    window.at("2026-09-28 10:00").decide(case)
    assert kinds(window, case) == ["received", "accepted", "overdue_explained", "decided"]


def test_a_reason_that_comes_with_the_decision_is_an_event_of_its_own_ahead_of_it(window: Window, case: str) -> None:
    recorded = window.at(LATE).record(case, "decided", outcome="approved", overdue_reason=WHY)
    explained, decided = recorded.events[-2:]
    assert (explained.kind, explained.seq, decided.kind, decided.seq) == ("overdue_explained", 3, "decided", 4)
    assert not hasattr(decided, "overdue_reason")
    assert unexplained(recorded.history.clocks) == ()
    with window.app.reading() as session:
        assert list(verified(session)) == []


def test_promise_and_statute_are_each_asked_for(window: Window, case: str) -> None:
    """30 working days: 09-24 is the 5th, 09-30 the 8th, Saturday 10-10 the 11th, 10-30 the 26th, 11-05 the 30th."""
    window.at(LATE).record(case, "overdue_explained", reason=WHY)
    window.at("2026-11-09 10:00")
    assert window.history(case).clock("statutory").overdue
    with pytest.raises(HistoryError, match="statutory was due on") as refused:
        window.decide(case)
    assert "promise" not in str(refused.value)
    recorded = window.record(case, "decided", outcome="denied", overdue_reason="补充论证")
    assert [clock.explanations[-1].reason for clock in overruns(recorded.history.clocks)] == [WHY, "补充论证"]


def test_a_reason_nobody_asks_for_is_refused_not_lost(window: Window, case: str) -> None:
    window.at("2026-09-21 10:00")
    with pytest.raises(ServiceError, match="overdue_reason: is not needed"):
        window.record(case, "decided", outcome="approved", overdue_reason=WHY)
    with pytest.raises(HistoryError, match="clock: no limit of the case that asks for a reason is overdue"):
        window.record(case, "overdue_explained", reason=WHY)
    with pytest.raises(HistoryError, match="clock: promise is not overdue"):
        window.record(case, "overdue_explained", reason=WHY, clocks=("promise",))
    with pytest.raises(ServiceError, match="overdue_reason: comes with a decision"):
        window.record(case, "paused", ground="hearing", overdue_reason=WHY)


@pytest.mark.parametrize(
    ("details", "wanted"),
    [
        ({"reason": "  "}, "reason: is needed"),
        ({"reason": "因" * 2001}, "reason: is longer than 2000"),
        ({"reason": WHY, "measure": "因" * 2001}, "measure: is longer than 2000"),
        ({"reason": WHY, "clocks": ("nonsense",)}, "clock: 'nonsense' is no clock"),
        ({"reason": WHY, "clocks": ("statutory",)}, "clock: statutory is not overdue"),
    ],
)
def test_an_explanation_that_says_nothing_or_of_nothing_is_refused(
    window: Window, case: str, details: dict[str, Any], wanted: str
) -> None:
    window.at(LATE)
    with pytest.raises(ValueError, match=wanted):
        window.record(case, "overdue_explained", **details)
    with pytest.raises(ServiceError, match="overdue_reason: is missing"):
        window.record(case, "decided", outcome="approved", overdue_measure="增派一人")


def test_a_voided_reason_lets_nothing_be_decided(window: Window, case: str) -> None:
    window.at(LATE).record(case, "overdue_explained", reason=WHY)
    window.void(case, 3)
    with pytest.raises(HistoryError, match="overdue_reason: is needed"):
        window.decide(case)


def test_the_reason_of_a_decision_is_voided_only_once_another_stands(window: Window, case: str) -> None:
    window.at(LATE).record(case, "decided", outcome="approved", overdue_reason="误")
    with pytest.raises(HistoryError, match="event: 3 is the reason a decision rests on"):
        window.void(case, 3)
    window.record(case, "overdue_explained", reason=WHY)
    [promise] = overruns(window.void(case, 3).history.clocks)
    assert [event.reason for event in promise.explanations] == [WHY]


def test_a_decision_put_in_the_place_of_another_needs_its_reason_too(window: Window, case: str) -> None:
    window.at("2026-09-24 10:00").decide(case, "2026-09-23 16:00")
    with pytest.raises(HistoryError, match="overdue_reason: is needed"):
        window.void(case, 3, "2026-09-24 09:00")
    recorded = window.void(case, 3, "2026-09-24 09:00", overdue_reason=WHY)
    assert [event.kind for event in recorded.events[-3:]] == ["voided", "overdue_explained", "decided"]
    assert recorded.history.clock("promise").late_by == 1


def test_the_applicant_withdraws_without_a_reason(window: Window, case: str) -> None:
    assert window.at(LATE).record(case, "withdrawn").history.phase == "closed"


def test_an_explanation_silences_no_alarm(window: Window, case: str) -> None:
    """+1 comes after one whole working day late: 09-28, for 09-25 is off (M1)."""
    window.at("2026-09-24 08:30").run()
    window.at("2026-09-24 10:00").record(case, "overdue_explained", reason=WHY)
    assert any("promise +1" in line for line in window.at("2026-09-28 08:30").run())


def test_what_is_brought_in_is_not_asked_and_shows_as_unexplained(window: Window) -> None:
    window.at("2026-09-28 10:00")
    steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("accepted", "2026-09-18 09:40", {}),
        ("decided", LATE, {"outcome": "approved"}),
    )
    file = [Entry("received", when("2026-09-18 09:30"), {"permit": "site_selection", "handler": "li"}, "li")]
    file += [Entry(kind, when(moment), details, "li") for kind, moment, details in steps]
    with window.writing() as (session, office):
        [number] = bring_in(session, office, [file], at("2026-09-28 10:00"))
    assert [clock.id for clock in unexplained(window.history(number).clocks)] == ["promise"]
    recorded = window.record(number, "overdue_explained", reason=WHY)
    with window.writing() as (_, office):
        [shown] = case_json(office, recorded)["overruns"]
    assert shown == {
        "clock": "promise", "due_on": "2026-09-23", "stopped_on": "2026-09-24", "late_by": 1, "reason": WHY,
        "measure": "", "explained_on": "2026-09-28", "by": "li",
    }  # fmt: skip


def test_an_office_whose_law_does_not_ask_decides_late_without_a_reason(window: Window) -> None:
    """England: 8 weeks from Monday 2026-08-03 end on 09-28."""
    text = OFFICE.replace("cn_planning", "uk_planning").replace("Asia/Shanghai", "Europe/London")
    with window.app.writing() as session:
        apply(session, plan_of(text.replace("planning-window", "planning-office"), Path()), window.now)
        office = office_named(session, "planning-office")
        details = {"permit": "householder", "handler": "li"}
        number = cases.receive(session, office, details, When(window.now), window.now, "li").number
        cases.record(session, office, number, "accepted", {}, When(window.now), window.now, "li")
        late = at("2026-10-01 10:00")
        decided = cases.record(session, office, number, "decided", {"outcome": "approved"}, When(late), late, "li")
    clock = decided.history.clock("statutory")
    assert (str(clock.due_on), clock.overdue, overruns([clock])) == ("2026-09-28", True, ())
