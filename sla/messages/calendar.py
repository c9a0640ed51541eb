"""What a calendar has to say: dates that moved for whoever was told otherwise; a report, a review and a reminder for
administrators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from notifiers.message import Message
from sla.messages.alarm import corrected_text
from sla.messages.deadlines import deadlines
from sla.messages.items import AlarmItem
from sla.messages.making import MOST_LISTED, CaseCard, Content, clipped, clock_data, linked, message, reason_data, why
from sla.people import Person, Role
from sla.words import NO_DATA, Words, one_line, words

_LONGEST_NUMBER = 24  # of a subject; the whole number stands in the text


@dataclass(frozen=True)
class CalendarChange:
    """What changed a calendar: a notice with its number and title, or newer holiday data, or the office's file."""

    why: str
    number: str = ""
    title: str = ""

    def name(self, said: Words) -> str:
        """In a subject."""
        return clipped(self.number, _LONGEST_NUMBER) or said.gettext("The calendar")

    def sentence(self, said: Words) -> str:
        if self.number:
            title, number = one_line(self.title), one_line(self.number)
            return said.gettext("Applied: %(title)s %(number)s.", title=title, number=number)
        if self.why == "installed":
            return said.gettext("The installed holiday data knows more than before.")
        return said.gettext("The office's calendar was changed.")


@dataclass(frozen=True)
class ReportedMove:
    """One clock that moved or is overdue or rescued by the calendar; deadlines as text, "" for none."""

    case: CaseCard
    clock: str
    clock_names: Mapping[str, str]
    before: str
    after: str
    overdue: bool
    rescued: bool


@dataclass(frozen=True)
class CalendarReport:
    """What a change did: how many clocks of how many cases, and those that moved, as many as are listed."""

    change: CalendarChange
    announced_through: date
    moved: int
    cases: int
    overdue: int
    rescued: int
    confirmed: int
    listed: tuple[ReportedMove, ...]


def amendment_message(
    key: str, change: CalendarChange, items: Sequence[AlarmItem], person: Person, now: datetime, source: str
) -> Message:
    """All that moved of what one person had been told, as it stands at `now` (aware). ValueError without items."""
    if not items:
        raise ValueError("a message needs at least one date to speak of")
    said = words(person.language)
    content = Content(
        template="notice",
        kind="calendar.amended",
        subject=said.ngettext(
            "%(name)s: %(n)s deadline you were told has moved", "%(name)s: %(n)s deadlines you were told have moved",
            len(items), name=change.name(said),
        ),
        about=change.number or change.why,
        values={
            "paragraphs": [change.sentence(said)],
            "items": [_corrected(item, now, said) for item in items[:MOST_LISTED]],
            "more": max(0, len(items) - MOST_LISTED),
            "link": "",
            "why": why("", said),
        },
        data={
            "change": change.why,
            "notice": one_line(change.number),
            "reason": reason_data(""),
            "clocks": [
                {**clock_data(item.case, item.clock, now, said), "told": _iso(item.correction_of)} for item in items
            ],
        },
        link=items[0].case.link,
        deadlines=deadlines(items, said, source),
    )  # fmt: skip
    return message(key, content, said, now, source)


def report_message(
    key: str, report: CalendarReport, person: Person, reason: Role | str, now: datetime, source: str, *, link: str = ""
) -> Message:
    """To administrators: what a change of the calendar did. `now` is aware."""
    said = words(person.language)
    counts = {name: getattr(report, name) for name in ("moved", "cases", "overdue", "rescued", "confirmed")}
    content = Content(
        template="notice",
        kind="calendar.applied",
        subject=said.gettext(
            "%(name)s: %(moved)s deadlines moved, %(confirmed)s confirmed",
            name=report.change.name(said), moved=report.moved, confirmed=report.confirmed,
        ),
        about=report.change.number or report.change.why,
        values={
            "paragraphs": [report.change.sentence(said), _counted(report, said)],
            "items": [_moved(move, report.announced_through, said) for move in report.listed[:MOST_LISTED]],
            "more": max(0, report.moved - len(report.listed[:MOST_LISTED])),
            "link": linked(link),
            "why": why(reason, said),
        },
        data={
            "change": report.change.why,
            "notice": one_line(report.change.number),
            "announced_through": report.announced_through.isoformat(),
            "reason": reason_data(reason),
            **counts,
            "clocks": [
                {"case": one_line(move.case.number), "clock": move.clock, "before": move.before or None,
                 "after": move.after or None, "overdue": move.overdue, "rescued": move.rescued}
                for move in report.listed
            ],
        },
        link=link,
    )  # fmt: skip
    return message(key, content, said, now, source)


def review_message(
    key: str, days: Sequence[date], person: Person, reason: Role | str, now: datetime, source: str
) -> Message:
    """To administrators: newer holiday data has announced days otherwise, which moves nothing before somebody looks
    (R16)."""
    said = words(person.language)
    listed = [day.isoformat() for day in days]
    text = said.gettext(
        "The installed holiday data has days otherwise that are announced already: %(days)s. Nothing has moved. See "
        "what would with `sla calendar diff --installed`, and let it with `sla calendar apply --installed`.",
        days=said.joined(listed[:MOST_LISTED]),
    )
    content = Content(
        template="notice",
        kind="calendar.review",
        subject=said.gettext("The calendar needs a look: announced days differ"),
        about=listed[0] if listed else "",
        values=_plain([text], why(reason, said)),
        data={"days": listed, "reason": reason_data(reason)},
    )
    return message(key, content, said, now, source)


def missing_message(
    key: str, year: int, announced_through: date, person: Person, reason: Role | str, now: datetime, source: str
) -> Message:
    """To administrators, until the year is announced: whose notice is to be loaded (R15)."""
    said = words(person.language)
    text = said.gettext(
        "The calendar is announced through %(through)s. Until the notice for %(year)s is loaded every later date is "
        "provisional. Load it with `sla calendar load notice.toml`, or upgrade the package `holidays`.",
        through=said.date(announced_through, year=True), year=year,
    )  # fmt: skip
    content = Content(
        template="notice",
        kind="calendar.missing",
        subject=said.gettext("The holidays of %(year)s are not loaded yet", year=year),
        about=str(year),
        values=_plain([text], why(reason, said)),
        data={"year": year, "announced_through": announced_through.isoformat(), "reason": reason_data(reason)},
    )
    return message(key, content, said, now, source)


@dataclass(frozen=True)
class _Item:
    """One clock in words, for the templates."""

    number: str
    title: str
    permit: str
    handler: str
    clock: str
    what: str
    notes: tuple[str, ...]
    link: str


def _corrected(item: AlarmItem, now: datetime, said: Words) -> _Item:
    what, notes = corrected_text(item, now, said)
    return _item(item.case, item.clock_name(said), what, notes, said)


def _moved(move: ReportedMove, through: date, said: Words) -> _Item:
    after = move.after or NO_DATA
    if move.after[:10] > through.isoformat():
        after = said.gettext("%(text)s (provisional)", text=after)
    what = said.gettext("%(before)s → %(after)s", before=move.before or NO_DATA, after=after)
    marks = []
    if move.overdue:
        marks.append(said.gettext("overdue by the calendar"))
    if move.rescued:
        marks.append(said.gettext("no longer overdue"))
    return _item(move.case, said.name(move.clock_names), said.joined([what, *marks]), (), said)


def _item(case: CaseCard, clock: str, what: str, notes: tuple[str, ...], said: Words) -> _Item:
    return _Item(
        number=clipped(case.number),
        title=clipped(case.title),
        permit=clipped(said.name(case.permit_names)),
        handler=clipped(case.handler_name),
        clock=clipped(clock),
        what=what,
        notes=notes,
        link=linked(case.link),
    )


def _counted(report: CalendarReport, said: Words) -> str:
    return said.gettext(
        "Announced through %(through)s. Moved: %(moved)s deadlines of %(cases)s cases; overdue by the calendar: "
        "%(overdue)s; no longer overdue: %(rescued)s; confirmed: %(confirmed)s.",
        through=said.date(report.announced_through, year=True), moved=report.moved, cases=report.cases,
        overdue=report.overdue, rescued=report.rescued, confirmed=report.confirmed,
    )  # fmt: skip


def _plain(paragraphs: list[str], reason: str) -> dict[str, object]:
    return {"paragraphs": paragraphs, "items": [], "more": 0, "link": "", "why": reason}


def _iso(told: date | datetime | None) -> str | None:
    return told.isoformat() if told else None
