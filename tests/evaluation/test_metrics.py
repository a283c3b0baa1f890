from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import spearmanr
from sklearn import metrics as sk
from sklearn.linear_model import LogisticRegression

from pipeline.evaluation import metrics
from pipeline.evaluation.metrics import CHURN_METRICS, VALUE_METRICS

Array = NDArray[np.float64]


@st.composite
def churn_cases(draw: st.DrawFn) -> tuple[Array, Array]:
    """Both classes present; coarse probabilities, so that ties are common."""
    rows = draw(st.lists(st.tuples(st.booleans(), st.integers(1, 19)), min_size=1, max_size=40))
    rows += [(True, draw(st.integers(1, 19))), (False, draw(st.integers(1, 19)))]
    y, p = zip(*rows, strict=True)
    return np.array(y, dtype=float), np.array(p) / 20


@st.composite
def value_cases(draw: st.DrawFn) -> tuple[Array, Array]:
    """Some spend at least."""
    amounts = st.integers(0, 30).map(float)
    rows = draw(st.lists(st.tuples(amounts, amounts), min_size=2, max_size=40))
    actual, predicted = (np.array(column) for column in zip(*rows, strict=True))
    actual[0] += 1
    return actual, predicted


@given(churn_cases())
@settings(deadline=None, max_examples=60)
def test_churn_metrics_equal_scikit_learns(case: tuple[Array, Array]) -> None:
    y, p = case
    assert metrics.roc_auc(y, p) == pytest.approx(sk.roc_auc_score(y, p))
    assert metrics.pr_auc(y, p) == pytest.approx(sk.average_precision_score(y, p))
    assert metrics.log_loss(y, p) == pytest.approx(sk.log_loss(y, p, labels=[0, 1]))
    assert metrics.brier(y, p) == pytest.approx(sk.brier_score_loss(y, p))
    base = sk.brier_score_loss(y, np.full(len(y), y.mean()))
    assert metrics.brier_skill(y, p) == pytest.approx(1 - sk.brier_score_loss(y, p) / base)


@given(value_cases())
@settings(deadline=None, max_examples=60)
def test_value_metrics_equal_the_libraries(case: tuple[Array, Array]) -> None:
    actual, predicted = case
    assert metrics.mae(actual, predicted) == pytest.approx(sk.mean_absolute_error(actual, predicted))
    assert metrics.rmse(actual, predicted) == pytest.approx(sk.root_mean_squared_error(actual, predicted))
    if np.ptp(actual) > 0 and np.ptp(predicted) > 0:
        assert metrics.spearman(actual, predicted) == pytest.approx(spearmanr(actual, predicted).statistic)
    else:
        assert np.isnan(metrics.spearman(actual, predicted))


@given(churn_cases(), st.randoms())
@settings(deadline=None, max_examples=40)
def test_a_weight_is_a_number_of_copies(case: tuple[Array, Array], random: object) -> None:
    y, p = case
    copies = np.array([random.randint(0, 3) for _ in y])  # type: ignore[attr-defined]
    copies[:1] = 1
    for name, metric in {**CHURN_METRICS, **VALUE_METRICS}.items():
        weighted = metric(y, p, copies.astype(float))
        assert weighted == pytest.approx(
            metric(np.repeat(y, copies), np.repeat(p, copies)), nan_ok=True, abs=1e-9
        ), name


@given(churn_cases(), st.randoms())
@settings(deadline=None, max_examples=40)
def test_row_order_does_not_matter(case: tuple[Array, Array], random: object) -> None:
    y, p = case
    order = np.array(random.sample(range(len(y)), len(y)))  # type: ignore[attr-defined]
    for name, metric in {**CHURN_METRICS, **VALUE_METRICS}.items():
        assert metric(y[order], p[order]) == pytest.approx(metric(y, p), nan_ok=True, abs=1e-9), name


def test_weighted_ranking_equals_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(500).round(2)
    y = (rng.random(500) < p).astype(float)
    weight = rng.integers(0, 4, 500).astype(float)
    assert metrics.roc_auc(y, p, weight) == pytest.approx(sk.roc_auc_score(y, p, sample_weight=weight))
    assert metrics.pr_auc(y, p, weight) == pytest.approx(
        sk.average_precision_score(y, p, sample_weight=weight)
    )


def test_calibration_slope_and_intercept_undo_a_known_distortion() -> None:
    rng = np.random.default_rng(1)
    truth = rng.normal(0, 1.5, 20_000)
    y = (rng.random(len(truth)) < expit(truth)).astype(float)
    twice = expit(2 * truth)
    peer = LogisticRegression(C=np.inf).fit(logit(twice)[:, None], y)
    assert metrics.calibration_slope(y, twice) == pytest.approx(peer.coef_[0, 0], abs=1e-3)
    assert metrics.calibration_slope(y, twice) == pytest.approx(0.5, abs=0.02)
    assert metrics.calibration_slope(y, expit(truth)) == pytest.approx(1.0, abs=0.04)
    assert metrics.calibration_intercept(y, expit(truth - 0.7)) == pytest.approx(0.7, abs=0.05)
    assert metrics.calibration_intercept(y, expit(truth)) == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("seed", range(5))
def test_recalibration_finds_the_optimum_for_wild_predictions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.beta(1, 1, 800)
    y = (rng.random(800) < truth).astype(float)
    p = np.clip(truth + rng.normal(0, 0.3, 800), 1e-9, 1 - 1e-9)
    peer = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10).fit(logit(p)[:, None], y)
    assert metrics.calibration_slope(y, p) == pytest.approx(peer.coef_[0, 0], rel=1e-4)
    intercept = metrics.calibration_intercept(y, p)
    assert expit(logit(p) + intercept).mean() == pytest.approx(y.mean(), rel=1e-5)


def test_top_decile_lift_by_hand() -> None:
    y = np.array([1, 1, 0, 0, 1, 0, 0, 0, 0, 0] * 2, dtype=float)
    p = np.linspace(0.99, 0.01, 20)
    assert metrics.top_decile_lift(y, p) == pytest.approx(1 / 0.3)
    assert metrics.top_decile_lift(y, np.full(20, 0.3)) == pytest.approx(1.0)


def test_expected_calibration_error_by_hand() -> None:
    p = np.repeat(np.arange(10) / 10 + 0.05, 10)
    y = np.zeros(100)
    assert metrics.expected_calibration_error(y, p) == pytest.approx(0.5)
    assert metrics.expected_calibration_error(p, p) == pytest.approx(0.0)


def test_total_bias_by_hand() -> None:
    assert metrics.total_bias(np.array([10.0, 0.0]), np.array([4.0, 8.0])) == pytest.approx(0.2)


def test_normalised_gini_by_hand() -> None:
    actual = np.array([0.0, 1.0, 3.0])
    assert metrics.normalised_gini(actual, actual) == pytest.approx(1.0)
    assert metrics.normalised_gini(actual, -actual) == pytest.approx(-1.0)
    assert metrics.normalised_gini(actual, np.ones(3)) == pytest.approx(0.0)
    # Shares captured from the top: 1/4, 1, 1 against 3/4, 1, 1; sum minus (n + 1) / 2 each.
    assert metrics.normalised_gini(actual, np.array([0.0, 2.0, 1.0])) == pytest.approx(
        (2.25 - 2) / (2.75 - 2)
    )


@pytest.mark.parametrize("y", [np.zeros(30), np.ones(30)])
@pytest.mark.parametrize("p", [np.full(30, 0.4), np.linspace(0, 1, 30)])
def test_one_class_is_defined(y: Array, p: Array) -> None:
    found = {name: metric(y, p) for name, metric in CHURN_METRICS.items()}
    undefined = {name for name, number in found.items() if np.isnan(number)}
    expected = {"roc_auc", "brier_skill", "calibration_slope", "calibration_intercept"}
    assert undefined == (expected if y.any() else expected | {"pr_auc", "top_decile_lift"})
    assert np.isfinite(metrics.log_loss(y, p))


def test_no_spend_is_defined() -> None:
    found = {name: metric(np.zeros(5), np.arange(5.0)) for name, metric in VALUE_METRICS.items()}
    assert {name for name, number in found.items() if np.isnan(number)} == {
        "total_bias",
        "spearman",
        "normalised_gini",
        "top_decile_capture",
    }


def test_certain_and_separable_predictions_do_not_break_the_recalibration() -> None:
    y = np.array([0.0, 0.0, 1.0, 1.0])
    assert np.isnan(metrics.calibration_slope(y, np.array([0.1, 0.2, 0.8, 0.9])))  # the slope is infinite
    assert np.isnan(metrics.calibration_slope(y, np.full(4, 0.5)))
    assert metrics.calibration_intercept(y, np.full(4, 0.5)) == pytest.approx(0.0)
    assert np.isfinite(metrics.log_loss(y, np.array([1.0, 0.0, 1.0, 0.0])))
