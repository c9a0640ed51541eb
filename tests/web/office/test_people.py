"""People on the administrator's page. It is Wednesday 2026-09-23; 09-25 is a holiday."""

import re

from sla.service import passwords, users
from sla.service.finding import found_cases
from tests.access.cast import PASSWORD, Reader, leads_to
from tests.browser.cast import OVERDUE
from tests.web.cast import text_of
from tests.web.office.cast import Bureau


def test_each_of_the_staff_stands_there_with_what_an_address_is_recognised_by_and_no_more(office: Bureau) -> None:
    page = office.open("/people?lang=en")
    words = text_of(page)
    assert "李敏" in words and "log q…@office.example" in words and "log 13…21" in words
    assert "qian@office.example" not in page.text and "13800000021" not in page.text


def test_an_absence_says_first_who_hears_and_is_entered_once_it_is_confirmed(office: Bureau) -> None:
    asked = {"person": "li", "from": "2026-10-12", "to": "2026-10-14"}
    page = office.check("/people/absence?lang=en", **asked)
    assert "王强 (wang) hears" in text_of(page)  # the stand-in of the office file
    with office.stands() as (_, stands):
        assert stands.people["li"].absences == ()
    done = office.do("/people/absence", **asked)
    assert done.status_code == 200
    with office.stands() as (_, stands):
        assert [(a.first.isoformat(), a.last.isoformat()) for a in stands.people["li"].absences] == [
            ("2026-10-12", "2026-10-14")
        ]
    assert ("qian", "absence_entered", "li") in office.deeds()
    back = office.do("/people/back?person=li&from=2026-10-12")
    assert back.status_code == 200
    with office.stands() as (_, stands):
        assert stands.people["li"].absences == ()


def test_an_absence_that_cannot_be_keeps_what_was_filled_in_and_names_the_field(office: Bureau) -> None:
    page = office.check("/people/absence?lang=en", person="li", **{"from": "2026-10-14", "to": "2026-10-12"})
    assert page.status_code == 422 and 'value="2026-10-14"' in page.text
    assert "look at “The last day away”" in text_of(page)


def test_a_password_is_reset_on_the_page_shown_once_and_for_once(office: Bureau) -> None:
    before = office.readers["li"]
    done = office.do("/people/password?person=li")
    made = re.findall(r"<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</code>", done.text)
    assert len(made) == 1
    assert before.open("/").status_code == 303  # signed out everywhere
    with office.stands() as (session, stands):
        assert passwords.fits(made[0], users.stored_password(session, stands, "li"))
        assert not passwords.fits(PASSWORD, users.stored_password(session, stands, "li"))
    assert made[0] not in office.open("/people").text and made[0] not in office.open("/audit").text
    fresh = Reader(before.base)
    assert fresh.sign_in("li", made[0], office="").status_code == 303
    assert leads_to(fresh.open("/")) == "/password"  # another is chosen before anything else
    fresh.close()
    assert ("qian", "password_given", "li") in office.deeds()


def test_a_password_is_taken_away_after_it_was_said_what_that_comes_to(office: Bureau) -> None:
    page = office.check("/people/no-password?person=qian&lang=en")
    assert "No administrator would be left who signs in" in text_of(page)
    with office.stands() as (session, stands):
        assert users.stored_password(session, stands, "qian")  # nothing was done yet
    office.do("/people/no-password?person=zhao")
    with office.stands() as (session, stands):
        assert not users.stored_password(session, stands, "zhao")


def test_all_cases_of_a_colleague_are_listed_first_and_then_handed_over(office: Bureau) -> None:
    asked = {"from": "wang", "to": "li", "reason": "调离窗口"}
    words = text_of(office.check("/people/handover?lang=en", **asked))
    assert "2 open cases of 王强 would go to 李敏" in words and OVERDUE[0] in words
    done = office.do("/people/handover?lang=en", **asked)
    assert "2 open cases of 王强 handed over to 李敏" in text_of(done)
    with office.stands() as (session, stands):
        assert {row.handler for row in found_cases(session, stands, OVERDUE[0], 5)} == {"li"}
    assert ("qian", "handover", "wang → li") in office.deeds()
