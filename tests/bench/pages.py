"""How long the server takes for a page, in an office with a hundred thousand open cases and a million closed ones."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from urllib.parse import quote

import httpx

from tests.bench.crowd import RARE, crowd, open_number
from tests.bench.database import each_database
from tests.bench.table import Row, Table, at_most, median_seconds
from tests.browser.cast import serving

OPEN, CLOSED, ROUNDS = 100_000, 1_000_000, 30
TODAY, CASES = 0.05, 0.05
LOOKED_THROUGH = (
    1.0  # an index is read through: of titles, for what is in none; of cases, where the newest are all open
)
PAGES = (
    ("Today, the office", "/?view=office", TODAY),
    ("Today, of one handler", "/?handler=li", TODAY),
    ("Today, a page of all that is due in the next days", "/?list=next_days&page=20", TODAY),
    ("Cases, the newest", "/cases", CASES),
    ("Cases, of a handler", "/cases?handler=wang", CASES),
    ("Cases, of a permit", "/cases?permit=land_use", CASES),
    ("Cases, received in two weeks", "/cases?from=2026-04-01&to=2026-04-14", CASES),
    ("Cases, overdue", "/cases?standing=overdue", CASES),
    ("Cases, closed", "/cases?standing=closed", LOOKED_THROUGH),
    ("Cases, with a red light", "/cases?light=red", CASES),
    ("Cases, with a yellow light", "/cases?light=yellow", CASES),
    ("Cases, an applicant", f"/cases?applicant={quote('张三777')}", CASES),
    ("Cases, a word of one title in a thousand", f"/cases?text={quote(RARE)}", CASES),
    ("Cases, a word that is in none", f"/cases?text={quote('不存在')}", LOOKED_THROUGH),
)


def run(share: float = 1) -> Table:
    """Asked one after the other of a server in this process; the time is what its reader waits."""
    return Table("Pages", [row for name, url in each_database() for row in _on(name, url, share)])


def _on(name: str, database_url: str, share: float) -> Iterator[Row]:
    rounds = max(3, round(ROUNDS * share))
    crowded = crowd(database_url, round(OPEN * share**2), round(CLOSED * share**2))  # to make them takes the most
    with crowded as app, serving(app) as base, closing(httpx.Client(base_url=base, timeout=60)) as client:
        with app.reading() as session:
            number = open_number(session)
        for what, path, bar in (*PAGES, ("a case", f"/cases/{quote(number, safe='')}", CASES)):
            yield at_most(f"{name}: {what}", median_seconds(partial(_asked, client, path), rounds), bar)


def _asked(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise AssertionError(f"{path}: {answer.status_code}: the time means nothing")
