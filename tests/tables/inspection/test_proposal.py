"""`churn inspect`: what it believes, what it asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from tests.tables.conftest import finding, inspected, orders_of, proposed, queried
from tests.tables.inspection.drawn import pasted


def test_day_or_month_first_is_decided_over_the_whole_column_and_stated(tmp_path: Path) -> None:
    rows = "".join(f"{n % 9},03/04/2021,5.5{n % 10}\n" for n in range(5_000))
    found = inspected(tmp_path, f"customer,date,amount\n{rows}7,25/04/2021,1.25\n")
    assert proposed(found)["date_format"] == "%d/%m/%Y"
    assert finding(found, "dates").startswith(
        "dd/mm/yyyy: reads 5,001 of 5,001 values (mm/dd/yyyy would read 5,000)"
    )
    assert finding(found, "file") == "log.csv: 5,001 rows, all of them looked at; 3 columns"


def test_what_cannot_be_decided_is_asked(tmp_path: Path) -> None:
    found = inspected(tmp_path, "customer,date,amount\n7,03/04/2021,1.300\n7,03/05/2021,5\n")
    asked_for_dates, asked_for_decimals = found.questions
    assert "dd/mm/yyyy and as mm/dd/yyyy equally well (2 rows)" in asked_for_dates
    assert "1 amounts look like 1.234" in asked_for_decimals
    assert proposed(found)["date_format"] == "auto"
    assert proposed(found)["decimal"] == "auto"


def test_a_column_that_is_not_found_is_asked_for(tmp_path: Path) -> None:
    found = inspected(tmp_path, "x,y\n1,a\n2,b\n")
    assert [question.partition(":")[0] for question in found.questions] == [
        "sources.orders.columns.customer_id",
        "sources.orders.columns.ordered_at",
        "sources.orders.columns.amount",
    ]
    assert "which is it of: x, y?" in found.questions[0]


def test_offsets_are_told(tmp_path: Path) -> None:
    found = inspected(tmp_path, "customer,date,amount\n7,2021-03-04T10:00:00+02:00,5\n7,2021-03-05,5\n")
    assert finding(found, "time zone").startswith("1 of 2 values say which instant they are and become UTC")
    assert finding(found, "dates") == "yyyy-mm-dd: reads 2 of 2 values"
    assert "order_id" in dict(found.findings)


def test_no_value_is_printed(tmp_path: Path) -> None:
    found = inspected(
        tmp_path, "kunde;datum;betrag\nErika Mustermann;04.03.2021;5,55\nErika Mustermann;x;7\n"
    )
    assert "Mustermann" not in str(found)


def test_rows_that_cannot_be_split_are_counted(tmp_path: Path) -> None:
    found = inspected(tmp_path, "kunde;datum;betrag\na;04.03.2021;5,55\na;04.03.2021\nb;05.03.2021;7,00\n")
    assert "3 rows, all of them looked at, 1 of them cannot be split into columns" in finding(found, "file")


def test_keys_that_hold_lists_are_passed_over(tmp_path: Path) -> None:
    line = (
        '{"customer": 7, "lines": [{"sku": 1}], "ordered": {"at": 1}, "date": "2021-03-04", "total": 5.5}\n'
    )
    found = inspected(tmp_path, line + line.replace("2021", "2022"))
    assert proposed(found)["columns"] == {
        "customer_id": "customer",
        "ordered_at": "date",
        "amount": "total",
        "order_id": None,
    }


def test_columns_that_decide_about_rows_are_proposed_by_their_names(tmp_path: Path) -> None:
    found = inspected(
        tmp_path,
        "Kundennr;Datum;Betrag;Auftrag;Bestellstatus;Testkonto;Währung;Artikelnr;Artikelname;Kanal;Zahlstatus\n"
        "7;04.03.2021;5,55;A1;bezahlt;nein;EUR;P1;Hut;Web;offen\n7;05.03.2021;6,55;A2;STORNO;ja;CHF;P2;Tuch;Web;\n",
    )
    columns = proposed(found)["columns"]
    assert isinstance(columns, dict)
    assert columns["order_id"] == "Auftrag"
    assert {name: columns[name] for name in ("status", "is_test", "currency", "product_id", "channel")} == {
        "status": "Bestellstatus",
        "is_test": "Testkonto",
        "currency": "Währung",
        "product_id": "Artikelnr",
        "channel": "Kanal",
    }
    assert finding(found, "currency") == '"Währung": its name, rated 2 of 3; 2 different values in 2 rows'


def test_a_price_and_a_quantity_are_proposed_together_and_anonymous_rows_told(tmp_path: Path) -> None:
    found = inspected(
        tmp_path,
        "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
        "489434,85048,LIGHTS,12,2009-12-01 07:45:00,6.95,13085.0,United Kingdom\n"
        "489434,79323P,CHERRY LIGHTS,12,2009-12-01 07:45:00,6.75,13085.0,United Kingdom\n"
        "489435,79323W,WHITE LIGHTS,1,2009-12-01 07:46:00,6.75,,United Kingdom\n"
        "C489436,22041,FRAME,-2,2009-12-02 07:46:00,2.10,13087.0,France\n",
    )
    assert proposed(found)["columns"] == {
        "customer_id": "Customer ID",
        "ordered_at": "InvoiceDate",
        "unit_price": "Price",
        "quantity": "Quantity",
        "order_id": "Invoice",
        "product_id": "StockCode",
    }
    assert finding(found, "paid").startswith('"Price" times "Quantity"')
    assert finding(found, "quarantine") == (
        '"Customer ID" is empty in 1 of 4 rows (25.0%); if such sales are normal here, '
        "ingest.missing_customer_id: leave_out"
    )
    assert finding(found, "customers").startswith('all ids end in ".0"')


def test_addresses_that_fewer_rows_lack_are_named_beside_ids_that_are_missing(tmp_path: Path) -> None:
    header = "customer_id,customer_email,created_at,grand_total\n"
    rows = "7,a@b.de,2023-01-04,24.90\n,c@b.de,2023-01-05,9\n7,a@b.de,2023-01-06,7.5\n"
    told = finding(inspected(tmp_path, header + rows), "quarantine")
    assert told.endswith(', or map "customer_email", which fewer rows lack')


def test_values_that_are_missing_where_they_are_needed_are_told(tmp_path: Path) -> None:
    rows = (
        "#1,a@b.de,2023-01-04,24.90",
        "#1,a@b.de,2023-01-04,",
        "#2,a@b.de,2023-01-05,9",
        "#3,c@b.de,2023-01-06,7",
    )
    found = inspected(tmp_path, "\n".join(["Name,Email,Created at,Total", *rows]))
    assert finding(found, "quarantine") == '"Total" is empty in 1 of 4 rows (25.0%)'


def test_rows_without_any_value_are_told_and_no_fault(tmp_path: Path) -> None:
    found = inspected(tmp_path, "customer,date,amount,note\n7,2021-03-04,5.5,\n,,,\n,,,\n8,,6.5,x\n")
    assert finding(found, "empty rows") == "2 of 4 rows hold no value at all and are left out"
    assert finding(found, "quarantine") == '"date" is empty in 1 of 2 rows (50.0%)'


def test_a_quantity_beside_a_total_is_not_multiplied(tmp_path: Path) -> None:
    found = inspected(
        tmp_path,
        "Kundennr;Datum;Menge;Einzelpreis;Gesamt\n7;04.03.2021;2;5,55;11,10\n7;05.03.2021;1;6,55;6,55\n",
    )
    columns = proposed(found)["columns"]
    assert isinstance(columns, dict)
    assert (columns["amount"], "quantity" in columns) == ("Gesamt", False)


def test_a_column_named_for_something_else_is_not_taken_for_the_customer(tmp_path: Path) -> None:
    found = inspected(tmp_path, "invoice,date,total\nA1,2021-03-04,5.5\nA1,2021-03-04,6.5\nA2,2021-03-05,7\n")
    assert proposed(found)["columns"] == {
        "customer_id": "?",
        "ordered_at": "date",
        "amount": "total",
        "order_id": "invoice",
    }
    assert any("columns.customer_id" in question for question in found.questions)


def exported(order_total: str) -> str:
    """120 orders of two lines; two thirds of them by guests, who all have the id 0."""
    lines = ""
    for n in range(240):
        customer = "0," if n % 6 < 4 else f"K{n % 42},k{n % 42}@web.de"
        lines += f"{n // 2},{customer},2021-04-{1 + n // 12:02},p{n % 9},{n // 2}.50,{n}.25\n"
    return f"order,customer,email,date,sku,{order_total},item_total\n{lines}"


def test_a_total_on_every_line_is_asked_about(tmp_path: Path) -> None:
    found = inspected(tmp_path, exported("order_total"))
    nobody, question = found.questions
    assert "it seems to mean nobody" in nobody
    assert (
        "columns.amount: order_total is the same on every line of 120 of 120 orders with several" in question
    )
    assert "map what was paid for the line (item_total?)" in question
    rows = queried(found, tmp_path)
    assert (len(rows), rows[0][4], [row[4] for row in rows if row[0] == "4"]) == (120, "p0", ["p0"])
    assert inspected(tmp_path, exported("shipping")).questions == (nobody,)


def test_an_id_for_nobody_and_ids_in_two_spellings_are_told(tmp_path: Path) -> None:
    text = exported("shipping").replace("K5,", "k4,")
    found = inspected(tmp_path, text)
    assert finding(found, "customers").startswith("1 id differs from another one in capitals alone")
    [question] = found.questions
    assert 'columns.customer_id: "0" stands in 160 of 240 rows, the next id in ' in question
    assert question.endswith('such as "email", or set ingest.exclude_customers: ["0"]')


@pytest.mark.parametrize(("come_back", "told"), [(0, True), (3, False)])
def test_an_id_made_anew_for_each_order_is_told(tmp_path: Path, come_back: int, told: bool) -> None:
    ids = [f"c{max(n, come_back)}" for n in range(200)]
    rows = "".join(f"{n},{who},2021-04-{1 + n % 28:02},5.{n % 90 + 10}\n" for n, who in enumerate(ids))
    questions = inspected(tmp_path, f"order_id,customer_id,date,total\n{rows}").questions
    assert bool(questions) == told
    assert not told or '"customer_id" has 200 different values in 200 rows' in questions[0]


def test_a_description_of_what_was_bought_is_no_product(tmp_path: Path) -> None:
    rows = "".join(f"{n},k{n % 30},2021-04-{1 + n % 28:02},5.{n % 90 + 10},Hut x {n}\n" for n in range(200))
    columns = proposed(inspected(tmp_path, f"order,customer,date,total,line_items\n{rows}"))["columns"]
    assert "product_id" not in columns  # type: ignore[operator]


def test_a_handful_of_values_is_no_customer(tmp_path: Path) -> None:
    rows = "".join(f"{n % 8},2021-04-{1 + n % 28:02},5.5{n % 10}\n" for n in range(100))
    assert "customer_id: no column" in inspected(tmp_path, f"x,date,amount\n{rows}").questions[0]


def test_names_in_the_snippet_are_quoted(tmp_path: Path) -> None:
    found = inspected(tmp_path, '"Kunde: ""Nr"" #";Datum;Betrag\n7;04.03.2021;5,55\n7;05.03.2021;5,55\n')
    assert proposed(found)["columns"]["customer_id"] == 'Kunde: "Nr" #'  # type: ignore[index]


def test_the_command_prints_the_snippet_and_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.csv").write_text("kunde;datum;betrag\n7;04.03.2021;5,55\n7;05.03.2021;1,00\n")
    done = CliRunner().invoke(app, ["inspect", "log.csv"])
    assert done.exit_code == 0
    assert 'customer_id: "kunde"' in done.output
    (tmp_path / "log.csv").write_text("kunde;datum;betrag\n7;03/04/2021;5,55\n")
    asking = CliRunner().invoke(app, ["inspect", "log.csv"])
    assert asking.exit_code == 2
    assert "which is it?" in asking.output
    assert CliRunner().invoke(app, ["inspect", "none.csv"]).exit_code == 2


TA_FENG = """TRANSACTION_DT,CUSTOMER_ID,AMOUNT,ASSET,SALES_PRICE
11/13/2000,00001104905,2,24,30
11/14/2000,00000418683,1,26,39
"""


def test_an_amount_of_whole_numbers_beside_a_price_may_be_pieces(tmp_path: Path) -> None:
    found = inspected(tmp_path, TA_FENG)
    assert proposed(found)["columns"]["amount"] == "AMOUNT"
    assert finding(found, "amounts").startswith('"AMOUNT" holds whole numbers alone, and "SALES_PRICE" may')
    with_cents = inspected(tmp_path, TA_FENG.replace(",2,24", ",2.50,24"))
    assert "amounts" not in dict(with_cents.findings)


def test_words_for_nobody_are_no_shared_account(tmp_path: Path) -> None:
    rows = [f"2021-01-01,{'NULL' if n % 3 else n},1.50" for n in range(300)]
    log = "\n".join(["date,customer_id,amount", *rows])
    nobody, everybody = inspected(tmp_path, log), inspected(tmp_path, log.replace("NULL", "guest"))
    assert not any("mean nobody" in question for question in nobody.questions)
    assert any("mean nobody" in question for question in everybody.questions)


def test_dates_in_several_ways_of_writing_are_read_each_as_it_is_written(tmp_path: Path) -> None:
    ways = (f"2021-04-{n + 1:02}" if n % 2 else f"{n + 1:02}.04.2021" for n in range(15))
    rows = "".join(f"{n},c{n},{day},5.50\n" for n, day in enumerate((*ways, "44302")))
    found = inspected(tmp_path, f"order_id,customer,date,total\n{rows}")
    [asked] = found.questions
    assert asked.startswith('sources.orders.columns.ordered_at: "date" holds dates written in several ways')
    days = {who: day[:10] for who, day, _ in orders_of(pasted(found, tmp_path))}
    assert days == {f"c{n}": f"2021-04-{n + 1:02}" for n in range(16)}


def test_a_date_in_two_ways_of_writing_of_which_one_is_in_doubt_is_named(tmp_path: Path) -> None:
    days = (f"2021-04-{n + 1:02}" if n % 2 else f"0{n // 2 + 1}/04/2021" for n in range(16))
    rows = "".join(f"{n},c{n % 5},{day},5.{n + 10}\n" for n, day in enumerate(days))
    [question] = inspected(tmp_path, f"order_id,customer,date,total\n{rows}").questions
    assert '"date" reads as dates in 50% of its rows: it seems to be written in several ways' in question


def test_a_year_of_two_digits_is_not_read_as_one_of_antiquity(tmp_path: Path) -> None:
    days = (f"2021-04-{n + 1:02}" if n % 2 else f"{n + 13:02}.04.21" for n in range(16))
    rows = "".join(f"{n},c{n % 5},{day},5.{n + 10}\n" for n, day in enumerate(days))
    questions = inspected(tmp_path, f"order_id,customer,date,total\n{rows}").questions
    assert not any("the proposed query reads each" in question for question in questions)
