"""Nothing at or after a cutoff may change a feature, a BTYD fit or a training row of that cutoff."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from pipeline.btyd import MODELS, Chooser, GammaGamma, lifetime_value
from pipeline.churn.frame import training_frame
from pipeline.features import customer_days, orders_between, snapshot
from pipeline.features.snapshots import LABELS
from tests.conftest import returns_of, shop_log

HORIZON_DAYS = 45
CUTOFF = date(2023, 9, 1)
AS_OF = date(2024, 1, 1)


class Log(NamedTuple):
    orders: pd.DataFrame
    returns: pd.DataFrame


def with_returns(orders: pd.DataFrame) -> Log:
    """Give back every fourth order after 20 days: every second of them whole, half of the others."""
    cents = orders["amount"].map(lambda amount: int(amount * 100))
    back = orders[cents % 4 == 0].drop_duplicates(["customer_key", "ordered_at"])
    whole = (cents[back.index] % 8 == 0).astype("int32")
    return Log(orders, returns_of(back, whole, days=20))


@pytest.fixture(scope="module")
def log() -> Log:
    log = shop_log(customers=300, seed=8)
    return with_returns(
        pd.DataFrame(
            {
                "customer_key": log["kunde"],
                "ordered_at": pd.to_datetime(log["datum"]),
                "amount": log["betrag"].map(lambda amount: Decimal(str(amount)).quantize(Decimal("0.0001"))),
                "lines": pd.Series(1, index=log.index, dtype="int32"),
            }
        )
    )


def future_of(orders: pd.DataFrame, cutoff: date) -> pd.Series:
    return orders["ordered_at"] >= pd.Timestamp(cutoff)


def other_amounts(log, cutoff):
    changed = log.orders.copy()
    later = future_of(changed, cutoff)
    changed.loc[later, "amount"] = [amount * 1000 + 1 for amount in changed.loc[later, "amount"]]
    return with_returns(changed)


def other_dates(log, cutoff):
    changed = log.orders.copy()
    later = future_of(changed, cutoff)
    moved = np.random.default_rng(1).integers(0, 100, later.sum())
    changed.loc[later, "ordered_at"] = pd.Timestamp(cutoff) + pd.to_timedelta(moved, unit="D")
    return with_returns(changed)


def missing_orders(log, cutoff):
    return with_returns(log.orders[~future_of(log.orders, cutoff)])


def extra_orders(log, cutoff):
    later = log.orders[future_of(log.orders, cutoff)]
    strangers = later.assign(customer_key="new-" + later["customer_key"])
    return with_returns(pd.concat([log.orders, later, strangers], ignore_index=True))


def moved_between_customers(log, cutoff):
    changed = log.orders.copy()
    later = future_of(changed, cutoff)
    changed.loc[later, "customer_key"] = changed.loc[later, "customer_key"].to_numpy()[::-1]
    return with_returns(changed)


def missing_returns(log, cutoff):
    """Orders of before the cutoff whose return, after it, never comes."""
    return Log(log.orders, log.returns[log.returns["returned_at"] < pd.Timestamp(cutoff)])


def everything_returned(log, cutoff):
    """On the day of the cutoff every order of before comes back, as far as it has not yet."""
    known = log.returns[log.returns["returned_at"] < pd.Timestamp(cutoff)]
    place = ["customer_key", "ordered_at"]
    given_back = pd.MultiIndex.from_frame(known[place])
    left = log.orders[~pd.MultiIndex.from_frame(log.orders[place]).isin(given_back)].drop_duplicates(place)
    late = pd.DataFrame(
        {
            "customer_key": left["customer_key"],
            "returned_at": left["ordered_at"].clip(lower=pd.Timestamp(cutoff)),
            "ordered_at": left["ordered_at"],
            "netted": left["amount"],
            "orders_undone": pd.Series(1, index=left.index, dtype="int32"),
            "lines_undone": pd.Series(1, index=left.index, dtype="int32"),
        }
    )
    return Log(log.orders, pd.concat([known, late], ignore_index=True))


REWRITES = [
    other_amounts,
    other_dates,
    missing_orders,
    extra_orders,
    moved_between_customers,
    missing_returns,
    everything_returned,
]


def take(log: Log, cutoff: date) -> pd.DataFrame:
    return snapshot(customer_days(log.orders, log.returns), cutoff, horizon_days=HORIZON_DAYS, as_of=AS_OF)


@pytest.mark.parametrize("rewrite", REWRITES)
def test_features_and_fits_of_a_cutoff_do_not_know_its_future(log, rewrite):
    before, after = take(log, CUTOFF), take(rewrite(log, CUTOFF), CUTOFF)
    assert_frame_equal(before.drop(columns=LABELS), after.drop(columns=LABELS), check_exact=True)
    for name, model in MODELS.items():
        assert model().fit(before).to_dict() == model().fit(after).to_dict(), name
    assert GammaGamma().fit(before).to_dict() == GammaGamma().fit(after).to_dict()


@pytest.mark.parametrize("rewrite", REWRITES)
def test_the_training_frame_does_not_know_the_test_horizon(log, rewrite):
    training = [CUTOFF - timedelta(days=HORIZON_DAYS + shift) for shift in (0, 30)]

    def frame(log: Log) -> pd.DataFrame:
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

    assert_frame_equal(frame(log), frame(rewrite(log, CUTOFF)), check_exact=True)


WINDOWS = [CUTOFF - timedelta(days=HORIZON_DAYS + shift) for shift in (40, 20, 0)]


def choose(log: Log) -> tuple[dict, pd.DataFrame]:
    """Choose a model at the cutoff, with a later window at hand that must not count."""
    days, histories = customer_days(log.orders, log.returns), {}
    for cutoff in [*WINDOWS, CUTOFF]:
        rows = take(log, cutoff).set_index("customer_key")
        recent = orders_between(days, cutoff - timedelta(days=HORIZON_DAYS), cutoff)
        histories[cutoff] = rows.assign(recent_orders=recent.reindex(rows.index, fill_value=0))
    quick = {name: MODELS[name] for name in ("nbd", "mbgnbd")}
    chosen = Chooser(quick, histories, HORIZON_DAYS).choose(CUTOFF)
    return chosen.to_dict(), chosen.by_window()


@pytest.fixture(scope="module")
def chosen(log) -> tuple[dict, pd.DataFrame]:
    return choose(log)


@pytest.mark.parametrize("rewrite", REWRITES)
def test_the_choice_of_a_model_does_not_know_the_future(log, chosen, rewrite):
    (choice, trials), (choice_after, trials_after) = chosen, choose(rewrite(log, CUTOFF))
    assert choice == choice_after
    assert choice["windows"] == [window.isoformat() for window in WINDOWS]
    assert_frame_equal(trials, trials_after, check_exact=True)


@pytest.mark.parametrize("rewrite", REWRITES)
def test_the_rewrites_do_rewrite(log, rewrite):
    """Else the tests above could not fail."""
    before, after = take(log, CUTOFF), take(rewrite(log, CUTOFF), CUTOFF)
    assert not before[LABELS].equals(after[LABELS])
    past = take(rewrite(log, CUTOFF - timedelta(days=60)), CUTOFF)
    assert not before.drop(columns=LABELS).equals(past.drop(columns=LABELS))
