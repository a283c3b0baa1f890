from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.crm.fields import FIELDS
from pipeline.retention.actions import COSTLY_ACTIONS, NEXT_ACTIONS, SEGMENTS, name_segment
from pipeline.retention.aggregates import below_floor, not_worth_it
from pipeline.retention.lifecycle import (
    CHURN_RISKS,
    LIFECYCLE_STAGES,
    SHOWN_DIGITS,
    VALUE_TIERS,
    value_tier,
)
from pipeline.retention.rfm import RFM_GROUPS
from pipeline.retention.segments import segment_customers

BANDS: dict[str, Any] = {
    "horizon_days": 90,
    "risk_medium": 0.5,
    "risk_high": 0.8,
    "value_high_share": 0.1,
    "value_medium_share": 0.3,
}


def customer(key: str = "c1", **changes: Any) -> dict[str, Any]:
    usual = {
        "customer_key": key,
        "score_status": "scored",
        "churn_probability": 0.6,
        "clv": 50.0,
        "expected_orders": 0.5,
        "expected_spend": 20.0,
        "orders_sd": 0.7,
        "spend_sd": 30.0,
        "frequency": 3,
        "days_since_last": 40,
        "overdue": 1.0,
        "spend_total": 200.0,
    }
    return usual | changes


def segmented(*rows: dict[str, Any], **changes: Any) -> pd.DataFrame:
    return segment_customers(pd.DataFrame(list(rows)), **BANDS | changes)


def test_every_combination_has_a_segment_and_every_segment_is_reached() -> None:
    names = {name_segment(*row) for row in product(LIFECYCLE_STAGES, VALUE_TIERS, CHURN_RISKS)}
    assert names == set(SEGMENTS)


def test_nobody_of_low_risk_gets_a_costly_action() -> None:
    actions = {
        NEXT_ACTIONS[name_segment(stage, value, "low")] for stage in LIFECYCLE_STAGES for value in VALUE_TIERS
    }
    assert not actions & set(COSTLY_ACTIONS)


def test_risk_bands_include_their_lower_threshold() -> None:
    probabilities = [0.0, 0.499, 0.5, 0.799, 0.8, 1.0, None]
    rows = (customer(f"c{i}", churn_probability=p) for i, p in enumerate(probabilities))
    assert segmented(*rows)["churn_risk"].tolist() == [
        "low",
        "low",
        "medium",
        "medium",
        "high",
        "high",
        "unknown",
    ]


def test_the_band_is_that_of_the_probability_that_is_shown() -> None:
    rows = (customer(f"c{i}", churn_probability=p) for i, p in enumerate([0.79994, 0.79996, 0.49996]))
    assert segmented(*rows)["churn_risk"].tolist() == ["medium", "high", "medium"]
    shown = next(field for field in FIELDS if field.name == "churn_probability")
    assert shown.decimals == SHOWN_DIGITS


def test_nobody_worth_less_than_the_floor_gets_a_costly_action() -> None:
    silent = {"churn_probability": 0.9, "days_since_last": 200, "overdue": 3.0}
    sleepers = [customer(f"c{i}", clv=i + 0.5, **silent) for i in range(10)]
    by_rank, by_floor = segmented(*sleepers), segmented(*sleepers, value_floor=8.5)
    assert by_rank["next_action"].tolist() == ["let_go"] * 6 + ["win_back"] * 4
    assert by_floor["next_action"].tolist() == ["let_go"] * 8 + ["win_back"] * 2
    assert by_floor["value_tier"].tolist() == ["low"] * 8 + ["medium", "high"]
    assert not_worth_it(by_rank, 8.5) == 2, "those of 6.5 and 7.5; 8.5 is worth its cost"
    assert not_worth_it(by_floor, 8.5) == 0
    assert below_floor(by_floor, 8.5) == 8


def test_value_tiers_hold_at_most_their_share_and_zero_is_low() -> None:
    tiers = value_tier(pd.Series(range(20, 0, -1), dtype=float), high_share=0.1, medium_share=0.3)
    assert tiers.tolist() == ["high"] * 2 + ["medium"] * 6 + ["low"] * 12
    tied = value_tier(pd.Series([9.0] + [5.0] * 5 + [0.0] * 4), high_share=0.1, medium_share=0.3)
    assert tied.tolist() == ["high"] + ["low"] * 9  # five equals do not fit into three places
    assert set(value_tier(pd.Series([0.0] * 5), high_share=1.0, medium_share=0.0)) == {"low"}
    assert value_tier(pd.Series([1.0, np.nan]), high_share=1.0, medium_share=0.0).tolist() == [
        "high",
        "unknown",
    ]


@pytest.mark.parametrize(
    ("changes", "stage"),
    [
        ({"frequency": 0, "days_since_last": 10, "overdue": None}, "new"),
        ({"frequency": 0, "days_since_last": 90, "overdue": None}, "dormant"),
        ({"frequency": 0, "days_since_last": 360, "overdue": None}, "lost"),
        # A second order day makes a customer one who came back.
        ({"frequency": 1, "days_since_last": 10, "overdue": 0.5}, "active"),
        ({"frequency": 1, "days_since_last": 100, "overdue": 4.0}, "at_risk"),
        ({"frequency": None, "days_since_last": 10, "overdue": None}, "new"),
        ({"days_since_last": 89, "overdue": 3.0}, "active"),
        ({"days_since_last": 89, "overdue": 3.0, "churn_probability": 0.9}, "at_risk"),
        ({"days_since_last": 100, "overdue": 4.0}, "at_risk"),
        ({"days_since_last": 180, "overdue": 9.0}, "dormant"),
        ({"days_since_last": 360, "overdue": 9.0}, "lost"),
        # Someone who orders every 200 days is not late after 180.
        ({"days_since_last": 180, "overdue": 0.9}, "active"),
        ({"days_since_last": 400, "overdue": 2.0}, "dormant"),
        # The model expects the next order, however long ago the last one is.
        ({"days_since_last": 360, "overdue": 9.0, "churn_probability": 0.1}, "active"),
        ({"days_since_last": None}, "unknown"),
    ],
)
def test_lifecycle_stages(changes: dict[str, Any], stage: str) -> None:
    assert segmented(customer(**changes))["lifecycle_stage"].tolist() == [stage]


def test_a_customer_who_is_not_scored_gets_no_recommendation_whatever_numbers_are_there() -> None:
    row = segmented(customer(score_status="objected")).iloc[0]
    assert (row["churn_risk"], row["value_tier"], row["segment"]) == ("unknown", "unknown", "not_scored")
    assert row["next_action"] == "no_recommendation"
    assert row["rfm_group"] in RFM_GROUPS


def test_below_a_data_floor_the_prediction_that_is_there_counts() -> None:
    churn = segmented(customer(score_status="insufficient_history", clv=None)).iloc[0]
    assert churn["churn_risk"] != "unknown"
    assert (churn["value_tier"], churn["segment"]) == ("unknown", "not_scored")
    value = segmented(customer(score_status="insufficient_history", churn_probability=None)).iloc[0]
    assert value["value_tier"] != "unknown"
    assert (value["churn_risk"], value["segment"]) == ("unknown", "not_scored")


numbers = st.one_of(st.none(), st.floats(0, 5000))
customers = st.fixed_dictionaries(
    {
        "score_status": st.sampled_from(["scored", "scored", "objected"]),
        "churn_probability": st.one_of(st.none(), st.floats(0, 1)),
        "clv": numbers,
        **dict.fromkeys(["expected_orders", "expected_spend", "orders_sd", "spend_sd"], numbers),
        "frequency": st.one_of(st.none(), st.integers(0, 50)),
        "days_since_last": st.one_of(st.none(), st.integers(0, 3000)),
        "overdue": numbers,
        "spend_total": numbers,
    }
)


@given(rows=st.lists(customers, min_size=1, max_size=30), seed=st.integers(0, 10))
@settings(deadline=None, max_examples=40)
def test_every_row_gets_exactly_one_documented_value(rows: list[dict[str, Any]], seed: int) -> None:
    kinds = {name: "float64" for name in rows[0] if name != "score_status"}
    scored = pd.DataFrame(rows).astype(kinds).assign(customer_key=[f"c{i}" for i in range(len(rows))])
    found = segment_customers(scored, **BANDS)
    for column, values in {
        "rfm_group": RFM_GROUPS,
        "churn_risk": CHURN_RISKS,
        "value_tier": VALUE_TIERS,
        "lifecycle_stage": LIFECYCLE_STAGES,
        "segment": SEGMENTS,
    }.items():
        assert found[column].isin(values).all()
    assert found["next_action"].tolist() == [NEXT_ACTIONS[segment] for segment in found["segment"]]
    low = found["churn_risk"] == "low"
    assert not found.loc[low, "next_action"].isin(COSTLY_ACTIONS).any()

    shuffled = segment_customers(scored.sample(frac=1, random_state=seed), **BANDS)
    pd.testing.assert_frame_equal(shuffled, found)
