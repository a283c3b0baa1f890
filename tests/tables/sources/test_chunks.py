"""Text is read in chunks: of whatever size, the result is the same."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
        patch.setattr(delimited, "BATCH_RECORDS", batch_records)
        parts = ingest(content)
    pd.testing.assert_frame_equal(parts.orders, whole.orders)
    pd.testing.assert_frame_equal(parts.quarantine, whole.quarantine)
    assert parts.counts == whole.counts
