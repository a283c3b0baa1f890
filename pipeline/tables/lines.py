"""Which rows are orders by themselves: no other has their order id, so none is to be summed or compared."""

from __future__ import annotations

from concurrent.futures import Executor, Future

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.engine.duck import Connection
from pipeline.tables.numbers import Hashes, hashes, places_in_order
from pipeline.tables.sources import Raw


def find_only_lines(con: Connection, raw: Raw, aside: Executor) -> Future[pa.BooleanArray]:
    """Begin to find, for every row, whether it is the only line of its order; NULL without order ids."""
    if not raw.columns["order_id"]:
        return aside.submit(pa.nulls, raw.rows.num_rows, pa.bool_())
    found = hashes(con, raw.rows["order_id"])
    return aside.submit(lambda: pa.array(without_twin(found)))


def without_twin(hashes: Hashes) -> npt.NDArray[np.bool_]:
    """Tell which hashes stand there once, by the sort of their first bits.

    What is equal in those alone is taken for twins: such rows go the long way to the same orders.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    keys = hashes >> np.uint64(len(hashes).bit_length() + 1)
    order = places_in_order(keys)
    grouped = keys[order]
    twins = np.flatnonzero(grouped[1:] == grouped[:-1])
    single = np.ones(len(hashes), dtype=bool)
    single[order[twins]] = False
    single[order[twins + 1]] = False
    return single
