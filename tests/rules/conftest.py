"""`window` and `sla`: the fixed cast and its command line on a database of each kind in turn."""

from tests.cli.conftest import sla
from tests.service.conftest import databases, window, window_app

__all__ = ["databases", "sla", "window", "window_app"]
