"""M6. A message is known by office, case, clock, milestone, due, episode, recipient and channel, and is sent once: due
is the date of a limit in days and the instant of one in hours; a correction opens the next episode.

On both databases. Days are those beside tests/service/cast.py.
"""

from collections import Counter
from dataclasses import replace
from pathlib import Path

from notifiers.message import Message
from schedules.hours import WeeklyHours
from sla.service.setup import apply, plan_of
from tests.rules.counter import POLICY, open_counter, told
from tests.service.cast import OFFICE, Window, at

Posted = list[tuple[str, Message]]
DUE = "2026-09-23"


def with_hours(window: Window, closes: str) -> None:
    """The office with other service hours from now on."""
    plan = plan_of(OFFICE, Path())
    day = [["09:00", "12:00"], ["13:00", closes]]
    hours = WeeklyHours.parse(dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), day))
    with window.app.writing() as session:
        apply(session, replace(plan, source=replace(plan.source, hours=hours)), window.now)
    window.app.settle_all()


def keys(window: Window) -> list[list[str]]:
    """What stands behind office and case in the keys of the alarms that were sent."""
    return sorted(row.key.split("/")[2:] for row in window.rows("message") if row.key.count("/") > 5)


def test_the_key_of_a_limit_in_days_names_its_date(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 09:00").run()
    window.at("2026-09-24 08:30").run()
    assert keys(window) == [
        ["promise", "T-1", DUE, "0", "li", "desk"],
        ["promise", "overdue", DUE, "0", "li", "desk"],
        ["promise", "overdue", DUE, "0", "wang", "desk"],
    ]


def test_the_key_of_a_limit_in_hours_names_its_instant(window: Window) -> None:
    open_counter(window)
    window.at("2026-09-21 09:00").receive("counter_check")  # three hours: 12:00, which is 4:00 UTC
    window.at("2026-09-21 11:00").run()
    assert keys(window) == [["promise", "-1h", "2026-09-21T04:00:00+00:00", "0", "li", "desk"]]


def test_every_key_is_there_once_however_often_it_is_swept(window: Window) -> None:
    open_counter(window)
    window.at("2026-09-18 09:30").receive()
    window.receive("counter_check")
    for moment in ("18 11:30", "18 12:30", "18 15:00", "20 09:00", "20 16:00", "22 09:00", "24 09:00", "18 12:00"):
        window.at(f"2026-09-{moment}").run_all()
    assert max(Counter(row.key for row in window.rows("message")).values()) == 1


def test_new_closing_times_warn_nobody_again_of_a_limit_in_days(window: Window) -> None:
    closing = POLICY
    for old, new in {
        '"accepted"]\nstops_on = ["decided"]': '"accepted"]\nstops_on = ["decided"]\ncutoff = "closing"',
        'amount = 3, unit = "working_hours"': 'amount = 4, unit = "working_days"',
        'amount = 8, unit = "working_hours"': 'amount = 9, unit = "working_days"',
        'before = "1:00"': "offset = -1",
        'before = "2:00"': "offset = -5",
    }.items():
        assert old in closing
        closing = closing.replace(old, new)
    open_counter(window, closing)
    number = window.at("2026-09-18 09:30").receive("counter_check")
    assert window.at("2026-09-22 09:00").run() == told("-1h", DUE, "li")
    before = window.history(number).clock("promise").due_at
    window.at("2026-09-22 10:00")
    with_hours(window, "16:00")
    assert (before, window.history(number).clock("promise").due_at) == (at(f"{DUE} 17:00"), at(f"{DUE} 16:00"))
    later = [*window.at("2026-09-22 12:00").run(), *window.at("2026-09-23 12:00").run()]
    assert [text for text in later if " promise " in text] == []


def test_new_hours_move_a_limit_in_hours_and_warn_of_its_new_instant(window: Window) -> None:
    open_counter(window)
    window.at("2026-09-21 15:30").receive("counter_check")  # 1.5 h on Monday, 1.5 h on Tuesday: 10:30
    window.at("2026-09-21 15:40")
    with_hours(window, "16:00")  # half an hour on Monday: 2.5 on Tuesday
    assert window.at("2026-09-22 10:29").run() == []
    assert window.at("2026-09-22 10:30").run() == told("-1h", "2026-09-22 11:30", "li")


# --- corrections, of limits in hours ---------------------------------------------------------------------------------
def hourly(window: Window) -> str:
    """Accepted on Mon 21 at 9:00, due at 12:00; li was reminded at 11:00."""
    open_counter(window)
    number = window.at("2026-09-21 09:00").receive("counter_check", title="check")
    assert window.at("2026-09-21 11:00").run() == told("-1h", "2026-09-21 12:00", "li")
    return number


def test_a_correction_names_the_time_that_was_told_and_the_time_that_is_true(window: Window, posted: Posted) -> None:
    number = hourly(window)
    window.at("2026-09-21 11:10").void(number, 2, "2026-09-21 10:30")  # accepted later: 10:30-12, 13-14:30
    assert window.run() == told("correction", "2026-09-21 14:30", "li")
    text = posted[-1][1].text
    assert "You were told that it was due Mon 21 Sep 2026 12:00; the deadline has moved." in text
    assert "Due Mon 21 Sep 2026 14:30, 2 h 20 min of working time left." in text
    assert posted[-1][1].subject == f"Correction: {number} promise, now due Mon 21 Sep 14:30"
    assert posted[-1][1].data["clocks"][0]["told"] == "2026-09-21T04:00:00+00:00"  # type: ignore[index]
    assert window.at("2026-09-21 13:30").run() == told("-1h", "2026-09-21 14:30", "li")  # in the next episode
    assert [key[3] for key in keys(window)] == ["0", "1", "1"]


def test_a_correction_in_chinese_names_them_too(window: Window, posted: Posted) -> None:
    open_counter(window, office=OFFICE.replace('id = "li"\n', 'id = "li"\nlanguage = "zh"\n'))
    number = window.at("2026-09-21 09:00").receive("counter_check")
    window.at("2026-09-21 11:00").run()
    window.at("2026-09-21 11:10").void(number, 2, "2026-09-21 10:30")
    window.run()
    assert "2026年9月21日 周一 12:00" in posted[-1][1].text
    assert "2026年9月21日 周一 14:30" in posted[-1][1].text
    assert "还有 2 小时 20 分工作时间" in posted[-1][1].text


def test_a_clock_that_is_gone_is_corrected_in_the_offices_own_time(window: Window, posted: Posted) -> None:
    number = hourly(window)
    without = POLICY.replace("\npromise = {}\nstatutory", "\nstatutory").replace("version = 1", "version = 2")
    open_counter(window, without)
    window.at("2026-09-21 11:10").record(
        number, "rebased", "2026-09-21 10:00", policy="counter", version=2, reason="no promise"
    )
    (line,) = (text for text in window.run() if " promise " in text)
    assert line == "li: promise correction none"
    assert "You were told that it was due Mon 21 Sep 2026 12:00; there is no deadline any more" in posted[-1][1].text


def test_a_date_that_moved_away_and_back_warns_again_exactly_when_somebody_was_told_otherwise(window: Window) -> None:
    number = hourly(window)
    window.at("2026-09-21 11:10").void(number, 2, "2026-09-21 10:30")
    assert window.run() == told("correction", "2026-09-21 14:30", "li")
    window.at("2026-09-21 11:20").void(number, 4, "2026-09-21 09:00")
    assert window.run() == sorted(
        [*told("correction", "2026-09-21 12:00", "li"), *told("-1h", "2026-09-21 12:00", "li")]
    )
    assert {key[3] for key in keys(window) if key[1] == "-1h"} == {"0", "2"}


def test_a_date_that_moved_away_and_back_before_anybody_was_told_warns_nobody_again(window: Window) -> None:
    number = hourly(window)
    window.at("2026-09-21 18:30")  # outside the window: the correction waits
    window.void(number, 2, "2026-09-21 10:30")
    window.void(number, 4, "2026-09-21 09:00")
    later = window.at("2026-09-22 08:30").run()
    assert [text for text in later if "correction" in text or "-1h" in text] == []


def test_a_decision_entered_late_corrects_all_who_were_told_it_was_overdue(window: Window, posted: Posted) -> None:
    number = hourly(window)
    assert window.at("2026-09-21 12:01").run() == told("overdue", "2026-09-21 12:00", "li", "wang")
    assert window.at("2026-09-21 15:00").run() == told("+2h", "2026-09-21 12:00", "zhao")
    window.at("2026-09-21 15:10").decide(number, "2026-09-21 12:00")  # at the very moment: in time
    assert window.run() == told("correction", "2026-09-21 12:00", "li", "wang", "zhao")
    assert "You were told that it is overdue; it is not. Due Mon 21 Sep 2026 12:00, decided on" in posted[-1][1].text


def test_a_decision_a_minute_after_the_moment_corrects_nobody(window: Window) -> None:
    number = hourly(window)
    window.at("2026-09-21 12:01").run()
    window.at("2026-09-21 12:30").decide(number, "2026-09-21 12:01", overdue="人手不足")
    assert window.run() == []
    assert window.history(number).clock("promise").late_by == 0
