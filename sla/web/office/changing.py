"""Changing something of the office: a form, what would come of it, and then, once it is confirmed, what came of it.

Only whoever is signed in as an administrator changes anything; what they did is on record with their name, in the same
transaction; of what takes several (a handover, a trial, the cases that a notice moves) that it was begun.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from fastapi import Request
from fastapi.responses import Response

from notifiers.channel import ChannelSettingsError
from notifiers.message import DeliveryError
from schedules.calendars import CalendarError
from schedules.faults import FieldError
from sla.access.forms import Form
from sla.access.visitors import ForbiddenError
from sla.policies import PolicyError
from sla.rights import Right
from sla.service.deeds import done_by
from sla.service.errors import ServiceError
from sla.service.trying import kept, tried
from sla.web.fields import Ask, Field, filled
from sla.web.frame import App, Visit, page, spoken, visiting
from sla.web.office.sheet import Link, Section
from sla.web.routes import Route, shown
from sla.words import Words

Given = Mapping[str, str]
T = TypeVar("T")
_ERRORS = (ServiceError, CalendarError, PolicyError, ChannelSettingsError, DeliveryError)


@dataclass(frozen=True)
class Outcome:
    """What would come of it: in sentences and tables; `warnings` come first. `asks` are fields for the last step, whose
    values never come back in a page."""

    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    asks: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Done:
    """What came of it. `once` is shown now and never again; `links` lead on; `subject` is what it was about, where the
    form did not know."""

    lines: tuple[str, ...]
    subject: str = ""
    once: str = ""
    warnings: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Later:
    """The rest of a deed, which has transactions of its own or calls somebody: once the first is committed."""

    rest: Callable[[], Done]
    subject: str = ""


@dataclass(frozen=True)
class Change:
    """A form, what would come of it, or what came of it. `subject` is what it is about, as it stands on record; `back`
    the page it belongs to; `links` are other ways to begin."""

    title: str
    path: str
    back: str
    confirm: str
    subject: str = ""
    about: str = ""
    lead: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    fields: tuple[Field, ...] = ()
    problem: str = ""
    detail: str = ""
    outcome: Outcome | None = None
    done: Done | None = None

    @property
    def broad(self) -> bool:
        """Whether it needs the whole width."""
        shown = self.outcome.sections if self.outcome else ()
        return bool(shown) or any(field.ask is Ask.CODE and field.needed for field in self.fields)


@dataclass(frozen=True)
class Task:
    """One thing an administrator does at a path. `kind` names it on record.

    `form` makes the empty form; `look` says what would come of it: it reads or, if it `tries`, writes what is taken
    back; `do` does it.
    """

    path: str
    kind: str
    form: Callable[[Visit], Change]
    look: Callable[[App, Visit, Given], Outcome]
    do: Callable[[App, Visit, Given], Done | Later]
    tries: bool = False


def changes(app: App, *tasks: Task) -> list[Route]:
    """The form of each task, and what takes it."""
    return [route for task in tasks for route in (_asks(app, task), _takes(app, task))]


def _asks(app: App, task: Task) -> Route:
    def show(app: App, visit: Visit) -> Response:
        view = task.form(visit)
        preset = tuple(replace(f, values=(visit.asked(f.name),)) if _asked(visit, f) else f for f in view.fields)
        return _page(app, visit.request, replace(view, fields=preset))

    return shown(app, task.path, Right.ADMINISTER, show)


def _asked(visit: Visit, field: Field) -> bool:
    """Whether an address fills in the field: of what may be chosen only."""
    return visit.asked(field.name) in dict(field.options) and visit.asked(field.name) != ""


def _takes(app: App, task: Task) -> Route:
    def take(request: Request, form: Form) -> Response:
        does = form.asked("step") == "do"
        with visiting(app, request, Right.ADMINISTER, writes=does or task.tries) as visit:
            if not visit.visitor.person_id:
                raise ForbiddenError(Right.ADMINISTER)  # a program: what is done here is done by somebody
            view = task.form(visit)
            view = replace(view, fields=filled(view.fields, form))
            done = _step(app, visit, task, view, form)
        return _page(app, request, *(_finished(app, request, view, done) if isinstance(done, Later) else done))

    return Route(task.path, Right.ADMINISTER, take=take)


def _step(app: App, visit: Visit, task: Task, view: Change, form: Form) -> tuple[Change, int] | Later:
    """The form again, what would come of it, or what came of it."""
    step = form.asked("step")
    if step == "change":
        return view, 200
    missing = next((field for field in view.fields if field.needed and not any(field.values)), None)
    if missing:
        return _wrong(visit.said, view, missing.name), 422
    given = {f.name: _text(f) for f in view.fields}
    try:
        if step != "do":
            return replace(view, outcome=_looked(app, visit, task, given)), 200
        last = {name: form.raw(name) for name in form.all_of("last")}
        done = kept(visit.session, lambda: task.do(app, visit, {**given, **last}))
        done_by(
            visit.session, visit.office, visit.visitor.person_id, task.kind, done.subject or view.subject, visit.now
        )
    except _ERRORS as error:
        return _wrong(visit.said, view, _field(error), error), 422
    return done if isinstance(done, Later) else (replace(view, done=done), 200)


def _looked(app: App, visit: Visit, task: Task, given: Given) -> Outcome:
    if task.tries:
        return tried(visit.session, lambda: task.look(app, visit, given))
    return task.look(app, visit, given)


def _finished(app: App, request: Request, view: Change, later: Later) -> tuple[Change, int]:
    try:
        return replace(view, done=later.rest()), 200
    except _ERRORS as error:
        return _wrong(spoken(app, request), view, _field(error), error), 422


def _wrong(said: Words, view: Change, name: str, error: Exception | None = None) -> Change:
    """The form again, with what is wrong at its field, or what is missing."""
    called = (name, f"set-{name}", f"variable-{name.removesuffix('_env')}")
    field = next((field for field in view.fields if field.name in called), None)
    text = said.gettext("This cannot be done.")
    if field:
        text = said.gettext("This cannot be done; look at “%(field)s”.", field=field.label)
    if field and error is None:
        text = said.gettext("“%(field)s” is missing.", field=field.label)
    fields = tuple(replace(f, problem=text) if f is field else f for f in view.fields)
    return replace(view, fields=fields, problem=text, detail=_detail(said, error, at_field=field is not None))


def _detail(said: Words, error: Exception | None, *, at_field: bool) -> str:
    """What is wrong; the field's own name is left out where it is shown beside its label."""
    if error is None:
        return ""
    return said.phrase(error.phrase) if at_field and isinstance(error, FieldError) else said.fault(error)


def _field(error: Exception) -> str:
    """The field that an error names."""
    return str(getattr(error, "field", "")).removeprefix("notice.")


def _text(field: Field) -> str:
    """What was answered, as one text: a browser ends lines its own way."""
    if field.ask is Ask.BOXES:
        return ",".join(value for value in field.values if value)
    return field.value.replace("\r\n", "\n").replace("\r", "\n")


def _page(app: App, request: Request, view: Change, status: int = 200) -> Response:
    return page(app, request, "office/change.html", {"view": view}, status)
