"""Delimited text without a quotation mark: pyarrow splits it in a fraction of the time that quoting takes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv

from pipeline.tables.parallel import on_all_cores
from pipeline.tables.sources.header import Header
from pipeline.tables.sources.text import TextFile

BLOCK_BYTES = 4 << 20
# First and last bytes, in UTF-8, of the blanks that sql/clean.sql takes off. Some letters share them.
PERHAPS_BLANK = np.zeros(256, dtype=bool)
PERHAPS_BLANK[list(b" \t\n\v\f\r\xc2\xa0\xe2\xaf\xef\xbf")] = True
FIRST_VISIBLE, LAST_VISIBLE = b"!~"


def read_unquoted(text: TextFile, header: Header, at: Mapping[str, int]) -> pa.Table | None:
    """Read a file in which every line is a record and no value is quoted; None if it is not one.

    Parameters
    ----------
    text : TextFile
    header : Header
    at : mapping of our column to its position

    Returns
    -------
    pyarrow.Table or None
        line, and our columns as they are written.
    """
    if header.delimiter == "whitespace" or not text.regular or _quoted(text, header):
        return None
    names = [f"c{n}" for n in range(len(header.names))]
    try:
        read = pyarrow.csv.read_csv(
            text.path,
            pyarrow.csv.ReadOptions(skip_rows=header.line, column_names=names, block_size=BLOCK_BYTES),
            pyarrow.csv.ParseOptions(delimiter=header.delimiter, quote_char=False),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[names[position] for position in sorted(set(at.values()))],
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if read.num_rows != text.lines - header.line:
        return None
    lines = pa.array(np.arange(header.line + 1, text.lines + 1))
    return pa.table({"line": lines, **{our: read[names[position]] for our, position in at.items()}})


def _quoted(text: TextFile, header: Header) -> bool:
    """Tell whether there is a quotation mark below the header."""
    with text.path.open("rb") as stream:
        return text.last_quote >= sum(map(len, islice(stream, header.line)))


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
