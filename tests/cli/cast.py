"""The command line in this process, on a database with the window in it, at a time that is set."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from sla.app import Clock
from sla.cli import main
from sla.store.engine import engine_of
from tests.service.cast import Window, at


@dataclass(frozen=True)
class Said:
    """What a command wrote, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class CommandLine:
    """`sla("case", "show", number)`; the time is the window's."""

    def __init__(
        self, window: Window, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        self.window, self.folder = window, folder
        self._monkeypatch, self._capsys = monkeypatch, capsys
        monkeypatch.setenv("SLA_DATABASE_URL", window.url)
        monkeypatch.setenv("SLA_LANGUAGE", "en")
        for name in ("SLA_OFFICE", "SLA_PERSON"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr("sla.app.Clock", lambda: Clock(fixed=window.now))
        monkeypatch.setattr("sla.app.engine_of", self._engine_of)

    def __call__(self, *arguments: str) -> Said:
        self._capsys.readouterr()
        self._monkeypatch.setattr(sys, "argv", ["sla", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Said(ended.value.code, out, err)

    def _engine_of(self, url: str) -> Engine:
        """The window's own, which has compiled its statements already; a command's `dispose` only empties its pool."""
        return self.window.app.engine if url == self.window.url else engine_of(url)

    def at(self, text: str) -> "CommandLine":
        self.window.at(text)
        return self

    def refuses(self, *arguments: str) -> str:
        """The one line a wrong input ends with; nothing was written by it."""
        before = self.window.dump()
        said = self(*arguments)
        assert self.window.dump() == before
        return one_line(said)

    def file(self, text: str, name: str = "office.toml") -> str:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return str(path)


def one_line(said: Said) -> str:
    assert said.code == 2, said
    assert said.out == "", said
    assert said.err.count("\n") == 1, said.err
    assert said.err.startswith("error: "), said.err
    return said.err.removeprefix("error: ").strip()


__all__ = ["CommandLine", "Said", "at", "one_line"]
