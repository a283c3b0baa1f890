from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.metrics import log_loss

from pipeline.churn.blend import about, assemble, blend_weights, churn_probability
from pipeline.churn.frame import FEATURES
from pipeline.churn.members import MEMBERS, fit_members, member_log_odds
from pipeline.churn.simplex import equal, weighted_mean

THREE = ("btyd", "logistic", "boosting")


def window(seed: int, rows: int = 2_000) -> tuple[pd.DataFrame, np.ndarray]:
    """Members of different quality: the truth with little noise, with more, and nothing but noise."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, 2, rows)
    said = pd.DataFrame(
        {
            "btyd": truth + rng.normal(0, 0.3, rows),
            "logistic": truth + rng.normal(0, 0.5, rows),
            "boosting": rng.normal(0, 2, rows),
        }
    )
    return said, rng.random(rows) < expit(truth)


def test_noise_gets_next_to_nothing_and_the_better_member_more() -> None:
    log_odds, churned = window(1)
    weights = blend_weights(equal(THREE), log_odds, churned)
    assert weights["boosting"] < 0.05
    assert weights["btyd"] > weights["logistic"]
    shares = {name: weights[name] / (1 - weights["boosting"]) for name in ("btyd", "logistic")}

    def loss(share: float) -> float:
        blended = {"btyd": share, "logistic": 1 - share}
        return float(log_loss(churned, expit(weighted_mean(log_odds, blended))))

    best = min((loss(share), share) for share in np.linspace(0, 1, 101))[1]
    assert 0.5 < shares["btyd"] < best + 0.01


@pytest.mark.parametrize("size", [1e-3, 3.0])
def test_equal_weights_give_way_only_to_differences_that_matter(size: float) -> None:
    log_odds, churned = window(1)
    nearly_same = pd.DataFrame(
        {name: log_odds["btyd"] + size * log_odds["boosting"] * (name == "boosting") for name in THREE}
    )
    weights = blend_weights(equal(THREE), nearly_same, churned)
    assert (
        (weights["boosting"] < 0.05)
        if size > 1
        else list(weights.values()) == pytest.approx([1 / 3] * 3, abs=0.01)
    )


def test_equally_good_members_weigh_about_the_same() -> None:
    rng = np.random.default_rng(3)
    truth = rng.normal(0, 2, 20_000)
    log_odds = pd.DataFrame({name: truth + rng.normal(0, 1, 20_000) for name in THREE})
    weights = blend_weights(equal(THREE), log_odds, rng.random(20_000) < expit(truth))
    assert list(weights.values()) == pytest.approx([1 / 3] * 3, abs=0.03)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 1000), churners=st.integers(0, 3))
def test_weights_are_a_convex_combination_whatever_happened(seed: int, churners: int) -> None:
    log_odds = pd.DataFrame(np.random.default_rng(seed).normal(0, 30, (40, 3)), columns=list(THREE))
    weights = blend_weights(equal(THREE), log_odds, np.arange(40) < churners)
    assert all(0 <= weight <= 1 for weight in weights.values())
    assert sum(weights.values()) == pytest.approx(1, abs=1e-3)


def test_the_stored_classifier_says_what_the_blend_says(labelled: Callable[..., pd.DataFrame]) -> None:
    train, later = labelled(300, seed=1), labelled(200, seed=2)
    members = fit_members(train, MEMBERS, seed=5)
    weights = dict(zip(MEMBERS, (0.3, 0.1, 0.2, 0.15, 0.05, 0.2), strict=True))
    model = assemble(members, weights, -0.4, train)
    expected = expit(weighted_mean(member_log_odds(members, later), weights) - 0.4)
    np.testing.assert_allclose(churn_probability(model, later), expected, rtol=1e-12)
    bare = later[list(FEATURES)[::-1]]
    np.testing.assert_array_equal(churn_probability(model, bare), churn_probability(model, later))
    said = about(model)
    assert said["weights"] == weights
    assert said["level_shift"] == -0.4
    assert {"p_no_order", "overdue"} < set(said["features"])
    assert sorted(said["features"] + said["dropped_features"]) == sorted(FEATURES)
