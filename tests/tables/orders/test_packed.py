"""Short texts as numbers: equal where the texts are, and nowhere else."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.tables.orders.packed import packed

SHORT = st.text("a0ä-", max_size=9)


@given(
    prefix=st.sampled_from(["", "C", "customer", "customer-0000"]),
    ends=st.lists(SHORT, min_size=1),
    cut=SHORT,
)
@example(prefix="customer-0000", ends=["00000001", "00000010", "00000001"], cut="")
@example(prefix="C", ends=["12345678", "1234567", "2345678"], cut="")
@example(prefix="", ends=["12345678", "", "1", "11", ""], cut="")
def test_numbers_are_equal_where_texts_are(prefix: str, ends: list[str], cut: str) -> None:
    texts = [prefix + end for end in ends]
    column = pa.chunked_array([texts[: len(cut)], [], texts[len(cut) :], texts[::-1]], pa.string())
    column = column.slice(1)  # offsets do not begin at 0
    numbers = packed(column)
    if numbers is not None:
        found = dict(zip(column.to_pylist(), numbers.tolist(), strict=True))
        assert [found[text] for text in column.to_pylist()] == numbers.tolist()
        assert len(set(found.values())) == len(found)


@pytest.mark.parametrize(
    "texts",
    [
        ["C-000001", "C-000002", "C-000001"],
        ["C-00000001", "C-00000012", "C-00000001"],
        ["customer-number-00000001", "customer-number-00000012", "customer-number-1"],
        ["1", "12", "123", "1234", "12345678", ""],
    ],
)
def test_short_ids_have_numbers(texts: list[str]) -> None:
    numbers = packed(pa.chunked_array([texts, [], texts]))
    assert numbers is not None
    assert len(set(numbers.tolist())) == len(set(texts))


@pytest.mark.parametrize(
    "texts",
    [
        ["anna@example.org", "anni@example.org"],
        ["C-00000001", "K-00000001"],
        ["a", "a\0", "12345678"],
        ["123456789", ""],
        ["", ""],
    ],
)
def test_texts_that_eight_bytes_do_not_tell_apart_have_none(texts: list[str]) -> None:
    assert packed(pa.chunked_array([texts])) is None
