"""Log likelihoods as sums over rows, with gradient and Hessian: the parts that the models share.

Rows are taken in portions that stay in the processor's cache. The order of the rows and the portions are
fixed and no linear-algebra library adds up, so that the number of threads changes no bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Self

import numpy as np

from pipeline.btyd._numerics import Floats, Ints
from pipeline.btyd.histories import Histories

_PORTION = 16_384


class Likelihood(NamedTuple):
    """A log likelihood and its derivatives.

    Attributes
    ----------
    value : float
        Sum over customers.
    gradient : array, shape (k,)
        First derivatives by the parameters.
    hessian : array, shape (k, k), or None
        Second derivatives, where the model knows them.
    """

    value: float
    gradient: Floats
    hessian: Floats | None

    def mean_by_logs(self, theta: Floats, n: float) -> Self:
        """The mean over n customers, and derivatives by the logarithms of the parameters."""
        slope, curvature = self.gradient * theta / n, self.hessian
        if curvature is not None:
            curvature = curvature * np.outer(theta, theta) / n + np.diag(slope)
        return type(self)(self.value / n, slope, curvature)


def portions(histories: Histories) -> Iterator[Histories]:
    """The histories, a few thousand rows at a time."""
    for start in range(0, len(histories.x), _PORTION):
        yield histories.rows(slice(start, start + _PORTION))


class MixtureSums(NamedTuple):
    """Sums over customers for a Gamma distributed rate with this scale.

    With t what the rate was exposed to and n what came of it: of log(1 + t / scale), of that times n, of
    t / (scale + t) and t / (scale + t)², of n / (scale + t) and n / (scale + t)², and of n.
    """

    grown: float
    grown_n: float
    share: float
    share_end: float
    end_n: float
    end2_n: float
    n: float

    @classmethod
    def of(cls, scale: float, t: Floats, n: Ints, weight: Floats) -> Self:
        """Add up, a portion at a time."""
        sums = np.zeros(7)
        for start in range(0, len(t), _PORTION):
            part = slice(start, start + _PORTION)
            w, t_here = weight[part], t[part]
            w_n = w * n[part]
            end, grown = 1.0 / (scale + t_here), np.log1p(t_here / scale)
            share, n_end = w * t_here, w_n * end
            pairs = (w, grown), (w_n, grown), (share, end), (share * end, end), (w_n, end), (n_end, end)
            sums[:6] += [np.einsum("i,i", left, right) for left, right in pairs]
            sums[6] += np.sum(w_n)
        return cls(*sums.tolist())


def purchases(r: float, alpha: float, histories: Histories, k: int = 1) -> Likelihood:
    """Of k·x events in T at a Gamma(r, alpha) distributed rate: Γ(r+kx) / Γ(r) · alpha^r / (alpha+T)^(r+kx).

    The likelihood of the NBD, and a factor of that of every other model; derivatives by r and alpha.
    """
    sums = MixtureSums.of(alpha, histories.T, histories.x, histories.weight)
    mixed = sums.share / alpha
    by_alpha = r * mixed - k * sums.end_n
    bent = k * sums.end2_n - r * (mixed + sums.share_end) / alpha
    at = r + np.arange(k * len(histories.more), dtype=np.float64)
    more = np.repeat(histories.more, k)
    return Likelihood(
        float(np.sum(more * np.log(at)) - r * sums.grown - k * (sums.grown_n + sums.n * np.log(alpha))),
        np.array([np.sum(more / at) - sums.grown, by_alpha]),
        np.array([[-np.sum(more / at**2), mixed], [mixed, bent]]),
    )


def lotteries_survived(a: float, b: float, survivors: Floats) -> Likelihood:
    """Of B(a, b + n) / B(a, b): nobody was lost in n lotteries, whose chances are Beta(a, b) distributed.

    Parameters
    ----------
    a, b : float
        Of the distribution; the derivatives are by these.
    survivors : array
        How many customers survived more than 0, 1, 2 … lotteries.
    """
    i = b + np.arange(len(survivors), dtype=np.float64)
    both = 1.0 / (a + i)
    gone, gone2 = -np.sum(survivors * both), np.sum(survivors * both**2)
    return Likelihood(
        -float(np.sum(survivors * np.log1p(a / i))),
        np.array([gone, np.sum(survivors * a * both / i)]),
        np.array([[gone2, gone2], [gone2, gone2 - np.sum(survivors / i**2)]]),
    )
