"""Segmentation of the scored customers, and the aggregates of it that may be shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipeline.privacy.groups import MIN_GROUP
from pipeline.retention.actions import COSTLY_ACTIONS, NEXT_ACTIONS, SEGMENTS, segments_and_actions
from pipeline.retention.lifecycle import (
    LIFECYCLE_STAGES,
    VALUE_TIERS,
    churn_risk,
    lifecycle_stage,
    value_tier,
)
from pipeline.retention.rfm import RFM_GROUPS, rfm_scores

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


def below_floor(segments: pd.DataFrame, value_floor: float) -> int:
    """Count the customers whose CLV is below the floor."""
    return int((segments["clv"] < value_floor).sum())


def not_worth_it(segments: pd.DataFrame, cost: float) -> int:
    """Count the customers with a costly action whose CLV is below what it costs."""
    return below_floor(segments[segments["next_action"].isin(COSTLY_ACTIONS)], cost)


def segment_summary(segments: pd.DataFrame) -> pd.DataFrame:
    """Sum up each segment, small ones merged into "other".

    Parameters
    ----------
    segments : DataFrame
        The result of `segment_customers`. Those of fewer than `MIN_GROUP` customers are merged; if they are
        still too few together, so is the next smallest.

    Returns
    -------
    DataFrame
        `segment`, `next_action`, `customers`, `share`, `mean_churn_probability`, `expected_orders`,
        `expected_spend`, `clv`, `orders_sd`, `spend_sd` (of the sums, from the customers' own randomness), in
        the order of `SEGMENTS`, "other" (without an action) last; only segments that occur. A sum over nobody
        with a prediction is missing, not zero.
    """
    customers = segments.sort_values("customer_key")
    sizes = customers["segment"].value_counts().reindex(SEGMENTS, fill_value=0)
    names = customers["segment"].where(~customers["segment"].isin(_too_small(sizes[sizes > 0])), "other")
    groups = customers.groupby(names)
    summary = (
        groups.agg(
            customers=("customer_key", "size"),
            mean_churn_probability=("churn_probability", "mean"),
        )
        .join(groups[["expected_orders", "expected_spend", "clv"]].sum(min_count=1))
        .join(_sd_of_sum(customers[["orders_sd", "spend_sd"]], names))
        .reindex([*SEGMENTS, "other"])
        .dropna(subset="customers")
        .rename_axis("segment")
        .reset_index()
    )
    summary["customers"] = summary["customers"].astype("int64")
    summary.insert(1, "next_action", summary["segment"].map(NEXT_ACTIONS).fillna(""))
    summary.insert(3, "share", summary["customers"] / max(len(customers), 1))
    return summary


def _sd_of_sum(sds: pd.DataFrame, names: pd.Series[str]) -> pd.DataFrame:
    """Customers are independent of each other: their variances add up."""
    variance: pd.DataFrame = (sds**2).groupby(names).sum(min_count=1)
    return variance**0.5


def risk_value_matrix(segments: pd.DataFrame) -> pd.DataFrame:
    """Cross churn risk with value tier.

    Returns
    -------
    DataFrame
        `churn_risk`, `value_tier`, `customers`, `clv`: one row per combination that occurs, high risk and
        high value first. Where there are fewer than `MIN_GROUP` customers, number and sum are missing.
    """
    customers = segments.sort_values("customer_key")
    groups = customers.groupby(["churn_risk", "value_tier"])
    cells = groups.agg(customers=("customer_key", "size")).join(groups["clv"].sum(min_count=1))
    order = [(risk, value) for risk in ("high", "medium", "low", "unknown") for value in VALUE_TIERS]
    matrix = cells.loc[[cell for cell in order if cell in cells.index]].reset_index()
    small = matrix["customers"] < MIN_GROUP
    matrix["customers"] = matrix["customers"].astype("Int64").mask(small)
    matrix["clv"] = matrix["clv"].mask(small)
    return matrix


def rfm_summary(segments: pd.DataFrame) -> pd.DataFrame:
    """Sum up each RFM group.

    Returns
    -------
    DataFrame
        `rfm_group`, `customers`, `spend_total`, `clv`, in the order of `RFM_GROUPS`, small ones merged into
        "other" as in `segment_summary`; only groups that occur. The CLV is missing where nobody's is known.
    """
    customers = segments.sort_values("customer_key")
    sizes = customers["rfm_group"].value_counts().reindex(RFM_GROUPS, fill_value=0)
    small = customers["rfm_group"].isin(_too_small(sizes[sizes > 0]))
    groups = customers.groupby(customers["rfm_group"].mask(small, "other"))
    summary = groups.agg(customers=("customer_key", "size"), spend_total=("spend_total", "sum"))
    summary = summary.join(groups["clv"].sum(min_count=1))
    return summary.reindex([one for one in (*RFM_GROUPS, "other") if one in summary.index]).reset_index()


def stage_counts(segments: pd.DataFrame) -> pd.DataFrame:
    """Count customers per `lifecycle_stage`: `customers` is missing where fewer than `MIN_GROUP`."""
    counts = segments["lifecycle_stage"].value_counts().reindex(LIFECYCLE_STAGES, fill_value=0)
    counts = counts[counts > 0].astype("Int64")
    return counts.mask(counts < MIN_GROUP).rename_axis("lifecycle_stage").rename("customers").reset_index()


def _too_small(sizes: pd.Series[Any]) -> list[str]:
    """Name the segments to merge: all small ones, and where they are too few together, one more.

    That is the smallest of those nobody spends money on, as far as there is one: the others are what the page
    is read for.
    """
    ascending = sizes.sort_values(kind="stable")
    small, large = (ascending[is_one] for is_one in (ascending < MIN_GROUP, ascending >= MIN_GROUP))
    if small.sum() >= MIN_GROUP or small.empty:
        return list(map(str, small.index))
    costs_money = large.index.map(NEXT_ACTIONS).isin(COSTLY_ACTIONS)
    one_more = large.index[np.argsort(costs_money, kind="stable")][:1]
    return list(map(str, [*small.index, *one_more]))
