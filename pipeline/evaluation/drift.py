"""Have the customers changed since the model learned?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from pipeline.evaluation.weighted import FloatArray

COLUMNS = ("feature", "psi", "drift")
MODERATE, LARGE = 0.1, 0.25
BINS = 10
HALF_A_ROW = 0.5

Drift = Literal["stable", "moderate", "large"]


def psi(before: FloatArray, now: FloatArray) -> float:
    """Population stability index of a column: how differently it is spread now.

    ``sum((q - p) * log(q / p))`` over the bins, p and q the shares before and now. The bins are the tenths of
    the values before, and one more of the missing; each share counts half a row more, so that an empty bin
    leaves the index finite. By custom 0.1 is a moderate and 0.25 a large shift.

    Parameters
    ----------
    before, now : numpy.ndarray
        Values, NaN where missing; shapes (n,) and (m,).

    Returns
    -------
    float
        Not negative; NaN where either is empty.
    """
    if len(before) == 0 or len(now) == 0:
        return np.nan
    known = before[np.isfinite(before)]
    edges = np.unique(np.quantile(known, np.arange(1, BINS) / BINS)) if len(known) else np.empty(0)
    p, q = (_shares(values, edges) for values in (before, now))
    return float(np.sum((q - p) * np.log(q / p)))


def drift(before: pd.DataFrame, now: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Compare how columns were spread among the rows a model learned from with how they are today.

    Returns
    -------
    pandas.DataFrame
        ``feature``, ``psi`` and ``drift`` ("stable", "moderate" from 0.1, "large" from 0.25); largest first.
    """
    found = pd.DataFrame(
        {
            "feature": list(columns),
            "psi": [
                psi(before[column].to_numpy(dtype=np.float64), now[column].to_numpy(dtype=np.float64))
                for column in columns
            ],
        }
    )
    found["drift"] = found["psi"].map(drift_level)
    return found.sort_values(["psi", "feature"], ascending=[False, True], ignore_index=True)


def drift_metrics(table: pd.DataFrame, score: str) -> dict[str, Any]:
    """Sum a drift table up for `dvc metrics`: the score's own index, and the features that moved.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `drift`; empty where there is no model.
    score : str
        The name under which the score stands among the features.

    Returns
    -------
    dict
        `score_psi` (None where there is no score) and the names of the features with a `large` and a
        `moderate` drift, largest first.
    """
    of_score = table.loc[table["feature"] == score, "psi"]
    features = table[table["feature"] != score]
    return {
        "score_psi": None if of_score.empty else float(of_score.iloc[0]),
        **{
            level: features.loc[features["drift"] == level, "feature"].tolist()
            for level in ("large", "moderate")
        },
    }


def drift_level(index: float) -> Drift:
    """Put a population stability index into a word."""
    return "large" if index >= LARGE else "moderate" if index >= MODERATE else "stable"


def _shares(values: FloatArray, edges: FloatArray) -> FloatArray:
    """Share of the rows in each bin, the last one that of the missing."""
    known = values[np.isfinite(values)]
    bins = np.searchsorted(edges, known, side="left")
    counts = np.append(np.bincount(bins, minlength=len(edges) + 1), len(values) - len(known)) + HALF_A_ROW
    return np.asarray(counts / counts.sum())
