"""Recency, frequency, monetary value: scores from 1 to 5 and the eleven groups they make."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SCORES = 5

# Rows: recency score, 5 is best; columns: FM, the mean of frequency and monetary score, 1 to 5.
_GRID = {
    5: ("new_customers", "potential_loyalists", "potential_loyalists", "champions", "champions"),
    4: ("promising", "potential_loyalists", "potential_loyalists", "loyal", "loyal"),
    3: ("about_to_sleep", "about_to_sleep", "need_attention", "loyal", "loyal"),
    2: ("hibernating", "hibernating", "at_risk", "at_risk", "cannot_lose"),
    1: ("lost", "hibernating", "at_risk", "at_risk", "cannot_lose"),
}
RFM_GROUPS: tuple[str, ...] = (
    "champions",
    "loyal",
    "potential_loyalists",
    "new_customers",
    "promising",
    "need_attention",
    "about_to_sleep",
    "at_risk",
    "cannot_lose",
    "hibernating",
    "lost",
)


def score_by_rank(goodness: pd.Series[Any]) -> pd.Series[Any]:
    """Score each customer from 1 to 5 by the share of customers who are strictly worse.

    A score of 4 says "better than at least three fifths of all customers". Ties share a score, so a shop
    where three of five customers bought once has no frequency score between 1 and 4: that gap is the truth
    about the shop.

    Parameters
    ----------
    goodness : Series
        Higher is better; missing is the worst.

    Returns
    -------
    Series of int
        On the same index; depends on nothing but the values.
    """
    worse = goodness.rank(method="min", na_option="top").astype("int64") - 1
    return 1 + SCORES * worse // max(len(goodness), 1)


def rfm_scores(customers: pd.DataFrame) -> pd.DataFrame:
    """Score `days_since_last` (fewer is better), `frequency` and `spend_total`, and name the group.

    Returns
    -------
    DataFrame
        `rfm_recency`, `rfm_frequency`, `rfm_monetary` (1 to 5) and `rfm_group`, on the index of `customers`.
    """
    scores = pd.DataFrame(
        {
            "rfm_recency": score_by_rank(-customers["days_since_last"].astype("float64")),
            "rfm_frequency": score_by_rank(customers["frequency"].astype("float64")),
            "rfm_monetary": score_by_rank(customers["spend_total"].astype("float64")),
        },
        index=customers.index,
    )
    scores["rfm_group"] = rfm_group(
        scores["rfm_recency"].to_numpy(),
        scores["rfm_frequency"].to_numpy(),
        scores["rfm_monetary"].to_numpy(),
    )
    return scores


def rfm_group(
    recency: NDArray[np.integer[Any]], frequency: NDArray[np.integer[Any]], monetary: NDArray[np.integer[Any]]
) -> NDArray[np.str_]:
    """Name the group of each triple of scores, by recency and the mean of the other two."""
    grid = np.array([_GRID[score] for score in range(1, SCORES + 1)])
    fm = (frequency + monetary + 1) // 2  # halves round up
    groups: NDArray[np.str_] = grid[recency - 1, fm - 1]
    return groups
