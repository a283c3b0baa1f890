"""Orders of one line take a shorter way through SQL than orders of several, to the same orders."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.tables import ingest as module
from pipeline.tables.ingest import Ingested
from pipeline.tables.orders.numbers import without_twin
from pipeline.tables.sources.readers import Raw
from tests.tables.conftest import Ingest

ROW = st.tuples(
    st.sampled_from("abc"),
    st.sampled_from(["2021-01-05 10:00", "2021-01-05 11:00", "2021-01-06 10:00"]),
    st.sampled_from(["5", "-5", "0", "7", "x"]),
    st.sampled_from(["1", "2", "3", "4", "5", "6", ""]),
    st.sampled_from(["apple", "pear", ""]),
    st.sampled_from(["web", ""]),
)


@given(hashes=st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 9).map(lambda n: n << 60), min_size=1))
def test_hashes_that_stand_there_once(hashes: list[int]) -> None:
    counts = Counter(hashes)
    single = without_twin(np.array(hashes, np.uint64))
    for number, alone in zip(hashes, single, strict=True):
        assert not alone or counts[number] == 1
    first_bits = Counter(number >> len(hashes).bit_length() for number in hashes)
    if len(first_bits) == len(counts):
        assert single.tolist() == [counts[number] == 1 for number in hashes]


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=1, max_size=12))
def test_orders_do_not_depend_on_which_rows_are_known_to_stand_alone(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch, rows: list[tuple[str, ...]]
) -> None:
    def read(known: bool) -> Ingested:
        with monkeypatch.context() as patched:
            if not known:
                patched.setattr(module, "find_only_lines", _none_known)
            return ingest(text, order_id="no", product_id="product", channel="channel")

    text = "customer,date,amount,no,product,channel\n" + "".join(",".join(row) + "\n" for row in rows)
    text += "d,2021-01-09,1,9,,\n"
    found, expected = read(known=True), read(known=False)
    assert found.orders.equals(expected.orders)
    assert found.returns.equals(expected.returns)
    assert found.quarantine.equals(expected.quarantine)
    assert found.counts == expected.counts


def _none_known(con: object, raw: Raw, aside: object) -> Future[pa.BooleanArray]:
    found: Future[pa.BooleanArray] = Future()
    found.set_result(pa.array(np.zeros(raw.rows.num_rows, dtype=bool)))
    return found
