"""M2. Messages go out in a window of their own, by default 8:30 to 18:00 on working days, not in the service hours;
what is raised outside waits, unless its rung may go at any time; a reminder that could only go too late is dropped.

On both databases. Days are those beside tests/service/cast.py.
"""

import pytest

from tests.rules.counter import HOURS, POLICY, on_sqlite, open_counter, told
from tests.service.cast import OFFICE, Window

NIGHT = POLICY.replace(HOURS, '[["09:00", "22:00"]]')  # a counter that serves until 22:00
DUE = "2026-09-23"  # of a site selection accepted on Fri 18 September: 20, 21, 22, 23


@on_sqlite
# --- its edges -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("found", "goes"),
    [
        ("2026-09-24 08:29", False),
        ("2026-09-24 08:30", True),
        ("2026-09-24 12:30", True),  # in the lunch break of the service
        ("2026-09-24 17:30", True),  # after its closing
        ("2026-09-24 17:59", True),
        ("2026-09-24 18:00", False),
        ("2026-09-25 10:00", False),  # Mid-Autumn
        ("2026-09-27 10:00", False),
    ],
)
def test_what_is_found_outside_the_window_waits_for_it(window: Window, found: str, goes: bool) -> None:
    window.at("2026-09-18 09:30").receive()
    window.at("2026-09-23 12:00").run()
    overdue = told("overdue", DUE, "li", "wang")
    assert window.at(found).run() == (overdue if goes else [])
    assert window.at("2026-09-28 08:29").run() == []
    later = [] if goes else overdue
    assert window.at("2026-09-28 08:30").run() == sorted([*later, *told("+1", DUE, "zhao")])


def test_a_make_up_sunday_and_saturday_are_days_for_messages(window: Window) -> None:
    window.at("2026-09-16 09:30").receive()  # due Mon 21: 17, 18, 20, 21; the day before is Sunday
    assert window.at("2026-09-19 12:00").run() == []
    assert window.at("2026-09-20 09:00").run() == told("T-1", "2026-09-21", "li")


def test_an_escalation_waits_like_everything_else(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    window.at("2026-09-24 09:00").run()
    assert window.at("2026-09-28 08:20").run() == []
    assert window.at("2026-09-28 18:00").run() == []  # nothing ran that day
    assert window.at("2026-09-29 08:30").run() == told("+1", DUE, "zhao")


def test_the_window_is_the_offices_own(window: Window) -> None:
    window.apply(OFFICE + '\n[messages]\nfrom = "10:15"\nto = "11:00"\n')
    window.at("2026-09-18 09:30").receive()
    for moment in ("09-22 09:00", "09-22 10:14"):
        assert window.at(f"2026-{moment}").run() == []
    assert window.at("2026-09-22 10:15").run() == told("T-1", DUE, "li")
    assert window.at("2026-09-24 11:00").run() == []
    assert window.at("2026-09-28 10:14").run() == []
    assert window.at("2026-09-28 10:15").run()[0] == f"li: promise overdue {DUE}"


def test_a_day_the_office_closed_itself_is_no_day_for_messages_though_the_limit_runs(window: Window) -> None:
    window.apply(OFFICE + '\n[calendar]\nclosed = { "2026-09-24" = "move" }\n')
    window.at("2026-09-18 09:30").receive()
    window.at("2026-09-23 12:00").run()
    assert window.at("2026-09-24 10:00").run() == []
    assert window.at("2026-09-28 08:30").run() == sorted(
        [*told("overdue", DUE, "li", "wang"), *told("+1", DUE, "zhao")]
    )


# --- at any time -----------------------------------------------------------------------------------------------------
def night(window: Window, *anytime: str) -> str:
    """Accepted at 19:00, three hours: due at 22:00; reminded of at 21:00. The rungs named go at any time."""
    policy = NIGHT
    for name in anytime:
        assert policy.count(f'name = "{name}"\n') >= 1
        policy = policy.replace(f'name = "{name}"\n', f'name = "{name}"\nanytime = true\n', 1)
    open_counter(window, policy)
    return window.at("2026-09-21 19:00").receive("counter_check")


NIGHT_DUE = "2026-09-21 22:00"


def test_a_reminder_that_could_only_go_after_the_deadline_is_dropped(window: Window) -> None:
    night(window)
    assert window.at("2026-09-21 21:00").run() == []
    states = {row.milestone: row.state for row in window.rows("alarm") if row.clock_id == "promise"}
    assert states["-1h"] == "dropped"
    assert window.at("2026-09-22 08:30").run() == told("overdue", NIGHT_DUE, "li", "wang")


def test_a_reminder_that_may_go_at_any_time_is_not_dropped_but_sent(window: Window) -> None:
    night(window, "-1h")
    assert window.at("2026-09-21 20:59").run() == []
    assert window.at("2026-09-21 21:00").run() == told("-1h", NIGHT_DUE, "li")


def test_a_reminder_for_any_time_that_comes_too_late_is_dropped_all_the_same(window: Window) -> None:
    night(window, "-1h")
    assert window.at("2026-09-21 22:00").run() == []  # the very moment: nothing can be done about it any more
    assert window.at("2026-09-21 22:01").run() == []
    assert window.at("2026-09-22 08:30").run() == told("overdue", NIGHT_DUE, "li", "wang")


def test_a_breach_that_may_go_at_any_time_goes_at_once(window: Window) -> None:
    night(window, "overdue")
    assert window.at("2026-09-21 22:00").run() == []  # in time up to and including that moment
    assert window.at("2026-09-21 22:01").run() == told("overdue", NIGHT_DUE, "li", "wang")
    assert window.at("2026-09-22 08:30").run() == []


def test_a_reminder_whose_window_opens_in_time_waits_for_it(window: Window) -> None:
    # Accepted on Mon 21 at 19:30: 2.5 hours that evening, half of one on Tuesday from 9:00; the reminder is at 21:30.
    open_counter(window, NIGHT)
    window.at("2026-09-21 19:30").receive("counter_check")
    assert window.at("2026-09-22 08:29").run() == []
    assert window.at("2026-09-22 08:30").run() == told("-1h", "2026-09-22 09:30", "li")


@on_sqlite
@pytest.mark.parametrize(("moment", "state"), [("2026-09-23 17:59", "digest"), ("2026-09-23 18:00", "dropped")])
def test_the_due_day_is_said_as_long_as_anything_can_be(window: Window, moment: str, state: str) -> None:
    window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 12:00").run()
    window.at(moment).run()
    assert [row.state for row in window.rows("alarm") if (row.milestone, row.due) == ("due", DUE)] == [state]
