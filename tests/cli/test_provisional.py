"""A date beyond the last announced day says so wherever it is shown, and no longer once it is announced (R15).

Accepted on Friday 2026-11-20: 30 working days are 11-23 to 11-27 (5), 11-30 to 12-31 (24), and Monday 2027-01-04.
"""

import re
from collections.abc import Iterable

import httpx
import pytest

from notifiers.channels.log import LogChannel
from notifiers.message import Message, Receipt
from sla.service.calendar_notices import apply_notice, load
from sla.service.offices import office_named
from tests.browser.cast import serving
from tests.cli.cast import CommandLine
from tests.service.cast import SLUG, notice

YEAR = notice("2027", off="2027-01-01", through="2027-12-31", published="2026-11-20")
DATE = re.compile(r"4 Jan|2027-01-04|1月4日")
ON_ONE = pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)


@pytest.fixture
def case(sla: CommandLine) -> str:
    return sla.at("2026-11-20 09:30").window.receive(title="城北变电站")


def shown(sla: CommandLine, case: str) -> Iterable[str]:
    """Every place, cut into pieces that each speak of one date."""
    sla.at("2026-11-22 10:00")
    yield from sla("case", "show", case).out.splitlines()
    yield from sla("case", "explain", case, "--clock", "statutory").out.splitlines()
    sla.at("2026-12-31 10:00")
    yield from sla("today").out.splitlines()
    with serving(sla.window.app) as base:
        for path in ("/?lang=en", f"/cases/{case}?lang=en", "/?lang=zh"):
            page = httpx.get(base + path, trust_env=False, verify=False).text
            yield from re.split('<tr|<li|<article|<section|<p|<div class="row', page)


def messages(sla: CommandLine) -> Iterable[str]:
    """What goes out in December: T-5 (12-25), T-1 (12-31), and the digest of 12-31."""
    for moment in ("2026-12-25 09:00", "2026-12-31 09:00"):
        yield from sla.at(moment).window.run_all()


@ON_ONE
def test_it_is_marked_in_commands_pages_and_json(sla: CommandLine, case: str) -> None:
    pieces = [piece for piece in shown(sla, case) if DATE.search(piece)]
    assert len(pieces) >= 5
    assert [piece for piece in pieces if not re.search("provisional|暂定", piece)] == []
    as_json = sla("case", "show", case, "--json").json["clocks"]["statutory"]
    assert (as_json["due_on"], as_json["provisional"]) == ("2027-01-04", True)
    assert all(entry["provisional"] for entry in sla("today", "--json").json["next_days"] if entry["due_on"] > "2027")


@ON_ONE
def test_it_is_marked_in_every_message(
    sla: CommandLine, case: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, str]] = []

    def send(self: object, message: Message, *_: object) -> Receipt:
        said.append((message.subject, message.text))
        return Receipt("kept")

    monkeypatch.setattr(LogChannel, "send", send)
    list(messages(sla))
    about = [(subject, text) for subject, text in said if DATE.search(subject + text)]
    assert len(about) >= 3
    for subject, text in about:
        assert "provisional" in text
        assert "provisional" in subject or not DATE.search(subject)


@ON_ONE
def test_a_paused_clock_says_it_of_the_date_it_would_have(sla: CommandLine, case: str) -> None:
    sla.at("2026-12-31 10:00").window.record(case, "paused", ground="expert_review")
    with serving(sla.window.app) as base:
        page = httpx.get(f"{base}/cases/{case}?lang=en", trust_env=False, verify=False).text
    dates = re.findall(r"[A-Z][a-z]{2} \d+ Jan[^<]*", page)
    assert dates and all("(provisional)" in text for text in dates)


@ON_ONE
def test_once_it_is_announced_nothing_says_so_any_more(sla: CommandLine, case: str) -> None:
    sla.at("2026-11-22 10:00")
    with sla.window.app.writing() as session:
        office = office_named(session, SLUG)
        load(session, office, YEAR, sla.window.now)
        apply_notice(session, office, "2027", sla.window.now)
    sla.window.amend()
    pieces = [piece for piece in shown(sla, case) if DATE.search(piece)]
    assert len(pieces) >= 5
    assert [piece for piece in pieces if re.search("provisional|暂定", piece)] == []


@ON_ONE
def test_a_dry_run_says_which_of_its_dates_stay_provisional(sla: CommandLine, case: str) -> None:
    sla.at("2026-11-22 10:00")
    out = sla("calendar", "diff", sla.file(notice("n", off="2026-12-30"), "notice.toml")).out
    assert "2027-01-04 → 2027-01-05 (provisional)" in out


def test_the_office_itself_says_how_far_it_is_announced(sla: CommandLine) -> None:
    assert "announced_through: 2026-12-31" in sla("office", "show").out
