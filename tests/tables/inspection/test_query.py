"""`churn inspect`: the query it proposes where a log needs one, run as a shop would run it."""

from __future__ import annotations

import csv
import gzip
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests.tables.conftest import finding, inspect_file, inspected, offered, proposed, queried

SHOPIFY = """\
Name,Email,Financial Status,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price
#1001,a@example.com,paid,24.90,2023-01-04 10:00:00 +0100,1,Hut,20.00
#1001,a@example.com,,,2023-01-04 10:00:00 +0100,1,Tuch,4.90
#1002,b@example.com,voided,20.00,2023-01-05 10:00:00 +0100,1,Hut,20.00
#1003,a@example.com,paid,20.50,2023-02-05 10:00:00 +0100,1,Hut,20.50
"""


def test_an_order_called_by_its_name_whose_total_stands_on_its_first_line(tmp_path: Path) -> None:
    found = inspected(tmp_path, SHOPIFY)
    assert proposed(found)["columns"] == {
        "customer_id": "Email",
        "ordered_at": "Created at",
        "amount": "Total",
        "order_id": "Name",
        "status": "Financial Status",
    }
    assert finding(found, "states").startswith('"paid", "voided". ')
    assert "the proposed query leaves the others out" in finding(found, "further lines")
    assert [row[0] for row in queried(found, tmp_path)] == ["#1001", "#1002", "#1003"]


def test_orders_without_a_total_on_any_line_are_left_to_the_shop(tmp_path: Path) -> None:
    found = inspected(tmp_path, SHOPIFY + "#1004,b@example.com,paid,,2023-02-06 10:00:00 +0100,1,Hut,20.50\n")
    told = finding(found, "quarantine")
    assert "if these are further lines of orders" in told
    assert "path" in proposed(found)
    assert [row[0] for row in offered(told, tmp_path)] == ["#1001", "#1002", "#1003"]


def test_the_query_leaves_out_the_titles(tmp_path: Path) -> None:
    found = inspected(tmp_path, f"Shop,Export\n,\n{SHOPIFY}")
    assert "skip = 3" in found.snippet
    assert len(queried(found, tmp_path)) == 3


def test_the_query_reads_a_file_of_windows_1252(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(SHOPIFY.replace("Tuch", "Mütze").encode("cp1252"))
    assert len(queried(inspect_file("log.csv", tmp_path), tmp_path)) == 3
    (tmp_path / "log.csv").write_bytes(SHOPIFY.replace("Hut", "Hut 5 €").encode("cp1252"))
    assert queried(inspect_file("log.csv", tmp_path), tmp_path)[0][6] == "Hut 5 €"


@pytest.mark.parametrize("encoding", ["utf-16", "cp1251", "cp1252"])
def test_the_query_reads_a_text_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "log-1.csv.gz").write_bytes(gzip.compress(SHOPIFY.encode(encoding)))
    more = SHOPIFY.replace("#", "#2").replace("Tuch", "№" if encoding == "cp1251" else "Tücher")
    (tmp_path / "log-2.csv").write_bytes(more.encode(encoding))
    found = inspect_file("log-*", tmp_path, encoding=encoding)
    assert found.snippet.count(f"'{encoding}://log-*'") == 1
    assert len(queried(found, tmp_path)) == 6


def test_in_a_log_without_amounts_every_order_counts_one(tmp_path: Path) -> None:
    [question] = inspected(tmp_path, "customer,date\n007,2021-03-04\n008,2021-03-05\n").questions
    assert question.startswith("sources.orders.columns.amount: ")
    assert offered(question, tmp_path) == [("007", "2021-03-04", 1), ("008", "2021-03-05", 1)]


LINES = "".join(f"{n // 3},2021-03-{1 + n % 3 // 2:02},{n}.50,x,\n" for n in range(60))


@pytest.mark.parametrize(
    "header",
    [
        "customer,date,amount,note,more\n\n\n",
        '"customer\nno",date,"amount\n(net)",note,more\n',
        'Shop\n\n"customer\nno",date,amount,note,more\n\n',
        'Shop\n\ncustomer,date,amount,"Bob\'s",\n',
        "Shop\n\ncustomer,date,amount,note,Note\n",
    ],
    ids=["blank lines below", "over two lines", "titles above two lines", "an empty name", "a name twice"],
)
def test_the_query_for_lines_reads_below_the_header(header: str, tmp_path: Path) -> None:
    rows = queried(inspected(tmp_path, header + LINES), tmp_path)
    assert (len(rows), len({row[-1] for row in rows})) == (60, 40)


def test_of_a_sheet_the_remark_stands_before_the_query(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for cells in csv.reader(["customer,date,amount,note,more", *LINES.splitlines()]):
        book.active.append(cells)
    book.save(tmp_path / "log.xlsx")
    found = inspect_file("log.xlsx", tmp_path)
    assert found.snippet.startswith("# First save the sheet as data/raw/orders.csv.\n")
    (tmp_path / "data/raw").mkdir(parents=True)
    (tmp_path / "data/raw/orders.csv").write_text("customer,date,amount,note,more\n" + LINES)
    assert len({row[-1] for row in queried(found, tmp_path)}) == 40


def test_rows_without_an_order_id_that_come_together_are_told_to_be_lines(tmp_path: Path) -> None:
    rows = "".join(f"{n // 3},2021-03-{1 + n % 3 // 2:02},{n}.50\n" for n in range(60))
    found = inspected(tmp_path, f"customer,date,amount\n{rows}")
    told = finding(found, "lines")
    assert told.startswith('60 rows have 40 pairs of "customer" and "date"')
    assert len({row[-1] for row in queried(found, tmp_path)}) == 40
    assert proposed(found)["columns"]["order_id"] == "order_id"
    apart = "".join(f"{n % 20},2021-03-{1 + n // 20:02},{n}.50\n" for n in range(60))
    assert "lines" not in dict(inspected(tmp_path, f"customer,date,amount\n{apart}").findings)
    assert "lines" not in dict(
        inspected(tmp_path, f"customer,date,amount,order_id\n{rows}".replace(".50\n", ".50,7\n")).findings
    )


@pytest.mark.parametrize("names", ["Tag;Monat;Jahr", "order_day;order_month;order_year"])
def test_year_month_and_day_become_a_date(tmp_path: Path, names: str) -> None:
    rows = "".join(f"{n % 9};{1 + n % 28};{1 + n % 12};202{n % 3};{n},50\n" for n in range(40))
    found = inspected(tmp_path, f"kunde;{names};betrag\n{rows}")
    assert found.questions == ()
    assert proposed(found)["columns"]["ordered_at"] == "ordered_at"
    assert queried(found, tmp_path)[13][-1] == date(2021, 2, 14)


@pytest.mark.parametrize(
    ("names", "year", "days"),
    [
        ("day;birth_month;order_year", 2020, 28),
        ("birth_day;birth_month;birth_year", 2020, 28),
        ("Tag;Monat;Jahr", 20, 28),
        ("Tag;Monat;Jahr", 2020, 7),
    ],
    ids=["of two dates", "of a birthday", "of two digits", "of a weekday"],
)
def test_other_years_months_and_days_make_no_date(tmp_path: Path, names: str, year: int, days: int) -> None:
    rows = "".join(f"{n % 9};{1 + n % days};{1 + n % 12};{year + n % 3};{n},50\n" for n in range(40))
    [question] = inspected(tmp_path, f"kunde;{names};betrag\n{rows}").questions
    assert question.startswith("sources.orders.columns.ordered_at: ")


EVENTS = """\
event_time,event_type,product_id,price,user_id
2019-10-01 00:00:00 UTC,view,17,5.25,007
2019-10-01 00:01:00 UTC,cart,17,5.25,007
2019-10-01 00:02:00 UTC,purchase,17,5.25,007
2019-10-02 00:00:00 UTC,view,18,2.50,008
2019-10-02 00:01:00 UTC,remove_from_cart,18,2.50,008
2019-10-02 00:02:00 UTC,purchase,19,2.75,008
"""


def test_of_a_log_of_events_the_purchases_alone_are_read(tmp_path: Path) -> None:
    found = inspected(tmp_path, EVENTS)
    assert finding(found, "events").startswith(
        '"event_type" tells what somebody did: purchase, cart, remove_from_cart, view. '
        "2 of 6 rows are purchase: "
    )
    section = proposed(found)
    assert set(section) == {"url", "query", "columns", "decimal", "date_format"}
    assert [row[-1] for row in queried(found, tmp_path)] == ["007", "008"]
    assert finding(found, "dates") == "yyyy-mm-dd: reads 2 of 2 values"


def test_the_query_for_events_without_amounts_reads_the_purchases_alone(tmp_path: Path) -> None:
    rows = "".join(f"14335000{n:02}000,{n},{event}\n" for n, event in enumerate(["view", "transaction"] * 3))
    [question] = inspected(tmp_path, f"timestamp,userid,event\n{rows}").questions
    assert [row[1:] for row in offered(question, tmp_path)] == [
        ("1", "transaction", 1),
        ("3", "transaction", 1),
        ("5", "transaction", 1),
    ]


def test_a_column_of_very_many_values_tells_no_events(tmp_path: Path) -> None:
    pages = "".join(f"{n},2021-03-04,5.5{n},view of page {n}\n" for n in range(50))
    bought = "1,2021-03-05,5.5,purchase\n"
    assert "events" not in dict(inspected(tmp_path, f"customer,date,amount,event\n{pages}{bought}").findings)
    fewer = pages.partition("\n")[2]
    assert "events" in dict(inspected(tmp_path, f"customer,date,amount,event\n{fewer}{bought}").findings)


@pytest.mark.parametrize(
    ("states", "name"),
    [
        ("ordered cart delivered", "event"),
        ("purchase return", "event"),
        ("view click", "event"),
        ("order search page", "source"),
        ("order checkout", "transaction_type"),
        ("sale basket", "action"),
    ],
)
def test_states_and_kinds_of_orders_are_no_events(tmp_path: Path, states: str, name: str) -> None:
    rows = "".join(f"{n},2021-03-04,5.5{n},{state}\n" for n, state in enumerate(states.split() * 2))
    found = inspected(tmp_path, f"customer,date,amount,{name}\n{rows}")
    assert "events" not in dict(found.findings)
    assert "path" in proposed(found)


def test_days_that_are_counted_become_dates_by_a_query(tmp_path: Path) -> None:
    rows = "".join(f"{n % 3},{40 * n},{n}.50\n" for n in range(1, 7))
    found = inspected(tmp_path, f"household,DAY,amount\n{rows}")
    assert "seems to count days" in found.questions[0]
    assert str(queried(found, tmp_path)[0][-1]) == "2020-02-10"
    assert proposed(found)["columns"]["ordered_at"] == "ordered_at"


@pytest.mark.parametrize("header", ["household,day,month,amount", "household,day,note,amount"])
def test_days_of_a_month_are_not_counted_on(header: str, tmp_path: Path) -> None:
    days = range(11, 91, 10) if "month" in header else range(1, 9)
    rows = "".join(f"{n % 3},{day},{n % 12},{n}.50\n" for n, day in enumerate(days))
    found = inspected(tmp_path, f"{header}\n{rows}")
    assert "query" not in found.snippet
    assert proposed(found)["columns"]["ordered_at"] == "?"


def test_days_between_orders_are_no_dates(tmp_path: Path) -> None:
    rows = "".join(f"{n % 3},{n},{n}.50\n" for n in range(1, 7))
    [question] = inspected(tmp_path, f"user_id,days_since_prior_order,amount\n{rows}").questions
    assert "a log without a single date cannot be used" in question
    assert "query" not in question


@pytest.mark.parametrize(("pieces", "asked"), [("111122", True), ("123456", False)])
def test_amounts_that_are_mostly_one_beside_a_price_are_asked_about(
    tmp_path: Path, pieces: str, asked: bool
) -> None:
    rows = "".join(f"{n % 3},2001-01-0{n + 1},{count},{n}9\n" for n, count in enumerate(pieces))
    questions = inspected(tmp_path, f"CUSTOMER_ID,TRANSACTION_DT,AMOUNT,SALES_PRICE\n{rows}").questions
    told = 'AMOUNT is 1 in 4 of 6 rows, as numbers of pieces are; is it "SALES_PRICE" that was paid?'
    assert questions == ((f"sources.orders.columns.amount: {told}",) if asked else ())
