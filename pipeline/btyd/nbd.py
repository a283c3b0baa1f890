"""NBD: nobody ever leaves. The yardstick that a model with dropout has to beat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.btyd._numerics import Floats, Ints, negative_binomial
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.fittedcounts import Lives
from pipeline.btyd.histories import Histories
from pipeline.btyd.likelihood import Likelihood, purchases


class NBD(CountModel):
    """Poisson purchases with Gamma(r, alpha) distributed rates (Ehrenberg 1959), and no dropout.

    Examples
    --------
    >>> import pandas as pd
    >>> model = NBD.from_parameters(r=0.385, alpha=12.07)
    >>> model.p_alive(pd.DataFrame({"frequency": [0], "recency": [0], "T": [700]})).item()
    1.0
    """

    name = "nbd"
    parameter_names = ("r", "alpha")
    time_parameters = ("alpha",)

    def _likelihood(self, theta: Sequence[float], histories: Histories) -> Likelihood:
        r, alpha = theta
        return purchases(r, alpha, histories)

    def _p_alive(self, x: Ints, t_x: Floats, T: Floats) -> Floats:
        return np.ones(len(x))

    def _p_silent_if_alive(self, x: Ints, T: Floats, t: Floats) -> Floats:
        r, alpha = self._theta()
        silent: Floats = np.exp(-(r + x) * np.log1p(t / (alpha + T)))
        return silent

    def _p_never_if_alive(self, x: Ints, T: Floats) -> Floats:
        return np.zeros(len(x))

    def _expected_if_alive(self, x: Ints, T: Floats, t: Floats) -> Floats:
        r, alpha = self._theta()
        return (r + x) / (alpha + T) * t

    def _distribution_if_alive(self, x: Ints, T: Floats, t: float, largest: int) -> Floats:
        r, alpha = self._theta()
        return next(negative_binomial(r + x, [t / (alpha + T)], largest))

    def _draw_lives(self, rng: np.random.Generator, n: int) -> Lives:
        r, alpha = self._theta()
        return Lives(rng.gamma(r, 1.0 / alpha, n), np.full(n, np.inf), np.zeros(n))

    def _slopes(self, rate: float) -> list[list[Floats]]:
        return [[np.log([r, r / rate]) for r in (0.4, 2.0)]]
