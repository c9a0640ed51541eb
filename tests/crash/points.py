"""Where the process is killed. Points are reached by wrapping functions in the child; production code has no hooks."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from itertools import count
from typing import Any


@dataclass(frozen=True)
class Point:
    """Just before or just after a function: `where` is module:name or module:Class.name."""

    name: str
    when: str
    where: str


RECORD = (
    Point("event appended, its case's head not yet moved", "after", "sla.store.cases:append_events"),
    Point("event and all that follows written, before commit", "after", "sla.service.cases:rebuild"),
    Point("event committed", "after", "tests.crash.child:accept"),
)
SWEEP = (
    Point("before claim", "before", "sla.store.cases:due_cases"),
    Point("claimed, before the index is asked", "before", "sla.service.sweep:raise_due"),
    Point("swept and committed", "after", "sla.app:App.sweep"),
)
RAISE = (  # where nothing but time has passed
    Point("found by the index, before marked raised", "before", "sla.store.raising:put_raised"),
    Point("marked raised by the index, before enqueue", "before", "sla.service.raising:enqueue"),
    Point("enqueued by the index, before commit", "after", "sla.service.sweep:raise_due"),
)
REBUILD = (  # where a deadline has come, or several alarms are due
    Point("claimed, before rebuild", "before", "sla.service.sweep:rebuild"),
    Point("rebuilt and marked raised, before enqueue", "before", "sla.service.rebuild:enqueue"),
    Point("rebuilt and enqueued, before commit", "after", "sla.service.sweep:rebuild"),
)
DIGEST = (
    Point("digest marked as made, before enqueue", "before", "sla.service.digests:enqueue"),
    Point("digest enqueued, before commit", "after", "sla.service.digests:enqueue"),
)
DELIVER = (
    Point("delivery claimed, before commit", "after", "notifiers.delivery:claim"),
    Point("delivery claim committed", "before", "sla.app:App._render"),
    Point("before send", "before", "notifiers.channels.webhook:WebhookChannel.send"),
    Point("sent, before settle", "after", "notifiers.channels.webhook:WebhookChannel.send"),
    Point("batch sent, before settle", "before", "notifiers.delivery:_settle"),
    Point("settled, before commit", "after", "notifiers.delivery:settle"),
    Point("settled and committed", "after", "notifiers.delivery:_settle"),
)
EVERY = (*RECORD, *SWEEP, *RAISE, *REBUILD, *DIGEST, *DELIVER)


def die() -> None:
    """As by `kill -9`."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: Point, nth: int, befalls: Callable[[], object] = die) -> None:
    """Let it befall this process the nth time it gets there."""
    reached = count(1)

    def due_on(wanted: str) -> None:
        if point.when == wanted and next(reached) == nth:
            befalls()

    def around(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def wrapped(*args: Any, **named: Any) -> Any:
            due_on("before")
            result = function(*args, **named)
            due_on("after")
            return result

        return wrapped

    replace(point.where, around)


def replace(where: str, around: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put `around(function)` in the place of a function, in this process."""
    module, _, path = where.partition(":")
    *owners, name = path.split(".")
    owner: Any = import_module(module)
    for part in owners:
        owner = getattr(owner, part)
    setattr(owner, name, around(getattr(owner, name)))
