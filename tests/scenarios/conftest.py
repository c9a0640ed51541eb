"""What the scenarios need from outside: the webhook's secret in the environment."""

import logging

import pytest

from tests.scenarios.cast import SECRET


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_TEST_SECRET", SECRET)


@pytest.fixture(autouse=True)
def quiet_servers(caplog: pytest.LogCaptureFixture) -> None:
    """A line a call would be thousands."""
    caplog.set_level(logging.WARNING, "werkzeug")
