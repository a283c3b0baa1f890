"""`churn inspect`: what it believes, what it asks."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import openpyxl
import pytest
import yaml
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import UserError
from pipeline.tables.header import looks_like_row
from pipeline.tables.inspection import Inspection, inspect_file
from pipeline.tables.roles import Column, guess_roles


def inspected(folder: Path, text: str) -> Inspection:
    (folder / "log.csv").write_text(text)
    return inspect_file("log.csv", folder)


def finding(found: Inspection, about: str) -> str:
    return dict(found.findings)[about]


def source(found: Inspection) -> dict[str, object]:
    section = yaml.safe_load(found.snippet)["sources"]["orders"]
    assert isinstance(section, dict)
    return section


def test_day_or_month_first_is_decided_over_the_whole_column_and_stated(tmp_path: Path) -> None:
    rows = "".join(f"{n % 9},03/04/2021,5.5{n % 10}\n" for n in range(5_000))
    found = inspected(tmp_path, f"customer,date,amount\n{rows}7,25/04/2021,1.25\n")
    assert source(found)["date_format"] == "%d/%m/%Y"
    assert finding(found, "dates").startswith(
        "dd/mm/yyyy: reads 5,001 of 5,001 values (mm/dd/yyyy would read 5,000)"
    )
    assert finding(found, "file") == "log.csv: 5,001 rows, all of them looked at; 3 columns"


def test_what_cannot_be_decided_is_asked(tmp_path: Path) -> None:
    found = inspected(tmp_path, "customer,date,amount\n7,03/04/2021,1.300\n7,03/05/2021,5\n")
    asked_for_dates, asked_for_decimals = found.questions
    assert "dd/mm/yyyy and as mm/dd/yyyy equally well (2 rows)" in asked_for_dates
    assert "1 amounts look like 1.234" in asked_for_decimals
    assert source(found)["date_format"] == "auto"
    assert source(found)["decimal"] == "auto"


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


def test_a_file_without_a_header_is_told_without_its_values(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="seems to have no header") as raised:
        inspected(tmp_path, "Erika Mustermann;04.03.2021;5,55\nMax Mustermann;05.03.2021;7,00\n")
    assert "Muster" not in str(raised.value)


def test_a_part_without_a_header_is_told_without_its_values(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("kunde;datum;betrag\nErika Mustermann;04.03.2021;5,55\n")
    (tmp_path / "2.csv").write_text("Max Mustermann;05.03.2021;7,00\nErika Mustermann;06.03.2021;7,00\n")
    with pytest.raises(UserError, match="seems to have no header") as raised:
        inspect_file("*.csv", tmp_path)
    assert "Muster" not in str(raised.value)


def test_parts_without_a_header_are_told_without_their_values(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("Max Mustermann;05.03.2021;7,00\n")
    (tmp_path / "2.csv").write_text("Erika Mustermann;05.03.2021;7,00\n")
    with pytest.raises(UserError, match="seems to have no header") as raised:
        inspect_file("*.csv", tmp_path)
    assert "Muster" not in str(raised.value)


@pytest.mark.parametrize(
    ("names", "is_row"),
    [
        *((value, True) for value in ("4. März 2021", "04.03.2021", "a@b.de", "Max <max@b.de>")),
        *((value, True) for value in ("2021-03-04T10:00:00+02:00", "2021-03-04T10:00:00Z")),
        *((f"1001;{value}", True) for value in ("-5,00", "12.50 €", "EUR 5", "5 CHF", "12:30")),
        *((name, False) for name in ("Umsatz 2021", "VAT 19%", "30d revenue", "T1", "#", "", "Preis/€")),
        *((name, False) for name in ("SKU1;QTY2", "VAT19;PLZ 1", "30 TAG;90 TAG", "2021", "Id@odata.type")),
    ],
)
def test_a_row_is_told_from_names(names: str, is_row: bool) -> None:
    assert looks_like_row(["customer", *names.split(";")]) == is_row


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (",customer,date,amount", "{n},K{n},2024-03-{day:02},{n}.50"),
        ("customer,date,,amount", "K{n},2024-03-{day:02},x,{n}.50"),
        ("customer,date,amount,", "K{n},2024-03-{day:02},{n}.50,x"),
        ("Export of 2024\n,customer,date,amount", "{n},K{n},2024-03-{day:02},{n}.50"),
    ],
    ids=["the index of pandas", "in between", "at the end", "below a title"],
)
def test_a_column_without_a_name_is_passed_over(tmp_path: Path, header: str, row: str) -> None:
    rows = [row.format(n=n, day=1 + n % 28) for n in range(30)]
    found = inspected(tmp_path, "\n".join([header, *rows]) + "\n")
    assert not found.questions
    for role, name in (("customer_id", "customer"), ("ordered_at", "date"), ("amount", "amount")):
        assert f'{role}: "{name}"' in found.snippet


@pytest.mark.parametrize("first", ["Meier,Anna,,12.50", "Meier,Anna,2024-03-01,"])
def test_a_row_that_lacks_a_value_is_no_header(tmp_path: Path, first: str) -> None:
    rows = [f"Meier{n},Anna,2024-03-{1 + n % 28:02},{n}.50" for n in range(30)]
    with pytest.raises(UserError, match="seems to have no header"):
        inspected(tmp_path, "\n".join([first, *rows]) + "\n")


def test_names_with_numbers_are_a_header(tmp_path: Path) -> None:
    text = "customer,date,amount,SKU1,QTY2,VAT19\n7,2021-03-04,5.5,a,1,19\n7,2021-03-05,1.0,b,2,19\n"
    assert not inspected(tmp_path, text).questions


def test_rows_that_cannot_be_split_are_counted(tmp_path: Path) -> None:
    found = inspected(tmp_path, "kunde;datum;betrag\na;04.03.2021;5,55\na;04.03.2021\nb;05.03.2021;7,00\n")
    assert "3 rows, all of them looked at, 1 of them cannot be split into columns" in finding(found, "file")


def test_keys_that_hold_lists_are_passed_over(tmp_path: Path) -> None:
    line = (
        '{"customer": 7, "lines": [{"sku": 1}], "ordered": {"at": 1}, "date": "2021-03-04", "total": 5.5}\n'
    )
    found = inspected(tmp_path, line * 2)
    assert source(found)["columns"] == {
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
    columns = source(found)["columns"]
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
    assert source(found)["columns"] == {
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
    assert finding(found, "customer_id").endswith('all of them end in ".0": does the CRM know them so?')


def test_values_that_are_missing_where_they_are_needed_are_told(tmp_path: Path) -> None:
    rows = (
        "#1,a@b.de,2023-01-04,24.90",
        "#1,a@b.de,2023-01-04,",
        "#2,a@b.de,2023-01-05,9",
        "#3,c@b.de,2023-01-06,7",
    )
    found = inspected(tmp_path, "\n".join(["Name,Email,Created at,Total", *rows]))
    assert finding(found, "quarantine") == '"Total" is empty in 1 of 4 rows (25.0%)'


def test_a_quantity_beside_a_total_is_not_multiplied(tmp_path: Path) -> None:
    found = inspected(
        tmp_path,
        "Kundennr;Datum;Menge;Einzelpreis;Gesamt\n7;04.03.2021;2;5,55;11,10\n7;05.03.2021;1;6,55;6,55\n",
    )
    columns = source(found)["columns"]
    assert isinstance(columns, dict)
    assert (columns["amount"], "quantity" in columns) == ("Gesamt", False)


def test_a_column_named_for_something_else_is_not_taken_for_the_customer(tmp_path: Path) -> None:
    found = inspected(tmp_path, "invoice,date,total\nA1,2021-03-04,5.5\nA1,2021-03-04,6.5\nA2,2021-03-05,7\n")
    assert source(found)["columns"] == {
        "customer_id": "?",
        "ordered_at": "date",
        "amount": "total",
        "order_id": "invoice",
    }
    assert any("columns.customer_id" in question for question in found.questions)


SHOPIFY = """\
Name,Email,Financial Status,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price
#1001,a@example.com,paid,24.90,2023-01-04 10:00:00 +0100,1,Hut,20.00
#1001,a@example.com,,,2023-01-04 10:00:00 +0100,1,Tuch,4.90
#1002,b@example.com,voided,20.00,2023-01-05 10:00:00 +0100,1,Hut,20.00
#1003,a@example.com,paid,20.50,2023-02-05 10:00:00 +0100,1,Hut,20.50
"""


def test_an_order_called_by_its_name_whose_total_stands_on_its_first_line(tmp_path: Path) -> None:
    found = inspected(tmp_path, SHOPIFY)
    assert source(found)["columns"] == {
        "customer_id": "Email",
        "ordered_at": "Created at",
        "amount": "Total",
        "order_id": "Name",
        "status": "Financial Status",
    }
    assert finding(found, "states").startswith('"paid", "voided". ')
    query = finding(found, "quarantine").partition("query: ")[2]
    assert duckdb.sql(query.replace("log.csv", str(tmp_path / "log.csv"))).fetchall()[2][0] == "#1003"


def test_the_query_for_further_lines_leaves_out_the_titles(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(f"Shop,Export\n,\n{SHOPIFY}")
    query = finding(inspect_file("log.csv", tmp_path), "quarantine").partition("query: ")[2]
    assert "skip = 3" in query
    assert len(duckdb.sql(query.replace("log.csv", str(tmp_path / "log.csv"))).fetchall()) == 3


def test_the_query_for_further_lines_reads_a_file_of_windows_1252(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(SHOPIFY.replace("Tuch", "Mütze").encode("cp1252"))
    query = finding(inspect_file("log.csv", tmp_path), "quarantine").partition("query: ")[2]
    assert len(duckdb.sql(query.replace("log.csv", str(tmp_path / "log.csv"))).fetchall()) == 3
    (tmp_path / "log.csv").write_bytes(SHOPIFY.replace("Tuch", "Tuch 5 €").encode("cp1252"))
    before, _, query = finding(inspect_file("log.csv", tmp_path), "quarantine").partition("query: ")
    assert "save the file as UTF-8, " in before  # DuckDB knows no nearer encoding than Latin-1
    (tmp_path / "log.csv").write_text(SHOPIFY)
    assert len(duckdb.sql(query.replace("log.csv", str(tmp_path / "log.csv"))).fetchall()) == 3


def exported(order_total: str) -> str:
    """120 orders of two lines; two thirds of them by guests, who all have the id 0."""
    lines = ""
    for n in range(240):
        customer = "0," if n % 6 < 4 else f"K{n % 42},k{n % 42}@web.de"
        lines += f"{n // 2},{customer},2021-04-{1 + n // 12:02},p{n % 9},{n // 2}.50,{n}.25\n"
    return f"order,customer,email,date,sku,{order_total},item_total\n{lines}"


def test_a_total_on_every_line_is_asked_about(tmp_path: Path) -> None:
    [question] = inspected(tmp_path, exported("order_total")).questions
    assert (
        "columns.amount: order_total is the same on every line of 120 of 120 orders with several" in question
    )
    assert "map what was paid for the line (item_total?)" in question
    query = question.partition("query: ")[2].replace("log.csv", str(tmp_path / "log.csv"))
    assert len(duckdb.sql(query).fetchall()) == 120
    assert not inspected(tmp_path, exported("shipping")).questions


def test_an_id_for_nobody_and_ids_in_two_spellings_are_told(tmp_path: Path) -> None:
    text = exported("shipping").replace("K5,", "k4,")
    found = [told for about, told in inspected(tmp_path, text).findings if about == "customers"]
    assert len(found) == 2
    assert found[0].startswith("1 id differs from another one in capitals alone")
    assert found[1].startswith('"0" stands in 160 of 240 rows, the next id in ')
    assert found[1].endswith('such as "email", or set ingest.exclude_customers: ["0"]')


@pytest.mark.parametrize(("come_back", "told"), [(0, True), (3, False)])
def test_an_id_made_anew_for_each_order_is_told(tmp_path: Path, come_back: int, told: bool) -> None:
    ids = [f"c{max(n, come_back)}" for n in range(200)]
    rows = "".join(f"{n},{who},2021-04-{1 + n % 28:02},5.{n % 90 + 10}\n" for n, who in enumerate(ids))
    found = inspected(tmp_path, f"order_id,customer_id,date,total\n{rows}").findings
    said = [text for about, text in found if about == "customers" and "made anew for each order" in text]
    assert bool(said) == told
    assert not told or said[0].startswith('"customer_id" has 200 different values in 200 rows')


def test_a_description_of_what_was_bought_is_no_product(tmp_path: Path) -> None:
    rows = "".join(f"{n},k{n % 30},2021-04-{1 + n % 28:02},5.{n % 90 + 10},Hut x {n}\n" for n in range(200))
    columns = source(inspected(tmp_path, f"order,customer,date,total,line_items\n{rows}"))["columns"]
    assert "product_id" not in columns  # type: ignore[operator]


def test_a_handful_of_values_is_no_customer(tmp_path: Path) -> None:
    rows = "".join(f"{n % 8},2021-04-{1 + n % 28:02},5.5{n % 10}\n" for n in range(100))
    assert "customer_id: no column" in inspected(tmp_path, f"x,date,amount\n{rows}").questions[0]


def test_names_in_the_snippet_are_quoted(tmp_path: Path) -> None:
    found = inspected(tmp_path, '"Kunde: ""Nr"" #";Datum;Betrag\n7;04.03.2021;5,55\n7;05.03.2021;5,55\n')
    assert source(found)["columns"]["customer_id"] == 'Kunde: "Nr" #'  # type: ignore[index]


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("kundennummer rechnungsdatum summe rechnungsnummer", "0 1 2 3"),
        ("KundenNr Geburtsdatum Kaufdatum Stückpreis Gesamtpreis", "0 2 4 -"),
        ("order_id customer_id order_date ship_date total tax", "1 2 4 0"),
        ("CustomerID InvoiceNo InvoiceDate UnitPrice Quantity Sales", "0 2 5 1"),
        ("Order.Date Household Basket_Key Net_Amount VAT Units", "1 0 3 2"),
        ("Käufer Bestellnummer Bestellzeit Liefertag Warenwert MwSt", "0 2 4 1"),
        ("created_at user_id order_number order_total shipping_total", "1 0 3 2"),
        ("t_dat customer_id article_id price sales_channel_id", "1 0 3 -"),
        ("increment_id created_at customer_email grand_total order_currency_code", "2 1 3 -"),
        ("Name Email Subtotal Total Created_at", "1 4 3 -"),
        ("order_id customer_unique_id order_date price freight_value", "1 2 3 0"),
        ("id date purchasequantity purchaseamount", "0 1 3 -"),
        ("Kd-Nr. Kunde Belegdatum Rg.-Nr. Netto", "0 2 4 3"),
        ("KundNr Name Auftr-Nr. Datum Betrag", "0 3 4 2"),
    ],
)
def test_german_and_english_names_are_known(header: str, roles: str) -> None:
    names = header.split()
    dated = ("datum", "date", "zeit", "tag", "created", "t_dat")
    money = ("preis", "price", "total", "tax", "summe", "amount", "wert", "mwst", "sales", "vat")

    def column(n: int, name: str) -> Column:
        low = name.lower()
        dates, paid = float(any(word in low for word in dated)), float(any(word in low for word in money))
        return Column(f"c{n}", name, 100, 50, dates, 1.0 - dates, paid * (1 - dates))

    guesses = guess_roles([column(n, name) for n, name in enumerate(names)])
    paid = "amount" if "amount" in guesses else "unit_price"
    found = [guesses[role] for role in ("customer_id", "ordered_at", paid, "order_id")]
    assert [names.index(guess.column.name) if guess else "-" for guess in found] == [
        part if part == "-" else int(part) for part in roles.split()
    ]


def test_values_decide_where_names_say_nothing() -> None:
    columns = [
        Column("c0", "a", 100, 100, 0.0, 1.0, 0.0),
        Column("c1", "b", 100, 30, 0.0, 1.0, 0.0),
        Column("c2", "c", 100, 90, 1.0, 0.0, 0.0),
        Column("c3", "d", 100, 95, 0.0, 1.0, 0.9),
        Column("c4", "e", 100, 2, 0.0, 0.0, 0.0),
    ]
    guesses = guess_roles(columns)
    assert {role: guess.column.name if guess else None for role, guess in guesses.items()} == {
        "ordered_at": "c",
        "amount": "d",
        "customer_id": "b",
        "order_id": None,
        **dict.fromkeys(("status", "is_test", "currency", "product_id", "channel")),
    }


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
    assert source(found)["columns"]["amount"] == "AMOUNT"
    assert finding(found, "amounts").startswith('"AMOUNT" holds whole numbers alone, and "SALES_PRICE" may')
    with_cents = inspected(tmp_path, TA_FENG.replace(",2,24", ",2.50,24"))
    assert "amounts" not in dict(with_cents.findings)


def test_words_for_nobody_are_no_shared_account(tmp_path: Path) -> None:
    rows = [f"2021-01-01,{'NULL' if n % 3 else n},1.50" for n in range(300)]
    log = "\n".join(["date,customer_id,amount", *rows])
    assert "customers" not in dict(inspected(tmp_path, log).findings)
    assert "customers" in dict(inspected(tmp_path, log.replace("NULL", "guest")).findings)


def test_in_a_log_without_amounts_every_order_counts_one(tmp_path: Path) -> None:
    [question] = inspected(tmp_path, "customer,date\n007,2021-03-04\n008,2021-03-05\n").questions
    assert question.startswith("sources.orders.columns.amount: ")
    query = question.partition("query: ")[2].replace("log.csv", str(tmp_path / "log.csv"))
    assert duckdb.sql(query).fetchall() == [("007", "2021-03-04", 1), ("008", "2021-03-05", 1)]


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
    query = finding(inspected(tmp_path, header + LINES), "lines").partition("query: ")[2]
    counted = f"SELECT count(*), count(DISTINCT order_id) FROM ({query})"
    assert duckdb.sql(counted.replace("log.csv", f"{tmp_path}/log.csv")).fetchall() == [(60, 40)]


def test_of_a_sheet_the_remark_stands_before_the_query(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for cells in csv.reader(["customer,date,amount,note,more", *LINES.splitlines()]):
        book.active.append(cells)
    book.save(tmp_path / "log.xlsx")
    told, _, query = finding(inspect_file("log.xlsx", tmp_path), "lines").partition("query: ")
    assert "save the sheet as data/raw/orders.csv, " in told
    (tmp_path / "orders.csv").write_text("customer,date,amount,note,more\n" + LINES)
    query = query.replace("data/raw/orders.csv", f"{tmp_path}/orders.csv")
    assert duckdb.sql(f"SELECT count(DISTINCT order_id) FROM ({query})").fetchall() == [(40,)]


def test_rows_without_an_order_id_that_come_together_are_told_to_be_lines(tmp_path: Path) -> None:
    rows = "".join(f"{n // 3},2021-03-{1 + n % 3 // 2:02},{n}.50\n" for n in range(60))
    found = inspected(tmp_path, f"customer,date,amount\n{rows}")
    told = finding(found, "lines")
    assert told.startswith('60 rows have 40 pairs of "customer" and "date"')
    query = told[told.index("SELECT") :].replace("log.csv", f"{tmp_path}/log.csv")
    with duckdb.connect() as con:
        assert con.execute(f"SELECT count(DISTINCT order_id) FROM ({query})").fetchall() == [(40,)]
    apart = "".join(f"{n % 20},2021-03-{1 + n // 20:02},{n}.50\n" for n in range(60))
    assert "lines" not in dict(inspected(tmp_path, f"customer,date,amount\n{apart}").findings)
    assert "lines" not in dict(
        inspected(tmp_path, f"customer,date,amount,order_id\n{rows}".replace(".50\n", ".50,7\n")).findings
    )
