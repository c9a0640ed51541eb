"""The window's year on the page that is printed: 120 certificates, 100 % and 100 %, 90 days saved (DOMAIN.md, 1)."""

import re
from collections.abc import Iterator
from datetime import date
from random import Random

import pytest

from sla.demo import working_days
from sla.demo.office import SLUG, office_plan
from sla.demo.titles import Titles
from sla.demo.told import moment
from sla.demo.year import year_of
from sla.service import passwords, users
from sla.service.imports import bring_in
from sla.service.offices import office_named
from sla.service.setup import apply
from tests.access.cast import PASSWORD, Reader
from tests.browser.cast import empty_app, serving
from tests.web.cast import text_of

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture(scope="module")
def head(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """The head of the centre at the pages, on 2027-01-05, with the year behind her."""
    app = empty_app(tmp_path_factory.mktemp("year"))
    app.clock.fixed = now = moment(date(2027, 1, 5), "10:00")
    with app.writing() as session:
        plan = office_plan(LAST, "http://window.example")
        apply(session, plan, moment(date(2025, 12, 31), "00:00"))
        random = Random(2026)
        days = working_days(plan.calendar, FIRST, date(2027, 1, 1))
        told = year_of(plan.policy, days, random, Titles(random))
        bring_in(session, office_named(session, SLUG), [case.entries for case in told], now)
        users.put_chosen(session, office_named(session, SLUG), "zhao", passwords.hashed(PASSWORD), now)
    with serving(app) as base:
        reader = Reader(base)
        assert reader.sign_in("zhao", office="").status_code == 303
        yield reader
        reader.close()
    app.close()


def row(page: str, name: str) -> list[str]:
    """The cells of the line of a name, in words."""
    found = re.search(rf'scope="row">{re.escape(name)}</th>(.*?)</tr>', page, re.DOTALL)
    assert found, name
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td[^>]*>(.*?)</td>", found[1])]


def test_the_windows_year_stands_on_one_page(head: Reader) -> None:
    answer = head.open(f"/rates/report?from={FIRST}&to={LAST}&lang=zh")
    assert answer.status_code == 200
    page = answer.text
    assert "时限办理年报：2026年" in text_of(answer)
    assert row(page, "按时办结率")[0] == "100.0% 460 ÷ 460"
    assert row(page, "提前办结率")[0] == "100.0% 148 ÷ 148"  # 460 less the 312 that are done the same day
    assert row(page, "即办率")[0] == "67.8% 312 ÷ 460"
    # 26 + 26 + 24 + 14 days; of each permit those certificates: 60 + 35 + 25.
    assert row(page, "每项节省天数")[0] == "90 n = 4"
    assert row(page.partition('id="savings"')[2], "合计") == ["110", "20", "90", "81.8%", "120"]
    assert row(page, "承诺节省天数")[0] == f"{60 * 26 + 35 * 26 + 25 * 24} n = 120"
    assert row(page, "零超时天数占比")[0].startswith("100.0%")


def test_it_speaks_both_languages(head: Reader) -> None:
    page = head.open(f"/rates/report?from={FIRST}&to={LAST}&lang=en").text
    assert "Yearly report on time limits: 2026" in page
    assert row(page, "On-time rate")[0] == "100.0% 460 ÷ 460"
    assert row(page, "Days saved an item")[0] == "90 n = 4"
