"""Have the customers changed since the model learned? And did past scores come true?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from pipeline.evaluation.metrics import log_loss, roc_auc
from pipeline.evaluation.weighted import FloatArray

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


def drift_level(index: float) -> Drift:
    """Put a population stability index into a word."""
    return "large" if index >= LARGE else "moderate" if index >= MODERATE else "stable"


def realised(past_scores: pd.DataFrame, order_days: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Put what past runs said beside what then happened, where their horizon has passed.

    Parameters
    ----------
    past_scores : pandas.DataFrame
        One row per run and customer: ``customer_key``, ``as_of`` (the day of the run), ``horizon_days``,
        ``churn_probability`` and ``expected_spend``.
    order_days : pandas.DataFrame
        ``customer_key``, ``day``, ``amount``: the orders known today, one row per customer and day.
    as_of : datetime.date
        The first day that is not known.

    Returns
    -------
    pandas.DataFrame
        One row per run whose horizon has passed, ascending: ``as_of``, ``horizon_days``, ``n``,
        ``predicted_rate`` and ``actual_rate`` of churn, ``roc_auc``, ``log_loss``, ``predicted_total`` and
        ``actual_total`` of spend.
    """
    end = past_scores["as_of"] + pd.to_timedelta(past_scores["horizon_days"], unit="D")
    due = past_scores.assign(end=end)[end <= pd.Timestamp(as_of)]
    rows = []
    for (day, horizon_days), run in due.groupby(["as_of", "horizon_days"], sort=True):
        scored = run.sort_values("customer_key")
        window = order_days["day"].between(scored["as_of"].iloc[0], scored["end"].iloc[0], inclusive="left")
        spent = (
            order_days[window].sort_values(["customer_key", "day"]).groupby("customer_key")["amount"].sum()
        )
        churned = np.where(scored["customer_key"].isin(spent.index), 0.0, 1.0)
        said = scored["churn_probability"].to_numpy(dtype=np.float64)
        rows.append(
            {
                "as_of": day,
                "horizon_days": horizon_days,
                "n": len(scored),
                "predicted_rate": float(said.mean()),
                "actual_rate": float(churned.mean()),
                "roc_auc": float(roc_auc(churned, said)),
                "log_loss": float(log_loss(churned, said)),
                "predicted_total": float(scored["expected_spend"].sum()),
                "actual_total": float(spent.reindex(scored["customer_key"]).fillna(0).sum()),
            }
        )
    return pd.DataFrame(rows)


def _shares(values: FloatArray, edges: FloatArray) -> FloatArray:
    """Share of the rows in each bin, the last one that of the missing."""
    known = values[np.isfinite(values)]
    bins = np.searchsorted(edges, known, side="left")
    counts = np.append(np.bincount(bins, minlength=len(edges) + 1), len(values) - len(known)) + HALF_A_ROW
    return np.asarray(counts / counts.sum())
