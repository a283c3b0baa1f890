"""The models as scikit-learn estimators, for `cross_val_score`, `GridSearchCV` and pipelines."""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from pipeline.btyd import MODELS, GammaGamma
from pipeline.btyd._numerics import Floats
from pipeline.btyd.fitting import Engine
from pipeline.errors import UserError


class OrderEstimator(BaseEstimator):  # type: ignore[misc]
    """Any of the models of repeat orders; which one is a parameter that a search may vary.

    Parameters
    ----------
    model : str
        A name in `MODELS`.
    horizon_days : float
        How far `predict` looks ahead.
    engine : {"own", "lifetimes"}
        Who searches for the optimum.

    Attributes
    ----------
    model_ : CountModel
        The fitted model.

    Examples
    --------
    >>> customers = pd.DataFrame({"frequency": [0, 3, 9], "recency": [0, 90, 80], "T": [95, 93, 91]})
    >>> OrderEstimator("nbd", horizon_days=28).fit(customers).predict(customers).round(1)
    array([0.2, 1. , 2.5])
    """

    def __init__(self, model: str = "mbgnbd", horizon_days: float = 90.0, engine: Engine = "own") -> None:
        """Keep the parameters, as scikit-learn wants it."""
        self.model = model
        self.horizon_days = horizon_days
        self.engine = engine

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Maximise the likelihood of the histories X (frequency, recency, T in days); y is ignored.

        Raises
        ------
        UserError
            If the model is unknown.
        """
        if self.model not in MODELS:
            raise UserError(f"unknown model {self.model!r}", where="model", valid=" or ".join(MODELS))
        self.model_ = MODELS[self.model]().fit(X, self.engine)
        return self

    def predict(self, X: pd.DataFrame) -> Floats:
        """Expected orders of each customer in the horizon, shape (n,)."""
        return self.model_.expected_orders(X, self.horizon_days).to_numpy()

    def score(self, X: pd.DataFrame, y: pd.Series[int] | None = None) -> float:
        """Mean log predictive likelihood, larger is better.

        With the orders y that came in the horizon: of those. Without: of the histories of X, which a fit to
        other customers predicts.
        """
        if y is not None:
            return self.model_.score(X, self.horizon_days, pd.Series(y))
        weight = X["weight"].sum() if "weight" in X.columns else len(X)
        return self.model_.log_likelihood(X) / float(weight)


class SpendEstimator(BaseEstimator):  # type: ignore[misc]
    """The Gamma-Gamma model in the same dress.

    Attributes
    ----------
    model_ : GammaGamma
        The fitted model.
    """

    def __init__(self, engine: Engine = "own") -> None:
        """Keep the parameters, as scikit-learn wants it."""
        self.engine = engine

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Maximise the likelihood of the spend in X (monetary_value, spend_days); y is ignored."""
        self.model_ = GammaGamma().fit(X, self.engine)
        return self

    def predict(self, X: pd.DataFrame) -> Floats:
        """Expected order value of each customer, shape (n,)."""
        return self.model_.expected_order_value(X).to_numpy()

    def score(self, X: pd.DataFrame, y: object = None) -> float:
        """Mean log likelihood of the customers in X with repeat spend; NaN if there are none."""
        buyers = X[X["spend_days"] > 0]
        weight = buyers["weight"].sum() if "weight" in X.columns else len(buyers)
        return self.model_.log_likelihood(X) / float(weight) if weight else float(np.nan)
