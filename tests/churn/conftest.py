"""A made-up shop: customers with a purchase rate of their own who leave one day, seen at three cutoffs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipeline.churn.frame import FEATURES, OF_OPTIONAL_TABLES, training_frame

CUTOFFS = [date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)]
HORIZON_DAYS = 28
Tables = tuple[pd.DataFrame, pd.DataFrame]


def make_tables(customers: int, seed: int) -> Tables:
    """Snapshots and lifetime values of a shop with orders alone; who is long overdue tends to churn."""
    # A new column or label moves no outcome.
    rng, filler, halves = (np.random.default_rng(parts) for parts in (seed, [seed, 1], [seed, 2]))
    keys = [f"c{number:05d}" for number in range(customers)]
    columns = [column for column in FEATURES if column not in OF_OPTIONAL_TABLES]
    snapshots, values = [], []
    for cutoff in CUTOFFS:
        noise = filler.gamma(2.0, 10.0, (customers, len(columns)))
        table = pd.DataFrame(noise, columns=columns)
        table[["customer_key", "cutoff"]] = pd.DataFrame({"key": keys, "cutoff": pd.Timestamp(cutoff)})
        overdue = rng.gamma(2.0, 1.0, customers)
        one_order = rng.random(customers) < 0.3
        table["overdue"] = np.where(one_order, np.nan, overdue)
        table["p_no_order"] = 1 / (1 + np.exp(2 - overdue))
        table["order_trend_90d"] = rng.integers(-3, 4, customers)
        table["weekend_share"] = rng.random(customers)
        churned = rng.random(customers) < table["p_no_order"]
        table["churned"] = churned.astype("boolean")
        silent_at_first = churned | (halves.random(customers) < 0.3)
        table["silent_at_first"] = pd.array(silent_at_first, dtype="boolean")
        table["future_orders"] = pd.array(np.where(churned, 0, rng.integers(1, 4, customers)), dtype="Int64")
        table["future_spend"] = np.where(churned, 0.0, rng.gamma(2.0, 20.0, customers))
        btyd = [c for c in table if c == "p_no_order" or str(c).startswith("expected_")]
        snapshots.append(table.drop(columns=btyd))
        values.append(table[["customer_key", "cutoff", *btyd]].assign(clv=1.0))
    return pd.concat(snapshots, ignore_index=True), pd.concat(values, ignore_index=True)


@pytest.fixture(scope="session")
def tables() -> Tables:
    return make_tables(400, seed=1)


@pytest.fixture(scope="session")
def labelled() -> Callable[..., pd.DataFrame]:
    """Frames of fresh customers, by number and seed."""

    def make(customers: int, seed: int) -> pd.DataFrame:
        return training_frame(
            *make_tables(customers, seed), CUTOFFS, date(2025, 4, 1), horizon_days=HORIZON_DAYS
        )

    return make
