from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from pipeline.evaluation.kinds import CHURN, VALUE
from pipeline.evaluation.slices import COLUMNS, _holm, named, slice_labels, slices

N = 4000
HOW = {"seed": 1, "resamples": 200}


def table(seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    p = rng.beta(2, 2, N)
    return pd.DataFrame(
        {
            "customer_key": [f"c{i // 2:04d}" for i in range(N)],  # two origins each
            "model": p,
            "churned": rng.random(N) < p,
            "future_spend": rng.gamma(2.0, 10.0, N),
        }
    )


def labels(seed: int = 0) -> pd.DataFrame:
    return pd.DataFrame({"country": np.random.default_rng(seed + 50).choice(list("ABCDEF"), N)})


def test_groups_are_named_as_a_sentence_needs_them() -> None:
    whole, *groups = slices(table(0), CHURN, labels(0), **HOW)[["group", "level"]].itertuples(index=False)
    assert named(*whole) == "all customers"
    assert [named(*one) for one in groups] == [f"{group} {level}" for group, level in groups]


def test_a_group_the_model_gets_wrong_is_off_and_the_others_are_not() -> None:
    rows, groups = table(), labels()
    wrong = groups["country"] == "B"
    rows.loc[wrong, "churned"] = (
        np.random.default_rng(9).random(wrong.sum()) < rows.loc[wrong, "model"] - 0.15
    )
    found = slices(rows, CHURN, groups, **HOW).set_index("level")
    assert found.index[found["is_off"]].tolist() == ["B"]
    assert found.loc["B", "gap"] == pytest.approx(0.15, abs=0.05)
    assert found.loc["B", "low"] < found.loc["B", "gap"] < found.loc["B", "high"]
    assert found.loc["all", "n"] == N // 2


def test_a_well_calibrated_model_is_hardly_ever_off() -> None:
    alarms = sum(slices(table(seed), CHURN, labels(seed), **HOW)["is_off"].any() for seed in range(30))
    assert alarms <= 3


def test_the_interval_is_as_wide_as_the_normal_theory_says() -> None:
    rows = table().assign(customer_key=lambda t: t.index.astype(str))
    found = slices(rows, CHURN, labels().iloc[:, :0], **HOW).iloc[0]
    error = (rows["model"] - rows["churned"]).std() / np.sqrt(N)
    assert (found["high"] - found["low"]) / 2 == pytest.approx(1.96 * error, rel=0.2)
    assert found["p_value"] == pytest.approx(2 * norm.sf(abs(found["gap"]) / error), abs=0.1)


def test_a_clear_gap_that_does_not_matter_is_not_off() -> None:
    rows = table().assign(model=100.0, future_spend=lambda t: 110 + t.index % 2)
    found = slices(rows, VALUE, labels(), **HOW)
    assert (found["p_value"] < 1e-6).all()
    assert not found["is_off"].any()
    assert slices(rows.assign(model=70.0), VALUE, labels(), **HOW)["is_off"].all()


@pytest.mark.parametrize(("customers", "is_told"), [(49, False), (50, True)])
def test_a_level_is_as_large_as_its_customers_not_its_rows(customers: int, is_told: bool) -> None:
    groups = pd.DataFrame({"small": np.where(np.arange(N) // 2 < customers, "some", "rest")})
    assert ("some" in set(slices(table(), CHURN, groups, **HOW)["level"])) == is_told


def test_small_levels_and_single_levels_are_left_out() -> None:
    groups = labels().assign(small=lambda t: np.where(t.index < 20, "tiny", "rest"), same="one")
    found = slices(table(), CHURN, groups, **HOW)
    assert set(found["group"]) == {"all", "country", "small"}
    assert "tiny" not in set(found["level"])


def test_row_order_does_not_change_a_digit() -> None:
    order = np.random.default_rng(3).permutation(N)
    first = slices(table(), CHURN, labels(), **HOW)
    second = slices(table().iloc[order], CHURN, labels().iloc[order], **HOW)
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert list(first) == COLUMNS


def test_holm_by_hand() -> None:
    assert _holm(np.array([0.01, 0.04, 0.03])).tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert _holm(np.array([0.9, 0.8])).tolist() == [1.0, 1.0]


def test_labels_of_customers_with_and_without_attributes() -> None:
    now = pd.DataFrame(
        {
            "customer_key": [f"c{i:02d}" for i in range(40)],
            "cutoff": pd.Timestamp(2024, 1, 1),
            "frequency": [0] * 20 + [1] * 15 + [2] + [7] * 4,
            "first_order_on": pd.Timestamp(2023, 2, 1),
        }
    )
    found = slice_labels(now)
    assert found["buyers"].value_counts().to_dict() == {"one_order": 20, "repeat": 16, "heavy": 4}
    assert found["cohort"].unique().tolist() == ["2023Q1"]
    shop = pd.DataFrame(
        {"customer_key": now["customer_key"], "country": [f"K{min(i, 11)}" for i in range(39)] + [None]}
    )
    country = slice_labels(now, shop)["country"]
    assert country.isna().sum() == 1
    assert "other" in set(country)
    assert country.nunique() == 9
    assert "acquisition_channel" not in slice_labels(now, shop)


def test_everyone_bought_once_has_no_heavy_buyers() -> None:
    now = pd.DataFrame(
        {
            "customer_key": ["a", "b"],
            "cutoff": pd.Timestamp(2024, 1, 1),
            "frequency": 0,
            "first_order_on": pd.Timestamp(2023, 2, 1),
        }
    )
    assert slice_labels(now)["buyers"].tolist() == ["one_order"] * 2


def test_customers_are_grouped_by_the_channel_of_their_orders_as_of_the_day() -> None:
    now = pd.DataFrame(
        {
            "customer_key": ["a", "a", "b", "c"],
            "cutoff": pd.to_datetime(["2024-01-01", "2024-04-01", "2024-04-01", "2024-04-01"]),
            "frequency": [0, 3, 1, 0],
            "first_order_on": pd.to_datetime("2023-12-01"),
        },
        index=[7, 3, 5, 1],
    )
    channels = now.iloc[:3][["customer_key", "cutoff"]].assign(order_channel=["web", "shop", "web"])
    labels = slice_labels(now, channels=channels.iloc[::-1])["order_channel"]
    assert labels.dropna().to_dict() == {7: "web", 3: "shop", 5: "web"}
    assert "order_channel" not in slice_labels(now)


def test_what_holds_for_all_customers_is_not_told_of_each_group() -> None:
    """A group that follows the others is no news; the one that is the cause is, and the one that is right."""

    def told(churned: dict[str, float], sizes: list[int]) -> dict[str, tuple[bool, bool]]:
        rng, level = np.random.default_rng(2), np.repeat(list(churned), sizes)
        table = pd.DataFrame(
            {
                "customer_key": [f"c{number}" for number in range(len(level))],
                "churned": rng.random(len(level)) < pd.Series(level).map(churned),
                "model": 0.5,
            }
        )
        found = slices(table, CHURN, pd.DataFrame({"country": level}), seed=1, resamples=50)
        return {row.level: (row.is_off, row.is_told) for row in found.itertuples()}

    assert told({"as all": 0.38, "the other way": 0.65, "right": 0.5}, [3000, 400, 200]) == {
        "all": (True, True),
        "as all": (True, False),
        "right": (False, False),
        "the other way": (True, True),
    }
    assert told({"web": 0.5, "marketplace": 0.8}, [1500, 500]) == {
        "all": (True, True),
        "marketplace": (True, True),
        "web": (False, False),
    }
