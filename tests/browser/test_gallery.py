"""The gallery is whole: every page that is served has a place in it, every place its pictures. Without a browser."""

from pathlib import Path

import pytest
from starlette.routing import compile_path

from tests.browser.cast import empty_app
from tests.browser.gallery import BEGINS, DOCS, FOLDER, document, every_picture, picture
from tests.browser.places import PLACES, Place
from tests.web.shown import pages_of

MOST_BYTES = 12_000_000


def without_query(path: str) -> str:
    return path.partition("?")[0].format_map(_Anything())


class _Anything(dict[str, str]):
    """A number for every name."""

    def __missing__(self, name: str) -> str:
        return "1"


def test_every_page_that_is_served_has_a_place_in_the_gallery(tmp_path: Path) -> None:
    app = empty_app(tmp_path)
    served = pages_of(app)
    app.close()
    placed = {place.route for place in PLACES if place.route}
    assert served == placed, "give each page a place in tests/browser/places.py"


@pytest.mark.parametrize("place", [place for place in PLACES if place.route], ids=lambda place: place.name)
def test_a_place_shows_the_page_that_it_stands_for(place: Place) -> None:
    pattern = compile_path(place.route)[0]
    for name, state in place.states():
        led_there = place.name == "offices" or name == "forced"  # by the service itself
        assert led_there or pattern.match(without_query(state.path)), (name, state.path)


def test_every_place_has_its_pictures_and_the_page_of_them_shows_these_and_no_others() -> None:
    named = [picture(*one) for one in every_picture()]
    assert len(named) == len(set(named))
    assert {file.name for file in FOLDER.iterdir()} == set(named), "run python -m tests.browser.gallery"
    assert (DOCS / "pages.md").read_text("utf-8").partition(BEGINS)[2] == document()


def test_the_pictures_together_are_no_burden() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < MOST_BYTES
