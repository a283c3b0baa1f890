"""Columns of many chunks hold what columns of one do."""

from __future__ import annotations

import pyarrow as pa
import pytest

from pipeline.tables.columns import CHUNK_ROWS, repeated, whole

WORDS = pa.dictionary(pa.int32(), pa.string())


@pytest.mark.parametrize("value", [pa.scalar(7, pa.int32()), pa.scalar(None, WORDS)])
@pytest.mark.parametrize("length", [0, 1, CHUNK_ROWS, 3 * CHUNK_ROWS + 5])
def test_a_repeated_value_takes_the_memory_of_one_chunk(value: pa.Scalar, length: int) -> None:
    before = pa.total_allocated_bytes()
    column = repeated(value, length)
    assert pa.total_allocated_bytes() - before < 8 * CHUNK_ROWS
    assert column.type == value.type
    assert column.to_pylist() == [value.as_py()] * length


def test_a_column_of_one_chunk_is_whole_without_a_copy() -> None:
    array = pa.array([1, 2, 3])
    assert whole(pa.chunked_array([array])).buffers()[1].address == array.buffers()[1].address
    assert whole(pa.chunked_array([array, array])).to_pylist() == [1, 2, 3, 1, 2, 3]
