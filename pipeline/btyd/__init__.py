"""Buy-till-you-die models: who is still a customer, how often they order, what they are worth."""

from __future__ import annotations

from typing import Any, TypeVar

from pipeline.btyd.bgnbd import BGNBD
from pipeline.btyd.choice import Choice, Chooser
from pipeline.btyd.clock import CALENDAR, Clock
from pipeline.btyd.conditionalspend import ConditionalGammaGamma, fit_spend, spend_metrics
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.fittedmodel import FittedModel
from pipeline.btyd.fitting import Engine
from pipeline.btyd.gammagamma import GammaGamma
from pipeline.btyd.independence import SpendIndependence, spend_independence
from pipeline.btyd.lifetime import lifetime_value, no_lifetime_value, realised_value
from pipeline.btyd.lifetimes_engine import COUNT_MODELS
from pipeline.btyd.mbgcnbd import MBGCNBD
from pipeline.btyd.mbgnbd import MBGNBD
from pipeline.btyd.nbd import NBD
from pipeline.btyd.outlook import no_outlook
from pipeline.btyd.paretonbd import ParetoNBD
from pipeline.btyd.pit import Spread
from pipeline.btyd.predictive import predict
from pipeline.btyd.seasonchoice import Past, SeasonChoice, Seasons
from pipeline.btyd.simulation import simulate, simulate_orders
from pipeline.btyd.totals import CommonError, forecast_by_group
from pipeline.btyd.trackrecord import TrackRecord
from pipeline.errors import UserError

__all__ = [
    "BGNBD",
    "CALENDAR",
    "MBGCNBD",
    "MBGNBD",
    "MODELS",
    "NBD",
    "Choice",
    "Chooser",
    "Clock",
    "CommonError",
    "ConditionalGammaGamma",
    "CountModel",
    "GammaGamma",
    "ParetoNBD",
    "Past",
    "SeasonChoice",
    "Seasons",
    "SpendIndependence",
    "Spread",
    "TrackRecord",
    "candidates",
    "fit_spend",
    "forecast_by_group",
    "lifetime_value",
    "load",
    "load_spend",
    "no_lifetime_value",
    "no_outlook",
    "predict",
    "realised_value",
    "simulate",
    "simulate_orders",
    "spend_independence",
    "spend_metrics",
]

Model = TypeVar("Model", bound=FittedModel)

MODELS: dict[str, type[CountModel]] = {
    model.name: model for model in (NBD, MBGNBD, BGNBD, ParetoNBD, MBGCNBD)
}
"""By name, the simplest first; of equals, first the one that lets also those leave who ordered once."""


SPEND_MODELS: dict[str, type[GammaGamma]] = {
    model.name: model for model in (GammaGamma, ConditionalGammaGamma)
}


def candidates(engine: Engine) -> dict[str, type[CountModel]]:
    """The models that an engine can fit, the simplest first."""
    return {name: model for name, model in MODELS.items() if engine == "own" or name in COUNT_MODELS}


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
