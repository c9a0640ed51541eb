from collections.abc import Iterator

import pytest

from sla.app import App
from tests.access.cast import Reader, reading, two_offices


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Two offices, for the tests of a file; what one of them counts, another may see: each takes people of its own."""
    with two_offices(tmp_path_factory.mktemp("offices")) as app:
        yield app


@pytest.fixture(scope="module")
def base(app: App) -> Iterator[str]:
    with reading(app) as reader:
        yield reader.base


@pytest.fixture
def reader(base: str) -> Iterator[Reader]:
    """A fresh browser."""
    reader = Reader(base)
    yield reader
    reader.close()
