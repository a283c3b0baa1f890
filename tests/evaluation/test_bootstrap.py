from __future__ import annotations

import numpy as np
import pytest

from pipeline.evaluation.bootstrap import compare
from pipeline.evaluation.metrics import CHURN_METRICS, brier, mae, roc_auc

N = 600


def churn_case(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = rng.beta(2, 1, N).round(3)
    y = (rng.random(N) < p).astype(float)
    return y, p, np.clip(p + rng.normal(0, 0.2, N), 0.01, 0.99), np.array([f"c{i:04d}" for i in range(N)])


def test_mean_interval_is_as_wide_as_the_normal_theory_says() -> None:
    rng = np.random.default_rng(2)
    actual, keys = rng.exponential(10, 2000), np.arange(2000).astype(str)
    found = compare(actual, np.zeros(2000), np.zeros(2000), keys, {"mae": mae}, seed=1, resamples=400)
    estimate = found.model["mae"]
    assert estimate.value == pytest.approx(actual.mean())
    half = 1.96 * actual.std() / np.sqrt(2000)
    assert (estimate.high - estimate.low) / 2 == pytest.approx(half, rel=0.15)
    assert found.difference["mae"].low == found.difference["mae"].high == 0.0


def test_row_order_does_not_change_a_digit() -> None:
    y, p, rule, keys = churn_case()
    keys = np.repeat(keys[: N // 2], 2)
    order = np.random.default_rng(5).permutation(N)
    first = compare(y, p, rule, keys, CHURN_METRICS, seed=3, resamples=30)
    second = compare(y[order], p[order], rule[order], keys[order], CHURN_METRICS, seed=3, resamples=30)
    assert first == second


def test_seed_decides() -> None:
    case = churn_case()
    first, same, other = (
        compare(*case, {"roc_auc": roc_auc}, seed=seed, resamples=30).model["roc_auc"] for seed in (3, 3, 4)
    )
    assert first == same
    assert first != other
    assert first.value == other.value


def test_difference_is_paired() -> None:
    y, p, _, keys = churn_case()
    nearly = np.clip(p + 0.01, 0, 1)
    found = compare(y, p, nearly, keys, {"brier": brier}, seed=3, resamples=100)
    difference, model = found.difference["brier"], found.model["brier"]
    assert difference.value == pytest.approx(model.value - found.rule["brier"].value)
    assert difference.high - difference.low < (model.high - model.low) / 5


def test_rows_of_one_customer_are_drawn_together() -> None:
    y, p, rule, keys = churn_case()
    once = compare(y, p, rule, keys, {"brier": brier}, seed=3, resamples=300).model["brier"]
    four = [np.tile(values, 4) for values in (y, p, rule, keys)]
    copied = compare(*four, {"brier": brier}, seed=3, resamples=300).model["brier"]
    assert copied.high - copied.low == pytest.approx(once.high - once.low, rel=1e-6)


def test_undefined_is_none_in_json() -> None:
    _, p, rule, keys = churn_case()
    found = compare(np.zeros(N), p, rule, keys, {"roc_auc": roc_auc}, seed=3, resamples=5)
    assert found.model["roc_auc"].as_dict() == {"value": None, "low": None, "high": None}
