from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pipeline.evaluation.distribution import (
    LEVELS,
    SCORES,
    coverage_by_tenth,
    distribution_scores,
    judge,
)

N = 20_000


def with_zeros(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes of their own distributions: nothing with a chance of its own, else exponential."""
    rng = np.random.default_rng(seed)
    p_nothing, mean = rng.uniform(0.05, 0.98, N), rng.gamma(3, 10, N)
    spent = np.where(rng.random(N) < p_nothing, 0.0, rng.exponential(mean))
    left = np.clip((LEVELS - p_nothing[:, None]) / (1 - p_nothing[:, None]), 0, None)
    return spent, -np.log1p(-left) * mean[:, None], p_nothing


def test_crps_is_that_of_the_closed_form() -> None:
    """Normal: sigma (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)), Gneiting and Raftery (2007), eq. 21."""
    y = np.array([-1.0, 0.0, 0.7, 3.0])
    quantiles = 10 + 2 * np.tile(stats.norm.ppf(LEVELS), (4, 1))
    found = distribution_scores(10 + 2 * y, quantiles, np.zeros(4))["crps"]
    exact = 2 * (y * (2 * stats.norm.cdf(y) - 1) + 2 * stats.norm.pdf(y) - 1 / np.sqrt(np.pi))
    assert found.to_numpy() == pytest.approx(exact, rel=0.02)


def test_without_spread_it_is_the_absolute_error() -> None:
    found = distribution_scores(np.array([3.0, 0.0]), np.full((2, len(LEVELS)), 5.0), np.zeros(2))
    assert found["crps"].tolist() == pytest.approx([2.0, 5.0])
    assert found["pinball_p90"].tolist() == pytest.approx([0.2, 0.5])


def test_zeros_do_not_flatter_the_coverage() -> None:
    spent, quantiles, p_nothing = with_zeros()
    found = distribution_scores(spent, quantiles, p_nothing)
    assert found["coverage_80"].mean() == pytest.approx(0.8, abs=0.01)
    low, high = (quantiles[:, np.searchsorted(LEVELS, level)] for level in (0.1, 0.9))
    assert ((low <= spent) & (spent <= high)).mean() > 0.85  # what counting would say


def test_the_true_distribution_scores_best_and_a_narrow_one_covers_too_little() -> None:
    spent, quantiles, p_nothing = with_zeros()
    true = distribution_scores(spent, quantiles, p_nothing)
    for wrong in (0.6 * quantiles, 1.5 * quantiles):
        assert distribution_scores(spent, wrong, p_nothing)["crps"].mean() > true["crps"].mean()
    mean = quantiles.mean(axis=1, keepdims=True)
    narrow = distribution_scores(spent, mean + 0.5 * (quantiles - mean), p_nothing)
    assert narrow.loc[spent > 0, "coverage_80"].mean() < true.loc[spent > 0, "coverage_80"].mean() - 0.1


def test_means_have_intervals_and_tenths_add_up() -> None:
    spent, quantiles, p_nothing = with_zeros()
    scores = distribution_scores(spent, quantiles, p_nothing)
    rows = scores.assign(customer_key=np.arange(N).astype(str), cutoff=pd.Timestamp(2024, 1, 1))
    found = judge(rows, seed=1, resamples=50)
    for name in SCORES:
        one = found.estimate(name, "mean")
        assert one.value == pytest.approx(scores[name].mean())
        error = 1.96 * scores[name].std() / np.sqrt(N)
        assert one.high - one.low == pytest.approx(2 * error, rel=0.4)
    tenths = coverage_by_tenth(quantiles.mean(axis=1), scores["coverage_80"].to_numpy())
    assert tenths["n"].sum() == N
    assert (tenths["coverage"] * tenths["n"]).sum() / N == pytest.approx(scores["coverage_80"].mean())
    assert tenths["expected"].is_monotonic_increasing
    assert coverage_by_tenth(np.empty(0), np.empty(0)).empty
