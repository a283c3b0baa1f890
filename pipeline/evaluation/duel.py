"""Two churn models on the same customers: how much lower is the log loss of one of them?"""

from __future__ import annotations

import pandas as pd

from pipeline.evaluation.bootstrap import Estimate, judged_customers, measure
from pipeline.evaluation.metrics import log_loss
from pipeline.evaluation.weighted import FloatArray


def duel(
    holdout: pd.DataFrame, challenger: FloatArray, champion: FloatArray, *, seed: int, resamples: int
) -> Estimate:
    """Give the challenger's log loss minus the champion's, with its paired interval.

    Parameters
    ----------
    holdout : pandas.DataFrame
        ``customer_key``, ``cutoff`` and ``churned``, one row per customer.
    challenger, champion : numpy.ndarray
        P(churned) for each row, shape (len(holdout),).
    seed, resamples : int
        Of the customer bootstrap.

    Returns
    -------
    Estimate
        Negative where the challenger is better, in nats per customer; not a number without rows.
    """
    said = holdout[["customer_key", "cutoff", "churned"]].assign(challenger=challenger, champion=champion)
    measured = measure(
        judged_customers(said, seed),
        "churned",
        ["challenger", "champion"],
        {"log_loss": log_loss},
        seed=seed,
        resamples=resamples,
    )
    return measured.difference("challenger", "champion", "log_loss")
