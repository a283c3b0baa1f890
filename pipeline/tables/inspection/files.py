"""What the file itself is: its rows and columns, its format, and how it is written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import pyarrow.compute as pc

from pipeline.counted import counted
from pipeline.tables.inspection.log import Advice, Log, shown


def without_empty_rows(log: Log) -> tuple[Log, list[Advice]]:
    """Leave out the rows that have no value in any column, and tell of them: spreadsheets add such rows."""
    filled = reduce(pc.or_, (pc.not_equal(log.raw.rows[key], "") for key in log.raw.columns))
    empty = log.rows - pc.sum(filled).as_py()
    if not empty:
        return log, []
    told = f"{empty:,} of {counted(log.rows):row holds/rows hold} no value at all and are left out"
    return log.only(filled), [Advice("empty rows", told)]


def about_file(log: Log) -> Iterator[Advice]:
    """Say what was read, in which format, and which sheets were not."""
    first, *more = log.raw.files
    [(faults,)] = log.ask("SELECT count(*) FROM faults", "faults")
    others = f" and {len(more)} more with the same columns" if more else ""
    broken = f", {faults:,} of them cannot be split into columns" if faults else ""
    looked_at = f"{counted(sum(file.rows for file in log.raw.files)):row/rows}, all of them looked at{broken}"
    columns = f"{counted(len(log.raw.columns)):column/columns}"
    yield Advice("file", f"{first.label}{others}: {looked_at}; {columns}")
    yield Advice("format", "text with a delimiter" if log.raw.delimiters else log.raw.encodings)
    if first.other_sheets:
        unread = ", ".join(first.other_sheets)
        yield Advice("sheets", f'not read: {unread}; sheet: "*" reads all, a pattern such as "20*" some')


def about_text(log: Log) -> Iterator[Advice]:
    """Say by which delimiter and encoding a text is read, where all files are written alike."""
    delimiters, encodings = log.raw.delimiters, log.raw.encodings
    if len(delimiters) == 1 or delimiters == "whitespace":
        yield Advice("delimiter", shown(delimiters), settings={"delimiter": delimiters})
    if delimiters and "," not in encodings:
        yield Advice("encoding", shown(encodings), settings={"encoding": encodings})
