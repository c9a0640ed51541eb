"""Breaks the code one spot at a time with mutmut, in a copy, and says which breaks no test noticed.

What is broken and which tests must notice stands in pyproject.toml under [tool.mutmut]. A mutant that survives must be
listed in equivalent.toml with the reason why no test can tell it from the original.
"""

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("schedules", "sla", "notifiers", "tests", "docs", "pyproject.toml", "README.md", "README.zh-CN.md")
NEEDED = 0.9
SURVIVED, UNTESTED = 0, 33  # mutmut's exit codes; every other one is a test that failed, or ran into its time limit
HUNG = (36, -24, 24, 152, 255)  # its time limit: the clock's, or that of the processor (SIGXCPU)
PATIENCE = ("timeout_multiplier = 2.0", "timeout_multiplier = 4.0")  # when each is looked at alone


@dataclass(frozen=True)
class Outcome:
    """How many mutants of each file were made and killed, and the names of those that live.

    `hung`: those of the killed that were stopped at their time limit.
    """

    made: dict[str, int]
    living: tuple[str, ...]
    hung: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.made.values())

    @property
    def killed(self) -> float:
        return 1 - len(self.living) / self.total if self.total else 0.0

    def living_in(self, path: str) -> int:
        module = path.removesuffix(".py").replace("/", ".")
        return sum(name.startswith(f"{module}.") for name in self.living)


def equivalents() -> dict[str, str]:
    """The listed survivors: the mutant's name and why it changes nothing that can be seen."""
    return tomllib.loads((Path(__file__).parent / "equivalent.toml").read_text("utf-8"))


def run(folder: Path, files: Sequence[str] = (), tests: Sequence[str] = ()) -> Outcome:
    """Mutate a copy of the project in `folder`: all files of the settings with all their tests, or just those given.

    Those that ran into their time limit are run again, one at a time and with twice as much of it: on a busy machine
    tests that would have passed take too long as well.
    """
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    if files:
        _narrow(folder / "pyproject.toml", files, tests)
    _mutmut(folder)
    if outcome(folder).hung:
        settings = folder / "pyproject.toml"
        settings.write_text(settings.read_text("utf-8").replace(*PATIENCE), "utf-8")
        _mutmut(folder, "--max-children", "1")  # another limit makes it forget just these
    return outcome(folder)


def _mutmut(folder: Path, *options: str) -> None:
    command = [sys.executable, "-m", "mutmut", "run", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"mutmut ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")


def outcome(folder: Path) -> Outcome:
    """What a run in `folder` came to."""
    made, living, hung = {}, [], []
    for path in sorted((folder / "mutants").rglob("*.py.meta")):
        codes = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
        if codes:
            made[str(path.relative_to(folder / "mutants")).removesuffix(".meta")] = len(codes)
            living += [name for name, code in codes.items() if code in (SURVIVED, UNTESTED, None)]
            hung += [name for name, code in codes.items() if code in HUNG]
    return Outcome(made, tuple(sorted(living)), tuple(sorted(hung)))


def shown(folder: Path, name: str) -> str:
    """The change of one mutant as a diff."""
    asked = [sys.executable, "-m", "mutmut", "show", name]
    return subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=True).stdout


def _narrow(settings: Path, files: Sequence[str], tests: Sequence[str]) -> None:
    head, mark, rest = settings.read_text("utf-8").partition("[tool.mutmut]")
    _, _, after = rest.partition("\n\n")
    own: dict[str, object] = {
        "source_paths": ["schedules", "sla"],
        "only_mutate": [*files],
        "also_copy": ["notifiers", "docs"],
        "timeout_multiplier": 2.0,
        "timeout_constant": 10.0,
        "pytest_add_cli_args_test_selection": [*tests],
        "pytest_add_cli_args": ["-p", "no:cacheprovider"],
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in own.items()]
    settings.write_text("\n".join([head + mark, *lines, "", after]), "utf-8")
