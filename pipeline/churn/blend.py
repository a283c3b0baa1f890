"""The members' convex blend in log-odds, and the classifier that holds it.

``logit P(churn) = shift + sum_k w_k * logit p_k`` with ``w_k >= 0`` and ``sum_k w_k = 1``. The weights are
learned from predictions for windows that had not begun when the members were trained, with a pull to what is
presumed without them: equal ones, which are hard to beat where the members hardly differ. The shift moves
everybody to the lifetime model's level and to the season's, see `pipeline.churn.level`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.base import ClassifierMixin
from sklearn.ensemble import StackingClassifier
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from pipeline.churn.frame import FEATURES
from pipeline.churn.logodds import given_logistic
from pipeline.churn.members import Member
from pipeline.churn.simplex import Floats, pulled_weights

Weights = Mapping[Member, float]


def blend_weights(
    presumed: Weights, log_odds: pd.DataFrame, churned: NDArray[np.bool_]
) -> dict[Member, float]:
    """Learn the weights from earlier windows.

    Parameters
    ----------
    presumed : mapping of str to float
        The members to be blended, with their weights in the absence of such windows.
    log_odds : pandas.DataFrame
        What they said before these windows, one column each.
    churned : numpy.ndarray
        What then happened, shape (len(log_odds),).

    Returns
    -------
    dict of str to float
        Those with the least log loss, pulled to the presumed ones; see `pipeline.churn.simplex`.
    """
    y, scores = churned.astype(np.float64), log_odds[list(presumed)].to_numpy(dtype=np.float64)

    def loss(weights: Floats) -> float:
        score = scores @ weights
        return float(np.mean(np.logaddexp(0, score) - y * score))

    def gradient(weights: Floats) -> Floats:
        return np.asarray(scores.T @ (expit(scores @ weights) - y) / len(y), dtype=np.float64)

    return pulled_weights(presumed, loss, gradient)


def assemble(
    members: Mapping[Member, Pipeline], weights: Weights, shift: float, frame: pd.DataFrame
) -> StackingClassifier:
    """Put members, weights and shift together as one plain scikit-learn classifier.

    Parameters
    ----------
    members : mapping of str to fitted pipeline
        As from `pipeline.churn.members.fit_members`.
    weights : mapping of str to float
        As from `blend_weights`, times the slope of a calibration; who has none is left out.
    shift : float
        Added to the log-odds.
    frame : pandas.DataFrame
        Labelled rows with both outcomes, for the names of columns and classes; nothing is fitted.

    Returns
    -------
    sklearn.ensemble.StackingClassifier
        Its `transform` gives the members' log-odds, its `final_estimator_` has the weights as `coef_` and the
        shift as `intercept_`.
    """
    members = {name: member for name, member in members.items() if weights[name] > 0}
    used = {column for member in members.values() for column in _columns(member)}
    one_of_each = frame.drop_duplicates("churned")
    model = StackingClassifier(
        list(members.items()),
        final_estimator=given_logistic([0.0]),
        stack_method="decision_function",
        cv="prefit",
    )
    with threadpool_limits(1):
        model.fit(
            one_of_each[[column for column in FEATURES if column in used]],
            one_of_each["churned"].to_numpy(dtype=bool),
        )
    model.final_estimator_ = given_logistic([weights[name] for name in members], shift)
    return model


def _columns(member: Pipeline) -> list[str]:
    """Name the columns a member reads, of all those it has been shown."""
    inputs = member["inputs"]
    by_scale = inputs[0] if isinstance(inputs, Pipeline) else inputs
    return [column for _, _, columns in by_scale.transformers for column in columns]


def used_features(model: StackingClassifier) -> list[str]:
    """Name the columns a classifier reads, in their order."""
    return [str(column) for column in model.feature_names_in_]


def churn_probability(model: ClassifierMixin, frame: pd.DataFrame) -> NDArray[np.float64]:
    """Predict P(no order in the horizon) for each row.

    Parameters
    ----------
    model : fitted classifier
        As from `assemble` or `pipeline.churn.store.load_model`.
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


def about(model: StackingClassifier) -> dict[str, Any]:
    """Say what a model is made of, for its card: weights by member, shift, inputs, what was left out.

    Weights and shift are those that are stored: a calibration is in them.
    """
    weights = model.final_estimator_.coef_[0].tolist()
    used = used_features(model)
    return {
        "weights": dict(zip(model.named_estimators_, weights, strict=True)),
        "level_shift": float(model.final_estimator_.intercept_[0]),
        "features": used,
        # Missing or constant in training.
        "dropped_features": [column for column in FEATURES if column not in used],
    }
