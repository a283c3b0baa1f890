from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from pipeline.churn.backtest import (
    BACKTEST,
    Backtested,
    Learned,
    Window,
    backtest_table,
    learn,
    level_helps,
    predict,
    seasonal_shift,
    table_of_members,
)
from pipeline.churn.blend import churn_probability
from pipeline.churn.level import missed_log_odds

Labelled = Callable[..., pd.DataFrame]
WANTED = ("btyd", "logistic")
BEFORE, AFTER = date(2025, 2, 1), date(2025, 3, 1)


def at(frame: pd.DataFrame, day: date) -> pd.DataFrame:
    return frame[frame["cutoff"] == pd.Timestamp(day)].reset_index(drop=True)


def more_churn(frame: pd.DataFrame, shift: float, seed: int = 0) -> pd.DataFrame:
    """Draw the outcomes anew, with log-odds shifted against what the columns tell."""
    drawn = np.random.default_rng(seed).random(len(frame)) < expit(logit(frame["p_no_order"]) + shift)
    return frame.assign(churned=drawn)


@pytest.fixture(scope="module")
def frame(labelled: Labelled) -> pd.DataFrame:
    return labelled(1_500, seed=1)


@pytest.fixture(scope="module")
def tested(frame: pd.DataFrame) -> list[Backtested]:
    """Two origins, the second with the weights that the first one teaches."""
    done: list[Backtested] = []
    for train, test in ((date(2025, 1, 1), BEFORE), (BEFORE, AFTER)):
        learned = learn(at(frame, train), None, done, wanted=WANTED, seed=5)
        done.append(predict(learned, at(frame, test)))
    return done


def test_weights_come_from_the_origin_before(frame: pd.DataFrame, tested: list[Backtested]) -> None:
    assert tested[0].learned.weights == {"btyd": 0.5, "logistic": 0.5}
    assert tested[1].learned.weights != tested[0].learned.weights
    worse = tested[0].log_odds.assign(btyd=-tested[0].log_odds["btyd"])
    misled = learn(
        at(frame, BEFORE), None, [Backtested(tested[0].learned, tested[0].rows, worse)], wanted=WANTED, seed=5
    )
    assert misled.weights == {"btyd": 0.25, "logistic": 0.75}


def test_the_outcome_at_an_origin_changes_nothing_that_is_said_there(
    frame: pd.DataFrame, tested: list[Backtested]
) -> None:
    rewritten = at(frame, AFTER).assign(churned=False, future_spend=1e9)
    again = predict(tested[1].learned, rewritten)
    pd.testing.assert_frame_equal(again.predictions(), tested[1].predictions())


def test_the_classifier_to_store_says_what_the_backtest_says(
    frame: pd.DataFrame, tested: list[Backtested]
) -> None:
    learned = Learned(tested[1].learned.members, tested[1].learned.weights, season=0.3, level_shift=0.3)
    rows = at(frame, AFTER)
    model = learned.classifier(at(frame, BEFORE))
    expected = predict(learned, rows).predictions()["churn_probability"]
    np.testing.assert_allclose(churn_probability(model, rows), expected, rtol=1e-12)


@pytest.mark.parametrize("shift", [-0.8, 0.8])
def test_half_of_what_last_year_missed_is_corrected(frame: pd.DataFrame, shift: float) -> None:
    then = Window(at(frame, BEFORE), more_churn(at(frame, AFTER), shift))
    assert seasonal_shift(then, seed=5) == pytest.approx(shift / 2, abs=0.15)
    learned = learn(at(frame, BEFORE), then, (), wanted=WANTED, seed=5)
    assert learned.level_shift == learned.season == seasonal_shift(then, seed=5)


def test_last_year_with_hardly_any_churn_corrects_nothing(frame: pd.DataFrame) -> None:
    then = Window(at(frame, BEFORE).assign(churned=False), at(frame, AFTER))
    assert seasonal_shift(then, seed=5) is None
    assert learn(at(frame, BEFORE), then, (), wanted=WANTED, seed=5).level_shift == 0


def test_the_level_is_left_alone_where_correcting_it_did_harm(
    frame: pd.DataFrame, tested: list[Backtested]
) -> None:
    def with_season(shift: float, season: float) -> Backtested:
        learned = Learned(tested[1].learned.members, tested[1].learned.weights, season, season)
        return predict(learned, more_churn(at(frame, AFTER), shift))

    assert level_helps([])
    assert level_helps([with_season(0.8, 0.4)])
    assert not level_helps([with_season(0.0, 0.4)])
    assert not level_helps([with_season(-0.8, 0.4), with_season(0.8, 0.1)])
    then = Window(at(frame, BEFORE), more_churn(at(frame, AFTER), 0.8))
    learned = learn(at(frame, BEFORE), then, [with_season(0.0, 0.4)], wanted=WANTED, seed=5)
    assert learned.level_shift == 0
    assert learned.season is not None


@pytest.mark.parametrize("actual", [0.0, 0.3, 1.0])
def test_the_missed_level_gives_the_actual_number(actual: float) -> None:
    log_odds = np.random.default_rng(0).normal(0, 1, 1_000)
    found = missed_log_odds(log_odds, np.arange(1_000) < 1_000 * actual)
    if actual in (0, 1):
        assert found == (6 * actual - 3)
    else:
        assert expit(log_odds + found).mean() == pytest.approx(actual, abs=1e-6)


def test_the_table_has_every_customer_at_every_origin(frame: pd.DataFrame, tested: list[Backtested]) -> None:
    rows = [at(frame, BEFORE), at(frame, AFTER)]
    whole = backtest_table(rows, tested)
    spends = ["spend_btyd", "spend_boosting", "spend_two_part"]
    assert list(whole) == [*BACKTEST, "p_btyd", "p_logistic", *spends]
    assert len(whole) == 3_000
    assert whole.notna().all(axis=None)
    assert not whole.duplicated(["customer_key", "cutoff"]).any()
    second = whole[whole["cutoff"] == pd.Timestamp(AFTER)]
    np.testing.assert_allclose(second["p_btyd"], at(frame, AFTER)["p_no_order"], atol=1e-5)
    untested = backtest_table(rows, tested[1:])
    assert untested["churn_probability"].isna().sum() == 1_500
    assert untested["churned"].notna().all()


@pytest.mark.parametrize("rows", [0, 1])
def test_the_table_without_a_model(frame: pd.DataFrame, rows: int) -> None:
    table = backtest_table([at(frame, AFTER)] * rows, [])
    assert table.dtypes.astype(str).to_dict() == BACKTEST
    assert table["churn_probability"].isna().all()


def test_members_are_compared_with_intervals(tested: list[Backtested]) -> None:
    first, second = table_of_members(tested)
    assert (first["cutoff"], second["cutoff"]) == ("2025-02-01", "2025-03-01")
    for origin, one in zip((first, second), tested, strict=True):
        for name, said in origin["members"].items():
            assert said["weight"] == one.learned.weights[name]
            assert said["log_loss"]["low"] < said["log_loss"]["value"] < said["log_loss"]["high"]
        losses = [said["log_loss"]["value"] for said in origin["members"].values()]
        assert origin["blend"]["log_loss"]["value"] <= max(losses)
