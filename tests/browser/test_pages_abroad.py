"""The pages of offices of other countries: their units, their law, their rates, and no rule of Chinese law."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.browser.cast import serving
from tests.scenarios.abroad import Abroad

CHINESE = re.compile("[\u3400-\u9fff]")


@pytest.fixture
def england(tmp_path: Path) -> Iterator[Abroad]:
    office = Abroad(f"sqlite:///{tmp_path}/england.db", "uk_planning", "2026-03-02 08:00")
    yield office
    office.close()


@pytest.fixture
def information(tmp_path: Path) -> Iterator[Abroad]:
    office = Abroad(f"sqlite:///{tmp_path}/foi.db", "uk_foi", "2025-09-01 08:00")
    yield office
    office.close()


def test_what_is_left_of_weeks_is_said_in_days(england: Abroad) -> None:
    case = england.at("2026-03-02 10:00").receive("householder")
    text = page(england.at("2026-03-09 10:00"), f"/cases/{quote(case, safe='')}")
    assert "8 weeks" in text and "49 calendar days" in text  # 7 of 56 are used
    assert "49 weeks" not in text
    england.record(case, "accepted")
    england.extend(case, 14)
    assert "extended by 14 calendar days" in page(england, f"/cases/{quote(case, safe='')}")


def test_a_case_is_told_with_the_law_of_its_country(england: Abroad) -> None:
    case = england.at("2026-03-02 10:00").receive("householder")
    text = page(england, f"/cases/{quote(case, safe='')}")
    assert "DMPO 2015 art. 34(2)" in text
    assert not CHINESE.search(text.replace("中文", ""))  # the switch of languages alone


def test_an_office_that_deems_nothing_accepted_says_nothing_of_it(england: Abroad) -> None:
    england.at("2026-03-02 10:00").receive("householder")
    text = page(england, "/")
    assert "counts as accepted" not in text
    assert "未受理" in page(england, "/", "zh") and "视为受理" not in page(england, "/", "zh")


def test_without_a_promise_the_rates_go_by_the_statute(england: Abroad) -> None:
    case = england.at("2026-03-02 10:00").receive("householder")
    england.record(case, "accepted")
    england.at("2026-04-27 10:00").record(case, "decided", outcome="approved")
    text = page(england, "/rates")
    assert "measured against the statutory limit" in text and "100.0%" in text
    assert "按法定时限统计" in page(england, "/rates", "zh")


def test_a_pause_is_shown_from_the_day_it_began_also_where_that_day_is_not_counted(information: Abroad) -> None:
    case = information.at("2025-09-01 10:00").receive("foi")
    information.at("2025-09-02 09:00").record(case, "accepted")
    information.at("2025-09-08 09:00").record(case, "paused", ground="fees_notice")
    text = page(information.at("2025-09-10 09:00"), f"/cases/{quote(case, safe='')}")
    assert "Mon 8 Sep" in text and "fees notice" in text and "16 working days" in text


def page(office: Abroad, path: str, language: str = "en") -> str:
    with serving(office.app) as base, httpx.Client(base_url=base, trust_env=False, verify=False) as client:
        answer = client.get(f"{path}?lang={language}")
        assert answer.status_code == 200, answer.text
        return answer.text
