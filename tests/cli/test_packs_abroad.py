"""`sla due` and an office with a pack of another country, by the command line, in English and Chinese."""

import re
from pathlib import Path

import pytest

from sla.presets import names, preset
from tests.cli.cast import CommandLine
from tests.scenarios.abroad import OFFICE

CHINESE = re.compile("[\u3400-\u9fff]")


@pytest.mark.parametrize("policy", [name for name in names() if name != "cn_planning"])
def test_every_permit_of_a_pack_has_its_deadline_in_both_languages(
    policy: str, sla: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for permit in preset(policy).permits.values():
        monkeypatch.setenv("SLA_LANGUAGE", "en")
        said = sla("due", f"{policy}.{permit.id}", "--on", "2026-03-02")
        assert said.code == 0 and said.out.startswith(permit.names["en"])
        assert not CHINESE.search(said.out)
        monkeypatch.setenv("SLA_LANGUAGE", "zh")
        assert sla("due", f"{policy}.{permit.id}", "--on", "2026-03-02").out.startswith(permit.names["zh"])


def test_eight_weeks_of_a_householder_are_told_with_their_article(sla: CommandLine) -> None:
    lines = sla("due", "uk_planning.householder", "--on", "2024-04-08").out.splitlines()
    assert lines[2] == "statutory period · 8 weeks → Mon 3 Jun 2024"
    assert lines[3] == "  Mon 8 Apr 2024  first day, not counted  [R2] DMPO 2015 art. 34(2)"
    assert "  Mon 6 May 2024  counted 28 of 56, holiday (May Day)" in lines[31]
    assert lines[59] == "  Mon 3 Jun 2024  counted 56 of 56  [R6] DMPO 2015 art. 34(2)(b)"
    assert (
        sla("due", "uk_planning.householder", "--on", "2024-04-08", "--json").json["clocks"]["statutory"]["left"] == 56
    )


def test_an_office_with_a_pack_of_another_country_is_made_and_works(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sla.at("2025-08-29 16:00")
    said = sla("office", "apply", sla.file(OFFICE.format(policy="uk_foi")))
    assert said.out.splitlines() == [
        "made office: 3 people, 1 channels, policy uk_foi 1",
        said.out.splitlines()[1],
    ]
    assert said.out.splitlines()[1].startswith("calendar gb-eng+wls+sct+nir-")
    monkeypatch.setenv("SLA_OFFICE", "office")
    by = ("--by", "clerk")
    sla.at("2025-09-01 17:00")
    assert sla("case", "receive", "foi", "--title", "Minutes", *by).code == 0
    number = "FOI 2025/00001"
    missing = sla("case", "correct", number, "--papers", "explanation", *by).out
    assert missing.startswith("Notice of missing papers")
    assert "The following papers are missing:\n1. further information to identify what is asked for" in missing
    assert "Nothing else" not in missing  # a promise of Chinese law
    sla.at("2025-09-03 17:00")
    for arguments in (["complete", number], ["accept", number], ["pause", number, "--ground", "fees_notice"]):
        assert sla("case", *arguments, *by).code == 0, arguments
    sla.at("2025-09-04 17:00")
    assert sla("case", "resume", number, *by).code == 0
    extended = sla(
        "case", "extend", number, "--amount", "20", "--reason", "public interest", "--approver", "chief", *by
    )
    assert extended.code == 0, extended
    # Received the 3rd; 3 and 4 disregarded; 5 (1), 8-12 (6), 15-19, 22-26, 29-3 (21) … 40 on 30 October.
    assert sla("case", "show", number, "--json").json["clocks"]["statutory"]["due_on"] == "2025-10-30"
    explained = sla("case", "explain", number, "--clock", "statutory").out
    assert "FOIA 2000 s. 10(1)" in explained and not CHINESE.search(explained)
    for command in (("today",), ("report", "--json"), ("case", "list"), ("doctor",)):
        assert sla(*command).code == 0, command
    assert sla.at("2025-10-30 18:00")("case", "decide", number, *by).code == 0


def test_an_office_may_name_several_subdivisions_and_another_country_brings_its_own_days(
    sla: CommandLine, tmp_path: Path
) -> None:
    text = OFFICE.format(policy="nl_omgevingsvergunning")
    assert "calendar nl-" in sla("office", "apply", sla.file(text)).out
    wales = text + '\n[calendar]\ncountry = "GB"\nsubdiv = ["ENG", "WLS"]\n'
    assert "calendar gb-eng+wls-" in sla("office", "apply", sla.file(wales)).out
    for wrong in ("[]", "[5]", "{}"):
        said = sla.refuses("office", "apply", sla.file(text + f"\n[calendar]\nsubdiv = {wrong}\n"))
        assert said.startswith("calendar.subdiv: ") and said.endswith('write "ENG", or ["ENG", "WLS"]')


def test_a_limit_is_not_shown_in_weeks_when_what_is_left_is_days(sla: CommandLine) -> None:
    said = sla("due", "nl_omgevingsvergunning.national_monument", "--on", "2025-08-29", "--json").json
    # Six months from 29 August to 28 February are 183 days.
    assert said["clocks"]["statutory"]["left"] == 183
