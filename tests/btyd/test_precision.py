"""Against arbitrary-precision arithmetic, far outside what customers do."""

from __future__ import annotations

from itertools import product

import mpmath as mp
import numpy as np
import pandas as pd
import pytest

from pipeline.btyd import BGNBD, MBGCNBD, MBGNBD, CountModel, ParetoNBD

ALPHA = 5.0
HISTORIES = [  # x, t_x / T
    (0, 0.0),
    (1, 0.3),
    (30, 0.5),
    (30, 0.999),
    (600, 0.9),
    (5000, 0.7),
    (5000, 0.9999),
]
AGES = [1e-3, 1.0, 1e2, 1e4]  # T / alpha
HORIZONS = [1e-2, 1.0, 1e3]  # t / alpha


@pytest.fixture(autouse=True)
def _digits() -> object:
    with mp.workdps(60):
        yield


def _rows(model: CountModel) -> pd.DataFrame:
    rows = [(x, share * age * ALPHA * 7, age * ALPHA * 7) for (x, share), age in product(HISTORIES, AGES)]
    return pd.DataFrame(rows, columns=["frequency", "recency", "T"])


def _log_likelihoods(model: CountModel, summary: pd.DataFrame) -> list[float]:
    return [model.log_likelihood(summary.iloc[[i]]) for i in range(len(summary))]


def _weeks(row: object) -> tuple[int, mp.mpf, mp.mpf]:
    # The package divides days by 7 in double precision; so do we, to compare formulas and not inputs.
    return int(row.frequency), mp.mpf(row.recency / 7.0), mp.mpf(row.T / 7.0)


@pytest.mark.parametrize("family", [BGNBD, MBGNBD])
@pytest.mark.parametrize("a", [0.01, 0.5, 1 - 1e-9, 1.0, 1 + 1e-9, 3.7, 50.0])
@pytest.mark.parametrize("b", [0.05, 2.4])
def test_beta_geometric(family: type[CountModel], a: float, b: float) -> None:
    r = 0.243
    model = family.from_parameters(r=r, alpha=ALPHA, a=a, b=b)
    summary = _rows(model)
    alive, logs = model.p_alive(summary).to_numpy(), _log_likelihoods(model, summary)
    expected = {h: model.expected_orders(summary, h * ALPHA * 7).to_numpy() for h in HORIZONS}
    for i, row in enumerate(summary.itertuples()):
        x, t_x, T = _weeks(row)
        n = x + (family is MBGNBD)
        odds = mp.mpf(a) / (b + n - 1) * ((ALPHA + T) / (ALPHA + t_x)) ** (r + mp.mpf(x)) if n else mp.mpf(0)
        exact = 1 / (1 + odds)
        rates = mp.rf(r, x) * mp.mpf(ALPHA) ** r / (ALPHA + T) ** (r + mp.mpf(x))
        survives = mp.beta(a, mp.mpf(b) + n) / mp.beta(a, b)
        assert logs[i] == pytest.approx(float(mp.log(rates * survives / exact)), rel=1e-10)
        assert alive[i] == pytest.approx(float(exact), rel=1e-9)
        for h in HORIZONS:
            tau = mp.mpf(h * ALPHA) / (ALPHA + T)
            orders = exact * _fresh(mp.mpf(r) + x, mp.mpf(a), mp.mpf(b) + n, tau)
            assert expected[h][i] == pytest.approx(float(orders), rel=1e-6, abs=1e-290)


GRID = [
    *(
        (kind, {"r": 0.243, "alpha": ALPHA, "a": a, "b": b})
        for kind in (BGNBD, MBGNBD, MBGCNBD)
        for a, b in product((0.01, 1 - 1e-9, 1.0, 1 + 1e-9, 50.0), (0.05, 2.4))
    ),
    *(
        (ParetoNBD, {"r": 0.243, "alpha": ALPHA, "s": s, "beta": beta})
        for s, beta in product((0.01, 1 - 1e-9, 1.0, 1 + 1e-9, 50.0), (0.05, ALPHA, 5e3))
    ),
]


@pytest.mark.parametrize(("kind", "parameters"), GRID)
def test_nothing_leaves_its_range_on_the_grid(kind: type[CountModel], parameters: dict[str, float]) -> None:
    """Probabilities are some, silence falls and orders rise with the horizon; no NaN, whoever it is."""
    model = kind.from_parameters(**parameters, **({"k": 2} if kind is MBGCNBD else {}))
    summary = _rows(model)
    alive, horizons = model.p_alive(summary), [h * ALPHA * 7 for h in (0.0, *HORIZONS)]
    silent = np.array([model.p_no_order(summary, h) for h in horizons])
    orders = np.array([model.expected_orders(summary, h) for h in horizons])
    value = model.discounted_orders(summary, horizons[-1], 0.1)
    chances = model.order_distribution(summary, horizons[1], 20)
    assert alive.between(0, 1).all()
    assert ((silent >= 0) & (silent <= 1)).all()
    assert (np.diff(silent, axis=0) <= 1e-12).all()
    assert np.isfinite(orders).all()
    assert (np.diff(orders, axis=0) >= -1e-12 * orders[1:]).all()
    assert ((value >= 0) & (value <= orders[-1] * (1 + 1e-9))).all()
    assert ((chances >= 0) & (chances <= 1 + 1e-12)).all(axis=None)
    assert np.allclose(chances[0], silent[1], rtol=1e-9, atol=1e-14)
    # The later the last order of equally frequent customers, the likelier they are alive.
    for _, same in summary.assign(alive=alive)[summary["frequency"] == 30].groupby("T"):
        assert same.sort_values("recency")["alive"].is_monotonic_increasing


def _fresh(r: mp.mpf, a: mp.mpf, b: mp.mpf, tau: mp.mpf) -> mp.mpf:
    a = a + mp.mpf(10) ** -25 if a == 1 else a
    c = a + b - 1
    return c / (a - 1) * (1 - (1 + tau) ** (1 - a) * mp.hyp2f1(a - 1, c - r, c, tau / (1 + tau)))


@pytest.mark.parametrize("s", [0.01, 0.6, 1.0, 1 + 1e-9, 20.0])
@pytest.mark.parametrize("beta", [0.05, ALPHA, 60.0, 5e3])
def test_pareto(s: float, beta: float) -> None:
    r = 0.05
    model = ParetoNBD.from_parameters(r=r, alpha=ALPHA, s=s, beta=beta)
    summary = _rows(model)
    alive, silent = model.p_alive(summary), model.p_no_order(summary, ALPHA * 7)
    logs = _log_likelihoods(model, summary)
    expected = model.expected_orders(summary, ALPHA * 7)
    for i, row in enumerate(summary.itertuples()):
        x, t_x, T = _weeks(row)
        n, t = mp.mpf(r) + x, mp.mpf(ALPHA)
        # Everything relative to the alive part at T, (alpha + T)^-n (beta + T)^-s.
        dead = _dies_first(n, s, beta, t_x) * _part(n, s, beta, t_x) / _part(n, s, beta, T)
        waits = 1 - _dies_first(n, s, beta, T)
        later = (1 - _dies_first(n, s, beta, T + t)) * _part(n, s, beta, T + t) / _part(n, s, beta, T)
        rates = mp.rf(r, x) * mp.mpf(ALPHA) ** r * mp.mpf(beta) ** s * _part(n, s, beta, T)
        assert logs[i] == pytest.approx(float(mp.log(rates * (dead + waits))), rel=1e-9)
        assert alive[i] == pytest.approx(float(1 / (dead + waits)), rel=1e-8, abs=1e-290)
        assert silent[i] == pytest.approx(float((dead + later) / (dead + waits)), rel=1e-8)
        growth = mp.log1p(t / (beta + T))
        stays = growth if s == 1.0 else -mp.expm1((1 - mp.mpf(s)) * growth) / (mp.mpf(s) - 1)
        orders = n * (beta + T) / (ALPHA + T) * stays / (dead + waits)
        assert expected[i] == pytest.approx(float(orders), rel=1e-6, abs=1e-290)


def _part(n: mp.mpf, s: float, beta: float, t: mp.mpf) -> mp.mpf:
    return (ALPHA + t) ** -n * (beta + t) ** -mp.mpf(s)


def _dies_first(n: mp.mpf, s: float, beta: float, t: mp.mpf) -> mp.mpf:
    """E[μ / (λ + μ)], by the hypergeometric function."""
    z = (ALPHA - beta) / (ALPHA + t)
    return s / (n + s) * mp.hyp2f1(1, n, n + s + 1, z)


def test_counts_of_a_frequent_customer() -> None:
    """Distribution over a long horizon for a customer with many orders, Pareto/NBD by integration."""
    model = ParetoNBD.from_parameters(r=0.5, alpha=ALPHA, s=0.6, beta=12.0)
    row = pd.DataFrame({"frequency": [200], "recency": [690], "T": [700]})
    chances = model.order_distribution(row, 700, 260).to_numpy()[0]
    alive = model.p_alive(row).item()
    r, s, rate_scale, death_scale, t = mp.mpf("200.5"), mp.mpf("0.6"), 105, 112, 100

    def at(n: int, u: mp.mpf) -> mp.mpf:
        return (
            mp.gamma(r + n) / mp.gamma(r) / mp.factorial(n)
            * (rate_scale / (rate_scale + u)) ** r
            * (u / (rate_scale + u)) ** n
        )  # fmt: skip

    for n in (1, 40, 180, 240):
        dies = mp.quad(
            lambda u, n=n: at(n, u) * s / (death_scale + u) * (death_scale / (death_scale + u)) ** s,
            np.linspace(0, t, 9).tolist(),
        )
        lives = at(n, mp.mpf(t)) * (mp.mpf(death_scale) / (death_scale + t)) ** s
        assert chances[n] == pytest.approx(alive * float(dies + lives), rel=1e-6)
