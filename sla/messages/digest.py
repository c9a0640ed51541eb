"""The morning's digest: what is overdue, due today, and due in the next 3 working days; for managers also which clocks
were paused again on the day they were resumed (R10)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from notifiers.message import Message
from sla.clock import Clock
from sla.messages.making import (
    MOST_LISTED,
    CaseCard,
    Content,
    clipped,
    clock_data,
    linked,
    message,
    reason_data,
    why,
)
from sla.people import Person, Role
from sla.words import Words, due_text, one_line, paused_again_text, standing_text, words

Stands = Callable[[Clock], str]  # how a clock stands, in words


@dataclass(frozen=True)
class DueEntry:
    """One clock of a list."""

    case: CaseCard
    clock: Clock


@dataclass(frozen=True)
class OwedEntry:
    """A case whose conditional acceptance left papers owed, each by its names, that were to come in by a day now
    past. `handler` is a person's id."""

    case: CaseCard
    handler: str
    papers: tuple[Mapping[str, str], ...]
    by: date


@dataclass(frozen=True)
class DueLists:
    """What a person's day holds. `next_days`: the next 3 working days. `awaiting`: acceptance (intake).

    `paused_again`: open clocks that were paused again on a day they had been resumed, for managers (R10).
    """

    day: date
    overdue: tuple[DueEntry, ...] = ()
    due_today: tuple[DueEntry, ...] = ()
    next_days: tuple[DueEntry, ...] = ()
    paused: tuple[DueEntry, ...] = ()
    awaiting: tuple[DueEntry, ...] = ()
    paused_again: tuple[DueEntry, ...] = ()

    def counts(self) -> dict[str, int]:
        names = ("overdue", "due_today", "next_days", "paused", "awaiting")
        return {name: len(getattr(self, name)) for name in names}


@dataclass(frozen=True)
class Morning(DueLists):
    """The lists as a digest shows them: with `owed_past`, papers a conditional acceptance left owed, past their day
    (容缺受理)."""

    owed_past: tuple[OwedEntry, ...] = ()


def digest_message(
    key: str,
    lists: DueLists,
    person: Person,
    reason: Role | str,
    now: datetime,
    source: str,
    *,
    link: str = "",
    anchor: str = "",
) -> Message:
    """The morning's list (M9); what is paused or awaits acceptance is counted. `now` is aware.

    `link`: the list on the screen. `anchor`: the head of the office's record, printed for managers.
    """
    said, counts = words(person.language), lists.counts()
    listed = {"overdue": lists.overdue, "due_today": lists.due_today, "next_days": lists.next_days}
    sections = [
        _section(title, listed[name], said, lambda clock: standing_text(clock, now, said))
        for name, title in _titles(said)
    ]
    owed = lists.owed_past if isinstance(lists, Morning) else ()
    if owed:
        sections.append(_owed_section(owed, said))
    if lists.paused_again:
        title = said.gettext("Paused again on the day they were resumed")
        sections.append(_section(title, lists.paused_again, said, lambda clock: paused_again_text(clock, said)))
    content = Content(
        template="digest",
        kind="digest.due",
        subject=said.gettext(
            "%(day)s: %(overdue)s overdue, %(due_today)s due today, %(next_days)s due soon",
            day=said.date(lists.day),
            **counts,
        ),
        about=lists.day.isoformat(),
        values={
            "sections": sections,
            "counts": counts,
            "link": linked(link),
            "anchor": one_line(anchor),
            "why": why(reason, said),
        },
        data={
            "day": lists.day.isoformat(),
            "reason": reason_data(reason),
            "link": linked(link),
            "anchor": one_line(anchor),
            "counts": counts,
            **{name: [clock_data(e.case, e.clock, now, said) for e in entries] for name, entries in listed.items()},
            "owed_past": [_owed_data(entry, said) for entry in owed],
            "paused_again": [
                {**clock_data(e.case, e.clock, now, said), "on": [day.isoformat() for day in e.clock.paused_again]}
                for e in lists.paused_again
            ],
        },
        link=link,
    )
    return message(key, content, said, now, source)


def _titles(said: Words) -> tuple[tuple[str, str], ...]:
    return (
        ("overdue", said.gettext("Overdue")),
        ("due_today", said.gettext("Due today")),
        ("next_days", said.gettext("Due in the next 3 working days")),
    )


@dataclass(frozen=True)
class _Entry:
    """One clock in words, for the templates."""

    number: str
    title: str
    permit: str
    handler: str
    clock: str
    due: str
    standing: str
    link: str


@dataclass(frozen=True)
class _Section:
    """One list in words; `more` are counted only."""

    title: str
    count: int
    entries: tuple[_Entry, ...]
    more: int


def _owed_section(owed: tuple[OwedEntry, ...], said: Words) -> _Section:
    """The papers stand where a list has its limit, and the day they were to come in by where it has its due date."""
    shown = tuple(
        _named(
            entry.case,
            said,
            clock=clipped(said.joined(said.name(paper) for paper in entry.papers)),
            due=said.date(entry.by, year=True),
            standing=said.gettext("still owed"),
        )
        for entry in owed[:MOST_LISTED]
    )
    return _Section(said.gettext("Owed papers, past their day"), len(owed), shown, len(owed) - len(shown))


def _owed_data(entry: OwedEntry, said: Words) -> dict[str, object]:
    return {
        "case": entry.case.number,
        "title": entry.case.title,
        "handler": entry.case.handler_name,
        "papers": [said.name(paper) for paper in entry.papers],
        "by": entry.by.isoformat(),
    }


def _section(title: str, entries: tuple[DueEntry, ...], said: Words, stands: Stands) -> _Section:
    shown = tuple(_entry(entry, said, stands) for entry in entries[:MOST_LISTED])
    return _Section(title, len(entries), shown, len(entries) - len(shown))


def _entry(entry: DueEntry, said: Words, stands: Stands) -> _Entry:
    clock, due = entry.clock, due_text(entry.clock, said, year=True)
    return _named(
        entry.case,
        said,
        clock=clipped(said.name(clock.rule.names)),
        due=said.gettext("%(text)s (provisional)", text=due) if clock.provisional else due,
        standing=stands(clock),
    )


def _named(case: CaseCard, said: Words, **told: str) -> _Entry:
    return _Entry(
        number=clipped(case.number),
        title=clipped(case.title),
        permit=clipped(said.name(case.permit_names)),
        handler=clipped(case.handler_name),
        link=linked(case.link),
        **told,
    )
