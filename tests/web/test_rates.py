"""The manager's pages. It is Wednesday 2026-09-23; the cases are those of the pages' cast, each figure counted by hand.

Completed: a site opinion (3 of 4 days), a village permit (6 of 6), a land-use permit (6, due after 4, with a reason),
and an immediate item. Open: two past the promise, one due today, one on 09-28, one that stands still.
"""

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import pytest
import sqlalchemy as sa

from sla.service import reporting
from tests.access.cast import Reader
from tests.browser.cast import APPLICANT, HOSTILE, OVERDUE
from tests.web.cast import Desk, desk, text_of

LATE = "纺织厂旧址改造用地"
SEPTEMBER = "from=2026-09-01&to=2026-09-30"


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("rates")) as made:
        yield made


@pytest.fixture
def zhao(window: Desk) -> Reader:
    """The manager, in the office's own language until a page is asked for in another."""
    reader = window.readers["zhao"]
    reader.client.cookies.delete("lang") if "lang" in reader.client.cookies else None
    return reader


def figures_on(page: str) -> list[tuple[str, int]]:
    """Every figure that leads to its cases, with how many there should be."""
    found = re.findall(r'<a href="(/rates/cases\?[^"]*)" title="(\d+) [^"]*">', page)
    return [(unescape(path), int(n)) for path, n in found]


def numbers_behind(reader: Reader, path: str, said: str = "") -> list[str]:
    """The cases of all pages of a list; each page says so."""
    numbers: list[str] = []
    while path:
        text = reader.open(path).text
        assert said in text, path
        numbers += re.findall(r'class="at-case"><a href="[^"]*">(.*?)</a>', text)
        more = re.search(r'<p class="more"><a href="([^"]*)">', text)
        path = unescape(more[1]) if more else ""
    return numbers


def table(page: str, section: str) -> dict[str, list[str]]:
    """The rows of the last table of a section, by their heads, in words."""
    part = page.partition(f'<h2 id="{section}">')[2].partition("</section>")[0].rpartition("<table")[2]
    rows = re.findall(r'<tr[^>]*><th scope="row">(.*?)</tr>', part, re.DOTALL)
    cells = [[" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in re.split(r"</t[hd]>", row)] for row in rows]
    return {first: rest[:-1] for first, *rest in cells}


# --- every figure leads to its cases ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "asked",
    [f"?{SEPTEMBER}&against=own&other_from=2026-09-01&other_to=2026-09-12", "?basis=statute&permit=land_use"],
)
def test_behind_each_figure_are_exactly_so_many_cases(
    zhao: Reader, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setattr(reporting, "PAGE", 2)  # so that lists go on
    page = zhao.open(f"/rates{asked}{'&' if asked else '?'}lang=en").text
    figures = set(figures_on(page))
    assert len(figures) > 12
    for path, n in figures:
        numbers = numbers_behind(zhao, path, f">n = {n}<")
        assert len(numbers) == len(set(numbers)) == n, path


def test_the_cases_behind_a_figure_are_those_of_the_hand(window: Desk, zhao: Reader) -> None:
    late = numbers_behind(zhao, f"/rates/cases?figure=late&{SEPTEMBER}")
    assert late == [window.numbers[LATE]]
    open_ones = numbers_behind(zhao, f"/rates/cases?figure=overdue&{SEPTEMBER}")
    assert open_ones == [window.numbers[title] for title in OVERDUE]  # the longest open first
    early = numbers_behind(zhao, f"/rates/cases?figure=early&{SEPTEMBER}")
    assert early == [window.numbers["高铁站东广场选址"]]


def test_a_list_says_what_is_in_it_and_how_each_stood(zhao: Reader) -> None:
    words = text_of(zhao.open(f"/rates/cases?figure=counted&{SEPTEMBER}&lang=en"))
    assert "Completed, or open and overdue n = 6 = completed in the period, or not decided" in words
    assert "2 working days overdue" in words and "used 3 working days" in words and "same day" in words


# --- the figures of the hand ------------------------------------------------------------------------------------------
def test_by_handler_li_has_four_completed_and_wang_two_overdue(zhao: Reader) -> None:
    page = zhao.open(f"/rates?{SEPTEMBER}").text
    assert table(page, "handlers") == {
        "李敏": ["4", "75.0% n = 4", "75.0% n = 4", "33.3% n = 3", "0"],
        "王强": ["0", "0.0% n = 2", "– n = 0", "– n = 0", "2"],
    }


def test_how_many_took_how_many_working_days(zhao: Reader) -> None:
    # 09-02, 03, 04; 09-02, 03, 04, 07, 08, 09; 09-08, 09, 10, 11, 14, 15. The immediate item is left out.
    assert table(zhao.open("/rates").text, "took") == {"3": ["1", "33.3%", "33.3%"], "6": ["2", "66.7%", "100.0%"]}


def test_promise_statute_and_what_it_took_stand_side_by_side(zhao: Reader) -> None:
    lines = table(zhao.open("/rates?lang=en").text, "limits")
    # DOMAIN, 1: 30 → 4, 30 → 4, 20 → 6. Speed-up of the first: (30 − 3) ÷ 30.
    assert lines["Site selection opinion"] == ["1", "30", "4", "3", "3", "3", "86.7%", "90.0% n = 1"]
    assert lines["Rural construction planning permit"][1:3] == ["20", "6"]
    assert lines["All"] == ["3", "26.7", "4.7", "5", "6", "6", "82.5%", "81.2% n = 3"]  # 80, 14 and 15 of three cases


def test_what_is_open_by_age_and_light(zhao: Reader) -> None:
    # Begun 09-16: 17, 18, 20, 21, 22, 23 are six days, 09-17 five; the one that stands still began on 09-14. A
    # promise is yellow a working day before: the one due today is, the one due on 09-28, after 09-24, is not.
    lines = table(zhao.open("/rates?lang=en").text, "waiting")
    assert lines["0–5 working days"] == ["1", "1", "1", "0", "3"]
    assert lines["6–10 working days"] == ["1", "0", "0", "1", "2"]
    assert lines["All"][-1] == "5"


def test_two_periods_stand_beside_each_other_with_their_n(zhao: Reader) -> None:
    page = zhao.open(
        "/rates?from=2026-09-08&to=2026-09-15&against=own&other_from=2026-09-01&other_to=2026-09-07&lang=en"
    )
    lines = table(page.text, "compared")
    # 09-08 to 15: the village permit in time, the land-use permit late, the immediate item. Before: the site opinion.
    assert lines["On-time rate"] == ["66.7% n = 3", "100.0% n = 1", "−33.3 percentage points"]
    assert lines["Early rate"] == ["0.0% n = 2", "100.0% n = 1", "−100 percentage points"]
    assert lines["Working days used, mean"] == ["6 n = 2", "3 n = 1", "+3 working days"]


def test_where_one_of_two_periods_has_nothing_there_is_no_difference(zhao: Reader) -> None:
    page = zhao.open(f"/rates?{SEPTEMBER}&against=year&lang=en").text
    assert table(page, "compared")["Early rate"] == ["33.3% n = 3", "– n = 0", "–"]


def test_a_permit_and_a_handler_leave_only_their_own(zhao: Reader) -> None:
    assert list(table(zhao.open("/rates?permit=land_use").text, "permits")) == ["建设用地规划许可证"]
    assert list(table(zhao.open("/rates?handler=wang").text, "handlers")) == ["王强"]


# --- what makes no report ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/rates?basis=duty", "no limits of this kind"),
        ("/rates?basis=stage", "no limits of this kind"),
        ("/rates?permit=<b>", "There is no permit “<b>” here."),
        ("/rates?against=own", "“” is no date we know. Write it like 2026-09-18."),
        ("/rates/cases", "There is no figure “”."),
        ("/rates/cases?figure=x", "There is no figure “x”."),
        ("/rates/cases?figure=used&value=-1", "is no number of working days"),
        ("/rates/cases?figure=used&value=٤", "is no number of working days"),
        ("/rates/cases?figure=waiting&value=9-red", "is no age and light"),
        ("/rates/cases?figure=waiting&value=0-blue", "is no age and light"),
        ("/rates/cases?figure=late&month=2026-13", "is no date we know"),
        ("/rates/cases?figure=late&clock=x", "There is no limit “x” here."),
        ("/overruns?from=x", "“x” is no date we know"),
        ("/overruns/sheet?to=2026-02-30", "is no date we know"),
    ],
)
def test_what_makes_no_report_is_400_and_said(zhao: Reader, path: str, said: str) -> None:
    answer = zhao.open(f"{path}{'&' if '?' in path else '?'}lang=en")
    assert answer.status_code == 400 and said in text_of(answer) and "<b>”" not in answer.text


@pytest.mark.parametrize("after", ["x", "1.2026-09-01.x.promise", "2.2026-99-01.0.promise", "...", "9" * 500])
def test_a_place_that_is_none_begins_the_list_again(zhao: Reader, after: str) -> None:
    answer = zhao.open(f"/rates/cases?figure=counted&after={after}")
    assert answer.status_code == 200 and "n = 6" in text_of(answer)


# --- the list of overruns ---------------------------------------------------------------------------------------------
def overruns(page: str) -> list[list[str]]:
    rows = re.findall(r'<tr role="row" class="row red">(.*?)</tr>', page, re.DOTALL)
    return [[" ".join(re.sub(r"<[^>]*>", " ", c).split()) for c in re.split(r"</t[hd]>", row)][:5] for row in rows]


def test_each_missed_limit_is_listed_with_its_reason_or_that_there_is_none_yet(window: Desk, zhao: Reader) -> None:
    page = zhao.open(f"/overruns?{SEPTEMBER}").text
    assert overruns(page) == [
        [f"{window.numbers[LATE]} 建设用地规划许可证 承诺时限，4 个工作日", "到期日 2026年9月11日 周五",
         "办结 2026年9月15日 周二", "超期 2 个工作日", "用地权属核查费时"],
        [f"{window.numbers[OVERDUE[0]]} 建设用地规划许可证 承诺时限，4 个工作日", "到期日 2026年9月21日 周一",
         "办结 在办", "超期 2 个工作日", f"尚未说明 说明原因 {window.numbers[OVERDUE[0]]}"],
        [f"{window.numbers[HOSTILE]} 建设项目选址意见书 承诺时限，4 个工作日", "到期日 2026年9月22日 周二",
         "办结 在办", "超期 1 个工作日", f"尚未说明 说明原因 {window.numbers[HOSTILE]}"],
    ]  # fmt: skip
    assert "其中 2 项超期尚未说明原因" in page


def test_a_limit_belongs_to_the_period_it_ran_out_in(window: Desk, zhao: Reader) -> None:
    page = zhao.open("/overruns?from=2026-09-22&to=2026-09-30").text
    assert [line[0].split()[0] for line in overruns(page)] == [window.numbers[HOSTILE]]
    assert "该期间没有超期" in zhao.open("/overruns?from=2026-08-01&to=2026-08-31").text


def test_the_list_goes_on_where_a_page_ends(window: Desk, zhao: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sla.service.overrun_list.PAGE", 2)
    monkeypatch.setattr(reporting, "PAGE", 2)
    page = zhao.open(f"/overruns?{SEPTEMBER}").text
    more = re.search(r'<p class="more"><a href="([^"]*)">', page)
    assert len(overruns(page)) == 2 and more
    assert [line[0].split()[0] for line in overruns(zhao.open(unescape(more[1])).text)] == [window.numbers[HOSTILE]]


@pytest.mark.parametrize("path", ["/overruns", "/overruns/sheet"])
def test_no_title_and_no_name_is_on_what_may_be_published(window: Desk, zhao: Reader, path: str) -> None:
    page = zhao.open(path).text
    main = page.partition("<main")[2]
    assert window.numbers[HOSTILE] in main
    for secret in (*window.numbers, APPLICANT, "王强", "李敏", "script&gt;"):
        assert secret not in main


def test_the_sheet_names_the_law_and_the_office(zhao: Reader) -> None:
    words = text_of(zhao.open("/overruns/sheet"))
    assert "云溪市规划审批窗口 超期办件公示" in words and "公示依据：优化营商环境条例 36" in words
    assert "用地权属核查费时" in words and words.count("尚未说明") == 3  # two limits, and the hint above the sheet


def test_the_form_that_explains_a_limit_is_one_step_away(zhao: Reader) -> None:
    link = re.search(r'<a href="(/record/overdue_explained/[^"]*)">', zhao.open(f"/overruns?{SEPTEMBER}").text)
    assert link and zhao.open(unescape(link[1])).status_code == 200
    back = urlsplit(parse_qs(urlsplit(unescape(link[1])).query)["to"][0])
    assert (back.path, back.query) == ("/overruns", SEPTEMBER)  # and back to the period one was looking at


# --- how much it asks -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path", ["/rates?", "/rates/cases?figure=counted&", "/rates/cases?figure=waiting&value=-&", "/overruns?"]
)
def test_a_page_of_many_asks_the_database_no_oftener_than_one_of_few(window: Desk, zhao: Reader, path: str) -> None:
    few, many = (_statements(window, zhao, path + asked) for asked in ("handler=wang&permit=land_use", ""))
    assert few == many


def _statements(window: Desk, reader: Reader, path: str) -> int:
    seen: list[Any] = []

    def note(*args: Any) -> None:
        seen.append(args[2])

    sa.event.listen(window.app.engine, "before_cursor_execute", note)
    try:
        assert reader.open(path).status_code == 200
    finally:
        sa.event.remove(window.app.engine, "before_cursor_execute", note)
    return len(seen)


# --- the report on paper and as files ---------------------------------------------------------------------------------
def test_the_report_to_print_has_every_figure_with_its_definition_and_n(zhao: Reader) -> None:
    page = zhao.open(f"/rates/report?{SEPTEMBER}&lang=en").text
    part = page.partition('class="report-figures')[2].partition("</table>")[0]
    line = r'<tr[^>]*><th[^>]*>(.*?)</th><td[^>]*>(.*?)</td><td[^>]*class="soft">(.*?)</td></tr>'
    rows = re.findall(line, part)
    said = {name: re.sub(r"<[^>]+>", "", value) for name, value, _ in rows}
    # Of four completed one was late; two more are open past their promise. Three are no immediate items, one was early.
    assert said["On-time rate"] == "50.0% 3 ÷ 6"
    assert said["On-time rate, closed cases only"] == "75.0% 3 ÷ 4"
    assert said["Early rate"] == "33.3% 1 ÷ 3"
    assert said["Working days used, mean"] == "5 n = 3"  # 3, 6 and 6
    assert said["Extended"] == "0.0% 0 ÷ 3"
    assert said["Days saved an item"] == "90 n = 4"
    assert all(definition for _, _, definition in rows)
    assert "Monthly report on time limits: Sep 2026" in page


def test_beside_another_period_the_report_has_both(zhao: Reader) -> None:
    page = zhao.open(f"/rates/report?{SEPTEMBER}&against=before&lang=en").text
    line = page.partition('scope="row">On-time rate</th>')[2].partition("</tr>")[0]
    assert re.sub(r"<[^>]+>", " ", line).split()[:4] == ["50.0%", "3", "÷", "6"]
    assert ">– <small>n = 0</small></td>" in line


def test_the_page_leads_to_the_report_and_back_to_the_same_question(zhao: Reader) -> None:
    page = zhao.open(f"/rates?{SEPTEMBER}&permit=land_use&lang=en").text
    [path] = [unescape(path) for path in re.findall(r'href="(/rates/report\?[^"]*)"', page)]
    assert "permit=land_use" in path
    back = re.search(r'<p class="onward"><a href="([^"]*)"', zhao.open(path).text)
    assert back and parse_qs(urlsplit(unescape(back[1])).query)["permit"] == ["land_use"]


def test_as_files_the_report_is_a_list_and_a_workbook_with_charts(zhao: Reader) -> None:
    rows = zhao.open(f"/rates/report.json?{SEPTEMBER}&lang=en").json()["rows"]
    [rate] = [row for row in rows if row["of"]["id"] == "total" and row["figure"]["id"] == "on_time"]
    assert (rate["value"], rate["part"], rate["n"]) == (0.5, 3, 6)
    assert zhao.open(f"/rates/report.csv?{SEPTEMBER}").status_code == 200
    answer = zhao.open(f"/rates/report.xlsx?{SEPTEMBER}&lang=en")
    with ZipFile(BytesIO(answer.content)) as parts:
        assert any(name.startswith("xl/charts/chart") for name in parts.namelist())
    assert 'filename="report-2026-09-23.xlsx"' in answer.headers["content-disposition"]


@pytest.mark.parametrize("path", ["/rates/report", "/rates/report.xlsx", "/rates/report.csv"])
def test_a_period_that_is_none_makes_no_report(zhao: Reader, path: str) -> None:
    answer = zhao.open(f"{path}?from=x&lang=en")
    assert answer.status_code == 400
    assert "is no date we know" in text_of(answer)


# --- as of an earlier day ---------------------------------------------------------------------------------------------
def test_as_of_an_earlier_day_it_says_what_was_on_record_then(zhao: Reader) -> None:
    """On the 14th three were completed in time, and the one decided late on the 15th was open and overdue: 3 of 4."""
    page = zhao.open(f"/rates?{SEPTEMBER}&as_of=2026-09-14&lang=en")
    said = text_of(page)
    assert "by what was on record at the end of Mon 14 Sep 2026" in said
    assert "On-time rate 75.0% 3 ÷ 4 · n = 4" in said
    assert "/rates/cases?" not in page.text, "what is listed stands as it does now"
    assert 'name="as_of" type="date" size="10" value="2026-09-14"' in page.text
    [months] = re.findall(r'href="(/rates/months\.json\?[^"]*)"', page.text)
    [row] = zhao.open(unescape(months)).json()["rows"]
    assert (row["month"], row["on_time_rate"], row["completed"]) == ("2026-09-01", 0.75, 3)
    paper = text_of(zhao.open(f"/rates/report?{SEPTEMBER}&as_of=2026-09-14&lang=en"))
    assert "by what was on record at the end of Mon 14 Sep 2026" in paper and "75.0% 3 ÷ 4" in paper
    assert "as_of" not in re.findall(r'href="(/overruns[^"]*)"', page.text)[0]


def test_beside_another_period_both_are_of_that_day(zhao: Reader) -> None:
    asked = "from=2026-09-08&to=2026-09-14&against=own&other_from=2026-09-01&other_to=2026-09-07&as_of=2026-09-14"
    said = text_of(zhao.open(f"/rates?{asked}&lang=en"))
    # Of the week the village permit and the notice, and the open one that was due on the 11th; before it one of one.
    assert "On-time rate 66.7% n = 3 100.0% n = 1 −33.3 percentage points" in said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-09-24", "2026-09-24 lies in the future"),
        ("soon", "“soon” is no date we know"),
        ("2026-09-14T10:00", "is no date we know"),
    ],
)
def test_a_day_that_nobody_can_look_back_from_is_refused(zhao: Reader, day: str, said: str) -> None:
    for path in ("/rates", "/rates/report", "/rates/months.csv"):
        answer = zhao.open(f"{path}?as_of={day}&lang=en")
        assert answer.status_code == 400 and said in text_of(answer)


def test_the_usual_periods_end_on_that_day(zhao: Reader) -> None:
    page = unescape(zhao.open("/rates?as_of=2026-09-14").text)
    assert "/rates?from=2026-09-01&to=2026-09-14&as_of=2026-09-14" in page and "to=2026-09-23" not in page


@pytest.mark.parametrize(("day", "status"), [("2000-01-01", 400), ("2009-12-31", 400), ("2010-01-01", 200)])
def test_before_there_was_anything_there_is_nothing(zhao: Reader, day: str, status: int) -> None:
    for path in ("/rates", "/rates/report", "/rates/report.csv", "/rates/savings.csv"):
        for period in ("", "&from=2000-01-01&to=2010-01-01"):
            assert zhao.open(f"{path}?as_of={day}{period}&lang=en").status_code == status, path


@pytest.mark.parametrize("against", ["before", "year"])
def test_there_is_nothing_to_compare_with_before_there_are_calendars(zhao: Reader, against: str) -> None:
    for path in ("/rates", "/rates/report", "/rates/report.csv"):
        answer = zhao.open(f"{path}?from=2000-01-01&to=2000-01-05&against={against}&lang=en")
        assert answer.status_code == 400 and "Before 2000 there is nothing to compare with." in answer.text


def test_today_is_now_and_too_many_cases_are_for_the_command(zhao: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sla.web.rates_asked.MOST_AS_OF", 8)
    assert "/rates/cases?" in zhao.open(f"/rates?{SEPTEMBER}&as_of=2026-09-23").text
    answer = zhao.open("/rates?as_of=2026-09-14&lang=en")
    assert answer.status_code == 400
    assert "With more than 8 cases, ask on the office's server: sla report --as-of" in text_of(answer)
