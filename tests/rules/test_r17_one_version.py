"""R17. A case follows one version of its policy: the one in force on the day it counts as received, until somebody
re-bases it, on record; no version takes effect before it was published.

On both databases, with versions of the window's policy whose promise of a site selection is 4, 6 or 8 days. From Fri 18
September 20, 21, 22, 23 are four, 24, 28 make six; counted on a printed calendar.
"""

from importlib import resources

import pytest

from sla.history import HistoryError
from sla.service.errors import ServiceError
from tests.service.cast import OFFICE, Window


def publish(window: Window, version: int, valid_from: str, promise: int, *, intake: str = "as_filed") -> None:
    """Apply the office again with a version of its policy."""
    text = resources.files("sla.presets").joinpath("cn_planning.toml").read_text("utf-8")
    changes = {
        "\nversion = 1\n": f"\nversion = {version}\n",
        "valid_from = 2019-04-23": f"valid_from = {valid_from}",
        'promise = { amount = 4 }\nstatutory = { amount = 30, source = "郑州市城乡规划管理条例第三十九条" }': (
            f"promise = {{ amount = {promise} }}\nstatutory = {{ amount = 30 }}"
        ),
        "deemed = true\n": f'deemed = true\nintake = "{intake}"\n',
    }
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (window.folder / f"v{version}.toml").write_text(text, "utf-8")
    window.apply(OFFICE.replace('policy = "cn_planning"', f'policy_file = "v{version}.toml"'), window.folder)


def version(window: Window, number: str) -> tuple[int, int]:
    """The version on record, and the promise the case is really counted by."""
    row = next(row for row in window.rows("case_file") if row.number == number)
    return row.policy_version, window.history(number).clock("promise").limit.amount


def test_the_day_of_receipt_decides_and_not_the_day_of_entry(window: Window) -> None:
    window.at("2026-09-15 10:00")
    publish(window, 2, "2026-09-21", 6)
    for recorded in ("2026-09-21 10:00", "2026-09-24 10:00"):
        window.at(recorded)
        assert version(window, window.receive(on="2026-09-20 23:59")) == (1, 4)
        assert version(window, window.receive(on="2026-09-21 00:00")) == (2, 6)
        assert version(window, window.receive(on="2026-09-21")) == (2, 6)


def test_a_version_of_later_moves_no_case_that_runs(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-19 10:00")
    publish(window, 2, "2026-09-19", 6)
    window.at("2026-09-21 10:00").run()
    assert (version(window, number), window.due(number)) == ((1, 4), "2026-09-23")


LATE = {  # version 3 is valid from Sunday 20 September, which works; service ends at 17:00
    "2026-09-18 16:59": 2,
    "2026-09-18 17:00": 3,  # counts as filed on the next working day, the 20th (R4)
    "2026-09-18": 2,  # without a time: within service
    "2026-09-19 10:00": 3,  # Saturday, off: the 20th as well
    "2026-09-19": 3,
}


def test_what_comes_in_after_closing_follows_the_version_of_the_day_it_counts_as_received(window: Window) -> None:
    window.at("2026-09-10 10:00")
    publish(window, 2, "2026-09-11", 4, intake="next_working_day")
    publish(window, 3, "2026-09-20", 6, intake="next_working_day")
    window.at("2026-09-20 10:00")
    numbers = {received: window.receive(on=received, accept=False) for received in LATE}
    rows = {row.number: row.policy_version for row in window.rows("case_file")}
    assert {received: rows[number] for received, number in numbers.items()} == LATE


def test_where_filing_counts_as_filed_the_hour_does_not_matter(window: Window) -> None:
    window.at("2026-09-10 10:00")
    publish(window, 2, "2026-09-20", 6)
    assert version(window, window.at("2026-09-20 10:00").receive(on="2026-09-18 20:00")) == (1, 4)


def test_a_receipt_that_is_replaced_follows_the_version_of_its_new_day(window: Window) -> None:
    window.at("2026-09-10 10:00")
    publish(window, 2, "2026-09-18", 6)
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-18 10:00").void(number, 2)
    window.void(number, 1, "2026-09-17 16:00")
    row = next(row for row in window.rows("case_file") if row.number == number)
    assert row.policy_version == 1


# --- re-basing -------------------------------------------------------------------------------------------------------
@pytest.fixture
def rebased(window: Window) -> str:
    number = window.at("2026-09-18 09:30").receive()
    publish(window, 2, "2026-09-18", 6)
    publish(window, 3, "2026-09-19", 8)
    window.at("2026-09-21 10:00").record(
        number, "rebased", by="zhao", policy="cn_planning", version=2, reason="the applicant asked for the new terms"
    )
    return number


def test_a_re_base_moves_the_whole_case_from_its_start_and_is_on_record(window: Window, rebased: str) -> None:
    assert window.due(rebased) == "2026-09-28"  # six from the 18th
    (event,) = [event for event in window.find(rebased).events if event.kind == "rebased"]
    assert (event.actor, event.details()["reason"]) == ("zhao", "the applicant asked for the new terms")


def test_the_last_standing_re_base_counts_and_its_void_brings_back_the_one_before(window: Window, rebased: str) -> None:
    window.at("2026-09-22 10:00").record(rebased, "rebased", policy="cn_planning", version=3, reason="again")
    assert window.due(rebased) == "2026-09-30"  # 24, 28, 29, 30 behind the four
    window.void(rebased, 4)
    assert window.due(rebased) == "2026-09-28"
    window.void(rebased, 3)
    assert window.due(rebased) == "2026-09-23"


def test_a_version_that_is_not_there_is_no_base(window: Window, rebased: str) -> None:
    before = window.dump()
    with pytest.raises((ServiceError, HistoryError)):
        window.record(rebased, "rebased", policy="cn_planning", version=9, reason="x")
    assert window.dump() == before


def test_a_published_version_is_never_changed(window: Window, rebased: str) -> None:
    before = window.dump()
    with pytest.raises(ServiceError, match="is published with another text"):
        publish(window, 2, "2026-09-18", 5)
    assert window.dump() == before
