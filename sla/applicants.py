"""What an applicant is told of a case, and what of it does not hold any more. Pure.

Told are facts (accepted, paused, extended, decided) and, with each, the dates that are promised to an applicant: those
of the promise and of the statute. A notification says what its row says, or it is dropped: whatever moved a date or
voided an event has one of its own in its own transaction.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from sla.clock import Clock, State
from sla.events import (
    Accepted,
    CaseEvent,
    ContactChanged,
    CorrectionReceived,
    Decided,
    Extended,
    Paused,
    Received,
    Verdict,
)
from sla.history import History, Phase, open_pauses
from sla.policies import Basis

Dates = tuple[tuple[str, str], ...]  # of each clock its deadline (M6), "" while there is none


class NotificationKind(StrEnum):
    """What an applicant may be told (行政许可法 32(5), 45, 42, 38), and that something told does not hold any more."""

    ACCEPTED = "accepted"
    PAUSED = "paused"
    EXTENDED = "extended"
    DECIDED = "decided"
    CORRECTED = "corrected"


TELLABLE = tuple(kind for kind in NotificationKind if kind is not NotificationKind.CORRECTED)
PROMISED = (Basis.PROMISE, Basis.STATUTE)
_OVER = (Phase.DECIDED, Phase.DELIVERED, Phase.CLOSED)


@dataclass(frozen=True)
class ApplicantSettings:
    """What an office tells its applicants: nothing unless it says so.

    `by`: channels in order of preference, each with what leads there (`mobile` or `email`). `inquiries`: whom to ask,
    in the office's own words.
    """

    tell: frozenset[NotificationKind] = frozenset()
    by: tuple[tuple[str, str], ...] = ()
    inquiries: str = ""

    @property
    def on(self) -> bool:
        return bool(self.tell and self.by)


@dataclass(frozen=True)
class Contact:
    """How an applicant is reached. All of it but the language is personal data."""

    name: str = ""
    email: str = ""
    mobile: str = ""
    note: str = ""
    language: str = ""

    def addresses(self, settings: ApplicantSettings) -> dict[str, str]:
        """The address by each channel that leads to this applicant, in the office's order of preference."""
        return {name: getattr(self, what) for name, what in settings.by if getattr(self, what)}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to the case, by the event's number; `says` is what a reader knows of it.

    `current`: it is still worth telling. A pause that is over, an acceptance once a decision is told, are not.
    """

    kind: NotificationKind
    event: int
    says: tuple[str, ...]
    current: bool = field(default=True, compare=False)

    def is_known_from(self, facts: Iterable["Fact"]) -> bool:
        return any((fact.kind, fact.says) == (self.kind, self.says) for fact in facts)


@dataclass(frozen=True)
class Standing:
    """What stands of a case now. `dates` is empty once they matter no more."""

    facts: tuple[Fact, ...]
    dates: Dates


@dataclass(frozen=True)
class Notification:
    """One thing an applicant is told: a fact, or in a correction all that is known from then on.

    `head` is how many events were on record when it was made.
    """

    kind: NotificationKind
    event: int
    dates: Dates
    head: int
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Belief:
    """What the applicant takes for true by what was told so far. `head`: of what told the dates."""

    facts: tuple[Fact, ...] = ()
    dates: Dates = ()
    head: int = 0


@dataclass(frozen=True)
class Before:
    """The notifications of a case until now: those that were told, or may have been, and those that were not."""

    told: tuple[Notification, ...] = ()
    waiting: tuple[Notification, ...] = ()
    lost: tuple[Notification, ...] = ()

    def without(self, notification: Notification) -> "Before":
        """What there is beside this one."""
        kept = ([n for n in several if n != notification] for several in (self.told, self.waiting, self.lost))
        return Before(*map(tuple, kept))


NOTHING = Before()


def promised(history: History) -> tuple[Clock, ...]:
    """The clocks an applicant is told of: promise and statute, once they have begun."""
    return tuple(clock for clock in history.clocks if clock.rule.basis in PROMISED and clock.day0 is not None)


def standing(history: History, tell: Collection[NotificationKind], zone: ZoneInfo) -> Standing:
    """What of the case an applicant may know, and the dates as they are; days are those of the zone."""
    running = () if is_over(history) else (c for c in promised(history) if c.state is not State.CANCELLED)
    return Standing(tuple(_facts(history, tell, zone)), tuple((clock.id, _deadline(clock)) for clock in running))


def is_over(history: History) -> bool:
    """Whether the case waits for nothing any more that has a date."""
    return history.phase in _OVER


def owed(
    now: Standing, before: Before, new: Collection[int], head: int, tell: Collection[NotificationKind]
) -> tuple[Notification, ...]:
    """What the applicant is to be told, as the case stands now; what waits already and says just this comes again,
    under the same identity.

    `new`: the numbers of the events that were put on record just now. A fact that nobody tried to tell when it was
    recorded is not told later; one whose notification was dropped unsaid is.
    """
    belief = believed(before.told)
    known = {*new, *(fact.event for n in (*before.waiting, *before.lost) for fact in n.facts)}
    news = [
        fact
        for fact in now.facts
        if fact.current and fact.kind in tell and fact.event in known and not fact.is_known_from(belief.facts)
    ]
    if not is_wrong(belief, now):
        if news:
            return tuple(Notification(fact.kind, fact.event, now.dates, head, (fact,)) for fact in news)
        if not has_moved(belief, now):
            return ()
    kept = tuple(fact for fact in now.facts if fact in news or fact.is_known_from(belief.facts))
    correction = Notification(NotificationKind.CORRECTED, head, now.dates, head, kept)
    said = any((n.kind, n.dates, n.facts) == (correction.kind, now.dates, kept) for n in before.waiting)
    return () if said else (correction,)


def believed(told: Iterable[Notification]) -> Belief:
    """What all of these together leave behind, in the order in which they were made."""
    belief = Belief()
    for one in sorted(told, key=lambda notification: notification.head):
        facts = one.facts if one.kind is NotificationKind.CORRECTED else (*belief.facts, *one.facts)
        belief = Belief(facts, one.dates, one.head) if one.dates else replace(belief, facts=facts)
    return belief


def is_wrong(belief: Belief, now: Standing) -> bool:
    """Whether something that was told never was so."""
    return any(not fact.is_known_from(now.facts) for fact in belief.facts)


def has_moved(belief: Belief, now: Standing) -> bool:
    """Whether a date was told and is another one now.

    One that a pause takes away is told when there is one again; but where the pause had been on record when the date
    was told, its end was voided since.
    """
    told = dict(belief.dates)
    pauses = [fact for fact in now.facts if fact.kind is NotificationKind.PAUSED and fact.current]
    goes_on = any(pause.event <= belief.head for pause in pauses)
    return bool(told) and any(due != told.get(clock, "") and (due or goes_on) for clock, due in now.dates)


def why_not(notification: Notification, now: Standing, before: Before, tell: Collection[NotificationKind]) -> str:
    """Why a notification does not go out as it stands, or "". `before`: what there is beside it."""
    belief = believed(before.told)
    if notification.dates != now.dates:
        return "a date has moved since"
    if notification.kind is NotificationKind.CORRECTED:
        if any(not fact.is_known_from(now.facts) for fact in notification.facts):
            return "corrected since"
        untold = any(not fact.is_known_from(belief.facts) for fact in notification.facts)
        return "" if untold or is_wrong(belief, now) or has_moved(belief, now) else "it is again as they were told"
    if notification.kind not in tell:
        return "the office does not tell applicants of it any more"
    stands = [fact for fact in now.facts if fact in notification.facts]
    if not stands:
        return f"event {notification.event} does not stand any more"
    if not stands[0].current:
        return "it is over since"
    return "it was told already" if stands[0].is_known_from(belief.facts) else ""


def contact_of(events: Iterable[CaseEvent], personal: Mapping[int, Mapping[str, str]]) -> Contact:
    """How the applicant is reached by the events that stand, the last one recorded; `personal`: of each event by its
    number, what was not blanked."""
    known = sorted((e for e in events if isinstance(e, Received | ContactChanged)), key=_by_receipt)
    if not known:
        return Contact()
    last, found = known[-1], personal.get(known[-1].seq, {})
    names = (personal.get(event.seq, {}).get("applicant", "") for event in known if isinstance(event, Received))
    return Contact(
        name=next(names, ""),
        email=found.get("email", ""),
        mobile=found.get("mobile", ""),
        note=found.get("contact", ""),
        language=last.language,
    )


def _by_receipt(event: CaseEvent) -> tuple[bool, int]:
    """A receipt that takes the place of a wrong one takes nothing back that was changed since."""
    return isinstance(event, ContactChanged), event.seq


def acceptance(history: History, zone: ZoneInfo) -> Fact | None:
    """The case's acceptance, by its event or, where it is deemed, by the papers that came in (R18)."""
    if history.deemed_on is not None:
        begun = [event for event in history.events if isinstance(event, Received | CorrectionReceived)]
        in_time = [event for event in begun if event.on(zone) <= history.deemed_on]
        return Fact(NotificationKind.ACCEPTED, (in_time or begun)[-1].seq, (history.deemed_on.isoformat(),))
    event = next((event for event in reversed(history.events) if isinstance(event, Accepted)), None)
    if event is None:
        return None
    return Fact(NotificationKind.ACCEPTED, event.seq, (event.on(zone).isoformat(),))


def _facts(history: History, tell: Collection[NotificationKind], zone: ZoneInfo) -> Iterator[Fact]:
    accepted, over = acceptance(history, zone), is_over(history)
    decided = [event for event in history.events if isinstance(event, Decided)]
    if accepted:  # of a case that is decided, the decision says when it was accepted
        told_by_decision = bool(decided) and NotificationKind.DECIDED in tell
        current = history.phase is not Phase.CLOSED and not told_by_decision
        yield Fact(accepted.kind, accepted.event, accepted.says, current)
    runs = () if over else open_pauses(history)
    for event in effective(history):
        if isinstance(event, Paused):
            end = event.expected_end.isoformat() if event.expected_end else ""
            what = (event.ground, event.on(zone).isoformat(), end)
            yield Fact(NotificationKind.PAUSED, event.seq, what, event.seq in runs)
        else:
            reason = sha256(event.reason.encode()).hexdigest()[:16]
            says = (event.clock, str(event.amount), event.unit.value, reason)
            yield Fact(NotificationKind.EXTENDED, event.seq, says, not over)
    for decision in decided:
        yield Fact(NotificationKind.DECIDED, decision.seq, (decision.outcome.value, decision.on(zone).isoformat()))


def effective(history: History) -> Iterator[Paused | Extended]:
    """The pauses and extensions that had an effect on a clock the applicant is told of (R21)."""
    clocks = promised(history)
    extensions = {extension.seq for clock in clocks for extension in clock.extensions}
    for event in history.events:
        if not isinstance(event, Paused | Extended):
            continue
        if event.seq in extensions or (isinstance(event, Paused) and any(_stops(event, clock) for clock in clocks)):
            yield event


def _stops(pause: Paused, clock: Clock) -> bool:
    verdict = pause.verdicts.get(clock.id, Verdict.IN_TIME)
    return pause.ground in clock.rule.grounds and verdict is not Verdict.TOO_LATE


def _deadline(clock: Clock) -> str:
    return clock.due_key.isoformat() if clock.due_key else ""
