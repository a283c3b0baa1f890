"""Excel workbooks into the raw table: dates and numbers keep their types, the line is the sheet's row."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import islice

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, ZipError

from pipeline.engine import duck
from pipeline.errors import UserError
from pipeline.tables.sources.files import SourceFile
from pipeline.tables.sources.header import MAX_HEADER_LINES, clean_name, header_at
from pipeline.tables.sources.raw import FileRead, RawTable
from pipeline.tables.sources.spec import Source

MAGICS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # zip; the older container, also of files with a password
BATCH_ROWS = 50_000
EXCEL_DIGITS = 15  # Excel keeps no more; what a file holds beyond them is binary noise, 12.100000000000001

Row = tuple[int, list[object]]


def is_excel(file: SourceFile) -> bool:
    """Tell by the first bytes."""
    with file.path.open("rb") as stream:
        return stream.read(len(MAGICS[0])) in MAGICS


def read_excel(table: RawTable, file_no: int, file: SourceFile, spec: Source, where: str) -> list[FileRead]:
    """Read a sheet, or several with the same header, into the raw table.

    Lines above the header are passed over, blank rows are not rows.

    Parameters
    ----------
    table : RawTable
    file_no : int
        Of the first sheet; the next ones follow.
    file : SourceFile
    spec : Source
        Its sheet, or a pattern of several.
    where : str
        The source's section in the parameters.
    """
    sheets, others = _sheets(file, spec.sheet, where)
    labels = [f"{file.label}, {sheet.name}" for sheet in sheets] if len(sheets) > 1 else [file.label]
    return [
        replace(_read_sheet(table, number, label, sheet, where), other_sheets=others)
        for number, (label, sheet) in enumerate(zip(labels, sheets, strict=True), start=file_no)
    ]


def _read_sheet(table: RawTable, file_no: int, label: str, sheet: CalamineSheet, where: str) -> FileRead:
    rows = _rows(sheet)
    top = list(islice(rows, MAX_HEADER_LINES))
    names_of = [tuple(clean_name(_text(cell)) for cell in cells) for _, cells in top]
    position = header_at(names_of, table.wanted)
    names = names_of[position]
    table.settle(names, label, where)
    at = {our: names.index(name) for our, name in table.columns.items() if name}
    kinds: dict[str, set[str]] = {our: set() for our in at}
    below = (row for part in (top[position + 1 :], rows) for row in part)
    schema = pa.schema([("line", pa.int64()), *((our, pa.string()) for our in at)])
    reader = pa.RecordBatchReader.from_batches(schema, _batches(below, at, schema, kinds))
    duck.register(table.con, "cells", reader)
    count = table.insert(file_no, "line", {our: our for our in at}, "cells")
    table.con.unregister("cells")
    types = {our: _type(found) for our, found in kinds.items()}
    return FileRead(label, count, tuple(filter(None, names)), "excel", types=types)


def _sheets(file: SourceFile, chosen: str | None, where: str) -> tuple[list[CalamineSheet], tuple[str, ...]]:
    """Open the sheet of a name or those of a pattern, the first if none is chosen; name the others."""
    try:
        book = CalamineWorkbook.from_path(str(file.path))
        every = book.sheet_names
        names = (
            every[:1] if chosen is None else [chosen] if chosen in every else fnmatch.filter(every, chosen)
        )
        if not names:
            raise UserError(
                f"{file.label} has no sheet {chosen!r}; it has: {', '.join(every)}",
                where=f"{where}.sheet",
                valid=every[0],
            )
        sheets = [book.get_sheet_by_name(name) for name in names]
    except PasswordError:
        raise UserError(
            f"{file.label} is protected by a password", where=f"{where}.path", valid="a file without one"
        ) from None
    except (CalamineError, ZipError, OSError) as error:
        raise UserError(
            f"{file.label} is not an Excel workbook that can be read: {error}",
            where=f"{where}.path",
            valid="a CSV, text, Parquet, .xlsx or .jsonl file",
        ) from error
    if empty := [sheet.name for sheet in sheets if not sheet.height]:
        raise UserError(f"the sheet {empty[0]!r} of {file.label} is empty", where=f"{where}.sheet")
    return sheets, tuple(name for name in every if name not in names)


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    """Yield the rows that are not blank, with their number."""
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if any(cell != "" for cell in cells):
            yield number, list(cells)


def _batches(
    rows: Iterator[Row], at: Mapping[str, int], schema: pa.Schema, kinds: Mapping[str, set[str]]
) -> Iterator[pa.RecordBatch]:
    while block := list(islice(rows, BATCH_ROWS)):
        lines = pa.array([line for line, _ in block], pa.int64())
        columns = {our: [cells[position] for _, cells in block] for our, position in at.items()}
        for our, cells in columns.items():
            kinds[our].update({type(cell).__name__ for cell in cells if cell != ""})
        texts = [pa.array(map(_text, cells), pa.string()) for cells in columns.values()]
        yield pa.RecordBatch.from_arrays([lines, *texts], schema=schema)


def _text(cell: object) -> str:
    """Write a cell as Excel means it: every number there is binary, also 1001."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.{EXCEL_DIGITS}g}"
    return cell.isoformat(" ") if isinstance(cell, datetime) else str(cell)


def _type(kinds: Iterable[str]) -> str:
    """Return the SQL type of a column whose values are all of one kind."""
    found = set(kinds)
    if found and found <= {date.__name__, datetime.__name__}:
        return "TIMESTAMP"
    return "DOUBLE" if found and found <= {"int", "float"} else "VARCHAR"
