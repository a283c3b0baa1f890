"""From accepted rows to customers with keys, and their orders in one order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables.columns import as_numbers, repeated, whole
from pipeline.tables.io import to_pandas
from pipeline.tables.orders import identity
from pipeline.tables.orders.numbers import Numbers, Places, sorted_with_places
from pipeline.tables.orders.policies import Policies
from pipeline.tables.orders.verdicts import accepted, kept
from pipeline.tables.sources.readers import Raw
from pipeline.tables.sources.spec import OrderSource, title

PACKAGE = "pipeline.tables.orders"
WORD = pa.dictionary(pa.int32(), pa.string())
OTHERS = "amount", "lines", "channel"
PART_ROWS = 1 << 20


class Bought(NamedTuple):
    """What was bought, before it is sorted.

    Attributes
    ----------
    rows : pyarrow.Table
        customer_no, ordered_at, amount, lines, channel, in no order; the empty channel is none.
    by_customer : ndarray of int64, optional
        The places of the rows by customer_no, those of one customer as they stand; None if not known.
    """

    rows: pa.Table
    by_customer: Places | None


def bought(
    con: Connection,
    spec: OrderSource,
    judged: Raw,
    by_customer: Places | None,
    where: str,
    *,
    keep_zero: bool,
) -> Bought:
    """Make ``purchases`` out of the accepted rows, and return those that are orders.

    Most rows are orders as they stand: in Arrow they are not copied, and their places by customer, where they
    are known of ``judged``, stay right.

    Raises
    ------
    UserError
        If nothing was bought.
    """
    duck.run(con, duck.sql_file(PACKAGE, "sql/purchases.sql"), name="purchases")
    least = "amount >= 0" if keep_zero else "amount > 0"
    of_lines = f"SELECT customer_no, ordered_at, amount, lines, channel FROM summed WHERE {least}"
    summed = duck.arrow(con, of_lines, name="summed")
    alone = pc.and_(accepted(judged.rows), pc.fill_null(judged.rows["only_line"], True))
    alone = pc.and_kleene(alone, _paid(judged.rows["paid"], or_zero=keep_zero))
    has_channel = judged.columns["channel"] is not None
    names = ["customer_no", "ordered_at", "paid", *(["channel"] if has_channel else [])]
    rows = kept(judged.rows.select(names), alone)
    lines = repeated(pa.scalar(1, pa.int64()), len(rows))
    channels = _words(rows["channel"]) if has_channel else repeated(pa.scalar(None, WORD), len(rows))
    rows = pa.table([*rows.columns[:3], lines, channels], names=summed.column_names)
    if summed.num_rows:
        rows = pa.concat_tables([rows, summed.cast(rows.schema)])
    if summed.num_rows or len(rows) < len(judged.rows):
        by_customer = None
    if not rows.num_rows:
        raise UserError(f"{title(spec)} has returns but no orders", where=f"{where}.path")
    in_one_piece = [whole(column) for column in rows.columns[:3]]
    return Bought(pa.table([*in_one_piece, *rows.columns[3:]], names=rows.column_names), by_customer)


def _paid(amounts: pa.ChunkedArray, *, or_zero: bool) -> pa.ChunkedArray:
    """Tell which amounts are above zero, or zero."""
    numbers = as_numbers(amounts)
    return pc.greater_equal(numbers, 0) if or_zero else pc.greater(numbers, 0)


def _words(texts: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return few words as numbers, which are quicker to move; the empty word is none."""
    words = texts.dictionary_encode().combine_chunks()
    if pc.any(pc.equal(words.dictionary, "")).as_py():
        return _words(pc.if_else(pc.equal(texts, ""), None, texts))
    return words


def by_customer_and_time(found: Bought) -> Places:
    """Return the places of the rows by customer_no, then by ordered_at.

    Numbers sort in a fraction of the time of rows.
    """
    numbers, times = (whole(found.rows[name]).to_numpy() for name in ("customer_no", "ordered_at"))
    if (times[1:] < times[:-1]).any():
        by_time = np.argsort(times, kind="stable")
        return by_time[sorted_with_places(numbers[by_time])[0]]
    # As most logs stand, those of one customer are by time.
    return sorted_with_places(numbers)[0] if found.by_customer is None else found.by_customer


def orders_of(rows: pa.Table, order: Places, keyed: pa.Table) -> Iterator[pa.Table]:
    """Make the table of orders, sorted by all columns, in parts: one can be written while the next is made.

    Parameters
    ----------
    rows : pyarrow.Table
        From `bought`.
    order : ndarray of int64
        From `by_customer_and_time`.
    keyed : pyarrow.Table
        From `pipeline.tables.orders.numbers.keyed`.
    """
    times, numbers = whole(rows["ordered_at"]).to_numpy(), whole(rows["customer_no"]).to_numpy()
    varied = {name: whole(rows[name]) for name in OTHERS if not _is_alike(rows[name])}
    of_keys = whole(keyed["customer_no"]).to_numpy()
    sizes = np.zeros(len(keyed), np.intp)
    for start in range(0, len(numbers), PART_ROWS):  # in blocks, for they are copied on the way
        sizes += np.bincount(numbers[start : start + PART_ROWS], minlength=len(sizes))
    firsts, sizes = (np.cumsum(sizes) - sizes)[of_keys], sizes[of_keys]
    for part in _parts(sizes):
        customers = np.repeat(np.arange(part.start, part.stop, dtype=np.int32), sizes[part])
        places = order[_ranges(firsts[part], sizes[part])]
        moments = times[places]
        _settle_ties(places, customers, moments, varied)
        taken = {name: column.take(pa.array(places)) for name, column in varied.items()}
        keys = pa.DictionaryArray.from_arrays(customers, whole(keyed["customer_key"]), safe=False)
        others = {name: taken.get(name, rows[name][: len(places)]) for name in OTHERS}
        yield pa.table({"customer_key": keys, "ordered_at": moments, **others})


def _parts(sizes: npt.NDArray[np.integer]) -> list[slice]:
    """Cut groups of some sizes into parts of about `PART_ROWS` rows."""
    ends = np.cumsum(sizes)
    borders = np.searchsorted(ends, np.arange(PART_ROWS, ends[-1], PART_ROWS))
    return [slice(*both) for both in pairwise(np.unique([0, *borders, len(sizes)]).tolist())]


def _ranges(firsts: npt.NDArray[np.integer], sizes: npt.NDArray[np.integer]) -> Places:
    """Return ranges of some sizes, one after the other.

    Examples
    --------
    >>> _ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    places = np.repeat(firsts - (np.cumsum(sizes) - sizes), sizes)
    places += np.arange(len(places))
    return places


def _settle_ties(
    places: Places,
    customers: Numbers,
    moments: npt.NDArray[np.datetime64],
    others: Mapping[str, pa.Array],
) -> None:
    """Put the places of which customer and time are equal in the order of the other columns."""
    again = np.zeros(len(places) + 1, dtype=bool)
    again[1:-1] = (customers[1:] == customers[:-1]) & (moments[1:] == moments[:-1])
    tied = np.flatnonzero(again[1:] | again[:-1])
    if not len(tied):
        return
    some = pa.array(places[tied])
    # What Arrow can sort.
    kinds = {"amount": pa.decimal128(18, 4), "lines": pa.int64(), "channel": pa.string()}
    equal = {name: column.take(some).cast(kinds[name]) for name, column in others.items()}
    equal = {"moment": pa.array(np.cumsum(~again[tied])), **equal}
    keys = [(name, "ascending") for name in equal]
    places[tied] = places[tied][pc.sort_indices(pa.table(equal), sort_keys=keys).to_numpy()]


def frame_of(orders: pa.Table) -> pd.DataFrame:
    """Return orders as a frame."""
    customers = whole(orders["customer_key"])
    keys = pd.Index(customers.dictionary.to_pandas())
    frame = to_pandas(orders.drop_columns("customer_key"), copy=False)
    by_key = pd.Categorical.from_codes(customers.indices.to_numpy(), keys, validate=False)
    frame.insert(0, "customer_key", pd.Series(by_key, copy=False))
    return frame


def customers_of_purchases(con: Connection, judged: Raw, keyed: pa.Table) -> pa.Table:
    """Make ``identities``, of all whose rows are accepted.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    judged : Raw
    keyed : pyarrow.Table
        From `pipeline.tables.orders.numbers.keyed`.

    Returns
    -------
    pyarrow.Table
        Of `keyed` those who bought.
    """
    numbers = kept(judged.rows.select(["customer_no"]), accepted(judged.rows))["customer_no"]
    has_bought = np.zeros(len(keyed), dtype=bool)
    has_bought[numbers.to_numpy()] = True
    of_keyed = pa.chunked_array([pa.array(has_bought[whole(keyed["customer_no"]).to_numpy()])])
    identities = kept(keyed, of_keyed)
    duck.register(con, "identities", identities)
    return identities


def _is_alike(column: pa.ChunkedArray) -> bool:
    """Tell whether all values of a column are seen to be one, such as one line each: it needs no order."""
    if column.null_count == len(column):
        return True
    return pa.types.is_integer(column.type) and len(set(pc.min_max(column).as_py().values())) == 1


def policy_counts(con: Connection, spec: OrderSource, policies: Policies) -> dict[str, Any]:
    """Count what concerns customers: order ids they share, ids that are not linked, those left out."""
    counts: dict[str, Any] = {}
    if spec.columns.order_id:
        shared = """
            SELECT count(*), coalesce(sum(orders), 0)::BIGINT FROM (
                SELECT count(*) AS orders FROM summed
                GROUP BY order_id HAVING min(customer_no) <> max(customer_no))"""
        [(ids, orders)] = duck.run(con, shared, name="shared order ids").fetchall()
        counts["order_ids_of_several_customers"] = ids
        counts["orders_with_such_ids"] = orders
    if policies.id_map:
        counts["unlinked"] = identity.unlinked(con)
    excluded = """
        SELECT count(*), count(*) FILTER (WHERE customer_id IN (SELECT customer_id FROM test_accounts))
        FROM customers
        WHERE customer_no IN (SELECT customer_no FROM left_out_rows WHERE left_out = 'test_accounts')"""
    [(every, told)] = duck.run(con, excluded, name="test accounts").fetchall()
    counts["test_customers"] = {"left_out": every, "known_from_customers_table": told}
    return counts
