"""What the heartbeat does: a table of names, intervals and callables."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Job:
    """Something done again and again, `every` so often, in each process. The callable takes nothing and keeps no
    truth."""

    name: str
    every: timedelta
    run: Callable[[], None]
