"""Metrics of several predictions over several origins, with intervals from resampling customers.

Every prediction sees the same resamples, so that differences are paired; all rows of a customer, at whatever
origin, are drawn together. The pooled figure of a metric is its mean over the origins, each judged by itself:
ranking customers across dates is nobody's task, and base rates differ between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.metrics import Metric
from pipeline.evaluation.weighted import FloatArray, binned_sums, quantile_bins
from pipeline.features.sampling import some_customers

LEVEL = 0.95
BLOCK_CELLS = 2_000_000
"""Weights held in memory at a time; decides nothing but the memory."""
SCORE_BINS = 500
MOST_CUSTOMERS = 100_000


@dataclass(frozen=True)
class Estimate:
    """A number with its interval; NaN where it is not defined."""

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float | None]:
        """Give it as JSON has it: None instead of NaN."""
        return {
            name: (float(number) if np.isfinite(number) else None)
            for name, number in (("value", self.value), ("low", self.low), ("high", self.high))
        }


def with_ends(names: Iterable[str]) -> list[str]:
    """Name the columns that hold estimates: ``<name>``, ``<name>_low`` and ``<name>_high`` of each."""
    return [f"{name}{end}" for name in names for end in ("", "_low", "_high")]


def estimate(numbers: FloatArray) -> Estimate:
    """Take the first number as the value and the rest as its resamples; 95 % percentile interval.

    Resamples in which the number is not defined are left out.
    """
    draws = numbers[1:][np.isfinite(numbers[1:])]
    if not np.isfinite(numbers[0]) or len(draws) == 0:
        return Estimate(float(numbers[0]), np.nan, np.nan)
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(numbers[0]), float(low), float(high))


@dataclass(frozen=True)
class Measured:
    """Metrics of predictions at origins.

    Attributes
    ----------
    origins : tuple of pandas.Timestamp
        Ascending.
    predictions, metrics : tuple of str
    numbers : numpy.ndarray
        Shape (1 + resamples, origins, predictions, metrics); the first of each is that of the sample itself.
    """

    origins: tuple[pd.Timestamp, ...]
    predictions: tuple[str, ...]
    metrics: tuple[str, ...]
    numbers: FloatArray

    def of(self, prediction: str, metric: str, origin: pd.Timestamp | None = None) -> FloatArray:
        """Give the value and its resamples at an origin, or their mean over the origins that define it."""
        return self._pooled(self._column(prediction, metric), origin)

    def estimate(self, prediction: str, metric: str, origin: pd.Timestamp | None = None) -> Estimate:
        """Give a metric with its interval."""
        return estimate(self.of(prediction, metric, origin))

    def difference(
        self, prediction: str, other: str, metric: str, origin: pd.Timestamp | None = None
    ) -> Estimate:
        """Give the paired difference of a metric, one prediction minus the other."""
        column = self._column(prediction, metric) - self._column(other, metric)
        return estimate(self._pooled(column, origin))

    def _column(self, prediction: str, metric: str) -> FloatArray:
        return self.numbers[:, :, self.predictions.index(prediction), self.metrics.index(metric)]

    def _pooled(self, column: FloatArray, origin: pd.Timestamp | None) -> FloatArray:
        if origin is not None:
            return column[:, self.origins.index(origin)]
        defined = np.isfinite(column[0])
        return column[:, defined].mean(axis=1) if defined.any() else np.full(len(column), np.nan)


def measure(
    table: pd.DataFrame,
    actual: str,
    predictions: Sequence[str],
    metrics: Mapping[str, Metric],
    *,
    seed: int,
    resamples: int,
) -> Measured:
    """Judge predictions at every origin of a table.

    Parameters
    ----------
    table : pandas.DataFrame
        ``customer_key``, ``cutoff``, the column that says what happened, and one column per prediction; one
        row per customer and origin, in any order.
    actual : str
        The column that says what happened.
    predictions : sequence of str
        The columns to judge; one with missing values at an origin has no metrics there.
    metrics : mapping of str to metric
        As in `pipeline.evaluation.metrics`.
    seed : int
        Seed of the resampling.
    resamples : int
        Number of resamples; 200 is enough for 95 % intervals.

    Returns
    -------
    Measured
        The same to the last bit for any order of the rows.
    """
    origins = tuple(sorted(table["cutoff"].unique()))
    customers = pd.factorize(table["customer_key"], sort=True)[0]
    counts = customer_draws(int(customers.max(initial=-1)) + 1, seed, resamples)
    numbers = np.empty((resamples + 1, len(origins), len(predictions), len(metrics)))
    for i, origin in enumerate(origins):
        here = (table["cutoff"] == origin).to_numpy()
        y, who = table.loc[here, actual].to_numpy(dtype=np.float64), customers[here]
        for j, prediction in enumerate(predictions):
            scores = table.loc[here, prediction].to_numpy(dtype=np.float64)
            if not np.isfinite(scores).all():
                numbers[:, i, j] = np.nan
                continue
            # Sorted by prediction once for all metrics; outcome and customer make the order of ties, and with
            # it the last digit of every sum, independent of the order given.
            order = np.lexsort((who, y, scores))
            rows = y[order], scores[order], who[order]
            sample = np.array([metric(*rows[:2], None) for metric in metrics.values()])
            binned = _binned(*rows, counts, metrics)
            numbers[0, i, j], numbers[1:, i, j] = sample, binned[1:] + (sample - binned[0])
    return Measured(origins, tuple(predictions), tuple(metrics), numbers)


def judged_customers(table: pd.DataFrame, seed: int, most: int = MOST_CUSTOMERS) -> pd.DataFrame:
    """Take all rows of at most 100,000 customers: more cost time and move no digit that anybody acts on."""
    kept = some_customers(table["customer_key"], most, seed)
    return table if len(kept) < most else table[table["customer_key"].isin(kept)]


def customer_draws(customers: int, seed: int, resamples: int) -> NDArray[np.uint16]:
    """Count how often each customer is drawn, with replacement, shape (resamples, customers)."""
    rng = np.random.default_rng(seed)
    counts = np.empty((resamples, customers), dtype=np.uint16)
    for row in counts:
        row[:] = np.bincount(rng.integers(0, customers, customers), minlength=customers)
    return counts


def _binned(
    y: FloatArray,
    scores: FloatArray,
    who: NDArray[np.intp],
    counts: NDArray[np.uint16],
    metrics: Mapping[str, Metric],
) -> FloatArray:
    """Metrics of the sample and of every resample, shape (1 + resamples, metrics), on binned predictions.

    Rows with the same outcome in the same of five hundred bins are one row whose weights add up, which makes
    hundreds of resamples a matter of moments.
    """
    bins = quantile_bins(scores, np.ones(len(scores)), SCORE_BINS)
    order = np.lexsort((who, y, bins))
    y, scores, who, bins = y[order], scores[order], who[order], bins[order]
    starts = np.flatnonzero(np.concatenate([[True], (np.diff(bins) != 0) | (np.diff(y) != 0)]))
    centre = binned_sums(bins, scores, SCORE_BINS) / np.maximum(np.bincount(bins, minlength=SCORE_BINS), 1)
    outcome, prediction = y[starts], centre[bins[starts]]
    ones = np.ones((1, counts.shape[1]), dtype=counts.dtype)
    found = []
    for few in [ones, *np.array_split(counts, -(-counts.shape[0] * len(who) // BLOCK_CELLS))]:
        weight = np.add.reduceat(few[:, who], starts, axis=1, dtype=np.float64)
        found.append(np.column_stack([metric(outcome, prediction, weight) for metric in metrics.values()]))
    return np.vstack(found)
