from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.churn.scores import FROM_HISTORY, FROM_MODELS, scored_customers

KEYS = ["a", "b"]
HISTORY = pd.DataFrame(
    {
        "customer_key": KEYS,
        "cutoff": pd.Timestamp("2024-01-01"),
        **dict.fromkeys(FROM_HISTORY, 1),
        "spend_total": [3.0, 0.0],
    }
)
VALUES = pd.DataFrame({"customer_key": KEYS, **dict.fromkeys(FROM_MODELS, 2.0)})
NO_VALUES = VALUES.assign(**dict.fromkeys(FROM_MODELS, np.nan))
CHURN = np.array([0.1, 0.9])


@pytest.mark.parametrize(
    ("values", "probability", "status"),
    [
        (VALUES, CHURN, "scored"),
        (NO_VALUES, CHURN, "insufficient_history"),
        (VALUES, None, "insufficient_history"),
        (NO_VALUES, None, "insufficient_history"),
    ],
)
def test_the_status_says_whether_every_prediction_is_there(
    values: pd.DataFrame, probability: np.ndarray | None, status: str
) -> None:
    scored = scored_customers(HISTORY, values, probability)
    assert scored["score_status"].tolist() == [status, status]
    assert scored["customer_key"].tolist() == KEYS
    expected = [np.nan, np.nan] if probability is None else CHURN
    np.testing.assert_array_equal(scored["churn_probability"], expected)
    np.testing.assert_array_equal(scored["clv"], values["clv"])


@pytest.mark.parametrize(
    ("values", "basis"),
    [(VALUES, ["own_orders", "population_mean"]), (NO_VALUES, ["unknown", "unknown"])],
)
def test_it_says_whose_order_value_is_only_that_of_everybody(values: pd.DataFrame, basis: list[str]) -> None:
    assert scored_customers(HISTORY, values, CHURN)["order_value_basis"].tolist() == basis
