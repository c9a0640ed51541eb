"""What docs/export.md says of the format is so: its fields, its example, and its way to verify a chain without us."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from sla.formats.sealed_lines import entry_of
from sla.store.exports import CASE_HEAD, CASE_PARTS, HEAD, PARTS
from tests.cli.cast import CommandLine, one_line

TEXT = (Path(__file__).parents[2] / "docs" / "export.md").read_text("utf-8")
ON_ONE = pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)


def block(language: str) -> str:
    [found] = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return str(found)


def verifier() -> Any:
    names: dict[str, Any] = {}
    exec(block("python"), names)
    return names["fits"]


def test_every_line_and_field_is_in_the_document() -> None:
    for part in (HEAD, *PARTS):
        [row] = [line for line in TEXT.splitlines() if line.startswith(f"| `{part.name}` |")]
        assert re.findall(r"`([a-z_]+)`", row.split("|")[3])[: len(part.columns)] == list(part.columns)
    for part in CASE_PARTS:
        [row] = [line for line in TEXT.splitlines() if line.startswith(f"| `{part.name}` |") and row_of_case(line)]
        assert {*part.columns} <= {*re.findall(r"`([a-z_]+)`", row)}
    assert {*CASE_HEAD.columns} <= {*re.findall(r"`([a-z_]+)`", TEXT.partition("A case:")[2])}


def row_of_case(line: str) -> bool:
    return line in TEXT.partition("A case:")[2]


def test_the_example_is_a_line_as_it_is_described() -> None:
    case = entry_of(block("json").encode())
    assert {*CASE_HEAD.columns, *(part.name for part in CASE_PARTS), "line"} == case.keys()
    assert verifier()("019fba9ed8007fa2ac161b2bd8a8381d", case)


@ON_ONE
def test_a_file_goes_out_and_into_another_installation(
    sla: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = sla.window.receive(title="云溪路 7 号", applicant="张三")
    file = tmp_path / "window.jsonl.gz"
    said = sla("export", "lines", "--output", str(file))
    assert (said.code, said.out) == (0, "")
    assert said.err.startswith(f"{file}: {file.stat().st_size} bytes, personal data among them")
    lines = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
    assert all(verifier()(lines[1]["office_id"], line) for line in lines if line["line"] == "case")
    assert "give the export a name of its own" in one_line(sla("export", "lines", "--output", str(file)))
    monkeypatch.setenv("SLA_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    assert sla("migrate").code == 0
    said = sla("import", str(file))
    assert (said.code, said.err) == (0, "")
    assert "The office planning-window was made.\n1 brought in, 0 already there, 0 refused\n" in said.out
    assert "云溪路 7 号" in sla("case", "show", number).out
    assert sla("import", str(file), "--json").json["there"] == 1
    assert sla("audit", "verify").code == 0
    assert sla("export", "lines", "--output", str(tmp_path / "again.jsonl.gz")).code == 0
    assert (tmp_path / "again.jsonl.gz").read_bytes() == file.read_bytes()


@ON_ONE
def test_what_does_not_go_together_is_said_in_one_line(sla: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "window.jsonl"
    file.write_bytes(b"Dear Sir\n")
    assert "line 1: is not what stands there" in sla.refuses("import", str(file))
    assert "only --as goes with it" in sla.refuses("import", str(file), "--dry-run")
    assert "goes with the export of an office" in sla.refuses("import", "cases.csv", "--as", "east")
    assert sla.refuses("import", "cases.csv").startswith("mapping: is missing")
    packed = tmp_path / "window.jsonl.gz"
    packed.write_bytes(gzip.compress(b"x" * 100)[:-9])
    assert "was cut off, or is not packed with gzip" in sla.refuses("import", str(packed))
