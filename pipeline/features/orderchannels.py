"""The channel that a customer orders through, as known before each cutoff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from pipeline.engine.duck import arrow, connect, register
from pipeline.tables.io import to_pandas

MAIN_CHANNEL = """
WITH counted AS (
    SELECT cutoff, customer_key, channel, count(*) AS ordered
    FROM orders
    JOIN cutoffs ON ordered_at < cutoff
    WHERE channel IS NOT NULL
    GROUP BY ALL
)
SELECT customer_key, cutoff, max_by(channel, (ordered, channel)) AS order_channel
FROM counted
GROUP BY ALL
ORDER BY cutoff, customer_key
"""


def main_channels(orders: pd.DataFrame, cutoffs: Sequence[date]) -> pd.DataFrame:
    """Name the channel that most of a customer's orders before each cutoff went through.

    Parameters
    ----------
    orders : DataFrame
        `customer_key`, `ordered_at` and `channel`, missing where it is not known.
    cutoffs : sequence of date

    Returns
    -------
    DataFrame
        `customer_key`, `cutoff`, `order_channel`; of two equally frequent ones the last by name. Who has no
        order of known channel before a cutoff is not in it.
    """
    with connect() as con:
        register(con, "orders", orders)
        register(con, "cutoffs", pd.DataFrame({"cutoff": pd.to_datetime(list(cutoffs))}))
        return to_pandas(arrow(con, MAIN_CHANNEL, name="main_channels"))
