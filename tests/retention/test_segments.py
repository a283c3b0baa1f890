from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.privacy.groups import MIN_GROUP
from pipeline.retention.actions import COSTLY_ACTIONS, NEXT_ACTIONS, SEGMENTS, name_segment
from pipeline.retention.lifecycle import CHURN_RISKS, LIFECYCLE_STAGES, VALUE_TIERS, value_tier
from pipeline.retention.rfm import RFM_GROUPS, rfm_group, rfm_scores, score_by_rank
from pipeline.retention.segments import (
    below_floor,
    not_worth_it,
    rfm_summary,
    risk_value_matrix,
    segment_customers,
    segment_summary,
    stage_counts,
)

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


def test_one_time_buyers_share_the_lowest_frequency_score_however_many_they_are() -> None:
    frequency = pd.Series([0] * 60 + [1] * 20 + [2] * 10 + [3] * 10)
    assert score_by_rank(frequency).tolist() == [1] * 60 + [4] * 20 + [5] * 20


def test_without_ties_the_scores_are_quintiles_and_missing_values_are_the_worst() -> None:
    assert score_by_rank(pd.Series(range(10))).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert score_by_rank(pd.Series([3.0, np.nan, 1.0, 2.0, 4.0])).tolist() == [4, 1, 2, 3, 5]


@given(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), min_size=1, max_size=50))
@settings(deadline=None, max_examples=50)
def test_a_better_value_never_has_a_lower_score_and_ties_share_theirs(values: list[float | None]) -> None:
    goodness = pd.Series(values, dtype="float64")
    score = score_by_rank(goodness)
    assert score.between(1, 5).all()
    by_value = score.groupby(goodness.fillna(-np.inf)).agg(["min", "max"])
    assert (by_value["min"] == by_value["max"]).all()
    assert by_value["max"].is_monotonic_increasing


def test_every_triple_of_scores_has_a_group_and_every_group_is_reached() -> None:
    triples = np.array(list(product(range(1, 6), repeat=3)))
    groups = rfm_group(triples[:, 0], triples[:, 1], triples[:, 2])
    assert set(groups.tolist()) == set(RFM_GROUPS)
    assert rfm_group(np.array([5, 1, 1, 5]), np.array([5, 1, 5, 1]), np.array([5, 1, 5, 1])).tolist() == [
        "champions",
        "lost",
        "cannot_lose",
        "new_customers",
    ]


def test_lately_often_and_much_is_good() -> None:
    customers = pd.DataFrame(
        {
            "days_since_last": [400, 0, 90, 30, 200],
            "frequency": [0, 9, 2, 5, 1],
            "spend_total": [5.0, 900.0, 120.0, 300.0, 40.0],
        }
    )
    scores = rfm_scores(customers)
    for name in ("rfm_recency", "rfm_frequency", "rfm_monetary"):
        assert scores[name].tolist() == [1, 5, 3, 4, 2]
    assert scores["rfm_group"].tolist() == ["lost", "champions", "need_attention", "loyal", "hibernating"]


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


def test_a_sum_over_nobody_with_a_prediction_is_missing_not_zero() -> None:
    rows = [customer(f"c{n:02}", clv=None, expected_spend=None) for n in range(12)]
    segments = segmented(*rows)
    segments["expected_spend"] = segments["expected_spend"].astype("float64")
    segments["clv"] = segments["clv"].astype("float64")
    assert segment_summary(segments)[["expected_spend", "clv"]].isna().all(axis=None)
    assert risk_value_matrix(segments)["clv"].isna().all()


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
    summary = segment_summary(found)
    assert summary["customers"].sum() == len(rows)
    assert summary["share"].sum() == pytest.approx(1)
    if len(rows) >= 10:
        assert (summary["customers"] >= 10).all()


def with_segments(**sizes: int) -> pd.DataFrame:
    names = [name for name, size in sizes.items() for _ in range(size)]
    return pd.DataFrame(
        {
            "customer_key": [f"c{i}" for i in range(len(names))],
            "segment": names,
            "churn_probability": 0.5,
            "expected_orders": 0.1,
            "expected_spend": 1.0,
            "orders_sd": 0.5,
            "spend_sd": 3.0,
            "clv": 2.0,
        }
    )


def test_chance_of_a_segment_grows_with_the_root_of_its_size() -> None:
    summary = segment_summary(with_segments(lost=100, regular=25)).set_index("segment")
    assert summary["spend_sd"].to_dict() == {"regular": 15.0, "lost": 30.0}
    assert summary["orders_sd"].to_dict() == {"regular": 2.5, "lost": 5.0}


def test_small_segments_are_merged_until_nobody_can_be_told_apart() -> None:
    summary = segment_summary(with_segments(lost=50, regular=12, slipping=9, newcomer=2))
    assert summary[["segment", "customers"]].to_numpy().tolist() == [
        ["regular", 12],
        ["lost", 50],
        ["other", 11],
    ]
    # Three people together are still few: the next smallest joins them.
    summary = segment_summary(with_segments(lost=50, regular=12, newcomer=3))
    assert summary[["segment", "customers"]].to_numpy().tolist() == [["lost", 50], ["other", 15]]
    assert summary["next_action"].tolist() == ["let_go", ""]
    assert summary["clv"].tolist() == [100.0, 30.0]
    assert segment_summary(with_segments(lost=4))["segment"].tolist() == ["other"]
    # … but not one that the page is read for, as long as there is another.
    for other, left in (("lost", ["vip_wavering", "other"]), ("slipping", ["slipping", "other"])):
        merged = segment_summary(with_segments(newcomer=3, vip_wavering=12, **{other: 50}))
        assert merged["segment"].tolist() == left
    assert segment_summary(with_segments(lost=10))["segment"].tolist() == ["lost"]


def test_rfm_groups_are_summed_up_and_small_ones_hidden() -> None:
    rows = pd.DataFrame(
        {
            "customer_key": [f"c{i}" for i in range(22)],
            "rfm_group": ["lost"] * 12 + ["champions"] * 10,
            "spend_total": 5.0,
            "clv": np.nan,
        }
    )
    found = rfm_summary(rows)
    assert found[["rfm_group", "customers", "spend_total"]].to_numpy().tolist() == [
        ["champions", 10, 50.0],
        ["lost", 12, 60.0],
    ]
    assert found["clv"].isna().all()
    assert rfm_summary(rows.assign(clv=1.0))["clv"].tolist() == [10.0, 12.0]
    fewer = rfm_summary(rows.drop(index=21))
    assert fewer[["rfm_group", "customers"]].to_numpy().tolist() == [["other", 21]], "9 alone could be told"


def test_matrix_and_stages_hide_small_groups() -> None:
    rows = pd.DataFrame(
        {
            "customer_key": [f"c{i}" for i in range(22)],
            "churn_risk": ["low"] * 10 + ["high"] * 12,
            "value_tier": ["low"] * 10 + ["high"] * 9 + ["low"] * 3,
            "lifecycle_stage": ["active"] * 10 + ["lost"] * 12,
            "clv": 1.5,
        }
    )
    matrix = risk_value_matrix(rows)
    assert matrix[["churn_risk", "value_tier"]].to_numpy().tolist() == [
        ["high", "high"],
        ["high", "low"],
        ["low", "low"],
    ]
    assert matrix["customers"].tolist() == [pd.NA, pd.NA, MIN_GROUP]
    assert matrix["clv"].isna().tolist() == [True, True, False]
    stages = stage_counts(rows.head(19))
    assert stages["lifecycle_stage"].tolist() == ["active", "lost"]
    assert stages["customers"].tolist() == [MIN_GROUP, pd.NA]
