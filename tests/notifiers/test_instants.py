"""The column type of moments, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import StatementError

from notifiers.instants import Instant
from tests.notifiers.cast import NOW


@pytest.fixture
def moments(engine: Engine) -> Iterator[sa.Table]:
    table = sa.Table("moment", sa.MetaData(), sa.Column("at", Instant), sa.Column("name", sa.Text))
    with engine.begin() as connection:
        table.create(connection)
    yield table
    with engine.begin() as connection:
        table.drop(connection)


def test_a_moment_comes_back_the_same_in_utc_to_the_microsecond(engine: Engine, moments: sa.Table) -> None:
    beijing = timezone(timedelta(hours=8))
    with engine.begin() as connection:
        connection.execute(
            moments.insert(), [{"at": datetime(2026, 9, 23, 8, 30, 0, 123456, tzinfo=beijing)}, {"at": None}]
        )
        first, second = connection.execute(sa.select(moments.c.at).order_by(moments.c.at.is_(None))).scalars()
    assert first == datetime(2026, 9, 23, 0, 30, 0, 123456, tzinfo=UTC)
    assert first.utcoffset() == timedelta(0)
    assert second is None


def test_moments_are_in_order_in_the_database(engine: Engine, moments: sa.Table) -> None:
    whole, later = NOW, NOW + timedelta(microseconds=1)
    with engine.begin() as connection:
        connection.execute(moments.insert(), [{"at": later, "name": "later"}, {"at": whole, "name": "whole"}])
        before = sa.select(moments.c.name).where(moments.c.at <= whole)
        assert list(connection.execute(before).scalars()) == ["whole"]
        assert list(connection.execute(sa.select(moments.c.name).order_by(moments.c.at)).scalars()) == [
            "whole",
            "later",
        ]


def test_a_moment_without_a_zone_is_an_error(engine: Engine, moments: sa.Table) -> None:
    with engine.connect() as connection, pytest.raises(StatementError, match="without a time zone"):
        connection.execute(moments.insert(), {"at": datetime(2026, 9, 23, 8, 30)})
