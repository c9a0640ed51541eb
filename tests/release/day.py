"""`python day.py SLA…`: a service begins in the working directory, as docs/install.md says, and is asked whether it is
ready. Run where there is no network; needs nothing but the command and Python."""

import http.client
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

OFFICE = """
[office]
slug = "planning-window"
name = "规划审批窗口"
policy = "cn_planning"
language = "zh"
[channels.log]
kind = "log"
[[staff]]
id = "zhang"
name = "张敏"
roles = ["clerk", "chief", "head", "supervision", "manager"]
addresses = { log = "" }
"""
TRIES = 150
LATER = threading.Event()  # never set


def begin(*sla: str) -> None:
    """An office on an empty database."""
    Path("office.toml").write_text(OFFICE, "utf-8")
    say(*sla, "migrate")
    say(*sla, "office", "apply", "office.toml")


def record(*sla: str) -> None:
    """A case."""
    say(*sla, "case", "receive", "site_selection", "--title", "城东小学选址", "--accept", "--by", "zhang")


def serve(*sla: str) -> None:
    """The pages are up, whole, and go when they are told to."""
    with subprocess.Popen((*sla, "serve"), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("http://127.0.0.1:8000"), line
            assert answer("/readyz") == (200, "ready"), answer("/readyz")
            for path in ("/", "/rates", "/static/pages.css", "/static/mark.svg"):
                assert answer(path)[0] == 200, path
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 143, process.returncode


def look(*sla: str) -> None:
    """Nothing is wrong, and the case is there."""
    assert say(*sla, "doctor") == "all is well\n"
    assert "城东小学选址" in say(*sla, "case", "list")


def say(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def answer(path: str) -> tuple[int, str]:
    """What the pages answer once they listen."""
    for _ in range(TRIES):
        connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=20)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except ConnectionRefusedError:
            LATER.wait(0.1)
        finally:
            connection.close()
    raise SystemExit("the pages did not come up")


if __name__ == "__main__":
    os.environ.setdefault("SLA_DATABASE_URL", "sqlite:///shixian.db")
    for part in sys.argv[1].split(","):
        {"begin": begin, "record": record, "serve": serve, "look": look}[part](*sys.argv[2:])
