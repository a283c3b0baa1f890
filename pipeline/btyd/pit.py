"""Do the outcomes lie where the predicted distributions said? The probability integral transform of counts.

A count x that has P(X < x) = low and P(X <= x) = high stands for an even spread over [low, high] (randomised
PIT). Nothing is drawn: means over that spread are exact (Czado, Gneiting and Held, "Predictive model
assessment for count data", Biometrics 65, 2009, eq. 3). If the model is right, all are even over [0, 1].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from pipeline.btyd._numerics import Floats

INTERVAL = 0.8  # between P10 and P90
_NORMAL_95 = 1.96
_GROUPS = 5
_PRIOR_CUSTOMERS = 60  # as many speak for the model's own interval
_WIDEST = 0.495


class Coverage(NamedTuple):
    """Share of outcomes inside the 80 % intervals, with its 95 % confidence interval."""

    value: float
    low: float
    high: float


class Spread(NamedTuple):
    """How far P10 and P90 have to be from the median, on the scale of the model's probabilities.

    Attributes
    ----------
    edges : sequence of four floats
        Expected orders or spend that divide the customers into fifths.
    half_widths : sequence of five floats
        For each fifth; 0.4 where the model is right, more where it is too sure of itself.
    """

    edges: Sequence[float]
    half_widths: Sequence[float]

    def of(self, expected: Floats) -> Floats:
        """Half width for each customer, by what is expected."""
        return np.asarray(self.half_widths)[np.searchsorted(self.edges, expected, side="right")]

    def no_narrower(self) -> Spread:
        """The same, but nowhere narrower than the model's own."""
        return Spread(self.edges, tuple(max(half_width, INTERVAL / 2) for half_width in self.half_widths))


AS_MODELLED = Spread((), (INTERVAL / 2,))


def share_between(low: Floats, high: Floats, start: Floats | float, end: Floats | float) -> Floats:
    """Share of each outcome's spread that lies in [start, end]."""
    inside: Floats = np.clip(np.minimum(high, end) - np.maximum(low, start), 0.0, None) / (high - low)
    return inside


def coverage(low: Floats, high: Floats, half_width: Floats | float = INTERVAL / 2) -> Coverage:
    """Share of the outcomes between P10 and P90, where these lie `half_width` around the median."""
    inside = share_between(low, high, 0.5 - half_width, 0.5 + half_width)
    mean = _mean(inside)
    error = _NORMAL_95 * math.sqrt(_mean((inside - mean) ** 2) / len(inside))
    return Coverage(mean, max(mean - error, 0.0), min(mean + error, 1.0))


def histogram(low: Floats, high: Floats, half_width: Floats, bins: int = 10) -> list[float]:
    """Share of the outcomes in equal bins of the corrected probabilities; all equal if the model is right."""
    edges = [_as_modelled(edge, half_width) for edge in np.linspace(0.0, 1.0, bins + 1).tolist()]
    return [_mean(share_between(low, high, start, end)) for start, end in pairwise(edges)]


def learn_spread(low: Floats, high: Floats, expected: Floats) -> Spread:
    """Learn from a past window how wide the intervals have to be for 80 % of the outcomes to lie inside.

    The correction is symmetric: that orders were too many or too few once says nothing about next time.

    Parameters
    ----------
    low, high : arrays, shape (customers,)
        Where the outcomes lie in the predicted distributions.
    expected : array, shape (customers,)
        Expected orders or spend; fifths of the customers by it are corrected each by itself.
    """
    edges = tuple(np.quantile(expected, np.arange(1, _GROUPS) / _GROUPS).tolist())
    group = np.searchsorted(edges, expected, side="right")
    return Spread(edges, tuple(_half_width(low[group == i], high[group == i]) for i in range(_GROUPS)))


def _half_width(low: Floats, high: Floats) -> float:
    # Sorted, since rows come in any order.
    order = np.lexsort((high, low))
    low, high, inner, outer = low[order], high[order], 0.0, _WIDEST
    for _ in range(30):
        middle = (inner + outer) / 2.0
        if share_between(low, high, 0.5 - middle, 0.5 + middle).sum() < INTERVAL * len(low):
            inner = middle
        else:
            outer = middle
    trust = len(low) / (len(low) + _PRIOR_CUSTOMERS)
    return trust * outer + (1.0 - trust) * INTERVAL / 2


def _as_modelled(probability: float, half_width: Floats) -> Floats:
    """The model's probability that the correction turns into this one: 0.1 and 0.9 were 0.5 ± half_width."""
    distance, inside = abs(probability - 0.5), INTERVAL / 2
    near = distance / inside * half_width
    far = half_width + (distance - inside) / (0.5 - inside) * (0.5 - half_width)
    modelled: Floats = 0.5 + np.sign(probability - 0.5) * (near if distance < inside else far)
    return modelled


def _mean(values: Floats) -> float:
    """Exact, since rows come in any order."""
    return math.fsum(values) / len(values)
