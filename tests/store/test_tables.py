"""What the tables themselves guarantee: one office in each key, moments with a zone, events that stay."""

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from notifiers.instants import Instant
from sla.store.engine import reading, writing
from sla.store.ids import new_id
from tests.store.cast import TABLES, with_tables

OFFICE, CASE = UUID(int=7), UUID(int=8)
NOW = datetime(2026, 9, 18, 1, 30, tzinfo=UTC)
NAMES_OVER_ALL_OFFICES = {("office", ("slug",))}  # the one name that has to be unique everywhere


# --- isolated by structure -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_office_leads_every_key_of_a_table(table: sa.Table) -> None:
    assert next(iter(table.primary_key)).name == "office_id"
    for constraint in table.constraints:
        columns = tuple(column.name for column in getattr(constraint, "columns", ()))
        if isinstance(constraint, sa.UniqueConstraint) and (table.name, columns) not in NAMES_OVER_ALL_OFFICES:
            assert columns[0] == "office_id", constraint.name
        if isinstance(constraint, sa.ForeignKeyConstraint):
            assert columns[0] == "office_id", constraint.name
            assert constraint.elements[0].column.name == "office_id", constraint.name
            assert constraint.ondelete is None, constraint.name  # nothing goes by itself
    for index in table.indexes:
        assert not index.unique or next(iter(index.columns)).name == "office_id", index.name


def test_the_guide_to_scale_says_of_each_table_how_it_is_distributed() -> None:
    commands = (Path(__file__).parents[2] / "docs" / "scale.md").read_text("utf-8").partition("```sql")[2]
    named = set(re.findall(r"'(\w+)'", commands.partition("```")[0])) - {"office_id"}
    assert named == {table.name for table in TABLES}


def test_every_moment_of_every_table_is_an_instant() -> None:
    moments = [column for table in TABLES for column in table.columns if isinstance(column.type, sa.DateTime)]
    assert moments == []  # a bare DateTime would lose its zone
    assert len([column for table in TABLES for column in table.columns if isinstance(column.type, Instant)]) > 10


# --- events stay -----------------------------------------------------------------------------------------------------
def _with_an_event(engine: sa.Engine) -> None:
    by_name = {table.name: table for table in TABLES}
    with engine.begin() as connection:
        connection.execute(
            sa.insert(by_name["office"]).values(
                office_id=OFFICE, slug="window", name="w", settings="{}", calendar_version="c", demonstration=False,
                created_at=NOW,
            )
        )  # fmt: skip
        connection.execute(
            sa.insert(by_name["case_file"]).values(
                office_id=OFFICE, case_id=CASE, number="1", permit="p", title="", handler="li", first_contact="li",
                land_area_ha="", floor_area_ha="", policy_id="p", policy_version=1, phase="received",
                received_on=NOW.date(), outcome="", head_seq=1, head_hash="h", broken="", created_at=NOW,
            )
        )  # fmt: skip
        connection.execute(
            sa.insert(by_name["case_event"]).values(
                office_id=OFFICE, case_id=CASE, seq=1, kind="received", occurred_at=NOW, dated=False, recorded_at=NOW,
                actor="li", calendar_version="c", details="{}", hash="h",
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_event SET actor = 'zhao'",
        "UPDATE case_event SET hash = hash",
        "DELETE FROM case_event",
        "DELETE FROM case_event WHERE seq = 1",
        "TRUNCATE case_event CASCADE",
    ],
)
def test_the_database_itself_refuses_to_change_an_event(database_url: str, statement: str) -> None:
    if statement.startswith("TRUNCATE") and database_url.startswith("sqlite"):
        pytest.skip("SQLite has no TRUNCATE")
    with with_tables(database_url) as engine:
        _with_an_event(engine)
        with pytest.raises(sa.exc.DatabaseError, match="events are never"), engine.begin() as connection:
            connection.execute(sa.text(statement))
        with engine.connect() as connection:
            assert [tuple(row) for row in connection.execute(sa.text("SELECT seq, actor, hash FROM case_event"))] == [
                (1, "li", "h")
            ]


def test_a_case_with_events_cannot_be_deleted(database_url: str) -> None:
    with with_tables(database_url) as engine:
        _with_an_event(engine)
        with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM case_file"))


def test_a_place_in_the_chain_is_taken_once(database_url: str) -> None:
    with with_tables(database_url) as engine:
        _with_an_event(engine)
        with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
            connection.execute(sa.text("INSERT INTO case_event SELECT * FROM case_event WHERE seq = 1"))


# --- moments ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 9, 18, 9, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8))),
        datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_a_moment_comes_back_in_utc_to_the_microsecond(database_url: str, moment: datetime) -> None:
    with with_tables(database_url) as engine:
        _with_an_event(engine)
        alarms = next(table for table in TABLES if table.name == "alarm")
        with engine.begin() as connection:
            connection.execute(
                sa.insert(alarms).values(
                    office_id=OFFICE, case_id=CASE, clock_id="c", milestone="m", due="", episode=0, gravity="due",
                    at=moment, state="pending", roles="[]", told="[]",
                )
            )  # fmt: skip
        with engine.connect() as connection:
            found = connection.execute(sa.select(alarms.c.at)).scalar_one()
        assert (found, found.utcoffset()) == (moment, timedelta(0))


def test_a_moment_without_a_zone_is_never_stored(database_url: str) -> None:
    with with_tables(database_url) as engine:
        offices = next(table for table in TABLES if table.name == "office")
        with pytest.raises(sa.exc.StatementError, match="without a time zone"), engine.begin() as connection:
            connection.execute(sa.select(offices).where(offices.c.created_at <= datetime(2026, 9, 18)))


# --- transactions ----------------------------------------------------------------------------------------------------
def test_an_error_leaves_nothing_written(database_url: str) -> None:
    with with_tables(database_url) as engine:
        with pytest.raises(ZeroDivisionError), writing(engine) as session:
            session.connection().execute(
                sa.text(
                    "INSERT INTO number_series (office_id, permit, year, last) VALUES (:office, 'p', 2026, 1)"
                ).bindparams(sa.bindparam("office", OFFICE, sa.Uuid()))
            )
            _ = 1 / 0
        with reading(engine) as session:
            assert session.connection().execute(sa.text("SELECT count(*) FROM number_series")).scalar_one() == 0


def test_ids_are_in_the_order_of_the_time_that_is_handed_in() -> None:
    ids = [new_id(NOW + timedelta(milliseconds=step)) for step in range(50)]
    assert ids == sorted(ids)
    assert {made.version for made in ids} == {7}
    assert {made.variant for made in ids} == {UUID(int=ids[0].int).variant}
    assert len({new_id(NOW) for _ in range(1000)}) == 1000
