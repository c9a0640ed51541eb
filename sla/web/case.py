"""One case in words: its head, its clocks side by side with the days that make each date, and what happened to it.

The applicant is shown to whoever is signed in and records cases, and to nobody else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from schedules.limits import Unit
from sla.clock import Clock, State
from sla.events import CalendarApplied, Received, standing
from sla.policies import FOREMOST, Ground, Policy
from sla.rights import Right
from sla.service.cases import Recorded, personal
from sla.service.rebuild import policy_of
from sla.service.shows import applicant_text, blanked_lines, owed_text
from sla.web.asking import Asked, offered
from sla.web.events import EventLine, event_lines
from sla.web.frame import PAPERS, Visit, paper_name, paper_path, record_path, void_path
from sla.web.lights import Mark, Shown, light_of, marks_of
from sla.web.lookup import code_shown, phase_text
from sla.web.paused import Paused, paused_of
from sla.web.recording import is_own_slip
from sla.web.strip import Cell, Happened, cells_of, notes_of
from sla.web.told import MessageLine, message_lines, next_told
from sla.words import NO_DATA, Words, due_text, overrun_text, slip_text, standing_text


@dataclass(frozen=True)
class ClockCard:
    """One clock. `left` is "" once it is past or stopped; `share` of the limit is used, from 0 to 1."""

    id: str
    name: str
    light: Shown
    state: str
    standing: str
    limit: str
    extended: str
    used: str
    left: str
    share: float
    started: str
    due: str
    due_on: str
    stopped: str
    paused: Paused | None
    overrun: str
    marks: tuple[Mark, ...]
    source: str
    slip: str
    cells: tuple[Cell, ...]
    notes: tuple[Happened, ...]
    next: str


@dataclass(frozen=True)
class Case:
    """The whole page. `facts` are (name, value); `why` the clocks that have begun, the promise first. `actions` are the
    events that may come next, (words, path); `voids` leads, by event, to where it is taken back, `papers` to its paper,
    (words, path). `owed` says what a conditional acceptance left owed."""

    number: str
    title: str
    permit: str
    phase: str
    facts: tuple[tuple[str, str], ...]
    deemed_on: str
    blanked: tuple[str, ...]
    broken: bool
    clocks: tuple[ClockCard, ...]
    why: tuple[ClockCard, ...]
    events: tuple[EventLine, ...]
    head: str
    version: str
    actions: tuple[tuple[str, str], ...] = ()
    voids: Mapping[int, str] = field(default_factory=dict)
    papers: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    owed: str = ""
    messages: tuple[MessageLine, ...] = ()
    look_up: tuple[str, str] = ("", "")  # the applicant's code, and where it is renewed


def case_view(visit: Visit, found: Recorded) -> Case:
    """What the page says of a case at `visit.now`."""
    said, history, policy = visit.said, found.history, policy_of(visit.office, found.row, found.events)
    cards = tuple(_card(visit, clock, policy.grounds, history.handler) for clock in history.clocks)
    order = {clock.id: FOREMOST.index(clock.rule.basis) for clock in history.clocks}
    return Case(
        number=found.number,
        title=found.row.title,
        permit=said.name(policy.permit(history.received.permit).names),
        phase=phase_text(history, said),
        facts=tuple((name, value) for name, value in _facts(visit, found) if value),
        deemed_on=said.date(history.deemed_on, year=True) if history.deemed_on else "",
        blanked=tuple(blanked_lines(visit.office, found.events, said)),
        broken=bool(found.row.broken),
        clocks=cards,
        why=tuple(sorted((card for card in cards if card.cells), key=lambda card: order[card.id])),
        events=event_lines(found, policy, visit.office, said),
        head=found.row.head_hash,
        version=_version(policy, found.row.calendar_version, said),
        actions=_actions(visit, found),
        voids=_voids(visit, found),
        papers=_papers(visit, found),
        owed=owed_text(visit.office, found, visit.now, said),
        messages=message_lines(visit, found.number),
        look_up=code_shown(visit, found),
    )


def _actions(visit: Visit, found: Recorded) -> tuple[tuple[str, str], ...]:
    if Right.RECORD not in visit.visitor.rights:
        return ()
    kinds = offered(Asked.of(visit.office, found, visit.said), visit.visitor.rights)
    return tuple((visit.said.action(kind), record_path(kind, found.number)) for kind in kinds)


def _voids(visit: Visit, found: Recorded) -> Mapping[int, str]:
    """Where events that stand are taken back, those that their reader may take back."""
    seqs = [event.seq for event in standing(found.events) if not isinstance(event, Received | CalendarApplied)]
    rights = visit.visitor.rights
    mine = [
        seq for seq in seqs if Right.MANAGE in rights or (Right.RECORD in rights and is_own_slip(visit, found, seq))
    ]
    return {seq: void_path(seq, found.number) for seq in mine}


def _papers(visit: Visit, found: Recorded) -> Mapping[int, tuple[str, str]]:
    """The paper of each event that stands and has one."""
    return {
        event.seq: (paper_name(event.kind, visit.said), paper_path(event.kind, found.number, event.seq))
        for event in standing(found.events)
        if event.kind in PAPERS
    }


_CONTACT = ("contact", "mobile", "email")


def _facts(visit: Visit, found: Recorded) -> Iterable[tuple[str, str]]:
    said, history = visit.said, found.history
    yield said.gettext("Handler"), visit.office.name_of(history.handler)
    first = history.received.first_contact
    yield said.gettext("First-contact person"), visit.office.name_of(first)
    if visit.visitor.person_id and Right.RECORD in visit.visitor.rights:
        known = personal(visit.session, visit.office, found)
        yield said.gettext("Applicant"), known.get("applicant", "")
        yield said.gettext("Contact"), said.joined(known[name] for name in _CONTACT if known.get(name))
    yield said.gettext("Received"), said.date(history.received.on(visit.office.calendar.zone), year=True)
    yield said.gettext("Notifications"), applicant_text(visit.office, found, said)
    for name, area in (
        (said.gettext("Land area"), found.row.land_area_ha),
        (said.gettext("Floor area"), found.row.floor_area_ha),
    ):
        yield name, said.gettext("%(area)s ha", area=area) if area else ""


def _version(policy: Policy, calendar: str, said: Words) -> str:
    return said.gettext(
        "Worked out from the events by policy %(policy)s, version %(version)s, and calendar %(calendar)s.",
        policy=policy.id, version=policy.version, calendar=calendar,
    )  # fmt: skip


def _card(visit: Visit, clock: Clock, grounds: Mapping[str, Ground], handler: str) -> ClockCard:
    said, running = visit.said, clock.is_open and clock.left >= 0
    return ClockCard(
        id=clock.id,
        name=said.name(clock.rule.names),
        light=light_of(clock, said),
        state=said.term(clock.state),
        standing=standing_text(clock, visit.now, said),
        limit=said.limit(clock.limit),
        extended=_extended(clock, said),
        used=_used(clock, said),
        left=said.amount(clock.left, clock.unit) if running and not clock.limit.immediate else "",
        share=_share(clock),
        started=said.date(clock.day0, year=True) if clock.day0 else "",
        due=due_text(clock, said, year=True),
        due_on=clock.due_on.isoformat() if clock.due_on else "",
        stopped=said.date(clock.stopped_on, year=True) if clock.stopped_on and clock.state is not State.PENDING else "",
        paused=paused_of(clock, said, grounds),
        overrun=overrun_text(clock, said),
        marks=marks_of(clock, said),
        source=clock.rule.source,
        slip=slip_text(clock, said, grounds),
        cells=cells_of(clock, said, grounds),
        notes=notes_of(clock, said, grounds),
        next=next_told(visit.office, clock, handler, visit.now, said),
    )


def _used(clock: Clock, said: Words) -> str:
    if clock.day0 is None:
        return NO_DATA
    if clock.limit.timed:
        used, of = (said.amount(n, clock.limit.unit) for n in (clock.used, clock.limit.amount))
        return said.gettext("%(n)s of %(of)s", n=used, of=of)
    return said.gettext("%(n)s of %(of)s", n=clock.used, of=clock.used + clock.left)


def _extended(clock: Clock, said: Words) -> str:
    added = Counter[Unit]()
    for extension in clock.extensions:
        added[extension.unit] += extension.amount
    amounts = said.joined(said.amount(amount, unit) for unit, amount in added.items())
    return said.gettext("extended by %(amount)s", amount=amounts) if amounts else ""


def _share(clock: Clock) -> float:
    total = clock.used + clock.left
    return min(1.0, clock.used / total) if total > 0 else float(bool(clock.used))
