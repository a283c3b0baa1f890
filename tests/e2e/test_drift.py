"""Shops in peace and shops in which something happens, from the log to the alarm, without any model."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipeline.evaluation.contest import are_active
from pipeline.evaluation.drift import drift, drift_metrics, is_young
from pipeline.features import CutoffPlan, customer_days, plan_cutoffs, snapshots
from pipeline.features.catalogue import TOPICS
from pipeline.tables.io import to_pandas

FIRST, DAYS, HORIZON_DAYS = date(2022, 1, 1), 1090, 60
FEATURES = [feature.name for topic in TOPICS if not topic.tables for feature in topic.features]


def shop(customers: int, *, growth: float = 0.0, season: float = 0.0, channel_from: float = np.inf):
    """Orders of three years: births spread evenly or not, a yearly wave, a channel with other customers."""
    rng = np.random.default_rng(1)
    rows = []
    for number, share in enumerate(rng.uniform(0, 1, customers)):
        born = DAYS * (np.log1p(share * np.expm1(growth)) / growth if growth else share)
        is_other = born > channel_from and rng.uniform() < 0.6
        rate, leaves = rng.gamma(0.8, 1 / (60 if is_other else 20)), rng.exponential(60 if is_other else 200)
        day = born
        while day < DAYS and day - born < leaves:
            if rng.uniform() < (1 + season * np.sin(2 * np.pi * day / 365)) / (1 + season):
                rows.append((f"k{number:05d}", day, rng.gamma(4, 4 if is_other else 10)))
            day += rng.exponential(1 / rate) + 0.01
    log = pd.DataFrame(rows, columns=["customer_key", "day", "amount"])
    return log.sort_values(["customer_key", "day"], ignore_index=True)


def found(log: pd.DataFrame) -> dict:
    """What `monitor` would say of the features, were the model to read them all."""
    orders = log.assign(
        ordered_at=pd.Timestamp(FIRST) + pd.to_timedelta(log["day"], unit="D"),
        amount=[Decimal(f"{amount:.4f}") for amount in log["amount"]],
        lines=1,
    ).drop(columns="day")
    as_of = FIRST + timedelta(days=DAYS)
    cutoffs = plan_cutoffs(FIRST, as_of, CutoffPlan(HORIZON_DAYS, min_history_days=90))
    tables = snapshots(customer_days(orders), cutoffs.all, horizon_days=HORIZON_DAYS, as_of=as_of)
    frame = to_pandas(pa.concat_tables(tables))
    active = frame[are_active(frame["days_since_last"], HORIZON_DAYS)]
    days = [day for origin in (*cutoffs.origins, cutoffs.final) for day in (origin.last_year, origin) if day]
    table = drift(active, {day.cutoff: day.training for day in days}, dict.fromkeys(FEATURES, 0.25))
    return drift_metrics(table, "score", young=is_young(FIRST, cutoffs.final.training))


def test_amounts_in_another_unit_fire_and_the_same_shop_without_them_does_not():
    log = shop(1000)
    assert found(log)["alarms"] == []
    cents = log["amount"].where(log["day"] < DAYS - 30, log["amount"] * 10)
    [alarm] = found(log.assign(amount=cents))["alarms"]
    assert {"last_order_amount", "average_order_value"} <= set(alarm["features"])
    assert not {"frequency", "days_since_last"} & set(alarm["features"])


@pytest.mark.slow
def test_growth_and_season_are_no_drift():
    for how in ({"growth": 3.0}, {"growth": -3.0}, {"season": 0.8}):
        assert found(shop(1500, **how))["alarms"] == [], how


@pytest.mark.slow
def test_a_new_channel_with_other_customers_fires():
    assert found(shop(2500, growth=3.0))["alarms"] == []
    [alarm] = found(shop(2500, growth=3.0, channel_from=DAYS - 120))["alarms"]
    assert "largest_order_amount" in alarm["features"]
