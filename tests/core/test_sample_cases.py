"""The sample cases of a policy begin on the days on which people go wrong; their dates are counted by hand.

China 2026 (State Council notice of 2025-11-04): Sunday 09-20 is worked, 09-25 is off, 10-01 to 10-07 are off, Saturday
10-10 is worked. 2027 is not announced: 1 January, a Friday, is off by law.
"""

from datetime import date

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import Level, Overlay, Scope, WorkingCalendar
from sla.samples import Why, begun_on, sample_days, samples
from sla.words import counted_text, words
from tests.core.cast import china, day, policy


def days_from(text: str, calendar: WorkingCalendar | None = None) -> list[tuple[str, Why]]:
    return [(sample.day.isoformat(), sample.why) for sample in sample_days(calendar or china(), day(text))]


def test_from_a_thursday_in_september() -> None:
    assert days_from("2026-09-17") == [
        ("2026-09-17", Why.NEXT),
        ("2026-09-18", Why.BEFORE_MAKEUP),  # Sunday 09-20
        ("2026-09-24", Why.BEFORE_HOLIDAY),  # Friday 09-25
        ("2026-12-31", Why.YEAR_END),
    ]


def test_a_turn_that_lies_behind_is_passed_over_for_the_next() -> None:
    assert days_from("2026-09-19") == [  # a Saturday off
        ("2026-09-20", Why.NEXT),
        ("2026-09-24", Why.BEFORE_HOLIDAY),
        ("2026-10-09", Why.BEFORE_MAKEUP),  # Saturday 10-10
        ("2026-12-31", Why.YEAR_END),
    ]


def test_a_day_that_is_two_of_them_is_told_once() -> None:
    assert days_from("2026-11-25") == [("2026-11-25", Why.NEXT), ("2026-12-31", Why.BEFORE_HOLIDAY)]


def test_where_nothing_is_made_up_there_is_no_such_day() -> None:
    england = working_calendar("GB", subdiv="ENG", zone="Europe/London")
    assert days_from("2026-11-25", england) == [
        ("2026-11-25", Why.NEXT),
        ("2026-12-24", Why.BEFORE_HOLIDAY),  # Christmas Day is a Friday
        ("2026-12-31", Why.YEAR_END),
    ]


def test_the_offices_own_days_move_no_sample() -> None:
    shut = Overlay("office", Level.OFFICE, Scope.OFFICE, {date(2026, 9, 17): "moving"}, {}, "office.toml")
    ours = working_calendar("CN", overlays=(shut,))
    assert days_from("2026-09-17", ours)[0] == ("2026-09-17", Why.NEXT)


@pytest.mark.parametrize(
    ("clock", "begins", "due"),
    [
        ("promise", "2026-09-18", "2026-09-23"),  # 20, 21, 22, 23 (tests/answers/worked_examples.toml)
        ("promise", "2026-09-24", "2026-10-08"),  # 28, 29, 30, 10-08
        ("promise", "2026-10-09", "2026-10-14"),  # 10, 12, 13, 14
        ("promise", "2026-12-31", "2027-01-07"),  # 01-04, 05, 06, 07
        ("intake", "2026-09-14", "2026-09-20"),  # 15, 16, 17, 18, 20
        ("delivery", "2026-09-22", "2026-10-13"),  # 23, 24, 28, 29, 30, 10-08, 09, 10, 12, 13
    ],
)
def test_a_sample_is_due_on_the_day_that_was_counted(clock: str, begins: str, due: str) -> None:
    sample = begun_on(policy().rule("site_selection", clock), china(), day(begins))
    assert (sample.due_on, sample.provisional) == (day(due), due.startswith("2027"))


def test_every_clock_of_every_permit_is_there_on_every_day() -> None:
    days = sample_days(china(), day("2026-09-17"))
    found = samples(None, policy(), china(), days)
    # Four permits with intake, promise, statute and delivery; three papers with registration and promise.
    assert len(found) == len(days) * (4 * 4 + 3 * 2)
    assert all(sample.before is None and sample.after is not None for sample in found)


def test_how_it_is_counted_is_one_line_with_the_turns_of_the_calendar() -> None:
    statute = begun_on(policy().rule("rural_construction", "statutory"), china(), day("2026-09-18"))
    # 20 days: 20-24 (5), 28-30 (8), 10-08 to 10-10 (11), 12-16 (16), 19-22 (20).
    assert statute.due_on == day("2026-10-22")
    assert counted_text(statute, words("en")) == (
        "Fri 18 Sep first day, not counted · Sun 20 Sep make-up working day · Fri 25 Sep holiday (Mid-Autumn Festival)"
        " · Thu 1 Oct–Wed 7 Oct holiday (National Day) · Sat 10 Oct make-up working day · Thu 22 Oct counted 20 of 20"
    )
    promise = begun_on(policy().rule("construction_works", "promise"), china(), day("2026-09-18"))
    assert counted_text(promise, words("zh")) == (
        "9月18日 周五 起始日，不计入 · 9月20日 周日 补班 · 9月25日 周五 节假日（中秋节）"
        " · 9月28日 周一 计入，第 6 天，共 6 天"
    )


def test_an_immediate_item_is_counted_in_one_word() -> None:
    sample = begun_on(policy().rule("planning_condition_notice", "promise"), china(), day("2026-09-18"))
    assert counted_text(sample, words("en")) == "Fri 18 Sep immediate item, due this day"
