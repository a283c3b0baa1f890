"""From any source to one raw table."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables.sources.database import read_database
from pipeline.tables.sources.delimited import read_delimited
from pipeline.tables.sources.excel import is_excel, read_excel
from pipeline.tables.sources.files import SourceFile, check_readable, resolve, without_pattern
from pipeline.tables.sources.header import looks_like_row, no_header
from pipeline.tables.sources.jsonlines import is_json, read_jsonlines
from pipeline.tables.sources.parquet import is_parquet, read_parquet_file
from pipeline.tables.sources.raw import ALL_AS_TEXT, FileRead, PlainReader, RawTable
from pipeline.tables.sources.remote import fetch, is_remote
from pipeline.tables.sources.spec import Source, title
from pipeline.tables.sources.text import open_text

DIFFERENT_HEADERS = (
    "SELECT * REPLACE (coalesce(new_name, old_name) AS new_name) FROM "
    "read_csv('data/raw/orders-*.csv', "
    "all_varchar = true, union_by_name = true), which churn inspect duckdb:// --query looks at"
)
TIMES = ("DATE", "TIMESTAMP")
NUMBERS = ("DOUBLE", "FLOAT", "DECIMAL", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "U")


@dataclass(frozen=True)
class Raw:
    """What is behind the tables ``raw`` and ``faults``.

    Attributes
    ----------
    files : tuple of FileRead
        Or a database; in the order of ``file_no``.
    rows : pyarrow.Table
        The rows of ``raw``: file_no, line and the columns that the source has.
    columns : mapping of our name to the source's
    """

    files: tuple[FileRead, ...]
    rows: pa.Table
    columns: Mapping[str, str | None]

    @property
    def encodings(self) -> str:
        """The encodings met; the format or the database where it has none."""
        return ", ".join(sorted({file.encoding for file in self.files}))

    @property
    def delimiters(self) -> str:
        """The delimiters met; empty where the format has none."""
        return " ".join(sorted({file.delimiter for file in self.files if file.delimiter}))

    def typed_as(self, kinds: tuple[str, ...], column: str) -> bool:
        """Tell whether every file has our column typed as one of the kinds, so that nothing is to guess."""
        return all(
            file.types is not None and file.types[column].startswith(kinds)
            for file in self.files
            if file.rows
        )


def read_raw(
    con: Connection,
    spec: Source,
    columns: Mapping[str, str | None] | None,
    root: Path,
    where: str,
    *,
    may_be_empty: bool = False,
    plain: Mapping[str, PlainReader] = ALL_AS_TEXT,
) -> Raw:
    """Read a source into the tables ``raw`` and ``faults`` of the connection.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    spec : Source
    columns : mapping of our name to the source's, optional
        None for one the source does not have. Without a mapping all columns are read, as c0, c1 and so on.
    root : Path
        The project's folder.
    where : str
        The source's section in the parameters, for messages.
    may_be_empty : bool
        Whether headers without a row will do.
    plain : mapping of our column to PlainReader
        What may be read as values at once, if there is one file: of several, one may be written otherwise.

    Returns
    -------
    Raw
        The tables are described at `pipeline.tables.sources.raw.RawTable`.

    Raises
    ------
    UserError
        For whatever is wrong with a file as a whole.
    """
    table = RawTable(con, columns, plain)
    read = _read_all(table, spec, root, where)
    if not may_be_empty and not any(file.rows for file in read):
        raise UserError(f"{title(spec)} has a header but no rows", where=f"{where}.path")
    rows = table.show()
    if not may_be_empty and not rows.num_rows:
        raise UserError(
            f"no row of {title(spec)} could be split into the columns of its header, or decoded",
            where=f"{where}.path",
            valid="a file whose rows have as many columns as the header; see delimiter and encoding",
        )
    return Raw(tuple(read), rows, table.columns)


def _read_all(table: RawTable, spec: Source, root: Path, where: str) -> list[FileRead]:
    if spec.url:
        return [read_database(table, 0, spec, root, where)]
    read: list[FileRead] = []
    with tempfile.TemporaryDirectory(prefix="text-") as folder:
        scratch = Path(folder)
        all_found = _find(spec.path or "", root, scratch, f"{where}.path")
        if len(all_found) > 1:
            table.plain = ALL_AS_TEXT
        for found in all_found:
            file = without_pattern(found, scratch)
            for part in _read_file(table, len(read), file, spec, scratch, where):
                read.append(part)
                _check_same_header(read[0], part, where)
    return read


def _find(path: str, root: Path, scratch: Path, where: str) -> list[SourceFile]:
    files = fetch(path, scratch, where) if is_remote(path) else resolve(path, root, where)
    for file in files:
        check_readable(file, where)
    return files


def _read_file(
    table: RawTable, file_no: int, file: SourceFile, spec: Source, scratch: Path, where: str
) -> list[FileRead]:
    """Read a file as what its first bytes say it is, whatever its name; each sheet for itself."""
    if is_parquet(file):
        return [read_parquet_file(table, file_no, file, where)]
    if is_excel(file):
        return read_excel(table, file_no, file, spec, where)
    text = open_text(file, spec.encoding, scratch, where)
    if is_json(text):
        return [read_jsonlines(table, file_no, text, where)]
    return [read_delimited(table, file_no, text, spec, where)]


def _check_same_header(first: FileRead, other: FileRead, where: str) -> None:
    differing = sorted(set(first.names) ^ set(other.names))
    if differing:
        for file in (other, first):
            if looks_like_row(file.names):
                raise no_header(file.label, f"{where}.path")
        lacking = [
            f"the {nth} lacks {', '.join(names)}"
            for nth, file in (("first", first), ("second", other))
            if (names := [name for name in differing if name not in file.names])
        ]
        raise UserError(
            f"{first.label} and {other.label} have different headers: {', '.join(lacking)}",
            where=f"{where}.path",
            valid="files with the same columns, or in place of path a query that reads them as one table: "
            f"{DIFFERENT_HEADERS}",
        )
