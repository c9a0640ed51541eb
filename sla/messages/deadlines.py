"""The deadlines a message tells of, as values that a calendar can keep."""

from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid5

from notifiers.message import Deadline
from sla.clock import Clock
from sla.messages.items import AlarmItem
from sla.messages.making import CaseCard, clipped, linked
from sla.words import Words


def deadlines(items: Sequence[AlarmItem], said: Words, source: str) -> tuple[Deadline, ...]:
    """One for each open clock that has a date.

    A clock keeps its id; its revision is the number of events on record, for by an event alone a date moves.
    """
    return tuple(
        deadline_of(item.case, item.clock, said, source) for item in items if item.clock is not None
        and item.clock.is_open and item.clock.due_on is not None
    )  # fmt: skip


def deadline_of(case: CaseCard, clock: Clock, said: Words, source: str) -> Deadline:
    """That of an open clock with a date: the same wherever a calendar reads it."""
    assert clock.due_on is not None
    link, name = linked(case.link), clipped(said.name(clock.rule.names)) or said.gettext("deadline")
    return Deadline(
        id=str(uuid5(NAMESPACE_URL, f"{source}/{case.number}/{clock.id}")),
        revision=case.revision,
        on=clock.due_on,
        title=said.gettext("%(number)s: %(clock)s due", number=clipped(case.number), clock=name),
        text="\n".join(filter(None, (clipped(case.title), clipped(said.name(case.permit_names)), link))),
        link=link,
        provisional=clock.provisional,
    )
