"""What the tests begin with is what migrating makes."""

from pathlib import Path

import sqlalchemy as sa

from sla.store.engine import Engine, engine_of
from sla.store.migrate import require_current
from tests.databases import new_database
from tests.schema import make_tables
from tests.store.cast import migrated

PARTS = (
    "SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default, character_maximum_length"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
)


def test_on_postgresql_the_same_statements_make_the_same_tables(postgresql: str) -> None:
    with new_database(postgresql) as one, new_database(postgresql) as other, new_database(postgresql) as third:
        with migrated(one) as engine:
            wanted = described(engine, PARTS)
        assert all(wanted[: len(PARTS)])
        for url in (other, third):  # the first may be the one that is listened to
            assert made(url, PARTS) == wanted


def test_on_sqlite_a_copy_has_the_same_tables(tmp_path: Path) -> None:
    parts = ("SELECT type, name, tbl_name, sql FROM sqlite_master",)
    with migrated(f"sqlite:///{tmp_path}/one.db") as engine:
        wanted = described(engine, parts)
    assert wanted[0]
    assert made(f"sqlite:///{tmp_path}/other.db", parts) == wanted


def made(url: str, parts: tuple[str, ...]) -> list[list[str]]:
    engine = engine_of(url)
    make_tables(engine)
    require_current(engine)
    found = described(engine, parts)
    engine.dispose()
    return found


def described(engine: Engine, parts: tuple[str, ...]) -> list[list[str]]:
    """Each part with every row of every table beside it: a migration may write some."""
    names = sa.inspect(engine).get_table_names()
    rows = [f"SELECT '{name}', t.* FROM \"{name}\" t" for name in sorted(names)]
    with engine.connect() as connection:
        found = [sorted(repr(tuple(row)) for row in connection.exec_driver_sql(part)) for part in parts]
        return [*found, [text for row in rows for text in map(repr, connection.exec_driver_sql(row))]]
