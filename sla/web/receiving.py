"""A new case by a form: its permit is remembered, its papers are ticked with one box, and what is missing leads on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi.responses import Response

from sla.access.cookies import cookie, give
from sla.access.forms import Form
from sla.rights import Right
from sla.service import cases, trying
from sla.service.cases import Recorded
from sla.service.errors import ServiceError
from sla.service.slips import OWN_SLIP
from sla.web.asking import actor_field, new_case_fields, permits_in_force, when_fields
from sla.web.fields import Field, answers, filled
from sla.web.frame import App, Visit, case_path, moved, page, record_path
from sla.web.recording import Recording, actor_of, answer, form_page, onward, when_of
from sla.web.routes import Route, acted, shown

NEW, SEVERAL = "/new", "/new/several"
PERMIT = "shixian-permit"  # the permit that was asked for last in this browser
_BESIDE = ("by", "on", "time", "accepted", "number", "all_papers", "owed_by")  # what is no detail of the receipt
Given = Mapping[str, str | tuple[str, ...]]


def routes(app: App) -> list[Route]:
    return [shown(app, NEW, Right.RECORD, _new_form), acted(app, NEW, Right.RECORD, _received)]


def _new_form(app: App, visit: Visit) -> Response:
    """The form of the permit that is asked for, or was last; else which there are."""
    permits = permits_in_force(visit.office, visit.now)
    chosen = visit.asked("permit") or ("" if visit.asked("choose") else cookie(visit.request, PERMIT))
    if chosen not in permits:
        names = [(permit, visit.said.name(policy.permits[permit].names)) for permit, policy in permits.items()]
        return page(app, visit.request, "new.html", {"permits": names})
    response = form_page(app, visit, _new(visit, chosen))
    if chosen.isascii() and chosen.isidentifier():
        give(visit.request, response, PERMIT, chosen)
    return response


def _received(app: App, visit: Visit, form: Form) -> Response:
    view = _new(visit, form.asked("permit"))
    view = replace(view, fields=_all_ticked(filled(view.fields, form)), to=onward(form.asked("to")))
    given = answers(view.fields)
    missing = _missing(view.fields)

    def write() -> Recorded:
        return _written(visit, given, missing)

    if form.asked("step") == "record":
        shown_number, actor = form.asked("shown"), visit.visitor.person_id or str(given.get("by", ""))
        since = visit.now - OWN_SLIP
        if trying.is_this_one(visit.session, visit.office, shown_number, str(given["title"]), actor, since):
            return moved(_next(view, given, missing, shown_number))  # the button was pressed twice
    return answer(app, visit, view, form, None, write, lambda done: _next(view, given, missing, done.number))


def _written(visit: Visit, given: Given, missing: tuple[str, ...]) -> Recorded:
    """The receipt, and the acceptance that comes with it; conditional where papers are still to come."""
    actor, when = actor_of(visit, Right.RECORD, given), when_of(visit, given)
    own = {name: value for name, value in given.items() if name not in _BESIDE}
    session, office, owed_by = visit.session, visit.office, str(given.get("owed_by", ""))
    done = cases.receive(session, office, own, when, visit.now, actor, str(given["number"]))
    if not given["accepted"]:
        if owed_by:
            raise ServiceError("owed_by", "belongs to an acceptance; tick that it is accepted, or leave the day out")
        return done
    if owed_by and not missing:
        raise ServiceError("owed_by", "names a day, but no paper is left unticked; tick those that are here")
    details: dict[str, Any] = {"owed": missing, "owed_by": owed_by or None}
    return cases.record(session, office, done.number, "accepted", details, when, visit.now, actor)


def _next(view: Recording, given: Given, missing: tuple[str, ...], number: str) -> str:
    """Where it goes on: to the notice of what is missing, if something is and it was not accepted all the same."""
    if missing and not given["accepted"]:
        return record_path("correction_requested", number, view.to)
    return view.to or case_path(number)


def _all_ticked(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The one box ticks all the others."""
    if not answers(fields).get("all_papers"):
        return fields
    every = (replace(f, values=tuple(value for value, _ in f.options)) if f.name == "papers" else f for f in fields)
    return tuple(every)


def _missing(fields: tuple[Field, ...]) -> tuple[str, ...]:
    """The papers that are not ticked, where some are; where none is, nothing is said of them."""
    papers = next((field for field in fields if field.name == "papers" and field.values), None)
    return tuple(value for value, _ in papers.options if value not in papers.values) if papers else ()


def _new(visit: Visit, permit: str) -> Recording:
    said, office, permits = visit.said, visit.office, permits_in_force(visit.office, visit.now)
    if permit not in permits:
        raise ServiceError("permit", "%(value)r is unknown; known are: %(known)s", value=permit, known=permits)
    by = () if visit.visitor.person_id else (actor_field(office, Right.RECORD, said),)
    fields = (*new_case_fields(office, permits[permit].permits[permit], said), *by, *when_fields(said))
    links = ((said.gettext("Another permit"), f"{NEW}?choose=1"), (said.gettext("Several at once"), SEVERAL))
    title, confirm = said.gettext("New case"), said.gettext("Record")
    return Recording(title, "", NEW, "", fields, 0, onward(visit.asked("to")), confirm, links=links)
