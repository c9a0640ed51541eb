"""`sla audit verify`: what is changed behind the program's back, chain and head made to fit again, an anchor tells."""

import re
from itertools import islice
from typing import Any

import pytest
import sqlalchemy as sa

from sla.service import cases
from sla.service import findings as service_findings
from sla.service.audit import audited
from sla.service.blanking import blank_case
from sla.service.cases import When
from sla.service.contact_change import change_contact
from sla.service.digests import make_owed
from sla.service.findings import Finding
from sla.service.offices import office_named
from sla.store.cases import CASE, EVENT, chained
from tests.service.cast import SLUG, Window, at
from tests.service.test_doctor import force

DAYS = ("2026-09-18 16:00", "2026-09-21 09:00", "2026-09-22 09:00")
REMOVED = ("party", "alarm", "clock", "case_event", "case_file")  # every trace of a case but for the anchors


@pytest.fixture
def cases_of(window: Window) -> list[str]:
    """Two cases; one gets an event between the anchors of 09-18 and 09-21, the last of which covers nothing new."""
    numbers = [window.at("2026-09-18 09:30").receive(applicant="张三丰") for _ in range(2)]
    window.at(DAYS[0]).run_all()
    window.at("2026-09-20 10:00").record(numbers[0], "acknowledged", clock="promise", note="on it")
    for day in DAYS[1:]:
        window.at(day).run_all()
    return numbers


def findings(window: Window) -> list[Finding]:
    with window.app.reading() as session:
        return list(audited(session))


def found(window: Window) -> list[str]:
    """Each with the case left out: its number is known, and an id once the case is gone."""
    return [re.sub(rf"^{SLUG} \S+:", "case:", f"{finding.where}: {finding.what}") for finding in findings(window)]


def forge(window: Window, number: str) -> None:
    """Write another note into the last event, and make chain and head fit again, as the program itself would."""
    with window.app.reading() as session:
        connection = session.connection()
        case = connection.execute(CASE.select().where(CASE.c.number == number)).one()
        rows = connection.execute(EVENT.select().where(EVENT.c.case_id == case.case_id).order_by(EVENT.c.seq)).all()
    details = rows[-1].details.replace("on it", "not me")
    digest = chained(rows[-2].hash, {**rows[-1]._mapping, "details": details})
    where = f"WHERE hash = '{rows[-1].hash}'"
    force(window, f"UPDATE case_event SET details = '{details}', hash = '{digest}' {where}")
    window.tamper(f"UPDATE case_file SET head_hash = '{digest}' WHERE number = '{number}'")


def cut_off(window: Window, number: str) -> None:
    """Take the last event away, and move the head back."""
    of_case = f"(SELECT case_id FROM case_file WHERE number = '{number}')"
    force(window, f"DELETE FROM case_event WHERE seq = 3 AND case_id = {of_case}")
    before = f"(SELECT hash FROM case_event WHERE seq = 2 AND case_id = {of_case})"
    window.tamper(f"UPDATE case_file SET head_seq = 2, head_hash = {before} WHERE number = '{number}'")


def remove(window: Window, number: str, *more: str) -> None:
    case = next(row for row in window.rows("case_file") if row.number == number).case_id
    name = case.hex if window.app.engine.dialect.name == "sqlite" else str(case)
    force(window, *(f"DELETE FROM {table} WHERE case_id = '{name}'" for table in (*REMOVED, *more)))


def test_a_record_as_it_was_written_is_well(window: Window, cases_of: list[str]) -> None:
    assert findings(window) == []
    assert [row.cases for row in window.rows("anchor")] == [2, 1, 0]  # by hand: two cases, one event, nothing


def test_a_contact_that_was_changed_on_record_is_well_and_one_changed_behind_it_is_found(
    window: Window, cases_of: list[str]
) -> None:
    with window.writing() as (session, office):
        change_contact(session, office, cases_of[0], {"mobile": "13800138000"}, window.now, "li")
    assert findings(window) == []
    window.tamper("UPDATE party SET value = '13900139000' WHERE field = 'mobile'")
    assert len(findings(window)) == 1


def test_a_forged_event_is_found_although_its_chain_was_made_to_fit(window: Window, cases_of: list[str]) -> None:
    forge(window, cases_of[0])
    assert found(window) == ["case: event 3, anchored on 2026-09-21, is another one"]
    assert findings(window)[0].where == f"{SLUG} {cases_of[0]}"


def test_a_cut_off_tail_is_found_although_its_head_was_moved_back(window: Window, cases_of: list[str]) -> None:
    cut_off(window, cases_of[0])
    assert found(window) == ["case: event 3, anchored on 2026-09-21, is gone"]


def test_a_removed_case_is_found(window: Window, cases_of: list[str]) -> None:
    remove(window, cases_of[1])
    assert found(window) == ["case: event 2, anchored on 2026-09-18, is gone"]


def test_a_case_removed_from_the_lists_too_is_found(window: Window, cases_of: list[str]) -> None:
    remove(window, cases_of[1], "anchored")
    assert found(window) == [f"{SLUG}: the anchor of 2026-09-18 does not fit what it covers"]


@pytest.mark.parametrize("day", ["2026-09-18", "2026-09-21", "2026-09-22"])
@pytest.mark.parametrize("change", ["hash = 'f00d'", "cases = 7", "listed = FALSE"])
def test_a_changed_anchor_is_found(window: Window, cases_of: list[str], day: str, change: str) -> None:
    window.tamper(f"UPDATE anchor SET {change} WHERE \"on\" = '{day}'")
    assert [finding for finding in findings(window) if finding.serious and day in finding.what]
    if "listed" not in change:
        assert found(window) == [f"{SLUG}: the anchor of {day} does not fit what it covers"]


def test_an_anchor_that_was_taken_away_is_found(window: Window, cases_of: list[str]) -> None:
    window.tamper("DELETE FROM anchor WHERE \"on\" = '2026-09-22'")
    assert found(window) == [f"{SLUG}: the anchor of 2026-09-22 is missing"]


def test_a_name_that_is_blanked_by_law_leaves_all_of_it_valid(window: Window, cases_of: list[str]) -> None:
    for number in cases_of:
        with window.writing() as (session, office):
            blank_case(session, office, number, "个人信息保护法第四十七条", window.now, "zhao")
    assert window.rows("party") == []
    assert findings(window) == []


def test_what_is_committed_after_the_anchor_is_the_next_ones_although_it_was_begun_before(
    window: Window, cases_of: list[str]
) -> None:
    if window.app.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    now = at("2026-09-23 09:00")
    with window.app.writing() as slow:
        office = office_named(slow, SLUG)
        said = {"clock": "promise", "note": "late"}
        cases.record(slow, office, cases_of[1], "acknowledged", said, When(now), now, "li")
        with window.app.writing() as other:
            make_owed(other, now)
    window.at("2026-09-24 09:00").run_all()
    assert findings(window) == []
    assert [row.cases for row in window.rows("anchor")][-2:] == [0, 1]


# --- many cases -------------------------------------------------------------------------------------------------------
def statements(window: Window) -> int:
    """How many the whole audit takes."""
    seen = list[str]()

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        seen.append(statement)

    sa.event.listen(window.app.engine, "before_cursor_execute", note)
    try:
        findings(window)
    finally:
        sa.event.remove(window.app.engine, "before_cursor_execute", note)
    return len(seen)


def test_how_many_statements_it_takes_goes_by_the_page_of_cases_not_by_the_case(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert service_findings.PAGE == 500
    window.at("2026-09-18 09:30").receive()
    one = statements(window)
    for _ in range(4):
        window.receive(applicant="张三丰")
    assert statements(window) == one
    monkeypatch.setattr(service_findings, "PAGE", 2)
    assert statements(window) == one + 6  # three pages: heads, events and personal data of two more


def test_what_does_not_fit_is_found_on_every_page(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_findings, "PAGE", 2)
    numbers = [window.at("2026-09-18 09:30").receive(applicant="张三丰") for _ in range(5)]
    force(window, "UPDATE case_event SET actor = 'nobody' WHERE seq = 2")
    window.tamper("UPDATE party SET value = '李四' WHERE field = 'applicant'")
    what = ("event 2 does not fit the chain", "applicant of event 1 is not what was recorded")
    assert sorted((one.where, one.what) for one in findings(window)) == sorted(
        (f"{SLUG} {number}", said) for number in numbers for said in what
    )
    with window.app.reading() as session:
        assert len([*islice(audited(session), 3)]) == 3  # who wants the first reads no further
