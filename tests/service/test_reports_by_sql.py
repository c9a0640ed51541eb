"""What the database counts, groups and lists is what a plain count over the rows gives: clocks made at random, on both
databases, of which the count here knows nothing but their columns."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from sla.conduct import Entries, Extending
from sla.durations import lasting, pausing, spread
from sla.policies import Basis
from sla.reports import Cut, Scope, Tally, figures, grouped, month_of
from sla.service import reporting
from sla.service.offices import Office, office_named
from sla.service.report_facts import Indexed
from sla.service.reporting import report_of
from sla.store import sums
from sla.store.cases import CASE, CLOCK, put_clocks
from sla.store.engine import Session
from tests.service.cast import SLUG, Databases, Window

NOW = datetime(2026, 9, 23, 2, 0, tzinfo=UTC)
FIRST, LAST = date(2026, 7, 1), date(2026, 9, 20)
PERMITS, HANDLERS = ("site_selection", "land_use"), ("li", "chen", "gone")
GROUNDS = ("", "", "", '{"expert_review":3}', '{"expert_review":2,"hearing":5}', None)
SEEDS = ((1, False), (2, True))  # and whether the months were added up, and some of them touched since
LATE = ("", "", "", '{"accepted":1}', '{"decided":2,"paused":1}')
INDEXES = (
    "clock_reported",
    "clock_late",
    "clock_open_due",
    "clock_yellow",
    "clock_paused_again",
)  # the middle two hold open ones only


def made_at_random(random: Random, office_id: UUID) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A case and its clocks, of promise, statute, two stages, and a duty that no report is of."""
    case_id, permit, handler = UUID(int=random.getrandbits(128)), random.choice(PERMITS), random.choice(HANDLERS)
    case = {
        "office_id": office_id, "case_id": case_id, "number": f"n{case_id.hex}", "permit": permit, "title": "",
        "handler": handler, "first_contact": "", "land_area_ha": "", "floor_area_ha": "", "policy_id": "cn_planning",
        "policy_version": 1, "phase": "accepted", "received_on": date(2026, 6, 1), "head_seq": 1, "head_hash": "",
        "created_at": NOW,
    }  # fmt: skip
    clocks = [clock_at_random(random, case, name) for name in ("promise", "statute", "stage 1", "stage 2", "duty")]
    entries, late = random.randrange(1, 9), random.choice(LATE)
    for clock in clocks:
        if clock["stopped_on"]:
            clock.update(entries=entries, late_entries=late)
    one, two = sorted(clocks[2:4], key=lambda clock: (clock["stopped_on"] or date.max, clock["clock_id"]))
    if two["stopped_on"] and one["state"] != "cancelled":
        two["stopped_before"] = one["stopped_on"]
    return case, clocks


def clock_at_random(random: Random, case: dict[str, Any], name: str) -> dict[str, Any]:
    began = date(2026, 6, 10) + timedelta(days=random.randrange(95))
    due = began + timedelta(days=random.randrange(12))
    is_open = random.random() < 0.3
    stopped = None if is_open else began + timedelta(days=random.randrange(16))
    state = random.choice(("running", "late", "paused")) if is_open else random.choice(("met", "late", "cancelled"))
    due_on = None if state == "paused" else due
    return {
        "office_id": case["office_id"], "case_id": case["case_id"], "clock_id": name, "permit": case["permit"],
        "basis": name.partition(" ")[0], "state": state, "open": is_open,
        "unit": random.choice(("working_days",) * 3 + ("months",)), "amount": random.choice((0, 4, 9)),
        "rule_amount": random.choice((0, 4, 4, 30)), "started_on": began, "due_on": due_on,
        "due_at": due_on and datetime(due.year, due.month, due.day, 16, tzinfo=UTC), "stopped_on": stopped,
        "used": float(random.randrange(6)) if stopped else 0, "left": 0, "provisional": False, "capped": False,
        "deemed": False, "calendar_version": "", "handler": case["handler"],
        "paused": random.choice(GROUNDS) if stopped else "", "entries": 0, "late_entries": "", "stopped_before": None,
    }  # fmt: skip


def tally(row: dict[str, Any]) -> Tally:
    """As a reader of the columns would have it."""
    in_days = row["unit"] == "working_days"
    overdue = row["state"] == "late" or (row["open"] and row["due_at"] is not None and row["due_at"] < NOW)
    grounds = {None: None, "": ()}.get(row["paused"], tuple(sorted(json.loads(row["paused"] or "{}").items())))
    return Tally(
        row["permit"], row["due_on"], row["stopped_on"], overdue, in_days and row["rule_amount"] == 0,
        int(row["used"]) if in_days else None, row["rule_amount"], row["handler"], grounds,  # type: ignore[arg-type]
    )  # fmt: skip


def in_scope(row: dict[str, Any], scope: Scope) -> bool:
    if row["basis"] != scope.basis or scope.permit not in ("", row["permit"]):
        return False
    if scope.handler not in ("", row["handler"]):
        return False
    if row["stopped_on"]:
        return bool(row["state"] != "cancelled" and scope.first <= row["stopped_on"] <= scope.last)
    return bool(tally(row).overdue and row["due_on"] is not None and row["due_on"] <= scope.last)


Filled = tuple[Session, Office, list[dict[str, Any]]]


@pytest.fixture(params=SEEDS)
def filled(request: pytest.FixtureRequest, window: Window) -> Iterator[Filled]:
    seed, added_up = request.param
    random = Random(seed)
    with window.app.writing() as session:
        office = office_named(session, SLUG)
        made = [made_at_random(random, office.id) for _ in range(120)]
        clocks = [clock for _, clocks in made for clock in clocks]
        session.connection().execute(sa.insert(CASE), [case for case, _ in made])
        session.connection().execute(sa.insert(CLOCK), clocks)
        if added_up:
            for month in sums.touched(session, office.id):
                sums.add_up(session, office.id, month)
            _changed(session, random, clocks)
        yield session, office, clocks


def _changed(session: Session, random: Random, clocks: list[dict[str, Any]]) -> None:
    """Some clocks of August, and some of a case that is open again, as if more had happened since."""
    august = [one for one in clocks if one["stopped_on"] and one["stopped_on"].month == 8 and one["basis"] != "stage"]
    for one in random.sample(august, 9):
        one.update(random.choice(({"state": "late"}, {"handler": "chen"}, {"stopped_on": None, "open": True})))
        if one["open"]:
            one.update(entries=0, late_entries="", stopped_before=None, state="running", used=0, paused="")
        put_clocks(session, [one])


SCOPES = [
    Scope(Basis.PROMISE, FIRST, LAST, NOW),
    Scope(Basis.STATUTE, FIRST, LAST, NOW, permit="land_use"),
    Scope(Basis.PROMISE, date(2026, 8, 10), date(2026, 8, 12), NOW, handler="gone"),
    Scope(Basis.STAGE, date(2026, 7, 12), LAST, NOW),
]


def of(clocks: list[dict[str, Any]], scope: Scope) -> list[Tally]:
    return [tally(row) for row in clocks if in_scope(row, scope)]


@pytest.mark.parametrize("scope", SCOPES)
def test_the_figures_are_those_of_a_plain_count(filled: Filled, scope: Scope) -> None:
    session, office, clocks = filled
    found = reporting.report(session, office, scope.first, scope.last, NOW, scope.basis, scope.permit, scope.handler)
    tallies = of(clocks, scope)
    assert found.total == figures(tallies)
    assert found.by_month == grouped(tallies, month_of)
    assert found.by_permit == grouped(tallies, lambda one: one.permit)
    assert found.by_handler == grouped(tallies, lambda one: one.handler)
    assert found.used == spread((one.used, one.n) for one in lasting(tallies))
    assert found.pausing == pausing(lasting(tallies))
    assert reporting.summary(scope, Indexed(session, office)).total == found.total


@pytest.mark.parametrize("scope", SCOPES)
def test_how_the_office_conducted_itself_is_a_plain_count_too(filled: Filled, scope: Scope) -> None:
    session, office, clocks = filled
    found, completed = Indexed(session, office).conduct(scope), [
        row for row in clocks if row["stopped_on"] and in_scope(row, scope)
    ]  # fmt: skip
    cases = {row["case_id"]: row for row in completed}.values()
    late: Counter[str] = Counter()
    for row in cases:
        late.update(json.loads(row["late_entries"] or "{}"))
    more = [row["amount"] - row["rule_amount"] for row in completed if tally(row).measured]
    assert found.entries == Entries(sum(row["entries"] for row in cases), dict(sorted(late.items())))
    assert found.extending == Extending(sum(days > 0 for days in more), sum(d for d in more if d > 0), len(more))


def test_the_sums_of_months_come_to_what_the_clocks_do_whatever_the_period(filled: Filled) -> None:
    session, office, _ = filled
    random = Random(3)
    for basis in (Basis.STAGE, Basis.STAGE, Basis.PROMISE) * 4:
        first = date(2026, 6, 20) + timedelta(days=random.randrange(41))
        last = date(2026, 8, 20) + timedelta(days=random.randrange(60))
        scope = Scope(basis, first, last, NOW, random.choice(("", *PERMITS)))
        summed, plain = (
            report_of(office, scope, Indexed(session, office, how), {}, whole=True) for how in (False, True)
        )
        assert summed == plain
    assert sums.wrong(session, office.id) == []


def before(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and one < other


SETS: dict[Cut, Callable[[Tally], bool]] = {  # each in the words of its definition
    Cut.COUNTED: lambda one: one.completed or one.overdue,
    Cut.COMPLETED: lambda one: one.completed,
    Cut.ON_TIME: lambda one: one.completed and not one.overdue,
    Cut.LATE: lambda one: one.completed and one.overdue,
    Cut.EARLY: lambda one: (
        one.completed and not one.overdue and not one.immediate and before(one.stopped_on, one.due_on)
    ),
    Cut.COMMITTED: lambda one: one.completed and not one.immediate,
    Cut.IMMEDIATE: lambda one: one.completed and one.immediate,
    Cut.OVERDUE: lambda one: not one.completed and one.overdue,
    Cut.MEASURED: lambda one: one.completed and not one.immediate and one.used is not None,
}


def listed(session: Session, office: Office, scope: Scope, cut: Cut, value: str = "") -> list[tuple[UUID, str]]:
    """All pages of a set."""
    found, after = [], ""
    while True:
        page = reporting.members(session, office, scope, cut, value, after)
        found += [(row.case_id, row.clock_id) for row in page.rows]
        if not page.more:
            return found
        after = page.more


@pytest.mark.parametrize("cut", SETS)
def test_a_set_lists_each_of_its_clocks_once_and_no_other(filled: Filled, cut: Cut) -> None:
    session, office, clocks = filled
    for scope in SCOPES:
        wanted = [(row["case_id"], row["clock_id"]) for row in clocks if in_scope(row, scope) and SETS[cut](tally(row))]
        found = listed(session, office, scope, cut)
        assert Counter(found) == Counter(wanted)
        assert len(found) == figures(of(clocks, scope)).count(cut)


def test_sets_by_days_used_and_by_ground_hold_what_is_counted(filled: Filled) -> None:
    session, office, _ = filled
    found = reporting.report(session, office, FIRST, LAST, NOW)
    assert found.used.n and found.pausing.grounds
    for days, n in found.used.by_days.items():
        assert len(listed(session, office, found.scope, Cut.USED, str(days))) == n
    for ground, (n, _) in found.pausing.grounds.items():
        assert len(listed(session, office, found.scope, Cut.PAUSED, ground)) == n


def test_sets_by_age_and_light_hold_what_is_counted_and_together_all_that_is_open(filled: Filled) -> None:
    session, office, clocks = filled
    found = reporting.report(session, office, FIRST, LAST, NOW)
    for (age, light), n in found.waiting.items():
        assert len(listed(session, office, found.scope, Cut.WAITING, f"{age}-{light}")) == n
    assert sum(found.waiting.values()) == sum(row["open"] and row["basis"] == "promise" for row in clocks)


def test_a_month_holds_what_was_completed_or_fell_due_in_it(filled: Filled) -> None:
    session, office, _ = filled
    found = reporting.report(session, office, FIRST, LAST, NOW)
    for month, part in found.by_month.items():
        scope = Scope(found.basis, FIRST, LAST, NOW, month=date.fromisoformat(f"{month}-01"))
        for cut in (Cut.COMPLETED, Cut.COUNTED, Cut.OVERDUE):
            assert len(listed(session, office, scope, cut)) == part.count(cut)


def test_sqlite_reads_a_report_from_its_indexes_and_sorts_no_cases(databases: Databases) -> None:
    app, seen = databases.sqlite(), list[tuple[str, Any]]()

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith("SELECT") and "FROM clock" in statement:
            seen.append((statement, parameters))

    with app.reading() as session:
        office = office_named(session, SLUG)
        sa.event.listen(app.engine, "before_cursor_execute", note)
        found = reporting.report(session, office, FIRST, LAST, NOW)
        for cut in Cut:
            reporting.members(session, office, found.scope, cut, "4" if cut is Cut.USED else "")
        sa.event.remove(app.engine, "before_cursor_execute", note)
        connection = session.connection()
        plans = [[row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {s}", p)] for s, p in seen]
    reads = [step for plan in plans for step in plan if " clock " in step]
    assert len(reads) > len(Cut)
    assert [step for step in reads if not any(name in step for name in INDEXES)] == []
    counted = [plan for plan in plans if plan[0].startswith("CO-ROUTINE") and "clock_reported" in plan[1]]
    assert [plan for plan in counted if plan.count("USE TEMP B-TREE FOR GROUP BY") > 1] == []  # sums alone are sorted
