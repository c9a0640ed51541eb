"""What whoever watches the service asks for: is it up, can it work, what waits, and log lines a machine can read."""

import json
import logging
import sys
from pathlib import Path

import httpx
import pytest

from sla.app import Clock, build
from sla.logs import as_json
from sla.settings import Settings
from tests.browser.cast import serving
from tests.service.cast import Window, at


def figures(window: Window) -> dict[str, float]:
    """Each figure of /metrics by its name and labels."""
    with serving(window.app) as base:
        answer = httpx.get(f"{base}/metrics", trust_env=False, verify=False)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain")
    lines = (line for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_the_figures_say_what_waits_and_since_when(window: Window) -> None:
    """Accepted on 2026-09-18 and promised for 09-23, a case has its T-1 on 09-22 at 09:00 (TIME_RULES, worked
    examples); from 09-22 to 12-31 are 8 + 31 + 30 + 31 = 100 days."""
    window.at("2026-09-18 10:00").receive()
    window.at("2026-09-18 10:05").receive(handler="chen")
    window.at("2026-09-21 10:00").receive()  # due on 09-28: its T-1 is 09-24
    window.at("2026-09-22 09:30")
    found = figures(window)
    assert (found["shixian_cases_waiting"], found["shixian_cases_due"]) == (3, 2)
    assert found["shixian_cases_oldest_due_seconds"] == 30 * 60
    assert found['shixian_calendar_horizon_days{office="planning-window"}'] == 100
    while window.app.sweep():
        pass
    window.at("2026-09-22 09:50")
    found = figures(window)
    assert (found["shixian_cases_due"], found["shixian_cases_oldest_due_seconds"]) == (0, 0)
    assert (found["shixian_messages_pending"], found["shixian_messages_due"]) == (2, 2)
    assert found["shixian_messages_oldest_due_seconds"] == 20 * 60


def test_the_process_counts_its_deliveries_by_endpoint_and_outcome(window: Window) -> None:
    window.at("2026-09-18 10:00").receive()
    before = figures(window).get('shixian_deliveries_total{endpoint="desk",outcome="sent"}', 0)
    assert window.at("2026-09-22 09:30").run() == ["li: promise T-1 2026-09-23"]
    name = 'shixian_deliveries_total{endpoint="desk",outcome="sent"}'
    digests = [row for row in window.rows("message") if row.state == "sent" and row.endpoint == "desk"]
    assert figures(window)[name] - before == len(digests)  # the reminder, and the digests of the morning


def test_figures_name_nobody_and_no_case(window: Window) -> None:
    number = window.at("2026-09-18 10:00").receive(title="城东小学选址", applicant="张三")
    window.at("2026-09-22 09:30").run()
    text = "".join(figures(window))
    assert not any(secret in text for secret in (number, "城东小学选址", "张三", "Li Min", "li@example.org"))


def test_it_is_ready_where_the_database_has_this_versions_tables(window: Window) -> None:
    with serving(window.app) as base:
        answer = httpx.get(f"{base}/readyz", trust_env=False, verify=False)
    assert (answer.status_code, answer.text) == (200, "ready")


def test_and_not_where_the_database_is_empty_or_gone(tmp_path: Path) -> None:
    app = build(Settings(database_url=f"sqlite:///{tmp_path}/x.db"), clock=Clock(at("2026-09-22 09:30")), checked=False)
    with serving(app) as base:
        gone = httpx.get(f"{base}/readyz", trust_env=False, verify=False)
        (tmp_path / "x.db").touch()
        empty = httpx.get(f"{base}/readyz", trust_env=False, verify=False)
        alive = httpx.get(f"{base}/healthz", trust_env=False, verify=False)
    assert gone.status_code == 503 and "there is no database at" in gone.text
    assert empty.status_code == 503 and "run `sla migrate` first" in empty.text
    assert alive.status_code == 200
    app.close()


@pytest.mark.parametrize("failed", [False, True])
def test_a_log_line_is_one_json_object(failed: bool) -> None:
    error = None
    if failed:
        try:
            raise ValueError("第一行\n第二行")
        except ValueError:
            error = sys.exc_info()
    record = logging.LogRecord("sla.rebuild", logging.ERROR, "x.py", 1, "case %s\nis set aside", ("选 1",), error)
    line = as_json().format(record)
    assert "\n" not in line
    told = json.loads(line)
    assert (told["level"], told["logger"], told["event"]) == ("error", "sla.rebuild", "case 选 1\nis set aside")
    assert told["timestamp"].endswith("Z")
    assert ("ValueError: 第一行\n第二行" in told.get("exception", "")) is failed
