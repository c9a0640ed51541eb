"""Overruns 超期: the missed limits of a case that ask for a reason (优化营商环境条例 36), and which have none yet.

A limit is overdue by its own clock, so by the promise or by the statute, each for itself; what was said of one stands
for it until it is voided, whatever becomes of its date. Pure.
"""

from collections.abc import Iterable, Sequence

from schedules.faults import Phrase
from sla.clock import Clock
from sla.events import CaseEvent, Decided, OverdueExplained, Voided
from sla.history import History, HistoryError


def overruns(clocks: Iterable[Clock]) -> tuple[Clock, ...]:
    """The clocks that are overdue, open or stopped late, and ask for a reason."""
    return tuple(clock for clock in clocks if clock.overdue and clock.rule.overdue_reason)


def unexplained(clocks: Iterable[Clock]) -> tuple[Clock, ...]:
    """Those of the overruns that nobody has given a reason for."""
    return tuple(clock for clock in overruns(clocks) if not clock.explanations)


def check_reasons(history: History, number: str, before: Sequence[CaseEvent], new: Sequence[CaseEvent]) -> None:
    """What is decided has a reason for each overrun and keeps it, and only what is overdue is explained.

    `before` and `new` are the events on record and those to come, `history` is the case with all of them. Raises
    HistoryError. Asked of what is recorded, never of what was brought in or has come to be overdue since.
    """
    for event in new:
        if isinstance(event, OverdueExplained):
            _check_overdue(history, event)
    if any(isinstance(event, Decided) for event in new):
        _check_explained(history, number)
    elif any(isinstance(event, Decided) for event in history.events):
        _check_kept(history, number, before, new)


def _check_overdue(history: History, event: OverdueExplained) -> None:
    if not event.clocks:
        raise HistoryError("clock", "no limit of the case that asks for a reason is overdue; name another with --clock")
    for name in event.clocks:
        if not history.clock(name).overdue:
            late = ", ".join(clock.id for clock in history.clocks if clock.overdue) or "none"
            raise HistoryError(
                "clock",
                "%(name)s is not overdue, there is nothing to explain; overdue are: %(late)s",
                name=name,
                late=late,
            )


def _check_explained(history: History, number: str) -> None:
    missed = unexplained(history.clocks)
    if missed:
        law = missed[0].rule.sources.get("overdue_reason", "")
        which = [Phrase("%(clock)s was due on %(day)s", clock=clock.id, day=clock.due_on) for clock in missed]
        raise HistoryError(
            "overdue_reason",
            "is needed: %(which)s%(law)s; give it with the decision, --overdue-reason, or before it: "
            "sla case explain %(number)s --reason ...",
            which=which,
            law=f" ({law})" if law else "",
            number=number,
        )


def _check_kept(history: History, number: str, before: Sequence[CaseEvent], new: Sequence[CaseEvent]) -> None:
    """The last reason of a decided overrun goes only when another has taken its place."""
    voided = {event.event for event in new if isinstance(event, Voided)}
    bare = {clock.id for clock in unexplained(history.clocks)}
    for event in before:
        if event.seq in voided and isinstance(event, OverdueExplained) and bare.intersection(event.clocks):
            raise HistoryError(
                "event",
                "%(seq)s is the reason a decision rests on; record the right one first: "
                "sla case explain %(number)s --reason ...",
                seq=event.seq,
                number=number,
            )
