"""The scored customer table: what the rest of the pipeline and its readers see of the models."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FROM_MODELS = (
    "p_alive",
    "expected_orders",
    "orders_p10",
    "orders_p50",
    "orders_p90",
    "orders_sd",
    "expected_order_value",
    "expected_spend",
    "spend_p10",
    "spend_p50",
    "spend_p90",
    "spend_sd",
    "clv",
    "clv_p10",
    "clv_p50",
    "clv_p90",
)
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
    # Without any amount there is nothing to tell this customer's own order value by.
    basis = np.where(history["spend_total"] > 0, "own_orders", "population_mean")
    basis = np.where(values["expected_order_value"].reindex(history.index).notna(), basis, "unknown")
    return scores.join(
        [
            values[list(FROM_MODELS)],
            pd.Series(basis, index=history.index, name="order_value_basis", dtype="str"),
            history[list(FROM_HISTORY)],
        ]
    ).reset_index()
