"""A notice file: TOML into a Notice, every error naming its field."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from schedules.calendars import CalendarError, Level, Scope
from schedules.notices import Notice
from sla.service.errors import ServiceError

_HEAD = {"number", "title", "published", "level", "scope", "announced_through", "amends", "off", "work"}
_TOP = {"notice", "off", "work"}
_OFF = {"date", "from", "to", "name", "en"}
_WORK = {"date", "name", "en"}
_NAMES = {"off": ("放假", "day off"), "work": ("补班", "make-up working day")}
_LONGEST_SPAN = 366
_LONGEST = {"number": 80, "title": 200, "amends": 80}


def notice_of(text: str) -> Notice:
    """The notice a TOML text describes. Raises ServiceError naming the field."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ServiceError("notice.toml", "is no TOML: %(error)s", error=error) from None
    _known(table, _TOP, "")
    if "notice" not in table:
        raise ServiceError("notice", "is missing: write [notice] with number, title and published")
    head = table["notice"]
    _known(head, _HEAD, "notice.")
    english: dict[str, str] = {}
    sides = {side: _side(side, table, head, english) for side in ("off", "work")}
    level = _level(head.get("level", "announced"))
    through = head.get("announced_through")
    try:
        return Notice(
            number=_text(head, "number"),
            title=_text(head, "title"),
            published=_date(head.get("published"), "notice.published"),
            level=level,
            scope=_scope(head.get("scope"), level),
            closed=sides["off"],
            open=sides["work"],
            english=english,
            announced_through=None if through is None else _date(through, "notice.announced_through"),
            amends=_text(head, "amends") if "amends" in head else "",
        )
    except CalendarError as error:
        raise refused(error) from None


def refused(error: CalendarError) -> ServiceError:
    """What a notice cannot be, with the field as the file has it."""
    where = error.field if error.field in ("off", "work") else f"notice.{error.field}"
    return ServiceError.of(error, where)


def _side(side: str, table: Mapping[str, Any], head: Mapping[str, Any], english: dict[str, str]) -> dict[date, str]:
    """The dates of `off` or `work` with their names; they stand under [notice] or at the top."""
    if side in table and side in head:
        raise ServiceError(side, "is there twice, at the top and under [notice]; keep one")
    entries = table.get(side, head.get(side, []))
    if not isinstance(entries, list):
        raise ServiceError(side, "must be a list, [ ... ]")
    days: dict[date, str] = {}
    for index, entry in enumerate(entries):
        where = f"{side}[{index}]"
        _known(entry, _OFF if side == "off" else _WORK, f"{where}.")
        name = _name(entry, side, where, english)
        for day in _dates(entry, where):
            if day in days:
                raise ServiceError(where, "%(day)s is there twice", day=day)
            days[day] = name
    return days


def _name(entry: Mapping[str, Any], side: str, where: str, english: dict[str, str]) -> str:
    name, translated = _NAMES[side]
    if "name" in entry:
        name, translated = _short(entry["name"], f"{where}.name"), ""
    if "en" in entry:
        translated = _short(entry["en"], f"{where}.en")
    if translated:
        english[name] = translated
    return name


def _dates(entry: Mapping[str, Any], where: str) -> Iterator[date]:
    if "date" in entry:
        if "from" in entry or "to" in entry:
            raise ServiceError(where, "has a date and a span; write date = …, or from = … and to = …")
        yield _date(entry["date"], f"{where}.date")
        return
    if "from" not in entry or "to" not in entry:
        raise ServiceError(f"{where}.date", "is missing; write date = 2027-01-01, or from = … and to = …")
    first, last = _date(entry["from"], f"{where}.from"), _date(entry["to"], f"{where}.to")
    if first > last:
        raise ServiceError(f"{where}.to", "%(last)s is earlier than %(first)s", last=last, first=first)
    if (last - first).days >= _LONGEST_SPAN:
        raise ServiceError(f"{where}.to", "%(first)s to %(last)s is more than a year", first=first, last=last)
    yield from (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def _level(value: Any) -> Level:
    known = [level.name.lower() for level in Level]
    if value not in known:
        raise ServiceError("notice.level", "%(value)r is unknown; known are: %(known)s", value=value, known=known)
    return Level[value.upper()]


def _scope(value: Any, level: Level) -> Scope:
    if value is None:
        return Scope.OFFICE if level is Level.OFFICE else Scope.LEGAL
    known = [scope.value for scope in Scope]
    if value not in known:
        raise ServiceError("notice.scope", "%(value)r is unknown; known are: %(known)s", value=value, known=known)
    return Scope(value)


def _text(head: Mapping[str, Any], field: str) -> str:
    value = head.get(field)
    if not isinstance(value, str) or not value.strip():
        raise (
            ServiceError(f"notice.{field}", "must be a text")
            if field in head
            else ServiceError(f"notice.{field}", "is missing")
        )
    return _short(value, f"notice.{field}", _LONGEST[field])


def _short(value: Any, where: str, longest: int = 80) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ServiceError(where, "must be a text")
    text = " ".join(value.split())
    if len(text) > longest:
        raise ServiceError(where, "is longer than %(longest)s characters", longest=longest)
    return text


def _date(value: Any, where: str) -> date:
    """TOML refuses 29 February of a common year by itself; as a text it is refused here."""
    if type(value) is date:
        return value
    if value is None:
        raise ServiceError(where, "is missing; write 2026-11-05")
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ServiceError(where, "%(text)r is no date; write 2026-09-18", text=str(value)) from None


def _known(entry: Any, known: set[str], where: str) -> None:
    if not isinstance(entry, Mapping):
        raise ServiceError(where.rstrip("."), "must be a table")
    for key in entry:
        if key not in known:
            raise ServiceError(f"{where}{key}", "is unknown; known are: %(known)s", known=sorted(known))
