"""Columns in Arrow are made of chunks: what that saves, and what it costs, in memory."""

from __future__ import annotations

import pyarrow as pa

CHUNK_ROWS = 1 << 17


def repeated(value: pa.Scalar, length: int) -> pa.ChunkedArray:
    """Return a column of one value, however long in the memory of one chunk: all its chunks are the same."""
    chunk = pa.repeat(value, min(length, CHUNK_ROWS))
    full, rest = divmod(length, CHUNK_ROWS)
    return pa.chunked_array([chunk] * full + [chunk.slice(0, rest)] * (rest > 0), value.type)


def whole(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array, which takes no copy if it is one already."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def as_numbers(amounts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return decimals of 8 bytes as the whole numbers they are kept as, which compare and count faster."""
    return pa.chunked_array([chunk.view(pa.int64()) for chunk in amounts.chunks], pa.int64())
