"""Amounts in several currencies become amounts in one, by the rate of their day."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.errors import UserError
from pipeline.tables.ingest import Ingested
from pipeline.tables.orders.policies import Policies
from tests.tables.conftest import AUTO, LOG, NOWHERE, Ingest, amounts, log_of


def rates(path: str = "data/raw/rates.csv") -> Any:
    columns = SimpleNamespace(day="day", currency="currency", rate="rate")
    return SimpleNamespace(path=path, columns=columns, **NOWHERE, **AUTO)


RATES = "day,currency,rate\n2021-03-01,CHF,0.9\n2021-03-05,CHF,0.95\n2021-03-01,JPY,0.00612345\n"
MIXED = log_of(
    "a,2021-03-04 23:00,10,CHF",
    "a,2021-03-05 00:00,10,chf",
    "a,2021-03-06,10,EUR",
    "a,2021-03-07,1000000,JPY",
    extra=",currency",
)


def exchange(ingest: Ingest, content: str, table: str, **given: Any) -> Ingested:
    files = {LOG: content.encode(), "data/raw/rates.csv": table.encode()}
    policy = Policies(currency="EUR", exchange_rates=rates())
    return ingest(files, path=LOG, currency="currency", policies=policy, **given)


def test_amounts_are_converted_by_the_latest_rate_of_the_day_or_before(ingest: Ingest) -> None:
    assert amounts(exchange(ingest, MIXED, RATES)) == [9.0, 9.5, 10.0, 6123.45]


@pytest.mark.parametrize("value", ["anna@example.com", "Ann", "€"])
def test_what_is_no_code_of_a_currency_is_not_repeated(ingest: Ingest, value: str) -> None:
    content = log_of("a,2021-03-04,5,EUR", f"b,2021-03-05,6,{value} ", "c,2021-03-06,7,USDX", extra=",code")
    with pytest.raises(UserError, match="other values than codes of currencies") as caught:
        ingest(content, currency="code", policies=Policies(currency="EUR"))
    assert value.upper() not in str(caught.value)


def test_large_amounts_in_small_units_are_converted_or_out_of_range(ingest: Ingest) -> None:
    content = log_of("a,2021-03-04,100000,CHF", "a,2021-03-05,99999999999,CHF", extra=",currency")
    done = exchange(ingest, content, "day,currency,rate\n2021-03-01,CHF,160.5\n")
    assert amounts(done) == [16_050_000.0]
    assert done.quarantine[["line", "rule"]].to_numpy().tolist() == [[3, "amount_out_of_range"]]


def test_a_refund_is_worth_what_its_order_was(ingest: Ingest) -> None:
    rows = ["anna,1,2021-03-02,100,CHF", "anna,1,2021-03-06,-100,CHF", "ben,2,2021-03-02,100,CHF"]
    rows += ["ben,2,2021-03-10,-40,CHF", "ben,3,2021-03-10,10,CHF", "cleo,1,2021-03-06,10,CHF"]
    content = "\n".join(["customer,no,date,amount,currency", *rows, ""])
    table = "day,currency,rate\n2021-03-01,CHF,0.9\n2021-03-05,CHF,0.8\n2021-03-09,CHF,0.95\n"
    done = exchange(ingest, content, table, order_id="no")
    assert sorted(map(float, done.orders["amount"])) == [8, 9.5, 90, 90]
    assert sorted(map(float, done.returns["netted"])) == [36, 90]
    assert sorted(done.returns["orders_undone"]) == [0, 1]


def test_an_order_number_that_comes_round_again_has_the_rate_of_its_day(ingest: Ingest) -> None:
    rows = [
        "anna,1,2021-03-02,100,CHF",
        "anna,1,2021-03-06,100,CHF",
        "ben,1,2021-02-27,5,CHF",
        "ben,1,2021-03-07,10,CHF",
    ]
    content = "\n".join(["customer,no,date,amount,currency", *rows, ""])
    done = exchange(
        ingest, content, "day,currency,rate\n2021-03-01,CHF,0.9\n2021-03-05,CHF,0.8\n", order_id="no"
    )
    assert sorted(map(float, done.orders["amount"])) == [8, 80, 90]
    assert done.quarantine[["line", "rule"]].to_numpy().tolist() == [[4, "missing_exchange_rate"]]


def test_a_later_rate_does_not_reach_back(ingest: Ingest) -> None:
    done = exchange(ingest, MIXED.replace("a,2021-03-04 23:00", "a,2021-02-04 23:00"), RATES)
    assert done.quarantine[["line", "rule", "value_class"]].to_numpy().tolist() == [
        [2, "missing_exchange_rate", "text of 3 characters"]
    ]
    done = exchange(ingest, MIXED.replace("EUR", ""), RATES)
    assert done.quarantine[["line", "rule"]].to_numpy().tolist() == [[4, "missing_currency"]]


def test_several_currencies_without_rates_are_a_question(ingest: Ingest) -> None:
    with pytest.raises(UserError) as raised:
        ingest(MIXED, currency="currency", policies=Policies(currency="EUR"))
    assert raised.value.where == "sources.exchange_rates"
    assert "there are amounts in CHF, JPY, the report is in EUR" in raised.value.problem
    only = ingest(MIXED, currency="currency", policies=Policies(currency="CHF"), as_of=date(2021, 3, 6))
    assert amounts(only) == [10.0, 10.0]  # what is not yet visible asks nothing


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("x,CHF,1", [[5, "day", "unreadable_date", "text of 1 characters"]]),
        ("2021-03-09,,1", [[5, "currency", "missing_currency", "empty"]]),
        ("2021-03-09,CHF,0", [[5, "rate", "unreadable_rate", "zero"]]),
        ("2021-03-09,CHF,x", [[5, "rate", "unreadable_rate", "text of 1 characters"]]),
        ("2021-03-09", [[5, None, "too_few_columns", "1 columns, the header has 3"]]),
        (
            "2021-03-05,chf,0.96",
            [[line, "rate", "two_rates", "number above zero"] for line in (3, 5)],
        ),
        ("2021-03-05,CHF,0.950", []),
    ],
)
def test_a_wrong_rate_is_quarantined_and_counted(ingest: Ingest, row: str, found: list[Any]) -> None:
    done = exchange(ingest, MIXED, RATES + row + "\n")
    [lookup] = done.lookups
    rejected = lookup.quarantine[["line", "our_column", "rule", "value_class"]]
    assert rejected.astype(object).where(rejected.notna(), None).to_numpy().tolist() == found
    counts = done.counts["lookups"]["exchange_rates"]
    assert counts["rows_read"] == 4 == counts["accepted"] + counts["merged"] + counts["quarantined"]
    assert counts["quarantined"] == len(found)
    assert set(done.all_quarantined()["table"]) == ({"exchange_rates"} if found else set())
    if len(found) == 2:  # neither of two rates that contradict each other counts
        assert amounts(done) == [9.0, 9.0, 10.0, 6123.45]
    elif found:
        with pytest.raises(UserError, match=r"sources\.exchange_rates\.path: 1 of 4 rows cannot be used"):
            exchange(ingest, MIXED, RATES + row + "\n", max_share=0.05)
