"""Distributions of orders and spend: against simulation, in the limits, for hostile customers and fits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betainc
from scipy.stats import binom

from pipeline.btyd import BGNBD, MBGCNBD, MBGNBD, NBD, CountModel, GammaGamma, ParetoNBD, counttable, simulate
from pipeline.btyd.parametersets import has_known_uncertainty, parameter_sets
from pipeline.btyd.predictive import Predictive, predict
from pipeline.btyd.spendtable import beta_prime_cdf

MODELS = [
    BGNBD.from_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426),
    MBGNBD.from_parameters(r=0.525, alpha=6.183, a=0.891, b=1.614),
    ParetoNBD.from_parameters(r=0.553, alpha=10.578, s=0.606, beta=11.669),
    NBD.from_parameters(r=0.385, alpha=12.07),
]
REGULAR = [MBGCNBD.from_parameters(k=k, r=0.85, alpha=1.45, a=0.79, b=2.42) for k in (2, 4)]
SPEND = GammaGamma.from_parameters(p=6.25, q=3.74, gamma=15.44)
LEVELS = (0.1, 0.5, 0.9)


def customers(**columns: list[float]) -> pd.DataFrame:
    """Histories whose repeat orders all had an amount."""
    table = pd.DataFrame(columns)
    table["spend_days"] = table.get("spend_days", table["frequency"])
    table["monetary_value"] = np.where(table["spend_days"] > 0, 30.0, 0.0)
    return table


def ask(model: CountModel, summary: pd.DataFrame, horizon_days: float = 365.0) -> Predictive:
    return ask_spend(SPEND, model, summary, horizon_days)


def place(
    kind: str, model: CountModel, summary: pd.DataFrame, horizon_days: float, came: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where what came lies in its distribution."""
    levels = np.full((len(summary), 1), 0.5)
    return predict(model, SPEND, summary, horizon_days, levels, levels, {kind: came.astype(float)}).ranges[
        kind
    ]


def ask_spend(spend: GammaGamma, model: CountModel, summary: pd.DataFrame, horizon_days: float) -> Predictive:
    levels = np.tile(LEVELS, (len(summary), 1))
    return predict(model, spend, summary, horizon_days, levels, levels)


MIXED = customers(
    frequency=[0, 0, 2, 10, 60, 200, 3],
    recency=[0, 0, 213, 250, 360, 700, 20],
    T=[0, 272, 272, 272, 365, 700, 700],
    spend_days=[0, 0, 2, 10, 60, 180, 0],
)


def draws(summary: pd.DataFrame, horizon_days: float, n: int = 40_000) -> list[tuple[np.ndarray, np.ndarray]]:
    """Orders and spend of each customer under the BG/NBD, drawn one order after the other."""
    rng = np.random.default_rng(3)
    r, alpha, a, b = MODELS[0].parameters.values()
    p, q, gamma = SPEND.parameters.values()
    alive = MODELS[0].p_alive(summary).to_numpy()
    result = []
    for i, customer in enumerate(summary.to_dict("records")):
        x, days = customer["frequency"], customer["spend_days"]
        rate, leaves = rng.gamma(r + x, 1 / (alpha + customer["T"] / 7), n), rng.beta(a, b + x, n)
        price = rng.gamma(q + p * days, 1 / (gamma + days * customer["monetary_value"]), n)
        now, orders, spent = np.zeros(n), np.zeros(n), np.zeros(n)
        active = np.flatnonzero(rng.random(n) < alive[i])
        while len(active):
            now[active] += rng.exponential(1 / rate[active])
            active = active[now[active] < horizon_days / 7]
            orders[active] += 1
            spent[active] += rng.gamma(p, 1.0, len(active)) / price[active]
            active = active[rng.random(len(active)) >= leaves[active]]
        result.append((orders, spent))
    return result


def test_quantiles_and_variances_are_those_of_simulated_customers() -> None:
    found = ask(MODELS[0], MIXED)
    for i, (orders, spent) in enumerate(draws(MIXED, 365.0)):
        for drawn, quantiles in ((orders, found.orders[i]), (spent, found.spend[i])):
            below = [np.mean(drawn < quantile) for quantile in quantiles]
            up_to = [np.mean(drawn <= quantile) for quantile in quantiles]
            np.testing.assert_array_less(below, np.add(LEVELS, 0.02))
            np.testing.assert_array_less(np.subtract(LEVELS, 0.02), up_to)
        if orders.mean() > 0.1:  # else hardly anyone orders, and the draws say little
            assert found.orders_variance[i] == pytest.approx(orders.var(), rel=0.05)
            assert found.spend_variance[i] == pytest.approx(spent.var(), rel=0.2)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_without_parameter_uncertainty_they_are_the_models_own(model: CountModel) -> None:
    own = model.order_quantiles(MIXED, 91, LEVELS).to_numpy()
    np.testing.assert_array_equal(ask(model, MIXED, 91).orders, own)
    chances = model.order_distribution(MIXED, 91, 400).to_numpy()
    n = np.arange(401)
    np.testing.assert_allclose(
        ask(model, MIXED, 91).orders_variance, chances @ n**2 - (chances @ n) ** 2, rtol=0.02
    )


@settings(deadline=None, max_examples=40)
@given(
    model=st.sampled_from(MODELS),
    frequency=st.integers(0, 800),
    T=st.integers(1, 3000),
    share=st.floats(0.01, 1.0),
    horizon=st.sampled_from([1, 28, 91, 730]),
)
def test_quantiles_rise_with_level_and_horizon_and_are_finite(
    model: CountModel, frequency: int, T: int, share: float, horizon: int
) -> None:
    frequency = min(frequency, int(T * share))  # repeat orders are counted by days
    summary = customers(frequency=[frequency], recency=[T * share if frequency else 0], T=[T])
    near, far = ask(model, summary, horizon), ask(model, summary, 2 * horizon)
    for found in (near, far):
        for quantiles in (found.orders, found.spend):
            assert np.isfinite(quantiles).all()
            assert (np.diff(quantiles, axis=1) >= 0).all()
            assert (quantiles >= 0).all()
        assert ((found.spend > 0) <= (found.orders > 0)).all()
        assert found.orders_variance[0] >= 0
        assert found.spend_variance[0] >= 0
    assert (far.orders >= near.orders).all()
    assert (far.spend >= near.spend * 0.999).all()


def test_nobody_orders_in_no_time() -> None:
    found = ask(MODELS[0], MIXED, 0.0)
    for nothing in (found.orders, found.spend, found.orders_variance, found.spend_variance):
        assert not nothing.any()


def test_row_order_and_memory_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    summary = simulate(MODELS[1], rng.integers(0, 400, 500), seed=2).round({"recency": 0})
    summary = summary[(summary["frequency"] > 0) == (summary["recency"] > 0)].assign(
        spend_days=lambda s: s["frequency"], monetary_value=lambda s: np.where(s["frequency"] > 0, 20.0, 0.0)
    )
    model = MBGNBD.from_parameters(**MODELS[1].parameters)
    model.covariance = np.diag([0.01, 0.02, 0.03, 0.04]).tolist()
    whole = ask(model, summary)
    shuffled = np.random.default_rng(5).permutation(len(summary))
    again = ask(model, summary.iloc[shuffled])
    monkeypatch.setattr(counttable, "_CELLS", 1)
    pieces = ask(model, summary)
    alone = ask(model, summary.iloc[[7]])
    for name in ("orders", "spend", "orders_variance", "spend_variance"):
        np.testing.assert_array_equal(getattr(again, name), getattr(whole, name)[shuffled])
        np.testing.assert_array_equal(getattr(pieces, name), getattr(whole, name))
        np.testing.assert_array_equal(getattr(alone, name), getattr(whole, name)[[7]])
    assert again.parameter_sd == pieces.parameter_sd == whole.parameter_sd


def test_parameter_sets_have_the_mean_and_covariance_of_the_estimate(cdnow: pd.DataFrame) -> None:
    model = BGNBD().fit(cdnow)
    logs = np.log([list(one.parameters.values()) for one in parameter_sets(model)])
    np.testing.assert_allclose(logs.mean(axis=0), np.log(list(model.parameters.values())), rtol=1e-12)
    np.testing.assert_allclose(np.cov(logs.T, bias=True), model.covariance, rtol=1e-9)


@pytest.mark.parametrize("covariance", [[], [[float("nan")] * 4] * 4])
def test_unknown_uncertainty_is_left_out(covariance: list[list[float]]) -> None:
    model = BGNBD.from_parameters(**MODELS[0].parameters)
    model.covariance = covariance
    assert not has_known_uncertainty(model)
    assert ask(model, MIXED).parameter_sd == {"orders": 0.0, "spend": 0.0}


def test_a_flat_likelihood_does_not_run_off() -> None:
    model = BGNBD.from_parameters(**MODELS[0].parameters)
    model.covariance = np.diag([1e-4, 1e-4, 1e6, 1e6]).tolist()
    found = ask(model, MIXED)
    assert np.isfinite(found.spend).all()
    assert 0 < found.parameter_sd["orders"] < 2


@pytest.mark.parametrize(("p", "q"), [(0.3, 1.2), (1.0, 0.8), (6.25, 3.74), (400.0, 30.0)])
def test_any_spread_of_amounts_gives_finite_spend(p: float, q: float) -> None:
    spend = GammaGamma.from_parameters(p=p, q=q, gamma=20.0)
    spend.observed_mean = 33.0
    found = ask_spend(spend, MODELS[0], MIXED, 365.0)
    assert np.isfinite(found.spend).all()
    assert np.isfinite(found.spend_variance).all()
    assert (np.diff(found.spend, axis=1) >= 0).all()


def test_the_fast_distribution_of_sums_is_near_the_exact_one() -> None:
    ratio = np.exp(np.linspace(-6, 6, 200))
    for a in (5.0, 12.0, 300.0):
        for b in (1.2, 3.0, 40.0):
            np.testing.assert_allclose(
                beta_prime_cdf(np.log(ratio), a, b), betainc(a, b, ratio / (1 + ratio)), atol=0.01
            )


def test_ranges_are_the_cumulated_distribution() -> None:
    came = np.array([0, 1, 0, 4, 30, 0, 2])
    low, high = place("orders", MODELS[2], MIXED, 91, came)
    cumulated = MODELS[2].order_distribution(MIXED, 91, 60).cumsum(axis=1).to_numpy()
    rows = np.arange(len(came))
    np.testing.assert_allclose(high, cumulated[rows, came], atol=1e-6)
    np.testing.assert_allclose(low, np.where(came > 0, cumulated[rows, came - 1], 0.0), atol=1e-6)


def test_more_orders_than_anyone_expected_lie_at_the_end() -> None:
    low, high = place("orders", MODELS[0], MIXED, 1, np.full(len(MIXED), 5000))
    assert (low > 0.99).all()
    assert (high <= 1).all()
    assert (high > low).all()


@pytest.mark.parametrize("model", [*MODELS[:3], *REGULAR], ids=repr)
def test_eighty_per_cent_of_simulated_customers_lie_inside(model: CountModel) -> None:
    """Parameters known, so that only chance moves the coverage."""
    n = 4000
    rng = np.random.default_rng(8)
    drawn = simulate(model, rng.integers(50, 600, n).astype(float), seed=4, horizon_days=182)
    none = drawn.assign(spend_days=0, monetary_value=0.0)
    low, high = place("orders", model, none, 182, drawn["future_orders"].to_numpy())
    where = low + rng.random(n) * (high - low)
    inside = int(((where > 0.1) & (where < 0.9)).sum())
    assert binom.cdf(inside, n, 0.8) > 1e-3
    assert binom.sf(inside, n, 0.8) > 1e-3


def test_spend_of_simulated_customers_lies_where_it_was_predicted() -> None:
    """Amounts drawn from the model: a number drawn evenly in the range of each is even over all."""
    n, rng = 4000, np.random.default_rng(9)
    drawn = simulate(MODELS[1], rng.integers(50, 600, n).astype(float), seed=4, horizon_days=182)
    p, q, gamma = SPEND.parameters.values()
    price, before = rng.gamma(q, 1 / gamma, n), drawn["frequency"].to_numpy()
    summary = drawn.assign(
        spend_days=before,
        monetary_value=np.where(
            before > 0, rng.gamma(p * np.maximum(before, 1)) / price / np.maximum(before, 1), 0
        ),
    )
    orders = drawn["future_orders"].to_numpy()
    spent = np.where(orders > 0, rng.gamma(p * np.maximum(orders, 1)) / price, 0.0)
    low, high = place("spend", MODELS[1], summary, 182, spent)
    where = low + rng.random(n) * (high - low)
    for level in (0.1, 0.5, 0.9, 0.97):
        assert abs((where < level).mean() - level) < 4 * np.sqrt(level * (1 - level) / n)


def test_ranges_of_spend_are_where_its_quantiles_say() -> None:
    found = ask(MODELS[1], MIXED)
    for column, level in enumerate(LEVELS):
        some = found.spend[:, column] > 0
        _, high = place("spend", MODELS[1], MIXED, 365.0, found.spend[:, column])
        np.testing.assert_allclose(high[some], level, atol=1e-6)
    low, high = place("spend", MODELS[1], MIXED, 365.0, np.full(len(MIXED), np.inf))
    assert (low > 1 - 1e-4).all()
    assert (high <= 1).all()


def test_uncertain_amounts_widen_the_interval_of_spend() -> None:
    unsure = GammaGamma.from_parameters(**SPEND.parameters)
    unsure.covariance = np.diag([0.5, 0.1, 0.5]).tolist()
    known, found = (
        ask_spend(spend, NBD.from_parameters(r=9.0, alpha=9.0), MIXED, 365.0) for spend in (SPEND, unsure)
    )
    np.testing.assert_array_equal(found.orders, known.orders)
    width, before = (some.spend[:, 2] / some.spend[:, 0] for some in (found, known))
    assert (width > before).all()
    # The more of the own spend is known, the less the parameters matter.
    assert width[0] / before[0] > width[4] / before[4]
