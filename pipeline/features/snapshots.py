"""Binds cutoffs to the feature SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import pandas as pd
import pyarrow as pa

from pipeline.engine.duck import arrow, connect, register, run, sql_file
from pipeline.features.catalogue import TOPICS
from pipeline.features.statement import statement
from pipeline.tables.io import to_pandas

LABEL_TYPES = {
    "churned": "boolean",
    "silent_at_first": "boolean",
    "future_orders": "Int64",
    "future_spend": "float64",
}
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

OUTCOMES = """
WITH labels AS ({labels})
SELECT
    customer_key,
    future_orders IS NULL AS churned,
    coalesce(silent_at_first, true) AS silent_at_first,
    coalesce(future_orders, 0) AS future_orders,
    coalesce(future_spend, 0) AS future_spend
FROM (SELECT DISTINCT customer_key FROM customer_days)
LEFT JOIN labels USING (customer_key)
ORDER BY customer_key
"""

DAYS = """
CREATE TABLE customer_days AS
SELECT * REPLACE (
    day::DATE AS day,
    gap_days::INTEGER AS gap_days,
    known_from::DATE AS known_from,
    known_until::DATE AS known_until
)
FROM all_days
"""  # pandas has no dates, and no INTEGER with missing values


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
        return to_pandas(
            arrow(con, sql_file("pipeline.features", "sql/customer_days.sql"), name="customer_days")
        )


def snapshots(
    days: pd.DataFrame,
    cutoffs: Sequence[date],
    *,
    horizon_days: int,
    as_of: date,
    returns: pd.DataFrame | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> Iterator[pa.Table]:
    """Describe each customer as known before each cutoff, and label what followed; one cutoff at a time.

    Parameters
    ----------
    days : DataFrame
        As made by `customer_days`.
    cutoffs : sequence of date
        Features use what was known before it, labels the `horizon_days` days from it as known at their end.
    horizon_days : int
        Length of the label window in days.
    as_of : date
        The first day that is not known: a window that ends after it gives no label.
    returns : DataFrame, optional
        As for `customer_days`.
    tables : mapping of str to DataFrame, optional
        Those of `catalogue.TABLES` that the shop has and wants used, by name: optional tables, and `orders`
        where they have a channel. Topics that need another have no columns.

    Yields
    ------
    pyarrow.Table
        For each cutoff one row per customer with an order before it, sorted by customer. The features are
        described in docs/features.md; the last four columns are the labels `churned`, `silent_at_first` (no
        order in the first half), `future_orders` (distinct days) and `future_spend`, missing where the
        window is not fully observed.
    """
    given = tables or {}
    sql = statement([topic for topic in TOPICS if given.keys() >= {*topic.tables}])
    with connect() as con:
        register(con, "all_days", days)
        run(con, DAYS, name="days")
        register(con, "returns", NO_RETURNS if returns is None else returns)
        for name, rows in given.items():
            register(con, name, rows)
        for cutoff in cutoffs:
            is_observed = cutoff + timedelta(days=horizon_days) <= as_of
            bound = {"cutoff": cutoff, "horizon_days": horizon_days, "is_observed": is_observed}
            yield arrow(con, sql, bound, name="snapshot")


def snapshot(
    days: pd.DataFrame,
    cutoff: date,
    *,
    horizon_days: int,
    as_of: date,
    returns: pd.DataFrame | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Take the snapshot of one cutoff; see `snapshots`."""
    [table] = snapshots(
        days, [cutoff], horizon_days=horizon_days, as_of=as_of, returns=returns, tables=tables
    )
    return to_pandas(table).astype(LABEL_TYPES)


def outcomes(days: pd.DataFrame, windows: Sequence[tuple[date, int]]) -> list[pd.DataFrame]:
    """Say what every customer of the log did in some windows, as known at their ends.

    Parameters
    ----------
    days : DataFrame
        As made by `customer_days`, with all days of the windows.
    windows : sequence of (date, int)
        First day and length in days of each.

    Returns
    -------
    list of DataFrame
        For each window `customer_key` and the labels, as the snapshots have them; also of those whose first
        order came later.
    """
    sql = OUTCOMES.format(labels=sql_file("pipeline.features", "sql/labels.sql"))
    with connect() as con:
        register(con, "all_days", days)
        run(con, DAYS, name="days")
        return [
            to_pandas(arrow(con, sql, {"cutoff": start, "horizon_days": length}, name="outcomes"))
            for start, length in windows
        ]
