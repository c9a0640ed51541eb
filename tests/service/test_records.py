"""Cases on record: every event, numbers, policy versions, papers, personal data (R13, R14, R17, 行政许可法 32)."""

import json
from typing import Any

import pytest

from sla.history import HistoryError, Phase
from sla.policies import PolicyError
from sla.service.audit import verified
from sla.service.errors import ServiceError
from sla.service.notices import one_time_notice
from sla.service.offices import office_named
from tests.service.cast import SLUG, Window

EXTENSION = {"amount": 1, "unit": "working_days", "reason": "r", "approver": "zhao"}


@pytest.fixture
def case(window: Window) -> str:
    return window.at("2026-09-18 09:30").receive()


def row(window: Window, number: str) -> Any:
    return next(row for row in window.rows("case_file") if row.number == number)


# --- every event -----------------------------------------------------------------------------------------------------
def test_a_case_goes_through_every_event_there_is(window: Window) -> None:
    window.at("2026-09-14 08:00").publish(2, "2026-09-14")
    number = window.at("2026-09-14 09:30").receive(accept=False)
    steps: list[tuple[str, str, dict[str, Any], Phase]] = [
        ("2026-09-14 10:00", "correction_requested", {"papers": ("approval",), "notice": "补 1"}, Phase.CORRECTION),
        ("2026-09-15 10:00", "correction_received", {"papers": ("approval",)}, Phase.RECEIVED),
        ("2026-09-15 11:00", "accepted", {"receipt": "受 1"}, Phase.ACCEPTED),
        ("2026-09-15 11:00", "stage_entered", {"stage": "review"}, Phase.ACCEPTED),
        ("2026-09-16 09:00", "paused", {"ground": "expert_review", "notice": "评 1"}, Phase.ACCEPTED),
        ("2026-09-17 09:00", "resumed", {}, Phase.ACCEPTED),
        ("2026-09-17 10:00", "stage_left", {"stage": "review"}, Phase.ACCEPTED),
        (
            "2026-09-17 11:00",
            "extended",
            {"clock": "promise", "amount": 1, "unit": "working_days", "reason": "r", "approver": "zhao"},
            Phase.ACCEPTED,
        ),
        ("2026-09-17 12:00", "reassigned", {"handler": "chen", "reason": "r"}, Phase.ACCEPTED),
        ("2026-09-17 13:00", "acknowledged", {"clock": "promise", "note": "n"}, Phase.ACCEPTED),
        ("2026-09-17 14:00", "rebased", {"policy": "cn_planning", "version": 2, "reason": "r"}, Phase.ACCEPTED),
        ("2026-09-18 09:00", "decided", {"outcome": "approved", "certificate": "选 1"}, Phase.DECIDED),
        ("2026-09-18 15:00", "delivered", {"method": "in person"}, Phase.DELIVERED),
    ]
    for moment, kind, details, phase in steps:
        recorded = window.at(moment).record(number, kind, **details)
        assert (kind, recorded.history.phase, row(window, number).phase) == (kind, phase, phase.value)
    for others, phase in (("refused", Phase.CLOSED), ("not_required", Phase.CLOSED), ("withdrawn", Phase.CLOSED)):
        other = window.receive(accept=False)
        assert window.record(other, others, reason="r").history.phase is phase
    kept = [event.kind for event in window.rows("case_event") if event.case_id == row(window, number).case_id]
    assert kept == ["received", *(kind for _, kind, _, _ in steps)]
    assert row(window, number).outcome == "approved"
    with window.app.reading() as session:
        assert list(verified(session)) == []


@pytest.mark.parametrize(
    ("kind", "details", "field"),
    [
        ("resumed", {}, "pause"),
        ("resumed", {"pause": 9}, "pause"),
        ("paused", {"ground": "weather"}, "ground"),
        ("accepted", {}, "kind"),
        ("correction_received", {}, "kind"),
        ("correction_requested", {"papers": ("approval",)}, "kind"),
        ("delivered", {}, "kind"),
        ("refused", {"reason": "r"}, "kind"),
        ("stage_entered", {"stage": "review"}, "stage"),
        ("stage_left", {"stage": "review"}, "stage"),
        ("reassigned", {"handler": "nobody"}, "handler"),
        ("acknowledged", {"clock": "nonsense"}, "clock"),
        ("extended", {**EXTENSION, "clock": "statutory"}, "clock"),
        ("rebased", {"policy": "cn_planning", "version": 9, "reason": "r"}, "policy"),
        ("rebased", {"policy": "other", "version": 1, "reason": "r"}, "policy"),
        ("received", {"permit": "site_selection"}, "kind"),
        ("born", {}, "kind"),
        ("decided", {"outcome": "approved", "reason": "r" * 2001}, "reason"),
        ("paused", {"ground": "hearing", "admitted_by": "li", "notice": "n"}, "admitted_by"),
        ("paused", {"ground": "hearing", "admitted_by": "zhao"}, "notice"),
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_is_refused_by_its_field_and_writes_nothing(
    window: Window, case: str, kind: str, details: dict[str, Any], field: str
) -> None:
    before = window.dump()
    with pytest.raises((ServiceError, HistoryError, PolicyError)) as refused:
        window.record(case, kind, **details)
    assert str(refused.value).startswith(f"{field}: ")
    assert getattr(refused.value, "field", None) == field
    assert window.dump() == before


def test_a_second_pause_on_the_same_ground_and_a_second_decision_are_refused(window: Window, case: str) -> None:
    window.at("2026-09-21 10:00").record(case, "paused", ground="hearing")
    with pytest.raises(HistoryError, match="ground: a pause on hearing is open already"):
        window.record(case, "paused", ground="hearing")
    window.at("2026-09-21 11:00").decide(case)
    with pytest.raises(HistoryError, match="kind: the case has been decided already; void that decision first"):
        window.decide(case)


def test_an_event_before_the_case_began_or_in_the_future_is_refused_but_for_five_minutes(
    window: Window, case: str
) -> None:
    window.at("2026-09-21 10:00")
    with pytest.raises(HistoryError, match="occurred_at: lies before the case began"):
        window.record(case, "paused", "2026-09-17 10:00", ground="hearing")
    with pytest.raises(HistoryError, match="occurred_at: 2026-09-21 10:06 lies in the future"):
        window.decide(case, "2026-09-21 10:06")
    with pytest.raises(HistoryError, match="occurred_at: 2026-09-22 00:00 lies in the future"):
        window.decide(case, "2026-09-22")
    window.decide(case, "2026-09-21 10:05")  # R13: 5 minutes of skew


def test_the_hour_of_an_event_may_be_given_in_any_zone(window: Window, case: str) -> None:
    from datetime import datetime

    from sla.service import cases

    window.at("2026-09-21 10:00")
    with window.writing() as (session, office):
        moment = cases.When(datetime.fromisoformat("2026-09-21T03:30+02:00"))
        cases.record(session, office, case, "acknowledged", {"clock": "promise"}, moment, window.now, "li")
        assert list(verified(session)) == []  # the chain is over the instant, in whatever zone it was written


# --- numbers ---------------------------------------------------------------------------------------------------------
def test_each_permit_has_its_own_numbers_in_each_year(window: Window) -> None:
    window.at("2026-12-31 10:00")
    assert [window.receive(), window.receive(), window.receive("land_use")] == [
        "选字第20260001号", "选字第20260002号", "地字第20260001号",
    ]  # fmt: skip
    window.at("2027-01-04 10:00")
    assert [window.receive(), window.receive(on="2026-12-31")] == ["选字第20270001号", "选字第20260003号"]


def test_a_number_that_is_taken_is_refused_and_passed_over_by_the_series(window: Window) -> None:
    window.at("2026-09-18 10:00").receive(number="选字第20260002号")
    with pytest.raises(ServiceError, match="number: 选字第20260002号 is taken already"):
        window.receive(number="选字第20260002号")
    assert [window.receive(), window.receive()] == ["选字第20260001号", "选字第20260003号"]


def test_a_refused_receipt_takes_no_number(window: Window) -> None:
    window.at("2026-09-18 10:00")
    with pytest.raises(HistoryError, match="occurred_at"):
        window.receive(on="2026-09-21 10:00")
    assert window.receive() == "选字第20260001号"


# --- policy versions (R17) -------------------------------------------------------------------------------------------
def test_a_case_keeps_the_policy_in_force_on_the_day_it_was_received(window: Window) -> None:
    old = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-20 08:00").publish(2, "2026-09-21", promise=6)
    still_old = window.at("2026-09-20 09:30").receive()
    new = window.at("2026-09-21 09:30").receive()
    late = window.receive(on="2026-09-20 10:00")  # entered later, received before
    assert [row(window, number).policy_version for number in (old, still_old, new, late)] == [1, 1, 2, 1]
    # From 09-18: 20, 21, 22, 23; from 09-20: 21-24; from 09-21, six days: 22, 23, 24, 28, 29, 30.
    due = [window.due(number)[5:] for number in (old, still_old, new, late)]
    assert due == ["09-23", "09-24", "09-30", "09-24"]


def test_no_version_takes_effect_before_it_was_published(window: Window) -> None:
    before = window.at("2026-09-21 08:00").dump()
    with pytest.raises(
        ServiceError, match=r"office\.policy: cn_planning 2 would be valid from 2026-09-01, before it is"
    ):
        window.publish(2, "2026-09-01", promise=6)
    assert window.dump() == before


def test_a_version_on_record_with_an_earlier_day_takes_effect_on_the_day_it_was_published(window: Window) -> None:
    """Release 0.1.0 took any day."""
    window.at("2026-09-21 08:00").publish(2, "2026-09-21", promise=6)
    window.tamper("UPDATE policy_version SET valid_from = '2026-09-01' WHERE version = 2")
    before = window.at("2026-09-21 09:00").receive(on="2026-09-18 09:30")
    assert row(window, before).policy_version == 1
    assert row(window, window.receive(on="2026-09-21")).policy_version == 2


def test_a_receipt_replaced_by_another_day_follows_that_days_policy(window: Window) -> None:
    window.at("2026-09-18 08:00").publish(2, "2026-09-21", promise=6)
    number = window.at("2026-09-21 09:30").receive(applicant="张三", accept=False)
    window.at("2026-09-21 10:00").void(number, 1, "2026-09-18 09:30")
    assert (row(window, number).policy_version, str(row(window, number).received_on)) == (1, "2026-09-18")
    window.record(number, "accepted", "2026-09-18 09:40")
    assert window.due(number) == "2026-09-23"


def test_a_case_follows_another_version_from_its_rebase_on_and_back_when_that_is_voided(
    window: Window, case: str
) -> None:
    window.at("2026-09-20 08:00").publish(2, "2026-09-21", promise=6)
    window.at("2026-09-21 10:00").record(case, "rebased", policy="cn_planning", version=2, reason="agreed")
    assert (window.due(case), window.history(case).clock("promise").limit.amount) == ("2026-09-28", 6)
    window.void(case, 3)
    assert window.due(case) == "2026-09-23"


def test_a_published_version_is_never_changed(window: Window) -> None:
    window.at("2026-09-20 08:00").publish(2, "2026-09-21", promise=6)
    before = window.dump()
    with pytest.raises(
        ServiceError, match=r"office\.policy: cn_planning 2 is published with another text; .* version 3"
    ):
        window.publish(2, "2026-09-21", promise=5)
    assert window.dump() == before


# --- what a case is --------------------------------------------------------------------------------------------------
def test_first_contact_handler_and_areas_stand_with_the_case(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive(
        "construction_works", handler="chen", first_contact="li", land_area_ha="3.25", floor_area_ha="4.8",
        title="人民医院  综合楼", papers=("application", "land"),
    )  # fmt: skip
    found = row(window, number)
    assert (found.handler, found.first_contact) == ("chen", "li")
    assert (found.land_area_ha, found.floor_area_ha) == ("3.25", "4.8")
    assert found.title == "人民医院 综合楼"
    assert window.history(number).received.papers == ("application", "land")


def test_the_first_contact_person_is_the_handler_unless_said(window: Window, case: str) -> None:
    assert row(window, case).first_contact == "li"


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"permit": "demolition"}, "permit"),
        ({"handler": "nobody"}, "handler"),
        ({"first_contact": "nobody"}, "first_contact"),
        ({"land_area_ha": "3,25"}, "land_area_ha"),
        ({"floor_area_ha": "-1"}, "floor_area_ha"),
        ({"papers": ("passport",)}, "papers"),
        ({"title": "x" * 201}, "title"),
        ({"applicant": "x" * 201}, "applicant"),
    ],
)
def test_a_receipt_that_cannot_be_is_refused_and_writes_nothing(
    window: Window, details: dict[str, Any], field: str
) -> None:
    before = window.at("2026-09-18 09:30").dump()
    with pytest.raises((ServiceError, HistoryError)) as refused:
        window.receive(**{"permit": "site_selection", **details})
    assert str(refused.value).startswith(f"{field}: ")
    assert getattr(refused.value, "field", None) == field
    assert window.dump() == before


def test_the_one_time_notice_names_every_paper_that_is_missing(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive(accept=False, papers=("application",))
    found = window.at("2026-09-18 10:00").record(
        number, "correction_requested", papers=("approval", "site_plan"), notice="补正告知 7"
    )
    with window.app.reading() as session:
        text = one_time_notice(office_named(session, SLUG), found, "zh")
    assert "1. 项目批准或核准文件" in text
    assert "2. 拟选位置地形图" in text
    assert "选址申请表" not in text
    assert number in text
    assert "补正告知 7" in text


def test_a_second_request_that_names_anything_new_does_not_stop_the_intake(window: Window) -> None:
    number = window.at("2026-09-14 09:30").receive(accept=False)
    window.at("2026-09-14 10:00").record(number, "correction_requested", papers=("approval",))
    window.at("2026-09-15 10:00").record(number, "correction_received", papers=("approval",))
    window.at("2026-09-16 10:00").record(number, "correction_requested", papers=("site_plan",))
    assert window.history(number).clock("intake").state == "running"  # 一次性告知: once (R18)
    assert window.due(number, "intake") == "2026-09-21"  # from 09-15: 16, 17, 18, 20, 21


@pytest.mark.parametrize("papers", [(), ("passport",)])
def test_a_request_must_name_papers_that_are_asked_for(window: Window, papers: tuple[str, ...]) -> None:
    number = window.at("2026-09-18 09:30").receive(accept=False)
    with pytest.raises(HistoryError, match="papers: "):
        window.record(number, "correction_requested", papers=papers)


def test_papers_that_nobody_asks_for_do_not_come_in(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive(accept=False)
    window.record(number, "correction_requested", papers=("approval",))
    with pytest.raises(HistoryError, match="papers: passport is not asked for here"):
        window.record(number, "correction_received", papers=("passport",))


# --- personal data ---------------------------------------------------------------------------------------------------
def test_personal_data_is_kept_apart_from_the_chain(window: Window) -> None:
    window.at("2026-09-18 09:30").receive(applicant="张三丰", contact="13800000000", title="t")
    assert [(p.seq, p.field, p.value) for p in window.rows("party")] == [
        (1, "applicant", "张三丰"), (1, "contact", "13800000000"), (1, "title", "t"),
    ]  # fmt: skip
    everything = window.dump()
    everything.pop("party")
    assert "张三丰" not in repr(everything)
    assert "13800000000" not in repr(everything)


def test_the_same_name_has_another_digest_in_each_case(window: Window) -> None:
    window.at("2026-09-18 09:30").receive(applicant="张三丰")
    window.receive(applicant="张三丰")
    received = [json.loads(row.details) for row in window.rows("case_event") if row.kind == "received"]
    assert received[0]["applicant"] != received[1]["applicant"]


def test_a_receipt_that_is_replaced_keeps_its_applicant(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive(applicant="张三丰", accept=False)
    window.at("2026-09-18 10:00").void(number, 1, "2026-09-18 09:00")
    assert [(p.seq, p.field, p.value) for p in window.rows("party")] == [
        (1, "applicant", "张三丰"), (3, "applicant", "张三丰"),
    ]  # fmt: skip
    with window.app.reading() as session:
        assert list(verified(session)) == []


# --- late entries (R13, R18) -----------------------------------------------------------------------------------------
def test_an_acceptance_entered_after_expiry_counts_only_if_a_manager_admits_it_with_the_receipt(window: Window) -> None:
    number = window.at("2026-09-14 09:30").receive(accept=False)
    window.at("2026-09-21 09:00").run()
    with pytest.raises(ServiceError, match="admitted_by: li is no manager; managers are: zhao"):
        window.record(number, "accepted", "2026-09-17 10:00", receipt="受 7", admitted_by="li")
    with pytest.raises(ServiceError, match="receipt: is missing"):
        window.record(number, "accepted", "2026-09-17 10:00", admitted_by="zhao")
    window.record(number, "accepted", "2026-09-17 10:00", receipt="受 7", admitted_by="zhao")
    history = window.history(number)
    assert history.deemed_on is None
    assert window.due(number) == "2026-09-22"  # 18, 20, 21, 22


def test_an_acceptance_entered_after_expiry_without_a_manager_changes_no_clock(window: Window) -> None:
    number = window.at("2026-09-14 09:30").receive(accept=False)
    window.at("2026-09-21 09:00").run()
    window.record(number, "accepted", "2026-09-17 10:00", receipt="受 7")
    assert str(window.history(number).deemed_on) == "2026-09-14"
    assert window.due(number) == "2026-09-18"
