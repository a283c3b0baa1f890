"""Files that go wrong or look odd, as shops' files do: what each of them is read as."""

from __future__ import annotations

import gzip

import pytest

from tests.tables.conftest import HEADER, PLAIN, Ingest, zstd
from tests.tables.corpus import Case, found, wanted

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
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_is_read_as_people_mean_it(case: Case, ingest: Ingest) -> None:
    assert found(case, ingest) == wanted(case)
