"""What if, on a page. It is Wednesday 2026-09-23, at the pages' cast; each figure is counted by hand.

As it was in September: of 4 completed 3 in time and 2 open past their promise, 3 of 6. Sunday 09-20 is worked.
"""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote, urlencode

import pytest

from sla.web import what_if_asked
from tests.access.cast import Reader
from tests.browser.cast import DUE_TODAY, HOSTILE, OVERDUE, PAUSED
from tests.service.cast import notice
from tests.web.cast import Desk, desk, text_of

PATH = "/rates/what-if"
SEPTEMBER = {"from": "2026-09-01", "to": "2026-09-30", "lang": "en"}
LAND_USE, VILLAGE = "纺织厂旧址改造用地", "石桥村卫生室"


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("what_if")) as made:
        yield made


@pytest.fixture
def zhao(window: Desk) -> Reader:
    return window.readers["zhao"]


def asked(file: str = "", /, **supposed: str | list[str]) -> str:
    return f"{PATH}{file}?{urlencode({**SEPTEMBER, **supposed}, doseq=True)}"


def whole(page: str) -> tuple[str, str]:
    """The on-time rate of all, with its n, as it was and as it would have been."""
    [(was, of, would, whole)] = re.findall(
        r">All</th><th scope=\"row\">On-time rate</th><td>(.*?) <small>n = (\d+)</small></td>"
        r"<td>(.*?) <small>n = (\d+)</small></td>",
        page,
    )
    return f"{was} of {of}", f"{would} of {whole}"


def turned(page: str) -> list[tuple[str, str]]:
    """The cases that change sides, with what they would have been."""
    section = page.partition('id="turned"')[2].partition("</section>")[0]
    found = re.findall(
        r'<th role="rowheader".*?<a href="(.*?)">.*?Would have been</span>\s*<span>(.*?)</span>', section, re.S
    )
    return [(unescape(path), would) for path, would in found]


def of(window: Desk, title: str) -> str:
    return f"/cases/{quote(window.numbers[title], safe='')}"


@pytest.mark.parametrize(
    ("supposed", "rate", "sides"),
    [
        # 09-08, 9, 10, 11, 14, 15: decided on the 6th; of 09-16: 17, 18, 20, 21, 22, 23, which is today.
        ({"promise-land_use": "6"}, "80.0% of 5", {(LAND_USE, "in time"), (OVERDUE[0], "in time")}),
        # 09-02, 3, 4, 7, 8, 9: decided on the 6th of 6.
        ({"promise-rural_construction": "5"}, "33.3% of 6", {(VILLAGE, "late")}),
        # Of 09-17: 18, 20, 21, and the 23rd for the 22nd.
        ({"closed_from": "2026-09-22"}, "60.0% of 5", {(HOSTILE, "in time")}),
        ({"leave": "wang", "leave_from": "2026-09-22"}, "60.0% of 5", {(HOSTILE, "in time")}),
        ({"leave": "li", "leave_from": "2026-09-22", "leave_to": "2026-09-23"}, "50.0% of 6", set()),
        # Of 09-14, were it not paused: 15, 16, 17, 18, 20, 21.
        ({"counted": ["public_notice", "hearing"]}, "42.9% of 7", {(PAUSED[0], "late")}),
        # The one that is due today, of 09-18: 19, 20, 21, 22.
        ({"notice": notice("notice 19", work="2026-09-19")}, "42.9% of 7", {(DUE_TODAY[0], "late")}),
        ({"notice": notice("notice 22", off="2026-09-22")}, "60.0% of 5", {(HOSTILE, "in time")}),
    ],
)  # fmt: skip
def test_what_is_supposed_has_its_rate_and_its_cases(
    window: Desk, zhao: Reader, supposed: dict[str, str | list[str]], rate: str, sides: set[tuple[str, str]]
) -> None:
    answer = zhao.open(asked(**supposed))
    assert answer.status_code == 200, text_of(answer)
    assert whole(answer.text) == ("50.0% of 6", rate)
    assert set(turned(answer.text)) == {(of(window, title), would) for title, would in sides}


def test_what_was_supposed_stands_in_the_form_and_in_its_files(window: Desk, zhao: Reader) -> None:
    supposed: dict[str, str | list[str]] = {"promise-rural_construction": "5", "counted": ["hearing", "expert_review"]}
    page = zhao.open(asked(**supposed)).text
    assert re.search(r'name="promise-rural_construction" type="number" min="1" value="5"', page)
    assert len(re.findall(r'name="counted" value="(?:hearing|expert_review)" checked', page)) == 2
    [path] = re.findall(r'href="(/rates/what-if/cases\.json\?[^"]*)"', page)
    [row] = zhao.open(unescape(path)).json()["rows"]
    assert (row["number"], row["would_be"]["id"]) == (window.numbers[VILLAGE], "late")
    assert (row["due_before"], row["due_after"], row["stopped_on"]) == ("2026-09-09", "2026-09-08", "2026-09-09")


def test_the_rates_and_the_smallest_promises_are_files_too(zhao: Reader) -> None:
    rows = zhao.open(asked("/rates.json", **{"promise-land_use": "6"})).json()["rows"]
    found = {(row["permit"]["id"], row["figure"]["id"]): row for row in rows}
    every = found["", "on_time"]
    assert (every["before"], every["before_n"], every["after"], every["after_n"]) == (0.5, 6, 0.8, 5)
    assert found["land_use", "closed_only"]["after"] == 1
    least = zhao.open(asked("/least.json")).json()["rows"]
    assert {row["permit"]["id"]: (row["held_95"], row["held_100"], row["n"]) for row in least} == {
        "land_use": (6, 6, 1), "rural_construction": (6, 6, 1), "site_selection": (3, 3, 1),
    }  # fmt: skip
    assert zhao.open(asked("/least.csv")).text.count("\r\n") == 4


def test_what_could_not_be_published_is_said(zhao: Reader) -> None:
    said = text_of(zhao.open(asked(**{"promise-site_selection": "31"})))
    assert "Such a policy could not be published" in said and "31 is more than the 30" in said


def test_nothing_is_counted_before_something_is_asked(zhao: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what_if_asked, "simulated", None)
    page = zhao.open(f"{PATH}?lang=en")
    assert page.status_code == 200 and "Side by side" not in page.text
    assert 'name="from" type="date" value="2025-10-01"' in page.text
    assert f'href="{PATH}"' in zhao.open("/rates").text


@pytest.mark.parametrize(
    ("supposed", "field", "said"),
    [
        ({"promise-land_use": "none"}, "promise-land_use", "A number from 1 to 366."),
        ({"promise-land_use": "²"}, "promise-land_use", "A number from 1 to 366."),
        ({"promise-land_use": "0"}, "promise-land_use", "A number from 1 to 366."),
        ({"promise-land_use": "9" * 5_000}, "promise-land_use", "A number from 1 to 366."),
        ({"notice": "a=" + "[" * 3_900}, "notice", "is no TOML"),
        ({"notice": "number = " + "9" * 5_000}, "notice", "is no TOML"),
        ({"promise-x": "3"}, "", "x' promises nothing here"),
        ({"from": "2026-13-01"}, "from", "is no date we know"),
        ({"from": "2026-10-01"}, "from", "The first day lies after the last"),
        ({"basis": "x"}, "basis", "is none of this office's"),
        ({"permit": "x"}, "permit", "unknown"),
        ({"closed_from": "2026-09-22", "closed_to": "2026-09-21"}, "closed_from", "no span of days"),
        ({"closed_to": "2026-09-21"}, "closed_from", "From when?"),
        ({"leave": "li"}, "leave_from", "Say who is away, and from when."),
        ({"leave_from": "2026-09-21"}, "leave", "Say who is away, and from when."),
        ({"leave": "nobody", "leave_from": "2026-09-21"}, "leave_from", "nobody"),
        ({"counted": "x"}, "counted", "is unknown; known are"),
        ({"notice": "number = 3"}, "notice", "number"),
        ({"notice": "x" * 8_001}, "notice", "More than 8,000 characters."),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field(zhao: Reader, supposed: dict[str, str], field: str, said: str) -> None:
    answer = zhao.open(asked(**supposed))
    assert answer.status_code == 400
    words = re.findall(r'<p class="wrong-field" id="(.*?)-wrong">(.*?)</p>', answer.text)
    if field:
        assert [name for name, _ in words] == [field]
        assert said in unescape(words[0][1])
    else:
        assert words == [] and said in text_of(answer)
    refused = zhao.open(asked("/cases.csv", **supposed))
    assert refused.status_code == 400 and "This list cannot be made" in refused.text


def test_more_cases_than_are_counted_while_somebody_waits_are_refused_with_what_helps(
    zhao: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what_if_asked, "MOST_AT_ONCE", 9)  # 4 completed, 5 open
    assert zhao.open(asked()).status_code == 200
    monkeypatch.setattr(what_if_asked, "MOST_AT_ONCE", 8)
    answer = zhao.open(asked())
    assert answer.status_code == 400
    assert (
        "9 cases, of which 5 are open, are more than are counted at once, 8; take fewer days or one permit"
        in text_of(answer)
    )


def test_a_clerk_may_not_ask(window: Desk) -> None:
    assert window.readers["li"].open(asked()).status_code == 403
