"""Every address of the API, with the right it asks for; `api(app)` is what serves them."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from sla.api import (
    batch,
    calendars,
    cases,
    channels,
    clocks,
    deliveries,
    docs,
    due,
    events,
    me,
    openapi,
    policies,
    rates,
    webhooks,
)
from sla.api.operations import App, Operation
from sla.api.serving import served

STATIC = Path(__file__).parent / "static"

OPERATIONS: tuple[Operation, ...] = (
    *me.OPERATIONS,
    *cases.OPERATIONS,
    *batch.OPERATIONS,
    *events.OPERATIONS,
    *clocks.OPERATIONS,
    *due.OPERATIONS,
    *rates.OPERATIONS,
    *calendars.OPERATIONS,
    *policies.OPERATIONS,
    *channels.OPERATIONS,
    *deliveries.OPERATIONS,
    *webhooks.OPERATIONS,
)


def api(app: App) -> Starlette:
    """The API of an app, to be mounted at /api/v1. What it is like, everybody may read: it names nobody."""

    def page(request: Request) -> Response:
        return docs.page(app.settings.language, request, description())

    about = [
        Route("/openapi.json", lambda _: Response(_text(), media_type="application/json"), methods=["GET"]),
        Route("/docs", page, methods=["GET"]),
        Route("/docs.css", lambda _: FileResponse(STATIC / "docs.css"), methods=["GET"]),
    ]
    return served(app, OPERATIONS, about)


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """The OpenAPI document."""
    return openapi.document(OPERATIONS)


def _text() -> str:
    return json.dumps(description(), ensure_ascii=False)
