"""The first order day tells what a customer spends as every other day does, once it is on their level."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.btyd._numerics import round_significant

FEWEST_CUSTOMERS = 100
CLEARLY = 3.0
"""Standard errors by which first days have to differ from the next before they are taken for others."""
DIGITS = 8


def first_day_level(spent: pd.DataFrame) -> float:
    """How many times as much is spent on the first order day as on the next with spend, where that is clear.

    The geometric mean over customers: a welcome discount gives less than one, a starter kit more.

    Parameters
    ----------
    spent : DataFrame
        Columns customer_key, day and amount of all days before a cutoff, sorted by customer and day.

    Returns
    -------
    float
        1 where the difference may be chance, or fewer than a hundred customers tell.
    """
    is_first = ~spent["customer_key"].duplicated()
    paid = spent["amount"] > 0
    first, other = (
        rows.drop_duplicates("customer_key").set_index("customer_key")["amount"].astype("float64")
        for rows in (spent[is_first & paid], spent[~is_first & paid])
    )
    # Sorted, because floating-point sums depend on the order of the rows.
    ratio = np.sort(np.log((first / other).dropna().to_numpy()))
    if len(ratio) < FEWEST_CUSTOMERS:
        return 1.0
    chance = ratio.std(ddof=1) / np.sqrt(len(ratio))
    is_clear = abs(ratio.mean()) > CLEARLY * chance
    return round_significant(float(np.exp(ratio.mean())), DIGITS) if is_clear else 1.0


def of_all_days(summary: pd.DataFrame, level: float) -> pd.DataFrame:
    """Count the first order day in, on the level of the others.

    Parameters
    ----------
    summary : DataFrame
        One row per customer: monetary_value and spend_days of the repeat days, and first_order_amount.
    level : float
        As from `first_day_level`.

    Returns
    -------
    DataFrame
        The same, with monetary_value and spend_days of all days with spend.
    """
    days, first = summary["spend_days"], summary["first_order_amount"] / level
    all_days = days + (first > 0)
    total = days * summary["monetary_value"] + first
    return summary.assign(monetary_value=(total / all_days).where(all_days > 0, 0.0), spend_days=all_days)
