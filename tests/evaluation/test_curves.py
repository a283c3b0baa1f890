from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import auc

from pipeline.evaluation import curves, metrics

N = 5000


@pytest.fixture(scope="module")
def case() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    p = rng.beta(2, 1, N)
    return rng.random(N) < p, p


def test_roc_curve_keeps_its_area_when_thinned(case: tuple[np.ndarray, np.ndarray]) -> None:
    table = curves.roc_curve(*case)
    assert len(table) == 200
    area = auc(table["false_positive_rate"], table["true_positive_rate"])
    assert area == pytest.approx(metrics.roc_auc(case[0].astype(float), case[1]), abs=1e-3)
    assert table.iloc[0, :2].tolist() == [0.0, 0.0]
    assert table.iloc[-1, :2].tolist() == [1.0, 1.0]
    assert table["threshold"].iloc[1:].is_monotonic_decreasing


def test_pr_curve_ends_at_the_base_rate(case: tuple[np.ndarray, np.ndarray]) -> None:
    table = curves.pr_curve(*case)
    assert len(table) == 200
    assert table["recall"].is_monotonic_increasing
    assert table["recall"].iloc[-1] == 1.0
    assert table["precision"].iloc[-1] == pytest.approx(case[0].mean())


def test_short_curves_keep_every_threshold() -> None:
    table = curves.roc_curve(np.array([True, False, True]), np.array([0.9, 0.5, 0.5]))
    assert table["true_positive_rate"].tolist() == [0.0, 0.5, 1.0]
    assert table["false_positive_rate"].tolist() == [0.0, 0.0, 1.0]


def test_calibration_bins_are_equal_and_cover_the_truth(case: tuple[np.ndarray, np.ndarray]) -> None:
    table = curves.calibration_curve(*case)
    assert table["bin"].tolist() == list(range(1, 11))
    assert (table["n"] == N // 10).all()
    assert ((table["low"] < table["observed"]) & (table["observed"] < table["high"])).all()
    inside = (table["low"] <= table["predicted"]) & (table["predicted"] <= table["high"])
    assert inside.sum() >= 8


def test_wilson_interval_by_hand() -> None:
    table = curves.calibration_curve(np.array([True] + [False] * 9), np.full(10, 0.1))
    assert table[["predicted", "observed", "n"]].to_numpy().tolist() == [[pytest.approx(0.1), 0.1, 10]]
    assert table[["low", "high"]].to_numpy()[0] == pytest.approx([0.0179, 0.4042], abs=1e-4)


def test_gains_agree_with_the_lift(case: tuple[np.ndarray, np.ndarray]) -> None:
    table = curves.gains_by_decile(*case)
    assert table["lift"].iloc[0] == pytest.approx(metrics.top_decile_lift(case[0].astype(float), case[1]))
    assert table["churners_share"].iloc[-1] == pytest.approx(1.0)
    assert table["churners_share"].is_monotonic_increasing


def test_value_deciles_by_hand() -> None:
    actual, predicted = np.arange(20.0), np.arange(20.0) * 2
    table = curves.value_by_decile(actual, predicted)
    assert table["actual"].tolist() == (np.arange(10) * 2 + 0.5).tolist()
    assert table["predicted"].tolist() == (np.arange(10) * 4 + 1.0).tolist()
    assert (table["n"] == 2).all()


def test_row_order_does_not_change_a_digit(case: tuple[np.ndarray, np.ndarray]) -> None:
    y, p = case
    order = np.random.default_rng(1).permutation(N)
    for curve in (curves.roc_curve, curves.pr_curve, curves.calibration_curve, curves.gains_by_decile):
        pd.testing.assert_frame_equal(curve(y[order], p[order]), curve(y, p), check_exact=True)
    spend = p * 100
    pd.testing.assert_frame_equal(
        curves.value_by_decile(spend[order], p[order]), curves.value_by_decile(spend, p), check_exact=True
    )


@pytest.mark.parametrize("y", [np.zeros(5, dtype=bool), np.zeros(0, dtype=bool)])
def test_nobody_churned_or_nobody_there(y: np.ndarray) -> None:
    p = np.linspace(0, 1, len(y))
    for curve in (curves.roc_curve, curves.pr_curve, curves.gains_by_decile):
        assert curve(y, p).empty
    assert curves.calibration_curve(y, p)["n"].sum() == len(y)
    assert curves.value_by_decile(y.astype(float), p)["n"].sum() == len(y)
