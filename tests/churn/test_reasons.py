from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.churn.frame import FEATURES, LIFETIME_MODEL, TOPICS, WORDS
from pipeline.churn.reasons import (
    COLUMNS,
    LEAST,
    choose_reasons,
    examples,
    reason_counts,
    topics_of,
)
from pipeline.privacy.groups import MIN_GROUP

WHO_SOMEBODY_IS = TOPICS["demographics"]
COLUMNS_SEEN = ["days_since_last", "overdue", "frequency", "orders_90d", "T", "p_no_order"]
AVERAGES = pd.Series([60.0, 2.0, 3.0, 1.0, 300.0, 0.5], COLUMNS_SEEN)
LEAVING = dict(zip(COLUMNS_SEEN, [143.0, 4.6, 1.0, 0.0, 500.0, 0.9], strict=True))
STAYING = dict(zip(COLUMNS_SEEN, [5.0, 0.2, 9.0, 4.0, 100.0, 0.1], strict=True))


def chosen(contributions: dict[str, float], values: dict[str, Any], risk: str = "high") -> list[str]:
    """The reasons of one customer."""
    found = choose_reasons(
        pd.DataFrame([dict.fromkeys(AVERAGES.index, 0.0) | contributions]),
        pd.DataFrame([values]),
        AVERAGES,
        pd.Series([risk]),
    )
    return found[list(COLUMNS)].iloc[0].dropna().tolist()


def test_the_topics_that_raise_the_risk_most_come_first() -> None:
    pushes = {"overdue": 0.9, "frequency": 0.2, "orders_90d": 0.1, "T": 0.15}
    assert chosen(pushes, LEAVING) == ["overdue", "frequency", "T"]


def test_what_one_reason_has_told_no_other_tells_again() -> None:
    pushes = {"days_since_last": 0.5, "overdue": 0.9, "orders_90d": 0.4, "frequency": 0.2}
    assert chosen(pushes, LEAVING) == ["overdue", "frequency"], "no order in 90 days is the same silence"
    assert chosen(pushes, LEAVING | {"orders_90d": 0.5}) == ["overdue", "orders_90d"]
    assert chosen(pushes | {"overdue": 0.3}, LEAVING) == ["orders_90d"], "the other topics tell nothing else"


def test_who_came_thirteen_times_paid_thirteen_times_and_is_told_once() -> None:
    found = choose_reasons(
        pd.DataFrame({"frequency": [-0.5], "spend_days": [-0.4], "spend_90d": [-0.2]}),
        pd.DataFrame({"frequency": [12.0], "spend_days": [12.0], "spend_90d": [90.0]}),
        pd.Series({"frequency": 2.0, "spend_days": 2.0, "spend_90d": 20.0}),
        pd.Series(["low"]),
    )
    assert found[list(COLUMNS)].iloc[0].dropna().tolist() == ["spend_days"], "money is the stronger topic"


def test_what_is_left_of_a_topic_has_to_be_a_reason_by_itself() -> None:
    pushes = {"overdue": 0.9, "orders_90d": 0.4, "frequency": LEAST * 0.99}
    assert chosen(pushes, LEAVING) == ["overdue"]
    assert chosen(pushes | {"overdue": 0.0}, LEAVING) == ["orders_90d"]
    assert chosen(pushes | {"frequency": LEAST}, LEAVING) == ["overdue", "frequency"]


def test_features_of_one_topic_are_one_reason() -> None:
    assert chosen({"frequency": 0.4, "orders_90d": 0.3, "days_since_last": 0.5}, LEAVING) == [
        "frequency",
        "days_since_last",
    ]


def test_for_low_risk_it_is_what_holds_the_customer() -> None:
    pushes = {"days_since_last": -0.5, "overdue": 0.9, "frequency": -0.2}
    assert chosen(pushes, STAYING, "low") == ["days_since_last", "frequency"]


@pytest.mark.parametrize(("base_value", "side"), [(0.6, "leaving"), (0.1, "staying")])
def test_for_medium_risk_it_is_the_side_that_is_likelier(base_value: float, side: str) -> None:
    pushes = {"base_value": base_value, "level_shift": -0.2, "overdue": 0.3, "frequency": -0.5}
    found = choose_reasons(
        pd.DataFrame([dict.fromkeys(AVERAGES.index, 0.0) | pushes]),
        pd.DataFrame([LEAVING | {"frequency": 9.0}]),
        AVERAGES,
        pd.Series(["medium"]),
    )
    assert found["reasons_for"].tolist() == [side]
    assert found["reason_1"].tolist() == ["overdue" if side == "leaving" else "frequency"]


def test_for_medium_risk_the_other_side_speaks_where_nothing_else_does() -> None:
    pushes = pd.DataFrame({"base_value": 1.0, "overdue": [0.3, 0.05, 0.3], "frequency": -0.5})
    values = pd.DataFrame([LEAVING | {"frequency": 9.0}] * 3)
    found = choose_reasons(pushes, values, AVERAGES, pd.Series(["medium", "medium", "high"]))
    assert found["reasons_for"].tolist() == ["leaving", "staying", "leaving"]
    assert found["reason_1"].tolist() == ["overdue", "frequency", "overdue"]


def test_customers_are_looked_at_block_by_block_to_the_same_end(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    pushes = pd.DataFrame({name: rng.normal(0, 0.5, 9) for name in ("base_value", *FEATURES)})
    values = pd.DataFrame({name: rng.gamma(1, 3, 9) for name in FEATURES})
    risk = pd.Series(["low", "medium", "high"] * 3)
    whole = choose_reasons(pushes, values, values.mean(), risk)
    monkeypatch.setattr("pipeline.churn.reasons.BLOCK", 2)
    pd.testing.assert_frame_equal(choose_reasons(pushes, values, values.mean(), risk), whole)
    assert len(set(whole["reason_1"])) > 1


@pytest.mark.parametrize(
    ("feature", "value"),
    [("frequency", 9.0), ("days_since_last", 5.0), ("overdue", 0.5), ("T", 310.0), ("overdue", np.nan)],
)
def test_what_tells_the_opposite_or_is_average_or_missing_is_no_reason(feature: str, value: float) -> None:
    assert chosen({feature: 0.5}, LEAVING) == [feature]
    assert chosen({feature: 0.5}, LEAVING | {feature: value}) == []


@pytest.mark.parametrize(
    ("feature", "value", "risk", "is_told"),
    [
        ("long_gaps", 0.0, "high", False),  # once came: no gap could be long
        ("long_gaps", 1.0, "high", True),
        ("days_since_return", 724.0, "high", False),
        ("days_since_return", 5.0, "high", True),
        ("days_since_return", 5.0, "low", False),
        ("returned_share", 0.9, "low", False),
        ("average_order_value", 300.0, "high", False),
        ("average_order_value", 6.0, "high", True),
        ("average_order_value", 6.0, "low", False),
        ("monetary_value", 0.0, "high", False),  # the same
        ("gap_cv", 70.0, "low", False),
        ("mean_gap_days", 434.0, "low", False),
        ("mean_gap_days", 434.0, "high", True),
    ],
)
def test_what_nobody_would_take_for_a_reason_is_none(
    feature: str, value: float, risk: str, is_told: bool
) -> None:
    average = 60.0 if feature != "returned_share" else 0.2
    found = choose_reasons(
        pd.DataFrame([{feature: 0.5 if risk == "high" else -0.5}]),
        pd.DataFrame([{feature: value}]),
        pd.Series({feature: average}),
        pd.Series([risk]),
    )
    assert found["reason_1"].dropna().tolist() == ([feature] if is_told else [])


def test_another_feature_of_the_topic_tells_instead() -> None:
    pushes = {"frequency": 0.5, "orders_90d": 0.1}
    assert chosen(pushes, LEAVING | {"frequency": 9.0}) == ["orders_90d"]


def test_tiny_contributions_are_no_reasons() -> None:
    assert chosen({"overdue": -LEAST * 0.99}, STAYING, "low") == []
    assert chosen({"overdue": -LEAST * 1.01}, STAYING, "low") == ["overdue"]


def test_without_a_risk_or_an_explanation_there_is_no_reason() -> None:
    assert chosen({"overdue": 0.9}, LEAVING, "unknown") == []
    nobody = choose_reasons(pd.DataFrame(), pd.DataFrame(), AVERAGES, pd.Series(dtype="str"))
    assert nobody.empty
    assert list(nobody) == [*COLUMNS, "reasons_for"]


def test_a_forecast_is_no_reason_and_gives_way_to_what_the_customer_did() -> None:
    assert chosen({"p_no_order": 2.0, "overdue": 0.5}, LEAVING) == ["overdue"]


def test_topics_are_named_in_the_order_of_the_reasons() -> None:
    reasons = pd.DataFrame([["overdue", "T", None], [None, None, None]], columns=list(COLUMNS))
    assert topics_of(reasons) == ["rhythm tenure", ""]


def test_every_input_has_words() -> None:
    of_no_use = {"same_weekday", "same_month", "season_level", "season_sin", "season_cos", "channel_entropy"}
    of_no_use |= {"first_order_weekday", "first_order_month", "first_in_peak_month"}
    of_no_use |= {"faded_orders", "faded_orders_quarter_horizon", "faded_orders_4_horizons", "faded_spend"}
    of_no_use |= {"active_horizon_share", "largest_to_mean"}
    of_no_use |= set(LIFETIME_MODEL)
    assert of_no_use <= set(FEATURES) - set(WORDS)
    missing = sorted(set(FEATURES) - set(WORDS) - set(WHO_SOMEBODY_IS) - of_no_use)
    assert not missing, f"give {missing} words=Words(English, German) in their entry in the catalogue"


def test_who_somebody_is_is_no_reason() -> None:
    assert not set(WHO_SOMEBODY_IS) & set(WORDS)
    values = dict.fromkeys(WHO_SOMEBODY_IS, 3.0)
    found = choose_reasons(
        pd.DataFrame([dict.fromkeys(values, 5.0)]),
        pd.DataFrame([values]),
        pd.Series(dict.fromkeys(values, 1.0)),
        pd.Series(["high"]),
    )
    assert found.isna().all(axis=None)


def test_reasons_are_counted_by_risk_and_nobody_is_singled_out() -> None:
    segments = pd.DataFrame(
        {
            "churn_risk": ["low"] * 20 + ["high"] * 30,
            "reasons_for": ["staying"] * 20 + ["leaving"] * 30,
            "reason_topics": ["frequency"] * 20
            + ["recency frequency"] * 12
            + ["recency"] * 9
            + ["tenure"] * 9,
        }
    )
    counts = reason_counts(segments)
    assert counts.to_dict("list") == {
        "churn_risk": ["high", "high", "low"],
        "reasons_for": ["leaving", "leaving", "staying"],
        "topic": ["recency", "frequency", "frequency"],
        "customers": [21, 12, 20],
        "share": [0.7, 0.4, 1.0],
    }


def test_without_reasons_there_is_nothing_to_count() -> None:
    bare = pd.DataFrame(
        {"churn_risk": ["unknown"] * 20, "reasons_for": [None] * 20, "reason_topics": [None] * 20},
        dtype="str",
    )
    counts = reason_counts(bare)
    assert counts.empty
    assert list(counts) == ["churn_risk", "reasons_for", "topic", "customers", "share"]


@pytest.mark.parametrize("of_high", [MIN_GROUP, MIN_GROUP + 7])
def test_an_example_is_the_mean_of_the_ten_in_the_middle_whatever_the_order(of_high: int) -> None:
    keys = [f"c{number:02d}" for number in range(MIN_GROUP + of_high)]
    explained = pd.DataFrame(
        {"base_value": 1.0, "level_shift": 0.25, "overdue": np.linspace(-2, 2, len(keys)) ** 3, "T": 0.5},
        index=pd.Index(keys, name="customer_key"),
    )
    risk = pd.Series(["low"] * MIN_GROUP + ["high"] * of_high, index=keys)
    found = examples(explained, risk)
    pd.testing.assert_frame_equal(examples(explained[::-1], risk), found)
    assert found["churn_risk"].unique().tolist() == ["high", "low"]
    high = found[found["churn_risk"] == "high"].set_index("topic")["contribution"]
    first = MIN_GROUP + (of_high - MIN_GROUP) // 2
    middle = explained.iloc[first : first + MIN_GROUP]
    assert high["base"] == 1.25
    assert high["rhythm"] == pytest.approx(middle["overdue"].mean())
    assert high.sum() == pytest.approx(middle.sum(axis=1).mean())
    assert not found["contribution"].isin(explained["overdue"]).any(), "a figure of one customer"
    assert not found.astype("str").isin(keys).any(axis=None)


def test_fewer_than_ten_are_no_example() -> None:
    keys = [f"c{number:02d}" for number in range(2 * MIN_GROUP)]
    explained = pd.DataFrame(
        {"base_value": 1.0, "level_shift": 0.0, "overdue": np.linspace(-2, 2, len(keys))},
        index=pd.Index(keys, name="customer_key"),
    )
    risk = pd.Series(["low"] * (MIN_GROUP - 1) + ["high"] * (MIN_GROUP + 1), index=keys)
    assert examples(explained, risk)["churn_risk"].unique().tolist() == ["high"]


def test_nobody_at_high_risk_is_left_without_a_reason_that_there_is() -> None:
    """Where most leave, what says most that this one will may be weak, and its topic may say the opposite."""
    pushes = {"orders_90d": 0.02, "frequency": -0.3, "T": 0.01}
    assert chosen(pushes, LEAVING) == ["orders_90d"]
    assert chosen({"orders_90d": -0.02, "frequency": -0.3}, LEAVING) == []
