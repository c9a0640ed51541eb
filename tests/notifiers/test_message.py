"""Values are valid once made, and an error's text is what is stored."""

from dataclasses import replace
from datetime import datetime

import pytest

from notifiers.message import DeliveryError
from tests.notifiers.cast import message


def test_a_message_without_a_key_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="key"):
        replace(message(), key="")


def test_a_message_whose_time_has_no_zone_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="time zone"):
        replace(message(), time=datetime(2026, 9, 23, 8, 30))


def test_an_error_that_says_nothing_else_may_be_tried_again() -> None:
    error = DeliveryError("busy")
    assert (str(error), error.permanent, error.unknown, error.gone, error.retry_after) == (
        "busy",
        False,
        False,
        False,
        None,
    )
