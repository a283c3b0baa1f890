"""The order of the orders: that of sorting all columns, however the rows come."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tables.orders.purchases import in_order

CHANNEL = st.sampled_from(["web", "shop", None])
NEAR = st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(-1, 1), st.integers(1, 2), CHANNEL)
FAR = st.tuples(
    st.integers(0, 2**31 - 1),
    st.integers(0, 2**52),
    st.integers(-(10**17), 10**17),
    st.integers(1, 2**40),
    CHANNEL,
)


@settings(deadline=None, max_examples=60)
@given(st.lists(NEAR, min_size=1, max_size=40) | st.lists(FAR, min_size=1, max_size=12))
def test_rows_are_sorted_by_all_columns(rows: list[tuple[int, int, int, int, str | None]]) -> None:
    numbers, moments, units, lines, channels = zip(*rows, strict=True)
    table = pa.table(
        {
            "customer_no": pa.array(numbers, pa.int32()),
            "ordered_at": pa.array(moments, pa.timestamp("us")),
            "amount": pa.array([Decimal(unit).scaleb(-4) for unit in units], pa.decimal128(18, 4)),
            "lines": pa.array(lines, pa.int64()),
            "channel": pa.array(channels, pa.string()),
        }
    )
    everything = [(name, "ascending") for name in table.column_names]
    assert in_order(table).equals(table.sort_by(everything))
    by_time = table.take(np.argsort(np.array(moments)))
    assert in_order(by_time).equals(table.sort_by(everything))
