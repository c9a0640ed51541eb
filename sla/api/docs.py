"""The documentation as a page of our own: nothing from elsewhere, no script, read without a network."""

import json
import re
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sla.access.cookies import cookie
from sla.api.problems import KINDS
from sla.words import LANGUAGES
from sla.words.templates import templates


@dataclass(frozen=True)
class Line:
    """A parameter or a field: its name, its type in words, whether it is needed, and what it is."""

    name: str
    type: str
    needed: bool
    about: str


def page(language: str, request: Request, document: dict[str, Any]) -> Response:
    """The page in the reader's language; what it says of each operation is English."""
    asked = (request.query_params.get("lang"), cookie(request, "lang"), language)
    spoken = next((one for one in asked if one in LANGUAGES), LANGUAGES[0])
    bodies = _bodies(document)
    html = templates("api/templates", spoken).get_template("docs.html").render(
        document=document,
        tag="zh-CN" if spoken == "zh" else "en",
        groups=_groups(document),
        problems=KINDS,
        lines=lambda name, schema: lines(schema, document, asked=name in bodies),
        parameters=parameters,
        answers=answers,
        kinds=lambda schema: type_text(schema).split(" or "),
        common=_common(document),
        shown=lambda example: json.dumps(example, ensure_ascii=False, indent=2),
    )  # fmt: skip
    headers = {"Content-Language": "zh-CN" if spoken == "zh" else "en", "Vary": "Cookie", "Cache-Control": "no-cache"}
    return HTMLResponse(_BLANK.sub("\n", html), headers=headers)


_BLANK = re.compile(r"\n\s*\n")


def lines(schema: dict[str, Any], document: dict[str, Any], *, asked: bool) -> list[Line]:
    """The fields of an object. Those of an answer are always there; which are needed is said of what is `asked`."""
    found = resolved(schema, document)
    needed = found.get("required", ()) if asked else ()
    return [
        Line(name, type_text(value), name in needed, resolved(value, document).get("description", ""))
        for name, value in found.get("properties", {}).items()
    ]


def _bodies(document: dict[str, Any]) -> set[str]:
    """The objects that requests are made of."""
    every = (operation for methods in document["paths"].values() for operation in methods.values())
    given = (one["requestBody"]["content"]["application/json"] for one in every if "requestBody" in one)
    return {name for content in given for name in type_text(content["schema"]).split(" or ")}


OF_ALL = ("office", "limit", "cursor", "Idempotency-Key")  # what is said once, above


def parameters(operation: dict[str, Any]) -> list[Line]:
    return [
        Line(one["name"], f"{one['in']}, {type_text(one['schema'])}", one.get("required", False), one["description"])
        for one in operation["parameters"]
        if one["name"] not in OF_ALL or one.get("required")
    ]


def answers(operation: dict[str, Any]) -> list[tuple[str, str]]:
    """What comes back where nothing is wrong: the status and the object."""
    found = ((status, answer) for status, answer in operation["responses"].items() if status < "400")
    return [
        (status, type_text(answer["content"]["application/json"]["schema"]) if "content" in answer else "")
        for status, answer in found
    ]


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The schema itself where one refers to another."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document["components"]["schemas"][name] if name else schema
    return found


def type_text(schema: dict[str, Any]) -> str:
    """A type in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return " or ".join(type_text(one) for one in several)
    if "enum" in schema or "const" in schema:
        return ", ".join(str(value) or '""' for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {type_text(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")


def _common(document: dict[str, Any]) -> list[Line]:
    """What is said once: the parameters of every operation, of every list, or of every one that writes."""
    several = (document["paths"]["/cases"][method]["parameters"] for method in ("get", "post"))
    found = {one["name"]: one for parameters in several for one in parameters if one["name"] in OF_ALL}
    return [
        Line(name, f"{one['in']}, {type_text(one['schema'])}", False, one["description"]) for name, one in found.items()
    ]


def _groups(document: dict[str, Any]) -> list[tuple[dict[str, str], list[tuple[str, str, dict[str, Any]]]]]:
    """The operations by tag, in order: (method, path, operation)."""
    known = [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return [(tag, [one for one in known if tag["name"] in one[2]["tags"]]) for tag in document["tags"]]
