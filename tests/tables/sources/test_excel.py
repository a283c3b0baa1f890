"""Excel workbooks as people save them."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import UserError
from pipeline.tables.sources import excel
from tests.tables.conftest import Ingest, orders_of

HEADER = ["customer", "date", "amount"]
DAY = datetime(2021, 3, 4)


def workbook(rows: list[list[Any]], **more: list[list[Any]]) -> bytes:
    """A workbook with the rows on its first sheet and further sheets by name."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, others in more.items():
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(row)
    book.save(written := io.BytesIO())
    return written.getvalue()


def test_cells_keep_their_types(ingest: Ingest) -> None:
    book = workbook(
        [HEADER, [1001, datetime(2021, 3, 4, 10, 20, 30), 1.234], [1002, date(2021, 4, 3), 0.1 + 0.2]]
    )
    ingested = ingest(book)
    assert orders_of(ingested) == [
        ("1001", "2021-03-04 10:20:30", "1.2340"),
        ("1002", "2021-04-03 00:00:00", "0.3000"),
    ]
    assert ingested.counts["read_as"] == {
        "encoding": "excel",
        "delimiter": "",
        "date_format": "yyyy-mm-dd",
        "decimal": ".",
    }


def test_cells_of_text_are_read_like_text(ingest: Ingest) -> None:
    assert orders_of(ingest(workbook([HEADER, ["007", "04.03.2021", "1.234,50 €"]]))) == [
        ("007", "2021-03-04 00:00:00", "1234.5000")
    ]


def test_titles_blank_rows_and_blank_columns_keep_the_row_numbers(ingest: Ingest) -> None:
    book = workbook(
        [
            [None, "Umsätze 2021"],
            [],
            [None, "customer", None, "date", "amount\n"],
            [None, "a", None, DAY, 5],
            [],
            [None, None, None, DAY, 6],
            [None, "b", "x", DAY, "free"],
        ]
    )
    ingested = ingest(book)
    assert orders_of(ingested) == [("a", "2021-03-04 00:00:00", "5.0000")]
    assert ingested.quarantine[["line", "rule"]].to_numpy().tolist() == [
        [6, "missing_customer_id"],
        [7, "unreadable_amount"],
    ]


def test_cells_that_are_no_dates_and_no_numbers(ingest: Ingest) -> None:
    rows = [["a", DAY, 5], ["b", time(10, 0), 6], ["c", None, 6], ["d", DAY, True], ["e", DAY, "=1/0"]]
    ingested = ingest(workbook([HEADER, *rows]))
    assert orders_of(ingested) == [("a", "2021-03-04 00:00:00", "5.0000")]
    assert ingested.quarantine["line"].tolist() == [3, 4, 5, 6]


def test_several_sheets_of_a_pattern_are_read_as_files(ingest: Ingest) -> None:
    header = ["customer", "date", "amount"]
    years = {f"Year {year}": [header, ["a", datetime(year, 3, 4), 5], ["b", "x", 1]] for year in (2021, 2022)}
    book = workbook([["notes"], ["nothing here"]], **years)
    done = ingest(book, sheet="Year*")
    assert done.orders["ordered_at"].dt.year.tolist() == [2021, 2022]
    assert list(done.counts["sources"]) == [
        "data/raw/orders.csv, Year 2021",
        "data/raw/orders.csv, Year 2022",
    ]
    assert done.quarantine[["source", "line"]].to_numpy().tolist() == [
        ["data/raw/orders.csv, Year 2021", 3],
        ["data/raw/orders.csv, Year 2022", 3],
    ]
    with pytest.raises(UserError, match="different headers"):
        ingest(
            workbook([header, ["a", "2021-03-04", 5]], more=[[*header, "x"], ["a", "2021-03-04", 5, 1]]),
            sheet="*",
        )


def test_a_sheet_may_be_named(ingest: Ingest) -> None:
    book = workbook([["other"]], Orders=[HEADER, ["a", DAY, 5]])
    assert len(ingest(book, sheet="Orders").orders) == 1
    with pytest.raises(UserError, match="has no sheet 'Order'; it has: Sheet, Orders"):
        ingest(book, sheet="Order")
    with pytest.raises(UserError, match="no column 'customer'; its header is: other"):
        ingest(book)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (workbook([]), "is empty"),
        (workbook([HEADER]), "has a header but no rows"),
        (workbook([HEADER, ["a", DAY, 5]])[:900], "is not an Excel workbook that can be read"),
        (b"\xd0\xcf\x11\xe0" + bytes(2_000), "is not an Excel workbook that can be read"),
    ],
    ids=["empty", "header only", "cut", "not a workbook"],
)
def test_a_workbook_that_holds_no_orders_is_refused(ingest: Ingest, content: bytes, says: str) -> None:
    with pytest.raises(UserError, match=says):
        ingest(content)


@settings(deadline=None, max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.integers(1, 60))
def test_the_size_of_a_batch_changes_nothing(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    cells = [[f"c{n % 7}", DAY, None if n % 10 == 9 else n / 4] for n in range(60)]
    whole = ingest(workbook([HEADER, *cells]))
    with monkeypatch.context() as patch:
        patch.setattr(excel, "BATCH_ROWS", rows)
        parts = ingest(workbook([HEADER, *cells]))
    assert parts.orders.equals(whole.orders)
    assert parts.quarantine.equals(whole.quarantine)
    assert parts.counts == whole.counts


def test_a_workbook_of_another_name_is_still_one(ingest: Ingest, tmp_path: Path) -> None:
    ingested = ingest(workbook([HEADER, ["a", DAY, 5]]), path="data/raw/orders.xlsx")
    assert list(ingested.counts["sources"]) == ["data/raw/orders.xlsx"]
