"""The log channel."""

import json
import logging

import pytest

from notifiers.channels.log import LogChannel
from tests.notifiers.cast import CLERK, NOW, message


def test_a_message_is_one_line_with_its_key_kind_subject_and_recipient_and_no_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, "notifiers.log"):
        receipt = LogChannel().send(message(subject="first\nsecond"), CLERK, NOW)
    [record] = caplog.records
    assert len(record.getMessage().splitlines()) == 1
    assert json.loads(record.getMessage()) == {
        "at": "2026-09-23T00:30:00+00:00",
        "key": "k1",
        "kind": "case.due_soon",
        "recipient": "p-7",
        "subject": "first\nsecond",
    }
    assert "clerk@office.example" not in caplog.text
    assert receipt.reference == "k1"
