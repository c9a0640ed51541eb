"""Two offices whose people sign in, and a reader who fills in forms as a browser does."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from sla.app import App
from sla.people import Role
from sla.service import passwords, users
from sla.service.offices import office_named
from sla.service.setup import apply, plan_of
from tests.browser.cast import NOW, empty_app, serving

PASSWORD = "今天下午三点在窗口见面吧"  # 12 characters
OFFICES = ("east", "west")
CHAIN = ("chief", "head", "supervision", "manager", "admin")
_OFFICE = """
[office]
slug = "%(slug)s"
name = "%(slug)s"
policy = "cn_planning"
zone = "Asia/Shanghai"

[channels.log]
kind = "log"

[[staff]]
id = "all"
name = "Chain"
roles = ["chief", "head", "supervision", "manager"]
addresses = { log = "" }
"""
_STAFF = """
[[staff]]
id = "%(role)s"
name = "%(role)s"
roles = %(roles)s
addresses = { log = "" }
"""
ROLES = tuple(role.value for role in Role if role is not Role.HANDLER)


def office_text(slug: str) -> str:
    """An office with one person for each role, called like it, and one without any: `plain`."""
    staff = "".join(_STAFF % {"role": role, "roles": f'["{role}"]'} for role in ROLES)
    return _OFFICE % {"slug": slug} + staff + _STAFF % {"role": "plain", "roles": "[]"}


@contextmanager
def two_offices(folder: Path, signing_in: tuple[str, ...] = (*ROLES, "plain"), office: str = "") -> Iterator[App]:
    """Both, with a password for each of these people, which they have chosen themselves."""
    app = empty_app(folder, office)
    make_two_offices(app, signing_in)
    try:
        yield app
    finally:
        app.close()


def make_two_offices(app: App, signing_in: tuple[str, ...] = (*ROLES, "plain")) -> None:
    hashed = passwords.hashed(PASSWORD)
    with app.writing() as session:
        for slug in OFFICES:
            apply(session, plan_of(office_text(slug), Path()), NOW)
            made = office_named(session, slug)
            for person in signing_in:
                users.put_chosen(session, made, person, hashed, NOW)


class Reader:
    """Somebody with a browser: keeps cookies, and sends back the forms of the pages that were shown."""

    def __init__(self, base: str) -> None:
        self.base = base
        # No TLS here: no authorities to read. A busy machine takes longer than the five seconds that are usual.
        self.client = httpx.Client(base_url=base, trust_env=False, verify=False, timeout=60)

    def open(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def send(self, path: str, on: str, origin: str = "", **fields: str) -> httpx.Response:
        """The form at `on` that leads to `path`, filled in."""
        token = form_token(self.client.get(on).text)
        headers = {"origin": origin or self.base}
        return self.client.post(path, data={"form_token": token, **fields}, headers=headers)

    def sign_in(self, person: str, password: str = PASSWORD, office: str = "east", to: str = "/") -> httpx.Response:
        return self.send("/sign-in", "/sign-in", office=office, name=person, password=password, to=to)

    def close(self) -> None:
        self.client.close()


@contextmanager
def reading(app: App) -> Iterator[Reader]:
    with serving(app) as base:
        reader = Reader(base)
        try:
            yield reader
        finally:
            reader.close()


def form_token(page: str) -> str:
    found = re.search(r'name="form_token" value="([0-9a-f]{128})"', page)
    assert found, page[:2000]
    return found.group(1)


def leads_to(answer: httpx.Response) -> str:
    """Where an answer sends its reader, as a path; "" where it shows a page itself."""
    return urlsplit(answer.headers["location"]).path if answer.status_code == 303 else ""
