"""`python -m tests.release.wheelhouse`: one file from which a server without internet is installed (docs/install.md).

In it stand every wheel of requirements.lock for one Python and one kind of machine, the project's own, the lock with
the hashes of all of them, what docs/install/ holds, and the documents. It needs the package index; a server does not.
"""

import argparse
import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from gzip import GzipFile
from pathlib import Path

from tests.release.wheel import ROOT, build, version_of

DOCS = ROOT / "docs"
GLIBC = range(
    28, 16, -1
)  # 2.28 is that of Debian 10, Kylin V10, openEuler 20.03; wheels for an older one run there too
ENTRY = re.compile(r"^([a-z0-9-]+)==.*?(?=^[a-z0-9-]+==|\Z)", re.MULTILINE | re.DOTALL)
VIA = re.compile(r"^ +# (?:via)? +([a-z0-9-]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Target:
    """What it is made for: `python` such as 3.11, `machine` such as x86_64; `extras` beside what is needed."""

    python: str = ".".join(platform.python_version_tuple()[:2])
    machine: str = platform.machine()
    extras: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"cp{self.python.replace('.', '')}-linux_{self.machine}"


def make(into: Path, target: Target, root: Path = ROOT) -> Path:
    """The archive of a tree, made in a folder. Raises SystemExit where a wheel is not to be had."""
    with tempfile.TemporaryDirectory() as place:
        wheels = Path(place) / "wheels"
        wheels.mkdir()
        needed = locked(root, target.extras)
        _download(wheels, needed, target)
        own = build(wheels, root)
        name = f"shixian-{version_of(own)}"
        folder = Path(place) / name
        shutil.copytree(DOCS / "install", folder)
        shutil.copytree(DOCS, folder / "docs", ignore=shutil.ignore_patterns("install", "pictures"))
        for page in ("README.md", "README.zh-CN.md", "CHANGELOG.md", "LICENSE"):
            shutil.copy(ROOT / page, folder)
        wheels.rename(folder / "wheels")
        (folder / "made-for").write_text(f"{target.python} {target.machine}\n", "utf-8")
        hashed = _sha256(folder / "wheels" / own.name)
        (folder / "requirements.txt").write_text(f"{needed}{name.replace('-', '==')} --hash=sha256:{hashed}\n", "utf-8")
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        sums = (f"{_sha256(path)}  {path.relative_to(folder)}\n" for path in files)
        (folder / "SHA256SUMS").write_text("".join(sums), "utf-8")
        into.mkdir(exist_ok=True)
        return _packed(folder, into / f"{name}-wheelhouse-{target}.tar.gz")


def locked(root: Path, extras: Iterable[str]) -> str:
    """requirements.lock, and of requirements-dev.lock each extra with what is there for its sake."""
    lock, more = ((root / name).read_text("utf-8") for name in ("requirements.lock", "requirements-dev.lock"))
    have, known = entries(lock), entries(more)
    wanted = set(extras)
    if missing := wanted - set(known):
        raise SystemExit(
            f"error: extras: {', '.join(sorted(missing))} stands in no lock; known are: apprise, joserfc, pyarrow"
        )
    while new := {name for name, text in known.items() if wanted & set(VIA.findall(text))} - wanted:
        wanted |= new
    return lock + "".join(known[name] for name in sorted(wanted - set(have)))


def entries(lock: str) -> Mapping[str, str]:
    """The entries of a lock file by the package's name."""
    return {found[1]: found[0] for found in ENTRY.finditer(lock)}


def _download(wheels: Path, needed: str, target: Target) -> None:
    requirements = wheels / "needed.txt"
    requirements.write_text(needed, "utf-8")
    platforms = [f"manylinux_2_{minor}_{target.machine}" for minor in GLIBC]
    platforms += [f"manylinux2014_{target.machine}", f"linux_{target.machine}"]
    command = (
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--require-hashes", "--only-binary=:all:", "--implementation=cp", f"--python-version={target.python}",
        *(f"--platform={name}" for name in platforms), f"--dest={wheels}", f"--requirement={requirements}",
    )  # fmt: skip
    if subprocess.run(command, check=False).returncode:
        raise SystemExit(f"error: not every wheel for {target} was to be had; pip has said which")
    requirements.unlink()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _packed(folder: Path, archive: Path) -> Path:
    """The folder as an archive that is the same each time: in order, without times and owners."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = 0, 0, 0, "root", "root"
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    with (
        archive.open("wb") as raw,
        GzipFile("", "wb", 6, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in (folder, *sorted(folder.rglob("*"))):
            tar.add(path, str(path.relative_to(folder.parent)), recursive=False, filter=plain)
    return archive


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.release.wheelhouse", description=__doc__)
    asked.add_argument("--python", default=Target.python, help="the server's, such as 3.12")
    asked.add_argument("--machine", default=Target.machine, help="the server's, as `uname -m` says it: x86_64, aarch64")
    asked.add_argument("--with", nargs="*", default=[], dest="extras", help="extras: apprise, joserfc, pyarrow")
    said = asked.parse_args()
    archive = make(ROOT / "dist", Target(said.python, said.machine, tuple(said.extras)))
    print(f"{archive.relative_to(ROOT)}: {archive.stat().st_size:,} bytes, sha256 {_sha256(archive)}")


if __name__ == "__main__":
    main()
