"""A forest of extremely randomised trees (Geurts, Ernst and Wehenkel 2006), made to speak in log-odds.

What gains is the mean of the trees' *shares* of churned customers, not of their log-odds. Its score is

    log_odds(share) = log(u / (1 - u)),    u = DOUBT + (1 - 2 DOUBT) share

and is explained in two steps. TreeSHAP gives the exact Shapley values of the share, which adds up over trees.
One factor per customer then brings them into log-odds: the slope of the line between nobody in particular and
the customer (the rescale rule; Chen, Lundberg and Lee 2022, "Explaining a series of models by propagating
Shapley values"). Signs and proportions stay, and the sum is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.ensemble import ExtraTreesClassifier, StackingClassifier
from sklearn.pipeline import make_pipeline

from pipeline.churn.logodds import given_logistic, half_log_odds
from pipeline.churn.shapley import Floats
from pipeline.churn.treeshap import TreeShap, tree_of

DOUBT = 0.001
"""No share is taken for nearer to 0 or 1: each tree speaks of few rows."""

NEARBY = 1e-8
"""Difference of shares below which the slope is the derivative."""

Bools = NDArray[np.bool_]


def in_log_odds(trees: ExtraTreesClassifier, rows: Floats, churned: Bools) -> StackingClassifier:
    """Make a fitted forest say log-odds, with scikit-learn's own parts: who loads it needs nothing of ours.

    Parameters
    ----------
    trees : sklearn.ensemble.ExtraTreesClassifier
        Fitted to False and True.
    rows, churned : numpy.ndarray
        What it was fitted to, for one row of each class; nothing is fitted.

    Returns
    -------
    sklearn.ensemble.StackingClassifier
        Whose `decision_function` is `log_odds` of the share of True.
    """
    one_of_each = [int(churned.argmin()), int(churned.argmax())]
    model = StackingClassifier(
        [("trees", trees)], final_estimator=given_logistic([0.0]), stack_method="predict_proba", cv="prefit"
    ).fit(rows[one_of_each], churned[one_of_each])
    model.final_estimator_ = make_pipeline(half_log_odds(2 * DOUBT), given_logistic([2.0]))
    return model


def log_odds(share: Floats | float) -> Floats:
    """Bring shares, 0 to 1, to log-odds."""
    return np.asarray(logit(DOUBT + (1 - 2 * DOUBT) * share), dtype=np.float64)


def slope(share: Floats, nobody: float) -> Floats:
    """Give the log-odds that a unit of share is worth between nobody in particular and each share."""
    difference = share - nobody
    is_near = np.abs(difference) < NEARBY
    doubted = DOUBT + (1 - 2 * DOUBT) * nobody
    derivative = (1 - 2 * DOUBT) / (doubted * (1 - doubted))
    rise = log_odds(share) - log_odds(nobody)
    return np.where(is_near, derivative, rise / np.where(is_near, 1.0, difference))


@dataclass(frozen=True)
class ForestShap:
    """The explanation of a fitted forest.

    Attributes
    ----------
    shares : TreeShap
        Of the sum of the trees' shares.
    """

    shares: TreeShap

    @classmethod
    def of(cls, forest: ExtraTreesClassifier) -> ForestShap:
        """Read a fitted forest."""
        trees = tuple(tree_of(_nodes(estimator.tree_)) for estimator in forest.estimators_)
        return cls(TreeShap(trees, sum(tree.base for tree in trees)))

    @property
    def base(self) -> float:
        """Log-odds of nobody in particular."""
        return float(log_odds(self._nobody))

    def contributions(self, inputs: Floats) -> Floats:
        """Give what each input adds to the base for each row, in log-odds, in the shape of the inputs."""
        # The trees compare what they are given in single precision.
        compared = inputs.astype(np.float32).astype(np.float64)
        parts = self.shares.contributions(compared) / len(self.shares.trees)
        share = self._nobody + parts.sum(axis=1)
        return np.asarray(parts * slope(share, self._nobody)[:, None], dtype=np.float64)

    @property
    def _nobody(self) -> float:
        return self.shares.base / len(self.shares.trees)


def _nodes(tree: Any) -> NDArray[np.void]:
    """Write a tree's nodes as gradient boosting stores its own, with shares of the second class as values."""
    parts = pd.DataFrame(
        {
            "value": tree.value[:, 0, 1],
            "count": tree.weighted_n_node_samples,
            "feature_idx": tree.feature,
            "num_threshold": tree.threshold,
            "missing_go_to_left": tree.missing_go_to_left,
            "left": tree.children_left,
            "right": tree.children_right,
            "is_leaf": tree.children_left < 0,
        }
    )
    return parts.to_records(index=False)
