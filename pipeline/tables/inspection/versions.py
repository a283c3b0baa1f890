"""Whether each change of an order is a row of its own, of which the last alone is true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from pipeline.counted import counted
from pipeline.engine.quoting import identifier
from pipeline.tables import dates
from pipeline.tables.inspection.log import FEWEST_ORDERS, NEARLY_ALL, WHERE, Advice, Log, question
from pipeline.tables.inspection.names import AN_ORDER
from pipeline.tables.inspection.query import Change
from pipeline.tables.inspection.roles import ENOUGH, Column

A_NUMBER = "nr|no|num|number|nummer|id"
VERSION = rf"^({AN_ORDER}|record|row|datensatz)?(version|revision|fassung)(s?({A_NUMBER}))?$"
CHANGED = r"^(zuletzt|letzte|last)?(updat|geaendert|aenderung|modif|changed)"
# Versions are counted from the same number on, one after the other, and each repeats the order. Those of a
# product do not begin anew; of lines that are changed each for itself there are more of one than of another.
COUNTED = """
    SELECT count(*) FILTER (versions > 1), count(*) FILTER (versions = highest - lowest + 1),
           count(*) FILTER (lowest = 0), count(*) FILTER (lowest = 1), count(*),
           count(*) FILTER (versions > 1 AND fewest = most AND pairs = versions * products),
           coalesce(sum(unread), 0)
    FROM (
        SELECT count(*) AS versions, min(version) AS lowest, max(version) AS highest, min(rows) AS fewest,
               max(rows) AS most, sum(pairs) AS pairs, any_value(products) AS products,
               count(*) FILTER (version IS NULL) AS unread
        FROM (
            SELECT id, version, count(*) AS rows, count(DISTINCT product) AS pairs,
                   any_value(products) AS products
            FROM (
                SELECT *, len(list_distinct(list(product) OVER (PARTITION BY id))) AS products
                FROM (SELECT {order} AS id, {version} AS version, {product} AS product FROM raw)
            )
            GROUP BY id, version
        )
        GROUP BY id
    )"""
NUMBER = "TRY_CAST(TRY_CAST({column} AS DECIMAL(18, 3)) AS BIGINT)"  # 1.0 as well
# Orders of several rows, and those of which each row was changed at a time of its own after one order.
ONE_BY_ONE = """
    SELECT count(*), count(*) FILTER (times = rows AND ordered = 1)
    FROM (
        SELECT count(*) AS rows, count(DISTINCT {changed}) AS times, count(DISTINCT {ordered}) AS ordered
        FROM raw GROUP BY {order} HAVING count(*) > 1
    )"""


def of_orders(log: Log) -> tuple[Log, list[Advice]]:
    """Keep the last version of each order, where a column counts them."""
    order = log.column("order_id")
    if order is None or order.filled < log.rows:
        return log, []
    for column in log.free:
        if column.filled == log.rows and re.search(VERSION, column.plain_name):
            several = _orders_of_versions(log, order, column)
            if several:
                kept = _renewed(log.only(_last(log, order, column)).described())
                told = f'"{column.name}" counts the versions of an order: '
                told += f"{counted(several):order has/orders have} several. "
                told += f"The proposed query reads the last of each, {kept.rows:,} of {log.rows:,} rows; "
                told += "all else here is about these"
                number = f"CAST({identifier(column.name)} AS DECIMAL(18, 0))"
                return kept, [Advice("versions", told, change=Change(last=(order.name, number)))]
    return log, []


def _orders_of_versions(log: Log, order: Column, column: Column) -> int:
    """Count the orders of several versions; none where the numbers seem to be those of something else."""
    sold = log.column("product_id")
    names = {"version": NUMBER.format(column=column.key), "product": sold.key if sold else "''"}
    statement = COUNTED.format(order=order.key, **names)
    [(several, in_a_row, from_0, from_1, orders, repeated, unread)] = log.ask(statement, "versions")
    is_counted = not unread and min(in_a_row, max(from_0, from_1)) >= NEARLY_ALL * orders
    return int(several) if is_counted and repeated >= NEARLY_ALL * several else 0


def _last(log: Log, order: Column, column: Column) -> pa.ChunkedArray:
    rows = log.raw.rows.select([order.key, column.key]).to_pandas()
    version = rows[column.key].astype("float64")
    return pa.chunked_array([pa.array(version == version.groupby(rows[order.key]).transform("max"))])


def _renewed(log: Log) -> Log:
    """Give the roles the columns as they are of the rows that are left."""
    columns = {column.key: column for column in log.columns}
    guesses = {
        role: guess
        and replace(
            guess, column=columns[guess.column.key], rivals=tuple(columns[c.key] for c in guess.rivals)
        )
        for role, guess in log.guesses.items()
    }
    return replace(log, guesses=guesses)


def about_changes(log: Log) -> Iterator[Advice]:
    """Ask about several rows of an order that were changed one after the other."""
    order, ordered = log.column("order_id"), log.column("ordered_at")
    if order is None or ordered is None or order.filled < log.rows or log.column("product_id"):
        return
    for column in log.free:
        is_day = column.dates >= ENOUGH and column.filled == log.rows
        if is_day and re.search(CHANGED, column.plain_name) and _sorts(log, column):
            names = {"order": order.key, "ordered": ordered.key, "changed": column.key}
            [(several, one_by_one)] = log.ask(ONE_BY_ONE.format(**names), "changes")
            if several >= FEWEST_ORDERS and one_by_one >= NEARLY_ALL * several:
                told = f"{counted(several):order has/orders have} several rows, each with its own "
                told += (
                    f'"{column.name}". They are summed as lines of one order; if each change of an order is '
                )
                told += "a row of its own, the last alone is true: to read it alone, "
                last = Change(last=(order.name, identifier(column.name)))
                yield question(f"{WHERE}.columns.amount", told, offer=last)
                return


def _sorts(log: Log, column: Column) -> bool:
    """Tell whether later times are greater as texts, too: the year comes first."""
    known = dates.likely(log.con, column.key)
    [(not_so,)] = log.ask(
        f"SELECT count(*) FROM raw WHERE NOT regexp_matches({column.key}, '^\\d{{4}}-\\d\\d-\\d\\d')", "days"
    )
    return bool(known and not not_so)
