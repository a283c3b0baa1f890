"""What came after the horizon of past windows corrects the rest of the CLV, as far as the windows agree."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from pipeline.btyd import MBGNBD, Chooser
from pipeline.btyd.longrun import LongRun, LongRuns, Step, long_run
from tests.btyd.shop import every, histories, order_log

HORIZON = 60
CUTOFFS = every(30, 16, date(2022, 10, 1))
LAST = CUTOFFS[-1]
START = date(2022, 1, 1)


def steps(*of: tuple[int, float, float]) -> list[Step]:
    return [
        Step(START + timedelta(days=day), START + timedelta(days=day + 60), expected, came)
        for day, expected, came in of
    ]


def test_a_miss_that_lasts_is_believed_n_of_n_plus_1_times() -> None:
    windows = [steps((60, 10.0, 20.0)), steps((120, 30.0, 60.0)), steps((180, 5.0, 10.0))]
    found = long_run(windows, days=60)
    assert found == (pytest.approx(2 ** (3 / 4)), pytest.approx(np.log(2)), 3.0)


def test_days_in_several_windows_count_once() -> None:
    once = steps((60, 10.0, 20.0), (120, 10.0, 20.0))
    assert long_run([once], days=120) == long_run([once, once, once], days=120)
    assert long_run([once], days=120).windows == 1.0


def test_windows_that_disagree_are_believed_less() -> None:
    agree = long_run([steps((60, 10.0, 15.0)), steps((120, 10.0, 15.0))], days=60)
    # The logarithms of 1.5 × 2 and 1.5 / 2 have the same mean as twice that of 1.5.
    differ = long_run([steps((60, 10.0, 30.0)), steps((120, 10.0, 7.5))], days=60)
    assert differ.missed == pytest.approx(agree.missed)
    assert 1.0 < differ.level < agree.level
    assert np.log(differ.level) == pytest.approx(differ.missed * 2 / (3 + np.log(2) ** 2 / 0.04), rel=1e-6)


@pytest.mark.parametrize("windows", [[], [[]], [steps((60, 0.0, 5.0))]])
def test_without_a_past_nothing_is_corrected(windows: list[list[Step]]) -> None:
    assert long_run(windows, days=60) == LongRun(1.0, 0.0, 0.0)


def test_no_more_than_e_times_is_believed() -> None:
    nothing_came = [steps((60 * number, 1e9, 0.0)) for number in range(1, 200)]
    assert np.exp(-1.0) < long_run(nothing_came, days=60).level < np.exp(-0.99)


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    days = order_log(900, 3, seed=1)
    return days


def long_runs(log: pd.DataFrame, times: float = 1.0, **options: object) -> LongRuns:
    """Make what is asked; `times` as many orders come as the log says."""
    chooser = Chooser({"mbgnbd": MBGNBD}, histories(log, CUTOFFS, HORIZON), HORIZON)

    def orders(start: date, end: date) -> pd.Series:
        assert end <= LAST
        return (
            times * log[(log["day"] >= str(start)) & (log["day"] < str(end))].groupby("customer_key").size()
        )

    return LongRuns(chooser, orders, clv_horizon_days=250, **options)


def test_only_steps_that_had_ended_are_looked_at(log: pd.DataFrame) -> None:
    asked: list[date] = []

    def tells(start: date) -> bool:
        asked.append(start)
        return True

    early = CUTOFFS[7]
    found = long_runs(log, tells=tells).of("mbgnbd", early)
    assert max(asked) + timedelta(days=HORIZON) <= early
    # From the end of the first window's horizon on, of 250 days three steps of 60 follow the first.
    assert found.windows == pytest.approx(((early - CUTOFFS[0]).days - HORIZON) / 180, abs=0.2)


def test_twice_the_orders_are_a_miss_of_twice(log: pd.DataFrame) -> None:
    as_it_is, twice = (long_runs(log, times).of("mbgnbd", LAST) for times in (1.0, 2.0))
    assert twice.missed - as_it_is.missed == pytest.approx(np.log(2), abs=1e-6)
    assert abs(as_it_is.missed) < 0.3


def test_a_closed_shop_teaches_nothing(log: pd.DataFrame) -> None:
    assert long_runs(log, tells=lambda start: False).of("mbgnbd", LAST) == LongRun()


def test_where_the_clv_ends_within_two_horizons_there_is_no_rest(log: pd.DataFrame) -> None:
    chooser = Chooser({"mbgnbd": MBGNBD}, histories(log, CUTOFFS, HORIZON), HORIZON)
    short = LongRuns(chooser, lambda start, end: pd.Series(dtype=int), clv_horizon_days=119)
    assert short.of("mbgnbd", LAST) == LongRun()
