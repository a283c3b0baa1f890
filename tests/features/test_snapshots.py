from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from pipeline.features import customer_days, outcomes, snapshot
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


def returns(*rows: tuple[str, str, str, str, int]) -> pd.DataFrame:
    """Returns from (customer, time, time of the order, what is taken from it, orders undone)."""
    return pd.DataFrame(
        {
            "customer_key": pd.Series([row[0] for row in rows], dtype="str"),
            "returned_at": pd.to_datetime([row[1] for row in rows], format="ISO8601"),
            "ordered_at": pd.to_datetime([row[2] for row in rows], format="ISO8601"),
            "netted": [Decimal(row[3]).quantize(Decimal("0.0001")) for row in rows],
            "orders_undone": pd.Series([row[4] for row in rows], dtype="int32"),
            "lines_undone": pd.Series([row[4] for row in rows], dtype="int32"),
        }
    )


def snap(
    log: pd.DataFrame,
    cutoff: date = CUTOFF,
    horizon_days: int = 30,
    as_of: date = date(2024, 6, 1),
    returned: pd.DataFrame | None = None,
):
    days = customer_days(log, returned)
    return snapshot(days, cutoff, horizon_days=horizon_days, as_of=as_of).set_index("customer_key")


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
    assert table.loc["stays", LABELS].tolist() == [False, False, 2, 15.0]
    assert table.loc["late", LABELS].tolist() == [True, True, 0, 0.0]


@pytest.mark.parametrize(
    ("horizon_days", "last_of_half"), [(30, "2024-03-15"), (31, "2024-03-16"), (1, "2024-03-01")]
)
def test_the_first_half_has_the_middle_day_of_an_odd_horizon(horizon_days: int, last_of_half: str):
    next_day = (pd.Timestamp(last_of_half) + pd.Timedelta(days=1)).date().isoformat()
    log = orders(
        ("in", "2024-02-01", "1"),
        ("in", last_of_half, "1"),
        ("after", "2024-02-01", "1"),
        ("after", next_day, "1"),
    )
    silent = snap(log, horizon_days=horizon_days)["silent_at_first"]
    assert not silent["in"]
    assert silent["after"]


def test_no_label_where_the_horizon_is_not_fully_observed():
    log = orders(("a", "2024-02-01", "10"), ("a", "2024-03-02", "10"))
    assert snap(log, as_of=date(2024, 3, 30))[LABELS].isna().all(axis=None)
    assert snap(log, as_of=date(2024, 3, 31))[LABELS].notna().all(axis=None)


# Returns

BOUGHT = orders(("a", "2024-01-01", "10"), ("a", "2024-01-11", "20"), ("a", "2024-02-10", "30"))


def test_a_return_counts_from_the_day_after_it_came():
    part = returns(("a", "2024-02-29 12:00", "2024-01-11", "5", 0))
    before, after = (
        snap(BOUGHT, day, returned=part).loc["a"] for day in (date(2024, 2, 29), date(2024, 3, 1))
    )
    assert (before["spend_total"], after["spend_total"]) == (60.0, 55.0)
    assert (after["frequency"], after["monetary_value"], after["spend_30d"]) == (2, 22.5, 30.0)


def test_an_order_given_back_whole_is_no_purchase_from_then_on():
    whole = returns(("a", "2024-02-15", "2024-01-11", "20", 1))
    row = snap(BOUGHT, returned=whole).loc["a"]
    assert (row["frequency"], row["recency"], row["orders"], row["spend_total"]) == (1, 40, 2, 40.0)
    assert (row["mean_gap_days"], row["last_gap_days"], row["monetary_value"]) == (40, 40, 30.0)
    assert_frame_equal(
        snap(BOUGHT, date(2024, 2, 15), returned=whole), snap(BOUGHT, date(2024, 2, 15)), check_exact=True
    )


def test_the_first_order_given_back_makes_the_second_the_first():
    row = snap(BOUGHT, returned=returns(("a", "2024-02-15", "2024-01-01", "10", 1))).loc["a"]
    assert (row["first_order_on"], row["frequency"], row["T"]) == (pd.Timestamp("2024-01-11"), 1, 49)
    assert (row["first_order_amount"], row["gap_sd_days"]) == (20.0, pytest.approx(float("nan"), nan_ok=True))


def test_one_of_two_orders_of_a_day_given_back_leaves_the_day():
    log = orders(("a", "2024-01-01", "10"), ("a", "2024-02-01 09:00", "20"), ("a", "2024-02-01 10:00", "30"))
    row = snap(log, returned=returns(("a", "2024-02-05", "2024-02-01 09:00", "20", 1))).loc["a"]
    assert (row["frequency"], row["orders"], row["monetary_value"], row["lines_per_order"]) == (
        1,
        2,
        30.0,
        1.0,
    )


def test_who_gave_everything_back_is_no_customer():
    assert snap(BOUGHT, returned=returns(*EVERYTHING)).empty
    assert len(snap(BOUGHT, date(2024, 2, 20), returned=returns(*EVERYTHING))) == 1


EVERYTHING = [
    ("a", "2024-02-20", day, amount, 1)
    for day, amount in (("2024-01-01", "10"), ("2024-01-11", "20"), ("2024-02-10", "30"))
]


def test_a_label_knows_the_returns_of_its_horizon_and_no_later_ones():
    log = pd.concat([BOUGHT, orders(("a", "2024-03-05", "50"), ("a", "2024-03-06", "7"))])
    back = [("a", "2024-03-31", "2024-03-05", "50", 1), ("a", "2024-03-30", "2024-03-06", "2", 0)]
    assert snap(log, returned=returns(*back)).loc["a", LABELS].tolist() == [False, False, 2, 55.0]
    earlier = [("a", "2024-03-30", *row[2:]) for row in back]
    assert snap(log, returned=returns(*earlier)).loc["a", LABELS].tolist() == [False, False, 1, 5.0]
    all_back = [*earlier, ("a", "2024-03-30 13:00", "2024-03-06", "5", 1)]
    assert snap(log, returned=returns(*all_back)).loc["a", LABELS].tolist() == [True, True, 0, 0.0]


def test_a_return_of_an_earlier_order_is_not_taken_from_the_label():
    log = pd.concat([BOUGHT, orders(("a", "2024-03-05", "50"))])
    back = returns(("a", "2024-03-06", "2024-02-10", "30", 1))
    assert_frame_equal(snap(log, returned=back), snap(log), check_exact=True)


moments = st.datetimes(min_value=pd.Timestamp(2023, 1, 1), max_value=pd.Timestamp(2024, 5, 31))
amounts = st.decimals(min_value=0, max_value=10_000, places=2).map(str)
rows = st.tuples(st.sampled_from("abcde"), moments.map(str), amounts)


def given_back(log: pd.DataFrame, after_days: list[int]) -> pd.DataFrame:
    """Give back each order (half of it, for every third) after some days; 0 keeps it."""
    return returns(
        *(
            (
                row.customer_key,
                str(row.ordered_at + pd.Timedelta(days=days)),
                str(row.ordered_at),
                str(row.amount / (1 + (days % 3 == 0))),
                int(days % 3 > 0),
            )
            for row, days in zip(log.itertuples(), after_days, strict=False)
            if days
        )
    )


delays = st.lists(st.integers(0, 60), min_size=40, max_size=40)


@given(past=st.lists(rows, min_size=1, max_size=40), after_days=delays, other_days=delays)
@settings(deadline=None, max_examples=15)
def test_a_later_return_never_leaks(past, after_days, other_days):
    log = orders(*past).drop_duplicates(["customer_key", "ordered_at"], ignore_index=True)
    if not (log["ordered_at"] < pd.Timestamp(CUTOFF)).any():
        return
    taken, others = given_back(log, after_days), given_back(log, other_days)
    cutoff = pd.Timestamp(CUTOFF)
    known, later = taken["returned_at"] < cutoff, others["returned_at"] >= cutoff
    order = ["customer_key", "ordered_at"]
    free = ~pd.MultiIndex.from_frame(others[order]).isin(pd.MultiIndex.from_frame(taken.loc[known, order]))
    rest = others[later & free]
    features = snap(log, returned=taken).drop(columns=LABELS)
    rewritten = snap(log, returned=pd.concat([taken[known], rest])).drop(columns=LABELS)
    assert_frame_equal(features, rewritten, check_exact=True)


@given(past=st.lists(rows, min_size=1, max_size=40), other_future=st.lists(rows, max_size=40))
@settings(deadline=None, max_examples=15)
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
@settings(deadline=None, max_examples=15)
def test_row_order_changes_nothing(log, data):
    frame = orders(*log)
    shuffled = frame.iloc[data.draw(st.permutations(range(len(frame))))]
    assert_frame_equal(snap(frame), snap(shuffled), check_exact=True)


def test_a_past_order_does_change_the_features():
    log = orders(("a", "2024-01-01", "10"), ("a", "2024-02-01", "10"))
    more = pd.concat([log, orders(("a", "2024-02-10", "10"))])
    assert not snap(log).equals(snap(more))


def test_outcomes_are_the_labels_as_known_at_the_end_of_each_window():
    log = orders(
        ("a", "2024-01-10", "10"),
        ("a", "2024-03-05", "20"),
        ("a", "2024-03-06", "30"),
        ("b", "2024-02-01", "5"),
        ("c", "2024-04-02", "7"),
    )
    returned = returns(
        ("a", "2024-03-20", "2024-03-06", "30", 1),  # within the window
        ("a", "2024-04-20", "2024-03-05", "20", 1),  # after it: at its end the order stood
    )
    days = customer_days(log, returned)
    march, april = outcomes(days, [(CUTOFF, 30), (date(2024, 4, 1), 10)])
    assert march["customer_key"].tolist() == ["a", "b", "c"]
    assert march["churned"].tolist() == [False, True, True]
    assert march["future_spend"].tolist() == [20.0, 0.0, 0.0]
    assert april["future_orders"].tolist() == [0, 0, 1]
    labels = snap(log, returned=returned)[LABELS]
    assert_frame_equal(march.set_index("customer_key").loc[labels.index, LABELS], labels, check_dtype=False)
