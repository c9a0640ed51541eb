"""The policy of the planning window: what it promises, within which law (tests/answers/planning_window.toml)."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from schedules.limits import Unit
from sla.events import Outcome
from sla.people import Role
from sla.permits import Kind, number_of
from sla.policies import Basis, Gravity, Policy, PolicyError, Trigger
from sla.presets import names, preset
from tests.core.cast import accepted, case, day, decided, policy, received

SHEET = tomllib.loads((Path(__file__).parents[1] / "answers" / "planning_window.toml").read_text("utf-8"))
PERMITS = list(SHEET["permits"])
NOTICES = list(SHEET["notices"])


@pytest.mark.parametrize("permit", PERMITS)
def test_each_permit_is_promised_and_limited_as_the_window_published(permit: str) -> None:
    expected = SHEET["permits"][permit]
    promise, statute = (policy().rule(permit, clock) for clock in ("promise", "statutory"))
    assert (promise.limit.amount, promise.limit.unit, promise.basis) == (
        expected["promise"],
        Unit.WORKING_DAYS,
        Basis.PROMISE,
    )
    assert (statute.limit.amount, statute.limit.unit, statute.basis) == (
        expected["statute"],
        Unit.WORKING_DAYS,
        Basis.STATUTE,
    )
    assert expected["article"] in statute.source
    assert policy().permit(permit).name("zh") == expected["zh"]


def test_the_promises_save_ninety_of_a_hundred_and_ten_days() -> None:
    limits = [[policy().rule(permit, clock).limit.amount for permit in PERMITS] for clock in ("statutory", "promise")]
    assert [sum(amounts) for amounts in limits] == [110, 20]


@pytest.mark.parametrize("permit", PERMITS)
def test_each_permit_asks_for_the_papers_the_window_published(permit: str) -> None:
    assert len(policy().permit(permit).papers) == SHEET["permits"][permit].get("papers", 3)


@pytest.mark.parametrize("permit", PERMITS)
def test_intake_is_five_working_days_and_deemed_acceptance_follows(permit: str) -> None:
    intake = policy().rule(permit, "intake")
    assert (intake.limit.amount, intake.limit.unit, intake.deemed) == (5, Unit.WORKING_DAYS, True)
    assert "第三十二条" in intake.source


@pytest.mark.parametrize("permit", PERMITS)
def test_a_certificate_is_delivered_within_ten_days_of_an_approval(permit: str) -> None:
    delivery = policy().rule(permit, "delivery")
    assert (delivery.limit.amount, delivery.limit.unit) == (10, Unit.WORKING_DAYS)
    assert delivery.starts_on == (Trigger("decided", "approved"),)
    assert "第四十四条" in delivery.source


def test_what_was_denied_has_nothing_to_deliver() -> None:
    begun = [received("2026-09-18 09:00"), accepted("2026-09-18 09:30")]
    approved = case([*begun, decided("2026-09-21 10:00")], "2026-09-21 12:00").clock("delivery")
    assert approved.due_on == day("2026-10-12")  # 22, 23, 24, 28, 29, 30, October 8, 9, Sat 10, Mon 12
    denied = case([*begun, decided("2026-09-21 10:00", outcome=Outcome.DENIED)], "2026-09-21 12:00").clock("delivery")
    assert denied.due_on is None


@pytest.mark.parametrize("permit", PERMITS)
@pytest.mark.parametrize("clock", ["promise", "statutory"])
def test_time_is_not_counted_on_three_grounds_each_with_its_law(permit: str, clock: str) -> None:
    rule = policy().rule(permit, clock)
    assert {ground: policy().grounds[ground].source for ground in rule.grounds} == SHEET["grounds"]


@pytest.mark.parametrize("permit", PERMITS)
@pytest.mark.parametrize("clock", ["promise", "statutory"])
def test_no_limit_of_the_window_is_extended_and_each_says_why(permit: str, clock: str) -> None:
    extensions = policy().rule(permit, clock).extensions
    assert not extensions.allowed
    assert extensions.why
    assert clock == "promise" or "第四十二条" in extensions.why


@pytest.mark.parametrize("permit", NOTICES)
def test_other_papers_are_promised_without_a_statute_and_never_deemed_accepted(permit: str) -> None:
    expected = SHEET["notices"][permit]
    rules = {rule.id: rule for rule in policy().rules(permit)}
    assert set(rules) == {"registration", "promise"}
    assert rules["promise"].limit.amount == expected["promise"]
    assert policy().permit(permit).kind is Kind(expected["kind"])
    assert not any(rule.deemed for rule in rules.values())


def test_the_chain_of_escalation_leads_from_the_handler_to_supervision() -> None:
    ladder = policy().rule("site_selection", "promise").ladder
    assert [(rung.name, rung.gravity) for rung in ladder] == [
        ("T-1", Gravity.REMINDER),
        ("due", Gravity.DUE),
        ("overdue", Gravity.OVERDUE),
        ("+1", Gravity.ESCALATION),
        ("+3", Gravity.ESCALATION),
    ]
    heard = [role for rung in ladder for role in rung.to]
    assert list(dict.fromkeys(heard)) == [Role.HANDLER, Role.CHIEF, Role.HEAD, Role.SUPERVISION]  # DOMAIN: 电子监察


def test_a_statute_warns_five_days_ahead_and_turns_yellow_then() -> None:
    statute = policy().rule("site_selection", "statutory")
    assert (statute.ladder[0].offset, statute.yellow) == (-5, 5)


def test_a_policy_knows_from_when_it_holds_and_where() -> None:
    assert (policy().valid_from, policy().country, policy().zone) == (date(2019, 4, 23), "CN", "Asia/Shanghai")
    assert policy().hours["mon"] == (("09:00", "12:00"), ("13:00", "17:00"))


def test_case_numbers_follow_the_pattern_of_their_certificate() -> None:
    assert number_of(policy().permit("construction_works").number, 2026, 12) == "建字第20260012号"


def test_every_pack_that_is_shipped_can_be_read() -> None:
    assert "cn_planning" in names()
    assert all(isinstance(preset(name), Policy) for name in names())


def test_a_pack_that_is_not_shipped_is_an_error_that_names_those_that_are() -> None:
    with pytest.raises(PolicyError, match=r"shipped are: .*cn_planning") as caught:
        preset("de_building")
    assert caught.value.field == "policy"


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda: policy().rule("fishing", "promise"), "permit"),
        (lambda: policy().rules("fishing"), "permit"),
        (lambda: policy().rule("land_use", "stage"), "clock"),
    ],
)
def test_an_unknown_permit_or_clock_is_named(ask: object, field: str) -> None:
    with pytest.raises(PolicyError, match=r"it has|known are") as caught:
        ask()  # type: ignore[operator]
    assert caught.value.field == field
