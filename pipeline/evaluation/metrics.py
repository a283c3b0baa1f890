"""Metrics of churn probabilities and of spend forecasts, on plain arrays with optional weights.

Every metric is ``metric(actual, predicted, weight=None)`` and gives NaN where it is not defined (one class
only, no spend at all). Weights are how often a row counts, so that a bootstrap resample is only another
weight: weights of shape (resamples, n) give one number per resample. Tied predictions are treated as one
group: no result depends on the order of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from scipy.special import xlogy

from pipeline.evaluation.profit import expected_maximum_profit
from pipeline.evaluation.recalibration import EPSILON, calibration_intercept, calibration_slope
from pipeline.evaluation.weighted import (
    FloatArray,
    binned_sums,
    captured_by_top,
    concentration,
    mean,
    mid_ranks,
    ones_unless,
    quantile_bins,
    ratio,
    tied_groups,
)

Metric = Callable[[FloatArray, FloatArray, FloatArray | None], FloatArray]

TOP_SHARE = 0.1


def roc_auc(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> FloatArray:
    """Chance that a churner is ranked above a stayer; a tie counts half."""
    _, rows, events = tied_groups(actual, predicted, weight)
    stayers = rows - events
    below = np.cumsum(stayers, axis=-1) - stayers / 2
    return ratio((events * below).sum(axis=-1), events.sum(axis=-1) * stayers.sum(axis=-1))


def pr_auc(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> FloatArray:
    """Average precision: precision at each distinct score, weighted by the recall it adds."""
    _, rows, events = tied_groups(actual, predicted, weight)
    events = events[..., ::-1]
    found, flagged = np.cumsum(events, axis=-1), np.cumsum(rows[..., ::-1], axis=-1)
    precision = np.divide(found, flagged, out=np.zeros_like(found), where=flagged > 0)
    return ratio((precision * events).sum(axis=-1), events.sum(axis=-1))


def log_loss(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> FloatArray:
    """Mean negative log-likelihood in nats."""
    p = np.clip(predicted, EPSILON, 1 - EPSILON)
    return mean(np.asarray(-xlogy(actual, p) - xlogy(1 - actual, 1 - p), dtype=np.float64), weight)


def brier(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> FloatArray:
    """Mean squared error of the probability."""
    return mean(np.square(actual - predicted), weight)


def brier_skill(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> FloatArray:
    """Share of the Brier score of the base rate (of the same rows) that the prediction saves."""
    base = mean(actual, weight)
    skill = 1 - ratio(brier(actual, predicted, weight), base * (1 - base))
    return np.asarray(skill)[()]


def expected_calibration_error(
    actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None
) -> FloatArray:
    """Mean distance of predicted and observed rate over ten bins of equally many rows."""
    p, rows, events = tied_groups(actual, predicted, weight)
    gaps = binned_sums(quantile_bins(p, rows), rows * p - events)
    return ratio(np.abs(gaps).sum(axis=-1), rows.sum(axis=-1))


def top_decile_lift(
    actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None
) -> FloatArray:
    """Churn rate in the tenth with the highest scores over the churn rate of all; at most 1 / churn rate."""
    return np.asarray(captured_by_top(actual, predicted, weight, TOP_SHARE) / TOP_SHARE)[()]


def total_bias(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> FloatArray:
    """Relative error of the total: ``sum(predicted) / sum(actual) - 1``."""
    w = ones_unless(weight, len(actual))
    return np.asarray(ratio((w * predicted).sum(axis=-1), (w * actual).sum(axis=-1)) - 1)[()]


def rate(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> FloatArray:
    """Share of the rows of which it is true, whatever was predicted."""
    return mean(actual, weight)


def gap(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> FloatArray:
    """Mean prediction minus the mean of what came."""
    return np.asarray(mean(predicted, weight) - mean(actual, weight))[()]


def mae(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> FloatArray:
    """Mean absolute error, in money; it rewards low forecasts, so read it beside `total_bias`."""
    return mean(np.abs(actual - predicted), weight)


def rmse(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> FloatArray:
    """Root of the mean squared error, in money."""
    return np.sqrt(mean(np.square(actual - predicted), weight))


def spearman(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> FloatArray:
    """Rank correlation, ties at their mean rank."""
    w = ones_unless(weight, len(actual))
    a, p = mid_ranks(actual, w), mid_ranks(predicted, w)
    a, p = (ranks - mean(ranks, w)[..., np.newaxis] for ranks in (a, p))
    return ratio(mean(a * p, w), np.sqrt(mean(a * a, w) * mean(p * p, w)))


def normalised_gini(
    actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None
) -> FloatArray:
    """Gini coefficient of the actual spend sorted by prediction, over that of the perfect order."""
    return ratio(concentration(actual, predicted, weight), concentration(actual, actual, weight))


def top_decile_capture(
    actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None
) -> FloatArray:
    """Share of all spend that came from the tenth of customers with the highest forecasts."""
    return captured_by_top(actual, predicted, weight, TOP_SHARE)


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
        "empc": expected_maximum_profit,
    }
)
VALUE_METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "total_bias": total_bias,
        "mae": mae,
        "rmse": rmse,
        "spearman": spearman,
        "normalised_gini": normalised_gini,
        "top_decile_capture": top_decile_capture,
    }
)
