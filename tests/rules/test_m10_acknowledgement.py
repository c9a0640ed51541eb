"""M10. An acknowledgement puts the next level off for the time the policy says, once a rung; nothing is dropped.

On both databases. Days are those beside tests/service/cast.py. Every case is due on Wed 23 September: overdue is told
on Thu 24 (handler li, chief wang), +1 on Mon 28 (head zhao), +3 on Wed 30 (supervision sun).
"""

from importlib import resources
from pathlib import Path

import pytest

from sla.events import Acknowledged
from tests.cli.cast import CommandLine
from tests.rules.counter import POLICY, on_sqlite, open_counter, told
from tests.service.cast import OFFICE, Window

DUE = "2026-09-23"
PLAIN = resources.files("sla.presets").joinpath("cn_planning.toml").read_text("utf-8")


def holding(window: Window, **rungs: str) -> str:
    """A case of 18 September under a second version of the policy, in which these rungs of the promise hold."""
    text = PLAIN.replace("\nversion = 1\n", "\nversion = 2\n").replace(
        "valid_from = 2019-04-23", "valid_from = 2026-09-18"
    )
    before, promise, rest = text.partition("[[ladders.statutory]]")
    for name, hold in rungs.items():
        rung = f'name = "{name.replace("plus", "+")}"'
        assert before.count(rung) == 1
        before = before.replace(rung, f"{rung}\nack_holds = {hold}")
    if 'at = "14:00"' in before:  # in place of the rung's own time
        before = before.replace('offset = 1\nat = "08:30"\n', "offset = 1\n")
    folder = Path(window.folder) / "holding"
    folder.mkdir()
    (folder / "policy.toml").write_text(before + promise + rest, "utf-8")
    window.at("2026-09-18 09:00").apply(OFFICE.replace('policy = "cn_planning"', 'policy_file = "policy.toml"'), folder)
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 09:00").run()
    assert window.at("2026-09-24 08:30").run() == told("overdue", DUE, "li", "wang")
    return number


def ack(window: Window, number: str, at: str, by: str) -> str:
    """The rung it acknowledges."""
    event = window.at(at).record(number, "acknowledged", clock="promise", note="已安排", by=by).events[-1]
    assert isinstance(event, Acknowledged)
    return event.milestone


def test_the_next_level_is_told_when_the_time_is_over_and_not_before(window: Window) -> None:
    number = holding(window, plus1="2")
    assert window.at("2026-09-28 08:30").run() == told("+1", DUE, "zhao")
    assert ack(window, number, "2026-09-28 10:00", "zhao") == "+1"
    assert window.at("2026-09-30 08:30").run() == []
    assert ack(window, number, "2026-09-30 10:00", "zhao") == "+1"  # a second one puts nothing off
    assert window.at("2026-10-07 23:59").run() == []
    assert window.at("2026-10-08 08:30").run() == told("+3", DUE, "sun")  # 29, 30, and on the day after these two


def test_what_is_put_off_together_is_told_as_the_gravest_to_every_level(window: Window) -> None:
    number = holding(window, overdue="2")
    assert ack(window, number, "2026-09-24 10:00", "wang") == "overdue"
    assert window.at("2026-09-28 08:30").run() == []
    assert window.at("2026-09-30 08:30").run() == told("+3", DUE, "zhao", "sun")  # after Mon 28, Tue 29; M5


@on_sqlite
def test_a_graver_level_never_comes_ahead_of_a_lighter_one(window: Window) -> None:
    number = holding(window, overdue="2", plus1='2\nat = "14:00"')
    ack(window, number, "2026-09-24 10:00", "wang")
    assert window.at("2026-09-30 08:30").run() == []  # +3 alone would come now, and +1 never
    assert window.at("2026-09-30 14:00").run() == told("+3", DUE, "zhao", "sun")


@on_sqlite
def test_each_level_may_put_off_the_next_and_then_it_ends(window: Window) -> None:
    number = holding(window, overdue="1", plus1="1")
    assert ack(window, number, "2026-09-24 10:00", "li") == "overdue"  # 28, then 29: +1 comes a day later
    assert window.at("2026-09-28 12:00").run() == []
    assert window.at("2026-09-29 08:30").run() == told("+1", DUE, "zhao")
    assert ack(window, number, "2026-09-29 09:00", "wang") == ""  # the chief was told of what came before
    assert ack(window, number, "2026-09-29 10:00", "zhao") == "+1"  # 30, then 8 October
    assert window.at("2026-09-30 12:00").run() == []
    assert window.at("2026-10-08 08:30").run() == told("+3", DUE, "sun")
    assert ack(window, number, "2026-10-08 10:00", "sun") == "+3"
    assert window.at("2026-10-20 12:00").run() == []  # there is nobody above


@on_sqlite
@pytest.mark.parametrize(
    ("at", "by", "rung"),
    [
        ("2026-09-28 07:00", "zhao", ""),  # the head, before +1: of what was told by then they are no reader
        ("2026-09-28 10:00", "li", ""),  # the handler, after the head was told
        ("2026-09-28 10:00", "chen", ""),
        ("2026-09-28 10:00", "zhao", "+1"),
    ],
)
def test_only_whoever_was_told_or_is_of_that_level_puts_anything_off(
    window: Window, at: str, by: str, rung: str
) -> None:
    number = holding(window, overdue="9", plus1="9")
    if at > "2026-09-28 08":
        window.at("2026-09-28 08:30").run()
    assert ack(window, number, at, by) == rung
    window.at("2026-09-28 12:00").run()
    assert window.at("2026-09-30 08:30").run() == ([] if rung else told("+3", DUE, "sun"))


def test_who_stands_in_for_the_level_acknowledges_for_it(window: Window) -> None:
    away = OFFICE.replace('id = "zhao"\n', 'id = "zhao"\nabsences = [{ first = 2026-09-29, last = 2026-09-29 }]\n')
    number = holding(window, plus1="1")
    window.at("2026-09-28 08:30").run()
    window.apply(away)
    assert ack(window, number, "2026-09-29 10:00", "wang") == "+1"
    assert window.at("2026-09-30 08:30").run() == []
    assert window.at("2026-10-08 08:30").run() == told("+3", DUE, "sun")


def test_voided_it_puts_nothing_off_and_the_next_level_hears_at_once(window: Window) -> None:
    number = holding(window, plus1="5")
    window.at("2026-09-28 08:30").run()
    ack(window, number, "2026-09-28 10:00", "zhao")
    window.at("2026-09-30 08:30").run()
    window.at("2026-09-30 14:00").void(number, window.find(number).events[-1].seq, reason="误登")
    assert window.run() == told("+3", DUE, "sun")


def test_a_pause_or_a_new_handler_neither_ends_nor_prolongs_it(window: Window) -> None:
    """M7 and M9 beside M10."""
    number = holding(window, plus1="1")
    window.at("2026-09-28 08:30").run()
    ack(window, number, "2026-09-28 10:00", "zhao")
    window.at("2026-09-28 11:00").record(number, "paused", ground="hearing")
    window.record(number, "reassigned", handler="chen")
    assert window.run() == told("+1", DUE, "chen")
    assert window.at("2026-09-30 08:30").run() == told("+3", DUE, "sun")  # Tue 29 was the day it gave


@on_sqlite
def test_another_deadline_knows_nothing_of_it(window: Window) -> None:
    number = holding(window, overdue="9")
    ack(window, number, "2026-09-24 09:00", "li")
    pause = {"ground": "hearing", "notice": "7", "admitted_by": "zhao"}
    window.at("2026-09-24 10:00").record(number, "paused", "2026-09-21 10:00", **pause)
    window.run()
    window.at("2026-09-24 11:00").record(number, "resumed")  # Sun 20 and Mon 21 are used: Mon 28 and Tue 29 are left
    assert window.due(number) == "2026-09-29"
    window.at("2026-09-28 12:00").run()
    assert window.at("2026-09-30 08:30").run() == told("overdue", "2026-09-29", "li", "wang")
    assert window.at("2026-10-08 12:00").run() == told("+1", "2026-09-29", "zhao")


@on_sqlite
def test_so_much_service_is_counted_from_the_minute(window: Window) -> None:
    policy = POLICY.replace('name = "overdue"\n', 'name = "overdue"\nack_holds = "4:00"\n', 1)
    open_counter(window, policy)
    number = window.at("2026-09-21 09:00").receive("counter_check")  # due at 12:00; +2h at 15:00, +7h on Tue at 12:00
    assert window.at("2026-09-21 12:01").run_all()
    assert ack(window, number, "2026-09-21 13:30", "wang") == "overdue"  # 3 h 30 of Monday, 30 min of Tuesday
    said = {moment: window.at(f"2026-09-22 {moment}").run() for moment in ("09:29", "09:30", "12:00")}
    assert [[text for text in of if " promise " in text] for of in said.values()] == [
        [], told("+2h", "2026-09-21 12:00", "zhao"), told("+7h", "2026-09-21 12:00", "sun"),
    ]  # fmt: skip


def test_the_command_the_case_and_the_ledger_say_until_when(window: Window, sla: CommandLine) -> None:
    number = holding(window, plus1="2")
    window.at("2026-09-28 08:30").run()
    said = sla.at("2026-09-28 10:00")("case", "ack", number, "promise", "--by", "zhao", "--note", "已催办").out
    line = (
        "+1 acknowledged by Zhao Jing on Mon 28 Sep 2026 10:00 · next level +3 (supervision) not before "
        "Thu 8 Oct 2026 08:30"
    )
    assert said.splitlines()[0] == f"{line}."
    assert f"    {line}" in sla("case", "show", number).out.splitlines()
    assert "acknowledged · 10:00 · +1 · 已催办 · by zhao · next level not before Thu 8 Oct 08:30  [M10]" in (
        sla("case", "explain", number).out
    )
    (shown,) = sla("case", "show", number, "--json").json["clocks"]["promise"]["acknowledged"]
    assert (shown["milestone"], shown["by"], shown["holds"], shown["next"]) == ("+1", "zhao", True, "+3")
    again = sla.at("2026-09-29 10:00")("case", "ack", number, "promise", "--by", "zhao").out
    assert again.splitlines()[0] == f"{line}. It was acknowledged before: the next level is put off once."
    other = sla("case", "ack", number, "promise", "--by", "li").out
    assert other.startswith("On record. It puts nothing off:")


def test_a_policy_that_says_nothing_puts_nothing_off(window: Window, sla: CommandLine) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 09:00").run()
    assert sla.at("2026-09-22 10:00")("case", "ack", number, "promise", "--by", "li").out.startswith("On record. It")
    window.at("2026-09-24 08:30").run()
    said = sla.at("2026-09-24 10:00")("case", "ack", number, "promise", "--by", "li").out.splitlines()[0]
    assert said.endswith("next level +1 (head of centre) on Mon 28 Sep 2026 08:30. The policy puts nothing off for it.")
    assert window.at("2026-09-28 08:30").run() == told("+1", DUE, "zhao")
