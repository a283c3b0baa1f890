"""Regular buyers: the MBG/CNBD-k, against exact sums and the model it generalises."""

from __future__ import annotations

import json

import mpmath as mp
import numpy as np
import pandas as pd
import pytest

from pipeline.btyd import MBGCNBD, MBGNBD, GammaGamma, load, simulate
from pipeline.btyd.erlang import expected_regular_orders
from pipeline.btyd.predictive import predict
from pipeline.errors import UserError

PARAMETERS = {"r": 0.85, "alpha": 1.45, "a": 0.79, "b": 2.42}


def test_k_1_is_the_mbgnbd_to_the_last_bit(cdnow: pd.DataFrame) -> None:
    regular, random = MBGCNBD(k=1).fit(cdnow), MBGNBD().fit(cdnow)
    assert regular.parameters == random.parameters
    assert regular.fitted_log_likelihood == random.fitted_log_likelihood
    for answer in ("p_alive", "days_to_next_order"):
        assert getattr(regular, answer)(cdnow).equals(getattr(random, answer)(cdnow))
    for answer in ("p_no_order", "expected_orders", "order_quantiles"):
        assert getattr(regular, answer)(cdnow, 91).equals(getattr(random, answer)(cdnow, 91))
    assert regular.discounted_orders(cdnow, 91, 0.1).equals(random.discounted_orders(cdnow, 91, 0.1))
    assert regular.order_distribution(cdnow, 91, 5).equals(random.order_distribution(cdnow, 91, 5))
    births = np.arange(500)
    assert simulate(regular, births, 3, 90).equals(simulate(random, births, 3, 90))


def test_the_data_choose_k(cdnow: pd.DataFrame) -> None:
    assert MBGCNBD().fit(cdnow).gap_shape == 1
    births = np.random.default_rng(1).integers(200, 900, 6000)
    drawn = simulate(MBGCNBD.from_parameters(k=3, **PARAMETERS), births, seed=9)
    model = MBGCNBD().fit(drawn)
    assert model.gap_shape == 3
    assert model.status == "ok"
    assert model.fitted_log_likelihood > MBGNBD().fit(drawn).fitted_log_likelihood + 50
    assert MBGCNBD(k=2).fit(drawn).gap_shape == 2


@pytest.mark.parametrize("a", [0.01, 1 - 1e-9, 1.0, 1 + 1e-9, 50.0])
@pytest.mark.parametrize(
    ("k", "passed", "R", "b", "tau", "events"),
    [
        (2, 0, 0.5, 2.4, 1e-3, 60),
        (3, 2, 0.5, 2.4, 5.0, 900),
        (3, 0, 0.05, 1.05, 200.0, 14_000),
        (4, 3, 2000.5, 502.4, 1.0, 4000),
        (2, 1, 15_000.5, 7502.4, 0.5, 10_000),
        (12, 7, 240.5, 12.4, 0.5, 1_500),
    ],
)
def test_expected_orders_of_a_living_customer(
    a: float, k: int, passed: int, R: float, b: float, tau: float, events: int
) -> None:
    """Sum over the events of the horizon, with 40 digits."""
    with mp.workdps(40):
        exact, orders, kept, placed = mp.mpf(0), mp.mpf(0), mp.mpf(1), 0
        chance, growth = (1 + mp.mpf(tau)) ** -mp.mpf(R), mp.mpf(tau) / (1 + mp.mpf(tau))
        for n in range(events):
            while (passed + n) // k > placed:
                orders += kept
                kept *= (b + mp.mpf(placed)) / (mp.mpf(a) + b + placed)
                placed += 1
            exact += chance * orders
            chance *= growth * (mp.mpf(R) + n) / (n + 1)
    found = expected_regular_orders(k, np.array([passed]), np.array([R]), a, np.array([b]), np.array([tau]))
    assert found.item() == pytest.approx(float(exact), rel=1e-9)


def test_likelihood_of_a_history() -> None:
    """By integrating over the customer's rate and dropout probability, for k = 3."""
    k, x, t_x, T = 3, 4, 20, 24
    model = MBGCNBD.from_parameters(k=k, **PARAMETERS)
    row = pd.DataFrame({"frequency": [x], "recency": [t_x * 7], "T": [T * 7]})
    with mp.workdps(25):
        r, alpha, a, b = (mp.mpf(value) for value in PARAMETERS.values())

        def likelihood(rate: mp.mpf) -> mp.mpf:
            """x gaps that sum to t_x, then death or fewer than k events; the gaps scored as if random."""
            waits = sum((rate * (T - t_x)) ** j / mp.factorial(j) for j in range(k)) * mp.exp(
                -rate * (T - t_x)
            )
            gone, there = mp.beta(a + 1, b + x) / mp.beta(a, b), mp.beta(a, b + x + 1) / mp.beta(a, b)
            total = rate ** (k * x) * mp.mpf(t_x) ** (k * x - 1) / mp.gamma(k * x) * mp.exp(-rate * t_x)
            random = mp.mpf(t_x) ** (x - 1) / mp.gamma(x)
            prior = alpha**r * rate ** (r - 1) * mp.exp(-alpha * rate) / mp.gamma(r)
            return total / random * (gone + there * waits) * prior

        exact = mp.log(mp.quad(likelihood, [0, 0.2, 0.5, 1, 2, 4, 10]))
    assert model.log_likelihood(row) == pytest.approx(float(exact), rel=1e-10)


def test_a_missed_beat_says_more_of_regular_buyers() -> None:
    beats = pd.DataFrame({"frequency": 10, "recency": 280, "T": 280 + np.arange(0, 120, 10)})
    alive = [
        MBGCNBD.from_parameters(k=k, r=1.0, alpha=4.0 / k, a=0.8, b=2.4).p_alive(beats) for k in (1, 2, 4)
    ]
    late = beats["T"] > 350
    assert (alive[2] < alive[1])[late].all()
    assert (alive[1] < alive[0])[late].all()
    # Right after an order none is due.
    soon = beats.head(1)
    silent = [
        MBGCNBD.from_parameters(k=k, r=9.0, alpha=36.0 / k, a=0.1, b=9.0).p_no_order(soon, 7).item()
        for k in (1, 2, 4)
    ]
    assert silent[0] < silent[1] < silent[2]


def test_k_is_saved_and_checked(cdnow: pd.DataFrame) -> None:
    model = MBGCNBD.from_parameters(k=3, **PARAMETERS)
    again = load(json.loads(json.dumps(model.to_dict())))
    assert isinstance(again, MBGCNBD)
    assert again.gap_shape == 3
    assert again.expected_orders(cdnow, 91).equals(model.expected_orders(cdnow, 91))
    with pytest.raises(UserError, match="k = 0"):
        MBGCNBD(k=0)
    with pytest.raises(UserError, match="no mbgcnbd"):
        MBGCNBD().fit(cdnow, engine="lifetimes")


@pytest.fixture(scope="module")
def waiting() -> pd.DataFrame:
    """Customers of one age and frequency who have been silent for different times, and others."""
    return pd.DataFrame(
        {
            "frequency": [6, 6, 6, 6, 0, 0, 40],
            "recency": [363, 350, 320, 200, 0, 0, 360],
            "T": [364, 364, 364, 364, 10, 364, 364],
            "monetary_value": [30.0, 30.0, 30.0, 30.0, 0.0, 0.0, 30.0],
            "spend_days": [6, 6, 6, 6, 0, 0, 40],
        }
    )


def test_intervals_are_those_of_the_distribution_of_regular_orders(waiting: pd.DataFrame) -> None:
    model, levels = MBGCNBD.from_parameters(k=3, **PARAMETERS), (0.1, 0.5, 0.9)
    spend = GammaGamma.from_parameters(p=6.25, q=3.74, gamma=15.44)
    every = np.tile(levels, (len(waiting), 1))
    came = {"orders": np.full(len(waiting), 2.0)}
    found = predict(model, spend, waiting, 91, every, every, came)
    np.testing.assert_array_equal(found.orders, model.order_quantiles(waiting, 91, levels))
    chances, n = model.order_distribution(waiting, 91, 200).to_numpy(), np.arange(201)
    np.testing.assert_allclose(found.orders_variance, chances @ n**2 - (chances @ n) ** 2, rtol=0.02)
    low, high = found.ranges["orders"]
    np.testing.assert_allclose(low, chances[:, :2].sum(axis=1), atol=1e-6)
    np.testing.assert_allclose(high, chances[:, :3].sum(axis=1), atol=1e-6)
