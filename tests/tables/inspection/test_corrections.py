"""`churn inspect`: what the values say, where names do not tell what a column is, or tell it wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.tables.inspection.proposal import Inspection
from tests.tables.conftest import finding, inspected, proposed, queried

PRICES = [1299, 2450, 799, 1599, 999]
LINES = [
    (n, n % 17, f"2023-{1 + n % 12:02}-{1 + n % 28:02}", line, 1 + (n + line) % 3, (n + 2 * line) % 5)
    for n in range(60)
    for line in range(1 + n % 3)
]
"""Order, customer, day, line, pieces, product."""


def euros(cents: int) -> str:
    return f"{cents / 100:.2f}"


def total_of(order: int) -> int:
    return sum(pieces * PRICES[product] for n, *_, pieces, product in LINES if n == order)


def test_the_order_of_lines_is_what_belongs_to_one_customer_at_one_time(tmp_path: Path) -> None:
    rows = [
        f"{900 + n},{customer},{day},{euros(total_of(n))},{product},{pieces},{euros(PRICES[product])},{n % 4}"
        for n, customer, day, _, pieces, product in LINES
    ]
    header = (
        "number,customer.number,orderTime,invoiceAmount,details.sku,details.quantity,details.price,source"
    )
    found = inspected(tmp_path, "\n".join([header, *rows]) + "\n")
    columns = proposed(found)["columns"]
    assert (columns["order_id"], columns["unit_price"], columns["quantity"]) == (
        "number",
        "details.price",
        "details.quantity",
    )
    assert finding(found, "order_id").endswith("each of its 60 values belongs to one customer at one time")


@pytest.mark.parametrize(("name", "order"), [("id", "id"), ("Reference", "Reference"), ("weight", None)])
def test_a_number_of_its_own_in_every_row_is_that_of_the_order(
    tmp_path: Path, name: str, order: str | None
) -> None:
    rows = "".join(f"{100 + n},{n % 9},2023-03-{1 + n % 28:02},{n}.50\n" for n in range(40))
    found = inspected(tmp_path, f"{name},user_id,date,total\n{rows}")
    assert proposed(found)["columns"]["order_id"] == order


def test_the_id_of_a_line_is_not_that_of_its_order(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n // 3},2023-03-04,{n}.50\n" for n in range(60))
    found = inspected(tmp_path, f"id,customer,date,amount\n{rows}")
    assert finding(found, "lines").startswith("60 rows have 20 pairs")


HEADER_OF_SALES = "Date,Receipt Number,Line Type,Customer Code,Total"


def sales(tmp_path: Path, rows: list[str]) -> Inspection:
    return inspected(tmp_path, "\n".join([HEADER_OF_SALES, *rows]) + "\n")


def test_totals_and_the_lines_they_are_the_sum_of_do_not_count_twice(tmp_path: Path) -> None:
    rows = []
    for n, customer, day, line, pieces, product in LINES:
        if line == 0:
            rows.append(f"{day},{n},Sale,{customer},{euros(total_of(n))}")
            rows.append(f"{day},{n},Payment,{customer},")
        rows.append(f"{day},{n},Sale Line,{customer},{euros(pieces * PRICES[product])}")
    [question] = (found := sales(tmp_path, rows)).questions
    assert 'in 60 of 60 orders the row that is "Sale" in "Line Type" is the sum of the others' in question
    assert {row[2] for row in queried(found, tmp_path)} == {"Sale Line"}
    assert sales(tmp_path, [row for row in rows if ",Sale Line," in row]).questions == ()


def test_equal_halves_of_an_order_are_no_total_of_each_other(tmp_path: Path) -> None:
    trips = [
        f"{1 + n % 28:02}.03.2023,{n},{way},{n % 9},{euros(PRICES[n % 5])}"
        for n in range(60)
        for way in ("outward", "return")
    ]
    assert "is the sum of the others" not in str(sales(tmp_path, trips).questions)


def test_a_total_that_some_orders_have_without_their_lines_is_none(tmp_path: Path) -> None:
    rows = [f"2023-03-{1 + n % 28:02},{n},bundle,{n % 9},30.00" for n in range(60)]
    rows += [f"2023-03-{1 + n % 28:02},{n},part,{n % 9},10.00" for n in range(40) for _ in range(3)]
    assert sales(tmp_path, rows).questions == ()


def test_a_number_of_parcels_is_not_that_of_orders(tmp_path: Path) -> None:
    rows = [
        f"P{n}-{line},{n},{customer},{day},5.50" for n, customer, day, line, *_ in LINES for _ in range(2)
    ]
    found = inspected(tmp_path, "\n".join(["Paket,Vorgang,Kundennr,Datum,Betrag", *rows]) + "\n")
    assert proposed(found)["columns"]["order_id"] == "Vorgang"
    alone = [",".join(row.split(",")[:1] + row.split(",")[2:]) for row in rows]
    found = inspected(tmp_path, "\n".join(["Paket,Kundennr,Datum,Betrag", *alone]) + "\n")
    assert proposed(found)["columns"]["order_id"] == "order_id"


@pytest.mark.parametrize("of_the_row", [True, False])
def test_a_price_is_that_of_the_row_where_several_pieces_cost_as_many_times_as_one(
    tmp_path: Path, of_the_row: bool
) -> None:
    rows = [
        f"{n},{customer},{day},P{product},{pieces},{euros(PRICES[product] * (pieces if of_the_row else 1))}"
        for n, customer, day, _, pieces, product in LINES
    ]
    header = "order-id,buyer-email,purchase-date,sku,quantity,item-price"
    columns = proposed(inspected(tmp_path, "\n".join([header, *rows]) + "\n"))["columns"]
    price = "amount" if of_the_row else "unit_price"
    assert columns[price] == "item-price"
    assert ("quantity" in columns) is not of_the_row


def test_rows_of_cancelled_orders_without_a_price_are_left_out(tmp_path: Path) -> None:
    rows = [f"{n},{n % 7},2023-03-{1 + n % 28:02},{'' if n % 9 == 0 else '5.50'}" for n in range(60)]
    states = ["Cancelled" if row.endswith(",") else "Shipped" for row in rows]
    text = "\n".join(["no,customer,date,total,order-status", *map(",".join, zip(rows, states, strict=True))])
    found = inspected(tmp_path, text + "\n")
    assert "all of orders that came to nothing" in finding(found, "cancelled")
    assert len(queried(found, tmp_path)) == 53
    found = inspected(tmp_path, text.replace("Cancelled", "Shipped", 1) + "\n")
    assert "cancelled" not in dict(found.findings)


@pytest.mark.parametrize(
    ("name", "state", "status"),
    [
        ("state", "cancelled", "state"),
        ("État", "Annulé", "État"),
        ("state", "Alabama", None),
        ("payment", "failed", None),
        ("Tarif", "Stornierbar", None),
        ("rate", "Cancellable", None),
        ("rate", "Non-cancellable", None),
    ],
)
def test_a_state_is_told_by_a_word_for_what_came_to_nothing(
    tmp_path: Path, name: str, state: str, status: str | None
) -> None:
    rows = "".join(
        f"{n},{n % 9},2023-03-{1 + n % 28:02},{n}.50,{(state, 'ok')[n % 3 > 0]}\n" for n in range(40)
    )
    columns = proposed(inspected(tmp_path, f"no,customer,date,total,{name}\n{rows}"))["columns"]
    assert columns.get("status") == status
