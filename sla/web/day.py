"""Today in words: the lists of a day, each clock with its light, its date and what is usually done next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from markupsafe import Markup

from sla.policies import Ground
from sla.rights import Right
from sla.service.board import FIRST, PAGE, RESTING, Board, Item
from sla.service.offices import Office, parsed
from sla.web.frame import Visit, case_path, record_path
from sla.web.lights import Mark, Shown, light_of, marks_of
from sla.web.paused import Paused, paused_of
from sla.words import NO_DATA, Words, due_text, standing_text
from sla.words.templates import templates


class Asked(Protocol):
    """Whose day, and whether all of `only` one list, from page `number` on."""

    @property
    def view(self) -> str: ...
    @property
    def handler(self) -> str: ...
    @property
    def only(self) -> str: ...
    @property
    def number(self) -> int: ...
    def path(self, number: int | None = None, only: str | None = None) -> str: ...


@dataclass(frozen=True)
class Entry:
    """One clock of a list. `id` is its place on the page; `due` is the due date or, of a paused clock, "–"; `standing`
    what is left or past of it; `until` when its pause was to end."""

    id: str
    number: str
    path: str
    title: str
    permit: str
    handler: str
    clock: str
    light: Shown
    due: str
    due_on: str
    standing: str
    marks: tuple[Mark, ...]
    paused: Paused | None
    until: str
    actions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Section:
    """One list: `id` is its place on the page, `count` how many it holds, of which `entries` are shown; `all` leads to
    the others and `more` says how many they are, `before` and `after` to the pages beside this one; `empty` is what is
    said when there is nothing in it."""

    id: str
    title: str
    count: int
    entries: tuple[Entry, ...]
    empty: str
    note: str = ""
    all: str = ""
    more: int = 0
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class DayView:
    """The whole page. `tiles` are (list, title, count, path), `people` (id, name, chosen); `resting` clocks are paused,
    and not too long. `view` is whose day it is; `mine` leads to one's own, "" where nobody is signed in."""

    day: str
    time: str
    view: str
    mine: str
    overdue: int
    tiles: tuple[tuple[str, str, int, str], ...]
    sections: tuple[Section, ...]
    people: tuple[tuple[str, str, bool], ...]
    handler: str
    only: str
    resting: int
    resting_path: str
    back: str


def day_view(visit: Visit, board: Board, asked: Asked) -> DayView:
    """What the page says at `visit.now`."""
    said, office = visit.said, visit.office
    handler = visit.visitor.person_id if asked.view == "mine" else asked.handler
    titles = _titles(said)
    resting = {name: value for name, value in (("standing", "paused"), ("handler", handler)) if value}
    return DayView(
        day=said.date(board.day, year=True),
        time=said.time(visit.now, office.calendar.zone),
        view=asked.view,
        mine="/?view=mine" if visit.visitor.person_id else "",
        overdue=board.counts["overdue"],
        tiles=tuple(
            (name, title, board.counts[name], asked.path(1, name) if asked.only else f"#{name}")
            for name, title in titles.items()
        ),
        sections=tuple(_section(visit, board, asked, name) for name in titles if name in board.lists),
        people=tuple((person.id, person.name, person.id == asked.handler) for person in office.people.values()),
        handler=office.people[asked.handler].name if asked.handler else "",
        only=titles[asked.only] if asked.only else "",
        resting=board.counts[RESTING],
        resting_path=f"/cases?{urlencode(resting)}",
        back=asked.path(1, ""),
    )


@lru_cache(maxsize=2_000)
def row_html(language: str, entry: Entry) -> Markup:
    """A row as it is shown. The list is looked at all day, and few of its rows have changed since."""
    rows: Any = templates("web/templates", language).get_template("today_row.html").module
    html: Markup = rows.row(entry)
    return html


def _titles(said: Words) -> Mapping[str, str]:
    return {
        "overdue": said.gettext("Overdue"),
        "due_today": said.gettext("Due today"),
        "next_days": said.gettext("Due in the next 3 working days"),
        "paused": said.gettext("Paused too long"),
        "awaiting": said.gettext("Awaiting acceptance"),
    }


def _section(visit: Visit, board: Board, asked: Asked, name: str) -> Section:
    said, count = visit.said, board.counts[name]
    grounds, here = grounds_of(visit.office), quote(f"{asked.path()}#", safe="")
    entries = tuple(_entry(visit, item, grounds, here) for item in board.lists[name])
    last = PAGE * asked.number
    more = 0 if asked.only else max(0, count - FIRST)
    empty, note = _remarks(visit.office, said)[name]
    return Section(
        id=name,
        title=_titles(said)[name],
        count=count,
        entries=entries,
        empty=said.gettext("There is nothing on this page any more.") if asked.number > 1 else empty,
        note=note,
        all=asked.path(1, name) if more else "",
        more=more,
        before=asked.path(asked.number - 1) if asked.only and asked.number > 1 else "",
        after=asked.path(asked.number + 1) if asked.only and count > last else "",
    )


def _remarks(office: Office, said: Words) -> Mapping[str, tuple[str, str]]:
    """Of each list what is said where it is empty, and what it is."""
    days = said.ngettext("%(n)s working day", "%(n)s working days", office.patience)
    return {
        "overdue": (said.gettext("Nothing is overdue. Well kept."), ""),
        "due_today": (said.gettext("Nothing is due today."), ""),
        "next_days": (said.gettext("Nothing is due in the next 3 working days."), ""),
        "paused": (
            said.gettext("No clock is paused for too long."),
            said.gettext(
                "Past the day the pause was to end, or paused for more than %(days)s. There is no due date until it"
                " is resumed.",
                days=days,
            ),
        ),
        "awaiting": (
            said.gettext("No case waits to be accepted."),
            said.gettext("An answer is due within the intake limit, or the case counts as accepted.")
            if deems(office)
            else said.gettext("Received, and not yet accepted."),
        ),
    }


def grounds_of(office: Office) -> Mapping[str, Ground]:
    """The grounds of all the office's policies, the newest version's words for each."""
    return {key: ground for row in office.policy_rows for key, ground in parsed(row.content).grounds.items()}


def deems(office: Office) -> bool:
    """Whether by any of its policies a case that nobody answers counts as accepted (R18)."""
    policies = (parsed(row.content) for row in office.policy_rows)
    return any(rule.deemed for policy in policies for rules in policy.clocks.values() for rule in rules)


def _entry(visit: Visit, item: Item, grounds: Mapping[str, Ground], here: str) -> Entry:
    case, clock, said = item.case, item.clock, visit.said
    place = f"c{item.case_id.hex}-{clock.id}"
    return Entry(
        id=place,
        number=case.number,
        path=case_path(case.number),
        title=case.title,
        permit=said.name(case.permit_names),
        handler=case.handler_name or NO_DATA,
        clock=said.name(clock.rule.names),
        light=light_of(clock, said),
        due=due_text(clock, said),
        due_on=clock.due_on.isoformat() if clock.due_on else "",
        standing=standing_text(clock, visit.now, said),
        marks=marks_of(clock, said),
        paused=paused_of(clock, said, grounds),
        until=said.gettext("expected end: %(day)s", day=said.date(item.resume_by)) if item.resume_by else "",
        actions=_actions(visit, item, here + place),
    )


def _actions(visit: Visit, item: Item, back: str) -> tuple[tuple[str, str], ...]:
    """What is usually done next, (words, path); afterwards one is at `back`, a quoted path."""
    if Right.RECORD not in visit.visitor.rights:
        return ()
    kinds: Sequence[str] = ("decided", "paused")
    if item.clock.if_resumed is not None:
        kinds = ("resumed",)
    elif item.clock.rule.deemed:
        kinds = ("accepted", "correction_requested")
    return tuple((visit.said.action(kind), f"{record_path(kind, item.case.number)}?to={back}") for kind in kinds)
