"""What must hold for any parameters and any history."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from pipeline.btyd import MBGCNBD, MODELS, CountModel, GammaGamma, lifetime_value, load
from pipeline.errors import UserError

SHAPES = st.floats(0.05, 20.0)
SCALES = st.floats(0.2, 500.0)


@st.composite
def models(draw: st.DrawFn) -> CountModel:
    model = MODELS[draw(st.sampled_from(sorted(MODELS)))]
    shape = {"k": draw(st.integers(1, 5))} if model is MBGCNBD else {}
    return model.from_parameters(
        **{name: draw(SCALES if name in model.time_parameters else SHAPES) for name in model.parameter_names},
        **shape,
    )


@st.composite
def histories(draw: st.DrawFn) -> pd.DataFrame:
    age = draw(st.integers(0, 4000))
    x = draw(st.integers(0, min(age, 800)))
    recency = draw(st.integers(x, age)) if x else 0
    return pd.DataFrame({"frequency": [x], "recency": [recency], "T": [age]})


properties = settings(deadline=None, max_examples=60, derandomize=True)


@properties
@given(models(), histories(), st.integers(0, 3000))
def test_probabilities_are_probabilities(model: CountModel, history: pd.DataFrame, days: int) -> None:
    alive, silent = model.p_alive(history).item(), model.p_no_order(history, days).item()
    assert 0.0 <= alive <= 1.0
    assert 1.0 - alive <= silent * (1 + 1e-12) + 1e-15
    assert silent <= 1.0


@properties
@given(models(), histories())
def test_silence_gets_less_likely_with_time(model: CountModel, history: pd.DataFrame) -> None:
    days = [0, 1, 7, 30, 365, 3650]
    silent = [model.p_no_order(history, d).item() for d in days]
    orders = [model.expected_orders(history, d).item() for d in days]
    assert silent[0] == pytest.approx(1.0, rel=1e-12)
    assert orders[0] == 0.0
    assert np.all(np.diff(silent) <= 1e-12)
    assert np.all(np.diff(orders) >= 0.0)


@properties
@given(models(), histories(), st.integers(1, 2000))
def test_expected_orders_bound_the_chance_of_one(model: CountModel, history: pd.DataFrame, days: int) -> None:
    # Markov's inequality: P(X >= 1) <= E[X].
    chance = 1.0 - model.p_no_order(history, days).item()
    assert chance <= model.expected_orders(history, days).item() * (1 + 1e-9) + 1e-12


@properties
@given(models(), histories(), st.integers(1, 2000))
def test_silence_is_a_ratio_of_likelihoods(model: CountModel, history: pd.DataFrame, days: int) -> None:
    later = history.assign(T=history["T"] + days)
    ratio = np.exp(model.log_likelihood(later) - model.log_likelihood(history))
    assert model.p_no_order(history, days).item() == pytest.approx(ratio, rel=1e-8, abs=1e-12)


@properties
@given(models(), histories(), st.integers(1, 2000), st.floats(0.0, 0.5))
def test_discounting(model: CountModel, history: pd.DataFrame, days: int, rate: float) -> None:
    undiscounted = model.expected_orders(history, days).item()
    assert model.discounted_orders(history, days, 0.0).item() == undiscounted
    discounted = model.discounted_orders(history, days, rate).item()
    latest = (1 + rate) ** (-days / 365.25)
    assert undiscounted * latest * (1 - 1e-9) <= discounted <= undiscounted * (1 + 1e-9)


@properties
@given(models(), st.lists(st.integers(0, 3000), min_size=1, max_size=5))
def test_a_newcomer_is_a_customer_at_birth(model: CountModel, ages: list[int]) -> None:
    newborn = pd.DataFrame({"frequency": [0], "recency": [0], "T": [0]})
    one_by_one = [model.expected_orders(newborn, age).item() for age in ages]
    assert model.expected_of_newcomer(np.array(ages, dtype=float)) == pytest.approx(
        one_by_one, rel=1e-9, abs=1e-12
    )


@properties
@given(models(), histories())
def test_predictions_do_not_depend_on_the_company(model: CountModel, history: pd.DataFrame) -> None:
    crowd = pd.DataFrame({"frequency": [0, 3, 40], "recency": [0, 90, 300], "T": [10, 100, 330]})
    both = pd.concat([crowd, history, crowd], ignore_index=True)
    for alone, together in zip(
        _predict(model, history).to_numpy()[0], _predict(model, both).to_numpy()[3], strict=True
    ):
        assert alone == together


def _predict(model: CountModel, summary: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "p_alive": model.p_alive(summary),
            "p_no_order": model.p_no_order(summary, 90),
            "expected_orders": model.expected_orders(summary, 90),
            "discounted_orders": model.discounted_orders(summary, 365, 0.1),
        }
    )


@pytest.fixture(scope="module", params=sorted(MODELS))
def fitted(request: pytest.FixtureRequest, cdnow: pd.DataFrame) -> CountModel:
    model: CountModel = MODELS[request.param]().fit(cdnow)
    return model


def test_row_order_changes_no_bit(fitted: CountModel, cdnow: pd.DataFrame) -> None:
    shuffled = cdnow.sample(frac=1.0, random_state=7)
    again = type(fitted)().fit(shuffled)
    assert again.to_dict() == fitted.to_dict()
    assert _predict(again, shuffled).loc[cdnow.index].equals(_predict(fitted, cdnow))


def test_threads_change_no_bit(fitted: CountModel, cdnow: pd.DataFrame) -> None:
    for threads in (1, 2):
        with threadpool_limits(threads):
            assert type(fitted)().fit(cdnow).to_dict() == fitted.to_dict()


def test_weights_are_repetitions(fitted: CountModel, cdnow: pd.DataFrame) -> None:
    counted = cdnow.groupby(["frequency", "recency", "T"]).size().rename("weight").reset_index()
    assert type(fitted)().fit(counted).to_dict() == fitted.to_dict()


def test_a_saved_model_predicts_the_same_bits(fitted: CountModel, cdnow: pd.DataFrame) -> None:
    reread = load(json.loads(json.dumps(fitted.to_dict())))
    assert type(reread) is type(fitted)
    assert _predict(reread, cdnow).equals(_predict(fitted, cdnow))
    assert reread.to_dict() == fitted.to_dict()


@pytest.mark.parametrize("factor", [1 / 7, 24.0])
def test_the_unit_of_time_is_a_name(fitted: CountModel, cdnow: pd.DataFrame, factor: float) -> None:
    rescaled = cdnow.assign(recency=cdnow["recency"] * factor, T=cdnow["T"] * factor)
    other = type(fitted)().fit(rescaled)
    for name, value in fitted.parameters.items():
        scale = factor if name in fitted.time_parameters else 1.0
        assert other.parameters[name] == pytest.approx(value * scale, rel=1e-7)
    pd.testing.assert_series_equal(other.p_alive(rescaled), fitted.p_alive(cdnow), rtol=1e-6)
    pd.testing.assert_series_equal(
        other.expected_orders(rescaled, 91 * factor), fitted.expected_orders(cdnow, 91), rtol=1e-6
    )


def test_spend_is_shrunk_towards_the_population(cdnow: pd.DataFrame) -> None:
    spend = GammaGamma().fit(cdnow)
    value = spend.expected_order_value(cdnow)
    has_spend = cdnow["spend_days"] > 0
    assert (value[~has_spend] == spend.population_mean).all()
    low, high = cdnow["monetary_value"], spend.population_mean
    between = (value - low) * (high - value) >= 0
    assert between[has_spend].all()
    shuffled = cdnow.sample(frac=1.0, random_state=7)
    assert GammaGamma().fit(shuffled).to_dict() == spend.to_dict()
    reread = GammaGamma.from_dict(json.loads(json.dumps(spend.to_dict())))
    assert reread.expected_order_value(cdnow).equals(value)


def test_spend_scales_with_the_currency(cdnow: pd.DataFrame) -> None:
    euros, cents = (
        GammaGamma().fit(cdnow),
        GammaGamma().fit(cdnow.assign(monetary_value=cdnow["monetary_value"] * 100)),
    )
    assert cents.parameters["gamma"] == pytest.approx(100 * euros.parameters["gamma"], rel=1e-7)
    assert cents.parameters["p"] == pytest.approx(euros.parameters["p"], rel=1e-7)


def test_lifetime_value_is_orders_times_value(fitted: CountModel, cdnow: pd.DataFrame) -> None:
    spend = GammaGamma().fit(cdnow)
    shuffled = cdnow.sample(frac=1.0, random_state=3)
    value = lifetime_value(fitted, spend, shuffled, 91, 365, 0.1, 0.3)
    assert list(value.columns) == [
        "p_alive",
        "p_no_order",
        "expected_orders",
        "expected_order_value",
        "expected_spend",
        "clv",
        "clv_in_horizon",
    ]
    assert value.index.equals(shuffled.index)
    assert (value["expected_spend"] == value["expected_orders"] * value["expected_order_value"]).all()
    discounted = fitted.discounted_orders(shuffled, 365, 0.1)
    assert np.allclose(value["clv"], 0.3 * value["expected_order_value"] * discounted, rtol=1e-14)
    soon = fitted.discounted_orders(shuffled, 91, 0.1)
    assert np.allclose(value["clv_in_horizon"], 0.3 * value["expected_order_value"] * soon, rtol=1e-14)


def test_horizons_and_rates_without_meaning_are_refused(fitted: CountModel, cdnow: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="horizon of -1"):
        fitted.p_no_order(cdnow, -1)
    with pytest.raises(UserError, match="horizon of inf"):
        fitted.expected_orders(cdnow, np.inf)
    with pytest.raises(UserError, match=r"rate of -1\.5"):
        fitted.discounted_orders(cdnow, 90, -1.5)
    with pytest.raises(UserError, match=r"rate of 0\.0 per year has no meaning over inf"):
        fitted.discounted_orders(cdnow, np.inf, 0.0)
    with pytest.raises(UserError, match="share = 1"):
        fitted.days_to_next_order(cdnow, 1)


def test_nobody_gets_no_answer(fitted: CountModel, cdnow: pd.DataFrame) -> None:
    nobody = cdnow.iloc[:0]
    assert len(_predict(fitted, nobody)) == 0
    assert fitted.order_distribution(nobody, 90, 3).shape == (0, 4)
    assert fitted.order_quantiles(nobody, 90).shape == (0, 3)
    assert len(fitted.days_to_next_order(nobody)) == 0
    assert len(lifetime_value(fitted, GammaGamma().fit(cdnow), nobody, 90, 365, 0.1, 1.0)) == 0


BAD_ROWS: list[tuple[dict[str, Any], str]] = [
    ({"frequency": [-1], "recency": [0], "T": [5]}, "frequency"),
    ({"frequency": [1.5], "recency": [2], "T": [5]}, "frequency"),
    ({"frequency": [1], "recency": [6], "T": [5]}, "recency"),
    ({"frequency": [1], "recency": [0], "T": [5]}, "recency 0"),
    ({"frequency": [0], "recency": [3], "T": [5]}, "without repeat"),
    ({"frequency": [1], "recency": [np.nan], "T": [5]}, "missing"),
    ({"frequency": [1], "recency": [2]}, "no column T"),
]


@pytest.mark.parametrize(("row", "problem"), BAD_ROWS)
def test_an_impossible_history_is_named(row: dict[str, Any], problem: str, fitted: CountModel) -> None:
    with pytest.raises(UserError, match=problem) as caught:
        fitted.p_alive(pd.DataFrame(row))
    assert caught.value.valid is not None
