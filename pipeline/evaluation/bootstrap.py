"""Intervals from resampling customers, and paired intervals for differences between two predictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.metrics import FloatArray, Metric

LEVEL = 0.95


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


@dataclass(frozen=True)
class Comparison:
    """The metrics of a model, of the rule it has to beat, and their differences (model minus rule)."""

    model: dict[str, Estimate]
    rule: dict[str, Estimate]
    difference: dict[str, Estimate]


def compare(
    actual: FloatArray,
    predicted: FloatArray,
    rule_predicted: FloatArray,
    keys: NDArray[np.str_],
    metrics: Mapping[str, Metric],
    *,
    seed: int,
    resamples: int,
) -> Comparison:
    """Evaluate two predictions on the same customers, with 95 % percentile intervals.

    Both see the same resamples, so the interval of the difference is paired. The result does not depend on
    the order of the rows.

    Parameters
    ----------
    actual, predicted, rule_predicted : numpy.ndarray
        Shape (n,).
    keys : numpy.ndarray
        Shape (n,); rows of the same customer are drawn together.
    metrics : mapping of str to metric
        As in `pipeline.evaluation.metrics`.
    seed : int
        Seed of the resampling.
    resamples : int
        Number of resamples; 200 is enough for 95 % intervals.

    Returns
    -------
    Comparison
        Resamples in which a metric is not defined are left out of its interval.
    """
    customers = np.unique(keys, return_inverse=True)[1]
    # Sorted by prediction, the metrics' own sorts cost next to nothing in each resample; the other keys
    # make the order, and with it the last digit of every sum, independent of the order given.
    orders = [np.lexsort((actual, customers, scores)) for scores in (predicted, rule_predicted)]
    sides = [
        (actual[order], scores[order], customers[order])
        for order, scores in zip(orders, (predicted, rule_predicted), strict=True)
    ]

    def measure(drawn: FloatArray) -> list[list[float]]:
        return [[metric(y, p, drawn[who]) for metric in metrics.values()] for y, p, who in sides]

    number = int(customers.max(initial=-1)) + 1
    whole = np.array(measure(np.ones(number)))
    draws = np.array([measure(drawn) for drawn in _resamples(number, seed, resamples)])
    draws = draws.reshape(resamples, 2, len(metrics))
    return Comparison(
        model=_estimates(metrics, whole[0], draws[:, 0]),
        rule=_estimates(metrics, whole[1], draws[:, 1]),
        difference=_estimates(metrics, whole[0] - whole[1], draws[:, 0] - draws[:, 1]),
    )


def _resamples(customers: int, seed: int, resamples: int) -> Iterator[FloatArray]:
    """How often each customer is drawn, per resample with replacement."""
    rng = np.random.default_rng(seed)
    for _ in range(resamples):
        drawn = rng.integers(0, customers, customers)
        yield np.bincount(drawn, minlength=customers).astype(np.float64)


def _estimates(metrics: Mapping[str, Metric], whole: FloatArray, draws: FloatArray) -> dict[str, Estimate]:
    estimates = {}
    for column, name in enumerate(metrics):
        defined = draws[np.isfinite(draws[:, column]), column]
        low, high = (
            np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(defined) else (np.nan, np.nan)
        )
        estimates[name] = Estimate(float(whole[column]), float(low), float(high))
    return estimates
