"""Files that appear whole or not at all, with the same bytes for the same content.

Every write goes to a hidden file beside the target, is flushed to disk and then renamed over it, so a reader
never sees half a file and a killed process leaves the previous one. The hidden name is fixed: the next run
removes what a killed one left behind. Parquet is written by pyarrow in row groups of a fixed size, because
DuckDB's own writer cuts its row groups by thread.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from functools import reduce
from io import BufferedReader
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROW_GROUP_ROWS = 122_880
SIGNIFICANT_DIGITS = 6
DIGITS_OF_INTEGERS = 18  # decimals with so many are written as whole numbers
PRIVATE = 0o600

_held_back: ContextVar[dict[Path, Path | None] | None] = ContextVar("_held_back", default=None)


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Hold back every write of the block and put all of them in place together when it ends well.

    If the block raises, no target has changed. Blocks nest: the outermost decides.
    """
    if _held_back.get() is not None:
        yield
        return
    written: dict[Path, Path | None] = {}
    token = _held_back.set(written)
    with ExitStack() as undo:
        undo.callback(_discard, written)
        try:
            yield
        finally:
            _held_back.reset(token)
        undo.pop_all()
    for target, hidden in written.items():
        if hidden is None:
            target.unlink(missing_ok=True)
        else:
            os.replace(hidden, target)
    for folder in dict.fromkeys(target.parent for target in written):
        _flush(folder)


def _discard(written: dict[Path, Path | None]) -> None:
    for hidden in filter(None, written.values()):
        hidden.unlink(missing_ok=True)


@contextmanager
def beside(path: Path | str, *, private: bool = False) -> Iterator[Path]:
    """Yield a hidden path next to the target; when the block ends well, flush it and rename it into place."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    hidden = target.with_name(f".{target.name}.part")
    with ExitStack() as undo:
        undo.callback(hidden.unlink, missing_ok=True)
        hidden.unlink(missing_ok=True)
        if private:
            hidden.touch(mode=PRIVATE)
            hidden.chmod(PRIVATE)
        yield hidden
        _flush(hidden)
        undo.pop_all()
    held_back = _held_back.get()
    if held_back is not None:
        held_back[target] = hidden
        return
    os.replace(hidden, target)
    _flush(target.parent)


def remove(path: Path | str) -> None:
    """Remove a file, if it is there: at once, or with the writes of `all_or_nothing`."""
    held_back = _held_back.get()
    if held_back is None:
        Path(path).unlink(missing_ok=True)
    else:
        held_back[Path(path)] = None


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_bytes(content: bytes, path: Path | str, *, private: bool = False) -> None:
    """Write bytes; `private` files can be read by their owner alone."""
    with beside(path, private=private) as hidden:
        hidden.write_bytes(content)


def json_text(content: Any, *, digits: int = SIGNIFICANT_DIGITS) -> str:
    """Give JSON in insertion order, floats to significant digits, values without a number as null."""
    return json.dumps(rounded(content, digits), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_json(content: Any, path: Path | str, *, digits: int = SIGNIFICANT_DIGITS) -> None:
    """Write what `json_text` gives."""
    write_bytes(json_text(content, digits=digits).encode(), path)


def read_json(path: Path | str) -> Any:
    """Read what `write_json` wrote."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def write_csv(frame: pd.DataFrame, path: Path | str) -> None:
    """Write a comma-separated UTF-8 file without the index, floats to significant digits."""
    text = frame.to_csv(index=False, lineterminator="\n", float_format=f"%.{SIGNIFICANT_DIGITS}g")
    write_bytes(text.encode(), path)


def write_parquet(
    rows: pd.DataFrame | pa.Table | pa.RecordBatchReader | Iterator[pd.DataFrame | pa.Table],
    path: Path | str,
    *,
    private: bool = False,
) -> str:
    """Write Parquet (zstd) whose bytes depend on the rows and their order alone.

    Parameters
    ----------
    rows : DataFrame, pyarrow.Table, pyarrow.RecordBatchReader or iterator of frames or tables
        A reader (a query's result, sorted by its ORDER BY) is streamed, never whole in memory; so are tables
        that come one after the other, all with the columns of the first.
    path : path
    private : bool
        The file can be read by its owner alone.

    Returns
    -------
    str
        SHA-256 of the file, in hexadecimal.
    """
    given, batches = _batches(rows)
    schema = _plain(given)
    # Steps from one amount to the next are written in half the time of a dictionary, and read faster.
    by_steps = {field.name: "DELTA_BINARY_PACKED" for field in schema if _is_small_decimal(field.type)}
    with ThreadPoolExecutor(1) as aside, beside(path, private=private) as hidden:
        with pq.ParquetWriter(
            hidden,
            schema,
            compression="zstd",
            store_schema=False,
            store_decimal_as_integer=True,
            # A dictionary of times outgrows its page and is thrown away, after all the work.
            use_dictionary=[
                field.name
                for field in schema
                if field.name not in by_steps and not pa.types.is_timestamp(field.type)
            ],
            column_encoding=by_steps,
            # To find the least and the largest text takes longer than to compress them; none is sought by.
            write_statistics=[field.name for field in schema if not _is_text(field.type)],
        ) as writer:
            groups = (aside.submit(_plain_values, group, schema) for group in _row_groups(batches, given))
            # While one is written, the next is made plain.
            for group, _ in pairwise(chain(groups, [Future[pa.Table]()])):
                writer.write_table(group.result(), row_group_size=ROW_GROUP_ROWS)
        digest = aside.submit(_digest, hidden.open("rb"))  # meanwhile the file is flushed to disk
    return digest.result()


def _digest(written: BufferedReader) -> str:
    with written:
        return hashlib.file_digest(written, "sha256").hexdigest()


def _is_small_decimal(kind: pa.DataType) -> bool:
    return bool(pa.types.is_decimal(kind) and kind.precision <= DIGITS_OF_INTEGERS)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_dictionary(kind))


def _table(rows: pd.DataFrame | pa.Table) -> pa.Table:
    return pa.Table.from_pandas(rows, preserve_index=False) if isinstance(rows, pd.DataFrame) else rows


def _batches(rows: Any) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Give the columns of rows, and the rows as they come."""
    if isinstance(rows, pa.RecordBatchReader):
        return rows.schema, iter(rows)
    tables = map(_table, [rows] if isinstance(rows, pd.DataFrame | pa.Table) else rows)
    first = next(tables)
    return first.schema, (batch for table in chain([first], tables) for batch in table.to_batches())


def _row_groups(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Cut batches of any size into contiguous tables of one size: pages end where chunks end."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        if rows >= ROW_GROUP_ROWS:
            table = pa.Table.from_batches(held, schema)
            full = rows - rows % ROW_GROUP_ROWS
            for start in range(0, full, ROW_GROUP_ROWS):
                yield table.slice(start, ROW_GROUP_ROWS).combine_chunks()
            held, rows = table.slice(full).to_batches(), rows - full
    if rows:
        yield pa.Table.from_batches(held, schema).combine_chunks()


def _plain(schema: pa.Schema) -> pa.Schema:
    """One Parquet type per kind of value, whichever library the rows came from; no pandas metadata."""

    def plain(kind: pa.DataType) -> pa.DataType:
        if pa.types.is_dictionary(kind):
            return pa.dictionary(pa.int32(), plain(kind.value_type))
        if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_null(kind):
            return pa.string()
        return pa.timestamp("us") if pa.types.is_timestamp(kind) else kind

    return pa.schema([pa.field(field.name, plain(field.type)) for field in schema])


def _plain_values(group: pa.Table, schema: pa.Schema) -> pa.Table:
    """Cast to plain types; of a dictionary keep the values in use, in the order in which they appear."""

    def plain(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
        if not pa.types.is_dictionary(kind):
            return column.cast(kind)
        whole = column.combine_chunks()
        used = whole.indices.dictionary_encode()
        values = whole.dictionary.take(used.dictionary).cast(kind.value_type)
        return pa.DictionaryArray.from_arrays(used.indices, values)

    columns = [plain(column, field.type) for column, field in zip(group.columns, schema, strict=True)]
    return pa.Table.from_arrays(columns, schema=schema)


def read_parquet(
    path: Path | str,
    columns: Sequence[str] | None = None,
    *,
    only: Mapping[str, Collection[Any]] | None = None,
) -> pd.DataFrame:
    """Read Parquet into pandas types that lose nothing.

    Dates and times become datetime64[us], decimals stay exact (Arrow decimals), text is ``str``. Whole
    numbers and booleans are NumPy types, or ``Int64`` and ``boolean`` when values are missing.

    Parameters
    ----------
    path : path
    columns : sequence of str, optional
        All by default.
    only : mapping of str to collection, optional
        By column the values of the rows to read, as ``{"cutoff": [day]}``; other rows are never held in
        memory.
    """
    wanted = list(columns) if columns is not None else None
    with pq.ParquetFile(path) as file:
        if only is None:
            return to_pandas(file.read(columns=wanted))
        kinds = file.schema_arrow
        values = {name: pa.array(some).cast(kinds.field(name).type) for name, some in only.items()}
        groups = (_chosen(file, number, wanted, values) for number in range(file.num_row_groups))
        kept = [group for group in groups if group is not None]
        return to_pandas(pa.concat_tables(kept) if kept else file.read_row_groups([], wanted))


def _chosen(
    file: pq.ParquetFile, number: int, columns: list[str] | None, values: Mapping[str, pa.Array]
) -> pa.Table | None:
    """Read the rows of a group that have some values; None where there are none."""
    looked_at = file.read_row_group(number, list(values))
    has = [pc.is_in(looked_at[name], some) for name, some in values.items()]
    rows = reduce(pc.and_, has)
    return file.read_row_group(number, columns).filter(rows) if pc.any(rows).as_py() else None


def to_pandas(table: pa.Table, *, copy: bool = True) -> pd.DataFrame:
    """Turn an Arrow table into the pandas types of `read_parquet`.

    Without a copy, columns share the memory of the table where they can, and are then not to be written to.
    """

    def series(column: pa.ChunkedArray) -> pd.Series[Any]:
        kind = column.type
        if pa.types.is_decimal(kind):
            exact = column.cast(pa.decimal128(kind.precision, kind.scale))
            return pd.Series(pd.arrays.ArrowExtensionArray(exact))
        if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
            return pd.Series(column.cast(pa.timestamp("us")).to_pandas())
        if column.null_count and pa.types.is_boolean(kind):
            return pd.Series(column.to_pandas().astype("boolean"))
        if column.null_count and pa.types.is_integer(kind):
            return pd.Series(pd.arrays.ArrowExtensionArray(column)).astype("Int64")
        if pa.types.is_string(kind) and not len(column):
            return pd.Series(dtype="str")  # from Arrow it would have no chunk, and pandas merges on none
        return pd.Series(column.to_pandas())

    return pd.DataFrame({name: series(table[name]) for name in table.column_names}, copy=copy)


def rounded(value: Any, digits: int = SIGNIFICANT_DIGITS) -> Any:
    """Make a value fit for JSON: floats to significant digits, dates as text, missing and infinite as None.

    Examples
    --------
    >>> rounded({"auc": 0.123456789, "n": 3, "missing": float("nan")})
    {'auc': 0.123457, 'n': 3, 'missing': None}
    """
    if isinstance(value, dict):
        return {str(key): rounded(item, digits) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [rounded(item, digits) for item in value]
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, np.generic):
        return rounded(value.item(), digits)
    if isinstance(value, float | Decimal):
        return float(f"{value:.{digits}g}") if math.isfinite(value) else None
    return value.isoformat() if isinstance(value, date) else value
