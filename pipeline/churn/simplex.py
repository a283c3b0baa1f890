"""Weights of a blend: not negative, summing to one, and half-way back to equal ones.

Equal weights are hard to beat because learned ones are noisy; but a member that adds nothing costs. Hence
members that get next to no weight are left out, and the weights of the others go half-way back to equal ones:
the partially egalitarian combination of Diebold and Shin (2019, International Journal of Forecasting 35,
1679-1691).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, minimize
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]
Name = TypeVar("Name", bound=str)

NEGLIGIBLE = 0.05
"""Below it, a member's weight is taken for zero."""


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


def equal(names: Iterable[Name]) -> dict[Name, float]:
    """Give all the same weight."""
    listed = list(names)
    return dict.fromkeys(listed, 1 / len(listed))


def half_way_to_equal(names: Iterable[Name], best: Floats) -> dict[Name, float]:
    """Leave out who adds next to nothing; average the others' weights with equal ones, to four digits."""
    kept = best >= NEGLIGIBLE
    weights = (np.where(kept, best, 0) / best[kept].sum() + kept / kept.sum()) / 2
    return {name: round(weight, 4) for name, weight in zip(names, weights.tolist(), strict=True)}
