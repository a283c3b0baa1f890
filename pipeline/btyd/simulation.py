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
    end = np.asarray(T, dtype=np.float64)
    orders, gone_at = _follow(model, end + horizon_days, seed)
    customer, day = orders["customer"].to_numpy(), orders["day"].to_numpy()
    seen = day <= end[customer]
    recency = np.zeros(len(end))
    np.maximum.at(recency, customer[seen], day[seen])
    return pd.DataFrame(
        {
            "frequency": np.bincount(customer[seen], minlength=len(end)),
            "recency": recency,
            "T": T,
            "alive": gone_at > end,
            "future_orders": np.bincount(customer[~seen], minlength=len(end)),
        }
    )


def simulate_orders(model: CountModel, T: Floats, seed: int) -> pd.DataFrame:
    """Draw one customer per entry of `T` and give its orders, the first one included.

    Parameters
    ----------
    model, T, seed
        As in `simulate`.

    Returns
    -------
    DataFrame
        customer (position in `T`), day (days since its first order, not rounded), sorted by both.
    """
    repeats, _ = _follow(model, np.asarray(T, dtype=np.float64), seed)
    first = pd.DataFrame({"customer": np.arange(len(T)), "day": 0.0})
    return pd.concat([first, repeats]).sort_values(["customer", "day"], ignore_index=True)


def _follow(model: CountModel, until_day: Floats, seed: int) -> tuple[pd.DataFrame, Floats]:
    """Draw lives and the repeat orders in them; give the orders and the day on which each life ends."""
    rng = np.random.default_rng(seed)
    n = len(until_day)
    lives = model._draw_lives(rng, n)
    until, gone_at, now = until_day / DAYS_PER_WEEK, lives.death.copy(), np.zeros(n)
    if model.lottery_after_first_order:
        gone_at[rng.random(n) < lives.dropout] = 0.0
    active = np.flatnonzero(gone_at > 0)
    orders = [(active[:0], now[:0])]
    while len(active):
        now[active] += rng.gamma(model.gap_shape, 1.0 / lives.rate[active])
        active = active[now[active] < np.minimum(gone_at, until)[active]]
        orders.append((active, now[active]))
        leaves = rng.random(len(active)) < lives.dropout[active]
        gone_at[active[leaves]] = now[active[leaves]]
        active = active[~leaves]
    customer, time = (np.concatenate(parts) for parts in zip(*orders, strict=True))
    return pd.DataFrame({"customer": customer, "day": time * DAYS_PER_WEEK}), gone_at * DAYS_PER_WEEK
