"""Better settings of the trees, searched for as long as one likes.

The candidates come in a fixed order, the defaults first, so that more time only adds to what less time has
tried. They are judged by cross-validation among the rows that the first origin learns from, whose labels end
before any window that is tested; no customer is in two folds. Optuna would learn from one trial for the next,
but in half a dozen dimensions and a few dozen trials that gains little over a random search (Bergstra and
Bengio 2012, Journal of Machine Learning Research 13, 281-305).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold, ParameterSampler
from threadpoolctl import threadpool_limits

from pipeline.churn.frame import FEATURES
from pipeline.churn.members import BOOSTING, check_classes, varying

GRID: Mapping[str, list[Any]] = {
    "learning_rate": [0.01, 0.02, 0.03, 0.05],
    "max_iter": [150, 250, 400, 600],
    "max_leaf_nodes": [4, 6, 8, 12, 16, 24],
    "min_samples_leaf": [25, 50, 100, 200],
    "l2_regularization": [1.0, 3.0, 10.0, 30.0],
    "max_features": [0.15, 0.3, 0.5, 1.0],
}
FOLDS = 3


@dataclass(frozen=True)
class Tuned:
    """What a search found.

    Attributes
    ----------
    boosting : mapping of str to value
        The settings with the least log loss.
    log_loss : float
        Theirs, in cross-validation.
    log_loss_of_defaults : float
    trials : int
        How many settings were tried: with the seed, all there is to repeat the search.
    """

    boosting: Mapping[str, Any]
    log_loss: float
    log_loss_of_defaults: float
    trials: int


def tune(frame: pd.DataFrame, *, seed: int, go_on: Callable[[int], bool]) -> Tuned:
    """Search for better settings of the trees.

    Parameters
    ----------
    frame : pandas.DataFrame
        As from `pipeline.churn.frame.training_frame`: the rows of the first origin.
    seed : int
        Of the candidates, the folds and the trees.
    go_on : callable
        Takes the number of trials so far and says whether there is time for another; the defaults are always
        tried.

    Returns
    -------
    Tuned

    Raises
    ------
    InsufficientHistory
        If there are too few churners or stayers to learn from.
    """
    check_classes(frame)
    rows = frame.sort_values(["cutoff", "customer_key"])
    losses: list[tuple[float, dict[str, Any]]] = []
    for candidate in _candidates(seed):
        losses.append((_loss(rows, candidate, seed), candidate))
        if not go_on(len(losses)):
            break
    least, best = min(losses, key=lambda tried: tried[0])
    return Tuned(best, least, losses[0][0], len(losses))


def _candidates(seed: int) -> Iterator[dict[str, Any]]:
    yield dict(BOOSTING)
    for number in count():
        drawn = next(iter(ParameterSampler(GRID, 1, random_state=seed + number)))
        yield {**BOOSTING, **drawn}


def _loss(rows: pd.DataFrame, settings: Mapping[str, Any], seed: int) -> float:
    """Mean log loss over the folds."""
    inputs, churned = rows[varying(rows, FEATURES)], rows["churned"].to_numpy(dtype=bool)
    folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
    losses = []
    with threadpool_limits(1):
        for learned, held in folds.split(inputs, churned, rows["customer_key"]):
            trees = HistGradientBoostingClassifier(random_state=seed, **settings)
            trees.fit(inputs.iloc[learned], churned[learned])
            said = trees.predict_proba(inputs.iloc[held])[:, 1]
            losses.append(log_loss(churned[held], said, labels=[False, True]))
    return float(np.mean(losses))
