"""Channels and keys on the administrator's pages."""

import re

import httpx
from cryptography.fernet import Fernet

from sla.service import channels, tokens
from tests.access.cast import Reader
from tests.web.cast import text_of
from tests.web.office.cast import Bureau

KEY = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"


def test_a_channel_says_where_its_secret_is_and_whose_it_is(office: Bureau) -> None:
    words = text_of(office.open("/channels?lang=en"))
    assert "key: SLA_ROBOT_KEY" in words and "later choice of 1 person" in words and "20 in 60 s" in words


def test_a_trial_goes_out_at_once_and_the_answer_is_shown(office: Bureau) -> None:
    done = office.do("/channels/test?name=log&lang=en", to="li")
    assert done.status_code == 200 and "log took it: " in text_of(done)
    assert ("qian", "channel_tested", "log") in office.deeds()


def test_a_trial_that_fails_says_why_and_keeps_the_form(office: Bureau) -> None:
    done = office.do("/channels/test?name=robot&lang=en", to="qian")
    assert done.status_code == 422 and "SLA_ROBOT_KEY" in text_of(done)


def test_a_channel_is_paused_with_a_reason_and_used_again(office: Bureau) -> None:
    assert "is missing" in text_of(office.do("/channels/pause?name=robot&lang=en", because=" "))
    office.do("/channels/pause?name=robot", because="机器人被移出群")
    assert "机器人被移出群" in text_of(office.open("/channels"))
    with office.stands() as (session, stands):
        assert {s.endpoint.name: s.endpoint.paused for s in channels.states(session, stands)}["robot"]
    office.do("/channels/resume?name=robot")
    with office.stands() as (session, stands):
        assert not any(state.endpoint.paused for state in channels.states(session, stands))


def _confirmed(office: Bureau, page: httpx.Response, **fields: str) -> httpx.Response:
    """The last step: what the page brings along, and what is typed there."""
    reader = office.readers["qian"]
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text.partition("<main")[2])
    to = re.findall(r'<form method="post" action="([^"]+)"', page.text.partition("<main")[2])[0].replace("&amp;", "&")
    data = {name: value for name, value in hidden if name != "last"}
    named = [value for name, value in hidden if name == "last"]
    return reader.client.post(to, data={**data, "last": named, **fields, "step": "do"}, headers={"origin": reader.base})


def test_without_a_key_to_seal_with_only_variables_are_taken(office: Bureau) -> None:
    page = office.check("/channels/new?kind=wecom&lang=en", name="desk")
    assert page.status_code == 422 and "SLA_SECRET_KEY" in text_of(page) and 'type="password"' not in page.text


def test_a_variable_that_the_service_itself_reads_is_no_secret_of_a_channel(office: Bureau) -> None:
    for variable in ("SLA_SECRET_KEY", "SLA_DATABASE_URL", "PATH", "AWS_SECRET_ACCESS_KEY"):
        page = office.check("/channels/new?kind=wecom&lang=en", name="desk", **{"variable-key": variable})
        assert page.status_code == 422, variable
    page = office.check("/channels/new?kind=wecom&lang=en", name="desk", **{"variable-key": "SLA_DESK_KEY"})
    assert page.status_code == 200


def test_a_secret_is_typed_last_sealed_and_never_shown_again(office: Bureau) -> None:
    before, office.app.environment = office.app.environment, {"SLA_SECRET_KEY": Fernet.generate_key().decode()}
    try:
        page = office.check("/channels/new?kind=wecom&lang=en", name="desk")
        assert page.status_code == 200 and 'name="secret-key" type="password"' in page.text
        done = _confirmed(office, page, **{"secret-key": KEY})
        assert done.status_code == 200 and KEY not in done.text, text_of(done)
        assert KEY not in office.open("/channels").text and "sealed in the database" in text_of(
            office.open("/channels")
        )
        with office.stands() as (session, stands):
            made = {state.endpoint.name: state.endpoint for state in channels.states(session, stands)}["desk"]
        assert list(made.sealed) == ["key"] and KEY not in str(made.sealed)
        wrong = _confirmed(office, page, **{"secret-key": f"https://example.org/{KEY}"})
        assert wrong.status_code == 422 and KEY not in wrong.text
    finally:
        office.app.environment = before


def test_a_key_is_shown_once_works_and_is_revoked(office: Bureau) -> None:
    done = office.do("/tokens/new", name="archive-system", until="2026-12-31", rights=["read", "report"])
    key = re.findall(r"<code>(shixian_[^<]+)</code>", done.text)[0]
    program = Reader(office.readers["qian"].base)
    program.client.headers["authorization"] = f"Bearer {key}"
    assert program.open("/rates").status_code == 200 and program.open("/office").status_code == 403
    assert key not in office.open("/tokens").text
    office.do("/tokens/revoke?name=archive-system")
    assert program.open("/rates").status_code == 401
    program.close()
    with office.stands() as (session, stands):
        found = {token.name: token for token in tokens.listed(session, stands)}["archive-system"]
    assert sorted(found.rights) == ["read", "report"] and found.made_by == "qian" and found.revoked_at
    assert {("qian", "key_made", "archive-system"), ("qian", "key_revoked", "archive-system")} <= set(office.deeds())


def test_a_key_without_a_right_or_beyond_a_year_is_refused_in_words(office: Bureau) -> None:
    assert "“Rights” is missing" in text_of(
        office.check("/tokens/new?lang=en", name="x", until="2026-12-31", rights=[])
    )
    page = office.check("/tokens/new?lang=en", name="x", until="2028-01-01", rights=["read"])
    assert page.status_code == 422 and "within a year" in text_of(page)
