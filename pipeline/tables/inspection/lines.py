"""Whether rows are lines of orders, and whether an amount is that of the line or that of the order."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.counted import counted
from pipeline.engine.quoting import identifier
from pipeline.tables.inspection.log import FEWEST_ORDERS, NEARLY_ALL, WHERE, Advice, Log, listed, question
from pipeline.tables.inspection.missing import counted_days
from pipeline.tables.inspection.query import Change
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
    customer, date = log.column("customer_id"), log.column("ordered_at") or counted_days(log)
    if customer is None or date is None or log.column("order_id"):
        return
    [(rows, at_once)] = log.ask(AT_ONCE.format(customer=customer.key, date=date.key), "at once")
    if rows - at_once > MANY_AT_ONCE * rows:
        names = [identifier(customer.name), identifier(date.name)]
        told = (
            f"{counted(rows):row has/rows have} {at_once:,} pairs of {' and '.join(names)}: they seem to be "
            "lines of orders, each of which would count as an order in the KPIs. The proposed query makes an "
            "order_id, to sum them"
        )
        yield Advice("lines", told, change=log.added("order_id", f"concat_ws(' ', {', '.join(names)})"))


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
        "the total of the order, it would count once a line: the proposed query reads each order once. If "
        f"not, leave that out, or map what was paid for the line{named}"
    )
    yield question(f"{WHERE}.columns.amount", told, change=Change(once=order.name))


def _is_of_orders(log: Log, amount: Column, order: Column) -> bool:
    several, same = _same_on_every_line(log, amount, order)
    return same >= NEARLY_ALL * several


def _same_on_every_line(log: Log, amount: Column, order: Column) -> tuple[int, int]:
    """Count the orders of several lines, and those of them on whose lines an amount is the same."""
    statement = SAME_ON_EVERY_LINE.format(amount=amount.key, order=order.key)
    [(several, same)] = log.ask(statement, "same on every line")
    return several, same
