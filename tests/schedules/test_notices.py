"""Notices over what is known: which one wins, what they may not say, what needs a review (R3, R15, R16, R19)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from schedules.announcements import announced, working_calendar
from schedules.calendars import CalendarError, Level, Overlay, Scope, WorkingCalendar, zone_named
from schedules.notices import (
    Announced,
    Notice,
    changed_days,
    combined,
    in_order,
    reach,
    refuse_contradictions,
    refuse_gap,
    reviewed,
)

MON, TUE, SAT = date(2026, 9, 21), date(2026, 9, 22), date(2026, 9, 26)
BASE = Overlay("ZZ announced", Level.ANNOUNCED, Scope.LEGAL, {TUE: "feast"}, {SAT: "made up"}, "the law")


def notice(number: str = "1", published: str = "2026-01-01", **fields: Any) -> Notice:
    closed, opened = (dict.fromkeys(fields.pop(side, ()), side) for side in ("off", "work"))
    return Notice(number, f"notice {number}", date.fromisoformat(published), closed=closed, open=opened, **fields)


def calendar(*layers: Overlay, through: str = "2026-12-31") -> WorkingCalendar:
    return WorkingCalendar(
        zone_named("Etc/UTC"), overlays=layers, announced_through=date.fromisoformat(through), years=(2020, 2030),
        country="ZZ",
    )  # fmt: skip


def works(layers: tuple[Overlay, ...], *days: date) -> list[bool]:
    made = calendar(*layers)
    return [made.is_working_day(day) for day in days]


# --- which one wins --------------------------------------------------------------------------------------------------
def test_a_notice_takes_its_dates_out_of_what_was_known_before_and_leaves_the_rest() -> None:
    layers = combined([BASE], [notice(work=[TUE], off=[SAT])])
    assert works(layers, TUE, SAT) == [True, False]
    assert works(combined([BASE], [notice(off=[MON])]), MON, TUE, SAT) == [False, False, True]
    assert [layer.name for layer in layers] == ["1"]  # nothing is left of the layer below


def test_of_two_notices_the_later_published_wins_however_they_are_handed_in() -> None:
    earlier, later = notice("1", "2026-01-01", off=[MON]), notice("2", "2026-02-01", work=[MON])
    assert works(combined([], [later, earlier]), MON) == [True]
    assert works(combined([], [earlier, replace(later, published=date(2025, 1, 1))]), MON) == [False]
    assert [one.number for one in in_order([later, earlier])] == ["1", "2"]


def test_a_higher_layer_wins_whenever_it_was_published() -> None:
    province = notice("p", "2020-01-01", off=[MON], level=Level.REGION)
    state = notice("s", "2026-01-01", work=[MON])
    assert works(combined([], [state, province]), MON) == [False]


def test_a_notice_that_announces_a_year_moves_the_horizon_out_and_never_back() -> None:
    year = notice(off=[date(2027, 1, 1)], announced_through=date(2027, 12, 31))
    assert reach(date(2026, 12, 31), [year, notice(off=[MON])]) == date(2027, 12, 31)
    assert reach(date(2028, 12, 31), [year]) == date(2028, 12, 31)


def test_days_certain_by_law_stay_off_past_the_horizon_unless_a_notice_opens_them() -> None:
    china = announced("CN")
    new_years_day, workers_day = date(2027, 1, 1), date(2027, 5, 1)  # 办法 art. 2; 5-1 is a Saturday
    layers = combined(china.layers, [notice(work=[workers_day], announced_through=date(2027, 12, 31))])
    made = WorkingCalendar(zone_named("Asia/Shanghai"), overlays=layers, years=(2026, 2028))
    assert (made.is_working_day(new_years_day), made.is_working_day(workers_day)) == (False, True)


def test_the_ledger_cites_the_notice_that_decided() -> None:
    assert calendar(*combined([BASE], [notice("国办发〔2026〕1号", work=[TUE])])).day(TUE).source == (
        "notice 国办发〔2026〕1号 国办发〔2026〕1号"
    )


# --- what a notice may not say ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"off": [MON], "work": [MON]}, "off: 2026-09-21 is both off and worked in this notice; keep one"),
        ({}, "off: lists no day, nor does work: the notice would change nothing"),
        ({"off": [MON], "level": Level.OFFICE}, "scope: a notice of the office is never legal"),
        ({"off": [MON], "scope": Scope.OFFICE}, "scope: what a government announces is legal"),
        ({"off": [MON], "level": Level.REGION, "scope": Scope.OFFICE}, "scope: what a government announces is legal"),
        (
            {"off": [MON], "level": Level.REGION, "announced_through": date(2027, 12, 31)},
            "announced_through: only a notice with level = announced announces a year",
        ),
        ({"announced_through": date(2027, 11, 30)}, "announced_through: 2027-11-30 ends no year; write 2027-12-31"),
        ({"off": [MON], "amends": "1"}, "amends: names the notice itself"),
    ],
)
def test_a_notice_that_cannot_be_is_refused(fields: dict[str, Any], error: str) -> None:
    with pytest.raises(CalendarError, match=error):
        notice(**fields)


def test_a_notice_needs_a_number() -> None:
    with pytest.raises(CalendarError, match="number: is missing"):
        notice(" ", off=[MON])


# --- contradictions (R19) --------------------------------------------------------------------------------------------
def test_a_contradiction_names_the_date_the_earlier_notice_and_what_to_write() -> None:
    earlier, later = notice("1", off=[MON]), notice("2", "2026-02-01", work=[MON])
    with pytest.raises(CalendarError) as refused:
        refuse_contradictions(later, [], [earlier])
    assert str(refused.value) == (
        'amends: 2026-09-21 is worked in 2, but off in 1; if that is meant, write amends = "1"'
    )
    refuse_contradictions(replace(later, amends="1"), [], [earlier])


def test_another_number_does_not_do() -> None:
    earlier, later = notice("1", off=[MON]), notice("2", "2026-02-01", work=[MON], amends="3")
    with pytest.raises(CalendarError, match='write amends = "1"'):
        refuse_contradictions(later, [], [earlier])


def test_a_notice_that_amends_an_amendment_amends_the_first_one_too() -> None:
    first, second = notice("1", off=[MON]), notice("2", "2026-02-01", off=[TUE], amends="1")
    refuse_contradictions(notice("3", "2026-03-01", work=[MON], amends="2"), [], [first, second])


def test_an_older_notice_loaded_later_is_amended_by_the_one_that_is_there() -> None:
    there = notice("2", "2026-02-01", work=[MON], amends="1")
    refuse_contradictions(notice("1", off=[MON]), [], [there])
    with pytest.raises(CalendarError, match="2026-09-21 is worked in 2, but off in 1"):
        refuse_contradictions(notice("1", off=[MON]), [], [replace(there, amends="")])


def test_against_days_that_are_no_notice_of_ours_any_number_does() -> None:
    with pytest.raises(CalendarError, match=r"2026-09-22 is worked in 1, but off in the law; .* write amends with the"):
        refuse_contradictions(notice(work=[TUE]), [BASE], [])
    refuse_contradictions(notice(work=[TUE], amends="国办发明电〔2025〕7号"), [BASE], [])


def test_the_same_side_another_day_and_another_layer_contradict_nothing() -> None:
    others = [notice("2", off=[MON]), notice("3", work=[MON], level=Level.REGION)]
    refuse_contradictions(notice(off=[MON]), [BASE], others[:1])
    refuse_contradictions(notice(off=[MON]), [BASE], others[1:])


def test_a_year_is_announced_after_the_one_before_it() -> None:
    year = notice("8", announced_through=date(2028, 12, 31))
    with pytest.raises(CalendarError, match=r"8 announces 2028, .* through 2026-12-31; apply the notice of 2027 first"):
        refuse_gap(year, date(2026, 12, 31))
    refuse_gap(year, date(2027, 12, 31))


# --- newer data ------------------------------------------------------------------------------------------------------
def installed(closed: set[date], opened: set[date], through: str) -> Announced:
    layer = replace(BASE, closed=dict.fromkeys(closed, "feast"), open=dict.fromkeys(opened, "made up"))
    return Announced("ZZ", (layer,), date.fromisoformat(through), frozenset({5, 6}))


def test_newer_data_brings_the_new_year_and_leaves_what_was_announced_for_review() -> None:
    current = calendar(BASE)
    new = date(2027, 1, 4)
    careful = reviewed(installed({MON, new}, set(), "2027-12-31"), current)
    made = calendar(*careful.layers, through=careful.through.isoformat())
    assert [made.is_working_day(day) for day in (MON, TUE, SAT, new)] == [True, False, True, False]
    assert made.announced_through == date(2027, 12, 31)
    assert changed_days(current, made) == (new,)


def test_older_data_takes_nothing_back() -> None:
    current = calendar(BASE)
    careful = reviewed(installed(set(), set(), "2025-12-31"), current)
    assert careful.through == date(2026, 12, 31)
    assert changed_days(current, calendar(*careful.layers)) == ()


def test_another_country_is_taken_as_it_is() -> None:
    other = replace(installed({MON}, set(), "2026-12-31"), country="YY")
    assert reviewed(other, calendar(BASE)) is other


def test_a_calendar_with_its_notices_is_read_back_as_the_same_calendar() -> None:
    china = working_calendar("CN")
    again = WorkingCalendar(
        china.zone, china.weekend, china.hours, combined(announced("CN").layers, []), china.announced_through,
        china.years, "CN",
    )  # fmt: skip
    assert again.version == china.version


def test_what_the_office_closes_is_a_changed_day_though_the_statute_does_not_see_it() -> None:
    own = Overlay("own", Level.OFFICE, Scope.OFFICE, {MON: "moving"})
    assert changed_days(calendar(BASE), calendar(BASE, own)) == (MON,)
    hidden = Overlay("p", Level.REGION, Scope.LEGAL, {MON: "feast"})  # under a layer of the office's that closes it too
    assert changed_days(calendar(BASE, own), calendar(BASE, hidden, own)) == (MON,)


def test_where_the_weekend_is_another_each_of_its_days_is_changed_in_the_years_that_both_know() -> None:
    """Of 2026, of which both know: the 52 Fridays and 52 Sundays, all but the one that a layer decides for both."""
    own = Overlay("own", Level.OFFICE, Scope.LEGAL, {date(2026, 9, 25): "moving"})
    one, other = replace(calendar(own), years=(2026, 2030)), replace(calendar(own), years=(2020, 2026))
    days = changed_days(one, replace(other, weekend=frozenset({4, 5})))
    assert {day.year for day in days} == {2026}
    assert {day.weekday() for day in days} == {4, 6}
    assert (len(days), days[0], days[-1]) == (103, date(2026, 1, 2), date(2026, 12, 27))
    assert changed_days(one, replace(other, overlays=(Overlay("ZZ", Level.ANNOUNCED, Scope.LEGAL, {SAT: "x"}),))) == (
        date(2026, 9, 25),
    )
