"""Whether rows are lines of orders, and whether an amount is that of the line or that of the order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.counted import counted
from pipeline.engine.quoting import identifier, literal
from pipeline.tables.inspection.customers import shared_id
from pipeline.tables.inspection.log import (
    FEWEST_ORDERS,
    NEARLY_ALL,
    NUMBER,
    WHERE,
    Advice,
    Log,
    is_varied,
    listed,
    question,
)
from pipeline.tables.inspection.missing import counted_days
from pipeline.tables.inspection.query import Change
from pipeline.tables.inspection.roles import A_PRICE, ENOUGH, ROLES, Column, Guess, may_be_amount
from pipeline.tables.signals import MANY_AT_ONCE

NEARLY_ALL_ALIKE = 0.99
FEW_KINDS = 8
AT_ONCE = """
    SELECT count(*), count(DISTINCT ({customer}, {date})) FROM raw
    WHERE NOT is_no_id({customer}) AND {customer} <> {nobody} AND {date} <> ''"""
# A credit note may stand under the id of its order.
BELOW_ZERO = "starts_with(number_text({column}), '-')"
# A cent a line may be lost by rounding.
ADDING_UP = """
    SELECT count(*), count(*) FILTER (abs(lines - total) <= 0.01 * count)
    FROM (
        SELECT count(*) AS count, sum({line}) AS lines, any_value({total}) AS total FROM raw
        WHERE {order} <> '' AND NOT {given_back}
        GROUP BY {order}
        HAVING count(*) > 1 AND bool_and({line} IS NOT NULL) AND any_value({total}) IS NOT NULL
    )"""
OF_ONE_PAIR = """
    SELECT count(DISTINCT {column}) = count(DISTINCT ({column}, {customer}, {date})) FROM raw
    WHERE NOT is_no_id({customer}) AND {date} <> ''"""
A_NUMBER = r"id|nr|no|num|number|nummer|ref|reference|referenz"
# One other row is no sum: two tickets of a price, or two halves of it.
OF_PARTS = """
    SELECT count(*), count(*) FILTER (totals = 1 AND abs(parts - total) <= 0.01 * rows),
           count(*) FILTER (rows > 2)
    FROM (
        SELECT count({amount}) AS rows, count(*) FILTER ({kind} = {value}) AS totals,
               sum({amount}) FILTER ({kind} = {value}) AS total,
               sum({amount}) FILTER ({kind} <> {value}) AS parts
        FROM raw WHERE {order} <> ''
        GROUP BY {order} HAVING totals > 0
    )"""
OF_A_LINE = rf"{A_PRICE}|(?<!on)line|item(?!s)|unit|ticket|position|posten|zeile"
SAME_ON_EVERY_LINE = """
    SELECT count(*), count(*) FILTER (low = high), count(DISTINCT low) FILTER (low = high)
    FROM (
        SELECT min({amount}) AS low, max({amount}) AS high FROM raw
        WHERE {order} <> '' AND {amount} <> '' AND NOT {given_back}
        GROUP BY {order} HAVING count(*) > 1
    )"""


def about_lines(log: Log) -> Iterator[Advice]:
    """Tell of rows without an order id, many of which have the customer and time of another."""
    customer, date = log.column("customer_id"), log.column("ordered_at") or counted_days(log)
    if customer is None or date is None or log.column("order_id"):
        return
    rows, at_once = _at_once(log, customer, date)
    if rows - at_once > MANY_AT_ONCE * rows:
        pair = [identifier(customer.name), identifier(date.name)]
        told = (
            f"{counted(rows):row has/rows have} {at_once:,} pairs of {' and '.join(pair)}: they seem to be "
            "lines of orders, each of which would count as an order in the KPIs. The proposed query makes an "
            "order_id, to sum them"
        )
        yield Advice("lines", told, change=log.added("order_id", f"concat_ws(' ', {', '.join(pair)})"))


def _at_once(log: Log, customer: Column, date: Column) -> tuple[int, int]:
    """Count the rows, and the different pairs of customer and time in them."""
    shared = shared_id(log)
    names = {"customer": customer.key, "date": date.key, "nobody": literal(shared[0] if shared else "")}
    [(rows, at_once)] = log.ask(AT_ONCE.format(**names), "at once")
    return rows, at_once


def of_orders(log: Log) -> tuple[Log, list[Advice]]:
    """Find the order id by its values, where no column is called one.

    Of lines it is what several of them share, and what stands for one customer at one time alone; else a
    number of its own in every row.
    """
    customer, date = log.column("customer_id"), log.column("ordered_at")
    if customer is None or date is None or log.column("order_id"):
        return log, []
    rows, at_once = _at_once(log, customer, date)
    whole = [c for c in log.free if c.filled == log.rows and max(c.dates, c.decimals) < ENOUGH]
    if rows - at_once > MANY_AT_ONCE * rows:
        pair = {"customer": customer.key, "date": date.key}
        # What is much finer than that numbers parcels or pieces.
        shared = (c for c in whole if FEWEST_ORDERS <= c.distinct <= at_once / NEARLY_ALL)
        coarsest_first = sorted(shared, key=lambda column: column.distinct)
        found = (c for c in coarsest_first if log.ask(OF_ONE_PAIR.format(column=c.key, **pair), "pair")[0][0])
        because = "each of its {:,} values belongs to one customer at one time"
    else:
        found = (c for c in whole if c.distinct == log.rows and re.fullmatch(A_NUMBER, c.plain_name))
        because = "each of its {:,} values stands in one row"
    column = next(found, None)
    if column is None:
        return log, []
    guess = Guess(column, because.format(column.distinct))
    return replace(log, guesses=dict(log.guesses) | {"order_id": guess}), []


def whole_orders(log: Log) -> tuple[Log, list[Advice]]:
    """Take the coarsest of the columns that are called an order as surely: a position has a number as well.

    Each of its values has to stand for one customer at one time: an invoice may be of many orders.
    """
    customer, date, guess = log.column("customer_id"), log.column("ordered_at"), log.guesses["order_id"]
    if customer is None or date is None or guess is None:
        return log, []
    whole = [c for c in (guess.column, *guess.rivals) if c in log.columns and c.filled == log.rows]
    pair = {"customer": customer.key, "date": date.key}
    for column in sorted(whole, key=lambda column: column.distinct):
        if column.distinct >= guess.column.distinct:
            break
        if log.ask(OF_ONE_PAIR.format(column=column.key, **pair), "whole orders")[0][0]:
            told = f"each of its {column.distinct:,} values belongs to one customer at one time"
            return replace(log, guesses=dict(log.guesses) | {"order_id": Guess(column, told)}), []
    return log, []


def of_lines(log: Log) -> tuple[Log, list[Advice]]:
    """Take what was paid for the line for the amount, where that of the order stands on each of its lines.

    What adds up to it in nearly all orders is that: another amount, or a price times a quantity.

    Returns
    -------
    tuple of Log and list of Advice
        The log as it is and nothing where the amount is not repeated, or nothing adds up to it.
    """
    total, order = log.column("amount"), log.column("order_id")
    if total is None or order is None or not _is_repeated(*_same_on_every_line(log, total, order)[:2]):
        return log, []
    others = [other for other in log.columns if other not in (total, order) and other.numbers >= ENOUGH]
    amounts = [{"amount": other} for other in others if may_be_amount(other)]
    prices = [other for other in others if re.search(A_PRICE, other.plain_name)]
    quantities = [other for other in others if ROLES["quantity"].rate(other.plain_name)]
    units = [{"unit_price": price, "quantity": number} for price in prices for number in quantities]
    for paid in (*amounts, *units):
        if _adds_up(log, total, order, list(paid.values())):
            several, same = _adding_up(log, total, order, list(paid.values()))
            named = " times ".join(f'"{column.name}"' for column in paid.values())
            told = f'adds up to "{total.name}" in {same:,} of {several:,} orders of several lines'
            guesses = {role: guess for role, guess in log.guesses.items() if role != "amount"}
            guesses |= {role: Guess(column, told) for role, column in paid.items()}
            advice = (
                f"{named} {told}, which stands on each of them and would count once a line: it is not read"
            )
            return replace(log, guesses=guesses), [Advice("lines", advice)]
    return log, []


def _adding_up(log: Log, total: Column, order: Column, paid: Sequence[Column]) -> tuple[int, int]:
    """Count the orders of several lines that can be added up, and those of them that come to their total."""
    line = " * ".join(NUMBER.format(column=column.key) for column in paid)
    names = {"total": NUMBER.format(column=total.key), "given_back": BELOW_ZERO.format(column=total.key)}
    statement = ADDING_UP.format(order=order.key, line=line, **names)
    [(several, same)] = log.ask(statement, "adding up")
    return several, same


def _adds_up(log: Log, total: Column, order: Column, paid: Sequence[Column]) -> bool:
    several, same = _adding_up(log, total, order, paid)
    return several >= FEWEST_ORDERS and same >= NEARLY_ALL_ALIKE * several


def _is_repeated(several: int, same: int, fewest: int = FEWEST_ORDERS) -> bool:
    """Tell from the counts of `_same_on_every_line` whether an amount stands on every line of its order."""
    return several >= fewest and same >= NEARLY_ALL * several


def about_parts(log: Log) -> Iterator[Advice]:
    """Ask about rows whose kind says that they are the totals of the others of their order.

    The others are what is left to read: no order is lost, for each such row has its parts beside it.
    """
    amount, order = log.column("amount"), log.column("order_id")
    if amount is None or order is None or order.filled < log.rows:
        return
    number = NUMBER.format(column=amount.key)
    for column in log.free:
        for value in log.values(column) if 1 < column.distinct <= FEW_KINDS else ():
            names = {"amount": number, "order": order.key, "kind": column.key, "value": literal(value)}
            [(orders, same, with_parts)] = log.ask(OF_PARTS.format(**names), "parts")
            if with_parts >= FEWEST_ORDERS and same >= NEARLY_ALL_ALIKE * orders:
                others = f"coalesce(trim({log.text(column)}), '') <> {literal(value)}"
                kept = f"{column.key} <> {literal(value)} AND {amount.key} <> ''"
                [(rows,)] = log.ask(f"SELECT count(*) FROM raw WHERE {kept}", "parts")
                told = (
                    f'in {same:,} of {orders:,} orders the row that is "{value}" in "{column.name}" is the '
                    "sum of the others, and would count with them: the proposed query leaves it out, and "
                    "rows without an amount. If it is none, leave that out"
                )
                yield question(
                    f"{WHERE}.columns.amount",
                    told,
                    change=Change(f"{others} AND {log.is_filled(amount)}", rows),
                )
                return


def about_repeated_total(log: Log) -> Iterator[Advice]:
    """Ask about an amount that is the same on every line of an order: lines are summed."""
    amount, order = log.column("amount"), log.column("order_id")
    if amount is None or order is None:
        return
    several, same, different = _same_on_every_line(log, amount, order)
    if not _is_repeated(several, same):
        return
    others = [column for column in log.columns if column not in (amount, order) and may_be_amount(column)]
    if any(_adds_up(log, total, order, [amount]) for total in others):
        return
    alike = {column.key: _same_on_every_line(log, column, order)[:2] for column in others}
    of_lines = [column for column in others if not _is_repeated(*alike[column.key], fewest=0)]
    named = f" ({listed(of_lines)}?)" if of_lines else ""
    told = (
        f"{amount.name} is the same on every line of {same:,} of {several:,} orders with several. If it is "
        "the total of the order, it would count once a line: "
    )
    asked, of_the_line = f"{WHERE}.columns.amount", f"map what was paid for the line{named}"
    once = Change(once=(order.name, amount.name))
    if order.filled < log.rows:
        yield question(asked, told + of_the_line)
    elif re.search(OF_A_LINE, amount.plain_name) or not is_varied(different, several):
        told += f"{named and f'{of_the_line}, or, '}to read it once an order, "
        yield question(asked, told, offer=once)
    else:
        told += f"the proposed query reads it once an order. If not, leave that out, or {of_the_line}"
        yield question(asked, told, change=once)


def _same_on_every_line(log: Log, amount: Column, order: Column) -> tuple[int, int, int]:
    """Count the orders of several lines, those of them with one amount on all, and the amounts of these."""
    given_back = BELOW_ZERO.format(column=amount.key)
    statement = SAME_ON_EVERY_LINE.format(amount=amount.key, order=order.key, given_back=given_back)
    [(several, same, different)] = log.ask(statement, "same on every line")
    return several, same, different
