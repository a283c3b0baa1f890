from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import StackingClassifier
from sklearn.metrics import log_loss

from pipeline.churn import importance as module
from pipeline.churn.backtest import Recipe, learn
from pipeline.churn.blend import churn_probability
from pipeline.churn.frame import TOPICS
from pipeline.churn.importance import importance
from pipeline.features.catalogue import ORDER_LOG


@pytest.fixture(scope="module")
def later(labelled: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    return labelled(600, seed=2)


@pytest.fixture(scope="module")
def model(labelled: Callable[..., pd.DataFrame]) -> StackingClassifier:
    train = labelled(400, seed=1)
    return learn(train, train, Recipe(28, ("btyd", "logistic", "boosting"), seed=5)).classifier(train)


def test_importance_finds_what_matters(model: StackingClassifier, later: pd.DataFrame) -> None:
    table = importance(model, later, seed=3, repeats=2, groups=TOPICS)
    assert list(table) == ["feature", "log_loss_increase", "low", "high"]
    assert table["feature"].iloc[0] == "lifetime_model"
    assert set(table["feature"]) == {*(topic.name for topic in ORDER_LOG), "lifetime_model"}
    assert table["log_loss_increase"].is_monotonic_decreasing
    by_topic = table.set_index("feature")
    assert by_topic.loc["basket", "log_loss_increase"] < 0.01
    assert by_topic.loc["lifetime_model", "low"] > 0
    assert (table["low"] <= table["log_loss_increase"]).all()
    assert (table["log_loss_increase"] <= table["high"]).all()


def test_the_increase_is_that_of_the_log_loss(model: StackingClassifier, later: pd.DataFrame) -> None:
    found = importance(model, later, seed=3, repeats=1, groups={"T": ("T",)})
    rows, rng = later.sort_values(["cutoff", "customer_key"]), np.random.default_rng(3)
    shuffled = rows.assign(T=rows["T"].to_numpy()[rng.permutation(len(rows))])
    before, after = (log_loss(rows["churned"], churn_probability(model, some)) for some in (rows, shuffled))
    assert found["log_loss_increase"].iloc[0] == pytest.approx(after - before)


def test_importance_ignores_row_order_and_samples_large_frames(
    model: StackingClassifier, later: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IMPORTANCE_SAMPLE", 500)
    groups = {"p_no_order": ("p_no_order",), "T": ("T",), "never seen": ("nothing",)}
    first = importance(model, later, seed=3, repeats=2, groups=groups)
    second = importance(model, later.sample(frac=1, random_state=1), seed=3, repeats=2, groups=groups)
    pd.testing.assert_frame_equal(first, second)
    assert first["feature"].tolist() == ["p_no_order", "T"]
