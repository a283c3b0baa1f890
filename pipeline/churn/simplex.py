"""Weights of a blend: not negative, summing to one, and pulled to equal or other presumed ones.

Equal weights are hard to beat because learned ones are noisy; but a member that adds nothing costs. So the
weights are those with the least loss in earlier windows plus `PULL` times the squared distance from equal
ones: the egalitarian ridge of Diebold and Shin (2019, International Journal of Forecasting 35, 1679-1691).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, minimize
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]
Name = TypeVar("Name", bound=str)

PULL = 0.001
"""Loss per row that a squared distance of 1 from the presumed weights must be worth."""


def equal(names: Iterable[Name]) -> dict[Name, float]:
    """Give all the same weight."""
    listed = list(names)
    return dict.fromkeys(listed, 1 / len(listed))


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
    number = len(presumed)
    before: Floats = np.array(list(presumed.values()), dtype=np.float64)

    def pulled_loss(weights: Floats) -> float:
        return loss(weights) + float(PULL * ((weights - before) ** 2).sum())

    def pulled_gradient(weights: Floats) -> Floats:
        return gradient(weights) + 2 * PULL * (weights - before)

    with threadpool_limits(1):
        found = minimize(
            pulled_loss,
            np.full(number, 1 / number),
            jac=pulled_gradient,
            method="SLSQP",
            bounds=Bounds(np.zeros(number), np.ones(number)),
            constraints=LinearConstraint(np.ones((1, number)), 1.0, 1.0),
            options={"ftol": 1e-12},
        )
    best = np.clip(np.asarray(found.x, dtype=np.float64), 0, 1)
    best /= best.sum()
    return {name: round(weight, 4) for name, weight in zip(presumed, best.tolist(), strict=True)}
