"""`sla demo`: a throw-away database with a year of the window on it, and the pages to look at it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from schedules.calendars import WorkingCalendar
from sla.app import App, Clock, build, configure_logging, migrated
from sla.demo.office import SLUG, is_shortened, office_plan
from sla.demo.titles import Titles
from sla.demo.today import desk_of
from sla.demo.told import ZONE, moment
from sla.demo.year import year_of
from sla.service.errors import ServiceError
from sla.service.imports import bring_in
from sla.service.offices import office_named
from sla.service.setup import apply
from sla.serving import BindError, is_free, next_free, serve_app, stoppable
from sla.settings import Settings

FIRST, LAST = date(2020, 6, 1), date(2038, 12, 31)  # its policy is in force from 2019-04-23 on, its calendar to 2040
HOUR = "10:00"  # at which time stands still on a day that was chosen
HOST, PORT = "127.0.0.1", 8000


@dataclass(frozen=True)
class Made:
    """What a demonstration holds, for the one line that says so."""

    day: date
    closed: int
    open: int
    calendar: WorkingCalendar

    def __str__(self) -> str:
        text = f"a planning window on {self.day}: a year of {self.closed} finished cases and {self.open} open ones"
        if is_shortened(self.calendar):
            last = self.calendar.announced_through
            text += f"; its calendar is announced through {last} only: later dates are provisional"
        return text


def run(port: int = 0, on: str = "", folder: str = "", *, prepare: bool = False) -> None:
    """Make the demonstration and serve it until stopped; with `prepare` only make it, and say where it is.

    Raises ServiceError, BindError or StoreError for a day, a folder or a port that cannot be.
    """
    clock = Clock(fixed=moment(day_of(on), HOUR) if on else None)
    with stoppable(), _folder(folder, keep=prepare) as place:
        if prepare:
            url, made = make(place, clock, f"http://{HOST}:{port or PORT}")
            print(f"{url}\n{made}")
            return
        _serve(place, clock, port, "demonstration" if folder else "throw-away demonstration")


def make(place: Path, clock: Clock, link: str) -> tuple[str, Made]:
    """A database with the demonstration in it; its address, and what it holds."""
    settings = settings_for(place)
    migrated(settings)
    app = build(settings, clock=clock)
    try:
        return settings.database_url, fill(app, link)
    finally:
        app.close()


def fill(app: App, link: str) -> Made:
    """Put the office, its year and its open cases into an empty database, all in one transaction."""
    with app.writing() as session:
        now = app.now(session)
        day = now.astimezone(ZONE).date()
        plan = office_plan(day, link)
        begins = year_begins(day)
        apply(session, plan, moment(begins, "00:00"), demonstration=True)
        random = Random(day.toordinal())  # noqa: S311 - the same day gives the same names and days; nothing is secret
        titles = Titles(random)
        days = working_days(plan.calendar, begins, day)
        year = year_of(plan.policy, days, random, titles)
        desk = desk_of(plan.policy, plan.calendar, day, titles)
        files = sorted((*year, *desk), key=lambda case: case.began)
        bring_in(session, office_named(session, SLUG), [case.entries for case in files], now)
        return Made(day, len(year), len(desk), plan.calendar)


def day_of(text: str) -> date:
    """The day a demonstration plays on. Raises ServiceError."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ServiceError("on", "%(text)r is no date; write 2026-09-18", text=text) from None
    if not FIRST <= day <= LAST:
        raise ServiceError(
            "on",
            "%(day)s is outside of what the demonstration can show, %(first)s to %(last)s",
            day=day,
            first=FIRST,
            last=LAST,
        )
    return day


def year_begins(day: date) -> date:
    """The first of the twelve months of which the day's is the last: what the page of rates shows."""
    year, month = divmod(12 * day.year + day.month - 12, 12)
    return date(year, month + 1, 1)


def working_days(calendar: WorkingCalendar, first: date, end: date) -> list[date]:
    """The working days from the first on, before the end."""
    days = (first + timedelta(days=number) for number in range((end - first).days))
    return [day for day in days if calendar.is_working_day(day)]


def settings_for(place: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{place.resolve()}/shixian.db", office=SLUG, host=HOST)


def _serve(place: Path, clock: Clock, port: int, kind: str) -> None:
    if port and not is_free(HOST, port):
        raise BindError("port", "%(port)s is taken on %(host)s; give another with --port", port=port, host=HOST)
    port = port or next_free(HOST, PORT)
    link = f"http://{HOST}:{port}"
    url, made = make(place, clock, link)
    settings = settings_for(place)
    configure_logging(settings)
    app = build(settings, clock=clock)
    serve_app(app, port, heartbeat=True, about=f"{made}. A {kind} ({url}); Ctrl+C ends it.")


@contextmanager
def _folder(folder: str, *, keep: bool) -> Iterator[Path]:
    """The folder asked for, which is kept, or a new one that is deleted in the end unless it was only prepared."""
    if folder:
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        if (place / "shixian.db").exists():
            raise ServiceError("folder", "%(place)s holds a database already; give an empty folder", place=place)
        yield place
    elif keep:
        yield Path(tempfile.mkdtemp(prefix="shixian-demo-"))
    else:
        with tempfile.TemporaryDirectory(prefix="shixian-demo-") as place_made:
            yield Path(place_made)
