"""Endpoints: stored without secrets, opened with them."""

from collections.abc import Mapping

import pytest
from sqlalchemy import Engine

from notifiers.channel import Channel, ChannelSettingsError
from notifiers.channels.log import LogChannel
from notifiers.endpoints import Endpoint, all_of, open_channel, pause, put
from notifiers.outbox import Sessions
from tests.notifiers.cast import NEIGHBOUR, OFFICE

HOOK = Endpoint(OFFICE, "hook", "webhook", {"url": "https://hook.test/"}, {"secret": "SLA_HOOK_SECRET"})


def test_an_endpoint_is_read_as_it_was_put(sessions: Sessions) -> None:
    with sessions() as session:
        put(session, HOOK)
        put(session, Endpoint(OFFICE, "desk", "log", {}, {}))
        put(session, Endpoint(NEIGHBOUR, "hook", "log", {}, {}))
    with sessions() as session:
        assert all_of(session, OFFICE) == [Endpoint(OFFICE, "desk", "log", {}, {}), HOOK]


def test_an_endpoint_of_the_same_name_replaces_the_old_one(sessions: Sessions) -> None:
    other = Endpoint(OFFICE, "hook", "log", {"标题": "x"}, {})
    with sessions() as session:
        put(session, HOOK)
        put(session, other)
        assert all_of(session, OFFICE) == [other]


def test_what_is_stored_is_canonical_json_and_no_secret(sessions: Sessions, engine: Engine) -> None:
    with sessions() as session:
        put(session, Endpoint(OFFICE, "hook", "webhook", {"z": "期", "a": "1"}, {"secret": "SLA_HOOK_SECRET"}))
    with engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT settings, secret_names FROM endpoint").one()
    assert tuple(row) == ('{"a":"1","z":"期"}', '{"secret":"SLA_HOOK_SECRET"}')


@pytest.mark.parametrize("pasted", ["whsec_MDAwMDAw", "hunter2", "", "SLA HOOK", "sla_hook_secret"])
def test_a_secret_in_the_place_of_a_variables_name_is_not_taken_and_not_repeated(pasted: str) -> None:
    with pytest.raises(ChannelSettingsError) as caught:
        Endpoint(OFFICE, "hook", "webhook", {}, {"secret": pasted})
    assert caught.value.field == "secret"
    assert not pasted or pasted not in str(caught.value)


def test_a_channel_is_opened_with_its_settings_and_its_secrets() -> None:
    seen: list[tuple[dict[str, str], dict[str, str]]] = []

    def factory(settings: Mapping[str, str], secrets: Mapping[str, str]) -> Channel:
        seen.append((dict(settings), dict(secrets)))
        return LogChannel()

    assert open_channel(HOOK, {"webhook": factory}, {"SLA_HOOK_SECRET": "s", "OTHER": "x"}).kind == "log"
    assert seen == [({"url": "https://hook.test/"}, {"secret": "s"})]


@pytest.mark.parametrize("environment", [{}, {"SLA_HOOK_SECRET": ""}])
def test_a_missing_secret_is_named_by_field_and_variable(environment: dict[str, str]) -> None:
    with pytest.raises(ChannelSettingsError) as caught:
        open_channel(HOOK, {"webhook": lambda settings, secrets: LogChannel()}, environment)
    assert (caught.value.field, caught.value.message) == (
        "secret",
        "the environment variable SLA_HOOK_SECRET is not set",
    )


def test_a_kind_nobody_knows_is_named_with_those_that_are_known() -> None:
    with pytest.raises(ChannelSettingsError, match="kind: webhook is none of email, log"):
        open_channel(HOOK, dict.fromkeys(("log", "email"), lambda settings, secrets: LogChannel()), {})


def test_a_paused_endpoint_is_not_opened(sessions: Sessions) -> None:
    with sessions() as session:
        put(session, HOOK)
        pause(session, OFFICE, "hook", "gone")
        pause(session, OFFICE, "hook", "a later reason does not hide the first")
        pause(session, OFFICE, "nowhere", "gone")
        [endpoint] = all_of(session, OFFICE)
    assert (endpoint.paused, endpoint.paused_because) == (True, "gone")
    with pytest.raises(ChannelSettingsError, match="paused: endpoint hook is paused"):
        open_channel(endpoint, {}, {})
