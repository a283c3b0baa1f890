"""Buy-till-you-die models: who is still a customer, how often they order, what they are worth.

- What goes in: `histories` (x, t_x, T) and `spending`, both checked by `_summary`.
- Models of orders: `nbd`, `bgnbd`, `mbgnbd`, `paretonbd`, `mbgcnbd`; what can be asked of each is in
  `countmodel`, what some of them share in `betageometric`, `dropoutmodel`, `erlang`, `agegrid`,
  `_numerics`.
- Models of spend: `gammagamma`, and `conditionalspend` where `independence` does not hold; `firstday`
  compares first orders with others.
- Fits: `likelihood`, `fitting`, `fittedmodel`, `fittedcounts`; `fallback` where one fails,
  `lifetimes_engine` in place of our own; `stored` reads them back, `estimator` takes them into
  scikit-learn, `simulation` draws customers from them.
- Which model: `backtest` and `choice`. Which season: `clock`, `season`, `seasonchoice`.
- Orders, spend and CLV of each customer: `lifetime`. All of this, one cutoff after the other: `fits`.
- How sure that is: `predictive`, by the tables of `counttable` and `spendtable` and by `parametersets`;
  held against what came by `ranges`, `pit` and `totals`; `outlook` for one cutoff, `trackrecord` for all.
- How it holds: `tracking`, `newcomers`, `portraits`; after the horizon: `longrun`.
"""

from __future__ import annotations

from pipeline.btyd.bgnbd import BGNBD
from pipeline.btyd.choice import Choice, Chooser
from pipeline.btyd.clock import CALENDAR, Clock
from pipeline.btyd.conditionalspend import ConditionalGammaGamma, fit_spend, spend_metrics
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.firstday import first_day_level, of_all_days
from pipeline.btyd.fits import Fits, Recipe
from pipeline.btyd.fitting import Engine
from pipeline.btyd.gammagamma import GammaGamma
from pipeline.btyd.independence import SpendIndependence, spend_independence
from pipeline.btyd.lifetime import lifetime_value, no_lifetime_value, realised_value
from pipeline.btyd.lifetimes_engine import COUNT_MODELS
from pipeline.btyd.mbgcnbd import MBGCNBD
from pipeline.btyd.mbgnbd import MBGNBD
from pipeline.btyd.nbd import NBD
from pipeline.btyd.newcomers import newcomers
from pipeline.btyd.outlook import no_outlook
from pipeline.btyd.paretonbd import ParetoNBD
from pipeline.btyd.seasonchoice import Past, SeasonChoice, Seasons
from pipeline.btyd.simulation import simulate, simulate_orders
from pipeline.btyd.stored import MODELS, StoredFit, StoredOrders, load, load_spend
from pipeline.btyd.totals import CommonError, forecast_by_group, together
from pipeline.btyd.trackrecord import TrackRecord

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
    "Fits",
    "GammaGamma",
    "ParetoNBD",
    "Past",
    "Recipe",
    "SeasonChoice",
    "Seasons",
    "SpendIndependence",
    "StoredFit",
    "StoredOrders",
    "TrackRecord",
    "candidates",
    "first_day_level",
    "fit_spend",
    "forecast_by_group",
    "lifetime_value",
    "load",
    "load_spend",
    "newcomers",
    "no_lifetime_value",
    "no_outlook",
    "of_all_days",
    "realised_value",
    "simulate",
    "simulate_orders",
    "spend_independence",
    "spend_metrics",
    "together",
]


def candidates(engine: Engine) -> dict[str, type[CountModel]]:
    """The models that an engine can fit, in the order of preference."""
    return {name: model for name, model in MODELS.items() if engine == "own" or name in COUNT_MODELS}
