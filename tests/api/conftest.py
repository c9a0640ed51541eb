from collections.abc import Iterator

import pytest

from tests.api.cast import Program, calling
from tests.service.cast import Window
from tests.service.conftest import databases, window, window_app

__all__ = ["databases", "window", "window_app"]


@pytest.fixture
def program(window: Window) -> Iterator[Program]:
    """A program at the window's own machine, on a database of each kind; it is Friday 2026-09-18, 15:00."""
    window.at("2026-09-18 15:00")
    with calling(window.app) as program:
        yield program
