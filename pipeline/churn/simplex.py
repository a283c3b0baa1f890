"""Weights of a blend: not negative, summing to one, and held back by equal or other presumed ones.

Equal weights are hard to beat because learned ones are noisy; but a member that adds nothing costs. Two ways
between them, both of Diebold and Shin (2019, International Journal of Forecasting 35, 1679-1691): for churn
the egalitarian ridge, which adds to the loss `PULL` times the squared distance from the presumed weights; for
spend the partially egalitarian one, which leaves out who adds next to nothing and goes half-way back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, minimize
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]
Name = TypeVar("Name", bound=str)

NEGLIGIBLE = 0.05
"""Below it, a member's weight is taken for zero."""

PULL = 0.001
"""Loss per row that a squared distance of 1 from the presumed weights must be worth."""


def equal(names: Iterable[Name]) -> dict[Name, float]:
    """Give all the same weight."""
    listed = list(names)
    return dict.fromkeys(listed, 1 / len(listed))


def weighted_mean(members: pd.DataFrame, weights: Mapping[Name, float]) -> Floats:
    """Give the weighted mean of what the members say, a column each; shape (len(members),)."""
    # One column after the other: a matrix product may sum differently from machine to machine.
    parts = [weight * members[name].to_numpy(dtype=np.float64) for name, weight in weights.items()]
    return np.asarray(np.sum(parts, axis=0), dtype=np.float64)


def least_on_simplex(
    loss: Callable[[Floats], float], gradient: Callable[[Floats], Floats], number: int
) -> Floats:
    """Find the weights, not negative and summing to one, with the least of a convex loss; shape (number,)."""
    with threadpool_limits(1):
        found = minimize(
            loss,
            np.full(number, 1 / number),
            jac=gradient,
            method="SLSQP",
            bounds=Bounds(np.zeros(number), np.ones(number)),
            constraints=LinearConstraint(np.ones((1, number)), 1.0, 1.0),
            options={"ftol": 1e-12},
        )
    weights = np.clip(np.asarray(found.x, dtype=np.float64), 0, 1)
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def pulled_weights(
    presumed: Mapping[Name, float], loss: Callable[[Floats], float], gradient: Callable[[Floats], Floats]
) -> dict[Name, float]:
    """Find the weights with the least of a convex loss and of the pull to presumed ones.

    Parameters
    ----------
    presumed : mapping of str to float
        The weights without evidence, by member.
    loss, gradient : callable
        Of the weights, shape (len(presumed),): the mean loss of the rows, without a unit.

    Returns
    -------
    dict of str to float
        By member, summing to 1 but for rounding to four digits.
    """
    before: Floats = np.array(list(presumed.values()), dtype=np.float64)

    def pulled_loss(weights: Floats) -> float:
        return loss(weights) + float(PULL * ((weights - before) ** 2).sum())

    def pulled_gradient(weights: Floats) -> Floats:
        return gradient(weights) + 2 * PULL * (weights - before)

    best = least_on_simplex(pulled_loss, pulled_gradient, len(presumed))
    return {name: round(weight, 4) for name, weight in zip(presumed, best.tolist(), strict=True)}


def half_way_to_equal(names: Iterable[Name], best: Floats) -> dict[Name, float]:
    """Leave out who adds next to nothing; average the others' weights with equal ones, to four digits."""
    kept = best >= NEGLIGIBLE
    weights = (np.where(kept, best, 0) / best[kept].sum() + kept / kept.sum()) / 2
    return {name: round(weight, 4) for name, weight in zip(names, weights.tolist(), strict=True)}
