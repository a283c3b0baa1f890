"""A table or a SELECT of a database into the raw table: read-only, streamed, the line is the row number."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.engine import duck
from pipeline.engine.duck import SqlError
from pipeline.engine.quoting import identifier, literal
from pipeline.errors import UserError
from pipeline.tables.sources.addresses import HIDDEN, Address, expand
from pipeline.tables.sources.connections import DatabaseError, connect
from pipeline.tables.sources.header import check_columns, spelled
from pipeline.tables.sources.raw import FileRead, RawTable
from pipeline.tables.sources.spec import Source, title

OF_CELLS = re.compile(r"(Conversion|Invalid Input|Out of Range) Error|INVALID_DATA")
"""How the errors of DuckDB and of PostgreSQL begin that are about a value: they repeat it, quoted."""

NOT_UTF_8 = "not utf-8 encoded"
AS_UTF_8 = "a file in UTF-8; read_csv('cp1252://data/raw/orders.csv', …) reads one in Windows-1252"
WRAPPED = re.compile(r"Invalid Input Error: reading the stream .*? failed: IOError: ")
PERHAPS_CELLS = re.compile(r"""(?<!\w)(["'])(.*\1(?!\w)|.*)|(?<!Line: )\b\d{4,}""")


def read_database(table: RawTable, file_no: int, spec: Source, root: Path, where: str) -> FileRead:
    """Read what a source's URL and table or query mean into the raw table.

    Only the columns that are needed travel, as text, in Arrow batches.

    Parameters
    ----------
    table : RawTable
    file_no : int
    spec : Source
        Its url, table, query and since.
    root : Path
        The project's folder, for a database that is a file.
    where : str
        The source's section in the parameters.

    Raises
    ------
    UserError
        If the database cannot be reached, does not understand the query, or has no such rows; no message
        holds a password.
    """
    address = expand(spec.url or "", os.environ, f"{where}.url")
    with _explained(address, where), connect(address.url, root, f"{where}.url") as database:
        label = f"{database.kind} {title(spec)}"
        names = database.columns(_every_row(spec))
        table.settle(names, label, where)
        if spec.since:
            check_columns(names, [spelled(spec.since.column, names)], label, f"{where}.since.column")
        rows = rows_of(spec, names)
        ours = {our: name for our, name in table.columns.items() if name}
        types = database.types(rows, sorted(set(ours.values())))
        texts = ", ".join(f"{database.text(name, types[name])} AS {our}" for our, name in ours.items())
        duck.register(table.con, "found", database.read(f"SELECT {texts} FROM ({rows}) AS found"))
        count = table.insert(
            file_no, "row_number() OVER ()", {our: f"{our}::VARCHAR" for our in ours}, "found"
        )
        table.con.unregister("found")
    if not count:
        since = f" at or after since, {spec.since.column} {spec.since.value}" if spec.since else ""
        raise UserError(f"{label} has no rows{since}", where=where)
    return FileRead(
        label, count, tuple(names), database.kind, types={our: types[name] for our, name in ours.items()}
    )


def rows_of(spec: Source, names: Sequence[str]) -> str:
    """Write the SELECT of the rows that a source of a database means; `names` are its columns."""
    rows = _every_row(spec)
    if not spec.since:
        return rows
    column, value = identifier(spelled(spec.since.column, names)), spec.since.value
    first = value if isinstance(value, int) else literal(value)
    return f"SELECT * FROM ({rows}) AS every_row WHERE {column} >= {first}"


def _every_row(spec: Source) -> str:
    if spec.table:
        return f"SELECT * FROM {'.'.join(map(identifier, spec.table.split('.')))}"
    return (spec.query or "").strip().rstrip(";")


@contextmanager
def _explained(address: Address, where: str) -> Iterator[None]:
    """Turn what a driver or DuckDB says into an error for people, without secrets."""
    try:
        yield
    except (DatabaseError, SqlError) as error:
        reason = error.reason if isinstance(error, SqlError) else str(error)
        said = _without_cells(address.hide(reason))
        valid = AS_UTF_8 if NOT_UTF_8 in reason else None
        raise UserError(f"the database says: {said}", where=where, valid=valid) from None


def _without_cells(reason: str) -> str:
    """Cut a message to what it says first; it may name tables and columns, but no value of a customer."""
    lines = [line.strip() for line in WRAPPED.sub("", reason).splitlines()]
    # The second line of such an error may be the whole row.
    return PERHAPS_CELLS.sub(HIDDEN, lines[0]) if OF_CELLS.match(reason) else " ".join(lines[:2])
