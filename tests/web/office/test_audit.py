"""What an auditor reads: whether the record is as it was written, and who did what."""

import pytest
import sqlalchemy as sa

from sla.store.deeds import DEED
from sla.store.migrate import METADATA
from tests.browser.cast import PAUSED
from tests.web.cast import text_of
from tests.web.office.cast import Bureau


def test_a_record_that_nobody_touched_fits_and_its_anchor_can_be_printed(office: Bureau) -> None:
    office.app.settle_all()  # the morning's digest, with its anchor
    words = text_of(office.open("/audit/verify?lang=en", "sun"))
    assert "every chain and every anchor fits" in words
    with office.stands() as (session, _):
        anchor = METADATA.tables["anchor"]
        hashes = session.connection().execute(sa.select(anchor.c.hash)).scalars().all()
    page = office.open("/audit", "sun").text
    assert len(hashes) == 1 and f"<code>{hashes[0]}</code>" in page


def test_it_says_who_recorded_how_much_and_who_is_signed_in(office: Bureau) -> None:
    page = text_of(office.open("/audit?lang=en", "sun"))
    with office.stands() as (session, _):
        event = METADATA.tables["case_event"]
        mine = sa.select(sa.func.count()).where(event.c.actor == "zhao")
        assert session.connection().execute(mine).scalar() == 1  # one void, by the cast
    assert "赵静 Events 1 The last" in page
    assert page.partition("Signed in now")[2].count("Last seen") >= 4


def test_what_was_done_on_the_pages_stands_there_and_cannot_be_changed(office: Bureau) -> None:
    office.do("/people/absence", person="li", **{"from": "2026-10-12", "to": "2026-10-12"})
    assert "钱主任 What entered an absence Of what 李敏" in text_of(office.open("/audit?lang=en", "sun"))
    for statement in (sa.update(DEED).values(by="li"), sa.delete(DEED)):
        try:
            with office.app.writing() as session:
                session.connection().execute(statement)
        except sa.exc.DatabaseError as error:
            assert "deeds are never" in str(error)
        else:
            raise AssertionError("a deed was changed")


def test_a_change_outside_of_shixian_is_found_and_told_as_a_problem(office: Bureau) -> None:
    with office.app.writing() as session:
        connection, event = session.connection(), METADATA.tables["case_event"]
        connection.execute(sa.text("DROP TRIGGER IF EXISTS case_event_no_update"))
        case = METADATA.tables["case_file"]
        found = sa.select(case.c.case_id).where(case.c.number == office.numbers[PAUSED[0]])
        here = connection.execute(found).scalar_one()
        connection.execute(sa.update(event).where(event.c.case_id == here, event.c.seq == 2).values(actor="wang"))
    page = office.open("/audit/verify?lang=en", "sun")
    words = text_of(page)
    assert "1 thing does not fit." in words and office.numbers[PAUSED[0]] in words and 'role="alert"' in page.text


def test_the_page_shows_the_first_of_many_findings_and_says_how_many_there_are(
    office: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sla.web.office.audit.MOST", 2)
    with office.app.writing() as session:
        connection, event = session.connection(), METADATA.tables["case_event"]
        connection.execute(sa.text("DROP TRIGGER IF EXISTS case_event_no_update"))
        connection.execute(sa.update(event).where(event.c.seq == 1).values(actor="zhou"))
    page = office.open("/audit/verify?lang=en", "sun")
    words, cases = text_of(page), len(office.numbers)
    assert cases > 2 and f"{cases} things do not fit." in words and "The first 2; a file has them all." in words
    assert sum(number in words for number in office.numbers.values()) == 2
    whole = office.open("/audit/verify.csv", "sun").text
    assert all(number in whole for number in office.numbers.values())
