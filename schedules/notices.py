"""Government and office notices that change a calendar, and what they come to together with the days known before.

Pure. A later notice of a layer wins for the dates it lists, but only if it says that it amends the earlier one (R19).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from types import MappingProxyType

from schedules.calendars import CalendarError, Level, Overlay, Scope, WorkingCalendar
from schedules.faults import Phrase

_SCOPES = {Level.ANNOUNCED: Scope.LEGAL, Level.REGION: Scope.LEGAL, Level.OFFICE: Scope.OFFICE}


@dataclass(frozen=True, eq=False)
class Announced:
    """A country's (or subdivision's) own days, as installed data has them, and the last day they are announced for.

    `layers` are named after `country`: "CN announced" and, past `through`, "CN by law". Known by identity: what is
    worked out from one reading of the data can be kept.
    """

    country: str
    layers: tuple[Overlay, ...]
    through: date
    weekend: frozenset[int]

    @property
    def names(self) -> frozenset[str]:
        return frozenset({f"{self.country} announced", f"{self.country} by law"})


@dataclass(frozen=True)
class Notice:
    """One notice: which dates are off and which are worked, by whom, since when known.

    `closed` and `open` map a date to its name; `english` translates names. `scope` follows from `level` (R3): what a
    government announces concerns every clock, what the office says of itself never the statute. `announced_through` is
    the last day of the year that the notice announces as a whole (R15), None where it only changes days. `amends` is
    the number of the earlier notice it changes. Raises CalendarError naming the field.
    """

    number: str
    title: str
    published: date
    level: Level = Level.ANNOUNCED
    scope: Scope = Scope.LEGAL
    closed: Mapping[date, str] = field(default_factory=dict)
    open: Mapping[date, str] = field(default_factory=dict)
    english: Mapping[str, str] = field(default_factory=dict)
    announced_through: date | None = None
    amends: str = ""

    def __post_init__(self) -> None:
        for name in ("closed", "open", "english"):
            object.__setattr__(self, name, MappingProxyType(dict(sorted(getattr(self, name).items()))))
        if not self.number.strip():
            raise CalendarError("number", "is missing: a notice is known by it")
        if self.amends == self.number:
            raise CalendarError("amends", "names the notice itself; name the earlier one")
        both = self.closed.keys() & self.open.keys()
        if both:
            raise CalendarError("off", "%(day)s is both off and worked in this notice; keep one", day=min(both))
        if self.scope is not _SCOPES[self.level]:
            raise self._wrong_scope()
        self._check_year()

    def _wrong_scope(self) -> CalendarError:
        if self.level is Level.OFFICE:
            never = "a notice of the office is never legal: the statute leaves out statutory holidays only (R3)"
            return CalendarError("scope", never)
        return CalendarError("scope", "what a government announces is legal: every clock sees it (R3)")

    def _check_year(self) -> None:
        year = self.announced_through
        if year is None:
            if not self.closed and not self.open:
                raise CalendarError("off", "lists no day, nor does work: the notice would change nothing")
            return
        if self.level is not Level.ANNOUNCED:
            raise CalendarError("announced_through", "only a notice with level = announced announces a year")
        if (year.month, year.day) != (12, 31):
            raise CalendarError(
                "announced_through", "%(year)s ends no year; write %(year2)s-12-31", year=year, year2=year.year
            )

    @property
    def days(self) -> frozenset[date]:
        return frozenset(self.closed) | frozenset(self.open)

    @property
    def overlay(self) -> Overlay:
        source = f"{self.title} {self.number}".strip()
        return Overlay(self.number, self.level, self.scope, self.closed, self.open, source, self.english)


def combined(base: Sequence[Overlay], notices: Iterable[Notice]) -> tuple[Overlay, ...]:
    """The layers of a calendar: in each level a later notice takes its dates out of everything before it."""
    later = [notice.overlay for notice in in_order(notices)]
    layers: list[Overlay] = []
    for place, layer in enumerate([*base, *later], start=-len(base)):
        above = later[max(0, place + 1) :]
        taken = {day for other in above if other.level is layer.level for day in (*other.closed, *other.open)}
        left = _without(layer, taken)
        if left.closed or left.open:
            layers.append(left)
    return tuple(layers)


def reach(through: date, notices: Iterable[Notice]) -> date:
    """The last announced day once these notices apply (R15)."""
    return max([through, *(notice.announced_through for notice in notices if notice.announced_through)])


def in_order(notices: Iterable[Notice]) -> list[Notice]:
    """By the day they were published; of one day an amendment behind what it amends, else by number."""
    known = {notice.number: notice for notice in notices}
    return sorted(known.values(), key=lambda notice: (notice.published, len(_amended(notice, known)), notice.number))


def refuse_contradictions(notice: Notice, base: Sequence[Overlay], others: Sequence[Notice]) -> None:
    """R19: a date that an earlier notice of its layer lists on the other side, unless `amends` says so.

    Where the earlier days are not a notice of ours but the country's or the office's own, any number will do. Raises
    CalendarError that names the date, the earlier notice and what to write.
    """
    for layer in base:
        clash = _clash(layer, notice.overlay)
        if layer.level is notice.level and clash and not notice.amends:
            raise _contradiction(notice, min(clash), layer.source or layer.name, "the number of the notice it changes")
    known = {other.number: other for other in (*others, notice)}
    for one, later in combinations(in_order([*others, notice]), 2):
        clash = _clash(one.overlay, later.overlay)
        if notice in (one, later) and one.level is later.level and clash and one.number not in _amended(later, known):
            raise _contradiction(later, min(clash), one.number, one.number)


def refuse_gap(notice: Notice, through: date) -> None:
    """R15: a year is announced after the one before it. Raises CalendarError."""
    year = notice.announced_through
    if year is not None and year.year > through.year + 1:
        raise CalendarError(
            "announced_through",
            "%(number)s announces %(year)s, but the calendar is announced through %(through)s; apply the notice of "
            "%(year2)s first",
            number=notice.number,
            year=year.year,
            through=through,
            year2=through.year + 1,
        )


def reviewed(installed: Announced, current: WorkingCalendar) -> Announced:
    """The installed data as it may be used without a review: beyond the horizon as it says now, up to it as it was.

    A day that was announced already and that newer data has otherwise is an amendment: it waits for somebody to look
    at it (R16). What was not announced yet is confirmed or moved by itself (R15). The horizon never goes back.
    """
    if installed.country != current.country:
        return installed
    known = [overlay for overlay in current.overlays if overlay.name in installed.names]
    before, after = _sides(known), _sides(installed.layers)
    held = {
        day
        for day in before.keys() | after.keys()
        if day <= current.announced_through and before.get(day) != after.get(day)
    }
    kept = (_only(overlay, held) for overlay in known)
    layers = (*(_without(layer, held) for layer in installed.layers), *(k for k in kept if k.closed or k.open))
    return replace(installed, layers=layers, through=max(installed.through, current.announced_through))


def changed_days(one: WorkingCalendar, other: WorkingCalendar) -> tuple[date, ...]:
    """The days, in order, that are worked by one of the two calendars and not by the other, for any of their clocks."""
    first = date(max(one.years[0], other.years[0]), 1, 1)
    last = date(min(one.years[1], other.years[1]), 12, 31)
    pairs = ((one, other), (one.legal, other.legal))
    days = _named(one, other) if one.weekend == other.weekend else _every(first, last)
    return tuple(
        day for day in days if first <= day <= last and any(a.day(day).works != b.day(day).works for a, b in pairs)
    )


def _named(*calendars: WorkingCalendar) -> list[date]:
    """The days that a layer names, in order; any other is worked if its weekday is."""
    overlays = (overlay for calendar in calendars for overlay in calendar.overlays)
    return sorted({day for overlay in overlays for day in (*overlay.closed, *overlay.open)})


def _every(first: date, last: date) -> Iterator[date]:
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def _amended(notice: Notice, known: Mapping[str, Notice]) -> list[str]:
    """The numbers it amends: the one it names, the one that names, and so on."""
    numbers: list[str] = []
    number = notice.amends
    while number and number not in numbers:
        numbers.append(number)
        number = known[number].amends if number in known else ""
    return numbers


def _contradiction(notice: Notice, day: date, earlier: str, number: str) -> CalendarError:
    told = {"day": day, "number": notice.number, "earlier": earlier}
    if day in notice.closed:
        what = Phrase("%(day)s is off in %(number)s, but worked in %(earlier)s", **told)
    else:
        what = Phrase("%(day)s is worked in %(number)s, but off in %(earlier)s", **told)
    if number == earlier:
        return CalendarError(
            "amends", '%(what)s; if that is meant, write amends = "%(number)s"', what=what, number=number
        )
    return CalendarError("amends", "%(what)s; if that is meant, write amends with %(number)s", what=what, number=number)


def _clash(one: Overlay, other: Overlay) -> set[date]:
    return (one.closed.keys() & other.open.keys()) | (one.open.keys() & other.closed.keys())


def _sides(layers: Iterable[Overlay]) -> dict[date, str]:
    return {day: side for layer in layers for day, side in _listed(layer)}


def _listed(layer: Overlay) -> Iterator[tuple[date, str]]:
    yield from ((day, "off") for day in layer.closed)
    yield from ((day, "worked") for day in layer.open)


def _without(layer: Overlay, days: set[date]) -> Overlay:
    return layer if days.isdisjoint({*layer.closed, *layer.open}) else _only(layer, {*layer.closed, *layer.open} - days)


def _only(layer: Overlay, days: set[date]) -> Overlay:
    return replace(
        layer,
        closed={day: name for day, name in layer.closed.items() if day in days},
        open={day: name for day, name in layer.open.items() if day in days},
    )
