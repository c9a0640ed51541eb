from collections.abc import Iterator

import pytest

from tests.web.office.cast import Bureau, bureau


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """The window with an administrator and an auditor, for the tests of a file."""
    with bureau(tmp_path_factory.mktemp("bureau")) as made:
        yield made
