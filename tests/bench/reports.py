"""How long a report takes, in an office that has worked for years: 100,000 open cases, a million closed ones with all
their events. Each is asked for of this month, of this year, and of all there is."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from time import process_time

import httpx

from sla.app import App
from sla.service.offices import office_named
from sla.service.report_figures import By
from sla.service.report_made import Wanted, made
from sla.words import words
from tests.bench.crowd import NOW
from tests.bench.database import each_database
from tests.bench.table import Row, Table, at_most, duration, median_seconds
from tests.bench.years import years
from tests.browser.cast import serving

OPEN, CLOSED, ROUNDS, BAR = 100_000, 1_000_000, 5, 2.0
PERIODS = (
    ("this month", "2026-09-01", "2026-09-30"),
    ("this year", "2026-01-01", "2026-12-31"),
    ("all there is", "2020-01-15", "2026-12-31"),
)
PAGES = (
    ("the rates", "/rates?"),
    ("the rates by law, beside the year before", "/rates?basis=statute&against=year&"),
    ("the rates of a handler", "/rates?handler=clerk7&"),
    ("the report to print", "/rates/report?"),
    ("the cases completed", "/rates/cases?figure=completed&"),
    ("the cases that were late", "/rates/cases?figure=late&"),
    ("the cases that used 3 days", "/rates/cases?figure=used&value=3&"),
    ("the cases paused for experts", "/rates/cases?figure=paused&value=expert_review&"),
    ("the overruns", "/overruns?"),
)


def run(share: float = 1) -> Table:
    """Asked one after the other in this process; processor time is without PostgreSQL's own."""
    return Table("Reports", [row for name, url in each_database() for row in _on(name, url, share)])


def _on(name: str, database_url: str, share: float) -> Iterator[Row]:
    with years(database_url, round(OPEN * share**2), round(CLOSED * share**2)) as app:
        yield from measured(name, app, max(1, round(ROUNDS * share)), PERIODS if share == 1 else PERIODS[-1:])


def measured(name: str, app: App, rounds: int, periods: Sequence[tuple[str, str, str]] = PERIODS) -> Iterator[Row]:
    """A row for each report and period."""
    with serving(app) as base, closing(httpx.Client(base_url=base, timeout=120)) as client:
        for period, first, last in periods:
            for what, path in PAGES:
                yield _row(
                    f"{name}: {what}, {period}", partial(_asked, client, f"{path}from={first}&to={last}"), rounds
                )
            for by, compare in ((tuple(By), ""), ((By.PERMIT,), "before")):
                how = f"compared with the period {compare}" if compare else "by all it can be by"
                wanted = Wanted(first, last, by=by, compare=compare)
                yield _row(f"{name}: `sla report`, {how}, {period}", partial(_made, app, wanted), rounds)


def _row(what: str, call: Callable[[], object], rounds: int) -> Row:
    before = process_time()
    seconds = median_seconds(call, rounds)
    used = (process_time() - before) / (rounds + 1)
    return at_most(f"{what}; {duration(used)} of processor time", seconds, BAR)


def _asked(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise AssertionError(f"{path}: {answer.status_code}: the time means nothing")


def _made(app: App, wanted: Wanted) -> None:
    with app.reading() as session:
        made(session, office_named(session, ""), wanted, NOW, words("en"))
