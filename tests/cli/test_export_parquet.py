"""`sla export parquet` on both databases: the closed clocks with their types; and one line where pyarrow is missing.

Days by hand beside tests/service/cast.py: accepted on Friday 09-18, the promise of 4 working days is due on 09-23; a
pause of 09-21 moves it to 09-24."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.cli.cast import CommandLine, one_line

ZONE = ZoneInfo("Asia/Shanghai")


def test_the_clocks_that_stopped_in_a_period_are_in_the_file(sla: CommandLine) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra is not installed: pip install shixian[parquet]")
    window = sla.window
    first = window.at("2026-09-18 09:00").receive()
    second = window.receive(handler="chen")
    window.receive()
    window.at("2026-09-21 10:00").record(first, "paused", ground="hearing")
    window.at("2026-09-22 10:00").record(first, "resumed", pause=3)
    window.at("2026-09-22 16:00").decide(first)
    window.at("2026-09-28 16:00").finish(second)
    path = str(sla.folder / "clocks.parquet")
    said = sla("export", "parquet", "planning-window", "--from", "2026-09-22", "--output", path)
    assert said.code == 0, said
    rows = parquet.read_table(path).to_pylist()
    assert said.out == f"{path}: closed clocks {len(rows)}\n"
    by_clock = {(row["number"], row["clock"]): row for row in rows}
    assert by_clock[first, "promise"] == {
        "number": first, "permit": "site_selection", "handler": "li", "received_on": date(2026, 9, 18),
        "outcome": "approved", "clock": "promise", "basis": "promise", "state": "met", "unit": "working_days",
        "limit": 4, "limit_extended": 4, "started_on": date(2026, 9, 18), "due_on": date(2026, 9, 24),
        "due_at": datetime(2026, 9, 25, tzinfo=ZONE), "stopped_on": date(2026, 9, 22),
        "stopped_at": datetime(2026, 9, 22, 16, tzinfo=ZONE), "used": 2.0, "late_by": None, "paused_days": 1,
        "capped": False, "deemed": False, "calendar_version": by_clock[first, "promise"]["calendar_version"],
    }  # fmt: skip
    late = by_clock[second, "promise"]
    # due on Wednesday 09-23; 09-24 and 09-28 are the working days after it, 09-25 to 09-27 are off
    assert (late["state"], late["due_on"], late["late_by"]) == ("late", date(2026, 9, 23), 2)
    sla("export", "parquet", "--to", "2026-09-22", "--output", path)
    assert {row["number"] for row in parquet.read_table(path).to_pylist() if row["basis"] == "promise"} == {first}


@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)
def test_without_the_extra_one_line_says_what_to_install(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sla.formats.as_parquet.find_spec", lambda name: None)
    said = one_line(sla("export", "parquet", "--output", str(sla.folder / "a.parquet")))
    assert said == "parquet: needs pyarrow: run `pip install shixian[parquet]`"


@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)
def test_it_is_nothing_for_the_screen(sla: CommandLine) -> None:
    pytest.importorskip("pyarrow", reason="the extra is not installed: pip install shixian[parquet]")
    assert one_line(sla("export", "parquet")).startswith("output: Parquet is nothing for the screen; name a file")
