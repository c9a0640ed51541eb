"""Old messages are removed, and nothing else changes: what is told, to whom and how often is as if all were there.

Cases of September 2026 are closed by October; the office keeps messages for 6 months. On 2027-04-15 all that was
settled before 2026-10-15 may go, of cases on whose record nothing was put since then. (2027 has no notice yet: of its
days those certain by law are off, the rest by the weekend.)
"""

from collections.abc import Callable
from typing import Any

import pytest

from notifiers.channels.log import LogChannel
from sla.service.errors import ServiceError
from sla.service.retention import months_of
from tests.cli.cast import CommandLine
from tests.service.cast import OFFICE, Databases, Window, notice

TELLING = (
    OFFICE
    + """
[channels.post]
kind = "email"
host = "127.0.0.1"
sender = "window@office.example"

[applicants]
tell = ["accepted", "decided"]
by = ["post"]
"""
)
KEPT = TELLING + '\n[retention]\nmessages = "6 months"\n'
LATER = "2027-04-15 10:00"
CUTOFF = "2026-10-15 00:00"


def lived(window: Window) -> dict[str, str]:
    """September 2026; each case by what it is for."""
    cases = {}
    window.at("2026-09-14 09:00").apply(TELLING)
    cases["deemed"] = window.receive(accept=False)  # intake due 09-20 (15, 16, 17, 18, 20), and nobody answers
    window.at("2026-09-18 09:30")
    for name in ("moved", "rebased", "unsaid", "reopened"):  # promise due 09-23 (20, 21, 22, 23)
        cases[name] = window.receive(email="zhangwei@example.org")
    for moment in ("2026-09-18 10:00", "2026-09-20 09:00", "2026-09-21 09:00", "2026-09-22 09:00"):
        window.at(moment).app.settle_all()
    window.at("2026-09-23 16:00").decide(cases["reopened"])
    window.at("2026-09-24 00:10").app.sweep()  # overdue is raised, and waits for 08:30
    window.at("2026-09-24 08:00").decide(cases["unsaid"], "2026-09-23 16:00")  # and is dropped unsaid
    for moment in ("2026-09-24 09:00", "2026-09-29 09:00"):
        window.at(moment).app.settle_all()
    window.at("2026-09-29 10:00")
    for name in ("deemed", "moved", "rebased"):
        window.finish(cases[name])
    for number in cases.values():
        window.at("2026-09-29 15:00").record(number, "delivered")
    window.app.settle_all()
    return cases


def comes_back(window: Window, cases: dict[str, str]) -> None:
    """Everything that old cases can have happen to them in the next year."""
    window.at("2027-04-15 11:00").void(cases["moved"], 2, "2026-09-21 09:30")  # who was told 09-23 hears otherwise
    window.app.settle_all()
    window.at("2027-04-16 10:00").publish(2, "2027-04-16", promise=6)
    window.apply(TELLING)
    window.record(cases["rebased"], "rebased", by="zhao", policy="cn_planning", version=2, reason="agreed")
    window.app.settle_all()
    for name in ("unsaid", "reopened"):  # the decision never was: overdue since 2026
        decided = next(event for event in window.find(cases[name]).events if event.kind == "decided")
        delivered = next(event for event in window.find(cases[name]).events if event.kind == "delivered")
        window.at("2027-04-19 10:00").void(cases[name], delivered.seq)
        window.void(cases[name], decided.seq)
        window.app.settle_all()
    window.at("2027-04-19 15:00").record(cases["reopened"], "overdue_explained", reason="误录")
    window.decide(cases["reopened"], outcome="denied")  # the applicant, who had been told otherwise, hears of it
    window.app.settle_all()
    for handler in ("chen", "li", "chen"):  # Chen hears of the intake that was missed, Li had heard, nobody hears twice
        window.at("2027-04-20 10:00").record(cases["deemed"], "reassigned", handler=handler)
        window.app.settle_all()
    window.at("2027-04-21 10:00").announce(notice("n", off="2026-09-23"))  # moves those that run again
    window.app.settle_all()


def without_removal(window: Window) -> dict[str, Any]:
    cases = lived(window)
    window.at(LATER).app.settle_all()
    comes_back(window, cases)
    return outcome(window)


def outcome(window: Window) -> dict[str, Any]:
    """What was told since the removal, and what is stored of cases and alarms."""
    numbers = {row.case_id.hex: row.number for row in window.rows("case_file")}

    def named(text: str) -> str:
        return "/".join(numbers.get(part, part) for part in text.split("/"))

    since = window.now.replace(year=2027, month=4, day=15, hour=0)
    fresh = [row for row in window.rows("message") if row.settled_at is None or row.settled_at > since]
    ids = {row.id: named(row.key) for row in window.rows("message")}
    return {
        "messages": sorted((named(r.key), r.state, r.reason, ids.get(r.bundle_id, "")) for r in fresh),
        "alarms": sorted(
            (numbers[a.case_id.hex], a.clock_id, a.milestone, a.due, a.episode, a.state, a.told, str(a.raised_at))
            for a in window.rows("alarm")
        ),
        "cases": sorted(
            (c.number, c.phase, c.handler, str(c.next_alarm_at), c.head_seq) for c in window.rows("case_file")
        ),
        "moves": sorted((m.clock_id, m.due_before, m.due_after, m.told) for m in window.rows("calendar_move")),
    }


@pytest.fixture
def post(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes to applicants is taken by a mail server that is none."""
    others = window.app.channel
    monkeypatch.setattr(
        window.app, "channel", lambda office, way: LogChannel() if way == "post" else others(office, way)
    )


@pytest.fixture
def again(request: pytest.FixtureRequest, databases: Databases, window: Window) -> Callable[[], Window]:
    """The same window once more, on the same kind of database, as it was at first."""

    def made() -> Window:
        if window.url.startswith("sqlite"):
            app = databases.sqlite()
        else:
            app = databases.postgresql(request.getfixturevalue("postgresql"))
        return Window(window.url, window.folder, app=app)

    return made


@pytest.mark.usefixtures("post")
def test_after_a_removal_old_cases_go_on_as_if_nothing_were_gone(window: Window, again: Callable[[], Window]) -> None:
    expected = without_removal(window)
    window = again()
    cases = lived(window)
    window.at(LATER).apply(KEPT)
    window.app.settle_all()
    before = {row.key for row in window.rows("message") if row.tried}
    assert window.app.remove_old() > 20
    gone = before - {row.key for row in window.rows("message")}
    assert len(gone) > 20
    comes_back(window, cases)
    window.apply(TELLING)
    found = outcome(window)
    assert found == expected
    told = {key for key, state, *_ in found["messages"] if state == "sent"}
    assert {"unsaid", "reopened"} <= {name for name, number in cases.items() if any(number in key for key in told)}
    assert "applicant" in {key.split("/")[2] for key in gone}
    assert any("/applicant/corrected/" in key for key in told), "who had been told that it was approved hears otherwise"
    assert not gone & {row.key for row in window.rows("message")}, "nobody is told again under a key that was used"


# --- what goes, and what stays ---------------------------------------------------------------------------------------
@pytest.mark.usefixtures("post")
def test_only_what_was_settled_of_cases_that_are_closed_so_long_goes_and_it_is_said_since_when(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sla.service.retention.BATCH", 7)  # many steps
    window = sla.window
    window.at("2026-09-18 09:40")
    cases = {name: window.receive() for name in ("open", "just closed")} | lived(window)
    window.at("2026-09-30 10:00").announce(notice("n", off="2026-10-09"))
    window.app.settle_all()
    window.at("2026-10-16 10:00").finish(cases["just closed"])
    window.at("2026-10-16 15:00").record(cases["just closed"], "delivered")
    window.at(LATER).app.settle_all()
    messages = {name: own_messages(window, number) for name, number in cases.items()}
    open_case, moved, rebased, reopened = (messages[name] for name in ("open", "moved", "rebased", "reopened"))
    window.tamper("UPDATE message SET state = 'dead' WHERE id = :dead", dead=moved[0])
    for leader, member in (  # lists: with a dead letter, with what an open case was told, and of two closed cases
        (moved[0], moved[1]), (rebased[0], open_case[0]), (reopened[0], rebased[-1]),
    ):  # fmt: skip
        window.tamper("UPDATE message SET bundle_id = :leader WHERE id = :member", leader=leader, member=member)
    stays = {*open_case, *messages["just closed"], *moved[:2], rebased[0]}
    stays |= {row.id.hex for row in window.rows("message") if row.kind == "amendment"}
    goes = {row.id.hex for row in window.rows("message") if row.settled_at < window.at(CUTOFF).now} - stays
    assert {row.kind for row in window.rows("message") if row.id.hex in goes} >= {"due_today", "calendar"}
    assert len(goes) > 30

    window.at(LATER)
    everything = {row.id.hex for row in window.rows("message")}
    found = f"· planning-window: {len(goes)} messages of closed cases were settled before 2026-10-15 — "
    before = window.dump()
    assert found in sla("doctor", "--retention", "6 months").out
    assert "planning-window: 0 messages of closed cases were settled before 2025-04-15" in (
        sla("doctor", "--retention", "2 years").out
    )
    assert window.app.remove_old() == 0, "they are kept for ever unless the office says otherwise"
    assert window.dump() == before
    window.apply(KEPT)
    assert found + "the heartbeat removes them within the hour" in sla("doctor").out
    assert "removed" not in sla("deliveries").out

    assert window.app.remove_old() == len(goes)
    left = {row.id.hex for row in window.rows("message")}
    assert left == everything - goes
    assert {row.message_id.hex for row in window.rows("delivery")} <= left
    assert window.app.remove_old() == 0
    window.app.settle_all()
    assert {row.id.hex for row in window.rows("message")} == left, "no digest is made again"
    assert sla("deliveries").out.splitlines()[-1] == (
        "Of closed cases the log reaches back to Thu 15 Oct 2026; older messages were removed."
    )
    said = sla("doctor").out
    assert "1 messages were given up" in said, "a dead letter may still be sent again"
    assert "closed cases" not in said


def own_messages(window: Window, number: str) -> list[str]:
    [case_id] = [row.case_id.hex for row in window.rows("case_file") if row.number == number]
    return [row.id.hex for row in window.rows("message") if case_id in row.key]


@pytest.mark.parametrize(("text", "months"), [("2 years", 24), ("1 year", 12), ("18 months", 18), ("for ever", 0)])
def test_how_long_is_said_in_years_or_months(text: str, months: int) -> None:
    assert months_of(text) == months


@pytest.mark.parametrize("text", ["5 months", "0 years", "90 days", "2", "two years", "-1 year", ""])
def test_less_than_half_a_year_is_refused(text: str) -> None:
    with pytest.raises(ServiceError, match=r'^retention.messages: .* must be "6 months" or more, such as "2 years"'):
        months_of(text)
