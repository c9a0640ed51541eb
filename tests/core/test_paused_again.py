"""The days on which a clock was paused again though it had been resumed that day, and pauses that overlap (R10)."""

from dataclasses import replace

import pytest

from sla.clock import Clock, Light, State, run
from sla.events import CaseEvent, Verdict, ordered
from sla.pauses import Pause
from tests.core.cast import SHANGHAI, accepted, at, china, day, days, decided, paused, promise, resumed, rule

BOTH = rule(5, "expert_review", "hearing")


def clock(*events: CaseEvent, now: str, start: str = "2026-09-21 09:30") -> Clock:
    """Five days from Monday 21 September 2026, for expert reviews and hearings not counted."""
    return run(BOTH, china(), ordered([accepted(start, seq=1), *events], SHANGHAI), at(now))


def spells(*texts: tuple[str, str], ground: str = "expert_review") -> list[CaseEvent]:
    """Pauses and resumptions in turn, numbered from 3 on."""
    events: list[CaseEvent] = []
    for number, (off, on) in enumerate(texts):
        seq = 3 + 2 * number
        events.append(paused(f"2026-09-{off}", ground, seq=seq))
        if on:
            events.append(resumed(f"2026-09-{on}", pause=seq, seq=seq + 1))
    return events


@pytest.mark.parametrize(
    ("pauses", "again"),
    [
        ([("22 10:00", "22 11:00"), ("22 14:00", "")], ["2026-09-22"]),
        ([("22 10:00", "23 11:00"), ("23 14:00", "24 09:00"), ("24 09:30", "")], ["2026-09-23", "2026-09-24"]),
        ([("22 10:00", "22 11:00"), ("23 10:00", "")], []),  # on the next day
        ([("22 10:00", "23 11:00"), ("24 14:00", "28 09:00"), ("28 10:00", "")], ["2026-09-28"]),
        ([("22", "23"), ("23", "")], ["2026-09-23"]),  # of a day alone nobody knows that nothing lay between
        ([("22 10:00", "23 11:00")], []),
    ],
)
def test_paused_again_are_the_days_of_a_resumption_and_another_pause(
    pauses: list[tuple[str, str]], again: list[str]
) -> None:
    assert clock(*spells(*pauses), now="2026-09-28 12:00").paused_again == days(*again)


def test_a_pause_that_ended_before_the_clock_began_was_not_one_of_it() -> None:
    for end in ("21 09:00", "21 09:30"):
        events = spells(("21 08:00", end), ("21 14:00", ""))
        assert clock(*events, now="2026-09-22 12:00").paused_again == ()
        assert clock(*events, *spells(("21 08:00", end)), now="2026-09-22 12:00").paused_again == ()
    events = spells(("21 08:00", "21 09:00"), ("21 14:00", "21 15:00"), ("21 16:00", ""))
    assert clock(*events, now="2026-09-22 12:00").paused_again == days("2026-09-21")


def test_a_pause_that_began_as_the_clock_did_was_one_of_it() -> None:
    events = spells(("21 09:30", "21 10:00"), ("21 14:00", ""))
    assert clock(*events, now="2026-09-22 12:00").paused_again == days("2026-09-21")
    only_days = spells(("21", "21"), ("21", ""))
    assert clock(*only_days, now="2026-09-22 12:00", start="2026-09-21").paused_again == days("2026-09-21")


@pytest.mark.parametrize(
    ("decision", "again"),
    [("22 15:00", ["2026-09-22"]), ("22 14:00", ["2026-09-22"]), ("22 13:59", []), ("22", ["2026-09-22"])],
)
def test_a_pause_after_the_decision_is_not_one_of_the_clock(decision: str, again: list[str]) -> None:
    """What is decided on a day, nobody knows when, is decided at its end (R13)."""
    events = spells(("22 10:00", "22 11:00"), ("22 14:00", ""))
    assert clock(*events, decided(f"2026-09-{decision}"), now="2026-09-28 12:00").paused_again == days(*again)


def test_while_one_pause_runs_nothing_is_resumed_by_the_end_of_another() -> None:
    within = [
        paused("2026-09-22 10:00", "hearing", seq=3),
        paused("2026-09-22 11:00", "expert_review", seq=4),
        resumed("2026-09-22 12:00", pause=4, seq=5),
        paused("2026-09-22 13:00", "expert_review", seq=6),
    ]
    assert clock(*within, now="2026-09-22 14:00").paused_again == ()  # the hearing goes on
    ended = [*within, resumed("2026-09-22 15:00", pause=3, seq=7), resumed("2026-09-22 14:00", pause=6, seq=8)]
    again = paused("2026-09-22 16:00", "expert_review", seq=9)
    assert clock(*ended, again, now="2026-09-22 17:00").paused_again == days("2026-09-22")


# --- pauses that overlap are one -------------------------------------------------------------------------------------
def overlapping(first_ends: str, second_ends: str) -> list[CaseEvent]:
    """A hearing from 22 September, 10:00, and an expert review from the 23rd, 10:00."""
    return [
        paused("2026-09-22 10:00", "hearing", seq=3, notice="H-1"),
        paused("2026-09-23 10:00", "expert_review", seq=4, notice="E-2"),
        *([resumed(f"2026-09-{first_ends}", pause=3, seq=5)] if first_ends else []),
        *([resumed(f"2026-09-{second_ends}", pause=4, seq=6)] if second_ends else []),
    ]


@pytest.mark.parametrize(
    ("first_ends", "second_ends", "end"),
    [
        ("24 10:00", "28 15:00", "28 15:00"),
        ("28 15:00", "24 10:00", "28 15:00"),
        ("28 15:00", "28 15:00", "28 15:00"),
        ("", "24 10:00", ""),
        ("24 10:00", "", ""),
        ("", "", ""),
    ],
)
def test_an_overlap_is_one_pause_with_both_grounds_and_both_notices(
    first_ends: str, second_ends: str, end: str
) -> None:
    (pause,) = clock(*overlapping(first_ends, second_ends), now="2026-09-29 10:00").pauses
    assert (pause.ground, pause.notice) == ("hearing+expert_review", "H-1; E-2")
    assert (pause.start, pause.first) == (at("2026-09-22 10:00"), day("2026-09-22"))
    resumption = at(f"2026-09-{end}") if end else None
    assert (pause.end, pause.resumed_at, pause.resumed) == (resumption, resumption, bool(end))
    assert pause.last == (day("2026-09-28") if end else None)


def test_a_ground_and_a_notice_are_named_once_however_often_they_overlap() -> None:
    events = [
        *overlapping("24 10:00", "28 15:00"),
        paused("2026-09-24 09:00", "hearing", seq=7, notice="H-1"),
        resumed("2026-09-28 09:00", pause=7, seq=8),
    ]
    (pause,) = clock(*events, now="2026-09-29 10:00").pauses
    assert (pause.ground, pause.notice) == ("hearing+expert_review", "H-1; E-2")
    (alone,) = clock(*spells(("22 10:00", "23 10:00")), now="2026-09-29 10:00").pauses
    assert (alone.ground, alone.notice) == ("expert_review", "")


def test_a_resumption_of_which_only_the_day_is_known_ends_an_overlap_without_a_time() -> None:
    (pause,) = clock(*overlapping("24 10:00", "28"), now="2026-09-29 10:00").pauses
    assert (pause.resumed, pause.resumed_at, pause.last) == (True, None, day("2026-09-28"))


def test_a_decision_ends_an_overlap_that_nobody_resumed() -> None:
    found = clock(*overlapping("24 10:00", ""), decided("2026-09-28 10:00"), now="2026-09-28 12:00")
    (pause,) = found.pauses
    assert (pause.end, pause.last, pause.resumed) == (at("2026-09-28 10:00"), day("2026-09-28"), False)


def due(*events: CaseEvent, **grounds: frozenset[str]) -> object:
    """Five working days from Monday 2026-08-03. August has no day off but weekends."""
    told = ordered([accepted("2026-08-03", seq=1), *events], SHANGHAI)
    return run(replace(BOTH, **grounds), china(), told, at("2026-08-03")).due_on  # type: ignore[arg-type]


@pytest.mark.parametrize("reviewed_first", [True, False])
def test_a_last_day_that_one_of_two_pauses_leaves_out_is_left_out(reviewed_first: bool) -> None:
    """Both end on the 7th; the law counts the last day of a review, and not that of a hearing."""
    begun = ("2026-08-05", "2026-08-06") if reviewed_first else ("2026-08-06", "2026-08-05")
    events = [
        paused(begun[0], "expert_review", seq=3),
        paused(begun[1], "hearing", seq=4),
        resumed("2026-08-07", pause=3, seq=5),
        resumed("2026-08-07", pause=4, seq=6),
    ]
    review, hearing = frozenset({"expert_review"}), frozenset({"hearing"})
    # 4 (1), 5 (2), 6 and 7 not counted, 10 (3), 11 (4), 12 (5)
    assert due(*events, until=review) == due(*events, until=hearing) == due(*events) == day("2026-08-12")
    assert due(*events, until=review | hearing) == day("2026-08-11")  # 7 (3), 10 (4), 11 (5)


@pytest.mark.parametrize(
    ("last", "expected"),
    [("expert_review", "2026-08-11"), ("hearing", "2026-08-12")],
)
def test_of_pauses_that_overlap_the_one_that_ends_last_says_whether_its_last_day_counts(
    last: str, expected: str
) -> None:
    first = "hearing" if last == "expert_review" else "expert_review"
    events = [
        paused("2026-08-05", first, seq=3),
        resumed("2026-08-06 15:00", pause=3, seq=5),
        paused("2026-08-06", last, seq=4),
        resumed("2026-08-07", pause=4, seq=6),
    ]
    # 4 (1), 5 (2), 6 not counted, 7 (3) where it counts, 10, 11 (5), or 12
    assert due(*events, until=frozenset({"expert_review"})) == day(expected)


@pytest.mark.parametrize("reviewed_first", [True, False])
def test_a_first_day_that_one_of_two_pauses_leaves_out_is_left_out(reviewed_first: bool) -> None:
    """Both begin on the 5th; the law leaves out the first day of a review, and not that of a hearing."""
    hours = ("09:00", "10:00") if reviewed_first else ("10:00", "09:00")
    events = [
        paused(f"2026-08-05 {hours[0]}", "expert_review", seq=3),
        paused(f"2026-08-05 {hours[1]}", "hearing", seq=4),
        resumed("2026-08-06", pause=3, seq=5),
        resumed("2026-08-07", pause=4, seq=6),
    ]
    review = frozenset({"expert_review"})
    assert due(*events) == day("2026-08-12")  # 4 (1), 5 (2), 6 and 7 not counted, 10 (3), 11 (4), 12 (5)
    assert due(*events, whole=review) == day("2026-08-13")  # 4 (1), 5 to 7 not counted, 10 (2), 11, 12, 13 (5)
    longer = [replace(event, occurred_at=at("2026-08-10")) if event.seq == 5 else event for event in events]
    assert due(*longer, whole=review) == day("2026-08-14")  # 4 (1), 5 to 10 not counted, 11 (2), 12, 13, 14 (5)
    later = [replace(event, occurred_at=at("2026-08-06 10:00")) if event.seq == 3 else event for event in events]
    ends = [replace(event, occurred_at=at("2026-08-07")) if event.seq == 5 else event for event in later]
    assert due(*ends, whole=review) == day("2026-08-12")  # the hearing used the 5th up before the review began


def test_with_nothing_left_after_several_pauses_the_last_of_them_says_when_it_is_due() -> None:
    """Seven days from 3 August on grounds whose last day counts: 4, 5, 7, 10, 12, 13, 14 and nothing is left."""
    review = frozenset({"expert_review"})
    watched = replace(rule(7, "expert_review", "hearing"), until=review)
    begun: list[CaseEvent] = [accepted("2026-08-03", seq=1)]
    for seq, (off, on) in enumerate((("05", "07"), ("10", "12"), ("14", "18")), start=2):
        begun += [paused(f"2026-08-{off}", seq=2 * seq), resumed(f"2026-08-{on}", pause=2 * seq, seq=2 * seq + 1)]
    ran = (days("2026-08-03", "2026-08-05"), days("2026-08-06", "2026-08-10"), days("2026-08-11", "2026-08-14"))
    ended = run(watched, china(), ordered(begun, SHANGHAI), at("2026-08-18"))
    assert (ended.due_on, ended.nothing_left, ended.used, ended.running) == (day("2026-08-18"), True, 7, ran)
    assert ended.served == ()
    still = run(watched, china(), ordered(begun[:-1], SHANGHAI), at("2026-08-18"))
    assert (still.if_resumed, still.nothing_left, still.used, still.running) == (day("2026-08-18"), True, 7, ran)
    assert still.served == ()


# --- stops and moments -----------------------------------------------------------------------------------------------
def test_a_stop_without_a_time_ends_an_open_pause_with_its_day() -> None:
    found = promise(paused("2026-09-21 10:00"), decided("2026-09-22"), now="2026-09-23 10:00")
    (pause,) = found.pauses
    end = at("2026-09-23 00:00")
    assert (pause.start, pause.last) == (at("2026-09-21 10:00"), day("2026-09-22"))
    assert pause.end is not None
    assert 0 < (end - pause.end).total_seconds() < 1
    same_day = promise(paused("2026-09-22 10:00"), decided("2026-09-22"), now="2026-09-23 10:00")
    assert [pause.first for pause in same_day.pauses] == [day("2026-09-22")]


def test_a_pause_resumed_at_the_very_moment_of_the_decision_was_resumed() -> None:
    events = (paused("2026-09-21 10:00"), resumed("2026-09-22 10:00"), decided("2026-09-22 10:00"))
    (pause,) = promise(*events, now="2026-09-23 10:00").pauses
    assert (pause.end, pause.resumed, pause.resumed_at) == (at("2026-09-22 10:00"), True, at("2026-09-22 10:00"))
    after = resumed("2026-09-22 10:01")
    (pause,) = clock(events[0], after, events[2], now="2026-09-23 10:00", start="2026-09-18").pauses
    assert (pause.end, pause.resumed) == (at("2026-09-22 10:00"), False)


def test_a_pause_is_clipped_to_the_clock_at_both_ends() -> None:
    """From Mon 21 September, 07:00, when the day before still goes on in UTC, to Tue 22, 18:00."""
    whole = [paused("2026-09-18 10:00", seq=3), resumed("2026-09-24 10:00", pause=3, seq=4)]
    found = clock(*whole, decided("2026-09-22 18:00"), now="2026-09-28 12:00", start="2026-09-21 07:00")
    (pause,) = found.pauses
    assert (pause.start, pause.first) == (at("2026-09-21 07:00"), day("2026-09-21"))
    assert (pause.end, pause.last, pause.resumed) == (at("2026-09-22 18:00"), day("2026-09-22"), False)
    early = clock(whole[0], decided("2026-09-22 07:00"), now="2026-09-28 12:00", start="2026-09-21 07:00")
    assert [pause.last for pause in early.pauses] == [day("2026-09-22")]


@pytest.mark.parametrize(
    ("off", "on", "kept"),
    [
        ("18 10:00", "20 10:00", False),  # over before the clock began
        ("18 10:00", "21 09:30", False),  # over as it began
        ("18 10:00", "21 09:31", True),
        ("21 09:30", "21 09:30", True),  # begun with it
        ("22 10:00", "22 10:00", True),  # for a moment, while it ran
        ("22 10:00", "22", False),  # a day is over at no moment of itself: keyed in wrongly, and nothing
        ("22 18:00", "23 10:00", True),  # at the moment of the decision
        ("22 18:01", "23 10:00", False),  # after it
    ],
)
def test_a_pause_that_does_not_touch_the_clock_is_none_of_it(off: str, on: str, kept: bool) -> None:
    other = [paused("2026-09-22 15:00", seq=5), resumed("2026-09-22 16:00", pause=5, seq=6)]
    asked = [paused(f"2026-09-{off}", seq=3), resumed(f"2026-09-{on}", pause=3, seq=4)]
    begins = [pause.start for pause in clock(*asked, *other, decided("2026-09-22 18:00"), now="2026-09-28").pauses]
    expected = [max(at(f"2026-09-{off}"), at("2026-09-21 09:30"))] if kept else []
    assert begins == sorted([*expected, at("2026-09-22 15:00")])


@pytest.mark.parametrize(
    ("now", "state", "light"),
    [  # due on Thu 24 as it went on: yellow from Wed 23, but not while it is paused
        ("2026-09-22 09:59:59", State.RUNNING, Light.GREEN),
        ("2026-09-22 10:00", State.PAUSED, Light.GREEN),
        ("2026-09-22 16:00", State.PAUSED, Light.GREEN),
        ("2026-09-23 09:59:59", State.PAUSED, Light.GREEN),
        ("2026-09-23 10:00", State.RUNNING, Light.YELLOW),  # it was resumed at that moment
    ],
)
def test_asked_for_a_moment_before_it_was_resumed_it_was_paused(now: str, state: State, light: Light) -> None:
    found = promise(paused("2026-09-22 10:00"), resumed("2026-09-23 10:00"), now=now)
    assert (found.due_on, found.state, found.light) == (day("2026-09-24"), state, light)


@pytest.mark.parametrize(
    ("off", "on", "began", "resumed_at"),
    [
        ("2026-09-21 10:00", "2026-09-22 11:00", "2026-09-21 10:00", "2026-09-22 11:00"),
        ("2026-09-21", "2026-09-22 11:00", "", "2026-09-22 11:00"),
        ("2026-09-21 10:00", "2026-09-22", "2026-09-21 10:00", ""),
        ("2026-09-21 10:00", "", "2026-09-21 10:00", ""),
    ],
)
def test_a_pause_tells_the_moments_that_are_known_and_what_was_judged_of_it(
    off: str, on: str, began: str, resumed_at: str
) -> None:
    events = [paused(off), *([resumed(on)] if on else [])]
    (pause,) = promise(*events, now="2026-09-22 12:00").pauses
    assert (pause.at, pause.dated) == (at(began) if began else None, not began)
    assert (pause.resumed, pause.resumed_at) == (bool(on), at(resumed_at) if resumed_at else None)
    assert (pause.first, pause.last) == (day("2026-09-21"), day("2026-09-22") if on else None)
    assert pause.verdict is Verdict.IN_TIME  # nobody judged otherwise


def test_an_open_pause_runs_for_ever() -> None:
    pause = Pause(at("2026-09-22 10:00"), None, day("2026-09-22"), None, "hearing")
    assert [pause.runs_at(at(f"20{year}-09-22 10:00")) for year in (25, 26, 27)] == [False, True, True]
