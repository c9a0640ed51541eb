"""The window's way through its days while it is killed again and again, and everything that is wrong at the end."""

import multiprocessing
import random
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from multiprocessing.process import BaseProcess
from threading import Lock
from typing import Any

import sqlalchemy as sa
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from notifiers.outbox import DELIVERY, MESSAGE
from sla.app import App
from sla.service.audit import verified
from sla.service.doctor import rebuilt
from sla.store import cases as store
from tests.crash import cast, child
from tests.crash.cast import Said
from tests.crash.child import CUT_OFF, Befalls, Stall, Work, app_of
from tests.crash.points import DELIVER, DIGEST, RAISE, REBUILD, RECORD, SWEEP, Point
from tests.schema import make_tables

PROCESSES = multiprocessing.get_context("forkserver")  # forks from a process that has everything imported already
LAST = cast.ESCALATED
AT_RANDOM = "at a moment by chance"
SERVER, BACKEND = "the database server with all its processes", "one process of the database server"
FAILOVER = "the primary, its synchronous standby promoted"


@dataclass(frozen=True)
class Kill:
    """The process dies the nth time it reaches the point, while it does the work of `now`."""

    now: datetime
    point: Point
    nth: int = 1


@dataclass(frozen=True)
class Cut:
    """What befalls the database, and how it is there again: when a node reaches `point`, or after `moment` seconds."""

    name: str
    befalls: Callable[[], object]
    mend: Callable[[], object]
    point: Point | None = None
    moment: float = 0.0
    nth: int = 1


@dataclass(frozen=True)
class Arrival:
    """One call at the server: to whom, under which id, saying what."""

    webhook_id: str
    said: frozenset[Said]


@dataclass
class Server:
    """A real HTTP server that keeps everything it is told."""

    http: HTTPServer
    arrivals: list[Arrival] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.http.expect_request(re.compile("/hook/.*"), method="POST").respond_with_handler(self._take)

    @property
    def hook(self) -> str:
        return f"http://127.0.0.1:{self.http.port}/hook"

    def _take(self, request: Request) -> Response:
        person, body = request.path.split("/")[2], request.get_json()
        known = body["key"] if person == cast.APPLICANT else request.headers["webhook-id"]
        arrival = Arrival(known, frozenset(_said(person, body)))
        with self.lock:
            self.arrivals.append(arrival)
        return Response(status=204)


@dataclass
class Journey:
    """One database, one server, and the kills so far."""

    database_url: str
    server: Server
    kills: list[Kill] = field(default_factory=list)
    fault: str = ""
    others: Counter[str] = field(default_factory=Counter)  # what else was killed, or when, by its name in the record

    def __post_init__(self) -> None:
        with closing(app_of(self.database_url, cast.RECEIVED)) as app:
            make_tables(app.engine)
            cast.make_office(app, self.server.hook)

    def kill(self, kill: Kill) -> None:
        """Let a process die there, and the time of its leases pass. It must have come that far."""
        code = self._run(Work(self.database_url, kill.now, kill.point, kill.nth, self.fault))
        assert code == -signal.SIGKILL, f"{kill.point.name!r} was not reached: exit code {code}"
        self.kills.append(kill)
        self.leases_end(kill.now)

    def together(self, now: datetime, undisturbed: int, kills: Sequence[Kill]) -> None:
        """Several nodes at once, some of which die if they get as far; then the time of all leases passes."""
        works = [Work(self.database_url, now, kill.point, kill.nth, self.fault) for kill in kills]
        works += [Work(self.database_url, now, fault=self.fault)] * undisturbed
        codes = self._run_all(works)
        assert set(codes[len(kills) :]) == {0}, "a node that nobody killed has failed"
        assert set(codes) <= {0, -signal.SIGKILL}
        self.kills += [kill for kill, code in zip(kills, codes, strict=False) if code]
        self.leases_end(now)

    def kill_at(self, now: datetime, moment: float) -> bool:
        """Kill a process after so many seconds of its work; whether it still had some to do."""
        (process,) = self._started([Work(self.database_url, now)])
        process.join(moment)
        process.kill()
        killed = self._codes([process]) == [-signal.SIGKILL]
        self.others[AT_RANDOM] += killed
        self.leases_end(now)
        return killed

    def cut_off(self, now: datetime, cut: "Cut") -> bool:
        """The database is killed: when a node reaches the point, or after a time while two work; whether it hit one."""
        reached = PROCESSES.Event()
        if cut.point:
            works = [Work(self.database_url, now, cut.point, cut.nth, befalls=Befalls(reached, cut.befalls))]
        else:
            works = [Work(self.database_url, now)] * (1 if now == cast.RECEIVED else 2)  # a case is registered once
        processes = self._started(works)
        if not cut.point:
            processes[0].join(cut.moment)
            cut.befalls()
        codes = self._codes(processes)
        hit = CUT_OFF in codes or reached.is_set()
        if hit or not cut.point:
            cut.mend()
        assert set(codes) <= {0, CUT_OFF}, f"a node did not see what has happened: {codes}"
        self.others[cut.name] += hit
        self.leases_end(now)
        return hit

    def stall(self, now: datetime, point: Point) -> None:
        """A node stands still at a point; its leases end, and another does all there is; then it goes on."""
        stall = Stall(PROCESSES.Event(), PROCESSES.Event())
        (process,) = self._started([Work(self.database_url, now, point, fault=self.fault, befalls=stall)])
        assert stall.there.wait(60), f"{point.name!r} was not reached"
        self.leases_end(now)
        self.finish(now)
        stall.go_on.set()
        assert self._codes([process]) == [0]

    def leases_end(self, now: datetime) -> None:
        with closing(app_of(self.database_url, now)) as app, app.writing() as session:
            past = sa.text("UPDATE message SET lease_until = '2000-01-01 00:00:00+00' WHERE lease_until IS NOT NULL")
            session.connection().execute(past)

    def finish(self, now: datetime) -> None:
        """A run that nobody disturbs."""
        assert self._run(Work(self.database_url, now)) == 0

    def problems(self, until: datetime = LAST) -> list[str]:
        """What was lost, said too much, enqueued twice, repeated under another id, half recorded; or nothing."""
        with closing(app_of(self.database_url, until)) as app:
            return [*_messages(app, until), *self._arrived(until), *self._ids(app), *records(app, until)]

    def _run(self, work: Work) -> int | None:
        return self._run_all([work])[0]

    def _run_all(self, works: Sequence[Work]) -> list[int | None]:
        return self._codes(self._started(works))

    def _started(self, works: Sequence[Work]) -> list[BaseProcess]:
        processes: list[BaseProcess] = [PROCESSES.Process(target=child.main, args=(work,)) for work in works]
        for process in processes:
            process.start()
        return processes

    def _codes(self, processes: Sequence[BaseProcess]) -> list[int | None]:
        codes = []
        for process in processes:
            process.join(60)
            codes.append(process.exitcode)
            if process.exitcode is None:
                process.kill()
                process.join()
            process.close()
        return codes

    def _arrived(self, until: datetime) -> Iterator[str]:
        arrived = {said for arrival in self.server.arrivals for said in arrival.said}
        yield from (f"lost: {said}" for said in sorted(cast.told_by(until) - arrived))
        yield from (f"nobody asked for: {said}" for said in sorted(arrived - cast.told_by(until)))

    def _ids(self, app: App) -> Iterator[str]:
        ids: dict[frozenset[Said], set[str]] = {}
        for arrival in self.server.arrivals:
            ids.setdefault(arrival.said, set()).add(arrival.webhook_id)
        yield from (f"repeated under another id: {sorted(said)}" for said, known in ids.items() if len(known) > 1)
        with app.reading() as session:
            keys = set(session.connection().execute(sa.select(MESSAGE.c.key)).scalars())
        keys |= {sha256(key.encode()).hexdigest()[:32] for key in keys}  # as a gateway sees them
        unknown = {arrival.webhook_id for arrival in self.server.arrivals} - keys
        yield from (f"sent under an id that is no key: {webhook_id}" for webhook_id in sorted(unknown))


def records(app: App, now: datetime) -> Iterator[str]:
    """Events that are there in part, chains that are broken, indexes that are not what the events say."""
    with app.reading() as session:
        rows = session.connection().execute(sa.select(store.CASE)).all()
        events = Counter(session.connection().execute(sa.select(store.EVENT.c.case_id)).scalars())
        yield from (
            f"{row.title} has {events[row.case_id]} events, not {row.head_seq}"
            for row in rows
            if events[row.case_id] != row.head_seq
        )
        yield from (f"{finding.where}: {finding.what}" for finding in verified(session))
        yield from (f"{finding.where}: {finding.what}" for finding in rebuilt(session, now))


def _messages(app: App, until: datetime) -> Iterator[str]:
    with app.reading() as session:
        rows = session.connection().execute(sa.select(MESSAGE)).all()
        attempts = session.connection().execute(sa.select(sa.func.count()).select_from(DELIVERY)).scalar_one()
    if len({row.key for row in rows}) < len(rows):
        yield "a key is there twice"
    if len(rows) != cast.messages_by(until):
        yield f"enqueued: {len(rows)} messages, by hand they are {cast.messages_by(until)}"
    if attempts != cast.deliveries_by(until):
        yield f"settled: {attempts} deliveries, by hand they are {cast.deliveries_by(until)}"
    yield from (f"{row.key} is {row.state}" for row in rows if row.state != "sent")


def _said(person: str, body: Mapping[str, Any]) -> Iterator[Said]:
    if person == cast.APPLICANT:
        text = body["text"].removeprefix("(Sent again: you may have it already)").strip()
        number, _, told = text.partition(": ")
        yield Said(person, number, "", "accepted" if told.startswith("Your application was accepted on") else told)
        return
    for clock in body["data"].get("clocks", ()):
        yield Said(person, clock["title"], clock["clock"], clock["milestone"])
    if "clocks" not in body["data"]:
        yield Said(person, body["subject"], "", body["type"].split(".")[0])


# --- where it is killed ----------------------------------------------------------------------------------------------
def short() -> list[Kill]:
    """Every point once."""
    kills = [Kill(cast.RECEIVED, point, nth) for nth, point in enumerate(RECORD, start=3)]
    kills += [Kill(cast.REMINDED, point) for point in (*SWEEP, *RAISE, *DIGEST, *DELIVER)]
    kills += [Kill(cast.OVERDUE, point) for point in REBUILD]
    return kills


def long(seed: int) -> list[Kill]:
    """Every point on each day on which it is reached, in another order each time, at its first or second batch: not
    so late that the kills before it have left nothing to do."""
    chance = random.Random(seed)
    kills = [Kill(cast.RECEIVED, point, chance.randint(1, 3)) for point in chance.sample(RECORD, len(RECORD))]
    for now in (cast.REMINDED, cast.OVERDUE, cast.ESCALATED):
        within = RAISE if now == cast.REMINDED else REBUILD
        sweep = chance.sample((*SWEEP, *within), len(SWEEP) + len(within))
        kills += [Kill(now, point, chance.randint(1, 2) if point in within else 1) for point in sweep]
        kills += [Kill(now, point) for point in DIGEST]
        kills += [Kill(now, point, chance.randint(1, 2)) for point in chance.sample(DELIVER, len(DELIVER))]
    return kills
