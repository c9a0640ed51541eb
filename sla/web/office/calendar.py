"""The office's calendar: a year on one page with whose word each day is, the notices on record, and applying them."""

from dataclasses import dataclass
from datetime import date

from fastapi.responses import Response

from schedules.calendars import Day, Kind
from schedules.years import Spell, Year, year_of
from sla.formats.table import Choice, Column
from sla.formats.table import Kind as Of
from sla.rights import Right
from sla.service import amendments, calendar_notices
from sla.service.amendments import Progress
from sla.service.errors import ServiceError
from sla.web.files import file_links
from sla.web.frame import App, Visit, page
from sla.web.lights import Shown, Sign
from sla.web.office import notices
from sla.web.office.listed import list_files
from sla.web.office.sheet import Cell, Link, Row, Section, cells, day_cell, light_cell, may, person_cell, unsigned
from sla.web.routes import Route, shown
from sla.words import NO_DATA, TERMS, Words

PATH, DAYS, NOTICES = "/calendar", "/calendar/days", "/calendar/notices"


def routes(app: App) -> list[Route]:
    return [
        shown(app, PATH, Right.READ, _page),
        *list_files(app, DAYS, Right.READ, _days),
        *list_files(app, NOTICES, Right.READ, _notices),
        *notices.routes(app),
    ]


@dataclass(frozen=True)
class Box:
    """One day of a month. `sign` stands over its number; `style` are its classes; `means` says all of it."""

    number: int
    iso: str
    sign: str = ""
    style: str = ""
    means: str = ""


@dataclass(frozen=True)
class Month:
    """A month in weeks from Monday on; None before its first and behind its last day."""

    name: str
    works: str
    weeks: tuple[tuple[Box | None, ...], ...]


@dataclass(frozen=True)
class Calendar:
    """The page. `years` are those to turn to: the one before and the one after, None where there is none."""

    year: int
    works: str
    through: str
    announced: Shown
    provisional: str
    weekdays: tuple[tuple[str, str], ...]
    months: tuple[Month, ...]
    before: int | None
    after: int | None
    sections: tuple[Section, ...]
    progress: str
    links: tuple[Link, ...]
    signs: tuple[tuple[str, str, str], ...]


def _page(app: App, visit: Visit) -> Response:
    values = {"view": _view(visit), "told": unsigned(visit)}
    return page(app, visit.request, "office/calendar.html", values)


def _view(visit: Visit) -> Calendar:
    said, calendar = visit.said, visit.office.calendar
    year = year_of(calendar, _year(visit))
    through = said.date(calendar.announced_through, year=True)
    first, last = calendar.years
    return Calendar(
        year=year.number,
        works=said.days(year.working_days()),
        through=said.gettext("announced through %(day)s", day=through),
        announced=_announced(year, said),
        provisional=_provisional(year, said),
        weekdays=tuple(_weekday(said, weekday) for weekday in range(7)),
        months=tuple(_month(visit, year, number) for number in range(1, 13)),
        before=year.number - 1 if year.number > first else None,
        after=year.number + 1 if year.number < last else None,
        sections=(_special(visit, year), _notices(visit)),
        progress=_progress(visit, amendments.progress(visit.session, visit.office)),
        links=may(visit, Link(said.gettext("Load a notice"), notices.LOAD, main=True)),
        signs=tuple(_signs(said)),
    )


def _year(visit: Visit) -> int:
    text = visit.asked("year") or str(visit.office.today(visit.now).year)
    first, last = visit.office.calendar.years
    if not (text.isascii() and text.isdigit() and len(text) == 4 and first <= int(text) <= last):
        raise ServiceError(
            "year",
            "%(text)r is no year the calendar covers; write one from %(first)s to %(last)s",
            text=text[:20],
            first=first,
            last=last,
        )
    return int(text)


def _announced(year: Year, said: Words) -> Shown:
    if year.provisional_from is None:
        return Shown(Sign.GREEN, said.gettext("announced"))
    whole = year.provisional_from == date(year.number, 1, 1)
    return Shown(Sign.YELLOW, said.gettext("only computed") if whole else said.gettext("announced in part"))


def _provisional(year: Year, said: Words) -> str:
    if year.provisional_from is None:
        return ""
    day = said.date(year.provisional_from, year=True)
    return said.gettext("Provisional from %(day)s on: only what is certain by law is off.", day=day)


# --- the months -------------------------------------------------------------------------------------------------------
_STYLES = {
    Kind.WEEKEND: "weekend", Kind.HOLIDAY: "off", Kind.MAKEUP: "work", Kind.OFFICE_CLOSED: "off own",
    Kind.OFFICE_OPEN: "work own",
}  # fmt: skip


def _signs(said: Words) -> list[tuple[str, str, str]]:
    """休 and 班 as everybody in China knows them, with what they mean, and their style."""
    kinds = {Kind.HOLIDAY: "休", Kind.MAKEUP: "班", Kind.OFFICE_CLOSED: "闭", Kind.OFFICE_OPEN: "开"}
    return [(sign, said.term(kind), _STYLES[kind]) for kind, sign in kinds.items()]


def _month(visit: Visit, year: Year, number: int) -> Month:
    said, days = visit.said, year.month(number)
    signs = {style: sign for sign, _, style in _signs(said)}
    boxes: list[Box | None] = [None] * days[0].date.weekday()
    boxes += [_box(visit, year, day, signs) for day in days]
    boxes += [None] * (-len(boxes) % 7)
    weeks = tuple(tuple(boxes[start : start + 7]) for start in range(0, len(boxes), 7))
    name = said.pgettext("month", TERMS["month"][str(number - 1)])
    return Month(name, said.days(year.working_days(number)), weeks)


def _box(visit: Visit, year: Year, day: Day, signs: dict[str, str]) -> Box:
    said, style = visit.said, _STYLES.get(day.kind, "")
    open_yet = year.provisional_from is not None and day.date >= year.provisional_from
    classes = [style, "unannounced" if open_yet else "", "today" if day.date == visit.office.today(visit.now) else ""]
    named = style if style in signs else ""
    means = [said.term(day.kind), _name(visit, day.name), said.gettext("not announced yet") if open_yet else ""]
    text = " · ".join(part for part in means if part) if named else ""
    return Box(day.date.day, day.date.isoformat(), signs.get(named, ""), " ".join(filter(None, classes)), text)


def _name(visit: Visit, name: str) -> str:
    return name if visit.said.language == "zh" else visit.office.calendar.english(name)


def _weekday(said: Words, weekday: int) -> tuple[str, str]:
    """As it stands over a column, and in full."""
    name = said.pgettext("weekday", TERMS["weekday"][str(weekday)])
    return (name[-1:] if said.language == "zh" else name[:2]), name


# --- the lists --------------------------------------------------------------------------------------------------------
def _days(visit: Visit) -> Section:
    return _special(visit, year_of(visit.office.calendar, _year(visit)))


def _special(visit: Visit, year: Year) -> Section:
    """Each spell off and each make-up day with its name, and whose word it is."""
    said = visit.said
    sources = {day.date: day.source for day in year.days}
    found = [(spell.first, _spell(visit, spell, sources)) for spell in year.spells]
    found += [(day.date, _makeup(visit, day)) for day in year.makeup]
    columns = (
        Column("days", said.gettext("Days"), wide=True),
        Column("what", said.gettext("What"), Of.CHOICE),
        Column("name", said.pgettext("page", "Name")),
        Column("source", said.gettext("Source"), wide=True),
    )
    beside = (
        Column("from", said.gettext("From"), Of.DATE),
        Column("to", said.gettext("To"), Of.DATE),
        Column("announced", said.gettext("announced"), Of.FLAG),
    )
    lines = tuple(line for _, line in sorted(found, key=lambda pair: pair[0]))
    return Section(
        "special", said.gettext("Days off and make-up days"), columns, lines, said.gettext("None."),
        beside=beside, files=file_links(DAYS, {"year": visit.asked("year")}),
    )  # fmt: skip


def _spell(visit: Visit, spell: Spell, sources: dict[date, str]) -> Row:
    said = visit.said
    inside = dict.fromkeys(source for day, source in sources.items() if spell.first <= day <= spell.last and source)
    names = said.joined(dict.fromkeys(_name(visit, name) for name in spell.names))
    days = said.ngettext("%(n)s day off", "%(n)s days off", spell.days)
    announced = spell.last <= visit.office.calendar.announced_through
    what = Cell(days, ("" if announced else said.gettext("not announced yet"),), value=Choice("off", days))
    source = Cell(more=tuple(inside) or (NO_DATA,))
    return Row(cells(said.span(spell.first, spell.last), what, names or NO_DATA, source),
               beside=(spell.first, spell.last, announced))  # fmt: skip


def _makeup(visit: Visit, day: Day) -> Row:
    said, name = visit.said, _name(visit, day.name)
    text, what = said.date(day.date, year=True), said.term(day.kind)
    named = NO_DATA if name in ("", what) else name
    announced = day.date <= visit.office.calendar.announced_through
    of_kind = Cell(what, value=Choice(day.kind.value, what))
    return Row(cells(text, of_kind, named, Cell(more=(day.source or NO_DATA,))), beside=(day.date, day.date, announced))


def _notices(visit: Visit) -> Section:
    said = visit.said
    columns = (
        Column("number", said.gettext("Notice")),
        Column("state", said.gettext("State"), Of.CHOICE),
        Column("published_on", said.gettext("Published"), Of.DATE),
        Column("days", said.gettext("Days")),
        Column("loaded_by", said.gettext("Loaded by"), Of.CHOICE),
    )
    beside = (Column("title", said.gettext("Title"), wide=True), Column("amends", said.gettext("Amends the notice")))
    found = tuple(_notice(visit, one) for one in calendar_notices.listed(visit.session, visit.office))
    empty = said.gettext(
        "No notice is on record: the days are those of the installed holiday data and the office file."
    )
    mend = next(iter(may(visit, Link(said.gettext("Load a notice"), notices.LOAD))), None)
    title, links = said.gettext("Notices on record"), file_links(NOTICES)
    return Section("notices", title, columns, found, empty, mend, beside=beside, files=links)


def _notice(visit: Visit, one: dict[str, object]) -> Row:
    said, number, state = visit.said, str(one["number"]), str(one["state"])
    days = said.gettext("%(off)s days off, %(work)s worked", off=one["off"], work=one["work"])
    amends = said.gettext("amends %(number)s", number=one["amends"]) if one["amends"] else ""
    links = (Link(said.gettext("try and apply"), notices.apply_path(number), number),) if state == "loaded" else ()
    return Row(
        (
            Cell(number, (str(one["title"]), amends), value=number),
            light_cell(_state(state, said), state),
            day_cell(visit, date.fromisoformat(str(one["published"]))),
            Cell(days),
            person_cell(visit, str(one["loaded_by"])),
        ),
        may(visit, *links),
        (str(one["title"]) or None, str(one["amends"]) or None),
    )


def _state(state: str, said: Words) -> Shown:
    return {
        "loaded": Shown(Sign.NONE, said.gettext("loaded, not applied")),
        "applying": Shown(Sign.YELLOW, said.gettext("being applied")),
        "applied": Shown(Sign.GREEN, said.gettext("applied")),
    }[state]


def _progress(visit: Visit, found: Progress | None) -> str:
    if found is None:
        return ""
    said = visit.said
    waits = said.ngettext("%(n)s open case waits", "%(n)s open cases wait", found.waiting)
    since = said.moment(found.since, visit.office.calendar.zone, year=True)
    name = found.notice or said.gettext("A change of the calendar")
    return said.gettext("%(name)s is being applied since %(since)s: %(waits)s.", name=name, since=since, waits=waits)
