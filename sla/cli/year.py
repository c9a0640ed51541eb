"""A calendar's year for a terminal: twelve months on one screen, days off and make-up days by character and colour."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any, NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from schedules.calendars import Day, Kind, WorkingCalendar
from schedules.years import Spell, Year
from sla.words import TERMS, Words, words

ACROSS, WIDTH, GAP = 3, 20, 4  # months beside each other; columns of a month and between two
_STYLES = {
    Kind.HOLIDAY: "bold red",
    Kind.MAKEUP: "bold green",
    Kind.OFFICE_CLOSED: "bold magenta",
    Kind.OFFICE_OPEN: "bold cyan",
    Kind.WEEKEND: "dim",
}


class Mark(NamedTuple):
    """The two columns a marked day shows instead of its number, and what they mean."""

    sign: str
    meaning: str


class Marks(NamedTuple):
    """By kind of day; `whole`: the weekends of a spell are marked with it, as a Chinese notice counts them."""

    signs: dict[Kind, Mark]
    whole: frozenset[date]


def print_year(year: Year, calendar: WorkingCalendar, title: str, language: str) -> None:
    """Coloured on a terminal, plain anywhere else; about 40 lines of at most 80 columns."""
    said = words(language)
    console = Console(highlight=False, soft_wrap=True)
    for line in _lines(year, calendar, title, said, _marks(year, calendar, said)):
        console.print(line, markup=False, end="")
        console.print()


def year_json(year: Year, calendar: WorkingCalendar) -> dict[str, Any]:
    """The year as JSON: every day that a layer names, the spells off, working days a month."""

    def listed(*kinds: Kind) -> list[dict[str, Any]]:
        return [
            {"date": day.date.isoformat(), "kind": day.kind.value, "name": day.name, "en": calendar.english(day.name),
             "source": day.source}
            for day in year.days if day.kind in kinds
        ]  # fmt: skip

    return {
        "country": calendar.country,
        "year": year.number,
        "calendar_version": calendar.version,
        "announced_through": calendar.announced_through.isoformat(),
        "provisional_from": year.provisional_from.isoformat() if year.provisional_from else None,
        "working_days": year.working_days(),
        "working_days_by_month": {str(month): year.working_days(month) for month in range(1, 13)},
        "off": listed(Kind.HOLIDAY, Kind.OFFICE_CLOSED),
        "work": listed(Kind.MAKEUP, Kind.OFFICE_OPEN),
        "spells": [
            {"from": spell.first.isoformat(), "to": spell.last.isoformat(), "days": spell.days,
             "names": list(spell.names), "en": [calendar.english(name) for name in spell.names]}
            for spell in year.spells
        ],
        "sources": list(year.sources),
    }  # fmt: skip


def _marks(year: Year, calendar: WorkingCalendar, said: Words) -> Marks:
    """休 and 班 where people know them, else signs that need no Chinese."""
    chinese = said.language == "zh" or calendar.country.startswith("CN")
    signs = ("休", "班", "闭", "开") if chinese else ("--", "++", "xx", "oo")
    kinds = (Kind.HOLIDAY, Kind.MAKEUP, Kind.OFFICE_CLOSED, Kind.OFFICE_OPEN)
    spells = [spell for spell in year.spells if chinese]
    whole = frozenset(day.date for day in year.days for spell in spells if spell.first <= day.date <= spell.last)
    return Marks({kind: Mark(sign, said.term(kind)) for kind, sign in zip(kinds, signs, strict=True)}, whole)


def _lines(year: Year, calendar: WorkingCalendar, title: str, said: Words, marks: Marks) -> Iterator[Text]:
    yield Text(f"{title} {year.number} · {said.days(year.working_days())}", style="bold")
    if year.provisional_from is not None:
        yield Text(_provisional(year.provisional_from, said), style="yellow")
    for first in range(1, 13, ACROSS):
        months = [list(_month(year, month, said, marks)) for month in range(first, first + ACROSS)]
        for row in zip_longest(*months, fillvalue=Text()):
            yield _beside(row)
    kinds = {day.kind for day in year.days}
    yield Text(" · ".join(f"{mark.sign} {mark.meaning}" for kind, mark in marks.signs.items() if kind in kinds))
    for spell in year.spells:
        yield Text(_spell(spell, calendar, said))
    made_up = [day for day in year.makeup if day.kind is Kind.MAKEUP]
    if made_up:
        days = said.joined(f"{day.date:%m-%d}" for day in made_up)
        yield Text(said.gettext("make-up working days: %(days)s", days=days))
    for source in year.sources:
        yield Text(source, style="dim")


def _provisional(since: date, said: Words) -> str:
    return said.gettext(
        "Provisional from %(day)s on: only what is certain by law is off.",
        day=said.date(since, year=True),
    )


def _month(year: Year, number: int, said: Words, marks: Marks) -> Iterator[Text]:
    days = year.month(number)
    head = f"{said.pgettext('month', TERMS['month'][str(number - 1)])} {said.days(year.working_days(number))}"
    yield Text(head, style="bold")
    yield Text(" ".join(_weekday(said, weekday) for weekday in range(7)), style="dim")
    blank = days[0].date.weekday()
    cells = [Text("  ")] * blank + [_cell(day, marks) for day in days]
    for start in range(0, len(cells), 7):
        yield Text(" ").join(cells[start : start + 7])


def _weekday(said: Words, weekday: int) -> str:
    name = said.pgettext("weekday", TERMS["weekday"][str(weekday)])
    return name[-1:] if said.language == "zh" else name[:2]


def _cell(day: Day, marks: Marks) -> Text:
    kind = Kind.HOLIDAY if day.kind is Kind.WEEKEND and day.date in marks.whole else day.kind
    text = marks.signs[kind].sign if kind in marks.signs else f"{day.date.day:2}"
    return Text(text, style=_STYLES.get(kind, ""))


def _beside(row: Sequence[Text]) -> Text:
    line = Text()
    for text in row[:-1]:
        line.append_text(text).append(" " * (WIDTH + GAP - cell_len(text.plain)))
    line.append_text(row[-1])
    line.rstrip()
    return line


def _spell(spell: Spell, calendar: WorkingCalendar, said: Words) -> str:
    english = [calendar.english(name) for name in spell.names]
    names = said.joined(spell.names)
    both = names if english == list(spell.names) else f"{names} {', '.join(english)}"
    days = f"{spell.first:%m-%d}" if spell.first == spell.last else f"{spell.first:%m-%d}…{spell.last:%m-%d}"
    return f"  {days:<12} {both}"
