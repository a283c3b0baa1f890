from __future__ import annotations

import numpy as np
import pytest

from pipeline.churn.variance import Floats, variance_power


def expected(customers: int = 20_000) -> Floats:
    return np.exp(np.random.default_rng(0).normal(1, 0.8, customers))


@pytest.mark.parametrize("power", [1.0, 1.3, 1.7, 2.0])
@pytest.mark.parametrize("unit", [1.0, 100.0])
def test_the_power_that_was_drawn_is_found(power: float, unit: float) -> None:
    mean = expected()
    scale = 0.5 * mean ** (power - 1)
    actual = np.random.default_rng(1).gamma(mean / scale, scale)
    assert variance_power(unit * mean, unit * actual) == pytest.approx(power, abs=0.1)


@pytest.mark.parametrize(("power", "found"), [(0.0, 1.0), (3.0, 2.0)])
def test_it_stays_between_counts_and_amounts(power: float, found: float) -> None:
    mean = expected()
    actual = mean + np.random.default_rng(1).normal(0, 0.05, len(mean)) * mean ** (power / 2)
    assert variance_power(mean, actual) == found


def test_where_nothing_was_missed_all_count_the_same() -> None:
    assert variance_power(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == 2.0
