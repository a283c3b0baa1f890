"""The churn classifier: a calibrated blend of a logistic regression and boosted trees.

Everything is a plain scikit-learn estimator, so that the model can be stored without own code. The members'
log-odds are averaged, and a Platt scaling fitted on out-of-fold predictions turns the mean into a
probability: ``logit P(churn) = a + b * mean(log-odds of the members)``. A customer appears at several
cutoffs, hence folds never share a customer. scikit-learn's own ``CalibratedClassifierCV`` would fit the
sigmoid to probabilities, which bends an already calibrated blend; here it is fitted to log-odds, as Platt
(1999) meant it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, StackingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from threadpoolctl import threadpool_limits

from pipeline.churn.frame import FEATURES, SCALES
from pipeline.errors import InsufficientHistory, UserError

Member = Literal["logistic", "boosting"]
Splits = Iterable[tuple[NDArray[np.intp], NDArray[np.intp]]]

FEWEST_CUSTOMERS_PER_CLASS = 20
MOST_TRAINING_ROWS = 300_000
IMPORTANCE_SAMPLE = 20_000


def build(
    members: Sequence[Member], *, seed: int, features: Sequence[str] = FEATURES, splits: Splits | int = 5
) -> StackingClassifier:
    """Assemble the unfitted classifier.

    Parameters
    ----------
    members : sequence of {"logistic", "boosting"}
        The models whose log-odds are averaged.
    seed : int
        For the column subsampling of the boosted trees.
    features : sequence of str
        The columns that exist and vary.
    splits : iterable of (train, test) row positions, or int
        The folds for the out-of-fold predictions on which the calibration is fitted.

    Returns
    -------
    sklearn.ensemble.StackingClassifier
    """
    if not members or len(set(members)) != len(members):
        raise UserError(
            f"{list(members)} does not name each member once",
            where="churn.members",
            valid="[logistic, boosting]",
        )
    makers = {"logistic": lambda: _logistic(features), "boosting": lambda: _boosting(seed)}
    platt = make_pipeline(
        FunctionTransformer(np.mean, kw_args={"axis": 1, "keepdims": True}),
        LogisticRegression(C=1e6, solver="newton-cholesky"),
    )
    return StackingClassifier(
        [(member, makers[member]()) for member in members],
        final_estimator=platt,
        stack_method="decision_function",
        cv=splits,
    )


def _logistic(features: Sequence[str]) -> Pipeline:
    log_scale = [column for column in features if SCALES[column] == "log"]
    odds_scale = [column for column in features if SCALES[column] == "odds"]
    # 2 artanh(2p - 1) = log(p / (1 - p)); np.interp does the stretching and keeps 0 and 1 off infinity.
    log_odds = make_pipeline(
        SimpleImputer(strategy="constant", fill_value=0.5),
        FunctionTransformer(np.interp, kw_args={"xp": [0.0, 1.0], "fp": [-1 + 1e-6, 1 - 1e-6]}),
        FunctionTransformer(np.arctanh),
    )
    # A missing gap means that there was no second order; the indicator keeps that apart from a gap of zero
    # days.
    log_counts = make_pipeline(
        SimpleImputer(strategy="constant", fill_value=0.0, add_indicator=True),
        FunctionTransformer(np.log1p),
    )
    return make_pipeline(
        ColumnTransformer([("log", log_counts, log_scale), ("odds", log_odds, odds_scale)]),
        StandardScaler(),
        LogisticRegression(C=1.0, solver="newton-cholesky"),
    )


def _boosting(seed: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=150,
        max_leaf_nodes=15,
        min_samples_leaf=50,
        l2_regularization=10.0,
        max_features=0.5,
        early_stopping=False,
        random_state=seed,
    )


def fit(frame: pd.DataFrame, *, members: Sequence[Member], seed: int, folds: int) -> StackingClassifier:
    """Fit the classifier on labelled rows.

    Columns that are missing or constant in the training part of a fold are left out (see `dropped_features`).

    Parameters
    ----------
    frame : pandas.DataFrame
        As from `pipeline.churn.frame.training_frame`.
    members : sequence of {"logistic", "boosting"}
        The models to blend.
    seed : int
        Decides which customers share a fold, and the boosting's column subsampling.
    folds : int
        Number of folds for the calibration.

    Returns
    -------
    sklearn.ensemble.StackingClassifier
        Fitted; equal bytes for any thread count.

    Raises
    ------
    InsufficientHistory
        If fewer than 20 customers churned, or fewer than 20 stayed.
    """
    _check_classes(frame["customer_key"], frame["churned"].to_numpy(dtype=bool))
    rows = _sample_of_customers(frame.sort_values(["cutoff", "customer_key"]), MOST_TRAINING_ROWS, seed)
    inputs, churned = rows[list(FEATURES)], rows["churned"].to_numpy(dtype=bool)
    # Numbers instead of keys: grouping strings takes longer than fitting.
    customers = pd.factorize(rows["customer_key"], sort=True)[0]
    splits = list(GroupKFold(folds, shuffle=True, random_state=seed).split(inputs, groups=customers))
    varies = np.all([inputs.iloc[train].max() > inputs.iloc[train].min() for train, _ in splits], axis=0)
    usable = [column for column, useful in zip(FEATURES, varies, strict=True) if useful]
    model = build(members, seed=seed, features=usable, splits=splits)
    # The trees add up gradients in parallel, and the sum depends on how many threads share it.
    with threadpool_limits(1):
        model.fit(inputs[usable], churned)
    # The row positions of the folds belong to the training data, not to the model.
    return model.set_params(cv=folds)


def _sample_of_customers(frame: pd.DataFrame, most_rows: int, seed: int) -> pd.DataFrame:
    """Keep all rows of as many customers as fit; more rows than that cost time and teach nothing new."""
    if len(frame) <= most_rows:
        return frame
    customers = np.sort(frame["customer_key"].unique())
    kept = np.random.default_rng(seed).permutation(customers)[: len(customers) * most_rows // len(frame)]
    return frame[frame["customer_key"].isin(kept)]


def _check_classes(customers: pd.Series, churned: NDArray[np.bool_]) -> None:
    gone, stayed = customers[churned].nunique(), customers[~churned].nunique()
    if min(gone, stayed) < FEWEST_CUSTOMERS_PER_CLASS:
        raise InsufficientHistory(
            f"of {customers.nunique()} customers only {gone} ever churned and {stayed} ever stayed; "
            f"learning needs {FEWEST_CUSTOMERS_PER_CLASS} of each",
            where="churn.horizon_days",
            valid="a shorter horizon if nearly nobody churns, a longer one if nearly everybody does, "
            "or a longer order history",
        )


def used_features(model: StackingClassifier) -> list[str]:
    """Name the columns a fitted classifier reads, in their order."""
    return [str(column) for column in model.feature_names_in_]


def dropped_features(model: StackingClassifier) -> list[str]:
    """Name the columns that were missing or constant in training and are therefore not read."""
    used = set(used_features(model))
    return [column for column in FEATURES if column not in used]


def churn_probability(model: ClassifierMixin, frame: pd.DataFrame) -> NDArray[np.float64]:
    """Predict P(no order in the horizon) for each row.

    Parameters
    ----------
    model : fitted classifier
        As from `fit` or `pipeline.churn.store.load_model`.
    frame : pandas.DataFrame
        With at least the columns the model reads.

    Returns
    -------
    numpy.ndarray
        Shape (len(frame),), in the open interval (0, 1).
    """
    with threadpool_limits(1):
        probabilities: NDArray[np.float64] = model.predict_proba(frame[used_features(model)])[:, 1]
    return probabilities


def importance(
    model: ClassifierMixin | None,
    frame: pd.DataFrame,
    *,
    seed: int,
    repeats: int = 3,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Measure how much worse the log loss gets when a column is shuffled among customers.

    Columns that say nearly the same cover for each other when shuffled alone; pass
    `pipeline.churn.frame.TOPICS` as ``groups`` to shuffle whole topics.

    Parameters
    ----------
    model : fitted classifier or None
        As from `fit`; without a model nothing matters.
    frame : pandas.DataFrame
        Labelled rows the model was not trained on; above 20,000 a random sample of them is used.
    seed : int
        For the sample and the shuffles.
    repeats : int
        Shuffles per column.
    groups : mapping of str to sequence of str, optional
        Columns that are shuffled together, by the name to report; by default each column by itself.

    Returns
    -------
    pandas.DataFrame
        ``feature``, ``log_loss_increase`` (mean over the shuffles, in nats per customer), ``std``; largest
        first.
    """
    columns_found = ["feature", "log_loss_increase", "std"]
    if model is None:
        return pd.DataFrame(columns=columns_found)
    rng = np.random.default_rng(seed)
    rows = frame.sort_values(["cutoff", "customer_key"])
    if len(rows) > IMPORTANCE_SAMPLE:
        rows = rows.iloc[np.sort(rng.choice(len(rows), IMPORTANCE_SAMPLE, replace=False))]
    churned = rows["churned"].to_numpy(dtype=bool)
    used = used_features(model)
    inputs = rows[used]

    def loss(table: pd.DataFrame) -> float:
        return float(log_loss(churned, churn_probability(model, table), labels=[False, True]))

    whole = loss(inputs)
    found = []
    for name, members in (groups or {column: (column,) for column in used}).items():
        columns = [column for column in members if column in used]
        if not columns:
            continue
        increases = []
        for _ in range(repeats):
            shuffled = inputs.copy()
            shuffled[columns] = inputs[columns].to_numpy()[rng.permutation(len(inputs))]
            increases.append(loss(shuffled) - whole)
        found.append((name, float(np.mean(increases)), float(np.std(increases))))
    table = pd.DataFrame(found, columns=columns_found)
    return table.sort_values(["log_loss_increase", "feature"], ascending=[False, True], ignore_index=True)


def learned_from(model: StackingClassifier) -> dict[str, Any]:
    """Summarise the fitted blend for a model card: members, Platt slope and intercept, inputs."""
    platt = model.final_estimator_[-1]
    return {
        "members": [name for name, _ in model.estimators],
        "platt_slope": float(platt.coef_[0, 0]),
        "platt_intercept": float(platt.intercept_[0]),
        "features": used_features(model),
        "dropped_features": dropped_features(model),
    }
