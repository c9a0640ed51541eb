"""`sla calendar`: a year on one screen, notices loaded, tried and applied; what is wrong ends in one line."""

from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.cast import CommandLine
from tests.service.cast import OFFICE, notice

ON_ONE = pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)
CLOSED_23 = notice("国办发〔2026〕8号", off="2026-09-23")


@pytest.fixture
def case(sla: CommandLine) -> str:
    """Accepted on Friday 09-18, due on 09-23: 20 (Sunday, worked), 21, 22, 23."""
    return sla.window.receive(title="城北变电站")


# --- show ------------------------------------------------------------------------------------------------------------
@ON_ONE
def test_a_year_fits_a_screen_with_its_days_off_and_worked(sla: CommandLine) -> None:
    said = sla("calendar", "show", "CN", "2026")
    lines = said.out.splitlines()
    assert said.code == 0
    assert len(lines) <= 45
    months = lines[1 : next(place for place, line in enumerate(lines) if line.startswith("休 holiday"))]
    assert max(map(cell_len, months)) <= 80
    assert "CN 2026 · 248 working days" in lines[0]
    place = next(place for place, line in enumerate(lines) if line.startswith("Oct 18 working days"))
    assert lines[place + 2].split()[:4] == ["休"] * 4  # Thursday 1 to Sunday 4 October
    assert lines[place + 3].split()[:7] == ["休", "休", "休", "8", "9", "班", "11"]
    assert "make-up working days: 01-04, 02-14, 02-28, 05-09, 09-20, 10-10" in lines
    assert "\x1b[" not in said.out  # plain where it is no terminal
    assert "国庆节 National Day" in said.out
    assert "国务院办公厅关于节假日安排的通知" in said.out


@ON_ONE
def test_a_year_in_chinese(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    out = sla("calendar", "show", "cn", "2026").out
    assert out.startswith("CN 2026 · 248 个工作日\n")
    assert "一 二 三 四 五 六 日" in out
    assert "补班：01-04" in out


@ON_ONE
def test_a_year_that_nobody_announced_says_so(sla: CommandLine) -> None:
    out = sla("calendar", "show", "CN", "2027").out
    assert "Provisional from Fri 1 Jan 2027 on: only what is certain by law is off." in out
    assert sla("calendar", "show", "CN", "2027", "--json").json["provisional_from"] == "2027-01-01"
    assert sla("calendar", "show", "CN", "2026", "--json").json["provisional_from"] is None


@ON_ONE
def test_a_year_as_json(sla: CommandLine) -> None:
    shown = sla("calendar", "show", "GB", "2026", "--subdiv", "ENG", "--json").json
    assert shown["country"] == "GB-ENG"
    assert {day["date"] for day in shown["off"]} == {  # gov.uk/bank-holidays, England and Wales, 2026
        "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-26",
        "2026-12-28",
    }  # fmt: skip
    assert shown["working_days"] == sum(shown["working_days_by_month"].values())


@ON_ONE
def test_the_offices_own_year_has_its_own_days(sla: CommandLine) -> None:
    sla("office", "apply", sla.file(OFFICE + '\n[calendar]\nclosed = { 2026-10-08 = "搬迁停办" }\n'))
    out = sla("calendar", "show", "2026").out
    assert "闭" in out
    assert "搬迁停办" in out
    assert sla("calendar", "show", "2026", "--json").json["working_days"] == 247


# --- load, list, diff, apply -----------------------------------------------------------------------------------------
def test_a_notice_is_loaded_tried_and_applied(sla: CommandLine, case: str) -> None:
    file = sla.at("2026-09-21 10:00").file(CLOSED_23, "notice.toml")
    tried = sla("calendar", "diff", file)  # before it is loaded
    assert f"  {case}  Site selection opinion  Li Min  promise  2026-09-23 → 2026-09-24" in tried.out.splitlines()
    assert "1 open case, moved: 2, overdue by the calendar: 0, no longer overdue: 0, confirmed: 0" in tried.out
    assert sla("calendar", "load", file, "--by", "zhao").out == "国办发〔2026〕8号: loaded, 1 days off, 0 worked\n"
    assert sla("calendar", "load", file).out == "国办发〔2026〕8号: was loaded already, 1 days off, 0 worked\n"
    assert [row["state"] for row in sla("calendar", "list", "--json").json] == ["loaded"]
    found = sla("calendar", "diff", "--json").json
    assert found["total"] == {"moved": 2, "overdue": 0, "rescued": 0, "confirmed": 0}
    assert found["by_handler"] == {"li": found["total"]}
    assert [(entry["clock"], entry["before"], entry["after"]) for entry in found["clocks"]] == [
        ("promise", "2026-09-23", "2026-09-24"), ("statutory", "2026-11-05", "2026-11-06"),
    ]  # fmt: skip
    applied = sla("calendar", "apply", "国办发〔2026〕8号", "--by", "zhao")
    assert applied.code == 0
    assert applied.out.splitlines()[1] == "moved: 2, overdue by the calendar: 0, no longer overdue: 0, confirmed: 0"
    assert sla.window.due(case) == "2026-09-24"
    event = sla("case", "show", case, "--json").json["events"][2]
    assert (event["kind"], event["notice"], event["by"]) == ("calendar_applied", "国办发〔2026〕8号", "zhao")
    assert "applied" in sla("calendar", "list").out
    assert sla("doctor", "--rebuild").out == "all is well\n"
    assert sla("calendar", "apply", "国办发〔2026〕8号").err.startswith(
        "error: notice: 国办发〔2026〕8号 is applied already, since 2026-09-21"
    )


def test_a_case_is_shown_and_explained_as_it_was_believed(sla: CommandLine, case: str) -> None:
    sla.at("2026-09-21 10:00")("calendar", "load", sla.file(CLOSED_23, "notice.toml"))
    sla("calendar", "apply")
    sla.at("2026-09-22 10:00")
    shown = sla("case", "show", case, "--as-of", "2026-09-20")
    assert shown.out.startswith("as believed on Sun 20 Sep 2026 23:59\n")
    assert "Wed 23 Sep" in shown.out
    assert (
        sla("case", "show", case, "--as-of", "2026-09-20", "--json").json["clocks"]["promise"]["due_on"] == "2026-09-23"
    )
    assert sla("case", "show", case, "--json").json["clocks"]["promise"]["due_on"] == "2026-09-24"
    assert "Wed 23 Sep 2026  counted 4 of 4" in sla("case", "explain", case, "--as-of", "2026-09-20").out
    now = sla("case", "explain", case).out
    assert "Wed 23 Sep 2026  holiday (day off)  [R3] notice 国办发〔2026〕8号" in now
    assert "calendar amended" in now


def test_what_the_installed_data_has_otherwise_is_tried_and_applied(
    sla: CommandLine, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.service.test_calendar_watch import known_through

    monkeypatch.setattr("sla.service.calendars.announced", known_through(2026, closed="2026-09-22"))
    sla.at("2026-09-21 10:00")
    assert sla("calendar", "diff", "--installed", "--json").json["days"] == ["2026-09-22"]
    assert sla.window.due(case) == "2026-09-23"
    assert sla("calendar", "apply", "--installed").code == 0
    assert sla.window.due(case) == "2026-09-24"
    assert sla("calendar", "diff", "--installed", "--json").json["days"] == []
    assert sla.refuses("calendar", "apply", "--installed").startswith("installed: there is nothing to apply")


# --- what is wrong ---------------------------------------------------------------------------------------------------
HEAD = '[notice]\nnumber = "1"\ntitle = "t"\npublished = 2026-09-01\n'


@ON_ONE
@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("x", "notice.toml: is no TOML"),
        ("off = []\n", "notice: is missing: write [notice] with number, title and published"),
        ('[notice]\ntitle = "t"\npublished = 2026-09-01\n', "notice.number: is missing"),
        (HEAD.replace('"1"', "1"), "notice.number: must be a text"),
        (HEAD.replace("published = 2026-09-01\n", ""), "notice.published: is missing"),
        (
            HEAD.replace("2026-09-01", "2026-10-01") + "off = [{ date = 2026-11-11 }]",
            "notice.published: 2026-10-01 lies",
        ),
        (HEAD, "off: lists no day, nor does work"),
        (HEAD + "off = 3", "off: must be a list"),
        (HEAD + "off = [3]", "off[0]: must be a table"),
        (HEAD + "off = [{}]", "off[0].date: is missing; write date = 2027-01-01"),
        (HEAD + 'off = [{ date = "2027-02-29" }]', "off[0].date: '2027-02-29' is no date; write 2026-09-18"),
        (HEAD + "off = [{ date = 2027-02-29 }]", "notice.toml: is no TOML"),
        (HEAD + 'off = [{ from = 2026-11-11, to = "soon" }]', "off[0].to: 'soon' is no date"),
        (HEAD + "off = [{ from = 2026-11-11, to = 2026-11-10 }]", "off[0].to: 2026-11-10 is earlier than 2026-11-11"),
        (HEAD + "off = [{ from = 2026-11-11, to = 2028-11-11 }]", "off[0].to: 2026-11-11 to 2028-11-11 is more than"),
        (HEAD + "off = [{ from = 2026-11-11 }]", "off[0].date: is missing"),
        (HEAD + "off = [{ date = 2026-11-11, to = 2026-11-12 }]", "off[0]: has a date and a span"),
        (
            HEAD + "work = [{ from = 2026-11-14, to = 2026-11-14 }]",
            "work[0].from: is unknown; known are: date, en, name",
        ),
        (HEAD + "off = [{ date = 2026-11-11 }, { date = 2026-11-11 }]", "off[1]: 2026-11-11 is there twice"),
        (HEAD + "off = [{ date = 2026-11-11, name = 5 }]", "off[0].name: must be a text"),
        (
            HEAD + "off = [{ date = 1850-11-11 }]",
            "off: 1850-11-11 lies outside the years a calendar covers, 2000 to 2040",
        ),
        (
            HEAD + "off = [{ date = 2026-11-11 }]\nwork = [{ date = 2026-11-11 }]",
            "off: 2026-11-11 is both off and worked",
        ),
        (HEAD + 'level = "village"', "notice.level: 'village' is unknown; known are: announced, region, office"),
        (HEAD + 'scope = "all"', "notice.scope: 'all' is unknown; known are: legal, office"),
        (
            HEAD + 'scope = "office"\noff = [{ date = 2026-11-11 }]',
            "notice.scope: what a government announces is legal",
        ),
        (
            HEAD + 'level = "office"\nscope = "legal"\noff = [{ date = 2026-11-11 }]',
            "notice.scope: a notice of the office is never legal",
        ),
        (
            HEAD + "announced_through = 2027-06-30",
            "notice.announced_through: 2027-06-30 ends no year; write 2027-12-31",
        ),
        (HEAD + "announced_through = 5", "notice.announced_through: '5' is no date"),
        (HEAD + "year = 2027", "notice.year: is unknown; known are: amends, announced_through, level, number, off,"),
        ("[holiday]\n", "holiday: is unknown; known are: notice, off, work"),
        (
            HEAD + "work = [{ date = 2026-10-01 }]",
            "notice.amends: 2026-10-01 is worked in 1, but off in 国务院办公厅关于节假日安排的通知（至2026年，holidays",
        ),
    ],
)
def test_a_notice_file_that_cannot_be_is_one_line(sla: CommandLine, text: str, error: str) -> None:
    assert sla.refuses("calendar", "load", sla.file(text, "notice.toml")).startswith(error)


@ON_ONE
def test_a_file_that_is_not_there_is_one_line(sla: CommandLine, tmp_path: Path) -> None:
    missing = str(tmp_path / "none.toml")
    assert sla.refuses("calendar", "load", missing).startswith(f"file: {missing} cannot be read")
    assert sla.refuses("calendar", "diff", missing).startswith(f"file: {missing} cannot be read")


@ON_ONE
def test_a_number_is_loaded_once_and_corrected_only_before_it_is_applied(sla: CommandLine) -> None:
    first, other = (
        sla.file(HEAD + f"off = [{{ date = {day} }}]", f"{day}.toml") for day in ("2026-11-11", "2026-11-12")
    )
    sla("calendar", "load", first)
    assert sla.refuses("calendar", "load", other) == (
        "notice.number: 1 is loaded already, with another text; write --replace to correct it"
    )
    assert sla("calendar", "load", other, "--replace").code == 0
    sla("calendar", "apply")
    assert sla.refuses("calendar", "load", first, "--replace").startswith(
        "notice.number: 1 is applied already, with other days; a later notice amends it"
    )


@ON_ONE
def test_notices_are_applied_in_their_order(sla: CommandLine) -> None:
    second = HEAD.replace('"1"', '"2"') + 'amends = "1"\nwork = [{ date = 2026-11-11 }]'
    far = HEAD.replace('"1"', '"8"') + "announced_through = 2028-12-31"
    for name, text in (("1", HEAD + "off = [{ date = 2026-11-11 }]"), ("2", second), ("8", far)):
        assert sla("calendar", "load", sla.file(text, f"{name}.toml")).code == 0
    assert sla.refuses("calendar", "apply", "2") == "notice: 2 amends 1, which is not applied; apply that first"
    assert sla.refuses("calendar", "apply", "8").startswith(
        "notice.announced_through: 8 announces 2028, but the calendar"
    )
    assert sla.refuses("calendar", "apply") == "notice: say which; not applied yet are: 1, 2, 8"
    assert sla.refuses("calendar", "apply", "9") == "notice: '9' is not loaded; loaded are: 1, 2, 8"
    assert sla("calendar", "apply", "1").code == 0
    assert sla("calendar", "apply", "2").code == 0


@ON_ONE
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["show", "ZZ", "2026"], "country: 'ZZ' is unknown; use an ISO 3166 code such as CN, GB, NL, US"),
        (["show", "CN", "2026", "--subdiv", "XX"], "subdiv: 'XX' is unknown in CN; known are: none"),
        (["show", "CN"], "year: is missing; write CN 2026"),
        (["show", "CN", "soon"], "year: 'soon' is no year; write 2026"),
        (["show", "CN", "1850"], "year: 1850 is not covered; write one from 2000 to 2040"),
        (["show", "2050"], "year: 2050 is not covered; write one from 2000 to 2040"),
        (["diff"], "notice: say which; not applied yet are: none"),
        (["load", "FILE", "--by", "nobody"], "by: 'nobody' is nobody here"),
        (["apply", "1", "--by", "nobody"], "by: 'nobody' is nobody here"),
    ],
)
def test_a_wrong_argument_is_one_line(sla: CommandLine, arguments: list[str], error: str) -> None:
    file = sla.file(HEAD + "off = [{ date = 2026-11-11 }]", "notice.toml")
    said = sla.refuses("calendar", *(file if argument == "FILE" else argument for argument in arguments))
    assert said.startswith(error)
