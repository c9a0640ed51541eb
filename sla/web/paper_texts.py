"""What each paper says beside its head: its parts in order, and the law it stands on, as the case's policy cites it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sla.clock import Clock, State
from sla.events import (
    Accepted,
    CaseEvent,
    CorrectionReceived,
    CorrectionRequested,
    Decided,
    Delivered,
    Extended,
    NotRequired,
    Paused,
    Received,
    Refused,
    Verdict,
)
from sla.permits import PermitType
from sla.policies import Basis, Policy
from sla.service.cases import Recorded
from sla.service.offices import Office
from sla.words import TERMS, Words, date_in_words, due_text, slip_text, standing_text

_DATED = (Basis.PROMISE, Basis.STATUTE)


@dataclass(frozen=True)
class Part:
    """One thing a paper says: a text, or a numbered list. `main` stands out."""

    label: str
    text: str = ""
    items: tuple[str, ...] = ()
    main: bool = False


@dataclass(frozen=True)
class Told:
    """What a paper is made of: an event, and its case as it stood when that was recorded."""

    office: Office
    found: Recorded
    event: CaseEvent
    policy: Policy
    said: Words

    @property
    def permit(self) -> PermitType:
        return self.policy.permit(self.found.history.received.permit)

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """Those of the promise and of the law, the promise first."""
        dated = (clock for clock in self.found.history.clocks if clock.rule.basis in _DATED)
        return tuple(sorted(dated, key=lambda clock: _DATED.index(clock.rule.basis)))

    def law(self, rule: str) -> Iterator[str]:
        """What the policy cites for a rule of asking, of a permit that has a limit by law."""
        if rule in self.policy.sources and any(clock.rule.basis is Basis.STATUTE for clock in self.clocks):
            yield self.policy.sources[rule]

    def day(self, day: date) -> str:
        """In words and in figures."""
        figures = day.isoformat().replace("-", "\N{NON-BREAKING HYPHEN}")  # a date stays on its line
        return self.said.gettext("%(words)s (%(figures)s)", words=date_in_words(day, self.said), figures=figures)

    def papers(self, ids: Iterable[str]) -> tuple[str, ...]:
        names = {paper.id: self.said.name(paper.names) for paper in self.permit.papers}
        return tuple(names.get(paper, paper) for paper in ids)

    def person(self, person_id: str) -> str:
        return self.office.name_of(person_id)


def title_of(told: Told) -> str:
    """The name of the paper."""
    said, event = told.said, told.event
    if isinstance(event, Accepted) and event.owed:
        return said.gettext("Conditional acceptance slip")
    if isinstance(event, CorrectionRequested) and tuple(told.law("one_notice")):
        return said.gettext("One-time notice of missing papers")
    name = said.pgettext("paper", TERMS["paper"][event.kind])
    return name[:1].upper() + name[1:]


def parts_of(told: Told) -> Iterator[Part]:
    """What the paper says, in order; what is not on record is left out."""
    return (part for part in _PARTS[type(told.event)](told) if part.text or part.items)


def laws_of(told: Told) -> tuple[str, ...]:
    """The law the paper stands on, as the policy cites it; each once."""
    cite = _LAWS.get(type(told.event))
    return tuple(dict.fromkeys(law for law in cite(told) if law)) if cite else ()


# --- acceptance -------------------------------------------------------------------------------------------------------
def _accepted(told: Told) -> Iterator[Part]:
    event, said = told.event, told.said
    assert isinstance(event, Accepted)
    yield Part(said.gettext("Accepted"), told.day(event.on(told.office.calendar.zone)))
    yield Part(said.gettext("Number of the receipt"), event.receipt)
    yield from _due(told)
    yield Part(said.gettext("Handed in"), items=told.papers(_came(told)))
    if event.owed_by:
        values = {"papers": said.joined(told.papers(event.owed)), "day": told.day(event.owed_by)}
        text = said.gettext("%(papers)s; to come in by %(day)s, this day included", **values)
        yield Part(said.gettext("Still owed"), text, main=True)
    grounds = {ground for clock in told.clocks for ground in clock.rule.grounds}
    names = (ground for ground in told.policy.grounds.values() if ground.id in grounds)
    yield Part(said.gettext("Not counted"), said.joined(said.name(ground.names) for ground in names))


def _due(told: Told) -> Iterator[Part]:
    """When the case is due by each limit that has begun, and how that was counted."""
    said = told.said
    for clock in told.clocks:
        if clock.due_on is None:
            continue
        values = {"clock": said.name(clock.rule.names), "limit": said.limit(clock.limit)}
        label = said.gettext("Decided by: %(clock)s, %(limit)s", **values)
        yield Part(label, _deadline(told, clock), main=clock.rule.basis is Basis.PROMISE)
        yield Part(said.gettext("How it is counted"), slip_text(clock, said, told.policy.grounds))


def _deadline(told: Told, clock: Clock) -> str:
    """The day a limit ends in words and figures, with the hour where it ends within the day."""
    assert clock.due_on is not None
    text = told.day(clock.due_on)
    if clock.is_timed:
        text = f"{text} {due_text(clock, told.said).rpartition(' ')[2]}"
    return told.said.gettext("%(text)s (provisional)", text=text) if clock.provisional else text


def _came(told: Told) -> Iterator[str]:
    """The papers on record as handed in, each once, in the order of the permit's list."""
    came = {
        paper for event in told.found.history.events if isinstance(event, Received | CorrectionReceived)
        for paper in event.papers
    }  # fmt: skip
    return (paper.id for paper in told.permit.papers if paper.id in came)


# --- before acceptance ------------------------------------------------------------------------------------------------
def _correction_requested(told: Told) -> Iterator[Part]:
    event, said = told.event, told.said
    assert isinstance(event, CorrectionRequested)
    once = bool(tuple(told.law("one_notice")))
    yield Part(said.gettext("Number of the notice"), event.notice)
    label = (
        said.gettext("The following papers are missing. Nothing else will be asked for:")
        if once
        else said.gettext("The following papers are missing:")
    )
    yield Part(label.rstrip(":："), items=told.papers(event.papers), main=True)
    yield Part(said.gettext("Handed in"), items=told.papers(_came(told)))


def _refused(told: Told) -> Iterator[Part]:
    event, said = told.event, told.said
    assert isinstance(event, Refused | NotRequired)
    result = (
        said.gettext("The application is not accepted.")
        if isinstance(event, Refused)
        else said.gettext("What is asked for needs no permit; the application is not taken up.")
    )
    yield Part(said.gettext("Result"), result, main=True)
    yield Part(said.gettext("Reason"), event.reason)


# --- time that is not counted, and more time --------------------------------------------------------------------------
def _paused(told: Told) -> Iterator[Part]:
    event, said = told.event, told.said
    assert isinstance(event, Paused)
    calendar, begins = told.office.calendar, event.on(told.office.calendar.zone)
    yield Part(said.gettext("Number of the notice"), event.notice)
    yield Part(said.gettext("Ground"), said.name(told.policy.grounds[event.ground].names), main=True)
    yield Part(said.gettext("From"), told.day(begins))
    if event.expected_end:
        days = said.days(max(calendar.working_days_between(begins, event.expected_end), 0))
        text = said.gettext("%(day)s; %(days)s are not counted", day=told.day(event.expected_end), days=days)
        yield Part(said.gettext("Expected to end"), text)
    else:
        yield Part(said.gettext("Expected to end"), said.gettext("not known yet"))
    for clock in told.clocks:
        if clock.state is State.PAUSED:
            name = said.name(clock.rule.names)
            left = said.amount(clock.left, clock.unit)
            yield Part(said.gettext("Left after it: %(clock)s", clock=name), left)


def _extended(told: Told) -> Iterator[Part]:
    event, said = told.event, told.said
    assert isinstance(event, Extended)
    clock = told.found.history.clock(event.clock)
    yield Part(said.gettext("Limit"), said.name(clock.rule.names))
    yield Part(said.gettext("Extended by"), said.amount(event.amount, event.unit), main=True)
    yield Part(said.gettext("Reason"), event.reason)
    yield Part(said.gettext("Approved by"), told.person(event.approver))
    verdict = event.verdicts.get(event.clock)
    if verdict is Verdict.TOO_LATE:
        yield Part(said.gettext("Without effect"), said.term(verdict))
    elif clock.due_on:
        yield Part(said.gettext("Due now"), _deadline(told, clock), main=True)
        yield Part(said.gettext("How it is counted"), slip_text(clock, said, told.policy.grounds))


# --- the end ----------------------------------------------------------------------------------------------------------
def _decided(told: Told) -> Iterator[Part]:
    event, said = told.event, told.said
    assert isinstance(event, Decided)
    yield Part(said.gettext("Decision"), said.term(event.outcome), main=True)
    yield Part(said.gettext("Number of what was issued"), event.certificate)
    yield Part(said.gettext("Reason"), event.reason)
    yield Part(said.gettext("Decided"), told.day(event.on(told.office.calendar.zone)))
    for clock in told.clocks:
        if clock.due_on:
            standing = standing_text(clock, event.recorded_at, said)
            values = {"day": told.day(clock.due_on), "standing": standing}
            yield Part(said.name(clock.rule.names), said.gettext("due %(day)s: %(standing)s", **values))
        for why in clock.explanations[-1:]:
            yield Part(said.gettext("Why the limit was missed"), why.reason)
            yield Part(said.gettext("What is done about it"), why.measure)
    for clock in told.found.history.clocks:
        if Decided.kind in clock.rule.starting and clock.due_on:
            yield Part(said.gettext("Delivered by"), _deadline(told, clock))


def _delivered(told: Told) -> Iterator[Part]:
    event, said = told.event, told.said
    assert isinstance(event, Delivered)
    decided = next(other for other in told.found.history.events if isinstance(other, Decided))
    what = (said.term(decided.outcome), said.name(told.permit.names), decided.certificate)
    yield Part(said.gettext("What is delivered"), " · ".join(part for part in what if part), main=True)
    yield Part(said.gettext("How"), event.method)
    yield Part(said.gettext("Delivered"), told.day(event.on(told.office.calendar.zone)))


_PARTS: Mapping[type[CaseEvent], Callable[[Told], Iterator[Part]]] = {
    Accepted: _accepted,
    CorrectionRequested: _correction_requested,
    Refused: _refused,
    NotRequired: _refused,
    Paused: _paused,
    Extended: _extended,
    Decided: _decided,
    Delivered: _delivered,
}


# --- the law ----------------------------------------------------------------------------------------------------------
def _law_of_acceptance(told: Told) -> Iterator[str]:
    yield from told.law("acceptance")
    for clock in told.clocks:
        yield clock.rule.source
        yield clock.rule.sources.get("first_day", "") if not clock.limit.immediate else ""
        yield from (told.policy.grounds[ground].source for ground in sorted(clock.rule.grounds))


def _law_of_a_pause(told: Told) -> Iterator[str]:
    assert isinstance(told.event, Paused)
    yield told.policy.grounds[told.event.ground].source


def _law_of_an_extension(told: Told) -> Iterator[str]:
    assert isinstance(told.event, Extended)
    yield from told.law("extension")
    yield told.found.history.clock(told.event.clock).rule.extensions.why


def _law_of_a_decision(told: Told) -> Iterator[str]:
    yield from (clock.rule.source for clock in told.clocks)


def _law_of_delivery(told: Told) -> Iterator[str]:
    for clock in told.found.history.clocks:
        if clock.stopped_by and clock.stopped_by.seq == told.event.seq:
            yield clock.rule.source


_LAWS: Mapping[type[CaseEvent], Callable[[Told], Iterator[str]]] = {
    Accepted: _law_of_acceptance,
    CorrectionRequested: lambda told: told.law("one_notice"),
    Paused: _law_of_a_pause,
    Extended: _law_of_an_extension,
    Decided: _law_of_a_decision,
    Delivered: _law_of_delivery,
}
