from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.features import Closure, CutoffPlan, OpenDays, plan_cutoffs

FIRST = date(2022, 1, 3)
PLAN = CutoffPlan(91, min_history_days=90)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def shop(by_day: list[int] | np.ndarray) -> OpenDays:
    """Orders on each day."""
    numbers = np.repeat(np.arange(len(by_day)), by_day)
    return OpenDays(pd.Series(pd.Timestamp(FIRST) + pd.to_timedelta(numbers, unit="D")))


def closed(days: int, start: int, end: int, orders: int = 3) -> OpenDays:
    return shop([0 if start <= number < end else orders for number in range(days)])


@pytest.mark.parametrize("orders", [1, 3, 50])
def test_a_closure_is_found_in_shops_of_every_size(orders):
    found = list(closed(400, 150, 211, orders).closures(day(400)))
    assert found == [Closure(day(150), day(210))]
    assert found[0].days == 61


@pytest.mark.parametrize("days", [300, 500, 730])
def test_a_shop_may_be_closed_for_years(days):
    """The same days a year ago are days of the closure itself, and tell of no season."""
    assert list(closed(1300, 400, 400 + days).closures(day(1300))) == [Closure(day(400), day(399 + days))]


def test_no_closure():
    assert not list(closed(400, 0, 0).closures(day(400)))
    assert not list(closed(400, 150, 156, 50).closures(day(400))), "less than a week"
    weekdays_only = shop([0 if number % 7 > 4 else 50 for number in range(400)])
    assert not list(weekdays_only.closures(day(400)))
    small = shop([number % 9 == 0 for number in range(400)])
    assert not list(small.closures(day(400))), "silence is usual here"
    billed_by_the_month = shop([500 * (number % 30 == 0) for number in range(400)])
    assert not list(billed_by_the_month.closures(day(400))), "the days between are no closures"
    after_the_season = [40] * 60 + [0] * 50 + [number % 10 == 0 for number in range(100)]
    assert not list(shop(after_the_season).closures(day(210)))


@pytest.mark.parametrize("strays", [(180,), (165, 181, 182, 195), (160, 170, 180, 190, 200)])
def test_stray_orders_end_no_closure(strays):
    """A test, an order by phone, an invoice booked late."""
    by_day = [0 if 150 <= number < 211 else 20 for number in range(400)]
    for number in strays:
        by_day[number] += 1
    assert list(shop(by_day).closures(day(400))) == [Closure(day(150), day(210))]


def test_a_shop_that_sells_between_two_closures_is_open():
    by_day = [0 if 150 <= number < 165 or 169 <= number < 191 else 20 for number in range(400)]
    assert not list(shop(by_day).closures(day(400))), "four days of sales are more than strays"
    by_day[165:169] = [0, 1, 0, 2]
    assert list(shop(by_day).closures(day(400))) == [Closure(day(150), day(190))]
    assert not list(shop(by_day).closures(day(197))), "only a week of sales tells that it is over"
    assert list(shop(by_day).closures(day(198))) == [Closure(day(150), day(190))]


def test_a_slow_season_is_no_closure_with_strays():
    by_day = [20] * 100 + [int(number % 9 == 0) for number in range(100)]
    assert not list(shop(by_day).closures(day(200)))


def test_what_comes_every_year_is_a_season_after_its_first_time():
    open_days = shop([10 * (number % 364 < 182) for number in range(4 * 364 + 20)])
    assert list(open_days.closures(day(4 * 364))) == [Closure(day(182), day(363))]
    assert not list(open_days.closures(FIRST - timedelta(days=1)))


def test_a_closure_that_goes_on_is_known_after_a_week():
    open_days = closed(400, 150, 211)
    assert not list(open_days.closures(day(156)))
    assert list(open_days.closures(day(157))) == [Closure(day(150), day(156))]


def in_clumps(every: int, open_days: int, start: int = 0, end: int = 0) -> OpenDays:
    """Orders around events, and a time without any."""
    is_open = [number % every < open_days and not start <= number < end for number in range(1500)]
    return shop([5 * one for one in is_open])


def test_a_lull_between_events_is_no_closure():
    assert not list(in_clumps(91, 20).closures(day(1500)))
    assert not list(in_clumps(30, 14).closures(day(1500)))
    sparse = np.random.default_rng(5).poisson(0.15, 1500)
    assert not list(shop(sparse).closures(day(1500)))


def test_a_closure_is_found_where_orders_come_in_clumps():
    assert list(in_clumps(91, 20, 740, 1100).closures(day(1500))) == [Closure(day(740), day(1099))]
    assert not list(in_clumps(91, 20, 740, 860).closures(day(1500))), "one event left out"
    in_first_year = in_clumps(91, 20, 290, 650).closures(day(1500))
    assert all(one.days < 91 for one in in_first_year), "then it may be a season"


def test_a_closure_within_the_season_is_found_however_many_winters_there_are():
    def is_open(number: int) -> bool:
        return number % 365 < 182 and not 1490 <= number < 1535

    found = list(shop([5 * is_open(number) for number in range(7 * 365)]).closures(day(7 * 365)))
    assert Closure(day(1490), day(1534)) in found
    assert len(found) == 2, "and the first winter"


def test_a_shop_that_sells_little_later_was_closed_all_the_same():
    by_day = [0 if 400 <= number < 460 else 5 for number in range(760)] + [
        int(number % 14 == 0) for number in range(760)
    ]
    for known in (500, 1000, 1500):
        assert Closure(day(400), day(459)) in shop(by_day).closures(day(known))


@settings(deadline=None, max_examples=40)
@given(
    by_day=st.lists(st.sampled_from([0, 0, 0, 1, 5]), min_size=30, max_size=120).filter(lambda days: days[0]),
    repeat=st.integers(1, 6),
    until=st.integers(1, 400),
    later=st.lists(st.integers(0, 9), max_size=60),
)
def test_nothing_after_a_day_changes_what_was_known_before_it(by_day, repeat, until, later):
    days = np.repeat(by_day, repeat)
    known = days[:until]
    found = [list(shop(some).closures(day(until))) for some in (days, known, [*known, *later])]
    if len(known) == until:
        assert found[0] == found[1] == found[2]
    assert found[0] == found[1]
    assert all(one.last_day < day(until) for one in found[0])


@pytest.mark.parametrize(("start", "tells"), [(60, True), (81, True), (82, False), (188, False), (189, True)])
def test_a_window_tells_nothing_when_a_quarter_of_it_was_closed(start, tells):
    assert closed(425, 150, 211).tells(day(start), 91) == tells


def test_windows_in_a_closure_are_not_learned_from():
    open_days, as_of = closed(912, 600, 660), day(912)
    cutoffs = plan_cutoffs(FIRST, as_of, PLAN, open_days.tells)
    assert [each.cutoff for each in cutoffs.origins] == [day(number) for number in (518, 639, 730, 821)]
    assert cutoffs.origins[-2].training == tuple(day(number) for number in (457, 488, 518, 639))
    assert all(open_days.tells(cutoff, 91) for cutoff in cutoffs.all if cutoff != as_of)
    assert len(cutoffs.origins[-1].training) == len(cutoffs.final.training) == 4


def test_a_log_that_is_closed_too_much_is_learned_from_all_the_same():
    closed_often = shop([0 if number % 29 < 9 else 5 for number in range(20, 445)])
    assert not any(closed_often.tells(day(start), 91) for start in range(60, 334))
    cutoffs = plan_cutoffs(FIRST, day(425), PLAN, closed_often.tells)
    assert cutoffs == plan_cutoffs(FIRST, day(425), PLAN)
    assert cutoffs.origins


@pytest.mark.parametrize(("every", "expected"), [(1, True), (2, True), (3, False)])
def test_a_shop_is_mostly_open_where_orders_come_on_half_of_the_days(every, expected):
    later = pd.Series(pd.date_range("2024-12-01", periods=500))
    days = pd.Series(pd.date_range("2024-01-01", "2024-10-31", freq=f"{every}D"))
    open_days = OpenDays(pd.concat([days, later]))
    assert open_days.is_mostly_open(date(2024, 11, 1)) is expected
    assert open_days.is_mostly_open(date(2026, 1, 1))
