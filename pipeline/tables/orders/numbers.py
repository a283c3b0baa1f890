"""Numbers for the customers of a log: compared, joined and sorted in a fraction of the time of ids."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.privacy.pseudonyms import distinct_keys
from pipeline.tables.orders.packed import packed
from pipeline.tables.parallel import on_all_cores, parts_of, put, sort, taken

Numbers = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Integer = TypeVar("Integer", bound=np.integer)
CUSTOMERS = "customer_no", "customer_id"
FEW = 0.01
ODD = np.uint64(0x9E3779B97F4A7C15)  # times it, numbers stay apart, and their first bits differ too


class Numbered(NamedTuple):
    """Customers by number.

    Attributes
    ----------
    of_rows : ndarray of int32, shape (n,)
        The number of the customer of each row.
    order : ndarray of int64, shape (n,)
        The places of the rows by number, those of one customer as they stand.
    customers : pyarrow.Table
        `customer_no`, from 0 in no order that means anything, and `customer_id`, the id the customer goes by.
    """

    of_rows: Numbers
    order: Places
    customers: pa.Table


class Hashed(NamedTuple):
    """Texts by hash: equal where the texts are, and if `exact` nowhere else."""

    hashes: Hashes
    exact: bool


def number(texts: pa.ChunkedArray, hashed: Hashed, links: pa.Table) -> Numbered:
    """Number customers.

    Parameters
    ----------
    texts : pyarrow.ChunkedArray of str, length n
        Their ids.
    hashed : Hashed
        From `hashed`.
    links : pyarrow.Table
        `from_id`, `customer_id`: which ids are one customer, each once.
    """
    numbers, order, ids = by_hash(texts, hashed)
    place = pc.index_in(ids, links["from_id"])
    if place.null_count < len(place):
        linked = pc.coalesce(links["customer_id"].take(place), ids).combine_chunks().dictionary_encode()
        numbers, ids = linked.indices.to_numpy().take(numbers), linked.dictionary
        order, _ = sorted_with_places(numbers)
    customers = pa.table([pa.array(np.arange(len(ids), dtype=np.int32)), ids], names=CUSTOMERS)
    return Numbered(numbers, order, customers)


def hashed(con: Connection, texts: pa.ChunkedArray) -> Hashed:
    """Return a hash of each text: made of its bytes where they are few, else by the database."""
    words = packed(texts)
    if words is None:
        return Hashed(hashes(con, texts), False)
    words *= ODD
    return Hashed(words, True)


def hashes(con: Connection, *columns: pa.ChunkedArray) -> Hashes:
    """Return a hash of each row of some columns."""
    names = [f"c{n}" for n in range(len(columns))]
    duck.register(con, "hashed", pa.table(columns, names=names))
    statement = f"SELECT hash({', '.join(names)}) AS hash FROM hashed"
    found: Hashes = duck.arrow(con, statement, name="hashes")["hash"].to_numpy()
    con.unregister("hashed")
    return found


def keyed(customers: pa.Table, pepper: bytes) -> pa.Table:
    """Return numbered customers with their `customer_key`, sorted by it."""
    keys = distinct_keys(customers["customer_id"], pepper)
    return customers.append_column("customer_key", keys).take(in_order_of_texts(keys))


def in_order_of_texts(texts: pa.StringArray) -> pa.Array:
    """Return the places of distinct texts in order, which eight bytes, as a number, nearly always tell.

    The bytes that all texts begin with are passed over; shorter texts end in zeros.
    """
    least, largest = ((text or "").encode() for text in pc.min_max(texts).as_py().values())
    unlike = (at for at, (one, other) in enumerate(zip(least, largest, strict=False)) if one != other)
    start = next(unlike, len(least))
    padded = pc.binary_join_element_wise(texts.cast(pa.binary()), bytes(8), b"")
    first = pc.binary_slice(padded, start, start + 8).cast(pa.binary(8))
    numbers = np.frombuffer(first.buffers()[1] or b"", ">u8").astype(np.uint64)
    order = np.argsort(numbers)
    ascending = numbers[order]
    return pc.sort_indices(texts) if (ascending[1:] == ascending[:-1]).any() else pa.array(order)


def by_hash(texts: pa.ChunkedArray, hashed: Hashed) -> tuple[Numbers, Places, pa.StringArray]:
    """Number texts by sorting their hashes: in half the time of looking each up among hundreds of thousands.

    Returns
    -------
    numbers : ndarray of int32, shape (n,)
    order : ndarray of int64, shape (n,)
        As `Numbered` has it.
    distinct : pyarrow.StringArray
        The text of each number.
    """
    order, ascending = _by_hash_and_place(hashed.hashes)
    starts = np.flatnonzero(np.append(True, ascending[1:] != ascending[:-1]))
    numbers = np.empty(len(order), np.int32)
    sizes = np.diff(starts, append=len(order))
    put(np.repeat(np.arange(len(starts), dtype=np.int32), sizes), order, into=numbers)
    distinct = _few(texts, order[starts])
    if hashed.exact or _stand_for(distinct, numbers, texts):
        return numbers, order, distinct
    encoded = texts.combine_chunks().dictionary_encode()  # two texts with one hash
    numbers = encoded.indices.to_numpy()
    return numbers, sorted_with_places(numbers)[0], encoded.dictionary


def _few(texts: pa.ChunkedArray, places: Places) -> pa.StringArray:
    """Return the texts at some places, none of them twice: to take them would copy all texts first."""
    chosen = np.zeros(len(texts), dtype=bool)
    chosen[places] = True
    ranks = np.empty_like(places)
    ranks[np.argsort(places)] = np.arange(len(places))
    return texts.filter(pa.array(chosen)).combine_chunks().take(pa.array(ranks))


def _by_hash_and_place(hashes: Hashes) -> tuple[Places, Hashes]:
    """Sort hashes, equal ones in the order of their places; return the places and them."""
    first_bits, of_place = sorted_first_bits(hashes)
    first_bits &= of_place
    order = first_bits.view(np.int64)
    ascending = taken(hashes, order)
    # Few hashes differ in their last bits alone: these lie mixed.
    mixed = np.flatnonzero(ascending[1:] < ascending[:-1])
    for least in np.unique(ascending[mixed] & ~of_place):
        start, end = np.searchsorted(ascending, least), np.searchsorted(ascending, least | of_place, "right")
        moved = start + np.argsort(ascending[start:end], kind="stable")
        order[start:end], ascending[start:end] = order[moved], ascending[moved]
    return order, ascending


def _stand_for(distinct: pa.StringArray, numbers: Numbers, texts: pa.ChunkedArray) -> bool:
    """Tell whether the numbers are those of the texts."""
    ends = np.cumsum([len(chunk) for chunk in texts.chunks])
    parts = zip(texts.chunks, np.split(numbers, ends[:-1]), strict=True)
    return all(on_all_cores(lambda part: distinct.take(pa.array(part[1])).equals(part[0]), parts))


def without_twin(hashes: Hashes) -> npt.NDArray[np.bool_]:
    """Tell which hashes stand there once, by the sort of their first bits.

    Where most have twins, what is equal in the first bits alone is taken for twins too: such rows go a longer
    way to the same end. A few are told apart: without any, all rows go the short way.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    packed, of_place = sorted_first_bits(hashes)
    twins = np.flatnonzero(packed[1:] ^ packed[:-1] <= of_place)
    single = np.ones(len(hashes), dtype=bool)
    single[packed[twins] & of_place] = False
    single[packed[twins + 1] & of_place] = False
    if len(twins) < FEW * len(hashes):
        doubtful = np.flatnonzero(~single)
        _, group, size = np.unique(hashes[doubtful], return_inverse=True, return_counts=True)
        single[doubtful] = size[group] == 1
    return single


def sorted_first_bits(hashes: Hashes) -> tuple[Hashes, np.uint64]:
    """Sort hashes by their first bits, places in their last bits; return them, and the bits of a place.

    With its place in it a number is sorted many times faster than the place by the number.
    """
    of_place = np.uint64((1 << len(hashes).bit_length()) - 1)
    packed = np.empty_like(hashes)

    def pack(part: slice) -> None:
        np.bitwise_and(hashes[part], ~of_place, out=packed[part])
        packed[part] |= np.arange(part.start, part.stop, dtype=np.uint32)

    on_all_cores(pack, parts_of(len(hashes)))
    sort(packed)
    return packed, of_place


def sorted_with_places(keys: npt.NDArray[Integer]) -> tuple[Places, npt.NDArray[Integer]]:
    """Sort numbers, equal ones in the order of their places.

    With its place in its last bits a number is sorted many times faster than the place by the number.

    Parameters
    ----------
    keys : ndarray of int, shape (n,)
        From 0, with n of at most 63 bits together.

    Returns
    -------
    places : ndarray of int64, shape (n,)
        Where the numbers stood.
    ascending : ndarray of int, shape (n,)
        The numbers.
    """
    bits = len(keys).bit_length()
    places = np.left_shift(keys, bits, dtype=np.int64)
    places |= np.arange(len(keys), dtype=np.uint32)
    places.sort()
    ascending = np.empty_like(keys)
    np.right_shift(places, bits, out=ascending, casting="unsafe")
    places &= (1 << bits) - 1
    return places, ascending
