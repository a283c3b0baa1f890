"""Calibration slope and intercept: the logistic regression of what happened on the predicted log-odds.

Cox, D. R. (1958), Two further applications of a model for binary regression, Biometrika 45, 562-565:
``logit P(churn) = a + b * logit(predicted)``. The slope is b, fitted jointly with a; the intercept
("calibration in the large") is a with b fixed at 1. All resamples are solved together.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit, logit

from pipeline.evaluation.weighted import FloatArray, ones_unless, ratio

EPSILON = float(np.finfo(np.float64).eps)
STEPS_PER_UNIT = 128
MOST_STEPS = 60
SMALLEST_STEP = 1e-9
ROUNDING = 1e-12
WORST_CONDITION = 1e12


def calibration_slope(
    actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None
) -> FloatArray:
    """Slope b, fitted jointly with a: below 1 the predictions are too extreme, above 1 too timid."""
    score, rows, events = _grouped_log_odds(actual, predicted, weight)
    return _logistic(np.vstack([np.ones_like(score), score]), np.zeros_like(score), rows, events)[..., 1][()]


def calibration_intercept(
    actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None
) -> FloatArray:
    """Intercept a, the slope fixed at 1: above 0 more customers churned than predicted."""
    score, rows, events = _grouped_log_odds(actual, predicted, weight)
    return _logistic(np.ones((1, len(score))), score, rows, events)[..., 0][()]


def _grouped_log_odds(
    actual: FloatArray, predicted: FloatArray, weight: FloatArray | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Log-odds to 1/128 with rows and events at each, shapes (g,), (..., g), (..., g).

    Rounding moves a slope by some millionths and leaves a few hundred groups instead of every customer.
    """
    y, w = actual, ones_unless(weight, len(actual))
    score = logit(np.clip(predicted, EPSILON, 1 - EPSILON))
    order = np.argsort(score, kind="stable")
    y, score, w = y[order], score[order], w[..., order]
    fine = np.round(score * STEPS_PER_UNIT)
    starts = np.flatnonzero(np.concatenate([[True], fine[1:] != fine[:-1]]))
    centre = np.add.reduceat(score, starts) / np.diff(np.append(starts, len(score)))
    return centre, np.add.reduceat(w, starts, axis=-1), np.add.reduceat(w * y, starts, axis=-1)


def _logistic(inputs: FloatArray, offset: FloatArray, rows: FloatArray, events: FloatArray) -> FloatArray:
    """Coefficients of a logistic regression by damped Newton steps; NaN without a finite optimum.

    ``inputs`` has shape (d, g), ``offset`` (g,), ``rows`` and ``events`` (..., g); the result (..., d).
    """
    n, k = rows.reshape(-1, rows.shape[-1]), events.reshape(-1, rows.shape[-1])

    def loss(coefficients: FloatArray) -> FloatArray:
        eta = offset + coefficients @ inputs
        return np.asarray((n * np.logaddexp(0, eta) - k * eta).sum(axis=-1))

    rate = ratio(k.sum(axis=-1), n.sum(axis=-1))
    solvable = (rate > 0) & (rate < 1)
    found = np.zeros((len(n), len(inputs)))
    reached = loss(found)
    running = solvable.copy()
    for _ in range(MOST_STEPS):
        p = expit(offset + found @ inputs)
        gradient = ((k - n * p)[:, np.newaxis, :] * inputs).sum(axis=-1)
        curve = (n * p * (1 - p))[:, np.newaxis, np.newaxis, :]
        hessian = (curve * inputs[:, np.newaxis, :] * inputs).sum(axis=-1)
        flat = running & ~(np.linalg.cond(hessian) < WORST_CONDITION)
        solvable &= ~flat
        running &= ~flat
        hessian[~running] = np.eye(len(inputs))
        gradient[~running] = 0.0
        step = np.linalg.solve(hessian, gradient[..., np.newaxis])[..., 0]
        step, tried = _damped(loss, found, step, reached)
        found, reached = found + step, tried
        running &= np.abs(step).max(axis=-1) >= SMALLEST_STEP
        if not running.any():
            break
    found[~solvable | running] = np.nan
    return found.reshape(*rows.shape[:-1], len(inputs))


def _damped(
    loss: Callable[[FloatArray], FloatArray], found: FloatArray, step: FloatArray, reached: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Halve each step until it does not raise the loss; the step and the loss after it."""
    tried = loss(found + step)
    while np.any(worse := (tried > reached * (1 + ROUNDING)) & (np.abs(step).max(axis=-1) > SMALLEST_STEP)):
        step = np.where(worse[:, np.newaxis], step / 2, step)
        tried = loss(found + step)
    return step, tried
