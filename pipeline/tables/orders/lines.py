"""Which rows are orders by themselves: no other has their order id, so none is to be summed or compared."""

from __future__ import annotations

from concurrent.futures import Executor, Future

import pyarrow as pa

from pipeline.engine.duck import Connection
from pipeline.tables.orders.numbers import hashed, without_twin
from pipeline.tables.sources.readers import Raw


def find_only_lines(con: Connection, raw: Raw, aside: Executor) -> Future[pa.BooleanArray]:
    """Begin to find, for every row, whether it is the only line of its order; NULL without order ids."""
    if not raw.columns["order_id"]:
        return aside.submit(pa.nulls, raw.rows.num_rows, pa.bool_())
    found, _ = hashed(con, raw.rows["order_id"])
    return aside.submit(lambda: pa.array(without_twin(found)))
