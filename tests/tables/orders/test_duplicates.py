"""What a log holds twice is counted always and left out as the shop decides."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pipeline.tables.ingest import Ingested
from pipeline.tables.orders.policies import Policies
from tests.conftest import ROOT
from tests.tables.conftest import Ingest

HEADER = "customer,date,amount,no\n"
JANUARY = HEADER + "a,2021-01-05,5,1\na,2021-01-05,5,1\nb,2021-01-31,7,2\nc,2021-01-31,1,3\n"
OVERLAP = HEADER + "b,2021-01-31,7,2\nc,2021-01-31,2,3\na,2021-02-01,5,4\na,2021-02-01,5,4\n"


def read(ingest: Ingest, *texts: str, **given: Any) -> Ingested:
    files = {f"data/raw/orders-{n}.csv": text.encode() for n, text in enumerate(texts)}
    return ingest(files, path="data/raw/orders-*.csv", order_id="no", **given)


def totals(done: Ingested) -> list[float]:
    return sorted(float(amount) for amount in done.orders["amount"])


@pytest.mark.parametrize(
    ("policy", "amounts", "left_out"),
    [
        ("keep", [3.0, 10.0, 10.0, 14.0], 0),  # the order of the overlap has doubled
        ("drop_repeated_order", [3.0, 7.0, 10.0, 10.0], 1),
        ("drop_exact", [3.0, 5.0, 5.0, 7.0], 3),  # the second line of two equal ones is gone as well
    ],
)
def test_repeats_are_counted_under_every_policy(
    ingest: Ingest, policy: Any, amounts: list[float], left_out: int
) -> None:
    done = read(ingest, JANUARY, OVERLAP, policies=Policies(duplicates=policy))
    assert totals(done) == amounts
    counted = done.counts["policies"]
    assert counted["duplicates"] == left_out == done.counts["left_out"]
    assert counted["equal_rows"] == 3
    assert counted["equal_rows_in_another_file"] == 1
    assert counted["repeated_orders"] == 1


def test_an_order_that_a_later_file_adds_to_is_not_repeated(ingest: Ingest) -> None:
    done = read(ingest, HEADER + "a,2021-01-05,5,1\n", HEADER + "a,2021-01-05,5,1\na,2021-01-05,6,1\n")
    assert done.counts["policies"]["repeated_orders"] == 0
    assert done.counts["policies"]["changed_orders"] == 1
    assert totals(done) == [16.0]


def test_an_order_of_which_more_happens_later_is_not_changed(ingest: Ingest) -> None:
    first, refund, twice = "a,2021-01-05,5,1\n", "a,2021-01-07,-2,1\n", "b,2021-01-05,5,2\n"
    done = read(ingest, HEADER + first + twice, HEADER + refund + twice)
    assert [done.counts["policies"][name] for name in ("changed_orders", "repeated_orders")] == [0, 1]
    changed_back = read(ingest, HEADER + first, HEADER + first.replace("5,1", "4,1"), HEADER + first)
    assert [changed_back.counts["policies"][name] for name in ("changed_orders", "repeated_orders")] == [1, 1]
    assert totals(changed_back) == [9.0]


def test_the_query_of_the_docs_reads_each_order_from_its_last_file(ingest: Ingest) -> None:
    page = (ROOT / "docs/bring-your-own-data.md").read_text(encoding="utf-8")
    [query] = re.findall(r"`(SELECT [^`]*filename = true[^`]*)`", page)
    files = {
        "data/raw/orders-1.csv": "a,2021-01-05,5,1\nb,2021-01-05,5,2\n",
        "data/raw/orders-2.csv": "a,2021-01-05,4,1\n",
    }
    header = HEADER.replace("no", "order_id")
    done = ingest(
        {name: (header + rows).encode() for name, rows in files.items()},
        path=None,
        url="duckdb://",
        query=query,
        order_id="order_id",
    )
    assert totals(done) == [4.0, 5.0]


def test_lines_of_a_repeated_order_may_come_in_any_order(ingest: Ingest) -> None:
    lines = ["a,2021-01-05 10:00,5,1\n", "a,2021-01-05 11:00,6,1\n", "a,2021-01-06,7,1\n"]
    done = read(ingest, HEADER + "".join(lines), HEADER + "".join(reversed(lines)))
    assert totals(done) == [7.0, 11.0]
    assert [file["duplicates"] for file in done.counts["sources"].values()] == [0, 3]


def test_another_customer_time_or_amount_is_another_order(ingest: Ingest) -> None:
    others = "b,2021-01-05,5,1\na,2021-01-06,5,1\n"
    done = read(ingest, HEADER + "a,2021-01-05,5,1\n", HEADER + others)
    assert done.counts["policies"]["repeated_orders"] == 0
    assert len(done.orders) == 3


def test_without_order_ids_equal_rows_of_two_files_are_counted_and_kept(ingest: Ingest) -> None:
    files = {f"data/raw/orders-{n}.csv": (HEADER + "a,2021-01-05,5,\n").encode() for n in range(3)}
    done = ingest(files, path="data/raw/orders-*.csv")
    assert len(done.orders) == 3
    assert done.counts["policies"]["equal_rows_in_another_file"] == 2


@pytest.mark.parametrize("between", ["b,2021-01-05,5,2\n", "b,2021-13-01,5,3\nb,2021-01-05,5,2\n"])
def test_equal_rows_may_stand_far_apart_in_a_log_of_any_order(ingest: Ingest, between: str) -> None:
    same = "a,2021-02-01,5,1\n"
    done = read(ingest, HEADER + same + between + same, max_quarantine_share=1.0)
    assert done.counts["policies"]["equal_rows"] == 1


@pytest.mark.parametrize(
    ("amounts", "doubled"),
    [
        ("567 1111 567", 1),
        ("56 1111 56 1111 56", 0),  # too few lines to be sure
        ("567 1111 5677", 0),  # one of them came again
        ("567567 1111", 0),  # two sets in one order
        ("5678 1111 567", 0),  # more of it
    ],
)
def test_an_order_is_doubled_if_all_of_its_lines_come_again_apart(
    ingest: Ingest, amounts: str, doubled: int
) -> None:
    orders = {False: "a,2021-01-05,{},1\n", True: "b,2021-01-06,{},2\n"}
    rows = [orders[amount == "1"].format(amount) for amount in amounts.replace(" ", "")]
    done = read(ingest, HEADER + "".join(rows))
    assert done.counts["policies"]["doubled_orders"] == doubled
