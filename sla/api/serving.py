"""How a call is answered: read or write, once for each Idempotency-Key, and with a problem where something is wrong."""

import re
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sla.access.forms import check_origin, check_site
from sla.access.security_log import tell_refusal
from sla.access.tags import is_known
from sla.access.turns import may_last, may_wait
from sla.access.visitors import Visitor, keep
from sla.api.operations import Answered, App, Call, Operation, caller_of, entering
from sla.api.problems import KINDS, MEDIA_TYPE, ProblemError, invalid, problem_of
from sla.api.reading import body_of, check_media_type, is_plain, parsed
from sla.api.shapes import Query, Shape, problems_of
from sla.service import answers
from sla.service.answers import Answer, Repeatable, digest_of

KEY, REPLAYED = "Idempotency-Key", "Idempotent-Replayed"
FIT_KEY = re.compile("[!-~]{1,200}")
MOST_PATH = 200


def served(app: App, operations: Sequence[Operation], more: Sequence[Route] = ()) -> Starlette:
    """What answers these operations, and `more` beside them."""
    by_path: dict[str, dict[str, Operation]] = defaultdict(dict)
    for operation in operations:
        by_path[operation.path][operation.method] = operation
    under_way = UnderWay()
    routes = [
        Route(route_path(path), _Endpoint(app, known, under_way).answer, methods=_EVERY, include_in_schema=False)
        for path, known in sorted(by_path.items(), key=_narrowness)
    ]
    handlers: Any = {404: _problem, 405: _problem}
    return Starlette(routes=[*more, *routes], exception_handlers=handlers)


def _narrowness(known: tuple[str, object]) -> int:
    """The more is said behind a number, which may hold slashes, the earlier it is tried."""
    return -known[0].count("/")


_EVERY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def route_path(path: str) -> str:
    """A number may hold slashes, as on the pages."""
    return path.replace("{number}", "{number:path}")


@dataclass
class UnderWay:
    """The requests that are being answered by this process, each just once."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asked: set[tuple[Any, str, str]] = field(default_factory=set)

    @contextmanager
    def alone(self, asked: Repeatable | None) -> Iterator[None]:
        """Raises ProblemError where the same request is not done yet."""
        if asked is None:
            yield
            return
        mine = (asked.office_id, asked.caller, asked.key)
        with self._lock:
            if mine in self._asked:
                raise ProblemError("under-way", "wait until it is answered, then send this one again")
            self._asked.add(mine)
        try:
            yield
        finally:
            with self._lock:
                self._asked.discard(mine)


@dataclass(frozen=True)
class _Endpoint:
    app: App
    operations: Mapping[str, Operation]
    under_way: UnderWay

    @property
    def answer(self) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                operation = self._asked(request)
                request.state.route = f"/api/v1{operation.path}"  # as the security log has it
                if not operation.writes:
                    turn = may_last if operation.lasts else run_in_threadpool
                    return await turn(self._answered, request, operation, b"")

                async def admit() -> None:
                    await may_wait(self._admit, request, operation)

                body = await body_of(request, operation.most_bytes, admit)
                return await may_wait(self._answered, request, operation, body)
            except Exception as error:
                tell_refusal(request, error)
                return problem_response(request, problem_of(error), self._allowed)

        return answer

    @property
    def _allowed(self) -> str:
        known = set(self.operations)
        return ", ".join(sorted(known | ({"HEAD"} if "GET" in known else set())))

    def _asked(self, request: Request) -> Operation:
        operation = self.operations.get("GET" if request.method == "HEAD" else request.method)
        if operation is None:
            raise ProblemError("method", f"{request.method} is not done here; what is: {self._allowed}")
        return operation

    def _admit(self, request: Request, operation: Operation) -> None:
        """Raises unless whoever asks may."""
        query, _ = _query_of(request, operation)
        with entering(self.app, request, operation, query):
            pass

    def _answered(self, request: Request, operation: Operation, body: bytes) -> Response:
        if not all(is_plain(str(part)) and len(str(part)) <= MOST_PATH for part in request.path_params.values()):
            raise ProblemError("not-found", "the address holds what no name does")
        query, wrong = _query_of(request, operation)
        with entering(self.app, request, operation, query) as call:
            if not operation.writes:
                if wrong:
                    raise wrong
                response = _response(request, operation, operation.handle(replace(call, query=query)))
        if operation.writes:
            response = self._written(request, operation, call, wrong, body)
        keep(self.app, call.visitor)
        return response

    def _written(
        self, request: Request, operation: Operation, call: Call, wrong: ProblemError | None, body: bytes
    ) -> Response:
        _check_sender(request, call.visitor)
        given = _body_of(request, operation, body)
        if wrong:
            raise wrong
        asked = _repeatable(request, operation, call, body)
        with self.under_way.alone(asked):
            if operation.in_steps:
                done = operation.handle(replace(call, session=None, body=given, repeat=asked))
                return _response(request, operation, done)
            with call.step() as inside:
                return _once(request, operation, replace(inside, body=given, repeat=asked))


def _once(request: Request, operation: Operation, call: Call) -> Response:
    """The answer, new or as it was before; kept in the transaction of what it writes."""
    if call.repeat is None:
        return _response(request, operation, operation.handle(call))
    before = answers.given(call.session, call.repeat, call.now)
    if before is not None:
        return replayed(before)
    response = _response(request, operation, operation.handle(call))
    kept = {name: value for name, value in response.headers.items() if name in ("etag", "location")}
    answer = Answer(response.status_code, bytes(response.body).decode(), kept)
    answers.keep(call.session, call.repeat, answer, call.now)
    return response


def replayed(before: Answer) -> Response:
    """An answer once more, to the letter."""
    response = Response(before.body, before.status, dict(before.headers), "application/json")
    response.headers[REPLAYED] = "true"
    return response


def _check_sender(request: Request, visitor: Visitor) -> None:
    """A program has its key; a browser is believed only where one of our own pages speaks."""
    if visitor.token:
        return
    if visitor.signed_in:
        check_origin(request, request.headers.get("x-form-token", ""))
    else:
        check_site(request)


def _repeatable(request: Request, operation: Operation, call: Call, body: bytes) -> Repeatable | None:
    key = request.headers.get(KEY)
    if key is None and operation.needs_key:
        raise ProblemError("invalid", f"{KEY}: is missing; send one, so that nothing is received twice", KEY)
    if key is None:
        return None
    if not FIT_KEY.fullmatch(key):
        raise ProblemError("invalid", f"{KEY}: must be 1 to 200 visible ASCII signs, such as a UUID", KEY)
    where = f"{operation.name} {quote(request.scope['path'])} {request.headers.get('if-match', '')}".encode()
    return Repeatable(call.office.id, caller_of(call.visitor), key, digest_of(key, where, body))


def _query_of(request: Request, operation: Operation) -> tuple[Query, ProblemError | None]:
    """What stands behind the question mark, or what is wrong with it, which only somebody known is told."""
    pairs = request.query_params.multi_items()
    given = dict(pairs)
    if len(given) < len(pairs):
        return Query(), invalid([(name, "stands twice") for name, _ in pairs if _count(pairs, name) > 1])
    if not all(is_plain(name) and is_plain(value) for name, value in pairs):
        return Query(), ProblemError("invalid", "the query holds control characters")
    try:
        return operation.query.model_validate(given), None
    except ValidationError as error:
        return Query(), invalid(problems_of(error.errors(include_url=False, include_input=False)))


def _count(pairs: Sequence[tuple[str, str]], name: str) -> int:
    return sum(name == other for other, _ in pairs)


def _body_of(request: Request, operation: Operation, body: bytes) -> Any:
    check_media_type(request)
    found = parsed(body)
    try:
        return adapter_of(operation.body).validate_python(found)
    except ValidationError as error:
        raise invalid(problems_of(error.errors(include_url=False, include_input=False))) from None


@lru_cache(maxsize=64)
def adapter_of(body: Any) -> TypeAdapter[Any]:
    """What reads bodies of a type."""
    return TypeAdapter(body)


def _response(request: Request, operation: Operation, done: Answered | Shape) -> Response:
    answered = done if isinstance(done, Answered) else Answered(done)
    headers = {"Vary": "Cookie, Authorization", **answered.headers}
    if answered.repeated:
        headers[REPLAYED] = "true"
    tag = headers.get("ETag", "")
    if tag:
        headers["Cache-Control"] = "private, no-cache"
    if tag and not operation.writes and is_known(request, tag):
        return Response(status_code=304, headers=headers)
    text = answered.shape.model_dump_json()
    return Response(text, operation.status, headers, "application/json")


def _problem(request: Request, error: Exception) -> Response:
    return problem_response(request, problem_of(error))


def problem_response(request: Request, error: ProblemError, allowed: str = "") -> Response:
    """A problem as an answer."""
    problem = error.at(quote(request.scope["path"]))
    headers = {"Cache-Control": "no-store"}
    if error.kind == "not-signed-in":
        headers["WWW-Authenticate"] = "Bearer"
    if error.kind in ("under-way", "unavailable"):
        headers["Retry-After"] = "1" if error.kind == "under-way" else "30"
    if error.kind == "method" and allowed:
        headers["Allow"] = allowed
    text = problem.model_dump_json(exclude_defaults=True)
    return Response(text, KINDS[error.kind].status, headers, MEDIA_TYPE)
