"""The description of the API, OpenAPI 3.1: made from the table of operations and the types they read and write."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaValue

from sla.api.cases import NewCase
from sla.api.operations import Open, Operation
from sla.api.paging import BASE
from sla.api.problems import KINDS, MEDIA_TYPE, Problem
from sla.api.serving import KEY, REPLAYED

REF = "#/components/schemas/{model}"
Mode = Literal["validation", "serialization"]
Key = tuple[str, Mode]

ABOUT = (
    "What the pages show and record, for other programs, by the same rights: a program has a key (sla token add),"
    " a person their sign-in; while nobody signs in, programs on the same machine may ask. What is wrong is answered"
    " with problem details (RFC 9457)."
)
TAGS = {
    "me": "Who asks.",
    "cases": "Looked for, received one by one or in batches, and each whole.",
    "events": "What happened to a case, and recording it.",
    "clocks": "The limits of a case, and why each date is what it is.",
    "due": "The lists of today.",
    "rates": "How many were on time.",
    "calendar": "By which days the office counts.",
    "policies": "Which limits it promised, and which the law sets.",
    "channels": "How people are reached.",
    "deliveries": "What they were told.",
    "webhooks": "What other programs are told.",
}
ALWAYS = ("not-signed-in", "forbidden", "misdirected", "invalid", "failed", "unavailable")
WRITING = ("malformed", "elsewhere", "password", "under-way", "too-large", "media-type", "key-reused")
PARTS = {
    "number": ("The case's number, percent-encoded; a slash in it may stand as it is.", "建字第20260001号"),
    "clock": ("A clock of the case.", "promise"),
    "seq": ("The event's place in its chain.", "2"),
    "year": ("A year that the calendar covers.", "2026"),
    "policy": ("The policy's id.", "cn_planning"),
    "version": ("The number of the version.", "1"),
    "name": ("The channel's name.", "desk"),
    "list": ("overdue, due_today, next_days, paused, awaiting or paused_again.", "overdue"),
}
LINKS = {  # where an answer leads on, with its number
    "receiveCase": ("getCase", "listEvents", "recordEvent", "listClocks"),
    "recordEvent": ("getCase", "listEvents", "recordEvent"),
}
HEADERS: dict[str, JsonSchemaValue] = {
    "ETag": {"description": "What is on record, for If-Match and If-None-Match.", "schema": {"type": "string"}},
    "Location": {"description": "Where the new case is.", "schema": {"type": "string"}},
    REPLAYED: {"description": "true: it was answered before, and nothing was done.", "schema": {"type": "string"}},
    "Link": {"description": 'rel="next": where it goes on.', "schema": {"type": "string"}},
}


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """The whole description, as JSON."""
    schemas, definitions = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shixian", "version": version("shixian"), "summary": "Deadlines of a permit office",
                 "description": ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": BASE}],
        "tags": [{"name": name, "description": about} for name, about in TAGS.items()],
        "security": [{"key": []}, {"signIn": []}, {}],
        "paths": paths,
        "components": {"schemas": definitions, "securitySchemes": SCHEMES, "responses": _responses(),
                       "headers": HEADERS},
    }  # fmt: skip


SCHEMES = {
    "key": {"type": "http", "scheme": "bearer", "description": "A program's key: `sla token add NAME --rights …`."},
    "signIn": {
        "type": "apiKey", "in": "cookie", "name": "shixian",
        "description": "The cookie of a sign-in (with TLS `__Host-shixian`). To write, a page of this server sends the"
        " `form_token` of `/me` as `X-Form-Token`, and the browser says that it comes from here.",
    },
}  # fmt: skip


def _schemas(operations: Sequence[Operation]) -> tuple[dict[Key, JsonSchemaValue], dict[str, JsonSchemaValue]]:
    """What each operation reads and writes, and the definitions those refer to."""
    wanted: list[tuple[str, Mode, TypeAdapter[Any]]] = [
        ("Problem", "serialization", TypeAdapter(Problem)),
        ("NewCase", "validation", TypeAdapter(NewCase)),  # the rows of a batch
    ]
    for operation in operations:
        wanted.append((operation.name, "serialization", TypeAdapter(operation.answer)))
        if operation.body is not None:
            wanted.append((operation.name, "validation", TypeAdapter(operation.body)))
    schemas, rest = TypeAdapter.json_schemas(wanted, ref_template=REF)
    found: dict[Key, JsonSchemaValue] = {(str(name), mode): schema for (name, mode), schema in schemas.items()}
    return found, rest["$defs"]


def _operation(operation: Operation, schemas: Mapping[Key, JsonSchemaValue]) -> dict[str, Any]:
    right = "whoever is known" if isinstance(operation.right, Open) else f"the right to {operation.right.value}"
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": f"Asks for {right}.",
        "parameters": [*_parts(operation), *_query(operation), *_headers(operation)],
        "responses": {**_success(operation, schemas), **dict(_refusals(operation))},
        "x-right": operation.right.value,
    }
    if operation.body is not None:
        content: dict[str, Any] = {"schema": schemas[operation.name, "validation"]}
        if operation.example:
            content["example"] = operation.example
        described["requestBody"] = {"required": True, "content": {"application/json": content}}
    return described


def _parts(operation: Operation) -> Iterator[dict[str, Any]]:
    for name, (about, example) in PARTS.items():
        if f"{{{name}}}" in operation.path:
            yield {"name": name, "in": "path", "required": True, "description": about, "example": example,
                   "schema": {"type": "string", "minLength": 1, "maxLength": 80}}  # fmt: skip


def _query(operation: Operation) -> Iterator[dict[str, Any]]:
    for name, schema in TypeAdapter(operation.query).json_schema()["properties"].items():
        about = schema.pop("description", "")
        schema.pop("title", None)
        chosen: dict[str, Any] = next((kind for kind in schema.pop("anyOf", ()) if kind.get("type") != "null"), {})
        if schema.get("default", 0) in (None, ""):
            schema.pop("default", None)
        said = {"example": _EXAMPLES[name]} if name in _EXAMPLES else {}
        about = about or _ABOUT.get(name, "")
        yield {"name": name, "in": "query", "description": about, "schema": chosen | schema, **said}


_ABOUT = {
    "permit": "Only of this permit.",
    "handler": "Only this person's.",
    "received_from": "Received on this day or later.",
    "received_to": "Received on this day or earlier.",
    "standing": "How it stands.",
    "limit": "How many at once.",
    "first": "The first day.",
    "last": "The last day.",
    "case": "Only of this case.",
    "person": "Only to this person.",
    "state": "Only of this state.",
}
_EXAMPLES = {
    "permit": "construction_works", "handler": "li", "received_from": "2026-09-01", "received_to": "2026-09-30",
    "first": "2026-09-01", "last": "2026-09-30", "case": "建字第20260001号", "person": "li", "text": "综合楼",
    "compare": "before", "as_of": "2026-09-18", "by": "handler,month", "standing": "overdue", "state": "dead",
}  # fmt: skip


def _headers(operation: Operation) -> Iterator[dict[str, Any]]:
    if operation.writes:
        about = "A text of your own for this request, such as a UUID: sent again with the same one, it is done once."
        yield {"name": KEY, "in": "header", "required": operation.needs_key, "description": about,
               "example": "0192f5c2-6f0e-7cc0-a6b8-6d2c1a1c9f11",
               "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}}  # fmt: skip
    if operation.matched:
        about = "The ETag of the case as you saw it: if something was recorded since, nothing is done (412)."
        yield _tag_header("If-Match", about)
    if operation.tagged and not operation.writes:
        yield _tag_header("If-None-Match", "The ETag you have: if it is still the same, 304 without a body.")


def _tag_header(name: str, about: str) -> dict[str, Any]:
    return {
        "name": name, "in": "header", "description": about, "example": '"3.9f2c4d5e6a7b8c90"',
        "schema": {"type": "string", "maxLength": 200},
    }  # fmt: skip


def _success(operation: Operation, schemas: Mapping[Key, JsonSchemaValue]) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": operation.answer.__doc__,
        "content": {"application/json": {"schema": schemas[operation.name, "serialization"]}},
    }
    named = [name for name in HEADERS if _has(operation, name)]
    if named:
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in named}
    links = {name: _link(name) for name in LINKS.get(operation.name, ())}
    if links:
        answer["links"] = links
    found = {str(operation.status): answer}
    if operation.tagged and not operation.writes:
        found["304"] = {"description": "It is as you have it."}
    return found


def _link(operation: str) -> dict[str, Any]:
    return {"operationId": operation, "parameters": {"number": "$response.body#/number"}}


def _has(operation: Operation, header: str) -> bool:
    return {
        "ETag": operation.tagged,
        "Location": operation.name == "receiveCase",
        REPLAYED: operation.writes,
        "Link": "cursor" in operation.query.model_fields,
    }[header]


def _refusals(operation: Operation) -> Iterator[tuple[str, Any]]:
    kinds = (*ALWAYS, *(WRITING if operation.writes else ()), *operation.refuses)
    for status in sorted({KINDS[kind].status for kind in kinds}):
        yield str(status), {"$ref": f"#/components/responses/{status}"}


def _responses() -> dict[str, Any]:
    """By status, the problems that have it."""
    found: dict[str, Any] = {}
    for status in sorted({kind.status for kind in KINDS.values()}):
        several = [f"{kind.title}. {kind.about}" for kind in KINDS.values() if kind.status == status]
        found[str(status)] = {
            "description": " ".join(several),
            "content": {MEDIA_TYPE: {"schema": {"$ref": REF.format(model="Problem")}, "example": _example(status)}},
        }
    return found


def _example(status: int) -> dict[str, Any]:
    name, kind = next((name, kind) for name, kind in KINDS.items() if kind.status == status)
    return {
        "type": f"{BASE}/docs#{name}", "title": kind.title, "status": status, "instance": f"{BASE}/cases",
        "detail": kind.about,
    }  # fmt: skip
