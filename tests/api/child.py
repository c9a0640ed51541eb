"""A server that is killed where it is told: `python -m tests.api.child DATABASE_URL NOW [MODULE:NAME NTH]`.

It says in one line on which port it listens.
"""

import importlib
import os
import signal
import sys
from datetime import datetime
from itertools import count
from typing import Any

from sla.app import Clock, build
from sla.settings import Settings
from tests.browser.cast import serving


def arm(place: str, nth: int) -> None:
    """Die of SIGKILL when a function is called for the nth time: before it, or behind it for `MODULE:NAME+`."""
    module_name, _, name = place.rstrip("+").partition(":")
    module, calls = importlib.import_module(module_name), count(1)
    whole = getattr(module, name)

    def deadly(*given: Any, **named: Any) -> Any:
        now = next(calls) == nth
        if now and not place.endswith("+"):
            os.kill(os.getpid(), signal.SIGKILL)
        done = whole(*given, **named)
        if now:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(module, name, deadly)


def main(url: str, now: str, place: str = "", nth: str = "1") -> None:
    if place:
        arm(place, int(nth))
    app = build(Settings(database_url=url), clock=Clock(fixed=datetime.fromisoformat(now)))
    with serving(app) as base:
        print(base, flush=True)
        sys.stdin.read()
    app.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
