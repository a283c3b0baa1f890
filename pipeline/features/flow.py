"""Order days counted over time: by day, and in the days before a cutoff."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd


def orders_between(days: pd.DataFrame, start: date, cutoff: date) -> pd.Series[int]:
    """Count each customer's order days from `start` to before `cutoff`, as known then.

    Parameters
    ----------
    days : DataFrame
        As made by `customer_days`.

    Returns
    -------
    Series
        By customer key; who did not order is not in it.
    """
    known = _known(days, cutoff)
    return known[known["day"] >= pd.Timestamp(start)].groupby("customer_key").size()


def amounts_between(days: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """List what each customer spent on the days from `start` to before `end`, as known then.

    Parameters
    ----------
    days : DataFrame
        As made by `customer_days`.

    Returns
    -------
    DataFrame
        `customer_key`, `day`, `amount`.
    """
    known = _known(days, end)
    return known.loc[known["day"] >= pd.Timestamp(start), ["customer_key", "day", "amount"]]


def daily_flow(days: pd.DataFrame, cutoff: date) -> pd.DataFrame:
    """Count first orders and repeat orders of all customers by day, as known before a cutoff.

    Parameters
    ----------
    days : DataFrame
        As made by `customer_days`: sorted by customer and day.

    Returns
    -------
    DataFrame
        `day` (every day from the first order to the one before the cutoff), `births`, `repeats`.
    """
    known = _known(days, cutoff)
    is_first = ~known["customer_key"].duplicated()
    every = pd.date_range(known["day"].min(), pd.Timestamp(cutoff) - pd.Timedelta(days=1), freq="D")

    def by_day(rows: pd.Series[pd.Timestamp]) -> pd.Series[int]:
        return rows.value_counts().reindex(every, fill_value=0)

    flow = {"births": by_day(known.loc[is_first, "day"]), "repeats": by_day(known.loc[~is_first, "day"])}
    return pd.DataFrame(flow, index=every).rename_axis("day").reset_index()


def histories(days: pd.DataFrame, cutoff: date, horizon_days: int) -> pd.DataFrame:
    """Describe when customers ordered, as known before a cutoff, and what followed, as known after it.

    It is what a snapshot says of the order days, for cutoffs that have none.

    Returns
    -------
    DataFrame
        By customer key: `frequency`, `recency`, `T` (days), `future_orders` (order days in the horizon).
    """
    horizon_end = cutoff + timedelta(days=horizon_days)
    known = _known(days, cutoff).groupby("customer_key")["day"].agg(["size", "min", "max"])
    future = orders_between(days, cutoff, horizon_end).reindex(known.index, fill_value=0)
    return pd.DataFrame(
        {
            "frequency": known["size"] - 1,
            "recency": (known["max"] - known["min"]).dt.days,
            "T": (pd.Timestamp(cutoff) - known["min"]).dt.days - 1,
            "future_orders": future,
        }
    )


def births_known_from(first_day: date, births_from: date | None) -> date:
    """Give the day as of which births are known, which is where the log begins for all that learns from it.

    Parameters
    ----------
    first_day : date
        The day of the first order in the log.
    births_from : date or None
        Whom the shop has seen before is not known before that day; None if the log knows everybody's birth.
    """
    return max(first_day, births_from or first_day)


def born_since(summary: pd.DataFrame, births_from: date | None) -> pd.DataFrame:
    """Leave out who was there before the log: they look younger than they are.

    Parameters
    ----------
    summary : DataFrame
        Column first_order_on.
    births_from : date or None
        None keeps everybody.
    """
    return summary if births_from is None else summary[summary["first_order_on"].dt.date >= births_from]


def _known(days: pd.DataFrame, cutoff: date) -> pd.DataFrame:
    """Keep the rows that held on the evening before the cutoff."""
    is_known, is_replaced = (days[column] < pd.Timestamp(cutoff) for column in ("known_from", "known_until"))
    return days[is_known & ~is_replaced]
