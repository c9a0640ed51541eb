"""The limits that were missed in a period, with what stands on record of why: what an office has to explain in public
(优化营商环境条例 36). Neither applicants nor titles are in it, for a title may hold a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sla.clock import Clock
from sla.reports import Scope
from sla.service.lists import histories
from sla.service.offices import Office
from sla.service.reporting import PAGE, page_of, place_from
from sla.store import reports as store
from sla.store.engine import Session

MOST = 1000  # on one sheet; of more a shorter period is asked for


@dataclass(frozen=True)
class Overrun:
    """A limit that was missed. `stopped_on` is None while it is open; `late_by` in working days, as of now while it is.

    `reason` is "" where none is on record; `asked`: whether the law asks for one. `source` is the law that does.
    `clock` is None where the case cannot be read.
    """

    number: str
    permit: str
    clock_id: str
    due_on: date
    stopped_on: date | None
    late_by: int | None
    clock: Clock | None
    asked: bool
    reason: str
    measure: str
    source: str


@dataclass(frozen=True)
class Overruns:
    """A page of them, the first missed first; `more` goes on behind them, "" at the end."""

    found: tuple[Overrun, ...]
    more: str


def overruns_of(session: Session, office: Office, scope: Scope, after: str = "") -> Overruns:
    """A page of the limits that ran out from the scope's first to its last day and were missed."""
    rows = store.missed(session, office.id, scope, place_from(after), PAGE + 1)
    shown, more = page_of(rows, lambda row: row.due_on)
    return Overruns(_read(session, office, shown, scope), more)


def sheet_of(session: Session, office: Office, scope: Scope) -> Overruns:
    """All of them, MOST at most; `more` says whether there are."""
    rows = store.missed(session, office.id, scope, None, MOST + 1)
    return Overruns(_read(session, office, rows[:MOST], scope), "more" if len(rows) > MOST else "")


def _read(session: Session, office: Office, rows: Sequence[Any], scope: Scope) -> tuple[Overrun, ...]:
    """The cases are read from their events: there a reason stands, and how late an open one is by now."""
    ids = tuple(dict.fromkeys(row.case_id for row in rows))
    read = histories(session, office, ids, scope.now) if ids else ()
    clocks = {(case.case_id, clock.id): clock for case, history in read for clock in history.clocks}
    return tuple(_overrun(row, clocks.get((row.case_id, row.clock_id))) for row in rows)


def _overrun(row: Any, clock: Clock | None) -> Overrun:
    said = clock.explanations[-1] if clock and clock.explanations else None
    return Overrun(
        number=row.number,
        permit=row.permit,
        clock_id=row.clock_id,
        due_on=row.due_on,
        stopped_on=row.stopped_on,
        late_by=clock.late_by if clock else row.late_by,
        clock=clock,
        asked=bool(clock and clock.rule.overdue_reason),
        reason=said.reason if said else "",
        measure=said.measure if said else "",
        source=clock.rule.sources.get("overdue_reason", "") if clock else "",
    )
