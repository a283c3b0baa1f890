"""The distribution of the sum of a random number of amounts, tabulated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import betainc, digamma, ndtr, polygamma

from pipeline.btyd._numerics import Floats, Ints, first_column_reaching
from pipeline.btyd.gammagamma import GammaGamma

AMOUNTS = 256  # points of the table
_REACH = 5.0  # standard deviations that the table goes beyond its outermost means
_EXACT_BELOW = 5.0  # shape from which the normal approximation is good to half a per cent


class SpendTable(NamedTuple):
    """P(spend <= s | alive) of groups of customers.

    Attributes
    ----------
    log_amounts : array, shape (AMOUNTS,)
        Evenly spaced logarithms of s, divided by the scale of the customer's posterior (see
        `GammaGamma.posterior`).
    below : array, shape (groups, AMOUNTS)
    """

    log_amounts: Floats
    below: Floats

    @property
    def step(self) -> float:
        """Between two points."""
        return float(self.log_amounts[1] - self.log_amounts[0])


def spend_table(
    spend: GammaGamma, parameter_sets: Sequence[GammaGamma], spend_days: int, chances: Floats
) -> SpendTable:
    """Tabulate the spend of customers with this many spend days.

    Parameters
    ----------
    spend : GammaGamma
    parameter_sets : sequence of GammaGamma
        What its parameters might be; the distribution is the mean over them. A customer's scale changes with
        them by a factor that depends on the own spend: here on the median spend of that many days, which is
        exact for customers without any.
    spend_days : int
    chances : array, shape (groups, largest + 1)
        P(n orders | alive).
    """
    p, q, gamma = spend._theta()
    after = q + p * spend_days
    largest = chances.shape[1] - 1
    spread = _REACH * np.sqrt(polygamma(1, p * np.array([1, largest])) + polygamma(1, after))
    middle = digamma(p * np.array([1, largest])) - digamma(after)
    log_amounts = np.linspace(middle[0] - spread[0], middle[1] + spread[1], AMOUNTS)
    so_far, ratio = spend_days * p * gamma / q, np.exp(log_amounts)
    sets = [
        (ratio * (gamma + so_far) / (theta[2] + so_far), theta[0], theta[1] + theta[0] * spend_days)
        for theta in (one._theta() for one in parameter_sets)
    ]
    below = np.repeat(chances[:, :1], AMOUNTS, axis=1)
    # One count after the other: a matrix product would round differently for other batches.
    for n in 1 + np.flatnonzero(chances[:, 1:].any(axis=0)):
        share = sum(beta_prime_cdf(ratio, p * n, after) for ratio, p, after in sets) / len(sets)
        below += chances[:, n, None] * share
    return SpendTable(log_amounts, below)


def beta_prime_cdf(ratio: Floats, a: float, b: float) -> Floats:
    """P(G₁ / G₂ <= ratio) of independent Gamma(a) and Gamma(b) variates.

    From a = 5 by Paulson's normal approximation to the variance ratio (Biometrics 1, 1942), which is some
    twenty times faster.
    """
    if a < _EXACT_BELOW:
        exact: Floats = betainc(a, b, ratio / (1.0 + ratio))
        return exact
    root, by_a, by_b = np.cbrt(ratio * b / a), 1.0 / (9.0 * a), 1.0 / (9.0 * b)
    near: Floats = ndtr(((1.0 - by_b) * root - (1.0 - by_a)) / np.sqrt(by_a + root**2 * by_b))
    return near


def amounts_reaching(table: SpendTable, row: Ints, levels: Floats) -> Floats:
    """Amounts at which line `row` of the table reaches the levels, in units of the posterior's scale.

    Parameters
    ----------
    row : int array, shape (customers,)
    levels : array, shape (customers, levels)
        Any numbers up to one; up to the chance of no order, the amount is zero.
    """
    log_amounts, below = table
    above = np.maximum(first_column_reaching(below, row, levels), 1)
    low, high = below[row[:, None], above - 1], below[row[:, None], above]
    rise = high - low
    share = np.clip((levels - low) / np.where(rise > np.finfo(float).tiny, rise, np.inf), 0.0, 1.0)
    amount: Floats = np.exp(log_amounts[above - 1] + share * table.step)
    return np.where(levels <= below[row, :1], 0.0, amount)


def share_below(table: SpendTable, row: Ints, amounts: Floats) -> Floats:
    """P(spend <= amount | alive): the other way round, one amount for each entry of `row`."""
    with np.errstate(divide="ignore"):
        place = (np.log(amounts) - table.log_amounts[0]) / table.step
    place = np.clip(place, 0.0, AMOUNTS - 1)
    left = np.minimum(place.astype(np.int64), AMOUNTS - 2)
    low, high = table.below[row, left], table.below[row, left + 1]
    share: Floats = low + (place - left) * (high - low)
    return share
