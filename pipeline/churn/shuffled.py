"""Does anything of a label reach the inputs? Learn shuffled labels: nobody can predict those.

The labels of every cutoff are dealt out anew among its customers before anything is joined. Whatever brings a
label itself to a model (its column among the inputs, a row that is both learned from and tested) still does,
and nothing else can: an AUC beyond chance is a leak. Features that see the future are not found so; see
`pipeline.evaluation.alarms.feature_aucs`.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.churn.frame import LABELS, training_frame
from pipeline.churn.members import Member, fit_members, member_log_odds
from pipeline.features import Origin

MOST_CUSTOMERS = 5_000
READS_ALL: Member = "logistic_rich"


def shuffled_labels(
    snapshots: pd.DataFrame,
    lifetime_value: pd.DataFrame,
    origin: Origin,
    known_until: date,
    *,
    horizon_days: int,
    seed: int,
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Fit the member that reads every input to shuffled labels and predict the shuffled labels of an origin.

    Parameters
    ----------
    snapshots, lifetime_value : pandas.DataFrame
        As in `pipeline.churn.frame.training_frame`; at most 5,000 customers are looked at.
    origin : Origin
    known_until : date
        As in `pipeline.features.Cutoffs.known_until`.
    horizon_days : int
    seed : int

    Returns
    -------
    churned, log_odds : numpy.ndarray
        Of the customers at the origin.

    Raises
    ------
    InsufficientHistory
        If there are too few churners or stayers.
    """
    rng = np.random.default_rng(seed)
    at_origin = snapshots.loc[snapshots["cutoff"] == pd.Timestamp(origin.cutoff), "customer_key"]
    customers = rng.permutation(at_origin.sort_values().to_numpy())[:MOST_CUSTOMERS]
    used = pd.to_datetime(pd.Series([*origin.training, origin.cutoff]))
    few, values = (
        table[table["cutoff"].isin(used) & table["customer_key"].isin(customers)]
        for table in (snapshots, lifetime_value)
    )
    few = few.sort_values(["cutoff", "customer_key"], ignore_index=True)
    dealt = few.groupby("cutoff", sort=True)["customer_key"].transform(
        lambda rows: rng.permutation(rows.index)
    )
    labels = list(LABELS)
    few[labels] = few.loc[dealt, labels].set_axis(few.index)
    train, test = (
        training_frame(few, values, days, until, horizon_days=horizon_days)
        for days, until in ((origin.training, origin.cutoff), ([origin.cutoff], known_until))
    )
    member = fit_members(train, [READS_ALL], seed=seed)
    return test["churned"].to_numpy(dtype=bool), member_log_odds(member, test)[READS_ALL].to_numpy()
