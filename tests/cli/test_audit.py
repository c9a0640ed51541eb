"""`sla audit verify`: in one line what does not fit, and exit code 1."""

import pytest

from tests.cli.cast import CommandLine
from tests.service.cast import SLUG


def test_it_says_what_does_not_fit_in_a_line_and_ends_with_1(sla: CommandLine) -> None:
    sla.window.receive()
    sla.window.run_all()
    sound = sla("audit", "verify")
    assert (sound.code, sound.out) == (0, "every chain and every anchor fits\n")
    sla.window.tamper("UPDATE anchor SET hash = 'f00d'")
    said = sla("audit", "verify")
    assert said.code == 1
    assert said.out == (
        f"! {SLUG}: the anchor of 2026-09-18 does not fit what it covers — "
        "restore it from a backup; it was changed outside of shixian\n"
    )
    (one,) = sla("audit", "verify", "--json").json
    assert (one["where"], one["serious"]) == (SLUG, True)
    assert sla("doctor").code == 1


def test_in_chinese_too(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sla("audit", "verify", "--json").json == []
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    assert sla("audit", "verify").out == "各案的链与每日锚值均相符\n"


def test_what_may_be_asked_about_is_told_with_its_definitions(sla: CommandLine) -> None:
    """Received on Friday 18 September, due on Wednesday 23, decided 15 minutes before closing."""
    number = sla.window.at("2026-09-18 09:30").receive()
    assert sla("audit", "signs").out == "Nothing of the kind was recorded in this period.\n"
    sla.window.at("2026-09-23 16:45").decide(number)
    told = sla("audit", "signs", "--from", "2026-09-23", "--to", "2026-09-23")
    assert told.code == 0 and "innocent explanations" in told.out and "within 30 minutes" in told.out
    assert number in told.out.splitlines()[-1] and "15 min before the end" in told.out.splitlines()[-1]
    found = sla("audit", "signs", "--from", "2026-09-01", "--json").json
    assert [(sign["number"], sign["kind"]) for sign in found["signs"]] == [(number, "last_minute")]
    assert sla.refuses("audit", "signs", "--from", "2026-09-24").startswith("from: ")
