"""`sla doctor`: what was changed behind the program's back is found, an index is mended, what is owed is said."""

import pytest

from sla.service.audit import verified
from sla.service.doctor import examined, rebuilt
from sla.service.findings import Finding
from sla.service.sweep import sweep_some
from tests.service.cast import OFFICE, Window

EVENTS_STAY = {
    "sqlite": ["DROP TRIGGER case_event_no_update", "DROP TRIGGER case_event_no_delete"],
    "postgresql": ["ALTER TABLE case_event DISABLE TRIGGER case_event_stays"],
}
EVENTS_STAY_AGAIN = {"sqlite": [], "postgresql": ["ALTER TABLE case_event ENABLE TRIGGER case_event_stays"]}


@pytest.fixture
def case(window: Window) -> str:
    number = window.at("2026-09-18 09:30").receive(applicant="张三丰")
    window.at("2026-09-21 10:00").record(number, "acknowledged", clock="promise", note="on it")
    return number


def chain(window: Window) -> list[str]:
    with window.app.reading() as session:
        return [finding.what for finding in verified(session)]


def mended(window: Window) -> list[str]:
    with window.app.writing() as session:
        return [finding.what for finding in rebuilt(session, window.now)]


def owed(window: Window) -> list[Finding]:
    with window.app.reading() as session:
        return examined(session, window.now)


def force(window: Window, *statements: str) -> None:
    """Change events as somebody with all rights on the database could."""
    kind = window.app.engine.dialect.name
    for statement in (*EVENTS_STAY[kind], *statements, *EVENTS_STAY_AGAIN[kind]):
        window.tamper(statement)


# --- the chain -------------------------------------------------------------------------------------------------------
def test_a_case_as_it_was_written_is_well(window: Window, case: str) -> None:
    assert chain(window) == []
    assert mended(window) == []
    assert owed(window) == []


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'zhao'",
        "details = replace(details, 'on it', 'not me')",
        "kind = 'withdrawn'",
        "dated = TRUE",
        "occurred_at = (SELECT occurred_at FROM case_event WHERE seq = 1)",
        "recorded_at = (SELECT recorded_at FROM case_event WHERE seq = 1)",
        "calendar_version = 'other'",
        "hash = (SELECT hash FROM case_event WHERE seq = 1)",
    ],
)
def test_a_changed_event_is_found(window: Window, case: str, change: str) -> None:
    force(window, f"UPDATE case_event SET {change} WHERE seq = 3")
    assert chain(window) == ["event 3 does not fit the chain"]


def test_an_event_that_was_taken_out_is_found(window: Window, case: str) -> None:
    force(window, "DELETE FROM case_event WHERE seq = 2")
    assert chain(window) == ["event 3 does not fit the chain"]


def test_a_tail_that_was_cut_off_is_found(window: Window, case: str) -> None:
    force(window, "DELETE FROM case_event WHERE seq = 3")
    assert chain(window) == ["the chain does not end where the case says"]


def test_a_changed_name_is_found(window: Window, case: str) -> None:
    window.tamper("UPDATE party SET value = '李四'")
    assert chain(window) == ["applicant of event 1 is not what was recorded"]


# --- the indexes -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            "UPDATE clock SET due_on = '2026-12-24' WHERE clock_id = 'promise'",
            "clock promise was not what its events say",
        ),
        (
            "UPDATE clock SET state = 'met', open = FALSE WHERE clock_id = 'promise'",
            "clock promise was not what its events say",
        ),
        ("DELETE FROM clock WHERE clock_id = 'statutory'", "clock statutory was not what its events say"),
        (
            "UPDATE alarm SET at = (SELECT MAX(at) FROM alarm) WHERE milestone = 'T-1' AND clock_id = 'promise'",
            "alarm promise T-1 was not what its events say",
        ),
        (
            "DELETE FROM alarm WHERE milestone = 'overdue' AND clock_id = 'promise'",
            "alarm promise overdue was not what its events say",
        ),
        (
            "UPDATE alarm SET state = 'cancelled' WHERE milestone = '+1' AND clock_id = 'promise'",
            "alarm promise +1 was not what its events say",
        ),
        (
            "UPDATE case_file SET next_alarm_at = NULL",
            "it would have been looked at at another time than its alarms say",
        ),
    ],
    ids=["due date", "state", "clock gone", "alarm moved", "alarm gone", "alarm cancelled", "never looked at"],
)
def test_a_tampered_index_is_found_and_mended_and_its_alarm_goes_out(
    window: Window, case: str, change: str, found: str
) -> None:
    before = {name: rows for name, rows in window.dump().items() if name in ("clock", "alarm", "case_file")}
    window.tamper(change)
    assert mended(window) == [found]
    assert {name: rows for name, rows in window.dump().items() if name in before} == before
    assert mended(window) == []
    assert window.at("2026-09-22 09:00").run() == ["li: promise T-1 2026-09-23"]


def test_rebuilding_after_a_long_history_finds_nothing(window: Window, case: str) -> None:
    other = window.at("2026-09-18 10:00").receive("construction_works", accept=False)
    for moment in ("2026-09-22 09:00", "2026-09-24 08:30", "2026-09-28 08:30"):
        window.at(moment).run()
        assert mended(window) == []
    window.at("2026-09-28 10:00").void(case, 2, "2026-09-21 09:30")
    window.record(other, "paused", ground="public_notice")
    assert mended(window) == []


# --- what is owed ----------------------------------------------------------------------------------------------------
def test_alarms_that_nobody_raises_are_a_finding_after_a_quarter_of_an_hour(window: Window, case: str) -> None:
    assert owed(window.at("2026-09-22 09:14")) == []
    window.at("2026-09-22 09:15")
    assert [finding.what for finding in owed(window)] == ["alarms are due and not raised"]


def test_messages_that_nobody_sends_are_a_finding(window: Window, case: str) -> None:
    window.at("2026-09-22 09:00").app.sweep()
    (finding,) = [finding for finding in owed(window.at("2026-09-22 09:16")) if finding.where == "outbox"]
    assert finding.what == "1 messages are due and not sent, the oldest since 2026-09-22 01:00 UTC, on channel desk"
    assert finding.mend == "start `sla serve` or `sla worker`"


def test_the_message_that_its_channel_has_not_taken_for_the_longest_is_a_finding(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens at the hook: tried at 09:00:00, 09:00:05, about 09:01, about 09:06, then at about 09:36."""
    monkeypatch.setenv("SLA_HOOK_SECRET", "whsec_" + "MDEy" * 10)
    window.apply(OFFICE.replace('{ desk = "chen" }', '{ hook = "" }'))
    window.at("2026-09-18 09:30").receive(handler="chen")
    for moment in ("09:00", "09:00:06", "09:01:30", "09:07"):
        window.at(f"2026-09-22 {moment}").run_all()
        assert [finding for finding in owed(window) if "not delivered" in finding.what] == []
    (finding,) = [finding for finding in owed(window.at("2026-09-22 09:15")) if finding.where == "planning-window"]
    assert finding.what == (
        "a message is not delivered since 2026-09-22 01:00 UTC, on channel hook, tried 4 times: "
        "no connection to http://127.0.0.1: Connection refused"
    )


def test_the_end_of_the_announced_calendar_is_a_note(window: Window) -> None:
    assert owed(window.at("2026-11-30 09:00")) == []
    (finding,) = owed(window.at("2026-12-02 09:00"))  # 29 days before the end of 2026
    assert not finding.serious
    assert "announced through 2026-12-31" in finding.what


# --- set aside -------------------------------------------------------------------------------------------------------
def test_a_case_that_cannot_be_rebuilt_is_set_aside_with_its_error_and_stops_nobody_else(window: Window) -> None:
    bad = window.at("2026-09-18 09:30").receive()
    good = window.receive(handler="chen")
    window.tamper("UPDATE case_file SET policy_version = 99 WHERE number = :number", number=bad)
    assert window.at("2026-09-22 09:00").run() == ["chen: promise T-1 2026-09-23"]
    broken = {row.number: row.broken for row in window.rows("case_file")}
    assert broken == {bad: "ServiceError: policy: cn_planning has no version 99 here", good: ""}
    (finding,) = owed(window)
    assert finding.serious
    assert finding.what == f"{bad} is set aside: ServiceError: policy: cn_planning has no version 99 here"
    # Mended: it is looked at again, and what has become true since is said once.
    window.tamper("UPDATE case_file SET policy_version = 1 WHERE number = :number", number=bad)
    window.at("2026-09-24 08:30").run()
    assert mended(window) == ["clock promise was not what its events say"]  # it went overdue while it was set aside
    assert window.run() == ["li: promise overdue 2026-09-23", "wang: promise overdue 2026-09-23"]
    assert {row.broken for row in window.rows("case_file")} == {""}


def test_a_case_that_is_set_aside_does_not_empty_the_board_of_the_others(window: Window) -> None:
    from sla.service.lists import due_lists

    bad = window.at("2026-09-18 09:30").receive()
    good = window.receive()
    window.tamper("UPDATE case_file SET policy_version = 99 WHERE number = :number", number=bad)
    window.at("2026-09-22 09:00").run()
    with window.writing() as (session, office):
        lists = due_lists(session, office, window.now)
    assert [entry.case.number for entry in lists.next_days] == [good]


# --- steps -----------------------------------------------------------------------------------------------------------
def test_a_step_of_the_sweep_says_whether_there_is_more(window: Window) -> None:
    window.at("2026-09-18 09:30")
    for _ in range(3):
        window.receive()
    window.at("2026-09-22 09:00")
    steps = []
    for _ in range(3):
        with window.app.writing() as session:
            steps.append(sweep_some(session, window.now, limit=2))
    assert steps == [True, False, False]
    assert len(window.waiting()) == 3
    assert window.app.deliver() is False
    assert window.waiting() == []
