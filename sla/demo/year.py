"""The window's year as the article about it tells it: every paper it issued in twelve months, each in time.

Source of all figures: DOMAIN.md, part 1 (the article). A year: 120 certificates = 60 site selection opinions + 35
land-use permits (107.04 ha of land) + 25 works permits (120.9 ha of floor space); 10 verification opinions, 18
acceptance notices, 312 planning-condition notices. On-time rate and early-completion rate both 100 %.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from sla.demo.office import CLERKS
from sla.demo.titles import Titles
from sla.demo.told import Told, moment
from sla.permits import Kind
from sla.policies import Basis, Policy

COUNTS: Mapping[str, int] = {
    "site_selection": 60,
    "land_use": 35,
    "construction_works": 25,
    "verification_opinion": 10,
    "acceptance_notice": 18,
    "planning_condition_notice": 312,
}
AREAS: Mapping[str, tuple[str, int]] = {  # in hundredths of a hectare
    "land_use": ("land_area_ha", 10_704),
    "construction_works": ("floor_area_ha", 12_090),
}
PAUSES: Mapping[str, tuple[int, str, int]] = {  # every so many cases, on which ground, for how many working days
    "construction_works": (5, "expert_review", 6),
    "site_selection": (15, "public_notice", 8),  # a notice runs at least 10 days
}
CORRECTED_EVERY = 12  # cases whose papers were incomplete at first (补正)


def year_of(policy: Policy, days: Sequence[date], random: Random, titles: Titles) -> list[Told]:
    """The year's cases in the order they were received; `days` are its working days."""
    told = [
        case for permit, count in COUNTS.items() for case in _Year(policy, permit, days, random, titles).cases(count)
    ]
    return sorted(told, key=lambda case: case.began)


@dataclass(frozen=True)
class _Journey:
    """On which working day after its receipt each step of a case falls."""

    accepted: int
    decided: int
    corrected: bool
    paused: tuple[int, int] | None
    delivered: int | None

    @property
    def length(self) -> int:
        return self.delivered if self.delivered is not None else self.decided


class _Year:
    """One permit's cases, spread evenly over the days with some chance in it."""

    def __init__(self, policy: Policy, permit: str, days: Sequence[date], random: Random, titles: Titles) -> None:
        rules = policy.rules(permit)
        self.permit, self.days, self.random, self.titles = policy.permit(permit), days, random, titles
        self.promise = next(rule.limit.amount for rule in rules if rule.basis is Basis.PROMISE)
        self.certified = any(rule.id == "delivery" for rule in rules)

    def cases(self, count: int) -> Iterator[Told]:
        areas = self._areas(count)
        for number in range(count):
            journey = self._journey(number)
            room = len(self.days) - journey.length
            first = int((number + self.random.random()) * room / count)
            more = {name: hectares[number] for name, hectares in areas.items()}
            yield self._told(journey, self.days[first : first + journey.length + 1], more)

    def _journey(self, number: int) -> _Journey:
        if self.permit.kind is Kind.IMMEDIATE:
            return _Journey(0, 0, corrected=False, paused=None, delivered=None)
        corrected = bool(self.permit.papers) and number % CORRECTED_EVERY == CORRECTED_EVERY // 2
        accepted = self.random.randrange(2, 5) if corrected else self.random.choice((0, 0, 1))
        every, _, length = PAUSES.get(self.permit.id, (0, "", 0))
        if every and number % every == every - 1:  # a day before the pause, one or two after it: less than the promise
            paused = (accepted + 1, accepted + 1 + length)
            decided = paused[1] + self.random.randrange(1, self.promise - 1)
        else:
            paused, decided = None, accepted + self.random.randrange(1, self.promise)
        delivered = decided + self.random.randrange(1, 4) if self.certified else None
        return _Journey(accepted, decided, corrected, paused, delivered)

    def _told(self, journey: _Journey, days: Sequence[date], more: Mapping[str, str]) -> Told:
        missing = [self.permit.papers[-1].id] if journey.corrected else []
        told = Told(self.permit, self.random.choice(CLERKS))
        told.received(moment(days[0], self._time(9, 11)), self.titles.of(self.permit.id), missing, areas=more)
        if journey.corrected:
            told.then("correction_requested", moment(days[1], self._time(9, 11)), papers=missing)
            told.then("correction_received", moment(days[journey.accepted], self._time(9, 11)), papers=missing)
        told.then("accepted", moment(days[journey.accepted], self._time(13, 14)))
        if journey.paused:
            self._paused(told, days[journey.paused[0]], days[journey.paused[1]])
        told.then("decided", moment(days[journey.decided], self._time(15, 16)), outcome="approved")
        if journey.delivered is not None:
            told.then("delivered", moment(days[journey.delivered], self._time(9, 16)), method="窗口领取")
        return told

    def _paused(self, told: Told, first: date, last: date) -> None:
        ground = PAUSES[self.permit.id][1]
        notice = f"云规特〔{first.year}〕{self.random.randrange(10, 99)}号"
        told.then(
            "paused", moment(first, self._time(15, 16)), ground=ground, notice=notice, expected_end=last.isoformat()
        )
        told.then("resumed", moment(last, self._time(9, 11)), pause=told.place)

    def _time(self, first: int, last: int) -> str:
        """A time of day in the hours from `first` to `last`, the last included."""
        return f"{self.random.randrange(first, last + 1)}:{self.random.randrange(0, 60):02}"

    def _areas(self, count: int) -> dict[str, list[str]]:
        """The area of each case; they add up to the article's total, to the hundredth."""
        if self.permit.id not in AREAS:
            return {}
        name, total = AREAS[self.permit.id]
        weights = [self.random.uniform(0.4, 1.6) for _ in range(count)]
        ends = [round(total * sum(weights[: number + 1]) / sum(weights)) for number in range(count)]
        return {name: [f"{(end - start) / 100:.2f}" for start, end in zip([0, *ends], ends, strict=False)]}
