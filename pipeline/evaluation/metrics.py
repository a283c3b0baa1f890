"""Metrics of churn probabilities and of spend forecasts, on plain arrays with optional weights.

Every metric is ``metric(actual, predicted, weight=None) -> float`` and gives NaN where it is not defined
(one class only, no spend at all). Weights are how often a row counts, so that a bootstrap resample is only
another weight. Tied predictions are treated as one group: no result depends on the order of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit, xlogy

FloatArray = NDArray[np.float64]
Metric = Callable[..., float]

EPSILON = float(np.finfo(np.float64).eps)
BINS = 10


def roc_auc(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> float:
    """Chance that a churner is ranked above a stayer; a tie counts half."""
    _, rows, events = tied_groups(actual, predicted, weight)
    stayers = rows - events
    pairs = events.sum() * stayers.sum()
    if pairs <= 0:
        return np.nan
    below = np.cumsum(stayers) - stayers / 2
    return float(np.sum(events * below) / pairs)


def pr_auc(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> float:
    """Average precision: precision at each distinct score, weighted by the recall it adds."""
    _, rows, events = tied_groups(actual, predicted, weight)
    if events.sum() <= 0:
        return np.nan
    found = np.cumsum(events[::-1])
    flagged = np.cumsum(rows[::-1])
    precision = np.divide(found, flagged, out=np.zeros_like(found), where=flagged > 0)
    return float(np.sum(precision * events[::-1]) / events.sum())


def log_loss(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> float:
    """Mean negative log-likelihood in nats."""
    p = np.clip(predicted, EPSILON, 1 - EPSILON)
    return _mean(np.asarray(-xlogy(actual, p) - xlogy(1 - actual, 1 - p), dtype=np.float64), weight)


def brier(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> float:
    """Mean squared error of the probability."""
    return _mean(np.square(actual - predicted), weight)


def brier_skill(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> float:
    """Share of the Brier score of the base rate (of the same rows) that the prediction saves."""
    base = _mean(actual, weight)
    if not 0 < base < 1:
        return np.nan
    return 1 - brier(actual, predicted, weight) / (base * (1 - base))


def calibration_slope(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> float:
    """Slope b of ``logit P(churn) = a + b * logit(predicted)``, fitted jointly with a.

    Below 1 the predictions are too extreme, above 1 too timid. Cox (1958).
    """
    y, score, w = _counted_log_odds(actual, predicted, weight)
    return _logistic_slope(y, score, w) if 0 < _mean(y, w) < 1 else np.nan


def calibration_intercept(
    actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None
) -> float:
    """Intercept a of ``logit P(churn) = a + logit(predicted)``, the slope fixed at 1.

    Above 0 more customers churned than predicted ("calibration in the large").
    """
    y, score, w = _counted_log_odds(actual, predicted, weight)
    base = _mean(y, w)
    if not 0 < base < 1:
        return np.nan

    def missed(intercept: float) -> float:
        return float(np.sum(w * (y - expit(intercept + score))))

    lowest, highest = logit(base) - score.max() - 1, logit(base) - score.min() + 1
    return float(brentq(missed, lowest, highest, xtol=1e-9))


def expected_calibration_error(
    actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None
) -> float:
    """Mean distance of predicted and observed rate over ten bins of equally many rows."""
    w = _weights(actual, weight)
    if w.sum() <= 0:
        return np.nan
    bins = quantile_bins(predicted, w)
    gaps = np.bincount(bins, weights=w * (predicted - actual), minlength=BINS)
    return float(np.sum(np.abs(gaps)) / w.sum())


def top_decile_lift(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> float:
    """Churn rate in the tenth with the highest scores over the churn rate of all; at most 1 / churn rate."""
    _, rows, events = tied_groups(actual, predicted, weight)
    if events.sum() <= 0:
        return np.nan
    reached = np.concatenate([[0.0], np.cumsum(rows[::-1])]) / rows.sum()
    captured = np.concatenate([[0.0], np.cumsum(events[::-1])]) / events.sum()
    return float(np.interp(0.1, reached, captured) / 0.1)


def total_bias(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> float:
    """Relative error of the total: ``sum(predicted) / sum(actual) - 1``."""
    w = _weights(actual, weight)
    total = float(np.sum(w * actual))
    return float(np.sum(w * predicted)) / total - 1 if total > 0 else np.nan


def mae(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> float:
    """Mean absolute error, in money; it rewards low forecasts, so read it beside `total_bias`."""
    return _mean(np.abs(actual - predicted), weight)


def rmse(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> float:
    """Root of the mean squared error, in money."""
    return float(np.sqrt(_mean(np.square(actual - predicted), weight)))


def spearman(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> float:
    """Rank correlation, ties at their mean rank."""
    w = _weights(actual, weight)
    a, p = _mid_ranks(actual, w), _mid_ranks(predicted, w)
    a, p = a - _mean(a, w), p - _mean(p, w)
    spread = np.sqrt(_mean(a * a, w) * _mean(p * p, w))
    return _mean(a * p, w) / float(spread) if spread > 0 else np.nan


def normalised_gini(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> float:
    """Gini coefficient of the actual spend sorted by prediction, over that of the perfect order."""
    best = _concentration(actual, actual, weight)
    return _concentration(actual, predicted, weight) / best if best > 0 else np.nan


CHURN_METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "roc_auc": roc_auc,
        "pr_auc": pr_auc,
        "log_loss": log_loss,
        "brier": brier,
        "brier_skill": brier_skill,
        "calibration_slope": calibration_slope,
        "calibration_intercept": calibration_intercept,
        "ece": expected_calibration_error,
        "top_decile_lift": top_decile_lift,
    }
)
VALUE_METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "total_bias": total_bias,
        "mae": mae,
        "rmse": rmse,
        "spearman": spearman,
        "normalised_gini": normalised_gini,
    }
)


def tied_groups(
    actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Collapse rows with the same prediction.

    Returns
    -------
    values, rows, sums : numpy.ndarray
        The distinct predictions in ascending order, the weight at each, and the weighted sum of ``actual``
        at each.
    """
    # A stable sort is linear on sorted input, which is what the bootstrap passes.
    order = np.argsort(predicted, kind="stable")
    p, w = predicted[order], _weights(actual, weight)[order]
    if p.size == 0:
        return p, w, w
    starts = np.flatnonzero(np.concatenate([[True], p[1:] != p[:-1]]))
    return p[starts], np.add.reduceat(w, starts), np.add.reduceat(w * actual[order], starts)


def quantile_bins(values: FloatArray, weight: FloatArray, bins: int = BINS) -> NDArray[np.intp]:
    """Number the bin of each row, 0 to ``bins - 1`` from low to high, equal values always in the same bin."""
    middle = _mid_ranks(values, weight) / weight.sum()
    numbers: NDArray[np.intp] = np.minimum((middle * bins).astype(np.intp), bins - 1)
    return numbers


def _weights(actual: FloatArray, weight: FloatArray | None) -> FloatArray:
    return np.ones(len(actual)) if weight is None else weight


def _mean(values: FloatArray, weight: FloatArray | None) -> float:
    w = _weights(values, weight)
    total = w.sum()
    return float(np.sum(w * values) / total) if total > 0 else np.nan


def _mid_ranks(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Weight below each value plus half of the weight at it."""
    distinct, rows, _ = tied_groups(values, values, weight)
    return (np.cumsum(rows) - rows / 2)[np.searchsorted(distinct, values)]


def _concentration(actual: FloatArray, score: FloatArray, weight: FloatArray | None) -> float:
    _, rows, sums = tied_groups(actual, score, weight)
    if sums.sum() <= 0:
        return np.nan
    share = np.concatenate([[0.0], np.cumsum(sums[::-1])]) / sums.sum()
    width = rows[::-1] / rows.sum()
    return float(np.sum((share[1:] + share[:-1]) * width) - 1)


def _counted_log_odds(
    actual: FloatArray, predicted: FloatArray, weight: FloatArray | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Outcome, predicted log-odds and weight of the rows that count; a resample leaves a third out."""
    w = _weights(actual, weight)
    counts = w > 0
    score = logit(np.clip(predicted[counts], EPSILON, 1 - EPSILON))
    return actual[counts], np.asarray(score, dtype=np.float64), w[counts]


def _logistic_slope(y: FloatArray, score: FloatArray, w: FloatArray) -> float:
    """Slope of a logistic regression on one score by damped Newton steps; NaN without a finite optimum."""

    def loss(coefficients: FloatArray) -> float:
        eta = coefficients[0] + coefficients[1] * score
        return float(np.sum(w * (np.logaddexp(0, eta) - y * eta)))

    found = np.array([logit(_mean(y, w)), 0.0])
    reached = loss(found)
    for _ in range(50):
        p = expit(found[0] + found[1] * score)
        error, curve = w * (y - p), w * p * (1 - p)
        gradient = np.array([error.sum(), np.sum(error * score)])
        cross = np.sum(curve * score)
        hessian = np.array([[curve.sum(), cross], [cross, np.sum(curve * score * score)]])
        if not np.linalg.cond(hessian) < 1e12:
            return np.nan
        step = np.linalg.solve(hessian, gradient)
        if np.max(np.abs(step)) < 1e-9:
            return float(found[1])
        tried = loss(found + step)
        while tried > reached * (1 + EPSILON) and np.max(np.abs(step)) > 1e-9:
            step = step / 2
            tried = loss(found + step)
        found, reached = found + step, tried
    return np.nan
