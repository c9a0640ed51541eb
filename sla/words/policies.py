"""A policy in words: how a made-up case is counted in one line, and what one version says otherwise than another."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import groupby
from typing import Any

from schedules.calendars import Kind
from sla.clock import Clock
from sla.differences import Difference
from sla.events import Decided, Outcome
from sla.ledger import Row, Status, explain
from sla.permits import Paper, PermitType
from sla.policies import ClockRule, DaysOff, Extensions, Ground, Hold, Policy, Rung, Trigger
from sla.words.clocks import due_text
from sla.words.language import NO_DATA, Words, one_line
from sla.words.ledgers import row_text
from sla.words.terms import TERMS

_TURNS = (Kind.HOLIDAY, Kind.MAKEUP, Kind.OFFICE_CLOSED, Kind.OFFICE_OPEN)


def sample_text(clock: Clock, said: Words) -> str:
    """When a clock that began on a day is due, and its limit: 9月28日 周一到期（6 个工作日）."""
    due = due_text(clock, said, year=True)
    if clock.provisional:
        due = said.gettext("%(text)s (provisional)", text=due)
    return said.gettext("due %(due)s (%(limit)s)", due=due, limit=said.limit(clock.limit))


def counted_text(clock: Clock, said: Words) -> str:
    """The ledger in one line: its first day, the turns of the calendar on the way, its last day."""
    rows = [row for row in explain(clock) if row.kind is not Kind.WEEKEND or row.date == clock.day0]
    first, last = rows[:1], [row for row in rows[1:] if row.date == clock.due_on]
    between = [row for row in rows[1:] if row.date != clock.due_on]
    parts = [f"{said.date(row.date)} {row_text(row, said, {}, clock.calendar)}" for row in first]
    parts += _turns(between, clock, said)
    parts += [f"{said.date(row.date)} {row_text(row, said, {}, clock.calendar)}" for row in last]
    return " · ".join(parts)


def _turns(rows: Iterable[Row], clock: Clock, said: Words) -> Iterator[str]:
    """Holidays and make-up days, those that follow one another as one."""
    for kind, days in groupby(rows, lambda row: row.kind):
        if kind not in _TURNS:
            continue
        found = list(days)
        text = said.term(kind) if found[0].status is not Status.NOT_WORKING else row_text(
            found[0], said, {}, clock.calendar
        )  # fmt: skip
        last = f"–{said.date(found[-1].date)}" if len(found) > 1 else ""
        yield f"{said.date(found[0].date)}{last} {text}"


def difference_text(difference: Difference, before: Policy, after: Policy, said: Words) -> str:
    """One thing that changes from a version to the next: 选址意见书 · 承诺时限 · 时限：4 个工作日 → 6 个工作日."""
    where = _where(difference, (after, before), said)
    what = said.pgettext("setting", TERMS["setting"].get(difference.what, difference.what))
    values = [_value(difference, policy, value, said) for policy, value in
              ((before, difference.before), (after, difference.after))]  # fmt: skip
    if difference.before is None:
        text = said.gettext("new: %(what)s", what=values[1])
    elif difference.after is None:
        text = said.gettext("gone: %(what)s", what=values[0])
    else:
        text = said.gettext("%(before)s → %(after)s", before=values[0], after=values[1])
    return said.gettext("%(label)s: %(what)s", label=" · ".join([*where, what]), what=text)


def _where(difference: Difference, policies: tuple[Policy, Policy], said: Words) -> Iterator[str]:
    """The permit and the clock it is about, by the names of the first version that has them."""
    if difference.permit and difference.what != "permit":
        yield next(said.name(p.permits[difference.permit].names) for p in policies if difference.permit in p.permits)
    if difference.clock and difference.what != "clock":
        rules = (rule for p in policies for rule in p.clocks.get(difference.permit, ()))
        yield next(said.name(rule.names) for rule in rules if rule.id == difference.clock)


def _value(difference: Difference, policy: Policy, value: Any, said: Words) -> str:
    if value is None or value in ("", (), frozenset()):
        return NO_DATA
    if difference.what == "grounds":
        return said.joined(said.name(policy.grounds[ground].names) for ground in sorted(value))
    return setting_text(difference.what, value, said)


def setting_text(what: str, value: Any, said: Words) -> str:
    """One setting of a policy in a line; `what` is called as in `sla.differences`."""
    return one_line(_SAID.get(what, _plain)(value, said))


def _plain(value: Any, said: Words) -> str:
    if isinstance(value, bool):
        return said.gettext("yes") if value else said.gettext("no")
    return str(value)


def _named(value: PermitType, said: Words) -> str:
    return said.name(value.names)


def _clock(value: ClockRule, said: Words) -> str:
    return f"{said.name(value.names)} ({said.limit(value.limit)})"


def _ground(value: Ground, said: Words) -> str:
    return f"{said.name(value.names)} ({value.source})"


def _triggers(value: tuple[Trigger, ...], said: Words) -> str:
    return said.joined(said.event(t.kind) + (f" ({_qualifier(t, said)})" if t.qualifier else "") for t in value)


def _qualifier(trigger: Trigger, said: Words) -> str:
    known = trigger.kind == Decided.kind and trigger.qualifier in {outcome.value for outcome in Outcome}
    return said.term(Outcome(trigger.qualifier)) if known else trigger.qualifier


def _extensions(value: Extensions, said: Words) -> str:
    if not value.allowed:
        return said.gettext("none")
    most = said.amount(value.most_amount, value.unit) if value.unit else value.most_amount
    return said.ngettext(
        "%(n)s time by up to %(most)s", "%(n)s times by up to %(most)s each", value.most_times, most=most
    )


def _ladder(value: tuple[Rung, ...], said: Words) -> str:
    rungs = []
    for rung in value:
        sign, at = "", rung.minutes
        if rung.before_closing is not None:
            sign, at = "-", rung.before_closing
        elif rung.after is not None:
            sign, at = "+", rung.after
        when = f"{sign}{at // 60:02}:{at % 60:02}"
        name = said.term(rung.gravity) if rung.name == rung.gravity.value else rung.name
        text = f"{name} {when} {'/'.join(said.term(role) for role in rung.to)}"
        rungs.append(f"{text} ({_hold(rung.ack_holds, said)})" if rung.ack_holds else text)
    return said.joined(rungs)


def _hold(value: Hold, said: Words) -> str:
    time = said.days(value.days) if value.days else said.service(timedelta(minutes=value.service))
    return said.gettext("acknowledged: the next waits %(time)s", time=time)


def _papers(value: Iterable[Paper], said: Words) -> str:
    return said.joined(said.name(paper.names) for paper in value)


def _days_off(value: Iterable[DaysOff], said: Words) -> str:
    return said.joined(f"{said.name(days.names)} ({days.source})" for days in value)


def _sources(value: Mapping[str, str], said: Words) -> str:
    return said.joined(value.values())


def _hours(value: Mapping[str, tuple[tuple[str, str], ...]], said: Words) -> str:
    return said.joined(f"{day} {' '.join('–'.join(span) for span in spans)}" for day, spans in value.items())


_SAID: Mapping[str, Callable[[Any, Words], str]] = {
    "limit": lambda value, said: said.limit(value),
    "names": lambda value, said: said.name(value),
    "stage": lambda value, said: said.name(value),
    "kind": lambda value, said: said.term(value),
    "basis": lambda value, said: said.term(value),
    "permit": _named,
    "clock": _clock,
    "ground": _ground,
    "starts_on": _triggers,
    "stops_on": _triggers,
    "cancels_on": _triggers,
    "extensions": _extensions,
    "ladder": _ladder,
    "papers": _papers,
    "hours": _hours,
    "subdivs": lambda value, said: said.joined(value),
    "days_off": _days_off,
    "sources": _sources,
}
