"""The models that are blended: each a plain scikit-learn pipeline from the frame's columns to log-odds.

| member | what it is | reads |
|---|---|---|
| `btyd` | the lifetime model's own P(no order in the horizon), as it stands | `p_no_order` |
| `logistic` | ridge logistic regression | recency, frequency, money and the lifetime model's expectations |
| `logistic_rich` | ridge logistic regression, stronger | everything |
| `boosting_half` | gradient boosting of who orders in the first half of it, see `sooner` | everything |
| `boosting` | gradient boosting | everything |
| `forest` | extremely randomised trees | everything |

Theory wins where customers are few or buy rarely, trees where they are many and the columns rich; no member
wins everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from sklearn.base import TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from pipeline.churn.forest import Bools, in_log_odds
from pipeline.churn.frame import DIRECTIONS, FEATURES, SCALES
from pipeline.churn.logodds import function, given_logistic, half_log_odds
from pipeline.churn.sooner import to_whole_horizon
from pipeline.counted import counted
from pipeline.errors import InsufficientHistory

Member = Literal["btyd", "logistic", "logistic_rich", "boosting_half", "boosting", "forest"]
MEMBERS: tuple[Member, ...] = get_args(Member)
OF_TREES: tuple[Member, ...] = MEMBERS[3:]

RFM_AND_BTYD: tuple[str, ...] = tuple(column for column in FEATURES if SCALES[column] is not None)
"""Inputs of the plain logistic member: those that the catalogue gives a scale."""

BOOSTING: dict[str, Any] = {
    "learning_rate": 0.03,
    "max_iter": 250,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 100,
    "l2_regularization": 10.0,
    "max_features": 0.3,
    "early_stopping": False,
}
"""Small trees, slow steps, few columns each: library defaults are badly over-confident here."""

FOREST: dict[str, Any] = {
    "n_estimators": 100,
    "criterion": "log_loss",
    "max_depth": 8,
    "max_leaf_nodes": 100,
    "min_samples_leaf": 10,
    "max_features": 0.5,
}
"""Trees that differ, of leaves that still say something; their mean is what counts."""

ROWS_PER_TREE = 10_000
"""Where there are more, each tree learns from so many of them, drawn with replacement."""

FREEDOM: dict[Member, float] = {"logistic": 0.02, "logistic_rich": 0.005}
"""C of the logistic members. Many of their columns say nearly the same; a strong ridge lets them share."""

FEWEST_CUSTOMERS: dict[Member, int] = {"logistic_rich": 300, "boosting_half": 500, "forest": 500}
"""Below which a member is not tried. The others are at any size: one tree learns a step that no line has."""

ENOUGH_TO_PRESUME_TREES = 2_000
FEWEST_CUSTOMERS_PER_CLASS = 20


def choose_members(
    wanted: Literal["auto"] | Sequence[Member],
    *,
    customers: int,
    has_lifetime_model: bool,
    half_has_both: bool = True,
) -> tuple[Member, ...]:
    """Choose the members by how much there is to learn from.

    Parameters
    ----------
    wanted : "auto" or sequence of member names
        A list is taken as it is.
    customers : int
        Customers in the training rows.
    has_lifetime_model : bool
        Without one, `btyd` has nothing to say and is left out.
    half_has_both : bool
        Whether enough customers ordered, and enough did not, in the first half of the horizon: from that
        `boosting_half` learns.

    Returns
    -------
    tuple of str
        In the order of `MEMBERS`.

    Raises
    ------
    InsufficientHistory
        If nothing is left.
    """
    if wanted == "auto":
        wanted = [name for name in MEMBERS if customers >= FEWEST_CUSTOMERS.get(name, 0)]
    unable: dict[Member, str] = {}
    if not has_lifetime_model:
        unable["btyd"] = "there is no lifetime model"
    if not half_has_both:
        unable["boosting_half"] = "in the first half of the horizon nearly all customers did the same"
    chosen = tuple(name for name in MEMBERS if name in wanted and name not in unable)
    if not chosen:
        raise InsufficientHistory(
            f"no member but {' and '.join(wanted)}, and {' and '.join(unable[name] for name in wanted)}",
            where="churn.members",
            valid="members: auto",
        )
    return chosen


def presumed_weights(members: Sequence[Member], customers: int) -> dict[Member, float]:
    """Give the weights before there is evidence: equal ones, with trees only where customers are many.

    Parameters
    ----------
    members : sequence of str
        To be blended.
    customers : int
        Customers in the training rows.

    Returns
    -------
    dict of str to float
        By member, summing to 1.
    """
    is_large = customers >= ENOUGH_TO_PRESUME_TREES
    presumed = [name for name in members if is_large or name not in OF_TREES] or members
    return {name: (name in presumed) / len(presumed) for name in members}


def fit_members(
    frame: pd.DataFrame,
    wanted: Literal["auto"] | Sequence[Member],
    *,
    seed: int,
    boosting: Mapping[str, Any] = BOOSTING,
    half_life_days: int | None = None,
) -> dict[Member, Pipeline]:
    """Fit each member on labelled rows.

    Columns that are missing or the same for everybody are left out, see `varying`.

    Parameters
    ----------
    frame : pandas.DataFrame
        As from `pipeline.churn.frame.training_frame`, in any row order.
    wanted : "auto" or sequence of member names
        As in `choose_members`.
    seed : int
        Of what the trees draw at random.
    boosting : mapping of str to value, optional
        Settings of the boosting's trees.
    half_life_days : int, optional
        A row counts half as much as one whose cutoff is so many days later. None: all count the same.

    Returns
    -------
    dict of str to sklearn.pipeline.Pipeline
        Fitted; equal for any thread count.

    Raises
    ------
    InsufficientHistory
        If fewer than 20 customers churned, or fewer than 20 stayed; or all customers look the same.
    """
    check_classes(frame)
    if not varying(frame, FEATURES):
        raise InsufficientHistory(
            "all customers have the same history",
            where="churn",
            valid="customers who differ in when, how often or for how much they ordered",
        )
    chosen = choose_members(
        wanted,
        customers=frame["customer_key"].nunique(),
        has_lifetime_model=bool(frame["p_no_order"].notna().all()),
        half_has_both=min(_customers_by_class(frame, "silent_at_first")) >= FEWEST_CUSTOMERS_PER_CLASS,
    )
    rows = frame.sort_values(["cutoff", "customer_key"])
    # The trees add up gradients in parallel, and the sum depends on how many threads share it.
    with threadpool_limits(1):
        return {name: _fit(name, rows, seed, boosting, half_life_days) for name in chosen}


def member_log_odds(members: Mapping[Member, Pipeline], frame: pd.DataFrame) -> pd.DataFrame:
    """Ask each member for the log-odds of churn of each row.

    Returns
    -------
    pandas.DataFrame
        One column per member, indexed like the frame.
    """
    with threadpool_limits(1):
        return pd.DataFrame(
            {name: member.decision_function(frame) for name, member in members.items()}, index=frame.index
        )


def _fit(
    name: Member, rows: pd.DataFrame, seed: int, boosting: Mapping[str, Any], half_life_days: int | None
) -> Pipeline:
    if name == "btyd":
        # Taken as it is, nothing is fitted.
        odds = linear_inputs(["p_no_order"], with_scaler=False).fit(rows[["p_no_order"]])
        return Pipeline([("inputs", odds), ("model", given_logistic([2.0]))])
    # Where none of its few columns varies, the plain logistic member reads those that do.
    columns = (name == "logistic" and varying(rows, RFM_AND_BTYD)) or varying(rows, FEATURES)
    weights = None
    if half_life_days:
        weights = 0.5 ** ((rows["cutoff"].max() - rows["cutoff"]).dt.days / half_life_days)
    churned = rows["churned"].to_numpy(dtype=bool)
    if name == "forest":
        return _fit_forest(rows[columns], churned, seed, weights)
    if name in ("logistic", "logistic_rich"):
        model = LogisticRegression(C=FREEDOM[name], solver="newton-cholesky", max_iter=200)
        steps = [("inputs", linear_inputs(columns)), ("model", model)]
    else:
        trees = boosting_classifier(columns, boosting, seed)
        steps = [("inputs", boosting_inputs(columns)), ("model", trees)]
    silent = rows["silent_at_first"].to_numpy(dtype=bool) if name == "boosting_half" else churned
    fitted = Pipeline(steps).fit(rows[columns], silent, model__sample_weight=weights)
    if name == "boosting_half":
        to_whole_horizon(fitted["model"], fitted.decision_function(rows[columns]), churned, weights)
    return fitted


def varying(rows: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Leave out the columns that are missing, or the same for every customer, at the latest cutoff.

    What is the same for every customer of a cutoff, such as its season, tells a handful of cutoffs apart: a
    model can only extrapolate from it. `pipeline.churn.level` deals with the season.
    """
    return differing(at_latest(rows)[list(columns)])


def differing(inputs: pd.DataFrame) -> list[str]:
    """Name the columns that are not the same, or missing, in all rows."""
    # Missing in all rows compares as false, too.
    return list(inputs.columns[inputs.max() > inputs.min()])


def at_latest(rows: pd.DataFrame) -> pd.DataFrame:
    """Take the rows of the latest cutoff."""
    latest: pd.DataFrame = rows[rows["cutoff"] == rows["cutoff"].max()]
    return latest


def linear_inputs(columns: Sequence[str], *, with_scaler: bool = True) -> TransformerMixin:
    """Bring the columns on a scale on which effects add up."""
    log_odds = make_pipeline(SimpleImputer(strategy="constant", fill_value=0.5), half_log_odds(1e-6))
    # A missing gap means that there was no second order; the indicator keeps that apart from a gap of zero
    # days. asinh is the logarithm for large values, on both sides of zero.
    logs = make_pipeline(
        SimpleImputer(strategy="constant", fill_value=0.0, add_indicator=True),
        function(np.arcsinh),
    )
    as_it_is = SimpleImputer(strategy="constant", fill_value=0.0, add_indicator=True)

    def on(*scales: str | None) -> list[str]:
        return [column for column in columns if SCALES[column] in scales]

    by_scale = ColumnTransformer(
        [("log", logs, on("log", None)), ("odds", log_odds, on("odds")), ("linear", as_it_is, on("linear"))]
    )
    return make_pipeline(by_scale, StandardScaler()) if with_scaler else by_scale


def _fit_forest(frame: pd.DataFrame, churned: Bools, seed: int, weights: pd.Series[float] | None) -> Pipeline:
    # Thresholds are drawn evenly between the extremes: on these scales that is where the values are.
    inputs = linear_inputs(list(frame.columns))
    rows = inputs.fit_transform(frame)
    drawn = {"bootstrap": True, "max_samples": ROWS_PER_TREE} if len(rows) > ROWS_PER_TREE else {}
    trees = ExtraTreesClassifier(random_state=seed, **FOREST, **drawn)
    return Pipeline(
        [("inputs", inputs), ("model", in_log_odds(trees.fit(rows, churned, weights), rows, churned))]
    )


def boosting_classifier(
    columns: Sequence[str], settings: Mapping[str, Any], seed: int
) -> HistGradientBoostingClassifier:
    """Make the trees for some columns; see `pipeline.churn.frame.DIRECTIONS` for what they can't learn."""
    directions = [DIRECTIONS.get(column, 0) for column in columns]
    return HistGradientBoostingClassifier(random_state=seed, monotonic_cst=directions, **settings)


def boosting_inputs(columns: Sequence[str]) -> ColumnTransformer:
    """Pick the columns, as they are, from all those that a blend is given."""
    return ColumnTransformer([("columns", "passthrough", list(columns))])


def check_classes(frame: pd.DataFrame) -> None:
    """Raise `InsufficientHistory` where hardly anybody churned, or hardly anybody stayed."""
    gone, stayed = _customers_by_class(frame)
    if min(gone, stayed) < FEWEST_CUSTOMERS_PER_CLASS:
        raise InsufficientHistory(
            f"of {counted(frame['customer_key'].nunique()):customer/customers} only {gone} ever churned and "
            f"{stayed} ever stayed; learning needs {FEWEST_CUSTOMERS_PER_CLASS} of each",
            where="churn.horizon_days",
            valid="a shorter horizon if nearly nobody churns, a longer one if nearly everybody does, "
            "or a longer order history",
        )


def _customers_by_class(frame: pd.DataFrame, label: str = "churned") -> tuple[int, int]:
    """Count who ever churned, and who ever stayed."""
    customers, churned = frame["customer_key"], frame[label].to_numpy(dtype=bool)
    return customers[churned].nunique(), customers[~churned].nunique()
