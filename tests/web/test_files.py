"""The lists of the pages as files. It is Wednesday 2026-09-23; the cases are those of the pages' cast."""

import csv
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from sla.service import cases, finding, overrun_list, reporting
from sla.service.cases import When
from sla.service.offices import office_named
from sla.web import files
from tests.access.cast import Reader
from tests.browser.cast import APPLICANT, AWAITING, DUE_TODAY, HOSTILE, NEXT_DAYS, NOW, OVERDUE, PAUSED
from tests.web.cast import Desk, desk, text_of

DONE = ["高铁站东广场选址", "石桥村卫生室", "纺织厂旧址改造用地", "建设路 18 号地块规划条件"]
ALL = {*DONE, *OVERDUE, *DUE_TODAY, *NEXT_DAYS, *PAUSED, *AWAITING}


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("files")) as made:
        yield made


@pytest.fixture
def li(window: Desk) -> Reader:
    return window.readers["li"]


def listed(reader: Reader, path: str) -> list[dict[str, Any]]:
    answer = reader.open(path)
    assert answer.status_code == 200, text_of(answer)
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found


def lines(reader: Reader, path: str) -> list[list[str]]:
    return list(csv.reader(StringIO(reader.open(path).content.decode("utf-8-sig"), newline=""), strict=True))


# --- today ---
def test_todays_lists_are_those_that_the_hand_counted(li: Reader) -> None:
    found = [(row["list"]["id"], row["title"], row["due_on"]) for row in listed(li, "/today.json")]
    promised = [entry for entry in found if entry[1] != AWAITING[0]]
    assert promised == [
        ("overdue", OVERDUE[0], "2026-09-21"), ("overdue", OVERDUE[1], "2026-09-22"),
        ("due_today", DUE_TODAY[0], "2026-09-23"), ("next_days", NEXT_DAYS[0], "2026-09-28"),
        ("paused", PAUSED[0], None), ("paused", PAUSED[0], None),
    ]  # fmt: skip
    assert ("awaiting", AWAITING[0], "2026-09-30") in found


def test_how_late_is_a_figure_and_never_below_zero(li: Reader) -> None:
    late = {row["title"]: (row["working_days_late"], row["working_days_left"]) for row in listed(li, "/today.json")}
    assert late[OVERDUE[0]] == (2, None) and late[OVERDUE[1]] == (1, None)
    assert late[DUE_TODAY[0]] == (None, 0) and late[PAUSED[0]] == (None, None)


def test_todays_lists_are_of_one_handler_if_the_page_is(li: Reader) -> None:
    assert {row["handler"]["id"] for row in listed(li, "/today.json?handler=wang")} == {"wang"}
    assert 'href="/today.csv?handler=wang"' in li.open("/?handler=wang").text


# --- cases ---
def test_a_file_of_cases_holds_all_that_match_and_not_one_page(li: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "PAGE", 2)
    assert {row["title"] for row in listed(li, "/cases.json")} == ALL
    assert len(lines(li, "/cases.csv")) == 1 + len(ALL)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("text=医院", set(NEXT_DAYS)),
        ("standing=overdue", set(OVERDUE)),
        ("handler=wang", set(OVERDUE)),
        ("from=2026-09-18&to=2026-09-18", {*NEXT_DAYS, *DUE_TODAY}),
        ("standing=closed", set(DONE)),
        ("applicant=nobody", set()),
    ],
)
def test_the_questions_of_the_page_are_those_of_its_files(li: Reader, asked: str, expected: set[str]) -> None:
    assert {row["title"] for row in listed(li, f"/cases.json?{asked}")} == expected


def test_a_row_says_of_a_case_what_the_page_says(li: Reader) -> None:
    [row] = listed(li, f"/cases.json?text={OVERDUE[0]}")
    assert row | {"number": ""} == {
        "number": "", "title": OVERDUE[0], "permit": {"id": "land_use", "name": "建设用地规划许可证"},
        "handler": {"id": "wang", "name": "王强"}, "phase": {"id": "accepted", "name": "已受理"},
        "received_on": "2026-09-16", "due_on": "2026-09-21", "standing": {"id": "overdue", "name": "超期"},
        "applicant": APPLICANT,
    }  # fmt: skip


def test_a_hostile_title_runs_nowhere(window: Desk, li: Reader) -> None:
    title = '=HYPERLINK("http://x.example","打开")'
    with window.app.writing() as session:
        office = office_named(session, "")
        details = {"permit": "site_selection", "title": title, "handler": "li"}
        cases.receive(session, office, details, When(NOW), NOW, "li")
    [row] = lines(li, "/cases.csv?text=HYPERLINK")[1:]
    assert row[1] == f"'{title}"
    book = CalamineWorkbook.from_filelike(BytesIO(li.open("/cases.xlsx?text=HYPERLINK").content))
    assert book.get_sheet_by_index(0).to_python()[1][1] == title


def test_the_head_of_a_file_is_in_its_readers_language(li: Reader) -> None:
    english, chinese = lines(li, "/cases.csv?lang=en")[0], lines(li, "/cases.csv?lang=zh")[0]
    assert english == ["Case", "Title", "Permit", "Handler", "Phase", "Received", "Due", "Standing", "Applicant"]
    assert chinese == ["办件", "名称", "事项", "承办人", "办理阶段", "收件", "到期日", "状态", "申请人"]


def test_applicants_are_named_to_whoever_records_and_to_nobody_else(window: Desk) -> None:
    assert APPLICANT in window.readers["zhao"].open("/cases.csv").text
    with window.app.writing() as session:
        session.connection().execute(sa.text("UPDATE person SET roles = '[\"chief\"]' WHERE person_id = 'wang'"))
    text = window.readers["wang"].open("/cases.csv").text
    assert HOSTILE in text and APPLICANT not in text


def test_a_day_that_is_none_is_answered_in_words(li: Reader) -> None:
    answer = li.open("/cases.csv?from=2026-02-30")
    assert answer.status_code == 400 and "“2026-02-30”不是日期" in text_of(answer)


def test_a_list_that_is_too_long_is_refused_and_not_cut(li: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_CASES", len(ALL) - 1)
    for ending in ("csv", "xlsx", "json"):
        answer = li.open(f"/cases.{ending}?to=2026-09-22")
        assert answer.status_code == 400 and "分成几个文件" in text_of(answer)
    assert len(listed(li, "/cases.json?standing=open&to=2026-09-22")) == len(ALL) - len(DONE)


def test_what_does_not_fit_into_memory_comes_whole_from_the_disk(li: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = lines(li, "/cases.csv")
    monkeypatch.setattr(files, "IN_MEMORY", 10)
    assert lines(li, "/cases.csv") == whole


# --- rates ---
def test_the_rates_of_a_permit_come_with_their_n(window: Desk) -> None:
    found = {row["permit"]["id"]: row for row in listed(window.readers["zhao"], "/rates/permits.json")}
    of_land_use = found["land_use"]
    assert (of_land_use["completed"], of_land_use["on_time_rate"], of_land_use["on_time_n"]) == (1, 0.0, 2)
    assert of_land_use["open_overdue"] == 1


def test_a_month_without_cases_has_no_rate(window: Desk) -> None:
    months = listed(window.readers["zhao"], "/rates/months.json?from=2026-08-01&to=2026-09-23")
    assert [months[0][name] for name in ("month", "completed", "on_time_rate")] == ["2026-08-01", 0, None]


def test_what_is_saved_is_the_promise_beside_the_law(window: Desk) -> None:
    """30 working days by law, 4 promised; 4 cases of other permits and one of this were decided."""
    found = {row["permit"]["id"]: row for row in listed(window.readers["zhao"], "/rates/savings.json")}
    assert {name: found["land_use"][name] for name in ("statutory", "promised", "saved_an_item", "completed")} == {
        "statutory": 30, "promised": 4, "saved_an_item": 26, "completed": 1,
    }  # fmt: skip


def test_a_period_that_is_none_is_answered_in_words(window: Desk) -> None:
    answer = window.readers["zhao"].open("/rates/months.csv?from=2026-09-30&to=2026-09-01")
    assert answer.status_code == 400 and "起始日期晚于截止日期" in text_of(answer)


# --- behind a figure, and overruns ---
SEPTEMBER = "from=2026-09-01&to=2026-09-30"


@pytest.mark.parametrize(("figure", "n"), [("counted", 6), ("late", 1), ("overdue", 2), ("early", 1), ("waiting", 5)])
def test_a_file_holds_all_the_cases_behind_a_figure_in_the_order_of_the_page(
    window: Desk, monkeypatch: pytest.MonkeyPatch, figure: str, n: int
) -> None:
    page = window.readers["zhao"].open(f"/rates/cases?figure={figure}&{SEPTEMBER}").text
    on_page = [number for number in re.findall(r'at-case"><a [^>]*>([^<]*)<', page) if number]
    monkeypatch.setattr(reporting, "PAGE", 1)
    rows = listed(window.readers["zhao"], f"/rates/cases.json?figure={figure}&{SEPTEMBER}")
    assert [row["number"] for row in rows] == on_page and len(rows) == n
    assert len(lines(window.readers["zhao"], f"/rates/cases.csv?figure={figure}&{SEPTEMBER}")) == 1 + n


def test_how_late_and_how_long_stand_there_as_figures(window: Desk) -> None:
    rows = {
        row["title"]: row for row in listed(window.readers["zhao"], f"/rates/cases.json?figure=counted&{SEPTEMBER}")
    }
    late, done = rows[OVERDUE[0]], rows["高铁站东广场选址"]
    assert (late["working_days_late"], late["used"], late["done_on"]) == (2, None, None)
    assert late["standing"] == {"id": "overdue", "name": "超期"}
    assert (done["working_days_late"], done["used"], done["took"]) == (None, 3, "用时 3 个工作日")


def test_a_figure_that_there_is_not_is_answered_in_words(window: Desk) -> None:
    for asked in ("figure=nonsense", "figure=used&value=x", "figure=late&from=x", ""):
        assert window.readers["zhao"].open(f"/rates/cases.csv?{asked}").status_code == 400


def test_too_many_cases_behind_a_figure_are_refused(window: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_CASES", 5)
    answer = window.readers["zhao"].open(f"/rates/cases.xlsx?figure=counted&{SEPTEMBER}")
    assert answer.status_code == 400 and "请缩短期间" in text_of(answer)


def test_overruns_are_those_of_the_page_and_name_nobody(window: Desk) -> None:
    page = window.readers["zhao"].open(f"/overruns?{SEPTEMBER}")
    rows = listed(window.readers["zhao"], f"/overruns.json?{SEPTEMBER}")
    assert rows and all(row["number"] in page.text for row in rows)
    assert len(rows) == page.text.count('class="row red"')
    assert {row["due_on"] for row in rows} >= {"2026-09-21", "2026-09-22"}
    of_first = next(row for row in rows if row["due_on"] == "2026-09-21")
    assert (of_first["decided_on"], of_first["working_days_late"]) == (None, 2)
    text = window.readers["zhao"].open(f"/overruns.csv?{SEPTEMBER}").text
    assert OVERDUE[0] not in text and APPLICANT not in text


def test_too_many_overruns_are_refused(window: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overrun_list, "MOST", 1)
    answer = window.readers["zhao"].open(f"/overruns.csv?{SEPTEMBER}")
    assert answer.status_code == 400 and "请缩短期间" in text_of(answer)


def test_the_manager_s_pages_lead_to_their_files(window: Desk) -> None:
    behind = window.readers["zhao"].open(f"/rates/cases?figure=late&{SEPTEMBER}").text
    assert 'href="/rates/cases.csv?from=2026-09-01&amp;to=2026-09-30&amp;figure=late"' in behind
    assert (
        'href="/overruns.xlsx?from=2026-09-01&amp;to=2026-09-30"'
        in window.readers["zhao"].open(f"/overruns?{SEPTEMBER}").text
    )


# --- how a file is sent ---
@pytest.mark.parametrize(
    ("path", "kind", "how"),
    [
        ("/today.csv", "text/csv; charset=utf-8", "attachment"),
        ("/cases.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "attachment"),
        ("/cases.json", "application/json", "inline"),
    ],
)
def test_a_file_says_what_it_is_and_what_it_is_called(li: Reader, path: str, kind: str, how: str) -> None:
    headers = li.open(f"{path}?lang=zh").headers
    name, _, ending = path.strip("/").partition(".")
    assert (headers["content-type"], headers["cache-control"]) == (kind, "no-store")
    assert headers["content-disposition"].startswith(f'{how}; filename="{name}-2026-09-23.{ending}"; ')
    title = {"today": "今日", "cases": "办件"}[name]
    assert unquote(headers["content-disposition"]).endswith(f"UTF-8''{title} 2026-09-23.{ending}")


def test_a_page_leads_to_its_files_with_what_it_was_asked(li: Reader) -> None:
    page = li.open("/cases?standing=overdue&permit=land_use").text
    for ending in ("csv", "xlsx", "json"):
        assert f'href="/cases.{ending}?permit=land_use&amp;standing=overdue"' in page
