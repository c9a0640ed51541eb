"""From the tables of a policy's TOML to the checked values of `sla.policies`. Every problem names its field."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from schedules.calendars import CalendarError, Scope, zone_named
from schedules.faults import Phrase
from schedules.hours import HoursError, WeeklyHours
from schedules.limits import Counting, Cutoff, FirstDay, Intake, Limit, LimitError, Roll, Unit
from schedules.timetable import Boundary
from sla.events import KINDS
from sla.people import Role
from sla.permits import Kind, Paper, PermitType, check_pattern
from sla.policies import Basis, ClockRule, Extensions, Gravity, Ground, Hold, Policy, PolicyError, Rung, Trigger, gaps
from sla.presets.fields import Fields
from sla.presets.law import country_law, days_off, sources_of, subdivs_of

Table = Mapping[str, Any]

_TOP = {"policy", "sources", "days_off", "grounds", "stages", "ladders", "clocks", "permits"}
_POLICY = {"id", "version", "names", "valid_from", "country", "subdiv", "zone", "hours"}
_CLOCK = {
    "names",
    "basis",
    "limit",
    "amount",
    "starts_on",
    "stops_on",
    "cancels_on",
    "grounds",
    "first_day",
    "intake",
    "roll",
    "cutoff",
    "boundary",
    "scope",
    "yellow",
    "ladder",
    "extensions",
    "deemed",
    "overdue_reason",
    "source",
    "sources",
}
_COMPARED = _CLOCK - {
    "names", "stops_on", "cancels_on", "scope", "yellow", "ladder", "deemed", "overdue_reason", "source", "sources",
}  # fmt: skip
_RUNG = {"name", "gravity", "offset", "at", "before_closing", "before", "after", "digest", "anytime", "to", "ack_holds"}
LONGEST_HOLD = 20  # working days: a breach stays loud (M7)
_INSTEAD = ("offset", "before_closing", "before", "after")  # of which a rung has one
_GROUND = {"names", "source", "counts_first", "counts_last", "most_times"}
_YELLOW = {Unit.WORKING_MINUTES: 60}  # otherwise 1 of what is left turns the light yellow
_ADDED_DAYS = (Unit.CALENDAR_DAYS, Unit.WEEKS)  # what a limit in weeks, months or years may be extended by instead
_SERVED = (Unit.WORKING_DAYS, Unit.WORKING_HOURS, Unit.WORKING_MINUTES)  # what days of the calendar do not add to
_EXPLAINED = (Basis.PROMISE, Basis.STATUTE)  # the limits a law means that asks why one was missed
_PERMIT = {"names", "kind", "number", "papers", "clocks"}


@dataclass(frozen=True)
class Reading:
    """A document as it was read: the policy, or none where a field is wrong; one that only breaks R12 is a draft."""

    policy: Policy | None
    problems: tuple[PolicyError, ...]
    gaps: tuple[PolicyError, ...]


def policy_of(table: Table, text: str = "") -> Policy:
    """The policy a parsed TOML document describes. Raises PolicyError (unknown, missing or wrong field; R12)."""
    reading = reading_of(table, text)
    for problem in (*reading.problems, *reading.gaps):
        raise problem
    assert reading.policy is not None
    return reading.policy


def reading_of(table: Table, text: str = "") -> Reading:
    """The document read to its end, whatever is wrong with it: every problem, not just the first."""
    problems: list[PolicyError] = []
    top = Fields(table, "", problems).only(_TOP)
    head = top.table("policy").only(_POLICY)
    ladders = _ladders(top.table("ladders"))
    grounds = {name: _ground(name, entry) for name, entry in top.table("grounds").tables()}
    stages = {name: entry.only({"names"}).names() for name, entry in top.table("stages").tables()}
    permits = dict(top.table("permits").tables())
    if not permits and not top.table("permits").lost:
        top.wrong("permits", "must hold at least one permit")
    country = head.text("country")
    sources = {**country_law(country), **sources_of(top)}
    reader = _Clocks(top.table("clocks"), ladders, grounds, frozenset(stages), sources)
    values: dict[str, Any] = {
        "id": head.text("id"),
        "version": head.whole("version", least=1),
        "names": head.names(),
        "valid_from": head.date("valid_from"),
        "country": country,
        "zone": _zone(head),
        "hours": _hours(head),
        "subdivs": subdivs_of(head),
        "days_off": tuple(days_off(entry) for entry in top.list_of_tables("days_off")),
        "sources": sources,
    }
    granted = {name: _permit(name, entry) for name, entry in permits.items()}
    clocks = {name: reader.of(entry) for name, entry in permits.items()}
    found = tuple(gap for name in clocks if name not in reader.unsound for gap in gaps(name, clocks[name]))
    policy = None if problems else Policy(
        **values, grounds=grounds, stages=stages, permits=granted, clocks=clocks, text=text, draft=bool(found)
    )  # fmt: skip
    return Reading(policy, tuple(problems), found)


class _Clocks:
    """Reads a permit's clocks: each named template with the permit's own changes on top.

    `unsound` are the permits of which something that R12 compares could not be read.
    """

    def __init__(
        self,
        templates: Fields,
        ladders: Mapping[str, tuple[Rung, ...]],
        grounds: Mapping[str, Ground],
        stages: frozenset[str],
        sources: Mapping[str, str],
    ):
        self.templates, self.ladders, self.grounds, self.stages = templates, ladders, grounds, stages
        self.sources = sources
        self.unsound: set[str] = set()

    def of(self, permit: Fields) -> tuple[ClockRule, ...]:
        before = len(permit.problems)
        clocks = permit.table("clocks")
        if not clocks.values and not clocks.lost:
            permit.wrong("clocks", "must name at least one clock")
        rules = [self._rule(name, entry) for name, entry in clocks.tables()]
        if any(_is_compared(problem.field) for problem in permit.problems[before:]):
            self.unsound.add(permit.where.partition(".")[2])
        return tuple(rules)

    def _rule(self, name: str, changes: Fields) -> ClockRule:
        template = self.templates.table(name)
        lost = changes.lost or template.lost
        entry = Fields({**template.values, **changes.values}, changes.where, changes.problems, lost=lost)
        if not entry.values and not lost:
            entry.wrong("", "has no template; write [clocks.%(name)s], or its limit here", name=name)
            entry.lost = True
        entry.only(_CLOCK)
        limit, heard = _limit(entry), self._grounds(entry)
        basis, sources = entry.choice(Basis, "basis", Basis.DUTY), {**self.sources, **sources_of(entry)}
        return ClockRule(
            id=name,
            names=entry.names(),
            basis=basis,
            limit=limit,
            starts_on=self._triggers(entry, "starts_on", needed=True),
            stops_on=self._triggers(entry, "stops_on", needed=True),
            cancels_on=self._triggers(entry, "cancels_on"),
            grounds=heard,
            whole=frozenset(ground for ground in heard if not self.grounds[ground].counts_first),
            until=frozenset(ground for ground in heard if self.grounds[ground].counts_last),
            counting=Counting(
                entry.choice(FirstDay, "first_day", FirstDay.NEXT),
                entry.choice(Intake, "intake", Intake.AS_FILED),
                entry.choice(Roll, "roll", Roll.FOLLOWING),
                entry.choice(Cutoff, "cutoff", Cutoff.END_OF_DAY),
                entry.choice(Boundary, "boundary", Boundary.CLOSING),
            ),
            scope=entry.choice(Scope, "scope", Scope.LEGAL),
            yellow=entry.whole("yellow", least=0, default=_YELLOW.get(limit.unit, 1)),
            ladder=self._ladder(entry, limit),
            extensions=_extensions(entry.table("extensions"), limit.unit),
            deemed=entry.flag("deemed"),
            overdue_reason=entry.flag("overdue_reason", default=basis in _EXPLAINED and "overdue_reason" in sources),
            source=entry.text("source", default=""),
            sources=sources,
        )

    def _triggers(self, entry: Fields, field: str, *, needed: bool = False) -> tuple[Trigger, ...]:
        before = len(entry.problems)
        triggers = tuple(Trigger.parse(text) for text in entry.texts(field))
        if needed and not triggers and not entry.lost and len(entry.problems) == before:
            entry.wrong(field, "must name at least one event, such as accepted")
        for trigger in triggers:
            if trigger.kind not in KINDS:
                entry.wrong(field, "%(value)r is no event; known are: %(known)s", value=trigger.kind, known=KINDS)
            elif trigger.kind.startswith("stage_") and trigger.qualifier not in self.stages:
                known = ", ".join(self.stages) or "none"
                entry.wrong(
                    field, "%(qualifier)r is no stage; known are: %(known)s", qualifier=trigger.qualifier, known=known
                )
        return triggers

    def _grounds(self, entry: Fields) -> frozenset[str]:
        grounds = frozenset(entry.texts("grounds"))
        if not grounds <= self.grounds.keys():
            unknown, known = sorted(grounds - self.grounds.keys()), ", ".join(sorted(self.grounds)) or "none"
            entry.wrong("grounds", "%(unknown)s is unknown; known are: %(known)s", unknown=unknown, known=known)
        return grounds & self.grounds.keys()

    def _ladder(self, entry: Fields, limit: Limit) -> tuple[Rung, ...]:
        """The rungs of the clock's ladder; reminders of a limit in hours lie so much service before its end (M8)."""
        name = entry.text("ladder", default="")
        if name and name not in self.ladders:
            entry.wrong("ladder", "%(value)r is unknown; known are: %(known)s", value=name, known=self.ladders)
        ladder = self.ladders.get(name, ())
        for rung in ladder if limit.timed else ():
            if rung.gravity is Gravity.REMINDER and rung.before_closing is None:
                entry.wrong(
                    "ladder",
                    '%(rung)s needs before = "1:00", not days: the limit is one of hours (M8)',
                    rung=rung.name,
                )
        return ladder


def _is_compared(field: str) -> bool:
    """Whether R12 looks at a field of a clock, `permits.PERMIT.clocks.CLOCK.FIELD`, or at the clock itself."""
    parts = field.split(".")
    return len(parts) < 5 or parts[4] in _COMPARED


def _limit(entry: Fields) -> Limit:
    limit = entry.table("limit")
    if "amount" in entry and not limit.lost:
        limit.values = {**limit.values, "amount": entry.values["amount"]}
    unit = limit.choice(Unit, "unit")
    try:
        return Limit(limit.whole("amount", least=0), unit)
    except LimitError as error:
        entry.wrong(error.field, error.phrase)
        return Limit(0, unit)


def _ladders(entry: Fields) -> dict[str, tuple[Rung, ...]]:
    return {name: _ladder(entry, name) for name in entry}


def _ladder(entry: Fields, name: str) -> tuple[Rung, ...]:
    before = len(entry.problems)
    ladder = tuple(_rung(rung) for rung in entry.list_of_tables(name))
    if len(entry.problems) > before:
        return ladder
    names = [rung.name for rung in ladder]
    if len(set(names)) < len(names):
        entry.wrong(name, "the names of its rungs must differ: %(names)s", names=names)
    order = [_weight(rung) for rung in ladder]
    if order != sorted(order):
        entry.wrong(name, "must go from the lightest rung to the gravest: reminders, due, overdue, escalations")
    return ladder


def _weight(rung: Rung) -> tuple[int, int, int, int]:
    """What puts the rungs of a ladder in order, whether they count days or service time."""
    return list(Gravity).index(rung.gravity), rung.offset, -(rung.before_closing or 0), rung.after or 0


def _rung(entry: Fields) -> Rung:
    entry.only(_RUNG)
    before = len(entry.problems)
    gravity = entry.choice(Gravity, "gravity")
    offset = entry.whole("offset", default=0, what=Phrase("must be a whole number of working days, such as -1"))
    if len(entry.problems) == before and not entry.lost:
        _fitting(entry, gravity, offset)
    texts = entry.texts("to")
    if not texts and not entry.lost:
        entry.wrong("to", "must name at least one role, such as handler")
    return Rung(
        name=entry.text("name"),
        gravity=gravity,
        to=tuple(entry.member(Role, text, "to") for text in texts),
        offset=offset,
        minutes=entry.minutes("at", "08:30"),
        before_closing=next((_service(entry, n) for n in ("before_closing", "before") if n in entry), None),
        after=_service(entry, "after") if "after" in entry else None,
        digest=entry.flag("digest"),
        anytime=entry.flag("anytime"),
        ack_holds=_hold(entry, gravity) if "ack_holds" in entry else None,
    )


def _hold(entry: Fields, gravity: Gravity) -> Hold:
    """How long an acknowledgement of the rung holds back those after it; there is one of what is overdue only (M10)."""
    if gravity not in (Gravity.OVERDUE, Gravity.ESCALATION):
        entry.wrong("ack_holds", "does not fit a %(gravity)s: only what is overdue is acknowledged", gravity=gravity)
    value = entry.values["ack_holds"]
    if isinstance(value, str):
        return Hold(service=_service(entry, "ack_holds"))
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LONGEST_HOLD:
        entry.wrong(
            "ack_holds", 'must be 1 to %(most)s working days, or service time such as "4:00"', most=LONGEST_HOLD
        )
        return Hold()
    return Hold(days=value)


def _service(entry: Fields, field: str) -> int:
    """So much service in minutes, at most 999 hours; none at all is no distance from a deadline (M8)."""
    match = re.fullmatch(r"(\d{1,3}):([0-5]\d)", str(entry.values[field]))
    minutes = int(match[1]) * 60 + int(match[2]) if match else 0
    if not minutes:
        entry.wrong(field, "%(values)r is no length of service; write 1:00 for an hour", values=entry.values[field])
    return minutes


def _fitting(entry: Fields, gravity: Gravity, offset: int) -> None:
    given = [name for name in _INSTEAD if name in entry]
    if len(given) > 1:
        entry.wrong(given[1], "stands beside %(given)s; give one of the two", given=given[0])
    before = "before_closing" in entry or "before" in entry
    right = {Gravity.REMINDER: offset < 0 or before, Gravity.ESCALATION: offset > 0 or "after" in entry}
    if not right.get(gravity, offset == 0 and not before and "after" not in entry):
        entry.wrong(
            "offset",
            "%(offset)s does not fit a %(gravity)s: reminders lie before, escalations after the due date",
            offset=offset,
            gravity=gravity,
        )


def _permit(name: str, entry: Fields) -> PermitType:
    entry.only(_PERMIT)
    number = entry.text("number")
    problem = check_pattern(number) if number else None
    if problem:
        entry.wrong("number", problem)
    papers = entry.table("papers")
    return PermitType(
        id=name,
        names=entry.names(),
        kind=entry.choice(Kind, "kind", Kind.COMMITTED),
        number=number,
        papers=tuple(Paper(paper, _named(papers, paper)) for paper in papers),
    )


def _named(entry: Fields, field: str) -> dict[str, str]:
    """The names of something that is a field by itself, such as a paper."""
    return Fields({"names": entry.values[field]}, entry.at(field), entry.problems).names()


def _ground(name: str, entry: Fields) -> Ground:
    entry.only(_GROUND)
    return Ground(
        name,
        entry.names(),
        entry.text("source"),
        counts_first=entry.flag("counts_first", default=True),
        counts_last=entry.flag("counts_last"),
        most_times=entry.whole("most_times", least=0, default=0),
    )


def _extensions(entry: Fields, own: Unit) -> Extensions:
    entry.only({"most_times", "most_amount", "unit", "why"})
    unit = entry.choice(Unit, "unit", own)
    if unit is not own and not entry.lost and (unit not in _ADDED_DAYS or own in _SERVED):
        entry.wrong(
            "unit",
            "%(unit)s cannot be added to a limit in %(own)s; write %(own)s, or days or weeks on a longer unit",
            unit=unit,
            own=own,
        )
    return Extensions(
        entry.whole("most_times", least=0, default=0),
        entry.whole("most_amount", least=0, default=0),
        entry.text("why", default=""),
        None if unit is own else unit,
    )


def _hours(head: Fields) -> dict[str, tuple[tuple[str, str], ...]]:
    week = head.table("hours").values
    if not _checked(head, "hours", lambda: WeeklyHours.parse(week)):
        return {}
    return {day: tuple((span[0], span[1]) for span in spans) for day, spans in week.items()}


def _zone(head: Fields) -> str:
    name = head.text("zone")
    if name:
        _checked(head, "zone", lambda: zone_named(name))
    return name


def _checked(entry: Fields, field: str, make: Callable[[], object]) -> bool:
    try:
        make()
    except (HoursError, CalendarError) as error:
        inner = error.field.removeprefix(f"{field}.")
        entry.wrong(
            field, error.phrase if inner == field else Phrase("%(inner)s %(what)s", inner=inner, what=error.phrase)
        )
        return False
    return True
