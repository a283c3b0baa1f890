from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.ensemble import ExtraTreesClassifier

from pipeline.churn.forest import DOUBT, NEARBY, ForestShap, in_log_odds, log_odds, slope

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def inputs() -> Floats:
    """Numbers whose double precision is finer than the trees' single precision."""
    return np.random.default_rng(5).normal(size=(800, 6))


@pytest.fixture(scope="module")
def forest(inputs: Floats) -> ExtraTreesClassifier:
    noise = np.random.default_rng(6).normal(size=len(inputs))
    churned = inputs[:, 0] + inputs[:, 1] * inputs[:, 2] + noise > 0
    return ExtraTreesClassifier(n_estimators=20, max_depth=7, min_samples_leaf=5, random_state=1).fit(
        inputs, churned
    )


def said(forest: ExtraTreesClassifier, inputs: Floats) -> Floats:
    churned = forest.predict(inputs)
    return in_log_odds(forest, inputs, churned).decision_function(inputs)


def test_it_says_in_log_odds_what_its_trees_say_in_shares(
    forest: ExtraTreesClassifier, inputs: Floats
) -> None:
    share = forest.predict_proba(inputs)[:, 1]
    np.testing.assert_allclose(said(forest, inputs), log_odds(share), atol=1e-9)
    np.testing.assert_allclose(expit(log_odds(share)), DOUBT + (1 - 2 * DOUBT) * share, atol=1e-12)


def test_it_is_never_certain() -> None:
    rows = np.repeat([[0.0], [1.0]], 50, axis=0)
    sure = ExtraTreesClassifier(n_estimators=3, random_state=1).fit(rows, rows[:, 0] > 0)
    np.testing.assert_allclose(expit(said(sure, rows)), np.repeat([DOUBT, 1 - DOUBT], 50))


def test_contributions_sum_to_the_log_odds(forest: ExtraTreesClassifier, inputs: Floats) -> None:
    shap = ForestShap.of(forest)
    total = shap.base + shap.contributions(inputs).sum(axis=1)
    np.testing.assert_allclose(total, said(forest, inputs), atol=1e-9)


def test_contributions_are_the_shapley_values_of_the_share_times_one_factor(
    forest: ExtraTreesClassifier, inputs: Floats
) -> None:
    """By all subsets of features, each tree walked by hand."""
    rows = inputs[:5]
    shares = np.zeros(rows.shape)
    for row, worth in zip(rows, shares, strict=True):
        values = [np.mean([walk(tree.tree_, row, subset) for tree in forest]) for subset in range(2**6)]
        for subset in range(2**6):
            size = subset.bit_count()
            for player in range(6):
                weight = np.prod([(k + 1) / (6 - k) for k in range(size)]) / (6 - size) if size < 6 else 0.0
                if not subset >> player & 1:
                    worth[player] += weight * (values[subset | 1 << player] - values[subset])
    found = ForestShap.of(forest).contributions(rows)
    factor = found.sum(axis=1) / shares.sum(axis=1)
    assert (factor > 0).all()
    np.testing.assert_allclose(found, shares * factor[:, None], atol=1e-12)


def walk(tree: object, row: Floats, playing: int, node: int = 0) -> float:
    """The share of churned where who plays takes the row's way, and who does not both ways."""
    left, right = int(tree.children_left[node]), int(tree.children_right[node])
    if left < 0:
        return float(tree.value[node, 0, 1])
    feature = int(tree.feature[node])
    if playing >> feature & 1:
        goes_left = np.float32(row[feature]) <= tree.threshold[node]
        return walk(tree, row, playing, left if goes_left else right)
    rows = tree.weighted_n_node_samples
    both = rows[left] * walk(tree, row, playing, left) + rows[right] * walk(tree, row, playing, right)
    return float(both / rows[node])


def test_who_is_like_nobody_in_particular_has_the_slope_of_the_curve() -> None:
    near, far = slope(0.3 + np.array([0.0, 0.5, 2.0, 1e4]) * NEARBY, 0.3), slope(np.array([0.0, 1.0]), 0.3)
    np.testing.assert_allclose(near, near[0], rtol=1e-3)
    np.testing.assert_allclose(far * [-0.3, 0.7], log_odds(np.array([0.0, 1.0])) - log_odds(np.array(0.3)))
