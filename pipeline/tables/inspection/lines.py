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
# A cent a line may be lost by rounding.
ADDING_UP = """
    SELECT count(*), count(*) FILTER (abs(lines - total) <= 0.01 * count)
    FROM (
        SELECT count(*) AS count, sum({line}) AS lines, any_value({total}) AS total FROM raw
        WHERE {order} <> ''
        GROUP BY {order}
        HAVING count(*) > 1 AND bool_and({line} IS NOT NULL) AND any_value({total}) IS NOT NULL
    )"""
OF_ONE_PAIR = """
    SELECT count(DISTINCT {column}) = count(DISTINCT ({column}, {customer}, {date})) FROM raw
    WHERE NOT is_no_id({customer}) AND {date} <> ''"""
A_NUMBER = r"id|nr|no|num|number|nummer|ref|reference|referenz"
OF_PARTS = """
    SELECT count(*), count(*) FILTER (abs(parts - total) <= 0.01 * rows)
    FROM (
        SELECT count({amount}) AS rows, sum({amount}) FILTER ({kind} = {value}) AS total,
               sum({amount}) FILTER ({kind} <> {value}) AS parts
        FROM raw WHERE {order} <> ''
        GROUP BY {order} HAVING count(*) FILTER ({kind} = {value}) = 1 AND parts IS NOT NULL
    )"""
OF_A_LINE = rf"{A_PRICE}|(?<!on)line|item(?!s)|unit|ticket|position|posten|zeile"
SAME_ON_EVERY_LINE = """
    SELECT count(*), count(*) FILTER (low = high), count(DISTINCT low) FILTER (low = high)
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
    is_one = _is_shared_by_lines if rows - at_once > MANY_AT_ONCE * rows else _is_number_of_a_row
    for column in log.free:
        may_be = column.filled == log.rows and max(column.dates, column.decimals) < ENOUGH
        if may_be and (because := is_one(log, column)):
            return replace(log, guesses=dict(log.guesses) | {"order_id": Guess(column, because)}), []
    return log, []


def _is_shared_by_lines(log: Log, column: Column) -> str:
    customer, date = log.column("customer_id"), log.column("ordered_at")
    if customer is None or date is None or not FEWEST_ORDERS <= column.distinct < log.rows:
        return ""
    names = {"column": column.key, "customer": customer.key, "date": date.key}
    [(is_of_one,)] = log.ask(OF_ONE_PAIR.format(**names), "of one pair")
    return f"each of its {column.distinct:,} values belongs to one customer at one time" if is_of_one else ""


def _is_number_of_a_row(log: Log, column: Column) -> str:
    is_number = column.distinct == log.rows and re.fullmatch(A_NUMBER, column.plain_name)
    return "another one in every row" if is_number else ""


def of_lines(log: Log) -> tuple[Log, list[Advice]]:
    """Take what was paid for the line for the amount, where that of the order stands on each of its lines.

    What adds up to it in nearly all orders is that: another amount, or a price times a quantity.

    Returns
    -------
    tuple of Log and list of Advice
        The log as it is and nothing where the amount is not repeated, or nothing adds up to it.
    """
    total, order = log.column("amount"), log.column("order_id")
    if total is None or order is None or not _is_repeated(*_same_on_every_line(log, total, order)):
        return log, []
    others = [other for other in log.columns if other not in (total, order) and other.numbers >= ENOUGH]
    amounts = [{"amount": other} for other in others if may_be_amount(other)]
    prices = [other for other in others if re.search(A_PRICE, other.plain_name)]
    quantities = [other for other in others if ROLES["quantity"].rate(other.plain_name)]
    units = [{"unit_price": price, "quantity": number} for price in prices for number in quantities]
    for paid in (*amounts, *units):
        several, same = _adding_up(log, total, order, list(paid.values()))
        if several >= FEWEST_ORDERS and same >= NEARLY_ALL_ALIKE * several:
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
    statement = ADDING_UP.format(total=NUMBER.format(column=total.key), order=order.key, line=line)
    [(several, same)] = log.ask(statement, "adding up")
    return several, same


def _is_repeated(several: int, same: int, _: int) -> bool:
    """Tell from the counts of `_same_on_every_line` whether an amount stands on every line of its order."""
    return several >= FEWEST_ORDERS and same >= NEARLY_ALL * several


def about_parts(log: Log) -> Iterator[Advice]:
    """Tell of rows whose kind says that they are the totals of the others of their order."""
    amount, order = log.column("amount"), log.column("order_id")
    if amount is None or order is None:
        return
    number = NUMBER.format(column=amount.key)
    for column in log.free:
        if not 1 < column.distinct <= FEW_KINDS:
            continue
        for value in log.values(column):
            names = {"amount": number, "order": order.key, "kind": column.key, "value": literal(value)}
            [(several, same)] = log.ask(OF_PARTS.format(**names), "parts")
            if several >= FEWEST_ORDERS and same >= NEARLY_ALL_ALIKE * several:
                totals = f"trim({log.text(column)}) = {literal(value)}"
                kept = f"SELECT count(*) FROM raw WHERE {column.key} = {literal(value)}"
                [(rows,)] = log.ask(kept, "totals")
                told = (
                    f'in {same:,} of {several:,} orders the row that is "{value}" in "{column.name}" is the '
                    "sum of the others, and they would count twice: the proposed query reads such rows alone"
                )
                yield Advice("totals", told, change=Change(totals, rows))
                return


def about_repeated_total(log: Log) -> Iterator[Advice]:
    """Ask about an amount that is the same on every line of an order: lines are summed."""
    amount, order = log.column("amount"), log.column("order_id")
    if amount is None or order is None:
        return
    several, same, different = _same_on_every_line(log, amount, order)
    if not _is_repeated(several, same, different):
        return
    others = [column for column in log.columns if column not in (amount, order) and may_be_amount(column)]
    of_lines = [column for column in others if not _is_of_orders(log, column, order)]
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


def _is_of_orders(log: Log, amount: Column, order: Column) -> bool:
    several, same, _ = _same_on_every_line(log, amount, order)
    return same >= NEARLY_ALL * several


def _same_on_every_line(log: Log, amount: Column, order: Column) -> tuple[int, int, int]:
    """Count the orders of several lines, those of them with one amount on all, and the amounts of these."""
    statement = SAME_ON_EVERY_LINE.format(amount=amount.key, order=order.key)
    [(several, same, different)] = log.ask(statement, "same on every line")
    return several, same, different
