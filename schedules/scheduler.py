"""The heartbeat of a process: APScheduler, in memory. It keeps no truth; what is owed stands in the tables."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from schedules.jobs import Job

logger = logging.getLogger("schedules.heartbeat")


class Heartbeat:
    """Runs each job at its interval in the background, never twice at a time; runs that were missed become one."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        jobs = tuple(jobs)
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(max(1, len(jobs)))},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for job in jobs:
            self._scheduler.add_job(
                guarded, "interval", seconds=job.every.total_seconds(), args=(job,), id=job.name, name=job.name
            )

    def start(self) -> None:
        self._scheduler.start()

    def run_soon(self, name: str) -> None:
        """Run a job now instead of at the end of its interval; one that runs just now runs again at its time."""
        self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))  # noqa: TID251 - when to wake, no truth

    def stop(self) -> None:
        """Wait for the jobs that run, then stop."""
        self._scheduler.shutdown(wait=True)


def guarded(job: Job) -> None:
    """One failing run is logged; the next comes all the same."""
    try:
        job.run()
    except Exception:
        logger.exception("%s failed; it is tried again in %s", job.name, job.every)
