"""Amounts as most programs write them, each with two decimals: read by NumPy, without SQL."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from pipeline.tables.parallel import on_all_cores
from pipeline.tables.sources import Raw

MONEY = pa.decimal128(18, 4)
SHORTEST, LONGEST = 4, 16  # 0.00, and the digits that leave room for four decimals
POINT, COMMA, MINUS, ZERO = b".,-0"
TO_MARK = 3  # from the end


def with_cents(log: Raw, decimal: str) -> Raw:
    """Append `cents`, the values of the amounts, if all are written so, with one decimal sign.

    Parameters
    ----------
    log : Raw
    decimal : str
        The sign to read by, or "auto".
    """
    chunks = [chunk for chunk in log.rows["amount"].chunks if len(chunk)]
    read = on_all_cores(read_cents, chunks)
    values = [value for value in read if value is not None]
    if len(values) < len(chunks):
        return log
    signs = {sign_of(chunk) for chunk in chunks}
    if len(signs) != 1 or decimal not in ("auto", *signs):
        return log
    return replace(log, rows=log.rows.append_column("cents", pa.chunked_array(values, MONEY)))


def sign_of(texts: pa.StringArray | pa.ChunkedArray) -> str:
    """Return the decimal sign of texts that `read_cents` reads."""
    return str(texts[0].as_py()[-TO_MARK])


def read_cents(texts: pa.StringArray) -> pa.Decimal128Array | None:
    """Read a block of texts; None unless all are digits, a decimal sign and two digits, or that below zero.

    Parameters
    ----------
    texts : pyarrow.StringArray
        At least one, and none NULL.
    """
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    characters = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]]
    ends = ends - ends[0]
    sizes = np.diff(ends)
    if sizes.min() < SHORTEST or sizes.max() > LONGEST:
        return None
    marks = characters[ends[1:] - TO_MARK]
    below_zero = np.count_nonzero(characters[ends[:-1]] == MINUS)
    others = np.count_nonzero(characters - np.uint8(ZERO) > 9)  # what is before 0 becomes a large number
    if marks[0] not in (POINT, COMMA) or (marks != marks[0]).any() or others != len(texts) + below_zero:
        return None
    digits = characters[characters != marks[0]]
    starts = (ends - np.arange(len(ends))).astype(np.int32)
    whole = pa.StringArray.from_buffers(len(texts), pa.py_buffer(starts), pa.py_buffer(digits))
    values = whole.cast(pa.int64()).to_numpy() * 100  # of a ten-thousandth each
    words = np.column_stack([values, values >> 63])  # 128 bits, the lower ones first
    return pa.Array.from_buffers(MONEY, len(texts), [None, pa.py_buffer(words)])
