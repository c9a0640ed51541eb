"""Requests as nobody's browser makes them, and how they are sent: byte for byte, with no library to mend them."""

import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from urllib.parse import quote, quote_from_bytes, urlencode

from hypothesis import strategies as st

from sla.events import KINDS

BY_THE_SERVER = (b"Invalid HTTP request received.", b"")  # what is no HTTP, uvicorn refuses before the pages hear of it
NASTY = (
    "", " ", "\x00", "a\x00b", "'", '"', "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "%s%n",
    "../../etc/passwd", "..\\..\\x", "//elsewhere.example", "javascript:alert(1)",
    "\r\nSet-Cookie: x=y", "🏛️", "字" * 300, "a" * 5_000, "\u202e\u2066", "ﷺ", "İ", "-1", "0", "1e400", "9" * 400,
    "٣", "NaN", "2026-02-30", "0001-01-01",
    "9999-12-31", "2026-09-23T10:00:00+99:99", "24:00", "null", "[]", "east", "clerk", "land_use", "record", "show",
)  # fmt: skip
RAW = (b"%", b"%zz", b"%00", b"%ff", b"%ed%a0%80", b"%c0%ae%c0%ae/", b"..%2f..%2fetc", b"%2e%2e", b"a%0d%0ab", b"?")
FIELDS = (
    "form_token", "step", "seq", "to", "by", "on", "time", "title", "permit", "applicant", "number", "handler",
    "reason", "shown", "accepted", "office", "name", "password", "old", "new", "again", "which", "ground",
    "expected_end", "outcome", "method", "email", "mobile", "language", "note", "clock", "amount", "unit",
    "land_area_ha", "papers",
)  # fmt: skip
QUERIES = (
    "lang", "office", "handler", "from", "to", "number", "permit", "light", "page", "code", "state", "iss", "error",
)  # fmt: skip
HEADERS: Mapping[bytes, Sequence[bytes]] = {
    b"Host": (b"elsewhere.example", b"", b"127.0.0.1:99999", b"[::1", b"a b", b"\xff\xfe", b"l@x", b"x" * 3_000),
    b"Origin": (b"null", b"https://elsewhere.example", b"http://[", b"\xe5\xad\x97", b"http://127.0.0.1:1"),
    b"Sec-Fetch-Site": (b"cross-site", b"same-origin", b"none", b"\xff"),
    b"Accept-Language": (b"zh", b"*;q=9e999", b",,,;;;", b"\xff", b"x" * 3_000),
    b"Authorization": (
        b"Bearer", b"Bearer ", b"Bearer shixian_" + b"0" * 32 + b".x", b"Basic Zm9v", b"\xff\xfe",
        b"Bearer " + b"x" * 9_000,
    ),
    b"Content-Type": (
        b"", b"application/json", b"multipart/form-data", b"multipart/form-data; boundary=", b"text/html; charset=\xff",
        b"application/x-www-form-urlencoded; charset=utf-16", b"APPLICATION/X-WWW-FORM-URLENCODED",
    ),
    b"If-None-Match": (b"*", b'"', b'W/"x"', b"\xff"),
    b"X-Forwarded-For": (b"203.0.113.9", b"\xff", b"," * 50),
    b"X-Forwarded-Proto": (b"https", b"javascript"),
    b"Range": (b"bytes=0-", b"bytes=9-1", b"x"),
    b"User-Agent": (b"", b"\xff\xfe", b"x" * 6_000),
}  # fmt: skip
COOKIES = (
    b"shixian=", b"shixian=" + b"0" * 32 + b".x", b"shixian=" + b"f" * 4_000, b"shixian=\xff\xfe",
    b"shixian-visit=\xe5", b"shixian-left=x.y", b"shixian-left=" + b"a" * 43 + b".Ly94", b'shixian="\\"', b";;;=;=",
    b"lang=fr", b"office=west", b"office=\x7f", b"__Host-shixian=x", b"x=" + b"y" * 7_000,
)  # fmt: skip

text = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))


@dataclass(frozen=True)
class Assault:
    """A request but for where it goes to: what fills the path, and all the rest. `who` sends it; `by_form`: with the
    token that a page of ours gave them."""

    who: str
    method: bytes | None
    fills: tuple[bytes, ...]
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    cookies: bytes
    body: bytes
    kind: bytes
    by_form: bool


def always() -> tuple[Assault, ...]:
    """What is tried each time: what has been an error somewhere."""
    nul, left = b"number=%00&handler=%00&from=%00&to=%00&office=%00", b"shixian-left=" + b"a" * 43 + b".Ly94"
    deep = b"step=check&on=9999-12-31&time=99:99&seq=9e9&note=%00&amount=" + b"9" * 400
    return (
        Assault("manager", None, (b"%00", b"%00"), b"", (), b"", b"title=%00", FORM, True),
        Assault("manager", None, (b"accepted", b"FUZZ-1"), nul, (), b"", deep, FORM, True),
        Assault("manager", None, (b"extended", b"FUZZ-1"), b"lang=en", (), left, deep, FORM, True),
        *(
            Assault("admin", None, (b"1", b"FUZZ-1"), b"", (), b"", sent, PARTS, True)
            for sent in (
                _file("a.csv", b"no,received\n1,\x00\n"),
                _file("a.xlsx", b"PK\x05\x06" + bytes(18)),
                _file("a.xes", b"<log><trace/></log>", "source = 'x'\ndates = ['%Y%']\nencoding = 'idna'"),
                _file("a.csv", "编号,收件\n1,0001-01-01\n".encode(), 'source="x"\nzone="."\n[cases]\nnumber="编号"'),
            )
        ),
        Assault("nobody", None, (b"9" * 30, b"%ff"), b"code=x&state=y", (), left, b"a=1&" * 2_001, FORM, True),
    )


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@st.composite
def assaults(draw: st.DrawFn, who: Sequence[str], numbers: Sequence[str]) -> Assault:
    kind, body = draw(_bodies())
    headers = draw(st.dictionaries(st.sampled_from(sorted(HEADERS)), st.integers(0, 9), max_size=3))
    return Assault(
        who=draw(st.sampled_from(who)),
        method=draw(st.sampled_from((None, None, None, None, b"PUT", b"DELETE", b"OPTIONS", b"TRACE", b"FOO"))),
        fills=tuple(draw(st.lists(_fills(numbers), min_size=2, max_size=2))),
        query=draw(st.one_of(st.just(b""), _queries(), st.sampled_from(RAW))),
        headers=tuple((name, HEADERS[name][number % len(HEADERS[name])]) for name, number in headers.items()),
        cookies=draw(st.one_of(st.just(b""), st.sampled_from(COOKIES))),
        body=body,
        kind=kind,
        by_form=draw(st.booleans()),
    )


def _fills(numbers: Sequence[str]) -> st.SearchStrategy[bytes]:
    known = st.sampled_from((*numbers, *KINDS, "1", "2", "9" * 30))
    encoded = st.one_of(known, text).map(lambda filled: quote(filled, safe="").encode())
    return st.one_of(encoded, st.sampled_from(RAW))


def _queries() -> st.SearchStrategy[bytes]:
    pairs = st.lists(st.tuples(st.sampled_from(QUERIES), text), max_size=4)
    return pairs.map(lambda some: urlencode(some).encode())


FORM = b"application/x-www-form-urlencoded"
PARTS = b"multipart/form-data; boundary=x"


def with_token(body: bytes, kind: bytes, token: str) -> bytes:
    """A form with the token ahead, of either kind."""
    if kind == PARTS:
        return b'--x\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n' + token.encode() + b"\r\n" + body
    return f"form_token={token}&".encode() + body


def _file(name: str, content: bytes, mapping: str = "") -> bytes:
    head = "Content-Disposition: form-data; name="
    told = f'--x\r\n{head}"mapping"\r\n\r\n{mapping}\r\n--x\r\n{head}"file"; filename="{name}"\r\n\r\n'
    return told.encode("utf-8", "replace") + content + b"\r\n--x--\r\n"


def _bodies() -> st.SearchStrategy[tuple[bytes, bytes]]:
    fields = st.lists(st.tuples(st.one_of(st.sampled_from(FIELDS), text), text), max_size=12)
    return st.one_of(
        fields.map(lambda pairs: (FORM, urlencode(pairs).encode())),
        fields.map(lambda pairs: (FORM, urlencode(pairs * 2).encode())),
        st.binary(max_size=60).map(lambda raw: (FORM, raw)),
        st.tuples(text, st.sampled_from((".csv", ".xlsx", ".xes")), st.binary(max_size=200)).map(
            lambda sent: (PARTS, _file(sent[0] + sent[1], sent[2]))
        ),
        st.binary(max_size=20).map(lambda raw: (FORM, b"title=" + quote_from_bytes(raw).encode())),
        st.sampled_from((
            (FORM, b"a=1&" * 2_001), (FORM, b"title=" + b"x" * 256_000), (FORM, b"title=%ed%a0%80"), (FORM, b"&&==&=&"),
            (b"application/json", b'{"title": "\\ud800"}'), (b"application/json", b"[" * 5_000),
            (PARTS, b"--x\r\n\r\n"), (b"", b""),
        )),
    )  # fmt: skip


def raw(target: bytes, method: bytes, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> bytes:
    """The bytes of a request; one of its headers is told once, the last that was given."""
    told = dict(headers)
    lines = [method + b" " + target + b" HTTP/1.1", *(name + b": " + value for name, value in told.items() if name)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def send(port: int, request: bytes, method: bytes) -> Answer:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # it has refused the rest, and said why
            connection.sendall(request)
        answer = HTTPResponse(connection, method=method.decode())
        try:
            answer.begin()
            body = answer.read()
        except (HTTPException, ConnectionResetError):
            return Answer(400, {}, b"")  # cut off: what it was sent was no HTTP, or far too large
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)
