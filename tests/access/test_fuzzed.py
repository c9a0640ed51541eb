"""Whatever is sent to whichever address by whomever: an answer below 500, with the strict headers, and no secret in it;
and what is refused has written nothing. The routes are the app's own: a new one is fuzzed from its first day.

`make fuzz` does it the long way, with requests that are others each time.
"""

import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from sla.app import App, Clock, build
from sla.service import cases, tokens
from sla.service.cases import When
from sla.service.offices import office_named
from sla.settings import Settings
from sla.web.pages import routes
from sla.web.routes import Route
from tests.access.cast import ROLES, Reader, form_token, make_two_offices
from tests.access.fuzzing import BY_THE_SERVER, Answer, Assault, always, assaults, raw, send, with_token
from tests.browser.cast import NOW, serving
from tests.schema import make_tables

FULL = bool(os.environ.get("SLA_FUZZ_FULL"))
WHO = (*ROLES, "plain", "nobody", "program")
NUMBERS = ("FUZZ-1", "建字第20260001号")
COUNTED = ("/sign-in", "/password", "/account/end")  # a wrong password is put on record
ENDING = ("/sign-out", "/account/end")  # with a right token the sign-in that is tried with would be over
STRICT = {
    "content-security-policy": "default-src 'none'", "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin", "cache-control": "no-",
}  # fmt: skip
KEPT = {"/icon.svg": "public", "/calendar/{token}.ics": "private"}  # what a browser or a calendar may keep
TELLING = re.compile(rb"Traceback|File &quot;|File \"/|sqlalchemy|psycopg|sqlite3|pydantic|site-packages|\$argon2id")


@dataclass(frozen=True)
class Sender:
    """Somebody with a browser, or a program: what they send along, and the token of their forms."""

    headers: tuple[tuple[bytes, bytes], ...]
    cookies: bytes
    token: str
    secret: bytes


@dataclass(frozen=True)
class Target:
    """The pages that are fired at. `written` changes whenever something was written."""

    base: str
    routes: tuple[Route, ...]
    senders: dict[str, Sender]
    written: Callable[[], object]


@pytest.fixture
def target(database_url: str, caplog: pytest.LogCaptureFixture) -> Iterator[Target]:
    caplog.set_level(logging.CRITICAL, "sla.security")  # it would be told of all of them
    app = build(Settings(database_url=database_url), clock=Clock(fixed=NOW), checked=False)
    make_tables(app.engine)
    make_two_offices(app)
    _make_cases(app)
    with closing(app), serving(app) as base, closing(_Written(database_url)) as written:
        yield Target(base, tuple(routes(app)), _senders(app, base), written.now)


def _make_cases(app: App) -> None:
    with app.writing() as session:
        office = office_named(session, "east")
        for number in NUMBERS:
            details = {"permit": "land_use", "title": "站前广场", "handler": "clerk", "applicant": "某"}
            cases.receive(session, office, details, When(NOW), NOW, "clerk", number)


def _senders(app: App, base: str) -> dict[str, Sender]:
    with app.writing() as session:
        rights = ["read", "record", "manage", "report", "administer", "audit"]
        key = tokens.add(session, office_named(session, "east"), "prog", rights, NOW.date(), "admin", NOW)
    headers = {"authorization": f"Bearer {key}"}
    assert httpx.get(base, headers=headers, verify=False, trust_env=False, timeout=60).status_code == 200
    found = {who: _signed_in(base, who) for who in WHO if who not in ("nobody", "program")}
    return found | {
        "nobody": _nobody(base),
        "program": Sender(((b"Authorization", f"Bearer {key}".encode()),), b"", "", key.encode()),
    }


def _signed_in(base: str, who: str) -> Sender:
    with closing(Reader(base)) as reader:
        assert reader.sign_in(who).status_code == 303
        token, secret = form_token(reader.open("/account").text), reader.client.cookies["shixian"].encode()
    return Sender((), b"shixian=" + secret, token, secret)


def _nobody(base: str) -> Sender:
    with closing(Reader(base)) as reader:
        token, visit = form_token(reader.open("/sign-in").text), reader.client.cookies["shixian-visit"].encode()
    return Sender((), b"shixian-visit=" + visit, token, visit)


class _Written:
    """Whether anything was written, by the database's own word; one connection for all the time."""

    def __init__(self, url: str) -> None:
        import sqlite3

        self._next: object = None
        self._state: object = None
        self._sqlite = sqlite3.connect(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else None
        self._other = None if self._sqlite else psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)
        if self._other:
            rows = self._other.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            sums = (f"SELECT count(*), sum(hashtext(t::text)::bigint) FROM {name[0]} t" for name in rows.fetchall())
            self._query = " UNION ALL ".join(sums)

    def now(self) -> object:
        """On PostgreSQL the tables are counted again only when a transaction that writes was begun since."""
        if self._sqlite:
            return self._sqlite.execute("PRAGMA data_version").fetchone()
        assert self._other
        [next_one] = self._other.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchall()
        if next_one != self._next:
            self._next, self._state = next_one, self._other.execute(self._query.encode()).fetchall()
        return self._state

    def close(self) -> None:
        if self._sqlite:
            self._sqlite.close()
        if self._other:
            self._other.close()


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_no_request_to_any_address_is_answered_with_an_error_of_ours_or_writes_what_it_is_refused(
    target: Target,
) -> None:
    for assault in always():
        for route in target.routes:
            _fire(target, route, assault)

    @settings(
        max_examples=300 if FULL else 3,
        derandomize=not FULL,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink) if FULL else (Phase.generate,),
    )
    @given(assaults(WHO, NUMBERS))
    def each(assault: Assault) -> None:
        for route in target.routes:
            _fire(target, route, assault)

    each()


def _fire(target: Target, route: Route, assault: Assault) -> None:
    sender, before = target.senders[assault.who], target.written()
    method = assault.method or route.methods[0].encode()
    port = urlsplit(target.base).port or 0
    answer = send(port, _request(target, route, assault, sender, method), method)
    shot = f"{method!r} {route.path} {assault} -> {answer.status} {answer.body[:300]!r}"[:4_000]
    assert answer.status < 500, shot
    if answer.headers or answer.body not in BY_THE_SERVER:
        _check_answer(answer, route, target, sender, shot)
    if answer.status >= 400 and route.path not in COUNTED:
        assert target.written() == before, f"refused, and written: {shot}"


def _check_answer(answer: Answer, route: Route, target: Target, sender: Sender, shot: str) -> None:
    if answer.body not in BY_THE_SERVER:
        for name, begins in STRICT.items():
            kept = KEPT.get(route.path) if name == "cache-control" else None
            assert answer.headers.get(name, "").startswith((begins, kept or begins)), f"{name}: {shot}"
    assert not TELLING.search(answer.body), shot
    told = answer.body + repr(dict(answer.headers)).encode()
    for other in target.senders.values():
        assert other is sender or other.secret not in told, shot


def _request(target: Target, route: Route, assault: Assault, sender: Sender, method: bytes) -> bytes:
    fills = iter(assault.fills)
    path = b"".join(
        next(fills) if part.startswith("{") else part.encode() for part in re.split(r"(\{[^}]*\})", route.path)
    )
    body = assault.body
    if assault.by_form and route.path not in ENDING:
        body = with_token(body, assault.kind, sender.token)
    headers = [
        (b"Host", urlsplit(target.base).netloc.encode()),
        (b"Origin", target.base.encode()),
        (b"Connection", b"close"),
        (b"Content-Type", assault.kind),
        (b"Content-Length", str(len(body)).encode()),
        (b"Cookie", b"; ".join(filter(None, (assault.cookies, sender.cookies)))),
        *sender.headers,
        *assault.headers,
    ]
    return raw(path + (b"?" + assault.query if assault.query else b""), method, headers, body)


def test_the_watch_on_the_database_sees_what_is_written(target: Target) -> None:
    """Else nothing would be proved by it."""
    before = target.written()
    assert target.written() == before
    with closing(Reader(target.base)) as reader:
        assert reader.sign_in("clerk").status_code == 303
    assert target.written() != before
