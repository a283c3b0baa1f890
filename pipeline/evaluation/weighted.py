"""Weighted counting on sorted rows, for one set of weights or for many bootstrap resamples at once.

Weights say how often a row counts and have shape (..., n): one row of weights, or one per resample. Sums run
over the last axis. Rows that are sorted already are not sorted again, so that the many metrics of one
prediction pay for one sort.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

BINS = 10


def ones_unless(weight: FloatArray | None, rows: int) -> FloatArray:
    """Give the weights, or ones."""
    return np.ones(rows) if weight is None else weight


def ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Divide where the denominator is above zero; NaN elsewhere."""
    top, bottom = np.broadcast_arrays(numerator, denominator)
    found = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=found, where=bottom > 0)
    return found[()]


def mean(values: FloatArray, weight: FloatArray | None) -> FloatArray:
    """Weighted mean over the last axis; NaN where nothing has weight."""
    w = ones_unless(weight, values.shape[-1])
    return ratio((w * values).sum(axis=-1), w.sum(axis=-1))


def tied_groups(
    actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Collapse rows with the same prediction.

    Returns
    -------
    values, rows, sums : numpy.ndarray
        The g distinct predictions in ascending order, shape (g,); the weight at each and the weighted sum of
        ``actual`` at each, shape (..., g).
    """
    y, p, w = actual, predicted, ones_unless(weight, len(actual))
    if np.any(p[1:] < p[:-1]):
        order = np.argsort(p, kind="stable")
        y, p, w = y[order], p[order], w[..., order]
    starts = np.flatnonzero(np.concatenate([[True], p[1:] != p[:-1]])) if p.size else np.empty(0, np.intp)
    if len(starts) == len(p):
        return p, w, w * y
    return p[starts], np.add.reduceat(w, starts, axis=-1), np.add.reduceat(w * y, starts, axis=-1)


def mid_ranks(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Weight below each value plus half of the weight at it, shape (..., n)."""
    distinct, rows, _ = tied_groups(values, values, weight)
    return (np.cumsum(rows, axis=-1) - rows / 2)[..., np.searchsorted(distinct, values)]


def quantile_bins(values: FloatArray, weight: FloatArray, bins: int = BINS) -> NDArray[np.intp]:
    """Number the bin of each row, 0 to ``bins - 1`` from low to high, equal values always in the same bin."""
    total = np.maximum(weight.sum(axis=-1, keepdims=True), np.finfo(np.float64).tiny)
    numbers: NDArray[np.intp] = np.minimum(
        (mid_ranks(values, weight) / total * bins).astype(np.intp), bins - 1
    )
    return numbers


def binned_sums(bins: NDArray[np.intp], values: FloatArray, number: int = BINS) -> FloatArray:
    """Add up values by bin, both of shape (..., n); the result has shape (..., number)."""
    flat = bins.reshape(-1, bins.shape[-1])
    offset = np.arange(len(flat))[:, np.newaxis] * number
    sums = np.bincount((flat + offset).ravel(), weights=values.ravel(), minlength=len(flat) * number)
    return np.asarray(sums, dtype=np.float64).reshape(*bins.shape[:-1], number)


def captured_by_top(
    actual: FloatArray, predicted: FloatArray, weight: FloatArray | None, share: float
) -> FloatArray:
    """Share of the total held by the rows with the highest predictions; ties are taken in expectation."""
    _, rows, sums = tied_groups(actual, predicted, weight)
    shape = rows.shape[:-1]
    found = np.full(int(np.prod(shape)), np.nan)
    for i, (counts, amounts) in enumerate(zip(_from_top(rows), _from_top(sums), strict=True)):
        if amounts[-1] > 0:
            found[i] = np.interp(share * counts[-1], counts, amounts) / amounts[-1]
    return found.reshape(shape)[()]


def concentration(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None) -> FloatArray:
    """Gini coefficient of ``actual`` with the rows sorted by ``predicted``; NaN where the total is zero."""
    _, rows, sums = tied_groups(actual, predicted, weight)
    below = np.cumsum(sums, axis=-1) - sums / 2
    area = ratio((rows * below).sum(axis=-1), rows.sum(axis=-1) * sums.sum(axis=-1))
    return np.asarray(1 - 2 * area)[()]


def _from_top(sums: FloatArray) -> FloatArray:
    """Running totals from the highest group down, starting at zero, shape (k, g + 1)."""
    flat = sums.reshape(-1, sums.shape[-1])[:, ::-1]
    return np.concatenate([np.zeros((len(flat), 1)), np.cumsum(flat, axis=-1)], axis=1)
