"""The window at work: a real database, a real HTTP server, a real SMTP server, and a time that is set.

    li    clerk, by webhook; wang stands in      wang  clerk, by mail; li stands in; away 2026-09-21 to 09-23
    zhou  chief window officer, by mail          zhao  head of the centre and manager, by webhook
    sun   supervision, by mail

The heartbeat beats at 00:00, 08:30 and 09:00 of every day, and at each moment at which something is due: as one that
never pauses between its beats.
"""

import email
import email.policy
import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from heapq import merge
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from aiosmtpd.controller import Controller
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from notifiers.channels.webhook import webhook_id
from notifiers.outbox import MESSAGE
from sla.app import App, Clock, build
from sla.service import cases
from sla.service.cases import When
from sla.service.offices import Office, office_named
from sla.service.setup import apply, plan_of
from sla.settings import Settings
from sla.store.cases import CASE
from sla.store.engine import Session
from tests.schema import make_tables

ZONE = ZoneInfo("Asia/Shanghai")
SECRET = "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="  # of 32 zeros; CHANNELS.md
BEATS = ("00:00", "08:30", "09:00")
HEARD_BY = {"li": "robot", "zhao": "robot", "wang": "mail", "zhou": "mail", "sun": "mail"}
OFFICE = """
[office]
slug = "window"
name = "云溪市规划审批窗口"
zone = "Asia/Shanghai"
%(policy)s

[channels.robot]
kind = "webhook"
url = "%(url)s"
secret_env = "SLA_TEST_SECRET"

[channels.mail]
kind = "email"
host = "127.0.0.1"
port = %(smtp)s
sender = "window@office.example"
security = "none"

[[staff]]
id = "li"
name = "李敏"
roles = ["clerk"]
stand_in = "wang"
addresses = { robot = "li", mail = "li@office.example" }

[[staff]]
id = "wang"
name = "王强"
roles = ["clerk"]
stand_in = "li"
addresses = { mail = "wang@office.example" }
absences = %(absences)s

[[staff]]
id = "zhou"
name = "周岚"
roles = ["chief", "clerk"]
stand_in = "li"
addresses = { mail = "zhou@office.example" }

[[staff]]
id = "zhao"
name = "赵静"
roles = ["head", "manager"]
stand_in = "zhou"
addresses = { robot = "zhao" }

[[staff]]
id = "sun"
name = "Sun Li"
language = "en"
roles = ["supervision"]
stand_in = "zhao"
addresses = { mail = "sun@office.example" }
"""


def at(day: date | str, clock: str) -> datetime:
    """A time of the window's day, such as 08:30, in UTC."""
    text = day if isinstance(day, str) else day.isoformat()
    return datetime.fromisoformat(f"{text} {clock:0>5}").replace(tzinfo=ZONE).astimezone(UTC)


@dataclass(frozen=True)
class Arrived:
    """A message as a server got it: by which channel, its identity there, when it was sent by its own word, to whom."""

    channel: str
    identity: str
    sent_at: datetime
    to: str
    content: Any


@dataclass
class Servers:
    """What the robot and the mail server were given, in the order it came in. The robot may be `slow` about some."""

    arrived: list[Arrived] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    slow: Callable[[Any], None] = lambda body: None

    def robot(self, request: Request) -> Response:
        body = json.loads(request.data)
        self.slow(body)
        moment = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
        self.take(Arrived("robot", request.headers["webhook-id"], moment, body["id"].split("/")[-2], body))
        return Response(status=204)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        moment = parsedate_to_datetime(str(mail["Date"])).astimezone(UTC)
        to = envelope.rcpt_tos[0].partition("@")[0]
        self.take(Arrived("mail", str(mail["Message-ID"]), moment, to, mail))
        return "250 OK"

    def take(self, arrived: Arrived) -> None:
        with self.lock:
            self.arrived.append(arrived)


def identity(channel: str, key: str) -> str:
    """What a server sees of a message's key (CHANNELS.md): the webhook's id, the mail's Message-ID."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:40]
    return webhook_id(key) if channel == "robot" else f"<{digest}@office.example>"


@dataclass(frozen=True)
class Happening:
    """Something that happens at the window at a moment; `act` records it at that very moment."""

    moment: datetime
    act: Callable[["Window"], None]


@dataclass
class Window:
    """The office's app, its servers, and the numbers of its cases by their titles."""

    app: App
    servers: Servers
    numbers: dict[str, str] = field(default_factory=dict)

    def play(self, happenings: Iterable[Happening], first: date, last: date) -> None:
        """Live through the days from the first to the last, both included."""
        beats = (Happening(moment, partial(Window.beat, moment=moment)) for moment in _beats(first, last))
        for happening in merge(beats, sorted(happenings, key=_moment), key=_moment):
            self._beat_until(happening.moment)
            self.app.clock.fixed = happening.moment
            happening.act(self)

    def _beat_until(self, moment: datetime) -> None:
        """A beat at each moment up to this one at which something is due."""
        while (due := self._next_due()) is not None and due < moment:
            self.beat(max(due, self.app.clock.fixed or due))
            assert self._next_due() != due, f"what is due at {due} stays due"

    def receive(self, title: str, handler: str, *, when: datetime | None = None, **details: Any) -> None:
        """`when` it happened; now, if left out."""
        with self._office() as (session, office, now):
            details = {"title": title, "handler": handler, **details}
            self.numbers[title] = cases.receive(session, office, details, When(when or now), now, handler).number

    def record(self, title: str, kind: str, actor: str, *, when: datetime | None = None, **details: Any) -> None:
        with self._office() as (session, office, now):
            cases.record(session, office, self.numbers[title], kind, details, When(when or now), now, actor)

    @contextmanager
    def reading(self) -> Iterator[tuple[Session, Office, datetime]]:
        with self.app.reading() as session:
            yield session, office_named(session, "window"), self.app.now(session)

    @contextmanager
    def _office(self) -> Iterator[tuple[Session, Office, datetime]]:
        with self.app.writing() as session:
            yield session, office_named(session, "window"), self.app.now(session)

    def beat(self, moment: datetime) -> None:
        self.app.clock.fixed = moment
        self.app.settle_all()

    def _next_due(self) -> datetime | None:
        """When the heartbeat would next have something to do."""
        with self.app.reading() as session:
            alarm = session.connection().execute(sa.select(sa.func.min(CASE.c.next_alarm_at))).scalar_one()
            pending = sa.select(sa.func.min(MESSAGE.c.next_at)).where(MESSAGE.c.state == "pending")
            message = session.connection().execute(pending).scalar_one()
        return min((moment for moment in (alarm, message) if moment), default=None)


@contextmanager
def window(
    url: str,
    httpserver: HTTPServer,
    begun: datetime,
    policy: str = 'policy = "cn_planning"',
    absences: str = "[]",
    folder: Path = Path(),
) -> Iterator[Window]:
    """The window on an empty database, made at `begun`. SLA_TEST_SECRET must hold the webhook's secret."""
    servers = Servers()
    httpserver.expect_request("/robot", method="POST").respond_with_handler(servers.robot)
    controller = Controller(servers, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings = Settings(database_url=url, allowed_hosts=frozenset({"localhost", "127.0.0.1"}))
    app = build(settings, clock=Clock(fixed=begun), checked=False)
    try:
        make_tables(app.engine)
        text = OFFICE % {
            "policy": policy,
            "url": httpserver.url_for("/robot"),
            "smtp": controller.port,
            "absences": absences,
        }
        with app.writing() as session:
            apply(session, plan_of(text, folder), begun)
        yield Window(app, servers)
    finally:
        app.close()
        controller.stop()


def keys_of(window: Window) -> Mapping[str, str]:
    """Of every message that was sent, its key by what a server saw of it."""
    with window.app.reading() as session:
        sent = sa.select(MESSAGE.c.key, MESSAGE.c.endpoint).where(
            MESSAGE.c.state == "sent", MESSAGE.c.bundle_id.is_(None)
        )
        return {identity(row.endpoint, row.key): row.key for row in session.connection().execute(sent)}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _beats(first: date, last: date) -> Iterator[datetime]:
    for number in range((last - first).days + 1):
        yield from (at(first + timedelta(days=number), clock) for clock in BEATS)


def _moment(happening: Happening) -> datetime:
    return happening.moment
