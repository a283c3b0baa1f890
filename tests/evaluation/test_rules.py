from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation.rules import (
    base_rate,
    churn_rules,
    known_rows,
    rate_by,
    rfm_cell_mean,
    spend_rate_rule,
    threshold_rule,
)


def test_threshold_is_where_churn_begins() -> None:
    days = np.arange(1, 101)
    threshold, p = threshold_rule(days, days >= 40, np.array([39, 40]))
    assert threshold == 40
    assert p == pytest.approx([0.5 / 40, 61.5 / 62])
    low, high = rate_by(days, days >= 40, np.array([30.0, 50.0]))
    assert 0 < low < 0.15  # five days in a bin, half a customer more on either side
    assert 0.85 < high < 1


def test_probability_is_the_churn_rate_of_the_training_rows() -> None:
    days = np.repeat([10, 50], 1000)
    churned = np.concatenate([np.arange(1000) < 200, np.arange(1000) < 700])
    p = rate_by(days, churned, np.array([0, 10, 30, 50, 999]))
    np.testing.assert_allclose(p, [0.2, 0.2, 0.45, 0.7, 0.7], atol=1e-3)


def test_few_customers_do_not_make_it_overconfident() -> None:
    rng = np.random.default_rng(0)
    days, churned = rng.integers(1, 365, 300), rng.random(300) < 0.8
    p = rate_by(days, churned, np.arange(1.0, 365.0))
    assert p.max() < 0.99
    assert p.min() > 0.4


def test_rules_are_learned_from_horizons_that_have_ended_by_the_origin() -> None:
    cutoffs = pd.to_datetime(["2024-01-30", "2024-01-31", "2024-02-01"])
    snapshots = pd.DataFrame({"customer_key": "a", "cutoff": cutoffs, "churned": [True, False, True]})
    known = known_rows(snapshots, date(2024, 3, 1), horizon_days=30)
    assert known["cutoff"].tolist() == [*cutoffs[:2]]


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), min_size=1, max_size=60))
@settings(deadline=None, max_examples=60)
def test_probability_never_falls_and_is_never_certain(rows: list[tuple[int, bool]]) -> None:
    days, churned = (np.array(column) for column in zip(*rows, strict=True))
    now = np.arange(0.0, 500.0)
    p = rate_by(days, churned, now)
    assert (np.diff(p) >= 0).all()
    assert ((p > 0) & (p < 1)).all()
    threshold, rates = threshold_rule(days, churned, np.arange(500.0))
    assert days.min() <= threshold <= days.max()
    assert ((rates > 0) & (rates < 1)).all()
    assert (rate_by(days[::-1], churned[::-1], now) == p).all()


def test_where_everybody_bought_on_the_same_day_the_threshold_gives_the_base_rate() -> None:
    _, p = threshold_rule(np.full(50, 14.0), np.arange(50) < 5, np.array([13.0, 14.0, 15.0]))
    assert p == pytest.approx([5.5 / 51] * 3)


def test_a_recency_that_says_the_opposite_gives_the_base_rate() -> None:
    days = np.arange(1, 101)
    assert rate_by(days, days < 30, np.array([1.0, 99.0])) == pytest.approx([0.29, 0.29], abs=0.05)


def test_base_rate() -> None:
    assert base_rate(np.array([True, False, False, False] * 100)) == pytest.approx(0.25, abs=1e-3)
    assert 0 < base_rate(np.array([False, False])) < 0.5


def test_spend_rate_by_hand() -> None:
    spend, T = np.array([200.0, 60.0, 60.0, 0.0]), np.array([199, 29, 9, 50])
    np.testing.assert_allclose(spend_rate_rule(spend, T, 30), [30.0, 60.0, 60.0, 0.0])


def customers(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"days_since_last": 10.0, "frequency": 0, "spend_total": 10.0, "overdue": np.nan, **columns}
    )


def test_rfm_cells_are_shrunk_towards_all_and_learned_from_the_past_alone() -> None:
    past = customers(frequency=np.repeat([0, 9], 1000), spend_total=np.repeat([1.0, 99.0], 1000))
    outcome = np.repeat([0.9, 0.1], 1000)
    now = customers(frequency=[0, 9, 0], spend_total=[1.0, 99.0, 5000.0])
    few, many, unseen = rfm_cell_mean(past, outcome, now)
    assert few == pytest.approx((900 + 20 * 0.5) / 1020)
    assert many == pytest.approx((100 + 20 * 0.5) / 1020)
    assert unseen == pytest.approx(0.5)  # nobody bought once for so much
    assert rfm_cell_mean(past, outcome, now.iloc[:1])[0] == few


def test_own_rhythm_tells_the_slow_from_the_gone() -> None:
    rng = np.random.default_rng(0)
    gap, silence = rng.choice([5.0, 100.0], 4000), rng.integers(1, 200, 4000)
    past = customers(days_since_last=silence, overdue=silence / gap, frequency=3)
    past["churned"] = silence / gap > 3
    now = customers(days_since_last=[60.0, 60.0, 60.0], overdue=[12.0, 0.6, np.nan], frequency=[3, 3, 0])
    found = churn_rules(past, now)
    gone, slow, once = found["own_rhythm"]
    assert gone > 0.9
    assert slow < 0.1
    assert once == found["recency"].iloc[2]


def test_nobody_with_a_second_order_leaves_recency() -> None:
    past = customers(days_since_last=np.arange(100.0)).assign(churned=np.arange(100) > 50)
    found = churn_rules(past, past)
    assert found["own_rhythm"].equals(found["recency"].rename("own_rhythm"))
