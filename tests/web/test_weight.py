"""A page asks the database as often for ten rows as for ten thousand, and stays light. It is Wednesday 2026-09-23."""

import gzip
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from sla.app import App
from sla.service import recent
from tests.bench.crowd import crowd
from tests.browser.cast import serving

LIGHT = 100_000  # bytes
PATHS = (
    "/?view=office",
    "/?handler=li",
    "/?list=next_days",
    "/?list=overdue&page=2",
    "/cases",
    "/cases?light=yellow",
    "/cases?standing=overdue&handler=li",
    "/cases?text=示例",
)


@contextmanager
def asked(database_url: str, open_ones: int, closed: int) -> Iterator[tuple[App, httpx.Client]]:
    crowded = crowd(database_url, open_ones, closed, permits=["land_use"])
    with crowded as app, serving(app) as base, closing(httpx.Client(base_url=base, timeout=60, verify=False)) as client:
        yield app, client


def statements(app: App, client: httpx.Client, path: str) -> int:
    """How many the first answer takes: nothing of it was read before."""
    seen: list[str] = []
    recent._kept.clear()

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        seen.append(statement)

    sa.event.listen(app.engine, "before_cursor_execute", note)
    try:
        answer = client.get(path)
    finally:
        sa.event.remove(app.engine, "before_cursor_execute", note)
    assert answer.status_code == 200, answer.text
    return len(seen)


def counted(database_url: str, open_ones: int, closed: int) -> dict[str, int]:
    with asked(database_url, open_ones, closed) as (app, client):
        client.get("/keys")  # a connection is made, and its settings
        return {path: statements(app, client, path) for path in PATHS}


def test_a_page_takes_the_same_statements_for_ten_cases_and_for_ten_thousand(
    database_url: str, request: pytest.FixtureRequest
) -> None:
    few = counted(database_url, 10, 10)
    with emptied(database_url, request) as other:
        many = counted(other, 3_000, 7_000)
    assert many == few
    assert max(few.values()) < 20, few


@contextmanager
def emptied(database_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Another database of the same kind."""
    if database_url.startswith("sqlite"):
        yield database_url.replace("shixian.db", "other.db")
        return
    from tests.databases import new_database

    with new_database(request.getfixturevalue("postgresql")) as url:
        yield url


def test_a_full_page_weighs_less_than_a_hundred_kilobytes_with_all_it_needs(tmp_path: Any) -> None:
    with asked(f"sqlite:///{tmp_path}/shixian.db", 1_500, 10) as (_, client):
        for path, files in (
            ("/?view=office", ("today.css", "today.js", "keys.js")),
            ("/cases", ("today.css", "keys.js")),
        ):
            page = client.get(path)
            assert page.text.count('<tr role="row" class="row') >= 50 and "content-encoding" in page.headers
            needed = [client.get(f"/static/{name}").content for name in ("pages.css", "mark.svg", *files)]
            assert len(gzip.compress(page.content, 4)) + sum(map(len, needed)) < LIGHT, path
