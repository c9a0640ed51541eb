"""What applicants look up their cases by. On both databases; days are those beside tests/service/cast.py."""

from datetime import timedelta

import pytest

from sla.service import lookup
from sla.service.cases import Recorded
from sla.service.finding import Wanted, every_case
from sla.service.lookup import NotFound
from sla.service.offices import office_named
from sla.store.copies import copied, restored
from sla.store.engine import engine_of
from tests.schema import make_tables
from tests.service.cast import OFFICE, SLUG, Window, app_on

ON = OFFICE + "\n[lookup]\non = true\n"


def code_of(window: Window, number: str) -> str:
    with window.app.reading() as session:
        return lookup.code_of(session, office_named(session, SLUG), window.find(number))


def look_up(window: Window, number: str, code: str, address: str = "10.0.0.9") -> Recorded | NotFound:
    with window.writing() as (session, office):
        return lookup.look_up(session, office, number, code, address, window.now)


def test_a_case_from_before_the_look_up_was_turned_on_has_a_code(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    assert code_of(window, number) == ""
    window.apply(ON)
    found = look_up(window, number, code_of(window, number))
    assert isinstance(found, Recorded) and found.number == number


def test_the_code_of_one_case_finds_no_other(window: Window) -> None:
    window.apply(ON)
    first, second = window.at("2026-09-18 09:30").receive(), window.receive()
    assert look_up(window, first, code_of(window, second)) == NotFound()


def test_no_code_is_stored(window: Window) -> None:
    window.apply(ON)
    number = window.at("2026-09-18 09:30").receive()
    code = code_of(window, number)
    look_up(window, number, code)
    assert code not in str(window.dump()) and code.replace("-", "") not in str(window.dump())


def test_renewing_voids_each_code_before(window: Window) -> None:
    window.apply(ON)
    number = window.at("2026-09-18 09:30").receive()
    codes = [code_of(window, number)]
    for _ in range(2):
        with window.writing() as (session, office):
            codes.append(lookup.renew(session, office, window.find(number), window.now, "li"))
    assert len(set(codes)) == 3 and codes[2] == code_of(window, number)
    assert [look_up(window, number, code) for code in codes[:2]] == [NotFound()] * 2
    assert isinstance(look_up(window, number, codes[2]), Recorded)


def test_codes_come_along_with_a_copy(window: Window, tmp_path_factory: pytest.TempPathFactory) -> None:
    window.apply(ON)
    number = window.at("2026-09-18 09:30").receive()
    with window.writing() as (session, office):
        code = lookup.renew(session, office, window.find(number), window.now, "li")
    url = f"sqlite:///{tmp_path_factory.mktemp('restored')}/new.db"
    engine = engine_of(url)
    make_tables(engine)
    restored(engine, list(copied(window.app.engine, window.now)))
    engine.dispose()
    elsewhere = Window(url, tmp_path_factory.mktemp("elsewhere"), "2026-09-21 09:00", app_on(url))
    assert code_of(elsewhere, number) == code and isinstance(look_up(elsewhere, number, code), Recorded)
    elsewhere.close()


def test_without_a_secret_there_is_no_code_and_none_fits(window: Window) -> None:
    window.apply(ON)
    number = window.at("2026-09-18 09:30").receive()
    window.tamper("DELETE FROM look_up")
    assert code_of(window, number) == ""
    anybodys = lookup._code("", 0, window.find(number).row.case_id)
    assert look_up(window, number, anybodys) == NotFound()


def test_another_offices_codes_are_others(window: Window) -> None:
    """The same case id and no renewal: only the secret differs."""
    window.apply(ON)
    number = window.at("2026-09-18 09:30").receive()
    code = code_of(window, number)
    window.tamper("UPDATE look_up SET secret = :other", other="0" * 64)
    assert code_of(window, number) != code


def test_wrong_codes_close_the_number_for_an_address_first_and_for_all_later(window: Window) -> None:
    window.apply(ON)
    number = window.at("2026-09-18 09:30").receive()
    code = code_of(window, number)
    for _ in range(5):
        assert look_up(window, number, "wrong", "10.0.0.1") == NotFound()
    assert look_up(window, number, code, "10.0.0.1") == NotFound(window.now + timedelta(seconds=30))
    assert isinstance(look_up(window, number, code, "10.0.0.2"), Recorded)
    for address in range(3, 18):
        assert look_up(window, number, "wrong", f"10.0.0.{address}") == NotFound()
    assert look_up(window, number, code, "10.0.0.99") == NotFound(window.now + timedelta(seconds=30))
    window.at("2026-09-18 09:31")
    assert isinstance(look_up(window, number, code, "10.0.0.99"), Recorded)


# --- every case of a search, which a file holds ---
def test_a_file_reads_each_case_once_with_its_clock_and_its_last_receipts_applicant(window: Window) -> None:
    first = window.at("2026-09-18 09:30").receive(applicant="张伟")
    second = window.at("2026-09-18 09:40").receive(accept=False)
    window.void(first, 1, "2026-09-18 09:30", applicant="李四")
    with window.app.reading() as session:
        found = list(every_case(session, office_named(session, SLUG), Wanted(), window.now, applicants=True))
        none = list(every_case(session, office_named(session, SLUG), Wanted(text="nothing"), window.now))
    assert [(case.row.number, case.clock.basis, case.applicant) for case in found] == [
        (second, "duty", ""), (first, "promise", "李四"),
    ]  # fmt: skip
    assert none == []
