"""What `churn inspect` says of amounts that are not what was paid: what was given back, and cents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from pipeline.params import parse_source
from pipeline.tables.inspection.proposal import Inspection, inspect_source
from tests.tables.conftest import finding, inspect_file, inspected, offered, proposed, queried

INVOICES = """\
Datum;Belegart;Belegnr;Kunde;Betrag
01.03.2024;Rechnung;1;a;1.119,00
02.03.2024;Rechnung;2;b;20,00
03.03.2024;{kind};3;a;{sign}19,50
"""


def abouts(found: Inspection) -> list[str]:
    return [about for about, _ in found.findings]


@pytest.mark.parametrize(
    "kind", ["Gutschrift", "Stornorechnung", "Rücklastschrift", "Credit Memo", "[11] Retoure"]
)
def test_a_credit_note_above_zero_is_asked_about_with_a_query_that_turns_it(
    kind: str, tmp_path: Path
) -> None:
    found = inspected(tmp_path, INVOICES.format(kind=kind, sign=""))
    assert found.questions[0].startswith(
        f"sources.orders.columns.amount: 1 row is '{kind}' in \"Belegart\", with an amount above zero"
    )
    assert [row[-1] for row in queried(found, tmp_path)] == ["1.119,00", "20,00", "-19,50"]


@pytest.mark.parametrize(("kind", "sign"), [("Gutschrift", "-"), ("Rechnung", ""), ("refunded", "")])
def test_a_credit_note_below_zero_and_an_order_that_was_refunded_are_no_question(
    kind: str, sign: str, tmp_path: Path
) -> None:
    assert inspected(tmp_path, INVOICES.format(kind=kind, sign=sign)).questions == ()


@pytest.mark.parametrize(("name", "pieces", "sign"), [("Menge", "-1", ""), ("Anzahl", "-2", "")])
def test_pieces_below_zero_beside_an_amount_above_are_asked_about(
    name: str, pieces: str, sign: str, tmp_path: Path
) -> None:
    text = "\n".join(
        f"{line};{name if n == 0 else pieces if n == 3 else 1}"
        for n, line in enumerate(INVOICES.replace("Belegart;", "").replace("Rechnung;", "").splitlines())
    ).replace("{kind};", "")
    found = inspected(tmp_path, text.format(sign=sign) + "\n")
    [question] = found.questions
    assert f'1 row has "{name}" below zero and "Betrag" above' in question
    assert [row[-2] for row in queried(found, tmp_path)] == ["1.119,00", "20,00", "-19,50"]
    assert inspected(tmp_path, text.format(sign="-") + "\n").questions == ()


def test_the_credit_side_of_a_ledger_is_asked_about(tmp_path: Path) -> None:
    text = INVOICES.replace("Belegart", "Soll/Haben-Kz").replace("Rechnung", "S").format(kind="H", sign="")
    [question] = inspected(tmp_path, text).questions
    assert "1 row is 'H' in \"Soll/Haben-Kz\"" in question
    assert "Payments of invoices are neither orders nor returns" in question
    assert [row[-1] for row in offered(question, tmp_path)] == ["1.119,00", "20,00", "-19,50"]


@pytest.mark.parametrize("none", ["", "0,00"])
def test_debit_and_credit_in_columns_of_their_own_become_one(none: str, tmp_path: Path) -> None:
    found = inspected(
        tmp_path, f"Kunde;Datum;BelegNr;Soll;Haben\na;01.03.2024;1;19,50;{none}\na;02.03.2024;2;{none};4,00\n"
    )
    assert [row[3] for row in offered(finding(found, "other side"), tmp_path)] == ["19,50", "-4,00"]
    assert "first line" not in str(found.findings)


def asks_of_refunds(found: Inspection) -> bool:
    return any(question.startswith("sources.returns: ") for question in found.questions)


REFUNDS = (
    "Order ID,Customer,Date,Total,Refunded Amount\n1,a,2024-03-01,19.50,0.00\n2,a,2024-03-02,12.00,4.50\n"
)


def test_what_was_refunded_is_told_with_a_table_that_takes_it_off(tmp_path: Path) -> None:
    found = inspected(tmp_path, REFUNDS)
    [question] = found.questions
    assert question.startswith(
        'sources.returns: "Refunded Amount" is above zero in 1 row. The proposed table'
    )
    sources = yaml.safe_load(found.snippet)["sources"]
    assert sources["orders"]["path"] == "log.csv"
    assert sources["returns"]["columns"] == {
        "customer_id": "Customer",
        "returned_at": "Date",
        "order_id": "Order ID",
        "amount": "Refunded Amount",
    }
    assert queried(found, tmp_path, "returns") == [("2", "a", "2024-03-02", "12.00", "4.50")]
    assert not asks_of_refunds(inspected(tmp_path, REFUNDS + "2,a,2024-03-03,-4.50,0\n"))


def test_the_query_for_refunds_reads_numbers_of_a_typed_file(tmp_path: Path) -> None:
    columns: dict[str, list[Any]] = {
        "customer": ["a", "a"],
        "date": ["2024-03-01", "2024-03-02"],
        "total": [19.5, 12.0],
        "total_refunded": [None, 4.5],
    }
    pq.write_table(pa.table(columns), tmp_path / "log.parquet")
    found = inspect_file("log.parquet", tmp_path)
    assert [row[3] for row in queried(found, tmp_path, "returns")] == [4.5]


@pytest.mark.parametrize(
    ("name", "amounts", "told"),
    [
        ("amount_cents", ("1999", "2450"), True),
        ("totalCents", ("1999", "2450"), True),
        ("amount_minor", ("1999", "2450"), True),
        ("amount_percents", ("1999", "2450"), False),
        ("amount_cents", ("19.99", "24.50"), False),
        ("amount", ("1999", "2450"), False),  # yen, forints
        ("amount_percentage", ("1999", "2450"), False),
    ],
)
def test_whole_numbers_that_are_called_cents_may_be_cents(
    name: str, amounts: tuple[str, ...], told: bool, tmp_path: Path
) -> None:
    rows = "".join(f"a,2024-03-0{n},{amount}\n" for n, amount in enumerate(amounts, start=1))
    found = inspected(tmp_path, f"customer,date,{name}\n{rows}")
    assert ("cents" in abouts(found)) == told
    if told:
        assert queried(found, tmp_path)[0][2] == 19.99


def test_a_day_of_cancelling_is_told(tmp_path: Path) -> None:
    header, day = "order_id,customer,date,total,Cancelled at\n", "2024-03-01"
    found = inspected(tmp_path, f"{header}1,a,{day},5.50,\n2,b,{day},6.50,{day}\n3,b,{day},7.50,\n")
    assert finding(found, "cancelled").startswith('"Cancelled at" is filled in 1 row: ')
    assert [row[0] for row in queried(found, tmp_path)] == ["1", "3"]


def test_states_that_seem_to_be_of_cancelled_orders_are_named(tmp_path: Path) -> None:
    rows = "".join(f"a,2024-03-0{n % 9 + 1},{n}.50,{'JN'[n % 2]}\n" for n in range(20))
    found = inspected(tmp_path, f"customer,date,total,storniert\n{rows}")
    assert finding(found, "states").startswith('"J", "N". "storniert" tells which orders came to nothing')
    assert {row[3] for row in queried(found, tmp_path)} == {"N"}
    assert "status" not in proposed(found)["columns"]


def test_a_count_of_cancelled_pieces_leaves_no_order_out(tmp_path: Path) -> None:
    rows = "".join(f"{n},a,2024-03-{n + 1:02},{n}.50,{n % 4}\n" for n in range(20))
    assert "query" not in inspected(tmp_path, f"no,customer,date,total,cancelled\n{rows}").snippet


def test_states_that_are_known_to_be_of_cancelled_orders_are_not_asked_about(tmp_path: Path) -> None:
    rows = "".join(f"{n},a,2024-03-0{n % 9 + 1},{n}.50,{('Paid', 'Failed')[n % 2]}\n" for n in range(20))
    (tmp_path / "log.csv").write_text(f"no,customer,date,total,Status\n{rows}")
    spec = parse_source({"path": "log.csv"})
    asked, known = (inspect_source(spec, tmp_path, states) for states in ((), ("failed",)))
    assert asked.questions == (
        'ingest.cancelled_status: 10 rows are "Failed" in "Status" and would count as orders. If they '
        'came to nothing, add "Failed" to its list',
    )
    assert finding(known, "states").endswith('belong in ingest.cancelled_status, as "Failed" does already')
    assert not known.questions


@pytest.mark.parametrize(
    "log",
    [
        "Belegart;Belegnr;Kundennr;Datum;Artikel;Menge;Einzelpreis\n"
        "Rechnung;1;a;01.03.2024;x;1;5,90\nGutschrift;2;a;02.03.2024;x;-1;5,90\n",
        "no;customer;date;amount;return_reason\n1;a;01.03.2024;5,90;return\n2;b;02.03.2024;6,90;none\n",
        "no;customer;date;amount;cash\n1;a;01.03.2024;5,90;C\n2;b;02.03.2024;6,90;D\n",
    ],
    ids=["below zero by its quantity", "a reason", "a way to pay"],
)
def test_what_is_below_zero_or_no_kind_of_row_is_not_asked_about(log: str, tmp_path: Path) -> None:
    assert inspected(tmp_path, log).questions == ()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Retoure", "01"),
        ("Erstattung-ID", ("881", "882")),
        ("refund_rate", ("0.10", "0.00")),
        ("Retourenkosten", ("4.90", "0.00")),
        ("refund_limit", ("4.90", "0.00")),
        ("refundable", ("4.90", "0.00")),
        ("Gutschrift", ("4.90", "0.00")),
        ("refunded", ("4.90", "5.90")),
    ],
)
def test_a_flag_an_id_or_a_rate_is_no_refund(
    name: str, values: str | tuple[str, ...], tmp_path: Path
) -> None:
    rows = "".join(f"a,2024-03-0{n},19.50,{value}\n" for n, value in enumerate(values, start=1))
    assert not asks_of_refunds(inspected(tmp_path, f"customer,date,total,{name}\n{rows}"))


@pytest.mark.parametrize("refunded", ["19.50", "99.50"])
def test_more_than_was_paid_is_no_refund(refunded: str, tmp_path: Path) -> None:
    log = f"customer,date,total,refunded\na,2024-03-01,19.50,0.00\na,2024-03-02,19.50,{refunded}\n"
    assert asks_of_refunds(inspected(tmp_path, log)) == (refunded == "19.50")


def test_what_a_voucher_paid_is_no_other_side(tmp_path: Path) -> None:
    log = "customer,date,paid_amount,gift_card\na,2024-03-01,19.50,0\na,2024-03-02,0,12.50\n"
    assert "other side" not in abouts(inspected(tmp_path, log))


@pytest.mark.parametrize("state", ["nicht storniert", "not cancelled", "avoided", "teilstorniert"])
def test_orders_that_stand_are_not_taken_for_cancelled(state: str, tmp_path: Path) -> None:
    log = f"customer,date,total,status\na,2024-03-01,5.50,{state}\na,2024-03-02,6.50,storniert\n"
    [question] = inspected(tmp_path, log).questions
    assert question.endswith('add "storniert" to its list')
