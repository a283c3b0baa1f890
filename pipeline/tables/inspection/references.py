"""Whether what was given back names the order it is of in a column of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from pipeline.counted import counted
from pipeline.engine.quoting import literal
from pipeline.tables.inspection.log import NEARLY_ALL, Advice, Log
from pipeline.tables.inspection.query import Change
from pipeline.tables.inspection.roles import ENOUGH, Column, Guess
from pipeline.tables.inspection.signs import SIGN, kinds_given_back

FEWEST = 5  # rows that name another order
OF_ANOTHER = "FROM raw WHERE {reference} <> '' AND {reference} <> {order}"
GIVEN_BACK = f"SELECT count(*), count(*) FILTER ({{given_back}}) {OF_ANOTHER}"
FOUND = f"""
    SELECT count(*) {OF_ANOTHER}
    AND ({{customer}}, {{reference}}) IN (SELECT {{customer}}, {{order}} FROM raw)"""


def of_rows(log: Log) -> tuple[Log, list[Advice]]:
    """Take the number of a row for the order id where what was given back names the rows it is of by it."""
    customer = log.column("customer_id")
    if customer is None or log.column("order_id") or not log.paid:
        return log, []
    whole = [c for c in log.free if c.distinct == log.rows and max(c.dates, c.decimals) < ENOUGH]
    for number, column in product(whole, log.free):
        if number is not column and _may_name_orders(column, log) and _names(log, customer, number, column):
            told = f'"{column.name}" names it in {counted(column.filled):row/rows} of what was given back'
            return replace(log, guesses=dict(log.guesses) | {"order_id": Guess(number, told)}), []
    return log, []


def about_references(log: Log) -> Iterator[Advice]:
    """Take the order that a credit note names for its own, so that it is taken off that one."""
    customer, order = log.column("customer_id"), log.column("order_id")
    if customer is None or order is None or not log.paid:
        return
    for column in log.free:
        if _may_name_orders(column, log) and (rows := _names(log, customer, order, column)):
            told = f'"{column.name}" names another order of the customer in {counted(rows):row/rows} of '
            told += "what was given back: the proposed query takes it for the order id of these"
            yield Advice("returns", told, change=_named(log, order, column))
            return


def _names(log: Log, customer: Column, order: Column, column: Column) -> int:
    """Count the rows of what was given back that name an order of their customer; none if others do, too."""
    names = {"customer": customer.key, "order": order.key, "reference": column.key}
    [(rows, back)] = log.ask(GIVEN_BACK.format(**names, given_back=_given_back(log)), "given back")
    if rows < FEWEST or back < NEARLY_ALL * rows:
        return 0
    [(found,)] = log.ask(FOUND.format(**names), "references")
    return int(rows) if found >= NEARLY_ALL * rows else 0


def _named(log: Log, order: Column, reference: Column) -> Change:
    named = f"nullif(trim({log.text(reference)}), '')"
    return Change(column=order.name, value=lambda id_: f"coalesce({named}, CAST({id_} AS VARCHAR))")


def _may_name_orders(column: Column, log: Log) -> bool:
    return FEWEST <= column.filled < log.rows and column.distinct > 1 and not column.decimals


def _given_back(log: Log) -> str:
    """Write the condition that a row is what was given back: by its sign, or by its kind."""
    below = [f"{SIGN.format(column=column.key)} < 0" for column in log.paid]
    called = [
        f"{column.key} IN ({', '.join(map(literal, words))})" for column, words in kinds_given_back(log)
    ]
    return f"({' OR '.join([*below, *called])})"
