"""The window's year as the article tells it, lived through day by day: every paper, every reminder, every rate.

Answers come from the article (DOMAIN.md, 1), from `chinesecalendar` and from a day-by-day walk that shares no code with
the engine (tests/walk).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import chinese_calendar
import pytest
from pytest_httpserver import HTTPServer

from sla.demo.titles import Titles
from sla.demo.told import Told
from sla.demo.year import year_of
from sla.presets import preset
from sla.service import audit, doctor
from sla.service.imports import Entry
from sla.service.reporting import report
from sla.store.cases import all_cases
from tests.exhaustive.size import FULL
from tests.scenarios.cast import HEARD_BY, ZONE, Happening, Window, at, identity, keys_of, window
from tests.walk import Calendar
from tests.walk.days import Days, Limit, walk
from tests.walk.moments import Moment

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
PROMISE = {  # the article's table; "basically in 7 working days" for papers without a promise of their own
    "site_selection": 4, "land_use": 4, "construction_works": 6, "verification_opinion": 7, "acceptance_notice": 7,
    "planning_condition_notice": 0,
}  # fmt: skip
COUNTS = {
    "site_selection": 60, "land_use": 35, "construction_works": 25, "verification_opinion": 10, "acceptance_notice": 18,
    "planning_condition_notice": 312,
}  # fmt: skip


def works(day: date) -> bool:
    """By the independent oracle; of 2027, which it does not know, by the weekday and the law (办法 art. 2)."""
    if day.year == 2026:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5 and (day.month, day.day) != (1, 1)


WALKED = Calendar(ZONE, (), closed=lambda day: not works(day), opened=works)


def due(accepted: date, amount: int, *pauses: Days) -> date:
    limit = Limit(amount, "working_days", first_day="next", roll="following")
    last = walk(WALKED, limit, Moment(accepted), pauses).due
    assert last
    return last


def year() -> list[Told]:
    """The window's year in the order it came in."""
    days = [FIRST + timedelta(days=number) for number in range(365) if works(FIRST + timedelta(days=number))]
    random = Random(2026)
    return year_of(preset("cn_planning"), days, random, Titles(random))


def happenings(told: Sequence[Told]) -> list[Happening]:
    return [happening(str(case.entries[0].details["title"]), entry) for case in told for entry in case.entries]


def happening(title: str, entry: Entry) -> Happening:
    def act(window: Window) -> None:
        details = {name: value for name, value in entry.details.items() if name not in ("title", "handler")}
        if entry.kind == "received":
            window.receive(title, entry.actor, **details)
        else:
            window.record(title, entry.kind, entry.actor, **details)

    return Happening(entry.when.at, act)


# --- what should have been said, by the walk --------------------------------------------------------------------------
def reminders(told: Sequence[Told]) -> dict[tuple[str, str, str, str], datetime]:
    """When each reminder goes to its handler, by case, milestone and due date; by M1 and M8, day by day."""
    found: dict[tuple[str, str, str, str], datetime] = {}
    for case in told:
        title, permit = str(case.entries[0].details["title"]), case.permit.id
        when = {entry.kind: entry.when.at.astimezone(ZONE) for entry in case.entries}
        accepted, decided = when["accepted"], when["decided"]
        if PROMISE[permit] == 0:  # M8: an hour before closing at 17:00 of the same day
            if decided > at(accepted.date(), "16:00"):
                found[title, "closing", accepted.date().isoformat(), case.handler] = at(accepted.date(), "16:00")
            continue
        pauses = ((when["paused"].date(), when["resumed"].date()),) if "paused" in when else ()
        last = due(accepted.date(), PROMISE[permit], *pauses)
        moment = at(WALKED.nth_working_day(last, -1), "09:00")  # M1: T-1, at 09:00
        assert decided.date() < last  # early, as the article says of all of them
        if moment < decided:
            found[title, "T-1", last.isoformat(), case.handler] = moment
    return found


# --- the year ---------------------------------------------------------------------------------------------------------
@pytest.mark.skipif(not FULL, reason="a year takes its time: make exhaustive")
def test_the_windows_year_of_2026(tmp_path: Path, httpserver: HTTPServer) -> None:
    told = year()
    with window(f"sqlite:///{tmp_path}/window.db", httpserver, at("2025-12-31", "10:00")) as lived:
        lived.play(happenings(told), FIRST, LAST)
        the_figures_are_the_articles(lived)
        every_message_went_out_once_in_the_window(lived)
        the_reminders_are_those_the_walk_finds(lived, told)
        digests_went_to_the_chief_when_something_was_due(lived, told)
        summaries_came_with_each_month(lived)
        nothing_is_left_over(lived)


def test_a_twentieth_of_it_on_each_database(database_url: str, httpserver: HTTPServer) -> None:
    told = year()[: 460 // 20]  # January's, the last of which is delivered in February
    with window(database_url, httpserver, at("2025-12-31", "10:00")) as lived:
        lived.play(happenings(told), FIRST, date(2026, 2, 28))
        every_message_went_out_once_in_the_window(lived)
        the_reminders_are_those_the_walk_finds(lived, told)
        nothing_is_left_over(lived)


def the_figures_are_the_articles(lived: Window) -> None:
    with lived.reading() as (session, office, now):
        found = report(session, office, FIRST, LAST, now)
    assert {permit: figures.completed for permit, figures in found.by_permit.items()} == COUNTS
    total = found.total
    assert (total.on_time.value, total.closed_only.value, total.early.value) == (1.0, 1.0, 1.0)
    assert (total.completed, total.open, total.immediate.part, total.early.n) == (460, 0, 312, 148)
    by_permit = {saving.permit: saving for saving in found.savings}
    assert {permit: round(100 * saving.compression, 1) for permit, saving in by_permit.items()} == {
        "site_selection": 86.7, "land_use": 86.7, "construction_works": 80.0, "rural_construction": 70.0,
    }  # fmt: skip
    assert found.saved_per_item == 90  # the article: 26 + 26 + 24 + 14
    assert found.saved_over_cases == 60 * 26 + 35 * 26 + 25 * 24  # 3,070 days over the year's certificates


def every_message_went_out_once_in_the_window(lived: Window) -> None:
    arrived, keys = lived.servers.arrived, keys_of(lived)
    assert arrived
    assert [seen for seen, times in Counter(message.identity for message in arrived).items() if times > 1] == []
    assert {message.identity for message in arrived} == set(keys)
    for message in arrived:
        local = message.sent_at.astimezone(ZONE)
        assert chinese_calendar.is_workday(local.date()), f"{keys[message.identity]} went out on {local}"
        assert "08:30" <= f"{local:%H:%M}" < "18:00", f"{keys[message.identity]} went out at {local}"


def the_reminders_are_those_the_walk_finds(lived: Window, told: Sequence[Told]) -> None:
    with lived.reading() as (session, office, _):
        rows = all_cases(session, office.id, None, 1000)
    titles = {row.case_id.hex: row.title for row in rows}
    sent: dict[tuple[str, str, str, str], datetime] = {}
    keys = keys_of(lived)
    for message in lived.servers.arrived:
        parts = keys[message.identity].split("/")
        if len(parts) == 8:  # office, case, clock, milestone, due, episode, recipient, channel (M6)
            _, case, clock, milestone, on, episode, recipient, channel = parts
            assert (clock, episode, message.to) == ("promise", "0", recipient)
            assert HEARD_BY[recipient] == channel == message.channel
            sent[titles[case], milestone, on, recipient] = message.sent_at
    expected = reminders(told)
    assert sent == expected
    assert len(expected) > len(told) / 20


def digests_went_to_the_chief_when_something_was_due(lived: Window, told: Sequence[Told]) -> None:
    """On each day on which a promise was open and due within three working days, to chief and manager at 08:30."""
    needed: set[date] = set()
    for case in told:
        when = {entry.kind: entry.when.at.astimezone(ZONE) for entry in case.entries}
        if PROMISE[case.permit.id] and "paused" not in when:
            last = due(when["accepted"].date(), PROMISE[case.permit.id])
            day = WALKED.nth_working_day(last, -3)
            while at(day, "08:30") < when["decided"]:
                needed |= {day} if at(day, "08:30") > when["accepted"] else set()
                day = WALKED.nth_working_day(day, 1)
    keys = keys_of(lived)
    for person in ("zhou", "zhao"):
        digests = [m for m in lived.servers.arrived if m.to == person and "/due_today/" in keys[m.identity]]
        days = [message.sent_at.astimezone(ZONE) for message in digests]
        assert {f"{moment:%H:%M}" for moment in days} == {"08:30"}
        assert needed <= {moment.date() for moment in days}
        assert len(days) == len(set(days))
    assert len(needed) > 150


def summaries_came_with_each_month(lived: Window) -> None:
    """On each month's first working day at 09:00; January's came in February, and of 2025 there was nothing to say."""
    keys = keys_of(lived)
    months = [m for m in lived.servers.arrived if "/month/" in keys[m.identity]]
    expected = {at(WALKED.nth_working_day(date(2026, month, 1), 0), "09:00") for month in range(2, 13)}
    assert {message.sent_at for message in months} == expected
    assert [message.to for message in months] == ["zhao"] * 11


def nothing_is_left_over(lived: Window) -> None:
    with lived.reading() as (session, _, now):
        assert [f for f in (*doctor.examined(session, now), *audit.verified(session)) if f.serious] == []
    with lived.app.writing() as session:
        assert doctor.rebuilt(session, lived.app.now(session)) == []


@pytest.mark.parametrize("key", ["k/1"])
def test_what_a_server_sees_of_a_key(key: str) -> None:
    assert identity("robot", key) == key
    assert identity("mail", key).endswith("@office.example>")
