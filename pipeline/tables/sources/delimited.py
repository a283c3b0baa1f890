"""Delimited text into the raw table: the faster the plainer it is.

pyarrow where nothing is quoted, DuckDB where every record is one line, else record by record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

import pyarrow as pa

from pipeline.engine import duck
from pipeline.engine.duck import InputError
from pipeline.tables.sources.header import Header, read_header
from pipeline.tables.sources.raw import Fault, FileRead, RawTable
from pipeline.tables.sources.records import Record, records
from pipeline.tables.sources.spec import Source
from pipeline.tables.sources.text import MAX_LINE_BYTES, UNDECODED, TextFile, physical_lines
from pipeline.tables.sources.unquoted import may_have_blank_ends, read_unquoted

BATCH_RECORDS = 50_000


def read_delimited(table: RawTable, file_no: int, text: TextFile, spec: Source, where: str) -> FileRead:
    """Read a text file into the raw table.

    Parameters
    ----------
    table : RawTable
    file_no : int
    text : TextFile
    spec : Source
        Its delimiter.
    where : str
        The source's section in the parameters.
    """
    header = read_header(text, spec.delimiter, table.wanted, where)
    table.settle(header.names, text.label, where)
    at = {our: header.names.index(name) for our, name in table.columns.items() if name}
    rows = _read_unquoted(table, file_no, text, header, at)
    if rows is None:
        rows = _read_plain(table, file_no, text, header, at)
    if rows is None:
        rows = _read_records(table, file_no, text, header, at)
    return FileRead(text.label, rows, header.names, text.encoding, header.delimiter, header.line)


def _read_unquoted(
    table: RawTable, file_no: int, text: TextFile, header: Header, at: Mapping[str, int]
) -> int | None:
    """Read a well-formed file without quotation marks; None if it is not one."""
    rows = read_unquoted(text, header, at, table.plain)
    if rows is None or not may_have_blank_ends(rows):
        return None if rows is None else table.append(file_no, rows)
    if table.plain:  # what was read has no blank ends
        rows = read_unquoted(text, header, at)
    duck.register(table.con, "unquoted", rows)
    count = table.insert(file_no, "line", {our: our for our in at}, "unquoted")
    table.con.unregister("unquoted")
    return count


def _read_plain(
    table: RawTable, file_no: int, text: TextFile, header: Header, at: Mapping[str, int]
) -> int | None:
    """Read a well-formed file whose records are as many as its lines; None if it is not one."""
    if header.delimiter == "whitespace" or not text.regular:
        return None
    kinds = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(header.names)))
    ours = ", ".join(f"c{position} AS {our}" for our, position in at.items())
    # A table of its own first: its row ids number the records, which row_number() does on one thread only.
    read = (
        f"CREATE OR REPLACE TEMP TABLE plain AS SELECT {ours} FROM "
        f"read_csv($path, auto_detect = false, header = false, skip = {header.line}, "
        f"columns = {{{kinds}}}, delim = $delimiter, "
        f"quote = '\"', escape = '\"', strict_mode = true, max_line_size = {MAX_LINE_BYTES})"
    )
    params = {"path": str(text.path), "delimiter": header.delimiter}
    try:
        [(rows,)] = duck.run(table.con, read, params, name="plain").fetchall()
    except InputError:
        return None
    well_formed = rows == text.lines - header.line
    if well_formed:
        table.insert(file_no, f"{header.line + 1} + rowid", {our: our for our in at}, "plain")
    duck.run(table.con, "DROP TABLE plain")
    return int(rows) if well_formed else None


def _read_records(
    table: RawTable, file_no: int, text: TextFile, header: Header, at: Mapping[str, int]
) -> int:
    """Read record by record; what cannot be split or decoded becomes a fault."""
    faults: list[Fault] = []
    below = islice(physical_lines(text), header.line, None)
    found = records(below, header.delimiter, len(header.names), header.line + 1)

    def good() -> Iterator[Record]:
        for record in found:
            undecoded = record.rule is None and _undecoded(record, at)
            if record.rule:
                kind = f"{len(record.fields)} columns, the header has {len(header.names)}"
                faults.append(Fault(record.line, None, record.rule, kind))
            elif undecoded:
                faults.append(
                    Fault(record.line, table.columns[undecoded], "undecodable", f"not {text.encoding}")
                )
            else:
                yield record

    schema = pa.schema([("line", pa.int64()), *((our, pa.string()) for our in at)])
    duck.register(table.con, "good", pa.RecordBatchReader.from_batches(schema, _batches(good(), at, schema)))
    rows = table.insert(file_no, "line", {our: our for our in at}, "good")
    table.con.unregister("good")
    table.insert_faults(file_no, faults)
    return rows + len(faults)


def _undecoded(record: Record, at: Mapping[str, int]) -> str | None:
    """Return the first of our columns that holds a byte without a meaning."""
    return next((our for our, position in at.items() if UNDECODED.search(record.fields[position])), None)


def _batches(good: Iterator[Record], at: Mapping[str, int], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    while block := list(islice(good, BATCH_RECORDS)):
        lines = pa.array([record.line for record in block], pa.int64())
        texts = [pa.array([record.fields[n] for record in block], pa.string()) for n in at.values()]
        yield pa.RecordBatch.from_arrays([lines, *texts], schema=schema)
