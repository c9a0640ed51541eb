"""`python -m tests.upgrade.make VERSION`: what a release leaves behind for the tests of those that follow.

Into tests/upgrade/VERSION: a dump of a filled database of each kind, and the checksums of the files in the wheel.
"""

import sys
import tempfile
from pathlib import Path

from sla.store.migrate import migrate
from tests.databases import new_database, postgresql_server
from tests.release.wheel import build, checksums, version_of
from tests.service.cast import app_on
from tests.upgrade.dumps import NAMES, dump, written
from tests.upgrade.filled import fill

HERE = Path(__file__).parent


def make(version: str) -> Path:
    """The folder of the version, made or made anew. The tree must be just that version."""
    folder = HERE / version
    with tempfile.TemporaryDirectory() as place:
        wheel = build(Path(place))
        if version_of(wheel) != version:
            raise SystemExit(f"error: VERSION: this tree is {version_of(wheel)}, not {version}")
        folder.mkdir(exist_ok=True)
        (folder / "wheel.sha256").write_text(checksums(wheel), "utf-8")
        written(folder / NAMES["sqlite"], filled_dump(f"sqlite:///{place}/shixian.db"))
    with postgresql_server() as server, new_database(server) as url:
        written(folder / NAMES["postgresql"], filled_dump(url))
    return folder


def filled_dump(database_url: str) -> str:
    """The dump of an empty database after a window has lived in it."""
    app = app_on(database_url)
    try:
        migrate(app.engine)
        fill(app)
    finally:
        app.close()
    return dump(database_url)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("error: VERSION: is missing; write python -m tests.upgrade.make 0.1.0")
    for path in sorted(make(sys.argv[1]).iterdir()):
        print(f"{path.stat().st_size:>8,} bytes  {path.relative_to(HERE.parents[1])}")
