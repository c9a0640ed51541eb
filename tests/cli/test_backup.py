"""`sla backup` and `sla restore` as an administrator types them."""

import json
from pathlib import Path

import pytest

from tests.cli.cast import CommandLine, one_line


def test_a_copy_is_made_and_a_new_database_made_of_it(
    sla: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = sla.window.receive(title="云溪路 7 号")
    file = str(tmp_path / "copy.gz")
    assert sla("backup", file).out.startswith(f"{file}: ")
    monkeypatch.setenv("SLA_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    said = sla("restore", file)
    assert said.code == 0, said
    assert "rows restored" in said.out
    assert said.out.endswith(
        "Channels need these secrets, which no copy holds:\n  planning-window hook: SLA_HOOK_SECRET\n"
    )
    assert "云溪路 7 号" in sla("case", "show", number).out
    assert one_line(sla("restore", file)).startswith("database_url: is not empty")


def test_as_json(sla: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = str(tmp_path / "copy.gz")
    assert json.loads(sla("backup", file, "--json").out)["file"] == file
    assert one_line(sla("backup", file)) == f"file: {file} is there already; give the copy a name of its own"
    monkeypatch.setenv("SLA_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    found = json.loads(sla("restore", file, "--json").out)
    assert (found["findings"], found["secrets"]) == ([], ["planning-window hook: SLA_HOOK_SECRET"])


def test_what_is_no_copy_ends_in_one_line(sla: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    assert one_line(sla("restore", sla.file("Dear Sir"))).endswith(
        "is no whole copy; it was cut off, or is something else"
    )
