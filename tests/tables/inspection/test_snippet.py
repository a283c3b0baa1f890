"""What `churn inspect` prints is pasted into params.yaml as it is, and gives the orders that were drawn."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
import yaml

from pipeline.tables.inspection.proposal import Inspection
from tests.tables.conftest import inspect_file, orders_of
from tests.tables.inspection.drawn import (
    ORDERS,
    TRUTH,
    Order,
    euros,
    exact,
    expected,
    german,
    given_back,
    pasted,
)


def test_events_in_cents_whose_purchases_are_lines(tmp_path: Path) -> None:
    rows = ["user_id,event_time,event_type,product_id,price_cents"]
    for order in TRUTH:
        rows += [f"{order.customer},{order.at},{kind},7,500" for kind in ("view", "cart")]
        rows += [f"{order.customer},{order.at},purchase ,{n},{cents}" for n, cents in enumerate(order.lines)]
    (tmp_path / "log.csv").write_text("\n".join(rows) + "\n")
    found = inspect_file("log.csv", tmp_path)
    assert found.questions == ()
    assert {"events", "lines", "cents"} <= set(dict(found.findings))
    done = pasted(found, tmp_path)
    assert orders_of(done) == expected(TRUTH, exact)


def test_prices_in_cents_beside_quantities_with_a_decimal_comma(tmp_path: Path) -> None:
    rows = ["kunde;datum;auftragsnr;menge;preis_cents"]
    rows += [f"{o.customer};{o.at};{o.number};2,5;{2 * o.lines[0]}" for o in TRUTH]
    (tmp_path / "log.csv").write_text("\n".join(rows) + "\n")
    found = inspect_file("log.csv", tmp_path)
    assert found.questions == ()
    paid = [replace(o, lines=(5 * o.lines[0],)) for o in TRUTH]
    assert orders_of(pasted(found, tmp_path)) == expected(paid, exact)


def test_a_shop_whose_lines_follow_its_totals_with_refunds_and_cancelled_orders(tmp_path: Path) -> None:
    rows = ["Name;Kunde;Created at;Total;Refunded Amount;Cancelled at;Lineitem name;Lineitem price"]
    for o in TRUTH:
        cancelled = o.at + timedelta(days=1) if o.cancelled else ""
        rows.append(
            f"#{o.number};{o.customer};{o.at};{german(o.total)};{german(o.refunded)};{cancelled};Hut;1,00"
        )
        rows += [f"#{o.number};{o.customer};{o.at}; ;;;Tuch;2,00"] * (len(o.lines) - 1)
    (tmp_path / "log.csv").write_text("\n".join(rows) + "\n", encoding="cp1252")
    found = inspect_file("log.csv", tmp_path)
    assert {"further lines", "cancelled"} <= set(dict(found.findings))
    assert [question.partition(":")[0] for question in found.questions] == ["sources.returns"]
    done = pasted(found, tmp_path)
    kept = [order for order in TRUTH if not order.cancelled]
    assert orders_of(done) == expected(kept, exact)
    assert given_back(done) == sum(order.refunded for order in kept)


def test_counted_days_whose_totals_stand_on_every_line(tmp_path: Path) -> None:
    rows = ["household,basket,DAY,order_total,cancelled_at"]
    for order in TRUTH:
        day = (order.at.date() - date(2020, 1, 1)).days
        cancelled = order.at.date() + timedelta(days=1) if order.cancelled else ""
        rows += [f"{order.customer},{order.number},{day},{euros(order.total)},{cancelled}"] * len(order.lines)
    (tmp_path / "log.csv").write_text("\n".join(rows) + "\n")
    found = inspect_file("log.csv", tmp_path)
    assert [question.partition(":")[0] for question in found.questions] == [
        "sources.orders.columns.ordered_at",
        "sources.orders.columns.amount",
    ]
    kept = [order for order in TRUTH if not order.cancelled]

    def on_its_day(order: Order) -> datetime:
        return datetime(order.at.year, order.at.month, order.at.day)

    assert orders_of(pasted(found, tmp_path)) == expected(kept, on_its_day)


def test_credit_notes_in_cents_of_a_workbook_saved_as_text(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [
        ("Belegart", "Belegnr", "Kunde", "Belegdatum", "Artikelnr", "Betrag Cent")
    ]
    for order in TRUTH:
        rows += [
            ("Rechnung", order.number, order.customer, order.at, f"p{n}", cents)
            for n, cents in enumerate(order.lines)
        ]
        if order.refunded:
            back = order.at + timedelta(days=3)
            rows.append(("Gutschrift", order.number, order.customer, back, "p9", order.refunded))
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "log.xlsx")
    found = inspect_file("log.xlsx", tmp_path)
    assert found.snippet.startswith("# First save the sheet as data/raw/orders.csv.\n")
    (tmp_path / "data/raw").mkdir(parents=True)
    (tmp_path / "data/raw/orders.csv").write_text("\n".join(",".join(map(str, row)) for row in rows) + "\n")
    done = pasted(found, tmp_path)
    assert orders_of(done) == expected(TRUTH, exact)
    assert given_back(done) == sum(order.refunded for order in TRUTH)


def test_what_is_not_to_be_pasted_unread_is_offered_with_what_is(tmp_path: Path) -> None:
    rows = ["visitorid,timestamp,event"]
    for order in TRUTH:
        milliseconds = round(order.at.timestamp() * 1000)
        rows += [f"{order.customer},{milliseconds},{event}" for event in ("view", "transaction")]
    (tmp_path / "log.csv").write_text("\n".join(rows) + "\n")
    found = inspect_file("log.csv", tmp_path)
    [question] = found.questions
    before, _, query = question.partition("and set in place of the proposed query: ")
    assert before.endswith("set report.currency: XXX, map amount as amount ")
    section = yaml.safe_load(found.snippet)
    assert section["sources"]["orders"]["query"] in query.replace("SELECT *, 1 AS amount", "SELECT *")
    section["sources"]["orders"] |= {"query": query}
    section["sources"]["orders"]["columns"] |= {"amount": "amount"}
    done = pasted(Inspection((), yaml.safe_dump(section), ()), tmp_path, currency="XXX")
    assert len(done.orders) == ORDERS
    assert set(done.orders["amount"].map(float)) == {1.0}


def test_two_files_whose_columns_stand_in_another_order(tmp_path: Path) -> None:
    half = ORDERS // 2
    first = [f"{o.customer},{o.at},{o.total}" for o in TRUTH[:half]]
    second = [f"{o.total},{o.customer},{o.at}" for o in TRUTH[half:]]
    (tmp_path / "log-1.csv").write_text("\n".join(["customer,date,amount_cents", *first]) + "\n")
    (tmp_path / "log-2.csv").write_text("\n".join(["amount_cents,customer,date", *second]) + "\n")
    done = pasted(inspect_file("log-*.csv", tmp_path), tmp_path)
    assert orders_of(done) == expected(TRUTH, exact)


@pytest.mark.parametrize(
    "header", ["customer,date, total  sum,cancelled  at", "sep=,\ncustomer,date,total,storno am"]
)
def test_names_are_those_that_the_query_reads(header: str, tmp_path: Path) -> None:
    rows = [f"{o.customer},{o.at},{euros(o.total)},{o.at if o.cancelled else ''}" for o in TRUTH]
    (tmp_path / "log.csv").write_text("\n".join([header, *rows]) + "\n")
    done = pasted(inspect_file("log.csv", tmp_path), tmp_path)
    assert orders_of(done) == expected([order for order in TRUTH if not order.cancelled], exact)


def test_a_file_inside_a_package_is_saved_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"{o.customer},{o.at},{o.total}" for o in TRUTH]
    text = "\n".join(["customer,date,amount_cents", *rows]) + "\n"
    for folder in ("shop_of_a_package", "data/raw"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "shop_of_a_package/__init__.py").touch()
    (tmp_path / "shop_of_a_package/log.csv").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    found = inspect_file("package:shop_of_a_package/log.csv", tmp_path)
    assert found.snippet.startswith("# First save the file as data/raw/orders.csv, in UTF-8.\n")
    (tmp_path / "data/raw/orders.csv").write_text(text)
    assert orders_of(pasted(found, tmp_path)) == expected(TRUTH, exact)


def test_json_lines_whose_values_are_texts_and_empty_where_there_is_none(tmp_path: Path) -> None:
    objects = [
        {
            "id": order.number,
            "customer": order.customer,
            "created_at": order.at.isoformat(),
            "total_price": f"+{euros(order.total)}",
            "total_refunded": euros(order.refunded),
            "cancelled_at": (order.at + timedelta(days=1)).isoformat() if order.cancelled else none,
            "kind": "order",
        }
        for order, none in zip(TRUTH, [None, ""] * ORDERS, strict=False)
    ]
    back = dict(objects[5]) | {
        "kind": "refund",
        "created_at": "2023-03-01T10:00:00",
        "total_refunded": "0.00",
    }
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [*objects, back]))
    done = pasted(inspect_file("log.jsonl", tmp_path), tmp_path)
    kept = [order for order in TRUTH if not order.cancelled]
    assert orders_of(done) == expected(kept, exact)
    assert given_back(done) == sum(order.refunded for order in kept) + TRUTH[5].total
