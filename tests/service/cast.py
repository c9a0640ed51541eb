"""The fixed cast: a window of five people, one database of each kind with it in, a time that is set, and what was sent.

    li    handler, away 2026-10-19 to 10-23, chen stands in     wang  chief window officer
    chen  handler, li stands in                                 zhao  manager and head of the centre
    sun   supervision

The calendar of 2026 (State Council notice of 2025-11-04) around the days these tests play on: Saturday 09-19 off,
**Sunday 09-20 worked**, 09-21 to 09-24 worked, **Friday 09-25 to Sunday 09-27 off**, 09-28 to 09-30 worked,
**10-01 to 10-07 off**, 10-08, 10-09 and **Saturday 10-10 worked**, Sunday 10-11 off, then ordinary weeks.
"""

import json
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sla.app import App, Clock, build
from sla.history import History
from sla.overruns import overruns
from sla.service import cases
from sla.service.calendar_notices import Loaded, apply_notice, load
from sla.service.cases import Recorded, When
from sla.service.offices import Office, office_named
from sla.service.setup import Applied, apply, plan_of
from sla.settings import Settings
from sla.store.engine import Engine, Session, writing
from sla.store.migrate import METADATA
from tests.databases import run
from tests.schema import make_tables

ZONE = ZoneInfo("Asia/Shanghai")
SLUG = "planning-window"
BEGUN = "2026-08-03 08:00"  # when the office was made

OFFICE = """
[office]
slug = "planning-window"
name = "云溪市规划审批窗口"
zone = "Asia/Shanghai"
language = "en"
link = "http://window.example"
policy = "cn_planning"

[channels.desk]
kind = "log"

[channels.hook]
kind = "webhook"
url = "http://127.0.0.1:9/hook"
secret_env = "SLA_HOOK_SECRET"

[channels.mail]
kind = "email"
host = "127.0.0.1"
sender = "window@example.org"
security = "none"

[[staff]]
id = "li"
name = "Li Min"
roles = ["clerk"]
stand_in = "chen"
addresses = { desk = "li", mail = "li@example.org" }
absences = [{ first = 2026-10-19, last = 2026-10-23 }]

[[staff]]
id = "chen"
name = "Chen Jie"
roles = ["clerk"]
stand_in = "li"
addresses = { desk = "chen" }

[[staff]]
id = "wang"
name = "Wang Qiang"
roles = ["clerk", "chief"]
stand_in = "zhao"
addresses = { desk = "wang" }

[[staff]]
id = "zhao"
name = "Zhao Jing"
roles = ["manager", "head"]
stand_in = "wang"
addresses = { desk = "zhao" }

[[staff]]
id = "sun"
name = "Sun Li"
roles = ["supervision", "auditor"]
addresses = { desk = "sun" }
"""


def at(text: str) -> datetime:
    """A moment of the window's wall time, as the rest of the program holds it: `at("2026-09-22 09:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def when(text: str) -> When:
    """`2026-09-18` is an event of which only the day is known."""
    return When(at(text), dated=len(text) == len("2026-09-18"))


class Window:
    """The window on one database. What it is told, it is told at the time that was set with `at`.

    `app`: the one to use, on `url`; without it one of its own, which `close` ends.
    """

    def __init__(self, url: str, folder: Path, now: str = BEGUN, app: App | None = None) -> None:
        self.url, self.folder = url, folder
        self.app = app or app_on(url)
        self._seen: set[uuid.UUID] = set()
        self.at(now)

    # --- time --------------------------------------------------------------------------------------------------------
    @property
    def now(self) -> datetime:
        assert self.app.clock.fixed is not None
        return self.app.clock.fixed

    def at(self, text: str) -> "Window":
        """Set the time: `window.at("2026-09-22 09:00").run()`."""
        self.app.clock.fixed = at(text)
        return self

    # --- what happens ------------------------------------------------------------------------------------------------
    @contextmanager
    def writing(self) -> Iterator[tuple[Session, Office]]:
        with self.app.writing() as session:
            yield session, office_named(session, SLUG)

    def apply(self, text: str = OFFICE, folder: Path | None = None) -> Applied:
        with self.app.writing() as session:
            return apply(session, plan_of(text, folder or Path()), self.now)

    def receive(
        self, permit: str = "site_selection", on: str = "", *, accept: bool = True, handler: str = "li", **details: Any
    ) -> str:
        """A new case, accepted at the same time unless said; its number. `on`: when it happened, now if left out."""
        moment = when(on) if on else When(self.now)
        number = str(details.pop("number", ""))
        details = {"permit": permit, "handler": handler, **details}
        with self.writing() as (session, office):
            number = cases.receive(session, office, details, moment, self.now, handler, number).number
            if accept:
                cases.record(session, office, number, "accepted", {}, moment, self.now, handler)
        return number

    def record(self, number: str, kind: str, on: str = "", *, by: str = "li", **details: Any) -> Recorded:
        moment = when(on) if on else When(self.now)
        with self.writing() as (session, office):
            return cases.record(session, office, number, kind, details, moment, self.now, by)

    def decide(self, number: str, on: str = "", outcome: str = "approved", *, overdue: str = "") -> Recorded:
        """`overdue`: why it is, which a case that is has to say."""
        return self.record(number, "decided", on, outcome=outcome, overdue_reason=overdue)

    def finish(self, number: str, on: str = "") -> Recorded:
        """Decide it; where it is overdue by now, with a reason ahead."""
        if overruns(self.history(number).clocks):
            self.record(number, "overdue_explained", reason="人手不足")
        return self.decide(number, on)

    def void(
        self, number: str, event: int, again: str = "", *, by: str = "zhao", reason: str = "wrong", **changes: Any
    ) -> Recorded:
        """Void an event; with `again` it is replaced by the same one at that time, with `changes`."""
        replacement = (changes, when(again)) if again else None
        with self.writing() as (session, office):
            return cases.void(session, office, number, event, reason, self.now, by, replacement)

    def publish(self, version: int, valid_from: str, **changes: Any) -> Applied:
        """Apply the office again with a version of its policy that has stages and extensions; see `policy_text`."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        (folder / "policy.toml").write_text(policy_text(version, valid_from, **changes), "utf-8")
        return self.apply(OFFICE.replace('policy = "cn_planning"', 'policy_file = "policy.toml"'), folder)

    def load(self, text: str, *, replace: bool = False) -> Loaded:
        """Put a notice on record; see `notice`."""
        with self.writing() as (session, office):
            return load(session, office, text, self.now, "zhao", replace=replace)

    def begin(self, number: str = "") -> None:
        """Begin to apply a loaded notice; open cases are brought to it by `run` or `amend`."""
        with self.writing() as (session, office):
            apply_notice(session, office, number, self.now, "zhao")

    def amend(self) -> None:
        """Bring all open cases to the calendar, and finish."""
        with self.app.reading() as session:
            office_id = office_named(session, SLUG).id
        self.app.amend(office_id)

    def announce(self, text: str) -> None:
        """Load a notice, apply it and bring all open cases to it."""
        self.begin(self.load(text).notice.number)
        self.amend()

    # --- what follows ------------------------------------------------------------------------------------------------
    def run(self) -> list[str]:
        """Sweep, digests, delivery until nothing is left to do now; the alarms that were sent since it was last asked.

        One line a message, sorted: `li: promise T-1 2026-09-23`.
        """
        others = (" digest ", " month ", " calendar ")
        return [text for text in self.run_all() if not any(kind in text for kind in others)]

    def digests(self) -> list[str]:
        """The same, of the digests and summaries: `li: digest 2026-09-23`."""
        return [text for text in self.run_all() if " digest " in text or " month " in text]

    def run_all(self) -> list[str]:
        """All of it, with what administrators hear of the calendar: `zhao: calendar 2`."""
        self.app.settle_all()
        fresh = [row for row in self.rows("message") if row.state == "sent" and row.id not in self._seen]
        self._seen.update(row.id for row in fresh)
        return sorted(line(row) for row in fresh)

    def dropped(self) -> list[tuple[str, str]]:
        """What was dropped instead of sent, with why."""
        return sorted((line(row), row.reason) for row in self.rows("message") if row.state == "dropped")

    def waiting(self) -> list[str]:
        return sorted(line(row) for row in self.rows("message") if row.state == "pending")

    def find(self, number: str) -> Recorded:
        with self.app.reading() as session:
            return cases.find(session, office_named(session, SLUG), number, self.now)

    def history(self, number: str) -> History:
        return self.find(number).history

    def due(self, number: str, clock: str = "promise") -> str:
        """`2026-09-23`, or "" while there is no due date."""
        due = self.history(number).clock(clock).due_on
        return due.isoformat() if due else ""

    # --- the tables --------------------------------------------------------------------------------------------------
    def rows(self, table: str) -> list[Any]:
        with self.app.reading() as session:
            columns = METADATA.tables[table]
            return list(session.connection().execute(sa.select(columns).order_by(*columns.primary_key)))

    def tamper(self, statement: str, **values: Any) -> None:
        """Change the database behind the program's back."""
        with writing(self.app.engine) as session:
            session.connection().execute(sa.text(statement), values)

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table: to show that nothing was written."""
        return dump(self.app.engine)

    def close(self) -> None:
        self.app.close()


def app_on(url: str) -> App:
    settings = Settings(database_url=url, allowed_hosts=frozenset({"localhost", "127.0.0.1"}))
    return build(settings, clock=Clock(fixed=at(BEGUN)), checked=False)


def dump(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, with the schema's revision."""
    with engine.connect() as connection:
        found = {}
        for name in ("alembic_version", *METADATA.tables):
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"')
            found[name] = sorted((tuple(row) for row in rows), key=repr)
        return found


def line(row: Any) -> str:
    """One message as `recipient: clock milestone due`, `recipient: digest day`, `recipient: month first-day`; of the
    calendar `recipient: amendment change`, `recipient: calendar change`, `recipient: calendar missing day`."""
    about = json.loads(row.about)
    if "digest" in about:
        return f"{row.recipient_id}: digest {about['digest']}"
    if "month" in about:
        return f"{row.recipient_id}: month {about['month'][:7]}"
    for kind in ("amendment", "calendar", "calendar_missing", "calendar_review", "undelivered"):
        if kind in about:
            return f"{row.recipient_id}: {kind.replace('_', ' ')} {about[kind]}"
    return f"{row.recipient_id}: {about['clock']} {about['milestone']} {about['due'] or 'none'}"


def nth_working_day(works: Callable[[date], bool], day: date, n: int) -> date:
    """The n-th working day after a day, by asking of each day in turn: a count that owes nothing to the engine."""
    while n:
        day += timedelta(days=1)
        n -= works(day)
    return day


def notice(number: str, *, off: str = "", work: str = "", published: str = "2026-08-01", **head: str) -> str:
    """A notice file: days off and worked, each separated by spaces; `head` are further fields of its head."""
    through = head.pop("through", "")
    fields = {"number": number, "title": f"notice {number}", **head}
    lines = ["[notice]", f"published = {published}", *(f'{name} = "{value}"' for name, value in fields.items())]
    if through:
        lines.append(f"announced_through = {through}")
    for side, text in (("off", off), ("work", work)):
        lines.append(f"{side} = [{', '.join(f'{{ date = {day} }}' for day in text.split())}]")
    return "\n".join(lines) + "\n"


def policy_text(version: int, valid_from: str, *, promise: int = 4, **_: Any) -> str:
    """The window's policy with another promise for site selections, a stage `review` of 2 days, and extensions: of the
    promise by 2 days once, of the statutory limit by 10 once."""
    text = resources.files("sla.presets").joinpath("cn_planning.toml").read_text("utf-8")
    changes = {
        "\nversion = 1\n": f"\nversion = {version}\n",
        "valid_from = 2019-04-23": f"valid_from = {valid_from}",
        'promise = { amount = 4 }\nstatutory = { amount = 30, source = "郑州市城乡规划管理条例第三十九条" }': (
            f"promise = {{ amount = {promise}, extensions = {{ most_times = 1, most_amount = 2 }} }}\n"
            "statutory = { amount = 30, extensions = { most_times = 1, most_amount = 10 } }\nreview = {}"
        ),
        "[clocks.delivery]": STAGE + "\n[clocks.delivery]",
    }
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


STAGE = """
[stages.review]
names = { zh = "审查", en = "review" }

[clocks.review]
names = { zh = "审查环节", en = "review stage" }
basis = "stage"
limit = { amount = 2, unit = "working_days" }
starts_on = ["stage_entered:review"]
stops_on = ["stage_left:review"]
cancels_on = ["withdrawn"]
ladder = "duty"
"""


class Databases:
    """One database of each kind for all tests, with the window in it; before each test it is made as it was at first.

    An engine that is kept compiles each statement once, which takes half of the time of the tests otherwise.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.apps: dict[str, App] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def sqlite(self) -> App:
        file = self.folder / "shixian.db"
        if "sqlite" not in self.apps:
            self.apps["sqlite"] = self._made(f"sqlite:///{file}")
            _copy(file, self.folder / "first.db")
        else:
            _copy(self.folder / "first.db", file)
        return self.apps["sqlite"]

    def postgresql(self, server: str) -> App:
        if "postgresql" not in self.apps:
            name = f"window_{uuid.uuid4().hex}"
            run(server, f"CREATE DATABASE {name}")
            app = self.apps["postgresql"] = self._made(server.replace("/postgres?", f"/{name}?", 1))
            with app.engine.connect() as connection:
                for table in METADATA.sorted_tables:
                    self.rows[table.name] = [dict(row) for row in connection.execute(sa.select(table)).mappings()]
        else:
            self._restore(self.apps["postgresql"].engine)
        return self.apps["postgresql"]

    def close(self) -> None:
        for app in self.apps.values():
            app.close()

    def _made(self, url: str) -> App:
        app = app_on(url)
        make_tables(app.engine)
        Window(url, self.folder, app=app).apply()
        return app

    def _restore(self, engine: Engine) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # events, too, may go here
            for table in METADATA.sorted_tables:
                connection.execute(sa.delete(table))
                if self.rows[table.name]:
                    connection.execute(sa.insert(table), self.rows[table.name])


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)
