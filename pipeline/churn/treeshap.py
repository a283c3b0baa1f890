"""TreeSHAP: exact Shapley values of a sum of trees, such as a gradient boosting's log-odds, by their paths.

The game is that of Lundberg et al. (2020), "From local explanations to global understanding with explainable
AI for trees", algorithm 1: who does not play leaves it to the training rows, of which known shares went each
way at each split. A leaf is then reached with the probability

    v(S) = product over j in S of [x_j satisfies the path] * product over j not in S of r_j

where r_j is the share of the training rows that followed the splits on feature j. It depends on the row only
through the bits b_j = "x_j satisfies the path". Rows share patterns of bits, so that the Shapley values of a
leaf are computed for all 2^d patterns of its d features and looked up, unless the rows are fewer. Values of
leaves add up to those of trees, those of trees to those of the model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from pipeline.churn.shapley import Floats, members
from pipeline.errors import UserError

MOST_FEATURES = 62
"""Features on the way to a leaf that fit a pattern."""

LEAST_SHARE = 1e-30
"""Rows that have faded (`churn.half_life_days`) may weigh next to nothing beside others."""

Bools = NDArray[np.bool_]
Pattern = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Leaf:
    """Where rows end, and what they get there."""

    value: float

    @property
    def base(self) -> float:
        """Mean value of the training rows."""
        return self.value


@dataclass(frozen=True)
class Split:
    """A question to a feature.

    Attributes
    ----------
    feature : int
    threshold : float
        Up to it, rows go left.
    missing_goes_left : bool
    left, right : Split or Leaf
    left_share, right_share : float
        Of the training rows that came here, above 0.
    """

    feature: int
    threshold: float
    missing_goes_left: bool
    left: Split | Leaf
    right: Split | Leaf
    left_share: float
    right_share: float

    @property
    def base(self) -> float:
        """Mean value of the training rows."""
        return self.left_share * self.left.base + self.right_share * self.right.base

    def goes_left(self, columns: Floats) -> Bools:
        """Answer for each row; columns are of shape (features, rows)."""
        values = columns[self.feature]
        # No comparison with a missing value holds.
        answer = ~(values > self.threshold) if self.missing_goes_left else values <= self.threshold
        return np.asarray(answer, dtype=bool)


Node = Split | Leaf


def tree_of(nodes: NDArray[np.void], at: int = 0) -> Node:
    """Read a tree from a table of nodes, as in scikit-learn's ``TreePredictor.nodes``."""
    node = nodes[at]
    if node["is_leaf"]:
        return Leaf(float(node["value"]))
    left, right = int(node["left"]), int(node["right"])
    return Split(
        int(node["feature_idx"]),
        float(node["num_threshold"]),
        bool(node["missing_go_to_left"]),
        tree_of(nodes, left),
        tree_of(nodes, right),
        *(max(float(nodes[child]["count"]) / float(node["count"]), LEAST_SHARE) for child in (left, right)),
    )


def most_features(node: Node, asked: frozenset[int] = frozenset()) -> int:
    """Count the features on the way to the leaf that has most of them."""
    if isinstance(node, Leaf):
        return len(asked)
    asked |= {node.feature}
    return max(most_features(node.left, asked), most_features(node.right, asked))


def contributions_of_leaves(
    node: Node, columns: Floats, pattern: Pattern, shares: dict[int, float]
) -> Iterator[tuple[int, Floats]]:
    """Give what each leaf below a node adds to each feature on the way to it.

    Parameters
    ----------
    node : Split or Leaf
    columns : numpy.ndarray
        The rows' inputs, shape (features, rows).
    pattern : numpy.ndarray
        Of each row: bit j is set unless it strayed from the way here at the j-th feature of `shares`.
    shares : dict of int to float
        By feature that was asked on the way here, in that order: what share of the training rows followed.

    Yields
    ------
    tuple of int and numpy.ndarray
        Feature, and a number for each row.
    """
    if isinstance(node, Leaf):
        if shares:
            yield from zip(shares, worth(pattern, node.value, list(shares.values())), strict=True)
        return
    bit = list(shares).index(node.feature) if node.feature in shares else len(shares)
    so_far, goes_left = shares.get(node.feature, 1.0), node.goes_left(columns)
    for child, strays, share in (
        (node.left, ~goes_left, node.left_share),
        (node.right, goes_left, node.right_share),
    ):
        follows: Pattern = pattern & ~(strays.astype(pattern.dtype) << bit)
        yield from contributions_of_leaves(child, columns, follows, shares | {node.feature: so_far * share})


def worth(pattern: Pattern, value: float, shares: list[float]) -> Iterator[Floats]:
    """Give the Shapley values of each row's pattern for a leaf of some value, feature by feature."""
    features = len(shares)
    row = pattern & (2**features - 1)
    if 2**features > len(row):
        bits = (row[:, None] >> np.arange(features, dtype=row.dtype)) & 1 == 1
        yield from value * product_game(bits, shares).T
    else:
        table, at = value * product_game(members(features), shares), row.astype(np.intp)
        for column in np.ascontiguousarray(table.T):
            yield np.take(column, at)


@dataclass(frozen=True)
class TreeShap:
    """The exact explanation of a sum of trees.

    Attributes
    ----------
    trees : tuple of Split or Leaf
    base : float
        Mean of the training rows, as the trees see them.

    Raises
    ------
    UserError
        If a tree asks more than `MOST_FEATURES` features on the way to a leaf.
    """

    trees: tuple[Node, ...]
    base: float

    def __post_init__(self) -> None:
        """Refuse what does not fit a pattern."""
        asked = max(map(most_features, self.trees), default=0)
        if asked > MOST_FEATURES:
            raise UserError(
                f"a tree asks {asked} features on the way to one leaf, too many to explain",
                where="churn model",
                valid=f"smaller trees, of at most {MOST_FEATURES} features in a row",
            )

    @classmethod
    def of(cls, model: HistGradientBoostingClassifier) -> TreeShap:
        """Read a fitted gradient boosting, whose sum are log-odds.

        Raises
        ------
        UserError
            If it has more than two classes, splits by category, or too long ways to a leaf.
        """
        if model.n_trees_per_iteration_ != 1 or model.is_categorical_ is not None:
            raise UserError(
                "this gradient boosting cannot be explained",
                where="churn model",
                valid="two classes and numeric columns",
            )
        trees = tuple(tree_of(predictor.nodes) for (predictor,) in model._predictors)
        return cls(trees, float(model._baseline_prediction.item()) + sum(tree.base for tree in trees))

    def contributions(self, inputs: Floats) -> Floats:
        """Give what each input adds to the base for each row.

        Parameters
        ----------
        inputs : numpy.ndarray
            What the model is given, shape (rows, features); missing is NaN.

        Returns
        -------
        numpy.ndarray
            Shape (rows, features).
        """
        columns = np.ascontiguousarray(inputs.T)
        total = np.zeros_like(columns)
        for tree in self.trees:
            all_bits = 2 ** most_features(tree) - 1
            straight = np.full(len(inputs), all_bits, dtype=np.min_scalar_type(all_bits))
            for feature, part in contributions_of_leaves(tree, columns, straight, {}):
                total[feature] += part
        return total.T


def product_game(bits: Bools, shares: list[float]) -> Floats:
    """Give the Shapley values of ``v(S) = prod_{j in S} b_j * prod_{j not in S} r_j``.

    Player j is worth the integral of ``(b_j - r_j) * prod_{i != j} (t b_i + (1 - t) r_i)`` over t from 0 to
    1: what it adds where each of the others plays with probability t (Owen 1972, "Multilinear extensions of
    games"). The integrand is a polynomial of degree d - 1, for which the rule of Gauss and Legendre is exact.

    Parameters
    ----------
    bits : numpy.ndarray
        b_j of each of the d players, one game a row; shape (games, d).
    shares : list of float
        r_j, each above 0.

    Returns
    -------
    numpy.ndarray
        Shape (games, d).
    """
    share = np.array(shares)
    worths = np.zeros(bits.shape)
    for at, weight in zip(*_rule((len(shares) + 1) // 2), strict=True):
        factors = np.where(bits, at + (1 - at) * share, (1 - at) * share)
        worths += weight * factors.prod(axis=1, keepdims=True) / factors
    return np.asarray((bits - share) * worths, dtype=np.float64)


@cache
def _rule(points: int) -> tuple[list[float], list[float]]:
    """Give nodes and weights of Gauss and Legendre between 0 and 1: exact up to degree 2 points - 1."""
    nodes, weights = np.polynomial.legendre.leggauss(points)
    # Rounded, for LAPACK's last digit differs from machine to machine.
    return ((nodes + 1) / 2).round(15).tolist(), (weights / 2).round(15).tolist()
