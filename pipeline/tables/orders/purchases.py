"""From accepted rows to customers with keys, and their orders in one order."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables import contracts
from pipeline.tables.columns import as_numbers, repeated, whole
from pipeline.tables.io import to_pandas
from pipeline.tables.orders import identity
from pipeline.tables.orders.numbers import Numbers, Places, sorted_with_places
from pipeline.tables.orders.policies import Policies
from pipeline.tables.orders.verdicts import accepted
from pipeline.tables.parallel import on_all_cores, taken
from pipeline.tables.sources.readers import Raw
from pipeline.tables.sources.spec import OrderSource, title

PACKAGE = "pipeline.tables.orders"
WORD = pa.dictionary(pa.int32(), pa.string())


def bought(con: Connection, spec: OrderSource, judged: Raw, where: str, *, keep_zero: bool) -> pa.Table:
    """Make ``purchases`` out of the accepted rows, and return those that are orders.

    Most rows are orders as they stand: in Arrow they are not copied.

    Returns
    -------
    pyarrow.Table
        customer_no, ordered_at, amount, lines, channel, in no order; the empty channel is none.

    Raises
    ------
    UserError
        If nothing was bought.
    """
    duck.run(con, duck.sql_file(PACKAGE, "sql/purchases.sql"), name="purchases")
    least = "amount >= 0" if keep_zero else "amount > 0"
    of_lines = f"SELECT customer_no, ordered_at, amount, lines, channel FROM summed WHERE {least}"
    summed = duck.arrow(con, of_lines, name="summed")
    alone = pc.and_(accepted(judged.rows), pc.fill_null(judged.rows["only_line"], True))
    alone = pc.and_kleene(alone, _paid(judged.rows["paid"], or_zero=keep_zero))
    has_channel = judged.columns["channel"] is not None
    names = ["customer_no", "ordered_at", "paid", *(["channel"] if has_channel else [])]
    rows = _kept(judged.rows.select(names), alone)
    lines = np.ones(len(rows), np.int64)
    channels = _words(rows["channel"]) if has_channel else repeated(pa.scalar(None, WORD), len(rows))
    rows = pa.table([*rows.columns[:3], lines, channels], names=summed.column_names)
    if summed.num_rows:
        rows = pa.concat_tables([rows, summed.cast(rows.schema)])
    if not rows.num_rows:
        raise UserError(f"{title(spec)} has returns but no orders", where=f"{where}.path")
    return rows


def _paid(amounts: pa.ChunkedArray, *, or_zero: bool) -> pa.ChunkedArray:
    """Tell which amounts are above zero, or zero."""
    numbers = as_numbers(amounts)
    return pc.greater_equal(numbers, 0) if or_zero else pc.greater(numbers, 0)


def _kept(rows: pa.Table, chosen: pa.ChunkedArray) -> pa.Table:
    return rows if pc.all(chosen).as_py() else rows.filter(chosen)


def _words(texts: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return few words as numbers, which are quicker to move; the empty word is none."""
    words = texts.dictionary_encode().combine_chunks()
    if pc.any(pc.equal(words.dictionary, "")).as_py():
        return _words(pc.if_else(pc.equal(texts, ""), None, texts))
    return words


def orders_of(rows: pa.Table, keyed: pa.Table) -> pa.Table:
    """Make the table of orders.

    Parameters
    ----------
    rows : pyarrow.Table
        From `bought`.
    keyed : pyarrow.Table
        From `pipeline.tables.orders.numbers.keyed`.
    """
    places = np.empty(len(keyed), np.int32)
    places[keyed["customer_no"].to_numpy()] = np.arange(len(keyed), dtype=np.int32)
    of_rows = taken(places, whole(rows["customer_no"]).to_numpy())
    rows = _replaced(rows, "customer_no", pa.array(of_rows))
    rows = in_order(rows)
    customers = pa.DictionaryArray.from_arrays(
        whole(rows["customer_no"]), whole(keyed["customer_key"]), safe=False
    )
    return rows.drop_columns("customer_no").add_column(0, "customer_key", customers)


def frame_of(orders: pa.Table) -> pd.DataFrame:
    """Return orders as a frame, held against their contract."""
    customers = whole(orders["customer_key"])
    keys = pd.Index(customers.dictionary.to_pandas())
    frame = to_pandas(orders.drop_columns("customer_key"), copy=False)
    by_key = pd.Categorical.from_codes(customers.indices.to_numpy(), keys, validate=False)
    frame.insert(0, "customer_key", pd.Series(by_key, copy=False))
    contracts.check(frame, contracts.ORDERS)
    return frame


def customers_of_purchases(con: Connection, judged: Raw, keyed: pa.Table) -> pa.Table:
    """Make ``identities``, of all whose rows are accepted.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    judged : Raw
    keyed : pyarrow.Table
        From `pipeline.tables.orders.numbers.keyed`.

    Returns
    -------
    pyarrow.Table
        Of `keyed` those who bought.
    """
    numbers = _kept(judged.rows.select(["customer_no"]), accepted(judged.rows))["customer_no"]
    has_bought = np.zeros(len(keyed), dtype=bool)
    has_bought[numbers.to_numpy()] = True
    of_keyed = pa.chunked_array([pa.array(has_bought[whole(keyed["customer_no"]).to_numpy()])])
    identities = _kept(keyed, of_keyed)
    duck.register(con, "identities", identities)
    return identities


def _replaced(rows: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    return rows.set_column(rows.column_names.index(name), name, values)


def in_order(rows: pa.Table) -> pa.Table:
    """Sort by customer_no, ordered_at, amount, lines and channel.

    Numbers sort in a fraction of the time of rows: first the times, then each customer's number, at last what
    is still equal.
    """
    times = rows["ordered_at"].to_numpy()
    order, numbers = _by_number_and_time(whole(rows["customer_no"]).to_numpy(), times)
    times = taken(times, order)
    varied = [name for name in ("amount", "lines", "channel") if not _is_alike(rows[name])]
    others = dict(zip(varied, on_all_cores(whole, map(rows.column, varied)), strict=True))
    again = np.zeros(len(times) + 1, dtype=bool)
    again[1:-1] = (numbers[1:] == numbers[:-1]) & (times[1:] == times[:-1])
    tied = np.flatnonzero(again[1:] | again[:-1])
    if len(tied):
        some = pa.array(order[tied])
        # What Arrow can sort.
        kinds = {"amount": pa.decimal128(18, 4), "lines": pa.int64(), "channel": pa.string()}
        equal = {name: column.take(some).cast(kinds[name]) for name, column in others.items()}
        equal = {"moment": pa.array(np.cumsum(~again[tied])), **equal}
        keys = [(name, "ascending") for name in equal]
        order[tied] = order[tied][pc.sort_indices(pa.table(equal), sort_keys=keys).to_numpy()]
    places = pa.array(order)
    moved = on_all_cores(lambda column: column.take(places), others.values())
    found = dict(zip(varied, moved, strict=True))
    columns = [found.get(name, rows[name]) for name in ("amount", "lines", "channel")]
    return pa.table([pa.array(numbers), pa.array(times), *columns], schema=rows.schema)


def _is_alike(column: pa.ChunkedArray) -> bool:
    """Tell whether all values of a column are seen to be one, such as one line each: it needs no order."""
    if column.null_count == len(column):
        return True
    return pa.types.is_integer(column.type) and len(set(pc.min_max(column).as_py().values())) == 1


def _by_number_and_time(numbers: Numbers, times: npt.NDArray[np.datetime64]) -> tuple[Places, Numbers]:
    """Sort numbers, equal ones in the order of their times; return their places and them."""
    if (times[1:] >= times[:-1]).all():  # as in most logs
        return sorted_with_places(numbers)
    by_time = np.argsort(times, kind="stable")
    places, ascending = sorted_with_places(numbers[by_time])
    return by_time[places], ascending


def policy_counts(con: Connection, spec: OrderSource, policies: Policies) -> dict[str, Any]:
    """Count what concerns customers: order ids they share, ids that are not linked, those left out."""
    counts: dict[str, Any] = {}
    if spec.columns.order_id:
        shared = """
            SELECT count(*) FROM (
                SELECT order_id FROM summed
                GROUP BY order_id HAVING min(customer_no) <> max(customer_no))"""
        [(count,)] = duck.run(con, shared, name="shared order ids").fetchall()
        counts["order_ids_of_several_customers"] = count
    if policies.id_map:
        counts["unlinked"] = identity.unlinked(con)
    excluded = """
        SELECT count(*), count(*) FILTER (WHERE customer_id IN (SELECT customer_id FROM test_accounts))
        FROM customers
        WHERE customer_no IN (SELECT customer_no FROM left_out_rows WHERE left_out = 'test_accounts')"""
    [(every, told)] = duck.run(con, excluded, name="test accounts").fetchall()
    counts["test_customers"] = {"left_out": every, "known_from_customers_table": told}
    return counts
