"""The segments of the scored customers."""

from __future__ import annotations

import pandas as pd

from pipeline.retention.actions import segments_and_actions
from pipeline.retention.lifecycle import churn_risk, lifecycle_stage, value_tier
from pipeline.retention.rfm import rfm_scores

# Where the history was enough for one prediction only, that one is as good as ever.
MAY_BE_USED = ("scored", "insufficient_history")


def segment_customers(
    scored: pd.DataFrame,
    *,
    horizon_days: int,
    risk_medium: float,
    risk_high: float,
    value_high_share: float,
    value_medium_share: float,
    value_floor: float = 0.0,
) -> pd.DataFrame:
    """Add RFM scores and group, risk band, value tier, lifecycle stage, segment and next action.

    Every row gets a value in every column. A customer whose `score_status` is not in `MAY_BE_USED`, or who
    lacks a churn probability or CLV, has the risk or tier "unknown", the segment "not_scored" and no
    recommended action; RFM scores and stage rest on the orders alone and are given all the same.

    Parameters
    ----------
    scored : DataFrame
        One row per customer, as in ``data/scored/customers.parquet``; any row order.
    horizon_days : int
        The churn window in days.
    risk_medium, risk_high : float
        Churn probabilities from which the risk is medium and high.
    value_high_share, value_medium_share : float
        Share of customers in the high tier, and in the medium tier below it.
    value_floor : float
        CLV below which a customer is in the low tier, whatever the rank: who is worth less than an offer
        costs gets none.

    Returns
    -------
    DataFrame
        `scored` with the added columns, sorted by `customer_key`.
    """
    customers = scored.sort_values("customer_key", ignore_index=True)
    may_be_used = customers["score_status"].isin(MAY_BE_USED)
    probability = customers["churn_probability"].astype("float64").where(may_be_used)
    clv = customers["clv"].astype("float64").where(may_be_used)

    customers[["rfm_recency", "rfm_frequency", "rfm_monetary", "rfm_group"]] = rfm_scores(customers)
    customers["churn_risk"] = churn_risk(probability, risk_medium=risk_medium, risk_high=risk_high)
    customers["value_tier"] = value_tier(
        clv, high_share=value_high_share, medium_share=value_medium_share, floor=value_floor
    )
    customers["lifecycle_stage"] = lifecycle_stage(customers, horizon_days=horizon_days)
    customers[["segment", "next_action"]] = segments_and_actions(customers)
    return customers
