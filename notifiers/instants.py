"""The column type of every moment in the database."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """A moment, read back in UTC, to the microsecond; on SQLite a text whose order is the order of time.

    Raises ValueError (as StatementError) for a datetime without a time zone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, any zone, to what the driver stores."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a datetime without a time zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """In one step on SQLite, for whoever writes tens of thousands."""
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002
        """What the driver gives, in UTC; a list reads tens of thousands, so that it is one step."""
        return _from_text if dialect.name == "sqlite" else _from_driver


def _to_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.utcoffset() is None:
        raise ValueError("a datetime without a time zone cannot be stored")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


def _from_driver(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)
