"""Stable sums and quadratures that the models share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, xlogy

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]

_TAIL = 44.0  # e^-44 is far below the last bit of a double


def round_significant(value: float, digits: int) -> float:
    """Round to significant digits, so that the text of a number does not depend on its last bits."""
    return float(f"{value:.{digits}g}")


@cache
def gauss_legendre(n: int) -> tuple[Floats, Floats]:
    """Nodes and weights of the n-point rule on [0, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(n)
    return (nodes + 1.0) / 2.0, weights / 2.0


def beta_log_odds_nodes(
    a: Floats, b: Floats, nodes: int, lowest: Floats | None = None, tail: float = _TAIL
) -> tuple[Floats, Floats, Floats]:
    """Trapezoid rule for expectations over Beta(a, b) in the log odds y, for a, b >= 1.

    In y the density is log concave, its tails fall at least as e^-|y| and it is analytic in the strip
    |Im y| < π, so that equal steps converge exponentially fast and a fixed number of them serves all a and b.

    Parameters
    ----------
    a, b : arrays of shape (n,)
        Parameters of the distribution.
    nodes : int
        Number of nodes; 160 give 12 digits of smooth expectations at a = b = 1, the hardest case.
    lowest : array of shape (n,), optional
        Log odds that the nodes must reach down to.
    tail : float
        The nodes end where the density has fallen by e^-tail.

    Returns
    -------
    log_p, log_q, weights : arrays of shape (n, nodes)
        Logarithms of p and 1 − p at the nodes, and weights that sum to one.
    """
    mode = np.log(a / b)
    low, high = mode - _reach(b, a, tail), mode + _reach(a, b, tail)
    if lowest is not None:
        low = np.minimum(low, lowest)
    y = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, nodes)
    smaller = np.log1p(np.exp(-np.abs(y)))
    log_p, log_q = np.minimum(y, 0.0) - smaller, np.minimum(-y, 0.0) - smaller
    log_weights = a[:, None] * log_p + b[:, None] * log_q
    weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    return log_p, log_q, weights / weights.sum(axis=1, keepdims=True)


def _reach(a: Floats, b: Floats, tail: float) -> Floats:
    """Distance above the mode at which the density of the log odds has fallen by e^-tail.

    The log density falls by (a + b) log((1 − p₀) + p₀ e^d) − a d at distance d, with p₀ = a / (a + b) the
    mode. That is convex in d, and the start lies beyond the root: Newton's method descends to it.
    """
    p0 = a / (a + b)
    d: Floats = np.minimum(np.sqrt(2.0 * tail * (1.0 / a + 1.0 / b)), np.log1p(tail / a) + 2.0) + tail / b
    for _ in range(6):
        # (1 − p₀) + p₀ e^d, divided by e^d so that it cannot overflow.
        grown = p0 + (1.0 - p0) * np.exp(-d)
        drop = (a + b) * (d + np.log(grown)) - a * d
        d -= (drop - tail) / ((a + b) * p0 / grown - a)
    return d


def first_reaching(value_at: Callable[[Ints], Floats], levels: Floats, last: int) -> Ints:
    """Smallest n at which an ascending function of n reaches each level; `last` where it never does.

    Parameters
    ----------
    value_at : callable
        Values at one n for each entry of `levels`.
    levels : array
        Of any shape; so are n and the result.
    """
    low, high = np.zeros(levels.shape, dtype=np.int64), np.full(levels.shape, last)
    for _ in range(last.bit_length()):
        middle = (low + high) // 2
        enough = value_at(middle) >= levels
        low, high = np.where(enough, low, np.minimum(middle + 1, high)), np.where(enough, middle, high)
    return high


def first_column_reaching(table: Floats, row: Ints, levels: Floats) -> Ints:
    """The same for tables whose lines ascend; entry i of `levels`, shape (n, levels), is for line row[i]."""
    return first_reaching(lambda column: table[row[:, None], column], levels, table.shape[1] - 1)


def negative_binomial(r: Floats, taus: Sequence[Floats], largest: int) -> Iterator[Floats]:
    """P(N = n) for n = 0 … largest of Poisson counts with Gamma(r, alpha) rates, after each time in turn.

    Parameters
    ----------
    r : array, shape (n,)
        Shapes.
    taus : arrays of shape (n,)
        Times divided by alpha.

    Yields
    ------
    array of shape (n, largest + 1)
    """
    n = np.arange(largest + 1)
    log_ways = gammaln(r[:, None] + n) - gammaln(r)[:, None] - gammaln(n + 1.0)
    for tau in taus:
        yield np.exp(log_ways + xlogy(n, (tau / (1.0 + tau))[:, None]) - (r * np.log1p(tau))[:, None])
