"""Calibration: a last map from log-odds to probabilities, used only where it would have helped before.

| calibrator | what it is |
|---|---|
| `platt` | a line, ``slope * log-odds + intercept``, by logistic regression (Platt 1999) |
| `isotonic` | the best map of all that never fall (Zadrozny and Elkan 2002) |
| `venn_abers` | isotonic with the customer as one who stays and as one who leaves (Vovk and Petej 2014) |

Each is fitted to what was said at earlier origins and judged on the window of the next. Only the line may be
used: it leaves the score a sum of what the columns add. The other two stand beside it, to show what that
costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Calibrator = Callable[[Floats], Floats]

CLEARLY = 2.0
"""Standard errors beyond which a gain is no chance."""

FEWEST_WINDOWS = 2
GROUPS = 100
"""Of about equally many customers each, by which the maps that never fall are fitted."""


class Said(NamedTuple):
    """What was said at an origin, and what then happened; one entry per customer."""

    customers: pd.Series[str]
    log_odds: Floats
    churned: Bools


class Line(NamedTuple):
    """A map of log-odds."""

    slope: float
    intercept: float


@dataclass(frozen=True)
class Calibration:
    """What calibration is used, and why.

    Attributes
    ----------
    line : Line
        What is used.
    judged : sequence of mapping
        For each calibrator its `name`, `log_loss` in the windows it was judged on, `gain` {value, low, high}
        in log loss, and whether it is `used`; empty where there was no such window.
    """

    line: Line
    judged: Sequence[Mapping[str, Any]]

    def about(self) -> dict[str, Any]:
        """Say what is used and why, for the model's card."""
        return {**self.line._asdict(), "judged": list(self.judged)}


AS_IT_IS = Line(1.0, 0.0)
UNCALIBRATED = Calibration(AS_IT_IS, ())


def choose_calibration(earlier: Sequence[Said]) -> Calibration:
    """Decide by earlier windows whether to calibrate.

    The line is used if there were two windows or more to judge it by, it lowered the log loss in each, and on
    average by more than two standard errors. It has to rise: one that falls would turn every reason around.

    Parameters
    ----------
    earlier : sequence of Said
        By origin, ascending, whose windows have passed.

    Returns
    -------
    Calibration
    """
    earlier = [said for said in earlier if 0 < said.churned.mean() < 1]
    if len(earlier) < 2:
        return UNCALIBRATED
    line = fit_line(*_together(earlier))
    judged = [
        _judge(name, fit, earlier, may_be_used=name == "platt" and line.slope > 0)
        for name, fit in CALIBRATORS.items()
    ]
    return Calibration(line if any(one["used"] for one in judged) else AS_IT_IS, judged)


def fit_line(log_odds: Floats, churned: Bools) -> Line:
    """Fit Platt's line; with so many customers the targets need no smoothing."""
    model = LogisticRegression(C=np.inf, solver="newton-cholesky").fit(log_odds[:, np.newaxis], churned)
    return Line(float(model.coef_[0, 0]), float(model.intercept_[0]))


def platt(log_odds: Floats, churned: Bools) -> Calibrator:
    """Map by Platt's line."""
    slope, intercept = fit_line(log_odds, churned)
    return lambda said: np.asarray(expit(slope * said + intercept), dtype=np.float64)


def isotonic(log_odds: Floats, churned: Bools) -> Calibrator:
    """Map by the best map that never falls, half a customer away from certainty."""
    edges, customers, leavers = _groups(log_odds, churned)
    steps, doubt = _never_falling(leavers, customers), 0.5 / len(churned)
    return lambda said: np.clip(steps[np.searchsorted(edges, said)], doubt, 1 - doubt)


def venn_abers(log_odds: Floats, churned: Bools) -> Calibrator:
    """Map by the inductive Venn-Abers predictor.

    Isotonic regression with the customer added as one who stays gives p0, as one who leaves p1; for the log
    loss they are merged to ``p1 / (1 - p0 + p1)``.
    """
    edges, customers, leavers = _groups(log_odds, churned)
    merged = []
    for group, added in enumerate(np.eye(len(customers))):
        p0 = _never_falling(leavers, customers + added)[group]
        p1 = _never_falling(leavers + added, customers + added)[group]
        merged.append(p1 / (1 - p0 + p1))
    steps = np.array(merged)
    return lambda said: steps[np.searchsorted(edges, said)]


CALIBRATORS: Mapping[str, Callable[[Floats, Bools], Calibrator]] = {
    "platt": platt,
    "isotonic": isotonic,
    "venn_abers": venn_abers,
}


def _judge(
    name: str, fit: Callable[[Floats, Bools], Calibrator], earlier: Sequence[Said], *, may_be_used: bool
) -> dict[str, Any]:
    windows = []
    for number, then in enumerate(earlier[1:], start=1):
        before = _losses(np.asarray(expit(then.log_odds)), then.churned)
        after = _losses(fit(*_together(earlier[:number]))(then.log_odds), then.churned)
        gain = {"customer": then.customers.to_numpy(), "after": after, "gain": before - after}
        windows.append(pd.DataFrame(gain))
    rows = pd.concat(windows, ignore_index=True)
    mean = float(rows["gain"].mean())
    # A customer's windows are not independent of each other.
    by_customer = (rows["gain"] - mean).groupby(rows["customer"]).sum()
    error = float(np.sqrt((by_customer**2).sum())) / len(rows)
    helps = len(windows) >= FEWEST_WINDOWS and all(each["gain"].mean() > 0 for each in windows)
    return {
        "name": name,
        "log_loss": float(rows["after"].mean()),
        "gain": {"value": mean, "low": mean - 1.96 * error, "high": mean + 1.96 * error},
        "used": may_be_used and helps and mean > CLEARLY * error,
    }


def _together(origins: Sequence[Said]) -> tuple[Floats, Bools]:
    return np.concatenate([one.log_odds for one in origins]), np.concatenate([one.churned for one in origins])


def _losses(probability: Floats, churned: Bools) -> Floats:
    tiny = np.finfo(np.float64).tiny
    return np.asarray(-np.log(np.maximum(np.where(churned, probability, 1 - probability), tiny)))


def _groups(log_odds: Floats, churned: Bools) -> tuple[Floats, Floats, Floats]:
    """Give the upper edges of all groups but the last, and of each group customers and leavers."""
    edges = np.unique(np.quantile(log_odds, np.linspace(0, 1, GROUPS + 1)[1:-1], method="lower"))
    group = np.searchsorted(edges, log_odds)
    number = len(edges) + 1
    customers, leavers = (
        np.bincount(group, weights, number).astype(np.float64) for weights in (None, churned)
    )
    return edges, customers, leavers


def _never_falling(leavers: Floats, customers: Floats) -> Floats:
    """Give the best shares of leavers by group that never fall."""
    groups = np.arange(len(customers))
    shares = leavers / np.maximum(customers, 1)
    fitted = IsotonicRegression().fit(groups, shares, sample_weight=customers)
    return np.asarray(fitted.predict(groups), dtype=np.float64)
