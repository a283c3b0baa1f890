"""Coverage by randomised PIT, and the correction that a past window teaches."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from pipeline.btyd import pit


def ranges(outcomes: np.ndarray, distribution: object) -> tuple[np.ndarray, np.ndarray]:
    return distribution.cdf(outcomes - 1), distribution.cdf(outcomes)


@pytest.fixture
def expected() -> np.ndarray:
    return np.random.default_rng(0).gamma(1.0, 3.0, 6000) + 0.01


def test_a_right_model_covers_eighty_per_cent_also_where_nearly_all_are_zero() -> None:
    for mean in (0.01, 0.5, 20.0):
        outcomes = np.random.default_rng(1).poisson(mean, 5000)
        found = pit.coverage(*ranges(outcomes, poisson(mean)))
        assert found.low - 0.005 < 0.8 < found.high + 0.005


def test_coverage_is_that_of_numbers_drawn_in_the_ranges(expected: np.ndarray) -> None:
    rng = np.random.default_rng(2)
    low, high = ranges(rng.poisson(expected), poisson(expected))
    where = low + rng.random((200, len(low))) * (high - low)
    assert pit.coverage(low, high).value == pytest.approx(((where > 0.1) & (where < 0.9)).mean(), abs=0.002)


def test_a_right_model_is_hardly_corrected_and_its_histogram_is_flat(expected: np.ndarray) -> None:
    low, high = ranges(np.random.default_rng(3).poisson(expected), poisson(expected))
    spread = pit.learn_spread(low, high, expected)
    np.testing.assert_allclose(spread.half_widths, 0.4, atol=0.015)
    np.testing.assert_allclose(pit.histogram(low, high, spread.of(expected)), 0.1, atol=0.015)


def test_a_model_too_sure_of_itself_is_put_right_in_the_next_window(expected: np.ndarray) -> None:
    """Outcomes vary more than a Poisson count does, the more so the more there are."""
    truth, rng = nbinom(4, 4 / (4 + expected)), np.random.default_rng(4)
    past, later = (ranges(truth.rvs(random_state=rng), poisson(expected)) for _ in range(2))
    spread = pit.learn_spread(*past, expected)
    assert spread.half_widths[-1] > spread.half_widths[0] > 0.39
    assert pit.coverage(*later).value < 0.75
    corrected = pit.coverage(*later, spread.of(expected))
    assert corrected.value == pytest.approx(0.8, abs=0.015)
    tails = pit.histogram(*later, spread.of(expected))
    assert tails[0] + tails[-1] == pytest.approx(0.2, abs=0.015)
    assert sum(tails) == pytest.approx(1.0)


def test_few_customers_say_little() -> None:
    outside = np.full(12, 0.99)
    spread = pit.learn_spread(outside, outside + 1e-6, np.arange(12.0))
    assert all(0.4 < width < 0.41 for width in spread.half_widths)


def test_equal_expectations_and_the_uncorrected_model() -> None:
    same = np.full(50, 0.3)
    assert np.isfinite(pit.learn_spread(same, same + 0.1, same).half_widths).all()
    np.testing.assert_array_equal(pit.AS_MODELLED.of(same), 0.4)
