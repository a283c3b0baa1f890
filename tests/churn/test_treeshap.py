from __future__ import annotations

from itertools import combinations
from math import factorial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from pipeline.churn.shapley import members, shapley_values
from pipeline.churn.treeshap import TreeShap, product_game, tree_of
from pipeline.errors import UserError

Floats = NDArray[np.float64]

NODE = [
    ("value", "f8"),
    ("count", "u4"),
    ("feature_idx", "i8"),
    ("num_threshold", "f8"),
    ("missing_go_to_left", "u1"),
    ("left", "u4"),
    ("right", "u4"),
    ("is_leaf", "u1"),
]


def brute_force(nodes: NDArray[np.void], row: Floats) -> tuple[float, list[float]]:
    """The definition: all orders of players, each value by walking the tree."""

    def walk(node: int, playing: set[int]) -> float:
        at = nodes[node]
        if at["is_leaf"]:
            return float(at["value"])
        value = row[at["feature_idx"]]
        goes_left = bool(at["missing_go_to_left"]) if np.isnan(value) else value <= at["num_threshold"]
        left, right = int(at["left"]), int(at["right"])
        if int(at["feature_idx"]) in playing:
            return walk(left if goes_left else right, playing)
        counts = [float(nodes[child]["count"]) for child in (left, right)]
        return (counts[0] * walk(left, playing) + counts[1] * walk(right, playing)) / sum(counts)

    number = len(row)
    found = []
    for player in range(number):
        others = [other for other in range(number) if other != player]
        worth = 0.0
        for size in range(number):
            weight = factorial(size) * factorial(number - size - 1) / factorial(number)
            for some in combinations(others, size):
                worth += weight * (walk(0, {*some, player}) - walk(0, set(some)))
        found.append(worth)
    return walk(0, set()), found


def shap_of(*trees: NDArray[np.void]) -> TreeShap:
    read = tuple(tree_of(nodes) for nodes in trees)
    return TreeShap(read, sum(tree.base for tree in read))


@pytest.fixture(scope="module")
def inputs() -> Floats:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(600, 6)).round(1)
    rows[rng.random(rows.shape) < 0.2] = np.nan
    return rows


@pytest.fixture(scope="module")
def model(inputs: Floats) -> HistGradientBoostingClassifier:
    """Trees that ask a feature several times on a path, and send the missing to either side."""
    known = np.nan_to_num(inputs)
    churned = known[:, 0] * known[:, 1] + np.isnan(inputs[:, 2]) + np.abs(known[:, 3]) > 0.7
    return HistGradientBoostingClassifier(
        max_iter=8, max_leaf_nodes=9, min_samples_leaf=5, early_stopping=False
    ).fit(inputs, churned)


def test_it_is_the_definition_tree_by_tree(inputs: Floats, model: HistGradientBoostingClassifier) -> None:
    nodes = [predictor.nodes for (predictor,) in model._predictors]
    assert {int(side) for some in nodes for side in some["missing_go_to_left"][some["is_leaf"] == 0]} == {
        0,
        1,
    }
    rows = inputs[:12]
    for some in nodes:
        shap = shap_of(some)
        for row, found in zip(rows, shap.contributions(rows), strict=True):
            base, expected = brute_force(some, row)
            np.testing.assert_allclose(found, expected, atol=1e-12)
            assert shap.base == pytest.approx(base, abs=1e-12)


def test_it_gives_the_values_of_the_shap_package() -> None:
    """Trees with missing values, rows, and what shap 0.51's TreeExplainer says of them."""
    golden = np.load(Path(__file__).parent / "golden" / "treeshap.npz")
    trees = [np.array([tuple(node) for node in golden[f"tree_{number}"]], dtype=NODE) for number in range(3)]
    found = shap_of(*trees).contributions(golden["rows"])
    np.testing.assert_allclose(found, golden["shap_values"], atol=1e-12)


def test_contributions_sum_to_the_log_odds_for_every_row(
    inputs: Floats, model: HistGradientBoostingClassifier
) -> None:
    shap = TreeShap.of(model)
    total = shap.base + shap.contributions(inputs).sum(axis=1)
    np.testing.assert_allclose(total, model.decision_function(inputs), atol=1e-12)
    all_missing = np.full((1, 6), np.nan)
    np.testing.assert_allclose(
        shap.base + shap.contributions(all_missing).sum(), model.decision_function(all_missing)[0], atol=1e-12
    )


def test_rows_are_explained_one_by_one(inputs: Floats, model: HistGradientBoostingClassifier) -> None:
    shap = TreeShap.of(model)
    whole = shap.contributions(inputs)
    np.testing.assert_array_equal(shap.contributions(inputs[::-1])[::-1], whole)
    np.testing.assert_array_equal(shap.contributions(inputs[7:8]), whole[7:8])


def test_a_tree_without_a_split_adds_to_the_base_alone() -> None:
    nodes = np.array([(0.25, 10, 0, 0.0, 0, 0, 0, 1)], dtype=NODE)
    shap = shap_of(nodes)
    assert shap.base == 0.25
    assert not shap.contributions(np.ones((3, 2))).any()


@settings(deadline=None, max_examples=30)
@given(shares=st.lists(st.floats(0.01, 0.99), min_size=1, max_size=9), bits=st.integers(0, 511))
def test_the_product_game_is_played_by_the_definition(shares: list[float], bits: int) -> None:
    plays, satisfied = members(len(shares)), members(len(shares))[[bits % 2 ** len(shares)]]
    values = np.where(plays, satisfied, shares).prod(axis=1)
    np.testing.assert_allclose(product_game(satisfied, shares)[0], shapley_values(values), atol=1e-12)


def chain(length: int) -> NDArray[np.void]:
    """A tree that asks one feature after the other, each of a row more."""
    nodes: list[tuple[float, ...]] = []
    for feature in range(length):
        node = 2 * feature
        nodes += [(0, length - feature + 1, feature, 0.0, 0, node + 1, node + 2, 0), (1, 1, 0, 0, 0, 0, 0, 1)]
    return np.array([*nodes, (-1.0, 1, 0, 0.0, 0, 0, 0, 1)], dtype=NODE)


def test_a_chain_of_features_sums_to_its_leaves() -> None:
    rows = np.array([[1.0] * 20, [1.0] * 12 + [-1.0] + [1.0] * 7, [-1.0] * 20])
    shap = shap_of(chain(20))
    total = shap.base + shap.contributions(rows).sum(axis=1)
    np.testing.assert_allclose(total, [-1.0, 1.0, 1.0], atol=1e-12)


def test_a_path_that_is_too_long_is_an_error_in_words() -> None:
    with pytest.raises(UserError, match="too many to explain"):
        shap_of(chain(64))


def test_more_than_two_classes_are_refused(inputs: Floats) -> None:
    three = HistGradientBoostingClassifier(max_iter=1).fit(inputs, np.arange(len(inputs)) % 3)
    with pytest.raises(UserError, match="cannot be explained"):
        TreeShap.of(three)


games = st.integers(1, 5).flatmap(
    lambda players: st.lists(st.floats(-10, 10), min_size=2**players, max_size=2**players)
)


@settings(deadline=None, max_examples=50)
@given(game=games)
def test_the_worth_of_all_is_shared_out(game: list[float]) -> None:
    assert shapley_values(np.array(game)).sum() == pytest.approx(game[-1] - game[0], abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(game=games, player=st.integers(0, 4))
def test_who_never_adds_anything_gets_nothing(game: list[float], player: int) -> None:
    values = np.array(game)
    subsets, player = np.arange(len(values)), player % (len(values).bit_length() - 1)
    without = values[subsets & ~(1 << player)]
    assert shapley_values(without)[player] == pytest.approx(0.0, abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(game=games)
def test_who_always_adds_the_same_gets_the_same(game: list[float]) -> None:
    players = len(game).bit_length() - 1
    by_size = np.array(game)[members(players).sum(axis=1)]
    worth = shapley_values(by_size)
    np.testing.assert_allclose(worth, worth[0], atol=1e-9)
