"""Secrets at rest: opened by the key they were sealed with, for the channel they were sealed for, and nobody else."""

import base64
import json

import pytest
from sqlalchemy import Engine

from notifiers.channel import Channel, ChannelSettingsError
from notifiers.channels.log import LogChannel
from notifiers.endpoints import Endpoint, all_of, open_channel, put, sealed
from notifiers.outbox import Sessions
from notifiers.sealing import SealingError, seal_of
from tests.notifiers.cast import NOW, OFFICE

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.urlsafe_b64encode(bytes(range(224, 256))).decode()  # - and _ in it
ENVIRONMENT = {"SLA_SECRET_KEY": KEY}
SECRET = "KEY-密-1"
ROBOT = Endpoint(OFFICE, "robot", "wecom", {}, {"key": "SLA_ROBOT_KEY"})


def opened(endpoint: Endpoint, environment: dict[str, str]) -> dict[str, str]:
    """The secrets its channel is built from."""
    found: list[dict[str, str]] = []

    def build(settings: object, secrets: object) -> Channel:
        assert isinstance(secrets, dict)
        found.append(secrets)
        return LogChannel()

    open_channel(endpoint, {"wecom": build}, environment)
    return found[0]


def test_what_is_stored_opens_with_its_key_and_does_not_show_the_secret(sessions: Sessions, engine: Engine) -> None:
    with sessions() as session:
        put(session, sealed(ROBOT, {"key": SECRET}, seal_of(ENVIRONMENT), NOW))
    with sessions() as session:
        [endpoint] = all_of(session, OFFICE)
    with engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT * FROM endpoint").mappings().one()
    assert opened(endpoint, ENVIRONMENT) == {"key": SECRET}
    assert row["secret_names"] == "{}"  # the variable is not asked for any more
    [stored] = json.loads(row["sealed_secrets"]).values()
    for text in (str(row), str(base64.urlsafe_b64decode(stored)), repr(endpoint), repr(seal_of(ENVIRONMENT))):
        assert SECRET not in text
        assert KEY not in text


def test_the_same_secret_is_never_sealed_to_the_same_text() -> None:
    seal = seal_of(ENVIRONMENT)
    assert seal.close(SECRET, "a", NOW) != seal.close(SECRET, "a", NOW)


def test_while_the_key_is_changed_the_one_before_opens_what_it_sealed() -> None:
    old = sealed(ROBOT, {"key": SECRET}, seal_of(ENVIRONMENT), NOW)
    both = {"SLA_SECRET_KEY": OTHER, "SLA_SECRET_KEY_PREVIOUS": KEY}
    assert opened(old, both) == {"key": SECRET}
    new = sealed(ROBOT, {"key": SECRET}, seal_of(both), NOW)
    assert opened(new, {"SLA_SECRET_KEY": OTHER}) == {"key": SECRET}


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "key: of channel robot needs the environment variable SLA_SECRET_KEY"),
        ({"SLA_SECRET_KEY": OTHER}, "key: of channel robot was sealed with another key than SLA_SECRET_KEY holds now"),
        ({"SLA_SECRET_KEY": "hunter2"}, "key: of channel robot SLA_SECRET_KEY must be base64 of 32 bytes"),
        ({"SLA_SECRET_KEY": KEY + KEY}, "key: of channel robot SLA_SECRET_KEY must be base64 of 32 bytes"),
        (
            ENVIRONMENT | {"SLA_SECRET_KEY_PREVIOUS": "é"},
            "key: of channel robot SLA_SECRET_KEY_PREVIOUS must be base64 of 32 bytes",
        ),
    ],
)
def test_a_key_that_does_not_fit_is_one_error_that_names_the_channel(environment: dict[str, str], says: str) -> None:
    endpoint = sealed(ROBOT, {"key": SECRET}, seal_of(ENVIRONMENT), NOW)
    with pytest.raises(ChannelSettingsError) as caught:
        opened(endpoint, environment)
    assert str(caught.value).startswith(says)
    for secret in (SECRET, *environment.values()):
        assert secret not in str(caught.value)


def test_a_sealed_text_moved_to_another_channel_or_written_to_does_not_open() -> None:
    seal = seal_of(ENVIRONMENT)
    text = seal.close(SECRET, "office/robot/key", NOW)
    assert seal.open(text, "office/robot/key") == SECRET
    with pytest.raises(SealingError, match="was sealed for another channel"):
        seal.open(text, "office/desk/key")
    with pytest.raises(SealingError, match="was sealed with another key"):
        seal.open(text[:-6] + "AAAA==", "office/robot/key")
    with pytest.raises(SealingError, match="was sealed with another key"):
        seal.open("", "office/robot/key")
