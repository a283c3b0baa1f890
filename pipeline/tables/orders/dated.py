"""When each row of the order log happened, and which rows the as-of date lets be seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.tables import dates
from pipeline.tables.parallel import on_all_cores
from pipeline.tables.sources.raw import fill
from pipeline.tables.sources.readers import TIMES, Raw

MICROSECONDS = pa.timestamp("us")
PLAIN_LENGTHS = (10, 19)  # 2024-12-31, and the same with 23:59:59


def read_dates(con: Connection, raw: Raw, given: str, timezone: str | None, where: str) -> tuple[Raw, str]:
    """Read the times of the rows of ``raw``, and name their format.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    raw : Raw
    given : str
        "auto" or a strptime format.
    timezone : str, optional
        IANA name of the shop's zone.
    where : str
        The source's section in the parameters.

    Returns
    -------
    Raw
        `ordered_at` is what its texts of times say; they are `date_text` if one could not be read.
    str

    Raises
    ------
    UserError
        If the format cannot be decided.
    """
    if pa.types.is_timestamp(raw.rows["ordered_at"].type):
        # By `plain_times`, as they were read.
        return replace(raw, columns={**raw.columns, "date_text": None}), dates.ISO.name
    typed = raw.typed_as(TIMES, "ordered_at")
    likely = dates.likely(con, "ordered_at") if given == "auto" and not typed else None
    if likely:
        dated, complete = _date(con, raw, likely, timezone)
        if complete:
            return dated, likely.name
    chosen = dates.ISO if typed else dates.choose(con, "ordered_at", given, f"{where}.date_format")
    dated, _ = _date(con, raw, chosen, timezone)
    return dated, chosen.name


def _date(con: Connection, raw: Raw, by: dates.DateFormat, timezone: str | None) -> tuple[Raw, bool]:
    """Read the times; tell whether all that are given could be read."""
    dates.define(con, by, timezone)
    texts = raw.rows["ordered_at"]
    plain = on_all_cores(plain_times, texts.chunks) if by is dates.ISO else [None] * texts.num_chunks
    read = [found or read_times(con, chunk) for chunk, found in zip(texts.chunks, plain, strict=True)]
    times = pa.chunked_array(read, MICROSECONDS)
    unread: int = times.null_count
    complete = unread == 0 or unread == pc.sum(pc.equal(texts, "")).as_py()
    rows = raw.rows.drop_columns("ordered_at").append_column("ordered_at", times)
    if unread:
        rows = rows.append_column("date_text", texts)
    columns = {**raw.columns, "date_text": raw.columns["ordered_at"] if unread else None}
    return replace(raw, rows=rows, columns=columns), complete


def plain_times(texts: pa.StringArray) -> pa.TimestampArray | None:
    """Read a block of plain ISO dates as SQL would, in a fifth of the time; None for any other block."""
    lengths = pc.min_max(pc.binary_length(texts))
    if lengths["min"].as_py() == lengths["max"].as_py() in PLAIN_LENGTHS:
        try:
            return texts.cast(MICROSECONDS)
        except pa.ArrowInvalid:
            pass  # one of them is no date, or has an offset
    return None


def read_times(con: Connection, texts: pa.StringArray) -> pa.TimestampArray:
    """Read a block of texts in the format that was defined."""
    duck.register(con, "block", pa.table({"value": texts}))
    times = duck.arrow(con, "SELECT read_date(value) AS ordered_at FROM block", name="times")
    con.unregister("block")
    return times["ordered_at"].combine_chunks()


def seen_before(dated: Raw, until: datetime | None) -> pa.ChunkedArray | None:
    """Tell which rows had happened before the as-of date, or have no date to tell; None if all."""
    if not until:
        return None
    seen = pc.fill_null(pc.less(dated.rows["ordered_at"], pa.scalar(until, MICROSECONDS)), True)
    return None if pc.all(seen).as_py() else seen


def hide(con: Connection, dated: Raw, seen: pa.ChunkedArray | None) -> Raw:
    """Make ``dated``, and of it ``visible``: the rows that `seen_before` tells.

    Returns
    -------
    Raw
        Each row with its `place`, from 0.
    """
    rows = dated.rows
    duck.register(con, "dated_rows", rows)
    fill(con, "dated", dated.columns)
    rows = rows if seen is None else rows.filter(seen)
    rows = rows.append_column("place", pa.array(np.arange(len(rows), dtype=np.uint32)))
    duck.register(con, "visible_rows", rows)
    fill(con, "visible", dated.columns)
    return replace(dated, rows=rows)
