"""Today's lists come from the index of clocks; they are what the histories, rebuilt one by one, say at that moment."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from sla.clock import Clock, Light, State
from sla.history import HistoryError, open_pauses
from sla.policies import PolicyError
from sla.service import board as module
from sla.service.board import FIRST, LISTS, RESTING, board
from sla.service.errors import ServiceError
from sla.service.finding import Wanted, find_cases
from sla.service.lists import due_lists, histories
from sla.service.offices import office_named
from sla.service.recent import recent_histories
from sla.store import cases as store
from tests.rules.counter import open_counter
from tests.service.cast import OFFICE, SLUG, Window, at

PERMITS = ("site_selection", "land_use", "construction_works", "rural_construction")
KINDS = ("accepted", "paused", "paused", "resumed", "decided", "correction_requested", "reassigned", "extended", "void")


@dataclass
class Life:
    """Cases to which things happen by chance; what may not come next is refused, and nothing happens."""

    window: Window
    dice: Random
    numbers: list[str]

    def step(self) -> None:
        if self.dice.random() < 0.4 or not self.numbers:
            handler = self.dice.choice(["li", "chen", "wang"])
            accept = self.dice.random() < 0.6
            self.numbers.append(self.window.receive(self.dice.choice(PERMITS), handler=handler, accept=accept))
            return
        number, kind = self.dice.choice(self.numbers), self.dice.choice(KINDS)
        try:
            self._tell(number, kind)
        except (HistoryError, ServiceError, PolicyError):
            return

    def _tell(self, number: str, kind: str) -> None:
        found = self.window.find(number)
        told: dict[str, dict[str, Any]] = {
            "paused": {"ground": "public_notice", "notice": "n", **self._end()},
            "resumed": {"pause": next(iter(open_pauses(found.history)), 0)},
            "decided": {"outcome": "approved", "overdue_reason": "人手不足"},
            "correction_requested": {"papers": ["form"]},
            "reassigned": {"handler": self.dice.choice(["li", "chen"]), "reason": "分工"},
            "extended": {"clock": "statutory", "amount": 3, "unit": "working_days", "reason": "r", "approver": "zhao"},
        }
        if kind == "void":
            self.window.void(number, found.events[-1].seq)
        else:
            self.window.record(number, kind, by="zhao", **told.get(kind, {}))

    def _end(self) -> dict[str, str]:
        if self.dice.random() < 0.5:
            return {}
        days = self.dice.randrange(1, 20)
        return {"expected_end": (self.window.now + timedelta(days=days)).date().isoformat()}


@pytest.fixture
def life(window: Window) -> Iterator[Life]:
    window.apply(OFFICE + "\n[today]\npaused_days = 10\n")
    made = Life(window, Random(14), [])
    for hour in range(70):
        window.app.clock.fixed = at("2026-09-07 09:00") + timedelta(hours=6 * hour)
        made.step()
    while window.app.sweep():
        pass
    yield made


def moments(window: Window) -> Iterator[None]:
    """Now, and as the days go by: the sweep has come round, as it does every few seconds."""
    for days in (0, 2, 5, 40):
        window.app.clock.fixed = at("2026-09-24 10:00") + timedelta(days=days)
        while window.app.sweep():
            pass
        yield


def too_long(clock: Clock, end: date | None, today: date) -> bool:
    began = clock.calendar.date_of(clock.pauses[-1].start)
    return (end is not None and end < today) or clock.calendar.working_days_between(began, today) > 10


def test_the_lists_are_what_the_histories_say(life: Life) -> None:
    window, seen = life.window, Counter[str]()
    for _ in moments(window):
        for handler in ("", "li"):
            with window.app.reading() as session:
                office = office_named(session, SLUG)
                truth = due_lists(session, office, window.now, [handler] if handler else None)
                found = board(session, office, window.now, handler)
                ends = {
                    row.number: max(
                        (p.expected_end for p in open_pauses(history).values() if p.expected_end), default=None
                    )
                    for row, history in histories(
                        session,
                        office,
                        [row.case_id for row in store.all_cases(session, office.id, None, 1000)],
                        window.now,
                    )
                }
            expected = {
                name: {(entry.case.number, entry.clock.id) for entry in getattr(truth, name)}
                for name in ("overdue", "due_today", "next_days", "awaiting")
            }
            stuck = [e for e in truth.paused if too_long(e.clock, ends[e.case.number], truth.day)]
            expected["paused"] = {(entry.case.number, entry.clock.id) for entry in stuck}
            for name in LISTS:
                seen[name] += len(expected[name])
                assert found.counts[name] == len(expected[name]), (name, window.now)
                shown = {(item.case.number, item.clock.id) for item in found.lists[name]}
                assert shown <= expected[name] and len(shown) == min(FIRST, len(expected[name])), (name, window.now)
            assert found.counts[RESTING] == len(truth.paused) - len(stuck)
            seen[RESTING] += found.counts[RESTING]
    assert all(seen[name] for name in (*LISTS, RESTING)), seen  # chance has put something in each


def test_what_is_shown_of_a_clock_is_what_its_case_says_now(life: Life) -> None:
    window = life.window
    for _ in moments(window):
        with window.app.reading() as session:
            office = office_named(session, SLUG)
            found = board(session, office, window.now)
            items = [item for several in found.lists.values() for item in several]
            truth = {
                row.case_id: history
                for row, history in histories(session, office, [item.case_id for item in items], window.now)
            }
        assert items
        for item in items:
            assert item.clock == truth[item.case_id].clock(item.clock.id)


def test_cases_are_found_by_the_gravest_light_of_what_runs(life: Life) -> None:
    window, seen = life.window, Counter[Light]()
    for _ in moments(window):
        with window.app.reading() as session:
            office = office_named(session, SLUG)
            ids = [row.case_id for row in store.all_cases(session, office.id, None, 1000)]
            lights = {
                row.number: gravest(history.clocks) for row, history in histories(session, office, ids, window.now)
            }
            for light in Light:
                expected = {number for number, shines in lights.items() if shines is light}
                page, after = set[str](), ""
                while True:
                    found = find_cases(session, office, Wanted(light=light), window.now, after)
                    page |= {row.number for row, _, _ in found.cases}
                    assert {shown for _, _, shown in found.cases} <= {light}
                    after = found.more
                    if not after:
                        break
                assert page == expected, (light, window.now)
                seen[light] += len(expected)
    assert all(seen[light] for light in Light), seen


def test_what_calls_for_a_deed_is_ordered_by_its_day_and_nothing_is_lost_between_pages(life: Life) -> None:
    """Of each case the first of its clocks that puts it into the list counts, by what its events say."""
    window, sizes = life.window, Counter[str]()
    for _ in moments(window):
        with window.app.reading() as session:
            office = office_named(session, SLUG)
            today, until = office.today(window.now), office.calendar.nth_working_day(office.today(window.now), 3)
            ids = [row.case_id for row in store.all_cases(session, office.id, None, 1000)]
            read = list(histories(session, office, ids, window.now))
            for standing in ("overdue", "soon", "paused"):
                days: dict[str, date] = {}
                for row, history in read:
                    mine = [day for clock in history.clocks if (day := _day_of(standing, clock, today, until))]
                    if mine:
                        days[row.number] = min(mine)
                shown, after = list[str](), ""
                while True:
                    found = find_cases(session, office, Wanted(standing=standing), window.now, after, limit=2)
                    shown += [row.number for row, _, _ in found.cases]
                    after = found.more
                    if not after:
                        break
                assert sorted(shown) == sorted(days), (standing, window.now)
                assert [days[number] for number in shown] == sorted(days.values()), (standing, window.now)
                of_li = find_cases(session, office, Wanted(standing=standing, handler="li"), window.now, limit=1000)
                by_words = replace(Wanted(standing=standing, handler="li"), first=date(2020, 1, 1))
                same = find_cases(session, office, by_words, window.now, limit=1000)
                li = [row.number for row, _ in read if row.handler == "li"]
                assert [row.number for row, _, _ in of_li.cases] == [number for number in shown if number in li]
                assert [row.number for row, _, _ in same.cases] == [row.number for row, _, _ in of_li.cases]
                sizes[standing] += len(shown)
    assert all(sizes[standing] for standing in ("overdue", "soon", "paused")), sizes


def _day_of(standing: str, clock: Clock, today: date, until: date) -> date | None:
    """The day by which an open clock is in a list, None if it is not."""
    if not clock.is_open:
        return None
    if clock.state is State.PAUSED:
        return clock.calendar.date_of(clock.pauses[-1].start) if standing == "paused" else None
    if clock.overdue:
        return clock.due_on if standing == "overdue" else None
    due_on = clock.due_on
    return due_on if standing == "soon" and due_on and today <= due_on <= until else None


def gravest(clocks: tuple[Clock, ...]) -> Light | None:
    running = {clock.light for clock in clocks if clock.is_open and clock.state is not State.PAUSED}
    return next((light for light in (Light.RED, Light.YELLOW, Light.GREEN) if light in running), None)


def test_a_list_goes_on_where_its_page_ends(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE", 10)
    window = life.window
    window.app.clock.fixed = at("2026-11-20 10:00")
    while window.app.sweep():
        pass
    with window.app.reading() as session:
        office = office_named(session, SLUG)
        whole = board(session, office, window.now)
        part = board(session, office, window.now, only="overdue", number=2)
    assert set(part.lists) == {"overdue"} and part.counts == whole.counts
    assert len(whole.lists["overdue"]) > 12
    assert part.lists["overdue"] == whole.lists["overdue"][10:20]


def test_how_long_a_pause_may_last_is_a_number_of_working_days(window: Window) -> None:
    for wrong in ('"long"', "0", "251", "true"):
        with pytest.raises(ServiceError, match=r"today.paused_days: .* working days from 1 to 250"):
            window.apply(f"{OFFICE}\n[today]\npaused_days = {wrong}\n")


# --- read once a day --------------------------------------------------------------------------------------------------
def test_a_history_that_was_read_this_morning_says_the_same_as_one_read_at_night(window: Window) -> None:
    """Of limits in days; what was recorded in between is seen, and another day is another history."""
    window.at("2026-09-18 09:00")
    number = window.receive(accept=False)
    for moment, acts in (
        ("2026-09-18 09:30", ""), ("2026-09-18 23:30", "accepted"), ("2026-09-18 23:59", ""), ("2026-09-21 08:00", ""),
    ):  # fmt: skip
        window.at(moment)
        if acts:
            window.record(number, acts)
        while window.app.sweep():
            pass
        with window.app.reading() as session:
            office = office_named(session, SLUG)
            row = store.case_numbered(session, office.id, number)
            assert row is not None
            kept = recent_histories(session, office, [row.case_id], window.now)[row.case_id][1]
            [(_, anew)] = histories(session, office, [row.case_id], window.now)
        assert (kept.phase, [c.due for c in kept.clocks]) == (anew.phase, [c.due for c in anew.clocks])
        assert [(c.state, c.light, c.left) for c in kept.clocks] == [(c.state, c.light, c.left) for c in anew.clocks]


def test_a_limit_in_hours_is_read_anew_within_its_day(window: Window) -> None:
    """Three working hours from Friday 15:00 end on the make-up Sunday at 10:00."""
    open_counter(window)
    number = window.at("2026-09-18 15:00").receive("counter_check", title="license")
    lights = []
    for moment in ("2026-09-20 08:00", "2026-09-20 09:30", "2026-09-20 10:30"):
        window.at(moment)
        with window.app.reading() as session:
            office = office_named(session, SLUG)
            row = store.case_numbered(session, office.id, number)
            assert row is not None
            _, history = recent_histories(session, office, [row.case_id], window.now)[row.case_id]
            lights.append(history.clock("promise").overdue)
    assert lights == [False, False, True]
