"""The same 5,000 orders in the ways shops write them."""

from __future__ import annotations

import gzip
import io
import json
import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

ENGLISH = {"customer_id": "customer", "ordered_at": "date", "amount": "amount", "order_id": None}
GERMAN = {"customer_id": "Kundennr.", "ordered_at": "Bestelldatum", "amount": "Umsatz", "order_id": None}
NUMBERED = {**GERMAN, "order_id": "Auftragsnr.", "status": "Status"}


def some_orders(count: int) -> list[tuple[str, datetime, int, int]]:
    """Customer, time, cents and order number, with repeats in all of them."""
    chance = random.Random(7)
    start = datetime(2021, 1, 1)
    return [
        (
            f"Käuferin {chance.randrange(40):03d}",
            start + timedelta(minutes=chance.randrange(500_000)),
            chance.randrange(0, 200_000),
            chance.randrange(count),
        )
        for _ in range(count)
    ]


ROWS = [(who, at, cents) for who, at, cents, _ in some_orders(5_000)]
Line = Callable[[str, datetime, int], str]


@dataclass(frozen=True)
class Dialect:
    """A file and what its columns are called."""

    name: str
    file: str
    content: bytes
    columns: dict[str, str | None] = field(default_factory=lambda: ENGLISH)


def german(cents: int) -> str:
    """12345678 as 123.456,78."""
    return f"{cents / 100:,.2f}".translate(str.maketrans(",.", ".,"))


def text(line: Line, header: str = "customer;date;amount", above: str = "") -> str:
    """A line for each order below a header."""
    return above + "".join(f"{row}\n" for row in [header, *(line(*row) for row in ROWS)])


def numbered() -> str:
    """An order number for each row, and columns that are not asked for."""
    lines = (
        f"{n};{who};{at:%d.%m.%Y %H:%M};3;{german(cents)};{german(cents // 6)};offen"
        for n, (who, at, cents) in enumerate(ROWS)
    )
    header = "Auftragsnr.;Kundennr.;Bestelldatum;Menge;Umsatz;MwSt;Status"
    return "\r\n".join([header, *lines, ""])


def parquet() -> bytes:
    """Types that Parquet keeps."""
    who, at, cents = zip(*ROWS, strict=True)
    table = pa.table({"customer": who, "date": at, "amount": [value / 100 for value in cents]})
    pq.write_table(table, sink := pa.BufferOutputStream())
    return sink.getvalue().to_pybytes()


def excel() -> bytes:
    """A workbook with a title above real dates and numbers."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Umsätze")
    sheet.append(["Umsätze 2021"])
    sheet.append([])
    sheet.append(list(GERMAN.values())[:3])
    for who, at, cents in ROWS:
        sheet.append([who, at, cents / 100])
    book.save(written := io.BytesIO())
    return written.getvalue()


def json_lines() -> str:
    """An object a line."""
    rows = ({"customer": who, "date": at.isoformat(), "amount": cents / 100} for who, at, cents in ROWS)
    return "".join(json.dumps(row) + "\n" for row in rows)


def plain() -> str:
    """What no one has to think about."""
    return text(lambda w, a, c: f"{w},{a:%Y-%m-%d %H:%M:%S},{c / 100:.2f}", "customer,date,amount")


def dialects() -> list[Dialect]:
    """Every dialect, the plain one first."""
    shop = text(lambda w, a, c: f"{w};{a:%d.%m.%Y %H:%M};{german(c)}", "Kundennr.;Bestelldatum;Umsatz")
    berlin = text(lambda w, a, c: f"{w};{a + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}+02:00;{c / 100}")
    epoch = text(lambda w, a, c: f"{w};{int((a - datetime(1970, 1, 1)).total_seconds())};{c / 100}")
    quoted = text(
        lambda w, a, c: f'"{w}";"{a}";"{german(c)}";"two\nlines; of a ""note"""', "customer;date;amount;note"
    )
    return [
        Dialect("plain", "orders.csv", plain().encode()),
        Dialect("German Excel", "orders.csv", b"\xef\xbb\xbf" + numbered().encode(), NUMBERED),
        Dialect(
            "decimal comma", "o.csv", text(lambda w, a, c: f"{w};{a};{c / 100}".replace(".", ",")).encode()
        ),
        Dialect("UTF-16", "orders.txt", shop.replace(";", "\t").encode("utf-16"), GERMAN),
        Dialect("Windows-1252", "orders.csv", shop.encode("cp1252"), GERMAN),
        Dialect(
            "euro signs", "o.csv", text(lambda w, a, c: f"{w};{a:%d.%m.%Y %H:%M};{german(c)} €").encode()
        ),
        Dialect("thousands commas", "o.txt", text(lambda w, a, c: f"{w};{a};{c / 100:,.2f}").encode()),
        Dialect("ISO with offsets", "orders.csv", berlin.encode()),
        Dialect(
            "ISO in Zulu time", "o.csv", text(lambda w, a, c: f"{w};{a.isoformat()}Z;{c / 100}").encode()
        ),
        Dialect("epoch seconds", "orders.csv", epoch.encode()),
        Dialect(
            "American", "o.csv", text(lambda w, a, c: f"{w};{a:%m/%d/%Y %I:%M %p};${c / 100:,.2f}").encode()
        ),
        Dialect(
            "British",
            "o.csv",
            text(
                lambda w, a, c: f"{w}|{a:%d/%m/%Y %H:%M}|£{c / 100:.2f}", "|".join(list(ENGLISH.values())[:3])
            ).encode(),
        ),
        Dialect(
            "compact", "orders.csv", text(lambda w, a, c: f"{w};{a:%Y%m%d%H%M%S};{c / 100:.2f}").encode()
        ),
        Dialect("quoted newlines", "orders.csv", quoted.encode()),
        Dialect("titles above", "orders.csv", ("Umsätze;;\n2021;;\n\n" + shop).encode(), GERMAN),
        Dialect("separator line", "orders.csv", ("sep=;\n" + shop).encode(), GERMAN),
        Dialect("gzip", "orders.csv.gz", gzip.compress(plain().encode())),
        Dialect("parquet", "orders.parquet", parquet()),
        Dialect("Excel", "orders.xlsx", excel(), GERMAN),
        Dialect("JSON lines", "orders.jsonl", json_lines().encode()),
    ]


def arrow_table() -> pa.Table:
    """The rows for a database: cents, so that nothing is rounded on the way in."""
    who, at, cents = zip(*ROWS, strict=True)
    return pa.table({"customer": who, "date": pa.array(at, pa.timestamp("us")), "cents": cents})


def sqlite_file(path: Path) -> None:
    """SQLite, which has no dates: text."""
    with sqlite3.connect(path) as con:
        con.execute("CREATE TABLE orders (customer TEXT, date TEXT, amount NUMERIC)")
        con.executemany("INSERT INTO orders VALUES (?, ?, ?)", [(w, str(a), c / 100) for w, a, c in ROWS])
    con.close()
