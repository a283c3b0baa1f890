"""Delimited text without a quotation mark: pyarrow splits it in a fraction of the time that quoting takes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv

from pipeline.tables.columns import whole
from pipeline.tables.parallel import on_all_cores
from pipeline.tables.sources.header import Header
from pipeline.tables.sources.raw import ALL_AS_TEXT, PlainReader
from pipeline.tables.sources.text import TextFile

# First and last bytes, in UTF-8, of the blanks that sql/clean.sql takes off. Some letters share them.
PERHAPS_BLANK = np.zeros(256, dtype=bool)
PERHAPS_BLANK[list(b" \t\n\v\f\r\xc2\xa0\xe2\xaf\xef\xbf")] = True
FIRST_VISIBLE, LAST_VISIBLE = b"!~"


class _Rows(NamedTuple):
    """Bytes of the file, from `start` to `end`, and the rows of the table that stand there."""

    start: int
    end: int
    first: int
    last: int


def read_unquoted(
    text: TextFile, header: Header, at: Mapping[str, int], plain: Mapping[str, PlainReader] = ALL_AS_TEXT
) -> pa.Table | None:
    """Read a file in which every line is a record and no value is quoted; None if it is not one.

    Block by block, for a log of short rows is mostly times and amounts: where these are read as they are
    split, their texts never lie in memory all at once.

    Parameters
    ----------
    text : TextFile
    header : Header
    at : mapping of our column to its position
    plain : mapping of our column to PlainReader
        What may be read as values. A column of which a block is not plain is read as text.

    Returns
    -------
    pyarrow.Table or None
        line, and our columns: values in one chunk, texts as they are written.
    """
    if header.delimiter == "whitespace" or not text.regular or _quoted(text, header):
        return None
    blocks = list(_below(text, header))
    values = {our: np.empty(text.lines - header.line, np.int64) for our in ("line", *plain)} if blocks else {}
    kinds: dict[str, pa.DataType] = {"line": pa.int64()}
    unlike: set[str] = set()

    def read(rows: _Rows) -> dict[str, pa.Array] | None:
        if unlike:
            return None
        texts = _split(os.pread(file.fileno(), rows.end - rows.start, rows.start), header, at)
        if texts is None or len(next(iter(texts.values()))) != rows.last - rows.first:
            return None
        values["line"][rows.first : rows.last] = np.arange(rows.first, rows.last) + header.line + 1
        for our, reader in plain.items():
            found = reader(texts.pop(our))
            if found is None:
                unlike.add(our)
            else:
                values[our][rows.first : rows.last] = found.view(pa.int64()).to_numpy()
                kinds[our] = found.type
        return texts

    with text.path.open("rb") as file:
        # The first block nearly always tells how the others are written.
        parts = [read(rows) for rows in blocks[:1]]
        if parts != [None] and not unlike:
            parts += on_all_cores(read, blocks[1:])
    if unlike:
        return read_unquoted(text, header, at, {our: plain[our] for our in plain if our not in unlike})
    if not parts or any(part is None for part in parts):
        return None
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        our: pa.Array.from_buffers(kinds[our], len(numbers), [None, pa.py_buffer(numbers)])
        for our, numbers in values.items()
    }
    columns |= {
        our: pa.chunked_array([part[our] for part in parts if part]) for our in at if our not in plain
    }
    return pa.table(columns)


def _below(text: TextFile, header: Header) -> Iterator[_Rows]:
    """Yield where the rows of each block stand."""
    line = 0
    for block in text.blocks:
        line, before = line + block.newlines, line
        last = text.lines if block is text.blocks[-1] else min(line, text.lines)
        first = max(before, header.line)
        if first < last:
            start = block.start if before >= header.line else _end_of(text, header)
            yield _Rows(start, block.end, first - header.line, last - header.line)


def _split(block: bytes, header: Header, at: Mapping[str, int]) -> dict[str, pa.StringArray] | None:
    """Split whole lines into the texts of our columns; None if one has not as many as the header."""
    names = [f"c{n}" for n in range(len(header.names))]
    try:
        read = pyarrow.csv.read_csv(
            pa.BufferReader(block),
            pyarrow.csv.ReadOptions(column_names=names, block_size=len(block), use_threads=False),
            pyarrow.csv.ParseOptions(delimiter=header.delimiter, quote_char=False),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[names[position] for position in sorted(set(at.values()))],
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return {our: whole(read[names[position]]) for our, position in at.items()}


def _quoted(text: TextFile, header: Header) -> bool:
    """Tell whether there is a quotation mark below the header."""
    return text.last_quote >= _end_of(text, header)


def _end_of(text: TextFile, header: Header) -> int:
    """Return the byte where the first line below the header begins."""
    with text.path.open("rb") as stream:
        return sum(map(len, islice(stream, header.line)))


def may_have_blank_ends(rows: pa.Table) -> bool:
    """Look at the first and the last byte of every text: tell if one could be a blank's."""
    texts = (column for column in rows.columns if pa.types.is_string(column.type))
    return any(on_all_cores(_perhaps_blank, (chunk for column in texts for chunk in column.chunks)))


def _perhaps_blank(texts: pa.StringArray) -> bool:
    _, offsets, content = texts.buffers()
    if not content:
        return False
    starts: npt.NDArray[np.int32] = np.frombuffer(offsets, np.int32)[texts.offset :][: len(texts) + 1]
    data = np.frombuffer(content, np.uint8)
    # At an empty text this looks at its neighbours' ends, which are looked at anyway.
    ends = (data.take(starts[:-1], mode="clip"), data.take(starts[1:] - 1, mode="clip"))
    # Nearly all are visible ASCII characters, which are quicker to compare than to look up.
    others = (found[(found < FIRST_VISIBLE) | (found > LAST_VISIBLE)] for found in ends)
    return any(bool(PERHAPS_BLANK[found].any()) for found in others)
