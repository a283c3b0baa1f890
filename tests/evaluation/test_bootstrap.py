from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation.bootstrap import estimate, judged_customers, measure
from pipeline.evaluation.metrics import CHURN_METRICS, VALUE_METRICS, brier, mae, roc_auc

N = 600
FIRST, SECOND = pd.Timestamp(2024, 1, 1), pd.Timestamp(2024, 4, 1)


def churn_table(seed: int = 0, rows: int = N) -> pd.DataFrame:
    """One origin, ties among the predictions."""
    rng = np.random.default_rng(seed)
    p = rng.beta(2, 1, rows).round(3)
    return pd.DataFrame(
        {
            "customer_key": [f"c{i:05d}" for i in range(rows)],
            "cutoff": FIRST,
            "churned": rng.random(rows) < p,
            "model": p,
            "rule": np.clip(p + rng.normal(0, 0.2, rows), 0.01, 0.99),
        }
    )


def two_origins() -> pd.DataFrame:
    return pd.concat([churn_table(0), churn_table(1).assign(cutoff=SECOND)], ignore_index=True)


def test_mean_interval_is_as_wide_as_the_normal_theory_says() -> None:
    spent = np.random.default_rng(2).exponential(10, 2000)
    table = pd.DataFrame(
        {"customer_key": np.arange(2000).astype(str), "cutoff": FIRST, "spent": spent, "a": 0.0, "b": 0.0}
    )
    found = measure(table, "spent", ["a", "b"], {"mae": mae}, seed=1, resamples=400)
    interval = found.estimate("a", "mae")
    assert interval.value == pytest.approx(spent.mean())
    half = 1.96 * spent.std() / np.sqrt(2000)
    assert (interval.high - interval.low) / 2 == pytest.approx(half, rel=0.15)
    difference = found.difference("a", "b", "mae")
    assert difference.low == difference.high == 0.0


def test_the_interval_holds_nineteen_of_twenty_resamples() -> None:
    draws = np.arange(1001.0)
    found = estimate(np.array([7.0, *draws, np.nan]))
    assert (found.value, found.low, found.high) == pytest.approx((7.0, 25.0, 975.0))


@pytest.mark.parametrize("metrics", [CHURN_METRICS, VALUE_METRICS])
def test_row_order_does_not_change_a_digit(metrics: dict) -> None:
    table = two_origins()
    shuffled = table.sample(frac=1, random_state=5)
    first, second = (
        measure(one, "churned", ["model", "rule"], metrics, seed=3, resamples=20) for one in (table, shuffled)
    )
    np.testing.assert_array_equal(first.numbers, second.numbers)


def test_seed_decides() -> None:
    table = churn_table()
    first, same, other = (
        measure(table, "churned", ["model"], {"auc": roc_auc}, seed=seed, resamples=30).estimate(
            "model", "auc"
        )
        for seed in (3, 3, 4)
    )
    assert first == same
    assert first != other
    assert first.value == other.value


@pytest.mark.parametrize("rows", [N, 20_000])
def test_binned_resamples_are_those_of_the_rows(rows: int) -> None:
    table = churn_table(rows=rows)
    y, p = table["churned"].to_numpy(dtype=float), table["model"].to_numpy() ** 1.01  # hardly any ties
    table["model"] = p + np.random.default_rng(0).normal(0, 1e-4, rows).clip(0, 1)
    p = table["model"].clip(0, 1).to_numpy()
    table["model"] = p
    found = measure(table, "churned", ["model"], CHURN_METRICS, seed=3, resamples=3)
    drawn = np.random.default_rng(3).integers(0, rows, rows)
    weight = np.bincount(drawn, minlength=rows).astype(float)
    for name, metric in CHURN_METRICS.items():
        assert found.of("model", name)[1] == pytest.approx(metric(y, p, weight), rel=2e-3, abs=2e-3), name
        assert found.of("model", name)[0] == pytest.approx(metric(y, p, None), rel=1e-9), name


def test_difference_is_paired() -> None:
    table = churn_table().assign(nearly=lambda t: np.clip(t["model"] + 0.01, 0, 1))
    found = measure(table, "churned", ["model", "nearly"], {"brier": brier}, seed=3, resamples=100)
    difference, model = found.difference("model", "nearly", "brier"), found.estimate("model", "brier")
    assert difference.value == pytest.approx(model.value - found.estimate("nearly", "brier").value)
    assert difference.high - difference.low < (model.high - model.low) / 5


def test_rows_of_one_customer_are_drawn_together_at_every_origin() -> None:
    once = churn_table()
    same_again = pd.concat([once.assign(cutoff=day) for day in (FIRST, SECOND)], ignore_index=True)
    strangers = same_again.assign(
        customer_key=np.where(same_again["cutoff"] == SECOND, "x", "") + same_again["customer_key"]
    )

    def width(table: pd.DataFrame) -> float:
        found = measure(table, "churned", ["model"], {"brier": brier}, seed=3, resamples=300)
        interval = found.estimate("model", "brier")
        return interval.high - interval.low

    assert width(same_again) == pytest.approx(width(once), rel=1e-6)
    assert width(strangers) == pytest.approx(width(once) / np.sqrt(2), rel=0.2)


def test_pooled_is_the_mean_of_the_origins_that_define_the_metric() -> None:
    table = two_origins()
    found = measure(table, "churned", ["model"], {"auc": roc_auc}, seed=3, resamples=30)
    values = [found.estimate("model", "auc", day).value for day in (FIRST, SECOND)]
    assert found.estimate("model", "auc").value == pytest.approx(np.mean(values))
    table.loc[table["cutoff"] == SECOND, "churned"] = True
    found = measure(table, "churned", ["model"], {"auc": roc_auc}, seed=3, resamples=30)
    assert found.estimate("model", "auc") == found.estimate("model", "auc", FIRST)
    assert np.isnan(found.estimate("model", "auc", SECOND).value)


def test_undefined_is_none_in_json() -> None:
    table = churn_table().assign(churned=False)
    found = measure(table, "churned", ["model"], {"auc": roc_auc}, seed=3, resamples=5)
    assert found.estimate("model", "auc").as_dict() == {"value": None, "low": None, "high": None}
    assert np.isnan(estimate(np.array([1.0, np.nan])).low)


def test_a_large_base_is_sampled_by_customer() -> None:
    table = two_origins()
    kept = judged_customers(table, seed=1, most=100)
    assert kept["customer_key"].value_counts().tolist() == [2] * 100
    again = judged_customers(table.sample(frac=1, random_state=4), seed=1, most=100)
    assert set(again["customer_key"]) == set(kept["customer_key"])
    assert set(judged_customers(table, seed=2, most=100)["customer_key"]) != set(kept["customer_key"])
    assert judged_customers(table, seed=1) is table
