"""Trees that learned who orders in the first half of the horizon, brought to the whole of it.

Where most customers order in any horizon, that somebody did says little; how soon says more. The silence of
the first half is another view of the same customers, with another share of silent ones, and its log-odds lie
near a line of those of the whole: ``slope * log-odds + intercept`` by logistic regression on the same rows.
The line goes into baseline and leaves, so that the trees stay a sum, and their explanation exact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def to_whole_horizon(
    trees: HistGradientBoostingClassifier, log_odds: Floats, churned: Bools, weights: Floats | None = None
) -> None:
    """Make fitted trees speak of the whole horizon, in place.

    Parameters
    ----------
    trees : HistGradientBoostingClassifier
        Fitted to who is silent in the first half.
    log_odds : numpy.ndarray
        What they say of the training rows, shape (n,).
    churned : numpy.ndarray
        Who of these was silent in the whole horizon, shape (n,); some, but not all.
    weights : numpy.ndarray, optional
        Of the rows, shape (n,).
    """
    slope, intercept = rising_line(log_odds, churned, weights)
    trees._baseline_prediction = slope * trees._baseline_prediction + intercept
    for (predictor,) in trees._predictors:
        predictor.nodes["value"] *= slope


def rising_line(log_odds: Floats, churned: Bools, weights: Floats | None = None) -> tuple[float, float]:
    """Fit slope and intercept; where the line would fall, say of everybody what is true of all.

    Customers who order every 70 days do so in the second half of 91 because they did not in the first: a line
    that falls would turn every reason around.
    """
    line = LogisticRegression(solver="newton-cholesky").fit(log_odds[:, np.newaxis], churned, weights)
    if line.coef_.item() > 0:
        return float(line.coef_.item()), float(line.intercept_.item())
    return 0.0, float(logit(np.average(churned, weights=weights)))
