"""What is made of the answers of a run; how fast they were is no matter here."""

import pytest

from tests.bench import load
from tests.bench.load import Run, report, shares, summed


def test_of_a_hundred_answers_99_took_no_longer_than_the_99th_percentile() -> None:
    answers = [(place / 1000, 200) for place in range(100, 0, -1)]
    assert summed(answers) == Run(100, 0, 0.0505, 0.099)
    assert summed([*answers[1:], (9.0, 503)]).p99 == 0.099 and summed([*answers[1:], (9.0, 503)]).wrong == 1
    assert summed([(0.5, 200)]).p99 == 0.5


def test_fifty_requests_a_second_are_asked_for() -> None:
    assert sum(share.rate for share in shares("建字第1号")) == 50


def test_the_report_says_which_bar_was_missed() -> None:
    runs = [Run(1000, 0, 0.02, p99) for p99 in (0.1, 0.2, 0.3, 0.4, 0.2)]
    assert "Median p99: 200 ms; bar 250 ms, met." in report(shares("1"), runs, "2026-09-18")
    assert "**missed**" in report(shares("1"), [Run(1000, 0, 0.02, 0.25)], "2026-09-18")


def test_where_hey_is_missing_one_line_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert load.main() == 2
    assert capsys.readouterr().err == "hey is missing (Debian: apt install hey)\n"
