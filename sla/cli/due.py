"""`sla due`: a deadline with its day-by-day explanation, or a file of requests, without a database."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Annotated, Any, TextIO

import typer

from schedules.announcements import YEARS, working_calendar
from schedules.calendars import FIRST_YEAR, LAST_YEAR, CalendarError, Level, Overlay, Scope, WorkingCalendar, zone_named
from schedules.hours import WEEKDAYS, HoursError, WeeklyHours, plain_date
from sla.cli.language import spoken
from sla.clock import Clock
from sla.due import RequestError, answer, clock_answer, clock_of
from sla.policies import Basis, ClockRule, Policy, PolicyError, Trigger
from sla.presets import preset
from sla.presets.calendar import calendar_of

_INLINE = {"zone", "weekend", "closed", "open", "hours", "days", "makeup", "announced_through"}
_COUNTRY = {"country", "subdiv", "zone", "closed", "open", "hours", "days", "makeup"}


def due(
    permit: Annotated[str, typer.Argument(help="such as cn_planning.construction_works")] = "",
    on: Annotated[str, typer.Option(help="the day of acceptance, or its time: 2026-09-18 or 2026-09-18T15:00")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
    batch_file: Annotated[
        Path | None, typer.Option("--batch", help="a file of requests, one JSON object a line; - for standard input")
    ] = None,
) -> None:
    if batch_file is not None:
        if permit or on:
            raise RequestError("invalid", "batch", "give either --batch or a permit, not both")
        if str(batch_file) == "-":
            return batch(_utf8(sys.stdin, "utf-8-sig"), _utf8(sys.stdout))
        if not batch_file.is_file():
            raise RequestError(
                "invalid",
                "batch",
                "%(batch_file)s is no file; give one with a request on each line",
                batch_file=batch_file,
            )
        with open_requests(batch_file) as source:
            return batch(source, _utf8(sys.stdout))
    if not permit or not on:
        raise RequestError(
            "missing",
            "permit",
            "is needed, and so is --on, for example: sla due cn_planning.construction_works --on 2026-09-18",
        )
    clocks = _deadlines(permit, on)
    if as_json:
        shown = {"permit": permit, "on": on, "clocks": {clock.id: clock_answer(clock) for clock in clocks}}
        print(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        _print(permit, clocks)
    return None


def _deadlines(permit: str, on: str) -> list[Clock]:
    """The clocks of a permit that acceptance starts, or where none waits for it, receipt: the promise comes first."""
    policy_id, _, permit_id = permit.rpartition(".")
    policy = preset(policy_id or "cn_planning")
    rules = next(filter(None, (_started_by(kind, policy, permit_id) for kind in ("accepted", "received"))), None)
    if rules is None:
        raise PolicyError(
            "permit", "neither acceptance nor receipt starts a clock of %(permit_id)s", permit_id=permit_id
        )
    found = []
    for rule in sorted(rules, key=lambda rule: rule.basis is not Basis.PROMISE):
        request = {"permit": f"{policy.id}.{permit_id}", "clock": rule.id, "start": on}
        try:
            found.append(clock_of(request, preset, calendar_for)[0])
        except RequestError as error:
            if error.field == "start":
                raise RequestError(error.code, "on", error.phrase) from None
            raise
    return found


def _started_by(kind: str, policy: Policy, permit_id: str) -> list[ClockRule]:
    return [rule for rule in policy.rules(permit_id) if Trigger(kind) in rule.starts_on]


def _print(permit: str, clocks: list[Clock]) -> None:
    from sla.words import ledger_lines, slip_text, words

    said = words(spoken())
    policy_id, _, permit_id = permit.rpartition(".")
    policy = preset(policy_id or "cn_planning")
    print(said.name(policy.permit(permit_id).names))
    for clock in clocks:
        due = said.date(clock.due_on, year=True) if clock.due_on else "–"
        mark = f" ({said.gettext('provisional')})" if clock.provisional else ""
        print(f"\n{said.name(clock.rule.names)} · {said.limit(clock.limit)} → {due}{mark}")
        for line in ledger_lines(clock, said, policy.grounds):
            print(f"  {line.written()}")
        print(f"  {slip_text(clock, said, policy.grounds)}")


def answers(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """One answer a line in the same order; a bad line never stops the others. Empty lines are passed over."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            line.encode()
            request = json.loads(line, parse_constant=_refuse)
        except UnicodeEncodeError:
            yield _unread(f"line {number} is no UTF-8")
        except (ValueError, RecursionError) as error:
            yield _unread(f"line {number} is no JSON: {error}")
        else:
            yield answer(request, preset, calendar_for)


def batch(source: IO[str], out: IO[str]) -> None:
    for result in answers(iter(source)):
        text = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
        out.write(text.encode("utf-8", "backslashreplace").decode() + "\n")  # half a character goes back as it came


def open_requests(path: Path) -> IO[str]:
    """The file's lines; bytes that are no UTF-8 are kept apart, so that they spoil one line only."""
    return path.open(encoding="utf-8-sig", errors="surrogateescape")


def _utf8(stream: TextIO, encoding: str = "utf-8") -> TextIO:
    """A standard stream in UTF-8 whatever the locale is."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(encoding=encoding, errors="surrogateescape")
    return stream


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _unread(message: str) -> dict[str, Any]:
    return {"id": None, "error": {"code": "bad_json", "message": message, "field": ""}}


def calendar_for(asked: Any, policy: Policy | None, years: tuple[int, int]) -> WorkingCalendar:
    """The calendar a request names; without one the policy's, or China's with the window's hours."""
    wide = years[0] < YEARS[0] or years[1] > YEARS[1]
    covered = (FIRST_YEAR, LAST_YEAR) if wide else YEARS
    if asked is None:
        return _calendar_of(policy or preset("cn_planning"), covered)
    if not isinstance(asked, dict):
        raise RequestError("invalid", "calendar", 'must be {"country": "CN"} or an inline calendar')
    try:
        return _calendar(json.dumps(asked, sort_keys=True), covered)
    except (CalendarError, HoursError) as error:
        field = error.field if error.field.startswith("calendar.") else f"calendar.{error.field}"
        raise RequestError("invalid", field, error.phrase) from None


@lru_cache(maxsize=64)
def _calendar_of(policy: Policy, years: tuple[int, int]) -> WorkingCalendar:
    return calendar_of(policy, years=years)


@lru_cache(maxsize=512)
def _calendar(text: str, years: tuple[int, int]) -> WorkingCalendar:
    said = json.loads(text)
    asked = {name: value for name, value in said.items() if value is not None}  # null counts as not said
    known = _COUNTRY if "country" in asked else _INLINE
    for name, value in said.items():
        if name not in (_INLINE | _COUNTRY if value is None else known):
            raise RequestError("unknown", f"calendar.{name}", "is unknown; known are: %(known)s", known=sorted(known))
    return _of_country(asked, years) if "country" in asked else _inline(asked)


def _of_country(asked: dict[str, Any], years: tuple[int, int]) -> WorkingCalendar:
    country, subdiv = str(asked["country"]), asked.get("subdiv")
    if subdiv is not None and not (isinstance(subdiv, str) and subdiv):
        raise RequestError("invalid", "calendar.subdiv", "%(subdiv)r is no code; write for example ENG", subdiv=subdiv)
    if country == "CN" and "hours" not in asked:
        asked["hours"] = preset("cn_planning").hours
    zone = asked.get("zone", "Asia/Shanghai" if country == "CN" else "Etc/UTC")
    overlay = _overlay(asked)
    return working_calendar(
        country,
        zone=str(zone),
        subdiv=subdiv,
        overlays=(overlay,) if overlay else (),
        hours=_hours(asked),
        years=years,
    )


def _inline(asked: dict[str, Any]) -> WorkingCalendar:
    overlay = _overlay(asked)
    return WorkingCalendar(
        zone=zone_named(str(asked.get("zone", "Etc/UTC"))),
        weekend=frozenset(_weekdays(asked.get("weekend", ["sat", "sun"]))),
        hours=_hours(asked),
        overlays=(overlay,) if overlay else (),
        announced_through=_date(asked["announced_through"], "calendar.announced_through")
        if asked.get("announced_through")
        else date.max,
    )


def _overlay(asked: dict[str, Any]) -> Overlay | None:
    closed, opened = (_dates(asked.get(name) or [], f"calendar.{name}") for name in ("closed", "open"))
    if not closed and not opened:
        return None
    return Overlay(
        "request", Level.REGION, Scope.LEGAL, dict.fromkeys(closed, ""), dict.fromkeys(opened, ""), "request"
    )


def _hours(asked: dict[str, Any]) -> WeeklyHours:
    for name in ("hours", "days"):
        if not isinstance(asked.get(name) or {}, dict):
            raise RequestError("invalid", f"calendar.{name}", 'must be {"mon": [["09:00", "17:00"]], ...}')
    return WeeklyHours.parse(asked.get("hours") or {}, asked.get("days"), asked.get("makeup"))


def _weekdays(names: Any) -> list[int]:
    if not isinstance(names, list) or not all(name in WEEKDAYS for name in names):
        raise CalendarError("calendar.weekend", "must be a list of %(weekdays)s", weekdays=WEEKDAYS)
    return [WEEKDAYS.index(name) for name in names]


def _dates(texts: Any, where: str) -> list[date]:
    if not isinstance(texts, list):
        raise RequestError("invalid", where, "must be a list of dates")
    return [_date(text, f"{where}[{index}]") for index, text in enumerate(texts)]


def _date(text: Any, where: str) -> date:
    try:
        return plain_date(str(text))
    except ValueError:
        raise RequestError("invalid", where, "%(text)r is no date; write 2026-09-18", text=text) from None
