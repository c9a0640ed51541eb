"""The subject of an alarm message: number, what and when, within 60 characters."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sla.clock import State
from sla.messages.items import AlarmItem, is_overdue
from sla.messages.making import clipped
from sla.policies import Gravity
from sla.words import Words, due_text, one_line

LONGEST_SUBJECT = 60


def subject(item: AlarmItem, now: datetime, said: Words) -> str:
    """Of one alarm; a long name of the clock gives way first."""

    def written(number: str, name: str) -> str:
        return said.gettext(
            "%(label)s: %(what)s",
            label=_label(item, now, said),
            what=_what(item, f"{number} {name}", number, now, said),
        )

    return _fitted(written, one_line(item.case.number), item.clock_name(said))


def bundle_subject(items: Sequence[AlarmItem], now: datetime, said: Words) -> str:
    """Of several: the gravest one's number, how many are overdue, and what is due first."""
    clocks = [item.clock for item in items if item.clock is not None]
    dates = [clock.due_on for clock in clocks if clock.is_open and clock.due_on is not None]
    overdue = sum(is_overdue(clock, now) for clock in clocks)
    late = said.ngettext("%(n)s overdue", "%(n)s overdue", overdue) if overdue else ""
    first = said.date(min(dates)) if dates else ""
    if any(clock.provisional and clock.due_on == min(dates) for clock in clocks if clock.is_open and dates):
        first = said.gettext("%(text)s (provisional)", text=first)
    due = said.gettext("first due %(due)s", due=first) if first else ""
    rest = said.joined(part for part in (late, due) if part) or said.gettext("corrections")

    def written(number: str, name: str) -> str:
        more = said.ngettext("%(number)s and %(n)s more", "%(number)s and %(n)s more", len(items) - 1, number=number)
        return said.gettext("%(label)s: %(what)s", label=more, what=f"{rest}{name}")

    return _fitted(written, one_line(items[0].case.number), "")


def _label(item: AlarmItem, now: datetime, said: Words) -> str:
    if item.is_correction:
        return said.gettext("Correction")
    if item.deemed_from:
        return said.gettext("Deemed accepted")
    lighter = item.gravity in (Gravity.REMINDER, Gravity.DUE)
    overdue = lighter and item.clock is not None and is_overdue(item.clock, now)
    word = said.term(Gravity.OVERDUE if overdue else item.gravity)
    return word[:1].upper() + word[1:]


def _what(item: AlarmItem, named: str, number: str, now: datetime, said: Words) -> str:
    clock = item.clock
    if item.deemed_from:
        return said.gettext("%(number)s, as of %(day)s", number=number, day=said.date(item.deemed_from))
    if clock is None or clock.due_on is None or clock.state is State.CANCELLED:
        return said.gettext("%(clock)s, no deadline now", clock=named)
    due = (
        said.gettext("%(text)s (provisional)", text=due_text(clock, said))
        if clock.provisional
        else due_text(clock, said)
    )
    if item.is_correction and item.correction_of == clock.due_key and not clock.overdue:
        return said.gettext("%(clock)s, not overdue (%(due)s)", clock=named, due=due)
    if item.is_correction:
        return said.gettext("%(clock)s, now due %(due)s", clock=named, due=due)
    if is_overdue(clock, now):
        return said.gettext("%(clock)s, was due %(due)s", clock=named, due=due)
    return said.gettext("%(clock)s, due %(due)s", clock=named, due=due)


def _fitted(written: Callable[[str, str], str], number: str, name: str) -> str:
    """First the name is shortened as far as needed, then the number."""
    name = _shortened(name, len(written(number, name)) - LONGEST_SUBJECT)
    number = _shortened(number, len(written(number, name)) - LONGEST_SUBJECT)
    return written(number, name)[:LONGEST_SUBJECT]


def _shortened(text: str, over: int) -> str:
    return clipped(text, max(1, len(text) - over)) if over > 0 and text else text
