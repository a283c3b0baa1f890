"""Buy-till-you-die models: who is still a customer, how often they order, what they are worth."""

from __future__ import annotations

from typing import Any

from pipeline.btyd.bgnbd import BGNBD
from pipeline.btyd.choice import Choice, Chooser
from pipeline.btyd.conditionalspend import ConditionalGammaGamma, fit_spend, spend_metrics
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.fitting import Engine
from pipeline.btyd.gammagamma import GammaGamma
from pipeline.btyd.independence import SpendIndependence, spend_independence
from pipeline.btyd.lifetime import lifetime_value, no_lifetime_value
from pipeline.btyd.lifetimes_engine import COUNT_MODELS
from pipeline.btyd.mbgcnbd import MBGCNBD
from pipeline.btyd.mbgnbd import MBGNBD
from pipeline.btyd.nbd import NBD
from pipeline.btyd.outlook import no_outlook
from pipeline.btyd.paretonbd import ParetoNBD
from pipeline.btyd.seasonchoice import Past, SeasonChoice, Seasons
from pipeline.btyd.simulation import simulate, simulate_orders
from pipeline.btyd.totals import CommonError, forecast_by_group
from pipeline.btyd.trackrecord import TrackRecord
from pipeline.errors import UserError

__all__ = [
    "BGNBD",
    "MBGCNBD",
    "MBGNBD",
    "MODELS",
    "NBD",
    "Choice",
    "Chooser",
    "CommonError",
    "ConditionalGammaGamma",
    "CountModel",
    "GammaGamma",
    "ParetoNBD",
    "Past",
    "SeasonChoice",
    "Seasons",
    "SpendIndependence",
    "TrackRecord",
    "candidates",
    "fit_spend",
    "forecast_by_group",
    "lifetime_value",
    "load",
    "no_lifetime_value",
    "no_outlook",
    "simulate",
    "simulate_orders",
    "spend_independence",
    "spend_metrics",
]

MODELS: dict[str, type[CountModel]] = {
    model.name: model for model in (NBD, MBGNBD, BGNBD, ParetoNBD, MBGCNBD)
}
"""By name, the simplest first; of equals, first the one that lets also those leave who ordered once."""


def candidates(engine: Engine) -> dict[str, type[CountModel]]:
    """The models that an engine can fit, the simplest first."""
    return {name: model for name, model in MODELS.items() if engine == "own" or name in COUNT_MODELS}


def load(saved: dict[str, Any]) -> CountModel:
    """The model that `to_dict` described.

    Raises
    ------
    UserError
        If the model is unknown.
    """
    if saved.get("model") not in MODELS:
        raise UserError(f"unknown model {saved.get('model')!r}", valid=" or ".join(MODELS))
    return MODELS[saved["model"]].from_dict(saved)
