"""The query that reads a log as advised: how DuckDB reads the file, and what is changed on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.engine.quoting import identifier, literal
from pipeline.tables.sources.readers import Raw

ENCODINGS = ("utf-16", "utf-16"), ("cp1252", "latin-1")  # ours, and the nearest that DuckDB knows


@dataclass(frozen=True)
class Table:
    """What a query reads, as SQL, what is to be done before, and whether all its values are texts."""

    sql: str
    first: str = ""
    is_text: bool = True


@dataclass(frozen=True)
class Change:
    """What a query does to a table; each part of it may be left out.

    Attributes
    ----------
    where : str
        The rows it keeps.
    column, value : str, function of SQL
        A column it writes anew, and what becomes of its value.
    added, role : str
        A value it adds as a column of the name of a role.
    once : str
        The column of which it reads each value once.
    """

    where: str = ""
    column: str = ""
    value: Callable[[str], str] = str
    added: str = ""
    role: str = ""
    once: str = ""


def select(table: Table, *changes: Change) -> str:
    """Write the one query that makes all changes, the values of a column one after the other."""
    replaced: dict[str, str] = {}
    for change in changes:
        if change.column:
            before = replaced.get(change.column, identifier(change.column))
            replaced[change.column] = change.value(before)
    anew = ", ".join(f"{value} AS {identifier(column)}" for column, value in replaced.items())
    added = "".join(f", {change.added} AS {change.role}" for change in changes if change.added)
    where = " AND ".join(change.where for change in changes if change.where)
    once = ", ".join(identifier(change.once) for change in changes if change.once)
    return (
        f"SELECT {once and f'DISTINCT ON ({once}) '}*{anew and f' REPLACE ({anew})'}{added} FROM {table.sql}"
        f"{where and f' WHERE {where}'}{once and ' ORDER BY ALL'}"
    )


def in_place(table: Table, change: Change) -> str:
    """Say how the query takes the place of the file in the parameters."""
    return f"{table.first}set, in place of path, url: duckdb:// and query: {select(table, change)}"


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
