"""The example of docs/import.md does what stands beside it, and the document leaves no entry of a mapping out."""

import re
from pathlib import Path

import pytest

from sla.importing.mapping import CASES, DEFAULTS, DETAILS, EVENTS, FIELDS, TOP
from tests.cli.cast import CommandLine

TEXT = (Path(__file__).parents[2] / "docs" / "import.md").read_text("utf-8")


def block(language: str) -> str:
    [found] = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return str(found)


@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)
def test_the_example_gives_the_report_that_stands_there(sla: CommandLine) -> None:
    file, mapping = sla.file(block("csv"), "cases.csv"), sla.file(block("toml"), "mapping.toml")
    said = sla("import", file, "--mapping", mapping, "--as-of", "2026-09-19")
    assert (said.code, said.out) == (1, block("text"))


def test_every_entry_of_a_mapping_is_in_the_document() -> None:
    named = set(re.findall(r"`\[?([a-z_]+)", TEXT))
    assert {*TOP, *CASES, *DEFAULTS, *EVENTS, *DETAILS, *FIELDS} - named == {"kinds"}
    assert "[events.kinds]" in TEXT
