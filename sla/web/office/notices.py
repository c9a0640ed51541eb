"""Notices: loading one from its text or a form, trying it on every open case, applying it, and going on with that."""

import json
from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

from sla.service import amendments, calendar_notices
from sla.service.calendar_notices import Target
from sla.service.calendar_shows import Names, totals_text
from sla.service.days import day_of
from sla.service.dry_run import DryRun, Totals, dry_run
from sla.service.errors import ServiceError
from sla.web.fields import Ask, Field
from sla.web.frame import App, Visit, case_path
from sla.web.office.changing import Change, Done, Given, Later, Outcome, Task, changes
from sla.web.office.sheet import Cell, Link, Row, Section, cells, rows
from sla.web.routes import Route
from sla.words import Words

LOAD, APPLY, GO_ON = "/calendar/load", "/calendar/apply", "/calendar/go-on"
SHOWN = 300  # clocks that move, listed one by one


def routes(app: App) -> list[Route]:
    return changes(
        app,
        Task(LOAD, "notice_loaded", _load, _would_load, _loaded),
        Task(APPLY, "notice_applied", _apply, _would_apply, _applied),
        Task(GO_ON, "notice_gone_on", _go_on, _would_go_on, _gone_on),
    )


def apply_path(number: str) -> str:
    return f"{APPLY}?{urlencode({'notice': number})}"


# --- loading ----------------------------------------------------------------------------------------------------------
def _load(visit: Visit) -> Change:
    said = visit.said
    each = said.gettext("one a line: 2027-01-01 name, or 2027-02-06..2027-02-12 name")
    fields = (
        Field("number", said.gettext("Notice number"), most=80, hint="国办发明电〔2026〕7号"),
        Field("title", said.gettext("Title"), most=200),
        Field("published", said.gettext("Published on"), Ask.DAY),
        Field("announced_through", said.gettext("Announced through"), Ask.DAY,
              hint=said.gettext("the last day of the year it announces; blank: it only changes days")),
        Field("off", said.gettext("Days off"), Ask.TEXT, most=8000, hint=each),
        Field("work", said.gettext("Make-up working days"), Ask.TEXT, most=8000, hint=each),
        Field("amends", said.gettext("Amends the notice"), most=80, hint=said.gettext("its number, if it changes one")),
        Field("level", said.gettext("Whose word"), Ask.CHOICE, _levels(said), values=("announced",)),
        Field("text", said.gettext("Or the whole notice as TOML"), Ask.CODE,
              hint=said.gettext("as in docs/calendars.md; then the fields above are left out")),
        Field("replace", said.gettext("It corrects one that is loaded and not applied"), Ask.BOX),
    )  # fmt: skip
    lead = (said.gettext("Loading changes nothing yet: the next page shows what it would do to every open case."),)
    title, confirm = said.gettext("Load a notice"), said.gettext("Load it")
    return Change(title, LOAD, "/calendar", confirm, lead=lead, fields=fields)


def _levels(said: Words) -> tuple[tuple[str, str], ...]:
    return (
        ("announced", said.gettext("the state's")),
        ("region", said.gettext("the region's")),
        ("office", said.gettext("the office's own")),
    )


def text_of(given: Given) -> str:
    """The notice as TOML: as it was pasted, or of the fields. Raises ServiceError."""
    if given["text"]:
        return f"{given['text']}\n"
    head = {name: given[name] for name in ("number", "title", "amends", "level") if given[name]}
    lines = ["[notice]", *(f"{name} = {_quoted(value)}" for name, value in head.items())]
    lines += [f"{name} = {day_of(given[name], name)}" for name in ("published", "announced_through") if given[name]]
    for side in ("off", "work"):
        lines += [f"[[{side}]]\n{entry}" for entry in _entries(given[side], side)]
    return "\n".join(lines) + "\n"


def _entries(text: str, side: str) -> list[str]:
    entries = []
    for line in filter(None, map(str.strip, text.splitlines())):
        days, _, name = line.partition(" ")
        first, _, last = days.partition("..")
        named = f"\nname = {_quoted(name.strip())}" if name.strip() else ""
        begins = day_of(first, side)
        if not last:
            entries.append(f"date = {begins}{named}")
        elif side == "off":
            entries.append(f"from = {begins}\nto = {day_of(last, side)}{named}")
        else:
            entries += [f"date = {day}{named}" for day in _each(begins, day_of(last, side))]
    return entries


def _each(first: date, last: date) -> list[date]:
    if not 0 <= (last - first).days < 366:
        raise ServiceError("work", "%(first)s..%(last)s is no span of days within a year", first=first, last=last)
    return [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]


def _quoted(text: str) -> str:
    """As a basic string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _would_load(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001 - it needs the visit alone
    target = calendar_notices.target_of_text(visit.session, visit.office, text_of(given))
    assert target.notice is not None
    notice, said = target.notice, visit.said
    counts = said.gettext("%(off)s days off, %(work)s worked", off=len(notice.closed), work=len(notice.open))
    line = said.gettext("%(label)s: %(what)s", label=notice.number, what=said.joined((notice.title, counts)))
    trial = _tried(visit, target)
    return Outcome((line, *trial.lines), trial.warnings, trial.sections)


def _loaded(app: App, visit: Visit, given: Given) -> Done:  # noqa: ARG001
    said, by = visit.said, visit.visitor.person_id
    done = calendar_notices.load(
        visit.session, visit.office, text_of(given), visit.now, by, replace=bool(given["replace"])
    )
    number = done.notice.number
    state = said.gettext("loaded") if done.new else said.gettext("was loaded already")
    onward = Link(said.gettext("try and apply"), apply_path(number))
    return Done((said.gettext("%(label)s: %(what)s", label=number, what=state),), number, links=(onward,))


# --- what one would do ------------------------------------------------------------------------------------------------
def _tried(visit: Visit, target: Target) -> Outcome:
    """Every open clock by the calendar that would be: who is moved, becomes overdue, is rescued."""
    said, office = visit.said, visit.office
    found = dry_run(visit.session, office, target.calendar, visit.now)
    names = Names(office, said)
    days = said.joined(said.date(day, year=True) for day in found.days[:40]) or said.gettext("none")
    lines = [said.gettext("Changed days: %(days)s", days=days)]
    if found.announced_before != found.announced_after:
        lines.append(said.gettext("Announced through %(after)s, before through %(before)s",
                                  after=found.announced_after, before=found.announced_before))  # fmt: skip
    lines.append(said.ngettext("%(n)s open case, %(what)s", "%(n)s open cases, %(what)s", found.cases,
                               what=totals_text(found.total, said)))  # fmt: skip
    failed = tuple(f"{number}: {why}" for number, why in found.failed)
    return Outcome(tuple(lines), failed, _moves(found, names, said))


def _moves(found: DryRun, names: Names, said: Words) -> tuple[Section, ...]:
    if not found.moved:
        return ()
    listed = found.moved[:SHOWN]
    columns = (said.gettext("Case"), said.gettext("Limit"), said.gettext("Due"), said.gettext("What becomes of it"),
               said.gettext("Handler"))  # fmt: skip
    lines = tuple(
        Row(cells(Cell(one.number, (names.permit(one.permit),), path=case_path(one.number)), names.clock(one.clock),
                  names.moved(one), said.joined(names.marks(one)), names.person(one.handler)))
        for one in listed
    )  # fmt: skip
    note = said.gettext("The first %(n)s of %(all)s.", n=len(listed), all=len(found.moved))
    notes = (note,) if len(listed) < len(found.moved) else ()
    return (
        Section("by-permit", said.gettext("By permit"), _columns(said, said.gettext("Permit")),
                rows(_line(names.permit(one), totals) for one, totals in found.by_permit.items())),
        Section("by-handler", said.gettext("By handler"), _columns(said, said.gettext("Handler")),
                rows(_line(names.person(one), totals) for one, totals in found.by_handler.items())),
        Section("moved", said.gettext("Dates that move or are confirmed"), columns, lines, notes=notes),
    )  # fmt: skip


def _columns(said: Words, first: str) -> tuple[str, ...]:
    return (first, said.gettext("Moved"), said.gettext("Overdue by the calendar"), said.gettext("No longer overdue"),
            said.gettext("Confirmed"))  # fmt: skip


def _line(name: str, totals: Totals) -> tuple[str, ...]:
    return (name, str(totals.moved), str(totals.overdue), str(totals.rescued), str(totals.confirmed))


# --- applying ---------------------------------------------------------------------------------------------------------
def _apply(visit: Visit) -> Change:
    said, number = visit.said, visit.asked("notice")
    calendar_notices.target_of(visit.session, visit.office, number)  # raises for what cannot be applied
    lead = (said.gettext("First see what it would do to every open case; nothing is written before you confirm."),)
    title, confirm = said.gettext("Apply a notice"), said.gettext("Apply it")
    return Change(title, apply_path(number), "/calendar", confirm, number, number, lead)


def _would_apply(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001
    return _tried(visit, calendar_notices.target_of(visit.session, visit.office, visit.asked("notice")))


def _applied(app: App, visit: Visit, given: Given) -> Later:  # noqa: ARG001
    by = visit.visitor.person_id
    calendar_notices.apply_notice(visit.session, visit.office, visit.asked("notice"), visit.now, by)
    return Later(_bringing(app, visit))


def _bringing(app: App, visit: Visit) -> Callable[[], Done]:
    """Bring the first cases to the calendar; of many the heartbeat brings the rest, or whoever goes on."""
    said, office_id = visit.said, visit.office.id

    def rest() -> Done:
        if amendments.bring_some(app.writing, app.now, office_id):
            text = said.gettext(
                "It is applied to every open case; whoever had been told another date hears of it once."
            )
            return Done((text,))
        text = said.gettext("It holds from now on. Cases are still brought to it, one by one, by the service itself.")
        return Done((text,), links=(Link(said.gettext("Go on"), GO_ON),))

    return rest


def _go_on(visit: Visit) -> Change:
    said = visit.said
    title, confirm = said.gettext("Go on applying"), said.gettext("Go on")
    lead = (said.gettext("No change of the calendar is unfinished."),)
    if found := amendments.progress(visit.session, visit.office):
        lead = (_waiting(found.waiting, said),)
    return Change(title, GO_ON, "/calendar", confirm, lead=lead)


def _would_go_on(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001
    found = amendments.progress(visit.session, visit.office)
    if found is None:
        raise ServiceError("calendar", "no change is unfinished; nothing is to be done")
    return Outcome((_waiting(found.waiting, visit.said),))


def _waiting(n: int, said: Words) -> str:
    return said.ngettext("%(n)s open case waits", "%(n)s open cases wait", n)


def _gone_on(app: App, visit: Visit, given: Given) -> Later:  # noqa: ARG001
    return Later(_bringing(app, visit))
