"""MBG/CNBD-k: customers who buy at a regular pace."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Self

from pipeline.btyd.betageometric import BetaGeometricNBD
from pipeline.btyd.fitting import Engine
from pipeline.btyd.histories import Histories
from pipeline.errors import UserError

_LARGEST_SHAPE = 12  # more would rule out that a regular customer ever leaves one out


class MBGCNBD(BetaGeometricNBD):
    """The MBG/CNBD-k of Reutterer, Platzer and Schröder (2021) and Platzer and Reutterer (2016).

    The MBG/NBD with Erlang-k distributed gaps between orders: the larger k, the more regular the pace, and
    the sooner a missed beat speaks for a customer who left. With k = 1 it is the MBG/NBD. The parameter alpha
    belongs to the rate of events, of which k make an order.

    Parameters
    ----------
    k : int, optional
        Shape of the gaps. By default the fit raises k from 1 as long as the likelihood rises.

    Attributes
    ----------
    gap_shape : int
        The k that was given or found.

    Examples
    --------
    >>> import pandas as pd
    >>> silent = pd.DataFrame({"frequency": [10], "recency": [280], "T": [364]})
    >>> random = MBGCNBD.from_parameters(k=1, r=1.0, alpha=4.0, a=0.8, b=2.4)
    >>> regular = MBGCNBD.from_parameters(k=3, r=1.0, alpha=4.0 / 3, a=0.8, b=2.4)
    >>> bool(regular.p_alive(silent).item() < random.p_alive(silent).item())
    True
    """

    name = "mbgcnbd"
    lottery_after_first_order = True

    def __init__(self, k: int | None = None) -> None:
        """Start unfitted."""
        super().__init__()
        if k is not None and not 1 <= k <= _LARGEST_SHAPE:
            raise UserError(f"k = {k}", where="mbgcnbd", valid=f"a whole number from 1 to {_LARGEST_SHAPE}")
        self.k = k
        self.gap_shape = k or 1

    def _fit(self, histories: Histories, engine: Engine) -> None:
        """Fit; raise a k that is not given as long as the likelihood rises: first doubled, then by steps."""
        if self.k is not None:
            super()._fit(histories, engine)
            return

        @cache
        def fitted(k: int) -> MBGCNBD:
            model = type(self)(k)
            model._fit(histories, engine)
            return model

        def rises(to: int, since: int) -> bool:
            return fitted(to).fitted_log_likelihood > fitted(since).fitted_log_likelihood

        best = 1
        while best < _LARGEST_SHAPE and rises(leap := min(2 * best, _LARGEST_SHAPE), best):
            best = leap
        for step in (1, -1):
            while 1 <= best + step <= _LARGEST_SHAPE and rises(best + step, best):
                best += step
        self.__dict__ |= fitted(best).__dict__ | {"k": None}

    @classmethod
    def from_parameters(cls, k: float = 1, **parameters: float) -> Self:
        """A model with known parameters; k as in the class."""
        model = super().from_parameters(**parameters)
        model.gap_shape = cls(int(k)).gap_shape
        return model

    def to_dict(self) -> dict[str, Any]:
        """Everything needed to predict and to judge, as JSON types."""
        return {**super().to_dict(), "k": self.gap_shape}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Self:
        """Read back what `to_dict` wrote; predictions are equal to the last bit."""
        model = super().from_dict(saved)
        model.gap_shape = int(saved["k"])
        return model
