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
from pipeline.privacy.pseudonyms import distinct_keys
from pipeline.tables import contracts, identity
from pipeline.tables.io import to_pandas
from pipeline.tables.policies import Policies
from pipeline.tables.spec import OrderSource, title

PACKAGE = "pipeline.tables"


def customers_of_purchases(con: Connection, spec: OrderSource, pepper: bytes) -> pd.DataFrame:
    """Make ``purchases`` and ``identities`` out of the accepted rows.

    Returns
    -------
    DataFrame
        customer_key, customer_id, and customer_no: the place of the key among all keys; sorted by id.
    """
    name = "purchases_of_lines" if spec.columns.order_id else "purchases_of_rows"
    duck.run(con, duck.sql_file(PACKAGE, f"sql/{name}.sql"), name=name)
    ids = duck.arrow(con, "SELECT DISTINCT customer_id FROM purchases ORDER BY customer_id")["customer_id"]
    keys = distinct_keys(ids, pepper)
    numbers = np.empty(len(keys), np.int32)
    numbers[pc.sort_indices(keys).to_numpy()] = np.arange(len(keys), dtype=np.int32)
    identities = pa.table({"customer_key": keys, "customer_id": ids, "customer_no": numbers})
    duck.register(con, "identities", identities)
    return to_pandas(identities)


def orders_of(
    con: Connection, spec: OrderSource, identities: pd.DataFrame, where: str, *, keep_zero: bool
) -> pd.DataFrame:
    """Make the table ``orders`` out of ``purchases``.

    Raises
    ------
    UserError
        If nothing was bought.
    """
    statement = duck.sql_file(PACKAGE, "sql/orders.sql")
    found = duck.arrow(con, statement, {"keep_zero": keep_zero}, name="orders")
    if not found.num_rows:
        raise UserError(f"{title(spec)} has returns but no orders", where=f"{where}.path")
    channel = found.column_names.index("channel")  # few words, or none at all: numbers are quicker to move
    found = found.set_column(channel, "channel", found["channel"].dictionary_encode())
    rows = in_order(found)
    keys = identities["customer_key"].take(np.argsort(identities["customer_no"]))
    customers = pd.Categorical.from_codes(rows["customer_no"].to_numpy(), keys.array, validate=False)
    orders = to_pandas(rows.drop_columns("customer_no"))
    orders.insert(0, "customer_key", pd.Series(customers))
    contracts.check(orders, contracts.ORDERS)
    return orders


def in_order(rows: pa.Table) -> pa.Table:
    """Sort by customer_no, ordered_at, amount, lines and channel.

    Numbers sort in a fraction of the time of rows. First the times, unless they are in order already, as in
    most logs; then each customer's number with the place of the row in it; at last what is still equal.
    """
    rows = rows.combine_chunks()
    times, numbers = rows["ordered_at"].to_numpy(), rows["customer_no"].to_numpy()
    by_time = None if np.all(times[:-1] <= times[1:]) else np.argsort(times)
    bits = len(times).bit_length()
    places = numbers.astype(np.int64) if by_time is None else numbers[by_time].astype(np.int64)
    places <<= bits
    places |= np.arange(len(times))
    places.sort()
    order = places & ((1 << bits) - 1)
    if by_time is not None:
        order = by_time[order]
    sorted_times = times[order]
    again = np.zeros(len(times) + 1, dtype=bool)
    again[1:-1] = (places[1:] >> bits == places[:-1] >> bits) & (sorted_times[1:] == sorted_times[:-1])
    tied = np.flatnonzero(again[1:] | again[:-1])
    if len(tied):
        moments = pa.array(np.cumsum(~again[:-1])[tied])
        equal = rows.select(["amount", "lines", "channel"]).take(order[tied]).append_column("moment", moments)
        equal = equal.set_column(2, "channel", equal["channel"].cast(pa.string()))
        keys = [(name, "ascending") for name in ("moment", "amount", "lines", "channel")]
        order[tied] = order[tied][pc.sort_indices(equal, sort_keys=keys).to_numpy()]
    return rows.take(order)


def policy_counts(con: Connection, spec: OrderSource, policies: Policies) -> dict[str, Any]:
    """Count what concerns customers: order ids they share, ids that are not linked, those left out."""
    counts: dict[str, Any] = {}
    if spec.columns.order_id:
        shared = """
            SELECT count(*) FROM (
                SELECT order_id FROM purchases
                GROUP BY order_id HAVING min(customer_id) <> max(customer_id))"""
        [(count,)] = duck.run(con, shared, name="shared order ids").fetchall()
        counts["order_ids_of_several_customers"] = count
    if policies.id_map:
        counts["unlinked"] = identity.unlinked(con)
    excluded = """
        SELECT count(*), count(*) FILTER (WHERE customer_id IN (SELECT customer_id FROM test_accounts))
        FROM (SELECT DISTINCT customer_id FROM judged WHERE left_out = 'test_accounts')"""
    [(every, told)] = duck.run(con, excluded, name="test accounts").fetchall()
    counts["test_customers"] = {"left_out": every, "known_from_customers_table": told}
    return counts
