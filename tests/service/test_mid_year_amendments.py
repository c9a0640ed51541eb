"""The three notices that changed a running year (R16): open cases move as a day count says, stopped ones do not.

The calendar as it was first announced is today's data with the notice's days undone; the counts are a walk of the
tests' own over `chinesecalendar`'s working days.
"""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest

from schedules.announcements import announced as installed
from schedules.notices import Announced
from sla.events import CalendarApplied
from tests.schema import make_tables
from tests.service.cast import OFFICE, Window, app_on, notice, nth_working_day, policy_text
from tests.shared import shared

ANSWERS = tomllib.loads((Path(__file__).parents[1] / "answers" / "amendments.toml").read_text("utf-8"))["amendment"]
STATUTORY = {2015: 90, 2019: 30, 2020: 90}  # so that cases of the day of the notice reach the days it changes
Works = Callable[[date], bool]


@dataclass(frozen=True)
class Amended:
    """One notice, with the working days before and after it."""

    answer: Mapping[str, Any]

    @property
    def days(self) -> set[date]:
        return {*self.answer["off"], *self.answer["work"]}

    @property
    def published(self) -> date:
        day: date = self.answer["published"]
        return day

    @property
    def statutory(self) -> int:
        return STATUTORY[self.published.year]

    def after(self, day: date) -> bool:
        return bool(chinese_calendar.is_workday(day))

    def before(self, day: date) -> bool:
        return self.after(day) is not (day in self.days)

    def file(self, **head: str) -> str:
        off, work = (" ".join(map(str, self.answer[side])) for side in ("off", "work"))
        return notice(self.answer["number"], off=off, work=work, published=str(self.published), **head)

    def first_announced(self, country: str, parts: tuple[str, ...] = ()) -> Announced:
        """What was known before the notice."""
        base = installed(country, parts)
        first, *rest = base.layers
        closed = {day: name for day, name in first.closed.items() if day not in self.days}
        opened = {day: name for day, name in first.open.items() if day not in self.days}
        opened |= {day: "补班" for day in self.answer["off"] if day.weekday() > 4}  # a make-up Saturday cancelled
        return replace(base, layers=(replace(first, closed=closed, open=opened), *rest))


@pytest.fixture(params=ANSWERS, ids=[answer["id"] for answer in ANSWERS])
def amended(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Amended:
    amended = Amended(request.param)
    monkeypatch.setattr("sla.service.calendars.announced", amended.first_announced)
    return amended


@pytest.fixture
def window(amended: Amended, database_url: str, tmp_path: Path) -> Iterator[Window]:
    """The window in that year, with a statutory limit long enough to be open still."""
    text = policy_text(1, "2010-01-01")
    text = text.replace("statutory = { amount = 30, ext", f"statutory = {{ amount = {amended.statutory}, ext")
    (tmp_path / "policy.toml").write_text(text, "utf-8")
    app = app_on(database_url)
    make_tables(app.engine)
    window = Window(database_url, tmp_path, now=f"{amended.published - timedelta(days=60)} 08:00", app=app)
    window.apply(OFFICE.replace('policy = "cn_planning"', 'policy_file = "policy.toml"'), tmp_path)
    yield window
    app.close()


def test_open_cases_move_as_a_day_count_says_and_stopped_ones_do_not(window: Window, amended: Amended) -> None:
    first = amended.published - timedelta(days=45)
    starts = [first + timedelta(days=offset) for offset in (0, *range(32, 45))]
    starts = [day for day in starts if amended.before(day)]
    numbers = {day: window.at(f"{day} 09:30").receive() for day in starts}
    window.at(f"{starts[-1]} 11:00")
    decided, paused = starts[0], starts[-4]
    window.decide(numbers[decided], overdue="人手不足")
    window.record(numbers[decided], "delivered")
    window.record(numbers[paused], "paused", ground="expert_review", notice="评 1")
    window.at(f"{amended.published} 10:00").announce(amended.file(amends="国办发明电〔2000〕0号"))

    directions = set()
    for day, number in numbers.items():
        history = window.history(number)
        moved = [event.moved for event in history.events if isinstance(event, CalendarApplied)]
        expected = {}
        for clock, amount in (("promise", 4), ("statutory", amended.statutory)):
            was, now = (nth_working_day(works, day, amount) for works in (amended.before, amended.after))
            if day == decided:
                assert history.clock(clock).due_on == was  # it was stopped under the calendar of its time
            elif day == paused:
                assert history.clock(clock).due_on is None
            else:
                assert history.clock(clock).due_on == now, (day, clock)
                if was != now:
                    expected[clock] = (was.isoformat(), now.isoformat())
                    directions.add(now > was)
        assert moved == ([expected] if expected else []), day
    # 2015 and 2020 take days away; in 2019 a Sunday worked comes first, two days off later.
    assert directions == ({True, False} if amended.published.year == 2019 else {True})


def test_a_date_on_the_other_side_is_refused_unless_it_says_which_notice_it_amends(
    window: Window, amended: Amended
) -> None:
    window.at(f"{amended.published} 10:00")
    if not amended.answer["contradicts"]:
        assert window.load(amended.file()).new
        return
    with pytest.raises(
        ValueError, match="amends: 2020-02-01 is off in 国办发明电〔2020〕1号, but worked in 国务院办公厅"
    ):
        window.load(amended.file())
    assert window.load(amended.file(amends="国办发明电〔2019〕16号")).new


def test_the_answers_are_those_of_the_shared_facts() -> None:
    facts = {
        fact["id"]: fact for fact in json.loads(shared("calendars", "mid_year_amendments.json").read_text("utf-8"))
    }
    assert facts.keys() == {answer["id"] for answer in ANSWERS}
    for answer in ANSWERS:
        fact = facts[answer["id"]]
        assert (fact["number"], fact["published"]) == (answer["number"], str(answer["published"]))
        changes = {change["date"]: change["after"] for change in fact["changes"]}
        assert changes == {
            **{str(day): "off" for day in answer["off"]}, **{str(day): "workday" for day in answer["work"]}
        }  # fmt: skip
