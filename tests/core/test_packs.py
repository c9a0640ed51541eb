"""The policy packs of other countries: their answer sheets, counted by hand, and nothing Chinese in what they cite."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sla.policies import Basis, Policy
from sla.presets import names, preset
from sla.presets.calendar import calendar_of
from tests.core.cast import answered

ANSWERS = Path(__file__).parents[1] / "answers"
PACKS = ("nl_omgevingsvergunning", "uk_foi", "uk_planning", "us_foia")
CHINESE = re.compile("[\u3400-\u9fff]")
ONE = timedelta(days=1)


def sheet(pack: str) -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((ANSWERS / f"{pack}.toml").read_text("utf-8"))


def rows(table: str) -> list[Any]:
    return [
        pytest.param(pack, row, id=f"{pack} {row.get('permit', 'days off')} {row.get('start', row.get('year'))}")
        for pack in PACKS
        for row in sheet(pack)[table]
    ]


@pytest.mark.parametrize(("pack", "row"), rows("answer"))
def test_a_limit_of_another_country_ends_where_a_hand_count_says(pack: str, row: dict[str, Any]) -> None:
    answer = asked(pack, row)
    assert {name: answer.get(name) for name in ("due_on", "due_at") if name in row} == {
        name: row[name] for name in ("due_on", "due_at") if name in row
    }, row["how"]


@pytest.mark.parametrize(("pack", "row"), rows("days_off"))
def test_the_days_off_of_a_year_are_those_the_government_lists(pack: str, row: dict[str, Any]) -> None:
    calendar, day = calendar_of(preset(pack)), date(row["year"], 1, 1)
    off = []
    while day.year == row["year"]:
        if day.weekday() < 5 and not calendar.is_working_day(day):
            off.append(f"{day:%m-%d}")
        day += ONE
    assert off == row["days"]


def test_each_pack_that_is_shipped_is_tried_here_or_as_the_window() -> None:
    assert set(names()) == {*PACKS, "cn_planning"}


@pytest.mark.parametrize("pack", PACKS)
def test_every_permit_of_a_pack_has_an_answer_counted_by_hand(pack: str) -> None:
    assert {row["permit"] for row in sheet(pack)["answer"]} == set(preset(pack).permits)


@pytest.mark.parametrize("pack", PACKS)
def test_a_ledger_cites_the_law_of_its_own_country(pack: str) -> None:
    for row in sheet(pack)["answer"]:
        ledger = asked(pack, row)["ledger"]
        cited = [line["source"] for line in ledger]
        assert not [source for source in cited if CHINESE.search(source)]
        first = [line for line in ledger if line["status"] == "first_day"]
        assert all(line["source"] for line in first)
        assert all(line["source"] for line in ledger if line["status"] in ("counted", "rolled"))


@pytest.mark.parametrize(
    ("permit", "start", "off", "law"),
    [
        ("uk_planning.major", "2026-03-30", "2026-04-06", "Banking and Financial Dealings Act 1971; holidays"),
        ("uk_foi.foi", "2026-01-01", "2026-01-02", "FOIA 2000 s. 10(6); holidays"),
        ("us_foia.request", "2025-11-10", "2025-11-27", "5 U.S.C. 6103; holidays"),
        ("nl_omgevingsvergunning.building", "2026-03-10", "2026-04-27", "Algemene termijnenwet art. 3; holidays"),
    ],
)
def test_a_holiday_cites_the_law_that_makes_it_one(permit: str, start: str, off: str, law: str) -> None:
    pack, _, name = permit.partition(".")
    ledger = asked(pack, {"permit": name, "start": start})["ledger"]
    assert next(line["source"] for line in ledger if line["date"] == off).startswith(law)


def test_what_the_ledger_cites_is_the_rule_that_moved_the_date() -> None:
    ledger = asked("nl_omgevingsvergunning", {"permit": "building", "start": "2026-03-10"})["ledger"]
    said = [(line["date"], line["status"], line["name"], line["source"]) for line in (ledger[0], *ledger[-2:])]
    assert said == [
        ("2026-03-10", "first_day", "", "Omgevingswet art. 16.64"),
        ("2026-05-05", "counted", "Liberation Day", "Algemene termijnenwet art. 3 lid 1"),
        ("2026-05-06", "rolled", "", "Algemene termijnenwet art. 1 lid 1"),
    ]


@pytest.mark.parametrize("pack", PACKS)
def test_every_name_is_there_in_chinese_and_in_english(pack: str) -> None:
    for where, told in names_of(preset(pack)):
        assert CHINESE.search(told.get("zh", "")), where
        assert told["en"] and not CHINESE.search(told["en"]), where


@pytest.mark.parametrize("pack", PACKS)
def test_every_limit_extension_and_ground_names_its_law(pack: str) -> None:
    policy = preset(pack)
    for permit, rules in policy.clocks.items():
        for rule in rules:
            assert rule.source, (permit, rule.id)
            assert rule.basis is not Basis.PROMISE, "these packs promise nothing of their own"
            assert rule.extensions.why or not rule.extensions.allowed, (permit, rule.id)
    assert all(ground.source for ground in policy.grounds.values())
    assert policy.warnings() == ()


def test_a_bank_holiday_of_any_part_of_the_kingdom_is_off_for_freedom_of_information_only() -> None:
    foi, planning = calendar_of(preset("uk_foi")), calendar_of(preset("uk_planning"))
    patrick, andrew = date(2025, 3, 17), date(2025, 12, 1)  # Northern Ireland's and Scotland's alone
    assert [foi.is_working_day(day) for day in (patrick, andrew)] == [False, False]
    assert [planning.is_working_day(day) for day in (patrick, andrew)] == [True, True]


def asked(pack: str, row: dict[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = {name: row[name] for name in ("clock", "start") if name in row}
    request["permit"] = f"{pack}.{row['permit']}"
    request["pauses"] = [
        {"ground": ground, "from": begins, "to": ends} for ground, begins, ends in row.get("pauses", ())
    ]
    request["extensions"] = [{"amount": amount, "unit": unit} for amount, unit in row.get("extensions", ())]
    answer = answered(**request)
    assert "error" not in answer, answer
    return answer


def names_of(policy: Policy) -> Iterator[tuple[str, Any]]:
    yield policy.id, policy.names
    for ground in policy.grounds.values():
        yield f"grounds.{ground.id}", ground.names
    for stage, told in policy.stages.items():
        yield f"stages.{stage}", told
    for days in policy.days_off:
        yield "days_off", days.names
    for permit in policy.permits.values():
        yield permit.id, permit.names
        yield from ((f"{permit.id}.{paper.id}", paper.names) for paper in permit.papers)
        yield from ((f"{permit.id}.{rule.id}", rule.names) for rule in policy.rules(permit.id))
