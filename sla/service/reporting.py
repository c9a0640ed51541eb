"""The rates of a period and what stands behind them: what was promised, what it took, what waits. Plain reads; how many
statements there are does not depend on how many cases."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sla.conduct import Conduct
from sla.durations import Compared, Pausing, Saving, Spread, compared, pausing, savings, spread
from sla.messages import DueEntry
from sla.policies import Basis
from sla.reports import Cut, Figures, Scope, summed
from sla.service import finding
from sla.service.errors import ServiceError
from sla.service.finding import TooManyError
from sla.service.lists import permit_names
from sla.service.offices import Office
from sla.service.report_asked import bases_of, clock_names, ground_names, limits_of
from sla.service.report_facts import AGES, LIGHTS, Facts, Indexed, apart
from sla.store import reports as store
from sla.store.cases import count_cases
from sla.store.engine import Session

PAGE = 50
MOST_AS_OF = 20_000  # cases that are read from their events while somebody waits for a page or an answer


@dataclass(frozen=True)
class Report:
    """The rates of a scope, all with their n, in the order of the names: what it took, what was saved, what waits.

    `compared`: promise, statute and actual by permit, all of them last. `waiting`: the open clocks by age and light.
    `stages`: how long each took. `paused_again`: clocks that were paused again in the period on a day they had been
    resumed (R10). `conduct` is None where it was not asked for.
    """

    scope: Scope
    total: Figures
    by_permit: Mapping[str, Figures]
    by_month: Mapping[str, Figures]
    by_handler: Mapping[str, Figures]
    by_stage: Mapping[str, Figures]
    stages: Mapping[str, Spread]
    used: Spread
    compared: tuple[Compared, ...]
    pausing: Pausing
    waiting: Mapping[tuple[int, str], int]
    savings: tuple[Saving, ...]
    bases: tuple[Basis, ...]
    permit_names: Mapping[str, Mapping[str, str]]
    clock_names: Mapping[str, Mapping[str, str]]
    ground_names: Mapping[str, Mapping[str, str]]
    paused_again: tuple[DueEntry, ...] = ()
    conduct: Conduct | None = None

    @property
    def first(self) -> date:
        return self.scope.first

    @property
    def last(self) -> date:
        return self.scope.last

    @property
    def basis(self) -> Basis:
        return self.scope.basis

    @property
    def saved_per_item(self) -> int:
        """Σ (statutory − promise) over the items: the window's own figure."""
        return sum(saving.per_item for saving in self.savings)

    @property
    def saved_over_cases(self) -> int:
        return sum(saving.promised_over_cases for saving in self.savings)

    @property
    def saved_really(self) -> int:
        return sum(saving.actual_over_cases for saving in self.savings)


def report(
    session: Session,
    office: Office,
    first: date,
    last: date,
    now: datetime,
    basis: Basis | None = None,
    permit: str = "",
    handler: str = "",
) -> Report:
    """Clocks completed from `first` to `last`, and those open and overdue whose deadline fell on or before `last`.

    Without a basis, by the promise, or by the statute in an office that promises nothing.
    """
    scope = Scope(basis or bases_of(office)[0], first, last, now, permit, handler)
    return report_of(office, scope, Indexed(session, office), limits_of(office, last))


def report_of(
    office: Office, scope: Scope, facts: Facts, limits: Mapping[str, tuple[int, int]], *, whole: bool = False
) -> Report:
    """The report of a scope from the facts; `limits` are statute and promise of each permit that has both.

    `whole`: with how the office conducted itself.
    """
    bases = bases_of(office)
    parts, staged = list(facts.counted(scope)), scope.by(Basis.STAGE)
    lasted = {one: facts.lasted(scope.by(one)) for one in {scope.basis, Basis.PROMISE, Basis.STATUTE}}
    own = lasted[scope.basis]
    saved = limits if scope.basis is Basis.PROMISE else {}
    by_stage = facts.counted(staged, ("clock_id",)) if Basis.STAGE in bases else ()
    return Report(
        scope=scope,
        total=sum((part for _, part in parts), Figures()),
        by_month=summed((month, part) for (month, _, _), part in parts),
        by_permit=summed((of, part) for (_, of, _), part in parts),
        by_handler=summed((of, part) for (_, _, of), part in parts),
        by_stage=summed((stage, part) for (_, stage), part in by_stage),
        stages=facts.stages(staged) if Basis.STAGE in bases else {},
        used=spread((one.used, one.n) for one in own),
        compared=compared(lasted[Basis.PROMISE], lasted[Basis.STATUTE]) if scope.basis is not Basis.STAGE else (),
        pausing=pausing(own),
        waiting=facts.waiting(scope),
        savings=savings({of: days for of, days in saved.items() if scope.permit in ("", of)}, own),
        bases=bases,
        permit_names=permit_names(office),
        clock_names=clock_names(office),
        ground_names=ground_names(office),
        paused_again=facts.paused_again(scope),
        conduct=facts.conduct(scope) if whole else None,
    )


def cases_of(session: Session, office: Office) -> int:
    """How many cases an office has: as of an earlier day, a report reads every one of them."""
    return count_cases(session, office.id)


@dataclass(frozen=True)
class Summary:
    """What a period is compared by."""

    scope: Scope
    total: Figures
    used: Spread


def summary(scope: Scope, facts: Facts) -> Summary:
    """The figures of another period, to stand beside those of a report."""
    total = sum((part for _, part in facts.counted(scope, ("permit",))), Figures())
    return Summary(scope, total, spread((one.used, one.n) for one in facts.lasted(scope)))


# --- the cases behind a figure ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Members:
    """A page of the clocks in a set of `n`, each a row with its case's number and title. `more` goes on behind them, ""
    at the end."""

    rows: tuple[Any, ...]
    more: str
    n: int


def members(session: Session, office: Office, scope: Scope, cut: Cut, value: str = "", after: str = "") -> Members:
    """The clocks behind a figure, a page at a time. Raises ServiceError for a value that no figure has."""
    chosen = _chosen(office, scope, cut, value)
    rows = store.listed(session, office.id, chosen, place_from(after), PAGE + 1)
    shown, more = page_of(rows, lambda row: row.started_on if row.open else row.stopped_on)
    return Members(shown, more, store.size(session, office.id, chosen))


def every_member(session: Session, office: Office, scope: Scope, cut: Cut, value: str = "") -> Iterator[Any]:
    """All of them in the same order, read while they are asked for. Raises ServiceError, and TooManyError beyond
    `finding.MOST_CASES`."""
    chosen = _chosen(office, scope, cut, value)
    if store.size(session, office.id, chosen) > finding.MOST_CASES:
        raise TooManyError
    return store.each_listed(session, office.id, chosen)


def _chosen(office: Office, scope: Scope, cut: Cut, value: str) -> store.Chosen:
    _check(cut, value)
    return store.Chosen(scope, cut, value, apart(office, scope))


def page_of(rows: Sequence[Any], day: Callable[[Any], date]) -> tuple[tuple[Any, ...], str]:
    """As many rows as a page has, and where it goes on, if there are more."""
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    more = ".".join((str(int(last.open)), day(last).isoformat(), last.case_id.hex, last.clock_id)) if last else ""
    return tuple(rows[:PAGE]), more


def place_from(text: str) -> store.Place | None:
    """Where a list goes on, as `more` said it; anything else begins it again."""
    try:
        is_open, day, case_id, clock_id = text.split(".", 3)
        return store.Place(is_open == "1", date.fromisoformat(day), UUID(case_id), clock_id)
    except ValueError:
        return None


def _check(cut: Cut, value: str) -> None:
    if cut is Cut.USED and not (value.isascii() and value.isdigit() and len(value) < 6):
        raise ServiceError("value", "%(value)r is no number of working days; write one such as 4", value=value[:40])
    age, _, light = value.partition("-")
    ages = {"", *map(str, range(len(AGES) + 1))}
    if cut is Cut.WAITING and (age not in ages or light not in ("", *LIGHTS)):
        raise ServiceError("value", "%(value)r is no age and light; write one such as 0-red", value=value[:40])
