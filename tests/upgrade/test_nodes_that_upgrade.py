"""Two nodes start `sla migrate` at once on what a release left; one that was not migrated says what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sla.service.audit import audited
from sla.store.migrate import head_revision, require_current
from tests.long_runs import ROOT
from tests.service.cast import app_on
from tests.upgrade.dumps import NAMES, load, read
from tests.upgrade.test_upgrade import HERE, RELEASES


@pytest.fixture(params=RELEASES)
def left_behind(request: pytest.FixtureRequest, database_url: str) -> str:
    """A database as a release left it."""
    kind = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    load(database_url, read(HERE / request.param / NAMES[kind]))
    return database_url


def started(url: str, *words: str, folder: Path) -> "subprocess.Popen[str]":
    environment = {**os.environ, "SLA_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        (sys.executable, "-m", "sla", *words),
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_two_that_start_to_migrate_at_once_both_end_well_and_one_of_them_did_it(
    left_behind: str, tmp_path: Path
) -> None:
    nodes = [started(left_behind, "migrate", folder=tmp_path) for _ in range(2)]
    said = [node.communicate(timeout=120) for node in nodes]
    assert [(node.returncode, err) for node, (_, err) in zip(nodes, said, strict=True)] == [(0, "")] * 2
    did = sorted(out.strip().rpartition(": ")[2] for out, _ in said)
    assert did == [f"0001 → {head_revision()}", "is up to date"]
    app = app_on(left_behind)
    try:
        require_current(app.engine)
        with app.reading() as session:
            assert [finding for finding in audited(session) if finding.serious] == []
    finally:
        app.close()


def test_a_new_node_that_meets_the_old_schema_says_to_migrate_and_ends_with_2(left_behind: str, tmp_path: Path) -> None:
    node = started(left_behind, "worker", folder=tmp_path)
    _, err = node.communicate(timeout=120)
    assert (node.returncode, err) == (
        2,
        f"error: database_url: the schema is 0001, this version needs {head_revision()}; run `sla migrate`\n",
    )
