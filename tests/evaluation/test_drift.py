from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from pipeline.evaluation.drift import drift, drift_level, drift_metrics, is_young, psi

DAYS = [date(2024, month, 1) for month in range(1, 8)]
LEARNED = {DAYS[4]: DAYS[1:3], DAYS[5]: DAYS[2:4], DAYS[6]: DAYS[3:5]}
"""What models of May, June and July (today) learned from."""


def test_psi_by_hand() -> None:
    before, now = np.repeat([0.0, 1.0], [50_000, 50_000]), np.repeat([0.0, 1.0], [80_000, 20_000])
    expected = (0.8 - 0.5) * np.log(0.8 / 0.5) + (0.2 - 0.5) * np.log(0.2 / 0.5)
    assert psi(before, now) == pytest.approx(expected, rel=1e-3)


def test_psi_of_ten_rows_counts_half_a_row_more_in_each_of_twelve_bins() -> None:
    """Ten tenths, below all and missing: of ten rows, 1.5/16 in each tenth, and 0.5/16 in both others."""
    before = np.arange(10.0)
    now = np.where(before < 7, before, np.nan)
    assert psi(before, now) == pytest.approx(3 * (1 / 16) * np.log(3) + (3 / 16) * np.log(7))


def test_psi_of_a_shifted_normal() -> None:
    """Two normals one standard deviation apart: the shares of ten equal bins are known."""
    rng = np.random.default_rng(0)
    edges = norm.ppf(np.arange(1, 10) / 10)
    q = np.diff(np.concatenate([[0], norm.cdf(edges - 1), [1]]))
    expected = np.sum((q - 0.1) * np.log(q / 0.1))
    assert psi(rng.normal(0, 1, 200_000), rng.normal(1, 1, 200_000)) == pytest.approx(expected, rel=0.03)


@given(
    st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))), min_size=1, max_size=60),
    st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))), min_size=1, max_size=60),
)
@settings(deadline=None, max_examples=60)
def test_psi_is_finite_not_negative_and_blind_to_order(before: list[float], now: list[float]) -> None:
    found = psi(np.array(before), np.array(now))
    assert np.isfinite(found)
    assert found >= -1e-12
    assert psi(np.array(before[::-1]), np.array(now[::-1])) == found
    assert psi(np.array(before), np.array(before)) == pytest.approx(0.0, abs=1e-12)


def test_more_missing_values_are_a_drift() -> None:
    values = np.random.default_rng(0).normal(0, 1, 1000)
    assert psi(values, np.where(np.arange(1000) % 2, values, np.nan)) > 0.25
    assert np.isnan(psi(values, values[:0]))


def test_a_value_below_all_is_not_taken_for_the_lowest() -> None:
    """Everybody had an order in the window, now half of them have none."""
    before, now = np.repeat([1.0, 2.0], [90, 10]), np.repeat([0.0, 1.0, 2.0], [50, 40, 10])
    assert psi(before, now) > 1


def frame(today_shift: float = 0.0, rows: int = 2000) -> pd.DataFrame:
    """Customers at seven cutoffs: one column in peace, one that ages with the log, one of the calendar."""
    rng = np.random.default_rng(1)
    parts = []
    for month, day in enumerate(DAYS):
        shift = today_shift if day == DAYS[-1] else 0.0
        parts.append(
            pd.DataFrame(
                {
                    "cutoff": pd.Timestamp(day),
                    "spend": rng.normal(shift, 1, rows),
                    "age": rng.uniform(0, 60 + 30 * month, rows),
                    "month": float(month),
                    "flat": 1.0,
                    "score": rng.uniform(0, 1, rows),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


LIMITS = dict.fromkeys(["spend", "age", "month", "flat", "score"], 0.25)


def levels(customers: pd.DataFrame, limits: dict[str, float] = LIMITS) -> dict[str, str]:
    return drift(customers, LEARNED, limits).set_index("feature")["drift"].to_dict()


def test_what_ages_with_the_log_and_the_calendar_are_no_drift() -> None:
    customers = frame()
    table = drift(customers, LEARNED, LIMITS).set_index("feature")
    assert table.loc["age", "psi"] > 0.1
    assert table["drift"].to_dict() == {
        "spend": "stable", "age": "usual", "month": "not_compared", "flat": "stable", "score": "stable",
    }  # fmt: skip
    shuffled = customers.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(drift(shuffled, LEARNED, LIMITS), drift(customers, LEARNED, LIMITS))


def test_what_turns_for_everybody_when_the_log_does_is_not_compared() -> None:
    customers = frame(today_shift=1.0).rename(columns={"spend": "first_in_peak_month"})
    assert "first_in_peak_month" not in levels(customers, dict.fromkeys(["first_in_peak_month", "age"], 0.25))


def test_a_change_of_today_is_a_drift_and_fires() -> None:
    customers = frame(today_shift=1.0)
    assert levels(customers)["spend"] == "large"
    found = drift_metrics(drift(customers, LEARNED, LIMITS), "score", young=False)
    [alarm] = found["alarms"]
    assert (alarm["kind"], alarm["features"]) == ("features", ["spend"])
    assert "spend" in alarm["text"]
    young = drift_metrics(drift(customers, LEARNED, LIMITS), "score", young=True)
    assert (young["large"], young["alarms"]) == (["spend"], [])


def test_a_feed_that_broke_fires() -> None:
    customers = frame()
    customers.loc[customers["cutoff"] == pd.Timestamp(DAYS[-1]), "spend"] = np.nan
    assert levels(customers)["spend"] == "large"


def test_the_score_has_an_alarm_of_its_own_also_in_a_young_log() -> None:
    customers = frame()
    today = customers["cutoff"] == pd.Timestamp(DAYS[-1])
    customers.loc[today, "score"] **= 4
    found = drift_metrics(drift(customers, LEARNED, LIMITS), "score", young=True)
    assert [alarm["kind"] for alarm in found["alarms"]] == ["score"]
    assert found["score_psi"] > 0.25 > found["score_usual"]


def test_before_any_test_there_is_nothing_usual() -> None:
    table = drift(frame(1.0), {DAYS[-1]: LEARNED[DAYS[-1]]}, {"spend": 0.25})
    assert table["usual"].isna().all()
    assert table["drift"].tolist() == ["large"]


@pytest.mark.parametrize(
    ("index", "usual", "word"),
    [
        (0.0999, 0.0, "stable"),
        (0.1, 0.0, "moderate"),
        (0.2499, 0.12, "moderate"),
        (0.25, 0.124, "large"),
        (0.25, 0.125, "usual"),
        (9.0, 8.0, "usual"),
        (0.3, np.nan, "large"),
        (np.nan, np.nan, "not_compared"),
    ],
)
def test_levels(index: float, usual: float, word: str) -> None:
    assert drift_level(index, usual, 0.25) == word


def test_without_a_model_nothing_is_said() -> None:
    empty = pd.DataFrame(columns=["feature", "psi", "usual", "drift"])
    found = drift_metrics(empty, "score", young=True)
    assert found["score_psi"] is None
    assert found["alarms"] == []


def test_a_log_is_young_until_all_it_learned_from_has_a_year_behind_it() -> None:
    assert is_young(date(2023, 1, 2), [date(2024, 1, 1), date(2024, 2, 1)])
    assert not is_young(date(2023, 1, 1), [date(2024, 1, 1), date(2024, 2, 1)])


@pytest.mark.parametrize(("count", "ends"), [(5, "f3, f4"), (7, "f3, f4 and 2 more (metrics/drift.json)")])
def test_an_alarm_names_the_features_that_moved_most(count: int, ends: str) -> None:
    names = [f"f{number}" for number in range(count)]
    table = pd.DataFrame({"feature": names, "psi": 1.0, "usual": 0.1, "drift": "large"})
    [alarm] = drift_metrics(table, "score", young=False)["alarms"]
    assert alarm["features"] == names
    assert alarm["text"].endswith(f": f0, f1, f2, {ends}")
