"""What is released: a wheel with the three packages and all they need, that works where it is installed."""

import json
from pathlib import Path

from tests.release.wheel import PACKAGES, ROOT, build, checksums, files, metadata, newest_version, run, version_of

DATA = {".toml", ".po", ".html", ".css", ".js", ".svg", ".txt", ".mako", ".typed"}


def test_it_holds_the_three_packages_and_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in files(wheel)}
    assert tops == {*PACKAGES, f"shixian-{newest_version()}.dist-info"}


def test_it_holds_every_module_and_every_file_that_they_read(wheel: Path) -> None:
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix in {".py", *DATA}
    }
    held = {name for name in files(wheel) if ".dist-info/" not in name}
    assert held == wanted
    for name in ("sla/presets/cn_planning.toml", "sla/store/migrations/env.py", "sla/store/migrations/script.py.mako"):
        assert name in held
    for folder in ("sla/templates/messages/", "sla/locale/zh_CN/", "sla/web/static/", "sla/web/templates/"):
        assert any(name.startswith(folder) for name in held), folder


def test_it_says_what_it_is(wheel: Path) -> None:
    said = metadata(wheel)
    assert (said["Name"], version_of(wheel)) == ("shixian", newest_version())
    assert (said["License-Expression"], said["Requires-Python"]) == ("Apache-2.0", ">=3.11")
    entries = files(wheel)[f"shixian-{newest_version()}.dist-info/entry_points.txt"].decode()
    assert entries.split() == ["[console_scripts]", "sla", "=", "sla.cli:main"]


def test_two_builds_of_one_tree_hold_the_same(wheel: Path, tmp_path: Path) -> None:
    assert checksums(build(tmp_path)) == checksums(wheel)


def test_it_works_where_it_is_installed(installed: Path) -> None:
    done = run(installed, "due", "cn_planning.construction_works", "--on", "2026-09-18", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    promise = json.loads(done.stdout)["clocks"]["promise"]
    assert promise["due_on"] == "2026-09-28"  # worked example: 09-18 | 6
