from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.churn.frame import OF_ORDER_DAYS
from pipeline.evaluation.alarms import CHANCE, chance, feature_aucs, leak_alarms, shuffle_alarms

N = 2000


def rows() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    churned = rng.random(N) < 0.5
    frequency = np.where(rng.random(N) < np.where(churned, 0.9, 0.3), 0, rng.integers(1, 6, N))
    return pd.DataFrame(
        {
            "churned": churned,
            "active": True,
            "frequency": frequency,
            "honest": churned + rng.normal(0, 1, N),
            "future_orders": -1.0 * churned,
            "gap": np.where(frequency == 0, np.nan, rng.normal(0, 1, N)),
            "filled_later": np.where(churned & (rng.random(N) < 0.9), np.nan, 1.0),
        }
    )


FEATURES = ["honest", "future_orders", "gap", "filled_later"]


def test_a_leak_is_named_and_an_honest_feature_is_not() -> None:
    found = leak_alarms(feature_aucs(rows(), FEATURES))
    assert [(alarm["kind"], alarm["feature"]) for alarm in found] == [
        ("feature_tells_all", "future_orders"),
        ("missing_tells", "filled_later"),
    ]


def test_where_customers_order_by_the_clock_their_rhythm_is_no_leak() -> None:
    known = {"p_no_order": 0.97, "days_since_last": 0.975, "filled_later": 0.99}
    aucs = pd.DataFrame({"feature": list(known), "roc_auc": known.values(), "missing_roc_auc": np.nan})
    assert [alarm["feature"] for alarm in leak_alarms(aucs, ["p_no_order"])] == ["filled_later"]
    assert len(leak_alarms(aucs)) == 3
    assert len(leak_alarms(aucs.assign(roc_auc=[0.7, 0.96, 0.99]), ["p_no_order"])) == 2
    assert len(leak_alarms(aucs.assign(roc_auc=[np.nan, 0.96, 0.99]), ["p_no_order"])) == 2


def test_without_a_lifetime_model_the_time_since_the_last_order_stands_for_it() -> None:
    known = {"p_no_order": np.nan, "days_since_last": 0.978, "overdue_score": 0.956, "filled_later": 0.995}
    aucs = pd.DataFrame({"feature": list(known), "roc_auc": known.values(), "missing_roc_auc": np.nan})
    assert [alarm["feature"] for alarm in leak_alarms(aucs, OF_ORDER_DAYS)] == ["filled_later"]


def test_what_is_missing_by_nature_is_no_leak() -> None:
    """Who ordered once has no gap, and churns more often; among equally many orders that tells nothing."""
    aucs = feature_aucs(rows(), FEATURES).set_index("feature")
    assert aucs.loc["gap", "missing_roc_auc"] == 0.5
    assert np.isnan(aucs.loc["honest", "missing_roc_auc"])
    assert aucs["roc_auc"].dropna().between(0.5, 1).all()


def test_the_long_gone_raise_no_alarm() -> None:
    gone = rows().assign(future_orders=0.0, filled_later=1.0)
    long_silent = gone.assign(active=False, churned=True, honest=1000.0)
    both = pd.concat([gone, *[long_silent] * 10], ignore_index=True)
    assert leak_alarms(feature_aucs(both, FEATURES)) == []
    assert [alarm["feature"] for alarm in leak_alarms(feature_aucs(both.assign(active=True), FEATURES))] == [
        "honest"
    ]


def test_too_few_customers_raise_no_alarm() -> None:
    few = rows().head(30)
    assert leak_alarms(feature_aucs(few, FEATURES)) == []
    nobody = feature_aucs(rows().head(0), FEATURES)
    assert nobody["roc_auc"].isna().all()
    assert leak_alarms(nobody) == []


def test_chance_has_the_width_of_chance() -> None:
    rng = np.random.default_rng(1)
    found = [chance(rng.random(300) < 0.3, rng.normal(0, 1, 300)) for _ in range(300)]
    aucs = np.array([one["roc_auc"] for one in found])
    half = np.mean([one["high"] - 0.5 for one in found])
    assert aucs.std() == pytest.approx(half / CHANCE, rel=0.15)
    assert [alarm for one in found for alarm in shuffle_alarms(one)] == []


def test_a_model_that_learns_shuffled_labels_raises_the_alarm() -> None:
    churned = rows()["churned"].to_numpy()
    [alarm] = shuffle_alarms(chance(churned, churned + np.random.default_rng(2).normal(0, 3, N)))
    assert (alarm["kind"], alarm["roc_auc"] > alarm["limit"] > 0.5) == ("shuffled_labels", True)
    assert shuffle_alarms(None) == []


@pytest.mark.parametrize("everybody", [True, False])
def test_where_everybody_did_the_same_there_is_nothing_to_hold_against_chance(everybody: bool) -> None:
    assert chance(np.full(50, everybody), np.arange(50.0)) is None
