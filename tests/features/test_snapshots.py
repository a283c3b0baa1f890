from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from pipeline.features import customer_days, snapshot
from pipeline.features.snapshots import LABELS

CUTOFF = date(2024, 3, 1)


def orders(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Orders from (customer, time, amount)."""
    return pd.DataFrame(
        {
            "customer_key": pd.Series([row[0] for row in rows], dtype="str"),
            "ordered_at": pd.to_datetime([row[1] for row in rows], format="ISO8601"),
            "amount": [Decimal(row[2]).quantize(Decimal("0.0001")) for row in rows],
            "lines": pd.Series([1] * len(rows), dtype="int32"),
        }
    )


def snap(log: pd.DataFrame, cutoff: date = CUTOFF, horizon_days: int = 30, as_of: date = date(2024, 6, 1)):
    return snapshot(customer_days(log), cutoff, horizon_days=horizon_days, as_of=as_of).set_index(
        "customer_key"
    )


def test_recency_frequency_t_and_monetary_value_are_the_papers():
    row = snap(
        orders(
            ("a", "2024-01-01 09:00", "100"),  # first order: no repeat, its amount is not in m
            ("a", "2024-01-11 09:00", "10"),
            ("a", "2024-01-11 18:00", "20"),  # same day: one repeat of 30
            ("a", "2024-01-31 00:00", "0"),  # zero amount: keeps its timing, is not in m
            ("a", "2024-02-29 23:59", "50"),  # the evening before the cutoff is still known
            ("a", "2024-03-01 00:00", "999"),  # the cutoff's midnight is not
        )
    ).loc["a"]
    assert (row["frequency"], row["recency"], row["T"]) == (3, 59, 59)
    assert (row["spend_days"], row["monetary_value"]) == (2, 40.0)
    assert (row["orders"], row["spend_total"], row["average_order_value"]) == (5, 180.0, 36.0)
    assert (row["first_order_amount"], row["last_order_amount"], row["largest_order_amount"]) == (
        100,
        50,
        100,
    )
    assert (row["mean_gap_days"], row["last_gap_days"], row["days_since_last"]) == (59 / 3, 29, 0)
    assert row["gap_sd_days"] == pytest.approx(pd.Series([10, 20, 29]).std(), rel=1e-12)
    assert (row["orders_30d"], row["orders_90d"], row["spend_30d"]) == (2, 5, 50.0)


def test_a_one_time_buyer_has_no_rhythm():
    row = snap(orders(("a", "2024-02-01", "12.50"))).loc["a"]
    assert (row["frequency"], row["recency"], row["T"], row["monetary_value"]) == (0, 0, 28, 0.0)
    assert row[["mean_gap_days", "gap_sd_days", "last_gap_days", "overdue"]].isna().all()


def test_labels_cover_the_horizon_and_nothing_else():
    log = orders(
        ("stays", "2024-02-01", "10"),
        ("stays", "2024-03-01", "7"),
        ("stays", "2024-03-30", "8"),
        ("late", "2024-02-01", "10"),
        ("late", "2024-03-31", "9"),  # the day after a horizon of 30 days
        ("new", "2024-03-05", "10"),  # not a customer yet at the cutoff
    )
    table = snap(log)
    assert sorted(table.index) == ["late", "stays"]
    assert table.loc["stays", LABELS].tolist() == [False, 2, 15.0]
    assert table.loc["late", LABELS].tolist() == [True, 0, 0.0]


def test_no_label_where_the_horizon_is_not_fully_observed():
    log = orders(("a", "2024-02-01", "10"), ("a", "2024-03-02", "10"))
    assert snap(log, as_of=date(2024, 3, 30))[LABELS].isna().all(axis=None)
    assert snap(log, as_of=date(2024, 3, 31))[LABELS].notna().all(axis=None)


moments = st.datetimes(min_value=pd.Timestamp(2023, 1, 1), max_value=pd.Timestamp(2024, 5, 31))
amounts = st.decimals(min_value=0, max_value=10_000, places=2).map(str)
rows = st.tuples(st.sampled_from("abcde"), moments.map(str), amounts)


@given(past=st.lists(rows, min_size=1, max_size=40), other_future=st.lists(rows, max_size=40))
@settings(deadline=None, max_examples=60)
def test_the_future_never_leaks(past, other_future):
    log = orders(*past)
    known = log[log["ordered_at"] < pd.Timestamp(CUTOFF)]
    if known.empty:
        return
    invented = orders(*other_future)
    rewritten = pd.concat([known, invented[invented["ordered_at"] >= pd.Timestamp(CUTOFF)]])
    features = snap(log).drop(columns=LABELS)
    assert_frame_equal(features, snap(rewritten).drop(columns=LABELS), check_exact=True)


@given(log=st.lists(rows, min_size=2, max_size=40), data=st.data())
@settings(deadline=None, max_examples=40)
def test_row_order_changes_nothing(log, data):
    frame = orders(*log)
    shuffled = frame.iloc[data.draw(st.permutations(range(len(frame))))]
    assert_frame_equal(snap(frame), snap(shuffled), check_exact=True)


def test_a_past_order_does_change_the_features():
    log = orders(("a", "2024-01-01", "10"), ("a", "2024-02-01", "10"))
    more = pd.concat([log, orders(("a", "2024-02-10", "10"))])
    assert not snap(log).equals(snap(more))
