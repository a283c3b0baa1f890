"""How many orders there were in a few days."""

from __future__ import annotations

from datetime import date

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
    return (
        known(days, cutoff)
        .loc[lambda rows: rows["day"] >= pd.Timestamp(start)]
        .groupby("customer_key")
        .size()
    )


def known(days: pd.DataFrame, cutoff: date) -> pd.DataFrame:
    """Keep the rows of `customer_days` that held on the evening before the cutoff."""
    evening = pd.Timestamp(cutoff)
    is_known, is_replaced = days["known_from"] < evening, days["known_until"] < evening
    return days[is_known & ~is_replaced]
