"""Delivery: reminders as signed webhooks to a server of this machine, beside what a job queue makes of its own jobs."""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import httpx
import procrastinate

from sla.app import App
from tests.bench import backlog as filled
from tests.bench.database import server
from tests.bench.server import receiver
from tests.bench.table import Row, Table
from tests.databases import new_database

MESSAGES = 1_000
LEAST = 400  # webhooks a second
SECRET_NAME, SECRET = "SLA_BENCH_SECRET", "whsec_" + "MDEy" * 10
LOG = '[channels.log]\nkind = "log"\n'


def run(share: float = 1) -> Table:
    """A message is claimed, checked against its case's events, written in full, signed, posted and settled. A job of
    procrastinate's is claimed, does nothing or posts a fixed text, and is settled."""
    count = round(MESSAGES * share)
    with server() as address:
        with new_database(address) as url:
            theirs = count / asyncio.run(_drained(url.replace("+psycopg", "", 1), count))
        with new_database(address) as url, receiver() as (port, arrived):
            posting = count / asyncio.run(_drained(url.replace("+psycopg", "", 1), count, port))
            _all_arrived(arrived.value, count)
        with new_database(address) as url:
            ours = count / _sent(url, count)
    what = f"PostgreSQL: {count:,} webhooks sent by one process"
    return Table("Deliveries", [
        Row(what, f"{ours:,.0f}/s", "–", f"{ours:,.0f}/s", f">= {LEAST}/s", ours >= LEAST),
        Row(
            "the same, against as many empty jobs of procrastinate", f"{ours:,.0f}/s", f"{theirs:,.0f}/s",
            f"{ours / theirs:.1f} x", ">= 1 x", ours >= theirs,
        ),
        Row(
            "the same, against as many of its jobs that post a fixed text by `httpx`", f"{ours:,.0f}/s",
            f"{posting:,.0f}/s", f"{ours / posting:.1f} x", ">= 1 x", ours >= posting,
        ),
    ])  # fmt: skip


def _sent(url: str, count: int) -> float:
    """Seconds from the first claim until everything is sent and settled."""
    with receiver() as (port, arrived), _office(url, port, count) as app:
        _settled(app)  # a service that runs is warm
        before = arrived.value
        app.clock.fixed = filled.at("09-22T09:00")
        while app.sweep():
            pass
        begun = time.perf_counter()
        while app.deliver():
            pass
        took = time.perf_counter() - begun
        _all_arrived(arrived.value - before, count)
    return took


def _all_arrived(arrived: int, count: int) -> None:
    if arrived != count:
        raise AssertionError(f"{arrived} arrived, not {count}: the time means nothing")


@contextmanager
def _office(url: str, port: int, count: int) -> Iterator[App]:
    channel = f'[channels.log]\nkind = "webhook"\nurl = "http://127.0.0.1:{port}/hook"\nsecret_env = "{SECRET_NAME}"\n'
    office = filled.OFFICE.replace(LOG, channel)
    environment = {SECRET_NAME: SECRET, "SLA_ALLOWED_HOSTS": "127.0.0.1"}
    with (
        mock.patch.dict(os.environ, environment),
        mock.patch.object(filled, "OFFICE", office),
        filled.backlog(url, 12 * count, count) as app,
    ):
        yield app


def _settled(app: App) -> None:
    app.clock.fixed = filled.at("09-22T08:59")
    while app.sweep():
        pass
    while app.deliver():
        pass


async def _drained(url: str, count: int, port: int = 0) -> float:
    """Seconds until a worker of procrastinate has done so many jobs, each a post to the port if there is one."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
    done: list[int] = []

    @app.task(name="job")
    async def job(number: int) -> None:
        if port:
            (await client.post(f"http://127.0.0.1:{port}/hook", json={"number": number})).raise_for_status()
        done.append(number)

    async with httpx.AsyncClient(trust_env=False) as client, app.open_async():
        await app.schema_manager.apply_schema_async()
        jobs: list[dict[str, Any]] = [{"number": number} for number in range(count)]
        await job.batch_defer_async(*jobs)
        begun = time.perf_counter()
        await app.run_worker_async(wait=False, concurrency=4, install_signal_handlers=False)
        took = time.perf_counter() - begun
    if len(done) != count:
        raise AssertionError(f"{len(done)} jobs done, not {count}: the time means nothing")
    return took
