"""Signing in and out, and one's own password."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from sla.access.cookies import SIGN_IN, cookie, give, take
from sla.access.forms import Form
from sla.access.visitors import visitor_of
from sla.service import passwords, users
from sla.service.attempts import attempts_of
from sla.service.errors import ServiceError
from sla.service.offices import Office, office_named
from sla.service.users import Refused
from sla.web.frame import App, Visit, moved, offices_of, own_path, page, spoken, visiting
from sla.web.routes import Open, Route, acted, shown


def routes(app: App) -> list[Route]:
    return [
        Route("/sign-in", Open.EVERYBODY, answer=lambda request: _asked(app, request)),
        Route("/sign-in", Open.EVERYBODY, take=lambda request, form: _signed_in(app, request, form)),
        acted(app, "/sign-out", Open.KNOWN, _signed_out),
        shown(app, "/password", Open.KNOWN, lambda app, visit: _password(app, visit, "")),
        Route("/password", Open.KNOWN, take=lambda request, form: _changed(app, request, form)),
    ]


@dataclass(frozen=True)
class SignIn:
    """The page to sign in: `offices` to choose from, where there are several; `to`, where it leads then."""

    offices: tuple[tuple[str, str], ...]
    office: str
    name: str
    to: str
    problem: str = ""


def _asked(app: App, request: Request) -> Response:
    to = own_path(request.query_params.get("to", ""))
    with app.reading() as session:
        if not users.is_set_up(session) or visitor_of(app, session, request, app.now(session)).is_known:
            return moved(to)
        view = SignIn(_offices(app, session), request.query_params.get("office", ""), "", to)
    return page(app, request, "sign_in.html", {"view": view})


def _signed_in(app: App, request: Request, form: Form) -> Response:
    """The password is tried outside of any transaction; what came of it is counted in one."""
    slug, name, to = form.asked("office"), form.asked("name"), own_path(form.asked("to"))
    address = request.client.host if request.client else ""
    with app.reading() as session:
        offices, office = _offices(app, session), _office(app, session, slug)
        stored = users.stored_password(session, office, name) if office else ""
    right = passwords.fits(form.raw("password"), stored)
    with app.writing() as session:
        now = app.now(session)
        token = users.sign_in(session, office, name, address, now, right=right) if office else Refused()
        before = users.signed_in(session, cookie(request, SIGN_IN), now)
        if before and not isinstance(token, Refused):
            users.sign_out(session, before)
    if isinstance(token, Refused):
        return _refused(app, request, SignIn(offices, slug, name, to), token, office, now)
    response = moved(to)
    give(request, response, SIGN_IN, token)
    return response


def _refused(
    app: App, request: Request, view: SignIn, refused: Refused, office: Office | None, now: datetime
) -> Response:
    said = spoken(app, request)
    if refused.until is None or office is None:
        problem, status = said.gettext("The name or the password is not right."), 401
    else:
        at = said.time(refused.until, office.calendar.zone)
        problem, status = said.gettext("Too many attempts. The next one is taken after %(at)s.", at=at), 429
    view = SignIn(view.offices, view.office, view.name, view.to, problem)
    response = page(app, request, "sign_in.html", {"view": view}, status)
    if refused.until:
        response.headers["Retry-After"] = str(ceil((refused.until - now).total_seconds()))
    return response


def _signed_out(app: App, visit: Visit, form: Form) -> Response:  # noqa: ARG001 - it has no fields
    if visit.visitor.signed_in:
        users.sign_out(visit.session, visit.visitor.signed_in)
    response = moved("/sign-in")
    take(visit.request, response, SIGN_IN)
    return response


def _password(app: App, visit: Visit, problem: str, status: int = 200) -> Response:
    mine = visit.visitor.signed_in
    if mine is None:  # a program, or whoever sits at this machine, has none
        return moved("/")
    values = {"once": mine.once, "least": passwords.LEAST, "problem": problem}
    return page(app, visit.request, "password.html", values, status)


def _changed(app: App, request: Request, form: Form) -> Response:
    """As for signing in: wrong passwords are counted, so that nobody guesses at a screen that was left open."""
    address = request.client.host if request.client else ""
    with visiting(app, request, None) as visit:
        stored = users.stored_password(visit.session, visit.office, visit.visitor.person_id)
    right = passwords.fits(form.raw("old"), stored)
    with visiting(app, request, None, writes=True) as visit:
        mine = visit.visitor.signed_in
        if mine is None:
            return moved("/")
        attempts = attempts_of(visit.session, visit.office.id, mine.person_id, address, visit.now)
        if attempts.closed_until or not right:
            attempts.failed()
            return _password(app, visit, visit.said.gettext("The password you have now is not right."), 401)
        try:
            new, again = form.raw("new"), form.raw("again")
            users.change_password(visit.session, visit.office, mine, new, again, visit.now)
        except ServiceError as error:
            return _password(app, visit, _why(error, visit), 400)
    return moved("/")


def _why(error: ServiceError, visit: Visit) -> str:
    """What is wrong with a new password, in the reader's language."""
    said = visit.said
    if error.field == "again":
        return said.gettext("The two new passwords are not the same.")
    texts = {
        "is too short": said.gettext("The new password is too short; a sentence is easiest to keep."),
        "is longer": said.gettext("The new password is too long."),
        "is the one": said.gettext("That is the password you have; take another."),
    }
    other = said.gettext("The new password is too easy to guess; take another.")
    return next((text for begins, text in texts.items() if str(error).startswith(f"password: {begins}")), other)


def _offices(app: App, session: Any) -> tuple[tuple[str, str], ...]:
    """Those to choose from; none where there is but one."""
    offices = () if app.settings.office else offices_of(session)
    return offices if len(offices) > 1 else ()


def _office(app: App, session: Any, slug: str) -> Office | None:
    try:
        return office_named(session, app.settings.office or slug)
    except ServiceError:
        return None
