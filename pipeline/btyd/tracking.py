"""Repeat orders of all customers day by day: what a model expects of the births, beside what came."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from scipy.interpolate import PchipInterpolator

from pipeline.btyd._numerics import Floats
from pipeline.btyd.clock import CALENDAR, Clock
from pipeline.btyd.countmodel import CountModel

_AGES = 64


def tracking(
    model: CountModel, flow: pd.DataFrame, clock: Clock = CALENDAR, cutoff: date | None = None
) -> pd.DataFrame:
    """Expected and actual repeat orders by week.

    The expected number of repeat orders of all customers is the sum of E[X(t)] over their ages, eq. (9) of
    Fader, Hardie and Lee (2005) with x = t_x = T = 0: it needs the days of birth alone.

    Parameters
    ----------
    model : CountModel
        Fitted on the same clock.
    flow : DataFrame
        Columns day (every day once, ascending), births and repeats.
    clock : Clock, optional
        On which the model was fitted; flat by default.
    cutoff : date, optional
        As of which it was fitted, where the flow goes on after that.

    Returns
    -------
    DataFrame
        One row per whole week up to the last day: week (its first day), expected, actual.
    """
    days = flow["day"].to_numpy().astype("datetime64[D]")
    weeks = len(days) // 7
    first = len(days) - 7 * weeks
    until = np.cumsum(clock.speed(days, cutoff))  # exposure at the end of each day
    births, born = flow["births"].to_numpy(np.float64), until
    reached = np.concatenate([[until[first - 1] if first else 0.0], until[first + 6 :: 7]])
    so_far = expected_so_far(model, np.maximum(reached[:, None] - born, 0.0)) @ births
    actual = flow["repeats"].to_numpy()[first:].reshape(weeks, 7).sum(axis=1)
    return pd.DataFrame(
        {"week": flow["day"].to_numpy()[first::7], "expected": np.diff(so_far), "actual": actual}
    )


def expected_so_far(model: CountModel, age: Floats) -> Floats:
    """E[X(t)] of new customers at many ages (days), interpolated between a few."""
    oldest = max(float(age.max(initial=0.0)), 1.0)
    grid = oldest * np.linspace(0.0, 1.0, _AGES) ** 2
    curve = PchipInterpolator(grid, model.expected_of_newcomer(grid))
    expected: Floats = curve(age)
    return expected
