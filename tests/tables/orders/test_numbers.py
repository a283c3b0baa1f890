"""Customers by number: equal ids, and no others, have the same one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.engine import duck
from pipeline.tables.orders.numbers import (
    Hashed,
    by_hash,
    hashed,
    in_order_of_texts,
    keyed,
    number,
    sorted_with_places,
)

IDS = st.lists(st.sampled_from(["", "a", "b", "ä", "null", "long id of a customer"]), min_size=1, max_size=30)


@settings(deadline=None, max_examples=60)
@given(ids=IDS, cut=st.integers(0, 30), mask=st.sampled_from([0, 1, 3, 2**64 - 1]))
def test_equal_texts_have_equal_numbers_even_where_hashes_collide(
    ids: list[str], cut: int, mask: int
) -> None:
    texts = pa.chunked_array([ids[:cut], ids[cut:]], pa.string())
    hashes = np.array([hash(text) & mask for text in ids], np.uint64)
    numbers, order, distinct = by_hash(texts, Hashed(hashes, exact=False))
    assert distinct.take(pa.array(numbers)).to_pylist() == ids
    assert sorted(distinct.to_pylist()) == sorted(set(ids))
    assert order.tolist() == np.argsort(numbers, kind="stable").tolist()


def test_hashes_that_differ_in_their_last_bits_alone() -> None:
    texts = pa.chunked_array([["a", "b", "a", "b", "c", "a"]])
    numbers, order, distinct = by_hash(texts, Hashed(np.array([8, 9, 8, 9, 10, 8], np.uint64), exact=True))
    assert distinct.to_pylist() == ["a", "b", "c"]
    assert numbers.tolist() == [0, 1, 0, 1, 2, 0]
    assert order.tolist() == [0, 2, 5, 1, 3, 4]


@given(keys=st.lists(st.integers(0, 2**31 - 1) | st.integers(0, 3), max_size=50))
def test_places_are_those_of_a_stable_sort(keys: list[int]) -> None:
    numbers = np.array(keys, np.int64)
    places, ascending = sorted_with_places(numbers)
    assert places.tolist() == np.argsort(numbers, kind="stable").tolist()
    assert ascending.tolist() == sorted(keys)


def test_linked_ids_share_the_number_of_the_id_they_go_by() -> None:
    links = pa.table({"from_id": ["card", "mail"], "customer_id": ["account", "account"]})
    ids = pa.chunked_array([["card", "x"], ["mail", "account", "card"]])
    with duck.connect(threads=1) as con:
        numbered = number(ids, hashed(con, ids), links)
    names = dict(zip(*numbered.customers.to_pydict().values(), strict=True))
    assert [names[n] for n in numbered.of_rows] == ["account", "x"] + ["account"] * 3
    assert sorted(names.values()) == ["account", "x"]
    assert numbered.order.tolist() == np.argsort(numbered.of_rows, kind="stable").tolist()


def test_keys_come_in_their_order_and_stay_with_their_customers() -> None:
    customers = pa.table({"customer_no": pa.array(range(5), pa.int32()), "customer_id": list("edcba")})
    table = keyed(customers, b"pepper")
    assert table["customer_key"].to_pylist() == sorted(table["customer_key"].to_pylist())
    pairs = dict(zip(table["customer_no"].to_pylist(), table["customer_id"].to_pylist(), strict=True))
    assert pairs == dict(enumerate("edcba"))


@given(texts=st.lists(st.text("ab", min_size=26, max_size=26), max_size=30, unique=True))
@example([])
@example(["", "b", "a"])
@example(["C-1", "C-10", "C-1\0", "C-2"])
@example(["ä", "a", "äa", "ö"])
@example(["C-00000002", "C-00000001", "C-00000010"])
def test_texts_that_begin_alike_come_in_their_order(texts: list[str]) -> None:
    order = in_order_of_texts(pa.array(texts, pa.string()))
    assert [texts[place] for place in order.to_pylist()] == sorted(texts)
