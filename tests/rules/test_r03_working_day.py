"""R3: a working day is what the office's calendar says, in layers: weekend < announced notice < province or city <
office; a make-up Saturday is a working day like any other; an office's own days never move the statute."""

from datetime import date, timedelta
from typing import Any

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import Kind, Level, Overlay, Scope, WorkingCalendar, zone_named
from sla.clock import run
from sla.policies import Policy
from tests.core.cast import accepted, at, day, policy, rule
from tests.rules.asking import CHINA, ENGLAND, JAPAN, NETHERLANDS, SCOTLAND, US, WASHINGTON, due_on

NEXT: list[tuple[str, dict[str, Any], str, str]] = [
    # China: the notices of the State Council of 2023-10-25, 2024-11-12 and 2025-11-04
    ("Sun 4 February 2024 works", CHINA, "2024-02-03", "2024-02-04"),
    ("Spring Festival 2024, Fri 9 still works, off till Sat 17, Sun 18 works", CHINA, "2024-02-09", "2024-02-18"),
    ("Sun 28 April and Sat 11 May 2024 work", CHINA, "2024-04-27", "2024-04-28"),
    ("Sat 11 May 2024", CHINA, "2024-05-10", "2024-05-11"),
    ("Sat 12 October 2024", CHINA, "2024-10-11", "2024-10-12"),
    ("Sun 26 January 2025 works", CHINA, "2025-01-25", "2025-01-26"),
    ("Spring Festival 2025, 28 January to 4 February", CHINA, "2025-01-27", "2025-02-05"),
    ("Sat 8 February 2025 works", CHINA, "2025-02-07", "2025-02-08"),
    ("National Day and Mid-Autumn 2025, 1-8 October", CHINA, "2025-09-30", "2025-10-09"),
    ("Sat 11 October 2025 works", CHINA, "2025-10-10", "2025-10-11"),
    ("New Year 2026 off till Sat 3, Sun 4 works", CHINA, "2025-12-31", "2026-01-04"),
    ("Sat 14 February 2026 works", CHINA, "2026-02-13", "2026-02-14"),
    ("Spring Festival 2026, 15-23 February", CHINA, "2026-02-14", "2026-02-24"),
    ("Sat 28 February 2026 works", CHINA, "2026-02-27", "2026-02-28"),
    ("Sat 9 May 2026 works", CHINA, "2026-05-08", "2026-05-09"),
    ("Sun 20 September 2026 works", CHINA, "2026-09-18", "2026-09-20"),
    ("Sat 10 October 2026 works", CHINA, "2026-10-09", "2026-10-10"),
    ("Sun 11 October 2026 does not", CHINA, "2026-10-10", "2026-10-12"),
    # England and Wales: gov.uk/bank-holidays and its archive
    ("2020 May Day moved from Mon 4 …", ENGLAND, "2020-05-01", "2020-05-04"),
    ("… to Fri 8, 75 years of VE Day", ENGLAND, "2020-05-07", "2020-05-11"),
    ("2022 spring bank holiday moved from Mon 30 May …", ENGLAND, "2022-05-27", "2022-05-30"),
    ("… to Thu 2 June, and Fri 3 is the Jubilee", ENGLAND, "2022-06-01", "2022-06-06"),
    ("Mon 19 September 2022, the Queen's funeral", ENGLAND, "2022-09-16", "2022-09-20"),
    ("Mon 8 May 2023, the coronation", ENGLAND, "2023-05-05", "2023-05-09"),
    ("Easter 2026: Fri 3 and Mon 6 April", ENGLAND, "2026-04-02", "2026-04-07"),
    ("Easter in March: Fri 29, Mon 1 April 2024", ENGLAND, "2024-03-28", "2024-04-02"),
    ("Christmas 2021 on a Saturday: Mon 27 and Tue 28", ENGLAND, "2021-12-24", "2021-12-29"),
    ("New Year 2022 on a Saturday: Mon 3", ENGLAND, "2021-12-31", "2022-01-04"),
    ("Christmas 2022 on a Sunday: Mon 26, Tue 27", ENGLAND, "2022-12-23", "2022-12-28"),
    ("New Year 2023 on a Sunday: Mon 2", ENGLAND, "2022-12-30", "2023-01-03"),
    ("Boxing Day 2026 on a Saturday: Mon 28", ENGLAND, "2026-12-24", "2026-12-29"),
    ("last Monday of August", ENGLAND, "2026-08-28", "2026-09-01"),
    ("Scotland has no Easter Monday …", SCOTLAND, "2026-04-02", "2026-04-06"),
    ("… but the first Monday of August", SCOTLAND, "2026-07-31", "2026-08-04"),
    ("… and 2 January", SCOTLAND, "2025-12-31", "2026-01-05"),
    # the Netherlands: Algemene termijnenwet art. 3
    ("King's Day, Mon 27 April 2026", NETHERLANDS, "2026-04-24", "2026-04-28"),
    ("King's Day of 2025 kept on Sat 26, as 27 is a Sunday", NETHERLANDS, "2025-04-25", "2025-04-28"),
    ("5 May in a fifth year", NETHERLANDS, "2025-05-02", "2025-05-06"),
    ("5 May in any other year", NETHERLANDS, "2026-05-04", "2026-05-06"),
    ("Good Friday and Easter Monday", NETHERLANDS, "2026-04-02", "2026-04-07"),
    ("Ascension, Thu 14 May 2026", NETHERLANDS, "2026-05-13", "2026-05-15"),
    ("Whit Monday, 25 May 2026", NETHERLANDS, "2026-05-22", "2026-05-26"),
    ("Christmas on Fri and Sat, no substitute", NETHERLANDS, "2026-12-24", "2026-12-28"),
    # US federal: 5 U.S.C. 6103
    ("Juneteenth 2026, a Friday", US, "2026-06-18", "2026-06-22"),
    ("Juneteenth 2021, its first, a Saturday: Fri 18", US, "2021-06-17", "2021-06-21"),
    ("Juneteenth 2022, a Sunday: Mon 20", US, "2022-06-17", "2022-06-21"),
    ("no Juneteenth before 2021", US, "2020-06-18", "2020-06-19"),
    ("Independence Day 2026, a Saturday: Fri 3", US, "2026-07-02", "2026-07-06"),
    ("Independence Day 2021, a Sunday: Mon 5", US, "2021-07-02", "2021-07-06"),
    ("Veterans Day 2023, a Saturday: Fri 10", US, "2023-11-09", "2023-11-13"),
    ("Veterans Day 2018, a Sunday: Mon 12", US, "2018-11-09", "2018-11-13"),
    ("Veterans Day 2026, a Wednesday", US, "2026-11-10", "2026-11-12"),
    ("New Year 2022, a Saturday: Fri 31 December 2021", US, "2021-12-30", "2022-01-03"),
    ("the Friday after Thanksgiving is none", US, "2026-11-25", "2026-11-27"),
    ("Columbus Day, second Monday of October", US, "2026-10-09", "2026-10-13"),
    ("Inauguration Day 2021, Wed 20 January, is none outside Washington …", US, "2021-01-19", "2021-01-20"),
    ("… but is there", WASHINGTON, "2021-01-19", "2021-01-21"),
    ("Inauguration Day 2025 is Martin Luther King's as well", US, "2025-01-17", "2025-01-21"),
    # Japan: 国民の祝日に関する法律
    ("振替休日: 3 May 2026 is a Sunday, 4 and 5 are holidays, Wed 6 is off", JAPAN, "2026-05-01", "2026-05-07"),
    ("国民の休日: Tue 22 September 2026 between 21 and 23", JAPAN, "2026-09-18", "2026-09-24"),
    ("振替休日 of the Emperor's birthday, Mon 24 February 2025", JAPAN, "2025-02-21", "2025-02-25"),
    ("a holiday on a Saturday has no substitute: 3 May 2025, but Sun 4 has: Tue 6", JAPAN, "2025-05-02", "2025-05-07"),
    ("ten days in 2019, 27 April to 6 May (天皇の即位の日)", JAPAN, "2019-04-26", "2019-05-07"),
    ("enthronement, Tue 22 October 2019", JAPAN, "2019-10-21", "2019-10-23"),
    ("Marine and Sports Day moved for the Games: 22 and 23 July 2021", JAPAN, "2021-07-21", "2021-07-26"),
]  # fmt: skip


@pytest.mark.parametrize(("calendar", "eve", "following"), [case[1:] for case in NEXT], ids=[case[0] for case in NEXT])
def test_the_next_working_day(calendar: dict[str, Any], eve: str, following: str) -> None:
    assert due_on(eve, 1, calendar=calendar) == following


@pytest.mark.parametrize(
    ("own", "eve", "following"),
    [
        ({"closed": ["2026-09-20"]}, "2026-09-18", "2026-09-21"),  # a make-up Sunday
        ({"closed": ["2026-09-21"]}, "2026-09-20", "2026-09-22"),  # an ordinary Monday
        ({"open": ["2026-09-25"]}, "2026-09-24", "2026-09-25"),  # a holiday
        ({"open": ["2026-09-19"]}, "2026-09-18", "2026-09-19"),  # a Saturday
        ({"open": ["2026-09-26"], "closed": ["2026-09-28"]}, "2026-09-26", "2026-09-29"),
        ({"closed": ["2026-09-19"]}, "2026-09-18", "2026-09-20"),  # it is off anyhow
        ({"closed": ["2026-09-21", "2026-09-21"]}, "2026-09-20", "2026-09-22"),  # said twice
    ],
)
def test_days_of_a_request_lie_above_the_announced_ones(own: dict[str, list[str]], eve: str, following: str) -> None:
    assert due_on(eve, 1, calendar={**CHINA, **own}) == following


@pytest.mark.parametrize(
    ("weekend", "start", "due"),  # five working days after Thu 17 September 2026
    [
        (["sat", "sun"], "2026-09-17", "2026-09-24"),  # 18, 21, 22, 23, 24
        (["fri", "sat"], "2026-09-17", "2026-09-24"),  # 20, 21, 22, 23, 24
        (["sun"], "2026-09-17", "2026-09-23"),  # 18, 19, 21, 22, 23
        ([], "2026-09-17", "2026-09-22"),
        (["thu", "fri", "sat"], "2026-09-17", "2026-09-27"),  # 20-23, 27
        (["mon", "tue", "wed", "thu", "fri", "sat"], "2026-09-17", "2026-10-18"),  # 20, 27, 4, 11, 18
    ],
)
def test_the_weekend_is_the_calendars_own(weekend: list[str], start: str, due: str) -> None:
    assert due_on(start, 5, calendar={"zone": "Asia/Dubai", "weekend": weekend}) == due


# --- layers, each above the one before, for the same Sunday that works -----------------------------------------------
SUNDAY = date(2026, 9, 20)


def layer(level: Level, works: bool, scope: Scope = Scope.LEGAL) -> Overlay:
    return Overlay(
        f"{level.name} {works}", level, scope, {} if works else {SUNDAY: "off"}, {SUNDAY: "on"} if works else {}
    )


@pytest.mark.parametrize(
    ("layers", "works", "kind"),
    [
        ([], True, Kind.MAKEUP),
        ([(Level.REGION, False)], False, Kind.HOLIDAY),
        ([(Level.REGION, False), (Level.OFFICE, True)], True, Kind.OFFICE_OPEN),
        ([(Level.REGION, True), (Level.OFFICE, False)], False, Kind.OFFICE_CLOSED),
        ([(Level.OFFICE, False)], False, Kind.OFFICE_CLOSED),
        ([(Level.OFFICE, True), (Level.REGION, False)], True, Kind.OFFICE_OPEN),  # whatever the order they come in
    ],
)
def test_a_higher_layer_wins(layers: list[tuple[Level, bool]], works: bool, kind: Kind) -> None:
    calendar = working_calendar("CN", overlays=[layer(level, value) for level, value in layers])
    assert (calendar.is_working_day(SUNDAY), calendar.day(SUNDAY).kind) == (works, kind)
    assert calendar.nth_working_day(date(2026, 9, 18), 1) == (SUNDAY if works else date(2026, 9, 21))


def test_a_notice_above_the_weekend_of_a_calendar_of_ones_own() -> None:
    notice = Overlay("notice", Level.ANNOUNCED, Scope.LEGAL, {date(2026, 9, 18): "off"}, {date(2026, 9, 19): "on"})
    calendar = WorkingCalendar(zone_named("Etc/UTC"), overlays=(notice,))
    assert [calendar.is_working_day(date(2026, 9, 17) + timedelta(days=n)) for n in range(4)] == [
        True, False, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("overlay", "clock", "due"),
    [  # four days after Fri 18: 20, 21, 22, 23; without Tue 22: 24
        (Scope.OFFICE, Scope.LEGAL, "2026-09-23"),  # the office moves house: the statute does not know (art. 82)
        (Scope.OFFICE, Scope.OFFICE, "2026-09-24"),  # nor does a promise, unless its policy says so
        (Scope.LEGAL, Scope.LEGAL, "2026-09-24"),  # a government's notice is seen by all
        (Scope.LEGAL, Scope.OFFICE, "2026-09-24"),
    ],
)
def test_the_scope_of_an_overlay_says_which_clocks_see_it(overlay: Scope, clock: Scope, due: str) -> None:
    own = Overlay("own", Level.OFFICE, overlay, {date(2026, 9, 22): "move"})
    found = run(
        rule(4, scope=clock), working_calendar("CN", overlays=[own]), [accepted("2026-09-18")], at("2026-09-18")
    )
    assert found.due_on == day(due)


def test_a_day_the_office_opens_counts_for_the_statute_no_more_than_one_it_closes() -> None:
    own = Overlay("own", Level.OFFICE, Scope.OFFICE, {}, {date(2026, 9, 19): "rush"})
    calendar = working_calendar("CN", overlays=[own])
    due = {
        scope: run(rule(4, scope=scope), calendar, [accepted("2026-09-18")], at("2026-09-18")).due_on for scope in Scope
    }
    assert due == {Scope.LEGAL: day("2026-09-23"), Scope.OFFICE: day("2026-09-22")}  # 19, 20, 21, 22


def test_the_shipped_statutes_never_count_by_the_offices_own_days() -> None:
    shipped: Policy = policy()
    scopes = {rule.scope for rules in shipped.clocks.values() for rule in rules if rule.id == "statutory"}
    assert scopes == {Scope.LEGAL}


@pytest.mark.parametrize(("country", "zone"), [("CN", "Asia/Shanghai"), ("JP", "Asia/Tokyo"), ("NL", "Europe/Paris")])
def test_to_count_and_to_add_are_inverse(country: str, zone: str) -> None:
    calendar = working_calendar(country, zone=zone)
    start = date(2025, 12, 20)
    for n in (1, 7, 60, -1, -60):
        there = calendar.nth_working_day(start, n)
        assert calendar.is_working_day(there)
        # backwards from a day off the n-th day before is the one that n - 1 lie behind
        assert calendar.working_days_between(start, there) == (n if n > 0 else n + 1 - calendar.is_working_day(start))
    assert calendar.nth_working_day(start, 0) >= start
