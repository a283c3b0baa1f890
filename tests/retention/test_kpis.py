from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.retention.kpis import cohorts, monthly, retention_kpis

AS_OF = date(2024, 7, 1)
HORIZON = 30
IN_PERIOD, BEFORE, LONG_AGO = date(2024, 6, 15), date(2024, 5, 15), date(2023, 1, 1)


def orders(*rows: tuple[str, date] | tuple[str, date, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_key": pd.Series([row[0] for row in rows], dtype="str"),
            "ordered_at": pd.Series([pd.Timestamp(row[1]) for row in rows], dtype="datetime64[us]"),
            "amount": [Decimal(row[2]) if len(row) == 3 else Decimal("10.0000") for row in rows],
        }
    )


def test_textbook_churn_turns_negative_when_newcomers_outnumber_the_lost_and_the_cohort_rate_does_not() -> (
    None
):
    at_start = [(f"old{i}", BEFORE) for i in range(100)]
    kept = [(f"old{i}", IN_PERIOD) for i in range(80)]
    new = [(f"new{i}", IN_PERIOD) for i in range(30)]

    kpis = retention_kpis(orders(*at_start, *kept, *new), AS_OF, HORIZON)

    assert kpis["churn_rate_literal"] == {"value": -0.10, "numerator": -10, "denominator": 100}
    assert kpis["churn_rate_cohort"] == {"value": 0.20, "numerator": 20, "denominator": 100}
    assert kpis["customer_retention_rate"] == {"value": 0.80, "numerator": 80, "denominator": 100}
    assert (kpis["last_period"]["lost"], kpis["last_period"]["new"]) == (20, 30)


def test_repeat_purchase_rate_counts_orders_not_days() -> None:
    kpis = retention_kpis(
        orders(("twice a day", BEFORE), ("twice a day", BEFORE), ("once", BEFORE)), AS_OF, HORIZON
    )
    assert kpis["repeat_purchase_rate"] == {"value": 0.5, "numerator": 1, "denominator": 2}
    assert kpis["orders_per_customer"]["value"] == 1.5
    assert (kpis["orders"], kpis["order_days"]) == (3, 2)
    assert kpis["median_gap_days"] is None


def test_gaps_are_between_order_days_of_one_customer() -> None:
    days = [
        ("a", date(2024, 1, 1)),
        ("a", date(2024, 1, 1)),
        ("a", date(2024, 1, 11)),
        ("a", date(2024, 1, 31)),
    ]
    assert retention_kpis(orders(*days, ("b", date(2024, 1, 5))), AS_OF, HORIZON)["median_gap_days"] == 15


def test_the_windows_include_their_first_day_and_not_their_last() -> None:
    first = AS_OF - timedelta(days=HORIZON)
    log = orders(
        ("in", first), ("in", first - timedelta(days=HORIZON)), ("out", first - timedelta(days=HORIZON + 1))
    )
    period = retention_kpis(log, AS_OF, HORIZON)["last_period"]
    assert (period["start"], period["end"]) == ("2024-06-01", "2024-07-01")
    assert (period["active_at_start"], period["active_at_end"]) == (1, 1)


def test_orders_from_as_of_on_change_nothing() -> None:
    past = orders(("a", BEFORE, "3.33"), ("b", IN_PERIOD, "4.44"))
    future = orders(("a", AS_OF, "9999"), ("c", date(2025, 1, 1)))
    assert retention_kpis(pd.concat([past, future]), AS_OF, HORIZON) == retention_kpis(past, AS_OF, HORIZON)
    pd.testing.assert_frame_equal(
        cohorts(pd.concat([past, future]), AS_OF, min_group=1), cohorts(past, AS_OF, min_group=1)
    )


def test_a_returned_customer_is_neither_new_nor_retained() -> None:
    kpis = retention_kpis(orders(("back", LONG_AGO), ("back", IN_PERIOD), ("gone", BEFORE)), AS_OF, HORIZON)
    period = kpis["last_period"]
    assert (period["returned"], period["new"], period["retained"]) == (1, 0, 0)
    assert kpis["churn_rate_literal"]["value"] == 0
    assert kpis["churn_rate_cohort"]["value"] == 1
    assert period["fully_observed"]


def test_ratios_over_nobody_are_none_and_the_rest_is_zero() -> None:
    kpis = retention_kpis(orders(("a", BEFORE)).iloc[:0], AS_OF, HORIZON)
    assert (kpis["customers"], kpis["orders"], kpis["revenue"]) == (0, 0, 0)
    assert kpis["repeat_purchase_rate"] == {"value": None, "numerator": 0, "denominator": 0}
    assert kpis["first_order_on"] is None
    json.dumps(kpis, allow_nan=False)


def test_money_is_summed_exactly() -> None:
    cents = orders(*[("a", BEFORE, "0.10")] * 1000, ("a", BEFORE, "0.0001"))
    kpis = retention_kpis(cents, AS_OF, HORIZON)
    assert kpis["revenue"] == 100.0001
    assert monthly(cents, min_group=1)["revenue"].tolist() == [100.0001]


order_logs = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(0, 120)).map(
        lambda row: (row[0], AS_OF - timedelta(days=1 + row[1]), f"{row[1]}.25")
    ),
    min_size=1,
    max_size=40,
)


@given(log=order_logs, seed=st.integers(0, 10))
@settings(deadline=None, max_examples=10)
def test_rates_add_up_and_row_order_does_not_matter(log: list[tuple[str, date, str]], seed: int) -> None:
    kpis = retention_kpis(orders(*log), AS_OF, HORIZON)
    period = kpis["last_period"]
    if kpis["churn_rate_cohort"]["value"] is not None:
        assert kpis["churn_rate_cohort"]["value"] + kpis["customer_retention_rate"]["value"] == pytest.approx(
            1
        )
    assert period["active_at_end"] == period["retained"] + period["new"] + period["returned"]
    assert min(period["retained"], period["new"], period["returned"], period["lost"]) >= 0

    shuffled = orders(*log).sample(frac=1, random_state=seed)
    assert retention_kpis(shuffled, AS_OF, HORIZON) == kpis
    pd.testing.assert_frame_equal(
        cohorts(shuffled, AS_OF, min_group=1), cohorts(orders(*log), AS_OF, min_group=1)
    )
    pd.testing.assert_frame_equal(monthly(shuffled, min_group=1), monthly(orders(*log), min_group=1))


def test_cohorts_follow_each_month_and_keep_months_without_orders() -> None:
    log = orders(
        ("a", date(2024, 1, 5)), ("a", date(2024, 1, 20)), ("a", date(2024, 3, 1)), ("b", date(2024, 1, 31)),
        ("c", date(2024, 2, 1)), ("c", date(2024, 5, 1)),
    )  # fmt: skip
    found = cohorts(log, date(2024, 5, 31), min_group=1)  # May is not over
    rows = list(found.assign(cohort=found["cohort"].dt.strftime("%m")).itertuples(index=False, name=None))
    assert rows == [
        ("01", 0, 2, 2, 1.0),
        ("01", 1, 2, 0, 0.0),
        ("01", 2, 2, 1, 0.5),
        ("02", 0, 1, 1, 1.0),
        ("02", 1, 1, 0, 0.0),
    ]


def test_only_the_last_24_cohorts_are_kept() -> None:
    months = pd.date_range("2020-01-01", periods=30, freq="MS")
    log = orders(*[(f"c{i}", month.date()) for i, month in enumerate(months)])
    found = cohorts(log, AS_OF, min_group=1)
    assert found["cohort"].nunique() == 24
    assert found["cohort"].min() == months[6]


def test_monthly_tells_new_customers_from_others_and_fills_gaps() -> None:
    log = orders(("a", date(2024, 1, 5), "1"), ("b", date(2024, 1, 6), "2"), ("a", date(2024, 3, 1), "4"))
    found = monthly(log, min_group=1)
    assert found["month"].dt.month.tolist() == [1, 2, 3]
    assert found[["orders", "customers", "new_customers"]].to_numpy().tolist() == [
        [2, 2, 2],
        [0, 0, 0],
        [1, 1, 0],
    ]
    assert found["revenue"].tolist() == [3.0, 0.0, 4.0]


def test_revenue_is_net_of_what_was_given_back_in_the_month_of_its_order():
    log = orders(("a", BEFORE, "40"), ("a", IN_PERIOD, "30"), ("b", IN_PERIOD, "20"))
    returns = pd.DataFrame(
        {
            "ordered_at": pd.to_datetime([BEFORE, IN_PERIOD, None]),
            "netted": [Decimal("15.0000"), Decimal("20.0000"), Decimal("0.0000")],
        }
    )
    kpis = retention_kpis(log, AS_OF, HORIZON, returns)
    assert (kpis["revenue"], kpis["orders"]) == (55.0, 3)
    assert kpis["average_order_value"]["value"] == 55 / 3
    assert monthly(log, returns, min_group=1)["revenue"].tolist() == [25.0, 30.0]
    assert len(monthly(log, returns, min_group=1)) == 2


def test_few_customers_are_no_cohort_and_no_month() -> None:
    many = [(f"c{i}", date(2024, 3, 5)) for i in range(10)]
    few = [(f"d{i}", date(2024, 1, 5)) for i in range(9)]
    log = orders(*few, *many, ("d0", date(2024, 3, 6)))
    assert cohorts(log, AS_OF)["cohort"].dt.month.unique().tolist() == [3]
    found = monthly(log).set_index("month")
    assert found.iloc[0].isna().all()
    assert found["customers"].tolist()[1:] == [0, 11]
    assert found["revenue"].notna().tolist() == [False, True, True]
