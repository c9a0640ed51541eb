"""The due-today digest of each working day and the month's summary: owed by the tables, made once (R3, M2, M9).

Watched by wang (chief) and zhao (manager); li gets his own. Days are those beside the cast.
"""

import threading
from uuid import uuid4

import pytest

from notifiers.delivery import Rendered
from notifiers.outbox import claim
from sla.service.truth import rendered_each
from tests.service.cast import OFFICE, Window, line

EVERYBODY = ["li", "wang", "zhao"]


def digest(day: str, *people: str) -> list[str]:
    return [f"{person}: digest {day}" for person in people or EVERYBODY]


@pytest.fixture
def case(window: Window) -> str:
    """Due on Wed 09-23; on the board from 09-20 on: three working days before are 20, 21, 22."""
    return window.at("2026-09-18 09:30").receive()


@pytest.mark.parametrize("moment", ["08:30", "08:41", "08:45", "11:00", "17:59"])
def test_the_digest_goes_out_once_whenever_the_process_is_started(window: Window, case: str, moment: str) -> None:
    assert window.at("2026-09-23 08:29").digests() == []
    assert window.at(f"2026-09-23 {moment}").digests() == digest("2026-09-23")
    assert window.digests() == []
    assert window.at("2026-09-23 18:00").digests() == []


def test_on_the_first_day_after_a_week_off_there_is_one_digest(window: Window, case: str) -> None:
    assert window.at("2026-09-30 08:30").digests() == digest("2026-09-30")
    for day in range(1, 8):
        assert window.at(f"2026-10-{day:02} 12:00").digests() == []  # 1 to 7 October are off
    assert window.at("2026-10-08 08:30").digests() == digest("2026-10-08")
    assert window.at("2026-10-08 08:31").digests() == []


def test_a_digest_goes_out_on_a_make_up_saturday_and_never_on_a_day_off(window: Window, case: str) -> None:
    window.at("2026-10-09 10:00").run_all()
    assert window.at("2026-10-10 08:30").digests() == digest("2026-10-10")  # Saturday, worked
    assert window.at("2026-10-11 08:30").digests() == []  # Sunday, off
    window.at("2026-09-24 10:00").run_all()
    assert window.at("2026-09-25 08:30").digests() == []  # Friday, Mid-Autumn
    assert window.at("2026-09-20 08:30").digests() == digest("2026-09-20")  # Sunday, worked


def test_a_process_started_after_closing_leaves_the_day_to_the_next_mornings_digest(window: Window, case: str) -> None:
    assert window.at("2026-09-22 18:30").digests() == []
    assert window.at("2026-09-23 08:30").digests() == digest("2026-09-23")
    assert window.dropped() == [(text, "the day is over; each day has its own digest") for text in digest("2026-09-22")]


def test_nobody_is_written_to_when_nothing_is_due(window: Window) -> None:
    number = window.at("2026-09-14 09:30").receive()  # due 09-18
    window.at("2026-09-15 08:30").digests()
    window.at("2026-09-15 09:00").decide(number)
    window.record(number, "delivered")
    assert window.at("2026-09-16 08:30").digests() == []
    assert [str(row.on) for row in window.rows("digest") if row.kind == "due_today"] == ["2026-09-15", "2026-09-16"]


def test_each_handler_gets_only_what_is_theirs(window: Window, case: str) -> None:
    window.at("2026-09-20 09:30").receive(handler="chen")  # due 09-24
    assert window.at("2026-09-21 08:30").digests() == digest("2026-09-21", "chen", "li", "wang", "zhao")
    window.at("2026-09-21 09:00").decide(case)
    window.record(case, "delivered")
    assert window.at("2026-09-22 08:30").digests() == digest("2026-09-22", "chen", "wang", "zhao")


def test_the_stand_in_gets_the_digest_of_whoever_is_away(window: Window) -> None:
    window.at("2026-10-14 09:30").receive()  # due 10-20; li is away from 10-19 on
    assert window.at("2026-10-20 08:30").digests() == digest("2026-10-20", "chen", "wang", "zhao")


def test_a_decision_between_making_and_sending_empties_the_digest_on_record(window: Window, case: str) -> None:
    window.at("2026-09-23 08:30").app.digests()
    window.at("2026-09-23 08:31").decide(case)
    window.record(case, "delivered")
    assert window.digests() == []
    assert {reason for _, reason in window.dropped()} == {"nothing is due any more"}


def test_two_processes_make_one_digest(window: Window, case: str) -> None:
    other = Window(window.url, window.folder, "2026-09-23 08:30")
    window.at("2026-09-23 08:30")
    together = threading.Barrier(2)

    def make(one: Window) -> None:
        together.wait(10)
        for _ in range(5):
            one.app.digests()

    threads = [threading.Thread(target=make, args=(one,)) for one in (window, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    other.close()
    assert window.digests() == digest("2026-09-23")


# --- the month -------------------------------------------------------------------------------------------------------
def test_the_summary_of_a_month_goes_to_the_managers_once_on_its_first_working_day(window: Window, case: str) -> None:
    def months() -> list[str]:
        return [text for text in window.digests() if " month " in text]

    assert window.at("2026-09-30 17:00").run_all() is not None
    assert window.at("2026-10-01 12:00").run_all() == []  # off until 10-07
    assert window.at("2026-10-08 08:59").run_all() == digest("2026-10-08")
    assert window.at("2026-10-08 09:00").digests() == ["zhao: month 2026-09"]  # manager and head: once
    assert window.at("2026-10-09 09:00").digests() == digest("2026-10-09")
    window.at("2026-10-30 10:00").run_all()
    assert window.at("2026-11-02 08:59").digests() == digest("2026-11-02")  # the first working day of November
    assert window.at("2026-11-02 09:00").digests() == ["zhao: month 2026-10"]


def test_a_summary_that_was_missed_goes_out_when_the_process_is_back(window: Window, case: str) -> None:
    window.at("2026-09-30 17:00").run_all()
    assert "zhao: month 2026-09" in window.at("2026-10-13 10:00").digests()
    assert window.at("2026-10-13 11:00").digests() == []


def test_no_summary_is_owed_of_a_month_before_the_first_case(window: Window, case: str) -> None:
    window.at("2026-09-22 09:00").run_all()
    assert [line(row) for row in window.rows("message") if row.kind == "month"] == []


def test_the_hours_are_the_offices_own(window: Window, case: str) -> None:
    window.at("2026-09-21 07:00").apply(OFFICE + '\n[messages]\nfrom = "09:15"\nto = "17:00"\ndigest = "10:00"\n')
    assert window.at("2026-09-23 09:59").digests() == []
    assert window.at("2026-09-23 10:00").digests() == digest("2026-09-23")
    window.at("2026-09-24 09:14").run_all()
    assert window.at("2026-09-24 09:15").run() == ["li: promise overdue 2026-09-23", "wang: promise overdue 2026-09-23"]


def test_the_summary_leads_to_the_report_of_its_month(window: Window, case: str) -> None:
    window.at("2026-09-30 17:00").run_all()
    window.at("2026-10-08 08:59").run_all()
    window.at("2026-10-08 09:00").app.digests()
    with window.writing() as (session, _):
        [said] = rendered_each(session, claim(session, window.now, uuid4()), window.now)
    assert isinstance(said, Rendered)
    assert said.message.link == "http://window.example/rates/report?from=2026-09-01&to=2026-09-30"
