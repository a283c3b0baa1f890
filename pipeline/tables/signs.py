"""Whether the amounts of an order log are what was paid: what was given back, and amounts in cents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from pipeline.counted import counted
from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.engine.quoting import identifier, literal
from pipeline.tables.doubts import Table
from pipeline.tables.roles import CANCELLED, ENOUGH, UMLAUTS, Column, Guess

Guesses = Mapping[str, Guess | None]

WHERE = "sources.orders.columns.amount"
KINDS = 20  # different values, at most, of a column that says what kind of row it is
NEARLY_ALL = 0.95
GIVEN_BACK = (
    r"gutschrift|korrektur|credit[ _-]?(memo|note)|\brefund\b|retoure|\breturn\b|chargeback|"
    r"rueck(zahl|last|erstatt|gabe|send|buch)|stornorechnung"
)
SIDES = r"soll.?haben|sh$|debit.?credit|debitcredit"
CREDIT_SIDE = r"h|haben|c|cr|credit"
REFUNDED = r"refund|erstatt|retour|rueckzahl|gutschrift"
YES = ("ja", "j", "yes", "y", "true", "t", "1", "x")
CAME_TO_NOTHING = r"storn|cancel|void|fail|fehlgeschl|abgebroch|abgelehnt|declined|rejected|expired|verfallen"
CANCELLED_ON = r"storn|cancel"
MIN_CENTS = 1_000  # what orders of ten, in cents, are
CENTS = 0.5  # share of amounts in cents that are no whole hundreds, at least

# Above zero, below it, or neither: told by the digits, whatever the decimal sign.
SIGN = """
    CASE WHEN NOT regexp_matches(number_text({column}), '[1-9]') THEN 0
         WHEN starts_with(number_text({column}), '-') THEN -1 ELSE 1 END"""


def about_kinds(con: Connection, table: Table, guesses: Guesses, columns: Sequence[Column]) -> str | None:
    """Ask about rows that are called a credit note or the like while their amounts are above zero."""
    amount = _amount(guesses)
    if amount is None:
        return None
    for column in columns:
        if column is amount or not 1 < column.distinct <= KINDS:
            continue
        given_back = [value for value in _values(con, column) if _is_given_back(column, value)]
        rows, above = _of_sign(con, amount, column, given_back) if given_back else (0, 0)
        if above and above >= NEARLY_ALL * rows and len(given_back) < column.distinct:
            words = ", ".join(map(literal, given_back))
            turned = _replaced(table, amount, f"{_named(column)} IN ({words})", _negative(table, amount))
            return (
                f'{WHERE}: {above:,} of {rows:,} rows with {words} in "{column.name}" have an amount above '
                "zero. If that was given back, it would count as bought: to turn its sign, "
                f"{_in_place(table, turned)}. If not, leave it as it is"
            )
    return None


def about_other_side(
    con: Connection, table: Table, guesses: Guesses, columns: Sequence[Column]
) -> list[tuple[str, str]]:
    """Tell of a column that has a number just where the amounts have none, as debit and credit do."""
    amount = _amount(guesses)
    if amount is None:
        return []
    for other in _other_numbers(guesses, columns):
        signs = f"{SIGN.format(column=amount.key)} AS mine, {SIGN.format(column=other.key)} AS other"
        statement = f"""
            SELECT count(*) FILTER (WHERE mine = 0), count(*) FILTER (WHERE mine = 0 AND other <> 0),
                   count(*) FILTER (WHERE mine <> 0), count(*) FILTER (WHERE mine <> 0 AND other = 0)
            FROM (SELECT {signs} FROM raw)"""
        [(without, there, paid, alone)] = duck.run(con, statement, name="the other side").fetchall()
        if there and there >= NEARLY_ALL * without and alone >= NEARLY_ALL * paid:
            both = _replaced(table, amount, _above_zero(table, other), _negative(table, other))
            told = (
                f'"{other.name}" has a number in {there:,} of the {counted(without):row/rows} in which '
                f'"{amount.name}" has none: if that was given back, {_in_place(table, both)}'
            )
            return [("other side", told)]
    return []


def about_refunds(
    con: Connection, table: Table, guesses: Guesses, columns: Sequence[Column]
) -> list[tuple[str, str]]:
    """Tell of a column of what was refunded, which nothing takes off: amounts are as the log has them."""
    amount, customer, date = (guesses.get(role) for role in ("amount", "customer_id", "ordered_at"))
    if not (amount and customer and date) or _signs(con, amount.column)[-1]:
        return []
    for refund in _other_numbers(guesses, columns):
        above = _signs(con, refund)[1] if re.search(REFUNDED, refund.plain_name) else 0
        if above:
            order = guesses["order_id"]
            names = {"customer_id": customer, "returned_at": date} | ({"order_id": order} if order else {})
            mapped = {role: guess.column.name for role, guess in names.items()} | {"amount": refund.name}
            query = f"SELECT * FROM {table.sql} WHERE {_above_zero(table, refund)}"
            returns = {"url": "duckdb://", "query": query, "columns": mapped}
            told = (
                f'"{refund.name}" is above zero in {counted(above):row/rows}, and is not taken off. If '
                f'"{amount.column.name}" is what was paid before, {table.first}add below sources, to take it '
                "off from the day of the order on, the table returns: "
                f"{json.dumps(returns, ensure_ascii=False)}"
            )
            return [("refunds", told)]
    return []


def about_cents(con: Connection, table: Table, guesses: Guesses) -> list[tuple[str, str]]:
    """Tell of amounts that are whole numbers, large and uneven, as cents are."""
    amount = _amount(guesses)
    if amount is None or amount.decimals:
        return []
    statement = f"""
        SELECT coalesce(median(paid), 0), coalesce(avg((paid % 100 <> 0)::INTEGER), 0)
        FROM (SELECT abs(TRY_CAST(number_text({amount.key}) AS BIGINT)) AS paid FROM raw) WHERE paid > 0"""
    [(middle, uneven)] = duck.run(con, statement, name="cents").fetchall()
    if middle < MIN_CENTS or uneven < CENTS:
        return []
    number = f"CAST({_named(amount)} AS DECIMAL(18, 2)) / 100"
    query = f"SELECT * REPLACE ({number} AS {_named(amount)}) FROM {table.sql}"
    told = f'"{amount.name}" holds whole numbers alone, half of them of {middle:,.0f} and more'
    return [("cents", f"{told}: if they are cents, {_in_place(table, query)}")]


def about_cancelled_on(table: Table, guesses: Guesses, columns: Sequence[Column]) -> list[tuple[str, str]]:
    """Tell of a column that is filled where an order was cancelled, such as the day it was."""
    rows = max((column.filled for column in columns), default=0)
    for column in _free(guesses, columns):
        if 0 < column.filled < rows / 2 and re.search(CANCELLED_ON, column.plain_name):
            query = f"SELECT * FROM {table.sql} WHERE {_named(column)} IS NULL"
            told = f'"{column.name}" is filled in {counted(column.filled):row/rows}: if these orders came'
            return [("cancelled", f"{told} to nothing, to leave them out, {_in_place(table, query)}")]
    return []


def is_cancelled(column: Column, state: str) -> bool:
    """Tell whether a state seems to be that of an order that came to nothing."""
    plain = state.lower().translate(UMLAUTS)
    is_flag = re.search(CANCELLED, column.plain_name) and plain in YES
    return bool(is_flag or re.search(CAME_TO_NOTHING, plain))


def _amount(guesses: Guesses) -> Column | None:
    guess = guesses.get("amount") or guesses.get("unit_price")
    return guess.column if guess else None


def _free(guesses: Guesses, columns: Sequence[Column]) -> list[Column]:
    """List the columns that are filled and are nothing yet."""
    taken = [guess.column for guess in guesses.values() if guess]
    return [column for column in columns if column.filled and column not in taken]


def _other_numbers(guesses: Guesses, columns: Sequence[Column]) -> list[Column]:
    return [column for column in _free(guesses, columns) if column.numbers >= ENOUGH > column.dates]


def _values(con: Connection, column: Column) -> list[str]:
    statement = f"SELECT DISTINCT {column.key} FROM raw WHERE {column.key} <> '' ORDER BY 1"
    return [value for (value,) in duck.run(con, statement, name="kinds").fetchall()]


def _is_given_back(column: Column, value: str) -> bool:
    plain = value.lower().translate(UMLAUTS)
    of_a_side = re.search(SIDES, column.plain_name) and re.fullmatch(CREDIT_SIDE, plain)
    return bool(of_a_side or re.search(GIVEN_BACK, plain))


def _signs(con: Connection, column: Column) -> dict[int, int]:
    """Count the rows below zero (-1), of zero or none (0), and above it (1)."""
    statement = f"SELECT {SIGN.format(column=column.key)} AS sign, count(*) FROM raw GROUP BY sign"
    return {-1: 0, 0: 0, 1: 0} | dict(duck.run(con, statement, name="signs").fetchall())


def _of_sign(con: Connection, amount: Column, column: Column, values: Iterable[str]) -> tuple[int, int]:
    """Count the rows that have one of some values and an amount, and those of them above zero."""
    words = ", ".join(map(literal, values))
    statement = f"""
        SELECT count(*) FILTER (WHERE sign <> 0), count(*) FILTER (WHERE sign = 1)
        FROM (SELECT {SIGN.format(column=amount.key)} AS sign FROM raw WHERE {column.key} IN ({words}))"""
    [(rows, above)] = duck.run(con, statement, name="signs of kinds").fetchall()
    return rows, above


def _replaced(table: Table, amount: Column, where: str, value: str) -> str:
    name = _named(amount)
    return f"SELECT * REPLACE (CASE WHEN {where} THEN {value} ELSE {name} END AS {name}) FROM {table.sql}"


def _in_place(table: Table, query: str) -> str:
    return f"{table.first}set, in place of path, url: duckdb:// and query: {query}"


def _negative(table: Table, column: Column) -> str:
    return f"concat('-', {_named(column)})" if table.is_text else f"-{_named(column)}"


def _above_zero(table: Table, column: Column) -> str:
    return f"regexp_matches({_named(column)}, '[1-9]')" if table.is_text else f"{_named(column)} > 0"


def _named(column: Column) -> str:
    return identifier(column.name)
