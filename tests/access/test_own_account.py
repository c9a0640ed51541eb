"""One's own account: where one is signed in, and ending that with the password, or just after signing in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from sla.access.browsers import browser_of
from sla.app import App
from sla.service import tokens
from sla.service.offices import office_named
from tests.access.cast import PASSWORD, Reader, leads_to, reading, two_offices
from tests.browser.cast import NOW

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
    " Edg/126.0.0.0"
)
WECHAT = (
    "Mozilla/5.0 (Linux; Android 13; 2211133C) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0"
    " Mobile Safari/537.36 MicroMessenger/8.0.42"
)
LATER = NOW + timedelta(minutes=11)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[App, Reader]]:
    with two_offices(tmp_path, ("clerk", "manager", "admin")) as app, reading(app) as reader:
        yield app, reader


@contextmanager
def another(base: str, person: str, browser: str) -> Iterator[Reader]:
    reader = Reader(base)
    reader.client.headers["user-agent"] = browser
    assert leads_to(reader.sign_in(person)) == "/"
    yield reader
    reader.close()


def end(reader: Reader, which: str, password: str = "") -> httpx.Response:
    return reader.send("/account/end", "/account", which=which, password=password)


def key_of(page: str) -> str:
    """The key of the sign-in that is listed after this browser's own."""
    return page.partition('name="which" value="')[2].partition('"')[0]


def test_it_lists_this_browser_first_and_the_others_with_what_they_are_known_by(office: tuple[App, Reader]) -> None:
    _, reader = office
    reader.client.headers["user-agent"] = FIREFOX
    reader.sign_in("clerk")
    with another(reader.base, "clerk", EDGE):
        page = reader.open("/account?lang=en").text
    assert page.index("Firefox · Windows") < page.index("This browser") < page.index("Edge · Windows")
    assert "127.0.0.1" in page and "Wed 23 Sep 2026 10:00" in page
    assert "clerk" in page and "record what happens" in page and "see the rates" not in page


def test_one_of_them_is_ended_and_the_others_stand(office: tuple[App, Reader]) -> None:
    _, reader = office
    reader.sign_in("clerk")
    with another(reader.base, "clerk", EDGE) as first:
        assert leads_to(end(reader, key_of(reader.open("/account").text))) == "/account"
        assert leads_to(first.open("/")) == "/sign-in"
    assert reader.open("/").status_code == 200


def test_all_others_are_ended_at_once(office: tuple[App, Reader]) -> None:
    _, reader = office
    reader.sign_in("clerk")
    with (
        another(reader.base, "clerk", EDGE) as first,
        another(reader.base, "clerk", WECHAT) as second,
        another(reader.base, "manager", EDGE) as colleague,
    ):
        assert leads_to(end(reader, "others")) == "/account"
        assert [leads_to(other.open("/")) for other in (first, second, colleague)] == ["/sign-in", "/sign-in", ""]
    assert reader.open("/").status_code == 200


def test_signing_out_everywhere_includes_this_browser(office: tuple[App, Reader]) -> None:
    _, reader = office
    reader.sign_in("clerk")
    with another(reader.base, "clerk", EDGE) as first:
        assert leads_to(end(reader, "everywhere")) == "/sign-in"
        assert [leads_to(other.open("/")) for other in (reader, first)] == ["/sign-in"] * 2


@pytest.mark.parametrize(("password", "status"), [(PASSWORD, 303), ("wrong wrong wrong", 401), ("", 401)])
def test_later_it_asks_for_the_password_once_more(office: tuple[App, Reader], password: str, status: int) -> None:
    app, reader = office
    reader.sign_in("clerk")
    with another(reader.base, "clerk", EDGE) as first:
        app.clock.fixed = LATER
        assert 'name="password"' in reader.open("/account").text
        assert end(reader, "others", password).status_code == status
        assert leads_to(first.open("/")) == ("/sign-in" if status == 303 else "")


def test_wrong_passwords_are_counted_there_too(office: tuple[App, Reader]) -> None:
    app, reader = office
    reader.sign_in("clerk")
    app.clock.fixed = LATER
    for _ in range(5):
        assert end(reader, "others", "wrong wrong wrong").status_code == 401
    assert end(reader, "others", PASSWORD).status_code == 401


def test_nobody_ends_the_sign_in_of_another(office: tuple[App, Reader]) -> None:
    _, reader = office
    reader.sign_in("clerk")
    with another(reader.base, "manager", EDGE) as one, another(reader.base, "manager", EDGE) as two:
        key = key_of(one.open("/account").text)
        answer = end(reader, key)
        assert answer.status_code == 400 and "已经失效" in answer.text
        assert two.open("/").status_code == 200


def test_whoever_has_a_password_for_once_chooses_one_first_and_a_program_has_no_account(
    office: tuple[App, Reader],
) -> None:
    app, reader = office
    with app.writing() as session:
        key = tokens.add(session, office_named(session, "east"), "p", ["read"], NOW.date(), "admin", NOW)
    answer = httpx.get(
        f"{reader.base}/account", headers={"authorization": f"Bearer {key}"}, trust_env=False, verify=False
    )
    assert leads_to(answer) == "/"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (FIREFOX, "Firefox · Windows"), (EDGE, "Edge · Windows"), (WECHAT, "微信 · Android"), ("", ""),
        ("curl/8.5.0", ""), ("Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0 Safari/537.36", "Chrome · Linux"),
    ],
)  # fmt: skip
def test_a_browser_is_known_by_two_words_and_the_rest_of_its_header_is_not_kept(header: str, said: str) -> None:
    assert browser_of(header) == said
