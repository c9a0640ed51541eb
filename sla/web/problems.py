"""What is answered when something is wrong: a page in the same layout that says what it is and what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from schedules.calendars import CalendarError
from sla.history import HistoryError
from sla.service.errors import ServiceError
from sla.web.frame import App, OfficeUnchosenError, page, spoken
from sla.words import Words


@dataclass(frozen=True)
class Problem:
    """A page for an error: `detail` is the error's own English."""

    status: int
    title: str
    advice: str
    detail: str = ""


def answer_errors(app: App, served: FastAPI) -> None:
    """Give every error of the pages its answer."""
    answers: dict[type[Exception], Callable[[Exception, Words], Problem]] = {
        ServiceError: _bad_request,
        HistoryError: _unreadable,
        CalendarError: _unreadable,
        HTTPException: _http,
        Exception: _failed,
    }
    for kind, problem in answers.items():
        served.add_exception_handler(kind, _shown(app, problem))
    served.add_exception_handler(OfficeUnchosenError, _chooser(app))


def _shown(app: App, problem: Callable[[Exception, Words], Problem]) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        found = problem(error, spoken(app, request))
        response = page(app, request, "problem.html", {"problem": found}, found.status)
        if isinstance(error, HTTPException):
            response.headers.update(error.headers or {})
        return response

    return answer


def _chooser(app: App) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        offices = error.offices if isinstance(error, OfficeUnchosenError) else ()
        return page(app, request, "offices.html", {"offices": offices}, 200 if offices else 503)

    return answer


def _bad_request(error: Exception, said: Words) -> Problem:
    title = said.gettext("This cannot be shown")
    return Problem(
        400, title, said.gettext("Something in the address is not right. Begin again from Today."), str(error)
    )


def _unreadable(error: Exception, said: Words) -> Problem:
    title = said.gettext("This cannot be worked out")
    advice = said.gettext("Nothing is lost. Tell whoever runs the service; `sla doctor` says what is wrong.")
    return Problem(500, title, advice, str(error))


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
