"""What is doubtful about the columns that were chosen for an order log, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.counted import counted
from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.engine.quoting import identifier, literal
from pipeline.tables.inspection.roles import Column, Guess, may_be_amount
from pipeline.tables.orders.identity import spelling
from pipeline.tables.signals import MANY_AT_ONCE, stands_for_many
from pipeline.tables.sources.raw import fill
from pipeline.tables.sources.readers import Raw

NEARLY_ALL = 0.95
NEARLY_ALL_ALONE = 0.99
FEWEST_ORDERS = 20
ENCODINGS = ("utf-16", "utf-16"), ("cp1252", "latin-1")  # ours, and the nearest that DuckDB knows
SHOWN = 32  # characters of a value that stands for nobody

A_DAY = r"(day|tag)(no|nr|num|number|nummer|s|e)?"
COUNTED_DAYS = (
    "If {column} counts days, {first}map ordered_at as ordered_at and, in place of path, set url: duckdb:// "
    "and query: SELECT *, DATE '2020-01-01' + {column}::INTEGER AS ordered_at FROM {table}, with the day "
    "before the first in place of 2020-01-01. Where nobody knows it, any will do, but weekdays and months "
    "are then not those of the calendar. "
)
BETWEEN_ORDERS = r"(days?|tage?)(since|seit)|since(last|prior|prev)"

SPELLED_ALIKE = """
    SELECT count(DISTINCT {column}) - count(DISTINCT {small}) FROM raw WHERE {column} <> ''"""
# What stands for no customer is no shared account.
COMMONEST = """
    SELECT {column}, count(*) AS rows FROM raw
    WHERE NOT is_no_id({column})
    GROUP BY {column} ORDER BY rows DESC, {column} LIMIT 2"""
AT_ONCE = """
    SELECT count(*), count(DISTINCT ({customer}, {date})) FROM raw WHERE {customer} <> '' AND {date} <> ''"""
SAME_ON_EVERY_LINE = """
    SELECT count(*), count(*) FILTER (low = high)
    FROM (
        SELECT min({amount}) AS low, max({amount}) AS high FROM raw
        WHERE {order} <> '' AND {amount} <> ''
        GROUP BY {order} HAVING count(*) > 1
    )"""


@dataclass(frozen=True)
class Table:
    """What a query reads, as SQL, what is to be done before, and whether all its values are texts."""

    sql: str
    first: str = ""
    is_text: bool = True


def only(con: Connection, raw: Raw, chosen: pa.ChunkedArray) -> Raw:
    """Keep the chosen rows of ``raw``."""
    rows = raw.rows.filter(chosen)
    duck.register(con, "raw_rows", rows)
    fill(con, "raw", raw.columns)
    return replace(raw, rows=rows)


def without_empty_rows(con: Connection, raw: Raw) -> tuple[Raw, list[tuple[str, str]]]:
    """Leave out the rows that have no value in any column, and tell of them: spreadsheets add such rows."""
    filled = reduce(pc.or_, (pc.not_equal(raw.rows[key], "") for key in raw.columns))
    empty = len(raw.rows) - pc.sum(filled).as_py()
    if not empty:
        return raw, []
    told = f"{empty:,} of {counted(len(raw.rows)):row holds/rows hold} no value at all and are left out"
    return only(con, raw, filled), [("empty rows", told)]


def about_customers(
    con: Connection, customer: Guess | None, columns: Sequence[Column]
) -> list[tuple[str, str]]:
    """Tell of ids that hardly ever come twice, that differ by capitals alone, or that many people share."""
    if customer is None:
        return []
    column = customer.column
    names = {"column": column.key, "small": spelling(column.key, "small_letters")}
    [(alike,)] = duck.run(con, SPELLED_ALIKE.format(**names), name="spelled alike").fetchall()
    found = []
    if column.filled >= FEWEST_ORDERS and column.distinct >= NEARLY_ALL_ALONE * column.filled:
        told = f'"{column.name}" has {column.distinct:,} different values in {column.filled:,} rows'
        found.append(
            (
                "customers",
                f"{told}: hardly anybody would ever have come back. If this id is made anew for each order, "
                "map the one that stays with a person; if that stands in another file, join the two: "
                "docs/bring-your-own-data.md, Tables that belong together",
            )
        )
    if alike:
        told = f"{counted(alike):id differs/ids differ} from another one in capitals alone"
        found.append(
            ("customers", f"{told}; if these are the same people, ingest.customer_ids: small_letters")
        )
    rows = duck.run(con, COMMONEST.format(**names), name="commonest").fetchall()
    if len(rows) == 2 and len(rows[0][0]) <= SHOWN:
        (shared, most), (_, next_most) = rows
        if stands_for_many(most, next_most, column.filled):
            others = [other.name for other in columns if "mail" in other.plain_name and other is not column]
            such_as = f', such as "{others[0]}",' if others else ""
            told = f'"{shared}" stands in {most:,} of {column.filled:,} rows, the next id in {next_most:,}'
            itself = re.sub(r"[*?[]", r"[\g<0>]", shared)  # in a pattern these stand for other characters
            advice = (
                f'map what tells these people apart{such_as} or set ingest.exclude_customers: ["{itself}"]'
            )
            found.append(("customers", f"{told}: it seems to mean nobody; {advice}"))
    return found


def about_days(columns: Sequence[Column], table: Table) -> str:
    """Say what helps a log without dates that has numbers of days."""
    for column in columns:
        if column.numbers == 1 and re.fullmatch(A_DAY, column.plain_name):
            return COUNTED_DAYS.format(column=identifier(column.name), first=table.first, table=table.sql)
        if column.numbers == 1 and re.search(BETWEEN_ORDERS, column.plain_name):
            return (
                f"{identifier(column.name)} seems to tell how long after the one before an order came, not "
                "when: a log without a single date cannot be used. "
            )
    return ""


def about_amount(amount: Guess | None, columns: Sequence[Column]) -> list[tuple[str, str]]:
    """Tell of other columns that may be money where the amounts are whole numbers: they may be pieces."""
    others = _perhaps_money(amount, columns)
    if amount is None or not others:
        return []
    told = f'"{amount.column.name}" holds whole numbers alone, and {", ".join(others)} may be money as well'
    return [("amounts", f"{told}: if the first counts pieces, map the other")]


def about_pieces(con: Connection, amount: Guess | None, columns: Sequence[Column]) -> str | None:
    """Ask about amounts half of which are 1 while another column may be money: they count pieces."""
    others = _perhaps_money(amount, columns)
    if amount is None or not others:
        return None
    half = f"SELECT count(*) FILTER ({amount.column.key} = '1') FROM raw"
    [(ones,)] = duck.run(con, half, name="pieces").fetchall()
    if ones < amount.column.filled / 2:
        return None
    return (
        f"sources.orders.columns.amount: {amount.column.name} is 1 in {ones:,} of {amount.column.filled:,} "
        f"rows, as numbers of pieces are; is it {' or '.join(others)} that was paid?"
    )


def _perhaps_money(amount: Guess | None, columns: Sequence[Column]) -> list[str]:
    """Name other columns that may be money where the amounts are whole numbers."""
    if amount is None or amount.column.decimals:
        return []
    others = [column for column in columns if column is not amount.column and may_be_amount(column)]
    return [identifier(column.name) for column in others]


def about_lines(
    con: Connection, table: Table, customer: Guess | None, date: Guess | None, order: Guess | None
) -> list[tuple[str, str]]:
    """Tell of rows without an order id, many of which have the customer and time of another."""
    if customer is None or date is None or order is not None:
        return []
    names = (customer.column.name, date.column.name)
    statement = AT_ONCE.format(customer=customer.column.key, date=date.column.key)
    [(rows, at_once)] = duck.run(con, statement, name="at once").fetchall()
    if rows - at_once <= MANY_AT_ONCE * rows:
        return []
    told = f"{counted(rows):row has/rows have} {at_once:,} pairs of {' and '.join(map(identifier, names))}"
    query = f"SELECT *, concat_ws(' ', {', '.join(map(identifier, names))}) AS order_id FROM {table.sql}"
    return [
        (
            "lines",
            f"{told}: if these are lines of orders, each would count as an order in the KPIs. To sum them, "
            f"{table.first}map order_id as order_id and, in place of path, set url: duckdb:// and "
            f"query: {query}",
        )
    ]


def repeated_total(
    con: Connection, table: Table, amount: Guess | None, order: Guess | None, columns: Sequence[Column]
) -> str | None:
    """Ask about an amount that is the same on every line of an order: lines are summed."""
    if amount is None or order is None:
        return None
    several, same = _same_on_every_line(con, amount.column, order.column)
    if several < FEWEST_ORDERS or same < NEARLY_ALL * several:
        return None
    others = [
        column
        for column in columns
        if column is not amount.column and column is not order.column and may_be_amount(column)
    ]
    of_lines = [
        column.name
        for column in others
        if (held := _same_on_every_line(con, column, order.column))[1] < NEARLY_ALL * held[0]
    ]
    named = f" ({', '.join(of_lines)}?)" if of_lines else ""
    query = f'SELECT DISTINCT ON ("{order.column.name}") * FROM {table.sql} ORDER BY ALL'
    return (
        f"sources.orders.columns.amount: {amount.column.name} is the same on every line of {same:,} of "
        f"{several:,} orders with several. If it is the total of the order, it would count once a line: map "
        f"what was paid for the line{named}, or, to read each order once, {table.first}set, in place of "
        f"path, url: duckdb:// and query: {query}"
    )


def _same_on_every_line(con: Connection, amount: Column, order: Column) -> tuple[int, int]:
    """Count the orders of several lines, and those of them on whose lines an amount is the same."""
    statement = SAME_ON_EVERY_LINE.format(amount=amount.key, order=order.key)
    [(several, same)] = duck.run(con, statement, name="same on every line").fetchall()
    return several, same


def as_table(con: Connection, path: str, raw: Raw) -> Table:
    """Write how a query of DuckDB reads a file: text as text, so that numbers and dates are read as here."""
    if raw.encodings == "excel":
        saved = "read_csv('data/raw/orders.csv', all_varchar = true)"
        return Table(saved, "save the sheet as data/raw/orders.csv, ")
    if not raw.delimiters:
        return Table(f"'{path}'", is_text=False)
    header = raw.files[0]
    options = "all_varchar = true"
    if header.header_line > 1:
        options += f", header = false, skip = {header.header_line}, names = [{_unique(header.names)}]"
    encoding = next((name for ours, name in ENCODINGS if raw.encodings.startswith(ours)), "")
    if encoding == "latin-1" and _is_beyond_latin_1(con, raw):
        return Table(f"read_csv('{path}', {options})", "save the file as UTF-8, ")
    told = f", encoding = '{encoding}'" if encoding else ""
    return Table(f"read_csv('{path}', {options}{told})")


def _unique(names: Sequence[str]) -> str:
    """List names for DuckDB, which takes no name twice, whatever its capitals, and none that is empty."""
    small = [name.lower() for name in names]
    given = [
        name if name and small.index(name.lower()) == n else f"column{n}" for n, name in enumerate(names)
    ]
    return ", ".join(map(literal, given))


def _is_beyond_latin_1(con: Connection, raw: Raw) -> bool:
    """Tell whether a file of Windows-1252 holds a character, such as the euro sign, that Latin-1 has not."""
    statement = (
        f"SELECT count(*) FROM raw WHERE regexp_matches(concat({', '.join(raw.columns)}), '[^\\x00-\\xff]')"
    )
    [(rows,)] = duck.run(con, statement, name="beyond latin-1").fetchall()
    return bool(rows)
