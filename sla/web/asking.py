"""Which events may come next in a case, and what each of them asks for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sla.clock import Clock
from sla.events import CorrectionReceived, CorrectionRequested, Outcome, Received, StageEntered, StageLeft
from sla.history import History, Phase, open_pauses
from sla.overruns import unexplained
from sla.owed import owed
from sla.people import Person, Role
from sla.permits import PermitType
from sla.policies import Policy
from sla.rights import Right, right_to_record, rights_of
from sla.service.cases import Recorded
from sla.service.offices import Office, parsed
from sla.service.rebuild import policy_of
from sla.web.fields import Ask, Field
from sla.words import Words

NEXT: Mapping[Phase, tuple[str, ...]] = {
    Phase.RECEIVED: ("accepted", "correction_requested", "refused", "not_required", "withdrawn"),
    Phase.CORRECTION: ("correction_received", "refused", "not_required", "withdrawn"),
    Phase.ACCEPTED: (
        "decided", "owed_received", "paused", "resumed", "extended", "stage_entered", "stage_left", "overdue_explained",
        "acknowledged",
        "withdrawn",
    ),
    Phase.DECIDED: ("delivered", "owed_received"),
    Phase.DELIVERED: ("owed_received",),
    Phase.CLOSED: (),
}  # fmt: skip
_FORMS = frozenset(kind for kinds in NEXT.values() for kind in kinds) | {"reassigned", "contact_changed"}
LONG = 2000


@dataclass(frozen=True)
class Asked:
    """A case that something is to be recorded of."""

    office: Office
    found: Recorded
    policy: Policy
    said: Words

    @classmethod
    def of(cls, office: Office, found: Recorded, said: Words) -> "Asked":
        return cls(office, found, policy_of(office, found.row, found.events), said)

    @property
    def history(self) -> History:
        return self.found.history


def offered(asked: Asked, rights: frozenset[Right]) -> tuple[str, ...]:
    """The kinds of event that may come next, the usual ones first, as far as the reader may record them."""
    phase = asked.history.phase
    kinds = list(NEXT[phase])
    if asked.history.deemed_on is not None and phase in (Phase.RECEIVED, Phase.CORRECTION):
        kinds = [*NEXT[Phase.ACCEPTED], "accepted"]
    if "overdue_explained" not in kinds:  # it may come at any time
        kinds.append("overdue_explained")
    if phase not in (Phase.CLOSED, Phase.DELIVERED):
        kinds.append("reassigned")
    if asked.office.applicants.on:
        kinds.append("contact_changed")
    return tuple(kind for kind in kinds if right_to_record(kind) in rights and _applies(kind, asked))


def _applies(kind: str, asked: Asked) -> bool:
    """Whether there is anything to record it of."""
    clocks = asked.history.clocks
    applies = {
        "paused": lambda: bool(_grounds(asked)),
        "owed_received": lambda: owed(asked.history.events) is not None,
        "resumed": lambda: bool(open_pauses(asked.history)),
        "extended": lambda: any(clock.is_open and clock.rule.extensions.allowed for clock in clocks),
        "stage_entered": lambda: bool(_stages(asked, entered=False)),
        "stage_left": lambda: bool(_stages(asked, entered=True)),
        "overdue_explained": lambda: bool(unexplained(clocks)),
        "acknowledged": lambda: any(clock.overdue for clock in clocks),
    }
    return applies.get(kind, lambda: True)()


def has_form(kind: str, office: Office) -> bool:
    """Whether people of the office record it on a page, when it applies."""
    return kind in _FORMS and (kind != "contact_changed" or office.applicants.on)


def fields_of(kind: str, asked: Asked) -> tuple[Field, ...]:
    """What an event of a kind asks for, beside who records it and when it happened."""
    make = _FIELDS.get(kind)
    return tuple(make(asked)) if make else ()


def details_of(kind: str, asked: Asked, answers: Mapping[str, str | tuple[str, ...]]) -> dict[str, object]:
    """The event's own details from what was answered; what was left blank is left out."""
    details: dict[str, object] = {name: value for name, value in answers.items() if value}
    if "amount" in details:
        text = str(details["amount"])
        details["amount"] = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
        clocks = {clock.id: clock.rule for clock in asked.history.clocks}
        rule = clocks.get(str(details.get("clock", "")))
        details |= {"unit": rule.extension_unit} if rule else {}
    if "pause" in details:
        details["pause"] = int(str(details["pause"]))
    if "outcome" in details:
        details["outcome"] = Outcome(str(details["outcome"]))
    if kind == "overdue_explained":
        details.setdefault("reason", "")
    return details


def when_fields(said: Words) -> tuple[Field, ...]:
    """When it happened: now if both are left blank, the day alone if the time is."""
    return (
        Field("on", said.gettext("Day it happened"), Ask.DAY, hint=said.gettext("blank: now")),
        Field("time", said.gettext("Time"), Ask.TIME, hint=said.gettext("blank: only the day is known")),
    )


def actor_field(office: Office, right: Right, said: Words) -> Field:
    """Who records it, where nobody signs in."""
    people = ((person.id, person.name) for person in office.people.values() if right in rights_of(person.roles))
    return Field("by", said.gettext("Recorded by"), Ask.CHOICE, tuple(people), needed=True)


# --- a new case -------------------------------------------------------------------------------------------------------
def permits_in_force(office: Office, now: datetime) -> Mapping[str, Policy]:
    """The permits that may be asked for today, each with the policy it falls under."""
    in_force = [parsed(row.content) for row in office.in_force(office.today(now))]
    return {permit: policy for policy in in_force for permit in policy.permits}


def new_case_fields(office: Office, permit: PermitType, said: Words) -> Iterator[Field]:
    """What the receipt of a case of this permit asks for."""
    named = ((permit.id, said.name(permit.names)),)
    yield Field("permit", said.gettext("Permit"), Ask.FIXED, named, needed=True, values=(permit.id,))
    yield Field("title", said.gettext("Title"), needed=True, hint=said.gettext("what it is about"))
    yield Field("applicant", said.gettext("Applicant"))
    yield Field("contact", said.gettext("Contact"), hint=said.gettext("how to reach them"))
    if office.applicants.on:
        yield from _ways(said, said.gettext("they are told how the case stands"))
    papers = tuple((paper.id, said.name(paper.names)) for paper in permit.papers)
    if papers:
        yield Field("all_papers", said.gettext("All papers are here"), Ask.BOX)
    yield Field("accepted", said.gettext("Accept it at the same time"), Ask.BOX)
    if papers:
        hint = said.gettext("some ticked: the notice of what is missing comes next; none: nothing is said of them")
        yield Field("papers", said.gettext("Papers that were handed in"), Ask.BOXES, papers, hint=hint)
        hint = said.gettext("only to accept all the same (conditional acceptance)")
        yield Field("owed_by", said.gettext("The others to come in by"), Ask.DAY, hint=hint)
    yield Field(
        "handler", said.gettext("Handler"), Ask.CHOICE, _people(office), hint=said.gettext("blank: who records it")
    )
    yield Field("number", said.gettext("Number"), most=80, hint=said.gettext("blank: the next of its series"))
    yield Field("land_area_ha", said.gettext("Land area"), hint=said.gettext("hectares"))
    yield Field("floor_area_ha", said.gettext("Floor area"), hint=said.gettext("hectares"))


# --- what each event asks for -----------------------------------------------------------------------------------------
def _accepted(asked: Asked) -> Iterator[Field]:
    said = asked.said
    yield Field("receipt", said.gettext("Number of the receipt"))
    outstanding = not_in(asked)
    if outstanding:
        hint = said.gettext("accepted all the same (conditional acceptance); none: everything is here")
        yield Field("owed", said.gettext("Papers still owed"), Ask.BOXES, outstanding, hint=hint)
        yield Field("owed_by", said.gettext("To come in by"), Ask.DAY, hint=said.gettext("this day included"))
    if asked.history.deemed_on is not None:
        hint = said.gettext("an entry after a deemed acceptance counts only if a manager admits it")
        yield Field(
            "admitted_by", said.gettext("Admitted by"), Ask.CHOICE, _people(asked.office, Role.MANAGER), hint=hint
        )


def _correction_requested(asked: Asked) -> Iterator[Field]:
    said, received = asked.said, asked.history.received
    assert isinstance(received, Received)
    hint = said.gettext("name all of them at once; nothing else may be asked for later")
    papers = tuple(paper for paper in _papers(asked) if paper[0] not in received.papers)
    missing = tuple(paper for paper, _ in papers) if received.papers else ()
    field = Field("papers", said.gettext("Missing papers"), Ask.BOXES, papers, needed=True, hint=hint)
    yield replace(field, values=missing)
    yield Field("notice", said.gettext("Number of the notice"))


def _correction_received(asked: Asked) -> Iterator[Field]:
    requests = [event for event in asked.history.events if isinstance(event, CorrectionRequested)]
    brought = {paper for e in asked.history.events if isinstance(e, CorrectionReceived) for paper in e.papers}
    wanted = [paper for event in requests for paper in event.papers if paper not in brought]
    papers = tuple(paper for paper in _papers(asked) if paper[0] in wanted)
    field = Field("papers", asked.said.gettext("Papers that came in"), Ask.BOXES, papers)
    yield replace(field, values=tuple(wanted))


def _owed_received(asked: Asked) -> Iterator[Field]:
    left = owed(asked.history.events)
    wanted = left.papers if left else ()
    papers = tuple(paper for paper in _papers(asked) if paper[0] in wanted)
    field = Field("papers", asked.said.gettext("Papers that came in"), Ask.BOXES, papers, needed=True)
    yield replace(field, values=wanted)


def _reason(asked: Asked) -> Iterator[Field]:
    yield Field("reason", asked.said.gettext("Reason"), Ask.TEXT, needed=True, most=LONG)


def _reason_if_any(asked: Asked) -> Iterator[Field]:
    yield Field("reason", asked.said.gettext("Reason"), Ask.TEXT, most=LONG)


def _paused(asked: Asked) -> Iterator[Field]:
    said = asked.said
    yield Field("ground", said.gettext("Ground"), Ask.CHOICE, _grounds(asked), needed=True)
    yield Field("notice", said.gettext("Number of the notice"), hint=said.gettext("the applicant is told in writing"))
    yield Field("expected_end", said.gettext("Expected to end"), Ask.DAY)
    hint = said.gettext("a pause that is entered after the deadline counts only if a manager admits it")
    if any(clock.overdue for clock in asked.history.clocks):
        yield Field(
            "admitted_by", said.gettext("Admitted by"), Ask.CHOICE, _people(asked.office, Role.MANAGER), hint=hint
        )


def _resumed(asked: Asked) -> Iterator[Field]:
    said, zone = asked.said, asked.office.calendar.zone
    pauses = tuple(
        (str(seq), said.joined((_ground(asked, pause.ground), said.date(pause.on(zone)))))
        for seq, pause in open_pauses(asked.history).items()
    )
    field = Field("pause", said.gettext("Which pause"), Ask.CHOICE, pauses, needed=True)
    yield replace(field, values=(pauses[0][0],)) if len(pauses) == 1 else field


def _extended(asked: Asked) -> Iterator[Field]:
    said = asked.said
    clocks = [clock for clock in asked.history.clocks if clock.is_open and clock.rule.extensions.allowed]
    yield Field("clock", said.gettext("Limit"), Ask.CHOICE, tuple(_most(clock, said) for clock in clocks), needed=True)
    yield Field("amount", said.gettext("By how much"), Ask.NUMBER, needed=True)
    yield Field(
        "reason",
        said.gettext("Reason"),
        Ask.TEXT,
        needed=True,
        most=LONG,
        hint=said.gettext("the applicant is told it"),
    )
    heads = _people(asked.office, Role.HEAD, Role.MANAGER)
    yield Field("approver", said.gettext("Approved by"), Ask.CHOICE, heads, needed=True)


def _most(clock: Clock, said: Words) -> tuple[str, str]:
    rule = clock.rule
    most = said.amount(rule.extensions.most_amount, rule.extension_unit)
    return clock.id, said.gettext("%(name)s (at most %(most)s)", name=said.name(rule.names), most=most)


def _stage_entered(asked: Asked) -> Iterator[Field]:
    yield Field("stage", asked.said.gettext("Stage"), Ask.CHOICE, _stages(asked, entered=False), needed=True)


def _stage_left(asked: Asked) -> Iterator[Field]:
    yield Field("stage", asked.said.gettext("Stage"), Ask.CHOICE, _stages(asked, entered=True), needed=True)


def _reassigned(asked: Asked) -> Iterator[Field]:
    yield Field("handler", asked.said.gettext("New handler"), Ask.CHOICE, _people(asked.office), needed=True)
    yield from _reason_if_any(asked)


def _decided(asked: Asked) -> Iterator[Field]:
    said = asked.said
    outcomes = tuple((outcome.value, said.term(outcome)) for outcome in Outcome)
    yield Field("outcome", said.gettext("Decision"), Ask.CHOICE, outcomes, needed=True)
    yield Field("certificate", said.gettext("Number of what was issued"))
    yield from _reason_if_any(asked)
    if unexplained(asked.history.clocks):
        hint = said.gettext("in words that may be published")
        yield Field(
            "overdue_reason", said.gettext("Why the limit was missed"), Ask.TEXT, needed=True, most=LONG, hint=hint
        )
        yield Field("overdue_measure", said.gettext("What is done about it"), Ask.TEXT, most=LONG)


def _delivered(asked: Asked) -> Iterator[Field]:
    yield Field("method", asked.said.gettext("How"))


def _contact_changed(asked: Asked) -> Iterator[Field]:
    said = asked.said
    as_it_is = said.gettext("blank: as it is")
    yield from _ways(said, as_it_is)
    yield Field("contact", said.gettext("Contact"), hint=as_it_is)


def _ways(said: Words, hint: str) -> Iterator[Field]:
    """By which the applicant is told something."""
    yield Field("mobile", said.gettext("Mobile number"), hint=hint)
    yield Field("email", said.gettext("Mail address"), hint=hint)
    languages = (("zh", "中文"), ("en", "English"))
    yield Field("language", said.gettext("Language"), Ask.CHOICE, languages)


def _acknowledged(asked: Asked) -> Iterator[Field]:
    said = asked.said
    clocks = tuple((clock.id, said.name(clock.rule.names)) for clock in asked.history.clocks if clock.overdue)
    yield Field("clock", said.gettext("Limit"), Ask.CHOICE, clocks, needed=True)
    yield Field("note", said.gettext("What is being done"), Ask.TEXT, most=LONG)


def _overdue_explained(asked: Asked) -> Iterator[Field]:
    said = asked.said
    yield Field(
        "reason", said.gettext("Why the limit was missed"), Ask.TEXT, needed=True, most=LONG,
        hint=said.gettext("in words that may be published"),
    )  # fmt: skip
    yield Field("measure", said.gettext("What is done about it"), Ask.TEXT, most=LONG)


_FIELDS: Mapping[str, Callable[[Asked], Iterator[Field]]] = {
    "accepted": _accepted,
    "correction_requested": _correction_requested,
    "correction_received": _correction_received,
    "owed_received": _owed_received,
    "refused": _reason,
    "not_required": _reason,
    "withdrawn": _reason_if_any,
    "paused": _paused,
    "resumed": _resumed,
    "extended": _extended,
    "stage_entered": _stage_entered,
    "stage_left": _stage_left,
    "reassigned": _reassigned,
    "contact_changed": _contact_changed,
    "decided": _decided,
    "delivered": _delivered,
    "acknowledged": _acknowledged,
    "overdue_explained": _overdue_explained,
}


def not_in(asked: Asked) -> tuple[tuple[str, str], ...]:
    """The papers of the permit's list that are not on record as handed in."""
    came = [event.papers for event in asked.history.events if isinstance(event, Received | CorrectionReceived)]
    return tuple(paper for paper in _papers(asked) if not any(paper[0] in papers for papers in came))


# --- what may be chosen -----------------------------------------------------------------------------------------------
def _people(office: Office, *roles: Role) -> tuple[tuple[str, str], ...]:
    """The staff, or those of them with one of the roles."""

    def fits(person: Person) -> bool:
        return not roles or bool(person.roles & set(roles))

    return tuple((person.id, person.name) for person in office.people.values() if fits(person))


def _papers(asked: Asked) -> tuple[tuple[str, str], ...]:
    papers = asked.policy.permit(asked.history.received.permit).papers
    return tuple((paper.id, asked.said.name(paper.names)) for paper in papers)


def _grounds(asked: Asked) -> tuple[tuple[str, str], ...]:
    """Those that pause a clock of the case and are not open already."""
    rules = asked.policy.rules(asked.history.received.permit)
    taken = {pause.ground for pause in open_pauses(asked.history).values()}
    listed = {ground for rule in rules for ground in rule.grounds} - taken
    return tuple((ground, _ground(asked, ground)) for ground in asked.policy.grounds if ground in listed)


def _ground(asked: Asked, ground: str) -> str:
    return asked.said.name(asked.policy.grounds[ground].names) if ground in asked.policy.grounds else ground


def _stages(asked: Asked, *, entered: bool) -> tuple[tuple[str, str], ...]:
    inside: set[str] = set()
    for event in asked.history.events:
        if isinstance(event, StageEntered):
            inside.add(event.stage)
        elif isinstance(event, StageLeft):
            inside.discard(event.stage)
    names = asked.policy.stages
    return tuple((stage, asked.said.name(names[stage])) for stage in names if (stage in inside) is entered)
