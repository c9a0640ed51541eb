"""What an earlier release left behind is brought to this version, found in order, and reads as it did then."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifiers.outbox import MESSAGE
from schedules.notices import changed_days
from sla.app import App
from sla.history import Phase
from sla.service.audit import audited, verified
from sla.service.calendars import Source, built_again
from sla.service.doctor import examined, rebuilt
from sla.service.offices import office_named
from sla.store import anchors, offices
from sla.store.calendars import changes_of
from sla.store.cases import CASE
from sla.store.migrate import head_revision, migrate, require_current
from tests.databases import new_database
from tests.service.cast import SLUG, Window, app_on, at, policy_text
from tests.upgrade.dumps import NAMES, load, read
from tests.upgrade.filled import CASES, UNTIL
from tests.upgrade.make import filled_dump

HERE = Path(__file__).parent
WITHOUT_LIST = ("0.1.0",)
RELEASES = sorted(path.parent.name for path in HERE.glob("*/sqlite.sql.gz"))


@pytest.fixture(scope="module")
def made_now(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What `make` would write now, so that it is tried each time and not only when a release is due."""
    lite = filled_dump(f"sqlite:///{tmp_path_factory.mktemp('filled')}/shixian.db")
    with new_database(postgresql) as url:
        return {"sqlite": lite, "postgresql": filled_dump(url)}


@pytest.fixture(params=[*RELEASES, "this tree"])
def app(request: pytest.FixtureRequest, database_url: str, made_now: dict[str, str]) -> Iterator[App]:
    """The app on a database that a release filled, or this tree."""
    kind = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    load(database_url, made_now[kind] if request.param == "this tree" else read(HERE / request.param / NAMES[kind]))
    app = app_on(database_url)
    migrate(app.engine)
    app.clock.fixed = at(UNTIL)
    yield app
    app.close()


def test_it_is_migrated_and_reads_as_it_was_left(app: App, tmp_path: Path) -> None:
    require_current(app.engine)
    assert migrate(app.engine) == (head_revision(), head_revision())
    window = Window(str(app.engine.url), tmp_path, now=UNTIL, app=app)
    found = {number: (window.history(number).phase, window.due(number)) for number in CASES}
    assert found == CASES
    assert set(Phase) == {phase for phase, _ in CASES.values()}
    opened = window.find("OPEN")
    assert [event.kind for event in opened.events] == ["received", "accepted", "acknowledged"]
    # 30 from 09-18: in the worked examples 09-14 | 30 is 10-30; from 09-14 to 09-18 as from 10-30 to 11-05 there are 4.
    assert window.due("OPEN", "statutory") == "2026-11-05"
    assert window.history("DEEMED").deemed_on is not None


def test_the_doctor_finds_nothing_but_the_messages_that_were_given_up_or_lie(app: App) -> None:
    with app.writing() as session:
        serious = [finding.what for finding in examined(session, at(UNTIL)) if finding.serious]
        assert len(serious) == 2 and "were given up" in serious[0], serious
        # The one that a process took on 09-24 at 09:00 in Shanghai, and died with.
        assert serious[1].startswith("a message is not delivered since 2026-09-24 01:00 UTC, on channel lost"), serious
        assert list(verified(session)) == []
        assert rebuilt(session, at(UNTIL)) == []
        office = office_named(session, SLUG)
        # Something ran on 09-18 and on each working day from 09-21 on: 18, 21, 22, 23, 24.
        assert len(anchors.anchors(session, office.id)) == 5


def test_the_audit_says_from_when_on_it_can_be_sure(app: App, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """0.1.0 anchored all heads and kept no list of them: how they stood cannot be told from the tables any more."""
    earlier = request.node.callspec.params["app"] in WITHOUT_LIST
    with app.reading() as session:
        notes = [finding.what for finding in audited(session)]
    said = "the anchors until 2026-09-24 do not say what they cover; every case is anchored from"
    assert notes == ([f"{said} the next digest on"] if earlier else [])
    Window(str(app.engine.url), tmp_path, now="2026-09-28 10:00", app=app).run_all()
    with app.writing() as session:
        assert [finding.what for finding in audited(session)] == ([f"{said} 2026-09-28 on"] if earlier else [])
        session.connection().execute(sa.text("UPDATE anchored SET hash = 'f00d'"))
        assert any(finding.serious for finding in audited(session))


def test_messages_are_there_in_every_state(app: App) -> None:
    with app.reading() as session:
        states = Counter(session.connection().execute(sa.select(MESSAGE.c.state)).scalars())
    assert set(states) == {"sent", "pending", "dropped", "dead"}


def test_policies_and_calendars_are_to_the_letter_what_was_published(app: App) -> None:
    """Else the office could not be applied again: a version is never published with another text (R17)."""
    with app.reading() as session:
        office = office_named(session, SLUG)
        assert [row.content for row in office.policy_rows] == [policy_text(1, "2019-04-23")]
        assert office.calendar.version == offices.office_with(session, office.id).calendar_version


def test_its_calendar_is_built_again_from_what_its_file_said(app: App) -> None:
    with app.reading() as session:
        office = office_named(session, SLUG)
        source = Source.read(office.calendar_source)
        assert source.closed == {date(2026, 12, 24): "设备检修"}
        again = built_again(source, [], office.calendar)
        assert changed_days(office.calendar, again) == ()
        assert again.hours == office.calendar.hours
        (change,) = changes_of(session, office.id)
        assert (change.version, change.why) == (office.calendar.version, "made")
        assert change.finished_at is not None
        rows = session.connection().execute(sa.select(CASE.c.calendar_version)).scalars()
        assert set(rows) == {office.calendar.version}


def test_it_goes_on_from_there(app: App, tmp_path: Path) -> None:
    window = Window(str(app.engine.url), tmp_path, now="2026-09-28 10:00", app=app)
    window.decide("OPEN")
    assert window.history("OPEN").phase is Phase.DECIDED
    # What became overdue at the end of 09-24 waited for Monday: VOIDED, to its handler and the chief.
    sent = window.run()
    assert "li: promise overdue 2026-09-24" in sent
    assert "zhao: promise overdue 2026-09-24" in sent
