"""One or several alarms for one person: reminder, due, overdue, escalation, deemed acceptance, correction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from notifiers.message import Message
from sla.alarms import CORRECTION
from sla.clock import Clock, State
from sla.messages.deadlines import deadlines
from sla.messages.items import AlarmItem, is_overdue
from sla.messages.making import MOST_LISTED, Content, clipped, clock_data, linked, message, reason_data, why
from sla.messages.subjects import bundle_subject, subject
from sla.people import Person, Role
from sla.policies import Gravity
from sla.words import Words, due_text, one_line, standing_text, words

_ORDER = list(Gravity)


def alarm_message(
    key: str, items: Sequence[AlarmItem], person: Person, reason: Role | str, now: datetime, source: str
) -> Message:
    """One or several clocks (M5) for one person, the gravest first.

    `reason`: the reader's role, or the name of the person the reader stands in for; "" for a correction sent to
    whoever was told. `now` is aware. ValueError without items.
    """
    if not items:
        raise ValueError("a message needs at least one alarm to speak of")
    said, items = words(person.language), sorted(items, key=_urgency)
    reasons = {_reason(item, reason) for item in items}
    shared = why(reasons.pop(), said) if len(reasons) == 1 else ""
    content = Content(
        template="alarm",
        kind=f"case.{_kind(items[0])}" if len(items) == 1 else "case.several",
        subject=subject(items[0], now, said) if len(items) == 1 else bundle_subject(items, now, said),
        about=", ".join(dict.fromkeys(one_line(item.case.number) for item in items)),
        values={
            "items": [_told(item, "" if shared else _reason(item, reason), now, said) for item in items[:MOST_LISTED]],
            "more": max(0, len(items) - MOST_LISTED),
            "why": shared,
        },
        data={"clocks": [_data(item, reason, now, said) for item in items]},
        link=items[0].case.link,
        deadlines=deadlines(items, said, source),
    )
    return message(key, content, said, now, source)


def corrected_text(item: AlarmItem, now: datetime, said: Words) -> tuple[str, tuple[str, ...]]:
    """What a correction says of one clock, with its notes (provisional, capped): the same in a digest of many."""
    return _corrected(item, now, said), tuple(_notes(item, said))


@dataclass(frozen=True)
class _Told:
    """One alarm in words, for the templates."""

    number: str
    title: str
    permit: str
    handler: str
    clock: str
    what: str
    notes: tuple[str, ...]
    why: str
    link: str


def _told(item: AlarmItem, reason: Role | str, now: datetime, said: Words) -> _Told:
    return _Told(
        number=clipped(item.case.number),
        title=clipped(item.case.title),
        permit=clipped(said.name(item.case.permit_names)),
        handler=clipped(item.case.handler_name),
        clock=item.clock_name(said),
        what=_what(item, now, said),
        notes=tuple(_notes(item, said)),
        why=why(reason, said) if reason else "",
        link=linked(item.case.link),
    )


def _what(item: AlarmItem, now: datetime, said: Words) -> str:
    if item.is_correction:
        return _corrected(item, now, said)
    if item.clock is None:
        return said.gettext("There is no deadline any more.")
    if item.deemed_from:
        return said.gettext(
            "Nobody answered by %(due)s: the case is deemed accepted as of %(day)s, and its limits run from that day.",
            due=due_text(item.clock, said, year=True),
            day=said.date(item.deemed_from, year=True),
        )
    return _standing(item.clock, now, said)


def _standing(clock: Clock, now: datetime, said: Words) -> str:
    """When it is due or was, and how many working days are left or past."""
    due, standing = due_text(clock, said, year=True), standing_text(clock, now, said)
    if clock.due_on is None or clock.state is State.CANCELLED:
        return said.gettext("No deadline runs now: %(standing)s.", standing=standing)
    if clock.stopped_by is not None and clock.stopped_on is not None:
        event, day = said.event(clock.stopped_by.kind), said.date(clock.stopped_on, year=True)
        return said.gettext(
            "Due %(due)s, %(event)s on %(day)s, %(standing)s.", due=due, event=event, day=day, standing=standing
        )
    if is_overdue(clock, now):
        return said.gettext("Was due %(due)s, %(standing)s.", due=due, standing=standing)
    in_days = clock.limit.unit.lasts is None  # of limits in hours what is left is said too
    if clock.is_open and in_days and clock.due_on == clock.calendar.date_of(now):
        return said.gettext("Due today, %(due)s.", due=due)
    return said.gettext("Due %(due)s, %(standing)s.", due=due, standing=standing)


def _corrected(item: AlarmItem, now: datetime, said: Words) -> str:
    """What was told and what is true (R16, M6): moved, gone, there again, or not overdue after all."""
    clock, told = item.clock, item.correction_of
    if clock is None or clock.due_on is None or clock.state is State.CANCELLED:
        return _gone(item, said)
    standing = _standing(clock, now, said)
    if told is None:
        return said.gettext("You were told that there is no deadline; there is one. %(standing)s", standing=standing)
    told_text = _told_text(told, item, said)
    if told != clock.due_key:
        return said.gettext(
            "You were told that it was due %(told)s; the deadline has moved. %(standing)s",
            told=told_text,
            standing=standing,
        )
    if clock.overdue:
        return said.gettext("The deadline is the one you were told. %(standing)s", standing=standing)
    return said.gettext("You were told that it is overdue; it is not. %(standing)s", standing=standing)


def _told_text(told: date | datetime, item: AlarmItem, said: Words) -> str:
    """The deadline people were told; of a limit in hours with its time (M6)."""
    if isinstance(told, datetime):
        return said.moment(told, item.clock.calendar.zone if item.clock else item.zone, year=True)
    return said.date(told, year=True)


def _gone(item: AlarmItem, said: Words) -> str:
    clock, told = item.clock, item.correction_of
    state = said.term(clock.state) if clock else said.gettext("this limit does not apply")
    if told is None:
        return said.gettext("There is no deadline: %(state)s.", state=state)
    return said.gettext(
        "You were told that it was due %(told)s; there is no deadline any more: %(state)s.",
        told=_told_text(told, item, said),
        state=state,
    )


def _notes(item: AlarmItem, said: Words) -> Iterable[str]:
    clock = item.clock
    if clock is None:
        return
    if item.deemed_on is not None and not clock.deemed:
        day = said.date(item.deemed_on, year=True)
        yield said.gettext("The case is deemed accepted; its limits run from %(day)s.", day=day)
    if clock.provisional:
        yield said.gettext("The date is provisional: the holidays of that time are not announced yet.")
    if clock.capped:
        yield said.gettext("The promise is capped: it is due with the statutory limit.")


def _data(item: AlarmItem, reason: Role | str, now: datetime, said: Words) -> dict[str, object]:
    return {
        **clock_data(item.case, item.clock, now, said),
        "milestone": item.milestone,
        "gravity": item.gravity.value,
        "reason": reason_data(_reason(item, reason)),
        "correction": item.is_correction,
        "told": item.correction_of.isoformat() if item.correction_of else None,
        "deemed_on": item.deemed_on.isoformat() if item.deemed_on else None,
    }


def _reason(item: AlarmItem, reason: Role | str) -> Role | str:
    return reason if item.reason is None else item.reason


def _kind(item: AlarmItem) -> str:
    if item.is_correction:
        return CORRECTION
    return "deemed_accepted" if item.deemed_from else item.gravity.value


def _urgency(item: AlarmItem) -> tuple[int, date, str]:
    due = item.clock.due_on if item.clock else None
    return (-_ORDER.index(item.gravity), due or date.max, item.case.number)
