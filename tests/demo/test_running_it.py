"""`sla demo` as a reader starts it: up in time, one line that says what it is, and gone without a trace."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sla.demo import day_of, run
from sla.service.errors import ServiceError


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "sla", "demo", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_is_up_and_takes_its_folder_with_it(number: signal.Signals) -> None:
    port = free_port()
    with started("--port", str(port), "--on", "2026-11-18") as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), trust_env=False) as client:
            page = client.get(f"http://127.0.0.1:{port}/")
        assert page.status_code == 200
        assert "云溪市规划审批窗口" in page.text
        assert line.startswith(f"http://127.0.0.1:{port} ")
        assert "throw-away demonstration" in line
        folder = Path(line.partition("sqlite:///")[2].partition("/shixian.db")[0])
        assert (folder / "shixian.db").exists()
        process.send_signal(number)
        process.wait(timeout=20)
    assert not folder.exists()


def test_a_port_that_is_taken_is_one_clear_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with started("--port", str(taken.getsockname()[1])) as process:
            _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors.startswith("error: port: ")


def test_prepared_it_says_where_it_is_and_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(on="2026-11-22", folder=str(tmp_path / "kept"), prepare=True)
    url = capsys.readouterr().out.splitlines()[0]
    assert url == f"sqlite:///{tmp_path}/kept/shixian.db"
    assert (tmp_path / "kept" / "shixian.db").exists()
    with pytest.raises(ServiceError, match=r"folder: .* holds a database already"):
        run(on="2026-11-22", folder=str(tmp_path / "kept"), prepare=True)


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "2019-06-01", "2039-01-01"])
def test_a_day_it_cannot_show_is_refused(text: str) -> None:
    with pytest.raises(ServiceError, match=r"^on: "):
        day_of(text)


@pytest.mark.parametrize("text", ["2020-06-01", "2038-12-31", "2024-02-29", "2027-01-01"])
def test_the_first_and_the_last_day_it_can_show(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(on=text, folder=str(tmp_path / "kept"), prepare=True)
    assert "460 finished cases and 16 open ones" in capsys.readouterr().out
