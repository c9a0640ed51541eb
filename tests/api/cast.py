"""A program that asks the API of a real server."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from sla.app import App
from tests.browser.cast import serving

WORKS = {"permit": "construction_works", "title": "人民医院综合楼", "handler": "li", "by": "li", "accept": True}


@dataclass(frozen=True)
class Program:
    """Sends JSON and shows what came back; `base` is where the API is."""

    client: httpx.Client
    base: str

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers=_named(headers))

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.client.post(path, json=body, headers=_named(headers))

    def receive(self, **changes: Any) -> str:
        """A works permit that came in and was accepted; its number."""
        answer = self.post("/cases", WORKS | changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["number"])

    def record(self, number: str, kind: str, by: str = "li", **details: Any) -> httpx.Response:
        return self.post(f"{case(number)}/events", {"kind": kind, "by": by, **details})


def case(number: str) -> str:
    return f"/cases/{quote(number, safe='')}"


def clock(answer: httpx.Response, name: str = "promise") -> dict[str, Any]:
    """A clock of a case that was answered."""
    found: dict[str, Any] = next(one for one in answer.json()["clocks"] if one["id"] == name)
    return found


def problem(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Its status, its kind and the field; what every problem has is checked."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told = answer.json()
    assert told["status"] == answer.status_code and told["title"] and told["detail"] and told["instance"]
    return answer.status_code, told["type"].partition("#")[2], told.get("field")


@contextmanager
def calling(app: App, key: str = "") -> Iterator[Program]:
    with serving(app) as base, asking(base, key) as program:
        yield program


@contextmanager
def asking(base: str, key: str = "") -> Iterator[Program]:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(base_url=f"{base}/api/v1", trust_env=False, verify=False, headers=headers, timeout=60) as client:
        yield Program(client, base)


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
