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
    assert text.count("Measured on 2026-09-18, commit ") == len(measured)
    assert all(f"| {row.what} |" in text for table in measured for row in table.rows)


def test_what_is_measured_again_takes_the_place_of_what_was_and_the_rest_stays() -> None:
    one, other = (Table(title, [at_most("figure", 1, 2)]) for title in ("One", "Other"))
    first = report([one, other], "2026-09-18")
    again = report([Table("One", [at_most("figure", 3, 2)])], "2026-09-19", first)
    assert again.count("## One") == again.count("## Other") == 1
    assert again.index("## One") < again.index("**missed**") < again.index("## Other")
    assert again.count("on 2026-09-18") == again.count("on 2026-09-19") == 1
    assert report([other], "2026-09-18", first) == first


def test_a_bar_that_was_missed_says_so() -> None:
    fast, slow = times_faster("a", 1e-6, 30e-6, 25), times_faster("a", 1e-6, 20e-6, 25)
    assert (fast, slow.met) == (Row("a", "1 µs", "30 µs", "30 x", ">= 25 x", True), False)
    assert at_most("b", 0.6, 0.5) == Row("b", "600 ms", "–", "600 ms", "< 500 ms", False)
    assert "**missed**" in "\n".join(Table("t", [slow]).markdown())
