"""Signing in by the office's identity provider: out to it, and back."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from sla.access import oidc
from sla.access.cookies import LEFT, cookie, give, take
from sla.access.forms import Form
from sla.access.oidc import OidcError, Provider
from sla.access.security_log import Told, tell
from sla.service import users
from sla.service.offices import Office, office_named
from sla.service.users import Refused, Way
from sla.web.frame import App, own_path, page, spoken
from sla.web.routes import Open, Route
from sla.web.sign_in import end_before, led_in, place_of, sign_in_again


def routes(app: App) -> list[Route]:
    return [
        Route("/sign-in/oidc", Open.EVERYBODY, take=lambda request, form: _leaving(app, request, form)),
        Route(oidc.BACK, Open.EVERYBODY, answer=lambda request: _back(app, request), waits=True),
    ]


def _leaving(app: App, request: Request, form: Form) -> Response:
    """A page that leads on by itself: a form may lead nowhere else, and its reader sees where it goes."""
    provider = _provider(app)
    leave = oidc.leave_to(own_path(form.asked("to")))
    try:
        address = oidc.address_to_leave_for(app.guard, provider, leave)
    except OidcError as error:
        return _refused(app, request, error)
    response = page(app, request, "leaving.html", {"address": address})
    response.headers["Refresh"] = f"0; url={address}"
    give(request, response, LEFT, leave.cookie, oidc.LEAVE_SECONDS)
    return response


def _back(app: App, request: Request) -> Response:
    provider = _provider(app)
    left = oidc.leave_of(cookie(request, LEFT))
    try:
        leave = oidc.check_answer(provider, left, request.query_params)
        with app.reading() as session:
            now = app.now(session)
        person = oidc.person_of(app.guard, provider, leave, request.query_params["code"], now)
        response = _let_in(app, request, person, own_path(leave.to))
    except OidcError as error:
        response = _refused(app, request, error)
    take(request, response, LEFT)
    return response


def _let_in(app: App, request: Request, person: str, to: str) -> Response:
    with app.writing() as session:
        now, office = app.now(session), _office(app, session)
        token = users.sign_in_vouched(session, office, person, place_of(request), now)
        if isinstance(token, Refused):
            raise OidcError("not_of_the_staff")
        end_before(session, request, now)
    return led_in(request, office, person, token, to, Way.OIDC)


def _office(app: App, session: Any) -> Office:
    """The one whose staff the provider knows: another's may have the same ids. Raises ServiceError."""
    return office_named(session, app.settings.oidc_office or app.settings.office)


def _refused(app: App, request: Request, error: OidcError) -> Response:
    tell(request, Told.SIGN_IN_REFUSED, why=error.why, by=Way.OIDC.value)
    said = spoken(app, request)
    problems = {
        "state": (400, said.gettext("That sign-in was not begun with this browser, or took too long. Begin again.")),
        "declined": (401, said.gettext("The identity provider has signed nobody in.")),
        "not_of_the_staff": (
            401,
            said.gettext("The identity provider knows you, this window does not yet. An administrator lets you in."),
        ),
    }
    passing = (503, said.gettext("The identity provider cannot be reached just now. Try again in a while."))
    other = (401, said.gettext("The identity provider's answer does not count. Tell whoever runs the service."))
    status, problem = problems.get(error.why, passing if error.passing else other)
    return sign_in_again(app, request, problem, status)


def _provider(app: App) -> Provider:
    provider = oidc.provider_of(app.settings)
    if provider is None:
        raise HTTPException(404)
    return provider
