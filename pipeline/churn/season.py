"""What last year's window tells of the season, for churn and for totals.

The lifetime model's own predictions are asked, as it has learned to expect that a young log's customers grow
old; a classifier of a year ago hardly had the history to know that. See `pipeline.churn.level`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import logit

from pipeline.churn.level import CAUTION, missed_log_odds, missed_log_total, of_season
from pipeline.churn.members import FEWEST_CUSTOMERS_PER_CLASS, check_classes
from pipeline.errors import InsufficientHistory

OF_LAST_YEAR = ("p_no_order", "expected_spend")
"""The inputs that last year's window is asked for."""

RARE = 1e-6
"""Nobody is surer than that: keeps log-odds finite."""


@dataclass(frozen=True)
class Window:
    """Rows to learn from and the rows of the window that followed.

    Attributes
    ----------
    train, test : pandas.DataFrame
        As from `pipeline.churn.frame.training_frame` with the inputs `OF_LAST_YEAR`; the labels of `train`
        end before `test` begins.
    """

    train: pd.DataFrame
    test: pd.DataFrame


def tells_of_today(then: str | None, now: str | None) -> bool:
    """Tell whether last year's misses can be expected of today's lifetime model.

    Not if it has learned the season since: what was missed without a season is in its expectations by now,
    and a correction would count it twice.

    Parameters
    ----------
    then, now : {"off", "exposure", "half_exposure", "anchor"} or None
        How the lifetime models of last year's window and of today treat the season; None without a model.
    """
    return now in (None, "off", then)


def seasonal_shift(last_year: Window) -> float | None:
    """Give half of what the lifetime model missed in last year's window beyond its usual miss, in log-odds.

    None where there was no such model.
    """
    missed = []
    for window in (last_year.train, last_year.test):
        rows = window.dropna(subset="p_no_order")
        try:
            check_classes(rows)
        except InsufficientHistory:
            return None
        said = rows["p_no_order"].to_numpy()
        missed.append(missed_log_odds(logit(np.clip(said, RARE, 1 - RARE)), rows["churned"].to_numpy(bool)))
    before, then = missed
    return CAUTION * of_season(then, before)


def seasonal_total(last_year: Window) -> float | None:
    """Do for totals what `seasonal_shift` does for churn, as a logarithm.

    None where there was no such model, or where so few bought that one large order is the total.
    """
    missed = []
    for window in (last_year.train, last_year.test):
        rows = window.dropna(subset="expected_spend")
        if rows.loc[rows["future_spend"] > 0, "customer_key"].nunique() < FEWEST_CUSTOMERS_PER_CLASS:
            return None
        missed.append(missed_log_total(rows["expected_spend"].to_numpy(), rows["future_spend"].to_numpy()))
    before, then = missed
    return of_season(then, before)
