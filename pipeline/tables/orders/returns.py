"""Returns: what the log and the returns table tell of, each once, and the order each is taken from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.privacy.pseudonyms import entity_keys
from pipeline.tables.accounting import AccountingError, Purchases, by_frequency
from pipeline.tables.io import to_pandas
from pipeline.tables.orders.policies import Policies

PACKAGE = "pipeline.tables.orders"
NO_TABLE = pa.table(
    {
        "customer_key": pa.array([], pa.string()),
        "order_key": pa.array([], pa.string()),
        "product_id": pa.array([], pa.string()),
        "returned_at": pa.array([], pa.timestamp("us")),
        "amount": pa.array([], pa.decimal128(18, 4)),
    }
)
NO_RETURNS = pa.table(
    {
        "customer_key": pa.array([], pa.string()),
        "returned_at": pa.array([], pa.timestamp("us")),
        "amount": pa.array([], pa.decimal128(18, 4)),
        "ordered_at": pa.array([], pa.timestamp("us")),
        "matched_by": pa.array([], pa.string()),
        "netted": pa.array([], pa.decimal128(18, 4)),
        "orders_undone": pa.array([], pa.int32()),
        "lines_undone": pa.array([], pa.int32()),
    }
)


def match(
    con: Connection, table: pa.Table | None, *, by_lines: bool, policies: Policies, pepper: bytes
) -> pd.DataFrame:
    """Find the order that every return of ``purchases`` and of the returns table belongs to.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        With ``purchases``, ``judged`` and ``identities``.
    table : pyarrow.Table, optional
        The returns table as it is written.
    by_lines : bool
        Whether rows of the log are lines of orders.
    policies : Policies
        `returns` and `returns_from`.
    pepper : bytes
        For the keys of the orders, by which the returns table knows them.

    Returns
    -------
    DataFrame
        By `pipeline.tables.contracts.RETURNS`.
    """
    duck.register(con, "table_returns", table or NO_TABLE)
    _statement(con, "returns_of_lines" if by_lines else "returns_of_rows")
    _statement(con, "told")
    _statement(con, "returned", returns_from=policies.returns_from)
    duck.register(con, "order_keys", _order_keys(con, pepper))
    _statement(con, f"returns_{policies.returns}")
    return to_pandas(duck.arrow(con, duck.sql_file(PACKAGE, "sql/returns.sql"), name="returns"))


def nothing() -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return what `match` and `counts` do where nothing was given back."""
    none = to_pandas(NO_RETURNS)
    return none, _counts(none, 0, 0, 0, 0, Decimal(0))


def counts(con: Connection, returns: pd.DataFrame, purchases: Purchases) -> dict[str, Any]:
    """Count the returns by source and by how their order was found, and the money no order was left to take.

    Raises
    ------
    AccountingError
        If returns or their money were lost on the way.
    """
    sums = """
        SELECT (SELECT coalesce(sum(amount), 0) FROM told WHERE origin = 'log'),
               (SELECT count(*) FROM table_returns WHERE amount > 0)"""
    [(told, in_table)] = duck.run(con, sums, name="returns of the log").fetchall()
    fates = """
        SELECT count(*) FILTER (WHERE origin = 'log'), count(*) FILTER (WHERE origin = 'table'),
               count(*) FILTER (WHERE return_no IS NULL AND told_no IN (FROM told_once_more)),
               count(*) FILTER (WHERE return_no IS NULL AND told_no NOT IN (FROM told_once_more)),
               coalesce(sum(amount) FILTER (WHERE return_no IS NULL), 0)
        FROM (SELECT told.*, return_no FROM told LEFT JOIN returned ON return_no = told_no)"""
    [(from_log, from_table, twice, aside, left_out)] = duck.run(con, fates, name="returns told").fetchall()
    given_back = purchases.money_back
    if (given_back, in_table) != (told, from_table) or len(returns) != from_log + from_table - twice - aside:
        raise AccountingError(
            f"the log gives back {given_back} and the table {in_table} times; {told} in {from_log} and "
            f"{from_table} returns were told, {twice} twice, {aside} set aside, {len(returns)} written"
        )
    return _counts(returns, from_log, from_table, twice, aside, left_out)


def _counts(
    returns: pd.DataFrame, from_log: int, from_table: int, twice: int, aside: int, left_out: Decimal
) -> dict[str, Any]:
    amount, netted = -sum(returns["amount"]), sum(returns["netted"])
    return {
        "from_log": from_log,
        "from_table": from_table,
        "told_twice": twice,
        "other_source": aside,
        "left_out_amount": float(abs(left_out)),
        "matched_by": dict(by_frequency(returns["matched_by"])),
        "amount": float(amount),
        "netted": float(netted),
        "not_netted": float(amount - netted),
    }


def _order_keys(con: Connection, pepper: bytes) -> pd.DataFrame:
    """Return the keys of the orders that the returns table can mean: those of its customers."""
    ids = """
        SELECT DISTINCT order_id FROM purchases JOIN identities USING (customer_no)
        WHERE order_id IS NOT NULL
          AND customer_key IN (SELECT customer_key FROM table_returns WHERE order_key IS NOT NULL)
        ORDER BY order_id"""
    orders = to_pandas(duck.arrow(con, ids, name="orders of the returns table"))
    return orders.assign(order_key=entity_keys(orders["order_id"].astype("str"), "order", pepper))


def _statement(con: Connection, name: str, **params: str) -> None:
    duck.run(con, duck.sql_file(PACKAGE, f"sql/{name}.sql"), params, name=name)
