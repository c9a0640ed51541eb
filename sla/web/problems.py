"""What is answered when something is wrong: a page in the same layout that says what it is and what to do."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from schedules.calendars import CalendarError
from sla.access.forms import ElsewhereError, FormError, TooLargeError
from sla.access.security_log import tell_refusal
from sla.access.visitors import ForbiddenError, MisdirectedError, NotSignedInError, visitor_known
from sla.history import HistoryError
from sla.rights import Right
from sla.service.errors import ServiceError
from sla.service.first_steps import FirstSteps
from sla.service.health import UNUSABLE
from sla.web.frame import App, MustChangeError, OfficeUnchosenError, Problem, moved, page, spoken, visiting
from sla.web.office.first import step_views
from sla.words import Words


def answer_errors(app: App, served: FastAPI) -> None:
    """Give every error of the pages its answer."""
    answers: dict[type[Exception], Callable[[Exception, Words], Problem]] = {
        ServiceError: _bad_request,
        HistoryError: _unreadable,
        CalendarError: _unreadable,
        HTTPException: _http,
        ForbiddenError: _forbidden,
        MisdirectedError: _misdirected,
        ElsewhereError: _elsewhere,
        FormError: _not_a_form,
        **dict.fromkeys(UNUSABLE, _unusable),
        Exception: _failed,
    }
    for kind, problem in answers.items():
        served.add_exception_handler(kind, _shown(app, problem))
    served.add_exception_handler(OfficeUnchosenError, _chooser(app))
    served.add_exception_handler(NotSignedInError, _asks_to_sign_in(app))
    served.add_exception_handler(MustChangeError, lambda *_: moved("/password"))


def _shown(app: App, problem: Callable[[Exception, Words], Problem]) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            _find_reader(app, request)
        found = problem(error, spoken(app, request))
        if found.status == HTTPStatus.NOT_FOUND and Right.READ not in visitor_known(request).rights:
            found = replace(found, advice=_look_again(spoken(app, request)))
        tell_refusal(request, error)
        response = page(app, request, "problem.html", {"problem": found}, found.status)
        if isinstance(error, HTTPException):
            response.headers.update(error.headers or {})
        return response

    return answer


def _find_reader(app: App, request: Request) -> None:
    """Who asks for what there is not, so that the page has its head for them as every other; nobody, if that fails."""
    unfound = (
        OfficeUnchosenError, NotSignedInError, ForbiddenError, MisdirectedError, MustChangeError, ServiceError,
        *UNUSABLE,
    )  # fmt: skip
    if not app.settings.public_only:
        with suppress(*unfound), visiting(app, request, None):
            pass


def _look_again(said: Words) -> str:
    return said.gettext("Look at the address again, or ask whoever gave it to you.")


def _chooser(app: App) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        offices = error.offices if isinstance(error, OfficeUnchosenError) else ()
        steps = () if offices else step_views(FirstSteps(), spoken(app, request))
        return page(app, request, "offices.html", {"offices": offices, "steps": steps}, 200 if offices else 503)

    return answer


def _asks_to_sign_in(app: App) -> Callable[[Request, Exception], Response]:
    """A reader is led to the page to sign in and then back; a program, and a form that comes too late, is told."""

    def answer(request: Request, error: Exception) -> Response:
        if request.method in ("GET", "HEAD") and "authorization" not in request.headers:
            path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return moved(f"/sign-in?{urlencode({'to': path})}" if path != "/" else "/sign-in")
        tell_refusal(request, error)
        said = spoken(app, request)
        advice = said.gettext("Nothing was recorded. Sign in, then do it again.")
        problem = Problem(401, said.gettext("Nobody is signed in"), advice)
        response = page(app, request, "problem.html", {"problem": problem}, 401)
        response.headers["WWW-Authenticate"] = "Bearer"
        return response

    return answer


def _forbidden(error: Exception, said: Words) -> Problem:
    advice = said.gettext("What you may do, your roles at the office say; whoever administers it can change them.")
    return Problem(403, said.gettext("This is not yours to do"), advice, str(error))


def _misdirected(error: Exception, said: Words) -> Problem:  # noqa: ARG001 - it says all there is
    advice = said.gettext("As long as nobody signs in, the pages are for this machine only: http://127.0.0.1.")
    return Problem(421, said.gettext("These pages are for this machine only"), advice)


def _elsewhere(error: Exception, said: Words) -> Problem:  # noqa: ARG001 - it says all there is
    advice = said.gettext("Nothing was recorded. Open the page again and send it from there.")
    return Problem(403, said.gettext("This form is out of date"), advice)


def _not_a_form(error: Exception, said: Words) -> Problem:
    status = error.status if isinstance(error, FormError) else 400
    advice = said.gettext("Nothing was recorded.")
    if isinstance(error, TooLargeError):
        advice = said.gettext("Nothing was recorded: it is too large. Send less at a time.")
    return Problem(status, said.gettext("This cannot be taken"), advice, said.fault(error))


def _unusable(error: Exception, said: Words) -> Problem:  # noqa: ARG001 - what the database says is for the log
    advice = said.gettext("Nothing was recorded. Try again in a while; if it stays, tell whoever runs the service.")
    return Problem(503, said.gettext("The database cannot be used just now"), advice)


def _bad_request(error: Exception, said: Words) -> Problem:
    title = said.gettext("This cannot be shown")
    return Problem(
        400, title, said.gettext("Something in the address is not right. Begin again from Today."), said.fault(error)
    )


def _unreadable(error: Exception, said: Words) -> Problem:
    title = said.gettext("This cannot be worked out")
    advice = said.gettext("Nothing is lost. Tell whoever runs the service; `sla doctor` says what is wrong.")
    return Problem(500, title, advice, said.fault(error))


def _http(error: Exception, said: Words) -> Problem:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == HTTPStatus.NOT_FOUND:
        return Problem(
            status, said.gettext("There is no such page"), said.gettext("Look on Today, or enter a case number above.")
        )
    title = said.gettext("This does not work here")
    return Problem(status, title, said.gettext("These pages are for reading only."))


def _failed(error: Exception, said: Words) -> Problem:
    title = said.gettext("Something went wrong here")
    advice = said.gettext("Nothing is lost. Try again; if it stays, tell whoever runs the service.")
    return Problem(500, title, advice, type(error).__name__)
