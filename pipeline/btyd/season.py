"""The shop's season, as a clock: estimated from the year's rhythm, or anchored to the window a year ago."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from pipeline.btyd._numerics import Floats, round_significant
from pipeline.btyd.clock import CALENDAR, Clock, waves
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.tracking import tracking

_PAIRS = 6  # waves down to two months: a peak of a few weeks, no weekdays or holidays
_DIGITS = 8
MOST_LOG = 300.0  # twice as much is still a number
MOST_TIMES = float(np.e)  # as `pipeline.churn.level` bounds what it corrects


def exposure_clock(model: CountModel, flow: pd.DataFrame, clock: Clock = CALENDAR) -> Clock:
    """Estimate how fast the customers' clock runs through the year.

    Repeat orders by week are taken for (overdispersed) Poisson counts around what the plain model expects of
    the births, times a trend, times a season of six waves. That keeps growth and the age of the cohorts,
    which the model knows, out of the season. The waves are shrunk towards none by empirical Bayes: their
    common variance is what their squares exceed their sampling variances by, and where that is nothing the
    clock is flat. So it is where they cannot be estimated, as in a log of years with hardly an order.

    Parameters
    ----------
    model : CountModel
        Fitted without a season.
    flow : DataFrame
        Columns day (every day once, ascending), births and repeats; a year at least.
    clock : Clock, optional
        Without a season, on which the model was fitted: the result keeps its closed days.
    """
    weeks = tracking(model, flow, clock)
    weeks = weeks[weeks["expected"] > 0]
    middle = weeks["week"].to_numpy().astype("datetime64[D]") + 3
    time = np.linspace(-1.0, 1.0, len(weeks))
    design = np.column_stack([np.ones(len(weeks)), time, waves(middle, _PAIRS)])
    regression = _overdispersed_poisson(
        design, weeks["actual"].to_numpy(np.float64), np.log(weeks["expected"]).to_numpy()
    )
    if regression is None:
        return clock
    coefficients, sampling = regression[0][2:], regression[1][2:, 2:]
    variance = float(np.mean(coefficients**2 - np.diag(sampling)))
    if not variance > 0.0:
        return clock
    shrunk = variance * np.linalg.solve(sampling + variance * np.eye(len(sampling)), coefficients)
    harmonics = tuple(round_significant(value, _DIGITS) for value in shrunk.tolist())
    return replace(clock, harmonics=harmonics)


def _overdispersed_poisson(design: Floats, counts: Floats, offset: Floats) -> tuple[Floats, Floats] | None:
    """Quasi-Poisson regression by reweighted least squares: coefficients and their covariance.

    None where the steps leave what a number can hold.
    """
    log_mean = np.log(counts + 0.5)
    for _ in range(50):
        if np.abs(log_mean).max() > MOST_LOG:
            return None
        mean = np.exp(log_mean)
        target = log_mean - offset + (counts - mean) / mean
        weighted = design.T * mean
        found = np.linalg.lstsq(weighted @ design, weighted @ target, rcond=None)[0]
        last, log_mean = log_mean, offset + design @ found
        if np.abs(log_mean - last).max() < 1e-10:
            break
    mean = np.exp(log_mean)
    freedom = max(len(counts) - design.shape[1], 1)
    dispersion = max(1.0, float((((counts - mean) ** 2) / mean).sum()) / freedom)
    return found, dispersion * np.linalg.pinv((design.T * mean) @ design)


def anchor_clock(model: CountModel, summary: pd.DataFrame, horizon_days: int) -> Clock:
    """Take over half of what the model missed in the same window a year earlier.

    Of more than `MOST_TIMES` what was expected no more is believed: a log that was young then says little.

    Parameters
    ----------
    model : CountModel
        Fitted to what was known a year before the cutoff.
    summary : DataFrame
        Columns frequency, recency, T (days) of that moment, and future_orders in the window that followed.
    horizon_days : int
        Length of the window; the correction lasts as long.
    """
    expected, came = model.expected_orders(summary, horizon_days).sum(), summary["future_orders"].sum()
    times = min(float(came / expected), MOST_TIMES) if expected > 0 else 1.0
    return Clock(ahead=round_significant((1.0 + times) / 2.0, _DIGITS), ahead_days=horizon_days)
