"""Who reads the office's pages, and who changes anything by them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sla.app import App
from sla.service import tokens
from tests.access.cast import Reader, form_token, reading
from tests.browser.cast import NOW, empty_app, make_office
from tests.web.cast import text_of
from tests.web.office.cast import Bureau

PAGES = ("/office", "/calendar", "/deliveries", "/policies", "/people", "/channels", "/tokens", "/audit")
FORMS = (
    "/people/absence",
    "/people/password?person=li",
    "/tokens/new",
    "/channels/pause?name=log",
    "/policies/draft",
    "/import",
)


@pytest.mark.parametrize("path", PAGES)
def test_an_auditor_reads_every_page_and_is_offered_no_change(office: Bureau, path: str) -> None:
    page = office.open(path, "sun").text.partition("<main")[2]
    assert "/new" not in page and "/password" not in page and "/pause" not in page and "/draft" not in page


@pytest.mark.parametrize("path", FORMS)
def test_an_auditor_is_refused_each_form(office: Bureau, path: str) -> None:
    assert office.readers["sun"].open(path).status_code == 403


def test_a_program_with_every_right_changes_nothing_here(office: Bureau) -> None:
    with office.app.writing() as session:
        from sla.service.offices import office_named

        stands = office_named(session, "")
        key = tokens.add(session, stands, "robot", ["read", "audit", "administer"], NOW.date(), "qian", NOW)
    program = Reader(office.readers["qian"].base)
    program.client.headers["authorization"] = f"Bearer {key}"
    token = form_token(program.open("/people/password?person=li").text)
    answer = program.client.post(
        "/people/password?person=li", data={"form_token": token, "step": "do"}, headers={"origin": program.base}
    )
    program.close()
    assert answer.status_code == 403
    assert not any(kind == "password_given" for _, kind, _ in office.deeds())


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, Reader]]:
    """An office in which nobody signs in, before a browser of its machine."""
    app = empty_app(tmp_path_factory.mktemp("alone"))
    make_office(app)
    with reading(app) as reader:
        yield app, reader
    app.close()


@pytest.mark.parametrize("path", PAGES)
def test_where_nobody_signs_in_the_pages_are_read_and_say_how_to_change_something(
    alone: tuple[App, Reader], path: str
) -> None:
    page = alone[1].open(f"{path}?lang=en")
    assert page.status_code == 200 and "sla user add PERSON" in text_of(page)


@pytest.mark.parametrize("path", FORMS)
def test_where_nobody_signs_in_nobody_changes_anything(alone: tuple[App, Reader], path: str) -> None:
    reader = alone[1]
    assert reader.open(path).status_code == 403
    token = form_token(reader.open("/new?permit=land_use").text)
    sent = reader.client.post(path, data={"form_token": token, "step": "do"}, headers={"origin": reader.base})
    assert sent.status_code == 403


def test_an_empty_database_shows_the_four_steps_and_an_office_without_cases_which_are_done(
    alone: tuple[App, Reader], tmp_path: Path
) -> None:
    app = empty_app(tmp_path)
    with reading(app) as reader:
        page = reader.open("/?lang=en")
        words = text_of(page)
        assert page.status_code == 503 and "sla office apply office.toml" in words and words.count("to do") == 4
    app.close()
    words = text_of(alone[1].open("/?lang=en"))
    assert words.count("to do") == 3 and words.count("done") == 1 and "sla user add PERSON" in words
    assert "Four steps" not in text_of(alone[1].open("/rates?lang=en"))


def test_the_steps_are_gone_once_a_case_is_accepted_and_the_hub_keeps_what_is_left(office: Bureau) -> None:
    assert "Four steps" not in text_of(office.open("/?lang=en"))
    words = text_of(office.open("/office?lang=en"))
    assert "Four steps" in words and words.count("to do") == 1  # li is reached by the log alone
