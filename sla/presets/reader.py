"""From the tables of a policy's TOML to the checked values of `sla.policies`. Every error names its field."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from schedules.calendars import CalendarError, Scope, zone_named
from schedules.hours import HoursError, WeeklyHours
from schedules.limits import Counting, Cutoff, FirstDay, Intake, Limit, LimitError, Roll, Unit
from schedules.timetable import Boundary
from sla.events import KINDS
from sla.people import Role
from sla.permits import Kind, Paper, PermitType, check_pattern
from sla.policies import Basis, ClockRule, Extensions, Gravity, Ground, Policy, PolicyError, Rung, Trigger

Choice = TypeVar("Choice", bound=Enum)
Table = Mapping[str, Any]

_TOP = {"policy", "grounds", "stages", "ladders", "clocks", "permits"}
_POLICY = {"id", "version", "names", "valid_from", "country", "zone", "hours"}
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
    "source",
}
_RUNG = {"name", "gravity", "offset", "at", "before_closing", "before", "after", "digest", "anytime", "to"}
_YELLOW = {Unit.WORKING_MINUTES: 60}  # otherwise 1 of what is left turns the light yellow
_PERMIT = {"names", "kind", "number", "papers", "clocks"}


def policy_of(table: Table, text: str = "") -> Policy:
    """The policy a parsed TOML document describes. Raises PolicyError (unknown, missing or wrong field; R12)."""
    _known(table, _TOP, "")
    head = _table(table, "policy", "")
    _known(head, _POLICY, "policy")
    ladders = {name: _ladder(rungs, f"ladders.{name}") for name, rungs in _table(table, "ladders", "").items()}
    grounds = {name: _ground(name, entry) for name, entry in _table(table, "grounds", "").items()}
    stages = {name: _stage(name, entry) for name, entry in _table(table, "stages", "").items()}
    reader = _Clocks(_table(table, "clocks", ""), ladders, frozenset(grounds), frozenset(stages))
    permits = _table(table, "permits", "")
    if not permits:
        raise PolicyError("permits", "must hold at least one permit")
    return Policy(
        id=_text(head, "id", "policy"),
        version=_whole(head, "version", "policy", least=1),
        names=_names(head, "policy"),
        valid_from=_date(head, "valid_from", "policy"),
        country=_text(head, "country", "policy"),
        zone=_zone(_text(head, "zone", "policy")),
        hours=_hours(_table(head, "hours", "policy")),
        grounds=grounds,
        stages=stages,
        permits={name: _permit(name, entry) for name, entry in permits.items()},
        clocks={name: reader.of(name, entry) for name, entry in permits.items()},
        text=text,
    )


class _Clocks:
    """Reads a permit's clocks: each named template with the permit's own changes on top."""

    def __init__(
        self, templates: Table, ladders: Mapping[str, tuple[Rung, ...]], grounds: frozenset[str], stages: frozenset[str]
    ):
        self.templates, self.ladders, self.grounds, self.stages = templates, ladders, grounds, stages

    def of(self, permit: str, entry: Table) -> tuple[ClockRule, ...]:
        clocks = _table(entry, "clocks", f"permits.{permit}")
        if not clocks:
            raise PolicyError(f"permits.{permit}.clocks", "must name at least one clock")
        return tuple(self._rule(name, changes, f"permits.{permit}.clocks.{name}") for name, changes in clocks.items())

    def _rule(self, name: str, changes: Table, where: str) -> ClockRule:
        merged = {**_table(self.templates, name, "clocks"), **_entry(changes, where)}
        if not merged:
            raise PolicyError(where, f"has no template; write [clocks.{name}], or its limit here")
        _known(merged, _CLOCK, where)
        ladder = _text(merged, "ladder", where, default="")
        if ladder and ladder not in self.ladders:
            raise PolicyError(
                f"{where}.ladder", f"{ladder!r} is unknown; known are: {', '.join(self.ladders) or 'none'}"
            )
        limit = self._limit(merged, where)
        if limit.timed:
            _in_service_time(self.ladders.get(ladder, ()), f"{where}.ladder")
        return ClockRule(
            id=name,
            names=_names(merged, where),
            basis=_choice(Basis, merged, "basis", where, Basis.DUTY),
            limit=limit,
            starts_on=self._triggers(merged, "starts_on", where, needed=True),
            stops_on=self._triggers(merged, "stops_on", where, needed=True),
            cancels_on=self._triggers(merged, "cancels_on", where),
            grounds=self._grounds(merged, where),
            counting=Counting(
                _choice(FirstDay, merged, "first_day", where, FirstDay.NEXT),
                _choice(Intake, merged, "intake", where, Intake.AS_FILED),
                _choice(Roll, merged, "roll", where, Roll.FOLLOWING),
                _choice(Cutoff, merged, "cutoff", where, Cutoff.END_OF_DAY),
                _choice(Boundary, merged, "boundary", where, Boundary.CLOSING),
            ),
            scope=_choice(Scope, merged, "scope", where, Scope.LEGAL),
            yellow=_whole(merged, "yellow", where, least=0, default=_YELLOW.get(limit.unit, 1)),
            ladder=self.ladders.get(ladder, ()),
            extensions=_extensions(merged.get("extensions", {}), f"{where}.extensions"),
            deemed=_flag(merged, "deemed", where),
            source=_text(merged, "source", where, default=""),
        )

    def _limit(self, merged: Table, where: str) -> Limit:
        limit = dict(_table(merged, "limit", where))
        if "amount" in merged:
            limit["amount"] = merged["amount"]
        try:
            return Limit(
                _whole(limit, "amount", f"{where}.limit", least=0), _choice(Unit, limit, "unit", f"{where}.limit")
            )
        except LimitError as error:
            raise PolicyError(f"{where}.{error.field}", str(error).partition(": ")[2]) from None

    def _triggers(self, merged: Table, field: str, where: str, *, needed: bool = False) -> tuple[Trigger, ...]:
        triggers = tuple(Trigger.parse(text) for text in _texts(merged, field, where))
        if needed and not triggers:
            raise PolicyError(f"{where}.{field}", "must name at least one event, such as accepted")
        for trigger in triggers:
            if trigger.kind not in KINDS:
                raise PolicyError(f"{where}.{field}", f"{trigger.kind!r} is no event; known are: {', '.join(KINDS)}")
            if trigger.kind.startswith("stage_") and trigger.qualifier not in self.stages:
                raise PolicyError(
                    f"{where}.{field}",
                    f"{trigger.qualifier!r} is no stage; known are: {', '.join(self.stages) or 'none'}",
                )
        return triggers

    def _grounds(self, merged: Table, where: str) -> frozenset[str]:
        grounds = frozenset(_texts(merged, "grounds", where))
        if not grounds <= self.grounds:
            unknown = ", ".join(sorted(grounds - self.grounds))
            raise PolicyError(
                f"{where}.grounds", f"{unknown} is unknown; known are: {', '.join(sorted(self.grounds)) or 'none'}"
            )
        return grounds


def _ladder(rungs: Any, where: str) -> tuple[Rung, ...]:
    if not isinstance(rungs, list):
        raise PolicyError(where, f"must be a list of tables, [[{where}]]")
    ladder = tuple(_rung(entry, f"{where}[{index}]") for index, entry in enumerate(rungs))
    names = [rung.name for rung in ladder]
    if len(set(names)) < len(names):
        raise PolicyError(where, f"the names of its rungs must differ: {', '.join(names)}")
    order = [_weight(rung) for rung in ladder]
    if order != sorted(order):
        raise PolicyError(where, "must go from the lightest rung to the gravest: reminders, due, overdue, escalations")
    return ladder


def _weight(rung: Rung) -> tuple[int, int, int, int]:
    """What puts the rungs of a ladder in order, whether they count days or service time."""
    return list(Gravity).index(rung.gravity), rung.offset, -(rung.before_closing or 0), rung.after or 0


def _in_service_time(ladder: tuple[Rung, ...], where: str) -> None:
    """Reminders of a limit in hours lie so much service before its end (M8)."""
    for rung in ladder:
        if rung.gravity is Gravity.REMINDER and rung.before_closing is None:
            raise PolicyError(where, f'{rung.name} needs before = "1:00", not days: the limit is one of hours (M8)')


def _rung(entry: Table, where: str) -> Rung:
    _known(entry, _RUNG, where)
    gravity = _choice(Gravity, entry, "gravity", where)
    offset = entry.get("offset", 0)
    if isinstance(offset, bool) or not isinstance(offset, int):
        raise PolicyError(f"{where}.offset", "must be a whole number of working days, such as -1")
    given = [name for name in ("offset", "before_closing", "before", "after") if name in entry]
    if len(given) > 1:
        raise PolicyError(f"{where}.{given[1]}", f"stands beside {given[0]}; give one of the two")
    before = "before_closing" in entry or "before" in entry
    right = {Gravity.REMINDER: offset < 0 or before, Gravity.ESCALATION: offset > 0 or "after" in entry}.get(
        gravity, offset == 0 and not before and "after" not in entry
    )
    if not right:
        raise PolicyError(
            f"{where}.offset",
            f"{offset} does not fit a {gravity}: reminders lie before, escalations after the due date",
        )
    roles = tuple(_enum(Role, text, f"{where}.to") for text in _texts(entry, "to", where))
    if not roles:
        raise PolicyError(f"{where}.to", "must name at least one role, such as handler")
    return Rung(
        name=_text(entry, "name", where),
        gravity=gravity,
        to=roles,
        offset=offset,
        minutes=_minutes(entry.get("at", "08:30"), f"{where}.at"),
        before_closing=next(
            (_service(entry[n], f"{where}.{n}") for n in ("before_closing", "before") if n in entry), None
        ),
        after=_service(entry["after"], f"{where}.after") if "after" in entry else None,
        digest=_flag(entry, "digest", where),
        anytime=_flag(entry, "anytime", where),
    )


def _permit(name: str, entry: Table) -> PermitType:
    where = f"permits.{name}"
    _known(entry, _PERMIT, where)
    number = _text(entry, "number", where)
    problem = check_pattern(number)
    if problem:
        raise PolicyError(f"{where}.number", problem)
    papers = _table(entry, "papers", where)
    return PermitType(
        id=name,
        names=_names(entry, where),
        kind=_choice(Kind, entry, "kind", where, Kind.COMMITTED),
        number=number,
        papers=tuple(
            Paper(paper, _names({"names": names}, f"{where}.papers.{paper}")) for paper, names in papers.items()
        ),
    )


def _ground(name: str, entry: Table) -> Ground:
    where = f"grounds.{name}"
    _known(entry, {"names", "source"}, where)
    return Ground(name, _names(entry, where), _text(entry, "source", where))


def _stage(name: str, entry: Table) -> dict[str, str]:
    _known(entry, {"names"}, f"stages.{name}")
    return _names(entry, f"stages.{name}")


def _extensions(entry: Table, where: str) -> Extensions:
    _known(entry, {"most_times", "most_amount", "why"}, where)
    return Extensions(
        _whole(entry, "most_times", where, least=0, default=0),
        _whole(entry, "most_amount", where, least=0, default=0),
        _text(entry, "why", where, default=""),
    )


# --- single fields ---------------------------------------------------------------------------------------------------
def _known(entry: Any, known: set[str], where: str) -> None:
    for key in _entry(entry, where):
        if key not in known:
            raise PolicyError(f"{where}.{key}".lstrip("."), f"is unknown; known are: {', '.join(sorted(known))}")


def _table(entry: Table, field: str, where: str) -> Table:
    return _entry(entry.get(field, {}), f"{where}.{field}".lstrip("."))


def _entry(value: Any, where: str) -> Table:
    if not isinstance(value, Mapping):
        raise PolicyError(where, "must be a table")
    return value


def _text(entry: Table, field: str, where: str, default: str | None = None) -> str:
    value = entry.get(field, default)
    if not isinstance(value, str) or (default is None and not value):
        raise PolicyError(f"{where}.{field}", "must be a text" if field in entry else "is missing")
    return value


def _texts(entry: Table, field: str, where: str) -> list[str]:
    value = entry.get(field, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise PolicyError(f"{where}.{field}", "must be a list of texts")
    return value


def _whole(entry: Table, field: str, where: str, *, least: int, default: int | None = None) -> int:
    value = entry.get(field, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise PolicyError(
            f"{where}.{field}", f"must be a whole number from {least} on" if field in entry else "is missing"
        )
    return value


def _flag(entry: Table, field: str, where: str) -> bool:
    value = entry.get(field, False)
    if not isinstance(value, bool):
        raise PolicyError(f"{where}.{field}", "must be true or false")
    return value


def _date(entry: Table, field: str, where: str) -> date:
    value = entry.get(field)
    if type(value) is not date:
        raise PolicyError(f"{where}.{field}", "must be a date such as 2026-01-01")
    return value


def _names(entry: Table, where: str) -> dict[str, str]:
    names = entry.get("names")
    if not isinstance(names, Mapping) or not all(isinstance(name, str) and name for name in names.values()):
        raise PolicyError(f"{where}.names", 'must be { zh = "...", en = "..." }')
    if "en" not in names:
        raise PolicyError(f"{where}.names.en", "is missing; every name needs at least its English")
    return dict(names)


def _choice(enum: type[Choice], entry: Table, field: str, where: str, default: Choice | None = None) -> Choice:
    if field not in entry and default is not None:
        return default
    return _enum(enum, entry.get(field), f"{where}.{field}")


def _enum(enum: type[Choice], value: Any, where: str) -> Choice:
    try:
        return enum(value)
    except ValueError:
        raise PolicyError(
            where, f"{value!r} is unknown; known are: {', '.join(str(choice.value) for choice in enum)}"
        ) from None


def _minutes(text: Any, where: str) -> int:
    hours, _, minutes = str(text).partition(":")
    if hours.isdigit() and minutes.isdigit() and len(minutes) == 2 and int(minutes) < 60 and int(hours) < 24:
        return int(hours) * 60 + int(minutes)
    raise PolicyError(where, f"{text!r} is no time; write 08:30")


def _service(text: Any, where: str) -> int:
    """So much service in minutes, at most 999 hours; none at all is no distance from a deadline (M8)."""
    match = re.fullmatch(r"(\d{1,3}):([0-5]\d)", str(text))
    minutes = int(match[1]) * 60 + int(match[2]) if match else 0
    if not minutes:
        raise PolicyError(where, f"{text!r} is no length of service; write 1:00 for an hour")
    return minutes


def _hours(week: Table) -> dict[str, tuple[tuple[str, str], ...]]:
    _checked(lambda: WeeklyHours.parse(week), "policy.hours")
    return {day: tuple((span[0], span[1]) for span in spans) for day, spans in week.items()}


def _zone(name: str) -> str:
    _checked(lambda: zone_named(name), "policy.zone")
    return name


def _checked(make: Callable[[], object], where: str) -> None:
    try:
        make()
    except (HoursError, CalendarError) as error:
        raise PolicyError(where, str(error).partition(": ")[2]) from None
