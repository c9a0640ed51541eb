"""Recording on the pages: a form for each event, its effect on the dates before it is confirmed, and taking it back.

A form is sent twice: first it shows what would come of it, and nothing is kept; then it is recorded, unless the case
has changed meanwhile. It works without scripts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time

from fastapi.responses import Response

from schedules.faults import FieldError
from schedules.hours import instant
from sla.access.forms import Form
from sla.access.visitors import ForbiddenError
from sla.clock import Clock
from sla.events import KINDS, EventName
from sla.history import History, HistoryError
from sla.policies import PolicyError
from sla.rights import Right, right_to_record, rights_of
from sla.service import cases, trying
from sla.service.cases import Recorded, When
from sla.service.contact_change import change_contact
from sla.service.errors import ServiceError
from sla.service.slips import is_slip
from sla.service.trying import ChangedError, kept, seen_from, tried
from sla.web.asking import (
    Asked,
    actor_field,
    details_of,
    fields_of,
    has_form,
    offered,
    when_fields,
)
from sla.web.done import remember_done
from sla.web.events import EventLine, event_lines
from sla.web.fields import Ask, Field, answers, filled
from sla.web.frame import App, Visit, case_path, moved, own_path, page, record_path, void_path
from sla.web.routes import Route, acted, shown
from sla.words import NO_DATA, Words, due_text, standing_text

_FROM_NOW_ON = ("contact_changed",)  # it does not matter when it happened
RECORD, VOID = "/record/{kind}/{number:path}", "/void/{seq:int}/{number:path}"


def routes(app: App) -> list[Route]:
    return [
        shown(app, RECORD, Right.RECORD, _record_form),
        acted(app, RECORD, Right.RECORD, _recorded),
        shown(app, VOID, Right.RECORD, _void_form),
        acted(app, VOID, Right.RECORD, _voided),
    ]


@dataclass(frozen=True)
class Effect:
    """What becomes of one clock: its date and standing before ("–" where it had none) and after."""

    name: str
    before: str
    after: str
    standing: str
    changed: bool


@dataclass(frozen=True)
class Recording:
    """A form, or what would come of it. `effects` and `number` are there once it was tried; `seq` is the newest event
    its reader saw, `changes` are what was recorded meanwhile by somebody else. `barred`: it cannot be recorded of the
    case as it stands now, so nothing is left to send. `links` lead to other forms.
    """

    title: str
    about: str
    path: str
    case: str
    fields: tuple[Field, ...]
    seq: int
    to: str
    confirm: str
    problem: str = ""
    detail: str = ""
    effects: tuple[Effect, ...] = ()
    changes: tuple[EventLine, ...] = ()
    number: str = ""
    links: tuple[tuple[str, str], ...] = ()
    barred: bool = False


# --- an event ---------------------------------------------------------------------------------------------------------
def _record_form(app: App, visit: Visit) -> Response:
    asked = _asked(visit)
    view = _form(visit, asked, visit.request.path_params["kind"])
    if view.barred:  # the list that led here was older than the case
        return _meanwhile(app, visit, replace(view, fields=()), asked.found, view.seq - 1)
    return form_page(app, visit, view)


def _recorded(app: App, visit: Visit, form: Form) -> Response:
    asked, kind = _asked(visit), visit.request.path_params["kind"]
    view = _form(visit, asked, kind)
    view = replace(view, fields=filled(view.fields, form), to=onward(form.asked("to")))
    if view.barred:
        return _meanwhile(app, visit, view, asked.found, min(seen_from(form.asked("seq")), view.seq - 1))
    given = answers(view.fields)

    def write() -> Recorded:
        actor = actor_of(visit, right_to_record(kind), given)
        own = {name: value for name, value in given.items() if name not in ("by", "on", "time")}
        details = details_of(kind, asked, own)
        if kind in _FROM_NOW_ON:
            return change_contact(visit.session, visit.office, asked.found.number, details, visit.now, actor)[0]
        when = when_of(visit, given)
        return cases.record(visit.session, visit.office, asked.found.number, kind, details, when, visit.now, actor)

    return answer(app, visit, view, form, asked.found, write)


def _form(visit: Visit, asked: Asked, kind: str) -> Recording:
    """The empty form of an event, barred where it may not come next. Raises ForbiddenError, ServiceError."""
    said, number = visit.said, asked.found.number
    known = has_form(kind, visit.office)
    if (known or kind in KINDS) and right_to_record(kind) not in _rights(visit):
        raise ForbiddenError(right_to_record(kind))
    if not known:
        raise ServiceError("kind", "%(kind)s is recorded by no form", kind=EventName(kind))
    by = () if visit.visitor.person_id else (actor_field(visit.office, right_to_record(kind), said),)
    return Recording(
        title=said.action(kind),
        about=f"{number} {asked.found.row.title}",
        path=record_path(kind, number),
        case=case_path(number),
        fields=(*fields_of(kind, asked), *by, *(() if kind in _FROM_NOW_ON else when_fields(said))),
        seq=asked.found.row.head_seq,
        to=onward(visit.asked("to")),
        confirm=said.gettext("Record"),
        barred=kind not in offered(asked, _rights(visit)),
    )


# --- taking back ------------------------------------------------------------------------------------------------------
def _void_form(app: App, visit: Visit) -> Response:
    return form_page(app, visit, _void(visit, cases.find(visit.session, visit.office, _number(visit), visit.now)))


def _voided(app: App, visit: Visit, form: Form) -> Response:
    found = cases.find(visit.session, visit.office, _number(visit), visit.now)
    view = _void(visit, found, seen_from(form.asked("seq")))
    view = replace(view, fields=filled(view.fields, form), to=onward(form.asked("to")))
    if view.barred:
        return _meanwhile(app, visit, view, found, seen_from(form.asked("seq")))
    given, seq = answers(view.fields), visit.request.path_params["seq"]

    def write() -> Recorded:
        actor = actor_of(visit, Right.RECORD, given)
        reason = str(given["reason"])
        return cases.void(visit.session, visit.office, found.number, seq, reason, visit.now, actor)

    return answer(app, visit, view, form, found, write)


def _void(visit: Visit, found: Recorded, seen: int | None = None) -> Recording:
    """The form; barred where it was the reader's own slip when the event `seen` was the newest, and no longer is."""
    said, seq = visit.said, visit.request.path_params["seq"]
    event = next((event for event in found.events if event.seq == seq), None)
    if event is None:
        raise ServiceError("event", "%(seq)s is no event of %(number)s", seq=seq, number=found.number)
    barred = Right.MANAGE not in _rights(visit) and not is_own_slip(visit, found, seq)
    was_own = visit.visitor.person_id and event.actor == visit.visitor.person_id and seen == seq != found.row.head_seq
    if barred and not was_own:
        raise ForbiddenError(Right.MANAGE)
    by = () if visit.visitor.person_id else (actor_field(visit.office, Right.MANAGE, said),)
    reason = Field("reason", said.gettext("Reason"), Ask.TEXT, needed=True, most=2000)
    return Recording(
        title=said.gettext("Take back: %(event)s", event=said.event(event.kind)),
        about=f"{found.number} {found.row.title}",
        path=void_path(seq, found.number),
        case=case_path(found.number),
        fields=(reason, *by),
        seq=found.row.head_seq,
        to=onward(visit.asked("to")),
        confirm=said.gettext("Take back"),
        barred=barred,
    )


def is_own_slip(visit: Visit, found: Recorded, seq: int) -> bool:
    """Whether an event is the newest, and its reader recorded it just now: a slip of the finger, theirs to mend."""
    return is_slip(found, seq, visit.visitor.person_id, visit.now)


# --- what they share --------------------------------------------------------------------------------------------------
def answer(
    app: App,
    visit: Visit,
    view: Recording,
    form: Form,
    before: Recorded | None,
    write: Callable[[], Recorded],
    next_path: Callable[[Recorded], str] | None = None,
) -> Response:
    """What would come of a form, or what came of it; or what is wrong with it, with everything that was filled in.

    `next_path`: where it goes on once it is recorded; if left out, where one was, or to the case.
    """
    step = form.asked("step")
    if step == "change":
        return form_page(app, visit, view)
    missing = next((field for field in view.fields if field.needed and not field.value), None)
    try:
        if before:
            trying.check_unchanged(visit.session, visit.office, before.number, form.asked("seq"))
        if missing:
            return _wrong(app, visit, view, missing.name)
        if step != "record":
            return form_page(app, visit, _tried(visit, view, before, tried(visit.session, write)))
        done = kept(visit.session, write)
    except ChangedError as changed:
        assert before is not None
        return _meanwhile(app, visit, view, before, changed.seq)
    except (ServiceError, HistoryError, PolicyError) as error:
        return _wrong(app, visit, view, error.field, error)
    return recorded(visit, done, next_path(done) if next_path else view.to)


def recorded(visit: Visit, done: Recorded, to: str) -> Response:
    """On to where one was, or to the case; there it is said what was recorded, with its paper one click away."""
    response = moved(to or case_path(done.number))
    remember_done(visit.request, response, done.number, done.events[-1])
    return response


def _wrong(app: App, visit: Visit, view: Recording, name: str, error: FieldError | None = None) -> Response:
    """The form again, with what is wrong at its field, or what is missing; in its transaction nothing was written."""
    said, labels = visit.said, {field.name: field.label for field in view.fields}
    name = {"occurred_at": "on", "at": "on", "actor": "by"}.get(name, name)
    text = problem_text(said, labels.get(name, "" if error else name), lacking=error is None)
    detail = "" if error is None else said.phrase(error.phrase) if name in labels else said.fault(error)
    fields = tuple(replace(f, problem=text) if f.name == name else f for f in view.fields)
    return form_page(app, visit, replace(view, fields=fields, problem=text, detail=detail), 422)


def problem_text(said: Words, label: str, *, lacking: bool) -> str:
    """What is wrong with a field, by its label; "" where it is none of the form."""
    if lacking:
        return said.gettext("“%(field)s” is missing.", field=label)
    if label:
        return said.gettext("This cannot be recorded; look at “%(field)s”.", field=label)
    return said.gettext("This cannot be recorded.")


def _tried(visit: Visit, view: Recording, before: Recorded | None, after: Recorded) -> Recording:
    effects = effects_of(before.history if before else None, after.history, visit.now, visit.said)
    return replace(view, effects=effects, number=after.number, about=view.about or after.number)


def _meanwhile(app: App, visit: Visit, view: Recording, before: Recorded, seen: int) -> Response:
    """What was recorded after the event that its reader had seen, and the form again, if it still makes sense."""
    asked = Asked.of(visit.office, before, visit.said)
    lines = event_lines(before, asked.policy, visit.office, visit.said)
    if view.barred:
        problem = visit.said.gettext("The case has moved on, and this cannot be recorded of it any more.")
    else:
        problem = visit.said.gettext(
            "Somebody else recorded something about this case meanwhile. Look at it, then decide."
        )
    changes = tuple(line for line in lines if line.seq > seen)
    return form_page(app, visit, replace(view, problem=problem, changes=changes), 409)


def effects_of(before: History | None, after: History, now: datetime, said: Words) -> tuple[Effect, ...]:
    """What becomes of each clock that has a date, or had one."""
    known = {clock.id: clock for clock in before.clocks} if before else {}
    found = [_effect(known.get(clock.id), clock, now, said) for clock in after.clocks]
    return tuple(effect for effect in found if effect.changed or effect.after != NO_DATA)


def _effect(before: Clock | None, after: Clock, now: datetime, said: Words) -> Effect:
    one = _dated(before, said) if before else NO_DATA
    standing = standing_text(after, now, said)
    changed = one != _dated(after, said) or before is None or standing_text(before, now, said) != standing
    return Effect(said.name(after.rule.names), one, _dated(after, said), standing, changed)


def _dated(clock: Clock, said: Words) -> str:
    if clock.if_resumed is not None:
        return said.gettext("if resumed now: %(day)s", day=said.date(clock.if_resumed, year=True))
    text = due_text(clock, said, year=True)
    return said.gettext("%(text)s (provisional)", text=text) if clock.provisional and clock.due_on else text


def onward(path: str) -> str:
    """Where it goes on afterwards; "" is the case's own page."""
    return own_path(path) if path else ""


def form_page(app: App, visit: Visit, view: Recording, status: int = 200) -> Response:
    return page(app, visit.request, "recording.html", {"view": view}, status)


def _asked(visit: Visit) -> Asked:
    found = cases.find(visit.session, visit.office, _number(visit), visit.now)
    return Asked.of(visit.office, found, visit.said)


def _number(visit: Visit) -> str:
    return str(visit.request.path_params["number"])


def _rights(visit: Visit) -> frozenset[Right]:
    return visit.visitor.rights


def actor_of(visit: Visit, right: Right, given: Mapping[str, str | tuple[str, ...]]) -> str:
    """Who records it: whoever is signed in, or, where nobody signs in, whom the form names, if they have the right."""
    if visit.visitor.person_id:
        return visit.visitor.person_id
    person = visit.office.person(str(given.get("by", "")), "by")
    if right not in rights_of(person.roles):
        raise ServiceError(
            "by", "%(person)s may not record this; it needs the right to %(right)s", person=person.id, right=right
        )
    return person.id


def when_of(visit: Visit, given: Mapping[str, str | tuple[str, ...]]) -> When:
    """When it happened, in the office's own time: now, a day, or a day and a time (R1)."""
    on, at = str(given["on"]), str(given["time"])
    if not on and not at:
        return When(visit.now)
    calendar = visit.office.calendar
    day = cases.when_parsed(visit.office, on or visit.office.today(visit.now).isoformat(), visit.now, "on")
    if not at:
        return day
    try:
        moment = time.fromisoformat(at)
    except ValueError:
        raise ServiceError("time", "%(at)r is no time; write 15:30", at=at) from None
    minutes = 60 * moment.hour + moment.minute
    return When(instant(calendar.date_of(day.at), minutes, calendar.zone))
