"""Gamma-Gamma assumes that how much customers spend has nothing to do with how often: does it hold?"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

_SPEARMAN_LIMIT = 0.3
_ETA_SQUARED_LIMIT = 0.25


class SpendIndependence(NamedTuple):
    """How strongly spend per order day depends on the number of order days.

    Attributes
    ----------
    spearman : float
        Rank correlation.
    eta_squared : float
        Share of the variance of the customers' means that their number of order days explains; unlike the
        rank correlation it sees dependence that rises and falls.
    independent : bool
        Whether both are small enough for the Gamma-Gamma model.
    message : str
        The same in a sentence.
    """

    spearman: float
    eta_squared: float
    independent: bool
    message: str


def spend_independence(summary: pd.DataFrame) -> SpendIndependence:
    """Test the assumption on the customers with repeat spend.

    Parameters
    ----------
    summary : DataFrame
        One row per customer, columns monetary_value and spend_days.

    Returns
    -------
    SpendIndependence
        NaN and ``independent`` where spend or spend days do not vary: nothing speaks against the model.
    """
    buyers = summary.loc[summary["spend_days"] > 0, ["spend_days", "monetary_value"]]
    # Sorted, because floating-point sums depend on the order of the rows.
    buyers = buyers.astype(float).sort_values(["spend_days", "monetary_value"])
    ranks = buyers.rank()
    spearman = float(ranks["spend_days"].corr(ranks["monetary_value"]))
    value = buyers["monetary_value"]
    explained = value.groupby(buyers["spend_days"]).transform("mean")
    spread = float(((value - value.mean()) ** 2).sum())
    eta_squared = float(((explained - value.mean()) ** 2).sum()) / spread if spread > 0 else float("nan")

    dependent = abs(spearman) >= _SPEARMAN_LIMIT or eta_squared >= _ETA_SQUARED_LIMIT
    message = (
        f"Spend per order and number of orders: Spearman {spearman:.2f}, eta² {eta_squared:.2f}; "
        + ("too much for the Gamma-Gamma model, " if dependent else "weak enough for the Gamma-Gamma model, ")
        + f"whose limits are {_SPEARMAN_LIMIT} and {_ETA_SQUARED_LIMIT}."
    )
    return SpendIndependence(spearman, eta_squared, not dependent, message)
