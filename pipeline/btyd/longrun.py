"""What past windows brought after their horizon, beside what was expected: the level of the rest of the CLV.

Models are chosen by one horizon. Two that foretell it equally well may be far apart after a year, and where
none of them is the truth all may be off. See docs/decisions/0027-level-after-the-horizon.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd

from pipeline.btyd._numerics import round_significant
from pipeline.btyd.choice import Chooser
from pipeline.btyd.lifetimes_engine import NotConverged
from pipeline.features import orders_between

NEEDED_WINDOWS = 2.0
LARGEST_LOG = 1.0
USUAL_MISS = 0.2
"""Of a year, as a standard deviation of the logarithm, where nothing lasts."""
_DIGITS = 8


class Step(NamedTuple):
    """The orders of one horizon's length [start, end), some horizons after a past cutoff."""

    start: date
    end: date
    expected: float
    came: float


class LongRun(NamedTuple):
    """By what to correct what a model expects after the horizon.

    Attributes
    ----------
    level : float
        To multiply it by.
    missed : float
        Mean over past windows of log(orders that came / expected) after their horizon.
    windows : float
        Past windows behind that, counted without overlap: the days they cover, over those of a whole one.
    """

    level: float = 1.0
    missed: float = 0.0
    windows: float = 0.0


class LongRuns:
    """Holds models against the orders that came after the horizons of past windows.

    Parameters
    ----------
    chooser : Chooser
        Whose windows, customers and fits are used.
    days : DataFrame
        As made by `pipeline.features.customer_days`.
    clv_horizon_days : int
        As many steps of a horizon's length count as fit into it.
    tells : callable, optional
        Cutoff to whether the horizon that followed tells of the customers: not if the shop was closed.
    """

    def __init__(
        self,
        chooser: Chooser,
        days: pd.DataFrame,
        clv_horizon_days: int,
        tells: Callable[[date], bool] = lambda cutoff: True,
    ) -> None:
        self.chooser, self.days, self.tells = chooser, days, tells
        self.length = timedelta(days=chooser.horizon_days)
        self.later_steps = range(1, clv_horizon_days // chooser.horizon_days)
        self._steps: dict[tuple[str, date], dict[date, Step]] = {}
        self._judged_days: dict[date, pd.DataFrame] = {}

    def of(self, name: str, cutoff: date) -> LongRun:
        """Learn what to make of a model at a cutoff, of the steps that had ended by then."""
        windows, rest = self.chooser.windows(cutoff, None), len(self.later_steps) * self.length
        if not (rest and windows and cutoff - windows[0] - self.length >= NEEDED_WINDOWS * rest):
            return LongRun()
        return long_run([self._known(name, window, cutoff) for window in windows], rest.days)

    def _known(self, name: str, window: date, cutoff: date) -> list[Step]:
        """Give the steps after a window's horizon that had ended by a cutoff, in which the shop was open."""
        known = self._steps.setdefault((name, window), {})
        starts = [window + number * self.length for number in self.later_steps]
        ended = [start for start in starts if start + self.length <= cutoff and self.tells(start)]
        known.update({start: self._step(name, window, start) for start in ended if start not in known})
        return [known[start] for start in ended]

    def _step(self, name: str, window: date, start: date) -> Step:
        rows, clock, end = self.chooser.judged(window), self.chooser.clock(window), start + self.length
        try:
            model = self.chooser.judged_fit(name, window)
        except NotConverged:
            return Step(start, end, 0.0, 0.0)
        exposed = clock.summary(rows, window)
        by_start, by_end = (
            float(model.expected_orders(exposed, clock.horizon(window, (day - window).days)).sum())
            for day in (start, end)
        )
        expected = by_end - by_start if model.status != "failed" else 0.0
        return Step(start, end, expected, float(orders_between(self._days(window), start, end).sum()))

    def _days(self, window: date) -> pd.DataFrame:
        """Give the order days of the customers on whom a window is judged, of which there are few."""
        if window not in self._judged_days:
            keys = self.chooser.judged(window).index
            self._judged_days[window] = self.days[self.days["customer_key"].isin(keys)]
        return self._judged_days[window]


def long_run(windows: Sequence[Sequence[Step]], days: int) -> LongRun:
    """Learn from past windows by what to correct what is expected after the horizon.

    The mean miss m of n windows is shrunk by empirical Bayes, to n m² / (n m² + v + 0.2²) of it, where v is
    their variance: a miss that lasts is the model's, one that is small or comes and goes is not. A year may
    have been unlike others: of fewer than two windows nothing is believed, and never more than e times.

    Parameters
    ----------
    windows : sequence of sequence of Step
        Of each window the steps that are known; a window of which nothing was expected counts for nothing.
    days : int
        All steps of a window together have.
    """
    told = [steps for steps in windows if sum(step.expected for step in steps) > 0]
    if not told:
        return LongRun()
    misses, lengths = [_missed(steps) for steps in told], [len(steps) for steps in told]
    missed = _mean(misses, lengths)
    spread = _mean([(miss - missed) ** 2 for miss in misses], lengths)
    n = len({day for steps in told for step in steps for day in _days(step)}) / days
    lasting = n * missed**2
    believed = lasting / (lasting + spread + USUAL_MISS**2) if n >= NEEDED_WINDOWS else 0.0
    level = math.exp(believed * max(-LARGEST_LOG, min(missed, LARGEST_LOG)))
    return LongRun(*(round_significant(value, _DIGITS) for value in (level, missed, n)))


def _missed(steps: Sequence[Step]) -> float:
    """Give log(orders that came / expected); half an order where none came."""
    came, expected = (math.fsum(getattr(step, of) for step in steps) for of in ("came", "expected"))
    return math.log(max(came, 0.5) / expected)


def _mean(values: Sequence[float], weights: Sequence[int]) -> float:
    return math.fsum(w * value for w, value in zip(weights, values, strict=True)) / sum(weights)


def _days(step: Step) -> range:
    return range(step.start.toordinal(), step.end.toordinal())
