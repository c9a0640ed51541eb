"""R9: with `cutoff = "end_of_day"` on time means local date <= due date, overdue from 24:00 on; with "closing", and for
limits in hours, on time up to and including that moment; `late_by` is in working days and may be 0."""

from typing import Any

import pytest

from tests.rules.asking import CHINA, ENGLAND, JAPAN, NETHERLANDS, US, ask, due_at, every_day, hours

# Four days after Fri 18 September 2026: Sun 20, 21, 22, due Wed 23. 25-27 are off, 28-30 work, 1-7 October are off.
BERLIN_NIGHT = every_day("Europe/Berlin", hours={"sun": [["01:00", "02:30"]]})
DUE: dict[str, Any] = {"start": "2026-09-18", "amount": 4, "calendar": CHINA}


@pytest.mark.parametrize(
    ("decided", "by_day", "by_closing"),  # the state, and how late, where it is finished at that moment
    [
        ("2026-09-22T10:00", ("met", None), ("met", None)),  # early
        ("2026-09-23T00:00", ("met", None), ("met", None)),
        ("2026-09-23T16:59:59", ("met", None), ("met", None)),
        ("2026-09-23T17:00", ("met", None), ("met", None)),  # up to and including closing
        ("2026-09-23T17:00:00.000001", ("met", None), ("late", 0)),
        ("2026-09-23T23:59:59.999999", ("met", None), ("late", 0)),
        ("2026-09-23T24:00", ("late", 1), ("late", 1)),
        ("2026-09-24T00:00", ("late", 1), ("late", 1)),
        ("2026-09-23T16:00Z", ("late", 1), ("late", 1)),  # 24:00 in Shanghai
        ("2026-09-23T15:59:59Z", ("met", None), ("late", 0)),
        ("2026-09-25T10:00", ("late", 1), ("late", 1)),  # days off add nothing
        ("2026-09-27T23:59", ("late", 1), ("late", 1)),
        ("2026-09-28", ("late", 2), ("late", 2)),
        ("2026-10-07", ("late", 4), ("late", 4)),  # 24, 28, 29, 30
        ("2026-10-10", ("late", 7), ("late", 7)),  # 8, 9, make-up Saturday 10
        ("2026-09-23", ("met", None), ("met", None)),  # without a time it is judged by its date
        ("2026-09-24", ("late", 1), ("late", 1)),
    ],
)
def test_when_it_is_in_time_and_how_late(decided: str, by_day: Any, by_closing: Any) -> None:
    for cutoff, expected in (("end_of_day", by_day), ("closing", by_closing)):
        answer = ask(**DUE, decided=decided, cutoff=cutoff)
        assert (answer["state"], answer.get("late_by")) == expected, cutoff
        assert answer["due_on"] == "2026-09-23"
    assert ask(**DUE, decided=decided)["state"] == by_day[0]  # the default


@pytest.mark.parametrize(
    ("now", "by_day", "by_closing"),
    [
        ("2026-09-23T17:00", "running", "running"),
        ("2026-09-23T17:00:01", "running", "late"),
        ("2026-09-23T23:59:59", "running", "late"),
        ("2026-09-24T00:00", "late", "late"),
        ("2026-09-23", "running", "late"),  # a date means its end
        ("2026-09-22", "running", "running"),
    ],
)
def test_what_is_not_finished_becomes_late_at_that_moment(now: str, by_day: str, by_closing: str) -> None:
    assert ask(**DUE, now=now)["state"] == by_day
    assert ask(**DUE, now=now, cutoff="closing")["state"] == by_closing


@pytest.mark.parametrize(
    ("start", "amount", "unit", "settings", "decided", "late_by"),
    [  # due on one day, finished on another: the working days between, by the printed calendar
        ("2026-09-07", 4, "working_days", {"calendar": CHINA}, "2026-09-12", 0),  # due Fri 11, done Saturday off
        ("2026-09-07", 4, "working_days", {"calendar": CHINA}, "2026-09-13", 0),
        ("2026-09-07", 4, "working_days", {"calendar": CHINA}, "2026-09-14", 1),
        ("2026-09-14", 4, "working_days", {"calendar": CHINA}, "2026-09-19", 0),  # due Fri 18, done Sat off …
        ("2026-09-14", 4, "working_days", {"calendar": CHINA}, "2026-09-20", 1),  # … and on the Sunday that works
        ("2026-03-31", 2, "working_days", {"calendar": ENGLAND}, "2026-04-06", 0),  # due Thu 2, done Easter Monday
        ("2026-03-31", 2, "working_days", {"calendar": ENGLAND}, "2026-04-07", 1),
        ("2026-06-16", 2, "working_days", {"calendar": US}, "2026-06-19", 0),  # due Thu 18, done on Juneteenth
        ("2026-12-29", 2, "working_days", {"calendar": US}, "2027-01-04", 1),  # due Thu 31; Fri 1 off; Mon 4
        ("2026-03-02", 8, "weeks", {"calendar": NETHERLANDS}, "2026-04-29", 1),  # due Tue 28 after King's Day
        ("2026-09-18", 2, "calendar_days", {"calendar": JAPAN, "roll": "none"}, "2026-09-23", 0),  # 21-23 are off
        ("2026-09-18", 2, "calendar_days", {"calendar": JAPAN, "roll": "none"}, "2026-09-24", 1),
        ("2026-09-18T15:00", 2, "working_hours", {"calendar": CHINA}, "2026-09-18T17:01", 0),
        ("2026-09-18T15:00", 2, "working_hours", {"calendar": CHINA}, "2026-09-20T09:00", 1),
        ("2026-09-24T16:00", 2, "working_hours", {"calendar": CHINA}, "2026-09-28T10:00:01", 0),  # due that day 10:00
    ],
)  # fmt: skip
def test_late_by_counts_working_days_whatever_the_unit(
    start: str, amount: int, unit: str, settings: dict[str, Any], decided: str, late_by: int
) -> None:
    answer = ask(start, amount, unit, **settings, decided=decided)
    assert (answer["state"], answer["late_by"]) == ("late", late_by)


@pytest.mark.parametrize("late", [{"decided": "2026-09-23"}, {"now": "2026-09-23"}, {"decided": "2026-09-01"}])
def test_what_is_in_time_is_not_late_by_anything(late: dict[str, Any]) -> None:
    asked: dict[str, Any] = {**DUE, "start": "2026-09-01"} if late.get("decided") == "2026-09-01" else DUE
    assert "late_by" not in ask(**asked, **late)


@pytest.mark.parametrize(
    ("calendar", "start", "ends"),  # the closing of the due day, one working day on
    [
        (hours("Etc/UTC"), "2026-09-17", "2026-09-18T17:00:00Z"),
        (hours("Etc/UTC", days={"2026-09-18": [["09:00", "11:00"]]}), "2026-09-17", "2026-09-18T11:00:00Z"),
        (hours("Etc/UTC", days={"2026-09-18": [["09:00", "24:00"]]}), "2026-09-17", "2026-09-19T00:00:00Z"),
        (
            hours("Etc/UTC", open=["2026-09-19"], makeup=[["10:00", "14:00"]]),
            "2026-09-18", "2026-09-19T14:00:00Z",
        ),
        (hours("Etc/UTC", open=["2026-09-19"]), "2026-09-18", "2026-09-19T17:00:00Z"),
        ({"zone": "Etc/UTC"}, "2026-09-17", "2026-09-19T00:00:00Z"),  # no hours: 24:00
        ({"zone": "Etc/UTC", "hours": {"mon": [["09:00", "17:00"]]}}, "2026-09-17", "2026-09-19T00:00:00Z"),
        # the days the clocks change: 17:00 at +1, at +2, at +1 again
        (hours("Europe/Berlin"), "2026-03-26", "2026-03-27T16:00:00Z"),
        (hours("Europe/Berlin"), "2026-03-27", "2026-03-30T15:00:00Z"),
        (hours("Europe/Berlin"), "2026-10-23", "2026-10-26T16:00:00Z"),
        (BERLIN_NIGHT, "2026-10-24", "2026-10-25T01:30:00Z"),  # the second 02:30
        (BERLIN_NIGHT, "2026-03-28", "2026-03-29T01:00:00Z"),  # 02:30 is skipped
        (every_day("Australia/Lord_Howe", hours={"sun": [["01:00", "01:45"]]}), "2026-04-04", "2026-04-04T15:15:00Z"),
        (every_day("Africa/Cairo", hours={"thu": [["20:00", "24:00"]]}), "2026-10-28", "2026-10-29T22:00:00Z"),
    ],
)  # fmt: skip
def test_the_closing_of_the_due_day(calendar: dict[str, Any], start: str, ends: str) -> None:
    assert due_at(start, 1, calendar=calendar, cutoff="closing") == ends


def test_a_due_day_that_is_off_ends_with_the_day() -> None:
    # Sat 26 September, not rolled: no service, so no closing
    asked = {"calendar": CHINA, "roll": "none", "cutoff": "closing"}
    assert due_at("2026-09-08", 18, "calendar_days", **asked) == "2026-09-26T16:00:00Z"


def test_the_cutoff_moves_no_due_date() -> None:
    for cutoff in ("end_of_day", "closing"):
        assert ask("2026-09-18T17:30", 4, calendar=CHINA, cutoff=cutoff)["due_on"] == "2026-09-23"


def test_a_pause_after_closing_of_the_due_day_is_too_late_where_that_is_the_cutoff() -> None:
    pause = [{"from": "2026-09-23T18:00", "to": "2026-09-29"}]
    assert ask(**DUE, pauses=pause)["due_on"] == "2026-09-29"  # nothing left; in time until 24:00
    assert ask(**DUE, pauses=pause, cutoff="closing")["due_on"] == "2026-09-23"
    at_closing = [{**pause[0], "from": "2026-09-23T17:00"}]
    assert ask(**DUE, pauses=at_closing, cutoff="closing")["due_at"] == "2026-09-29T09:00:00Z"
