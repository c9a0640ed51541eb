"""`sla user` and `sla token`: who may sign in, and keys for programs."""

import io

import pytest

from tests.cli.cast import CommandLine
from tests.service.cast import OFFICE

ADMIN = OFFICE.replace('roles = ["manager", "head"]', 'roles = ["manager", "head", "admin"]')


def test_the_first_password_is_made_up_shown_once_and_warns_until_an_administrator_has_one(sla: CommandLine) -> None:
    sla("office", "apply", sla.file(ADMIN))
    said = sla("user", "add", "li")
    assert said.code == 0 and "no administrator signs in yet" in said.err
    password = said.out.splitlines()[1].strip()
    assert len(password) == 19 and password not in str(sla.window.dump())
    assert sla("user", "add", "zhao").err == ""


def test_a_password_can_be_given_and_is_not_repeated(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    said = sla("user", "add", "li", "--given")
    assert said.code == 0 and "correct horse" not in said.out + said.err
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert "password: is too short" in sla.refuses("user", "add", "wang", "--given")


def test_who_signs_in_by_the_identity_provider_is_given_no_password(sla: CommandLine) -> None:
    sla("office", "apply", sla.file(ADMIN))
    said = sla("user", "add", "zhao", "--oidc")
    assert (said.out, said.err) == ("zhao signs in by the office's identity provider.\n", "")
    assert "sla user reset zhao" in sla.refuses("user", "add", "zhao", "--oidc")
    assert "'nobody' is nobody here" in sla.refuses("user", "add", "nobody", "--oidc")


def test_the_list_for_programs_says_whose_digits_stand_in_the_log(sla: CommandLine) -> None:
    digits = {account["person_id"]: account["log_as"] for account in sla("user", "list", "--json").json}
    assert len(set(digits.values())) == len(digits) >= 3
    assert all(len(found) == 12 and int(found, 16) >= 0 for found in digits.values())


def test_the_list_says_who_signs_in_and_since_when(sla: CommandLine) -> None:
    sla.at("2026-09-21 09:00")
    sla("user", "add", "li")
    lines = {line.split()[0]: line for line in sla("user", "list").out.splitlines()}
    assert "password since Mon 21 Sep 2026 09:00, not changed yet" in lines["li"]
    assert "no password" in lines["wang"]
    sla("user", "remove", "li")
    assert "no password" in sla("user", "list").out.splitlines()[1] or "password since" not in sla("user", "list").out


def test_a_calendars_address_is_shown_once_and_revoked(sla: CommandLine) -> None:
    said = sla("user", "calendar", "li")
    address = said.out.splitlines()[1].strip()
    assert said.code == 0 and address.startswith("http://window.example/calendar/") and address.endswith(".ics")
    token = address.rpartition("/")[2].removesuffix(".ics")
    assert token.partition(".")[2] not in str(sla.window.dump())
    assert sla("user", "calendar", "li", "--revoke").out == "li has no calendar any more\n"
    assert "person: li has no calendar to revoke" in sla.refuses("user", "calendar", "li", "--revoke")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "nobody"), "person: 'nobody' is nobody here; known are:"),
        (("reset", "li"), "has none yet; `sla user add li` gives the first"),
        (("remove", "li"), "person: li has no password"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_be_right(
    sla: CommandLine, words: tuple[str, ...], told: str
) -> None:
    assert told in sla.refuses("user", *words)


def test_a_second_first_password_is_refused_and_a_reset_gives_another(sla: CommandLine) -> None:
    first = sla("user", "add", "li").out
    assert "sla user reset li" in sla.refuses("user", "add", "li")
    assert sla("user", "reset", "li").out != first


def test_a_key_is_shown_once_listed_with_its_rights_and_revoked(sla: CommandLine) -> None:
    sla.at("2026-09-21 09:00")
    sla("office", "apply", sla.file(ADMIN))
    said = sla("token", "add", "archive", "--rights", "read,record", "--until", "2026-12-31", "--by", "zhao")
    key = said.out.splitlines()[1].strip()
    assert said.code == 0 and key.startswith("shixian_") and key not in str(sla.window.dump())
    assert sla("token", "list").out == "archive  valid  read,record  until Fri 1 Jan 2027 00:00  last used –\n"
    assert sla("token", "list", "--json").json[0]["rights"] == ["read", "record"]
    assert sla("token", "revoke", "archive").out == "archive works no more\n"
    assert "revoked" in sla("token", "list").out
    assert "no key; those that are: none" in sla.refuses("token", "revoke", "archive")
    assert "is no administrator; administrators are: zhao" in sla.refuses("token", "add", "x", "--by", "li")
    assert "write 2026-09-18" in sla.refuses("token", "add", "x", "--until", "soon", "--by", "zhao")
