"""Whether the amounts are money: prices of a unit or of the row, pieces, cents."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.engine.quoting import identifier
from pipeline.tables.inspection.log import WHERE, Advice, Log, question, shown
from pipeline.tables.inspection.query import Change
from pipeline.tables.inspection.roles import may_be_amount

CENTS = r"(?<![a-z])(cents?|pence)(?![a-z])"


def about_units(log: Log) -> Iterator[Advice]:
    """Tell of a price that is multiplied by a quantity."""
    price, quantity = log.column("unit_price"), log.column("quantity")
    if price and quantity:
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


def about_cents(log: Log) -> Iterator[Advice]:
    """Tell of amounts that are called cents and are whole numbers."""
    amount = log.column("amount", "unit_price")
    if not (amount and re.search(CENTS, amount.name.lower())):
        return
    others = f"SELECT 1 FROM raw WHERE NOT regexp_full_match({amount.key}, '-?\\d*') LIMIT 1"
    if not log.ask(others, "cents"):
        change = Change(column=amount.name, value=lambda cents: f"TRY_CAST({cents} AS DECIMAL(18, 2)) / 100")
        told = f'"{amount.name}" holds whole numbers alone: they seem to be cents'
        yield Advice("cents", f"{told}, and the proposed query divides them by 100", change=change)
