"""The order of the orders: by key, then by all columns, however the rows come."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tables.orders import purchases
from pipeline.tables.orders.purchases import Bought, by_customer_and_time, orders_of

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
@given(
    rows=st.lists(NEAR, min_size=1, max_size=40) | st.lists(FAR, min_size=1, max_size=12),
    keys=st.permutations(range(40)),
    part_rows=st.integers(1, 50),
)
def test_rows_are_sorted_by_key_and_all_columns(
    rows: list[tuple[int, int, int, int, str | None]], keys: list[int], part_rows: int
) -> None:
    customers, moments, units, lines, channels = zip(*rows, strict=True)
    _, numbers = np.unique(customers, return_inverse=True)
    table = pa.table(
        {
            "customer_no": pa.array(numbers, pa.int32()),
            "ordered_at": pa.array(moments, pa.timestamp("us")),
            "amount": pa.array([Decimal(unit).scaleb(-4) for unit in units], pa.decimal128(18, 4)),
            "lines": pa.array(lines, pa.int64()),
            "channel": pa.array(channels, pa.string()),
        }
    )
    keyed = pa.table({"customer_no": keys, "customer_key": [f"c{place:02}" for place in range(40)]})
    of_rows = keyed["customer_key"].take(
        pc.index_in(table["customer_no"].cast("int64"), keyed["customer_no"])
    )
    expected = table.set_column(0, "customer_key", of_rows)
    expected = expected.sort_by([(name, "ascending") for name in expected.column_names])
    by_time = np.argsort(moments, kind="stable")
    known = Bought(table.take(by_time), np.argsort(numbers[by_time], kind="stable"))
    for found in (Bought(table, None), Bought(table, np.argsort(numbers, kind="stable")), known):
        order = by_customer_and_time(found)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(purchases, "PART_ROWS", part_rows)
            orders = pa.concat_tables(orders_of(found.rows, order, keyed))
        decoded = orders["customer_key"].cast(pa.string())
        assert orders.set_column(0, "customer_key", decoded).equals(expected)
