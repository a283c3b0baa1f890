from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import StackingClassifier
from sklearn.metrics import log_loss, roc_auc_score

from pipeline.churn import classifier
from pipeline.churn.classifier import (
    churn_probability,
    dropped_features,
    fit,
    importance,
    learned_from,
)
from pipeline.churn.frame import FEATURES, TOPICS
from pipeline.errors import UserError

BOTH = ("logistic", "boosting")
Labelled = Callable[..., pd.DataFrame]

FIT_AND_HASH = """
import hashlib, json, sys
import pandas as pd
from pipeline.churn.classifier import churn_probability, fit
from pipeline.churn.store import dump_model
frame = pd.read_parquet(sys.argv[1])
model = fit(frame, members=("logistic", "boosting"), seed=5, folds=3)
found = dump_model(model), churn_probability(model, frame).tobytes()
print(json.dumps([hashlib.sha256(part).hexdigest() for part in found]))
"""


@pytest.fixture(scope="module")
def train(labelled: Labelled) -> pd.DataFrame:
    return labelled(400, seed=1)


@pytest.fixture(scope="module")
def test(labelled: Labelled) -> pd.DataFrame:
    return labelled(600, seed=2)


@pytest.fixture(scope="module")
def model(train: pd.DataFrame) -> StackingClassifier:
    return fit(train, members=BOTH, seed=5, folds=3)


def test_learns_what_is_there_and_is_calibrated(model: StackingClassifier, test: pd.DataFrame) -> None:
    p = churn_probability(model, test)
    oracle = test["p_no_order"]  # the labels of the made-up shop are drawn from it
    assert roc_auc_score(test["churned"], p) > roc_auc_score(test["churned"], oracle) - 0.02
    assert log_loss(test["churned"], p) < log_loss(test["churned"], oracle) + 0.02
    assert abs(p.mean() - test["churned"].mean()) < 0.03
    assert ((p > 0) & (p < 1)).all()


@pytest.mark.parametrize("members", [("logistic",), ("boosting",)])
def test_one_member_alone(members: tuple[classifier.Member], train: pd.DataFrame, test: pd.DataFrame) -> None:
    model = fit(train, members=members, seed=5, folds=3)
    assert learned_from(model)["members"] == list(members)
    assert roc_auc_score(test["churned"], churn_probability(model, test)) > 0.7


def test_blend_is_platt_scaled_mean_of_log_odds(model: StackingClassifier, test: pd.DataFrame) -> None:
    log_odds = np.mean(
        [member.decision_function(test[list(FEATURES)]) for member in model.named_estimators_.values()],
        axis=0,
    )
    card = learned_from(model)
    expected = 1 / (1 + np.exp(-card["platt_intercept"] - card["platt_slope"] * log_odds))
    np.testing.assert_allclose(churn_probability(model, test), expected, rtol=1e-12)


def test_calibration_folds_share_no_customer(train: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    build = classifier.build

    def spy(*args: object, splits: list[tuple[np.ndarray, np.ndarray]], **kwargs: object) -> object:
        seen.extend(splits)
        return build(*args, splits=splits, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(classifier, "build", spy)
    fit(train, members=("logistic",), seed=5, folds=4)
    keys = train["customer_key"].to_numpy()
    assert len(seen) == 4
    assert sorted(np.concatenate([held_out for _, held_out in seen])) == list(range(len(train)))
    for fitted, held_out in seen:
        assert not set(keys[fitted]) & set(keys[held_out])


def test_shuffled_labels_teach_nothing(train: pd.DataFrame, test: pd.DataFrame) -> None:
    rng = np.random.default_rng(0)
    shuffled = train.assign(churned=rng.permutation(train["churned"]))
    model = fit(shuffled, members=BOTH, seed=5, folds=3)
    churners = int(test["churned"].sum())
    stayers = len(test) - churners
    noise = np.sqrt((churners + stayers + 1) / (12 * churners * stayers))  # of the AUC under no relation
    coins = rng.permutation(test["churned"])
    assert abs(roc_auc_score(coins, churn_probability(model, test)) - 0.5) < 4 * noise
    assert log_loss(test["churned"], churn_probability(model, test)) > 0.97 * log_loss(
        test["churned"], np.full(len(test), test["churned"].mean())
    )


def test_labels_and_unused_columns_are_not_read(model: StackingClassifier, test: pd.DataFrame) -> None:
    bare = test[list(FEATURES)[::-1]]
    np.testing.assert_array_equal(churn_probability(model, bare), churn_probability(model, test))


def test_row_order_does_not_change_the_model(train: pd.DataFrame, model: StackingClassifier) -> None:
    shuffled = fit(train.sample(frac=1, random_state=9), members=BOTH, seed=5, folds=3)
    np.testing.assert_array_equal(churn_probability(shuffled, train), churn_probability(model, train))


def test_threads_and_processes_do_not_change_a_byte(train: pd.DataFrame, tmp_path: Path) -> None:
    train.to_parquet(tmp_path / "frame.parquet")
    results = []
    for threads in ("1", "2"):
        limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED"), threads)
        run = subprocess.run(
            [sys.executable, "-c", FIT_AND_HASH, str(tmp_path / "frame.parquet")],
            env={**os.environ, **limits},
            capture_output=True,
            text=True,
            check=True,
        )
        results.append(json.loads(run.stdout))
    assert results[0] == results[1]


def test_empty_and_constant_columns_are_dropped_and_named(train: pd.DataFrame) -> None:
    rare = np.where(train["customer_key"] == "c00003", 5.0, np.nan)  # varies in no fold's training part
    poor = train.assign(gap_sd_days=np.nan, lines_per_order=1.0, last_gap_days=rare)
    model = fit(poor, members=BOTH, seed=5, folds=3)
    assert dropped_features(model) == ["gap_sd_days", "last_gap_days", "lines_per_order"]
    assert np.isfinite(churn_probability(model, poor)).all()


def test_probabilities_of_zero_and_one_and_missing_ones_are_survived(train: pd.DataFrame) -> None:
    p = train["p_no_order"].to_numpy().copy()
    p[:5], p[5:10], p[10:15] = 0.0, 1.0, np.nan
    model = fit(train.assign(p_no_order=p), members=BOTH, seed=5, folds=3)
    assert np.isfinite(churn_probability(model, train.assign(p_no_order=p))).all()


@pytest.mark.parametrize(("churners", "text"), [(19, "only 19 ever churned"), (381, "19 ever stayed")])
def test_too_few_of_a_class(train: pd.DataFrame, churners: int, text: str) -> None:
    one_cutoff = train[train["cutoff"] == train["cutoff"].min()]
    few = one_cutoff.assign(churned=np.arange(len(one_cutoff)) < churners)
    with pytest.raises(UserError, match=text) as caught:
        fit(few, members=BOTH, seed=5, folds=3)
    assert caught.value.where == "churn.horizon_days"


@pytest.mark.parametrize("members", [(), ("logistic", "logistic")])
def test_members_must_be_named_once(train: pd.DataFrame, members: tuple[classifier.Member, ...]) -> None:
    with pytest.raises(UserError, match="each member once"):
        fit(train, members=members, seed=5, folds=3)


def test_large_frames_are_sampled_by_whole_customers(
    train: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = classifier._sample_of_customers(train, 600, seed=5)
    assert len(sample) == 600
    assert (sample.groupby("customer_key").size() == 3).all()
    monkeypatch.setattr(classifier, "MOST_TRAINING_ROWS", 600)
    model = fit(train, members=("logistic",), seed=5, folds=3)
    direct = fit(sample, members=("logistic",), seed=5, folds=3)
    np.testing.assert_array_equal(churn_probability(model, train), churn_probability(direct, train))


def test_importance_finds_what_matters(model: StackingClassifier, test: pd.DataFrame) -> None:
    table = importance(model, test, seed=3, repeats=2, groups=TOPICS)
    assert list(table) == ["feature", "log_loss_increase", "std"]
    assert table["feature"].iloc[0] == "lifetime_model"
    assert set(table["feature"]) == set(TOPICS)
    assert table["log_loss_increase"].is_monotonic_decreasing
    assert table.set_index("feature").loc["basket", "log_loss_increase"] < 0.01


def test_importance_ignores_row_order_and_samples_large_frames(
    model: StackingClassifier, test: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifier, "IMPORTANCE_SAMPLE", 500)
    groups = {"p_no_order": ("p_no_order",), "T": ("T",), "never seen": ("nothing",)}
    first = importance(model, test, seed=3, repeats=2, groups=groups)
    second = importance(model, test.sample(frac=1, random_state=1), seed=3, repeats=2, groups=groups)
    pd.testing.assert_frame_equal(first, second)
    assert first["feature"].tolist() == ["p_no_order", "T"]
