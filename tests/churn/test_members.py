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
from scipy.special import expit
from sklearn.metrics import log_loss, roc_auc_score

from pipeline.churn.explain import explainer
from pipeline.churn.frame import FEATURES
from pipeline.churn.members import (
    MEMBERS,
    RFM_AND_BTYD,
    Member,
    choose_members,
    fit_members,
    member_log_odds,
    presumed_weights,
)
from pipeline.errors import InsufficientHistory

Labelled = Callable[..., pd.DataFrame]

FIT_AND_HASH = """
import hashlib, json, sys
import pandas as pd
from pipeline.churn.backtest import Recipe, learn
from pipeline.churn.blend import churn_probability
from pipeline.churn.store import dump_model
frame = pd.read_parquet(sys.argv[1])
wanted = ("btyd", "logistic", "boosting")
model = learn(frame, frame, Recipe(28, wanted, seed=5)).classifier(frame)
found = dump_model(model), churn_probability(model, frame).tobytes()
print(json.dumps([hashlib.sha256(part).hexdigest() for part in found]))
"""


@pytest.fixture(scope="module")
def train(labelled: Labelled) -> pd.DataFrame:
    return labelled(400, seed=1)


@pytest.fixture(scope="module")
def later(labelled: Labelled) -> pd.DataFrame:
    return labelled(600, seed=2)


def log_odds(train: pd.DataFrame, later: pd.DataFrame, wanted: tuple[Member, ...] = MEMBERS) -> pd.DataFrame:
    return member_log_odds(fit_members(train, wanted, seed=5), later)


@pytest.fixture(scope="module")
def said(train: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """What every member says of later customers."""
    return log_odds(train, later)


def test_the_plain_logistic_member_reads_a_few_columns_that_have_a_scale() -> None:
    assert {"days_since_last", "frequency", "T", "p_no_order"} < set(RFM_AND_BTYD)
    assert len(RFM_AND_BTYD) < len(FEATURES) / 3


@pytest.mark.parametrize("member", MEMBERS)
def test_each_member_learns_what_is_there(member: Member, said: pd.DataFrame, later: pd.DataFrame) -> None:
    oracle = later["p_no_order"]  # the labels of the made-up shop are drawn from it
    # 400 rows are few among more than a hundred columns, nearly all of them noise.
    margins = {"boosting_half": 0.1, "boosting": 0.05, "logistic_rich": 0.05}
    margin = margins.get(member, 0.03)
    assert roc_auc_score(later["churned"], said[member]) > roc_auc_score(later["churned"], oracle) - margin
    assert log_loss(later["churned"], expit(said[member])) < log_loss(later["churned"], oracle) + margin


def test_btyd_is_taken_as_it_is(said: pd.DataFrame, later: pd.DataFrame) -> None:
    np.testing.assert_allclose(expit(said["btyd"]), later["p_no_order"], atol=1e-5)


@pytest.mark.parametrize(("column", "is_free"), [("spend_total", False), ("days_since_last", True)])
def test_trees_know_what_more_of_a_column_means_unless_it_is_about_when(
    column: str, is_free: bool, train: pd.DataFrame
) -> None:
    numbers = pd.Series(np.linspace(0, 1, len(train))).sample(frac=1, random_state=3).to_numpy()
    is_up = np.where(column == "spend_total", numbers > 0.5, numbers < 0.5)  # against what everybody says
    fitted = fit_members(train.assign(**{column: numbers}, churned=is_up), ["boosting"], seed=5)
    low, high = (member_log_odds(fitted, train.assign(**{column: end}))["boosting"] for end in (0.0, 1.0))
    assert ((high - low).abs() > 1).all() if is_free else np.allclose(high, low)


@pytest.mark.parametrize(
    ("customers", "chosen"),
    [
        (299, ("btyd", "logistic", "boosting")),
        (300, ("btyd", "logistic", "logistic_rich", "boosting")),
        (499, ("btyd", "logistic", "logistic_rich", "boosting")),
        (500, MEMBERS),
    ],
)
def test_small_shops_get_the_simple_model(customers: int, chosen: tuple[Member, ...]) -> None:
    assert choose_members("auto", customers=customers, has_lifetime_model=True) == chosen
    assert choose_members("auto", customers=customers, has_lifetime_model=False) == chosen[1:]


@pytest.mark.parametrize(
    ("members", "customers", "weights"),
    [
        (MEMBERS, 1_999, [1 / 3, 1 / 3, 1 / 3, 0, 0, 0]),
        (MEMBERS, 2_000, [1 / 6] * 6),
        (("boosting_half", "boosting"), 600, [0.5, 0.5]),
    ],
)
def test_trees_are_presumed_useful_where_customers_are_many(
    members: tuple[Member, ...], customers: int, weights: list[float]
) -> None:
    assert presumed_weights(members, customers) == dict(zip(members, weights, strict=True))


def test_a_list_is_taken_as_it_is() -> None:
    assert choose_members(["boosting", "btyd"], customers=50, has_lifetime_model=True) == ("btyd", "boosting")
    with pytest.raises(InsufficientHistory, match="no lifetime model"):
        choose_members(["btyd"], customers=50, has_lifetime_model=False)


def test_without_a_lifetime_model_the_others_go_on(train: pd.DataFrame, later: pd.DataFrame) -> None:
    nothing = dict.fromkeys(
        ("p_no_order", "expected_orders", "expected_order_value", "expected_spend"), np.nan
    )
    said = log_odds(train.assign(**nothing), later.assign(**nothing))
    assert list(said) == list(MEMBERS[1:])
    assert np.isfinite(said).all(axis=None)


def test_shuffled_labels_teach_nothing(train: pd.DataFrame, later: pd.DataFrame) -> None:
    rng = np.random.default_rng(0)
    shuffled = train.assign(churned=rng.permutation(train["churned"]))
    base = log_loss(later["churned"], np.full(len(later), later["churned"].mean()))
    for _, said in log_odds(shuffled, later, MEMBERS[1:]).items():
        assert log_loss(later["churned"], expit(said)) > 0.95 * base


def test_labels_and_other_columns_are_not_read(
    train: pd.DataFrame, later: pd.DataFrame, said: pd.DataFrame
) -> None:
    pd.testing.assert_frame_equal(log_odds(train, later[list(FEATURES)[::-1]]), said)


def test_row_order_does_not_matter(train: pd.DataFrame, later: pd.DataFrame, said: pd.DataFrame) -> None:
    shuffled = train.sample(frac=1, random_state=9)
    pd.testing.assert_frame_equal(log_odds(shuffled, later), said)


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


def test_empty_and_constant_columns_are_left_out(train: pd.DataFrame, later: pd.DataFrame) -> None:
    poor = {"gap_sd_days": np.nan, "lines_per_order": 1.0}
    fitted = fit_members(train.assign(**poor), MEMBERS, seed=5)
    for name, member in fitted.items():
        assert not set(poor) & set(member.feature_names_in_), name
    assert np.isfinite(member_log_odds(fitted, later)).all(axis=None)


def test_what_tells_only_cutoffs_apart_is_left_out(train: pd.DataFrame) -> None:
    by_cutoff = train.assign(season_level=train["cutoff"].dt.month.astype(float))
    for name, member in fit_members(by_cutoff, MEMBERS, seed=5).items():
        assert "season_level" not in member.feature_names_in_, name


def test_extreme_and_missing_values_are_survived(train: pd.DataFrame, later: pd.DataFrame) -> None:
    p = train["p_no_order"].to_numpy().copy()
    p[:5], p[5:10] = 0.0, 1.0
    odd = later.copy()
    odd.loc[:4, "p_no_order"] = np.nan
    odd.loc[5:9, ["spend_total", "monetary_value"]] = 1e12
    odd.loc[10:14, "order_trend_90d"] = -1e6
    assert np.isfinite(log_odds(train.assign(p_no_order=p), odd)).all(axis=None)


@pytest.mark.parametrize(("churners", "text"), [(19, "only 19 ever churned"), (381, "19 ever stayed")])
def test_too_few_of_a_class(train: pd.DataFrame, churners: int, text: str) -> None:
    one_cutoff = train[train["cutoff"] == train["cutoff"].min()]
    few = one_cutoff.assign(churned=np.arange(len(one_cutoff)) < churners)
    with pytest.raises(InsufficientHistory, match=text) as caught:
        fit_members(few, "auto", seed=5)
    assert caught.value.where == "churn.horizon_days"


def test_a_forest_of_rows_that_faded_to_nothing_is_explained(
    train: pd.DataFrame, later: pd.DataFrame, said: pd.DataFrame
) -> None:
    oldest = train["cutoff"] - pd.to_timedelta(np.where(train["cutoff"] < train["cutoff"].max(), 900, 0), "D")
    members = fit_members(train.assign(cutoff=oldest), ["forest"], seed=5, half_life_days=7)
    faded = member_log_odds(members, later)["forest"]
    assert not np.allclose(faded, said["forest"])
    inputs = np.asarray(members["forest"]["inputs"].transform(later))
    shap = explainer(members["forest"]["model"])
    np.testing.assert_allclose(shap.base + shap.contributions(inputs).sum(axis=1), faded, atol=1e-6)


def test_each_tree_of_a_large_shop_learns_from_some_rows(
    train: pd.DataFrame, later: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.churn.members.ROWS_PER_TREE", 200)
    shuffled = train.sample(frac=1, random_state=3)
    fitted = [fit_members(rows, ["forest"], seed=5) for rows in (train, shuffled)]
    rows = [tree.tree_.weighted_n_node_samples[0] for tree in fitted[0]["forest"]["model"].estimators_[0]]
    assert rows == [200.0] * 100
    said, again = (member_log_odds(members, later)["forest"] for members in fitted)
    assert said.equals(again)


def test_all_alike_is_said_and_one_difference_is_enough(train: pd.DataFrame) -> None:
    first = {column: train[column].iloc[0] for column in FEATURES}
    alike = train.assign(**first)
    with pytest.raises(InsufficientHistory, match="all customers have the same history"):
        fit_members(alike, "auto", seed=5)
    other = next(column for column in FEATURES if column not in RFM_AND_BTYD and train[column].nunique() > 9)
    one = alike.assign(**{other: train[other]})
    members = fit_members(one, MEMBERS, seed=5)
    assert np.isfinite(member_log_odds(members, one).to_numpy()).all()
