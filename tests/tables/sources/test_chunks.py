"""Text is read in chunks: of whatever size, the result is the same."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.tables.orders import verdicts
from pipeline.tables.sources import delimited, text
from tests.tables.conftest import Ingest

ROWS = [
    "Jürgen;04.03.2021;1.234,50",
    '"Groß\r\n& ""Söhne""";05.03.2021;7,00',
    "Zoë;06.03.2021;1,00;2",
    "Ünal;kein Tag;1,00",
    ";07.03.2021;1,00",
    "Anna;08.03.2021;3 €",
]
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-8 with a mark": lambda content: content.encode("utf-8-sig"),
    "utf-16": lambda content: content.encode("utf-16"),
    "cp1252": lambda content: content.encode("cp1252"),
    "gzip": lambda content: gzip.compress(content.encode()),
    "damaged": lambda content: content.encode() + b"J\xfcrgen;04.03.2021;5\n",
}


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    encoding=st.sampled_from(sorted(ENCODINGS)),
    rows=st.lists(st.sampled_from(ROWS), min_size=1, max_size=12),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    chunk_bytes=st.integers(1, 40),
    batch_records=st.integers(1, 5),
)
def test_the_size_of_a_chunk_changes_nothing(
    ingest: Ingest,
    monkeypatch: pytest.MonkeyPatch,
    encoding: str,
    rows: list[str],
    end: str,
    chunk_bytes: int,
    batch_records: int,
) -> None:
    content = ENCODINGS[encoding](end.join(["customer;date;amount", ROWS[0], *rows, ""]))
    whole = ingest(content)
    with monkeypatch.context() as patch:
        patch.setattr(text, "CHUNK_BYTES", chunk_bytes)
        patch.setattr(text, "BLOCK_BYTES", chunk_bytes)
        patch.setattr(delimited, "BATCH_RECORDS", batch_records)
        parts = ingest(content)
    pd.testing.assert_frame_equal(parts.orders, whole.orders)
    pd.testing.assert_frame_equal(parts.quarantine, whole.quarantine)
    assert parts.counts == whole.counts


PLAIN = ["Anna,2021-03-04,5.50", "Bert,2021-03-05 10:20:30,7.25", "Anna,2021-03-06,8.00"]
ODD = ["Cleo,04.03.2021,5.50", "Dora,2021-03-04,12 EUR", "Emil,,1.5", "Finn,2021-03-04,", ",2021-03-04,3.00"]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.sampled_from(PLAIN * 3 + ODD), max_size=12),
    block_bytes=st.integers(20, 200),
    as_of=st.sampled_from(["latest", "2021-03-06"]),
)
def test_values_read_at_once_are_those_of_the_texts(
    ingest: Ingest,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[str],
    block_bytes: int,
    as_of: str,
) -> None:
    content = "\n".join(["customer,date,amount", *PLAIN, *rows, ""])
    options = {"max_quarantine_share": 1.0, "as_of": "latest" if as_of == "latest" else date(2021, 3, 6)}
    with monkeypatch.context() as patch:
        patch.setattr(verdicts, "plain_readers", lambda *_: {})
        texts = ingest(content, **options)
    monkeypatch.setattr(text, "BLOCK_BYTES", block_bytes)
    values = ingest(content, **options)
    pd.testing.assert_frame_equal(values.orders, texts.orders)
    pd.testing.assert_frame_equal(values.quarantine, texts.quarantine)
    assert values.counts == texts.counts
