"""Files that go wrong or look odd, as shops' files do: what each of them is read as."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from pipeline.tables.ingest import Ingested
from tests.tables.conftest import HEADER, PLAIN, Ingest, zstd


@dataclass(frozen=True)
class Case:
    """A file, how its source is described, and the orders and quarantined rows it gives."""

    name: str
    content: str | bytes
    orders: list[str] = field(default_factory=list)
    quarantine: list[str] = field(default_factory=list)
    source: dict[str, Any] = field(default_factory=dict)


PLAIN_ORDERS = ["anna 2021-03-04 12.50", "ben 2021-03-05 7"]
GERMAN = 'Kunde;Datum;"Betrag in €"\nMüller;04.03.2021;1.234,50\nGroß & Söhne;14.03.2021 18:30;7,00\n'
GERMAN_SOURCE = {"customer_id": "Kunde", "ordered_at": "Datum", "amount": "Betrag in €"}
GERMAN_ORDERS = ["Groß & Söhne 2021-03-14T18:30:00 7", "Müller 2021-03-04 1234.50"]

CASES = [
    # encodings, compression, line ends
    Case("plain", PLAIN, PLAIN_ORDERS),
    Case("byte order mark", b"\xef\xbb\xbf" + PLAIN.encode(), PLAIN_ORDERS),
    Case("no newline at the end", PLAIN.rstrip(), PLAIN_ORDERS),
    Case("windows line ends", PLAIN.replace("\n", "\r\n"), PLAIN_ORDERS),
    Case("old mac line ends", PLAIN.replace("\n", "\r"), PLAIN_ORDERS),
    Case("mixed line ends", PLAIN.replace("\n", "\r\n", 1), PLAIN_ORDERS),
    Case("blank lines at the end", PLAIN + "\n\r\n\n", PLAIN_ORDERS),
    Case("gzip", gzip.compress(PLAIN.encode()), PLAIN_ORDERS),
    Case("zstd", zstd(PLAIN), PLAIN_ORDERS),
    Case("gzip of UTF-16", gzip.compress(PLAIN.encode("utf-16")), PLAIN_ORDERS),
    Case("UTF-16 with umlauts", GERMAN.encode("utf-16"), GERMAN_ORDERS, source=GERMAN_SOURCE),
    Case("UTF-16 big endian", b"\xfe\xff" + GERMAN.encode("utf-16-be"), GERMAN_ORDERS, source=GERMAN_SOURCE),
    Case("Windows-1252 with umlauts", GERMAN.encode("cp1252"), GERMAN_ORDERS, source=GERMAN_SOURCE),
    Case(
        "encoding named",
        GERMAN.encode("cp850", "replace").replace(b"?", b"EUR"),
        GERMAN_ORDERS,
        source={**GERMAN_SOURCE, "amount": "Betrag in EUR", "encoding": "cp850"},
    ),
    Case("UTF-8 with umlauts", GERMAN, GERMAN_ORDERS, source=GERMAN_SOURCE),
    # delimiters and columns
    Case("semicolons and decimal comma", "customer;date;amount\nanna;2021-03-04;12,50\n", PLAIN_ORDERS[:1]),
    Case("tabs", PLAIN.replace(",", "\t"), PLAIN_ORDERS),
    Case("pipes", PLAIN.replace(",", "|"), PLAIN_ORDERS),
    Case(
        "runs of blanks", " customer  date amount\r\n 00001  20210304   12.50\r\n", ["00001 2021-03-04 12.50"]
    ),
    Case(
        "delimiter named",
        "customer;date;amount;a,b,c,d\nanna;2021-03-04;1;x\n",
        ["anna 2021-03-04 1"],
        source={"delimiter": ";"},
    ),
    Case(
        "a header with more commas than semicolons",
        "customer;date;amount;a,b,c,d,e\nanna;2021-03-04;1;x\n",
        ["anna 2021-03-04 1"],
    ),
    Case(
        "more columns than needed", "n,amount,x,date,customer\n1,5,y,2021-03-04,anna\n", ["anna 2021-03-04 5"]
    ),
    Case("a delimiter after every row", PLAIN.replace("\n", ",\n"), PLAIN_ORDERS),
    Case("a delimiter after every row but the header", PLAIN.replace("0\n", "0,\n"), PLAIN_ORDERS),
    Case(
        "blanks around names and values",
        "customer , date,amount \n anna , 2021-03-04 ,\t5\n",
        ["anna 2021-03-04 5"],
    ),
    Case("no-break spaces", HEADER + "\u00a0anna\u202f,2021-03-04,5\n", ["anna 2021-03-04 5"]),
    Case("blank lines before the header", "\n\n" + PLAIN, PLAIN_ORDERS),
    # titles above the header
    Case("a title and a blank line above the header", "Sales, 2021\n\n" + PLAIN, PLAIN_ORDERS),
    Case(
        "a title over quoted lines, and a bad row counted from the top",
        '"Sales\nof 2021";;\n\ncustomer;date;amount\nanna;2021-03-04;12,50\nben;x;7\n',
        PLAIN_ORDERS[:1],
        ["6 date unreadable_date text of 1 characters"],
    ),
    Case(
        "Excel's separator line",
        "sep=;\r\ncustomer;date;amount\r\nanna;2021-03-04;12,50\r\nben;2021-03-05\r\n",
        PLAIN_ORDERS[:1],
        ["4 None too_few_columns 2 columns, the header has 3"],
    ),
    # quotes
    Case("everything quoted", '"customer","date","amount"\n"anna","2021-03-04","5"\n', ["anna 2021-03-04 5"]),
    Case("a quoted delimiter", HEADER + '"Anna, née B.",2021-03-04,5\n', ["Anna, née B. 2021-03-04 5"]),
    Case("a doubled quote", HEADER + '"An ""na""",2021-03-04,5\n', ['An "na" 2021-03-04 5']),
    Case("a quote inside a value", HEADER + '5" pipe,2021-03-04,5\n', ['5" pipe 2021-03-04 5']),
    Case(
        "newlines in quotes",
        HEADER + '"an\nna",2021-03-04,5\nben,2021-03-05,x\n',
        ["an\nna 2021-03-04 5"],
        ["4 amount unreadable_amount text of 1 characters"],
    ),
    Case(
        "newlines in a quoted header",
        'customer,date,"amount\n(EUR)"\nanna,2021-03-04,5\nben,x,5\n',
        ["anna 2021-03-04 5"],
        ["4 date unreadable_date text of 1 characters"],
        {"amount": "amount (EUR)"},
    ),
    Case(
        "a stray quote costs one row",
        HEADER + 'anna,2021-03-04,5\n"ben,2021-03-05,6\ncleo,2021-03-06,7\ndan,2021-03-07,8\n',
        ["anna 2021-03-04 5", "cleo 2021-03-06 7", "dan 2021-03-07 8"],
        ["3 None too_few_columns 1 columns, the header has 3"],
    ),
    Case(
        "a stray quote in the last column costs nothing",
        HEADER + 'anna,2021-03-04,"5\nben,2021-03-05,6\n',
        ["anna 2021-03-04 5", "ben 2021-03-05 6"],
    ),
    # rows that do not fit
    Case(
        "too few and too many columns",
        HEADER + "anna,2021-03-04,5\nben,2021-03-05\n\ncleo,2021-03-06,7,8\n",
        ["anna 2021-03-04 5"],
        [
            "3 None too_few_columns 2 columns, the header has 3",
            "5 None too_many_columns 4 columns, the header has 3",
        ],
    ),
    Case(
        "damaged bytes in UTF-8 text",
        HEADER.encode() + "Jürgen,2021-03-04,5\nGroß,2021-03-04,5\n".encode() + b"J\xfcrgen,2021-03-05,6\n",
        ["Groß 2021-03-04 5", "Jürgen 2021-03-04 5"],
        ["4 customer undecodable not utf-8"],
    ),
    Case(
        "damaged bytes in a column that is not read",
        b"customer,date,amount,note\nanna,2021-03-04,5,\xc3\xbc\xc3\xb6\nben,2021-03-05,6,\xfc\n",
        ["anna 2021-03-04 5", "ben 2021-03-05 6"],
    ),
    # customers
    Case("leading zeros are kept", HEADER + "007,2021-03-04,5\n", ["007 2021-03-04 5"]),
    Case(
        "missing customers",
        HEADER + "anna,2021-03-04,5\n,2021-03-05,6\n   ,2021-03-05,6\nNULL,2021-03-05,6\nnan,2021-03-05,6\n",
        ["anna 2021-03-04 5"],
        [
            "3 customer missing_customer_id empty",
            "4 customer missing_customer_id empty",
            "5 customer missing_customer_id text of 4 characters",
            "6 customer missing_customer_id text of 3 characters",
        ],
    ),
    # amounts
    Case(
        "thousands by comma", "customer;date;amount\na;2021-03-04;1,234,567.89\n", ["a 2021-03-04 1234567.89"]
    ),
    Case(
        "thousands and hundred thousands as in India",
        "customer;date;amount\na;2021-03-04;₹1,23,45,678.50\nb;2021-03-05;₹12,345\nc;2021-03-06;₹5.5\n",
        ["a 2021-03-04 12345678.50", "b 2021-03-05 12345", "c 2021-03-06 5.5"],
    ),
    Case(
        "thousands by point", "customer;date;amount\na;2021-03-04;1.234.567,89\n", ["a 2021-03-04 1234567.89"]
    ),
    Case(
        "thousands by space", "customer;date;amount\na;2021-03-04;1 234 567,89\n", ["a 2021-03-04 1234567.89"]
    ),
    Case(
        "thousands by apostrophe", "customer;date;amount\na;2021-03-04;1'234.50\n", ["a 2021-03-04 1234.50"]
    ),
    Case(
        "euro after",
        "customer;date;amount\na;2021-03-04;1.234,50 €\nb;2021-03-04;3\n",
        ["a 2021-03-04 1234.50", "b 2021-03-04 3"],
    ),
    Case(
        "dollar before",
        HEADER + 'a,2021-03-04,"$1,234.50"\nb,2021-03-04,$3\n',
        ["a 2021-03-04 1234.50", "b 2021-03-04 3"],
    ),
    Case(
        "currency code",
        HEADER + "a,2021-03-04,EUR 3.10\nb,2021-03-04,4.20EUR\nc,2021-03-04,EUR5\nd,2021-03-04,4 kEUR\n",
        ["a 2021-03-04 3.10", "b 2021-03-04 4.20", "c 2021-03-04 5"],
        ["5 amount unreadable_amount text of 6 characters"],
    ),
    Case("currency code of Korea", HEADER + "a,2021-03-04,5200 KRW\n", ["a 2021-03-04 5200"]),
    Case(
        "round sums with a dash",
        "customer;date;amount\na;2021-03-04;12,-\nb;2021-03-04;3,50\n",
        ["a 2021-03-04 12", "b 2021-03-04 3.50"],
    ),
    Case("an exponent", HEADER + "a,2021-03-04,1.5e3\n", ["a 2021-03-04 1500"]),
    Case(
        "half a hundredth of a cent is rounded away from zero",
        HEADER + "a,2021-03-04,0.00005\nb,2021-03-04,0.00004\n",
        ["a 2021-03-04 0.0001", "b 2021-03-04 0"],
    ),
    Case(
        "money does not pass a float",
        HEADER + "a,2021-03-04,99999999999.9999\n",
        ["a 2021-03-04 99999999999.9999"],
    ),
    Case(
        "the decimal sign of the column holds for all rows",
        "customer;date;amount\na;2021-03-04;1.234\nb;2021-03-04;5,5\nc;2021-03-04;6,25\nd;2021-03-04;7.5\n",
        ["a 2021-03-04 1234", "b 2021-03-04 5.5", "c 2021-03-04 6.25"],
        ["5 amount unreadable_amount number above zero"],
    ),
    Case(
        "a decimal sign that is given",
        HEADER + "a,2021-03-04,1.234\n",
        ["a 2021-03-04 1.234"],
        source={"decimal": "."},
    ),
    Case(
        "one of three decimals among two",
        HEADER + "a,2021-03-04,1.234\nb,2021-03-04,5.25\n",
        ["a 2021-03-04 1.234", "b 2021-03-04 5.25"],
    ),
    Case("zero amounts are orders", HEADER + "a,2021-03-04,0.00\n", ["a 2021-03-04 0"]),
    Case(
        "amounts that are none",
        HEADER + "a,2021-03-04,5\nb,2021-03-04,inf\nb,2021-03-04,-Infinity\nb,2021-03-04,NaN\nb,2021-03-04,\n"
        "b,2021-03-04,free\nb,2021-03-04,1e40\nb,2021-03-04,-100000000000\nb,2021-03-04,1_000\n",
        ["a 2021-03-04 5"],
        [
            "3 amount not_finite_amount text of 3 characters",
            "4 amount not_finite_amount text of 9 characters",
            "5 amount not_finite_amount text of 3 characters",
            "6 amount unreadable_amount empty",
            "7 amount unreadable_amount text of 4 characters",
            "8 amount amount_out_of_range number above zero",
            "9 amount amount_out_of_range number below zero",
            "10 amount unreadable_amount text of 5 characters",
        ],
    ),
    # dates
    Case("ISO with T", HEADER + "a,2021-03-04T10:20:30,5\n", ["a 2021-03-04T10:20:30 5"]),
    Case(
        "ISO with fractions",
        HEADER + "a,2021-03-04 10:20:30.123456789,5\n",
        ["a 2021-03-04T10:20:30.123456 5"],
    ),
    Case("ISO in Zulu time", HEADER + "a,2021-03-04T10:20:30Z,5\n", ["a 2021-03-04T10:20:30 5"]),
    Case(
        "ISO with offsets, taken to UTC",
        HEADER + "a,2021-03-04T00:20:30+02:00,5\nb,2021-03-04T00:20:30-0500,5\n"
        "c,2021-03-04 00:20 +02:00,5\nd,2021-03-04 00:20 Europe/Berlin,5\ne,2021-03-04 10:00 nowhere,5\n",
        [
            "a 2021-03-03T22:20:30 5",
            "b 2021-03-04T05:20:30 5",
            "c 2021-03-03T22:20:00 5",
            "d 2021-03-03T23:20:00 5",
        ],
        ["6 date unreadable_date text of 24 characters"],
    ),
    Case("year first with slashes", HEADER + "a,2021/03/04,5\n", ["a 2021-03-04 5"]),
    Case("year first with points", HEADER + "a,2021.03.04,5\n", ["a 2021-03-04 5"]),
    Case(
        "compact",
        HEADER + "a,20210304,5\nb,20210304102030,5\nc,20210304 10:20,5\n",
        ["a 2021-03-04 5", "b 2021-03-04T10:20:30 5", "c 2021-03-04T10:20:00 5"],
    ),
    Case(
        "German without zeros",
        HEADER + "a,4.3.2021,5\nb,14.12.2021 7:05,5\n",
        ["a 2021-03-04 5", "b 2021-12-14T07:05:00 5"],
    ),
    Case("German with two digits of the year", HEADER + "a,04.03.21,5\n", ["a 2021-03-04 5"]),
    Case(
        "day first, shown by one row",
        HEADER + "a,03/04/2021,5\nb,13/04/2021,5\n",
        ["a 2021-04-03 5", "b 2021-04-13 5"],
    ),
    Case(
        "month first, shown by one row",
        HEADER + "a,03/04/2021 1:05 PM,5\nb,04/13/2021,5\n",
        ["a 2021-03-04T13:05:00 5", "b 2021-04-13 5"],
    ),
    Case(
        "day and month alike",
        HEADER + "a,03/03/2021,5\nb,04/04/2021,5\n",
        ["a 2021-03-03 5", "b 2021-04-04 5"],
    ),
    Case(
        "a format that is given",
        HEADER + "a,03/04/2021,5\nb,03/05/2021 10:00,5\n",
        ["a 2021-03-04 5", "b 2021-03-05T10:00:00 5"],
        source={"date_format": "%m/%d/%Y"},
    ),
    Case(
        "a format with names",
        HEADER + "a,4 Mar 2021,5\n",
        ["a 2021-03-04 5"],
        source={"date_format": "%d %b %Y"},
    ),
    Case(
        "months by their English names",
        HEADER + 'a,"Mar 4, 2021",5\nb,"May 5, 2021 1:05 PM",5\nc,"JUNE 6, 2021",5\n',
        ["a 2021-03-04 5", "b 2021-05-05T13:05:00 5", "c 2021-06-06 5"],
    ),
    Case("month by name, short year", HEADER + "a,4-Mar-21,5\n", ["a 2021-03-04 5"]),
    Case(
        "hyphens and a short year, told",
        HEADER + "a,03-04-21,5\nb,04-30-21,5\n",
        ["a 2021-03-04 5", "b 2021-04-30 5"],
        source={"date_format": "%m-%d-%y"},
    ),
    Case(
        "months by their German names",
        HEADER + "a,4. März 2021,5\nb,05. Dez. 2021 10:00,5\n",
        ["a 2021-03-04 5", "b 2021-12-05T10:00:00 5"],
    ),
    Case("epoch seconds", HEADER + "a,1614853230,5\n", ["a 2021-03-04T10:20:30 5"]),
    Case("epoch microseconds", HEADER + "a,1614853230500000,5\n", ["a 2021-03-04T10:20:30.500000 5"]),
    Case("epoch milliseconds", HEADER + "a,1614853230500,5\n", ["a 2021-03-04T10:20:30.500000 5"]),
    Case(
        "dates in three formats: the commonest holds",
        HEADER + "a,04.03.2021,5\nb,05.03.2021,5\nc,2021-03-06,5\nd,03/07/2021,5\n",
        ["a 2021-03-04 5", "b 2021-03-05 5"],
        ["4 date unreadable_date text of 10 characters", "5 date unreadable_date text of 10 characters"],
    ),
    Case(
        "dates that are none",
        HEADER
        + "a,2021-03-04,5\nb,2021-02-30,5\nb,,5\nb,infinity,5\n"
        + "b,1969-12-31,5\nb,2024-01-01T12:00:01,5\nb,0021-03-04,5\nb,1970-01-01 01:00,5\n",
        ["a 2021-03-04 5"],
        [
            "3 date unreadable_date text of 10 characters",
            "4 date unreadable_date empty",
            "5 date unreadable_date text of 8 characters",
            "6 date date_too_old date",
            "7 date future_date date",
            "8 date date_too_old date",
            "9 date date_too_old date",
        ],
    ),
    # orders and returns
    Case(
        "lines of an order",
        "customer,date,amount,order\n"
        "a,2021-03-04 11:00,5,1\na,2021-03-04 10:00,2.5,1\nb,2021-03-04,1,1\na,2021-03-05,1,\n"
        "a,2021-03-06,1,NULL\na,2021-03-06,2,nan\n",
        ["a 2021-03-04T10:00:00 7.50", "b 2021-03-04 1"],
        [
            "5 order missing_order_id empty",
            "6 order missing_order_id text of 4 characters",
            "7 order missing_order_id text of 3 characters",
        ],
        {"order_id": "order"},
    ),
    Case(
        "returns are set aside",
        HEADER + "a,2021-03-04,5\na,2021-03-05,-5\na,2021-03-05,5-\na,2021-03-05,(5)\na,2021-03-05,−5\n",
        ["a 2021-03-04 5"],
    ),
]


def orders_of(ingested: Ingested) -> list[tuple[str, pd.Timestamp, Decimal]]:
    named = ingested.orders.merge(ingested.identities, on="customer_key")
    return sorted(zip(named["customer_id"], named["ordered_at"], named["amount"], strict=True))


def expected(order: str) -> tuple[str, pd.Timestamp, Decimal]:
    customer, ordered_at, amount = order.rsplit(" ", 2)
    return customer, pd.Timestamp(ordered_at), Decimal(amount)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_is_read_as_people_mean_it(case: Case, ingest: Ingest) -> None:
    ingested = ingest(case.content, **case.source)
    assert orders_of(ingested) == sorted(map(expected, case.orders))
    found = ingested.quarantine[["line", "column", "rule", "value_class"]]
    assert [" ".join(map(str, row)).replace("nan", "None", 1) for row in found.to_numpy()] == case.quarantine
    assert set(ingested.quarantine["source"]) <= {"data/raw/orders.csv"}
