"""The first order day counts as every other day does, once it is on their level."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.btyd import GammaGamma, first_day_level, of_all_days


def shop(times: float, customers: int = 2000) -> pd.DataFrame:
    """Draw the order days of a shop whose first orders are so many times as large as others."""
    rng = np.random.default_rng(3)
    days = rng.integers(1, 5, customers)
    customer = np.arange(customers).repeat(days)
    is_first = np.r_[True, customer[1:] != customer[:-1]]
    own = rng.lognormal(4.0, 0.8, customers)[customer]
    amount = own * rng.gamma(4.0, 0.25, len(customer)) * np.where(is_first, times, 1.0)
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(customer)) - is_first.cumsum(), unit="D")
    return pd.DataFrame({"customer_key": customer, "day": day, "amount": amount, "own": own})


def summary_of(spent: pd.DataFrame) -> pd.DataFrame:
    """Sum order days up as a snapshot does."""
    repeat = spent[spent["customer_key"].duplicated()].groupby("customer_key")["amount"].agg(["mean", "size"])
    summary = spent.groupby("customer_key").agg(first_order_amount=("amount", "first"), own=("own", "first"))
    found = repeat.reindex(summary.index, fill_value=0)
    return summary.assign(monetary_value=found["mean"], spend_days=found["size"])


def test_the_first_day_is_one_day_more() -> None:
    repeat = {"spend_days": [2, 0, 1, 0], "monetary_value": [30.0, 0.0, 10.0, 0.0]}
    summary = pd.DataFrame({**repeat, "first_order_amount": [9.0, 5.0, 0.0, 0.0]})
    whole = of_all_days(summary, 1.0)
    assert whole["spend_days"].tolist() == [3, 1, 1, 0]
    assert whole["monetary_value"].tolist() == [23.0, 5.0, 10.0, 0.0]
    assert of_all_days(summary, 0.5)["monetary_value"].tolist() == [26.0, 10.0, 10.0, 0.0]


@pytest.mark.parametrize("times", [0.7, 1.0, 2.5])
def test_the_level_of_first_orders_is_found(times: float) -> None:
    level = first_day_level(shop(times))
    assert level == pytest.approx(times, rel=0.05)
    assert (level == 1.0) == (times == 1.0)


def test_first_orders_without_an_amount_tell_nothing() -> None:
    assert first_day_level(shop(0.0)) == 1.0


def test_few_customers_tell_nothing() -> None:
    assert first_day_level(shop(2.5, customers=100)) == 1.0
    assert first_day_level(shop(2.5, customers=200)) == pytest.approx(2.5, rel=0.2)
    assert first_day_level(shop(2.5).head(0)) == 1.0


@pytest.mark.parametrize("times", [1.0, 2.5])
def test_one_order_tells_customers_apart(times: float) -> None:
    spent = shop(times)
    summary = summary_of(spent)
    once = (summary["spend_days"] == 0).to_numpy()
    repeat = GammaGamma().fit(summary).expected_order_value(summary)[once]
    whole = of_all_days(summary, first_day_level(spent))
    value = GammaGamma().fit(whole).expected_order_value(whole)[once]
    own = summary.loc[once, "own"]
    assert (value - own).abs().mean() < 0.7 * (repeat - own).abs().mean()
    assert value.sum() == pytest.approx(own.sum(), rel=0.06)
