"""Times become the shop's own, whatever zone they are written in."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.tables.orders.policies import Policies
from tests.tables.conftest import LOG, Ingest, log_of


def test_times_with_an_offset_become_local_on_both_sides_of_the_clock_change(ingest: Ingest) -> None:
    content = log_of(
        "a,2021-03-28T00:59:00Z,1",  # 01:59 in winter time
        "a,2021-03-28T01:00:00Z,2",  # 03:00 in summer time: the hour between does not exist
        "a,2021-10-31T00:30:00Z,3",  # 02:30, the first of two
        "a,2021-10-31T01:30:00Z,4",  # 02:30 again
        "a,2021-12-31T18:30:00-05:00,5",  # 00:30, the next day, the next year
        "a,2022-01-02 12:00,6",  # as written
    )
    local = ingest(content, policies=Policies(timezone="Europe/Berlin")).orders
    assert local["ordered_at"].astype(str).tolist() == [
        "2021-03-28 01:59:00",
        "2021-03-28 03:00:00",
        "2021-10-31 02:30:00",
        "2021-10-31 02:30:00",
        "2022-01-01 00:30:00",
        "2022-01-02 12:00:00",
    ]
    assert ingest(content).orders["ordered_at"].astype(str)[4] == "2021-12-31 23:30:00"


@pytest.mark.parametrize("written", ["1614902400", "1614902400000"])
def test_epochs_are_instants(ingest: Ingest, written: str) -> None:  # 2021-03-05 00:00 UTC
    done = ingest(log_of(f"a,{written},1"), policies=Policies(timezone="America/New_York"))
    assert done.orders["ordered_at"].tolist() == [pd.Timestamp("2021-03-04 19:00")]
    assert done.as_of == date(2021, 3, 5)


def test_a_format_with_an_offset_is_an_instant(ingest: Ingest) -> None:
    policy = Policies(timezone="Europe/Berlin")
    done = ingest(log_of("a,04.03.2021 23:30 +0000,1"), date_format="%d.%m.%Y %H:%M %z", policies=policy)
    assert done.orders["ordered_at"].tolist() == [pd.Timestamp("2021-03-05 00:30")]


def test_parquet_instants_become_local(ingest: Ingest, tmp_path: Path) -> None:
    (tmp_path / "data/raw").mkdir(parents=True)
    day = datetime(2021, 3, 4, 23)
    for kind, expected in (
        (pa.timestamp("us", tz="UTC"), "2021-03-05 00:00"),
        (pa.timestamp("us"), str(day)),
    ):
        table = {"customer": ["a"], "date": pa.array([day], kind), "amount": [1]}
        pq.write_table(pa.table(table), tmp_path / LOG)
        done = ingest(policies=Policies(timezone="Europe/Berlin"))
        assert done.orders["ordered_at"].tolist() == [pd.Timestamp(expected)]
