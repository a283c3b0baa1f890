from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

ROW = {
    "as_of": pd.Timestamp("1998-07-01"),
    "score_status": "scored",
    "segment": "slipping",
    "next_action": "win_back",
    "churn_probability": 0.73125,
    "churn_risk": "medium",
    "reason_1": "No order for 143 days; usually every 31 days",
    "reason_2": "0 orders in the last 90 days (average 1.2)",
    "reason_3": None,
    "reasons_for": "leaving",
    "reason_topics": "recency frequency",
    "value_tier": "high",
    "lifecycle_stage": "at_risk",
    "clv": 1234.5,
    "clv_p10": 0.0,
    "clv_p50": 1080.25,
    "clv_p90": 2301.754,
    "expected_spend": 21.168,
    "spend_p10": 0.0,
    "spend_p50": 14.771,
    "spend_p90": 62.309,
    "expected_orders": 0.61134,
    "expected_order_value": 34.6,
    "order_value_basis": "own_orders",
    "rfm_group": "champions",
    "rfm_recency": 4,
    "rfm_frequency": 5,
    "rfm_monetary": 3,
    "orders": 7,
    "spend_total": 251.3,
    "average_order_value": 35.9,
    "days_since_last": 41,
    "first_order_on": pd.Timestamp("1997-02-11"),
    "last_order_on": pd.Timestamp("1998-05-20"),
    "overdue": 1.3,  # not part of the export
}


@pytest.fixture
def make() -> Callable[..., tuple[pd.DataFrame, pd.DataFrame]]:
    """Make segments and identities for customer numbers; each may come with changed columns."""

    def build(*customers: str | tuple[str, dict[str, Any]] | None) -> tuple[pd.DataFrame, pd.DataFrame]:
        pairs = [one if isinstance(one, tuple) else (one, {}) for one in customers]
        keys = [f"k{i}" for i in range(len(pairs))]
        rows = [ROW | changes | {"customer_key": key} for key, (_, changes) in zip(keys, pairs, strict=True)]
        identities = pd.DataFrame(
            {"customer_key": keys, "customer_id": pd.Series([number for number, _ in pairs], dtype="str")}
        )
        return pd.DataFrame(rows), identities

    return build
