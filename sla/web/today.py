"""Today's address: whose day is asked for, its lists or all of one, and whether anything changed since it was shown."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from sla.access.tags import is_known, tag_of
from sla.people import Role
from sla.rights import Right
from sla.service.board import LISTS, board
from sla.service.errors import ServiceError
from sla.web.day import day_view, row_html
from sla.web.files import file_links
from sla.web.frame import App, Visit, page
from sla.web.headers import HEADERS
from sla.web.icon import icon
from sla.web.office.first import steps_on_today
from sla.web.routes import Open, Route, shown

MINE, OFFICE = "mine", "office"


def routes(app: App) -> list[Route]:
    return [
        shown(app, "/", Right.READ, _today),
        shown(app, "/keys", Right.READ, _keys),
        Route("/icon.svg", Open.EVERYBODY, answer=_icon),
    ]


@dataclass(frozen=True)
class Asked:
    """Which day: `view` is mine or the office's, of that one `handler` or everybody (""); all of `only` one list, from
    `number` on."""

    view: str
    handler: str
    only: str = ""
    number: int = 1

    def path(self, number: int | None = None, only: str | None = None) -> str:
        """Where the same is, or a page of one list."""
        listed = self.only if only is None else only
        fields = {"view": self.view, "handler": self.handler if self.view == OFFICE else "", "list": listed}
        if listed and (number or self.number) > 1:
            fields["page"] = str(number or self.number)
        return f"/?{urlencode({name: value for name, value in fields.items() if value})}"


def _today(app: App, visit: Visit) -> Response:
    asked = _asked(visit)
    whose = visit.visitor.person_id if asked.view == MINE else asked.handler
    found = board(visit.session, visit.office, visit.now, whose, asked.only, asked.number)
    view = day_view(visit, found, asked)
    steps = steps_on_today(visit)
    said_of = replace(view, time=""), steps
    tag = _tag(visit, said_of)
    if is_known(visit.request, tag):
        return Response(status_code=304, headers={**HEADERS, "X-As-Of": view.time})
    files = file_links("/today", {"handler": whose})
    row = partial(row_html, visit.said.language)
    response = page(
        app, visit.request, "today.html", {"view": view, "steps": steps, "files": files, "tag": tag, "row": row}
    )
    response.headers["ETag"] = tag  # and for the page's own script
    return response


def _tag(visit: Visit, said: Any) -> str:
    """Of everything the page says: what is handed in, in which language and to whom, and what stands above it."""
    about = (visit.said.language, visit.visitor.person_id, visit.office.name, visit.request.state.doubt, said)
    return tag_of(repr(about).encode())


def _asked(visit: Visit) -> Asked:
    """Raises ServiceError for a view, a person, a list or a page that there is not."""
    view, handler = visit.asked("view"), visit.asked("handler")
    if view not in ("", MINE, OFFICE):
        raise ServiceError(
            "view", "%(view)r is no view; write %(mine)s or %(office)s", view=view, mine=MINE, office=OFFICE
        )
    if handler:
        visit.office.person(handler, "handler")
    if not view:
        view = MINE if _handles(visit) and "handler" not in visit.request.query_params else OFFICE
    if view == MINE and not visit.visitor.person_id:
        view = OFFICE  # where nobody signs in, nobody is "me"
    return Asked(view, handler if view == OFFICE else "", _list(visit.asked("list")), _number(visit.asked("page")))


def _handles(visit: Visit) -> bool:
    """Whether its reader begins the day with cases of their own: a clerk, of whatever other roles."""
    person = visit.office.people.get(visit.visitor.person_id)
    return person is not None and Role.CLERK in person.roles


def _list(name: str) -> str:
    if name and name not in LISTS:
        raise ServiceError("list", "%(name)r is no list; known are: %(lists)s", name=name, lists=LISTS)
    return name


def _number(text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= 100_000):
        raise ServiceError("page", "%(text)r is no page; write a number from 1 on", text=text[:40])
    return int(text[:9])


def _keys(app: App, visit: Visit) -> Response:
    return page(app, visit.request, "keys.html", {})


def _icon(request: Request) -> Response:
    text = request.query_params.get("overdue", "")
    count = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    headers = {**HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
    return Response(icon(count), media_type="image/svg+xml", headers=headers)
