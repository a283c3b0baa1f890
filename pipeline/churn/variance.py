"""How fast the spread of amounts grows with their mean: the power p in variance = factor * mean ** p.

It says how much each customer can tell of a log-linear mean. Where customers differ by how often they order,
the variance of what they spend grows like the mean, p = 1 as in counts: large spenders are known better, in
proportion, than small ones. Where single amounts scatter by some factor, it grows like its square, p = 2, and
nobody is. The power is found as Manning and Mullahy (2001, Journal of Health Economics 20, 461-494) find the
family of a generalised linear model: by regressing the squares of what a first fit missed on its mean, with
the deviance of Gamma (the modified Park test).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

Floats = NDArray[np.float64]

LIKE_COUNTS, LIKE_AMOUNTS = 1.0, 2.0


def variance_power(mean: Floats, actual: Floats) -> float:
    """Find the power of the mean by which the variance grows.

    Parameters
    ----------
    mean : numpy.ndarray
        What was expected, above 0, shape (n,).
    actual : numpy.ndarray
        What came, shape (n,).

    Returns
    -------
    float
        p, but from 1 to 2: where the squares of what was missed, over ``mean ** p``, have no trend left in
        the logarithm of the mean. 2 where nothing was missed.
    """
    logs, squares = np.log(mean), (actual - mean) ** 2
    if not squares.sum() > 0:
        return LIKE_AMOUNTS

    def trend(power: float) -> float:
        relative = squares * mean**-power
        return float((relative * (logs - logs.mean())).sum() / relative.sum())

    if trend(LIKE_COUNTS) <= 0:
        return LIKE_COUNTS
    if trend(LIKE_AMOUNTS) >= 0:
        return LIKE_AMOUNTS
    return float(brentq(trend, LIKE_COUNTS, LIKE_AMOUNTS))
