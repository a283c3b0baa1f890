"""The level: how many will churn, how much all will spend, apart from who does.

A model that learns from past windows repeats their level, which in a young shop is that of its launch, while
the lifetime model knows that customers grow old and leave. The level is therefore the lifetime model's, as
far as earlier origins do not show that the blend's own comes nearer: see `trust_in_blend`.

Season and drift are larger errors than the choice of model, and a horizon's season is known before it begins.
What the lifetime model missed in the same window of last year, beyond what it missed before, is taken for the
season's, see `of_season`; half of it corrects this year's. The latest window is no such anchor: it belongs to
another season, and a correction learned from it makes things worse.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

CAUTION = 0.5
"""Share of what was missed that is corrected: one window of one year is little evidence."""

LARGEST_SHIFT = 3.0

LARGEST_LOG_LEVEL = 1.0


def missed_log_odds(log_odds: NDArray[np.float64], churned: NDArray[np.bool_] | NDArray[np.float64]) -> float:
    """Find the shift at which the predicted number of churners is the actual one.

    Parameters
    ----------
    log_odds : numpy.ndarray
        Predicted log-odds, shape (n,).
    churned : numpy.ndarray
        What happened, or its probability under another model, shape (n,).

    Returns
    -------
    float
        delta with ``sum(expit(log_odds + delta)) = sum(churned)``, kept within -3 to 3.
    """
    actual = churned.mean()

    def missed(shift: float) -> float:
        return float(expit(log_odds + shift).mean() - actual)

    if missed(-LARGEST_SHIFT) >= 0:
        return -LARGEST_SHIFT
    if missed(LARGEST_SHIFT) <= 0:
        return LARGEST_SHIFT
    return float(brentq(missed, -LARGEST_SHIFT, LARGEST_SHIFT, xtol=1e-9))


def missed_log_total(expected: NDArray[np.float64], actual: NDArray[np.float64]) -> float:
    """Give half of the logarithm by which a total was missed, within -1 to 1; 0 where there was none."""
    if not (actual.sum() > 0 and expected.sum() > 0):
        return 0.0
    missed = float(np.log(actual.sum() / expected.sum()))
    return CAUTION * float(np.clip(missed, -LARGEST_LOG_LEVEL, LARGEST_LOG_LEVEL))


def of_season(then: float, before: float) -> float:
    """Give the part of a miss that is the season's: what was missed at all, and beyond the usual miss.

    A model that was far off before and is less so then has learned, in a log that was young: no season.

    Parameters
    ----------
    then : float
        What was missed in last year's window, as a logarithm.
    before : float
        What was missed in the windows before it.

    Returns
    -------
    float
        The smaller of ``then`` and ``then - before``; 0 where they contradict each other.
    """
    beyond = then - before
    return min(then, beyond, key=abs) if then * beyond > 0 else 0.0


def trust_in_blend(apart: Sequence[float], missed: Sequence[float]) -> float:
    """Learn from earlier origins how far to go from the lifetime model's level to the blend's own.

    Ridge regression through the origin, ``missed = trust * apart + noise``, with a standard normal prior of
    the trust and noise as large as the misses were. Without evidence the level is the lifetime model's; a
    blend that was right each time is trusted n / (n + 1) after n windows; one that lay beside the lifetime
    model while both were far off is trusted little.

    Parameters
    ----------
    apart : sequence of float
        By earlier origin, the blend's own level less the lifetime model's: logarithms of totals, or log-odds.
    missed : sequence of float
        The actual level less the lifetime model's.

    Returns
    -------
    float
        From 0 to 1.
    """
    x, y = np.asarray(apart, dtype=np.float64), np.asarray(missed, dtype=np.float64)
    if not y.any():
        return 0.0
    return float(np.clip((x * y).sum() / ((x**2).sum() + (y**2).mean()), 0, 1))
