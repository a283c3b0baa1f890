"""Better settings of the trees, searched for as long as one likes.

Successive halving with random candidates, the brackets of Li et al. (2018), "Hyperband", Journal of Machine
Learning Research 18: all candidates of a bracket are judged on few customers, the best third of them on three
times as many, and the last one on all, where it competes with the best so far, at first the defaults. Sizes
and candidates come in a fixed order, so that more time only adds to what less time has tried.

They are judged by cross-validation among the rows that the first origin learns from, whose labels end before
any window that is tested; no customer is in two folds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold, ParameterSampler
from threadpoolctl import threadpool_limits

from pipeline.churn.frame import FEATURES
from pipeline.churn.members import BOOSTING, boosting_classifier, check_classes, varying

Settings = dict[str, Any]

GRID: Mapping[str, list[Any]] = {
    "learning_rate": [0.01, 0.02, 0.03, 0.05],
    "max_iter": [150, 250, 400, 600],
    "max_leaf_nodes": [4, 6, 8, 12, 16, 24],
    "min_samples_leaf": [25, 50, 100, 200],
    "l2_regularization": [1.0, 3.0, 10.0, 30.0],
    "max_features": [0.15, 0.3, 0.5, 1.0],
}
FOLDS = 3
RUNGS = ((9, 9), (3, 3), (1, 1))
"""Of a bracket: how many candidates are judged, and on one in how many customers."""


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
        How many cross-validations there were: with the seed, all there is to repeat the search.
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
    customers = np.random.default_rng(seed).permutation(np.sort(rows["customer_key"].unique()))
    best: Settings = dict(BOOSTING)
    least = of_defaults = _loss(rows, best, seed)
    trials = 1
    while True:
        candidates = _draw(RUNGS[0][0], seed + trials)
        for number, one_in in RUNGS:
            some = rows[rows["customer_key"].isin(customers[: len(customers) // one_in])]
            losses = []
            for candidate in candidates[:number]:
                if not go_on(trials):
                    return Tuned(best, least, of_defaults, trials)
                losses.append(_loss(some, candidate, seed))
                trials += 1
            candidates = [candidates[place] for place in np.argsort(losses, kind="stable")]
        if losses[0] < least:
            least, best = losses[0], candidates[0]


def _draw(number: int, seed: int) -> list[Settings]:
    """Draw candidates; what is not in the grid is as by default."""
    return [{**BOOSTING, **drawn} for drawn in ParameterSampler(GRID, number, random_state=seed)]


def _loss(rows: pd.DataFrame, settings: Mapping[str, Any], seed: int) -> float:
    """Mean log loss over the folds."""
    columns = varying(rows, FEATURES)
    inputs, churned = rows[columns], rows["churned"].to_numpy(dtype=bool)
    folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
    losses = []
    with threadpool_limits(1):
        for learned, held in folds.split(inputs, churned, rows["customer_key"]):
            trees = boosting_classifier(columns, settings, seed)
            trees.fit(inputs.iloc[learned], churned[learned])
            said = trees.predict_proba(inputs.iloc[held])[:, 1]
            losses.append(log_loss(churned[held], said, labels=[False, True]))
    return float(np.mean(losses))
