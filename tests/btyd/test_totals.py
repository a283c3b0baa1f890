"""Intervals of totals: what is common to all customers, and what past windows teach about it."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from pipeline.btyd.totals import (
    CommonError,
    PastTotal,
    Total,
    common_error,
    forecast_by_group,
    together,
    total_interval,
)

START = date(2024, 1, 1)


def window(day: int, actual: float, variance: float = 0.0, days: int = 90) -> PastTotal:
    start = START + timedelta(days=day)
    return PastTotal(start, start + timedelta(days=days), Total(1000.0, variance), actual)


def test_without_a_past_ten_per_cent_are_assumed() -> None:
    error = common_error([], 0.02)
    assert error == CommonError(0.1, 0.02, 0.0)
    assert common_error([window(0, 0.0)], 0.02) == error


def test_overlapping_windows_count_once() -> None:
    apart = common_error([window(0, 1300), window(90, 1300)], 0.0)
    same = common_error([window(0, 1300), window(0, 1300)], 0.0)
    half = common_error([window(0, 1300), window(45, 1300)], 0.0)
    assert (same.windows, half.windows, apart.windows) == pytest.approx((1.0, 1.5, 2.0))
    assert 0.1 < same.level_sd < half.level_sd < apart.level_sd < math.log(1.3)


def test_many_windows_overrule_the_prior() -> None:
    exact = common_error([window(90 * i, 1000) for i in range(40)], 0.0)
    poor = common_error([window(90 * i, 1000 * math.exp((-1) ** i * 0.3)) for i in range(40)], 0.0)
    assert exact.level_sd < 0.025
    assert poor.level_sd == pytest.approx(0.3, rel=0.05)


def test_what_chance_explains_is_no_level_error() -> None:
    assert common_error([window(0, 1100, variance=200.0**2)], 0.0).level_sd < 0.1


def test_the_interval_grows_with_each_error_and_holds_the_expectation() -> None:
    total = Total(1000.0, 100.0)
    small = total_interval(total, CommonError(0.05, 0.01, 3.0))
    for larger in (CommonError(0.1, 0.01, 3.0), CommonError(0.05, 0.1, 3.0), CommonError(0.05, 0.01, 0.0)):
        wide = total_interval(total, larger)
        assert wide.low < small.low < 1000 < small.high < wide.high
    assert total_interval(Total(1000.0, 1e5), CommonError(0.05, 0.01, 3.0)).high > small.high


def test_nothing_expected_is_nothing() -> None:
    assert tuple(total_interval(Total(0.0, 0.0), CommonError(0.1, 0.0, 0.0))) == (0.0, 0.0)


@pytest.mark.parametrize("level_sd", [0.03, 0.1, 0.25])
def test_at_least_four_in_five_totals_lie_inside_whatever_the_level_does(level_sd: float) -> None:
    """Each shop has its own past of four windows, from which the fifth is predicted."""
    rng, held = np.random.default_rng(6), 0
    for _ in range(400):
        *past, coming = 1000.0 * np.exp(rng.normal(0, level_sd, 5))
        error = common_error([window(90 * i, actual) for i, actual in enumerate(past)], 0.0)
        low, high = total_interval(Total(1000.0, 0.0), error)
        held += low <= coming <= high
    assert held / 400 > 0.8


def test_parts_share_the_errors_of_the_whole_and_have_more_chance_of_their_own() -> None:
    error = CommonError(0.1, 0.01, 3.0)
    sums = {"expected_orders": 500.0, "orders_sd": 20.0}
    half, tiny = (
        forecast_by_group(pd.DataFrame(sums, index=["a"]) * size, {"orders": error})["a"]
        for size in (1.0, 0.01)
    )
    whole = total_interval(Total(1000.0, 2 * 20.0**2), error)
    assert half["orders"]["expected"] == 500.0
    assert whole.high / 1000 < half["orders"]["high"] / 500 < tiny["orders"]["high"] / 5 * 1.0001
    # Errors that all share do not cancel: the whole is nearly as uncertain as its halves.
    assert (whole.high - 1000) / (2 * (half["orders"]["high"] - 500)) > 0.9


def test_together_variances_add_up() -> None:
    groups = pd.DataFrame(
        {
            "expected_orders": [10.0, 20.0],
            "expected_spend": [100.0, 50.0],
            "orders_sd": [3.0, 4.0],
            "spend_sd": [5.0, 12.0],
        },
        index=["regular", "newcomer"],
    )
    expected = {"expected_orders": 30.0, "expected_spend": 150.0, "orders_sd": 5.0, "spend_sd": 13.0}
    assert together(groups).to_dict("index") == {"all": expected}
