"""Some of a long look in a process of its own, on another core."""

import copyreg
import os
import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from multiprocessing import get_context
from types import MappingProxyType
from typing import Any

from schedules.calendars import WorkingCalendar
from sla.service.dry_run import Aside
from sla.service.look import Look, Looked
from sla.service.offices import office_named
from sla.settings import Settings
from sla.store.calendars import Part
from sla.store.engine import Session, engine_of


@contextmanager
def aside(settings: Settings, office: str, calendar: WorkingCalendar, now: datetime) -> Iterator[Aside | None]:
    """Looks at an office's cases by `calendar` at `now` in another process; None where there can be none.

    The process starts when it is first asked. If it is killed, what it was asked for raises BrokenExecutor.
    """
    asked = pickle.dumps((settings.database_url, office, replace(calendar), now))  # without the tables it has grown
    with second_process() as pool:
        yield (lambda part: pool.submit(_looked, asked, part)) if pool else None


@contextmanager
def second_process() -> Iterator[ProcessPoolExecutor | None]:
    """It starts when it is first asked; None where it would have no processor, or there can be none."""
    if _cores() < 2:
        yield None
        return
    try:
        pool = ProcessPoolExecutor(1, get_context("spawn"))  # a fork would share open connections
    except (ImportError, NotImplementedError, OSError):  # a system without semaphores, as in some containers
        yield None
        return
    with pool:
        yield pool


def _looked(asked: bytes, part: Part) -> Looked:
    return _opened(asked).at(part)


@lru_cache(maxsize=1)
def _opened(asked: bytes) -> Look:
    """In the other process: one look, whose session is open as long as the process is."""
    database_url, office, calendar, now = pickle.loads(asked)  # noqa: S301 - by the process that started this one
    session = Session(engine_of(database_url))
    return Look(session, office_named(session, office), calendar, now)


def _cores() -> int:
    """How many processors this process may use, where the system says."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _view(days: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(days)


copyreg.pickle(MappingProxyType, lambda days: (_view, (dict(days),)))  # a calendar keeps its days where none is changed
