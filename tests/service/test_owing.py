"""What is owed past its day, for digests: one case that cannot be read keeps no list from anybody."""

import logging
from typing import Any

import pytest

from sla.service.offices import office_named
from sla.service.owing import owed_past
from tests.service.cast import SLUG, Window

OWED: dict[str, Any] = {"owed": ["approval"], "owed_by": "2026-09-22"}


def test_a_case_that_cannot_be_read_is_left_out_and_logged_and_the_others_are_there(
    window: Window, caplog: pytest.LogCaptureFixture
) -> None:
    window.at("2026-09-18 09:00")
    numbers = [window.receive(accept=False) for _ in range(2)]
    for number in numbers:
        window.record(number, "accepted", **OWED)
    window.tamper("UPDATE case_file SET policy_version = 99 WHERE number = :number", number=numbers[0])
    window.at("2026-09-23 09:00")
    with caplog.at_level(logging.CRITICAL, "sla.owing"), window.app.reading() as session:
        office = office_named(session, SLUG)
        found = owed_past(session, office, office.today(window.now))
    assert [entry.case.number for entry in found] == [numbers[1]]
