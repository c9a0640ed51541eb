"""The archive that a server without internet is installed from: packed, installed, upgraded to and put back, by typing
what docs/install.md says. The long way (`make install-check`), for packing needs the package index.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.long_runs import made_on
from tests.release import day
from tests.release.alone import alone, impossible
from tests.release.wheel import ROOT
from tests.release.wheelhouse import Target, entries, locked, make

FULL = bool(os.environ.get("SLA_INSTALL_FULL"))
PAGE = ROOT / "docs" / "install.md"
COMMAND = "make install-check"
RELEASED = "^Release 0"  # how the commit of a release begins
THIS, BEFORE = "new", "old"
UNUSED = ("useradd", "systemctl", "curl")  # what is left out: users, units, and what `day.py` asks in its place


def blocks(text: str, heading: str) -> list[str]:
    """What a page has somebody type under a heading, block by block."""
    section = re.split(r"^## ", text, flags=re.MULTILINE)
    [found] = [part for part in section if part.startswith(f"{heading}\n")]
    typed = re.findall(r"(?:^    .*\n)+", found, re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in typed]


def test_both_languages_have_the_same_typed() -> None:
    english, chinese = (
        re.sub(r" +#.*", "", "\n".join(re.findall(r"^    .*$", path.read_text("utf-8"), re.MULTILINE)))
        for path in (PAGE, PAGE.with_name("install.zh-CN.md"))
    )
    assert english == chinese


def test_an_extra_brings_what_is_in_the_lock_for_its_sake_and_no_tool_of_the_tests() -> None:
    """Apprise's own metadata: click, markdown, PyYAML, requests, requests-oauthlib, certifi, tzdata."""
    more = set(entries(locked(ROOT, ("apprise",)))) - set(entries(locked(ROOT, ())))
    assert {"apprise", "markdown", "pyyaml", "requests", "requests-oauthlib", "oauthlib", "urllib3"} <= more
    assert not more & {"pytest", "ruff", "mypy", "playwright"}
    with pytest.raises(SystemExit, match="nonsense stands in no lock"):
        locked(ROOT, ("nonsense",))


class Server:
    """A server without a network, whose folders lie in one; the archives lie unpacked in it, by version."""

    def __init__(self, folder: Path, archives: Mapping[str, Path]) -> None:
        self.folder, self.text = folder, PAGE.read_text("utf-8")
        self.unpacked: dict[str, Path] = {}
        for version, archive in archives.items():
            shutil.unpack_archive(archive, folder / version, filter="data")
            [self.unpacked[version]] = (folder / version).iterdir()
        for name in ("opt/shixian", "etc/systemd/system", "var/lib", "usr/local/sbin"):
            (folder / name).mkdir(parents=True)

    def type(self, heading: str, version: str, old: str = "") -> None:
        """Everything under the heading, in the version's unpacked folder."""
        for block in blocks(self.text, heading):
            if block.startswith("sla migrate"):
                (self.folder / "etc/shixian/office.toml").write_text(day.OFFICE, "utf-8")
            lines = [line for line in block.splitlines() if not line.startswith(UNUSED)]
            self.run("\n".join(lines).replace("VERSION", version).replace("OLD", old), version)
            if block.startswith("sh install"):  # which has compared them with their sums
                for name in ("sla", "shixian.env"):
                    path = self.unpacked[version] / name
                    path.write_text(self._here(path.read_text("utf-8")), "utf-8")

    def run(self, script: str, version: str) -> None:
        """Raises AssertionError where a command of it fails."""
        environment = {"PATH": f"{self.folder}/usr/local/sbin:/usr/bin:/bin", "PYTHON": sys.executable}
        done = subprocess.run(
            alone("sh", "-ec", self._here(script)), cwd=self.unpacked[version], env=environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"

    def day(self, parts: str, version: str) -> None:
        database = "SLA_DATABASE_URL=sqlite:////var/lib/shixian/shixian.db"
        command = f"{sys.executable} -P {day.__file__} {parts} /opt/shixian/current/bin/sla"
        self.run(f"{database} {command}", version)

    def _here(self, script: str) -> str:
        """With this folder's paths, and without the users that a server has."""
        script = re.sub(r"runuser -u shixian -- | -o \w+| -g \w+", "", script)
        return re.sub(r"(?<![\w.])/(opt|etc|var|usr/local)/", rf"{self.folder}/\1/", script)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Of this tree, and of the last release."""
    if not FULL:
        pytest.skip(f"needs the package index: {COMMAND}")
    if why := impossible():
        pytest.skip(f"no network namespace here: {why}")
    asked = ("git", "log", "-1", "--format=%H", f"--grep={RELEASED}")
    commit = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    released = tmp_path_factory.mktemp("released")
    tree = subprocess.run(("git", "archive", commit), cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(("tar", "-x", "-C", released), input=tree, check=True)
    places = {version: tmp_path_factory.mktemp(version) for version in (THIS, BEFORE)}
    return {THIS: make(places[THIS], Target()), BEFORE: make(places[BEFORE], Target(), released)}


@pytest.fixture(scope="module")
def on_record(request: pytest.FixtureRequest) -> Iterator[None]:
    """When everything passed the page says so."""
    yield
    if FULL and not request.session.testsfailed:
        text = PAGE.read_text("utf-8")
        said = re.sub(r"(?<=## Tried\n\n).*?(?= `make install-check` packs)", made_on(COMMAND), text, flags=re.DOTALL)
        PAGE.write_text(said, "utf-8")


@pytest.mark.usefixtures("on_record")
def test_it_is_installed_upgraded_to_and_put_back_by_what_the_page_says(
    archives: dict[str, Path], tmp_path: Path
) -> None:
    server = Server(tmp_path, archives)
    server.type("Install", BEFORE)
    server.day("record,look", BEFORE)
    if "0.1.0" in server.unpacked[BEFORE].name:  # which cannot make a copy by itself
        page, copy = server.text, f"cp -p /var/lib/shixian/shixian.db* {tmp_path}/"
        server.text = re.sub("^    sla backup .*$", f"    {copy}", page, flags=re.MULTILINE)
        server.type("Upgrade", THIS)
        server.day("serve,look", THIS)
        server.run(f"ln -sfn {BEFORE} /opt/shixian/current; rm /var/lib/shixian/shixian.db*", BEFORE)
        server.run(f"cp -p {tmp_path}/shixian.db* /var/lib/shixian/", BEFORE)
        server.day("look", BEFORE)
        server.run(f"ln -sfn {THIS} /opt/shixian/current; sla migrate", THIS)
        server.run(f"sla backup /var/lib/shixian/before-{THIS}.gz", THIS)
        server.text = page
        server.type("Put it back", THIS, old=THIS)
        server.day("serve,look", THIS)
    else:
        server.type("Upgrade", THIS)
        server.day("serve,look", THIS)
        server.type("Put it back", THIS, old=BEFORE)
        server.day("serve,look", BEFORE)
