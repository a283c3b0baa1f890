"""What `churn inspect` prints of totals, refunds and ids on lines is pasted, and gives the orders drawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

from pipeline.tables.inspection.proposal import Inspection
from tests.tables.conftest import inspect_file, orders_of
from tests.tables.inspection.drawn import (
    ORDERS,
    TRUTH,
    euros,
    exact,
    expected,
    given_back,
    pasted,
    written,
)


@pytest.mark.parametrize("total_repeated", [True, False])
def test_a_refund_on_every_line_of_its_order_is_taken_off_once(total_repeated: bool, tmp_path: Path) -> None:
    rows = ["order_id,customer,date,amount,refunded"]
    for o in TRUTH:
        amounts = [o.total] * len(o.lines) if total_repeated else o.lines
        rows += [f"{o.number},{o.customer},{o.at},{euros(cents)},{euros(o.refunded)}" for cents in amounts]
    found = written(tmp_path, rows)
    assert any("It stands on every line of an order" in question for question in found.questions)
    done = pasted(found, tmp_path)
    assert orders_of(done) == expected(TRUTH, exact)
    assert given_back(done) == sum(order.refunded for order in TRUTH)


def test_refunds_of_lines_are_added_up(tmp_path: Path) -> None:
    rows = ["order_id,customer,date,amount,refunded"]
    for o in TRUTH:
        refunds = [o.refunded // 2 if n == 0 else 0 for n in range(len(o.lines))]
        refunds = [min(refund, cents) for refund, cents in zip(refunds, o.lines, strict=True)]
        rows += [
            f"{o.number},{o.customer},{o.at},{euros(cents)},{euros(refund)}"
            for cents, refund in zip(o.lines, refunds, strict=True)
        ]
    done = pasted(written(tmp_path, rows), tmp_path)
    assert given_back(done) == sum(min(o.refunded // 2, o.lines[0]) for o in TRUTH)


def test_whether_a_few_refunds_are_those_of_lines_is_not_guessed(tmp_path: Path) -> None:
    rows = ["order_id,customer,date,amount,refunded"]
    for o in TRUTH:
        refunded = 150 if o.number in (TRUTH[1].number, TRUTH[2].number) else 0
        rows += [f"{o.number},{o.customer},{o.at},{euros(c)},{euros(refunded)}" for c in (900, 800)]
    found = written(tmp_path, rows)
    assert "returns" not in yaml.safe_load(found.snippet)["sources"]
    assert "nothing takes it off" in dict(found.findings)["refunds"]


def test_totals_on_every_line_leave_the_credit_notes_their_rows(tmp_path: Path) -> None:
    credited = [order for order in TRUTH if order.refunded][:8]
    rows = ["Belegart,order_id,customer,date,order_total"]
    for o in TRUTH:
        rows += [f"Rechnung,{o.number},{o.customer},{o.at},{euros(o.total)}"] * len(o.lines)
        if o in credited:
            rows.append(f"Gutschrift ,{o.number},{o.customer},{o.at + timedelta(days=2)},{euros(o.refunded)}")
    found = written(tmp_path, rows)
    assert len(found.questions) == 2
    done = pasted(found, tmp_path)
    assert orders_of(done) == expected(TRUTH, exact)
    assert given_back(done) == sum(order.refunded for order in credited)


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        ({"amount": "line_total"}, lambda cents: euros(2 * (cents // 2))),
        ({"unit_price": "price", "quantity": "quantity"}, lambda cents: f"{euros(cents // 2)},2"),
    ],
    ids=["another amount", "a price and a quantity"],
)
def test_what_adds_up_to_a_total_on_every_line_is_read_in_its_place(
    columns: dict[str, str], line: Callable[[int], str], tmp_path: Path
) -> None:
    even = [replace(o, lines=tuple(2 * (cents // 2) for cents in o.lines)) for o in TRUTH]
    rows = [f"order_id,customer,date,sku,order_total,{','.join(columns.values())}"]
    for o in even:
        before = f"{o.number},{o.customer},{o.at}"
        rows += [f"{before},p{n},{euros(o.total)},{line(cents)}" for n, cents in enumerate(o.lines)]
    found = written(tmp_path, rows)
    assert found.questions == ()
    assert "paid" not in dict(found.findings)
    read = yaml.safe_load(found.snippet)["sources"]["orders"]["columns"]
    assert {
        role: name for role, name in read.items() if role in ("amount", "unit_price", "quantity")
    } == columns
    assert orders_of(pasted(found, tmp_path)) == expected(even, exact)


def test_totals_of_rows_without_an_order_id_are_asked_about_without_a_query(tmp_path: Path) -> None:
    rows = ["order_id,customer,date,order_total"]
    for n, o in enumerate(TRUTH):
        number = "" if n % 3 == 0 else o.number
        rows += [f"{number},{o.customer},{o.at},{euros(o.total)}"] * (1 if n % 3 == 0 else len(o.lines))
    found = written(tmp_path, rows)
    assert "is the same on every line" in found.questions[0]
    assert dict(found.findings)["order ids"].startswith('"order_id" is empty in 100 of ')
    assert "query" not in found.snippet


def test_guests_who_share_an_id_are_no_lines(tmp_path: Path) -> None:
    rows = ["customer,date,amount"]
    for n, o in enumerate(TRUTH):
        day = (o.at - timedelta(hours=28 * n)).date()
        rows.append(f"{'Gast' if n % 9 < 4 else f'k{n}'},{day},{euros(o.total)}")
    assert "lines" not in dict(written(tmp_path, rows).findings)


def test_a_few_amounts_that_are_missing_are_no_further_lines(tmp_path: Path) -> None:
    rows = ["order_id,customer,date,line_amount"]
    for o in TRUTH:
        rows += [f"{o.number},{o.customer},{o.at},{euros(c) if c % 50 else ''}" for c in (*o.lines, 700)]
    found = written(tmp_path, rows)
    assert "query" not in found.snippet
    assert "further" not in str(found.findings)


def test_files_in_another_order_below_a_line_of_settings_are_saved_first(tmp_path: Path) -> None:
    (tmp_path / "log-1.csv").write_text("sep=,\ncustomer,date,amount_cents\na,2024-03-01,1999\n")
    (tmp_path / "log-2.csv").write_text("sep=,\ndate,customer,amount_cents\n2024-03-02,b,2450\n")
    assert inspect_file("log-*.csv", tmp_path).snippet.startswith("# First save the file as")


def test_a_rule_about_cancelling_is_no_day_of_it(tmp_path: Path) -> None:
    rows = ["order_id,customer,date,amount,Stornierungszeit"]
    rows += [f"{o.number},{o.customer},{o.at},{euros(o.total)},{'bis 24h' * o.cancelled}" for o in TRUTH]
    assert "query" not in written(tmp_path, rows).snippet


def test_typed_numbers_with_three_decimals_that_a_query_reads(tmp_path: Path) -> None:
    objects = [
        {"customer": o.customer, "date": o.at.isoformat(), "amount": 1.259, "cancelled_at": None}
        for o in TRUTH
    ]
    objects[3]["cancelled_at"] = "2022-05-05"
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in objects))
    done = pasted(inspect_file("log.jsonl", tmp_path), tmp_path)
    assert len(done.orders) == ORDERS - 1
    assert set(done.orders["amount"].map(str)) == {"1.2590"}


def test_a_query_that_fails_on_the_file_is_not_proposed(tmp_path: Path) -> None:
    rows = ["household;DAY;amount"]
    rows += [f"{o.customer};{n if n < 200 else f'1,{n}'};{euros(o.total)}" for n, o in enumerate(TRUTH)]
    found = written(tmp_path, rows)
    assert "query" not in found.snippet
    assert "no query is proposed" in found.questions[-1]


def test_a_query_that_finds_other_rows_than_told_is_not_proposed(tmp_path: Path) -> None:
    rows = ["customer,date,amount,cancelled_at"]
    rows += [
        f"{o.customer},{o.at},{euros(o.total)},{o.at if o.cancelled else chr(9) * (o.number % 2)}"
        for o in TRUTH
    ]
    found = written(tmp_path, rows)
    assert "cancelled" in dict(found.findings)
    assert "query" not in found.snippet
    assert "no query is proposed" in found.questions[-1]


@pytest.mark.parametrize("name", ["amount", "ticket_price"])
def test_one_price_on_every_line_is_no_total(name: str, tmp_path: Path) -> None:
    rows = [f"order_id,customer,date,{name}"]
    cents = [[1_200 + order.lines[0] * (name != "amount")] * len(order.lines) for order in TRUTH]
    for order, lines in zip(TRUTH, cents, strict=True):
        rows += [f"{order.number},{order.customer},{order.at},{euros(line)}" for line in lines]
    found = written(tmp_path, rows)
    [question] = found.questions
    offer = "to read it once an order, set in place of path, url: duckdb:// and query: SELECT DISTINCT ON"
    assert offer in question
    truth = [replace(order, lines=tuple(lines)) for order, lines in zip(TRUTH, cents, strict=True)]
    assert orders_of(pasted(found, tmp_path)) == expected(truth, exact)


def test_credit_notes_of_other_amounts_leave_a_total_that_of_its_order(tmp_path: Path) -> None:
    rows, credited = ["order_no;customer;date;order_total;product"], []
    for o in TRUTH:
        rows += [f"{o.number};{o.customer};{o.at};{euros(o.total)};{n}" for n in range(2)]
        if o.number % 4 == 0:
            rows += [f"{o.number};{o.customer};{o.at};-{euros(o.lines[0] // 2)};0"]
            credited.append(o.lines[0] // 2)
    (tmp_path / "log.csv").write_text("\n".join(rows) + "\n")
    found = inspect_file("log.csv", tmp_path)
    assert "the proposed query reads it once an order" in found.questions[0]
    done = pasted(found, tmp_path)
    assert round(100 * done.orders["amount"].sum()) == sum(o.total for o in TRUTH) - sum(credited)


def test_lines_of_one_price_that_were_given_back_are_not_taken_off_once(tmp_path: Path) -> None:
    rows = ["order_id,customer,date,sku,line_total,refunded"]
    for o in TRUTH:
        back = "10.50" if o.refunded else "0.00"
        rows += [f"{o.number},{o.customer},{o.at},s{n},10.50,{back}" for n in range(len(o.lines))]
    found = written(tmp_path, rows)
    assert "returns" not in yaml.safe_load(found.snippet)["sources"]
    assert "nothing takes it off" in dict(found.findings)["refunds"]


def test_an_id_is_offered_to_rows_without_one(tmp_path: Path) -> None:
    rows = ["order_id,customer,date,amount"]
    rows += [f"{o.number if o.number % 3 else ' '},{o.customer},{o.at},{euros(o.total)}" for o in TRUTH]
    found = written(tmp_path, rows)
    assert found.questions == ()
    section = yaml.safe_load(found.snippet)
    section["sources"]["orders"] |= {
        "url": "duckdb://",
        "query": dict(found.findings)["order ids"].partition("query: ")[2],
    }
    for key in ("path", "delimiter", "encoding"):
        del section["sources"]["orders"][key]
    done = pasted(Inspection((), yaml.safe_dump(section), ()), tmp_path)
    assert orders_of(done) == expected(TRUTH, exact)


def test_events_as_google_analytics_names_them(tmp_path: Path) -> None:
    rows = ["user_pseudo_id,event_timestamp,event_name,value"]
    seen = ("session_start", "user_engagement", "add_shipping_info", "add_payment_info", "purchase")
    for o in TRUTH:
        since = (o.at - datetime(1970, 1, 1)) // timedelta(microseconds=1)
        rows += [f"{o.customer},{since},{event},{euros(o.total)}" for event in seen]
    found = written(tmp_path, rows)
    assert found.questions == ()
    assert orders_of(pasted(found, tmp_path)) == expected(TRUTH, exact)
