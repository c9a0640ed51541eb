"""A part of `make mutants`: what all else is built from is broken at every spot, and a test fails each time."""

from pathlib import Path

from tests.mutants.running import equivalents, run

FILES = ("schedules/spans.py",)
TESTS = ("tests/schedules/test_spans.py",)


def test_no_spot_of_spans_can_be_broken_unseen(tmp_path: Path) -> None:
    found = run(tmp_path, FILES, TESTS)
    assert set(found.made) == set(FILES)
    assert found.total > 70
    assert [name for name in found.living if name not in equivalents()] == []
