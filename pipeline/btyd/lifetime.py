"""Orders times spend: the lifetime value of every customer."""

from __future__ import annotations

from datetime import date

import pandas as pd

from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.gammagamma import GammaGamma
from pipeline.btyd.histories import DAYS_PER_WEEK, WEEKS_PER_YEAR

EXPECTATIONS = (
    "p_alive",
    "p_no_order",
    "expected_orders",
    "expected_order_value",
    "expected_spend",
    "clv",
    "clv_in_horizon",
)


def no_lifetime_value(summary: pd.DataFrame) -> pd.DataFrame:
    """Give the columns of `lifetime_value`, all missing: what is known without a model."""
    return pd.DataFrame(float("nan"), index=summary.index, columns=list(EXPECTATIONS))


def lifetime_value(
    model: CountModel,
    spend: GammaGamma,
    summary: pd.DataFrame,
    horizon_days: float,
    clv_horizon_days: float,
    annual_discount_rate: float,
    margin: float,
    level_after_horizon: float = 1.0,
) -> pd.DataFrame:
    """What each customer will order, spend and be worth.

    Parameters
    ----------
    model, spend : fitted models
        For the orders and for the amount per order.
    summary : DataFrame
        Columns frequency, recency, T (days), monetary_value, spend_days.
    horizon_days : float
        Horizon of p_no_order, expected_orders and expected_spend (undiscounted).
    clv_horizon_days : float
        Horizon of clv.
    annual_discount_rate : float
        Effective rate per year.
    margin : float
        Share of the spend that is earned.
    level_after_horizon : float
        By what to multiply the part of the clv that falls after the first horizon.

    Returns
    -------
    DataFrame indexed like the summary
        p_alive, p_no_order, expected_orders, expected_order_value, expected_spend, clv, and clv_in_horizon,
        the part of the clv that falls into the first horizon.
    """
    orders = model.expected_orders(summary, horizon_days)
    order_value = spend.expected_order_value(summary)
    both = (clv_horizon_days, min(horizon_days, clv_horizon_days))
    worth, soon = (
        margin * order_value * model.discounted_orders(summary, days, annual_discount_rate) for days in both
    )
    return pd.DataFrame(
        {
            "p_alive": model.p_alive(summary),
            "p_no_order": model.p_no_order(summary, horizon_days),
            "expected_orders": orders,
            "expected_order_value": order_value,
            "expected_spend": orders * order_value,
            "clv": soon + level_after_horizon * (worth - soon),
            "clv_in_horizon": soon,
        }
    )


def realised_value(
    spent: pd.DataFrame, cutoff: date, annual_discount_rate: float, margin: float
) -> pd.Series[float]:
    """What the customers turned out to be worth, where the horizon of their CLV has passed.

    Parameters
    ----------
    spent : DataFrame
        Columns customer_key, day and amount of the horizon; in any order.
    cutoff : date
        To whose morning amounts are discounted.
    annual_discount_rate, margin : float
        As in `lifetime_value`.

    Returns
    -------
    Series
        By customer key; who did not order is not in it.
    """
    years = ((spent["day"] - pd.Timestamp(cutoff)).dt.days + 0.5) / (WEEKS_PER_YEAR * DAYS_PER_WEEK)
    value = margin * spent["amount"].astype("float64") * (1.0 + annual_discount_rate) ** -years
    keys = spent["customer_key"]
    # Sorted, since rows come in any order.
    return value.sort_values().groupby(keys).sum()
