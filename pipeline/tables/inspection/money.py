"""Whether the amounts are money: prices of a unit or of the row, pieces, cents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import product

from pipeline.engine.quoting import identifier
from pipeline.errors import UserError
from pipeline.tables.amounts import CURRENCIES
from pipeline.tables.inspection.log import (
    FEWEST_ORDERS,
    NEARLY_ALL,
    NUMBER,
    SOME,
    WHERE,
    Advice,
    Log,
    question,
    shown,
)
from pipeline.tables.inspection.names import A_TOTAL, ROLES, TAXES
from pipeline.tables.inspection.query import Change
from pipeline.tables.inspection.roles import Column, Guess, may_be_amount
from pipeline.tables.inspection.values import decimal_sign
from pipeline.tables.signals import SMALL
from pipeline.tables.sources.readers import NUMBERS

WITH_TAX = """
    SELECT count(*), count(*) FILTER (abs({net} + {tax} - {gross}) <= 0.011 AND {tax} < {net} / 2)
    FROM raw WHERE {net} > 0 AND {tax} > 0 AND {gross} IS NOT NULL"""
SIGNS = {"€": "EUR", "EURO": "EUR", "£": "GBP"}  # a dollar or a crown may be that of several countries
IN_A_NAME = (
    rf"(?<![A-Za-z])({CURRENCIES})$|[([]({CURRENCIES})[)\]]|_({CURRENCIES.lower()})$|\b(?i:(euro))$|([€£])"
)
PIECES = """
    SELECT count(*) FILTER (abs(price - quantity * one) <= 0.005 * quantity AND price <> one),
           count(*) FILTER (abs(price - one) <= 0.005)
    FROM (
        SELECT {price} AS price, {quantity} AS quantity,
               median({price}) FILTER ({quantity} = 1) OVER (PARTITION BY {product}) AS one
        FROM raw
    )
    WHERE quantity > 1 AND one > 0"""
CENTS = "cents?|pence|minor"
LIKE_CENTS = 500
NO_CENTS = {"CLP", "HUF", "IDR", "ISK", "JPY", "KRW", "PYG", "TWD", "UGX", "VND", "XAF", "XOF"}
A_ROW = "(file_no, line)"
MEDIAN_ORDER = """
    SELECT median(paid) FROM (SELECT sum({paid}) AS paid FROM raw GROUP BY {order}) WHERE paid > 0"""


def of_the_row(log: Log) -> tuple[Log, list[Advice]]:
    """Take a price for the amount where it is that of the row: several pieces cost as many times as one."""
    price, quantity, sold = (log.column(role) for role in ("unit_price", "quantity", "product_id"))
    if not (price and quantity and sold):
        return log, []
    names = {"price": NUMBER.format(column=price.key), "quantity": NUMBER.format(column=quantity.key)}
    [(times, alike)] = log.ask(PIECES.format(product=sold.key, **names), "price of pieces")
    if times < FEWEST_ORDERS or times < NEARLY_ALL * (times + alike):
        return log, []
    told = f"in {times:,} of {times + alike:,} rows of several pieces it is as many times the price of one"
    guesses = {role: guess for role, guess in log.guesses.items() if role not in ("unit_price", "quantity")}
    guesses["amount"] = Guess(price, told)
    advice = f'"{price.name}" is that of the row, not of a piece: {told}. "{quantity.name}" is not multiplied'
    return replace(log, guesses=guesses), [Advice("paid", advice)]


def with_tax(log: Log) -> tuple[Log, list[Advice]]:
    """Take the amount with tax where the one found is without it: with the tax beside it, it is that."""
    amount = log.column("amount")
    if amount is None:
        return log, []
    taxes = [other for other in log.other_numbers if other.has_word(TAXES)]
    totals = [other for other in log.other_numbers if not re.search(ROLES["amount"].less, other.plain_name)]
    for tax, gross in product(taxes, totals):
        names = {"net": amount, "tax": tax, "gross": gross}
        numbers = {name: NUMBER.format(column=column.key) for name, column in names.items()}
        [(rows, same)] = log.ask(WITH_TAX.format(**numbers), "with tax")
        if tax is not gross and rows >= FEWEST_ORDERS and same >= NEARLY_ALL * rows:
            told = f'"{amount.name}" and "{tax.name}" add up to it in {same:,} of {rows:,} rows'
            return replace(log, guesses=dict(log.guesses) | {"amount": Guess(gross, told)}), []
    return log, []


def about_units(log: Log) -> Iterator[Advice]:
    """Tell of a price that is multiplied by a quantity."""
    price, quantity = log.column("unit_price"), log.column("quantity")
    totals = (other for other in log.free if re.search(A_TOTAL, other.plain_name) and may_be_amount(other))
    if price and quantity and not any(totals):
        told = f"{shown(price.name)} times {shown(quantity.name)}, with no column of totals"
        yield Advice(
            "paid", f"{told}. If the price is that of the row, map it as amount and leave quantity out"
        )


def about_pieces(log: Log) -> Iterator[Advice]:
    """Tell of other columns that may be money where the amounts are whole numbers; ask where half are 1."""
    amount = log.column("amount")
    if amount is None or amount.decimals:
        return
    others = [identifier(other.name) for other in log.columns if other is not amount and may_be_amount(other)]
    if not others:
        return
    told = f'"{amount.name}" holds whole numbers alone, and {", ".join(others)} may be money as well'
    yield Advice("amounts", f"{told}: if the first counts pieces, map the other")
    [(ones,)] = log.ask(f"SELECT count(*) FILTER ({amount.key} = '1') FROM raw", "pieces")
    if ones >= amount.filled / 2:
        told = f"{amount.name} is 1 in {ones:,} of {amount.filled:,} rows, as numbers of pieces are"
        yield question(f"{WHERE}.columns.amount", f"{told}; is it {' or '.join(others)} that was paid?")


def about_currency(log: Log) -> Iterator[Advice]:
    """Name the currency of the amounts, where all that speaks of one agrees."""
    column, amount = log.column("currency"), log.column("amount", "unit_price")
    if column and column.distinct <= SOME:
        codes = {value.upper() for value in log.values(column)}
        evidence = f'so says "{column.name}"'
    elif amount and not column:
        named = re.search(IN_A_NAME, amount.name)
        marks = log.ask(f"SELECT DISTINCT currency_mark({amount.key}) FROM raw", "currencies")
        found = {next(filter(None, named.groups())) if named else "", *(mark for (mark,) in marks)} - {""}
        codes = {SIGNS.get(mark.upper(), mark.upper()) for mark in found}
        evidence = f'so says the name of "{amount.name}"' if named else "so it stands beside the amounts"
    else:
        return
    if codes and all(re.fullmatch(CURRENCIES, code) for code in codes):
        if len(codes) == 1:
            yield Advice("paid in", f"{min(codes)}, {evidence}: report.currency: {min(codes)}")
        elif column:
            told = f"{', '.join(sorted(codes))}, {evidence}: one of them is report.currency"
            yield Advice(
                "paid in", f"{told}, and sources.exchange_rates tells what the others are worth in it"
            )


def about_cents(log: Log) -> Iterator[Advice]:
    """Tell of whole numbers for amounts: they are cents where they are called so, and may be if large."""
    amount = log.column("amount", "unit_price")
    if amount is None:
        return
    others = f"SELECT 1 FROM raw WHERE NOT regexp_full_match({amount.key}, '-?\\d*') LIMIT 1"
    if log.ask(others, "cents"):
        return
    change = Change(column=amount.name, value=_calculated(log, amount, "DECIMAL(18, 2)", "/ 100.0"))
    told = f'"{amount.name}" holds whole numbers alone'
    if amount.has_word(CENTS):
        told += ": they seem to be cents, and the proposed query divides them by 100"
        yield Advice("cents", told, change=change)
    elif (middle := _middle(log, amount)) >= LIKE_CENTS and not _has_no_cents(log, amount):
        told += f", half of them {middle:,.0f} and more. If they are cents, to divide them by 100, "
        yield Advice("amounts", told, offer=change)


def _middle(log: Log, amount: Column) -> float:
    number = NUMBER.format(column=amount.key)
    [(middle,)] = log.ask(f"SELECT median({number}) FROM raw WHERE {number} > 0", "median amount")
    return middle or 0.0


def _has_no_cents(log: Log, amount: Column) -> bool:
    """Tell whether the log names its currency, in a column or a name, and that has none."""
    if column := log.column("currency"):
        return {value.upper() for value in log.values(column)} <= NO_CENTS
    named = re.search(IN_A_NAME, amount.name)
    return bool(named and next(filter(None, named.groups())).upper() in NO_CENTS)


def about_scaled(log: Log) -> Iterator[Advice]:
    """Ask about amounts of which rounding to cents leaves little."""
    amount, order = log.column("amount"), log.column("order_id")
    if amount is None:
        return
    names = {"paid": NUMBER.format(column=amount.key), "order": order.key if order else A_ROW}
    [(small,)] = log.ask(f"SELECT count(*) FILTER ({names['paid']} < {SMALL}) FROM raw", "small amounts")
    if not small:  # the median takes far longer
        return
    [(middle,)] = log.ask(MEDIAN_ORDER.format(**names), "median order")
    if middle is not None and middle < SMALL:
        told = f"half of the orders are worth {middle:.2g} or less, and results are rounded to 0.01: most of "
        told += "what they say is lost. If the amounts are scaled, or are thousands, to multiply them, "
        parted = f"SELECT 1 FROM raw WHERE regexp_matches({amount.key}, '\\d[^\\d]+\\d+[^\\d]+\\d') LIMIT 1"
        if log.ask(parted, "thousands"):
            yield question(f"{WHERE}.columns.amount", f"{told}write a query")
            return
        times = Change(column=amount.name, value=_calculated(log, amount, "DECIMAL(18, 8)", "* 1000"))
        yield question(f"{WHERE}.columns.amount", told, offer=times)


def _calculated(log: Log, amount: Column, kind: str, calculation: str) -> Callable[[str], str]:
    """Write what becomes of an amount, read as a kind of number, with the decimal sign of the log."""
    cast = "CAST" if log.raw.typed_as(NUMBERS, amount.key) else "TRY_CAST"
    sign = "."
    with suppress(UserError):  # it is asked for
        sign = decimal_sign(log)

    def money(before: str) -> str:
        number = f"replace({before}, ',', '.')" if sign == "," and amount.decimals else before
        value = f"{cast}({number} AS {kind}) {calculation}"
        return f"replace(CAST({value} AS VARCHAR), '.', ',')" if sign == "," else value

    return money
