"""Offices of other countries live through a case: receipt, correction, pause, extension, warnings, decision."""

from collections.abc import Callable, Iterator

import pytest

from schedules.limits import Unit
from sla.clock import State
from sla.history import HistoryError
from tests.scenarios.abroad import Abroad

Opened = Callable[[str, str], Abroad]


@pytest.fixture
def opened(database_url: str) -> Iterator[Opened]:
    offices: list[Abroad] = []

    def open_one(policy: str, begun: str) -> Abroad:
        offices.append(Abroad(database_url, policy, begun))
        return offices[-1]

    yield open_one
    for office in offices:
        office.close()


def test_a_planning_application_in_england(opened: Opened) -> None:
    office = opened("uk_planning", "2026-03-02 08:00")
    assert office.applied.calendar_version.startswith("gb-eng-")
    case = office.at("2026-03-02 10:00").receive("householder")
    assert office.due(case) == "2026-04-27"  # eight weeks: a Monday

    # It was not valid. Each request ends the run, one that names something new too, and what comes in begins another.
    office.at("2026-03-04 11:00").record(case, "correction_requested", papers=("fee",))
    assert office.clock(case).state is State.CANCELLED
    office.at("2026-03-10 12:00").record(case, "correction_received", papers=("fee",))
    office.at("2026-03-11 09:00").record(case, "correction_requested", papers=("certificate",))
    assert office.clock(case).state is State.CANCELLED
    office.at("2026-03-16 12:00").record(case, "correction_received", papers=("certificate",))
    office.at("2026-03-17 09:00").record(case, "accepted")
    # 15 days of March, 30 of April, 11 of May make 56; 16 weeks are 15 + 30 + 31 + 30 + 6 days.
    assert (office.due(case), office.due(case, "guarantee")) == ("2026-05-11", "2026-07-06")

    # Five working days before 11 May: 8, 7, 6, 5 May, and past the bank holiday of 4 May the 1st.
    assert office.at("2026-04-30 17:00").run() == []
    assert office.at("2026-05-01 09:00").run() == [
        "chief: statutory T-5 2026-05-11",
        "clerk: statutory T-5 2026-05-11",
    ]
    # Agreed to a day, two weeks and a day on; the planning guarantee does not apply any more.
    office.at("2026-05-05 10:00").extend(case, 15, "amended plans, agreed in writing")
    assert office.due(case) == "2026-05-26"
    assert (office.clock(case).limit.amount, office.clock(case).limit.unit) == (71, Unit.CALENDAR_DAYS)
    assert office.clock(case, "guarantee").state is State.CANCELLED
    office.at("2026-05-26 16:00").record(case, "decided", outcome="approved")
    assert (office.clock(case).state, office.clock(case).late_by) == (State.MET, None)
    assert office.in_order()


def test_a_period_in_weeks_that_ends_on_a_bank_holiday_is_over_that_day(opened: Opened) -> None:
    office = opened("uk_planning", "2026-02-09 08:00")
    case = office.at("2026-02-09 10:00").receive("full")
    office.record(case, "accepted")
    office.at("2026-04-06 23:59").run()
    assert (office.due(case), office.clock(case).state) == ("2026-04-06", State.RUNNING)  # Easter Monday
    # Overdue from 24:00 in London, 23:00 UTC; said when the office opens.
    assert office.at("2026-04-07 00:00").clock(case).state is State.LATE
    assert office.at("2026-04-07 08:30").run() == [
        "chief: statutory overdue 2026-04-06",
        "clerk: statutory overdue 2026-04-06",
    ]


def test_a_request_for_information_in_the_united_kingdom(opened: Opened) -> None:
    office = opened("uk_foi", "2025-09-01 08:00")
    assert office.applied.calendar_version.startswith("gb-eng+wls+sct+nir-")
    case = office.at("2025-09-01 10:00").receive("foi")
    assert office.due(case) == "2025-09-29"  # no bank holiday in September
    office.at("2025-09-02 09:00").record(case, "accepted")
    office.at("2025-09-08 09:00").record(case, "paused", ground="fees_notice", notice="F-1")
    assert (office.due(case), office.clock(case).left) == ("", 16)  # 2 to 5 September are used, the 8th is not
    office.at("2025-09-19 15:00").record(case, "resumed")
    assert office.due(case) == "2025-10-13"
    office.at("2025-10-06 09:00").extend(case, 20, "balance of the public interest")
    assert office.due(case) == "2025-11-10"  # 14-17 (24), 20-24, 27-31 (34), 3-7 (39), 10 (40)
    with pytest.raises(HistoryError, match="the most allowed"):
        office.extend(case, 1)
    office.at("2025-11-11 08:29").run()
    assert office.at("2025-11-11 08:30").run() == [
        "chief: statutory overdue 2025-11-10",
        "clerk: statutory overdue 2025-11-10",
    ]
    office.at("2025-11-11 09:00").record(case, "decided", outcome="approved")
    assert (office.clock(case).state, office.clock(case).late_by) == (State.LATE, 1)
    assert office.in_order()


def test_what_identifies_the_information_begins_the_twenty_days_anew(opened: Opened) -> None:
    office = opened("uk_foi", "2025-09-01 08:00")
    case = office.at("2025-09-01 10:00").receive("foi")
    office.at("2025-09-03 10:00").record(case, "correction_requested", papers=("explanation",))
    assert office.clock(case).state is State.CANCELLED
    office.at("2025-09-12 10:00").record(case, "correction_received", papers=("explanation",))
    assert office.due(case) == "2025-10-10"  # 15-19 (5), 22-26, 29-3, 6-10 (20)


def test_a_federal_request_in_the_united_states(opened: Opened) -> None:
    office = opened("us_foia", "2025-11-10 08:00")
    case = office.at("2025-11-10 10:00").receive("expedited_request")
    office.record(case, "accepted")
    assert (office.due(case), office.due(case, "expedite")) == ("2025-12-10", "2025-11-20")
    office.at("2025-11-14 10:00").record(case, "stage_entered", stage="track")
    assert office.clock(case, "expedite").state is State.MET
    office.at("2025-11-17 10:00").record(case, "paused", ground="information")
    office.at("2025-11-24 10:00").record(case, "resumed")
    # 12-14 (3), 17 (4), 25, 26 (6), the day after Thanksgiving (7), 1-5 (12), 8-12 (17), 15-17 (20)
    assert office.due(case) == "2025-12-17"
    with pytest.raises(HistoryError, match=r"1 times, the most allowed \(5 U\.S\.C\. 552\(a\)\(6\)\(A\)\(ii\)\(I\)\)"):
        office.at("2025-12-01 10:00").record(case, "paused", ground="information")
    office.record(case, "paused", ground="fees")  # as often as it is needed
    office.record(case, "resumed")
    assert office.due(case) == "2025-12-17"
    office.at("2025-12-15 10:00").extend(case, 10, "unusual circumstances")
    assert office.due(case) == "2026-01-02"  # 18, 19 (22), 22-24 (25), 26 (26), 29-31 (29), 2 January (30)
    office.at("2025-12-30 10:00").record(case, "decided", outcome="denied")
    assert office.clock(case).state is State.MET
    assert office.in_order()


def test_a_dutch_building_permit(opened: Opened) -> None:
    office = opened("nl_omgevingsvergunning", "2026-01-12 08:00")
    case = office.at("2026-01-12 10:00").receive("building")
    # Awb 4:15 suspends the term while the application is completed; a correction would let it run on.
    with pytest.raises(HistoryError, match=r"record a pause instead: .*supplement"):
        office.record(case, "correction_requested", papers=("structure",))
    office.at("2026-01-13 09:00").record(case, "accepted")
    assert office.due(case) == "2026-03-09"
    office.at("2026-01-19 09:00").record(case, "paused", ground="supplement", notice="brief 19 januari")
    office.at("2026-02-03 09:00").record(case, "resumed")
    assert office.due(case) == "2026-03-23"  # 20 January to 2 February, 14 days, are not counted
    office.at("2026-03-16 09:00").extend(case, 6)
    assert office.clock(case).limit.amount == 14
    assert office.due(case) == "2026-05-04"  # 20 April, 98 days after receipt, and the 14
    office.at("2026-04-24 08:00").run()
    # Five working days before: 1 May, 30, 29, 28 April; Monday the 27th is King's Day, so Friday the 24th.
    assert office.at("2026-04-24 09:00").run() == [
        "chief: statutory T-5 2026-05-04",
        "clerk: statutory T-5 2026-05-04",
    ]
    office.at("2026-05-04 16:00").record(case, "decided", outcome="approved")
    assert office.clock(case).state is State.MET
    assert office.in_order()


def test_six_months_are_extended_by_six_weeks(opened: Opened) -> None:
    office = opened("nl_omgevingsvergunning", "2026-03-02 08:00")
    case = office.at("2026-03-02 10:00").receive("national_monument")
    office.record(case, "accepted")
    assert office.due(case) == "2026-09-02"
    with pytest.raises(HistoryError, match="must be weeks"):
        office.record(
            case, "extended", clock="statutory", amount=1, unit=Unit.MONTHS, reason="needed", approver="chief"
        )  # fmt: skip
    office.at("2026-04-20 10:00").extend(case, 6)
    assert office.due(case) == "2026-10-14"  # 28 days of September and 14 of October
    assert office.in_order()
