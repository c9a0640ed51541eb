"""`sla due`: one request in, one answer out, without a database. The format is described in docs/due-batch.md.

Pure: policies and calendars are handed in. A time without offset is in the calendar's zone (R1).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from schedules.calendars import FIRST_YEAR, LAST_YEAR, CalendarError, WorkingCalendar
from schedules.faults import FieldError, Phrase
from schedules.hours import HoursError, moment, plain_date
from schedules.limits import Counting, Cutoff, FirstDay, Intake, Limit, LimitError, Roll, Unit
from schedules.timetable import Boundary
from sla.clock import Clock, run
from sla.events import Accepted, CaseEvent, Decided, Extended, Outcome, Paused, Resumed, Verdict, ordered
from sla.history import verdict_on
from sla.ledger import Note, Row, explain, notes
from sla.policies import Basis, ClockRule, Policy, PolicyError, Trigger

Choice = TypeVar("Choice", bound=Enum)
Json = Mapping[str, Any]
PolicyNamed = Callable[[str], Policy]
CalendarFor = Callable[[Any, Policy | None, tuple[int, int]], WorkingCalendar]  # the years it has to cover

FIELDS = (
    "id",
    "start",
    "limit",
    "permit",
    "clock",
    "calendar",
    "pauses",
    "extensions",
    "first_day",
    "intake",
    "roll",
    "cutoff",
    "boundary",
    "now",
    "decided",
    "ledger",
)
_DAYS = {  # how many days one of a unit takes, at the most
    Unit.WORKING_DAYS: 2,
    Unit.CALENDAR_DAYS: 1,
    Unit.WEEKS: 7,
    Unit.MONTHS: 31,
    Unit.YEARS: 366,
    Unit.WORKING_HOURS: 1,
    Unit.WORKING_MINUTES: 1 / 60,
}
_PAUSE = {"from", "to", "ground", "notice", "recorded_at"}
_DEFAULT = "cn_planning"  # the policy of a request that names none
_TIME = re.compile(r"[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?", re.ASCII)
_MIDNIGHT = re.compile(r"24:00(:00(\.0+)?)?")  # the first instant of the next civil day (R1)


class RequestError(FieldError):
    """A request that cannot be answered: a code, a message that says what would be right, and the field."""

    def __init__(self, code: str, field: str, what: str | Phrase, /, **values: object) -> None:
        super().__init__(field, what, **values)
        self.code = code


def answer(request: Any, policy_named: PolicyNamed, calendar_for: CalendarFor) -> dict[str, Any]:
    """The answer to one request, or `{"id", "error": {...}}`; never raises for what a request can hold."""
    key = request.get("id") if isinstance(request, Mapping) else None
    try:
        clock, wants_ledger = clock_of(request, policy_named, calendar_for)
        return {"id": key, **clock_answer(clock, ledger=wants_ledger)}
    except RequestError as error:
        return {"id": key, "error": {"code": error.code, "message": error.message, "field": error.field}}
    except (PolicyError, LimitError, CalendarError, HoursError) as error:
        return {"id": key, "error": {"code": "invalid", "message": error.message, "field": error.field}}


def clock_of(request: Any, policy_named: PolicyNamed, calendar_for: CalendarFor) -> tuple[Clock, bool]:
    """The clock a request describes, and whether its ledger is wanted. Raises RequestError and the rooms' own
    errors."""
    if not isinstance(request, Mapping):
        raise RequestError("invalid", "", "a request is a JSON object")
    for name in request:
        if name not in FIELDS:
            raise RequestError("unknown", str(name), "is no field of a request; known are: %(fields)s", fields=FIELDS)
    request = _told(request)
    wants_ledger = request.get("ledger", True)
    if not isinstance(wants_ledger, bool):
        raise RequestError("invalid", "ledger", "must be true or false")
    policy, rule = _rule(request, policy_named)
    calendar = calendar_for(request.get("calendar"), policy, _years(_start_date(request), rule.limit))
    start = _when(request, "start", "start", calendar)
    asked = _Asked(request, rule, calendar, start, frozenset(policy.grounds) if policy else None)
    return asked.clock(), wants_ledger


def clock_answer(clock: Clock, *, ledger: bool = True) -> dict[str, Any]:
    """A clock as JSON."""
    result: dict[str, Any] = {
        "due_on": _text(clock.due_on),
        "due_at": _text(clock.due_at),
        "provisional": clock.provisional,
        "used": clock.used,
        "left": clock.left,
        "state": clock.state.value,
        "calendar_version": clock.calendar.version,
    }
    if clock.late_by is not None:
        result["late_by"] = clock.late_by
    if clock.if_resumed is not None:
        result["if_resumed"] = _text(clock.if_resumed)
    if ledger:
        result["ledger"] = [row_json(row) for row in explain(clock)]
        happened = notes(clock)
        if happened:
            result["notes"] = [note_json(note) for note in happened]
    return result


def row_json(row: Row) -> dict[str, Any]:
    return {
        "date": row.date.isoformat(),
        "status": row.status.value,
        "day": row.kind.value,
        "name": row.name,
        "counted": row.counted,
        "added": row.added,
        "of": row.of,
        "ground": row.ground,
        "rule": row.rule,
        "source": row.source,
        "provisional": row.provisional,
    }


def note_json(note: Note) -> dict[str, Any]:
    """What happened on the way; only what there is to say."""
    said = {"date": note.on.isoformat(), "what": note.remark.value, "at": _text(note.at), "rule": note.rule}
    rest = ("ground", "reference", "amount", "unit", "reason", "measure", "by", "name", "before", "after")
    return {name: value for name, value in said.items() if value} | {
        name: getattr(note, name) for name in rest if getattr(note, name)
    }


@dataclass(frozen=True)
class _When:
    at: datetime
    dated: bool

    def precedes(self, other: "_When", calendar: WorkingCalendar) -> bool:
        """Judged by date where one of the two has no time (R13)."""
        if self.dated or other.dated:
            return calendar.date_of(self.at) < calendar.date_of(other.at)
        return self.at < other.at


@dataclass(frozen=True)
class _Asked:
    """A request whose rule, calendar and start are known: reads the rest and runs the clock."""

    request: Json
    rule: ClockRule
    calendar: WorkingCalendar
    start: _When
    grounds: frozenset[str] | None  # those the permit's policy knows; any will do for a bare limit
    by_date: set[int] = field(default_factory=set)  # the events of whose recording only the day is known

    def clock(self) -> Clock:
        start = Accepted(occurred_at=self.start.at, recorded_at=self.start.at, dated=self.start.dated, seq=1)
        events: list[CaseEvent] = [start, *self._extensions(), *self._pauses(), *self._decision()]
        events = self._judged(events)
        now = self._now(events)
        return run(self.rule, self.calendar, ordered(events, self.calendar.zone), now)

    @cached_property
    def decided(self) -> _When | None:
        """When it was finished, if the request says so."""
        return _when(self.request, "decided", "decided", self.calendar) if "decided" in self.request else None

    @cached_property
    def unrecorded(self) -> frozenset[int]:
        """The extensions that do not say when they were recorded: in time (R21)."""
        entries = self.request.get("extensions") or ()
        return frozenset(10_000 + index for index, entry in enumerate(entries) if entry.get("recorded_at") is None)

    def _pauses(self) -> list[CaseEvent]:
        events: list[CaseEvent] = []
        still_open: set[str] = set()
        for index, pause in enumerate(_objects(self.request, "pauses", _PAUSE)):
            where, seq = f"pauses[{index}]", 2 * index + 2
            begins = _when(pause, "from", f"{where}.from", self.calendar)
            recorded = self._recorded(pause, where, begins, seq)
            if begins.precedes(self.start, self.calendar):
                raise RequestError("invalid", f"{where}.from", "lies before the start; a pause begins there or later")
            self._not_before(recorded, f"{where}.recorded_at")
            if self.decided and self.decided.precedes(begins, self.calendar):
                raise RequestError("invalid", f"{where}.from", "lies after decided; a pause begins before the end")
            ground, notice = self._ground(pause, where), _string(pause, "notice", "", where)
            if "to" not in pause and ground in still_open:
                raise RequestError(
                    "invalid", f"{where}.ground", "is %(ground)r, on which a pause is open already", ground=ground
                )
            still_open |= set() if "to" in pause else {ground}
            events.append(
                Paused(
                    occurred_at=max(begins.at, self.start.at) if begins.dated else begins.at,
                    recorded_at=recorded.at,
                    dated=begins.dated,
                    seq=seq,
                    ground=ground,
                    notice=notice,
                )
            )
            if "to" in pause:
                ends = _when(pause, "to", f"{where}.to", self.calendar)
                if ends.precedes(begins, self.calendar):
                    raise RequestError("invalid", f"{where}.to", "lies before from, %(from_)s", from_=pause["from"])
                ends_at = max(ends.at, self.start.at) if ends.dated else ends.at
                events.append(
                    Resumed(occurred_at=ends_at, recorded_at=ends_at, dated=ends.dated, seq=seq + 1, pause=seq)
                )
        return events

    def _recorded(self, entry: Json, where: str, default: _When, seq: int) -> _When:
        """When it was recorded; of a day without a time it is noted that it is judged by its date (R13)."""
        given = entry.get("recorded_at") is not None
        recorded = _when(entry, "recorded_at", f"{where}.recorded_at", self.calendar) if given else default
        if recorded.dated:
            self.by_date.add(seq)
        return recorded

    def _not_before(self, recorded: _When, where: str) -> None:
        """Nothing is recorded of a case before it began (R21)."""
        if recorded.precedes(self.start, self.calendar):
            raise RequestError("invalid", where, "lies before the start")

    def _ground(self, pause: Json, where: str) -> str:
        ground = _string(pause, "ground", "other", where)
        if self.grounds is not None and ground not in self.grounds:
            known = ", ".join(sorted(self.grounds)) or "none"
            raise RequestError(
                "unknown",
                f"{where}.ground",
                "%(ground)r is no ground of this permit's policy; known are: %(known)s",
                ground=ground,
                known=known,
            )
        return ground

    def _extensions(self) -> list[CaseEvent]:
        events: list[CaseEvent] = []
        for index, entry in enumerate(_objects(self.request, "extensions", {"amount", "unit", "recorded_at"})):
            where = f"extensions[{index}]"
            added = _limit(entry, where)
            if added.unit is not self.rule.extension_unit:
                right = "the limit's own" if self.rule.extensions.unit is None else "as the policy extends this clock"
                raise RequestError(
                    "invalid",
                    f"{where}.unit",
                    "must be %(right)s, %(extension_unit)s",
                    right=right,
                    extension_unit=self.rule.extension_unit,
                )
            recorded = self._recorded(entry, where, self.start, 10_000 + index)
            self._not_before(recorded, f"{where}.recorded_at")
            events.append(
                Extended(
                    occurred_at=recorded.at,
                    recorded_at=recorded.at,
                    dated=recorded.dated,
                    seq=10_000 + index,
                    clock=self.rule.id,
                    amount=added.amount,
                    unit=added.unit,
                    reason="as asked",
                    approver="as asked",
                )
            )
        return events

    def _decision(self) -> list[CaseEvent]:
        decided = self.decided
        if decided is None:
            return []
        if decided.precedes(self.start, self.calendar):
            raise RequestError("invalid", "decided", "lies before the start")
        return [
            Decided(
                occurred_at=decided.at,
                recorded_at=decided.at,
                dated=decided.dated,
                seq=20_000,
                outcome=Outcome.APPROVED,
            )
        ]

    def _judged(self, events: list[CaseEvent]) -> list[CaseEvent]:
        """Each pause and extension against the deadline as it stood when it was recorded (R21)."""
        result: list[CaseEvent] = [event for event in events if isinstance(event, Accepted | Decided)]
        begun = [event for event in result if not isinstance(event, Decided)]
        ends = {event.pause: event for event in events if isinstance(event, Resumed)}
        for event in sorted(
            (e for e in events if isinstance(e, Paused | Extended)), key=lambda e: (e.recorded_at, e.seq)
        ):
            known = [e for e in begun if not isinstance(e, Resumed) or e.recorded_at <= event.recorded_at]
            clock = run(self.rule, self.calendar, ordered(known, self.calendar.zone), event.recorded_at)
            in_time = isinstance(event, Extended) and event.seq in self.unrecorded
            verdict = Verdict.IN_TIME if in_time else verdict_on(clock, event, by_date=event.seq in self.by_date)
            judged = replace(event, verdicts={self.rule.id: verdict})
            both: list[CaseEvent] = [judged, ends[event.seq]] if event.seq in ends else [judged]
            begun += both
            result += both
        return result

    def _now(self, events: list[CaseEvent]) -> datetime:
        """`now` as asked (a date means its end), or else the last moment the request tells of."""
        if "now" not in self.request:
            return max(max(event.occurred_at, event.recorded_at) for event in events)
        now = _when(self.request, "now", "now", self.calendar)
        return self.calendar.end_of(self.calendar.date_of(now.at)) - timedelta(microseconds=1) if now.dated else now.at


def _rule(request: Json, policy_named: PolicyNamed) -> tuple[Policy | None, ClockRule]:
    if ("permit" in request) == ("limit" in request):
        raise RequestError("invalid", "limit", "give either a limit or a permit")
    if "permit" in request:
        policy_id, _, permit = str(request["permit"]).rpartition(".")
        policy = _named(policy_named, policy_id or _DEFAULT)
        rule = policy.rule(permit, str(request.get("clock") or _usual(policy.rules(permit))))
        rule = replace(rule, counting=_counting(request, rule.counting), starts_on=(Trigger("accepted"),))
        return policy, replace(rule, stops_on=(Trigger("decided"),))
    limit = request["limit"]
    if not isinstance(limit, Mapping):
        raise RequestError("invalid", "limit", 'must be {"amount": 4, "unit": "working_days"}')
    _only(limit, {"amount", "unit"}, "limit")
    limit = _told(limit)
    sources = _named(policy_named, _DEFAULT).sources if _in_china(request) else {}
    counting = _counting(request, Counting())
    return None, _bare_rule(_limit(limit, "limit"), counting, _grounds_of(request), tuple(sources.items()))


@lru_cache(maxsize=4096)
def _bare_rule(
    limit: Limit, counting: Counting, grounds: frozenset[str], sources: tuple[tuple[str, str], ...]
) -> ClockRule:
    """The rule of a request with a limit of its own, which listens to every ground it names."""
    return ClockRule(
        "limit",
        {"en": "limit"},
        Basis.DUTY,
        limit,
        (Trigger("accepted"),),
        (Trigger("decided"),),
        grounds=grounds,
        counting=counting,
        sources=dict(sources),
    )


def _grounds_of(request: Json) -> frozenset[str]:
    return frozenset(str(pause.get("ground", "other")) for pause in _objects(request, "pauses", _PAUSE))


def _usual(rules: tuple[ClockRule, ...]) -> str:
    """The clock that is meant where none is named: the promise or, where none is made, the permit's first."""
    return next((rule for rule in rules if rule.basis is Basis.PROMISE), rules[0]).id


def _in_china(request: Json) -> bool:
    """Without a calendar a bare limit is counted on China's."""
    calendar = request.get("calendar")
    return calendar is None or (isinstance(calendar, Mapping) and calendar.get("country") == "CN")


def _named(policy_named: PolicyNamed, policy_id: str) -> Policy:
    try:
        return policy_named(policy_id)
    except PolicyError as error:
        raise RequestError("unknown", "permit", error.phrase) from None


def _counting(request: Json, default: Counting) -> Counting:
    return Counting(
        _enum(request, "first_day", FirstDay, default.first_day),
        _enum(request, "intake", Intake, default.intake),
        _enum(request, "roll", Roll, default.roll),
        _enum(request, "cutoff", Cutoff, default.cutoff),
        _enum(request, "boundary", Boundary, default.boundary),
    )


def _limit(entry: Json, where: str) -> Limit:
    for name in ("amount", "unit"):
        if name not in entry:
            raise RequestError("missing", f"{where}.{name}", "is missing")
    try:
        unit = Unit(entry["unit"])
    except ValueError:
        raise RequestError(
            "invalid",
            f"{where}.unit",
            "%(value)r is unknown; known are: %(known)s",
            value=entry["unit"],
            known=list(Unit),
        ) from None
    try:
        return Limit(entry["amount"], unit)
    except LimitError as error:
        raise RequestError("invalid", f"{where}.amount", error.phrase) from None


def _objects(request: Json, field: str, known: set[str]) -> list[Json]:
    entries = request.get(field, [])
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise RequestError("invalid", field, "must be a list of objects")
    for index, entry in enumerate(entries):
        _only(entry, known, f"{field}[{index}]")
    return [_told(entry) for entry in entries]


def _only(entry: Json, known: set[str], where: str) -> None:
    for name in entry:
        if name not in known:
            raise RequestError("unknown", f"{where}.{name}", "is unknown; known are: %(known)s", known=sorted(known))


def _start_date(request: Json) -> date:
    text = request.get("start")
    if text is None:
        raise RequestError("missing", "start", "is missing; write 2026-09-18 or 2026-09-18T15:00:00")
    try:
        start = plain_date(str(text)[:10])
    except ValueError:
        raise RequestError(
            "invalid", "start", "%(text)r is no date; write 2026-09-18 or 2026-09-18T15:00:00", text=text
        ) from None
    return _covered(start, "start")


def _covered(day: date, where: str) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise RequestError(
            "invalid",
            where,
            "%(day)s lies outside the years %(first_year)s to %(last_year)s",
            day=day,
            first_year=FIRST_YEAR,
            last_year=LAST_YEAR,
        )
    return day


def _years(start: date, limit: Limit) -> tuple[int, int]:
    """The years a calendar has to cover for a limit: with a year before it, and ten more for pauses and extensions."""
    return max(FIRST_YEAR, start.year - 1), min(
        LAST_YEAR, start.year + int(limit.amount * _DAYS[limit.unit]) // 365 + 10
    )


def _when(entry: Json, name: str, where: str, calendar: WorkingCalendar) -> _When:
    text = entry.get(name)
    if not isinstance(text, str):
        raise RequestError(
            "missing" if text is None else "invalid", where, "must be a date or a time such as 2026-09-18T15:00:00"
        )
    try:
        day = _covered(plain_date(text[:10]), where)
        if len(text) == len("2026-09-18"):
            return _When(calendar.start_of(day), dated=True)
        time = _TIME.fullmatch(text, 10)
        if not time:
            raise ValueError(text)
        return _When(_moment(day, time[1], time[2] or "", calendar), dated=False)
    except (ValueError, OverflowError):
        raise RequestError(
            "invalid", where, "%(text)r is no date or time; write 2026-09-18 or 2026-09-18T15:00:00", text=text
        ) from None


def _moment(day: date, time: str, offset: str, calendar: WorkingCalendar) -> datetime:
    if _MIDNIGHT.fullmatch(time):
        day, time = day + timedelta(days=1), "00:00"
    wall = datetime.fromisoformat(f"{day}T{time}{offset}")
    return wall.astimezone(UTC) if wall.tzinfo else moment(wall, calendar.zone)


def _string(entry: Json, name: str, default: str, where: str) -> str:
    value = entry.get(name, default)
    if not isinstance(value, str):
        raise RequestError("invalid", f"{where}.{name}", "must be a text, not %(value)r", value=value)
    return value


def _told(entry: Json) -> Json:
    """What is null counts as not said."""
    return {name: value for name, value in entry.items() if value is not None}


def _enum(request: Json, field: str, enum: type[Choice], default: Choice) -> Choice:
    if field not in request:
        return default
    _choice(request, field, {choice.value for choice in enum})
    return enum(request[field])


def _choice(request: Json, field: str, known: set[str]) -> None:
    value = request[field]
    if not (isinstance(value, str) and value in known):
        raise RequestError(
            "invalid", field, "%(value)r is unknown; known are: %(known)s", value=value, known=sorted(known)
        )


def _text(value: date | datetime | None) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if value else None
