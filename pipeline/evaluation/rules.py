"""The simple rules a model has to beat, learned on training snapshots only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy
from sklearn.isotonic import IsotonicRegression

from pipeline.errors import UserError
from pipeline.evaluation.metrics import FloatArray, quantile_bins, tied_groups

RECENCY_BINS = 20


@dataclass(frozen=True)
class RecencyRule:
    """Who has been away for long will not come back.

    Attributes
    ----------
    threshold_days : int
        Customers away for at least this many days are called churned.
    days, probability : tuple of float
        Knots of the churn rate by days since the last order: never falling, linear in between.
    """

    threshold_days: int
    days: tuple[float, ...]
    probability: tuple[float, ...]

    def predict(self, days_since_last: FloatArray) -> FloatArray:
        """Give the churn probability for days since the last order; arrays of shape (n,)."""
        return np.interp(days_since_last, self.days, self.probability)

    def is_churned(self, days_since_last: FloatArray) -> NDArray[np.bool_]:
        """Apply the threshold; arrays of shape (n,)."""
        return np.asarray(days_since_last) >= self.threshold_days


def recency_rule(train_days_since_last: FloatArray, train_churned: NDArray[np.bool_]) -> RecencyRule:
    """Learn the best rule on recency alone.

    The probability is the isotonic regression of the churn rate in twenty bins of equally many customers on
    their mean days since the last order. The threshold is the split into two groups whose churn rates explain
    churn best (least log loss).

    Parameters
    ----------
    train_days_since_last : numpy.ndarray
        Days, shape (n,).
    train_churned : numpy.ndarray
        Shape (n,).

    Returns
    -------
    RecencyRule

    Raises
    ------
    UserError
        If there are no training rows.
    """
    days = np.asarray(train_days_since_last, dtype=np.float64)
    churned = np.asarray(train_churned, dtype=np.float64)
    if days.size == 0:
        raise UserError("there are no training rows to learn the recency rule from", where="snapshots")
    values, rows, events = tied_groups(churned, days)
    bins = quantile_bins(values, rows, RECENCY_BINS)
    rows_in, events_in, days_in = (
        np.bincount(bins, weights=sums)[np.unique(bins)] for sums in (rows, events, rows * values)
    )
    knots = days_in / rows_in
    # Half a churner and half a stayer more in each bin, so that no customer is ever certain.
    rates = IsotonicRegression().fit_transform(
        knots, (events_in + 0.5) / (rows_in + 1), sample_weight=rows_in
    )
    rows_below, events_below = np.cumsum(rows), np.cumsum(events)
    loss = _split_loss(rows_below, events_below) + _split_loss(
        rows.sum() - rows_below, events.sum() - events_below
    )
    best = int(np.argmin(loss))
    first_churned = values[min(best + 1, len(values) - 1)]
    return RecencyRule(int(first_churned), tuple(map(float, knots)), tuple(map(float, rates)))


def _split_loss(rows: FloatArray, events: FloatArray) -> FloatArray:
    """Log loss of groups that all get their own churn rate, in nats."""
    rate = np.divide(events, rows, out=np.zeros_like(events), where=rows > 0)
    return np.asarray(-xlogy(events, rate) - xlogy(rows - events, 1 - rate), dtype=np.float64)


def base_rate(train_churned: NDArray[np.bool_]) -> float:
    """Share of the training rows that churned: what one knows without knowing the customer."""
    if len(train_churned) == 0:
        raise UserError("there are no training rows to learn the base rate from", where="snapshots")
    return float(np.mean(train_churned))


def spend_rate_rule(spend_total: FloatArray, T: FloatArray, horizon_days: int) -> FloatArray:
    """Expect every customer to go on spending as on average so far.

    ``spend_total * horizon_days / max(T + 1, horizon_days)``, where T + 1 is the number of days on which
    the customer was observed. One seen for less than a horizon is expected to spend what he spent, not a
    multiple of it.

    Parameters
    ----------
    spend_total : numpy.ndarray
        Money spent before the cutoff, shape (n,).
    T : numpy.ndarray
        Days from the first order to the last observed day, shape (n,).
    horizon_days : int
        Length of the forecast.

    Returns
    -------
    numpy.ndarray
        Money per horizon, shape (n,).
    """
    observed = np.asarray(T, dtype=np.float64) + 1
    return np.asarray(spend_total, dtype=np.float64) * horizon_days / np.maximum(observed, horizon_days)
