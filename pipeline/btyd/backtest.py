"""How models and simple rules would have done in windows whose orders are known by now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import gammaln, xlogy

from pipeline.btyd.countmodel import CountModel

LEAST_MEAN = 0.01
"""Orders a rule expects at least when its log score is taken: one order would ruin a rule that says never."""


def try_model(model: CountModel, summary: pd.DataFrame, horizon_days: float) -> pd.DataFrame:
    """Hold a model against the orders that came.

    Parameters
    ----------
    model : CountModel
        Fitted on what was known at the start of the window.
    summary : DataFrame
        Columns frequency, recency, T (days) of that moment, and future_orders in the window.
    horizon_days : float
        Length of the window.

    Returns
    -------
    DataFrame indexed like the summary
        log_score (log probability of the orders that came), expected_orders, p_no_order, future_orders.
    """
    came = summary["future_orders"]
    return pd.DataFrame(
        {
            "log_score": model.log_scores(summary, horizon_days, came),
            "expected_orders": model.expected_orders(summary, horizon_days),
            "p_no_order": model.p_no_order(summary, horizon_days),
            "future_orders": came.astype("float64"),
        }
    )


def try_rules(summary: pd.DataFrame, horizon_days: float) -> dict[str, pd.DataFrame]:
    """Hold two rules without a model against the orders that came.

    Parameters
    ----------
    summary : DataFrame
        As for `try_model`, and recent_orders: the order days of the `horizon_days` days before the window.

    Returns
    -------
    dict of DataFrame
        ``last_period``: as many orders as in the period before; ``rate``: Poisson with rate x / T. The
        columns are those of `try_model`.
    """
    age = summary["T"].to_numpy(dtype=np.float64)
    rate = np.divide(summary["frequency"], age, out=np.zeros(len(age)), where=age > 0)
    recent = summary["recent_orders"].to_numpy(dtype=np.float64)
    return {
        name: _try_poisson(pd.Series(mean, index=summary.index), summary["future_orders"])
        for name, mean in (("last_period", recent), ("rate", rate * horizon_days))
    }


def _try_poisson(expected: pd.Series[float], came: pd.Series[int]) -> pd.DataFrame:
    mean, n = expected.clip(lower=LEAST_MEAN), came.to_numpy(dtype=np.float64)
    return pd.DataFrame(
        {
            "log_score": xlogy(n, mean) - mean - gammaln(n + 1.0),
            "expected_orders": expected,
            "p_no_order": np.exp(-mean),
            "future_orders": n,
        }
    )


MEASURES = ("log_score", "total_bias", "mae", "no_order_log_loss")


def measures(trial: pd.DataFrame) -> dict[str, float]:
    """Sum up a trial.

    Returns
    -------
    dict of float
        log_score (mean per customer, larger is better), total_bias (expected over actual orders, minus one;
        NaN when nobody ordered), mae (orders per customer), no_order_log_loss (of P(no order)).
    """
    came, expected = trial["future_orders"], trial["expected_orders"]
    silent, total = (came == 0).to_numpy(), float(came.sum())
    chance = trial["p_no_order"].to_numpy().clip(1e-15, 1.0 - 1e-15)
    return {
        "log_score": float(trial["log_score"].mean()),
        "total_bias": float(expected.sum()) / total - 1.0 if total else float("nan"),
        "mae": float((expected - came).abs().mean()),
        "no_order_log_loss": -float(np.where(silent, np.log(chance), np.log1p(-chance)).mean()),
    }


class Lead(NamedTuple):
    """By how much one trial has the better log score than another, per customer, and its standard error."""

    mean: float
    standard_error: float


def lead(first: pd.DataFrame, second: pd.DataFrame) -> Lead:
    """Compare two trials of the same rows.

    The rows of one customer, who is in several overlapping windows, are one observation: the standard error
    is that of a ratio of sums over customers (clusters).
    """
    difference = first["log_score"] - second["log_score"]
    mean = float(difference.mean())
    customers = difference.groupby(level=0).agg(["sum", "size"])
    left = customers["sum"] - customers["size"] * mean
    return Lead(mean, float(np.sqrt((left**2).sum())) / len(difference))


def first_good_one(trials: Mapping[str, pd.DataFrame], preferred_first: Sequence[str]) -> tuple[str, str]:
    """Choose by the one-standard-error rule (Breiman, Friedman, Olshen and Stone 1984, section 3.4.3).

    Parameters
    ----------
    trials : mapping of str to DataFrame
        Candidates in the same windows; the index is the customer.
    preferred_first : sequence of str
        The candidates, in order.

    Returns
    -------
    chosen, best : str
        The first candidate within one standard error of the best, and the best by mean log score.
    """
    best = max(preferred_first, key=lambda name: trials[name]["log_score"].mean())
    for name in preferred_first:
        ahead = lead(trials[best], trials[name])
        if ahead.mean <= ahead.standard_error:
            return name, best
    return best, best
