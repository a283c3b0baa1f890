from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.metrics import log_loss

from pipeline.churn.blend import about, assemble, blend_weights, blended_log_odds, churn_probability
from pipeline.churn.frame import FEATURES
from pipeline.churn.members import MEMBERS, fit_members, member_log_odds

THREE = ("btyd", "logistic", "boosting")


def window(seed: int, rows: int = 2_000) -> tuple[pd.DataFrame, np.ndarray]:
    """Members of different quality: the truth with little noise, with much, and nothing but noise."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, 2, rows)
    said = pd.DataFrame(
        {
            "btyd": truth + rng.normal(0, 0.3, rows),
            "logistic": truth + rng.normal(0, 1.0, rows),
            "boosting": rng.normal(0, 2, rows),
        }
    )
    return said, rng.random(rows) < expit(truth)


def test_the_better_member_gets_more_weight_but_never_all() -> None:
    weights = blend_weights(THREE, *window(1))
    assert weights["btyd"] > weights["logistic"] > weights["boosting"]
    assert weights["boosting"] == pytest.approx(1 / 6, abs=0.02)  # half the equal share
    assert sum(weights.values()) == pytest.approx(1, abs=1e-3)


def test_no_other_weights_have_less_log_loss() -> None:
    log_odds, churned = window(2)
    unshrunk = {name: 2 * weight - 1 / 3 for name, weight in blend_weights(THREE, log_odds, churned).items()}
    best = log_loss(churned, expit(blended_log_odds(log_odds, unshrunk)))
    for other in np.random.default_rng(0).dirichlet([1, 1, 1], 100):
        weights = dict(zip(THREE, other, strict=True))
        assert log_loss(churned, expit(blended_log_odds(log_odds, weights))) > best - 1e-6


def test_without_an_earlier_window_all_weigh_the_same() -> None:
    assert blend_weights(THREE, None, None) == dict.fromkeys(THREE, 1 / 3)


def test_a_new_member_gets_the_equal_share() -> None:
    log_odds, churned = window(3)
    weights = blend_weights((*THREE, "logistic_rich"), log_odds, churned)
    assert weights["logistic_rich"] == 0.25
    assert sum(weights.values()) == pytest.approx(1, abs=1e-3)
    assert blend_weights(("logistic_rich",), log_odds, churned) == {"logistic_rich": 1.0}


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 1000), churners=st.integers(0, 3))
def test_weights_are_a_convex_combination_whatever_happened(seed: int, churners: int) -> None:
    log_odds = pd.DataFrame(np.random.default_rng(seed).normal(0, 30, (40, 3)), columns=list(THREE))
    weights = blend_weights(THREE, log_odds, np.arange(40) < churners)
    assert all(0.16 < weight <= 0.67 for weight in weights.values())
    assert sum(weights.values()) == pytest.approx(1, abs=1e-3)


def test_the_stored_classifier_says_what_the_blend_says(labelled: Callable[..., pd.DataFrame]) -> None:
    train, later = labelled(300, seed=1), labelled(200, seed=2)
    members = fit_members(train, MEMBERS, seed=5)
    weights = dict(zip(MEMBERS, (0.3, 0.1, 0.2, 0.15, 0.25), strict=True))
    model = assemble(members, weights, -0.4, train)
    expected = expit(blended_log_odds(member_log_odds(members, later), weights) - 0.4)
    np.testing.assert_allclose(churn_probability(model, later), expected, rtol=1e-12)
    bare = later[list(FEATURES)[::-1]]
    np.testing.assert_array_equal(churn_probability(model, bare), churn_probability(model, later))
    said = about(model)
    assert said["weights"] == weights
    assert said["level_shift"] == -0.4
    assert {"p_no_order", "overdue"} < set(said["features"])
    assert sorted(said["features"] + said["dropped_features"]) == sorted(FEATURES)
