"""The composition root: builds everything, and is the only place that reads the wall clock."""

import logging
import os
import random
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from time import monotonic
from uuid import UUID

from notifiers import endpoints
from notifiers.channel import Channel, ChannelSettingsError
from notifiers.delivery import Said, deliver_some
from notifiers.entries import Claimed
from notifiers.guard import Guard
from schedules.jobs import Job
from schedules.scheduler import Heartbeat
from sla.channels import factories
from sla.logs import as_json
from sla.measures import Measures
from sla.service.amendments import bring_all, unfinished
from sla.service.answers import forget_old
from sla.service.calendar_watch import watch
from sla.service.channels import gate
from sla.service.digests import make_owed
from sla.service.errors import ServiceError
from sla.service.findings import Finding
from sla.service.offices import office_named, office_with
from sla.service.readers import redirect
from sla.service.retention import remove_old
from sla.service.sweep import sweep_some
from sla.service.timekeeping import Timekeeper, doubt, findings, refuse
from sla.service.truth import rendered_each
from sla.service.undelivered import given_up
from sla.settings import Settings
from sla.store import sums
from sla.store.engine import (
    DATABASE_TROUBLE,
    Engine,
    Session,
    StoreError,
    database_now,
    engine_of,
    is_writing,
    public_url,
    reading,
    swept,
    why_of,
    writing,
)
from sla.store.ids import new_id
from sla.store.migrate import migrate, require_current, require_current_in
from sla.store.timekeeping import keep, latest, put
from sla.trouble import Trouble
from sla.waking import Wakeful

SWEEP_EVERY = timedelta(seconds=5)
DELIVER_EVERY = timedelta(seconds=5)
DIGESTS_EVERY = timedelta(seconds=60)
CALENDARS_EVERY = timedelta(seconds=60)
RETENTION_EVERY = timedelta(hours=1)
KEEP_EVERY = timedelta(seconds=60)
ADD_UP_EVERY = timedelta(minutes=10)


@dataclass
class App:
    """One process on one database. `clock` gives the machine's time; tests hand in their own."""

    settings: Settings
    engine: Engine = field(repr=False)
    guard: Guard = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)  # it holds every secret there is
    clock: "Clock"
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4))
    measures: Measures = field(default_factory=Measures)
    timekeeper: Timekeeper = field(default_factory=Timekeeper)
    trouble: Trouble = field(default_factory=Trouble)
    stopping: threading.Event = field(default_factory=threading.Event)

    def now(self, session: Session) -> datetime:
        """The machine's clock on SQLite, the database's on PostgreSQL, so that nodes agree.

        Whoever writes writes by no clock that cannot be right: raises ServiceError (`time`) in a writing session.
        """
        now = self.told(session)
        if is_writing(session):
            refuse(self.doubt(session, now))
        return now

    def told(self, session: Session) -> datetime:
        """What the clock says, right or wrong."""
        return self.clock.fixed or database_now(session) or self.clock.machine()

    def doubt(self, session: Session, now: datetime) -> str:
        """Why `now` cannot be right; "" where nothing speaks against it, or where somebody has set it."""
        whose = "this machine" if self.engine.dialect.name == "sqlite" else "the database server"
        return "" if self.clock.fixed else doubt(now, latest(session, self.only(session)), whose)

    def of_clock(self, session: Session) -> list[Finding]:
        """What is wrong with the clock, or with this machine's beside the database's."""
        told, stored = self.told(session), database_now(session)
        beside = self.clock.machine() if stored and not self.clock.fixed else None
        return findings(self.doubt(session, told), told, beside)

    def trust_clock(self) -> None:
        """From now on what the clock says now is right, whatever is on record."""
        with self.writing() as session:
            put(session, self.told(session))

    def only(self, session: Session) -> UUID | None:
        """The one office whose work this node does; None for all. Raises ServiceError for one that is not there."""
        slug = self.settings.only_office
        return office_named(session, slug).id if slug else None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A writing session, on this version's tables: those of a newer version are left alone, even if they came while
        this process was running. Raises StoreError."""
        with writing(self.engine) as session:
            require_current_in(session)
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with reading(self.engine) as session:
            yield session

    # --- one step each; they return whether there is more to do ----------------------------------------------------
    def sweep(self) -> bool:
        """Raise what is due, of up to a hundred cases."""
        with self.writing() as session:
            return sweep_some(session, self.now(session), office_id=self.only(session))

    def digests(self) -> int:
        """Make every digest and summary that is owed; returns how many messages that were."""
        with self.writing() as session:
            return make_owed(session, self.now(session), self.only(session))

    def deliver(self) -> bool:
        """Send up to a hundred of the messages that are due."""
        with self.reading() as session:
            now, only = self.now(session), self.only(session)
        return deliver_some(
            self.writing,
            now,
            lambda claimed: self._render(claimed, now),
            cache(self.channel),  # of a step's messages many go by one channel
            self._window,
            random.random,
            uuid.uuid4(),
            new_id,
            office_id=only,
            pool=self.pool,
            given_up=lambda session, dead: given_up(session, dead, now),
            settled=self.measures.delivered,
            redirect=redirect,
            gate=gate(self.writing, self.told),
            stopping=self.stopping.is_set,
        )

    def calendars(self) -> None:
        """Look whether the calendars are still what they should be, and finish what was begun to change them."""
        with self.writing() as session:
            only = self.only(session)
            watch(session, self.now(session), only)
        with self.reading() as session:
            waiting = [office_id for office_id in unfinished(session) if only in (None, office_id)]
        for office_id in waiting:
            self.amend(office_id)

    def amend(self, office_id: UUID) -> None:
        """Bring all open cases of an office to its calendar, a transaction each; to be gone on with if interrupted."""
        bring_all(self.writing, self.now, office_id)

    def remove_old(self) -> int:
        """Remove the messages that their offices keep no longer, some hundreds in each transaction; how many."""
        with self.reading() as session:
            only = self.only(session)
        return remove_old(self.writing, self.now, only)

    def forget_answers(self) -> int:
        """Forget what the API answered more than a day ago; how many answers."""
        with self.writing() as session:
            return forget_old(session, self.now(session), self.only(session))

    def add_up(self) -> int:
        """Add up for reports what the clocks of each touched month come to, a month in each transaction; how many."""
        with self.reading() as session:
            waiting, done = sums.waiting(session, self.only(session)), 0
        for office_id, month in waiting:  # each once: one that is written to all the time keeps no other waiting
            if self.stopping.is_set():
                break
            with self.writing() as session:
                done += sums.add_up(session, office_id, month)
        return done

    def sweep_files(self) -> bool:
        """Take what was blanked out of the database's own files; whether it is all gone from them."""
        return swept(self.engine)

    def settle_all(self) -> None:
        """Look after the calendars, sweep, make digests and deliver until there is nothing more to do now."""
        self.calendars()
        while self.sweep():
            pass
        self.digests()
        while self.deliver():
            pass

    def heartbeat(self) -> Wakeful:
        """The jobs of a node; any number of nodes may run them on one PostgreSQL. Raises ServiceError (`only`)."""
        with self.reading() as session:
            self.only(session)
        jobs = (
            Job("sweep", SWEEP_EVERY, self._sweep_all),
            Job("deliver", DELIVER_EVERY, self._deliver_all),
            Job("digests", DIGESTS_EVERY, self._digests),
            Job("calendars", CALENDARS_EVERY, self.calendars),
            Job("retention", RETENTION_EVERY, self._remove_old),
            Job("time", KEEP_EVERY, self.keep_time),
            Job("sums", ADD_UP_EVERY, self._add_up),
        )
        heartbeat = Heartbeat(replace(job, run=self.when_sure(job.run, job.name)) for job in jobs)
        return Wakeful(heartbeat, self.engine, "deliver", self.stopping)

    def unready(self) -> str:
        """Why it cannot work now; "" if it can."""
        try:
            require_current(self.engine)
            with self.reading() as session:
                return self.doubt(session, self.told(session))
        except (StoreError, ServiceError) as error:
            return str(error)
        except DATABASE_TROUBLE as error:
            return why_of(error)

    def close(self) -> None:
        self.pool.shutdown()
        self.guard.close()
        self.engine.dispose()

    def channel(self, office_id: UUID, name: str) -> Channel:
        """The channel of an office's endpoint. Raises ChannelSettingsError."""
        with self.reading() as session:
            known = {endpoint.name: endpoint for endpoint in endpoints.all_of(session, office_id)}
        if name not in known:
            raise ChannelSettingsError(
                "endpoint", "%(value)r is not there; known are: %(known)s", value=name, known=known
            )
        return endpoints.open_channel(known[name], factories(self.guard), self.environment)

    def _render(self, claimed: Sequence[Claimed], now: datetime) -> Sequence[Said]:
        with self.reading() as session:
            return rendered_each(session, claimed, now)

    def _window(self, office_id: UUID, moment: datetime) -> datetime:
        with self.reading() as session:
            return office_with(session, office_id).send_at(moment)

    def keep_time(self) -> None:
        """Keep the time on record, once the clock has gone evenly for a while."""
        with self.reading() as session:
            now, only = self.told(session), self.only(session)
        if self.timekeeper.goes_evenly(now, monotonic()):
            with self.writing() as session:
                keep(session, now, only)

    def when_sure(self, work: Callable[[], None], job: str = "") -> Callable[[], None]:
        """Work that waits as long as the clock cannot be right, and as long as the database cannot be used."""

        def run() -> None:
            try:
                with self.reading() as session:
                    doubted = self.doubt(session, self.told(session))
                if self.timekeeper.may_work(doubted):
                    work()
            except (StoreError, *DATABASE_TROUBLE) as error:
                self.trouble.befell(job, why_of(error))
            else:
                self.trouble.passed(job)

        return run

    def _sweep_all(self) -> None:
        with self.measures.sweep():
            while self.sweep() and not self.stopping.is_set():
                pass

    def _deliver_all(self) -> None:
        while self.deliver() and not self.stopping.is_set():
            pass

    def _digests(self) -> None:
        self.digests()

    def _add_up(self) -> None:
        self.add_up()

    def _remove_old(self) -> None:
        self.remove_old()
        self.forget_answers()


def wall_clock() -> datetime:
    """The machine's time in UTC."""
    return datetime.now(UTC)


@dataclass
class Clock:
    """The machine's time, unless a test or a demonstration has set one, which is then right."""

    fixed: datetime | None = None
    machine: Callable[[], datetime] = wall_clock


def build(settings: Settings | None = None, *, clock: Clock | None = None, checked: bool = True) -> App:
    """The app of the environment's settings. Raises StoreError for a database that cannot be used as it is."""
    settings = settings or Settings()
    engine = engine_of(settings.database_url)
    try:
        if checked:
            require_current(engine)
    except Exception:
        engine.dispose()
        raise
    guard = Guard(settings.allowed_hosts, proxy=settings.proxy)
    return App(settings, engine, guard, os.environ, clock or Clock())


def configure_logging(settings: Settings) -> None:
    """One line an event, without personal data; with SLA_LOG_FORMAT=json each is an object, for what collects logs."""
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if settings.log_format == "json":
        for handler in logging.getLogger().handlers:
            handler.setFormatter(as_json())
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of every look at the schema


def migrated(settings: Settings) -> tuple[str | None, str, str]:
    """Bring the database of the settings to this version; the revision before and after, and where it is."""
    engine = engine_of(settings.database_url)
    try:
        before, after = migrate(engine)
    finally:
        engine.dispose()
    return before, after, public_url(settings.database_url)
