"""Pareto/NBD: dropout at any moment, at a rate that is Gamma distributed over customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipeline.btyd._numerics import (
    Floats,
    Ints,
    beta_log_odds_nodes,
    gauss_legendre,
    negative_binomial,
)
from pipeline.btyd.dropoutmodel import DropoutModel
from pipeline.btyd.fittedcounts import Lives
from pipeline.btyd.fitting import Objective, sketch_rows
from pipeline.btyd.histories import Histories, Pairs, starts_new
from pipeline.btyd.likelihood import Likelihood, purchases

_DISTRIBUTION_NODES = 48
_CHUNK = 256


class _Rule(NamedTuple):
    """A quadrature: how many nodes, and how far they reach, as for `beta_log_odds_nodes`."""

    nodes: int
    tail: float


_EXACT, _ROUGH = _Rule(128, 44.0), _Rule(48, 24.0)


class ParetoNBD(DropoutModel):
    """The Pareto/NBD model of Schmittlein, Morrison and Colombo (Management Science 33, 1987).

    While alive, a customer orders at rate λ ~ Gamma(r, alpha) and dies at rate μ ~ Gamma(s, beta).

    All formulas rest on one function, Φ(x, t) = E[μ / (λ + μ)] for a customer alive at t with x repeat
    purchases: the probability to die before ordering again. With A(t) = (alpha + t)^−(r+x) (beta + t)^−s the
    likelihood is

        L(x, t_x, T) = Γ(r+x) / Γ(r) · alpha^r beta^s · [A(t_x) Φ(x, t_x) + A(T) (1 − Φ(x, T))],

    a sum of two positive terms (silent because dead, silent because waiting), where the usual form of Fader
    and Hardie, "A note on deriving the Pareto/NBD model" (2005), takes a difference.

    Examples
    --------
    >>> import pandas as pd
    >>> model = ParetoNBD.from_parameters(r=0.553, alpha=10.578, s=0.606, beta=11.669)
    >>> heavy = pd.DataFrame({"frequency": [26], "recency": [216], "T": [217]})
    >>> float(model.expected_orders(heavy, horizon_days=364).round(1).iloc[0])
    25.5
    """

    name = "paretonbd"
    parameter_names = ("r", "alpha", "s", "beta")
    time_parameters = ("alpha", "beta")
    _rule = _EXACT

    def _sketch(self, histories: Histories) -> Objective:
        """Few histories where there are many, and few digits always: the quadrature is what costs."""
        rough = ParetoNBD()
        rough._rule = _ROUGH
        return rough._objective(histories.thinned(sketch_rows(len(histories.x))))

    def _likelihood(self, theta: Sequence[float], histories: Histories) -> Likelihood:
        bought = purchases(theta[0], theta[1], histories)
        value, derivatives = self._lifetimes(theta, histories)
        gradient = np.array([np.sum(histories.weight * by) for by in derivatives])
        gradient[:2] += bought.gradient
        return Likelihood(bought.value + float(np.sum(histories.weight * value)), gradient, None)

    def _lifetimes(self, theta: Sequence[float], histories: Histories) -> tuple[Floats, list[Floats]]:
        """Log of beta^s [A(t_x) Φ(x, t_x) + A(T) (1 − Φ(x, T))] (alpha + T)^(r+x), and its derivatives."""
        r, alpha, s, beta = theta
        x, t_x, T = histories.x, histories.t_x, histories.T
        died, waits = (
            _phi(theta, pairs, self._rule) for pairs in (histories.at_last_order, histories.at_end)
        )
        since_alpha, since_beta = np.log1p((T - t_x) / (alpha + t_x)), np.log1p((T - t_x) / (beta + t_x))
        log_dead = np.log(died.value) + (r + x) * since_alpha + s * since_beta
        log_both = np.logaddexp(log_dead, np.log(waits.complement))
        dead = np.exp(log_dead - log_both)
        # d log(1 − Φ(x, T)) = −dΦ / (1 − Φ), weighted by the probability of the alive part.
        d = [
            dead * at_last / died.value - (1.0 - dead) * at_end / waits.complement
            for at_last, at_end in zip(died.gradient, waits.gradient, strict=True)
        ]
        return log_both - s * np.log1p(T / beta), [
            dead * since_alpha + d[0],
            -dead * (r + x) * (T - t_x) / ((alpha + T) * (alpha + t_x)) + d[1],
            -np.log1p(T / beta) + dead * since_beta + d[2],
            s * T / beta / (beta + T) - dead * s * (T - t_x) / ((beta + T) * (beta + t_x)) + d[3],
        ]

    def _p_alive(self, x: Ints, t_x: Floats, T: Floats) -> Floats:
        theta = self._theta()
        r, alpha, s, beta = theta
        died, waits = _phi(theta, Pairs.of(x, t_x)), _phi(theta, Pairs.of(x, T))
        since = (r + x) * np.log1p((T - t_x) / (alpha + t_x)) + s * np.log1p((T - t_x) / (beta + t_x))
        log_ratio = np.logaddexp(np.log(died.value) + since, np.log(waits.complement))
        alive: Floats = np.exp(-np.maximum(log_ratio, 0.0))
        return alive

    def _p_silent_if_alive(self, x: Ints, T: Floats, t: Floats) -> Floats:
        theta = self._theta()
        r, alpha, s, beta = theta
        now, later = _phi(theta, Pairs.of(x, T)), _phi(theta, Pairs.of(x, T + t))
        survival = np.exp(-(r + x) * np.log1p(t / (alpha + T)) - s * np.log1p(t / (beta + T)))
        silent: Floats = now.value + later.complement * survival
        return silent

    def _p_never_if_alive(self, x: Ints, T: Floats) -> Floats:
        return _phi(self._theta(), Pairs.of(x, T)).value

    def _expected_if_alive(self, x: Ints, T: Floats, t: Floats) -> Floats:
        """Eq. (41) of Fader and Hardie (2005), written so that s = 1 is an ordinary point."""
        r, alpha, s, beta = self._theta()
        growth = np.log1p(t / (beta + T))
        lifetime = growth if s == 1.0 else -np.expm1((1.0 - s) * growth) / (s - 1.0)
        expected: Floats = (r + x) * (beta + T) / (alpha + T) * lifetime
        return expected

    def _distribution_if_alive(self, x: Ints, T: Floats, t: float, largest: int) -> Floats:
        """Alive at T + t with n purchases, or dead at some u before it with n purchases by then.

        The mean over u is taken by Gauss-Legendre in log(1 + u / c), c the smaller scale, in which both the
        counts and the time of death are smooth.
        """
        r, alpha, s, beta = self._theta()
        death_scale = beta + T
        c = np.minimum(alpha + T, death_scale)
        nodes, node_weights = gauss_legendre(_DISTRIBUTION_NODES)
        reach = np.log1p(t / c)
        times = [np.full_like(T, t), *(c * np.expm1(node * reach) for node in nodes)]
        weights = [np.exp(-s * np.log1p(t / death_scale))]
        for u, weight in zip(times[1:], node_weights, strict=True):
            density = s / (death_scale + u) * np.exp(-s * np.log1p(u / death_scale))
            weights.append(density * reach * (c + u) * weight)

        total = np.zeros((len(x), largest + 1))
        counts = negative_binomial(r + x, [u / (alpha + T) for u in times], largest)
        for weight, chances in zip(weights, counts, strict=True):
            total += weight[:, None] * chances
        return total

    def _draw_lives(self, rng: np.random.Generator, n: int) -> Lives:
        r, alpha, s, beta = self._theta()
        death = rng.exponential(1.0, n) / rng.gamma(s, 1.0 / beta, n)
        return Lives(rng.gamma(r, 1.0 / alpha, n), death, np.zeros(n))

    def _slopes(self, rate: float) -> list[list[Floats]]:
        def start(r: float, shrink: float, s: float, beta: float) -> Floats:
            return np.log([r, r / rate * shrink, s, beta])

        usual = [
            start(r, 0.5, s, beta)
            for r, s, beta in ((0.5, 0.5, 0.5), (1.0, 1.0, 3.0), (0.5, 0.2, 2.0), (2.0, 3.0, 10.0))
        ]
        # Two summits where most order once: they may be many who order rarely, or many who leave at once.
        return [usual, [start(3.0, 0.15, 0.3, 0.01)]]


class _Phi(NamedTuple):
    """Φ per row, 1 − Φ without cancellation, and the derivatives of Φ by r, alpha, s, beta."""

    value: Floats
    complement: Floats
    gradient: tuple[Floats, Floats, Floats, Floats]


def _phi(theta: Sequence[float], pairs: Pairs, rule: _Rule = _EXACT) -> _Phi:
    """Probability to die before the next order, for customers alive at t with x repeat purchases.

    W = μ(beta + t) / (μ(beta + t) + λ(alpha + t)) is Beta(s, n) distributed with n = r + x. With
    ρ = (beta + t) / (alpha + t), Φ is the mean of W / (W + (1 − W) ρ), and

        Φ = s / (s + n) · [1 + (1 − ρ) n / (s + n + 1) · J],   J = E[1 / (W' + (1 − W') ρ)],

    where W' is Beta(s + 1, n + 1) distributed, which has fast tails however small r and s are.
    """
    r, alpha, s, beta = theta
    n, rho = r + pairs.x, (beta + pairs.t) / (alpha + pairs.t)
    J, J_s, J_n, J_rho = _mean_and_derivatives(s, r, pairs.x, rho, rule)
    share, k = s / (s + n), n / (s + n + 1.0)
    inside = 1.0 + (1.0 - rho) * k * J
    # Where hardly anybody dies, or waits, rounding may leave less than nothing.
    value, complement = (
        np.maximum(chance, np.finfo(float).tiny)
        for chance in (share * inside, n / (s + n) * (1.0 - (1.0 - rho) * s / (s + n + 1.0) * J))
    )

    d_s = n / (s + n) ** 2 * inside + share * (1.0 - rho) * k * (J_s - J / (s + n + 1.0))
    d_n = -share / (s + n) * inside + share * (1.0 - rho) * (k * J_n + (s + 1.0) / (s + n + 1.0) ** 2 * J)
    d_rho = share * k * ((1.0 - rho) * J_rho - J)
    by_alpha, by_beta = -d_rho * rho / (alpha + pairs.t), d_rho / (alpha + pairs.t)
    row = pairs.row
    return _Phi(value[row], complement[row], (d_n[row], by_alpha[row], d_s[row], by_beta[row]))


def _mean_and_derivatives(
    s: float, r: float, x: Ints, rho: Floats, rule: _Rule
) -> tuple[Floats, Floats, Floats, Floats]:
    """J and its derivatives by s, n and ρ, by quadrature over the log odds of W; `x` must be sorted.

    The nodes depend on x alone. The derivatives by s and n are covariances with log W and log(1 − W).
    """
    first = np.flatnonzero(starts_new(x))
    row = np.cumsum(starts_new(x)) - 1
    log_w, log_v, weights = beta_log_odds_nodes(
        np.full(len(first), s + 1.0), r + x[first] + 1.0, rule.nodes, tail=rule.tail
    )
    w, v = np.exp(log_w), np.exp(log_v)
    centred = [logs - np.einsum("ij,ij->i", weights, logs)[:, None] for logs in (log_w, log_v)]
    by = [weights, weights * centred[0], weights * centred[1], -weights * v]
    result = np.empty((4, len(x)))
    for low in range(0, len(x), _CHUNK):
        part = slice(low, low + _CHUNK)
        at = row[part]
        inverse = 1.0 / (w[at] + v[at] * rho[part, None])
        for i in range(3):
            result[i, part] = np.einsum("ij,ij->i", inverse, by[i][at])
        result[3, part] = np.einsum("ij,ij,ij->i", inverse, inverse, by[3][at])
    return result[0], result[1], result[2], result[3]
