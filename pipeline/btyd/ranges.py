"""Where the truth lies in what was predicted: P(X < x) and P(X <= x) at the orders and the spend that came.

Of a right distribution, a number drawn evenly between the two is evenly distributed over customers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.btyd._numerics import Floats, Ints
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.counttable import NEVER, batches, mean_of
from pipeline.btyd.gammagamma import GammaGamma
from pipeline.btyd.histories import Histories
from pipeline.btyd.parametersets import parameter_sets
from pipeline.btyd.spendtable import share_below, spend_table


def order_ranges(
    model: CountModel, summary: pd.DataFrame, horizon_days: float, future_orders: Ints
) -> tuple[Floats, Floats]:
    """Find the place of the orders that came in their distributions.

    Parameters
    ----------
    model, summary, horizon_days
        As in `predict`.
    future_orders : int array, shape (customers,)

    Returns
    -------
    low, high : arrays, shape (customers,)
    """
    histories, models = Histories.from_summary(summary), parameter_sets(model)
    alive = _p_alive(models, histories)
    low, high = np.zeros(len(alive)), np.ones(len(alive))
    for _, rows, group, chances, _ in batches(models, histories, np.zeros_like(histories.x), horizon_days):
        below = np.pad(np.cumsum(chances, axis=1), ((0, 0), (1, 0)))
        came = np.minimum(future_orders[rows], chances.shape[1] - 1)
        gone = 1.0 - alive[rows]
        low[rows] = np.where(came > 0, gone + alive[rows] * below[group, came], 0.0)
        high[rows] = gone + alive[rows] * below[group, came + 1]
    return _apart(low, high)


def spend_ranges(
    model: CountModel, spend: GammaGamma, summary: pd.DataFrame, horizon_days: float, future_spend: Floats
) -> tuple[Floats, Floats]:
    """Find the place of the money that was spent in its distribution; nothing spent is the step at zero.

    Parameters
    ----------
    model, spend, summary, horizon_days
        As in `predict`.
    future_spend : array, shape (customers,)
        Amounts; infinite for more than could be.

    Returns
    -------
    low, high : arrays, shape (customers,)
    """
    histories, models, spends = (
        Histories.from_summary(summary),
        parameter_sets(model),
        parameter_sets(spend),
    )
    alive, posterior = _p_alive(models, histories), spend.posterior(summary)
    high = np.ones(len(alive))
    for days, rows, group, chances, _ in batches(models, histories, posterior.days, horizon_days):
        table = spend_table(spend, spends, days, chances)
        ratio = np.maximum(future_spend[rows], 0.0) / posterior.scale[rows]
        high[rows] = 1.0 - alive[rows] + alive[rows] * share_below(table, group, ratio)
    return _apart(np.where(future_spend > 0, high, 0.0), high)


def _p_alive(models: list[CountModel], histories: Histories) -> Floats:
    return mean_of([one._p_alive(histories.x, histories.t_x, histories.T) for one in models])


def _apart(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Keep the two a little apart, so that shares of what lies between them are numbers."""
    low = np.minimum(low, 1.0 - NEVER)
    return low, np.clip(high, low + NEVER, 1.0)
