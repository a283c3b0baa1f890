"""Customers drawn from a model: to test formulas, and to see what the model believes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.btyd._numerics import Floats
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.histories import DAYS_PER_WEEK


def simulate(model: CountModel, T: Floats, seed: int, horizon_days: float = 0.0) -> pd.DataFrame:
    """Draw one customer per entry of `T`, follow it for T days and then for the horizon.

    Parameters
    ----------
    model : CountModel
        Given or fitted.
    T : array, shape (n,)
        Age of each customer at the end of the observation, in days; different ages are staggered births.
    seed : int
        Of the random numbers.
    horizon_days : float
        How long to go on after that.

    Returns
    -------
    DataFrame
        frequency, recency (days, not rounded), T, alive (at T), future_orders (in the horizon).
    """
    rng = np.random.default_rng(seed)
    n = len(T)
    lives = model._draw_lives(rng, n)
    end = np.asarray(T, dtype=np.float64) / DAYS_PER_WEEK
    until = end + horizon_days / DAYS_PER_WEEK
    gone_at = lives.death.copy()

    frequency, future, recency = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.zeros(n)
    now = np.zeros(n)
    if model.lottery_after_first_order:
        gone_at[rng.random(n) < lives.dropout] = 0.0
    active = np.flatnonzero(gone_at > 0)
    while len(active):
        now[active] += rng.gamma(model.gap_shape, 1.0 / lives.rate[active])
        active = active[now[active] < np.minimum(gone_at, until)[active]]
        seen = now[active] <= end[active]
        frequency[active[seen]] += 1
        recency[active[seen]] = now[active[seen]]
        future[active[~seen]] += 1
        leaves = rng.random(len(active)) < lives.dropout[active]
        gone_at[active[leaves]] = now[active[leaves]]
        active = active[~leaves]
    return pd.DataFrame(
        {
            "frequency": frequency,
            "recency": recency * DAYS_PER_WEEK,
            "T": T,
            "alive": gone_at > end,
            "future_orders": future,
        }
    )
