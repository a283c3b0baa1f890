"""Whether the amounts of an order log are what was paid: what was given back, and amounts in cents."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial

from pipeline.counted import counted
from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.engine.quoting import identifier, literal
from pipeline.tables.inspection.doubts import Table
from pipeline.tables.inspection.roles import AN_ORDER, CANCELLED, ENOUGH, UMLAUTS, Column, Guess

Guesses = Mapping[str, Guess | None]

WHERE = "sources.orders.columns.amount"
KINDS = 20  # different values, at most, of a column that says what kind of row it is
KIND = (
    rf"^(({AN_ORDER}|sales|vorgang|buchung|doc|record|entry|row|line|zeile).*)?((?<!c)art|typ|type|kind)$|"
    r"^(vorgang|transa[ck]tion)$"
)
GIVEN_BACK = (
    r"gutschrift|korrektur|credit[ _-]?(memo|note)|\brefund\b|retoure|^(sales? )?returns?$|chargeback|"
    r"rueck(zahl|last|erstatt|gabe|send|buch)|stornorechnung"
)
SIDES, CREDIT_SIDE = r"^(sollhaben|sh(kz|kennz.*)?$)", r"h|haben"
DEBIT, CREDIT = (rf"^(betrag|amount)?({side})(betrag|amount)?$" for side in ("soll|debit", "haben|credit"))
PAYMENTS = "Payments of invoices are neither orders nor returns: leave such rows out. "
REFUNDED = r"refund|erstatt|retour|rueckzahl|gutschrift"
NO_MONEY = r"rate$|quote$|percent|prozent|pct|anteil|fee|gebuehr"
CENTS = r"(?<![a-z])(cents?|pence)(?![a-z])"
YES = ("ja", "j", "yes", "y", "true", "t", "1", "x")
CAME_TO_NOTHING = (
    r"(?<![a-z])(storn|cancel|void|fail|fehlgeschl|abgebroch|abgelehnt|declined|rejected|expired|verfallen)"
)
NOT_OR_IN_PART = r"(?<![a-z])(nicht|nie|not?|never|teil|part)"
CANCELLED_ON = (
    r"^(order|auftrag|bestell)?(storn(o|iert|ierung)s?|cancell?(ed|ation))"
    r"(am|at|on|datum|date|time|zeit)$"
)

# Above zero, below it, or neither: told by the digits, whatever the decimal sign.
SIGN = """
    CASE WHEN NOT regexp_matches(number_text({column}), '[1-9]') THEN 0
         WHEN starts_with(number_text({column}), '-') THEN -1 ELSE 1 END"""
NUMBER = "TRY_CAST(replace(number_text({column}), ',', '.') AS DOUBLE)"  # NULL where thousands are parted


def about_kinds(con: Connection, table: Table, guesses: Guesses, columns: Sequence[Column]) -> str | None:
    """Ask about rows that are called a credit note or the like while their amounts are above zero."""
    paid = [guess.column for role in ("amount", "unit_price", "quantity") if (guess := guesses.get(role))]
    for column in _free(guesses, columns) if paid else []:
        is_side = re.search(SIDES, column.plain_name)
        if column.distinct > KINDS or not (is_side or re.search(KIND, column.plain_name)):
            continue
        is_given_back = partial(re.fullmatch, CREDIT_SIDE) if is_side else partial(re.search, GIVEN_BACK)
        given_back = [value for value in _values(con, column) if is_given_back(_plain(value))]
        if not 0 < len(given_back) < column.distinct:
            continue
        words = ", ".join(map(literal, given_back))
        above, below = _above_and_below(con, paid, f"{column.key} IN ({words})")
        if above and not below:
            turned = _replaced(table, paid[0], f"{_named(column)} IN ({words})", _negative(table, paid[0]))
            return (
                f'{WHERE}: {counted(above):row is/rows are} {words} in "{column.name}", with an amount above '
                f"zero. {PAYMENTS if is_side else ''}If that was given back, it would count as bought: to "
                f"turn its sign, {_in_place(table, turned)}. If not, leave it as it is"
            )
    return None


def about_other_side(
    con: Connection, table: Table, guesses: Guesses, columns: Sequence[Column]
) -> list[tuple[str, str]]:
    """Tell of a column of credits that has a number where the one of debits, the amounts, has none."""
    guess = guesses.get("amount")
    if not (guess and re.search(DEBIT, guess.column.plain_name)):
        return []
    for other in _other_numbers(guesses, columns):
        none = f"{SIGN.format(column=guess.column.key)} = 0"
        there, _ = _above_and_below(con, [other], none) if re.search(CREDIT, other.plain_name) else (0, 0)
        if there:
            both = _replaced(table, guess.column, _above_zero(table, other), _negative(table, other))
            told = (
                f'"{other.name}" has a number in {counted(there):row/rows} in which "{guess.column.name}" '
                f"has none. {PAYMENTS}If that was given back, {_in_place(table, both)}"
            )
            return [("other side", told)]
    return []


def about_refunds(
    con: Connection, table: Table, guesses: Guesses, columns: Sequence[Column]
) -> list[tuple[str, str]]:
    """Tell of a column of what was refunded, which nothing takes off: amounts are as the log has them."""
    amount, customer, date = (guesses.get(role) for role in ("amount", "customer_id", "ordered_at"))
    if not (amount and customer and date) or _above_and_below(con, [amount.column])[1]:
        return []
    for refund in _other_numbers(guesses, columns):
        above = _refunds(con, refund, amount.column)
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
    """Tell of amounts that are called cents and are whole numbers."""
    guess = guesses.get("amount") or guesses.get("unit_price")
    if not (guess and re.search(CENTS, guess.column.name.lower())):
        return []
    others = f"SELECT 1 FROM raw WHERE NOT regexp_full_match({guess.column.key}, '-?\\d*') LIMIT 1"
    if duck.run(con, others, name="cents").fetchall():
        return []
    name = _named(guess.column)
    query = f"SELECT * REPLACE (CAST({name} AS DECIMAL(18, 2)) / 100 AS {name}) FROM {table.sql}"
    told = f'"{guess.column.name}" holds whole numbers alone: if they are cents, {_in_place(table, query)}'
    return [("cents", told)]


def about_cancelled_on(table: Table, guesses: Guesses, columns: Sequence[Column]) -> list[tuple[str, str]]:
    """Tell of a column that is filled where an order was cancelled, such as the day it was."""
    rows = max((column.filled for column in columns), default=0)
    for column in _free(guesses, columns):
        if column.filled < rows / 2 and re.search(CANCELLED_ON, column.plain_name):
            query = f"SELECT * FROM {table.sql} WHERE {_named(column)} IS NULL"
            told = f'"{column.name}" is filled in {counted(column.filled):row/rows}: if these orders came'
            return [("cancelled", f"{told} to nothing, to leave them out, {_in_place(table, query)}")]
    return []


def is_cancelled(column: Column, state: str) -> bool:
    """Tell whether a state seems to be that of an order that came to nothing."""
    plain = _plain(state)
    is_flag = re.search(CANCELLED, column.plain_name) and plain in YES
    came_to_nothing = re.search(CAME_TO_NOTHING, plain) and not re.search(NOT_OR_IN_PART, plain)
    return bool(is_flag or came_to_nothing)


def _free(guesses: Guesses, columns: Sequence[Column]) -> list[Column]:
    """List the columns that are filled and are nothing yet."""
    taken = [guess.column for guess in guesses.values() if guess]
    return [column for column in columns if column.filled and column not in taken]


def _other_numbers(guesses: Guesses, columns: Sequence[Column]) -> list[Column]:
    return [column for column in _free(guesses, columns) if column.numbers >= ENOUGH > column.dates]


def _values(con: Connection, column: Column) -> list[str]:
    statement = f"SELECT DISTINCT {column.key} FROM raw WHERE {column.key} <> '' ORDER BY 1"
    return [value for (value,) in duck.run(con, statement, name="kinds").fetchall()]


def _plain(text: str) -> str:
    return text.lower().translate(UMLAUTS)


def _above_and_below(con: Connection, columns: Sequence[Column], where: str = "TRUE") -> tuple[int, int]:
    """Count the rows in which all columns are above zero, and those in which one is below."""
    lowest = ", ".join(SIGN.format(column=column.key) for column in columns)
    statement = f"""
        SELECT count(*) FILTER (WHERE sign > 0), count(*) FILTER (WHERE sign < 0)
        FROM (SELECT least({lowest}) AS sign FROM raw WHERE {where})"""
    [(above, below)] = duck.run(con, statement, name="signs").fetchall()
    return above, below


def _refunds(con: Connection, column: Column, amount: Column) -> int:
    """Count the rows that were refunded; none where a column seems to be no money of the amount."""
    name = column.plain_name
    if not re.search(REFUNDED, name) or re.search(NO_MONEY, name) or not column.decimals:
        return 0
    larger = f"{NUMBER.format(column=column.key)} > {NUMBER.format(column=amount.key)}"
    if duck.run(con, f"SELECT 1 FROM raw WHERE {larger} LIMIT 1", name="larger refunds").fetchall():
        return 0
    return _above_and_below(con, [column])[0]


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
