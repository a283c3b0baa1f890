"""The distribution of the sum of a random number of amounts, tabulated."""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, digamma, ndtr, polygamma

from pipeline.btyd._numerics import Floats, Ints, first_column_reaching
from pipeline.btyd.gammagamma import GammaGamma

AMOUNTS = 256  # points of the table
_REACH = 5.0  # standard deviations that the table goes beyond its outermost means
_EXACT_BELOW = 5.0  # shape from which the normal approximation is good to half a per cent


def spend_table(spend: GammaGamma, spend_days: int, chances: Floats) -> tuple[Floats, Floats]:
    """P(spend <= s | alive) for customers with this many spend days.

    Parameters
    ----------
    spend : GammaGamma
    spend_days : int
    chances : array, shape (groups, largest + 1)
        P(n orders | alive).

    Returns
    -------
    log_amounts : array, shape (AMOUNTS,)
        Logarithms of s divided by the scale of the customer's posterior (`GammaGamma.posterior`).
    below : array, shape (groups, AMOUNTS)
    """
    p, q, _ = spend._theta()
    after = q + p * spend_days
    largest = chances.shape[1] - 1
    spread = _REACH * np.sqrt(polygamma(1, p * np.array([1, largest])) + polygamma(1, after))
    middle = digamma(p * np.array([1, largest])) - digamma(after)
    log_amounts = np.linspace(middle[0] - spread[0], middle[1] + spread[1], AMOUNTS)
    ratio = np.exp(log_amounts)
    below = np.repeat(chances[:, :1], AMOUNTS, axis=1)
    # One count after the other: a matrix product would round differently for other batches.
    for n in 1 + np.flatnonzero(chances[:, 1:].any(axis=0)):
        below += chances[:, n, None] * beta_prime_cdf(ratio, p * n, after)
    return log_amounts, below


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


def interpolate(log_amounts: Floats, below: Floats, row: Ints, levels: Floats) -> Floats:
    """Amounts at which line `row` of the table reaches the levels, in units of the posterior's scale.

    Parameters
    ----------
    row : int array, shape (customers,)
    levels : array, shape (customers, levels)
        Any numbers up to one; up to the chance of no order, the amount is zero.
    """
    above = np.maximum(first_column_reaching(below, row, levels), 1)
    low, high = below[row[:, None], above - 1], below[row[:, None], above]
    rise = high - low
    share = np.clip((levels - low) / np.where(rise > 0, rise, np.inf), 0.0, 1.0)
    step = log_amounts[1] - log_amounts[0]
    amount: Floats = np.exp(log_amounts[above - 1] + share * step)
    return np.where(levels <= below[row, :1], 0.0, amount)
