"""What the command line says on a machine whose clock cannot be right."""

import pytest

from sla.app import Clock
from tests.cli.cast import CommandLine, at, one_line

RECEIVE = ("case", "receive", "site_selection", "--title", "城东小学选址", "--by", "li")


@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)  # on PostgreSQL the time is the server's
def test_nothing_is_recorded_until_the_clock_is_right_or_somebody_says_that_it_is(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sla(*RECEIVE).code == 0
    told = ["2000-01-01 08:00"]  # 00:00 UTC
    monkeypatch.setattr("sla.app.Clock", lambda: Clock(machine=lambda: at(told[0])))
    before = sla.window.dump()
    said = (
        "the clock of this machine says 2000-01-01 00:00 UTC, but something was recorded at 2026-09-18 01:30 UTC"
        " already; set it, or say that it is right: `sla doctor --trust-clock`"
    )
    assert one_line(sla(*RECEIVE)) == f"time: {said}"
    assert one_line(sla("doctor", "--rebuild")) == f"time: {said}"
    doctor = sla("doctor")
    assert (doctor.code, doctor.out.splitlines()[0]) == (
        1, f"! clock: {said} — until then nothing is recorded, raised or sent",
    )  # fmt: skip
    assert sla("today", "--json").code == 0
    assert sla.window.dump() == before
    told[0] = "2027-09-18 09:30"  # a service that nobody needed for a year
    assert "365 days after anything was recorded" in one_line(sla(*RECEIVE))
    assert "clock:" not in sla("doctor", "--trust-clock").out
    told[0] = "2027-09-18 09:31"
    assert sla(*RECEIVE).code == 0
