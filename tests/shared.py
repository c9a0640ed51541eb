"""The folder of facts that this project was begun from: read where it is there, never needed."""

import os
from pathlib import Path

import pytest


def shared(*parts: str) -> Path:
    """A file of that folder (SLA_SHARED, or ../shared beside the repository); skips the test where it is absent."""
    folder = Path(os.environ.get("SLA_SHARED") or Path(__file__).parents[2] / "shared")
    path = folder.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path.name} is not there; set SLA_SHARED to the folder of shared facts")
    return path
