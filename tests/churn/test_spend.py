from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.churn.backtest import Recipe, learn, predict, total_helps
from pipeline.churn.frame import IN_CURRENCY
from pipeline.churn.level import missed_log_total, trust_in_blend
from pipeline.churn.season import Window
from pipeline.churn.spend import SpendModel, fit_spend, spend_weights
from pipeline.churn.store import dump_model, load_model
from pipeline.errors import InsufficientHistory

MONEY = [*IN_CURRENCY, "future_spend"]

ALONE = Recipe(28, ("logistic",), seed=5)


def with_spend(frame: pd.DataFrame) -> pd.DataFrame:
    """Who has spent much will spend much, if at all."""
    worth = frame["monetary_value"] * np.random.default_rng(0).gamma(4, 1 / 4, len(frame))
    return frame.assign(
        future_spend=np.where(frame["churned"], 0.0, worth),
        expected_spend=(1 - frame["p_no_order"]) * frame["monetary_value"].mean(),
    )


@pytest.fixture(scope="module")
def train(labelled: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    return with_spend(labelled(800, seed=1))


@pytest.fixture(scope="module")
def later(labelled: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    return with_spend(labelled(800, seed=2))


@pytest.fixture(scope="module")
def model(train: pd.DataFrame) -> SpendModel:
    return fit_spend(train, seed=5)


def test_members_rank_and_add_up(model: SpendModel, later: pd.DataFrame) -> None:
    members = model.members(later, later["p_no_order"].to_numpy())
    actual = later["future_spend"]
    for name in ("boosting", "two_part", "two_part_linear"):
        assert members[name].corr(actual, method="spearman") > members["btyd"].corr(actual, method="spearman")
        assert members[name].sum() == pytest.approx(actual.sum(), rel=0.15)
    mean = members.mean(axis=1)
    np.testing.assert_allclose(replace(model, trust=1.0).blend(members), mean)
    np.testing.assert_allclose(model.blend(members), mean * members["btyd"].sum() / mean.sum())


def test_the_currency_does_not_matter(model: SpendModel, train: pd.DataFrame, later: pd.DataFrame) -> None:
    def in_cents(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(**{name: 128 * frame[name] for name in MONEY})

    p = later["p_no_order"].to_numpy()
    cents = fit_spend(in_cents(train), seed=5).members(in_cents(later), p)
    np.testing.assert_allclose(cents, 128 * model.members(later, p), rtol=1e-6)


def test_no_line_leads_beyond_what_anybody_has_spent(model: SpendModel, later: pd.DataFrame) -> None:
    giants = later.assign(**{name: 1e6 * later[name] for name in ("monetary_value", "frequency")})
    linear = model.members(giants, np.zeros(len(giants)))["two_part_linear"]
    assert linear.max() == pytest.approx(model.most * model.unit / model.buyers)


def test_large_spenders_count_more_where_they_are_known_better(train: pd.DataFrame) -> None:
    mean = 20 * train["monetary_value"] / train["monetary_value"].mean()
    rng = np.random.default_rng(0)
    missed = {}
    # The ridge bends the line; which customers it then misses depends on how much each of them counts.
    for name, spent in (("counts", rng.poisson(mean)), ("amounts", mean * rng.gamma(4, 1 / 4, len(train)))):
        bent = train.assign(future_spend=np.where(train["churned"], 0.0, spent))
        linear = fit_spend(bent, seed=5).members(bent, np.zeros(len(bent)))["two_part_linear"]
        bought = bent["future_spend"] > 0
        missed[name] = abs(linear[bought].sum() / bent["future_spend"].sum() - 1)
    assert missed["counts"] < missed["amounts"] / 2


def test_a_stored_model_says_the_same(model: SpendModel, later: pd.DataFrame) -> None:
    stored = dump_model(replace(model, season=0.2, log_level=0.2).as_dict())
    again = SpendModel(**load_model(stored))
    assert dump_model(again.as_dict()) == stored
    p = later["p_no_order"].to_numpy()
    pd.testing.assert_frame_equal(again.members(later, p), model.members(later, p))
    assert again.log_level == 0.2


def test_low_forecasts_do_not_win() -> None:
    rng = np.random.default_rng(0)
    mean = rng.gamma(1, 20, 5_000)
    actual = np.where(rng.random(5_000) < 0.3, mean / 0.3, 0.0)
    members = pd.DataFrame({"right": mean, "low": 0.2 * mean})
    absolute_error = members.sub(actual, axis=0).abs().mean()
    assert absolute_error["low"] < absolute_error["right"]
    assert spend_weights(members, actual) == {"right": 1.0, "low": 0.0}


def test_without_any_spend_all_weigh_the_same() -> None:
    members = pd.DataFrame({"a": [1.0, 0.0], "b": [0.0, 2.0]})
    assert spend_weights(members, np.zeros(2)) == {"a": 0.5, "b": 0.5}


@pytest.mark.parametrize("column", ["future_spend", "expected_spend"])
def test_no_spend_or_no_lifetime_model_is_too_little(column: str, train: pd.DataFrame) -> None:
    nothing = 0.0 if column == "future_spend" else np.nan
    with pytest.raises(InsufficientHistory):
        fit_spend(train.assign(**{column: nothing}), seed=5)
    poor = train.assign(**{column: nothing})
    learned = learn(poor, poor, ALONE)
    assert learned.spend is None


@pytest.mark.parametrize("buyers", [0, 1, 2])
def test_a_latest_window_with_hardly_a_buyer_is_survived(
    buyers: int, train: pd.DataFrame, later: pd.DataFrame, model: SpendModel
) -> None:
    latest = train["cutoff"] == train["cutoff"].max()
    idle = latest & (train["future_spend"].where(latest).rank(ascending=False, method="first") > buyers)
    poor = fit_spend(train.assign(future_spend=train["future_spend"].mask(idle, 0.0)), seed=5)
    amounts = [list(each.amount[0].transformers_[0][2]) for each in (poor, model)]
    assert amounts[0] == amounts[1]
    assert np.isfinite(poor.members(later, later["p_no_order"].to_numpy())).all(axis=None)


def test_half_of_last_years_missed_total_is_corrected(train: pd.DataFrame, later: pd.DataFrame) -> None:
    doubled = later.assign(future_spend=2 * later["future_spend"])
    learned = learn(train, later, ALONE, Window(train, doubled))
    assert learned.spend is not None
    assert learned.spend.log_level == learned.spend.season == pytest.approx(np.log(2) / 2, abs=0.05)
    assert total_helps([predict(learned, doubled)])
    assert not total_helps([predict(learned, later)])


def test_the_season_moves_only_the_blends_own_total(model: SpendModel, later: pd.DataFrame) -> None:
    members = model.members(later, later["p_no_order"].to_numpy())
    in_season = replace(model, season=0.2, log_level=0.2)
    np.testing.assert_allclose(in_season.blend(members), model.blend(members))
    own = replace(in_season, trust=1.0).blend(members)
    np.testing.assert_allclose(own, np.exp(0.2) * members.mean(axis=1))


@pytest.mark.parametrize("windows", [1, 3])
def test_a_blend_that_was_right_is_trusted_more_with_every_window(windows: int) -> None:
    assert trust_in_blend([0.3] * windows, [0.3] * windows) == pytest.approx(windows / (windows + 1))


@pytest.mark.parametrize(
    ("apart", "missed", "least", "most"),
    [
        ([], [], 0, 0),
        ([0.3], [0.0], 0, 0),
        ([0.3], [-0.1], 0, 0),
        ([0.04], [0.25], 0.1, 0.2),  # both far off, side by side
        ([0.1] * 50, [0.3] * 50, 1, 1),
    ],
)
def test_the_lifetime_models_total_stands_without_evidence(
    apart: list[float], missed: list[float], least: float, most: float
) -> None:
    assert least <= trust_in_blend(apart, missed) <= most


def test_earlier_origins_decide_whose_total_counts(train: pd.DataFrame, later: pd.DataFrame) -> None:
    train, later = (rows.assign(expected_spend=0.5 * rows["expected_spend"]) for rows in (train, later))
    learned = learn(train, later, ALONE)
    assert learned.spend is not None
    assert learned.spend.trust == 0
    again = learn(train, later, ALONE, None, [predict(learned, later)])
    assert again.spend is not None
    assert 0.3 < again.spend.trust < 0.7


def test_the_missed_total_is_bounded() -> None:
    assert missed_log_total(np.ones(3), np.full(3, 1e9)) == 0.5
    assert missed_log_total(np.ones(3), np.zeros(3)) == 0.0
