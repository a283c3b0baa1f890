from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from pipeline.evaluation.drift import drift, drift_level, drift_metrics, psi


def test_psi_by_hand() -> None:
    before, now = np.repeat([0.0, 1.0], [50_000, 50_000]), np.repeat([0.0, 1.0], [80_000, 20_000])
    expected = (0.8 - 0.5) * np.log(0.8 / 0.5) + (0.2 - 0.5) * np.log(0.2 / 0.5)
    assert psi(before, now) == pytest.approx(expected, rel=1e-3)


def test_psi_of_a_shifted_normal() -> None:
    """Two normals one standard deviation apart: the shares of ten equal bins are known."""
    rng = np.random.default_rng(0)
    edges = norm.ppf(np.arange(1, 10) / 10)
    q = np.diff(np.concatenate([[0], norm.cdf(edges - 1), [1]]))
    expected = np.sum((q - 0.1) * np.log(q / 0.1))
    assert psi(rng.normal(0, 1, 200_000), rng.normal(1, 1, 200_000)) == pytest.approx(expected, rel=0.03)


@given(
    st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))), min_size=1, max_size=60),
    st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))), min_size=1, max_size=60),
)
@settings(deadline=None, max_examples=60)
def test_psi_is_finite_not_negative_and_blind_to_order(before: list[float], now: list[float]) -> None:
    found = psi(np.array(before), np.array(now))
    assert np.isfinite(found)
    assert found >= -1e-12
    assert psi(np.array(before[::-1]), np.array(now[::-1])) == found
    assert psi(np.array(before), np.array(before)) == pytest.approx(0.0, abs=1e-12)


def test_more_missing_values_are_a_drift() -> None:
    values = np.random.default_rng(0).normal(0, 1, 1000)
    assert psi(values, np.where(np.arange(1000) % 2, values, np.nan)) > 0.25
    assert np.isnan(psi(values, values[:0]))


def test_the_table_says_what_drifted() -> None:
    rng = np.random.default_rng(1)
    before = pd.DataFrame({"same": rng.normal(0, 1, 5000), "moved": rng.normal(0, 1, 5000), "flat": 1.0})
    now = pd.DataFrame({"same": rng.normal(0, 1, 5000), "moved": rng.normal(1, 1, 5000), "flat": 1.0})
    found = drift(before, now, ["same", "flat", "moved"])
    assert found["feature"].iloc[0] == "moved"
    assert found.set_index("feature")["drift"].to_dict() == {
        "moved": "large", "same": "stable", "flat": "stable",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("index", "word"),
    [(0.0999, "stable"), (0.1, "moderate"), (0.2499, "moderate"), (0.25, "large"), (np.nan, "stable")],
)
def test_thresholds(index: float, word: str) -> None:
    assert drift_level(index) == word


def test_the_score_stands_apart_from_the_features() -> None:
    table = pd.DataFrame(
        {"feature": ["T", "score", "orders", "spend"], "psi": [0.9, 0.3, 0.2, 0.0],
         "drift": ["large", "large", "moderate", "stable"]}
    )  # fmt: skip
    assert drift_metrics(table, "score") == {"score_psi": 0.3, "large": ["T"], "moderate": ["orders"]}
    assert drift_metrics(table[:0], "score") == {"score_psi": None, "large": [], "moderate": []}
