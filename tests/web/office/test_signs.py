"""What an auditor may ask about, on a page: each line leads to its case, and the definitions stand above them.

In the cast one event was voided, on 21 September; on the 23rd, a case that is due that day is paused here.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from sla.service import cases
from sla.service.cases import When
from sla.web.office import listed, signs
from tests.browser.cast import DUE_TODAY, NEXT_DAYS, NOW
from tests.web.cast import text_of
from tests.web.office.cast import Bureau

PAGE = "/audit/signs?from=2026-09-01&to=2026-09-30"


@pytest.fixture(scope="module")
def audited(office: Bureau) -> Iterator[Bureau]:
    with office.stands() as (_, stands), office.app.writing() as session:
        number, pause = office.numbers[DUE_TODAY[0]], {"ground": "hearing", "notice": "H-1"}
        cases.record(session, stands, number, "paused", pause, When(NOW), NOW, "li")
    yield office


def test_each_line_says_what_it_is_and_leads_to_its_case(audited: Bureau) -> None:
    page = audited.open(f"{PAGE}&lang=en", "sun")
    words, paths = text_of(page), re.findall(r'href="(/cases/[^"]+)"', page.text)
    numbers = [audited.numbers[title] for title in (DUE_TODAY[0], NEXT_DAYS[0])]
    assert paths == [f"/cases/{quote(number, safe='')}" for number in numbers]
    assert "Sign paused on the due day What paused Happened Wed 23 Sep 2026" in words
    assert "Which limits promise More hearing, H-1" in words
    assert "Sign voided" in words and "登记错件" in words


def test_what_each_kind_is_and_that_none_is_an_accusation_is_said_first(audited: Bureau) -> None:
    words = text_of(audited.open(f"{PAGE}&lang=en", "sun")).partition("Sign paused on the due day")[0]
    assert "no accusation: each line has innocent explanations" in words
    for threshold in ("5 or more entries", "more than one working day", "within 30 minutes", "3 or more extensions"):
        assert threshold in words, threshold
    assert "不是指责" in text_of(audited.open(f"{PAGE}&lang=zh", "sun"))


def test_its_files_have_the_rows_of_its_period(audited: Bureau) -> None:
    rows = audited.open("/audit/signs.json?from=2026-09-23&to=2026-09-23", "sun").json()["rows"]
    assert [(row["number"], row["sign"]["id"], row["handler"]["id"]) for row in rows] == [
        (audited.numbers[DUE_TODAY[0]], "paused_when_due", "li")
    ]
    page = audited.open("/audit/signs?from=2026-09-24&to=2026-09-30&lang=en", "sun")
    assert "Nothing of the kind was recorded in this period." in text_of(page)
    assert "/audit/signs.csv?from=2026-09-01&amp;to=2026-09-30" in audited.open(PAGE, "sun").text


def test_without_days_it_is_of_this_month_and_the_eleven_before(audited: Bureau) -> None:
    assert 'value="2025-10-01"' in audited.open("/audit/signs", "sun").text
    assert 'href="/audit/signs"' in audited.open("/audit", "sun").text


@pytest.mark.parametrize("asked", ["from=2026-09-30&to=2026-09-01", "from=yesterday"])
def test_a_period_that_is_none_is_refused_in_words(audited: Bureau, asked: str) -> None:
    reader = audited.readers["sun"]
    for path in ("/audit/signs", "/audit/signs.csv"):
        assert reader.open(f"{path}?{asked}").status_code == 400


def test_a_page_shows_the_newest_and_a_file_has_all_or_says_that_it_cannot(
    audited: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signs, "MOST", 1)
    page = audited.open(f"{PAGE}&lang=en", "sun")
    assert page.text.count('role="rowheader"') == 1 and "The newest 1; a file has them all." in text_of(page)
    assert len(audited.open("/audit/signs.json", "sun").json()["rows"]) == 2
    monkeypatch.setattr(listed, "MOST_IN_FILE", 1)
    answer = audited.readers["sun"].open("/audit/signs.csv?lang=en")
    assert answer.status_code == 400 and "more than 1 lines" in text_of(answer)


def test_a_clerk_does_not_see_it(audited: Bureau) -> None:
    assert audited.readers["li"].open("/audit/signs").status_code == 403
