from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation.fairness import COLUMNS, fairness, people_labels

N = 2000
HOW = {"risk_high": 0.8, "seed": 1, "resamples": 50}


def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    p = rng.beta(2, 2, N)
    return pd.DataFrame(
        {
            "customer_key": [f"c{i // 2:04d}" for i in range(N)],
            "cutoff": np.where(np.arange(N) % 2, pd.Timestamp(2024, 1, 1), pd.Timestamp(2024, 4, 1)),
            "model": p,
            "churned": rng.random(N) < p,
        }
    )


def labels() -> pd.DataFrame:
    return pd.DataFrame({"income_group": np.where(np.arange(N) // 2 % 3 == 0, "low", "high")})


def test_a_group_that_is_judged_too_harshly_shows() -> None:
    rows = table()
    low = (labels()["income_group"] == "low").to_numpy()
    rows.loc[low, "churned"] = np.random.default_rng(2).random(low.sum()) < rows.loc[low, "model"] - 0.2
    found = fairness(rows, labels(), **HOW).set_index("level")
    assert list(found.index) == ["all", "high", "low"]
    assert found.loc["low", "gap_low"] > 0.1
    assert found.loc["high", "gap_low"] < 0 < found.loc["high", "gap_high"]
    assert found.loc["all", "n"] == N // 2
    assert found.loc["all", "n"] == found.loc["high", "n"] + found.loc["low", "n"]


def test_the_measures_are_those_of_the_group() -> None:
    rows = table()
    high = rows[(labels()["income_group"] == "high").to_numpy()]
    found = fairness(rows, labels(), **HOW).set_index("level").loc["high"]
    by_origin = high.groupby("cutoff")
    assert found["churn_rate"] == pytest.approx(by_origin["churned"].mean().mean())
    assert found["mean_probability"] == pytest.approx(by_origin["model"].mean().mean())
    assert found["gap"] == pytest.approx(found["mean_probability"] - found["churn_rate"])
    assert found["high_risk_share"] == pytest.approx(
        (high["model"] >= 0.8).groupby(high["cutoff"]).mean().mean()
    )
    assert found["roc_auc_low"] < found["roc_auc"] < found["roc_auc_high"]


def test_small_groups_are_left_out_and_row_order_changes_no_digit() -> None:
    groups = labels().assign(children=["one"] * 98 + [None] * (N - 98))
    assert table()["customer_key"].head(98).nunique() == 49
    found = fairness(table(), groups, **HOW)
    assert set(found["group"]) == {"all", "income_group"}
    order = np.random.default_rng(3).permutation(N)
    again = fairness(table().iloc[order], groups.iloc[order], **HOW)
    pd.testing.assert_frame_equal(found, again, check_exact=True)
    assert list(found) == COLUMNS


def test_people_are_labelled_by_age_at_the_cutoff_and_by_what_the_table_says() -> None:
    now = pd.DataFrame({"customer_key": ["a", "b", "c"], "cutoff": pd.Timestamp(2024, 1, 1)}, index=[5, 6, 7])
    people = pd.DataFrame(
        {
            "customer_key": ["b", "a"],
            "birth_year": pd.array([None, 1984], dtype="Int64"),
            "children": ["two", None],
            "home_ownership": [None, None],
        }
    )
    found = people_labels(now, people, ["children", "home_ownership"])
    assert found.index.tolist() == [5, 6, 7]
    assert found.fillna("-").to_numpy().tolist() == [["40-49", "-"], ["-", "two"], ["-", "-"]]
