"""Many cases brought in at once come to the same as event by event, on both databases; the checks are the same."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import pytest

from sla.app import App, Clock, build
from sla.demo.office import SLUG, office_plan
from sla.demo.told import Told, moment
from sla.history import HistoryError
from sla.presets import preset
from sla.service import audit, cases, doctor
from sla.service.errors import ServiceError
from sla.service.imports import Entry, File, bring_in
from sla.service.offices import office_named
from sla.service.rebuild import rebuild
from sla.service.setup import apply
from sla.settings import Settings
from sla.store import cases as store
from tests.demo.cast import unsalted
from tests.schema import make_tables

POLICY = preset("cn_planning")
NOW = moment(date(2026, 9, 30), "10:00")


def day(number: int, clock: str) -> datetime:
    return moment(date(2026, 9, number), clock)


def told(permit: str, handler: str = "li") -> Told:
    return Told(POLICY.permit(permit), handler)


def files() -> list[File]:
    """Finished, paused, extended in vain, in correction, running, awaiting: one of each, and a late entry."""
    finished = told("site_selection").received(day(1, "09:10"), "滨河路小学选址").then("accepted", day(1, "09:40"))
    finished.then("decided", day(3, "15:00"), outcome="approved").then("delivered", day(4, "10:00"), method="窗口领取")
    paused = told("construction_works").received(day(14, "09:00"), "锦绣花园1号楼").then("accepted", day(14, "10:00"))
    paused.then("paused", day(16, "15:00"), ground="expert_review", notice="评1号")
    resumed = (
        told("construction_works", "wang")
        .received(day(14, "09:30"), "锦绣花园2号楼")
        .then("accepted", day(14, "10:30"))
    )
    resumed.then("paused", day(15, "15:00"), ground="public_notice", notice="示2号")
    resumed.then("resumed", day(28, "09:00"), pause=resumed.place)
    asked = told("land_use").received(day(21, "09:00"), "人民路卫生院用地", ["contract"])
    asked.then("correction_requested", day(22, "09:00"), papers=["contract"])
    late = told("land_use", "zhou").received(day(24, "09:00"), "东环路加油站用地", recorded_at=day(29, "16:00"))
    late.then("accepted", day(24, "09:30"), day(29, "16:00"))
    overdue = (
        told("site_selection", "zhou").received(day(17, "09:00"), "建设路幼儿园选址").then("accepted", day(17, "09:30"))
    )
    waiting = told("rural_construction").received(day(29, "15:00"), "石桥村卫生室")
    return [case.entries for case in (finished, paused, resumed, asked, late, overdue, waiting)]


@pytest.fixture
def app(database_url: str) -> Iterator[App]:
    app = build(Settings(database_url=database_url), clock=Clock(fixed=NOW), checked=False)
    make_tables(app.engine)
    with app.writing() as session:
        apply(session, office_plan(date(2026, 9, 30), "http://127.0.0.1:8000"), day(1, "00:00"), demonstration=True)
    yield app
    app.close()


def one_by_one(app: App, brought: Sequence[File]) -> None:
    for file in brought:
        with app.writing() as session:
            office = office_named(session, SLUG)
            first = file[0]
            number = cases.receive(session, office, first.details, first.when, first.recorded, first.actor).number
            for entry in file[1:]:
                cases.record(
                    session, office, number, entry.kind, entry.details, entry.when, entry.recorded, entry.actor
                )


def all_at_once(app: App, brought: Sequence[File]) -> list[str]:
    with app.writing() as session:
        return bring_in(session, office_named(session, SLUG), brought, NOW)


def content(app: App) -> Any:
    """Everything but ids and hashes; of the alarms those that live, as a finished case brought in never had any."""
    with app.reading() as session:
        office = office_named(session, SLUG)
        rows = sorted(store.all_cases(session, office.id, None, 100), key=lambda row: str(row.number))
        ids = [row.case_id for row in rows]
        events, clocks = store.events_of(session, office.id, ids), store.clocks_of(session, office.id, ids)
        alarms = store.alarms_of(session, office.id, ids)
    left_out = {"case_id", "of_case", "hash", "head_hash"}
    return [
        [
            plain(row, left_out),
            [plain(event, left_out) | {"details": unsalted(event.details)} for event in events[row.case_id]],
            [plain(clock, left_out) for clock in clocks[row.case_id]],
            [plain(alarm, left_out) for alarm in alarms[row.case_id] if alarm.state == "pending"],
        ]
        for row in rows
    ]


def plain(row: Any, left_out: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name not in left_out and name != "office_id"}


def test_it_comes_to_the_same_as_event_by_event(app: App) -> None:
    all_at_once(app, files())
    at_once = content(app)
    with app.writing() as session:  # once more under other numbers, event by event
        office = office_named(session, SLUG)
        first = {row.case_id for row in store.all_cases(session, office.id, None, 100)}
    one_by_one(app, files())
    with app.reading() as session:
        every = content(app)
    singly = [case for case in every if case not in at_once]
    assert len(first) == len(at_once) == len(singly) == 7
    for case in (*at_once, *singly):
        case[0].pop("number")
    by_title = {case[0]["title"]: case for case in singly}
    for case in at_once:
        assert case == by_title[case[0]["title"]]


def test_the_chains_hold_and_the_indexes_are_what_the_events_say(app: App) -> None:
    all_at_once(app, files())
    app.settle_all()
    with app.writing() as session:
        assert [*audit.verified(session)] == []
        assert doctor.rebuilt(session, NOW) == []


def test_numbers_run_in_the_order_of_the_files_and_pass_over_taken_ones(app: App) -> None:
    with app.writing() as session:
        office = office_named(session, SLUG)
        entry = told("land_use").received(day(1, "09:00"), "旧案").entries[0]
        cases.receive(session, office, entry.details, entry.when, entry.recorded, "li", number="地字第20260002号")
    three = [told("land_use").received(day(n, "09:00"), f"用地{n}").entries for n in (2, 3, 4)]
    assert all_at_once(app, three) == ["地字第20260001号", "地字第20260003号", "地字第20260004号"]


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ([Entry("accepted", cases.When(day(1, "09:00")), {}, "li")], "kind"),
        (
            [
                *told("land_use")
                .received(day(1, "09:00"), "用地")
                .then("decided", day(2, "09:00"), outcome="approved")
                .entries
            ],
            "kind",
        ),
        ([*told("land_use", "nobody").received(day(1, "09:00"), "用地").entries], "handler"),
        ([*told("land_use").received(moment(date(2026, 10, 8), "09:00"), "用地").entries], "recorded_at"),
    ],
)
def test_what_cannot_be_is_refused_whole(app: App, entries: File, field: str) -> None:
    with pytest.raises((ServiceError, HistoryError)) as refused:
        all_at_once(app, [*files(), entries])
    assert getattr(refused.value, "field", "") == field
    assert content(app) == []


def test_a_sweep_raises_what_has_become_due_since(app: App) -> None:
    # By hand: accepted Thursday 09-17, promise 4: 09-18, Sunday 09-20 (make-up), 09-21, 09-22; due 09-22. The 25th is
    # off: two working days late after 09-24 ... so on 09-30 +1 has passed (09-24), and +3 (09-29).
    all_at_once(app, files())
    assert app.sweep() is False
    with app.writing() as session:
        office = office_named(session, SLUG)
        rows = store.all_cases(session, office.id, None, 100)
        late = next(row for row in rows if row.title == "建设路幼儿园选址")
        states = {
            a.milestone: a.state
            for a in store.alarms_of(session, office.id, [late.case_id])[late.case_id]
            if a.clock_id == "promise"
        }
        rebuild(session, office, [late], NOW)
    assert states == {
        "T-1": "superseded",
        "due": "superseded",
        "overdue": "superseded",
        "+1": "superseded",
        "+3": "raised",
    }
