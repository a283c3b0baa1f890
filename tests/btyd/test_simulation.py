"""Every formula against customers drawn from the model itself."""

from __future__ import annotations

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
    simulate,
    simulate_orders,
)

GIVEN: list[CountModel] = [
    BGNBD.from_parameters(r=0.6, alpha=4.0, a=0.8, b=2.4),
    MBGNBD.from_parameters(r=0.8, alpha=6.0, a=0.5, b=1.6),
    ParetoNBD.from_parameters(r=0.7, alpha=5.0, s=0.6, beta=11.0),
    NBD.from_parameters(r=0.7, alpha=10.0),
    MBGCNBD.from_parameters(k=3, r=0.8, alpha=2.0, a=0.6, b=2.0),
]
N, HORIZON = 40_000, 180


@pytest.fixture(scope="module", params=GIVEN, ids=lambda model: model.name)
def drawn(request: pytest.FixtureRequest) -> tuple[CountModel, pd.DataFrame]:
    births = np.random.default_rng(5).integers(0, 500, N)
    return request.param, simulate(request.param, births, seed=11, horizon_days=HORIZON)


def _agree(seen: pd.Series, expected: pd.Series) -> None:
    """Mean of what was seen within four standard errors of the mean of what was expected."""
    gap = seen.astype(float) - expected
    assert abs(gap.mean()) <= 4 * gap.std() / np.sqrt(len(gap))


def test_expectations_hold_on_average_and_by_history(drawn: tuple[CountModel, pd.DataFrame]) -> None:
    model, seen = drawn
    expected = model.expected_orders(seen, HORIZON)
    alive, silent = model.p_alive(seen), model.p_no_order(seen, HORIZON)
    # Recency against age splits those who may be gone from those who are there.
    quiet = seen["T"] - seen["recency"] > seen["T"].median() / 2
    for part in (
        seen["frequency"] == 0,
        seen["frequency"].between(1, 3),
        seen["frequency"] > 3,
        quiet,
        ~quiet,
    ):
        _agree(seen["future_orders"][part], expected[part])
        _agree((seen["future_orders"] == 0)[part], silent[part])
        if model.name != "nbd":
            _agree(seen["alive"][part], alive[part])


@pytest.mark.parametrize("model", GIVEN, ids=lambda model: model.name)
def test_new_customers(model: CountModel) -> None:
    """A row of zeros stands for a customer at the first order: the unconditional expectation."""
    seen = simulate(model, np.zeros(N), seed=4, horizon_days=HORIZON)
    assert (seen["frequency"] == 0).all()
    _agree(seen["future_orders"], model.expected_orders(seen, HORIZON))
    _agree(seen["future_orders"] == 0, model.p_no_order(seen, HORIZON))


@pytest.mark.parametrize("model", GIVEN, ids=lambda model: model.name)
def test_discounted_orders_are_those_of_drawn_lives(model: CountModel) -> None:
    """Over a year, and for good where dropout ends the lives that are followed."""
    rate, new = 0.5, pd.DataFrame({"frequency": [0], "recency": [0], "T": [0]})
    years = {1: 20_000, 15: 4000}
    for length, n in years.items():
        orders = simulate_orders(model, np.full(n, 365.25 * length), seed=6)
        repeats = orders[orders["day"] > 0]
        worth = ((1 + rate) ** -(repeats["day"] / 365.25)).groupby(repeats["customer"]).sum()
        horizon = np.inf if length > 1 else 365.25
        expected = model.discounted_orders(new, horizon, rate).item()
        # What comes after 15 years is worth 0.2 % of what came before.
        tolerance = 0.005 * expected if length > 1 else 0.0
        worth = worth.reindex(range(n), fill_value=0.0)
        assert abs(worth.mean() - expected) <= 4 * worth.std() / np.sqrt(n) + tolerance


def test_order_values_are_those_of_drawn_customers() -> None:
    """Gamma-Gamma: the mean of later amounts, by days of spend known before."""
    spend, rng, n = GammaGamma.from_parameters(p=2.0, q=4.0, gamma=30.0), np.random.default_rng(3), 40_000
    p, q, gamma = spend.parameters.values()
    price, days = rng.gamma(q, 1 / gamma, n), np.repeat([0, 1, 4, 20], n // 4)
    known = np.where(days > 0, rng.gamma(p * np.maximum(days, 1)) / price / np.maximum(days, 1), 0.0)
    customers = pd.DataFrame({"monetary_value": known, "spend_days": days})
    later, expected = pd.Series(rng.gamma(p, 1.0, n) / price), spend.expected_order_value(customers)
    for some in (0, 1, 4, 20):
        _agree(later[days == some], expected[days == some])
        dear = (days == some) & (expected > expected[days == some].median())
        if some:
            _agree(later[dear], expected[dear])


def test_distribution_of_counts(drawn: tuple[CountModel, pd.DataFrame]) -> None:
    model, seen = drawn
    few = seen.head(5000)
    chances = model.order_distribution(few, HORIZON, 40)
    for n in (0, 1, 2, 5):
        _agree(few["future_orders"] == n, chances[n])
    assert np.allclose(chances[0], model.p_no_order(few, HORIZON), rtol=1e-10)
    assert (chances >= 0).all(axis=None)
    assert (chances.sum(axis=1) <= 1 + 1e-12).all()


def test_distribution_sums_to_one_and_has_the_mean(drawn: tuple[CountModel, pd.DataFrame]) -> None:
    model, _ = drawn
    summary = pd.DataFrame(
        {"frequency": [0, 1, 6, 30], "recency": [0, 10, 150, 300], "T": [30, 300, 160, 310]}
    )
    chances = model.order_distribution(summary, 60, 400).to_numpy()
    assert chances.sum(axis=1) == pytest.approx(np.ones(4), abs=1e-10)
    mean = (chances * np.arange(401)).sum(axis=1)
    assert mean == pytest.approx(model.expected_orders(summary, 60).to_numpy(), rel=1e-9)


def test_half_of_those_who_return_do_so_within_the_median_wait(
    drawn: tuple[CountModel, pd.DataFrame],
) -> None:
    model, _ = drawn
    summary = pd.DataFrame({"frequency": [0, 2, 20], "recency": [0, 200, 300], "T": [90, 300, 310]})
    wait = model.days_to_next_order(summary)
    alive = model.p_alive(summary)
    for i in range(3):
        row = summary.iloc[[i]]
        within = 1 - model.p_no_order(row, wait.iloc[i]).item()
        ever = 1 - model.p_no_order(row, 1e14).item()
        assert within == pytest.approx(ever / 2, rel=1e-3)
        assert within <= alive.iloc[i]
    assert (model.days_to_next_order(summary, 0.2) < wait).all()


def test_quantiles_are_those_of_the_distribution(drawn: tuple[CountModel, pd.DataFrame]) -> None:
    model, seen = drawn
    few = seen.head(300)
    levels = (0.1, 0.5, 0.9, 0.99)
    found = model.order_quantiles(few, HORIZON, levels)
    below = model.order_distribution(few, HORIZON, 600).cumsum(axis=1)
    for q in levels:
        assert found[q].tolist() == (below < q).sum(axis=1).tolist()


def test_score_is_the_mean_log_probability(drawn: tuple[CountModel, pd.DataFrame]) -> None:
    model, seen = drawn
    few = seen.head(200)
    chances = model.order_distribution(few, HORIZON, 200)
    by_hand = np.mean([np.log(chances.loc[i, n]) for i, n in few["future_orders"].items()])
    assert model.score(few, HORIZON, few["future_orders"]) == pytest.approx(by_hand, rel=1e-12)


@pytest.mark.parametrize("model", GIVEN, ids=lambda model: model.name)
def test_a_fit_recovers_what_was_drawn(model: CountModel) -> None:
    births = np.random.default_rng(8).integers(200, 900, 6000)
    fit = MODELS[model.name]().fit(simulate(model, births, seed=2))
    assert fit.status == "ok"
    errors = np.sqrt(np.diagonal(fit.covariance))
    gaps = np.log(list(fit.parameters.values())) - np.log(list(model.parameters.values()))
    assert (np.abs(gaps) < 4 * errors).all()


def test_draws_are_repeatable() -> None:
    births = np.arange(1, 200)
    assert simulate(GIVEN[0], births, seed=1).equals(simulate(GIVEN[0], births, seed=1))
    assert not simulate(GIVEN[0], births, seed=1).equals(simulate(GIVEN[0], births, seed=2))


@pytest.mark.parametrize("model", GIVEN, ids=lambda model: model.name)
def test_the_orders_add_up_to_the_summary(model: CountModel) -> None:
    ages = np.linspace(0, 500, 300)
    orders, summary = simulate_orders(model, ages, seed=3), simulate(model, ages, seed=3)
    by_customer = orders.groupby("customer")["day"]
    assert orders.equals(orders.sort_values(["customer", "day"], ignore_index=True))
    assert (by_customer.first() == 0).all()
    np.testing.assert_array_equal(by_customer.size() - 1, summary["frequency"])
    np.testing.assert_array_equal(by_customer.max(), summary["recency"])
