"""The export table as bytes: CSV for machines, CSV for Excel on a German desk, Parquet."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.crm.fields import FIELDS, Field

# A cell that starts with one of these is run as a formula by spreadsheets, quoted or not (CWE-1236).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def machine_csv(table: pd.DataFrame) -> bytes:
    """Write for a program: UTF-8 without BOM, comma, point, ISO dates, LF; text exactly as it is."""
    columns = [_as_text(table[field.name], field, "%Y-%m-%d") for field in FIELDS]
    return _rows(columns, delimiter=",", line_end="\n").encode("utf-8")


def excel_de_csv(table: pd.DataFrame) -> bytes:
    """Write for Excel set to German: BOM, semicolon, decimal comma, DD.MM.YYYY, CRLF.

    Text that a spreadsheet would run as a formula gets an apostrophe in front. Excel still drops leading
    zeros of customer numbers on opening: import that column as text, and let programs read `machine_csv`.
    """
    columns = []
    for field in FIELDS:
        cells = _as_text(table[field.name], field, "%d.%m.%Y")
        if field.kind == "text":
            cells = [f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell for cell in cells]
        elif field.kind == "number":
            cells = [cell.replace(".", ",") for cell in cells]
        columns.append(cells)
    return _rows(columns, delimiter=";", line_end="\r\n").encode("utf-8-sig")


CSV_DIALECTS: dict[str, Callable[[pd.DataFrame], bytes]] = {"machine": machine_csv, "excel-de": excel_de_csv}
"""The writers by the name that params.yaml gives them."""


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """Write typed columns: string, date32, int64, double, bool."""
    schema = pa.schema([(field.name, _PARQUET_TYPES[field.kind]) for field in FIELDS])
    # Without the metadata pandas adds, which holds its version.
    arrow = pa.Table.from_pandas(table, schema=schema, preserve_index=False).replace_schema_metadata(None)
    buffer = io.BytesIO()
    pq.write_table(arrow, buffer, compression="zstd")
    return buffer.getvalue()


_PARQUET_TYPES = {
    "text": pa.string(),
    "date": pa.date32(),
    "whole": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
}


def _as_text(values: pd.Series[Any], field: Field, date_format: str) -> list[str]:
    present = values.notna().tolist()
    match field.kind:
        case "date":
            cells = values.dt.strftime(date_format).tolist()
        case "number":
            cells = [f"{value:.{field.decimals}f}" for value in values.astype("float64").tolist()]
        case "flag":
            cells = [str(value).lower() for value in values.tolist()]
        case _:
            cells = [str(value) for value in values.tolist()]
    return [cell if there else "" for cell, there in zip(cells, present, strict=True)]


def _rows(columns: list[list[str]], *, delimiter: str, line_end: str) -> str:
    """Lay out rows with RFC 4180 quoting: only where a cell holds a delimiter, a quote or a line break."""
    # csv.writer leaves a lone CR unquoted when lines end in LF, which readers take for a line break.
    special = frozenset(f'{delimiter}"\r\n')

    def quoted(cell: str) -> str:
        return cell if special.isdisjoint(cell) else '"' + cell.replace('"', '""') + '"'

    header = delimiter.join(field.name for field in FIELDS)
    rows = (delimiter.join(map(quoted, row)) for row in zip(*columns, strict=True))
    return "".join(row + line_end for row in (header, *rows))
