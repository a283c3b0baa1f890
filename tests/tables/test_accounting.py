from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pandas as pd
import pyarrow as pa
import pytest

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.tables.accounting import AccountingError, by_frequency, counts, purchases, rows_per_file
from pipeline.tables.sources.raw import FileRead
from pipeline.tables.sources.readers import Raw

TABLES = """
    CREATE TABLE dated AS
        SELECT 0 AS file_no, TIMESTAMP '2021-03-04' + to_days(range::INTEGER) AS ordered_at FROM range(4);
    CREATE TABLE judged AS
        SELECT 0 AS file_no, CASE range WHEN 2 THEN 'future_date' END AS rule,
               CASE range WHEN 3 THEN 'cancelled' END AS left_out FROM range(4);
    CREATE TABLE faults AS SELECT 0 AS file_no;
    CREATE TABLE purchases AS SELECT 5 AS amount, 2 AS lines;
"""


@pytest.fixture
def con() -> Iterator[Connection]:
    with duck.connect(threads=1) as con:
        duck.run(con, TABLES)
        yield con


def read(rows: int) -> Raw:
    return Raw((FileRead("orders.csv", rows, ("a",), "utf-8"),), pa.table({}), {})


def test_every_row_is_found_again(con: Connection) -> None:
    assert rows_per_file(con, read(6), pd.Timestamp("2021-03-07").to_pydatetime()) == {
        "orders.csv": {
            "rows_read": 6,
            "accepted_rows": 2,
            "quarantined": 2,
            "after_as_of": 1,
            "empty_rows": 0,
            "missing_customer_id": 0,
            "cancelled": 1,
            "test_accounts": 0,
            "duplicates": 0,
        }
    }


def test_a_lost_row_is_an_error(con: Connection) -> None:
    with pytest.raises(AccountingError, match=r"orders\.csv: 7 rows read, but 2 accepted"):
        rows_per_file(con, read(7), None)


def test_a_lost_order_is_an_error(con: Connection) -> None:
    orders = pa.table(
        {"customer_key": ["a"], "ordered_at": [datetime(2021, 3, 4)], "amount": [5], "lines": [2]}
    )
    quarantine = pd.DataFrame({"rule": ["future_date"]})
    files = rows_per_file(con, read(5), None)
    assert counts(files, quarantine, purchases(con), orders, 1)["merged_lines"] == 1
    with pytest.raises(
        AccountingError, match=r"1 orders and 0 of zero were made, but 0 \(0 of zero\) written"
    ):
        counts(files, quarantine, purchases(con), orders.slice(0, 0), 1)
    duck.run(con, "UPDATE purchases SET lines = 3")
    with pytest.raises(AccountingError, match="2 merged lines"):
        counts(files, quarantine, purchases(con), orders, 1)


def test_the_commonest_comes_first() -> None:
    assert by_frequency(pd.Series(["b", "a", "b", "c"])) == [("b", 2), ("a", 1), ("c", 1)]
