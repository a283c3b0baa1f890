"""The scored customer table: what the rest of the pipeline and its readers see of the models."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FROM_MODELS = ("p_alive", "expected_orders", "expected_order_value", "expected_spend", "clv")
FROM_HISTORY = (
    "frequency",
    "recency",
    "T",
    "monetary_value",
    "orders",
    "spend_total",
    "average_order_value",
    "days_since_last",
    "overdue",
    "first_order_on",
    "last_order_on",
)


def scored_customers(
    snapshots: pd.DataFrame, lifetime_value: pd.DataFrame, probability: NDArray[np.float64] | None
) -> pd.DataFrame:
    """Put scores and history of one cutoff side by side.

    Parameters
    ----------
    snapshots, lifetime_value : DataFrame
        The rows of one cutoff, one per customer, each sorted by `customer_key`.
    probability : ndarray or None
        Churn probability of each row, shape (customers,). None where there is no model.

    Returns
    -------
    DataFrame
        One row per customer, sorted by `customer_key`; the columns are described in docs/outputs.md. The
        `score_status` is "scored" where both predictions are there, else "insufficient_history".
    """
    history = snapshots.set_index("customer_key")
    values = lifetime_value.set_index("customer_key")
    churn = pd.Series(np.nan if probability is None else probability, index=history.index)
    is_scored = churn.notna() & values["clv"].reindex(history.index).notna()
    status = pd.Series(
        np.where(is_scored, "scored", "insufficient_history"), index=history.index, dtype="str"
    )
    scores = pd.DataFrame({"as_of": history["cutoff"], "score_status": status, "churn_probability": churn})
    return scores.join([values[list(FROM_MODELS)], history[list(FROM_HISTORY)]]).reset_index()
