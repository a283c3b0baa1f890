"""Risk band, value tier and lifecycle stage of each customer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

CHURN_RISKS: tuple[str, ...] = ("low", "medium", "high", "unknown")
VALUE_TIERS: tuple[str, ...] = ("high", "medium", "low", "unknown")
SHOWN_DIGITS = 4
"""Of a churn probability, in the files of the CRM."""
LIFECYCLE_STAGES: tuple[str, ...] = ("new", "active", "at_risk", "dormant", "lost", "unknown")


def churn_risk(probability: pd.Series[Any], *, risk_medium: float, risk_high: float) -> pd.Series[Any]:
    """Band the churn probability: low < `risk_medium` <= medium < `risk_high` <= high; missing is unknown.

    As it is shown, so that nobody sees 0.8000 called medium where high begins at 0.8.
    """
    probability = probability.round(SHOWN_DIGITS)
    return _first_match(
        probability.index,
        (probability.isna(), "unknown"),
        (probability >= risk_high, "high"),
        (probability >= risk_medium, "medium"),
        otherwise="low",
    )


def value_tier(
    clv: pd.Series[Any], *, high_share: float, medium_share: float, floor: float = 0.0
) -> pd.Series[Any]:
    """Tier customers by expected CLV: the top `high_share`, the next `medium_share`, the rest.

    Equal values share a tier, and only if all of them fit into it: a tier is never larger than its share.
    A CLV below the floor, or of zero and less, is always low; a missing one is unknown, and not counted
    among the customers.
    """
    at_least_as_good = clv.rank(method="max", ascending=False)
    known = clv.notna().sum()
    return _first_match(
        clv.index,
        (clv.isna(), "unknown"),
        ((clv <= 0) | (clv < floor), "low"),
        (at_least_as_good <= _places(known, high_share), "high"),
        (at_least_as_good <= _places(known, high_share + medium_share), "medium"),
        otherwise="low",
    )


def lifecycle_stage(customers: pd.DataFrame, *, horizon_days: int) -> pd.Series[Any]:
    """Place each customer in the life of a customer; the first row that fits decides.

    *Silence* is `days_since_last` in units of what is usual: the customer's own mean gap between orders,
    but at least the horizon; for customers with one order day, the horizon.

    ========  ==========================================================================================
    unknown   `days_since_last` is missing
    new       one order day so far, silence < 1
    active    silence < 1 and risk not high, or risk low: the model expects the next order, however long ago
              the last one is
    lost      silence >= 4
    dormant   silence >= 2, or one order day only
    at_risk   the rest: a repeat customer with silence below 2 who is late (>= 1) or of high risk
    ========  ==========================================================================================

    Parameters
    ----------
    customers : DataFrame
        `days_since_last`, `frequency`, `overdue` (days_since_last / mean gap, NaN with one order day) and
        `churn_risk`.
    horizon_days : int
        The churn window in days.
    """
    days = customers["days_since_last"].astype("float64")
    once = customers["frequency"].fillna(0) < 1
    in_horizons = days / horizon_days
    in_gaps = customers["overdue"].astype("float64").where(~once)
    silence = in_horizons.clip(upper=in_gaps)  # without a gap, no limit
    risk = customers["churn_risk"]
    return _first_match(
        customers.index,
        (days.isna(), "unknown"),
        (once & (silence < 1), "new"),
        ((risk == "low") | ((silence < 1) & (risk != "high")), "active"),
        (silence >= 4, "lost"),
        (once | (silence >= 2), "dormant"),
        otherwise="at_risk",
    )


def _places(customers: int, share: float) -> int:
    # 0.1 + 0.2 of 10 customers are 3 places, whatever binary fractions make of it.
    return int(np.floor(customers * share + 1e-9))


def _first_match(index: pd.Index[Any], *rules: tuple[pd.Series[Any], str], otherwise: str) -> pd.Series[Any]:
    conditions = [np.asarray(condition, dtype=bool) for condition, _ in rules]
    names = [name for _, name in rules]
    return pd.Series(np.select(conditions, names, default=otherwise), index=index, dtype="str")
