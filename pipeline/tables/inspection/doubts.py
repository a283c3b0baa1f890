"""Whether another column may be the customer, the day or the amount as well: then it is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.tables import dates
from pipeline.tables.inspection.log import (
    FEWEST_ORDERS,
    NEARLY_ALL,
    NUMBER,
    WHERE,
    Advice,
    Log,
    question,
    shown,
)
from pipeline.tables.inspection.roles import ENOUGH, INVOICED, Column, may_be_amount
from pipeline.tables.sources.readers import TIMES

ROLES_IN_DOUBT = ("customer_id", "ordered_at", "amount", "unit_price")
A_ROW = "(file_no, line)"
DIFFERENT = 0.05  # of the rows: fewer are slips
LATER = rf"{INVOICED}|buchung|posting|posted|booked|wertstell|valuta|zahl|paid|payment"
FEWEST_EARLIER = 0.05  # of the rows
MOST_DAYS = 90  # from an order to its invoice or payment
EARLIER = """
    SELECT count(other), count(*) FILTER (other <= chosen),
           count(*) FILTER (CAST(other AS DATE) < CAST(chosen AS DATE)),
           median(date_diff('day', other, chosen))
    FROM (
        SELECT chosen, {other} AS other
        FROM (SELECT {chosen} AS chosen, {other_key} AS value FROM (
            SELECT {chosen_key} AS value, {other_key} FROM raw))
        WHERE chosen IS NOT NULL
    )"""
# Of customers with several orders, those who have one value on all of them.
OF_A_CUSTOMER = """
    SELECT count(*), count(*) FILTER (values = 1), count(DISTINCT low) FILTER (values = 1)
    FROM (
        SELECT count(DISTINCT {column}) AS values, min({column}) AS low FROM raw
        WHERE NOT is_no_id({customer}) AND {column} <> ''
        GROUP BY {customer} HAVING count(DISTINCT {order}) > 1
    )"""
WORDS = {
    "customer_id": "who the customer is",
    "ordered_at": "the day of the order",
    "amount": "what was paid",
    "unit_price": "what was paid",
}


def about_doubts(log: Log) -> Iterator[Advice]:
    """Ask where another column may be the customer, the day or the amount as well.

    The one found is the same for all orders of a customer, beside one that is not; or names and values speak
    as much for another, which holds other values; or it is the day of an invoice, and another one before it.
    """
    for role in ROLES_IN_DOUBT:
        guess = log.guesses.get(role)
        if guess is None:
            continue
        column, where = guess.column, f"{WHERE}.columns.{role}"
        if others := _not_of_customer(log, role, column):
            told = f"{shown(column.name)} is the same on all orders of a customer: is {WORDS[role]} rather "
            yield question(where, f"{told}{_either(others)}?")
        elif others := [c for c in guess.rivals if c in log.free and _differ(log, column, c)]:
            told = f"{shown(column.name)} is taken for {WORDS[role]}, but as much speaks for "
            yield question(where, f"{told}{_either(others)}. Which is it?")
        elif role == "ordered_at" and (others := _before(log, column)):
            told = f"{shown(column.name)} seems to come after the order. Is {_either(others)} the day of it?"
            yield question(where, told)


def _not_of_customer(log: Log, role: str, column: Column) -> list[Column]:
    """Name what may be in place of a day or an amount that is the same for all orders of a customer."""
    customer, order = log.column("customer_id"), log.column("order_id")
    if customer is None or role not in ("ordered_at", "amount"):
        return []
    of_rows = order.key if order else A_ROW
    if not _is_of_customer(log, customer, column, of_rows):
        return []
    others = [other for other in log.free if _could_be(role, other)]
    return [other for other in others if not _is_of_customer(log, customer, other, of_rows)]


def _differ(log: Log, one: Column, other: Column) -> bool:
    values = [NUMBER.format(column=c.key) if c.decimals else c.key for c in (one, other)]
    different = f"SELECT count(*) FILTER ({' <> '.join(values)}) FROM raw"
    [(rows,)] = log.ask(different, "rivals")
    return bool(rows > DIFFERENT * log.rows)


def _before(log: Log, column: Column) -> list[Column]:
    """Name the days somewhat before that of an invoice, a payment or a booking."""
    customer = log.column("customer_id")
    if not re.search(LATER, column.plain_name) or log.raw.typed_as(TIMES, column.key):
        return []
    dated = [
        other for other in log.free if _could_be("ordered_at", other) and _is_earlier(log, other, column)
    ]
    return [c for c in dated if not (customer and _is_of_customer(log, customer, c, A_ROW))]


def _is_earlier(log: Log, other: Column, chosen: Column) -> bool:
    """Tell whether a day is never after another, and on many rows some days before it."""
    known = [dates.likely(log.con, column.key) for column in (other, chosen)]
    if not (known[0] and known[1]):
        return False
    names = {"other_key": other.key, "chosen_key": chosen.key}
    statement = EARLIER.format(other=known[0].sql, chosen=known[1].sql, **names)
    [(rows, not_after, before, days)] = log.ask(statement, "earlier")
    is_before = not_after >= NEARLY_ALL * rows and before >= FEWEST_EARLIER * rows
    return bool(rows and is_before and days <= MOST_DAYS)


def _could_be(role: str, column: Column) -> bool:
    return column.dates >= ENOUGH > column.numbers if role == "ordered_at" else may_be_amount(column)


def _is_of_customer(log: Log, customer: Column, column: Column, order: str) -> bool:
    statement = OF_A_CUSTOMER.format(customer=customer.key, column=column.key, order=order)
    [(customers, same, different)] = log.ask(statement, "of customers")
    return bool(customers >= FEWEST_ORDERS and same >= NEARLY_ALL * customers and different > 1)


def _either(columns: Sequence[Column]) -> str:
    return " or ".join(shown(column.name) for column in columns)
