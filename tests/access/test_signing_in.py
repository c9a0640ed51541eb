"""Signing in with a browser: what opens the pages, what closes them again, and what is told to whom."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from sla.app import App
from sla.service import users
from sla.service.offices import office_named
from sla.service.setup import apply, plan_of
from tests.access.cast import PASSWORD, Reader, form_token, leads_to, office_text, reading, two_offices
from tests.browser.cast import NOW, serving

NEW = "明天上午九点在窗口再见面"


def test_who_signs_in_is_led_to_the_page_that_was_asked_for(reader: Reader) -> None:
    asked = reader.open("/rates?from=2026-09-01")
    assert leads_to(asked) == "/sign-in"
    page = reader.open(asked.headers["location"])
    assert 'value="/rates?from=2026-09-01"' in page.text
    assert leads_to(reader.sign_in("manager", to="/rates?from=2026-09-01")) == "/rates"
    assert reader.open("/rates").status_code == 200


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:x", "", "/sign-out"]
)
def test_nobody_is_led_elsewhere_after_signing_in(reader: Reader, to: str) -> None:
    assert reader.sign_in("viewer", to=to).headers["location"] == "/"


def test_a_wrong_name_and_a_wrong_password_are_told_in_the_same_words(reader: Reader) -> None:
    unknown, wrong = reader.sign_in("nobody-here"), reader.sign_in("auditor", "wrong wrong wrong")
    assert unknown.status_code == wrong.status_code == 401
    told = [answer.text.partition('role="alert">')[2].partition("<")[0] for answer in (unknown, wrong)]
    assert told == ["姓名代号或密码不正确。"] * 2
    assert leads_to(reader.open("/")) == "/sign-in"


def test_somebody_of_another_office_does_not_sign_in_here(app: App, reader: Reader) -> None:
    with app.writing() as session:
        users.take_password(session, office_named(session, "west"), "plain")
    assert reader.sign_in("plain", office="west").status_code == 401
    assert leads_to(reader.sign_in("plain", office="east")) == "/"


def test_after_signing_out_the_cookie_opens_nothing(base: str, reader: Reader) -> None:
    reader.sign_in("clerk")
    kept = dict(reader.client.cookies)
    assert leads_to(reader.send("/sign-out", "/")) == "/sign-in"
    with httpx.Client(base_url=base, cookies=kept, trust_env=False, verify=False) as thief:
        assert leads_to(thief.get("/")) == "/sign-in"


def test_signing_in_again_ends_the_sign_in_before(base: str, reader: Reader) -> None:
    reader.sign_in("clerk")
    kept = reader.client.cookies["shixian"]
    page = reader.open("/")
    again = reader.client.post(
        "/sign-in",
        data={"form_token": form_token(page.text), "office": "east", "name": "clerk", "password": PASSWORD},
        headers={"origin": base},
    )
    assert leads_to(again) == "/" and reader.client.cookies["shixian"] != kept
    with httpx.Client(base_url=base, cookies={"shixian": kept}, trust_env=False, verify=False) as thief:
        assert leads_to(thief.get("/")) == "/sign-in"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(reader: Reader) -> None:
    given = reader.sign_in("clerk").headers["set-cookie"]
    assert "HttpOnly" in given and "SameSite=lax" in given and "Path=/" in given and "Domain" not in given


def test_with_tls_the_cookie_is_for_this_host_and_never_sent_in_the_clear(app: App) -> None:
    """A proxy that does TLS says so, as `SLA_TRUSTED_PROXIES` allows it to."""
    with serving(app, proxy_headers=True) as base:
        reader = Reader(base)
        reader.client.headers["x-forwarded-proto"] = "https"
        page = reader.open("/sign-in")
        assert page.headers["set-cookie"].startswith("__Host-shixian-visit=") and "Secure" in page.headers["set-cookie"]
        visit = page.headers["set-cookie"].partition(";")[0]
        fields = {"form_token": form_token(page.text), "office": "east", "name": "clerk", "password": PASSWORD}
        headers = {"origin": base.replace("http:", "https:"), "cookie": visit}
        given = reader.client.post("/sign-in", data=fields, headers=headers).headers["set-cookie"]
        assert given.startswith("__Host-shixian=") and "Secure" in given
        reader.close()


# --- a password for once ----------------------------------------------------------------------------------------------
def test_a_password_that_was_given_is_changed_before_anything_else(tmp_path: Path) -> None:
    with two_offices(tmp_path, ()) as app, reading(app) as reader:
        with app.writing() as session:
            given = users.give_password(session, office_named(session, "east"), "clerk", "", NOW)
        assert leads_to(reader.sign_in("clerk", given)) == "/"
        assert leads_to(reader.open("/")) == leads_to(reader.open("/cases/x")) == "/password"
        wrong = reader.send("/password", "/password", old="wrong", new=NEW, again=NEW)
        assert wrong.status_code == 401 and "现在的密码不正确" in wrong.text
        for new, again, told in [
            ("short", "short", "太短"), (NEW, NEW + "1", "不一致"), (given, given, "这就是现在的密码"),
            ("123456789012", "123456789012", "太容易猜到"), ("clerk20262026", "clerk20262026", "太容易猜到"),
        ]:  # fmt: skip
            answer = reader.send("/password", "/password", old=given, new=new, again=again)
            assert answer.status_code == 400 and told in answer.text, new
        assert leads_to(reader.send("/password", "/password", old=given, new=NEW, again=NEW)) == "/"
        assert reader.open("/").status_code == 200
        other = Reader(reader.base)
        assert other.sign_in("clerk", given).status_code == 401
        assert leads_to(other.sign_in("clerk", NEW)) == "/"
        other.close()


def test_a_new_password_signs_its_owner_out_everywhere_else(tmp_path: Path) -> None:
    with two_offices(tmp_path, ("clerk",)) as app, reading(app) as reader:
        other = Reader(reader.base)
        reader.sign_in("clerk")
        other.sign_in("clerk")
        reader.send("/password", "/password", old=PASSWORD, new=NEW, again=NEW)
        assert reader.open("/").status_code == 200
        assert leads_to(other.open("/")) == "/sign-in"
        other.close()


# --- when it is over --------------------------------------------------------------------------------------------------
def test_it_is_over_after_twelve_hours_without_use_and_after_a_week_with_it(tmp_path: Path) -> None:
    with two_offices(tmp_path, ("clerk",)) as app, reading(app) as reader:
        reader.sign_in("clerk")
        app.clock.fixed = NOW + timedelta(hours=11, minutes=59)
        assert reader.open("/").status_code == 200
        app.clock.fixed = NOW + timedelta(hours=23, minutes=50)  # it was seen in between
        assert reader.open("/").status_code == 200
        app.clock.fixed = NOW + timedelta(hours=35, minutes=51)
        assert leads_to(reader.open("/")) == "/sign-in"
        reader.sign_in("clerk")
        for hours in range(10, 168, 10):
            app.clock.fixed = NOW + timedelta(hours=35, minutes=51) + timedelta(hours=hours)
            assert reader.open("/").status_code == 200, hours
        app.clock.fixed = NOW + timedelta(hours=35, minutes=51) + timedelta(hours=168)
        assert leads_to(reader.open("/")) == "/sign-in"


def test_whoever_leaves_the_staff_is_out_at_once_and_has_no_password_when_they_come_back(tmp_path: Path) -> None:
    with two_offices(tmp_path, ("clerk", "admin")) as app, reading(app) as reader:
        reader.sign_in("clerk")
        text = office_text("east")
        without = text.replace('id = "clerk"', 'id = "clerk2"')
        for staff in (without, text):
            with app.writing() as session:
                apply(session, plan_of(staff, Path()), NOW)
            assert leads_to(reader.open("/")) == "/sign-in"
        assert reader.sign_in("clerk").status_code == 401


# --- guessing ---------------------------------------------------------------------------------------------------------
def test_guessing_closes_the_way_for_the_right_password_too_and_opens_by_itself(tmp_path: Path) -> None:
    with two_offices(tmp_path, ("clerk", "admin")) as app, reading(app) as reader:
        for _ in range(5):
            assert reader.sign_in("clerk", "guess guess guess").status_code == 401
        closed = reader.sign_in("clerk")
        assert (closed.status_code, closed.headers["retry-after"]) == (429, "30")
        assert "尝试次数过多" in closed.text
        assert leads_to(reader.sign_in("admin")) == "/"  # another name, from the same place
        app.clock.fixed = NOW + timedelta(seconds=31)
        other = Reader(reader.base)
        assert other.sign_in("clerk", "guess guess guess").status_code == 401
        assert other.sign_in("clerk").headers["retry-after"] == "60"  # twice as long
        app.clock.fixed = NOW + timedelta(seconds=92)
        assert leads_to(other.sign_in("clerk")) == "/"
        other.close()


# --- before anybody signs in ------------------------------------------------------------------------------------------
def test_as_long_as_nobody_has_a_password_the_pages_are_open_to_this_machine_alone(tmp_path: Path) -> None:
    with two_offices(tmp_path, (), office="east") as app, reading(app) as reader:
        assert reader.open("/").status_code == 200
        assert leads_to(reader.open("/sign-in")) == "/"
        answer = reader.client.get("/", headers={"host": "rebound.example"})
        assert answer.status_code == 421
        with app.writing() as session:
            users.give_password(session, office_named(session, "east"), "admin", "", NOW)
        assert leads_to(reader.open("/")) == "/sign-in"
