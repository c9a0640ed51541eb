"""Today in words: the due lists of an office, the gravest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sla.clock import Clock
from sla.messages import DueEntry, DueLists
from sla.policies import Basis, Ground
from sla.rights import Right
from sla.service.offices import Office, parsed
from sla.web.frame import Visit, case_path, record_path
from sla.web.lights import Mark, Shown, light_of, marks_of
from sla.words import NO_DATA, Words, days_until, due_text, ground_text, standing_text

_GRAVEST = (Basis.STATUTE, Basis.PROMISE, Basis.STAGE, Basis.DUTY)  # of clocks that are as late as each other


@dataclass(frozen=True)
class Entry:
    """One clock of a list. `due` is the due date or, of a paused clock, "–"; `standing` what is left or past of it."""

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
    paused: "Paused | None"
    actions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Paused:
    """Since when and why a clock stands still, what is left of it, and the date it would have if resumed now."""

    since: str
    ground: str
    left: str
    if_resumed: str


@dataclass(frozen=True)
class Section:
    """One list: `id` is its place on the page, `kind` its style, `empty` what is said when there is nothing in it."""

    id: str
    title: str
    entries: tuple[Entry, ...]
    empty: str
    note: str = ""


@dataclass(frozen=True)
class Today:
    """The whole page. `people` are (id, name, chosen)."""

    day: str
    time: str
    overdue: int
    sections: tuple[Section, ...]
    people: tuple[tuple[str, str, bool], ...]
    handler: str


def today_view(visit: Visit, due: DueLists, handler: str) -> Today:
    """What the page says at `visit.now`."""
    said, office = visit.said, visit.office
    grounds = grounds_of(office)
    shown = {name: tuple(_entry(visit, entry, grounds) for entry in getattr(due, name)) for name in due.counts()}
    shown["overdue"] = tuple(
        _entry(visit, entry, grounds) for entry in sorted(due.overdue, key=lambda entry: _gravity(entry, due))
    )
    return Today(
        day=said.date(due.day, year=True),
        time=said.time(visit.now, office.calendar.zone),
        overdue=len(due.overdue),
        sections=tuple(_sections(shown, said, deemed=deems(office))),
        people=tuple((person.id, person.name, person.id == handler) for person in office.people.values()),
        handler=office.people[handler].name if handler else "",
    )


def grounds_of(office: Office) -> Mapping[str, Ground]:
    """The grounds of all the office's policies, the newest version's words for each."""
    return {key: ground for row in office.policy_rows for key, ground in parsed(row.content).grounds.items()}


def _gravity(entry: DueEntry, due: DueLists) -> tuple[int, int, str]:
    """Most working days late first; of the same day, the law's limit before the promise."""
    return (days_until(entry.clock, due.day) or 0, _GRAVEST.index(entry.clock.rule.basis), entry.case.number)


def deems(office: Office) -> bool:
    """Whether by any of its policies a case that nobody answers counts as accepted (R18)."""
    policies = (parsed(row.content) for row in office.policy_rows)
    return any(rule.deemed for policy in policies for rules in policy.clocks.values() for rule in rules)


def _sections(shown: Mapping[str, tuple[Entry, ...]], said: Words, *, deemed: bool) -> Iterable[Section]:
    yield Section("overdue", said.gettext("Overdue"), shown["overdue"], said.gettext("Nothing is overdue. Well kept."))
    yield Section("due_today", said.gettext("Due today"), shown["due_today"], said.gettext("Nothing is due today."))
    yield Section(
        "next_days", said.gettext("Due in the next 3 working days"), shown["next_days"],
        said.gettext("Nothing is due in the next 3 working days."),
    )  # fmt: skip
    yield Section(
        "paused", said.gettext("Paused"), shown["paused"], said.gettext("No clock is paused."),
        said.gettext("Time that is not counted by law; there is no due date until it is resumed."),
    )  # fmt: skip
    yield Section(
        "awaiting", said.gettext("Awaiting acceptance"), shown["awaiting"],
        said.gettext("No case waits to be accepted."),
        said.gettext("An answer is due within the intake limit, or the case counts as accepted.")
        if deemed
        else said.gettext("Received, and not yet accepted."),
    )  # fmt: skip


def _entry(visit: Visit, entry: DueEntry, grounds: Mapping[str, Ground]) -> Entry:
    case, clock, said = entry.case, entry.clock, visit.said
    return Entry(
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
        actions=_actions(visit, entry),
    )


def _actions(visit: Visit, entry: DueEntry) -> tuple[tuple[str, str], ...]:
    """What is usually done next, (words, path); afterwards one is back on the list."""
    if Right.RECORD not in visit.visitor.rights:
        return ()
    query = visit.request.url.query
    back = f"/?{query}" if query else "/"
    kinds: tuple[str, ...] = ("decided", "paused")
    if entry.clock.if_resumed is not None:
        kinds = ("resumed",)
    elif entry.clock.rule.deemed:
        kinds = ("accepted", "correction_requested")
    return tuple((visit.said.action(kind), record_path(kind, entry.case.number, back)) for kind in kinds)


def paused_of(clock: Clock, said: Words, grounds: Mapping[str, Ground]) -> Paused | None:
    """The open pause of a clock, or None."""
    if clock.if_resumed is None:
        return None
    pause, resumed = clock.pauses[-1], said.date(clock.if_resumed)
    return Paused(
        since=said.date(clock.calendar.date_of(pause.start)),
        ground=ground_text(pause.ground, said, grounds),
        left=said.amount(clock.left, clock.unit),
        if_resumed=said.gettext("%(text)s (provisional)", text=resumed) if clock.provisional else resumed,
    )
