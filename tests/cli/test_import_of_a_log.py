"""A municipality's 1,434 real permits come in with their events, and the report says of them what a plain count over
the file says."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from sla.store.migrate import migrate
from tests.cli.cast import CommandLine
from tests.service.cast import Window
from tests.shared import shared

ZONE = ZoneInfo("Europe/Amsterdam")
AS_OF = date(2012, 1, 23)
MAPPING = """
source = "coselog"

[cases]
number = "case_id"
received = "start"
accepted = "start"
decided = "end"
given = "deadline"

[defaults]
permit = "regular"
handler = "clerk"

[events]
case = "case_id"
event = "event"
at = "timestamp"
"""
POLICY = """
[policy]
id = "nl_wabo"
version = 1
names = { zh = "荷兰环境许可（旧法）", en = "Environment permit (Wabo)" }
valid_from = 2010-10-01
country = "NL"
zone = "Europe/Amsterdam"
hours = { mon = [["09:00", "17:00"]] }

[[ladders.statutory]]
name = "overdue"
gravity = "overdue"
to = ["handler"]

[clocks.statutory]
names = { zh = "法定决定期限", en = "decision term" }
basis = "statute"
limit = { amount = 8, unit = "weeks" }
starts_on = ["received"]
stops_on = ["decided"]
ladder = "statutory"
source = "Wabo art. 3.9"

[permits.regular]
names = { zh = "常规程序", en = "Regular procedure" }
number = "WABO-{year}-{seq:05}"

[permits.regular.clocks]
statutory = {}
"""
OFFICE = """
[office]
slug = "gemeente"
name = "Gemeente"
policy_file = "policy.toml"

[channels.desk]
kind = "log"

[[staff]]
id = "clerk"
name = "A Clerk"
roles = ["clerk", "chief", "manager"]
addresses = { desk = "clerk" }
"""
WORKED = '\n[calendar]\nopen = { 2011-05-05 = "worked: a recognised holiday, but not the fifth year" }\n'


@pytest.fixture
def sla(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[CommandLine]:
    window = Window(database_url, tmp_path)
    migrate(window.app.engine)
    (tmp_path / "policy.toml").write_text(POLICY, "utf-8")
    yield CommandLine(window, monkeypatch, capsys, tmp_path)
    window.close()


def imported(sla: CommandLine, office: str) -> list[str]:
    """The report of the import into an office of this file."""
    assert sla("office", "apply", sla.file(office)).code == 0
    cases, events = shared("logs", "receipt_cases.csv"), shared("logs", "receipt_events.csv")
    mapping = sla.file(MAPPING, "mapping.toml")
    said = sla("import", str(cases), "--mapping", mapping, "--events", str(events), "--as-of", AS_OF.isoformat())
    assert said.code == 0, said
    return said.out.splitlines()


def test_the_report_of_a_real_log_says_what_a_plain_count_says(sla: CommandLine) -> None:
    lines = imported(sla, OFFICE + WORKED)
    assert lines[0] == "1,434 rows: 1,434 cases brought in with 4,197 events, 0 already there, 0 refused"
    assert lines[1] == "2 closed before they started, on the same day; kept by the day (rows 170, 1095)"
    assert lines[2].startswith("145 with events after closing (rows 3, 9, 19, ")
    assert lines[3].startswith("8,577 events passed over, to which the mapping gives no kind: Confirmation of receipt,")
    assert lines[5:10] == [
        "As of Mon 23 Jan 2012, by local date:",
        "  1,329 closed, 105 open",
        "  By the given deadlines: 309 late, 951 early, 37 open and overdue",
        "    On-time rate: 74.67% (n = 1,366)  completed on time ÷ (completed + open and overdue)",
        "    Closed cases only: 76.75% (n = 1,329)  completed on time ÷ completed",
    ]
    assert "  Median from start to end: 50 calendar days, 36 working days, n = 1,329" in lines
    assert "439 of 1,434 given deadlines differ from those computed here" in lines
    assert len(sla.window.rows("given_deadline")) == 1_434


def test_where_liberation_day_is_off_each_year_the_median_is_a_day_less(sla: CommandLine) -> None:
    """665 of the 1,329 are the median's place; 664 took at most 35 working days, and 9 more do without 5 May."""
    assert "  Median from start to end: 50 calendar days, 35 working days, n = 1,329" in imported(sla, OFFICE)


def test_the_figures_are_those_of_the_file() -> None:
    rows = list(csv.DictReader(shared("logs", "receipt_cases.csv").read_text("utf-8-sig").splitlines()))
    closed = [row for row in rows if row["end"]]
    late = sum(_day(row["end"]) > _day(row["deadline"]) for row in closed)
    early = sum(_day(row["end"]) < _day(row["deadline"]) for row in closed)
    overdue = sum(not row["end"] and _day(row["deadline"]) < AS_OF for row in rows)
    assert (len(closed), len(rows) - len(closed), late, early, overdue) == (1_329, 105, 309, 951, 37)
    assert f"{(len(closed) - late) / len(closed):.2%}" == "76.75%"
    assert f"{(len(closed) - late) / (len(closed) + overdue):.2%}" == "74.67%"
    assert median((_day(row["end"]) - _day(row["start"])).days for row in closed) == 50
    assert sum(_moment(row["end"]) < _moment(row["start"]) for row in closed) == 2
    assert sum(_moment(row["last_event"]) > _moment(row["end"]) for row in closed) == 145


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(text: str) -> date:
    return _moment(text).astimezone(ZONE).date()
