"""R15: a deadline past the last announced day is provisional and says so; until the announcement only the days that are
certain by law are off, and none is guessed."""

from datetime import date
from typing import Any

import pytest

from schedules.announcements import working_calendar
from tests.rules.asking import CHINA, ENGLAND, JAPAN, NETHERLANDS, US, ask, due_on, hours

EGYPT = {"country": "EG", "zone": "Africa/Cairo"}


def paused(begin: str, end: str) -> dict[str, Any]:
    return {"pauses": [{"from": begin, "to": end}]}


@pytest.mark.parametrize(
    ("start", "due", "why"),  # one working day on, in 2027, for which there is no notice yet
    [
        ("2026-12-31", "2027-01-04", "Fri 1 January, by law"),
        ("2027-02-04", "2027-02-09", "New Year's Eve Fri 5 and the first three days of the lunar year, 6-8"),
        ("2027-02-09", "2027-02-10", "9 and 10 February, which a notice would surely give, are no guess"),
        ("2027-04-02", "2027-04-06", "Qingming, Mon 5 April"),
        ("2027-04-30", "2027-05-03", "1 and 2 May, a weekend; the 3rd works until somebody says otherwise"),
        ("2027-06-08", "2027-06-10", "Dragon Boat, Wed 9 June"),
        ("2027-09-14", "2027-09-16", "Mid-Autumn, Wed 15 September"),
        ("2027-09-30", "2027-10-04", "1-3 October, Fri to Sun"),
        ("2027-10-08", "2027-10-11", "no make-up Saturday is guessed"),
    ],
)
def test_until_the_notice_comes_the_days_certain_by_law_are_off_and_no_others(start: str, due: str, why: str) -> None:
    answer = ask(start, 1, calendar=CHINA)
    assert (answer["due_on"], answer["provisional"]) == (due, True), why  # 全国年节及纪念日放假办法 (2024) art. 2


@pytest.mark.parametrize(
    ("start", "amount", "unit", "settings", "due", "provisional"),
    [
        ("2026-12-30", 1, "working_days", {}, "2026-12-31", False),  # the last announced day
        ("2026-12-31", 1, "working_days", {}, "2027-01-04", True),
        ("2026-12-31", 0, "working_days", {}, "2026-12-31", False),
        ("2026-12-31T17:00", 0, "working_days", {}, "2027-01-04", True),
        ("2026-12-31T17:00", 0, "calendar_days", {}, "2026-12-31", False),
        ("2026-12-24", 1, "weeks", {}, "2026-12-31", False),
        ("2026-12-25", 1, "weeks", {"roll": "none"}, "2027-01-01", True),
        ("2026-12-25", 1, "weeks", {}, "2027-01-04", True),
        ("2026-11-30", 1, "months", {}, "2026-12-30", False),
        ("2026-02-28", 1, "years", {}, "2027-03-01", True),  # Sun 28 February 2027 moves to Monday
        ("2026-12-31T16:00", 1, "working_hours", {}, "2026-12-31", False),  # at closing
        ("2026-12-31T16:00", 1, "working_hours", {"boundary": "opening"}, "2027-01-04", True),
        ("2026-12-31T16:00", 2, "working_hours", {}, "2027-01-04", True),
        ("2026-12-28", 4, "working_days", {"first_day": "same"}, "2026-12-31", False),
        ("2026-12-26", 3, "working_days", {"intake": "next_working_day"}, "2026-12-31", False),  # Sat; day 0 Mon 28
        ("2026-12-26", 4, "working_days", {"intake": "next_working_day"}, "2027-01-04", True),
        ("2026-12-28", 2, "working_days", {"extensions": [{"amount": 2, "unit": "working_days"}]}, "2027-01-04", True),
        ("2026-12-28", 2, "working_days", paused("2026-12-29", "2026-12-30"), "2026-12-31", False),
        ("2026-12-28", 2, "working_days", paused("2026-12-29", "2026-12-31"), "2027-01-04", True),
        # finished long before: the deadline is provisional all the same
        ("2026-12-28", 4, "working_days", {"decided": "2026-12-29"}, "2027-01-04", True),
    ],
)  # fmt: skip
def test_a_deadline_past_the_last_announced_day_is_provisional(
    start: str, amount: int, unit: str, settings: dict[str, Any], due: str, provisional: bool
) -> None:
    answer = ask(start, amount, unit, calendar=CHINA, **settings)
    assert (answer["due_on"], answer["provisional"]) == (due, provisional)


def test_while_paused_the_date_it_would_have_is_provisional() -> None:
    asked: dict[str, Any] = {"pauses": [{"from": "2026-12-29"}], "calendar": CHINA}
    before, after = (ask("2026-12-28", 2, **asked, now=now) for now in ("2026-12-30", "2026-12-31"))
    assert (before["if_resumed"], before["provisional"]) == ("2026-12-31", False)
    assert (after["if_resumed"], after["provisional"]) == ("2027-01-04", True)


@pytest.mark.parametrize(
    ("through", "provisional"), [("2026-09-22", True), ("2026-09-23", False), ("2026-09-24", False), (None, False)]
)
def test_a_calendar_of_ones_own_says_how_far_it_is_announced(through: str | None, provisional: bool) -> None:
    calendar = {"zone": "Asia/Shanghai", "open": ["2026-09-20"], "announced_through": through}
    answer = ask("2026-09-18", 4, calendar=calendar)
    assert (answer["due_on"], answer["provisional"]) == ("2026-09-23", provisional)


def test_once_it_is_announced_the_date_is_confirmed_or_moves() -> None:
    # a made-up notice for 2027: 1-3 January off and Mon 4 too, Sat 9 works
    before = {"zone": "Asia/Shanghai", "closed": ["2027-01-01"], "announced_through": "2026-12-31"}
    same = {**before, "announced_through": "2027-12-31"}
    moved = {**same, "closed": ["2027-01-01", "2027-01-04"], "open": ["2027-01-09"]}
    found = [ask("2026-12-31", 6, calendar=calendar) for calendar in (before, same, moved)]
    # 4-8 January, Mon 11; with the notice 5-8, Sat 9 (5), Mon 11
    assert [(answer["due_on"], answer["provisional"]) for answer in found] == [
        ("2027-01-11", True), ("2027-01-11", False), ("2027-01-11", False),
    ]  # fmt: skip
    assert due_on("2026-12-31", 1, calendar=moved) == "2027-01-05"  # 4 without it
    assert len({answer["calendar_version"] for answer in found}) == 3


@pytest.mark.parametrize("calendar", [ENGLAND, NETHERLANDS, US, JAPAN], ids=lambda calendar: str(calendar["country"]))
def test_where_holidays_follow_from_law_a_computed_year_is_not_provisional(calendar: dict[str, Any]) -> None:
    assert ask("2026-12-24", 30, calendar=calendar)["provisional"] is False
    assert ask("2035-12-20", 30, calendar=calendar)["provisional"] is False


def test_past_the_end_of_what_can_be_computed_all_is_provisional() -> None:
    assert ask("2100-12-30", 1, calendar=ENGLAND)["provisional"] is False
    assert ask("2100-12-31", 1, calendar=ENGLAND)["provisional"] is True  # the data of `holidays` ends with 2100


def test_feasts_that_are_seen_and_not_computed_are_announced_no_further_than_they_are_known() -> None:
    assert ask("2025-06-01", 10, calendar=EGYPT)["provisional"] is False
    assert ask("2035-06-03", 10, calendar=EGYPT)["provisional"] is True


@pytest.mark.parametrize(("number", "language"), list(enumerate(["", "ar", "zh_CN"])))
def test_the_horizon_and_the_names_do_not_follow_the_language_of_the_machine(
    number: int, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, language)
    years = (2001, 2031 + number)  # never asked for before, so that it is read under this language
    found = {country: working_calendar(country, zone="Africa/Cairo", years=years) for country in ("EG", "NL", "CN")}
    egypt, netherlands, china = found.values()
    assert egypt.announced_through < date(2030, 1, 1)
    assert netherlands.day(date(2026, 4, 27)).name == "King's Day"
    assert china.day(date(2026, 10, 1)).name == "国庆节"
    assert china.announced_through == date(2026, 12, 31)


def test_the_ledger_marks_each_day_that_is_not_announced() -> None:
    rows = ask("2026-12-30", 2, calendar=CHINA, ledger=True)["ledger"]
    assert [(row["date"][-5:], row["status"], row["rule"], row["provisional"]) for row in rows] == [
        ("12-30", "first_day", "R2", False),
        ("12-31", "counted", "R5", False),
        ("01-01", "not_working", "R15", True),
        ("01-02", "not_working", "R15", True),
        ("01-03", "not_working", "R15", True),
        ("01-04", "counted", "R5", True),
    ]
    assert rows[2]["source"] == "全国年节及纪念日放假办法第二条"


def test_hours_past_the_last_announced_day() -> None:
    calendar = hours("Etc/UTC", announced_through="2026-09-18")
    assert ask("2026-09-18T15:00", 2, "working_hours", calendar=calendar)["provisional"] is False
    assert ask("2026-09-18T15:00", 3, "working_hours", calendar=calendar)["provisional"] is True
