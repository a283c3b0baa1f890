"""A return takes its money from the order it belongs to, found from what had happened when it came."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.tables.ingest import Ingested
from pipeline.tables.orders.policies import Policies
from tests.tables.conftest import Ingest

HEADER = "customer,date,amount,no\n"


def returns(done: Ingested) -> list[tuple[str, Any, float, int]]:
    """How its order was found, the day of the order, what is taken from it, whether nothing is left of it."""
    return [
        (
            row.matched_by,
            None if pd.isna(row.ordered_at) else f"{row.ordered_at:%m-%d}",
            float(row.netted),
            row.orders_undone,
        )
        for row in done.returns.sort_values(["returned_at", "amount"]).itertuples()
    ]


def test_the_order_of_the_same_id_comes_first(ingest: Ingest) -> None:
    rows = "a,2021-03-01,30,1\na,2021-03-01,20,1\na,2021-03-05,20,2\na,2021-03-09,-20,1\n"
    done = ingest(HEADER + rows, order_id="no")
    assert returns(done) == [("order_id", "03-01", 20.0, 0)]
    assert done.orders["amount"].astype(float).tolist() == [50.0, 20.0]  # as known when they were placed
    assert returns(ingest(HEADER + rows)) == [("amount", "03-05", 20.0, 1)]


def test_then_the_latest_earlier_order_of_the_amount_then_the_latest_then_none(ingest: Ingest) -> None:
    rows = [
        "a,2021-03-01,20,",
        "a,2021-03-02,20,",
        "a,2021-03-03,30,",
        "a,2021-03-04,-20,",  # that of the 2nd
        "a,2021-03-05,-20,",  # that of the 2nd is already given back
        "a,2021-03-06,-5,",  # part of the latest
        "a,2021-03-07,20,",  # too late for any of them
        "b,2021-03-01,-20,",
    ]
    done = ingest(HEADER + "\n".join(rows))
    assert returns(done) == [
        ("none", None, 0.0, 0),
        ("amount", "03-02", 20.0, 1),
        ("amount", "03-01", 20.0, 1),
        ("latest", "03-03", 5.0, 0),
    ]
    assert done.counts["policies"]["returns"] == {
        "from_log": 4,
        "from_table": 0,
        "told_twice": 0,
        "other_source": 0,
        "left_out_amount": 0.0,
        "matched_by": {"amount": 2, "latest": 1, "none": 1},
        "amount": 65.0,
        "netted": 45.0,
        "not_netted": 20.0,
    }


def test_no_order_falls_below_zero(ingest: Ingest) -> None:
    rows = "a,2021-03-01,20,1\na,2021-03-02,-15,1\na,2021-03-03,-15,1\na,2021-03-04,-15,1\n"
    done = ingest(HEADER + rows, order_id="no")
    assert [row[2:] for row in returns(done)] == [(15.0, 0), (5.0, 1), (0.0, 0)]
    assert done.returns["lines_undone"].sum() == 1


def test_net_by_day_takes_from_the_orders_of_that_day_alone(ingest: Ingest) -> None:
    rows = "a,2021-03-01 09:00,20,\na,2021-03-01 10:00,5,\na,2021-03-01 11:00,-25,\na,2021-03-02,-20,\n"
    done = ingest(HEADER + rows, policies=Policies(returns="net_by_day"))
    assert returns(done) == [("day", "03-01", 25.0, 2), ("none", None, 0.0, 0)]


def test_drop_sets_returns_aside(ingest: Ingest) -> None:
    rows = "a,2021-03-01,20,1\na,2021-03-02,-20,1\n"
    done = ingest(HEADER + rows, order_id="no", policies=Policies(returns="drop"))
    assert returns(done) == [("none", None, 0.0, 0)]
    assert done.counts["policies"]["returns"]["not_netted"] == 20.0


def test_of_orders_at_one_moment_the_largest_is_the_latest(ingest: Ingest) -> None:
    rows = ["a,2021-03-01,20,", "a,2021-03-01,30,", "a,2021-03-01,25,", "a,2021-03-02,-28,"]
    for order in (rows, rows[::-1]):
        assert returns(ingest(HEADER + "\n".join(order))) == [("latest", "03-01", 28.0, 0)]


MOVES = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(1, 28), st.sampled_from([10, 20, -10, -20, -5])), max_size=25
)
FIRST = [("a", 1, 10), ("z", 28, 1)]


def written(moves: list[tuple[str, int, int]]) -> str:
    return HEADER + "".join(f"{who},2021-03-{day:02d},{amount},\n" for who, day, amount in moves)


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES, later=MOVES, day=st.integers(2, 28), policy=st.sampled_from(["match", "net_by_day"]))
def test_what_comes_later_moves_no_return(
    ingest: Ingest, moves: list[Any], later: list[Any], day: int, policy: Any
) -> None:
    cutoff = pd.Timestamp(2021, 3, day)

    def known(rows: list[Any]) -> pd.DataFrame:
        found = ingest(written([*FIRST, *rows]), policies=Policies(returns=policy)).returns
        return found[found["returned_at"] < cutoff].reset_index(drop=True)

    past = [move for move in moves if move[1] < day]
    future = [move for move in later if move[1] >= day]
    pd.testing.assert_frame_equal(known(moves), known(past + future))


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_by_amount_is_the_last_in_first_out_that_it_says(ingest: Ingest, moves: list[Any]) -> None:
    stacks: dict[tuple[str, int], list[int]] = defaultdict(list)
    expected = []
    for who, day, amount in sorted([*FIRST, *moves], key=lambda move: (move[1], move[2] < 0)):
        if amount > 0:
            stacks[who, amount].append(day)
        elif stacks[who, -amount]:
            expected.append((day, -amount, stacks[who, -amount].pop()))
    found = ingest(written([*FIRST, *moves])).returns
    found = found[found["matched_by"] == "amount"]
    assert sorted(expected) == sorted(
        (row.returned_at.day, -int(row.amount), row.ordered_at.day) for row in found.itertuples()
    )


@pytest.mark.parametrize("policy", ["match", "net_by_day", "drop"])
def test_row_order_changes_nothing(ingest: Ingest, policy: Any) -> None:
    moves = [(f"c{n % 5}", 1 + n * 7 % 28, [10, 20, 30, -10, -25][n * 3 % 5]) for n in range(80)]
    one, two = (
        ingest(written(rows), policies=Policies(returns=policy)).returns for rows in (moves, moves[::-1])
    )
    assert len(one) == 32
    pd.testing.assert_frame_equal(one, two)
