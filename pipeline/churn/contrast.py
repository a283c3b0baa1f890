"""How far apart the customers are: at least as far as the lifetime model already tells them apart.

Trees don't look beyond what they were shown: in a young log that is young customers, and one who has been
silent for longer than any of them is taken for the most silent of these. Such a blend is too flat, too high
for the many who are gone and too low for the few who stay. It shows without knowing what happens next. If the
blend is right and knows all that the lifetime model does, then the lifetime model's expectations, regressed
on the blend's, rise no more steeply than these: what is known is spread wider than a part of it (for
expectations X = E(Y | all) and Z = E(Y | a part), Z = E(X | a part), so that Cov(X, Z) = Var(Z) <= Var(X)). A
steeper slope tells by how much the blend is too flat.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

LARGEST_SLOPE = 1.5
LEAST_SHARE = 1e-6
"""Of the mean; below it, differences between logarithms are no differences between customers."""


def no_flatter(blend: NDArray[np.float64], lifetime: NDArray[np.float64]) -> NDArray[np.float64]:
    """Raise the blend to the power `slope`, its total unchanged.

    Parameters
    ----------
    blend, lifetime : numpy.ndarray
        Expected spend of all customers of an origin, shape (n,).

    Returns
    -------
    numpy.ndarray
        Shape (n,), in the order of the blend's.
    """
    total = np.nansum(blend)
    if not total > 0:
        return blend
    steeper = np.power(blend / np.nanmean(blend), slope(blend, lifetime))
    return np.asarray(total * steeper / np.nansum(steeper), dtype=np.float64)


def slope(blend: NDArray[np.float64], lifetime: NDArray[np.float64]) -> float:
    """Find the slope of the lifetime model's expectations on the blend's, both as logarithms.

    Poisson regression, ``lifetime = exp(a + b log blend)``, whose b is where the means of log blend weighted
    by ``blend ** b`` and by ``lifetime`` are the same.

    Returns
    -------
    float
        b, but from 1 to 1.5.
    """
    known = np.isfinite(blend) & np.isfinite(lifetime)
    blend, lifetime = blend[known], lifetime[known]
    if not (blend.sum() > 0 and lifetime.sum() > 0):
        return 1.0
    logs = np.log(np.maximum(blend / blend.mean(), LEAST_SHARE))
    wanted = float((logs * lifetime).sum() / lifetime.sum())

    def missed(power: float) -> float:
        weights = np.exp(power * logs)
        return float((logs * weights).sum() / weights.sum()) - wanted

    if missed(1.0) >= 0:
        return 1.0
    if missed(LARGEST_SLOPE) <= 0:
        return LARGEST_SLOPE
    return float(brentq(missed, 1.0, LARGEST_SLOPE, xtol=1e-9))
