"""Whether rows are lines of orders, and whether an amount is that of the line or that of the order."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.counted import counted
from pipeline.engine.quoting import identifier
from pipeline.tables.inspection.log import FEWEST_ORDERS, NEARLY_ALL, WHERE, Advice, Log, listed, question
from pipeline.tables.inspection.query import Change, in_place, select
from pipeline.tables.inspection.roles import Column, may_be_amount
from pipeline.tables.signals import MANY_AT_ONCE

AT_ONCE = """
    SELECT count(*), count(DISTINCT ({customer}, {date})) FROM raw WHERE {customer} <> '' AND {date} <> ''"""
SAME_ON_EVERY_LINE = """
    SELECT count(*), count(*) FILTER (low = high)
    FROM (
        SELECT min({amount}) AS low, max({amount}) AS high FROM raw
        WHERE {order} <> '' AND {amount} <> ''
        GROUP BY {order} HAVING count(*) > 1
    )"""


def about_lines(log: Log) -> Iterator[Advice]:
    """Tell of rows without an order id, many of which have the customer and time of another."""
    customer, date = log.column("customer_id"), log.column("ordered_at")
    if customer is None or date is None or log.column("order_id"):
        return
    [(rows, at_once)] = log.ask(AT_ONCE.format(customer=customer.key, date=date.key), "at once")
    if rows - at_once > MANY_AT_ONCE * rows:
        names = [identifier(customer.name), identifier(date.name)]
        change = Change(added=f"concat_ws(' ', {', '.join(names)})", role="order_id")
        told = f"{counted(rows):row has/rows have} {at_once:,} pairs of {' and '.join(names)}"
        yield Advice(
            "lines",
            f"{told}: if these are lines of orders, each would count as an order in the KPIs. To sum them, "
            f"{log.table.first}map order_id as order_id and, in place of path, set url: duckdb:// and "
            f"query: {select(log.table, change)}",
        )


def about_repeated_total(log: Log) -> Iterator[Advice]:
    """Ask about an amount that is the same on every line of an order: lines are summed."""
    amount, order = log.column("amount"), log.column("order_id")
    if amount is None or order is None:
        return
    several, same = _same_on_every_line(log, amount, order)
    if several < FEWEST_ORDERS or same < NEARLY_ALL * several:
        return
    others = [column for column in log.columns if column not in (amount, order) and may_be_amount(column)]
    of_lines = [column for column in others if not _is_of_orders(log, column, order)]
    named = f" ({listed(of_lines)}?)" if of_lines else ""
    told = (
        f"{amount.name} is the same on every line of {same:,} of {several:,} orders with several. If it is "
        f"the total of the order, it would count once a line: map what was paid for the line{named}, or, to "
        f"read each order once, {in_place(log.table, Change(once=order.name))}"
    )
    yield question(f"{WHERE}.columns.amount", told)


def _is_of_orders(log: Log, amount: Column, order: Column) -> bool:
    several, same = _same_on_every_line(log, amount, order)
    return same >= NEARLY_ALL * several


def _same_on_every_line(log: Log, amount: Column, order: Column) -> tuple[int, int]:
    """Count the orders of several lines, and those of them on whose lines an amount is the same."""
    statement = SAME_ON_EVERY_LINE.format(amount=amount.key, order=order.key)
    [(several, same)] = log.ask(statement, "same on every line")
    return several, same
