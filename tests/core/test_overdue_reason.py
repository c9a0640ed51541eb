"""Which limits ask for a reason once they are overdue, and what the ledger says of it (优化营商环境条例 36)."""

from dataclasses import replace

import pytest

from sla.events import Delivered, OverdueExplained, event_of
from sla.history import HistoryError, Phase
from sla.ledger import Remark, notes
from sla.overruns import overruns, unexplained
from sla.policies import PolicyError
from sla.presets import names, preset, read
from sla.words import overrun_text, words
from sla.words.ledgers import ledger_lines, note_text
from tests.core.cast import accepted, at, case, decided, received, when
from tests.core.test_reading_policies import SMALL

BEGUN = (received("2026-09-18 09:00"), accepted("2026-09-18 09:30"))  # site selection: promise of 4, due 09-23
LAW = "优化营商环境条例 36"


def explained(text: str = "2026-09-24 10:00", seq: int = 3, clocks: tuple[str, ...] = ("promise",)) -> OverdueExplained:
    return OverdueExplained(**when(text), seq=seq, clocks=clocks, reason="评审\n延期", measure="增派一人")


def asking(text: str) -> bool:
    [rule] = read(text).rules("fence")
    return rule.overdue_reason


# --- the setting -----------------------------------------------------------------------------------------------------
def test_the_window_asks_for_promise_and_statute_and_no_pack_of_another_country_asks() -> None:
    asked = {
        name: {rule.basis for rules in preset(name).clocks.values() for rule in rules if rule.overdue_reason}
        for name in names()
    }
    assert asked.pop("cn_planning") == {"promise", "statute"}
    assert not any(asked.values())


def test_a_clock_says_otherwise_than_its_law_and_a_policy_may_name_a_law_of_its_own() -> None:
    promise = SMALL.replace('names = { en = "promise" }', 'names = { en = "promise" }\nbasis = "promise"')
    abroad = promise.replace('country = "CN"\nzone = "Asia/Shanghai"', 'country = "NL"\nzone = "Europe/Amsterdam"')
    law = '\n[sources]\noverdue_reason = "a law"\n'
    own = (
        ("amount = 3 }", "amount = 3, overdue_reason = true }"),
        ("amount = 3 }", "amount = 3, overdue_reason = false }"),
    )
    assert (asking(promise), asking(SMALL)) == (True, False)  # a limit that is neither promise nor statute is not meant
    assert (asking(abroad), asking(abroad + law), asking(SMALL + law)) == (False, True, False)
    assert (asking(abroad.replace(*own[0])), asking(promise.replace(*own[1]))) == (True, False)
    with pytest.raises(PolicyError, match="overdue_reason: must be true or false"):
        read(SMALL.replace("amount = 3 }", "amount = 3, overdue_reason = 1 }"))


# --- the event -------------------------------------------------------------------------------------------------------
def test_it_is_read_again_as_it_was_written() -> None:
    event = explained()
    common = {"occurred_at": event.occurred_at, "recorded_at": event.recorded_at, "seq": event.seq}
    assert event_of(event.kind, common, event.details()) == event


def test_it_speaks_of_the_clocks_it_names_and_moves_none() -> None:
    before, after = case(BEGUN, "2026-09-28 10:00"), case((*BEGUN, explained()), "2026-09-28 10:00")
    assert [clock.id for clock in unexplained(before.clocks)] == ["promise"]
    assert (unexplained(after.clocks), [clock.id for clock in overruns(after.clocks)]) == ((), ["promise"])
    assert [(c.state, c.due_on, c.late_by) for c in after.clocks] == [
        (c.state, c.due_on, c.late_by) for c in before.clocks
    ]
    assert after.clock("statutory").explanations == ()


def test_it_may_stand_anywhere_even_after_the_decision_but_never_without_a_reason_or_for_a_clock_there_is_not() -> None:
    late = case((*BEGUN, decided("2026-09-24 09:00"), explained(seq=21)), "2026-09-28 10:00")
    assert unexplained(late.clocks) == ()
    for field, wrong in (("reason", replace(explained(), reason=" ")), ("clock", explained(clocks=("nonsense",)))):
        with pytest.raises((HistoryError, PolicyError), match=f"^{field}: "):
            case((*BEGUN, wrong), "2026-09-28 10:00")


def test_of_one_moment_it_stands_ahead_of_the_decision_it_came_with() -> None:
    events = (decided("2026-09-24 10:00", seq=4), *BEGUN, explained("2026-09-24 10:00", seq=3))
    kinds = [event.kind for event in case(events, "2026-09-28 10:00").events]
    assert kinds == ["received", "accepted", "overdue_explained", "decided"]


def test_a_decision_of_which_only_the_day_is_known_is_not_put_behind_an_explanation_of_that_evening() -> None:
    gone = Delivered(**when("2026-09-24 15:00"), seq=21, method="by hand")
    told = case((*BEGUN, decided("2026-09-24"), gone, explained("2026-09-24 16:00", seq=22)), "2026-09-28 10:00")
    assert told.phase is Phase.DELIVERED


# --- the ledger, and words -------------------------------------------------------------------------------------------
def test_the_ledger_tells_of_it_with_the_law_on_one_line() -> None:
    clock = case((*BEGUN, explained()), "2026-09-28 10:00").clock("promise")
    [note] = notes(clock)
    assert (note.remark, note.rule, note.at, f"{note.on:%m-%d}") == (
        Remark.OVERDUE_EXPLAINED, LAW, at("2026-09-24 10:00"), "09-24",
    )  # fmt: skip
    said = "超期说明 · 10:00 · 评审 延期 · 增派一人"
    assert note_text(note, clock, words("zh"), {}) == said
    assert ledger_lines(clock, words("zh"))[-1].written() == f"    ↳  {said}  [{LAW}]"


def test_what_nobody_has_explained_says_so_and_what_is_not_overdue_says_nothing() -> None:
    bare = case(BEGUN, "2026-09-28 10:00")
    assert overrun_text(bare.clock("promise"), words("en")) == "overdue, no reason given yet"
    assert overrun_text(bare.clock("promise"), words("zh")) == "已超期，尚未说明理由"
    assert overrun_text(bare.clock("statutory"), words("en")) == ""
    told = case((*BEGUN, explained()), "2026-09-28 10:00").clock("promise")
    assert overrun_text(told, words("zh")) == "超期原因：评审 延期 · 增派一人"
