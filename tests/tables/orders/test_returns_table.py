"""The returns table and the products of lines find the order that was given back; nothing counts twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.tables.ingest import Ingested
from pipeline.tables.orders.policies import Policies
from tests.tables.conftest import Ingest

HEADER = "customer,date,amount,no,sku\n"
LOG = "data/raw/orders.csv"
AUTO = dict.fromkeys(["delimiter", "encoding", "decimal", "date_format"], "auto")
AUTO |= dict.fromkeys(["url", "table", "query", "since", "sheet"])
LAST = "last,2021-06-01,1,99,\n"  # the log is seen up to here
COLUMNS = {
    "customer_id": "customer",
    "returned_at": "day",
    "amount": "money",
    "order_id": "order",
    "product_id": "item",
}


def returns_table(rows: str, folder: Path) -> dict[str, Any]:
    """Write a returns table; its columns are customer, day, money, order, item."""
    (folder / "data/raw").mkdir(parents=True, exist_ok=True)
    (folder / "data/raw/back.csv").write_text("customer,day,money,order,item\n" + rows)
    return {"returns": SimpleNamespace(path="data/raw/back.csv", columns=COLUMNS, words={}, **AUTO)}


def taken(done: Ingested) -> list[tuple[str, Any, float]]:
    """How its order was found, the day of the order, what is taken from it."""
    rows = done.returns.sort_values(["returned_at", "amount"]).itertuples()
    return [
        (row.matched_by, None if pd.isna(row.ordered_at) else f"{row.ordered_at:%m-%d}", float(row.netted))
        for row in rows
    ]


@pytest.fixture
def shop(ingest: Ingest, tmp_path: Path) -> Ingest:
    """Ingest order lines with ids and products, and a returns table."""

    def run(orders: str, back: str = "", **given: Any) -> Ingested:
        columns = {"order_id": "no", "product_id": "sku", **given}
        return ingest(HEADER + orders + LAST, tables=returns_table(back, tmp_path), **columns)

    return run


ORDERS = (
    "a,2021-03-01,20,1,shoe\na,2021-03-01,30,1,coat\na,2021-03-05,20,2,shoe\na,2021-03-07,50,3,hat\n"
    "b,2021-03-01,9,4,shoe\n"
)


def test_a_row_of_the_table_takes_its_money_from_the_order_of_its_id(shop: Ingest) -> None:
    done = shop(ORDERS, "a,2021-03-09,20,1,shoe\nb,2021-03-10,5,4,\n")
    assert taken(done) == [("order_id", "03-01", 20.0), ("order_id", "03-01", 5.0)]
    assert done.orders["amount"].astype(float).tolist().count(50.0) == 2  # as placed
    counted = done.counts["policies"]["returns"]
    assert (counted["from_log"], counted["from_table"], counted["told_twice"]) == (0, 2, 0)


def test_an_order_can_come_back_the_moment_it_was_placed(shop: Ingest) -> None:
    done = shop("a,2021-03-01 10:00,20,1,\na,2021-03-04 10:00,30,2,\n", "a,2021-03-04 10:00,30,2,\n")
    assert taken(done) == [("order_id", "03-04", 30.0)]


def test_the_product_finds_the_order_where_the_id_does_not(shop: Ingest) -> None:
    done = shop(ORDERS, "a,2021-03-09,20,,coat\na,2021-03-10,50,R7,shoe\na,2021-03-11,19,,shoe\n")
    assert taken(done) == [("product", "03-01", 20.0), ("product", "03-05", 20.0), ("product", "03-01", 19.0)]


def test_lines_below_zero_know_their_products_too(shop: Ingest) -> None:
    back = "a,2021-03-09,-20,8,shoe\na,2021-03-09,-30,8,coat\na,2021-03-09,-1,8,sock\n"
    done = shop(ORDERS + back)
    assert taken(done) == [("product", "03-01", 30.0), ("product", "03-05", 20.0), ("latest", "03-07", 1.0)]
    assert done.counts["returns"] == 1  # one order below zero, three returns in it
    exchanged = shop(ORDERS + "a,2021-03-09,-60,8,shoe\na,2021-03-09,10,8,sock\n")
    assert taken(exchanged) == [("amount", "03-07", 50.0)]  # 50 given back in all, of no one product


def test_two_pieces_of_one_line_come_back_to_the_same_order(shop: Ingest) -> None:
    done = shop("a,2021-03-01,40,1,shoe\n", "a,2021-03-02,20,,shoe\na,2021-03-03,20,,shoe\n")
    assert taken(done) == [("product", "03-01", 20.0)] * 2
    assert done.returns["orders_undone"].sum() == 1


def test_rows_without_order_ids_know_their_products(shop: Ingest) -> None:
    orders = "a,2021-03-01 10:00,20,,shoe\na,2021-03-01 10:00,20,,coat\na,2021-03-02 10:00,20,,hat\n"
    done = shop(orders, "a,2021-03-05,20,,shoe\na,2021-03-05,20,,coat\n", order_id=None)
    assert taken(done) == [("product", "03-01", 20.0)] * 2
    assert done.returns["orders_undone"].tolist() == [1, 1]


def test_a_guess_never_undoes_an_order(shop: Ingest) -> None:
    done = shop(ORDERS, "a,2021-03-09,70,,\na,2021-03-10,49,,\nb,2021-03-02,100,,\nz,2021-03-02,5,,\n")
    assert taken(done) == [("none", None, 0.0), ("none", None, 0.0), ("latest", "03-07", 49.0)]
    assert done.counts["policies"]["returns"]["not_netted"] == 170.0
    assert done.tables[0].quarantine["rule"].tolist() == ["unknown_reference"]  # z has never bought


def test_it_counts_from_the_day_it_is_known(shop: Ingest) -> None:
    back = "a,2021-03-06,20,1,shoe\na,2021-03-08,30,1,coat\n"
    before = shop(ORDERS, back, as_of=date(2021, 3, 7))
    assert taken(before) == [("order_id", "03-01", 20.0)]
    assert before.tables[0].counts["after_as_of"] == 1


def test_a_day_without_a_time_is_after_the_orders_of_that_day(shop: Ingest) -> None:
    done = shop("a,2021-03-01 18:00,20,1,shoe\n", "a,2021-03-01,20,1,\n")
    assert taken(done) == [("order_id", "03-01", 20.0)]


@pytest.mark.parametrize(
    ("log", "table", "twice"),
    [
        ("a,2021-03-09,-20,8,\n", "a,2021-03-09,20,1,shoe\n", 1),
        ("a,2021-03-12,-20,8,\n", "a,2021-03-09,20,1,shoe\n", 1),  # the money went back later
        ("a,2021-03-09,-20,8,\n", "a,2021-03-12,20,1,shoe\n", 1),
        ("a,2021-05-09,-20,8,\n", "a,2021-03-09,20,1,shoe\n", 0),  # too late to be the same
        ("a,2021-03-09,-19,8,\n", "a,2021-03-09,20,1,shoe\n", 0),
        ("b,2021-03-09,-20,8,\n", "a,2021-03-09,20,1,shoe\n", 0),
        ("a,2021-03-09,-20,8,\n", "a,2021-03-09,20,1,\na,2021-03-10,20,2,\n", 1),
        (
            "a,2021-03-09,-50,8,\n",
            "a,2021-03-09,20,1,shoe\na,2021-03-09,30,1,coat\n",
            2,
        ),  # listed, and in sum
    ],
)
def test_what_both_sources_tell_counts_once(shop: Ingest, log: str, table: str, twice: int) -> None:
    done = shop(ORDERS + log, table)
    counted = done.counts["policies"]["returns"]
    assert counted["told_twice"] == twice
    assert counted["from_log"] + counted["from_table"] == len(done.returns) + twice
    for source, rows in (("log", 1), ("table", counted["from_table"])):
        alone = shop(ORDERS + log, table, policies=Policies(returns_from=source))
        assert len(alone.returns) == rows
        counted_alone = alone.counts["policies"]["returns"]
        assert counted_alone["told_twice"] + counted_alone["other_source"] == counted["from_log"] + counted[
            "from_table"
        ] - len(alone.returns)


BACK = st.lists(
    st.tuples(
        st.sampled_from("abz"),
        st.integers(1, 28),
        st.sampled_from(["5", "10", "20", "0", "x"]),
        st.sampled_from(["", "1", "2", "3"]),
        st.sampled_from(["", "shoe", "coat"]),
    ),
    max_size=12,
)
SOLD = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.integers(1, 28),
        st.sampled_from(["5", "10", "20", "-5", "-10", "-20", "0", "x"]),
        st.sampled_from(["1", "2", "3"]),
        st.sampled_from(["", "shoe", "coat"]),
    ),
    max_size=20,
)


def rows(moves: list[Any]) -> str:
    return "".join(f"{who},2021-03-{day:02d},{money},{no},{sku}\n" for who, day, money, no, sku in moves)


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sold=SOLD,
    back=BACK,
    policy=st.builds(
        Policies,
        returns=st.sampled_from(["match", "net_by_day", "drop"]),
        returns_from=st.sampled_from(["both", "log", "table"]),
        duplicates=st.sampled_from(["keep", "drop_exact", "drop_repeated_order"]),
    ),
    lines=st.booleans(),
)
def test_every_row_and_every_cent_is_accounted_for(
    shop: Ingest, sold: list[Any], back: list[Any], policy: Policies, lines: bool
) -> None:
    first = "a,2021-03-01,20,9,shoe\nb,2021-03-28,1,10,\n"
    columns = {"order_id": "no" if lines else None}
    done = shop(first + rows(sold), rows(back), policies=policy, **columns)
    counts, table = done.counts, done.tables[0].counts
    assert (
        counts["rows_read"]
        == 3 + len(sold)
        == (counts["accepted_rows"] + counts["quarantined"] + counts["after_as_of"] + counts["left_out"])
    )
    assert counts["accepted_rows"] == counts["orders"] + counts["returns"] + counts["merged_lines"]
    assert (
        table["rows_read"]
        == len(back)
        == (table["accepted"] + table["quarantined"] + table["after_as_of"] + table["merged"])
    )
    told = counts["policies"]["returns"]
    assert told["from_log"] + told["from_table"] == (
        len(done.returns) + told["told_twice"] + told["other_source"]
    )
    assert told["amount"] == pytest.approx(told["netted"] + told["not_netted"])
    netted = done.returns.groupby(["customer_key", "ordered_at"])["netted"].sum()
    paid = done.orders.groupby(["customer_key", "ordered_at"])["amount"].sum()
    for order, amount in netted.items():
        limit = paid[order[0]].sum() if policy.returns == "net_by_day" else paid[order]
        assert 0 <= amount <= limit
    assert (done.returns["returned_at"] >= done.returns["ordered_at"])[done.returns["netted"] > 0].all()

    again = shop(first + rows(sold[::-1]), rows(back[::-1]), policies=policy, **columns)
    pd.testing.assert_frame_equal(done.returns, again.returns)
    pd.testing.assert_frame_equal(done.orders, again.orders)


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sold=SOLD, back=BACK, later=BACK, day=st.integers(2, 28))
def test_what_comes_later_moves_nothing(
    shop: Ingest, sold: list[Any], back: list[Any], later: list[Any], day: int
) -> None:
    cutoff = pd.Timestamp(2021, 3, day)
    first = "a,2021-03-01,20,9,shoe\nb,2021-03-28,1,10,\n"

    def known(moves: list[Any]) -> pd.DataFrame:
        found = shop(first + rows(sold), rows(moves)).returns
        return found[found["returned_at"] < cutoff].reset_index(drop=True)

    past = [move for move in back if move[1] < day]
    future = [move for move in later if move[1] >= day]
    pd.testing.assert_frame_equal(known(past), known(past + future))
