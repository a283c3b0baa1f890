from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.churn.worth import with_expected_spend

amounts = st.integers(0, 1_000_000).map(lambda cents: cents / 100)
customers = st.lists(
    st.tuples(amounts, amounts, st.floats(0.5, 1.0), st.integers(0, 3_000).map(lambda times: times / 1_000)),
    min_size=1,
    max_size=20,
)


def lifetime_value(
    spend: np.ndarray, discount: np.ndarray, beyond: np.ndarray, margin: float
) -> pd.DataFrame:
    """Of customers who are expected to spend so much in the horizon, and so many times that after it."""
    in_horizon, after = margin * discount * spend, margin * discount * beyond * spend
    quantiles = dict.fromkeys(("spend_p10", "spend_p50", "spend_p90", "spend_sd"), 0.5 * spend)
    worth = {name: share * (in_horizon + after) for name, share in (("clv_p10", 0), ("clv_p50", 1))}
    return pd.DataFrame(
        {
            "expected_spend": spend,
            "clv": in_horizon + after,
            "clv_in_horizon": in_horizon,
            **quantiles,
            **worth,
            "clv_p90": 2 * (in_horizon + after),
        }
    )


@settings(deadline=None, max_examples=200)
@given(customers, st.floats(0.01, 1.0))
def test_clv_never_contradicts_the_spend(
    rows: list[tuple[float, float, float, float]], margin: float
) -> None:
    before, expected, discount, beyond = np.array(rows).T
    worth = lifetime_value(before, discount, beyond, margin)
    moved = with_expected_spend(worth, expected)
    assert np.isfinite(moved.to_numpy()).all()
    # The CLV is that of the horizon and what comes after it, and the horizon's is the spend, discounted.
    assert (moved["clv"] >= moved["clv_in_horizon"]).all()
    some = before > 0
    np.testing.assert_allclose(moved["clv_in_horizon"][some], margin * (discount * expected)[some], rtol=1e-9)
    assert (moved["clv_in_horizon"] <= margin * expected * (1 + 1e-9)).all()
    # What all are worth after the horizon is still the lifetime model's.
    after = (moved["clv"] - moved["clv_in_horizon"]).sum()
    if ((beyond > 0) & (expected > 0) & some).any():
        np.testing.assert_allclose(after, (worth["clv"] - worth["clv_in_horizon"]).sum(), rtol=1e-9)
    assert (moved["clv_p90"] >= moved["clv_p50"]).all()


@settings(deadline=None, max_examples=50)
@given(customers)
def test_the_lifetime_models_own_expectation_changes_nothing(
    rows: list[tuple[float, float, float, float]],
) -> None:
    before, _, discount, beyond = np.array(rows).T
    worth = lifetime_value(before, discount, beyond, 1.0)
    pd.testing.assert_frame_equal(with_expected_spend(worth, before), worth, check_exact=False)


def test_who_spends_twice_as_much_is_worth_more_for_as_long_as_the_model_looks() -> None:
    one = np.ones(2)
    worth = lifetime_value(10 * one, 0.9 * one, 3 * one, 1.0)
    moved = with_expected_spend(worth, np.array([5.0, 15.0]))
    np.testing.assert_allclose(moved["clv"], [18.0, 54.0])
    np.testing.assert_allclose(moved["clv_p90"], [36.0, 108.0])


def test_a_better_season_ends_with_the_horizon() -> None:
    one = np.ones(2)
    worth = lifetime_value(10 * one, one, 3 * one, 1.0)
    moved = with_expected_spend(worth, 20 * one)
    np.testing.assert_allclose(moved["clv"], 20 + 30)


def test_the_interval_moves_with_the_expectation() -> None:
    one = np.ones(3)
    worth = lifetime_value(np.array([10.0, 0.0, 1e-12]), one, one, 1.0).assign(
        spend_p10=[1.0, 0.0, 0.0],
        spend_p50=[8.0, 0.0, 0.0],
        spend_p90=[30.0, 0.0, 0.0],
        spend_sd=[9.0, 0.0, 1e-5],
    )
    moved = with_expected_spend(worth, np.array([40.0, 3.0, 1.0]))
    columns = ["expected_spend", "spend_p10", "spend_p50", "spend_p90", "spend_sd"]
    assert moved.loc[0, columns].tolist() == [40.0, 4.0, 32.0, 120.0, 18.0]
    assert moved.loc[1, columns].tolist() == [3.0, 0.0, 0.0, 0.0, 0.0]
    assert moved.loc[1, "clv"] >= 3.0
    # The lifetime model had given this customer up: the spread grows like that of more orders.
    assert moved.loc[2, "spend_sd"] == pytest.approx(10.0)


def test_without_a_lifetime_model_there_is_nothing_to_move() -> None:
    nothing = lifetime_value(np.full(2, np.nan), np.ones(2), np.ones(2), 1.0)
    moved = with_expected_spend(nothing, np.full(2, np.nan))
    assert moved.isna().all(axis=None)
