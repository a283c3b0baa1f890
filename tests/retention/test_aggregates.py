from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.privacy.groups import MIN_GROUP
from pipeline.retention.actions import SEGMENTS
from pipeline.retention.aggregates import rfm_summary, risk_value_matrix, segment_summary, stage_counts


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


def test_a_sum_over_nobody_with_a_prediction_is_missing_not_zero() -> None:
    nobody = with_segments(not_scored=12).assign(clv=np.nan, expected_spend=np.nan)
    assert segment_summary(nobody)[["expected_spend", "clv"]].isna().all(axis=None)
    one = nobody.assign(clv=[5.0] + [np.nan] * 11)
    assert segment_summary(one)["clv"].tolist() == [5.0]
    bands = nobody.assign(churn_risk="unknown", value_tier="unknown")
    assert risk_value_matrix(bands)["clv"].isna().all()


@given(st.dictionaries(st.sampled_from(SEGMENTS), st.integers(1, 30), min_size=1))
@settings(deadline=None, max_examples=40)
def test_everybody_is_counted_and_nobody_can_be_told_apart(sizes: dict[str, int]) -> None:
    summary = segment_summary(with_segments(**sizes))
    assert summary["customers"].sum() == sum(sizes.values())
    assert summary["share"].sum() == pytest.approx(1)
    if sum(sizes.values()) >= MIN_GROUP:
        assert (summary["customers"] >= MIN_GROUP).all()


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
    enough = segment_summary(with_segments(lost=50, slipping=6, newcomer=4))
    assert enough["customers"].tolist() == [50, 10]
    # Three people together are still few: the next smallest joins them.
    summary = segment_summary(with_segments(lost=50, regular=12, newcomer=3))
    assert summary[["segment", "customers"]].to_numpy().tolist() == [["lost", 50], ["other", 15]]
    assert summary["next_action"].tolist() == ["let_go", ""]
    assert summary["clv"].tolist() == [100.0, 30.0]
    assert segment_summary(with_segments(lost=4))["segment"].tolist() == ["other"]
    # … but not one that the page is read for, as long as there is another.
    for read_for, other, left in (
        ("vip_wavering", "lost", ["vip_wavering", "other"]),
        ("vip_secure", "drifting", ["vip_secure", "other"]),
        ("vip_wavering", "slipping", ["slipping", "other"]),
    ):
        merged = segment_summary(with_segments(newcomer=3, **{read_for: 12, other: 50}))
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


def test_a_shop_of_fewer_customers_than_a_group_has_no_rfm_groups_to_show() -> None:
    rows = pd.DataFrame(
        {"customer_key": list("abcdefghi"), "rfm_group": "loyal", "spend_total": 5.0, "clv": 1.0}
    )
    assert rfm_summary(rows).empty
    assert list(rfm_summary(rows)) == ["rfm_group", "customers", "spend_total", "clv"]
    ten = pd.concat([rows, rows.tail(1).assign(customer_key="j")])
    assert rfm_summary(ten)["customers"].tolist() == [10]
