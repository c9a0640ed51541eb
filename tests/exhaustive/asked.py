"""Requests at random: every unit and setting, pauses of every kind, verdicts, several countries, uneven hours."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from tests import walk
from tests.exhaustive.offices import Office, office
from tests.walk.moments import Moment, read

Request = dict[str, Any]
MOST = {
    "working_days": 45,
    "calendar_days": 70,
    "weeks": 9,
    "months": 14,
    "years": 2,
    "working_hours": 50,
    "working_minutes": 2400,
}
IN_HOURS = ("working_hours", "working_minutes")


def requests(seed: int, count: int, units: tuple[str, ...] = tuple(MOST)) -> Iterator[Request]:
    """The same for the same seed; ten to each office, as a calendar is dear to build."""
    for number in range(count):
        made = office(random.Random(f"office {seed} {number // 10}"))
        yield Asked(random.Random(f"{seed} {number}"), made, units).request()


class Asked:
    """One request, thrown with a dice."""

    def __init__(self, dice: random.Random, asked_in: Office, units: tuple[str, ...]) -> None:
        self.dice = dice
        self.unit = dice.choice(units)
        self.in_hours = self.unit in IN_HOURS
        self.office = asked_in
        self.due_at: str | None = None
        self.start = self._time(self.office.start + timedelta(days=dice.choice([0, 0, 1, 2, dice.randint(0, 20)])), 0.5)
        self.begun = read(self.start, self.office.zone)

    def request(self) -> Request:
        dice = self.dice
        asked: Request = {"start": self.start, "limit": {"amount": self._amount(), "unit": self.unit}}
        if self.office.calendar is not None:
            asked["calendar"] = self.office.calendar
        asked |= {
            "first_day": dice.choice(["next", "next", "same"]),
            "intake": dice.choice(["as_filed", "as_filed", "next_working_day"]),
            "roll": dice.choice(["following", "none"]),
            "cutoff": dice.choice(["end_of_day", "closing"]),
            "boundary": dice.choice(["closing", "opening"]),
        }
        if asked["limit"] == {"amount": 0, "unit": "working_days"}:
            asked["first_day"] = "next"  # it does not apply (R8), and an extension is not to shorten (R11)
        due = self._ends(walk.answer(asked))
        thrown = [self._pause(due, number) for number in range(dice.choice([0, 1, 1, 2, 3, 4]))]
        asked["pauses"] = [pause for pause in thrown if self._can_be(pause)]
        asked["extensions"] = [self._extension(due) for _ in range(dice.choice([0, 0, 1, 2]))]
        self._ends(walk.answer(asked))
        asked |= self._asked_at(asked, due)
        asked["ledger"] = not self.in_hours and dice.random() < 0.3
        return asked

    def _amount(self) -> int:
        """Small and great ones; in minutes often a whole number of hours, so that they end at a closing."""
        dice, most = self.dice, MOST[self.unit]
        amount = dice.choice([0, 1, dice.randint(0, min(6, most)), dice.randint(0, most), dice.randint(0, most)])
        return 30 * dice.randint(0, most // 30) if self.unit == "working_minutes" and dice.random() < 0.6 else amount

    def _ends(self, answered: walk.Answer) -> date:
        """Where it ends, so that what follows can lie there."""
        self.due_at = answered.due_at
        return self.begun.day if answered.due_on is None else date.fromisoformat(answered.due_on)

    def _near(self, due: date) -> date:
        """On day 0, on the due day, between and beyond them."""
        dice, span = self.dice, max((due - self.begun.day).days, 0)
        days = dice.choice([0, span, span, span + 1, dice.randint(0, span), dice.randint(0, 2 * span + 3)])
        return self.begun.day + timedelta(days=days)

    def _time(self, day: date, often: float) -> str:
        """The day, or a time on it: where service begins or ends, on the quarter, at any minute; or the deadline."""
        dice = self.dice
        if dice.random() > often:
            return day.isoformat()
        if self.due_at and dice.random() < 0.15:
            return self.due_at
        edges = [*self.office.edges(day), dice.randrange(96) * 15, dice.randrange(1440), dice.randrange(60, 240)]
        minutes = dice.choice(edges)
        if minutes == 24 * 60 and dice.random() < 0.5:
            return f"{day}T24:00"
        return (datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)).isoformat(timespec="minutes")

    def _pause(self, due: date, number: int) -> dict[str, str]:
        """Dated or timed, of no length, of hours or of days, sometimes open, sometimes recorded late."""
        dice = self.dice
        first = self._near(due)
        pause = {"from": self._time(first, 0.5), "ground": f"g{number}"}
        if dice.random() > 0.06:
            days = dice.choice([0, 0, 1, 2, dice.randint(0, 5), dice.randint(0, 40)])
            pause["to"] = self._time(first + timedelta(days=days), 0.5)
        if dice.random() < 0.25:
            late = dice.choice([0, 1, dice.randint(0, 6), dice.randint(0, 60)])
            pause["recorded_at"] = self._time(first + timedelta(days=late), 0.4)
        return pause

    def _can_be(self, pause: dict[str, str]) -> bool:
        """It begins with the case at the earliest, ends after that, and is recorded when it has begun."""
        order = [self.begun, *(read(pause[name], self.office.zone) for name in ("from", "to") if name in pause)]
        recorded = read(pause.get("recorded_at", pause["from"]), self.office.zone)
        return all(map(self._follows, order, order[1:])) and self._follows(order[1], recorded)

    def _follows(self, one: Moment, other: Moment) -> bool:
        """Not before it; what is known by its day alone may share the day only with what is, too, or comes later."""
        if one.day != other.day or one.at is None:
            return one.day <= other.day
        return other.at is not None and one.at <= other.at

    def _extension(self, due: date) -> Request:
        extension: Request = {"amount": self.dice.choice([1, 2, self._amount() or 1]), "unit": self.unit}
        if self.dice.random() < 0.7:
            recorded = self._time(self._near(due), 0.4)
            if self._follows(self.begun, read(recorded, self.office.zone)):
                extension["recorded_at"] = recorded
        return extension

    def _asked_at(self, asked: Request, due: date) -> Request:
        """When it was decided, and at which moment the answer is wanted; or what the request says itself."""
        decided = self._time(self._near(due), 0.6)
        now = self._time(self._near(due) + timedelta(days=self.dice.choice([0, 0, 3])), 0.6)
        found: Request = {}
        if self.dice.random() < 0.3 and self._can_end(asked, decided):
            found["decided"] = decided
        earliest = read(found.get("decided", self.start), self.office.zone)
        if self.dice.random() < 0.6 and self._follows(earliest, read(now, self.office.zone)):
            found["now"] = now
        return found

    def _can_end(self, asked: Request, decided: str) -> bool:
        """After it began, was last paused, and last extended."""
        told = [entry.get("recorded_at", self.start) for entry in asked["extensions"]]
        told += [self.start, *(pause["from"] for pause in asked["pauses"])]
        end = read(decided, self.office.zone)
        if self.in_hours and end.at is None:  # which of the day's hours came before the decision is not said
            told += [pause.get("to", f"{end.day}T24:00") for pause in asked["pauses"]]
            end = Moment(end.day - timedelta(days=1))
        return all(self._follows(read(moment, self.office.zone), end) for moment in told)
