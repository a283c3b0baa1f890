"""Retention figures of a shop, each ratio with the two numbers it is made of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.engine.duck import arrow, connect, register, sql_file
from pipeline.privacy.groups import MIN_GROUP
from pipeline.tables.io import to_pandas

COHORTS_KEPT = 24


def retention_kpis(
    orders: pd.DataFrame, as_of: date, horizon_days: int, returns: pd.DataFrame | None = None
) -> dict[str, Any]:
    """Compute the headline retention figures from the orders before `as_of`.

    The *last full period* is ``[as_of - horizon_days, as_of)``. A customer is active at its start (S) with
    an order in the window of equal length before it, and active at its end (E) with an order in the period
    itself.

    Parameters
    ----------
    orders : DataFrame
        The orders table: `customer_key`, `ordered_at`, `amount`; any row order.
    as_of : date
        The first day that is not known.
    horizon_days : int
        How many days without an order make a customer inactive.
    returns : DataFrame, optional
        What was given back of which order: `ordered_at`, `netted`. Revenue is net of it; an order stays one.

    Returns
    -------
    dict
        Plain numbers, ISO dates and ratios ``{"value", "numerator", "denominator"}``; a ratio over nobody
        has the value None. Shares are fractions, not per cent.

        ``order_days``
            Days with an order, counted by customer.
        ``churn_rate_literal``
            (S - E) / S, the textbook formula. Newcomers count in E, so it turns negative when a shop grows.
        ``churn_rate_cohort``
            (S - those of S who are in E) / S: what share of the customers it had did the shop lose.
        ``customer_retention_rate``
            (E - gained) / S, where gained are the newly won and the returned; with the cohort rate it makes
            1.
    """
    period = timedelta(days=horizon_days)
    windows = {"as_of": as_of, "period_start": as_of - period, "before_start": as_of - 2 * period}
    row = _query("kpis.sql", orders, returns, **windows).iloc[0]
    count = {name: int(row[name]) for name in row.index if name not in _NOT_COUNTS}
    revenue, median_gap = float(row["revenue"]), row["median_gap_days"]
    at_start, at_end, retained = count["active_at_start"], count["active_at_end"], count["retained"]
    first_order_on = _iso(row["first_order_on"])
    return {
        "as_of": as_of.isoformat(),
        "horizon_days": horizon_days,
        "first_order_on": first_order_on,
        "last_order_on": _iso(row["last_order_on"]),
        "customers": count["customers"],
        "orders": count["orders"],
        "order_days": count["order_days"],
        "revenue": revenue,
        "average_order_value": _ratio(revenue, count["orders"]),
        "orders_per_customer": _ratio(count["orders"], count["customers"]),
        "repeat_purchase_rate": _ratio(count["repeat_customers"], count["customers"]),
        "median_gap_days": None if pd.isna(median_gap) else float(median_gap),
        "active_customers": at_end,
        "last_period": {
            "before_start": windows["before_start"].isoformat(),
            "start": windows["period_start"].isoformat(),
            "end": as_of.isoformat(),
            "fully_observed": first_order_on is not None
            and first_order_on <= windows["before_start"].isoformat(),
            "active_at_start": at_start,
            "active_at_end": at_end,
            "retained": retained,
            "lost": at_start - retained,
            "new": count["new"],
            "returned": at_end - retained - count["new"],
        },
        "churn_rate_literal": _ratio(at_start - at_end, at_start),
        "churn_rate_cohort": _ratio(at_start - retained, at_start),
        "customer_retention_rate": _ratio(retained, at_start),
    }


def cohorts(orders: pd.DataFrame, as_of: date, *, min_group: int = MIN_GROUP) -> pd.DataFrame:
    """Follow the customers won in each month through the months after.

    Returns
    -------
    DataFrame
        `cohort` (first day of the month of the first order), `month_offset` (0 is that month), `customers`
        (size of the cohort), `active` (those with an order in that later month), `retention` (active /
        customers). The last 24 cohorts; only calendar months that lie wholly before `as_of`; months in
        which nobody ordered are there. Cohorts of fewer than `min_group` are left out: their shares would
        tell of single customers.
    """
    found = _query("cohorts.sql", orders, as_of=as_of, keep=COHORTS_KEPT)
    return found[found["customers"] >= min_group].reset_index(drop=True)


def monthly(
    orders: pd.DataFrame, returns: pd.DataFrame | None = None, *, min_group: int = MIN_GROUP
) -> pd.DataFrame:
    """Sum up each calendar month: `month`, `orders`, `customers`, `new_customers`, `revenue`.

    The first and the last month may be incomplete: they are as they are in the orders. Revenue is net of
    returns, in the month of the order. All is missing where somebody ordered, but fewer than
    `min_group`.
    """
    found = _query("monthly.sql", orders, returns).set_index("month")
    counts = [name for name in found if name != "revenue"]
    few = found["customers"].between(1, min_group - 1)
    return found.astype(dict.fromkeys(counts, "Int64")).mask(few).reset_index()


_NO_RETURNS = pa.schema({"ordered_at": pa.timestamp("us"), "netted": pa.decimal128(18, 4)}).empty_table()
_NOT_COUNTS = ("revenue", "median_gap_days", "first_order_on", "last_order_on")


def _query(
    file: str, orders: pd.DataFrame, returns: pd.DataFrame | None = None, **parameters: object
) -> pd.DataFrame:
    with connect() as con:
        register(con, "orders", orders)
        register(con, "returns", _NO_RETURNS if returns is None else returns)
        return to_pandas(arrow(con, sql_file("pipeline.retention", file), parameters, name=file))


def _ratio(numerator: float, denominator: int) -> dict[str, float | None]:
    value = numerator / denominator if denominator else None
    return {"value": value, "numerator": numerator, "denominator": denominator}


def _iso(day: Any) -> str | None:
    return None if pd.isna(day) else str(pd.Timestamp(day).date())
