"""Weights of a blend: not negative, summing to one, and half-way back to equal ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, minimize
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]
Name = TypeVar("Name", bound=str)


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


def half_way_to_equal(names: Iterable[Name], weights: Floats) -> dict[Name, float]:
    """Take the mean of the weights and equal ones, to four digits: one window is too little to trust."""
    shrunk = (weights + 1 / len(weights)) / 2
    return {name: round(weight, 4) for name, weight in zip(names, shrunk.tolist(), strict=True)}
