"""A log in Parquet says its types itself."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import UserError
from tests.tables.conftest import Ingest


def write_log(folder: Path, **columns: pa.Array) -> None:
    (folder / "data/raw").mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), folder / "data/raw/orders.csv")


def test_parquet_types_save_the_guessing(ingest: Ingest, tmp_path: Path) -> None:
    write_log(
        tmp_path,
        customer=pa.array([7, 8, None, 9]),
        date=pa.array([datetime(2021, 3, 4, 5), None, datetime(2021, 3, 4), datetime(2021, 3, 6)]),
        amount=pa.array([1.234, 5.0, 5.0, float("nan")]),
    )
    ingested = ingest()
    assert str(ingested.orders["amount"][0]) == "1.2340"
    assert ingested.orders["ordered_at"].tolist() == [pd.Timestamp("2021-03-04 05:00")]
    assert ingested.quarantine[["line", "rule"]].to_numpy().tolist() == [
        [2, "unreadable_date"],
        [3, "missing_customer_id"],
        [4, "not_finite_amount"],
    ]


def test_parquet_of_text_is_read_like_text(ingest: Ingest, tmp_path: Path) -> None:
    write_log(tmp_path, customer=pa.array(["ü"]), date=pa.array(["4.3.2021"]), amount=pa.array(["1.234,5"]))
    ingested = ingest()
    assert str(ingested.orders["amount"][0]) == "1234.5000"


def test_parquet_instants_are_taken_to_utc(ingest: Ingest, tmp_path: Path) -> None:
    zoned = pa.array([datetime(2021, 3, 4, 23)], pa.timestamp("ns", tz="America/New_York"))
    write_log(tmp_path, customer=pa.array(["a"]), date=zoned, amount=pa.array([1]))
    assert ingest().orders["ordered_at"].tolist() == [pd.Timestamp("2021-03-04 23:00")]


def test_parquet_without_rows_is_refused(ingest: Ingest, tmp_path: Path) -> None:
    write_log(
        tmp_path,
        customer=pa.array([], pa.string()),
        date=pa.array([], pa.string()),
        amount=pa.array([], pa.int8()),
    )
    with pytest.raises(UserError, match="has a header but no rows"):
        ingest()
