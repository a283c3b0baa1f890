"""The query that reads a log as advised: how DuckDB reads the file, and what is changed on the way."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.engine import duck
from pipeline.engine.duck import Connection, SqlError
from pipeline.engine.quoting import identifier, literal
from pipeline.tables.sources.addresses import expand
from pipeline.tables.sources.connections import NO_DATABASE, Database, DatabaseError, connect
from pipeline.tables.sources.database import rows_of
from pipeline.tables.sources.raw import FileRead
from pipeline.tables.sources.readers import Raw
from pipeline.tables.sources.remote import is_remote
from pipeline.tables.sources.spec import Source

SAVED = "data/raw/orders.csv"


@dataclass(frozen=True)
class Table:
    """What a query reads.

    Attributes
    ----------
    sql : str
        What stands behind FROM.
    first : str
        What has to be done before; nothing, mostly.
    url : str
        The database that runs the query; for files DuckDB.
    names : tuple of str
        The columns, where the database knows no ``* REPLACE``.
    place : str
        How the query gets into the parameters.
    """

    sql: str
    first: str = ""
    url: str = NO_DATABASE
    names: tuple[str, ...] = ()
    place: str = "in place of path, url: duckdb:// and query"


@dataclass(frozen=True)
class Change:
    """What a query does to a table; each part of it may be left out.

    Attributes
    ----------
    where : str
        The rows it keeps.
    rows : int
        How many these are, where it is told; 0 otherwise.
    column, value : str, function of SQL
        A column it writes anew, and what becomes of its value.
    added, role, name : str
        A value it adds: the SQL, what it is, and the name of its column; a role without a name is done with.
    once : tuple of str
        The columns of whose values, as written anew, it reads one row each.
    last : tuple of (str, str)
        A column, and the SQL of which it reads the rows with the greatest value for each of the column's
        values. It comes before all else: a version that is left out does not make the one before it the last.
    """

    where: str = ""
    rows: int = 0
    column: str = ""
    value: Callable[[str], str] = str
    added: str = ""
    role: str = ""
    name: str = ""
    once: tuple[str, ...] = ()
    last: tuple[str, str] | tuple[()] = ()


def select(table: Table, changes: Sequence[Change]) -> list[str]:
    """Write the lines of the one query that makes all changes, those of one column one after the other."""
    replaced: dict[str, str] = {}
    for change in changes:
        if change.column:
            before = replaced.get(change.column, identifier(change.column))
            replaced[change.column] = change.value(before)
    added = "".join(f", {change.added} AS {change.name}" for change in changes if change.added)
    where = " AND ".join(change.where for change in changes if change.where)
    once = ", ".join(replaced.get(name, identifier(name)) for change in changes for name in change.once)
    columns = f"{_columns(table, replaced)}{added}"
    if once and table.names:  # where there may be no DISTINCT ON
        every = ", ".join(map(identifier, table.names))
        columns += f", row_number() OVER (PARTITION BY {once} ORDER BY {every}) AS nth"
    last = next((change.last for change in changes if change.last), ())
    if last:
        of_each, greatest = identifier(last[0]), last[1]
        ranked = f"rank() OVER (PARTITION BY {of_each} ORDER BY {greatest} DESC) AS nth_last"
        source = f"(SELECT *, {ranked} FROM {table.sql}) AS ranked"
        where = " AND ".join(filter(None, ["nth_last = 1", where]))
    else:
        source = table.sql
    read = [f"FROM {source}", where and f"WHERE {where}"]
    if not once:
        lines = [f"SELECT {columns}", *read]
    elif table.names:
        lines = ["SELECT * FROM (", f"SELECT {columns}", *read, ") AS numbered WHERE nth = 1"]
    else:
        lines = [f"SELECT DISTINCT ON ({once}) {columns}", *read, "ORDER BY ALL"]
    return [line for line in lines if line]


def _columns(table: Table, replaced: Mapping[str, str]) -> str:
    if not table.names:
        anew = _named(replaced)
        return f"* REPLACE ({anew})" if anew else "*"
    return _named({name: replaced.get(name, identifier(name)) for name in table.names})


def _named(values: Mapping[str, str]) -> str:
    named = {
        column: "" if value == identifier(column) else f"{value} AS " for column, value in values.items()
    }
    return ", ".join(f"{value}{identifier(column)}" for column, value in named.items())


def does(table: Table, changes: Sequence[Change], root: Path) -> bool:
    """Tell whether the query runs on the very file or table, and finds the rows that are told of.

    A file that is to be saved first is not there yet.
    """
    if table.first:
        return True
    first = next((change for change in changes if change.where), Change())
    if any(change.last for change in changes):  # its rows are told of those that are left
        first = replace(first, rows=0)
    address = expand(table.url, os.environ, "url")
    with duck.connect() as con, connect(address.url, root, "url") as database:
        try:
            rows = _count(con, database, select(table, changes))
            told = _count(con, database, select(table, [replace(first, once=())])) if first.rows else 0
            return rows > 0 and first.rows == told
        except (SqlError, DatabaseError):
            return False


def _count(con: Connection, database: Database, query: Sequence[str]) -> int:
    # The rows are read, or a database would leave out the expressions that are to be tried.
    duck.register(con, "tried", database.read(" ".join(query)))
    [(rows,)] = duck.run(con, "SELECT count(*) FROM tried", name="the proposed query").fetchall()
    con.unregister("tried")
    return int(rows)


def as_table(spec: Source, raw: Raw, root: Path) -> Table:
    """Write how a query reads a log; of a file, text as text, so that numbers and dates are read as here.

    Each way is tried, until one gives as many rows and the same names.
    """
    path = spec.path or ""
    if spec.url:
        names = () if raw.encodings == "duckdb" else tuple(name for name in raw.columns.values() if name)
        rows = f"({rows_of(spec, raw.files[0].names)}) AS log"
        return Table(rows, url=spec.url, names=names, place="in place of table or query, query")
    if raw.encodings == "excel":
        return Table(_csv(SAVED), f"save the sheet as {SAVED}")
    if is_remote(path) or path.startswith("package:"):
        kind = _csv(SAVED) if raw.delimiters else literal(SAVED)
        return Table(kind, f"save the file as {SAVED}, in UTF-8")
    if "," in raw.encodings:
        return Table(next(_ways(path, raw)), "save the files as UTF-8")
    is_other_text = raw.encodings != "parquet" and not raw.encodings.startswith("utf-8")
    address = f"{raw.encodings}://{path}" if is_other_text else path
    for sql in _ways(address, raw):
        if _is_same(sql, raw, root):
            return Table(sql)
    return Table(_csv(SAVED), f"save the file as {SAVED}, with commas and in UTF-8")


def _ways(path: str, raw: Raw) -> Iterator[str]:
    """Write the ways to read a file, the simplest first."""
    if raw.encodings == "parquet":
        yield literal(path)
        yield f"read_parquet({literal(path)})"
        return
    if not raw.delimiters:
        texts = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in raw.columns.values() if name)
        yield f"read_json({literal(path)}, format = 'newline_delimited', columns = {{{texts}}})"
        return
    header = raw.files[0]
    if header.header_line <= 1:
        yield _csv(path)
    if len({(file.header_line, file.names) for file in raw.files}) > 1:
        return
    below = f", header = false, skip = {header.header_line}, names = [{_unique(header)}]"
    yield _csv(path, below)
    yield _csv(path, below, f", delim = {literal(header.delimiter or ',')}, quote = '\"'")


def _csv(path: str, *options: str) -> str:
    return f"read_csv({literal(path)}, all_varchar = true{''.join(options)})"


def _is_same(sql: str, raw: Raw, root: Path) -> bool:
    """Tell whether DuckDB reads as many rows, with the names of all columns."""
    small = [name.lower() for name in raw.files[0].names]
    wanted = {name for name in raw.columns.values() if name and small.count(name.lower()) == 1}
    with connect(NO_DATABASE, root, "query") as database:
        try:
            names = database.columns(f"SELECT * FROM {sql}")
            [count] = database.read(f"SELECT count(*) AS rows FROM {sql}").read_all()["rows"].to_pylist()
        except SqlError:
            return False
    return wanted.issubset(names) and bool(count == sum(file.rows for file in raw.files))


def _unique(header: FileRead) -> str:
    """List names for DuckDB, which takes no name twice, whatever its capitals, and none that is empty."""
    small = [name.lower() for name in header.names]
    given = [
        name if name and small.index(name.lower()) == n else f"column{n}"
        for n, name in enumerate(header.names)
    ]
    return ", ".join(map(literal, given))
