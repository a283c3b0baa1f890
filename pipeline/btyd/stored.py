"""Fitted models read back from JSON, each by its name, and all that was fitted at a cutoff together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self, TypeVar

import numpy as np
import pandas as pd

from pipeline.btyd._numerics import Floats
from pipeline.btyd.bgnbd import BGNBD
from pipeline.btyd.clock import Clock
from pipeline.btyd.conditionalspend import ConditionalGammaGamma
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.firstday import of_all_days
from pipeline.btyd.fittedmodel import FittedModel
from pipeline.btyd.gammagamma import GammaGamma
from pipeline.btyd.mbgcnbd import MBGCNBD
from pipeline.btyd.mbgnbd import MBGNBD
from pipeline.btyd.nbd import NBD
from pipeline.btyd.paretonbd import ParetoNBD
from pipeline.btyd.pit import Spread
from pipeline.btyd.predictive import predict
from pipeline.errors import UserError

Model = TypeVar("Model", bound=FittedModel)

MODELS: dict[str, type[CountModel]] = {
    model.name: model for model in (MBGNBD, NBD, BGNBD, ParetoNBD, MBGCNBD)
}
"""By name, in the order of preference: the simplest first, but that nobody ever leaves has to show."""

SPEND_MODELS: dict[str, type[GammaGamma]] = {
    model.name: model for model in (GammaGamma, ConditionalGammaGamma)
}


def load(saved: dict[str, Any]) -> CountModel:
    """The model of orders that `to_dict` described.

    Raises
    ------
    UserError
        If the model is unknown.
    """
    return _kind(saved, MODELS).from_dict(saved)


def load_spend(saved: dict[str, Any]) -> GammaGamma:
    """The model of spend that `to_dict` described.

    Raises
    ------
    UserError
        If the model is unknown.
    """
    return _kind(saved, SPEND_MODELS).from_dict(saved)


def _kind(saved: dict[str, Any], kinds: dict[str, type[Model]]) -> type[Model]:
    if saved.get("model") not in kinds:
        raise UserError(f"unknown model {saved.get('model')!r}", valid=" or ".join(kinds))
    return kinds[saved["model"]]


@dataclass(frozen=True)
class StoredOrders:
    """The model of orders that was fitted at a cutoff: all there is in `of_churn`.

    Attributes
    ----------
    cutoff : date
    orders : CountModel
    clock : Clock
        The season that was chosen.
    """

    cutoff: date
    orders: CountModel
    clock: Clock

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Self:
        """Read back what stage `lifetime_value` wrote."""
        return cls(**cls._parts(saved))

    @classmethod
    def _parts(cls, saved: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "cutoff": date.fromisoformat(saved["cutoff"]),
            "orders": load(saved["orders"]),
            "clock": Clock.from_dict(saved["clock"]),
        }

    def expectations(self, histories: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
        """Give `p_no_order` and `expected_orders` in the horizon, for histories in calendar days."""
        exposed, horizon = self._exposed(histories, horizon_days)
        return pd.DataFrame(
            {
                "p_no_order": self.orders.p_no_order(exposed, horizon),
                "expected_orders": self.orders.expected_orders(exposed, horizon),
            }
        )

    def _exposed(self, summary: pd.DataFrame, horizon_days: int) -> tuple[pd.DataFrame, float]:
        return self.clock.summary(summary, self.cutoff), self.clock.horizon(self.cutoff, horizon_days)


@dataclass(frozen=True)
class StoredFit(StoredOrders):
    """What was fitted at a cutoff, one of the `fits` in models/lifetime_value.json.

    Attributes
    ----------
    spend : GammaGamma
    spread : Spread
        How far the spend's P10 and P90 are from its median.
    first_day_level : float
        How many times as much is spent on the first order day as on others.
    """

    spend: GammaGamma
    spread: Spread
    first_day_level: float

    @classmethod
    def _parts(cls, saved: Mapping[str, Any]) -> dict[str, Any]:
        return super()._parts(saved) | {
            "spend": load_spend(saved["spend"]),
            "spread": Spread(**saved["spread"]),
            "first_day_level": saved["first_day_level"],
        }

    def spend_quantiles(self, summary: pd.DataFrame, horizon_days: int, levels: Floats) -> Floats:
        """Give the quantiles of each customer's spend in the horizon, as modelled; (customers, levels)."""
        exposed, horizon = self._exposed(self.paid(summary), horizon_days)
        of_each, median = np.tile(levels, (len(summary), 1)), np.full((len(summary), 1), 0.5)
        return predict(self.orders, self.spend, exposed, horizon, median, of_each).spend

    def paid(self, summary: pd.DataFrame) -> pd.DataFrame:
        """Give spend and its days as the model of spend takes them: the first order day is counted in."""
        return of_all_days(summary, self.first_day_level)
