"""Every benchmark runs and gives a table; how fast it was is no matter here."""

from tests.bench.__main__ import report, tables
from tests.bench.database import lent
from tests.bench.table import Row, Table, at_most, times_faster


def test_every_benchmark_runs_with_a_twentieth_of_its_work_and_gives_a_table(postgresql: str) -> None:
    with lent(postgresql):
        measured = list(tables(share=1 / 20))
    assert "Working days" in [table.title for table in measured]
    assert all(table.rows for table in measured)
    text = report(measured, "2026-09-18")
    assert "Measured on 2026-09-18 with `make bench`" in text
    assert all(f"| {row.what} |" in text for table in measured for row in table.rows)


def test_a_bar_that_was_missed_says_so() -> None:
    fast, slow = times_faster("a", 1e-6, 30e-6, 25), times_faster("a", 1e-6, 20e-6, 25)
    assert (fast, slow.met) == (Row("a", "1 µs", "30 µs", "30 x", ">= 25 x", True), False)
    assert at_most("b", 0.6, 0.5) == Row("b", "600 ms", "–", "600 ms", "< 500 ms", False)
    assert "**missed**" in "\n".join(Table("t", [slow]).markdown())
