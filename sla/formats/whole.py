"""A file that stands under its name whole, or not at all; and how it is packed."""

import gzip
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """What is written of it, for its owner alone to read; it takes its name once all of it is on the disk.

    One that was there is replaced; a device or a pipe is written to. Whatever goes wrong leaves nothing behind. Raises
    OSError.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as raw:
            yield raw
        return
    handle, name = tempfile.mkstemp(".part", f"{path.name}.", path.parent)  # new, and its owner's
    try:
        with os.fdopen(handle, "wb") as raw:
            yield raw
            raw.flush()
            os.fsync(raw.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def packed(raw: IO[bytes], level: int = 6) -> gzip.GzipFile:
    """What packs into a file, the same each time: no name and no time of its own."""
    return gzip.GzipFile("", "wb", level, raw, mtime=0)
