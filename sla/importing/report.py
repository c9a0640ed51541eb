"""What an import came to: how many cases, what is odd, where the given deadlines differ from ours, and the rates by
either. Pure; dates are local dates, a deadline is kept on its day."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from schedules.faults import FieldError, Phrase
from sla.durations import Spread, spread
from sla.importing.drafts import Odd
from sla.importing.rows import Row
from sla.reports import Figures, Tally, figures

MOST_NAMES = 1_000  # kinds of events passed over that are told apart
SHOWN = 20  # rows that are listed where a list is for people


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock of a case as the source gave its deadline, and ours; None where there is none. `governing`: it stands
    for the case in the rates. `cancelled`: it counts for none."""

    clock: str
    given: date | None
    ours: date | None
    started_on: date | None
    stopped_on: date | None
    working_days: int = 0
    cancelled: bool = False
    governing: bool = False

    @property
    def differs(self) -> bool:
        """Whether both say a day, and not the same."""
        return self.given is not None and self.ours is not None and self.given != self.ours


@dataclass(frozen=True, slots=True)
class Standing:
    """A case that is there now: `new`, or since an earlier import."""

    number: str
    new: bool
    permit: str
    deadlines: tuple[Deadline, ...]
    events: int
    odd: tuple[Odd, ...] = ()
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: a case that is there, or the reasons why it is not."""

    row: Row
    number: str = ""
    reasons: tuple[FieldError, ...] = ()
    standing: Standing | None = None


@dataclass
class Report:
    """Gathers outcomes; of each list only the first rows are kept. Rates are as of the end of `as_of`."""

    as_of: date
    rows: int = 0
    new: int = 0
    there: int = 0
    rejected: int = 0
    events: int = 0
    closed: int = 0
    open: int = 0
    differing: int = 0
    compared: int = 0
    given: Figures = field(default_factory=Figures)
    ours: Figures = field(default_factory=Figures)
    odd: Counter[Odd] = field(default_factory=Counter)
    odd_rows: dict[Odd, list[int]] = field(default_factory=dict)
    reasons: list[tuple[int, Phrase]] = field(default_factory=list)
    differences: list[tuple[str, Deadline]] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    strays: int = 0
    unreadable: list[Row] = field(default_factory=list)
    _calendar_days: Counter[int] = field(default_factory=Counter)
    _working_days: Counter[int] = field(default_factory=Counter)

    @property
    def calendar_days(self) -> Spread:
        """How many calendar days from the start of the closed ones to their end."""
        return spread(self._calendar_days.items())

    @property
    def working_days(self) -> Spread:
        """The same in working days of the office, the first day not counted."""
        return spread(self._working_days.items())

    def add(self, outcome: Outcome) -> None:
        self.rows += 1
        standing = outcome.standing
        if standing is None:
            self.rejected += 1
            if len(self.reasons) < SHOWN:
                self.reasons.append((outcome.row.number, Phrase.listed(outcome.reasons)))
            return
        self.new += standing.new
        self.there += not standing.new
        self.events += standing.events if standing.new else 0
        self._note(outcome.row, standing)
        for deadline in standing.deadlines:
            self._compare(standing.number, deadline)
            if deadline.governing and not deadline.cancelled:
                self._count(standing.permit, deadline)

    def _note(self, row: Row, standing: Standing) -> None:
        for odd in standing.odd:
            self.odd[odd] += 1
            numbers = self.odd_rows.setdefault(odd, [])
            if len(numbers) < SHOWN:
                numbers.append(row.number)
        for name in standing.passed_over:
            if name in self.passed_over or len(self.passed_over) < MOST_NAMES:
                self.passed_over[name] += 1

    def _compare(self, number: str, deadline: Deadline) -> None:
        self.compared += deadline.given is not None and deadline.ours is not None
        if deadline.differs:
            self.differing += 1
            if len(self.differences) < SHOWN:
                self.differences.append((number, deadline))

    def _count(self, permit: str, deadline: Deadline) -> None:
        stopped = deadline.stopped_on if deadline.stopped_on and deadline.stopped_on <= self.as_of else None
        self.closed += stopped is not None
        self.open += stopped is None
        if stopped and deadline.started_on:
            self._calendar_days[(stopped - deadline.started_on).days] += 1
            self._working_days[deadline.working_days] += 1
        if deadline.given:
            self.given += figures([tally(permit, deadline.given, stopped, self.as_of)])
        if deadline.ours:
            self.ours += figures([tally(permit, deadline.ours, stopped, self.as_of)])


def tally(permit: str, due: date, stopped: date | None, as_of: date) -> Tally:
    """A case by one deadline, as reports see it (R9): late if it was closed on a later day, or is open after it."""
    return Tally(permit, due, stopped, overdue=(stopped or as_of) > due, immediate=False)


def plain(report: Report) -> Mapping[str, object]:
    """The report as JSON."""

    def rates(found: Figures) -> Mapping[str, object]:
        return {
            "closed": found.completed, "late": found.overdue_completed, "early": found.early_completed,
            "open_overdue": found.open_overdue, "on_time": found.on_time.value, "closed_only": found.closed_only.value,
        }  # fmt: skip

    return {
        "rows": report.rows, "new": report.new, "already_there": report.there, "rejected": report.rejected,
        "events": report.events, "as_of": report.as_of.isoformat(), "closed": report.closed, "open": report.open,
        "given": rates(report.given), "ours": rates(report.ours),
        "median_calendar_days": report.calendar_days.median, "median_working_days": report.working_days.median,
        "compared": report.compared, "differing": report.differing,
        "odd": {odd.value: n for odd, n in report.odd.items()},
        "passed_over": dict(report.passed_over.most_common()), "events_without_case": report.strays,
        "reasons": [{"row": row, "reason": str(reason)} for row, reason in report.reasons],
        "events_unreadable": [{"row": row.number, "reason": str(row.trouble)} for row in report.unreadable],
    }  # fmt: skip
