"""A shop whose customers follow the Pareto/NBD on a clock that runs faster in some weeks."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

FIRST_DAY = date(2020, 3, 1)


def december(day: pd.DatetimeIndex, height: float) -> np.ndarray:
    """Speed of the clock: up to `height` times as fast in the middle of December, and a dip after it."""
    to_peak = (np.asarray(day.day_of_year) - 348 + 182) % 365 - 182
    after = (np.asarray(day.day_of_year) - 20 + 182) % 365 - 182
    return (
        1
        + (height - 1) * np.exp(-0.5 * (to_peak / 14) ** 2)
        - 0.3 * (height > 1) * np.exp(-0.5 * (after / 14) ** 2)
    )


def order_log(
    customers: int,
    years: float,
    *,
    height: float = 1.0,
    growth: float = 1.0,
    step: tuple[int, float] | None = None,
    seed: int = 0,
    leave: bool = True,
    r: float = 0.8,
    alpha: float = 60.0,
    s: float = 0.7,
    beta: float = 150.0,
) -> pd.DataFrame:
    """Simulate customer and day of each order.

    `growth` is by how much more customers are born in a year than in the year before; parameters in days.
    Births follow the season too. `step` is a day of the log, counted from its first, and by how much faster
    the clock runs from then on.
    """
    rng = np.random.default_rng(seed)
    days = pd.date_range(FIRST_DAY, periods=int(365 * years), freq="D")
    speed = december(days, height)
    if step:
        speed[step[0] :] *= step[1]
    clock = np.concatenate([[0.0], np.cumsum(speed)])
    birth_rate = speed * growth ** (np.arange(len(days)) / 365)
    born = np.sort(rng.choice(len(days), customers, p=birth_rate / birth_rate.sum()))
    rate, death = rng.gamma(r, 1 / alpha, customers), rng.gamma(s, 1 / beta, customers)
    start = clock[born] + rng.random(customers) * speed[born]
    stay = rng.exponential(1 / death) if leave else np.inf
    leaves = np.minimum(start + stay, clock[-1])
    n = rng.poisson(rate * (leaves - start))
    who = np.repeat(np.arange(customers), n)
    when = start[who] + rng.random(n.sum()) * (leaves - start)[who]
    log = pd.DataFrame(
        {
            "customer_key": np.concatenate([np.arange(customers), who]),
            "day": np.concatenate([born, np.searchsorted(clock, when, side="right") - 1]),
        }
    ).drop_duplicates()
    names = rng.permutation(customers)  # keys are in no order that means anything
    log["customer_key"] = [f"c{names[number]:06d}" for number in log["customer_key"]]
    log["day"] = days[log["day"]]
    return log.sort_values(["customer_key", "day"], ignore_index=True)


def monthly_log(customers: int) -> pd.DataFrame:
    """Draw customer and day of payments every 28 to 32 days, until one in ten is the last."""
    rng = np.random.default_rng(7)
    born, payments = rng.integers(0, 900, customers), rng.geometric(0.1, customers)
    days = [
        start + np.append(0, np.cumsum(rng.integers(28, 33, number - 1)))
        for start, number in zip(born, payments, strict=True)
    ]
    return pd.DataFrame(
        {
            "customer_key": np.repeat([f"c{one:04d}" for one in range(customers)], payments),
            "day": pd.Timestamp(FIRST_DAY) + pd.to_timedelta(np.concatenate(days), "D"),
        }
    )


def history(log: pd.DataFrame, cutoff: date, horizon_days: int) -> pd.DataFrame:
    """What the chooser wants to know of a cutoff."""
    at, horizon = pd.Timestamp(cutoff), pd.Timedelta(days=horizon_days)
    by_customer = log[log["day"] < at].groupby("customer_key")["day"]
    first, last = by_customer.min(), by_customer.max()

    def count(start: pd.Timestamp) -> pd.Series:
        inside = log[(log["day"] >= start) & (log["day"] < start + horizon)]
        return inside.groupby("customer_key").size().reindex(first.index, fill_value=0)

    return pd.DataFrame(
        {
            "frequency": by_customer.size() - 1,
            "recency": (last - first).dt.days,
            "T": (at - first).dt.days - 1,
            "recent_orders": count(at - horizon),
            "future_orders": count(at),
        }
    )


def histories(log: pd.DataFrame, cutoffs: list[date], horizon_days: int) -> dict[date, pd.DataFrame]:
    return {cutoff: history(log, cutoff, horizon_days) for cutoff in cutoffs}


def every(days: int, count: int, last: date) -> list[date]:
    """So many cutoffs up to the last, evenly spaced."""
    return [last - timedelta(days=days * i) for i in reversed(range(count))]
