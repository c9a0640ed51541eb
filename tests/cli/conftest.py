"""`sla`: the command line on the window's database of each kind."""

from pathlib import Path

import pytest

from tests.cli.cast import CommandLine
from tests.service.cast import Window
from tests.service.conftest import databases, window, window_app

__all__ = ["databases", "sla", "window", "window_app"]


@pytest.fixture
def sla(
    window: Window,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> CommandLine:
    return CommandLine(window, monkeypatch, capsys, tmp_path).at("2026-09-18 09:30")
