"""Is the whole predicted distribution of spend right, not only its mean?

The continuous ranked probability score of a distribution with quantiles q(tau) at the outcome y is twice the
mean of the pinball losses over all levels (Gneiting and Raftery 2007, Journal of the American Statistical
Association 102(477), section 4; Laio and Tamea 2007, Hydrology and Earth System Sciences 11(4)),

    CRPS = 2 * integral over tau of (1{y < q(tau)} - tau) (q(tau) - y),

here over the middles of twenty equal steps of tau. It is in money, and for a forecast without any spread it
is the absolute error. Whether the outcome lies between P10 and P90 is asked of randomised PIT, so that the
many zeros do not flatter it: who spent nothing, of whom a share p of the distribution said so, stands for all
levels from 0 to p, of which the part between the levels of P10 and P90 counts as inside (Czado, Gneiting and
Held 2009, Biometrics 65(4)).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipeline.evaluation.bootstrap import measure
from pipeline.evaluation.weighted import BINS, FloatArray, mean, quantile_bins

STEPS = 20
CRPS_LEVELS = (np.arange(STEPS) + 0.5) / STEPS
"""The levels of the quantiles that the CRPS is made of, ascending."""
SHOWN_LEVELS = np.array([0.1, 0.5, 0.9])
SCORES = ("crps", "pinball_p10", "pinball_p50", "pinball_p90", "coverage_80")
RIGHT = 0.8
LARGEST_MISS = 0.05


def distribution_scores(
    actual: FloatArray,
    quantiles: FloatArray,
    shown: FloatArray,
    p_nothing: FloatArray,
    half_width: FloatArray | float = RIGHT / 2,
) -> pd.DataFrame:
    """Score each predicted distribution at what was spent.

    Parameters
    ----------
    actual : numpy.ndarray
        Spend, shape (n,).
    quantiles : numpy.ndarray
        Of the predicted spend at `CRPS_LEVELS`, shape (n, 20).
    shown : numpy.ndarray
        P10, P50 and P90 as they are given to the reader, shape (n, 3).
    p_nothing : numpy.ndarray
        Predicted chance of no order, shape (n,).
    half_width : numpy.ndarray or float
        How far the levels that P10 and P90 were read from are from the median: 0.4 as modelled.

    Returns
    -------
    pandas.DataFrame
        `SCORES`: all but the last in money; ``coverage_80`` is 0 or 1, or in between for who spent nothing.
    """
    low, _, high = shown.T
    inside = ((low <= actual) & (actual <= high)).astype(np.float64)
    below, above = 0.5 - np.asarray(half_width), 0.5 + np.asarray(half_width)
    nothing = np.maximum(p_nothing, np.finfo(np.float64).tiny)
    share = np.clip(np.minimum(p_nothing, above) - below, 0, None) / nothing
    columns = [
        2 * pinball_losses(actual, quantiles, CRPS_LEVELS).mean(axis=1),
        *pinball_losses(actual, shown, SHOWN_LEVELS).T,
        np.where(actual > 0, inside, share),
    ]
    return pd.DataFrame(dict(zip(SCORES, columns, strict=True)))


def pinball_losses(actual: FloatArray, quantiles: FloatArray, levels: FloatArray) -> FloatArray:
    """Give the loss of each quantile, shape (n, len(levels)), whose mean is least for the true one."""
    miss = actual[:, np.newaxis] - quantiles
    return np.maximum(levels * miss, (levels - 1) * miss)


def distribution_metrics(
    rows: pd.DataFrame, *, seed: int, resamples: int
) -> tuple[dict[str, dict[str, Any]] | None, pd.DataFrame]:
    """Average the scores, with customer-bootstrap intervals.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``customer_key``, ``cutoff``, ``expected`` (spend) and `SCORES`; the last cutoff is the holdout.
    seed, resamples : int

    Returns
    -------
    scores : dict or None
        Of the ``holdout`` and of the ``backtest`` (the mean over all cutoffs) each score as {value, low,
        high}; None without rows.
    tenths : pandas.DataFrame
        `coverage_by_tenth` of the holdout.
    """
    if rows.empty:
        return None, coverage_by_tenth(np.empty(0), np.empty(0))

    def mean_score(_: FloatArray, score: FloatArray, weight: FloatArray | None) -> FloatArray:
        return mean(score, weight)

    nothing = rows.assign(nothing=0.0)
    found = measure(nothing, "nothing", SCORES, {"mean": mean_score}, seed=seed, resamples=resamples)
    last = rows[rows["cutoff"] == found.origins[-1]]
    tenths = coverage_by_tenth(last["expected"].to_numpy(), last["coverage_80"].to_numpy())
    return {
        part: {name: found.estimate(name, "mean", origin).as_dict() for name in SCORES}
        for part, origin in (("holdout", found.origins[-1]), ("backtest", None))
    }, tenths


def coverage_by_tenth(expected: FloatArray, coverage: FloatArray) -> pd.DataFrame:
    """Average the coverage in tenths of the customers by expected spend.

    Returns
    -------
    pandas.DataFrame
        ``bin`` (1 = those who spend least), ``expected`` (mean, in money), ``coverage`` with ``low`` and
        ``high`` (95 %, normal), ``n``, and ``is_off``: further than 5 percentage points from 80 %, and not by
        chance. Ties can leave a bin empty; it is then left out.
    """
    order = np.lexsort((coverage, expected))
    bins = quantile_bins(expected[order], np.ones(len(order))) + 1 if len(order) else order
    by_bin = pd.DataFrame({"bin": bins, "expected": expected[order], "coverage": coverage[order]}).groupby(
        "bin"
    )
    found = by_bin.agg(expected=("expected", "mean"), coverage=("coverage", "mean"), n=("coverage", "size"))
    half = 1.96 * by_bin["coverage"].std(ddof=0) / np.sqrt(found["n"])
    low, high = (found["coverage"] - half).clip(lower=0), (found["coverage"] + half).clip(upper=1)
    is_off = ((found["coverage"] - RIGHT).abs() > LARGEST_MISS) & ((low > RIGHT) | (high < RIGHT))
    found = found.assign(low=low, high=high, is_off=is_off).reindex(range(1, BINS + 1)).dropna()
    return found.astype({"n": int, "is_off": bool}).reset_index()[
        ["bin", "expected", "coverage", "low", "high", "n", "is_off"]
    ]
