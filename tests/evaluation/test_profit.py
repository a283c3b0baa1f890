from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate
from scipy.stats import beta

from pipeline.evaluation.kinds import CHURN
from pipeline.evaluation.profit import expected_maximum_profit

PARAMETERS = {"clv": 200.0, "incentive": 10.0, "contact": 1.0, "alpha": 6.0, "beta": 14.0}


def best_profit(gamma: float, y: np.ndarray, score: np.ndarray) -> float:
    """The paper's profit per customer at the best threshold, by trying each."""
    delta, phi = PARAMETERS["incentive"] / PARAMETERS["clv"], PARAMETERS["contact"] / PARAMETERS["clv"]
    profits = [0.0]
    for threshold in np.unique(score):
        contacted = score >= threshold
        churners, stayers = (y[contacted] == 1).sum() / len(y), (y[contacted] == 0).sum() / len(y)
        profits.append(PARAMETERS["clv"] * ((gamma * (1 - delta) - phi) * churners - (delta + phi) * stayers))
    return max(profits)


def test_the_published_example() -> None:
    """The example in the documentation of empulse's `empc_score`, with the paper's defaults."""
    y = np.array([0.0, 1, 0, 1, 0, 1, 0, 1])
    found = expected_maximum_profit(y, np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]))
    assert found == pytest.approx(23.875593418348124, rel=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_expectation_of_the_best_threshold(seed: int) -> None:
    rng = np.random.default_rng(seed)
    score = rng.integers(1, 12, 60) / 12
    y = (rng.random(60) < score * 0.3).astype(float)
    expected, _ = integrate.quad(
        lambda gamma: best_profit(gamma, y, score) * beta.pdf(gamma, 6, 14), 0, 1, limit=400
    )
    assert expected_maximum_profit(y, score, **PARAMETERS) == pytest.approx(expected, rel=1e-5)


def test_a_certain_ranking_by_hand() -> None:
    """Contacting only the churners earns gamma (CLV - d) - f from each."""
    y = np.array([1.0] * 2 + [0.0] * 8)
    found = expected_maximum_profit(y, y, clv=100.0, incentive=10.0, contact=0.0, alpha=3.0, beta=7.0)
    assert found == pytest.approx(0.2 * 0.3 * 90)


def test_no_churner_or_an_incentive_that_never_pays_earns_nothing() -> None:
    assert expected_maximum_profit(np.zeros(5), np.arange(5.0)) == 0.0
    y = np.array([1.0, 0.0])
    assert expected_maximum_profit(y, y, clv=10.0, incentive=9.0, contact=5.0) == 0.0


def test_resamples_together_equal_resamples_alone() -> None:
    rng = np.random.default_rng(0)
    score = rng.random(200)
    y = (rng.random(200) < score).astype(float)
    weights = rng.integers(0, 3, (4, 200)).astype(float)
    together = expected_maximum_profit(y, score, weights)
    assert together == pytest.approx([expected_maximum_profit(y, score, weight) for weight in weights])


def test_a_shop_counts_with_its_own_costs() -> None:
    rng = np.random.default_rng(0)
    score = rng.random(200)
    y = (rng.random(200) < score).astype(float)
    own = CHURN.with_campaign(customer_worth=80.0, offer_cost=20.0, contact_cost=0.5)
    expected = expected_maximum_profit(y, score, clv=80.0, incentive=20.0, contact=0.5)
    assert own.metrics["empc"](y, score, None) == expected
    assert list(own.metrics) == list(CHURN.metrics)
    assert CHURN.metrics["empc"](y, score, None) == expected_maximum_profit(y, score)
