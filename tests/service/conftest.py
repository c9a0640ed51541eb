"""`window`: the fixed cast on a database of each kind in turn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sla.app import App
from tests.service.cast import Databases, Window


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    databases = Databases(tmp_path_factory.mktemp("windows"))
    yield databases
    databases.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def window_app(request: pytest.FixtureRequest, databases: Databases) -> App:
    """An app on a database with the window in it, and no case."""
    if request.param == "sqlite":
        return databases.sqlite()
    server: str = request.getfixturevalue("postgresql")
    return databases.postgresql(server)


@pytest.fixture
def window(window_app: App, tmp_path: Path) -> Window:
    return Window(window_app.settings.database_url, tmp_path, app=window_app)
