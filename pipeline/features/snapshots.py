"""Binds cutoffs to the feature SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
import pyarrow as pa

from pipeline.engine.duck import arrow, connect, register, sql_file
from pipeline.tables.io import to_pandas

LABEL_TYPES = {"churned": "boolean", "future_orders": "Int64", "future_spend": "float64"}
LABELS = list(LABEL_TYPES)
NO_RETURNS = pa.schema(
    {
        "customer_key": pa.string(),
        "returned_at": pa.timestamp("us"),
        "ordered_at": pa.timestamp("us"),
        "netted": pa.decimal128(18, 4),
        "orders_undone": pa.int32(),
        "lines_undone": pa.int32(),
    }
).empty_table()


def customer_days(orders: pd.DataFrame, returns: pd.DataFrame | None = None) -> pd.DataFrame:
    """Sum orders to one row per customer and day, and one more for each day on which a return changed it.

    Parameters
    ----------
    orders : DataFrame
        `customer_key`, `ordered_at`, `amount` (exact decimals) and `lines`, in any order.
    returns : DataFrame, optional
        `customer_key`, `returned_at` and what is taken from which order: `ordered_at`, `netted`,
        `orders_undone`, `lines_undone`, as in the returns table.

    Returns
    -------
    DataFrame
        `customer_key`, `day`, `orders`, `lines`, `amount`, `gap_days` since the customer's day before, and
        when this was known: from the evening of `known_from` to before that of `known_until` (missing: until
        today). Sorted by customer, day and `known_from`.
    """
    with connect() as con:
        register(con, "orders", orders)
        register(con, "returns", NO_RETURNS if returns is None else returns)
        return to_pandas(arrow(con, _sql("customer_days"), name="customer_days"))


def snapshots(days: pd.DataFrame, cutoffs: Sequence[date], *, horizon_days: int, as_of: date) -> pd.DataFrame:
    """Take a snapshot at each cutoff, one below the other; see `snapshot`."""
    return pd.concat(
        [snapshot(days, cutoff, horizon_days=horizon_days, as_of=as_of) for cutoff in cutoffs],
        ignore_index=True,
    )


def snapshot(days: pd.DataFrame, cutoff: date, *, horizon_days: int, as_of: date) -> pd.DataFrame:
    """Describe each customer as known before a cutoff, and label what followed.

    Parameters
    ----------
    days : DataFrame
        As made by `customer_days`.
    cutoff : date
        Features use what was known before it, labels the `horizon_days` days from it as known at their end.
    horizon_days : int
        Length of the label window in days.
    as_of : date
        The first day that is not known: a window that ends after it gives no label.

    Returns
    -------
    DataFrame
        One row per customer with an order before the cutoff, sorted by customer; the columns are described in
        docs/outputs.md. The last three are the labels `churned`, `future_orders` (distinct days) and
        `future_spend`, missing where the window is not fully observed.
    """
    horizon_end = cutoff + timedelta(days=horizon_days)
    with connect() as con:
        register(con, "customer_days", days)
        features = to_pandas(arrow(con, _sql("snapshot"), {"cutoff": cutoff}, name="snapshot"))
        window = {"cutoff": cutoff, "horizon_end": horizon_end}
        labels = to_pandas(arrow(con, _sql("labels"), window, name="labels"))
    if horizon_end > as_of:
        labels = pd.DataFrame(None, index=features.index, columns=LABELS)
    return features.join(labels.astype(LABEL_TYPES))


def _sql(name: str) -> str:
    return sql_file("pipeline.features", f"{name}.sql")
