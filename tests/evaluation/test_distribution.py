from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pipeline.evaluation.distribution import (
    CRPS_LEVELS,
    SCORES,
    SHOWN_LEVELS,
    coverage_by_tenth,
    distribution_metrics,
    distribution_scores,
)

N = 20_000


def with_zeros(half_width: float = 0.4) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes of their own distributions: nothing with a chance of its own, else exponential."""
    rng = np.random.default_rng(0)
    p_nothing, mean = rng.uniform(0.05, 0.98, N), rng.gamma(3, 10, N)
    spent = np.where(rng.random(N) < p_nothing, 0.0, rng.exponential(mean))

    def at(levels: np.ndarray) -> np.ndarray:
        left = np.clip((levels - p_nothing[:, None]) / (1 - p_nothing[:, None]), 0, None)
        return -np.log1p(-left) * mean[:, None]

    return spent, at(CRPS_LEVELS), at(0.5 + half_width * np.array([-1, 0, 1])), p_nothing


def test_crps_is_that_of_the_closed_form() -> None:
    """Normal: sigma (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)), Gneiting and Raftery (2007), eq. 21."""
    y = np.array([-1.0, 0.0, 0.7, 3.0])
    quantiles, shown = (
        10 + 2 * np.tile(stats.norm.ppf(levels), (4, 1)) for levels in (CRPS_LEVELS, SHOWN_LEVELS)
    )
    found = distribution_scores(10 + 2 * y, quantiles, shown, np.zeros(4))["crps"]
    exact = 2 * (y * (2 * stats.norm.cdf(y) - 1) + 2 * stats.norm.pdf(y) - 1 / np.sqrt(np.pi))
    assert found.to_numpy() == pytest.approx(exact, rel=0.02)


def test_without_spread_it_is_the_absolute_error() -> None:
    same, shown = np.full((2, len(CRPS_LEVELS)), 5.0), np.full((2, 3), 5.0)
    found = distribution_scores(np.array([3.0, 0.0]), same, shown, np.zeros(2))
    assert found["crps"].tolist() == pytest.approx([2.0, 5.0])
    assert found["pinball_p90"].tolist() == pytest.approx([0.2, 0.5])


@pytest.mark.parametrize("half_width", [0.4, 0.3, 0.45])
def test_zeros_do_not_flatter_the_coverage(half_width: float) -> None:
    spent, quantiles, shown, p_nothing = with_zeros(half_width)
    found = distribution_scores(spent, quantiles, shown, p_nothing, half_width)
    assert found["coverage_80"].mean() == pytest.approx(2 * half_width, abs=0.01)
    low, _, high = shown.T
    assert ((low <= spent) & (spent <= high)).mean() > 2 * half_width + 0.05  # what counting would say


def test_the_true_distribution_scores_best_and_a_narrow_one_covers_too_little() -> None:
    spent, quantiles, shown, p_nothing = with_zeros()
    true = distribution_scores(spent, quantiles, shown, p_nothing)
    for wrong in (0.6, 1.5):
        found = distribution_scores(spent, wrong * quantiles, wrong * shown, p_nothing)
        assert found["crps"].mean() > true["crps"].mean()
        assert found["pinball_p90"].mean() > true["pinball_p90"].mean()
    mean = quantiles.mean(axis=1, keepdims=True)
    narrow = distribution_scores(spent, quantiles, mean + 0.5 * (shown - mean), p_nothing)
    assert narrow.loc[spent > 0, "coverage_80"].mean() < true.loc[spent > 0, "coverage_80"].mean() - 0.1


def test_means_have_intervals_and_tenths_add_up() -> None:
    scores = distribution_scores(*with_zeros())
    expected = with_zeros()[1].mean(axis=1)
    rows = scores.assign(
        customer_key=np.arange(N).astype(str), cutoff=pd.Timestamp(2024, 1, 1), expected=expected
    )
    found, tenths = distribution_metrics(rows, seed=1, resamples=50)
    assert found is not None
    assert found["holdout"] == found["backtest"]
    for name in SCORES:
        one = found["holdout"][name]
        assert one["value"] == pytest.approx(scores[name].mean())
        error = 1.96 * scores[name].std() / np.sqrt(N)
        assert one["high"] - one["low"] == pytest.approx(2 * error, rel=0.4)
    assert tenths["n"].sum() == N
    assert (tenths["coverage"] * tenths["n"]).sum() / N == pytest.approx(scores["coverage_80"].mean())
    assert tenths["expected"].is_monotonic_increasing
    nothing, none = distribution_metrics(pd.DataFrame(), seed=1, resamples=50)
    assert nothing is None
    assert none.empty
    assert list(none) == list(tenths)


def test_tenths_that_are_off_are_marked() -> None:
    expected, coverage = np.repeat(np.arange(10.0), 500), np.tile([1.0, 1.0, 1.0, 1.0, 0.0], 1_000)
    assert not coverage_by_tenth(expected, coverage)["is_off"].any()
    coverage[4_500:4_600] = 0.0
    assert coverage_by_tenth(expected, coverage)["is_off"].tolist() == [False] * 9 + [True]
    few = np.arange(4_500, 5_000, 20)
    assert not coverage_by_tenth(expected[few], coverage[few])["is_off"].any()
