"""A file stands under its name whole, or not at all."""

import os
import threading
from pathlib import Path

import pytest

from sla.formats.whole import whole


def test_it_takes_its_name_when_all_of_it_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"before")
    with whole(path) as raw:
        raw.write(b"after")
        assert path.read_bytes() == b"before"
    assert path.read_bytes() == b"after" and path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_somebodys_file_of_a_like_name_is_neither_used_nor_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"theirs")
    (tmp_path / "a.csv.part").symlink_to(tmp_path / "other")
    with whole(tmp_path / "a.csv") as raw:
        raw.write(b"ours")
    assert (tmp_path / "other").read_bytes() == b"theirs" and not (tmp_path / "a.csv").is_symlink()


def test_what_goes_wrong_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt), whole(path) as raw:
        raw.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"before" and list(tmp_path.iterdir()) == [path]
    with pytest.raises(OSError, match="No such file"), whole(tmp_path / "none" / "a.csv"):
        pass


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    thread = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    thread.start()
    with whole(pipe) as out:
        out.write(b"through")
    thread.join(20)
    assert read == [b"through"] and pipe.is_fifo() and list(tmp_path.iterdir()) == [pipe]
