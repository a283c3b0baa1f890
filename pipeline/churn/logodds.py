"""Log-odds made of scikit-learn's own parts: who loads a stored model needs nothing of this project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer


def given_logistic(coefficients: Sequence[float], intercept: float = 0.0) -> LogisticRegression:
    """Make a logistic regression of coefficients that are known; its classes are False and True."""
    model = LogisticRegression().fit(np.eye(2, len(coefficients)), [False, True])
    model.coef_, model.intercept_ = np.array([coefficients], dtype=float), np.array([intercept], dtype=float)
    return model


def half_log_odds(doubt: float) -> Pipeline:
    """Make the step from p to artanh(2p - 1), half its log-odds, with 2p - 1 squeezed into 1 - doubt."""
    # np.interp does the stretching and keeps 0 and 1 off infinity.
    return make_pipeline(
        function(np.interp, xp=[0.0, 1.0], fp=[-1 + doubt, 1 - doubt]),
        function(np.arctanh),
    )


def function(applied: np.ufunc | Callable[..., Any], **arguments: Any) -> FunctionTransformer:
    """Make a function a step."""
    # With names, or nobody could tell which column an input of the model was made from.
    return FunctionTransformer(applied, kw_args=arguments or None, feature_names_out="one-to-one")
