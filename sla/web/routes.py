"""Every address the pages answer, with the right it asks for: a page or a form without one cannot be written."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum

from fastapi import FastAPI, Request
from fastapi.responses import Response

from sla.access.forms import FIELD, Form, check_address, check_origin, form_of
from sla.access.turns import may_wait
from sla.access.visitors import keep
from sla.rights import Right
from sla.web.frame import App, Visit, visiting

Answer = Callable[[Request], Response]
Take = Callable[[Request, Form], Response]
Show = Callable[[App, Visit], Response]
Act = Callable[[App, Visit, Form], Response]


class Open(Enum):
    """Who may ask where no right is needed: `everybody`, or whoever is `known` (signed in, or at this machine)."""

    EVERYBODY = "everybody"
    KNOWN = "known"


@dataclass(frozen=True)
class Route:
    """What is answered at a path, GET or, for a form that comes in, POST; and who may ask. `waits`: another machine is
    asked for the answer. `uploads`: how large a form with files may be; `admits` raises for whoever may not send one,
    before so much is read."""

    path: str
    right: Right | Open
    answer: Answer | None = None
    take: Take | None = None
    waits: bool = False
    uploads: int = 0
    admits: Callable[[Request], None] | None = None

    @property
    def methods(self) -> tuple[str, ...]:
        return ("POST",) if self.take else ("GET", "HEAD")


def shown(app: App, path: str, right: Right | Open, show: Show) -> Route:
    """A page of an office, for whoever has the right."""

    def answer(request: Request) -> Response:
        with visiting(app, request, _asked(right)) as visit:
            response = show(app, visit)
        keep(app, visit.visitor)
        return response

    return Route(path, right, answer=answer)


def acted(app: App, path: str, right: Right | Open, act: Act) -> Route:
    """A form of an office, for whoever has the right: one transaction, from a page of ours only."""

    def take(request: Request, form: Form) -> Response:
        with visiting(app, request, _asked(right), writes=True) as visit:
            return act(app, visit, form)

    return Route(path, right, take=take)


def uploaded(app: App, path: str, right: Right, most: int, take: Take) -> Route:
    """A form with files, `most` bytes of it, for whoever has the right; what it does opens its own transactions."""

    def admits(request: Request) -> None:
        with visiting(app, request, right):
            pass

    return Route(path, right, take=take, uploads=most, admits=admits)


def add(served: FastAPI, route: Route) -> None:
    """Serve a route."""
    endpoint = _taking(route, route.take) if route.take else _answering(route)
    served.router.add_route(route.path, endpoint, methods=list(route.methods))


def _answering(route: Route) -> Callable[[Request], Response | Awaitable[Response]]:
    show = route.answer
    assert show is not None

    def answer(request: Request) -> Response:
        request.state.route = route.path
        check_address(request)
        return show(request)

    async def waited(request: Request) -> Response:
        return await may_wait(answer, request)

    return waited if route.waits else answer


def _taking(route: Route, take: Take) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        request.state.route = route.path
        check_address(request)
        if route.admits:
            await may_wait(route.admits, request)
        form = await form_of(request, route.uploads)
        check_origin(request, form.asked(FIELD))
        return await may_wait(take, request, form)

    return answer


def _asked(right: Right | Open) -> Right | None:
    return right if isinstance(right, Right) else None
