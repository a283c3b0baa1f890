"""From accepted rows to customers with keys, and their orders in one order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables import contracts, identity
from pipeline.tables.io import to_pandas
from pipeline.tables.numbers import places_in_order
from pipeline.tables.parallel import on_all_cores
from pipeline.tables.policies import Policies
from pipeline.tables.spec import OrderSource, title

PACKAGE = "pipeline.tables"


def customers_of_purchases(con: Connection, keyed: pa.Table) -> pa.Table:
    """Make ``purchases`` and ``identities`` out of the accepted rows.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    keyed : pyarrow.Table
        From `pipeline.tables.numbers.keyed`.

    Returns
    -------
    pyarrow.Table
        Of `keyed` those who bought.
    """
    duck.run(con, duck.sql_file(PACKAGE, "sql/purchases.sql"), name="purchases")
    numbers = duck.arrow(con, "SELECT customer_no FROM purchases", name="buyers")["customer_no"].to_numpy()
    bought = np.zeros(len(keyed), dtype=bool)
    bought[numbers] = True
    identities = keyed.filter(pa.array(bought[keyed["customer_no"].to_numpy()]))
    duck.register(con, "identities", identities)
    return identities


def orders_of(
    con: Connection, spec: OrderSource, keyed: pa.Table, where: str, *, keep_zero: bool
) -> pd.DataFrame:
    """Make the table ``orders`` out of ``purchases``.

    Raises
    ------
    UserError
        If nothing was bought.
    """
    statement = duck.sql_file(PACKAGE, "sql/orders.sql")
    rows = duck.arrow(con, statement, {"keep_zero": keep_zero}, name="orders")
    if not rows.num_rows:
        raise UserError(f"{title(spec)} has returns but no orders", where=f"{where}.path")
    places = np.empty(len(keyed), np.int32)
    places[keyed["customer_no"].to_numpy()] = np.arange(len(keyed), dtype=np.int32)
    rows = _replaced(rows, "customer_no", pa.array(places[rows["customer_no"].to_numpy()]))
    # Few words, or none at all: numbers are quicker to move.
    rows = in_order(_replaced(rows, "channel", rows["channel"].dictionary_encode()))
    keys = pd.Index(keyed["customer_key"].to_pandas())
    customers = pd.Categorical.from_codes(rows["customer_no"].to_numpy(), keys, validate=False)
    orders = to_pandas(rows.drop_columns("customer_no"))
    orders.insert(0, "customer_key", pd.Series(customers))
    contracts.check(orders, contracts.ORDERS)
    return orders


def _replaced(rows: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    return rows.set_column(rows.column_names.index(name), name, values)


def in_order(rows: pa.Table) -> pa.Table:
    """Sort by customer_no, ordered_at, amount, lines and channel.

    Numbers sort in a fraction of the time of rows. First the times, which a stable sort does at once where
    they are in order already, as in most logs; then each customer's number; at last what is still equal.
    """
    times, numbers = rows["ordered_at"].to_numpy(), rows["customer_no"].to_numpy()
    by_time = np.argsort(times, kind="stable")
    order = by_time[places_in_order(numbers[by_time])]
    times, numbers = times[order], numbers[order]
    again = np.zeros(len(times) + 1, dtype=bool)
    again[1:-1] = (numbers[1:] == numbers[:-1]) & (times[1:] == times[:-1])
    tied = np.flatnonzero(again[1:] | again[:-1])
    if len(tied):
        moments = pa.array(np.cumsum(~again[:-1])[tied])
        equal = rows.select(["amount", "lines", "channel"]).take(order[tied]).append_column("moment", moments)
        equal = equal.set_column(2, "channel", equal["channel"].cast(pa.string()))
        keys = [(name, "ascending") for name in ("moment", "amount", "lines", "channel")]
        order[tied] = order[tied][pc.sort_indices(equal, sort_keys=keys).to_numpy()]
    places = pa.array(order)
    columns = on_all_cores(lambda column: column.combine_chunks().take(places), rows.columns)
    return pa.table(columns, schema=rows.schema)


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
        WHERE customer_no IN (SELECT customer_no FROM judged WHERE left_out = 'test_accounts')"""
    [(every, told)] = duck.run(con, excluded, name="test accounts").fetchall()
    counts["test_customers"] = {"left_out": every, "known_from_customers_table": told}
    return counts
