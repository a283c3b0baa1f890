"""The table where the rows of every source meet: all values as text, each row with its file and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.tables.columns import repeated
from pipeline.tables.parallel import on_all_cores
from pipeline.tables.sources.header import check_columns, looks_like_row, no_header, spelled

PlainReader = Callable[[pa.StringArray], pa.Array | None]
"""Reads a block of texts as values of eight bytes, none of them missing; None if one is not plain."""

ALL_AS_TEXT: Mapping[str, PlainReader] = {}
ASCII = 0x7F
FIRST_MARK = 0xCC  # in UTF-8, the first byte of U+0300: no character before it belongs to the one before
SOFT_HYPHEN = "\u00ad"
# Joiners are none of them: emoji and Persian need them.
UNSEEN = SOFT_HYPHEN + "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"


@dataclass(frozen=True)
class FileRead:
    """What one file was read as.

    Attributes
    ----------
    label : str
    rows : int
        Records below the header, good and bad.
    names : tuple of str
        The header.
    encoding : str
    delimiter : str, optional
        None when the format has none.
    header_line : int
        The last line of the header in a text file.
    types : mapping of our column to SQL type, optional
        None when the format has none.
    other_sheets : tuple of str
        Of the same workbook, which are not read.
    """

    label: str
    rows: int
    names: tuple[str, ...]
    encoding: str
    delimiter: str | None = None
    header_line: int = 0
    types: Mapping[str, str] | None = None
    other_sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """A record that could not be split or decoded."""

    line: int
    column: str | None
    rule: str
    value_class: str


def fill(con: Connection, name: str, columns: Mapping[str, str | None]) -> None:
    """Make the view NAME of the table NAME_rows, with NULL in the columns that the source does not have.

    A column of NULL in a table takes as long to write as one of values.
    """
    missing = "".join(f", NULL::VARCHAR AS {our}" for our, theirs in columns.items() if not theirs)
    duck.run(con, f"CREATE OR REPLACE VIEW {name} AS SELECT *{missing} FROM {name}_rows", name=name)


class RawTable:
    """The tables ``raw`` (file_no, line, our columns) and ``faults`` of a connection, while they are filled.

    The rows stay in Arrow: they are large, every file adds to them, and nothing there needs a copy.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    columns : mapping of our name to the source's, optional
        None for one the source does not have: it is NULL throughout; an empty value is the empty text.
        Without a mapping all columns of the first file are taken, as c0, c1 and so on.
    plain : mapping of our column to PlainReader
        What a reader may make values of as it reads.
    """

    def __init__(
        self,
        con: Connection,
        columns: Mapping[str, str | None] | None,
        plain: Mapping[str, PlainReader] = ALL_AS_TEXT,
    ) -> None:
        """Begin with no rows."""
        self.con = con
        self.plain = plain
        self.columns: Mapping[str, str | None] = columns or {}
        self._parts: list[pa.Table] = []
        duck.run(con, duck.sql_file("pipeline.tables.sources", "sql/clean.sql"), name="clean")
        duck.run(
            con,
            "CREATE TABLE faults "
            "(file_no INTEGER, line BIGINT, column_name VARCHAR, rule VARCHAR, value_class VARCHAR)",
            name="faults",
        )

    @property
    def wanted(self) -> list[str]:
        """The source's names of the columns it has to have; none as long as any will do."""
        return [name for name in self.columns.values() if name]

    def settle(self, names: Sequence[str], label: str, where: str) -> None:
        """Hold the columns of a file against those that are wanted, or take them all.

        Raises
        ------
        UserError
            If a wanted column is missing or there more than once, or there is no header.
        """
        if not self.columns:
            if looks_like_row(names):
                raise no_header(label, f"{where}.path")
            once = [name for name in names if name and names.count(name) == 1]
            self.columns = {f"c{n}": name for n, name in enumerate(once)}
        self.columns = {our: name and spelled(name, names) for our, name in self.columns.items()}
        check_columns(names, self.wanted, label, f"{where}.columns")

    def insert(
        self,
        file_no: int,
        line: str,
        values: Mapping[str, str],
        source: str,
        params: Mapping[str, Any] | None = None,
    ) -> int:
        """Add the rows of a FROM clause, their values cleaned; return how many.

        Parameters
        ----------
        file_no : int
        line : str
            SQL for the line.
        values : mapping of our column to SQL for its text
        source : str
            What to select from.
        params : mapping, optional
            For the ``$names`` in `source`.
        """
        texts = ", ".join(f"clean({values[our]}) AS {our}" for our in self._filled)
        select = f"SELECT CAST({line} AS BIGINT) AS line, {texts} FROM {source}"
        return self.append(file_no, duck.arrow(self.con, select, params, name="raw rows"))

    def append(self, file_no: int, rows: pa.Table) -> int:
        """Add rows that are clean already, in the columns `line` and ours; return how many.

        A letter and its mark become one character: to Unicode it is the same, and macOS writes both ways.
        Characters that take no room are left out: spreadsheets and web pages leave them behind.
        """
        numbered = rows.append_column("file_no", repeated(pa.scalar(file_no, pa.int32()), rows.num_rows))
        schema = self._schema(rows)
        typed = numbered.select(schema.names).cast(schema)
        for our in self._filled:
            is_text = pa.types.is_string(typed[our].type)
            if is_text and any(on_all_cores(_may_hold_marks, typed[our].chunks)):
                typed = typed.set_column(typed.column_names.index(our), our, self._composed(typed[our]))
        self._parts.append(typed)
        return int(rows.num_rows)

    def _composed(self, texts: pa.ChunkedArray) -> pa.ChunkedArray:
        duck.register(self.con, "apart", pa.table({"text": texts}))
        composed = duck.arrow(
            self.con,
            f"SELECT trim(translate(nfc_normalize(text), '{UNSEEN}', '')) AS text FROM apart",
            name="letters",
        )
        self.con.unregister("apart")
        return composed["text"]

    def show(self) -> pa.Table:
        """Make the view ``raw``; return its rows with the columns that the source has."""
        rows = pa.concat_tables(self._parts) if self._parts else self._schema(pa.table({})).empty_table()
        duck.register(self.con, "raw_rows", rows)
        fill(self.con, "raw", self.columns)
        return rows

    @property
    def _filled(self) -> list[str]:
        return [our for our, name in self.columns.items() if name]

    def _schema(self, rows: pa.Table) -> pa.Schema:
        """Give the columns of ``raw``: texts, but for those that were read as values."""
        read = {our: rows[our].type for our in self.plain if our in rows.column_names}
        texts = {our: pa.string() for our in self._filled}
        return pa.schema({"file_no": pa.int32(), "line": pa.int64(), **texts, **read})

    def insert_faults(self, file_no: int, faults: Sequence[Fault]) -> None:
        """Add records that are not in ``raw``."""
        found = pa.table(
            {
                "line": pa.array([fault.line for fault in faults], pa.int64()),
                "column_name": pa.array([fault.column for fault in faults], pa.string()),
                "rule": pa.array([fault.rule for fault in faults], pa.string()),
                "value_class": pa.array([fault.value_class for fault in faults], pa.string()),
            }
        )
        duck.register(self.con, "found", found)
        duck.run(self.con, f"INSERT INTO faults SELECT {file_no}, * FROM found", name="faults")
        self.con.unregister("found")


def _may_hold_marks(texts: pa.StringArray) -> bool:
    """Look at the bytes: nearly all texts have none that could begin a mark, which is quicker to tell."""
    _, offsets, content = texts.buffers()
    if not content:
        return False
    start, end = np.frombuffer(offsets, np.int32)[[texts.offset, texts.offset + len(texts)]]
    used = np.frombuffer(content, np.uint8)[start:end]
    highest = used.max(initial=0)
    return bool(highest >= FIRST_MARK or (highest > ASCII and SOFT_HYPHEN.encode() in used.tobytes()))
