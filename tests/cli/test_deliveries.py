"""`sla deliveries`: the log as an office reads it, and sending what was given up again."""

import json

import pytest

from notifiers.channel import Channel
from notifiers.message import DeliveryError, Message, Receipt, Recipient
from tests.cli.cast import CommandLine
from tests.service.cast import OFFICE

ONE_WAY = OFFICE.replace('addresses = { desk = "li", mail = "li@example.org" }', 'addresses = { hook = "li" }')


class Moody:
    """A channel that refuses until it is mended."""

    kind, mended = "webhook", False

    def send(self, message: Message, recipient: Recipient, now: object) -> Receipt:
        if not self.mended:
            raise DeliveryError("HTTP 401", permanent=True)
        return Receipt("taken")


@pytest.fixture
def hook(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Moody:
    moody, others = Moody(), sla.window.app.channel

    def channel(office_id: object, name: str) -> Channel:
        return moody if name == "hook" else others(office_id, name)  # type: ignore[arg-type]

    monkeypatch.setattr(sla.window.app, "channel", channel)
    return moody


@pytest.fixture
def number(sla: CommandLine, hook: Moody) -> str:
    """A site selection opinion of 09-18, promised for 09-23, whose handler is reminded on 09-22 at 09:00 (M1): the
    reminder is refused."""
    sla.window.apply(ONE_WAY)
    number = sla.window.at("2026-09-18 09:30").receive()
    sla.window.run_all()
    sla.window.at("2026-09-22 09:00").run_all()
    return number


def test_it_shows_what_was_refused_to_whom_and_what_the_other_side_said(sla: CommandLine, number: str) -> None:
    said = sla("deliveries", "--case", number)
    assert said.code == 0
    (line,) = said.out.splitlines()
    message_id = json.loads(sla("deliveries", "--case", number, "--json").out)[0]["id"]
    assert line == (
        f"2026-09-22 09:00  undelivered  Li Min  hook  {number} · promise · reminder T-1 · Wed 23 Sep 2026  HTTP 401  "
        f"{message_id}"
    )


def test_as_json_each_attempt_stands_with_its_outcome(sla: CommandLine, number: str) -> None:
    (entry,) = json.loads(sla("deliveries", "--case", number, "--state", "dead", "--json").out)
    assert (entry["case"], entry["person"], entry["channel"], entry["state"]) == (number, "li", "hook", "dead")
    assert entry["due_at"] == "2026-09-22T01:00:00+00:00"
    assert [(a["attempt"], a["outcome"], a["said"]) for a in entry["attempts"]] == [(1, "refused", "HTTP 401")]


def test_a_mended_channel_gets_it_again_under_the_identity_it_had(sla: CommandLine, number: str, hook: Moody) -> None:
    before = json.loads(sla("deliveries", "--state", "dead", "--case", number, "--json").out)[0]
    hook.mended = True
    assert sla("deliveries", "retry", before["id"]).out == "1 message will be sent again\n"
    sla.window.run_all()
    after = json.loads(sla("deliveries", "--case", number, "--json").out)[0]
    assert (after["key"], after["state"], after["sent_at"]) == (before["key"], "sent", "2026-09-22T01:00:00+00:00")
    assert [a["outcome"] for a in after["attempts"]] == ["refused", "sent"]


def test_all_that_is_undelivered_is_sent_again_where_none_is_named(sla: CommandLine, number: str) -> None:
    dead = json.loads(sla("deliveries", "--state", "dead", "--json").out)
    assert len(dead) >= 2  # the morning's digest, and the reminder
    assert json.loads(sla("deliveries", "retry", "--json").out) == {"retried": len(dead)}
    assert json.loads(sla("deliveries", "retry", "--json").out) == {"retried": 0}


def test_it_speaks_chinese(sla: CommandLine, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    assert "未送达  Li Min  hook" in sla("deliveries", "--case", number).out
    assert sla("deliveries", "--person", "sun").out == "没有消息\n"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--state", "lost"], "state: 'lost' is unknown; known are: pending, sent, dropped, dead"),
        (["--limit", "0"], "limit: must be 1 to 1000, not 0"),
        (["--case", "no"], "case: 'no' is unknown in planning-window; look with `sla case list`"),
        (["retry", "7"], "id: 7 is no undelivered message; see `sla deliveries --state dead`"),
    ],
)
def test_bad_input_is_said_in_one_line(sla: CommandLine, number: str, arguments: list[str], error: str) -> None:
    assert sla.refuses("deliveries", *arguments) == error
