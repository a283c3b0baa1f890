"""Amounts, dates and returns as shops write them: what each of them is read as."""

from __future__ import annotations

import pytest

from tests.tables.conftest import HEADER, Ingest
from tests.tables.corpus import Case, found, wanted

CASES = [
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


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_value_is_read_as_people_mean_it(case: Case, ingest: Ingest) -> None:
    assert found(case, ingest) == wanted(case)
