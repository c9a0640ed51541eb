"""An office as lines of JSON, brought in elsewhere: the same bytes come out there; what was changed does not go in."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sla.app import App
from sla.people import Absence
from sla.service import absences, office_cases, policies
from sla.service.audit import audited
from sla.service.blanking import blank_case
from sla.service.contact_change import change_contact
from sla.service.deeds import done_by
from sla.service.doctor import rebuilt
from sla.service.errors import ServiceError
from sla.service.exporting import exported
from sla.service.office_cases import Outcome, bring_in_cases
from sla.service.office_lines import LATER, begin, looked_through
from sla.service.offices import every_office
from sla.service.setup import apply, plan_of
from sla.store import exports
from sla.store.given import insert_given
from sla.store.migrate import METADATA, migrate
from tests.databases import new_database
from tests.service.cast import OFFICE, SLUG, Window, app_on, at, notice

ON_ONE = pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)
NOW = "2026-10-09 09:00"
ODD = 'a "quote", a \\ and a tab\t, a line\nfeed, \x01\x1f\x7f, \u2028, 𠮷, ü'


@pytest.fixture
def full(window: Window) -> Window:
    """An office with everything that an export has: see PARTS and CASE_PARTS."""
    first = window.at("2026-09-18 09:30").receive(
        applicant="张三", title="云溪路 7 号", email="zhang@example.org", contact=ODD, floor_area_ha="1.5"
    )
    window.receive("construction_works", accept=False, title="人民医院综合楼")
    replaced = window.receive(title="wrong", applicant="李四")
    blanked = window.receive(title="to be forgotten", applicant="王五")
    window.at("2026-09-22 09:00").run_all()
    window.record(first, "paused", ground="expert_review", notice=ODD)
    window.void(replaced, 1, "2026-09-18 09:00", title="right", applicant="李四")
    window.announce(notice("n", off="2026-09-28"))
    with window.writing() as (session, office):
        change_contact(session, office, first, {"mobile": "13800138000"}, window.now, "li")
        done_by(session, office, "zhao", "key_made", "archive", window.now)
        away = Absence(date(2026, 10, 8), date(2026, 10, 9), "")
        absences.add(session, office, "chen", away, window.now, "zhao")
        blank_case(session, office, blanked, "PIPL 47", window.now, "zhao")
        policies.keep_draft(session, office, policies.source(session, office, "uk_foi"), window.now, "zhao")
        case = next(row for row in window.rows("case_file") if row.number == first)
        common = {"office_id": office.id, "case_id": case.case_id, "source": "archive"}
        insert_given(session, [
            {**common, "clock_id": "promise", "due_on": date(2026, 9, 24), "due_at": None},
            {**common, "clock_id": "statutory", "due_on": date(2026, 10, 30), "due_at": at("2026-10-30 17:00")},
        ])  # fmt: skip
    window.at("2026-09-23 09:00").run_all()
    window.decide(window.receive("construction_works", title="done"))
    window.at(NOW).run_all()
    return window


@pytest.fixture
def other(request: pytest.FixtureRequest, window: Window, tmp_path: Path) -> Iterator[App]:
    """An empty database of the other kind, on which it is as late as there."""
    if window.url.startswith("sqlite"):
        with new_database(request.getfixturevalue("postgresql")) as url:
            yield from _app(url, window)
    else:
        yield from _app(f"sqlite:///{tmp_path}/other.db", window)


@pytest.fixture
def second(window: Window, tmp_path: Path) -> Iterator[App]:
    """An empty database on SQLite."""
    yield from _app(f"sqlite:///{tmp_path}/second.db", window)


def _app(url: str, window: Window) -> Iterator[App]:
    app = app_on(url)
    migrate(app.engine)
    app.clock.fixed = window.now
    yield app
    app.close()


# --- there and back ---------------------------------------------------------------------------------------------------
def test_what_was_brought_in_is_exported_as_the_same_bytes_by_the_other_database(full: Window, other: App) -> None:
    lines = export(full.app)
    kinds = {json.loads(line)["line"] for line in lines}
    assert kinds == {"head", "office", "case", "end", *(part.name for part in exports.PARTS)}
    cases = [json.loads(line) for line in lines if b'{"line":"case"' in line]
    assert all(any(case[part.name] for case in cases) for part in exports.CASE_PARTS), "every part of a case is there"
    done = brought(other, lines)
    assert {outcome.reason for outcome in done} == {None}
    assert [outcome.new for outcome in done] == [True] * len(cases)
    assert export(other) == lines
    settle(full.app)
    settle(other)
    with other.writing() as session:
        assert [one for one in audited(session) if one.serious] == []
        assert rebuilt(session, full.now) == [], "the clocks are as their events say"
    assert clocks(other) == clocks(full.app)
    assert export(other) == export(full.app)
    assert ODD in [one["value"] for case in cases for one in case["personal"]]


@ON_ONE
def test_a_change_of_the_calendar_that_is_under_way_goes_on_elsewhere(window: Window, second: App) -> None:
    number = window.at("2026-09-22 09:00").receive()
    window.begin(window.load(notice("n", off="2026-09-23")).notice.number)
    lines = export(window.app)
    second.clock.fixed = window.now
    brought(second, lines)
    assert export(second) == lines
    second.calendars()
    window.amend()
    assert window.due(number) == "2026-09-30"  # counted are 09-24, 09-28, 09-29 and 09-30; else it were 09-29
    assert clocks(second) == clocks(window.app)


@ON_ONE
def test_nothing_is_sent_by_what_was_brought_in_until_somebody_says_so(full: Window, second: App) -> None:
    brought(second, export(full.app))
    with second.reading() as session:
        paused = {row.name: (row.paused, row.paused_because) for row in session.connection().execute(
            sa.select(METADATA.tables["endpoint"]))}  # fmt: skip
    assert paused == dict.fromkeys(("desk", "hook", "mail"), (True, LATER))
    second.settle_all()
    with second.reading() as session:
        states = set(session.connection().execute(sa.select(METADATA.tables["message"].c.state)).scalars())
    assert "sent" not in states


@ON_ONE
def test_no_secret_leaves_the_office(full: Window) -> None:
    with full.writing() as (session, _):
        session.connection().execute(sa.update(METADATA.tables["person"]).values(password="$argon2id$secret"))
        session.connection().execute(sa.update(METADATA.tables["endpoint"]).values(sealed_secrets='{"key":"sealed"}'))
    text = b"".join(export(full.app))
    assert b"argon2id" not in text
    assert b"sealed" not in text.replace(b"unsealed", b"")


def test_every_table_and_column_is_in_an_export_or_left_out_on_purpose() -> None:
    parts = (exports.HEAD, *exports.PARTS, exports.CASE_HEAD, *exports.CASE_PARTS)
    has = {part.table.name: {*part.columns} for part in parts}
    left = {
        (table.name, column.name)
        for table in METADATA.sorted_tables
        for column in table.c
        if table.name in has and column.name not in has[table.name] | {"office_id", "case_id"}
    }
    assert left == {
        *(("person", name) for name in ("password", "password_at", "password_once")),  # secrets
        *(("endpoint", name) for name in ("paused", "paused_because", "sealed_secrets", "removed_at")),
        ("office", "messages_since"), ("anchored", "hash"),  # of messages; of the event itself
        *(("case_file", name) for name in (
            "permit", "title", "handler", "first_contact", "land_area_ha", "floor_area_ha", "phase", "received_on",
            "deemed_on", "outcome", "next_alarm_at", "broken",
        )),
    }  # fmt: skip
    assert {table.name for table in METADATA.sorted_tables} - has.keys() == {
        "clock", "alarm", "snooze", "message", "delivery", "notification", "quota",  # computed, or told by whom it told
        "api_token", "sign_in", "sign_in_attempt", "calendar_subscription", "look_up", "look_up_code", "api_answer",
        "time_kept", "clock_sum", "month_touched",  # what stopped clocks come to is added up anew
    }  # fmt: skip


# --- again, and half-way ----------------------------------------------------------------------------------------------
@ON_ONE
def test_brought_in_twice_it_changes_nothing(full: Window, second: App) -> None:
    lines = export(full.app)
    brought(second, lines)
    before = Window(second.settings.database_url, full.folder, app=second).dump()
    second.clock.fixed = full.now
    assert {(one.new, one.reason) for one in brought(second, lines)} == {(False, None)}
    assert Window(second.settings.database_url, full.folder, app=second).at(NOW).dump() == before


@ON_ONE
def test_what_was_recorded_here_since_is_of_no_matter(full: Window, second: App) -> None:
    lines = export(full.app)
    brought(second, lines)
    here = Window(second.settings.database_url, full.folder, app=second, now=NOW)
    number = next(row.number for row in here.rows("case_file") if row.phase == "accepted")
    here.record(number, "reassigned", handler="chen", reason="")
    assert {one.reason for one in brought(second, lines)} == {None}
    later = export(second)
    assert [str(one.reason) for one in brought(full.app, later) if one.reason] == [
        "it is here already with other events"
    ]


@ON_ONE
def test_an_office_of_that_name_or_id_that_is_another_one_is_refused(full: Window, second: App) -> None:
    lines = export(full.app)
    with second.writing() as session:
        apply(session, plan_of(OFFICE, Path()), second.now(session))
    with pytest.raises(ServiceError, match=f"office: {SLUG} is here already and is another one"):
        brought(second, lines)
    assert {one.reason for one in brought(second, lines, slug="east")} == {None}
    with second.reading() as session:
        assert [office.slug for office in every_office(session)] == ["east", SLUG]
    with pytest.raises(ServiceError, match="office: is here already as east; bring it in with --as east"):
        brought(second, lines, slug="west")
    with second.writing() as session:
        changed = sa.update(METADATA.tables["person"]).where(METADATA.tables["person"].c.name == "Li Min")
        session.connection().execute(changed.values(name="Li M."))
    with pytest.raises(ServiceError, match="east is here already with other contents: person li differs in name"):
        brought(second, lines, slug="east")


# --- what was changed -------------------------------------------------------------------------------------------------
@ON_ONE
def test_a_case_whose_line_was_changed_stays_out_and_the_others_come_in(
    full: Window, second: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_cases, "CHUNK", 2)
    lines = export(full.app)
    place = next(n for n, line in enumerate(lines) if "云溪路 7 号".encode() in line)
    bad = list(lines)
    bad[place] = lines[place].replace("云溪路 7 号".encode(), "云溪路 8 号".encode())
    refused = [one for one in brought(second, bad) if one.reason]
    assert [(one.line, str(one.reason)) for one in refused] == [
        (place + 1, "is not as it was written: its checksum is another one")
    ]
    with second.reading() as session:
        number = json.loads(lines[place])["number"]
        numbers = set(session.connection().execute(sa.select(METADATA.tables["case_file"].c.number)).scalars())
    assert numbers == {json.loads(line)["number"] for line in lines if line.startswith(b'{"line":"case"')} - {number}
    assert {one.reason for one in brought(second, lines)} == {None}, "the right file completes it"
    assert export(second) == lines


@ON_ONE
def test_a_damaged_line_hides_no_case_that_is_missing(full: Window, second: App) -> None:
    lines = export(full.app)
    cases = [n for n, line in enumerate(lines) if line.startswith(b'{"line":"case"')]
    damaged, gone = cases[0], cases[1]
    bad = [line.replace(b'"number"', b'"nomber"', 1) if n == damaged else line for n, line in enumerate(lines)]
    del bad[gone]
    with pytest.raises(ServiceError, match="lines are missing, doubled or in another order"):
        brought(second, bad)


@ON_ONE
def test_what_only_a_newer_program_knows_keeps_its_case_out(full: Window, second: App) -> None:
    """Its chain is right, and its line: nobody wrote to it."""
    lines = export(full.app)
    place = next(n for n, line in enumerate(lines) if line.startswith(b'{"line":"case"'))
    case = json.loads(lines[place])
    first = case["events"][0]
    first["details"]["from_a_newer_program"] = 1
    rechained(json.loads(lines[1])["office_id"], case)
    done = brought(second, resealed([*lines[:place], _line(case), *lines[place + 1 :]]))
    refused = [one for one in done if one.reason]
    assert [one.line for one in refused] == [place + 1] and len(done) > 1
    assert "this program cannot read them" in str(refused[0].reason)


@ON_ONE
def test_a_case_that_was_changed_with_all_its_checksums_does_not_fit_its_chain(full: Window, second: App) -> None:
    lines = export(full.app)
    place = next(n for n, line in enumerate(lines) if "云溪路 7 号".encode() in line)
    for reason, change in CHANGES.items():
        case = json.loads(lines[place])
        change(case)
        changed = resealed([*lines[:place], _line(case), *lines[place + 1 :]])
        refused = [one for one in brought(second, changed) if one.reason]
        assert [one.line for one in refused] == [place + 1]
        assert reason in str(refused[0].reason)


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "event 2 does not fit": lambda case: case["events"][1].update(occurred_at="2026-09-17T01:30:00.000000Z"),
    "the chain does not end where the case says": lambda case: case["events"].pop(),
    "is not what was recorded": lambda case: case["personal"][0].update(value="somebody else"),
    "is gone, and nobody blanked it on record": lambda case: case["personal"].clear(),
    "cn_planning has no version 7 here": lambda case: case.update(policy_version=7),
    "none is not on record": lambda case: case.update(calendar_version="none"),
    "a field holds what its kind does not": lambda case: case.update(head_seq="two"),
    "wrong or missing: more": lambda case: case.update(more=1),
    "events: must be a list of objects": lambda case: case.update(events={}),
}


@ON_ONE
def test_a_file_that_is_not_whole_is_refused_before_anything_is_written(full: Window, second: App) -> None:
    lines = export(full.app)
    cases = [n for n, line in enumerate(lines) if line.startswith(b'{"line":"case"')]
    head = json.loads(lines[0])
    wrong = {
        "line 2: the export ends before its last line; it was cut off": lines[:2],
        f"line {len(lines)}: is no line of an export, or was cut off": [*lines[:-1], lines[-1][:-40]],
        "lines are missing, doubled or in another order": [*lines[: cases[0]], *lines[cases[1] :]],
        "line 1: the file is of version 2 of the format, this program reads version 1": resealed(
            [_line({**head, "version": 2}), *lines[1:]]
        ),
        "line 1: is not what stands there": [b"Dear Sir\n"],
        "line 2: is not as it was written": [lines[0], lines[1].replace(b"window", b"windows", 1), *lines[2:]],
        f"line {len(lines) + 1}: stands behind the end": [*lines, lines[-1]],
        "which lies in the future here": resealed(
            [_line({**head, "recorded_through": "2030-01-01T00:00:00Z"}), *lines[1:]]
        ),
    }
    for why, changed in wrong.items():
        with pytest.raises(ServiceError, match=why):
            brought(second, changed)
    with second.reading() as session:
        assert every_office(session) == []


# --- what the tests are made from -------------------------------------------------------------------------------------
def export(app: App) -> list[bytes]:
    with app.reading() as session:
        office = every_office(session)[0]
    return list(exported(app.engine, office.id))


def brought(app: App, lines: list[bytes], slug: str = "") -> list[Outcome]:
    whole = looked_through(lines, slug)
    office_id, _ = begin(app.writing, app.now, whole)
    return list(bring_in_cases(app.writing, app.now, office_id, lines))


def settle(app: App) -> None:
    while app.sweep():
        pass


def clocks(app: App) -> list[dict[str, Any]]:
    with app.reading() as session:
        table = METADATA.tables["clock"]
        rows = session.connection().execute(sa.select(table).order_by(*table.primary_key))
        return [dict(row._mapping) for row in rows]


def _line(entry: dict[str, Any]) -> bytes:
    """A line as the documentation says it is sealed, counted here anew."""
    content = {name: value for name, value in entry.items() if name != "sha256"}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f'{text[:-1]},"sha256":"{hashlib.sha256(text.encode()).hexdigest()}"}}\n'.encode()


def rechained(office_id: str, case: dict[str, Any]) -> None:
    """Its hashes anew, as the documentation says they are made."""

    def moment(text: str) -> str:
        return text.removesuffix("Z").removesuffix(".000000") + "+00:00"

    def plain(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    head = "0" * 64
    for event in case["events"]:
        said = [head, office_id, case["case_id"], event["seq"], event["kind"], moment(event["occurred_at"])]
        said += [event["dated"], moment(event["recorded_at"]), event["actor"], event["calendar_version"]]
        head = event["hash"] = hashlib.sha256(plain([*said, plain(event["details"])]).encode()).hexdigest()
    case["head_hash"] = head


def resealed(lines: list[bytes]) -> list[bytes]:
    """The lines with an end that fits them."""
    end, sums = json.loads(lines[-1]), [json.loads(line)["sha256"] for line in lines[:-1]]
    total = hashlib.sha256("".join(f"{one}\n" for one in sums).encode()).hexdigest()
    return [*lines[:-1], _line({**end, "lines": total})]
