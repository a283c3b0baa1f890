"""Exact gradients, honest verdicts, clear refusals."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
import pytest

from pipeline.btyd import (
    BGNBD,
    MBGCNBD,
    MBGNBD,
    MODELS,
    NBD,
    CountModel,
    GammaGamma,
    ParetoNBD,
    gammagamma,
    load,
)
from pipeline.btyd._numerics import Floats
from pipeline.btyd.fitting import BOUND
from pipeline.btyd.histories import Histories
from pipeline.btyd.likelihood import Likelihood
from pipeline.btyd.spending import Spending
from pipeline.errors import UserError

THETA = {
    "bgnbd": [0.3, 5.0, 0.7, 2.2],
    "mbgnbd": [0.6, 5.0, 0.9, 1.7],
    "paretonbd": [0.5, 9.0, 0.6, 14.0],
    "nbd": [0.4, 12.0],
    "mbgcnbd": [0.7, 2.0, 0.8, 2.4],
}


@pytest.mark.parametrize("name", THETA)
def test_gradients_are_exact(name: str) -> None:
    summary = pd.DataFrame(
        {
            "frequency": [0, 0, 1, 3, 40, 900, 2],
            "recency": [0, 0, 5, 100, 400, 5000, 60],
            "T": [1, 800, 5, 700, 401, 5200, 900],
        }
    )
    model, rows = MODELS[name](), Histories.from_summary(summary)
    if isinstance(model, MBGCNBD):
        model.gap_shape = 3
    theta = np.array(THETA[name])
    _differences_agree(lambda theta: model._likelihood(theta.tolist(), rows), theta)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", THETA)
def test_the_likelihood_is_a_number_wherever_the_search_may_go(name: str) -> None:
    summary = pd.DataFrame({"frequency": [0, 0, 3, 40], "recency": [0, 0, 40, 49], "T": [0, 10, 50, 50]})
    rows = Histories.from_summary(summary).scaled(7.0 / 27.0)
    model = MODELS[name]()
    for objective in filter(None, (model._objective(rows), model._sketch(rows))):
        for theta in product((-BOUND, 0.0, BOUND), repeat=len(model.parameter_names)):
            found = objective(np.array(theta))
            assert np.isfinite([found.value, *found.gradient]).all(), theta


def _differences_agree(likelihood: Callable[[Floats], Likelihood], theta: Floats) -> None:
    here = likelihood(theta)
    for i in range(len(theta)):
        step = np.zeros_like(theta)
        step[i] = 1e-5 * theta[i]
        up, down = likelihood(theta + step), likelihood(theta - step)
        slope = (up.value - down.value) / (2 * step[i])
        assert here.gradient[i] == pytest.approx(slope, rel=1e-6, abs=1e-6)
        if here.hessian is not None:
            bend = (up.gradient - down.gradient) / (2 * step[i])
            assert here.hessian[i] == pytest.approx(bend, rel=1e-6, abs=1e-6)


def test_gradients_of_spend_are_exact() -> None:
    n, m = np.array([1, 1, 2, 7, 300]), np.array([0.01, 5.0, 12.0, 30.0, 4000.0])
    weight = np.array([1.0, 2.0, 1.0, 0.5, 1.0])
    _differences_agree(
        lambda theta: gammagamma._likelihood(theta.tolist(), Spending(n, m, weight)),
        np.array([3.0, 2.5, 9.0]),
    )


@pytest.mark.parametrize("model", MODELS.values())
@pytest.mark.parametrize(
    ("summary", "problem"),
    [
        (pd.DataFrame({"frequency": [], "recency": [], "T": []}), "no customers"),
        (pd.DataFrame({"frequency": [0, 0], "recency": [0, 0], "T": [9, 30]}), "second time"),
        (pd.DataFrame({"frequency": [0, 0], "recency": [0, 0], "T": [0, 0]}), "T = 0"),
        (pd.DataFrame({"frequency": [2], "recency": [3], "T": [9], "weight": [0]}), "no customers"),
    ],
)
def test_nothing_to_learn_is_refused(model: type[CountModel], summary: pd.DataFrame, problem: str) -> None:
    with pytest.raises(UserError, match=problem) as caught:
        model().fit(summary)
    assert caught.value.valid is not None


@pytest.mark.parametrize("model", [BGNBD, MBGNBD, ParetoNBD])
def test_customers_who_never_leave_do_not_identify_dropout(model: type[CountModel]) -> None:
    rng = np.random.default_rng(1)
    rate = rng.gamma(2.0, 0.25, 1500)
    x = rng.poisson(rate * 100)
    last = np.where(x > 0, np.ceil(700 * rng.beta(np.maximum(x, 1), 1.0)), 0)
    summary = pd.DataFrame({"frequency": x, "recency": last, "T": 700})
    fit = model().fit(summary)
    assert fit.status == "not_identified"
    assert fit.message
    # Not worse than the model without dropout, which is its limit.
    assert fit.fitted_log_likelihood > NBD().fit(summary).fitted_log_likelihood - 0.01
    assert np.isfinite(
        fit.expected_orders(pd.DataFrame({"frequency": [3], "recency": [600], "T": [700]}), 90)
    ).all()


def test_gamma_gamma_without_a_mean_says_so() -> None:
    rng = np.random.default_rng(0)
    n = rng.integers(1, 5, 3000)
    nu = rng.gamma(0.7, 1 / 20.0, 3000)
    summary = pd.DataFrame({"spend_days": n, "monetary_value": rng.gamma(4.0 * n, 1 / (nu * n))})
    spend = GammaGamma().fit(summary)
    assert spend.parameters["q"] < 1
    assert spend.status == "weak"
    assert "heavy-tailed" in spend.message
    assert spend.population_mean == pytest.approx(summary["monetary_value"].mean(), rel=1e-7)
    value = spend.expected_order_value(pd.DataFrame({"spend_days": [0, 2], "monetary_value": [0.0, 50.0]}))
    assert value.tolist() == pytest.approx([spend.population_mean, 50.0])


@pytest.mark.parametrize(
    ("summary", "problem"),
    [
        ({"spend_days": [0, 0], "monetary_value": [0.0, 0.0]}, "no spend to learn"),
        ({"spend_days": [1, 2], "monetary_value": [5.0, 0.0]}, "no positive monetary_value"),
        ({"spend_days": [1.5, 2], "monetary_value": [5.0, 9.0]}, "no count"),
        ({"monetary_value": [5.0]}, "no column spend_days"),
    ],
)
def test_spend_that_teaches_nothing_is_refused(summary: dict[str, list[float]], problem: str) -> None:
    with pytest.raises(UserError, match=problem):
        GammaGamma().fit(pd.DataFrame(summary))


def test_a_shop_with_one_price() -> None:
    summary = pd.DataFrame({"spend_days": [1, 2, 5, 0], "monetary_value": [20.0, 20.0, 20.0, 0.0]})
    spend = GammaGamma().fit(summary)
    assert spend.status == "not_identified"
    assert spend.expected_order_value(summary).tolist() == pytest.approx([20.0] * 4, rel=1e-3)


def test_models_of_another_kind_or_unit_are_refused() -> None:
    saved = MODELS["bgnbd"].from_parameters(r=1, alpha=1, a=1, b=1).to_dict()
    with pytest.raises(UserError, match="cannot be read"):
        MODELS["paretonbd"].from_dict(saved)
    with pytest.raises(UserError, match="unit 'day'"):
        load({**saved, "unit": "day"})
    with pytest.raises(UserError, match="unknown model"):
        load({**saved, "model": "oracle"})
    with pytest.raises(UserError, match="cannot have the parameters"):
        MODELS["bgnbd"].from_parameters(r=1, alpha=-1, a=1, b=1)
    with pytest.raises(UserError, match="not been fitted"):
        MODELS["bgnbd"]().to_dict()
