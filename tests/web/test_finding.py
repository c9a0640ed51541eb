"""The page that looks for cases. It is Wednesday 2026-09-23; the cases are those of the pages' cast."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from sla.service import finding
from sla.store.migrate import METADATA
from tests.access.cast import Reader, leads_to
from tests.browser.cast import AWAITING, DUE_TODAY, HOSTILE, NEXT_DAYS, OVERDUE, PAUSED
from tests.web.cast import Desk, desk, text_of

DONE = ["高铁站东广场选址", "石桥村卫生室", "纺织厂旧址改造用地", "建设路 18 号地块规划条件"]
OPEN = {*OVERDUE, *DUE_TODAY, *NEXT_DAYS, *PAUSED, *AWAITING}


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("finding")) as made:
        yield made


@pytest.fixture
def li(window: Desk) -> Reader:
    return window.readers["li"]


def titles(reader: Reader, **asked: str) -> list[str]:
    page = reader.open(f"/cases?{urlencode(asked)}")
    assert page.status_code == 200, text_of(page)
    found = re.findall(r'<span class="title">(.*?)</span>', page.text)
    return [title.replace("&lt;", "<").replace("&gt;", ">") for title in found]


def test_without_a_question_all_cases_are_listed_the_newest_first(li: Reader) -> None:
    found = titles(li)
    assert set(found) == {*DONE, *OPEN} and found[0] == AWAITING[0] and found[-1] == DONE[0]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"text": "医院"}, set(NEXT_DAYS)),
        ({"text": "地字第"}, {DONE[2], OVERDUE[0], AWAITING[0]}),
        ({"text": "%"}, set()),
        ({"text": "_"}, set()),
        ({"text": "<script>"}, {HOSTILE}),
        ({"permit": "rural_construction"}, {DONE[1], PAUSED[0]}),
        ({"handler": "wang"}, set(OVERDUE)),
        ({"from": "2026-09-18", "to": "2026-09-18"}, {*NEXT_DAYS, *DUE_TODAY}),
        ({"to": "2026-09-01"}, {DONE[0], DONE[1]}),
        ({"standing": "open"}, OPEN),
        ({"standing": "overdue"}, set(OVERDUE)),
        ({"standing": "soon"}, {*DUE_TODAY, *NEXT_DAYS}),
        ({"standing": "paused"}, set(PAUSED)),
        ({"standing": "closed"}, set(DONE)),
        ({"standing": "overdue", "permit": "land_use"}, {OVERDUE[0]}),
        ({"applicant": "张三"}, {*DONE, *OPEN}),
        ({"applicant": "三"}, set()),  # the beginning of a name
        ({"standing": "no-such"}, {*DONE, *OPEN}),
    ],
)
def test_each_question_finds_what_the_hand_counted(li: Reader, asked: dict[str, str], expected: set[str]) -> None:
    assert set(titles(li, **asked)) == expected


def test_an_open_case_that_is_overdue_says_so(li: Reader) -> None:
    words = text_of(li.open("/cases?standing=overdue"))
    assert words.count("超期 承办人 王强") == 2 and "计时中 承办人" not in words


def test_a_whole_number_leads_to_its_case_at_once(window: Desk, li: Reader) -> None:
    number = window.numbers[DUE_TODAY[0]]
    assert leads_to(li.open(f"/cases?number={number}")).startswith("/cases/")
    assert titles(li, number=number[:5]) != []


def test_a_day_that_is_none_is_said_and_what_was_asked_stays(li: Reader) -> None:
    page = li.open("/cases?from=2026-02-30&text=x")
    assert page.status_code == 400 and "“2026-02-30”不是日期" in text_of(page) and 'value="x"' in page.text


def test_nothing_found_says_what_to_do(li: Reader) -> None:
    assert "没有符合的办件" in text_of(li.open("/cases?text=不存在"))


def test_page_after_page_shows_each_case_once(window: Desk, li: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "PAGE", 4)
    path, found = "/cases?standing=&text=", []
    for _ in range(10):
        page = li.open(path).text
        found += re.findall(r'<span class="title">(.*?)</span>', page)
        more = re.search(r'class="more"><a href="([^"]+)"', page)
        if more is None:
            break
        path = more.group(1).replace("&amp;", "&")
    assert len(found) == len(set(found)) == len(DONE) + len(OPEN)


def test_the_applicant_is_asked_for_by_whoever_records_and_by_no_other(window: Desk) -> None:
    with window.app.writing() as session:
        table = METADATA.tables["person"]
        session.connection().execute(table.update().where(table.c.person_id == "wang").values(roles='["chief"]'))
    page = window.readers["wang"].open("/cases?applicant=nobody").text
    assert 'name="applicant"' not in page and page.count('class="title"') == len(DONE) + len(OPEN)
