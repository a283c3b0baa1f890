"""Maximum likelihood: exact gradients, Newton's polish, every summit and a verdict on what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import numpy as np
from scipy.optimize import minimize

from pipeline.btyd._numerics import Floats
from pipeline.btyd.likelihood import Likelihood

Status = Literal["ok", "weak", "not_identified", "failed"]
Engine = Literal["own", "lifetimes"]
Objective = Callable[[Floats], Likelihood]

_SKETCH_ROWS, _SKETCH_SHARE = 1000, 64
BOUND = 14.0  # on the log parameters, in units that make the data of order one
_FLAT_SE = 3.0  # a standard error of log θ above which the data say nothing about θ
_FAR = 0.1  # standard errors: far enough from the optimum to be somewhere else
_SAME_PLACE, _SAME_HEIGHT = 1e-6, 0.01  # of log parameters; of the log likelihood
_WEAK_SE = 0.7  # a 95 % interval from a fourth of the estimate to four times it


def sketch_rows(rows: int) -> int:
    """How many of so many rows, evenly spaced, show where an optimum lies.

    Not too few of the many: rows without a repeat order are few, but stand for most customers.
    """
    return max(_SKETCH_ROWS, rows // _SKETCH_SHARE)


@dataclass(frozen=True)
class Optimum:
    """Where the likelihood is largest, on the scale of the log parameters.

    Attributes
    ----------
    theta : array, shape (k,)
        Log parameters.
    missed : float
        Newton decrement: how many standard errors the optimum is away; zero at an interior optimum.
    covariance : array, shape (k, k)
        Inverse of the observed information; NaN where the information is not positive definite.
    """

    theta: Floats
    missed: float
    covariance: Floats

    @property
    def standard_errors(self) -> Floats:
        """Of the log parameters; infinite where the likelihood is flat."""
        variance = np.diagonal(self.covariance)
        return np.where(variance > 0, np.sqrt(np.abs(variance)), np.inf)

    @property
    def is_clear(self) -> bool:
        """Whether it is an interior maximum that the data determine in every direction."""
        return self.missed <= _FAR and bool((self.standard_errors <= _WEAK_SE).all())


def maximise(
    objective: Objective, slopes: Sequence[Sequence[Floats]], n: float, sketch: Objective | None = None
) -> Optimum:
    """Find the highest of the summits that lie above the slopes.

    Parameters
    ----------
    objective : callable
        Log parameters to the *mean* log likelihood, its exact gradient and, where known, its Hessian.
    slopes : sequence of sequences of arrays, shape (k,)
        Log parameters to start from, by where another summit may lie: one is found for each. Of those as
        good as equal that of the first is taken.
    n : float
        Number of customers, which turns mean curvature into information.
    sketch : callable, optional
        A cheaper objective, of fewer customers or digits, whose optima are the places to start from.
    """
    if sketch is None:
        return _highest(objective, [_summit(objective, slope, n) for slope in slopes], n)
    near = _highest(objective, [_summit(sketch, slope, n) for slope in slopes], n).theta
    theta, here, stationary = _polish(objective, near)
    if stationary:
        return _judge(objective, theta, here, n)
    return _summit(objective, [near, *chain.from_iterable(slopes)], n)


def _highest(objective: Objective, summits: Sequence[Optimum], n: float) -> Optimum:
    highest, *others = summits
    others = [one for one in others if not np.allclose(one.theta, highest.theta, rtol=0.0, atol=_SAME_PLACE)]
    if others:
        height = objective(highest.theta).value + _SAME_HEIGHT / n
        for one in others:
            if (value := objective(one.theta).value) > height:
                highest, height = one, value
    return highest


def _summit(objective: Objective, starts: Sequence[Floats], n: float) -> Optimum:
    """Climb from the highest start; where that ends in no clear maximum, from all of them."""
    highest = max(range(len(starts)), key=lambda i: objective(starts[i]).value)
    foothills = [_climb(objective, starts[highest], iterations=25)]
    theta, here, stationary = _polish(objective, foothills[0])
    if stationary and (top := _judge(objective, theta, here, n)).is_clear:
        return top
    others = [start for i, start in enumerate(starts) if i != highest]
    foothills += [_climb(objective, start, iterations=25) for start in others]
    best = max(foothills, key=lambda theta: objective(theta).value)
    theta, here, stationary = _polish(objective, best)
    if not stationary:
        theta, here, _ = _polish(objective, _climb(objective, best, iterations=500))
    return _judge(objective, theta, here, n)


def examine(objective: Objective, theta: Floats, n: float) -> Optimum:
    """Measure slope and curvature of the likelihood where another search has ended."""
    return _judge(objective, theta, objective(theta), n)


def _judge(objective: Objective, theta: Floats, here: Likelihood, n: float) -> Optimum:
    covariance = _inverse(_curvature(objective, theta, here) * n)
    slope = here.gradient * n
    return Optimum(theta, float(np.sqrt(np.maximum(slope @ covariance @ slope, 0.0))), covariance)


def _climb(objective: Objective, start: Floats, iterations: int) -> Floats:
    def downhill(theta: Floats) -> tuple[float, Floats]:
        here = objective(theta)
        return -here.value, -here.gradient

    found = minimize(
        downhill,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-BOUND, BOUND)] * len(start),
        options={"maxiter": iterations, "maxcor": 20, "ftol": 1e-13, "gtol": 1e-8},
    )
    theta: Floats = found.x
    return theta


def _polish(objective: Objective, theta: Floats) -> tuple[Floats, Likelihood, bool]:
    """Newton steps until they vanish, so that the digits are the optimum's and not the path's.

    A Hessian that has to be differenced is kept as long as its steps shrink fast: it costs as much as eight
    gradients. The last value tells whether an interior optimum was reached.
    """
    here = objective(theta)
    curvature, last = None, np.inf
    for _ in range(40):
        if curvature is None:
            curvature = _curvature(objective, theta, here)
            if np.abs(theta).max() >= BOUND - 1e-6 or not _well_conditioned(curvature):
                return theta, here, False
        step = np.linalg.solve(curvature, here.gradient)
        size = float(np.abs(step).max())
        # Below 1e-8 steps that no longer shrink are rounding.
        if size < 1e-12 or 1e-8 > size > last / 2.0:
            return theta, here, True
        if not size <= 1.0:  # so far off that even the likelihood may not be finite there
            return theta, here, False
        moved: Floats = theta + step
        there = objective(moved)
        if there.value < here.value - 1e-12 * abs(here.value):
            return theta, here, False
        if size > last / 5.0 or there.hessian is not None:
            curvature = None
        theta, here, last = moved, there, size
    return theta, here, False


def _curvature(objective: Objective, theta: Floats, here: Likelihood) -> Floats:
    """Minus the Hessian: the model's, or central differences of its gradient."""
    if here.hessian is not None:
        return -here.hessian
    rows, step = [], 1e-4
    for direction in np.eye(len(theta)) * step:
        ahead, behind = objective(theta + direction), objective(theta - direction)
        rows.append((behind.gradient - ahead.gradient) / (2.0 * step))
    curvature = np.array(rows)
    symmetric: Floats = (curvature + curvature.T) / 2.0
    return symmetric


def _well_conditioned(curvature: Floats) -> bool:
    eigenvalues = np.linalg.eigvalsh(curvature)
    return bool(eigenvalues[0] > 1e-10 * eigenvalues[-1] > 0)


def _inverse(information: Floats) -> Floats:
    if not _well_conditioned(information):
        return np.full_like(information, np.nan)
    inverse: Floats = np.linalg.inv(information)
    return inverse


def verdict(optimum: Optimum, names: Sequence[str]) -> tuple[Status, str]:
    """Judge the optimum from its gradient, its curvature and the bounds, with a sentence for people.

    Returns
    -------
    status, message
        ``ok``: use it. ``weak``: use it, labelled. ``not_identified``: the data do not determine some
        parameters; expectations may still be usable. ``failed``: no optimum was found.
    """
    at_bound = [name for name, value in zip(names, optimum.theta, strict=True) if abs(value) > BOUND - 0.01]
    if at_bound:
        return "not_identified", (
            f"The likelihood keeps rising as {_listed(at_bound)} "
            f"{'runs to its limit' if len(at_bound) == 1 else 'run to their limits'}: "
            "the data do not determine this part of the model."
        )
    errors = optimum.standard_errors
    flat = [name for name, error in zip(names, errors, strict=True) if error > _FLAT_SE]
    if flat:
        return "not_identified", f"The likelihood is flat in {_listed(flat)}, which the data leave open."
    if optimum.missed > _FAR:
        return "failed", f"The search ended {optimum.missed:.1g} standard errors away from the optimum."
    loose = [name for name, error in zip(names, errors, strict=True) if error > _WEAK_SE]
    if loose:
        return "weak", f"The data determine {_listed(loose)} only to within a factor of four (95 % interval)."
    return "ok", "The data determine all parameters."


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"
