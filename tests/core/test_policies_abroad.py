"""What a policy may say beside China's way: subdivisions, days off of its own, the law of counting, other pauses."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from schedules.calendars import Kind, Level, Scope
from schedules.limits import Limit, Unit
from sla.clock import run
from sla.events import CorrectionRequested, Extended
from sla.history import HistoryError, Phase
from sla.history import read as history_of
from sla.ledger import Status, explain, notes
from sla.policies import PolicyError
from sla.presets import preset, read
from sla.presets.calendar import calendar_of
from sla.words import words
from sla.words.ledgers import note_text
from tests.core.cast import accepted, at, china, day, paused, received, resumed, rule
from tests.core.test_reading_policies import SMALL

ABROAD = SMALL.replace('country = "CN"\nzone = "Asia/Shanghai"', 'country = "NL"\nzone = "Europe/Amsterdam"')
PROMISE = "permits.fence.clocks.promise"
DAYS = '\n[[days_off]]\nnames = { en = "Liberation Day" }\nyearly = ["05-05"]\ndated = [2027-05-07]\nsource = "Atw 3"\n'


def changed(old: str, new: str, text: str = ABROAD) -> str:
    assert text.count(old) >= 1
    return text.replace(old, new, 1)


# --- the days it counts by -------------------------------------------------------------------------------------------
def test_days_off_of_a_policy_come_every_year_or_on_a_date_and_name_their_law() -> None:
    calendar = calendar_of(read(ABROAD + DAYS))
    for off in (date(2003, 5, 5), date(2026, 5, 5), date(2040, 5, 5), date(2027, 5, 7)):
        assert (calendar.day(off).kind, calendar.day(off).source) == (Kind.HOLIDAY, "Atw 3")
    assert calendar.is_working_day(date(2026, 5, 7))
    assert calendar.is_working_day(date(2027, 5, 12))
    overlay = calendar.overlays[-1]
    assert (overlay.level, overlay.scope) == (Level.REGION, Scope.LEGAL)
    assert calendar.legal is calendar  # the statute sees them


def test_another_country_brings_none_of_the_policys_days_off_nor_its_subdivisions() -> None:
    policy = read(changed('country = "NL"', 'country = "NL"\nsubdiv = ["X"]') + DAYS)
    abroad = calendar_of(policy, country="US", zone="America/New_York")
    assert abroad.country == "US" and abroad.is_working_day(date(2027, 5, 7))


def test_a_day_off_in_any_of_several_subdivisions_is_off() -> None:
    text = changed(
        'country = "NL"\nzone = "Europe/Amsterdam"', 'country = "GB"\nsubdiv = ["ENG", "SCT"]\nzone = "Europe/London"'
    )
    calendar = calendar_of(read(text))
    # gov.uk: 2 January and St Andrew's Day are Scotland's, Easter Monday is England's.
    off = [date(2026, 1, 2), date(2026, 4, 6), date(2026, 11, 30)]
    assert not any(calendar.is_working_day(each) for each in off)
    assert calendar.is_working_day(date(2026, 3, 17))  # Northern Ireland's
    assert calendar.country == "GB-ENG+SCT"


# --- the law it counts by --------------------------------------------------------------------------------------------
def test_the_law_of_counting_is_the_countrys_unless_the_policy_or_the_clock_names_another() -> None:
    assert read(SMALL).sources["first_day"] == "民法典第二百零一条"
    assert read(SMALL).rule("fence", "promise").sources["roll"] == "民法典第二百零三条"
    assert read(ABROAD).sources == {}
    text = ABROAD + '\n[sources]\nfirst_day = "Act 1"\nroll = "Act 2"\n'
    own = changed("amount = 3 }", 'amount = 3, sources = { roll = "Act 9" } }', text)
    assert read(own).rule("fence", "promise").sources == {"first_day": "Act 1", "roll": "Act 9"}
    assert read(own).sources == {"first_day": "Act 1", "roll": "Act 2"}


def test_a_policy_that_names_no_law_of_counting_has_none_cited() -> None:
    clock = run(replace(rule(2), sources={}), china(), [accepted("2026-09-18")], at("2026-09-18"))
    assert [row.source for row in explain(clock) if row.status is Status.FIRST_DAY] == [""]


def test_the_last_day_of_months_cites_the_law_of_months() -> None:
    months = rule(1, unit=Unit.MONTHS)
    clock = run(months, china(), [accepted("2026-01-31")], at("2026-01-31"))
    last = explain(clock)[-1]
    assert (last.date, last.source) == (day("2026-02-28"), "民法典第二百零二条")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("[policy]", '[sources]\nlaw = "x"\n[policy]', "sources.law"),
        ("[policy]", "[sources]\nroll = 3\n[policy]", "sources.roll"),
        ("amount = 3 }", "amount = 3, sources = { law = 'x' } }", f"{PROMISE}.sources.law"),
        ('country = "NL"', 'country = "NL"\nsubdiv = 5', "policy.subdiv"),
        ('country = "NL"', 'country = "NL"\nsubdiv = [5]', "policy.subdiv"),
        ("[grounds.hearing]", "[grounds.hearing]\ncounts_first = 1", "grounds.hearing.counts_first"),
        ("[grounds.hearing]", "[grounds.hearing]\ncounts_last = 'no'", "grounds.hearing.counts_last"),
        ("[grounds.hearing]", "[grounds.hearing]\nmost_times = -1", "grounds.hearing.most_times"),
        ("amount = 3 }", 'amount = 3, extensions = { unit = "weeks" } }', f"{PROMISE}.extensions.unit"),
        ("amount = 3 }", 'amount = 3, extensions = { unit = "moons" } }', f"{PROMISE}.extensions.unit"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(old: str, new: str, field: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read(changed(old, new))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('yearly = ["05-05"]', 'yearly = ["02-29"]', "days_off[0].yearly"),
        ('yearly = ["05-05"]', "yearly = [5]", "days_off[0].yearly"),
        ('yearly = ["05-05"]', 'yearly = "05-05"', "days_off[0].yearly"),
        ("dated = [2027-05-07]", 'dated = ["2027-05-07"]', "days_off[0].dated"),
        ('yearly = ["05-05"]\ndated = [2027-05-07]', "", "days_off[0]"),
        ('source = "Atw 3"', "", "days_off[0].source"),
        ('source = "Atw 3"', 'source = "Atw 3"\nzone = "x"', "days_off[0].zone"),
        ("[[days_off]]", "[days_off]", "days_off"),
    ],
)
def test_what_is_wrong_in_the_days_off_is_named(old: str, new: str, field: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read(changed(old, new, ABROAD + DAYS))
    assert caught.value.field == field


# --- pauses that are counted otherwise (R10) -------------------------------------------------------------------------
def due(*events: Any, **sets: Any) -> date | None:
    """Five working days from Monday 2026-08-03: without a pause Monday 08-10. August has no day off but weekends."""
    clock = run(replace(rule(5, "expert_review"), **sets), china(), [accepted("2026-08-03"), *events], at("2026-08-03"))
    return clock.due_on


GROUND = frozenset({"expert_review"})
THREE_DAYS = (paused("2026-08-05"), resumed("2026-08-07"))


def test_a_pause_uses_its_first_day_up_and_leaves_its_last_free_unless_the_law_says_otherwise() -> None:
    # 4 (1), 5 (2), 6 and 7 not counted, 10 (3), 11 (4), 12 (5)
    assert due(*THREE_DAYS) == day("2026-08-12")
    # 4 (1), 5 to 7 not counted, 10 (2), 11 (3), 12 (4), 13 (5)
    assert due(*THREE_DAYS, whole=GROUND) == day("2026-08-13")
    # 4 (1), 5 (2), 6 not counted, 7 (3), 10 (4), 11 (5)
    assert due(*THREE_DAYS, until=GROUND) == day("2026-08-11")
    assert due(*THREE_DAYS, whole=frozenset({"hearing"}), until=frozenset({"hearing"})) == day("2026-08-12")


def test_a_pause_of_one_day_takes_that_day_or_none() -> None:
    one_day = (paused("2026-08-05"), resumed("2026-08-05"))
    assert due(*one_day) == due(*one_day, until=GROUND) == day("2026-08-10")
    assert due(*one_day, whole=GROUND) == day("2026-08-11")


def test_with_nothing_left_it_is_due_on_the_day_it_resumes_whichever_days_count() -> None:
    last_day = (paused("2026-08-10"), resumed("2026-08-13"))
    assert due(*last_day) == due(*last_day, until=GROUND) == day("2026-08-13")
    assert due(*last_day, whole=GROUND) == day("2026-08-14")  # the 10th was not used: one day is left


def test_the_ledger_says_of_each_day_of_such_a_pause_what_it_is() -> None:
    rows = {}
    kinds: dict[str, dict[str, Any]] = {"whole": {"whole": GROUND}, "until": {"until": GROUND}}
    for name, sets in kinds.items():
        events = [accepted("2026-08-03"), *THREE_DAYS]
        clock = run(replace(rule(5, "expert_review"), **sets), china(), events, at("2026-08-03"))
        told = explain(clock)
        assert {row.ground for row in told if row.status is Status.PAUSED} == GROUND
        rows[name] = [(row.date.day, row.status.value, row.counted) for row in told][1:6]
    assert rows["whole"][:4] == [(4, "counted", 1), (5, "paused", None), (6, "paused", None), (7, "paused", None)]
    assert rows["until"][:4] == [(4, "counted", 1), (5, "counted", 2), (6, "paused", None), (7, "counted", 3)]


# --- extensions in another unit (R6) ---------------------------------------------------------------------------------
def extended(amount: int, unit: Unit, seq: int = 9) -> Extended:
    return Extended(
        occurred_at=at("2026-08-04"), recorded_at=at("2026-08-04"), seq=seq, clock="promise", amount=amount, unit=unit,
        reason="agreed", approver="zhao",
    )  # fmt: skip


def test_days_added_to_months_begin_where_the_months_end_and_the_limit_is_in_days_then() -> None:
    months = rule(6, unit=Unit.MONTHS)
    events = [accepted("2026-08-31"), extended(1, Unit.MONTHS), extended(2, Unit.WEEKS, seq=10)]
    clock = run(months, china(), events, at("2026-08-31"))
    # Seven months after 31 August: 31 March, 212 days; two weeks more: 14 April, a Wednesday of 2027.
    assert (clock.due_on, clock.limit) == (day("2027-04-14"), Limit(226, Unit.CALENDAR_DAYS))
    assert (clock.used + clock.left, clock.unit) == (226, Unit.CALENDAR_DAYS)


def test_an_extension_is_told_in_the_unit_it_was_given_in() -> None:
    events = [accepted("2026-08-31"), extended(2, Unit.WEEKS)]
    clock = run(rule(6, unit=Unit.MONTHS), china(), events, at("2026-08-31"))
    said = words("en")
    assert [note_text(note, clock, said, {}) for note in notes(clock)] == [
        "extended · 00:00 · 2 weeks · agreed · approved by zhao"
    ]


def test_a_pause_is_told_from_the_day_it_began_to_the_day_it_ended_whichever_of_them_count() -> None:
    events = [accepted("2026-08-03"), *THREE_DAYS]
    for sets in ({"whole": GROUND}, {"until": GROUND}):
        clock = run(replace(rule(5, "expert_review"), **sets), china(), events, at("2026-08-03"))  # type: ignore[arg-type]
        assert [(note.on, note.remark.value) for note in notes(clock)] == [
            (day("2026-08-05"), "paused"),
            (day("2026-08-07"), "resumed"),
        ]


def test_extensions_in_the_limits_own_unit_leave_it_in_that_unit() -> None:
    clock = run(rule(2, unit=Unit.WEEKS), china(), [accepted("2026-08-03"), extended(1, Unit.WEEKS)], at("2026-08-03"))
    assert (clock.limit, clock.due_on) == (Limit(3, Unit.WEEKS), day("2026-08-24"))


# --- what a case may do ----------------------------------------------------------------------------------------------
def test_where_the_law_pauses_for_missing_papers_a_correction_no_clock_hears_is_refused() -> None:
    policy = preset("nl_omgevingsvergunning")
    calendar = calendar_of(policy)
    begun, asked = received("2026-08-03", permit="building"), correction("structure")
    with pytest.raises(HistoryError, match=r"record a pause instead: .*supplement") as caught:
        history_of(policy, calendar, [begun, asked], at("2026-08-05"))
    assert caught.value.field == "kind"
    foi, heard = preset("uk_foi"), [replace(begun, permit="foi"), correction("explanation")]
    assert history_of(foi, calendar_of(foi), heard, at("2026-08-05")).phase is Phase.CORRECTION


def correction(paper: str) -> CorrectionRequested:
    return CorrectionRequested(occurred_at=at("2026-08-04"), recorded_at=at("2026-08-04"), seq=2, papers=(paper,))


def test_an_error_cites_the_law_of_the_policy_or_none() -> None:
    policy = preset("uk_planning")
    events = [received("2026-08-03", permit="full"), accepted("2026-08-03")]
    unapproved = replace(extended(7, Unit.CALENDAR_DAYS), clock="statutory", approver="")
    with pytest.raises(HistoryError, match=r"approver: is needed for an extension \(DMPO 2015 art\. 34\(2\)\(c\)\)"):
        history_of(policy, calendar_of(policy), [*events, unapproved], at("2026-08-05"))


def test_of_pauses_that_overlap_the_one_that_ends_last_says_whether_its_last_day_counts() -> None:
    grounds = frozenset({"expert_review", "hearing"})

    def last(first: str, second: str) -> date | None:
        events = (
            paused("2026-08-04", first, seq=3),
            resumed("2026-08-07", pause=3, seq=4),
            paused("2026-08-06", second, seq=5),
            resumed("2026-08-11", pause=5, seq=6),
        )
        return due(*events, grounds=grounds, until=GROUND)

    assert last("hearing", "expert_review") == day("2026-08-14")  # 4 (1), 11 (2), 12 (3), 13 (4), 14 (5)
    assert last("expert_review", "hearing") == day("2026-08-17")  # 4 (1), 12 (2), 13 (3), 14 (4), 17 (5)
