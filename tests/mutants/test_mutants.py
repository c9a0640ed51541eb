"""A twentieth of `make mutants`: what all else is built from is broken at every spot, and a test fails each time."""

from pathlib import Path

from tests.mutants.running import equivalents, run

FILES = ("schedules/spans.py", "schedules/timetable.py")
TESTS = ("tests/schedules/test_spans.py", "tests/schedules/test_timetable.py", "tests/schedules/test_working_time.py")


def test_no_spot_of_spans_and_timetables_can_be_broken_unseen(tmp_path: Path) -> None:
    found = run(tmp_path, FILES, TESTS)
    assert set(found.made) == set(FILES)
    assert found.total > 100
    assert [name for name in found.living if name not in equivalents()] == []
