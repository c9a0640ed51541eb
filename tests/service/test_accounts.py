"""Passwords, attempts and keys on both databases: what is kept, what is counted, and when it is over."""

import threading
from datetime import date, timedelta

import pytest

from sla.people import Role
from sla.rights import Right, right_to_record, rights_of
from sla.service import passwords, tokens, users
from sla.service.errors import ServiceError
from sla.service.offices import office_named
from sla.service.users import Place, Refused
from tests.service.cast import OFFICE, Window

HOME, ELSEWHERE = "192.0.2.1", "192.0.2.2"


# --- rights (DESIGN, people and rights) -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("roles", "rights"),
    [
        ([], "read"),
        (["viewer"], "read"),
        (["clerk"], "read record"),
        (["manager"], "read record manage report"),
        (["admin"], "read record manage report administer audit"),
        (["auditor"], "read report audit"),
        (["clerk", "auditor"], "read record report audit"),
        (["chief", "head"], "read report"),
    ],
)
def test_a_person_has_the_rights_of_all_their_roles(roles: list[str], rights: str) -> None:
    assert {right.value for right in rights_of(map(Role, roles))} == set(rights.split())


def test_a_clerk_records_and_a_manager_also_extends_reassigns_voids() -> None:
    kinds = {"received": Right.RECORD, "paused": Right.RECORD, "decided": Right.RECORD, "extended": Right.MANAGE}
    kinds |= dict.fromkeys(("reassigned", "voided", "rebased"), Right.MANAGE)
    assert {kind: right_to_record(kind) for kind in kinds} == kinds


# --- passwords --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "bad",
    [
        "",
        "elevenchars",
        "password1234",
        "PasswordPassword",
        "aaaaaaaaaaaaaaaa",
        "abababababab",
        "li2026010101",
        "abcabcabcabc",
        "202620262026",
        "Qwerty_2026_Admin",
        "Password!2026",
        "时限管理员密码2026!!",
    ],
)
def test_a_password_that_everybody_tries_first_is_refused(bad: str) -> None:
    with pytest.raises(ServiceError):
        passwords.check(bad, person_id="li", name="Li Min")


@pytest.mark.parametrize(
    "good",
    [
        "correct horse battery",
        "今天下午三点在窗口见面吧",
        " twelve chars",
        "ab c" * 50,
        "9182736455019",
        "user of the lake",
    ],
)
def test_a_sentence_is_accepted_in_any_script(good: str) -> None:
    passwords.check(good, person_id="li", name="Li Min")


def test_what_is_kept_is_argon2id_with_a_salt_of_its_own() -> None:
    one, other = passwords.hashed("correct horse battery"), passwords.hashed("correct horse battery")
    assert one != other and one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.fits("correct horse battery", one) and not passwords.fits("correct horse batterz", one)
    assert not passwords.fits("", "") and not passwords.fits("anything", "")


def test_passwords_that_are_made_up_are_accepted_and_differ() -> None:
    made = {passwords.made_up() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        passwords.check(password, person_id="li", name="Li Min")


# --- attempts ---------------------------------------------------------------------------------------------------------
def guess(window: Window, times: int, address: str = HOME, person: str = "li") -> None:
    for _ in range(times):
        with window.app.writing() as session:
            office = office_named(session, "")
            assert users.sign_in(session, office, person, Place(address), window.now, right=False) == Refused()


def tried(window: Window, address: str = HOME, person: str = "li", *, right: bool = True) -> str | Refused:
    with window.app.writing() as session:
        return users.sign_in(session, office_named(session, ""), person, Place(address), window.now, right=right)


def test_five_wrong_ones_close_the_way_for_longer_each_time_up_to_an_hour(window: Window) -> None:
    window.at("2026-09-21 09:00")
    guess(window, 5)
    pause = 30
    while pause < 3600:
        assert tried(window) == Refused(window.now + timedelta(seconds=pause))
        window.app.clock.fixed = window.now + timedelta(seconds=pause)
        guess(window, 1)
        pause = min(pause * 2, 3600)
    assert tried(window) == Refused(window.now + timedelta(hours=1))


def test_a_guesser_elsewhere_does_not_lock_the_owner_out_but_many_do(window: Window) -> None:
    window.at("2026-09-21 09:00")
    guess(window, 5, ELSEWHERE)
    assert isinstance(tried(window), str)
    for host in range(3, 6):
        guess(window, 5, f"192.0.2.{host}")
    assert isinstance(tried(window), Refused)  # the twentieth for this name


def test_one_address_that_tries_many_names_is_closed_for_all_of_them(window: Window) -> None:
    window.at("2026-09-21 09:00")
    for number in range(10):
        guess(window, 4, person=f"name-{number}")
    assert isinstance(tried(window, person="wang"), Refused)
    assert isinstance(tried(window, ELSEWHERE, "wang"), str)


def test_what_was_counted_is_kept_apart_by_name(window: Window) -> None:
    window.at("2026-09-21 09:00")
    guess(window, 5)
    assert isinstance(tried(window), Refused)
    assert isinstance(tried(window, person="wang"), str)


def test_a_day_later_it_is_forgotten(window: Window) -> None:
    window.at("2026-09-21 09:00")
    guess(window, 5)
    window.at("2026-09-22 09:01")
    guess(window, 4)
    assert isinstance(tried(window), str)


def test_of_many_guesses_at_one_moment_no_more_are_taken_than_one_after_another(window: Window) -> None:
    window.at("2026-09-21 09:00")
    found: list[str | Refused] = []
    threads = [threading.Thread(target=lambda: found.append(tried(window, right=False))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count(Refused()) == 5 and len(found) == 12


# --- keys -------------------------------------------------------------------------------------------------------------
def make_key(window: Window, name: str = "archive", rights: str = "read", until: str = "2026-12-31") -> str:
    window.apply(OFFICE.replace('roles = ["manager"', 'roles = ["admin", "manager"'))
    with window.app.writing() as session:
        office = office_named(session, "")
        return tokens.add(session, office, name, rights.split(), date.fromisoformat(until), "zhao", window.now)


def known(window: Window, key: str) -> tokens.Token | None:
    with window.app.reading() as session:
        return tokens.known_by(session, key, window.now)


def test_a_key_works_through_its_last_day_and_is_not_in_the_database(window: Window) -> None:
    window.at("2026-09-21 09:00")
    key = make_key(window, until="2026-09-22")
    found = known(window, key)
    assert found is not None and found.rights == {Right.READ}
    assert key.partition(".")[2] not in str(window.dump())
    window.at("2026-09-22 23:59")
    assert known(window, key) is not None
    window.at("2026-09-23 00:00")
    assert known(window, key) is None


def test_a_key_that_was_revoked_works_no_more_and_its_name_stays_taken(window: Window) -> None:
    window.at("2026-09-21 09:00")
    key = make_key(window)
    with window.app.writing() as session:
        tokens.revoke(session, office_named(session, ""), "archive", window.now)
    assert known(window, key) is None
    with pytest.raises(ServiceError, match="taken"):
        make_key(window)


def test_a_key_of_another_office_or_a_digit_off_is_none(window: Window) -> None:
    window.at("2026-09-21 09:00")
    key = make_key(window)
    prefix, _, rest = key.partition(".")
    for wrong in (
        key[:-1],
        key + "x",
        prefix[:-1] + ("0" if prefix[-1] != "0" else "1") + "." + rest,
        rest,
        "",
        "shixian_",
    ):
        assert known(window, wrong) is None


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("rights", {"rights": "fly"}), ("rights", {"rights": ""}), ("until", {"until": "2026-09-20"}),
        ("until", {"until": "2028-01-01"}), ("name", {"name": "a b"}), ("name", {"name": ""}),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_is_refused_by_field(window: Window, field: str, changes: dict[str, str]) -> None:
    window.at("2026-09-21 09:00")
    with pytest.raises(ServiceError) as caught:
        make_key(window, **changes)
    assert caught.value.field == field


def test_only_an_administrator_makes_keys(window: Window) -> None:
    with window.app.writing() as session, pytest.raises(ServiceError, match="no administrator"):
        tokens.add(session, office_named(session, ""), "x", ["read"], date(2026, 12, 31), "li", window.now)
