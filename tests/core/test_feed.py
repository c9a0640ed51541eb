"""Which codes an event is told by. Sources: GB/T 39046-2020 tables A.6, A.7 and 7; the status codes of the feeds of
工程建设项目审批: 1 接件, 2 撤件, 3 窗口受理, 4 不受理, 5 不予受理, 6 and 7 补正开始/结束, 9 and 10 特别程序开始/结束,
11 办结通过, 12 容缺通过, 13 不通过, 14 撤回."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from schedules.limits import Unit
from sla.events import (
    Accepted,
    CaseEvent,
    CorrectionReceived,
    CorrectionRequested,
    Decided,
    Extended,
    NotRequired,
    Outcome,
    OwedReceived,
    Paused,
    Reassigned,
    Received,
    Refused,
    Resumed,
    StageEntered,
    StageLeft,
    Voided,
    Withdrawn,
)
from sla.feed import Code, Deemed, Entry, FeedMapping, entries
from sla.presets.feeds import mapping_of, shipped_text

ZONE = ZoneInfo("Asia/Shanghai")
BEGUN = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)
Told = tuple[type[CaseEvent], dict[str, Any]]
RECEIVED: Told = (Received, {"permit": "site_selection"})
ACCEPTED: Told = (Accepted, {})
APPROVED: Told = (Decided, {"outcome": Outcome.APPROVED})
OWING: Told = (Accepted, {"owed": ("map",), "owed_by": date(2026, 9, 30)})


def history(*told: Told) -> list[CaseEvent]:
    """One event an hour from 09:00 on."""
    moments = [BEGUN + timedelta(hours=hour) for hour in range(len(told))]
    return [
        kind(occurred_at=at, recorded_at=at, seq=seq, actor="li", **details)
        for seq, (at, (kind, details)) in enumerate(zip(moments, told, strict=True), start=1)
    ]


def shipped() -> FeedMapping:
    return mapping_of(shipped_text())


def statuses(*told: Told) -> list[str]:
    """The status of each event that is told."""
    mapping = shipped()
    return [entry.code_in(mapping.statuses).code for entry in entries(history(*told), ZONE) if mapping.tells(entry)]


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        ([RECEIVED, ACCEPTED, APPROVED], ["1", "3", "11"]),
        ([RECEIVED, ACCEPTED, (Decided, {"outcome": Outcome.DENIED})], ["1", "3", "13"]),
        ([RECEIVED, (Withdrawn, {})], ["1", "2"]),
        ([RECEIVED, ACCEPTED, (Withdrawn, {})], ["1", "3", "14"]),
        ([RECEIVED, (NotRequired, {"reason": "none"})], ["1", "4"]),
        ([RECEIVED, (Refused, {"reason": "not ours"})], ["1", "5"]),
        (
            [RECEIVED, (CorrectionRequested, {"papers": ("map",)}), (CorrectionReceived, {"papers": ("map",)})],
            ["1", "6", "7"],
        ),
        ([RECEIVED, ACCEPTED, (Paused, {"ground": "hearing"}), (Resumed, {"pause": 3})], ["1", "3", "9", "10"]),
        ([RECEIVED, OWING, APPROVED], ["1", "3", "12"]),
        ([RECEIVED, OWING, (OwedReceived, {"papers": ("map",)}), APPROVED], ["1", "3", "11"]),
        ([RECEIVED, OWING, (Decided, {"outcome": Outcome.DENIED})], ["1", "3", "13"]),
    ],
)
def test_an_event_has_the_status_it_has_in_a_feed(told: list[Told], codes: list[str]) -> None:
    assert statuses(*told) == codes


def found(*told: Told) -> Entry:
    """The last of the events."""
    return entries(history(*told), ZONE)[-1]


def test_an_extension_is_a_special_procedure_of_kind_1_and_time_not_counted_of_kind_2() -> None:
    mapping = shipped()
    extension = {"clock": "statutory", "amount": 10, "unit": Unit.WORKING_DAYS, "reason": "survey", "approver": "zhao"}
    entry = found(RECEIVED, ACCEPTED, (Extended, extension))
    assert (entry.code_in(mapping.special_procedures).code, entry.code_in(mapping.statuses).code) == ("1", "")
    for events in ([(Paused, {"ground": "hearing"})], [(Paused, {"ground": "hearing"}), (Resumed, {"pause": 3})]):
        entry = found(RECEIVED, ACCEPTED, *events)
        assert (entry.code_in(mapping.special_procedures).code, entry.ground) == ("2", "hearing")


def test_a_stage_waits_when_it_is_entered_and_is_done_when_it_is_left() -> None:
    mapping = shipped()
    entered = found(RECEIVED, ACCEPTED, (StageEntered, {"stage": "review"}))
    left = found(RECEIVED, ACCEPTED, (StageEntered, {"stage": "review"}), (StageLeft, {"stage": "review"}))
    assert entered.code_in(mapping.stage_states) == Code("1", "待办")
    assert left.code_in(mapping.stage_states) == Code("2", "已办")


def test_items_are_immediate_1_committed_2_or_other_9_and_a_table_may_say_otherwise_of_one() -> None:
    mapping = shipped()
    assert [mapping.item_type("x", kind).code for kind in ("immediate", "committed", "other")] == ["1", "2", "9"]
    text = shipped_text().replace("[item_types]", '[item_types]\n"permit:x" = { code = "9", name = "其他" }')
    assert mapping_of(text).item_type("x", "committed") == Code("9", "其他")


def test_what_no_table_knows_is_not_told() -> None:
    entry = found(RECEIVED, ACCEPTED, (Reassigned, {"handler": "chen"}))
    assert not shipped().tells(entry)


def test_the_most_particular_name_counts() -> None:
    own = '"stage_entered:review" = { code = "8", name = "部门受理" }\n"paused:hearing" = { code = "99", name = "x" }\n'
    mapping = mapping_of(shipped_text().replace("[statuses]                      # 办理状态\n", f"[statuses]\n{own}"))
    assert found(RECEIVED, ACCEPTED, (StageEntered, {"stage": "review"})).code_in(mapping.statuses).code == "8"
    assert found(RECEIVED, ACCEPTED, (Paused, {"ground": "hearing"})).code_in(mapping.statuses).code == "99"
    assert found(RECEIVED, ACCEPTED, (Paused, {"ground": "public_notice"})).code_in(mapping.statuses).code == "9"


# --- taken back -------------------------------------------------------------------------------------------------------
def test_what_was_taken_back_is_told_where_it_was_recorded_and_again_where_it_was_voided() -> None:
    told = entries(history(RECEIVED, ACCEPTED, APPROVED, (Voided, {"event": 3, "reason": "wrong case"})), ZONE)
    assert [entry.event.seq for entry in told] == [1, 2, 3]
    hours = [BEGUN + timedelta(hours=hour) for hour in range(5)]
    decided = told[2]
    assert decided.voided_at == hours[3]
    assert [decided.is_told_between(hours[hour], hours[hour + 1]) for hour in range(4)] == [False, False, True, True]
    assert decided.is_told_between(None, None) and not decided.is_told_between(None, hours[2])


def test_a_decision_that_was_taken_back_had_the_status_it_was_told_with() -> None:
    denied: Told = (Decided, {"outcome": Outcome.DENIED})
    voided: Told = (Voided, {"event": 3, "reason": "wrong"})
    told = [RECEIVED, OWING, APPROVED, voided, denied]
    assert statuses(*told) == ["1", "3", "12", "13"]


# --- deemed -----------------------------------------------------------------------------------------------------------
def test_a_deemed_acceptance_is_told_when_the_limit_had_run_out_and_later_answers_are_not() -> None:
    lapsed = BEGUN + timedelta(hours=1, minutes=30)
    events = history(RECEIVED, (CorrectionRequested, {"papers": ("map",)}), ACCEPTED, APPROVED)
    mapping = shipped()
    told = entries(events, ZONE, Deemed(BEGUN.replace(hour=0), lapsed))
    assert [(entry.event.seq, entry.code_in(mapping.statuses).code) for entry in told] == [
        (1, "1"), (2, "6"), (0, "3"), (4, "11"),
    ]  # fmt: skip
    assert (told[2].event.recorded_at, told[2].event.dated) == (lapsed, True)


def test_a_deemed_acceptance_that_is_known_late_is_told_with_the_receipt_it_came_about_by() -> None:
    """The limit had lapsed before the receipt was entered: a feed of that day would have had neither."""
    [receipt] = history(RECEIVED)
    known = BEGUN + timedelta(days=13)
    late = replace(receipt, recorded_at=known)
    told = entries([late], ZONE, Deemed(BEGUN, BEGUN + timedelta(days=5)))
    assert [entry.event.recorded_at for entry in told] == [known, known]


def test_a_resumption_that_was_taken_back_with_its_pause_keeps_the_ground() -> None:
    events = history(
        RECEIVED, ACCEPTED, (Paused, {"ground": "hearing"}), (Resumed, {"pause": 3}),
        (Voided, {"event": 4, "reason": "x"}), (Voided, {"event": 3, "reason": "x"}),
    )  # fmt: skip
    told = {entry.event.seq: entry for entry in entries(events, ZONE)}
    assert (told[3].ground, told[4].ground) == ("hearing", "hearing")


def test_who_withdraws_after_acceptance_was_deemed_withdraws_an_accepted_case() -> None:
    events = history(RECEIVED, (Withdrawn, {}))
    told = entries(events, ZONE, Deemed(BEGUN, BEGUN + timedelta(minutes=30)))
    assert [entry.names[0] for entry in told] == ["received", "accepted:deemed", "withdrawn:after_acceptance"]
