"""TreeSHAP: exact Shapley values of a gradient boosting's log-odds, by the paths of its trees.

The game is that of Lundberg et al. (2020), "From local explanations to global understanding with explainable
AI for trees", algorithm 1: who does not play leaves it to the training rows, of which known shares went each
way at each split. A leaf is then reached with the probability

    v(S) = product over j in S of [x_j satisfies the path] * product over j not in S of r_j

where r_j is the share of the training rows that followed the splits on feature j. It depends on the row only
through the bits b_j = "x_j satisfies the path", so that the Shapley values of each leaf are tabulated once,
for all 2^d patterns of its d features, and looked up for each row; where d is large, only for the patterns
that occur. Values of leaves add up to those of trees, those of trees to those of the model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from pipeline.churn.shapley import Floats, joining_weights, members
from pipeline.errors import UserError

MOST_TABULATED = 10
"""Features on the way to a leaf up to which all their patterns are tabulated."""

MOST_FEATURES = 62
"""Features on the way to a leaf that fit a pattern."""

Bools = NDArray[np.bool_]


class Step(NamedTuple):
    """One split on the way to a leaf: which, on what feature, to which side, and what share went along."""

    node: int
    feature: int
    goes_left: bool
    share: float


class Leaf(NamedTuple):
    """A leaf's value, the steps to it by feature, and what share of the training rows took them.

    `table` has the Shapley values of those features by pattern, (2^d, d); None where d is large.
    """

    value: float
    steps: dict[int, list[Step]]
    shares: list[float]
    table: Floats | None

    def contributions(self, pattern: NDArray[np.int64]) -> Iterator[Floats]:
        """Look up the Shapley values of each row's pattern, feature by feature."""
        table, row = self.table, pattern
        if table is None:
            found, row = np.unique(pattern, return_inverse=True)
            bits = (found[:, None] >> np.arange(len(self.shares))) & 1 == 1
            table = self.value * product_game(bits, self.shares)
        for column in table.T:
            yield np.take(column, row)


@dataclass(frozen=True)
class Tree:
    """A tree as scikit-learn stores it, and its leaves.

    Attributes
    ----------
    nodes : structured numpy.ndarray
        One row per node, as in ``TreePredictor.nodes``.
    leaves : tuple of Leaf
    base : float
        Mean value of the training rows.
    """

    nodes: NDArray[np.void]
    leaves: tuple[Leaf, ...]
    base: float

    @classmethod
    def of(cls, nodes: NDArray[np.void]) -> Tree:
        """Tabulate the leaves."""
        leaves, base = [], 0.0
        for value, path in _paths(nodes):
            steps: dict[int, list[Step]] = {}
            for step in path:
                steps.setdefault(step.feature, []).append(step)
            shares = [float(np.prod([step.share for step in some])) for some in steps.values()]
            if len(shares) > MOST_FEATURES:
                raise UserError(
                    f"a tree asks {len(shares)} features on the way to one leaf, too many to explain",
                    where="churn model",
                    valid=f"smaller trees, of at most {MOST_FEATURES} features in a row",
                )
            if steps:
                is_small = len(shares) <= MOST_TABULATED
                table = value * product_game(members(len(shares)), shares) if is_small else None
                leaves.append(Leaf(value, steps, shares, table))
            base += value * float(np.prod(shares))
        return cls(nodes, tuple(leaves), base)

    def add_to(self, total: Floats, columns: Floats) -> None:
        """Add the contributions of rows to a total; both are of shape (features, rows)."""
        goes_left = {
            int(node): self._goes_left(int(node), columns) for node in np.flatnonzero(~_is_leaf(self.nodes))
        }
        for leaf in self.leaves:
            pattern = np.zeros(columns.shape[1], dtype=np.int64)
            for bit, steps in enumerate(leaf.steps.values()):
                follows = [
                    goes_left[step.node] if step.goes_left else ~goes_left[step.node] for step in steps
                ]
                pattern |= np.logical_and.reduce(follows).astype(np.int64) << bit
            for feature, part in zip(leaf.steps, leaf.contributions(pattern), strict=True):
                total[feature] += part

    def _goes_left(self, node: int, columns: Floats) -> Bools:
        at = self.nodes[node]
        values = columns[at["feature_idx"]]
        is_missing = np.isnan(values)
        return np.asarray(
            np.where(is_missing, bool(at["missing_go_to_left"]), values <= at["num_threshold"]), dtype=bool
        )


@dataclass(frozen=True)
class TreeShap:
    """The exact explanation of a fitted gradient boosting.

    Attributes
    ----------
    trees : tuple of Tree
    base : float
        Mean log-odds of the training rows, as the trees see them.
    """

    trees: tuple[Tree, ...]
    base: float

    @classmethod
    def of(cls, model: HistGradientBoostingClassifier) -> TreeShap:
        """Read a fitted model.

        Raises
        ------
        UserError
            If it has more than two classes, splits by category, or paths too long for a table.
        """
        if model.n_trees_per_iteration_ != 1 or model.is_categorical_ is not None:
            raise UserError(
                "this gradient boosting cannot be explained",
                where="churn model",
                valid="two classes and numeric columns",
            )
        trees = tuple(Tree.of(predictor.nodes) for (predictor,) in model._predictors)
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
            In log-odds, shape (rows, features).
        """
        columns = np.ascontiguousarray(inputs.T)
        total = np.zeros_like(columns)
        for tree in self.trees:
            tree.add_to(total, columns)
        return total.T


def product_game(bits: Bools, shares: list[float]) -> Floats:
    """Give the Shapley values of ``v(S) = prod_{j in S} b_j * prod_{j not in S} r_j``.

    Player j changes a subset of the others by the factor ``b_j - r_j``. The values of all subsets of k others
    add up to the coefficient of z^k in ``prod_{i != j} (r_i + b_i z)``, and weigh ``k! (d - k - 1)! / d!``.

    Parameters
    ----------
    bits : numpy.ndarray
        b_j of each of the d players, one game a row; shape (games, d).
    shares : list of float
        r_j.

    Returns
    -------
    numpy.ndarray
        Shape (games, d).
    """
    games, players = bits.shape
    weights = joining_weights(players)
    worth = np.empty((games, players))
    for player in range(players):
        coefficients = np.zeros((games, players))
        coefficients[:, 0] = 1.0
        for other in range(players):
            if other != player:
                raised = coefficients[:, :-1] * bits[:, other, None]
                coefficients *= shares[other]
                coefficients[:, 1:] += raised
        worth[:, player] = (bits[:, player] - shares[player]) * (coefficients * weights).sum(axis=1)
    return worth


def _paths(nodes: NDArray[np.void]) -> Iterator[tuple[float, tuple[Step, ...]]]:
    """Go through the leaves, from left to right: value and way there."""
    is_leaf = _is_leaf(nodes)
    waiting: list[tuple[int, tuple[Step, ...]]] = [(0, ())]
    while waiting:
        node, path = waiting.pop()
        at = nodes[node]
        if is_leaf[node]:
            yield float(at["value"]), path
            continue
        for child, goes_left in ((int(at["right"]), False), (int(at["left"]), True)):
            share = float(nodes[child]["count"]) / float(at["count"])
            waiting.append((child, (*path, Step(node, int(at["feature_idx"]), goes_left, share))))


def _is_leaf(nodes: NDArray[np.void]) -> Bools:
    return np.asarray(nodes["is_leaf"], dtype=bool)
