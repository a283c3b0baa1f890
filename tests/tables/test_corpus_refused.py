"""Files and sources that cannot be read: what the error says of each of them."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from typing import Any

import pytest

from pipeline.errors import UserError
from tests.tables.conftest import HEADER, PLAIN, Ingest, zstd


@dataclass(frozen=True)
class Refused:
    """A source that is refused as a whole, and what the error says."""

    name: str
    content: str | bytes | dict[str, bytes] | None
    says: list[str]
    source: dict[str, Any] = field(default_factory=dict)


REFUSED = [
    Refused(
        "no such file",
        None,
        ["sources.orders.path: there is no file data/raw/orders.csv", "valid: data/raw/"],
    ),
    Refused("no file matches", None, ["no file matches data/raw/*.csv"], {"path": "data/raw/*.csv"}),
    Refused(
        "a folder", {"data/raw/x.csv": b"x"}, ["data/raw is a folder", "data/raw/*.csv"], {"path": "data/raw"}
    ),
    Refused(
        "no such package", None, ["the package nowhere is not installed"], {"path": "package:nowhere/a.csv"}
    ),
    Refused(
        "no such file in a package", None, ["there is no file pytest/a.csv"], {"path": "package:pytest/a.csv"}
    ),
    Refused(
        "a column misspelt beside names with numbers",
        HEADER.replace("amount", "amounts").rstrip("\n") + ",2021,2022\na,2021-03-04,5,1,2\n",
        ["has no column 'amount'", "valid: amounts"],
    ),
    Refused(
        "a question of churn inspect not answered yet",
        "customer,date,total\na,2021-03-04,5\n",
        ['"?" stands for a column that churn inspect has asked for', "is: customer, date, total"],
        source={"amount": "?"},
    ),
    Refused(
        "a column in other letters",
        HEADER.replace("amount", "AMOUNT") + "a,2021-03-04,5\n",
        ["has no column 'amount'", "valid: AMOUNT"],
    ),
    *(
        Refused(
            f"a table that begins with {begin[:6]}", begin + "<tr><td>1</td></tr>\n", ["a web page or XML"]
        )
        for begin in ("<html>\n", "\ufeff<TABLE border=1>\n", '<?xml version="1.0"?>\n')
    ),
    Refused("empty", b"", ["data/raw/orders.csv is empty"]),
    Refused("nothing but blank lines", b"\n\r\n  \n", ["nothing but blank lines"]),
    Refused("header only", HEADER, ["data/raw/orders.csv has a header but no rows"]),
    Refused("header and blank lines", HEADER + "\n\n", ["has a header but no rows"]),
    Refused(
        "binary",
        bytes(range(256)) * 9,
        ["data/raw/orders.csv is not text", "a CSV, text, Parquet, .xlsx or .jsonl file"],
    ),
    Refused(
        "a database of SQLite",
        b"SQLite format 3\0" + bytes(90),
        ["data/raw/orders.csv is a database", "url: sqlite:///data/raw/orders.csv with table or query"],
    ),
    Refused(
        "a database of DuckDB",
        bytes(8) + b"DUCK" + bytes(90),
        ["data/raw/orders.csv is a database", "url: duckdb:///data/raw/orders.csv with table or query"],
    ),
    Refused(
        "a damaged spreadsheet",
        b"PK\x03\x04\0\0\0\0",
        ["data/raw/orders.csv is not an Excel workbook that can be read", ".xlsx or .jsonl"],
    ),
    Refused(
        "a cut archive",
        gzip.compress(PLAIN.encode() * 99)[:-20],
        ["data/raw/orders.csv cannot be read to its end"],
    ),
    Refused("a cut zstd archive", zstd(PLAIN * 99)[:40], ["data/raw/orders.csv cannot be read to its end"]),
    Refused("a cut Parquet file", b"PAR1" + b"x" * 20, ["data/raw/orders.csv is a damaged Parquet file"]),
    Refused("UTF-16 cut in a character", PLAIN.encode("utf-16") + b"x", ["is not written in utf-16"]),
    Refused(
        "an encoding that is none", PLAIN, ["no text encoding 'utf-9'", "valid: auto"], {"encoding": "utf-9"}
    ),
    Refused("an encoding of bytes", PLAIN, ["no text encoding 'base64'"], {"encoding": "base64"}),
    Refused("UTF-16 that is not", PLAIN + "x", ["is not written in utf-16"], {"encoding": "utf-16-le"}),
    Refused(
        "a column is missing",
        "customer_no,date,amount\na,2021-03-04,5\n",
        [
            "sources.orders.columns",
            "no column 'customer'; its header is: customer_no, date, amount",
            "customer_no",
        ],
    ),
    Refused(
        "a column is there twice", "customer,date,amount,date\na,b,c,d\n", ["has 2 columns called 'date'"]
    ),
    Refused(
        "files with different headers",
        {"data/raw/1.csv": PLAIN.encode(), "data/raw/2.csv": PLAIN.replace("amount", "amount,vat").encode()},
        ["data/raw/1.csv and data/raw/2.csv have different headers: the first lacks vat", "union_by_name"],
        {"path": "data/raw/*.csv"},
    ),
    Refused(
        "no date at all", HEADER + "a,x,5\n", ["sources.orders.date_format: no value of the column reads"]
    ),
    Refused("a date format that is none", PLAIN, ["'%Q' is not a date format"], {"date_format": "%Q"}),
    Refused(
        "day or month first",
        HEADER + "a,03/04/2021,5\nb,03/05/2021,5\n",
        [
            "sources.orders.date_format",
            "dd/mm/yyyy and as mm/dd/yyyy equally well (2 rows)",
            '"%d/%m/%Y"',
            '"%m/%d/%Y"',
        ],
    ),
    Refused(
        "one point three or a thousand three hundred",
        HEADER + "a,2021-03-04,1.300\nb,2021-03-04,5\n",
        ["sources.orders.decimal: 1 amounts look like 1.234", 'valid: "." if'],
    ),
    Refused(
        "two currencies",
        "customer;date;amount\na;2021-03-04;5 €\nb;2021-03-04;$5\n",
        ["sources.orders.columns.amount: the amounts are in more than one currency: EUR, USD"],
    ),
    Refused(
        "nothing to use", HEADER + ",2021-03-04,5\n", ["data/raw/orders.csv has no row that can be used"]
    ),
    Refused("returns only", HEADER + "a,2021-03-04,-5\n", ["has returns but no orders"]),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_a_source_is_refused_with_what_would_be_right(case: Refused, ingest: Ingest) -> None:
    with pytest.raises(UserError) as raised:
        ingest(case.content, **case.source)
    for words in case.says:
        assert words in str(raised.value)


ROW = b"anna.schmidt@gmx.de,2021-03-04,12.50,Hauptstr. 1\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"data/raw/1.csv": ROW * 2}, "data/raw/1.csv seems to have no header"),
        # An export that a tool split has its header in the first part alone.
        ({"data/raw/1.csv": PLAIN.encode(), "data/raw/2.csv": ROW}, "data/raw/2.csv seems to have no header"),
    ],
    ids=["one file", "the second part"],
)
def test_a_customer_in_place_of_a_header_is_not_repeated(
    content: dict[str, bytes], says: str, ingest: Ingest
) -> None:
    with pytest.raises(UserError, match=says) as raised:
        ingest(content, path="data/raw/*.csv")
    assert not any(word in str(raised.value) for word in ("anna", "2021", "12.50", "Haupt"))
