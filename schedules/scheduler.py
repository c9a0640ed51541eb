"""The heartbeat of a process: APScheduler, in memory. It keeps no truth; what is owed stands in the tables.

APScheduler waits for moments of the machine's clock, which may be set while it waits; spans are measured apart from it.
"""

import logging
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from time import monotonic

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from schedules.jobs import Job

LOOKS = 1.0  # seconds between two looks at the clock
SET_BACK = timedelta(seconds=1)  # what is less is no step but how a clock is kept right

logger = logging.getLogger("schedules.heartbeat")


class Heartbeat:
    """Runs each job at its interval in the background, never twice at a time; runs that were missed become one.

    It goes on when the machine's clock is set back or forward, and when the machine has slept.
    """

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._jobs = tuple(jobs)
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(max(1, len(self._jobs)))},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for job in self._jobs:
            self._scheduler.add_job(guarded, _Every(job.every), args=(job,), id=job.name, name=job.name)
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._watch_clock, name="clock", daemon=True)

    def start(self) -> None:
        self._scheduler.start()
        self._watch.start()

    def run_soon(self, name: str) -> None:
        """Run a job now instead of at the end of its interval; one that runs just now runs again at its time."""
        self._scheduler.modify_job(name, next_run_time=_clock())

    def stop(self) -> None:
        """Wait for the jobs that run, then stop."""
        self._over.set()
        self._watch.join()
        self._scheduler.shutdown(wait=True)

    def _watch_clock(self) -> None:
        """Set back by eight hours, it would keep every job waiting for eight hours."""
        began = _began()
        while not self._over.wait(LOOKS):
            before, began = began, _began()
            if began < before - SET_BACK:
                for job in self._jobs:
                    self.run_soon(job.name)


class _Every(BaseTrigger):  # type: ignore[misc]  # apscheduler has no types
    """Once an interval. APScheduler's own counts every run that was missed: 164 million of five seconds since 2000."""

    def __init__(self, every: timedelta) -> None:
        self._every = every

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        after: datetime = (previous or now) + self._every
        return after if after > now else now + self._every


def _clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - when to wake, no truth


def _began() -> datetime:
    """What the clock said when the count of seconds began: another moment only after it was set."""
    return _clock() - timedelta(seconds=monotonic())


def guarded(job: Job) -> None:
    """One failing run is logged; the next comes all the same."""
    try:
        job.run()
    except Exception:
        logger.exception("%s failed; it is tried again in %s", job.name, job.every)
