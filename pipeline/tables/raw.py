"""The table where the rows of every source meet: all values as text, each row with its file and line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipeline.engine import duck
from pipeline.engine.duck import Connection


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
    types : mapping of our column to SQL type, optional
        None when the format has none.
    """

    label: str
    rows: int
    names: tuple[str, ...]
    encoding: str
    delimiter: str | None = None
    types: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Fault:
    """A record that could not be split or decoded."""

    line: int
    column: str | None
    rule: str
    value_class: str


class RawTable:
    """The tables ``raw`` (file_no, line, our columns) and ``faults`` of a connection, while they are filled.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    columns : mapping of our name to the source's
        None for one the source does not have: it is NULL throughout; an empty value is the empty text.
    """

    def __init__(self, con: Connection, columns: Mapping[str, str | None]) -> None:
        """Create both tables, empty."""
        self.con = con
        self.columns = columns
        ours = ", ".join(f"{our} VARCHAR" for our in columns)
        duck.run(con, f"CREATE TABLE raw (file_no INTEGER, line BIGINT, {ours})", name="raw")
        duck.run(con, duck.sql_file("pipeline.tables", "sql/clean.sql"), name="clean")
        duck.run(
            con,
            "CREATE TABLE faults "
            "(file_no INTEGER, line BIGINT, column_name VARCHAR, rule VARCHAR, value_class VARCHAR)",
            name="faults",
        )

    @property
    def wanted(self) -> list[str]:
        """The source's names of the columns it has to have."""
        return [name for name in self.columns.values() if name]

    def insert(
        self,
        file_no: int,
        line: str,
        values: Mapping[str, str],
        source: str,
        params: Mapping[str, Any] | None = None,
    ) -> int:
        """Add the rows of a FROM clause; return how many.

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
        texts = ", ".join(f"clean({values[our]})" if our in values else "NULL" for our in self.columns)
        insert = f"INSERT INTO raw SELECT {file_no}, {line}, {texts} FROM {source}"
        [(rows,)] = duck.run(self.con, insert, params, name="raw rows").fetchall()
        return int(rows)

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
