"""Nothing at or after a cutoff may change a feature, a BTYD fit or a training row of that cutoff."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from pipeline.btyd import MODELS, GammaGamma, lifetime_value
from pipeline.churn.frame import training_frame
from pipeline.features import customer_days, snapshot
from pipeline.features.snapshots import LABELS
from tests.conftest import shop_log

HORIZON_DAYS = 45
CUTOFF = date(2023, 9, 1)
AS_OF = date(2024, 1, 1)


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    log = shop_log(customers=300, seed=8)
    return pd.DataFrame(
        {
            "customer_key": log["kunde"],
            "ordered_at": pd.to_datetime(log["datum"]),
            "amount": log["betrag"].map(lambda amount: Decimal(str(amount)).quantize(Decimal("0.0001"))),
            "lines": pd.Series(1, index=log.index, dtype="int32"),
        }
    )


def future_of(orders: pd.DataFrame, cutoff: date) -> pd.Series:
    return orders["ordered_at"] >= pd.Timestamp(cutoff)


def other_amounts(orders, cutoff):
    changed = orders.copy()
    later = future_of(orders, cutoff)
    changed.loc[later, "amount"] = [amount * 1000 + 1 for amount in changed.loc[later, "amount"]]
    return changed


def other_dates(orders, cutoff):
    changed = orders.copy()
    later = future_of(orders, cutoff)
    moved = np.random.default_rng(1).integers(0, 100, later.sum())
    changed.loc[later, "ordered_at"] = pd.Timestamp(cutoff) + pd.to_timedelta(moved, unit="D")
    return changed


def missing_orders(orders, cutoff):
    return orders[~future_of(orders, cutoff)]


def extra_orders(orders, cutoff):
    later = orders[future_of(orders, cutoff)]
    strangers = later.assign(customer_key="new-" + later["customer_key"])
    return pd.concat([orders, later, strangers], ignore_index=True)


def moved_between_customers(orders, cutoff):
    changed = orders.copy()
    later = future_of(orders, cutoff)
    changed.loc[later, "customer_key"] = changed.loc[later, "customer_key"].to_numpy()[::-1]
    return changed


REWRITES = [other_amounts, other_dates, missing_orders, extra_orders, moved_between_customers]


def take(orders: pd.DataFrame, cutoff: date) -> pd.DataFrame:
    return snapshot(customer_days(orders), cutoff, horizon_days=HORIZON_DAYS, as_of=AS_OF)


@pytest.mark.parametrize("rewrite", REWRITES)
def test_features_and_fits_of_a_cutoff_do_not_know_its_future(orders, rewrite):
    before, after = take(orders, CUTOFF), take(rewrite(orders, CUTOFF), CUTOFF)
    assert_frame_equal(before.drop(columns=LABELS), after.drop(columns=LABELS), check_exact=True)
    for name, model in MODELS.items():
        assert model().fit(before).to_dict() == model().fit(after).to_dict(), name
    assert GammaGamma().fit(before).to_dict() == GammaGamma().fit(after).to_dict()


@pytest.mark.parametrize("rewrite", REWRITES)
def test_the_training_frame_does_not_know_the_test_horizon(orders, rewrite):
    training = [CUTOFF - timedelta(days=HORIZON_DAYS + shift) for shift in (0, 30)]

    def frame(log: pd.DataFrame) -> pd.DataFrame:
        rows, values = [], []
        for cutoff in training:
            summary = take(log, cutoff)
            fitted = MODELS["bgnbd"]().fit(summary), GammaGamma().fit(summary)
            worth = lifetime_value(*fitted, summary, HORIZON_DAYS, 365, 0.1, 1.0)
            rows.append(summary)
            values.append(summary[["customer_key", "cutoff"]].join(worth))
        return training_frame(
            pd.concat(rows, ignore_index=True),
            pd.concat(values, ignore_index=True),
            training,
            latest_label_end=CUTOFF,
            horizon_days=HORIZON_DAYS,
        )

    assert_frame_equal(frame(orders), frame(rewrite(orders, CUTOFF)), check_exact=True)


@pytest.mark.parametrize("rewrite", REWRITES)
def test_the_rewrites_do_rewrite(orders, rewrite):
    """Else the tests above could not fail."""
    before, after = take(orders, CUTOFF), take(rewrite(orders, CUTOFF), CUTOFF)
    assert not before[LABELS].equals(after[LABELS])
    past = take(rewrite(orders, CUTOFF - timedelta(days=60)), CUTOFF)
    assert not before.drop(columns=LABELS).equals(past.drop(columns=LABELS))
