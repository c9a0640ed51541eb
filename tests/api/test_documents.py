"""What is said of the API is so: the examples of docs/api.md run, the description is whole, the page is light."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sla.api.problems import KINDS
from sla.api.routes import OPERATIONS, description
from sla.api.serving import adapter_of
from sla.app import App
from sla.service import tokens
from sla.service.offices import office_named
from tests.access.cast import two_offices
from tests.api.cast import Program, calling
from tests.browser.cast import NOW
from tests.long_runs import ROOT

GUIDE = ROOT / "docs" / "api.md"
EXAMPLES = [block for block in re.findall(r"```sh\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL) if "curl" in block]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with two_offices(tmp_path_factory.mktemp("guide"), ("admin",)) as app:
        yield app


@pytest.fixture(scope="module")
def program(app: App) -> Iterator[Program]:
    with calling(app, _key(app, "archive-system", "read", "record")) as program:
        yield program


def _key(app: App, name: str, *rights: str) -> str:
    with app.writing() as session:
        return tokens.add(session, office_named(session, "east"), name, rights, NOW.date(), "admin", NOW)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is missing")
def test_the_examples_of_the_guide_run_as_they_stand(app: App, program: Program, tmp_path: Path) -> None:
    key = program.client.headers["authorization"].partition(" ")[2]
    keys = {"KEY": key, "REPORTING": _key(app, "figures", "read", "report")}
    environment = {**os.environ, "API": f"{program.base}/api/v1", **keys, "no_proxy": "127.0.0.1"}
    for example in EXAMPLES:
        script = example.replace("curl -s", "curl -s --noproxy '*' -w '\\n%{http_code}\\n'")
        done = subprocess.run(["sh", "-ec", script], env=environment, capture_output=True, text=True, check=True)
        codes = [line for line in done.stdout.splitlines() if re.fullmatch(r"\d{3}", line)]
        assert len(codes) == example.count("curl -s") and set(codes) <= {"200", "201"}, done.stdout
    assert program.get("/cases/PA-7").json()["clocks"][1]["state"] == "paused"
    assert len(EXAMPLES) == 4


def test_the_guide_names_every_address_and_every_status() -> None:
    text = GUIDE.read_text("utf-8")
    for operation in OPERATIONS:
        last = operation.path.rpartition("/cases/{number}")[2] if "{number}" in operation.path else operation.path
        assert last in text, operation.path
    assert {str(kind.status) for kind in KINDS.values()} - {"500", "502"} <= set(re.findall(r"`(\d{3})", text))


def test_the_description_says_everything_of_every_operation() -> None:
    document = description()
    assert document["openapi"] == "3.1.0"
    names = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert sorted(names) == sorted({operation.name for operation in OPERATIONS})
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["summary"] and operation["x-right"] and operation["tags"][0] in _tags(document)
            parts = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
            assert parts == set(re.findall(r"{(\w+)}", path))
            assert all(one["description"] for one in operation["parameters"]), (path, operation["parameters"])
            assert {"401", "403", "422", "500", "503"} <= set(operation["responses"])
    for name, schema in document["components"]["schemas"].items():
        assert schema.get("description") or "enum" in schema, name


def _tags(document: dict[str, Any]) -> set[str]:
    return {tag["name"] for tag in document["tags"]}


def test_the_example_of_each_body_is_one() -> None:
    for operation in OPERATIONS:
        if operation.body is not None:
            adapter_of(operation.body).validate_python(operation.example)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_light_and_asks_for_nothing_from_elsewhere(program: Program, language: str) -> None:
    page = program.client.get(f"/docs?lang={language}")
    styles = [
        program.client.get(f"{program.base}{path}") for path in re.findall(r'stylesheet" href="([^"]+)"', page.text)
    ]
    assert len(page.content) + sum(len(style.content) for style in styles) < 100_000
    assert [style.headers["content-type"].partition(";")[0] for style in styles] == ["text/css"] * 2
    assert set(re.findall(r'(?:src|href)="(https?:[^"]*)"', page.text)) == set()
    assert "<script" not in page.text and " style=" not in page.text
    assert all(f'id="{kind}"' in page.text for kind in KINDS)
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
