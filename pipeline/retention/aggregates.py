"""Sums over segments, RFM groups and stages that may be shown: none of fewer customers than `MIN_GROUP`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipeline.privacy.groups import MIN_GROUP
from pipeline.retention.actions import COSTLY_ACTIONS, NEXT_ACTIONS, SEGMENTS
from pipeline.retention.lifecycle import LIFECYCLE_STAGES, VALUE_TIERS
from pipeline.retention.rfm import RFM_GROUPS

BEST_CUSTOMERS = ("vip_secure", "champions")


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
    names = _without_small(customers["segment"], SEGMENTS)
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
        "other" as in `segment_summary`; only groups that occur, none of a shop of fewer than `MIN_GROUP`. The
        CLV is missing where nobody's is known.
    """
    customers = segments.sort_values("customer_key")
    groups = customers.groupby(_without_small(customers["rfm_group"], RFM_GROUPS))
    summary = groups.agg(customers=("customer_key", "size"), spend_total=("spend_total", "sum"))
    summary = summary.join(groups["clv"].sum(min_count=1))
    summary = summary[summary["customers"] >= MIN_GROUP]
    return summary.reindex([one for one in (*RFM_GROUPS, "other") if one in summary.index]).reset_index()


def stage_counts(segments: pd.DataFrame) -> pd.DataFrame:
    """Count customers per `lifecycle_stage`: `customers` is missing where fewer than `MIN_GROUP`."""
    counts = segments["lifecycle_stage"].value_counts().reindex(LIFECYCLE_STAGES, fill_value=0)
    counts = counts[counts > 0].astype("Int64")
    return counts.mask(counts < MIN_GROUP).rename_axis("lifecycle_stage").rename("customers").reset_index()


def _without_small(names: pd.Series[str], order: Sequence[str]) -> pd.Series[str]:
    """Put "other" in the place of the groups that are too small; of equal sizes the first in order goes."""
    sizes = names.value_counts().reindex(list(order), fill_value=0)
    return names.mask(names.isin(_too_small(sizes[sizes > 0])), "other")


def _too_small(sizes: pd.Series[Any]) -> list[str]:
    """Name the groups to merge: all small ones, and where they are too few together, one more.

    That is the smallest of those nobody spends money on and that are not the best customers, as far as there
    is one: the others are what the page is read for.
    """
    ascending = sizes.sort_values(kind="stable")
    small, large = (ascending[is_one] for is_one in (ascending < MIN_GROUP, ascending >= MIN_GROUP))
    if small.sum() >= MIN_GROUP or small.empty:
        return list(map(str, small.index))
    read_for = large.index.isin(BEST_CUSTOMERS) | large.index.map(NEXT_ACTIONS).isin(COSTLY_ACTIONS)
    one_more = large.index[np.argsort(read_for, kind="stable")][:1]
    return list(map(str, [*small.index, *one_more]))
