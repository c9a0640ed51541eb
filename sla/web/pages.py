"""The pages: Today, a case, the rates; each a plain read in one session. `web(app)` is what serves them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

from sla.access.turns import in_turn
from sla.rights import Right
from sla.service import cases, finding
from sla.service.errors import ServiceError
from sla.web import (
    account,
    lookup,
    overruns,
    papers,
    provider,
    rates,
    rates_sheet,
    receiving,
    recording,
    several,
    sign_in,
    subscription,
    tables,
    today,
    what_if,
)  # fmt: skip
from sla.web.case import case_view
from sla.web.finding import cases_page
from sla.web.frame import App, Visit, case_path, moved, offices_of, page
from sla.web.headers import StrictHeaders
from sla.web.health import healthz, metrics_of, readyz_of
from sla.web.office import hub
from sla.web.problems import answer_errors
from sla.web.routes import Open, Route, add, shown

STATIC = Path(__file__).parent / "static"
MOST_ALIKE = 10  # cases shown where a number is unknown


def web(app: App) -> FastAPI:
    """The pages of an app, with strict headers, and without any address outside this machine."""
    no_docs: Any = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    served = FastAPI(title="Shixian", lifespan=in_turn, redirect_slashes=False, **no_docs)
    for route in routes(app):
        add(served, route)
    served.mount("/static", StaticFiles(directory=STATIC), name="static")
    served.add_middleware(GZipMiddleware, minimum_size=2_000, compresslevel=4)
    served.add_middleware(StrictHeaders)
    answer_errors(app, served)
    return served


def routes(app: App) -> list[Route]:
    """Every address that is answered, and who may ask; beside them there are only the static files.

    Where the look-up alone is served (`public_only`) nothing else is there to be asked for, by whomever.
    """
    if app.settings.public_only:
        return [
            *lookup.public_routes(app),
            Route("/", Open.EVERYBODY, answer=lambda _: moved("/lookup")),
            Route("/healthz", Open.EVERYBODY, answer=healthz),
        ]
    return [
        *today.routes(app),
        shown(app, "/cases/{number:path}", Right.READ, _case),
        shown(app, "/cases", Right.READ, cases_page),
        Route("/offices", Open.EVERYBODY, answer=_offices_of(app)),
        *tables.routes(app),
        *subscription.routes(app),
        *lookup.routes(app),
        *recording.routes(app),
        *receiving.routes(app),
        *several.routes(app),
        *papers.routes(app),
        *rates.routes(app),
        *rates_sheet.routes(app),
        *what_if.routes(app),
        *overruns.routes(app),
        *sign_in.routes(app),
        *hub.routes(app),
        *provider.routes(app),
        *account.routes(app),
        Route("/healthz", Open.EVERYBODY, answer=healthz),
        Route("/readyz", Open.EVERYBODY, answer=readyz_of(app)),
        Route("/metrics", Right.READ, answer=metrics_of(app)),
    ]


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
    return finding.found_cases(visit.session, visit.office, text.strip(), MOST_ALIKE) if text.strip() else []


def _offices_of(app: App) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        with app.reading() as session:
            offices = () if app.settings.office else offices_of(session)
        return page(app, request, "offices.html", {"offices": offices})

    return answer
