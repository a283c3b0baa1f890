"""Leak alarms: what looks too good to be known before the cutoff."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.metrics import roc_auc
from pipeline.evaluation.weighted import FloatArray

FEWEST_PER_CLASS = 20
MOST_ORDER_DAYS = 3
CHANCE = 3.2905  # standard deviations on either side that hold 99.9 % of a normal distribution
LIMITS: Mapping[str, tuple[str, float]] = {
    "feature_tells_all": ("roc_auc", 0.95),
    "missing_tells": ("missing_roc_auc", 0.75),
}
"""Above which number of `feature_aucs` each alarm is raised, at least."""

SENTENCES: Mapping[str, str] = {
    "feature_tells_all": "{feature} alone tells who churned",
    "missing_tells": "whether {feature} is missing tells who churned",
    "shuffled_labels": "even shuffled labels are predicted",
}
"""What each alarm says; the report has the same in its own languages."""


def feature_aucs(rows: pd.DataFrame, features: Sequence[str]) -> pd.DataFrame:
    """Measure how well each feature alone, and its being missing, tells who churned.

    Only customers who bought recently are looked at: the long gone churn again and again, and any measure of
    recency knows them. Whether a value is missing is judged among customers with equally many orders, since
    who ordered once has no gap between orders, and that is no leak.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``churned``, ``active``, ``frequency`` and the features.
    features : sequence of str
        Numeric columns.

    Returns
    -------
    pandas.DataFrame
        ``feature``, ``roc_auc`` among the known values and ``missing_roc_auc``, both in the direction in
        which they tell more, hence 0.5 to 1; missing where fewer than 20 customers churned or stayed.
    """
    active = rows[rows["active"].to_numpy(dtype=bool)]
    churned = active["churned"].to_numpy(dtype=np.float64)
    orders = np.minimum(active["frequency"].to_numpy(dtype=np.intp), MOST_ORDER_DAYS)
    found = []
    for feature in features:
        values = active[feature].to_numpy(dtype=np.float64)
        known = np.isfinite(values)
        # One stratum has AUC times pairs; strata that cannot be compared have no pairs.
        pairs, wins = 0.0, 0.0
        for stratum in np.unique(orders):
            here = orders == stratum
            count = churned[here].sum() * (1 - churned[here]).sum()
            if count > 0:
                pairs += count
                wins += count * float(roc_auc(churned[here], (~known[here]).astype(np.float64)))
        missing = wins / pairs if pairs and not known.all() and _enough(churned) else np.nan
        alone = float(roc_auc(churned[known], values[known])) if _enough(churned[known]) else np.nan
        found.append((feature, max(alone, 1 - alone), max(missing, 1 - missing)))
    return pd.DataFrame(found, columns=["feature", "roc_auc", "missing_roc_auc"])


def leak_alarms(aucs: pd.DataFrame, of_rhythm: Collection[str] = ()) -> list[dict[str, Any]]:
    """Name the features that know too much.

    Where customers order by the clock, when they ordered tells nearly all: a feature alone is suspicious only
    if it halves what a lifetime model or the time since the last order leaves open, which know no more.

    Parameters
    ----------
    aucs : pandas.DataFrame
        As from `feature_aucs`.
    of_rhythm : collection of str
        These: the model's expectations and that time, made of the orders before the cutoff alone.

    Returns
    -------
    list of dict
        ``kind`` ("feature_tells_all" or "missing_tells"), ``feature``, ``roc_auc`` and ``limit``; the worst
        first.
    """
    rhythm = aucs["feature"].isin(list(of_rhythm))
    best = float(aucs.loc[rhythm, "roc_auc"].max())  # NaN without any, which raises no limit
    halved = (1.0 + best) / 2.0
    alarms = [
        {"kind": kind, "feature": str(row["feature"]), "roc_auc": float(row[column]), "limit": limit}
        for kind, (column, least) in LIMITS.items()
        for limit in [max(least, halved) if column == "roc_auc" else least]
        for row in aucs[aucs[column] > limit].to_dict("records")
    ]
    return sorted(alarms, key=lambda alarm: (-alarm["roc_auc"], alarm["feature"]))


def chance(churned: NDArray[np.bool_], score: FloatArray) -> dict[str, float] | None:
    """Hold a model that was taught shuffled labels against chance.

    Parameters
    ----------
    churned : numpy.ndarray
        The shuffled labels, shape (n,).
    score : numpy.ndarray
        What the model said, shape (n,).

    Returns
    -------
    dict or None
        ``roc_auc``, and between which ``low`` and ``high`` around 0.5 chance alone leaves it in 999 of 1,000
        runs (the normal approximation of Mann and Whitney 1947). None where all labels are the same.
    """
    gone, stayed = float(churned.sum()), float((~churned).sum())
    if not gone or not stayed:
        return None
    half = CHANCE * np.sqrt((gone + stayed + 1) / (12 * gone * stayed))
    auc = float(roc_auc(churned.astype(np.float64), score))
    return {"roc_auc": auc, "low": 0.5 - half, "high": 0.5 + half}


def shuffle_alarms(found: Mapping[str, float] | None) -> list[dict[str, Any]]:
    """Raise the alarm where a model learns even shuffled labels; `found` is as from `chance`."""
    if found is None or found["roc_auc"] <= found["high"]:
        return []
    return [
        {
            "kind": "shuffled_labels",
            "feature": "some_input",
            "roc_auc": found["roc_auc"],
            "limit": found["high"],
        }
    ]


def told(alarm: Mapping[str, Any]) -> str:
    """Say what an alarm is about."""
    return f"{SENTENCES[alarm['kind']]} (AUC {alarm['roc_auc']:.3f}): a leak?".format(**alarm)


def _enough(churned: FloatArray) -> bool:
    return bool(min(churned.sum(), (1 - churned).sum()) >= FEWEST_PER_CLASS)
