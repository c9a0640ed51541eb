"""No page, no file and no list of the API asks the database oftener where there is more: each is asked, then all there
is of the office is copied several times by the database itself, and each is asked again. It is Wednesday 2026-09-23.

tests/web/test_weight.py does the same for the lists of cases with ten thousand of them, on both databases.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from sla.api.routes import OPERATIONS
from sla.service import recent
from sla.store.migrate import METADATA
from sla.web.pages import routes
from tests.access.cast import Reader
from tests.browser.cast import DUE_TODAY
from tests.web.office.cast import MORE, Bureau, bureau, fill_up
from tests.web.office.places import NOBODY, PLACES, places_of

TIMES = 4
COPIED = {  # the tables of what there can be many of, parents first, and by what two rows of one differ
    "endpoint": ("name",),
    "person": ("person_id",),
    "anchor": ("on",),
    "notice": ("number",),
    "policy_version": ("version",),
    "policy_draft": ("policy_id",),
    "case_file": ("case_id", "number"),
    "message": ("id", "key"),
    "delivery": ("id", "message_id"),
    "absence": ("absence_id", "person_id"),
    "alarm": ("case_id",),
    "api_token": ("name", "digest"),
    "case_event": ("case_id",),
    "clock": ("case_id",),
    "party": ("case_id",),
    "deed": ("deed_id",),
    "sign_in": ("digest",),
    "sign_in_attempt": ("subject",),
}
IN_CHUNKS = {  # so many statements as there are chunks of cases: every event is read and hashed again
    "/audit/verify", "/audit/verify.csv",
}  # fmt: skip
ASKED = {"/rates/cases.csv": "?figure=counted", "/calendar/days.csv": "?year=2026"}
FILLED = {
    "list": "overdue",
    "clock": "promise",
    "year": "2026",
    "policy": "cn_planning",
    "version": "1",
    "name": "robot",
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """An office of its own, filled up: here it grows."""
    with bureau(tmp_path_factory.mktemp("grows"), f"{MORE}\n[lookup]\non = true\n") as made:
        fill_up(made)
        with closing(Reader(made.readers["li"].base)) as somebody:
            somebody.sign_in("li", "wrong", office="")
        yield made


def test_nothing_asks_the_database_oftener_where_there_is_more(office: Bureau) -> None:
    asked = [each for each in _asked(office) if each[1].partition("?")[0] not in IN_CHUNKS]
    office.open("/")  # what is kept in memory is read once
    few = _counted(office, asked)
    _grow(office)
    many = _counted(office, asked)
    oftener = {path: (few[path], many[path]) for path in few if many[path] != few[path]}
    assert oftener == {}
    assert len(office.open("/people.json").json()["rows"]) == 5 * (TIMES + 1)  # it has grown, and is seen to


def _asked(office: Bureau) -> Iterator[tuple[str, str]]:
    """Every page, every file in one of its makes, every operation of the API that reads; and who asks."""
    for who in PLACES:
        yield from ((who or "sun", path) for path in places_of(office, who) if who != NOBODY)
    for route in routes(office.app):
        if route.path.endswith(".csv"):
            yield "qian", route.path + ASKED.get(route.path, "")
    for operation in OPERATIONS:
        if operation.method == "GET":
            yield "qian", f"/api/v1{operation.path}".format(number=office.numbers[DUE_TODAY[0]], **FILLED)


def _counted(office: Bureau, asked: Sequence[tuple[str, str]]) -> dict[str, int]:
    """How many statements each takes where nothing of any case was read before."""
    seen: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *more: Any) -> None:
        seen.append(statement)

    counts = {}
    sa.event.listen(office.app.engine, "before_cursor_execute", note)
    try:
        for who, path in asked:
            recent._kept.clear()
            seen.clear()
            office.open(path, who)
            counts[path] = len(seen)
    finally:
        sa.event.remove(office.app.engine, "before_cursor_execute", note)
    return counts


def _grow(office: Bureau) -> None:
    """All rows of these tables TIMES again; a row of a copied case belongs to the copy."""
    with office.app.writing() as session:
        for name, differ in COPIED.items():
            table = METADATA.tables[name]
            rows = session.connection().execute(sa.select(table)).mappings().all()
            assert rows, name
            copies = [
                {**row, **{column: _another(row[column], n) for column in differ}}
                for row in rows
                for n in range(1, TIMES + 1)
            ]
            session.connection().execute(sa.insert(table), copies)


def _another(value: Any, n: int) -> Any:
    """A key that is nobody's yet; of the same one always the same."""
    if isinstance(value, UUID):
        return UUID(int=value.int ^ n << 56)
    if isinstance(value, date):
        return value - timedelta(days=n)
    return value + 1000 * n if isinstance(value, int) else f"{value}-{n}"
