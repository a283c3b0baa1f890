"""`churn inspect`: what changes money, days or customers follows from the values, or is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tables.conftest import inspected, proposed
from tests.tables.inspection.drawn import TRUTH, Order, euros

Row = Callable[[Order], object]
NAMED: dict[str, Row] = {
    "number": lambda order: order.number,
    "customer": lambda order: order.customer,
    "date": lambda order: order.at.date(),
}


def log_of(**columns: Row) -> str:
    """One row per order, under these names."""
    rows = [",".join(str(row(order)) for row in columns.values()) for order in TRUTH]
    return "\n".join([",".join(columns), *rows]) + "\n"


def day_after(days: int) -> Row:
    return lambda order: order.at.date().fromordinal(order.at.toordinal() + days)


def without_tax(order: Order) -> int:
    return round(order.total / 1.19)


def asked(folder: Path, text: str) -> list[str]:
    """The parameters that are asked for."""
    return [question.split(":")[0].rpartition(".")[2] for question in inspected(folder, text).questions]


@pytest.mark.parametrize(
    ("net", "tax", "gross"),
    [
        ("Montant HT", "TVA", "Montant TTC"),
        ("Beløb ekskl. moms", "Moms", "Beløb inkl. moms"),
        ("Cena bez DPH", "DPH", "Cena s DPH"),
        ("Ara Toplam", "KDV", "Genel Toplam"),
        ("Summe netto", "Summe USt", "Summe brutto"),
    ],
)
def test_what_was_paid_is_with_tax(tmp_path: Path, net: str, tax: str, gross: str) -> None:
    paid: dict[str, Row] = {
        net: lambda order: euros(without_tax(order)),
        tax: lambda order: euros(order.total - without_tax(order)),
        gross: lambda order: euros(order.total),
    }
    assert proposed(inspected(tmp_path, log_of(**NAMED, **paid)))["columns"]["amount"] == gross


def test_a_part_of_what_was_paid_is_not_added_up_to_a_list_price(tmp_path: Path) -> None:
    paid: dict[str, Row] = {
        "amount": lambda order: euros(order.total),
        "discount": lambda order: euros(order.total // 10),
        "list_price": lambda order: euros(order.total + order.total // 10),
    }
    assert proposed(inspected(tmp_path, log_of(**NAMED, **paid)))["columns"]["amount"] == "amount"


@pytest.mark.parametrize(
    ("one", "other", "differs", "parameter"),
    [
        ("Warenwert", "Lagerwert", True, "amount"),
        ("Warenwert", "Lagerwert", False, None),
        ("created_at", "date_add", True, "ordered_at"),
        ("created_at", "date_add", False, None),
    ],
)
def test_two_columns_for_which_as_much_speaks_are_asked_about(
    tmp_path: Path, one: str, other: str, differs: bool, parameter: str | None
) -> None:
    paid: Row = lambda order: euros(order.total)  # noqa: E731
    more: Row = lambda order: euros(order.total + differs * order.number)  # noqa: E731
    if parameter == "amount" or one == "Warenwert":
        log = log_of(**NAMED, **{one: paid, other: more})
    else:
        dates = {one: NAMED["date"], other: day_after(30 * differs)}
        log = log_of(number=NAMED["number"], customer=NAMED["customer"], total=paid, **dates)
    assert asked(tmp_path, log) == ([parameter] if parameter else [])


def test_a_customer_that_no_name_tells_is_asked_about(tmp_path: Path) -> None:
    log = log_of(
        number=NAMED["number"],
        date=NAMED["date"],
        total=lambda order: euros(order.total),
        shelf=lambda order: f"R{order.number % 50}",
        who=NAMED["customer"],
    )
    assert asked(tmp_path, log) == ["customer_id"]


def test_a_day_and_an_amount_that_are_the_customers_are_asked_about(tmp_path: Path) -> None:
    log = log_of(
        order_no=NAMED["number"],
        client=NAMED["customer"],
        order_date=lambda order: f"2021-05-{1 + int(order.customer) % 28:02}",
        date=NAMED["date"],
        total_amount=lambda order: euros(9_000 + int(order.customer)),
        value=lambda order: euros(order.total),
    )
    assert asked(tmp_path, log) == ["ordered_at", "amount"]


@pytest.mark.parametrize(("days", "asks"), [(-3, True), (3, False), (-400, False)])
def test_a_day_before_that_of_the_invoice_is_asked_about(tmp_path: Path, days: int, asks: bool) -> None:
    log = log_of(
        number=NAMED["number"],
        customer=NAMED["customer"],
        Rechnungsdatum=NAMED["date"],
        Annahme=day_after(days),
        total=lambda order: euros(order.total),
    )
    assert bool(asked(tmp_path, log)) == asks


def test_an_order_is_the_coarser_of_two_that_are_called_one(tmp_path: Path) -> None:
    rows = [
        f"{order.number * 10 + line},{order.number},{order.customer},{order.at.date()},{euros(paid)}"
        for order in TRUTH
        for line, paid in enumerate(order.lines)
    ]
    text = "\n".join(["Transaction ID,Order ID,customer,date,total", *rows]) + "\n"
    assert proposed(inspected(tmp_path, text))["columns"]["order_id"] == "Order ID"


def test_an_invoice_of_many_orders_is_none(tmp_path: Path) -> None:
    log = log_of(
        order_number=NAMED["number"],
        invoice_number=lambda order: f"{order.customer}-{order.at:%Y-%m}",
        customer=NAMED["customer"],
        date=NAMED["date"],
        total=lambda order: euros(order.total),
    )
    assert proposed(inspected(tmp_path, log))["columns"]["order_id"] == "order_number"


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("total_without_tax", "total_with_tax"),
        ("PriceTaxExcluded", "PriceTaxIncluded"),
        ("subtotal", "total_after_tax"),
        ("Cena bez DPH", "Cena s DPH"),
        ("Amount", "Amount VAT included"),
        ("Bonuswert", "Einkaufssumme"),
    ],
)
def test_an_amount_with_tax_is_told_by_its_name(tmp_path: Path, less: str, more: str) -> None:
    paid: dict[str, Row] = {
        less: lambda order: euros(without_tax(order)),
        more: lambda order: euros(order.total),
    }
    assert proposed(inspected(tmp_path, log_of(**NAMED, **paid)))["columns"]["amount"] == more


def test_a_balance_is_not_what_was_paid_with_tax(tmp_path: Path) -> None:
    paid: dict[str, Row] = {
        "total": lambda order: euros(order.total),
        "city_tax": lambda order: euros(350),
        "balance_total": lambda order: euros(order.total + 350),
    }
    assert proposed(inspected(tmp_path, log_of(**NAMED, **paid)))["columns"]["amount"] == "total"


def test_rows_that_tell_of_one_sale_twice_are_asked_about(tmp_path: Path) -> None:
    rows = [
        f"{kind},{order.customer},{order.at.date()},{euros(order.total)}"
        for order in TRUTH
        for kind in ("Bestellung", "Abschluss")[: 1 + order.number % 2]
    ]
    text = "\n".join(["Vorgangsart,customer,date,total", *rows]) + "\n"
    [question] = inspected(tmp_path, text).questions
    assert '"Abschluss" 150, "Bestellung" 300. Nearly each row that is "Abschluss" has one' in question


@pytest.mark.parametrize(("kind", "asks"), [("Angebot", True), ("Abholung", False)])
def test_rows_that_are_no_sale_yet_are_asked_about(tmp_path: Path, kind: str, asks: bool) -> None:
    log = log_of(
        **NAMED,
        total=lambda order: euros(order.total),
        Belegart=lambda order: kind if order.number % 5 == 0 else "Rechnung",
    )
    questions = inspected(tmp_path, log).questions
    assert [f'"Belegart" tells kinds of rows: "{kind}" 60' in question for question in questions] == [
        True
    ] * asks


@pytest.mark.parametrize("name", ["Ruecklastschrift", "is_returned", "refunded"])
def test_rows_that_were_given_back_by_a_yes_are_asked_about(tmp_path: Path, name: str) -> None:
    given_back: dict[str, Row] = {name: lambda order: "ja" if order.cancelled else "nein"}
    log = log_of(
        **NAMED,
        total=lambda order: euros(order.total),
        **given_back,
    )
    [question] = inspected(tmp_path, log).questions
    assert f'43 rows are "ja" in "{name}", with an amount above zero' in question


@pytest.mark.parametrize("is_twin", [True, False])
def test_a_cancellation_below_zero_takes_back_a_row_that_stays(tmp_path: Path, is_twin: bool) -> None:
    rows = []
    for order in TRUTH:
        rows.append(f"{order.number},{order.customer},{order.at.date()},{euros(order.total)},0")
        if order.refunded:
            back = order.total if is_twin else order.refunded
            rows.append(f"{order.number},{order.customer},{order.at.date()},-{euros(back)},1")
    found = inspected(tmp_path, "\n".join(["order,customer,date,total,Storno", *rows]) + "\n")
    assert ("query" in proposed(found)) == (not is_twin)


def test_what_adds_up_to_the_order_is_of_the_line_where_lines_are_alike(tmp_path: Path) -> None:
    rows = [
        f"{order.number},{order.customer},{order.at.date()},{euros(order.total)},{euros(2 * order.total)}"
        for order in TRUTH
        for _ in range(2)
    ]
    found = inspected(tmp_path, "\n".join(["order,customer,date,line_total,order_total", *rows]) + "\n")
    assert proposed(found)["columns"]["amount"] == "line_total"
    assert not found.questions
