"""What cases took against promise and statute, counted by hand."""

from datetime import UTC, date, datetime

from sla.durations import Compared, Lasted, Spread, compared, lasting, pausing, savings, spread
from sla.policies import Basis
from sla.reports import Figures, Rate, Scope, Tally, figures

# Ten cases: 1, 2, 2, 3, 3, 3, 4, 4, 5, 9 working days; 36 together.
TEN = Spread({1: 1, 2: 2, 3: 3, 4: 2, 5: 1, 9: 1})
PROMISE = (
    Lasted("site", 4, 2, (), 3),
    Lasted("site", 4, 4, (("expert", 6),), 1),
    Lasted("works", 6, 5, (("expert", 2), ("notice", 10)), 2),
)
STATUTE = (Lasted("site", 30, 3, (), 4), Lasted("works", 30, 6, (), 2))


def test_mean_median_and_p90_are_those_of_the_hand() -> None:
    # The fifth and the ninth of 1 2 2 3 3 3 4 4 5 9, by nearest rank.
    assert (TEN.n, TEN.days, TEN.mean, TEN.median, TEN.p90) == (10, 36, 3.6, 3, 5)


def test_of_nothing_there_is_no_mean_nor_rank() -> None:
    assert (Spread().n, Spread().mean, Spread().median, Spread().p90) == (0, None, None, None)


def test_of_two_the_median_is_one_of_them() -> None:
    assert Spread({1: 1, 9: 1}).median == 1


def test_one_permit_is_compared_with_its_statute() -> None:
    site, works, every = compared(PROMISE, STATUTE)
    assert (site.permit, site.promised.mean, site.statutory.mean, site.used.mean) == ("site", 4, 30, 2.5)  # 10 / 4
    assert site.compression == 26 / 30  # as the law's own figure, DOMAIN: 86.7 % (4 of 30)
    assert site.speed_up == 27 / 30  # 3 of 30 days as the law counts
    assert (works.permit, works.used.mean, works.compression) == ("works", 5, 24 / 30)
    assert (every.permit, every.used.n, every.used.days) == ("", 6, 20)
    assert every.promised.mean == 28 / 6 and every.speed_up == (30 - 24 / 6) / 30


def test_a_permit_without_a_statute_has_no_compression_and_takes_it_from_all_together() -> None:
    paper = Lasted("paper", 7, 3, (), 5)
    first, *_, every = compared((*PROMISE, paper), STATUTE)
    assert (first.permit, first.compression, first.speed_up) == ("paper", None, None)
    assert not every.comparable and every.compression is None  # the promises are of other cases than the statutes
    assert every.speed_up == (30 - 24 / 6) / 30  # of those that have a statute


def test_nothing_is_compared_where_nothing_was_measured() -> None:
    assert compared((), ()) == ()
    assert not Compared("", Spread(), Spread(), Spread(), Spread()).compression


def test_the_paused_share_is_that_of_all_days_by_ground() -> None:
    found = pausing(PROMISE)
    # Used: 3 × 2 + 4 + 2 × 5 = 20. Paused: expert 6 + 2 × 2 = 10 in three cases, notice 2 × 10 = 20 in two.
    assert (found.n, found.used, found.paused) == (6, 20, 30)
    assert found.grounds == {"expert": (3, 10), "notice": (2, 20)}
    assert (found.share, found.share_of("notice")) == (Rate(30, 50), Rate(20, 50))


def test_what_nobody_knows_of_is_left_out_and_counted() -> None:
    found = pausing((*PROMISE, Lasted("site", 4, 4, None, 7)))
    assert (found.n, found.used, found.unknown) == (6, 20, 7)


def test_savings_are_the_windows_own() -> None:
    # 26 days an item, over four cases 104; 30 × 4 less the ten days they used: 110.
    (site,) = savings({"site": (30, 4)}, PROMISE)
    assert (site.per_item, site.completed, site.promised_over_cases, site.actual_over_cases) == (26, 4, 104, 110)


def test_immediate_items_and_limits_of_another_unit_are_not_measured() -> None:
    day = date(2026, 9, 1)
    kinds = {
        "days": Tally("a", day, day, overdue=False, immediate=False, used=3, amount=4),
        "immediate": Tally("a", day, day, overdue=False, immediate=True, used=0),
        "hours": Tally("a", day, day, overdue=False, immediate=False, used=None),
        "open": Tally("a", day, None, overdue=True, immediate=False, used=0),
    }
    assert lasting(kinds.values()) == (Lasted("a", 4, 3, (), 1),)
    assert figures(kinds.values()) == Figures(
        completed=3, immediate_completed=1, measured=1, used_days=3, open_overdue=1
    )


def test_spreads_add_up_what_took_the_same_time() -> None:
    assert spread([(3, 2), (1, 1), (3, 4)]) == Spread({1: 1, 3: 6})


def test_a_month_of_a_report_ends_with_the_month_and_with_the_report() -> None:
    now = datetime(2026, 9, 23, tzinfo=UTC)
    scope = Scope(Basis.PROMISE, date(2026, 7, 15), date(2026, 9, 20), now, month=date(2026, 9, 1))
    assert scope.closed_between == (date(2026, 9, 1), date(2026, 9, 20))
    july = Scope(Basis.PROMISE, date(2026, 7, 15), date(2026, 9, 20), now, month=date(2026, 7, 1))
    assert july.closed_between == (date(2026, 7, 15), date(2026, 7, 31))
    assert july.due_between == (date(2026, 7, 1), date(2026, 7, 31))
