"""The pages: Today, a case, the rates; each a plain read in one session. `web(app)` is what serves them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

from sla.service import cases, lists
from sla.service.errors import ServiceError
from sla.web.case import case_view
from sla.web.frame import App, Visit, case_path, moved, offices_of, page, visiting
from sla.web.headers import StrictHeaders
from sla.web.health import healthz, metrics_of, readyz_of
from sla.web.problems import answer_errors
from sla.web.rates import Period, PeriodError, period_of, rates_view
from sla.web.today import today_view

STATIC = Path(__file__).parent / "static"
MOST_ALIKE = 10  # cases shown where a number is unknown
Show = Callable[[App, Visit], Response]


def web(app: App) -> FastAPI:
    """The pages of an app, with strict headers, and without any address outside this machine."""
    served = FastAPI(title="Shixian", docs_url=None, redoc_url=None, openapi_url=None)
    for path, show in (("/", _today), ("/cases/{number:path}", _case), ("/rates", _rates)):
        served.add_api_route(path, _page_of(app, show), methods=["GET", "HEAD"], response_model=None)
    served.add_api_route("/cases", _look_up, methods=["GET", "HEAD"], response_model=None)
    served.add_api_route("/offices", _offices_of(app), methods=["GET", "HEAD"], response_model=None)
    for path, answer in (("/healthz", healthz), ("/readyz", readyz_of(app)), ("/metrics", metrics_of(app))):
        served.add_api_route(path, answer, methods=["GET", "HEAD"], response_model=None)
    served.mount("/static", StaticFiles(directory=STATIC), name="static")
    served.add_middleware(StrictHeaders)
    answer_errors(app, served)
    return served


def _page_of(app: App, show: Show) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        with visiting(app, request) as visit:
            return show(app, visit)

    return answer


def _today(app: App, visit: Visit) -> Response:
    handler = visit.asked("handler")
    chosen = [visit.office.person(handler, "handler").id] if handler else None
    due = lists.due_lists(visit.session, visit.office, visit.now, chosen)
    return page(app, visit.request, "today.html", {"view": today_view(visit, due, handler)})


def _case(app: App, visit: Visit) -> Response:
    number = visit.request.path_params["number"]
    try:
        found = cases.find(visit.session, visit.office, number, visit.now)
    except ServiceError as error:
        if error.field != "case":
            raise
        alike = [(row.number, case_path(row.number), row.title) for row in _alike(visit, number)]
        return page(app, visit.request, "unknown_case.html", {"number": number, "alike": alike}, 404)
    return page(app, visit.request, "case.html", {"view": case_view(visit, found)})


def _alike(visit: Visit, text: str) -> list[Any]:
    """Cases whose number or title holds what was entered."""
    return lists.found_cases(visit.session, visit.office, text.strip(), MOST_ALIKE) if text.strip() else []


def _rates(app: App, visit: Visit) -> Response:
    asked, today = Period(visit.asked("from"), visit.asked("to")), visit.office.today(visit.now)
    try:
        first, last = period_of(asked, today, visit.said)
    except PeriodError as error:
        return page(app, visit.request, "rates.html", {"view": None, "period": asked, "problem": error}, 400)
    report = lists.report(visit.session, visit.office, first, last, visit.now)
    period = Period(first.isoformat(), last.isoformat())
    return page(
        app, visit.request, "rates.html", {"view": rates_view(visit, report), "period": period, "problem": None}
    )


def _look_up(request: Request) -> Response:
    """The small form at the head of each page: from a number to its case."""
    number = request.query_params.get("number", "").strip()
    return moved(case_path(number) if number else "/")


def _offices_of(app: App) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        with app.reading() as session:
            offices = () if app.settings.office else offices_of(session)
        return page(app, request, "offices.html", {"offices": offices})

    return answer
