"""The distribution of the sum of a random number of amounts, tabulated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import betainc, digamma, expit, ndtr, polygamma

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
        What its parameters might be.
    spend_days : int
    chances : array, shape (groups, largest + 1)
        P(n orders | alive).
    """
    p, q, _ = spend._theta()
    after = q + p * spend_days
    counts = np.arange(1, chances.shape[1])
    middle, variance = log_moments(spend, [spend], spend_days, counts)
    mixed_middle, mixed_variance = log_moments(spend, parameter_sets, spend_days, counts)
    reach = _REACH * np.sqrt(mixed_variance)
    log_amounts = np.linspace(mixed_middle[0] - reach[0], mixed_middle[-1] + reach[-1], AMOUNTS)
    # Over all parameter sets, the sum of n amounts is that of the estimate, moved and stretched in logs.
    stretch = np.sqrt(variance / mixed_variance)
    below = np.repeat(chances[:, :1], AMOUNTS, axis=1)
    # One count after the other: a matrix product would round differently for other batches.
    for n in 1 + np.flatnonzero(chances[:, 1:].any(axis=0)):
        log_ratio = middle[n - 1] + stretch[n - 1] * (log_amounts - mixed_middle[n - 1])
        below += chances[:, n, None] * beta_prime_cdf(log_ratio, p * n, after)
    return SpendTable(log_amounts, below)


def log_moments(
    spend: GammaGamma, parameter_sets: Sequence[GammaGamma], spend_days: int, counts: Ints
) -> tuple[Floats, Floats]:
    """Mean and variance of the log of the sum of n amounts, in units of the posterior's scale under `spend`.

    A customer's scale changes with the parameters by a factor that depends on the own spend: here it is that
    at the median spend of so many days, which is exact for customers without any.
    """
    p, q, gamma = spend._theta()
    so_far = spend_days * p * gamma / q
    means, variances = [], []
    for p, q, other in (one._theta() for one in parameter_sets):
        after = q + p * spend_days
        moved = np.log((other + so_far) / (gamma + so_far))
        means.append(moved + digamma(p * counts) - digamma(after))
        variances.append(polygamma(1, p * counts) + polygamma(1, after))
    return np.mean(means, axis=0), np.mean(variances, axis=0) + np.var(means, axis=0)


def beta_prime_cdf(log_ratio: Floats, a: float, b: float) -> Floats:
    """P(log G₁ / G₂ <= log ratio) of independent Gamma(a) and Gamma(b) variates.

    From a = 5 by Paulson's normal approximation to the variance ratio (Biometrics 1, 1942), which is some
    twenty times faster.
    """
    if a < _EXACT_BELOW:
        exact: Floats = betainc(a, b, expit(log_ratio))
        return exact
    by_a, by_b = 1.0 / (9.0 * a), 1.0 / (9.0 * b)
    root = np.exp((log_ratio + np.log(b / a)) / 3.0)
    near: Floats = ndtr(((1.0 - by_b) * root - (1.0 - by_a)) / np.sqrt(by_a + root * root * by_b))
    return near


def amounts_reaching(table: SpendTable, row: Ints, levels: Floats) -> Floats:
    """Amounts at which line `row` of the table reaches the levels, in units of the posterior's scale.

    Parameters
    ----------
    row : int array, shape (customers,)
    levels : array, shape (customers, levels)
        Any numbers up to one; up to the chance of no order, the amount is zero.
    """
    (log_amounts, below), levels = table, np.maximum(levels, 0.0)
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
