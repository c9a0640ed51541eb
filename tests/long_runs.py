"""When and on what a long run was made, for the pages of docs/ that keep the last one."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]


def made_on(command: str) -> str:
    today = datetime.now(UTC).date()  # noqa: TID251 - the page says when the run was made
    return f"The last long run: {today}, commit {_commit()}, `{command}`."


def _commit() -> str:
    """HEAD, with a note where the tree holds more than it."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}

    def git(*words: str) -> str:
        done = subprocess.run(("git", *words), cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    head = git("rev-parse", "--short", "--verify", "HEAD")
    if not head:
        return "uncommitted"
    return f"{head} with uncommitted changes" if git("status", "--porcelain") else head
