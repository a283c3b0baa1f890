"""Trees of the horizon's first half, brought to the whole."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from pipeline.churn.explain import explainer
from pipeline.churn.members import fit_members, member_log_odds
from pipeline.churn.sooner import rising_line
from pipeline.errors import InsufficientHistory

Labelled = Callable[..., pd.DataFrame]


@pytest.fixture(scope="module")
def train(labelled: Labelled) -> pd.DataFrame:
    return labelled(400, seed=1)


def test_the_first_half_teaches_who_and_the_whole_how_many(train: pd.DataFrame) -> None:
    """Half of those who stay order in the second half alone: the level has to be that of the whole."""
    members = fit_members(train, ["boosting_half"], seed=5)
    said = member_log_odds(members, train)["boosting_half"]
    assert train["silent_at_first"].mean() > train["churned"].mean() + 0.1
    assert expit(said).mean() == pytest.approx(train["churned"].mean(), abs=0.01)
    other = train.assign(silent_at_first=train["churned"] | (train["weekend_share"] > 0.5))
    after = member_log_odds(fit_members(other, ["boosting_half"], seed=5), train)["boosting_half"]
    assert not np.allclose(after, said)


def test_its_contributions_sum_to_the_score(train: pd.DataFrame) -> None:
    members = fit_members(train, ["boosting_half"], seed=5)
    said = member_log_odds(members, train)["boosting_half"]
    inputs = np.asarray(members["boosting_half"]["inputs"].transform(train), dtype=np.float64)
    shap = explainer(members["boosting_half"]["model"])
    np.testing.assert_allclose(shap.base + shap.contributions(inputs).sum(axis=1), said, atol=1e-9)


def test_a_line_that_would_fall_tells_the_share_of_all() -> None:
    log_odds = np.linspace(-2, 2, 200)
    assert rising_line(log_odds, log_odds > 1)[0] > 0
    slope, intercept = rising_line(log_odds, log_odds < -1)
    assert slope == 0
    assert expit(intercept) == pytest.approx(0.25)


@pytest.mark.parametrize("rises", [True, False])
def test_a_row_of_weight_three_counts_as_three_rows(rises: bool) -> None:
    log_odds = np.array([-1.0, -0.5, 0.5, 1.0])
    churned = np.array([False, True, False, True]) == rises
    thrice = [0, 0, 0, 1, 2, 3]
    weighted = rising_line(log_odds, churned, np.array([3.0, 1.0, 1.0, 1.0]))
    assert weighted == pytest.approx(rising_line(log_odds[thrice], churned[thrice]))
    assert weighted != pytest.approx(rising_line(log_odds, churned))


def test_faded_rows_do_not_set_the_level(train: pd.DataFrame) -> None:
    faded = train.assign(cutoff=train["cutoff"] - pd.Timedelta(days=700), churned=True)
    members = fit_members(pd.concat([faded, train]), ["boosting_half"], seed=5, half_life_days=7)
    said = expit(member_log_odds(members, train)["boosting_half"])
    weights = 0.5 ** ((train["cutoff"].max() - train["cutoff"]).dt.days / 7)
    level = np.average(train["churned"], weights=weights)
    assert np.average(said, weights=weights) == pytest.approx(level, abs=0.001)


def test_where_everybody_waits_for_the_second_half_it_is_left_out(train: pd.DataFrame) -> None:
    waiting = train.assign(silent_at_first=True)
    assert "boosting_half" not in fit_members(waiting, ("boosting", "boosting_half"), seed=5)
    with pytest.raises(InsufficientHistory, match="first half"):
        fit_members(waiting, ["boosting_half"], seed=5)
