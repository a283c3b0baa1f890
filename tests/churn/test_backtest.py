from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.metrics import log_loss

from pipeline.churn import spend
from pipeline.churn.backtest import (
    Backtested,
    Recipe,
    learn,
    level_helps,
    predict,
    trust_in_numbers,
)
from pipeline.churn.blend import churn_probability
from pipeline.churn.level import missed_log_odds, of_season
from pipeline.churn.season import Window, seasonal_shift, seasonal_total, tells_of_today
from pipeline.churn.tables import BACKTEST, backtest_table, table_of_members
from pipeline.evaluation.rules import threshold_rule

Labelled = Callable[..., pd.DataFrame]
WANTED = ("btyd", "logistic")
RECIPE, ALONE = Recipe(28, WANTED, seed=5), Recipe(28, ("logistic",), seed=5)
BEFORE, AFTER = date(2025, 2, 1), date(2025, 3, 1)


def at(frame: pd.DataFrame, day: date) -> pd.DataFrame:
    return frame[frame["cutoff"] == pd.Timestamp(day)].reset_index(drop=True)


def more_churn(frame: pd.DataFrame, shift: float, seed: int = 0) -> pd.DataFrame:
    """Draw the outcomes anew, with log-odds shifted against what the columns tell."""
    drawn = np.random.default_rng(seed).random(len(frame)) < expit(logit(frame["p_no_order"]) + shift)
    return frame.assign(churned=drawn)


@pytest.fixture(scope="module", autouse=True)
def _small_spend_trees() -> Iterator[None]:
    """Most of the time goes into the value model, of which nothing is asked here but that it is there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spend, "BOOSTING", spend.BOOSTING | {"max_iter": 5})
        yield


@pytest.fixture(scope="module")
def frame(labelled: Labelled) -> pd.DataFrame:
    return labelled(1_500, seed=1)


@pytest.fixture(scope="module")
def tested(frame: pd.DataFrame) -> list[Backtested]:
    """Two origins, the second with the weights that the first one teaches."""
    done: list[Backtested] = []
    for train, test in ((date(2025, 1, 1), BEFORE), (BEFORE, AFTER)):
        learned = learn(at(frame, train), at(frame, test), RECIPE, None, done)
        done.append(predict(learned, at(frame, test)))
    return done


def test_weights_come_from_earlier_origins(frame: pd.DataFrame, tested: list[Backtested]) -> None:
    assert tested[0].learned.weights == {"btyd": 0.5, "logistic": 0.5}
    assert tested[1].learned.weights != tested[0].learned.weights
    worse = tested[0].log_odds.assign(btyd=-tested[0].log_odds["btyd"])
    misled = [Backtested(tested[0].learned, tested[0].rows, worse)]
    again = learn(at(frame, BEFORE), at(frame, AFTER), RECIPE, None, misled)
    assert again.weights == {"btyd": 0.0, "logistic": 1.0}
    assert list(again.classifier(at(frame, BEFORE)).named_estimators_) == ["logistic"]


@pytest.mark.parametrize(("horizon_days", "is_rehearsed"), [(28, True), (60, False)])
def test_the_first_origin_tries_its_members_where_the_log_is_long_enough(
    frame: pd.DataFrame, horizon_days: int, is_rehearsed: bool
) -> None:
    says_the_opposite = frame.assign(p_no_order=1 - frame["p_no_order"])
    train = says_the_opposite[frame["cutoff"] < pd.Timestamp(AFTER)]
    learned = learn(train, at(says_the_opposite, AFTER), Recipe(horizon_days, WANTED, seed=5))
    expected = {"btyd": 0.0, "logistic": 1.0} if is_rehearsed else {"btyd": 0.5, "logistic": 0.5}
    assert learned.weights == expected


def test_trees_get_the_weight_in_a_small_shop_where_silence_is_a_step(
    frame: pd.DataFrame,
) -> None:
    rng = np.random.default_rng(4)
    silence = rng.integers(0, 90, len(frame)).astype(float)
    left = rng.random(len(frame)) < np.where(silence > 30, 0.97, 0.06)
    monthly = frame.assign(days_since_last=silence, churned=left, p_no_order=0.5 + silence / 1_000)
    monthly = monthly[monthly["customer_key"] < "c00800"]
    train, now = monthly[monthly["cutoff"] < pd.Timestamp(AFTER)], at(monthly, AFTER)
    said = predict(learn(train, now, Recipe(28, "auto", seed=5)), now)
    past, outcome = train["days_since_last"].to_numpy(), train["churned"].to_numpy(bool)
    _, rule = threshold_rule(past, outcome, now["days_since_last"].to_numpy())
    weights = said.learned.weights
    assert weights["boosting"] + weights["boosting_half"] > 0.5
    blend = said.predictions()["churn_probability"]
    assert log_loss(now["churned"], blend) < log_loss(now["churned"], rule) + 0.04


def test_the_outcome_at_an_origin_changes_nothing_that_is_said_there(
    frame: pd.DataFrame, tested: list[Backtested]
) -> None:
    rewritten = at(frame, AFTER).assign(churned=False, future_spend=1e9)
    again = predict(tested[1].learned, rewritten)
    pd.testing.assert_frame_equal(again.predictions(), tested[1].predictions())


def test_the_classifier_to_store_says_what_the_backtest_says(
    frame: pd.DataFrame, tested: list[Backtested]
) -> None:
    learned = replace(tested[1].learned, level_shift=0.3)
    rows = at(frame, AFTER)
    model = learned.classifier(at(frame, BEFORE))
    expected = predict(learned, rows).predictions()["churn_probability"]
    np.testing.assert_allclose(churn_probability(model, rows), expected, rtol=1e-12)


@pytest.mark.parametrize("shift", [-0.8, 0.8])
def test_half_of_what_last_year_missed_is_corrected(frame: pd.DataFrame, shift: float) -> None:
    then = Window(at(frame, BEFORE), more_churn(at(frame, AFTER), shift))
    assert seasonal_shift(then) == pytest.approx(shift / 2, abs=0.15)
    learned = learn(at(frame, BEFORE), at(frame, AFTER), RECIPE, then)
    assert learned.season == seasonal_shift(then)
    assert learned.level_shift == pytest.approx(learned.pull + learned.season)


def test_what_the_lifetime_model_always_misses_is_no_season(frame: pd.DataFrame) -> None:
    then = Window(more_churn(at(frame, BEFORE), 0.8), more_churn(at(frame, AFTER), 0.8, seed=1))
    assert seasonal_shift(then) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(
    ("then", "before", "season"),
    [(0.8, 0.1, 0.7), (0.8, -0.3, 0.8), (-0.8, -0.1, -0.7), (-1.0, -2.7, 0.0), (0.2, 0.5, 0.0), (0, 0, 0)],
)
def test_a_miss_that_was_larger_before_is_no_season(then: float, before: float, season: float) -> None:
    assert of_season(then, before) == pytest.approx(season)


@pytest.mark.parametrize(
    ("then", "now", "tells"),
    [
        ("off", "off", True),
        ("off", "exposure", False),
        (None, "anchor", False),
        ("anchor", "exposure", False),
        ("exposure", "exposure", True),
        ("exposure", "off", True),
        ("off", None, True),
    ],
)
def test_what_was_missed_without_a_season_is_not_added_to_a_model_that_has_one(
    then: str | None, now: str | None, tells: bool
) -> None:
    assert tells_of_today(then, now) is tells


def test_last_year_with_hardly_any_churn_corrects_nothing(frame: pd.DataFrame) -> None:
    then = Window(at(frame, BEFORE).assign(churned=False), at(frame, AFTER))
    assert seasonal_shift(then) is None
    learned = learn(at(frame, BEFORE), at(frame, AFTER), RECIPE, then)
    assert learned.season is None
    assert learned.level_shift == learned.pull


def test_last_year_without_a_lifetime_model_corrects_nothing(frame: pd.DataFrame) -> None:
    before, after = at(frame, BEFORE), more_churn(at(frame, AFTER), 0.8)
    assert seasonal_shift(Window(before, after.assign(p_no_order=np.nan))) is None
    assert seasonal_shift(Window(before.assign(p_no_order=np.nan), after)) is None
    young = before.assign(customer_key=before["customer_key"] + "x", p_no_order=np.nan)
    assert seasonal_shift(Window(pd.concat([young, before]), after)) == seasonal_shift(Window(before, after))


def test_a_total_without_a_lifetime_model_tells_of_no_season(frame: pd.DataFrame) -> None:
    before, after = at(frame, BEFORE), at(frame, AFTER)
    after = after.assign(future_spend=1.5 * after["future_spend"])
    season = seasonal_total(Window(before, after))
    assert season is not None
    assert season > 0.1
    young = before.assign(customer_key=before["customer_key"] + "x", expected_spend=np.nan)
    assert seasonal_total(Window(pd.concat([young, before]), after)) == season
    assert seasonal_total(Window(young, after)) is None
    assert seasonal_total(Window(before, after.assign(expected_spend=np.nan))) is None


def test_a_handful_of_buyers_tells_of_no_season(frame: pd.DataFrame) -> None:
    before, after = at(frame, BEFORE), at(frame, AFTER)
    few = after[after["future_spend"] > 0].head(19)
    assert seasonal_total(Window(before, few.assign(future_spend=1e6))) is None


def test_the_number_of_churners_is_the_lifetime_models_without_evidence(frame: pd.DataFrame) -> None:
    train, today = more_churn(at(frame, BEFORE), 1.0), at(frame, AFTER)
    learned = learn(train, today, ALONE)
    said = predict(learned, today).predictions()["churn_probability"]
    assert said.mean() == pytest.approx(today["p_no_order"].mean(), abs=1e-6)


@pytest.mark.parametrize(("shift", "trust"), [(1.0, 0.5), (0.0, 0.0)])
def test_earlier_origins_decide_whose_number_counts(frame: pd.DataFrame, shift: float, trust: float) -> None:
    train, test = more_churn(at(frame, BEFORE), 1.0), more_churn(at(frame, AFTER), shift, seed=1)
    learned = learn(train, test, ALONE)
    found = trust_in_numbers([predict(learned, test)])
    assert found == pytest.approx(trust, abs=0.1)
    again = learn(train, test, ALONE, None, [predict(learned, test)])
    assert again.pull == pytest.approx((1 - found) * learned.pull)


def test_the_level_is_left_alone_where_correcting_it_did_harm(
    frame: pd.DataFrame, tested: list[Backtested]
) -> None:
    def with_season(shift: float, season: float) -> Backtested:
        learned = replace(tested[1].learned, pull=0.0, season=season, level_shift=season)
        return predict(learned, more_churn(at(frame, AFTER), shift))

    assert level_helps([])
    assert level_helps([with_season(0.8, 0.4)])
    assert not level_helps([with_season(0.0, 0.4)])
    assert not level_helps([with_season(-0.8, 0.4), with_season(0.8, 0.1)])
    then = Window(at(frame, BEFORE), more_churn(at(frame, AFTER), 0.8))
    earlier = [with_season(0.0, 0.4)]
    learned = learn(at(frame, BEFORE), at(frame, AFTER), RECIPE, then, earlier)
    assert learned.level_shift == learned.pull
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
    spends = ["spend_btyd", "spend_boosting", "spend_two_part", "spend_two_part_linear"]
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
