from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import date
from functools import partial

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.crm.dialects import parquet_bytes
from pipeline.crm.export import export_table, missing_from
from pipeline.crm.fields import FIELDS, SCHEMA_VERSION
from pipeline.crm.manifest import manifest, run_id
from pipeline.errors import UserError

Make = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
exported = partial(export_table, consents=None, language="en")


def test_keys_become_customer_numbers_and_rows_are_sorted_by_them(make: Make) -> None:
    segments, identities = make("0200", "01067", "Äpfel")
    table = exported(segments, identities.iloc[::-1])
    assert table["customer_id"].tolist() == ["01067", "0200", "Äpfel"]
    assert list(table.columns) == [field.name for field in FIELDS]
    pd.testing.assert_frame_equal(exported(segments.iloc[::-1], identities), table)


def test_no_pseudonym_leaves_the_house(make: Make) -> None:
    table = exported(*make("a", "b"))
    assert "customer_key" not in table
    assert not table.astype("str").isin(["k0", "k1"]).any(axis=None)


def test_customers_who_were_not_scored_have_empty_numbers(make: Make) -> None:
    nothing = dict.fromkeys(["churn_probability", "clv", "expected_spend", "days_since_last"], None)
    table = exported(*make("a", ("b", nothing | {"score_status": "insufficient_history"})))
    assert table.loc[1, ["churn_probability", "clv", "days_since_last"]].isna().all()


def test_numbers_are_rounded_and_minus_zero_is_zero(make: Make) -> None:
    row = exported(*make(("a", {"clv": -0.0001, "churn_probability": 0.123449}))).iloc[0]
    assert str(row["clv"]) == "0.0"
    assert row["churn_probability"] == 0.1234


@pytest.mark.parametrize(
    ("customers", "problem"),
    [
        (("a", "a", "b"), "1 of 3 customer numbers occur more than once"),
        (("a", None, " "), "2 of 3 customer numbers are empty"),
    ],
)
def test_bad_customer_numbers_stop_the_export(make: Make, customers: tuple[str, ...], problem: str) -> None:
    with pytest.raises(UserError, match=problem):
        exported(*make(*customers))


def test_every_key_must_be_there_once(make: Make) -> None:
    segments, identities = make("a", "b")
    with pytest.raises(UserError, match="1 of 2 customers have no identity"):
        exported(segments, identities.iloc[:1])
    with pytest.raises(UserError, match="2 of 4 keys stand for several customers"):
        exported(segments, pd.concat([identities, identities.assign(customer_id=["c", "d"])]))
    with pytest.raises(UserError, match="2 of 4 customers are scored twice"):
        exported(pd.concat([segments, segments]), identities)
    assert len(exported(segments.iloc[:1], identities)) == 1


def test_the_parquet_file_is_typed_and_the_same_each_time(make: Make) -> None:
    table = exported(*make("01067", ("b", {"clv": None, "days_since_last": None})))
    content = parquet_bytes(table)
    assert content == parquet_bytes(table.copy())
    read = pq.read_table(io.BytesIO(content))
    types = {field.name: read.schema.field(field.name).type for field in FIELDS}
    assert types["customer_id"] == pa.string()
    assert types["as_of"] == types["last_order_on"] == pa.date32()
    assert types["rfm_recency"] == pa.int64()
    assert types["clv"] == pa.float64()
    assert read.column("clv").to_pylist() == [1234.5, None]
    assert read.column("first_order_on").to_pylist()[0] == date(1997, 2, 11)
    assert read.schema.metadata is None


def test_the_manifest_vouches_for_the_files() -> None:
    files = {"b.csv": b"x", "a.parquet": b"yy"}
    settings = {
        "rows": 1,
        "run_id": "0123456789abcdef",
        "as_of": date(2024, 7, 1),
        "last_order_on": date(2024, 6, 27),
        "horizon_days": 90,
        "clv_horizon_days": 365,
        "currency": "EUR",
    }
    found = manifest(files, b"page", **settings)
    assert found["files"]["b.csv"] == {"bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
    assert list(found["files"]) == ["a.parquet", "b.csv"]
    assert (found["rows"], found["schema_version"], found["as_of"]) == (1, SCHEMA_VERSION, "2024-07-01")
    assert (found["last_order_on"], found["horizon_until"]) == ("2024-06-27", "2024-09-28")
    assert [column["name"] for column in found["columns"]] == [field.name for field in FIELDS]
    assert found["report"] == {"bytes": 4, "sha256": hashlib.sha256(b"page").hexdigest()}
    assert manifest(dict(reversed(files.items())), b"page", **settings) == found


def test_the_run_id_depends_on_contents_and_names_only() -> None:
    parts = {"model": b"m", "params": b"p"}
    known = run_id(parts)
    assert run_id(dict(reversed(parts.items()))) == known
    assert len(known) == 16
    assert int(known, 16) >= 0


@given(st.dictionaries(st.text(max_size=3), st.binary(max_size=3), max_size=3), st.text(max_size=3))
def test_another_content_has_another_run_id(parts: dict[str, bytes], name: str) -> None:
    assert run_id(parts | {name: parts.get(name, b"") + b"!"}) != run_id(parts)


def test_run_ids_keep_names_and_contents_apart() -> None:
    assert run_id({"ab": b"c"}) != run_id({"a": b"bc"})
    assert run_id({"a": b"", "b": b""}) != run_id({"a": b"b"})


def test_every_field_is_explained() -> None:
    assert len({field.name for field in FIELDS}) == len(FIELDS)
    assert all(field.meaning and field.example for field in FIELDS)
    assert FIELDS[0].name == "customer_id"


def test_those_who_are_no_longer_there_are_counted() -> None:
    table = pd.DataFrame({"customer_id": ["1", "2"]})
    assert missing_from(table, pd.Series(["1", "3", "4"])) == 2
    assert missing_from(table, pd.Series(dtype="str")) == 0
