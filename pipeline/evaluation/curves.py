"""The curves behind the metrics, as tables for plots and the report."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.weighted import BINS, FloatArray, quantile_bins, tied_groups

MOST_POINTS = 200
Z95 = 1.959963984540054


def curves(holdout: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Draw every curve of the holdout.

    Parameters
    ----------
    holdout : pandas.DataFrame
        ``churned``, ``churn_probability``, ``future_spend`` and ``expected_spend``; who has no prediction is
        left out.

    Returns
    -------
    dict of str to pandas.DataFrame
        By the name of its file.
    """
    by_churn, by_value = (holdout.dropna(subset=[name]) for name in ("churn_probability", "expected_spend"))
    churn = by_churn["churned"].to_numpy(dtype=bool), by_churn["churn_probability"].to_numpy(dtype=float)
    value = (by_value[column].to_numpy(dtype=float) for column in ("future_spend", "expected_spend"))
    return {
        "roc": roc_curve(*churn),
        "precision_recall": pr_curve(*churn),
        "calibration": calibration_curve(*churn),
        "gains": gains_by_decile(*churn),
        "value_calibration": value_by_decile(*value),
    }


def roc_curve(churned: NDArray[np.bool_], probability: FloatArray) -> pd.DataFrame:
    """Trace the ROC curve at no more than 200 thresholds.

    Columns ``false_positive_rate``, ``true_positive_rate``, ``threshold``. The first row (nobody flagged)
    has an infinite threshold written as NaN. Empty where only one class is present.
    """
    thresholds, flagged, found = _flagged(churned, probability)
    columns = ["false_positive_rate", "true_positive_rate", "threshold"]
    stayed = flagged - found
    if len(found) == 0 or found[-1] == 0 or stayed[-1] == 0:
        return pd.DataFrame(columns=columns, dtype="float64")
    points = np.column_stack([stayed / stayed[-1], found / found[-1], thresholds])
    return _thinned(pd.DataFrame(np.vstack([[0.0, 0.0, np.nan], points]), columns=columns))


def pr_curve(churned: NDArray[np.bool_], probability: FloatArray) -> pd.DataFrame:
    """Trace precision against recall at no more than 200 thresholds.

    Columns ``recall``, ``precision``, ``threshold``. Empty where nobody churned.
    """
    thresholds, flagged, found = _flagged(churned, probability)
    columns = ["recall", "precision", "threshold"]
    if len(found) == 0 or found[-1] == 0:
        return pd.DataFrame(columns=columns, dtype="float64")
    points = np.column_stack([found / found[-1], found / flagged, thresholds])
    return _thinned(pd.DataFrame(points, columns=columns))


def calibration_curve(churned: NDArray[np.bool_], probability: FloatArray) -> pd.DataFrame:
    """Predicted against observed churn in ten bins of equally many customers.

    Columns ``bin`` (1 = lowest), ``predicted`` (mean), ``observed`` (rate), ``low``, ``high`` (95 % Wilson
    interval of the rate), ``n``. Ties can leave a bin empty; it is then left out.
    """
    table = _by_bin(churned, probability, "predicted", "observed")
    rate, n = table["observed"].to_numpy(), table["n"].to_numpy()
    centre = (rate + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * np.sqrt(rate * (1 - rate) / n + Z95**2 / (4 * n**2))
    table["low"], table["high"] = np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
    return table[["bin", "predicted", "observed", "low", "high", "n"]]


def gains_by_decile(churned: NDArray[np.bool_], probability: FloatArray) -> pd.DataFrame:
    """How many churners a campaign reaches that starts with the highest scores.

    Columns ``decile`` (1 to 10), ``customers_share`` contacted so far, ``churners_share`` reached so far,
    ``lift`` so far (their ratio). Customers with equal scores are taken in random order, that is, in
    expectation. Empty where nobody churned.
    """
    _, flagged, found = _flagged(churned, probability)
    columns = ["decile", "customers_share", "churners_share", "lift"]
    if len(found) == 0 or found[-1] == 0:
        return pd.DataFrame({column: pd.Series(dtype="float64") for column in columns})
    share = np.arange(1, 11) / 10
    reached = np.interp(share, np.append(0.0, flagged / flagged[-1]), np.append(0.0, found / found[-1]))
    return pd.DataFrame(
        {"decile": range(1, 11), "customers_share": share, "churners_share": reached, "lift": reached / share}
    )


def value_by_decile(actual: FloatArray, predicted: FloatArray) -> pd.DataFrame:
    """Predicted against actual mean spend in ten groups of equally many customers by predicted spend.

    Columns ``bin`` (1 = lowest), ``predicted``, ``actual`` (means, in money), ``n``. Ties can leave a bin
    empty; it is then left out.
    """
    return _by_bin(actual, predicted, "predicted", "actual")


def _by_bin(actual: NDArray[np.bool_] | FloatArray, predicted: FloatArray, x: str, y: str) -> pd.DataFrame:
    bins = quantile_bins(predicted, np.ones(len(predicted))) if len(predicted) else np.empty(0, dtype=np.intp)
    n = np.bincount(bins, minlength=BINS)
    full = np.flatnonzero(n)
    # Summed in the order of the values, so that the order of the rows does not show in the last digit.
    order = np.lexsort((actual, predicted))
    sums = [
        np.bincount(bins[order], weights=np.asarray(values, dtype=np.float64)[order], minlength=BINS)
        for values in (predicted, actual)
    ]
    return pd.DataFrame(
        {"bin": full + 1, x: sums[0][full] / n[full], y: sums[1][full] / n[full], "n": n[full]}
    )


def _flagged(
    churned: NDArray[np.bool_], probability: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Thresholds from high to low; customers and churners at or above each."""
    values, rows, events = tied_groups(np.asarray(churned, dtype=np.float64), probability)
    return values[::-1], np.cumsum(rows[::-1]), np.cumsum(events[::-1])


def _thinned(points: pd.DataFrame) -> pd.DataFrame:
    keep = np.unique(np.linspace(0, len(points) - 1, MOST_POINTS).round().astype(int))
    return points.iloc[keep].reset_index(drop=True)
