"""How far something long has come, on a terminal and beside what is printed."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(name: str) -> Iterator[Callable[[Callable[[], float]], object]]:
    """What shows how much is done, as a function says from 0 to 1; on standard error, if that is a terminal."""
    if not name or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=1.0)
        yield lambda share: progress.update(task, completed=share())
