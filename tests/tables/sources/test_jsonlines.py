"""JSON lines: one object a line."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import UserError
from pipeline.tables.sources import jsonlines
from tests.tables.conftest import Ingest, orders_of


def lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def order(
    customer: object = "anna", date: object = "2021-03-04", amount: object = 5, **more: Any
) -> dict[str, Any]:
    return {"customer": customer, "date": date, "amount": amount, **more}


def test_numbers_are_typed_and_other_keys_do_no_harm(ingest: Ingest) -> None:
    ingested = ingest(
        lines(order(1001, amount=1.234, tags=["x"]), order("Jürgen", "2021-03-05T10:00:00Z", 1e3))
    )
    assert orders_of(ingested) == [
        ("1001", "2021-03-04 00:00:00", "1.2340"),
        ("Jürgen", "2021-03-05 10:00:00", "1000.0000"),
    ]


def test_text_is_read_like_text(ingest: Ingest) -> None:
    assert orders_of(ingest(lines(order("007", "04.03.2021", "1.234,50 €")))) == [
        ("007", "2021-03-04 00:00:00", "1234.5000")
    ]


@pytest.mark.parametrize(
    "pack", [gzip.compress, lambda text: b"\xef\xbb\xbf" + text, lambda text: b"\n" + text]
)
def test_packed_marked_and_with_blank_lines(ingest: Ingest, pack: Callable[[bytes], bytes]) -> None:
    ingested = ingest(pack((lines(order()) + "\r\n\n" + lines(order("ben"))).encode()))
    assert ingested.counts["rows_read"] == 2


def test_lines_that_are_no_objects_go_to_quarantine(ingest: Ingest) -> None:
    content = (
        lines(order()).encode() + b'{"customer": "a", \n[1]\n"x"\n' + '{"customer": "ü"}\n'.encode("cp1252")
    )
    content += lines(order(amount=None), {"date": "2021-03-04", "amount": 1}).encode() + "ü\n".encode() * 2
    ingested = ingest(content, encoding="utf-8")
    assert ingested.quarantine[["line", "rule"]].to_numpy().tolist() == [
        [2, "not_a_json_object"],
        [3, "not_a_json_object"],
        [4, "not_a_json_object"],
        [5, "undecodable"],
        [6, "unreadable_amount"],
        [7, "missing_customer_id"],
        [8, "not_a_json_object"],
        [9, "not_a_json_object"],
    ]
    assert ingested.counts["rows_read"] == 9


def test_a_key_with_quotes_and_points(ingest: Ingest) -> None:
    name = 'it\'s "the" a.mount \\ $'
    row = {"customer": "a", "date": "2021-03-04", name: 5}
    assert len(ingest(lines(row), amount=name).orders) == 1


def test_files_may_lack_keys_that_others_have(ingest: Ingest) -> None:
    files = {"data/raw/1.jsonl": lines(order()).encode(), "data/raw/2.jsonl": lines(order(note="x")).encode()}
    assert ingest(files, path="data/raw/*.jsonl").counts["rows_read"] == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            lines(order(), order(customer={"id": 7})),
            ["orders.csv, line 2: the key 'customer' holds a list or an object", "sources.orders.columns"],
        ),
        (lines(order(amount=[5])), ["line 1: the key 'amount' holds"]),
        (lines({"customer": 1, "day": 2}), ["no column 'date'; its header is: customer, day", "valid: day"]),
        (json.dumps([order()]), ["is one JSON array", "jq -c"]),
        (json.dumps([order()], indent=1), ["is one JSON array"]),
        ("{\n{\n", ["holds no JSON object"]),
    ],
)
def test_what_is_no_table_is_refused(ingest: Ingest, content: str, says: list[str]) -> None:
    with pytest.raises(UserError) as raised:
        ingest(content)
    assert all(words in str(raised.value) for words in says), raised.value


@settings(deadline=None, max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 40))
def test_the_size_of_a_batch_changes_nothing(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    content = "".join(lines(order(f"c{n % 7}", amount=n)) if n % 9 else "{broken\n" for n in range(1, 40))
    whole = ingest(content)
    with monkeypatch.context() as patch:
        patch.setattr(jsonlines, "BATCH_LINES", size)
        parts = ingest(content)
    assert parts.orders.equals(whole.orders)
    assert parts.quarantine.equals(whole.quarantine)
