"""The level of the season: what was missed in the same window of last year.

Season and drift are larger errors than the choice of model, and a horizon's season is known before it begins.
A model learned from the two horizons before last year's window shows how far that window was off the level
then; half of it corrects this year's. The latest window is no such anchor: it belongs to another season, and
a correction learned from it makes things worse.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

CAUTION = 0.5
"""Share of what was missed that is corrected: one window of one year is little evidence."""

LARGEST_SHIFT = 3.0


def missed_log_odds(log_odds: NDArray[np.float64], churned: NDArray[np.bool_]) -> float:
    """Find the shift at which the predicted number of churners is the actual one.

    Parameters
    ----------
    log_odds : numpy.ndarray
        Predicted log-odds, shape (n,).
    churned : numpy.ndarray
        What happened, shape (n,).

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
