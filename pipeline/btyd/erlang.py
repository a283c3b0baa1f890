"""Regular buyers: orders are every k-th event of a Poisson process, so that gaps are Erlang-k distributed."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from scipy.special import betainc, gammaln

from pipeline.btyd._numerics import Floats, Ints, beta_log_odds_nodes

_SERIES_ORDERS = 256
_NODES = 400


class Waiting(NamedTuple):
    """A customer who is alive and silent since the last order, by the events that passed unseen.

    Attributes
    ----------
    chances : array of shape (k, n)
        P(j events since the last order | alive, fewer than k), j = 0 … k − 1.
    log_sum : array of shape (n,)
        Logarithm of the sum over j of (R)_j / j! · y^j, the odds of waiting against none of the k events.
    by_r, by_log_y : arrays of shape (n,)
        Its derivatives by R and by log y.
    """

    chances: Floats
    log_sum: Floats
    by_r: Floats
    by_log_y: Floats

    @classmethod
    def of(cls, k: int, R: Floats, y: Floats) -> Self:
        """After events with a Gamma(R, ·) rate; y is the silence over (alpha + T)."""
        terms, slopes = np.ones((k, len(y))), np.zeros((k, len(y)))
        for j in range(1, k):
            terms[j] = terms[j - 1] * (R + j - 1) / j * y
            slopes[j] = slopes[j - 1] + 1.0 / (R + j - 1)
        total = terms.sum(axis=0)
        chances = terms / total
        by_log_y = (np.arange(k)[:, None] * chances).sum(axis=0)
        return cls(chances, np.log(total), (chances * slopes).sum(axis=0), by_log_y)


def log_spacing(k: int, x: Ints, t_x: Floats) -> Floats:
    """Log density of t_x as a sum of x Erlang-k gaps, against that as a sum of x exponential ones.

    Given t_x, the single gaps are then scored as if they were random, which makes the log likelihoods of all
    k, and of the other models, comparable although the summary does not tell the gaps.
    """
    some = np.maximum(x, 1)
    spacing = (k - 1) * x * np.log(np.where(x > 0, t_x, 1.0)) - gammaln(k * some) + gammaln(some)
    return np.where(x > 0, spacing, 0.0)


def expected_regular_orders(k: int, passed: Ints, R: Floats, a: float, b: Floats, tau: Floats) -> Floats:
    """Expected orders of a customer who is alive: the mean over events N of S(⌊(passed + N) / k⌋).

    N is negative binomial with shape R after a time `tau` over the scale of the rate, and S(m) is the mean
    over p ~ Beta(a, b) of (1 − (1 − p)^m) / p = Σ_{i < m} (1 − p)^i, the orders that dropout leaves of m. An
    order counts if the events suffice for it and nobody left at those before:

        Σ_{m ≥ 1} E[(1 − p)^(m − 1)] · P(N ≥ m k − passed).

    All terms are positive. Where they are too many, `_by_roots` takes the sum over N in closed form and the
    mean over p by quadrature.

    Parameters
    ----------
    k : int
        Events per order.
    passed : int array of shape (n,)
        Events since the last order, 0 … k − 1.
    R, b, tau : arrays of shape (n,)
        Shape of the rate, second parameter of the dropout probability, horizon over the scale of the rate.
    a : float
        First parameter of the dropout probability.
    """
    expected, share = np.zeros(len(R)), tau / (1.0 + tau)
    # P(N ≥ n) falls ever faster where R > 1, and at R < 1 never more slowly than by `share` per event.
    kept, enough, slowest = np.ones(len(R)), np.ones(len(R)), share**k
    too_many = R * tau >= k * _SERIES_ORDERS
    left = np.flatnonzero((tau > 0.0) & ~too_many)
    for m in range(1, 2 * _SERIES_ORDERS):
        chance = betainc(m * k - passed[left], R[left], share[left])
        term = kept[left] * chance
        expected[left] += term
        kept[left] *= (b[left] + m - 1) / (a + b[left] + m - 1)
        ratio = np.maximum(chance / enough[left], slowest[left])
        enough[left] = chance
        # The rest is less than a geometric series of this ratio.
        left = left[term * ratio > 1e-15 * expected[left] * (1.0 - ratio)]
    rows = np.concatenate([np.flatnonzero(too_many), left])
    for chunk in np.array_split(rows, max(1, len(rows) // 1000)):
        expected[chunk] = _by_roots(k, passed[chunk], R[chunk], a, b[chunk], tau[chunk])
    return expected


def _by_roots(k: int, passed: Ints, R: Floats, a: float, b: Floats, tau: Floats) -> Floats:
    """The same by the k roots ω of 1 − p: the mean over p of

        Σ_ω ω^(passed + 1) / (1 − ω) · [1 − (1 + τ (1 − ω))^−R] / (k (1 − p)).

    As for the BG/NBD, f(p) is split as f(0) (1 − p)^m + rest; the first part has a closed mean, and the rest
    vanishes at p = 0, so that a small a leaves the integrand with fast tails.
    """
    at_zero = _orders_given_dropout(k, passed, R, tau, np.zeros((len(R), 1)), np.zeros((len(R), 1)))[:, 0]
    m = 1.0 + at_zero / 2.0
    lowest = -np.log1p(at_zero) - 44.0 / (a + 1.0)
    log_p, log_q, weights = beta_log_odds_nodes(np.full_like(b, a + 1.0), b, _NODES, lowest)
    p = np.exp(log_p)
    f = _orders_given_dropout(k, passed, R, tau, p, log_q)
    rest = (f - at_zero[:, None] * np.exp(m[:, None] * log_q)) / p
    near_zero = np.exp(gammaln(b + m) - gammaln(b) + gammaln(a + b) - gammaln(a + b + m))
    mean: Floats = at_zero * near_zero + a / (a + b) * (weights * rest).sum(axis=1)
    return mean


def _orders_given_dropout(k: int, passed: Ints, R: Floats, tau: Floats, p: Floats, log_q: Floats) -> Floats:
    """Expected orders of customers with dropout probability p; shapes (n,) and (n, nodes)."""
    R, tau, passed = R[:, None], tau[:, None], passed[:, None]
    # The real root, whose 1 − ω is about p / k and may vanish.
    near = -np.expm1(log_q / k)
    with np.errstate(invalid="ignore", divide="ignore"):
        term_of_real = np.where(near > 0, -np.expm1(-R * np.log1p(tau * near)) / near, R * tau)
    total = np.exp((passed + 1) / k * log_q - log_q) * term_of_real
    # The others come in pairs of conjugates, whose terms are conjugates too.
    for root in range(1, k // 2 + 1):
        turn = 2j * np.pi * root / k
        omega = np.exp(log_q / k + turn)
        term = (1.0 - np.exp(-R * np.log1p(tau * (1.0 - omega)))) / (1.0 - omega)
        real = (np.exp(((passed + 1) / k - 1.0) * log_q + turn * (passed + 1)) * term).real
        total += real if 2 * root == k else 2.0 * real
    mean: Floats = total / k
    return mean
