"""To an applicant: accepted, paused, extended, decided (行政许可法 32(5), 45, 42, 38), or that something told moved.

Nothing internal: no handler, no other clocks than promise and statute, no page of the office's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from notifiers.message import Message
from schedules.limits import Unit
from sla.applicants import Dates, Fact, NotificationKind
from sla.clock import Clock
from sla.events import CalendarApplied, CaseEvent, Extended, Outcome, Paused, Resumed
from sla.messages.deadlines import deadlines
from sla.messages.items import AlarmItem
from sla.messages.making import CaseCard, Content, clipped, message
from sla.messages.subjects import LONGEST_SUBJECT
from sla.policies import Basis, Gravity, Ground
from sla.words import Words, due_text, one_line, words

LONGEST_SHORT = 500


@dataclass(frozen=True)
class ApplicantNews:
    """What a message to an applicant is made from.

    `facts`: what it tells; `wrong`: what was told and never was so; `told`: the dates that were told before. `events`
    by their numbers; `cause`: the one that moved a date, in a correction. `clocks`: those that are promised, while the
    case is open. `accepted_on`: None while it is not; `deemed_by`: the law by which it counts as accepted (R18).
    """

    kind: NotificationKind
    case: CaseCard
    office: str
    inquiries: str = ""
    facts: tuple[Fact, ...] = ()
    wrong: tuple[Fact, ...] = ()
    told: Dates = ()
    events: Mapping[int, CaseEvent] = field(default_factory=dict)
    cause: CaseEvent | None = None
    clocks: tuple[Clock, ...] = ()
    clock_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    grounds: Mapping[str, Ground] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    accepted_on: date | None = None
    deemed_by: str | None = None


def applicant_message(key: str, news: ApplicantNews, language: str, now: datetime, source: str) -> Message:
    """`now` is aware."""
    said = words(language)
    long, short = _Teller(news, said, legal=True), _Teller(news, said, legal=False)
    content = Content(
        template="applicant",
        kind=f"applicant.{news.kind.value}",
        subject=clipped(_subject(news, said), LONGEST_SUBJECT),
        about=one_line(news.case.number),
        values={
            "office": clipped(news.office),
            "case": {
                "number": clipped(news.case.number),
                "title": clipped(news.case.title),
                "permit": clipped(said.name(news.case.permit_names)),
            },
            "paragraphs": [*long.sentences()],
            "dates": [*long.dates()],
            "notes": [*long.notes()],
            "inquiries": _inquiries(news, said),
            "why": said.gettext("You get this from %(office)s as the applicant.", office=clipped(news.office)),
        },
        data={"case": one_line(news.case.number), "notification": news.kind.value, "dates": _due(news)},
        deadlines=deadlines(
            [AlarmItem(replace(news.case, link=""), clock, Gravity.REMINDER, "") for clock in news.clocks], said, source
        ),
    )
    parts = [f"{one_line(news.case.number)}:", *short.sentences(), *short.dates(), _inquiries(news, said)]
    brief = clipped(" ".join(part for part in parts if part), LONGEST_SHORT)
    return replace(message(key, content, said, now, source), short=brief)


@dataclass(frozen=True)
class _Teller:
    """The same news at length, with the law, or in a few words."""

    news: ApplicantNews
    said: Words
    legal: bool

    def sentences(self) -> Iterator[str]:
        """What is wrong, what is so, and why a date moved."""
        said, news = self.said, self.news
        for fact in news.wrong:
            yield said.gettext(
                "You were told: %(what)s. That was put on record by mistake and does not hold.", what=self._told(fact)
            )
        if news.wrong and not news.facts:
            yield self._state()
        for fact in news.facts:
            yield from _SENTENCES[fact.kind](self, fact)
        if news.kind is NotificationKind.CORRECTED:
            yield from self._cause()

    def dates(self) -> Iterator[str]:
        """Of each clock until when, or that it stands still."""
        said, told = self.said, dict(self.news.told)
        for clock in self.news.clocks:
            name, due = said.name(clock.rule.names), _due_text(clock, said, year=True)
            if clock.due_on is None:
                line = said.gettext("%(clock)s: not counted just now; you will be told the new date.", clock=name)
            else:
                limit = said.limit(clock.limit)
                line = said.gettext("%(clock)s (%(limit)s): by %(due)s.", clock=name, limit=limit, due=due)
            before = told.get(clock.id, "")
            if before and before != _key(clock):
                line += said.gettext(" You were told %(told)s.", told=self._date(before, clock))
            yield line

    def notes(self) -> Iterator[str]:
        if any(clock.provisional and clock.due_on for clock in self.news.clocks):
            yield self.said.gettext("The date is provisional: the holidays of that time are not announced yet.")
        if any(clock.capped and clock.due_on for clock in self.news.clocks):
            yield self.said.gettext("The promise is capped: it is due with the statutory limit.")

    # --- facts -------------------------------------------------------------------------------------------------------
    def accepted(self, fact: Fact) -> Iterator[str]:
        day = self.said.date(date.fromisoformat(fact.says[0]), year=True)
        if self.news.deemed_by is not None:
            law = self._law(self.news.deemed_by)
            yield self.said.gettext(
                "Your application was not answered in time and counts as accepted as of %(day)s%(law)s.",
                day=day, law=law,
            )  # fmt: skip
        else:
            law = self._law(self.news.sources.get("acceptance", "") if self._is_statutory() else "")
            yield self.said.gettext("Your application was accepted on %(day)s%(law)s.", day=day, law=law)

    def paused(self, fact: Fact) -> Iterator[str]:
        ground, begun, end = fact.says
        source = self.news.grounds[ground].source if ground in self.news.grounds else ""
        yield self.said.gettext(
            "The time needed for %(ground)s is not counted, from %(day)s on%(law)s.",
            ground=self._ground(ground), day=self.said.date(date.fromisoformat(begun), year=True),
            law=self._law(source),
        )  # fmt: skip
        if end:
            yield self.said.gettext(
                "It is expected to take until %(day)s.", day=self.said.date(date.fromisoformat(end), year=True)
            )
        else:
            yield self.said.gettext("How long it takes is not known yet.")
        event = self.news.events.get(fact.event)
        if self.legal and isinstance(event, Paused) and event.notice:
            yield self.said.gettext("Notice number: %(number)s", number=clipped(event.notice))

    def extended(self, fact: Fact) -> Iterator[str]:
        event, clock = self.news.events.get(fact.event), self._clock(fact.says[0])
        statutory = clock is not None and clock.rule.basis is Basis.STATUTE
        yield self.said.gettext(
            "%(clock)s: extended by %(amount)s%(law)s.",
            clock=self._clock_name(fact.says[0]), amount=self._amount(fact),
            law=self._law(self.news.sources.get("extension", "") if statutory else ""),
        )  # fmt: skip
        if isinstance(event, Extended):
            yield self.said.gettext("Reason: %(reason)s", reason=one_line(event.reason))

    def decided(self, fact: Fact) -> Iterator[str]:
        outcome, day = Outcome(fact.says[0]), self.said.date(date.fromisoformat(fact.says[1]), year=True)
        if self.news.accepted_on and self.legal:
            accepted = self.said.date(self.news.accepted_on, year=True)
            yield self.said.gettext("Your application was accepted on %(day)s%(law)s.", day=accepted, law="")
        yield self.said.gettext(
            "Your application was decided on %(day)s: %(outcome)s.", day=day, outcome=self.said.term(outcome)
        )
        if outcome is Outcome.APPROVED:
            yield self.said.gettext("The written decision is delivered to you.")
        else:
            yield self.said.gettext("The written decision says why, and how you can have it reviewed.")

    # --- corrections -------------------------------------------------------------------------------------------------
    def _told(self, fact: Fact) -> str:
        """What was told, in a few words."""
        said, says = self.said, fact.says
        match fact.kind:
            case NotificationKind.ACCEPTED:
                return said.gettext("accepted on %(day)s", day=said.date(date.fromisoformat(says[0]), year=True))
            case NotificationKind.PAUSED:
                day = said.date(date.fromisoformat(says[1]), year=True)
                return said.gettext("%(ground)s not counted from %(day)s on", ground=self._ground(says[0]), day=day)
            case NotificationKind.EXTENDED:
                clock, amount = self._clock_name(says[0]), self._amount(fact)
                return said.gettext("%(clock)s extended by %(amount)s", clock=clock, amount=amount)
            case _:
                day, outcome = said.date(date.fromisoformat(says[1]), year=True), said.term(Outcome(says[0]))
                return said.gettext("decided on %(day)s: %(outcome)s", day=day, outcome=outcome)

    def _state(self) -> str:
        if self.news.accepted_on is None:
            return self.said.gettext("Your application is not accepted yet.")
        if any(fact.kind is NotificationKind.DECIDED for fact in self.news.wrong):
            return self.said.gettext("Your application is not decided yet.")
        return self.said.gettext("What holds is this:")

    def _cause(self) -> Iterator[str]:
        said, cause = self.said, self.news.cause
        zone = self.news.clocks[0].calendar.zone if self.news.clocks else None
        if isinstance(cause, Resumed) and zone:
            yield said.gettext("The time is counted again from %(day)s on.", day=said.date(cause.on(zone), year=True))
        elif isinstance(cause, CalendarApplied):
            number = f" {clipped(cause.notice)}" if cause.notice else ""
            yield said.gettext("The calendar of working days has changed%(number)s.", number=number)
        for ground, first, last in self._out():
            yield said.gettext("Not counted: %(ground)s, %(first)s to %(last)s.", ground=ground, first=first, last=last)

    def _out(self) -> Iterator[tuple[str, str, str]]:
        """The pauses that are over, of all the clocks, each once."""
        over = {
            (pause.ground, pause.first, pause.last)
            for clock in self.news.clocks for pause in clock.pauses if pause.last is not None and pause.excludes
        }  # fmt: skip
        for grounds, first, last in sorted(over, key=lambda each: (each[1], each[0])):
            assert last is not None
            names = self.said.joined(self._ground(ground) for ground in grounds.split("+"))
            yield names, self.said.date(first, year=True), self.said.date(last, year=True)

    # --- words -------------------------------------------------------------------------------------------------------
    def _law(self, source: str) -> str:
        return self.said.gettext(" (%(law)s)", law=source) if source and self.legal else ""

    def _ground(self, ground: str) -> str:
        return self.said.name(self.news.grounds[ground].names) if ground in self.news.grounds else ground

    def _clock(self, clock_id: str) -> Clock | None:
        return next((clock for clock in self.news.clocks if clock.id == clock_id), None)

    def _clock_name(self, clock_id: str) -> str:
        return self.said.name(self.news.clock_names.get(clock_id, {"en": clock_id}))

    def _amount(self, fact: Fact) -> str:
        return self.said.amount(int(fact.says[1]), Unit(fact.says[2]))

    def _is_statutory(self) -> bool:
        """The law is named only where one sets the limit: other papers of an office are not under it."""
        return any(clock.rule.basis is Basis.STATUTE for clock in self.news.clocks)

    def _date(self, told: str, clock: Clock) -> str:
        if len(told) == len("2026-09-18"):
            return self.said.date(date.fromisoformat(told), year=True)
        return self.said.moment(datetime.fromisoformat(told), clock.calendar.zone, year=True)


_SENTENCES = {
    NotificationKind.ACCEPTED: _Teller.accepted,
    NotificationKind.PAUSED: _Teller.paused,
    NotificationKind.EXTENDED: _Teller.extended,
    NotificationKind.DECIDED: _Teller.decided,
}


def _subject(news: ApplicantNews, said: Words) -> str:
    number = one_line(news.case.number)
    due = next((_due_text(clock, said) for clock in news.clocks if clock.due_on), "")
    if news.kind is NotificationKind.CORRECTED and news.wrong:
        what = said.gettext("correction")
    elif news.kind is NotificationKind.CORRECTED:
        what = said.gettext("a date has moved")
    elif news.kind is NotificationKind.DECIDED:
        what = said.gettext("decided: %(outcome)s", outcome=said.term(Outcome(news.facts[0].says[0])))
    else:
        what = said.term(news.kind)
    if due:
        return said.gettext("%(number)s: %(what)s, by %(due)s", number=number, what=what, due=due)
    return said.gettext("%(label)s: %(what)s", label=number, what=what)


def _due_text(clock: Clock, said: Words, *, year: bool = False) -> str:
    due = due_text(clock, said, year=year)
    return said.gettext("%(text)s (provisional)", text=due) if clock.provisional else due


def _due(news: ApplicantNews) -> dict[str, str | None]:
    return {clock.id: _key(clock) or None for clock in news.clocks}


def _key(clock: Clock) -> str:
    return clock.due_key.isoformat() if clock.due_key else ""


def _inquiries(news: ApplicantNews, said: Words) -> str:
    return said.gettext("Questions: %(whom)s", whom=one_line(news.inquiries)) if news.inquiries else ""
