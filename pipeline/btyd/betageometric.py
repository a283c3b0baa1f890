"""Dropout after a purchase, with a probability that is Beta distributed over customers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import betainc, gammaln, hyp2f1

from pipeline.btyd._numerics import (
    Floats,
    Ints,
    beta_log_odds_nodes,
    negative_binomial,
)
from pipeline.btyd.agegrid import along_age
from pipeline.btyd.countmodel import State
from pipeline.btyd.dropoutmodel import DropoutModel
from pipeline.btyd.erlang import Waiting, expected_regular_orders
from pipeline.btyd.fittedcounts import Lives
from pipeline.btyd.histories import Histories, Pairs
from pipeline.btyd.likelihood import Likelihood, lotteries_survived, portions, purchases

_CLOSED_FORM_TOLERANCE = 1e-10
_FALLBACK_NODES = 400


class BetaGeometricNBD(DropoutModel):
    """The family of the BG/NBD: after each purchase the customer drops out with probability p ~ Beta(a, b).

    The members differ in which purchases are followed by that lottery; `_survived` counts the lotteries that
    a customer with x repeat purchases, alive now, has survived. And they differ in the time between orders:
    with `gap_shape` k every k-th event of the customer's Poisson process is an order, so that gaps are
    Erlang-k distributed. The formulas below count these events, of which there have been k x and, since the
    last order, 0 … k − 1 more that nobody saw; with k = 1 events are orders.
    """

    parameter_names = ("r", "alpha", "a", "b")
    time_parameters = ("alpha",)

    def _survived(self, x: Ints) -> Ints:
        return x + int(self.lottery_after_first_order)

    def _likelihood(self, theta: Sequence[float], histories: Histories) -> Likelihood:
        """Eq. (6) of Fader, Hardie and Lee (2005) as: purchases, lotteries survived, odds of a lost one."""
        r, alpha, a, b = theta
        k, more = self.gap_shape, histories.more
        if self.lottery_after_first_order:
            more = np.concatenate(([np.sum(histories.weight)], more))
        parts = (
            (slice(0, 2), purchases(r, alpha, histories, k)),
            (slice(2, 4), lotteries_survived(a, b, more)),
            (slice(0, 4), self._last_lottery(theta, histories)),
        )
        value, gradient, hessian = 0.0, np.zeros(4), np.zeros((4, 4))
        for where, part in parts:
            value += part.value
            gradient[where] += part.gradient
            if part.hessian is not None:
                hessian[where, where] += part.hessian
        return Likelihood(value, gradient, hessian if k == 1 else None)

    def _last_lottery(self, theta: Sequence[float], histories: Histories) -> Likelihood:
        """Of the factor W + a / (b + n − 1) · ((alpha + T) / (alpha + t_x))^(r+kx), W = 1 for random gaps.

        With z the log odds of a lost last lottery, the factor is W (1 + e^z); its derivatives are those of W
        and z, weighted with the probabilities of either. The Hessian is that of W = 1.
        """
        r, alpha, a, b = theta
        k, value = self.gap_shape, 0.0
        gradient, hessian = np.zeros(4), np.zeros((4, 4))
        at_risk = histories if self.lottery_after_first_order else histories.repeaters
        for rows in portions(at_risk):
            events, gap = r + k * rows.x, rows.T - rows.t_x
            last, end = 1.0 / (alpha + rows.t_x), 1.0 / (alpha + rows.T)
            odds = 1.0 / (b - 1.0 + self._survived(rows.x))
            silence, per_alpha = np.log1p(gap * last), gap * last * end
            z = np.log(a * odds) + events * silence
            slopes = np.stack([silence, -events * per_alpha, np.full_like(z, 1.0 / a), -odds])
            if k > 1:
                waiting = Waiting.of(k, events, gap * end)
                z -= waiting.log_sum
                grown = np.stack([waiting.by_r, -waiting.by_log_y * end])
                slopes[:2] -= grown
                value += float(np.sum(rows.weight * waiting.log_sum))
                gradient[:2] += (rows.weight * grown).sum(axis=1)
            smaller = np.exp(-np.abs(z))
            kept = 1.0 / (1.0 + smaller)
            lost = rows.weight * np.where(z > 0, kept, smaller * kept)
            value += float(np.sum(rows.weight * (np.maximum(z, 0.0) + np.log1p(smaller))))
            gradient += np.einsum("j,ij->i", lost, slopes)
            hessian += np.einsum("ik,jk->ij", slopes * (rows.weight * smaller * kept * kept), slopes)
            bent = np.stack([-per_alpha, -slopes[1] * (last + end), odds * odds])
            mixed, by_alpha, by_b = np.einsum("j,ij->i", lost, bent)
            hessian += np.array(
                [[0, mixed, 0, 0], [mixed, by_alpha, 0, 0], [0, 0, -np.sum(lost) / a**2, 0], [0, 0, 0, by_b]]
            )
        return Likelihood(value, gradient, hessian)

    def _log_dropout_odds(self, theta: Sequence[float], x: Ints, t_x: Floats, T: Floats) -> Floats:
        """Log odds of having dropped out at t_x against being alive at T; −∞ before the first lottery."""
        r, alpha, a, b = theta
        n, events = self._survived(x), r + self.gap_shape * x
        odds: Floats = (
            np.log(a) - np.log(b + np.maximum(n, 1) - 1) + events * np.log1p((T - t_x) / (alpha + t_x))
        )
        if self.gap_shape > 1:
            odds -= Waiting.of(self.gap_shape, events, (T - t_x) / (alpha + T)).log_sum
        return np.where(n > 0, odds, -np.inf)

    def _p_alive(self, x: Ints, t_x: Floats, T: Floats) -> Floats:
        alive: Floats = np.exp(-np.logaddexp(0.0, self._log_dropout_odds(self._theta(), x, t_x, T)))
        return alive

    def _states(self, histories: Histories) -> list[State]:
        """Events since the last order: j with probability proportional to (r + kx)_j / j! · y^j."""
        if self.gap_shape == 1:
            return super()._states(histories)
        r, alpha, _, _ = self._theta()
        k, x, T = self.gap_shape, histories.x, histories.T
        waiting = Waiting.of(k, r + k * x, (T - histories.t_x) / (alpha + T))
        pairs = histories.at_end
        return [
            State(chance, Pairs(k * pairs.x + j, pairs.t, pairs.row))
            for j, chance in enumerate(waiting.chances)
        ]

    def _p_silent_if_alive(self, x: Ints, T: Floats, t: Floats) -> Floats:
        r, alpha, _, _ = self._theta()
        missing = self.gap_shape - x % self.gap_shape
        few = negative_binomial(r + x, [t / (alpha + T)], self.gap_shape - 1)
        silent: Floats = np.where(np.arange(self.gap_shape) < missing[:, None], next(few), 0.0).sum(axis=1)
        return silent

    def _p_never_if_alive(self, x: Ints, T: Floats) -> Floats:
        # Dropout comes after purchases only: who is alive will order once more.
        return np.zeros(len(x))

    def _expected_if_alive(self, x: Ints, T: Floats, t: Floats) -> Floats:
        r, alpha, a, b = self._theta()
        tau, survived = t / (alpha + T), self._survived(x // self.gap_shape)
        if self.gap_shape == 1:
            return expected_while_alive(r + x, a, b + survived, tau)
        return expected_regular_orders(self.gap_shape, x % self.gap_shape, r + x, a, b + survived, tau)

    def _discounted_if_alive(self, x: Ints, T: Floats, t: float, delta: float) -> Floats:
        formula = super()._discounted_if_alive
        return along_age(lambda x, T: formula(x, T, t, delta), x, T, self.parameters["alpha"])

    def _distribution_if_alive(self, x: Ints, T: Floats, t: float, largest: int) -> Floats:
        """Eq. (8) of Fader, Hardie and Lee (2005): n lotteries survived, or the last of n lost."""
        r, alpha, a, b = self._theta()
        k = self.gap_shape
        tau, before = t / (alpha + T), (b + self._survived(x // k))[:, None]
        n = np.arange(largest + 1)
        survived = np.exp(-np.cumsum(np.log1p(a / (before + n)), axis=1))
        events = next(negative_binomial(r + x, [tau], k * (largest + 1) - 1))
        chances = events
        if k > 1:
            # The first order is complete after fewer events, as some of them have happened already.
            here = np.arange(k * (largest + 1)) - (x % k)[:, None]
            events = np.where(here >= 0, np.take_along_axis(events, np.maximum(here, 0), axis=1), 0.0)
            chances = events.reshape(len(x), largest + 1, k).sum(axis=2)
        # P(at least n orders, if nobody left) for n = 1 …, summed from the far end, where no digits are lost.
        beyond = betainc(k * (largest + 1) - x % k, r + x, tau / (1.0 + tau))[:, None]
        reached = beyond + np.cumsum(chances[:, :0:-1], axis=1)[:, ::-1]
        chances[:, 1:] *= survived[:, :-1]
        chances[:, 1:] += a / (before + n[:-1]) * survived[:, :-1] * reached
        return chances

    def _draw_lives(self, rng: np.random.Generator, n: int) -> Lives:
        r, alpha, a, b = self._theta()
        return Lives(rng.gamma(r, 1.0 / alpha, n), np.full(n, np.inf), rng.beta(a, b, n))

    def _slopes(self, rate: float) -> list[list[Floats]]:
        def start(r: float, shrink: float, a: float, b: float) -> Floats:
            return np.log([r, r / rate * shrink / self.gap_shape, a, b])

        usual = [
            start(r, 0.5, a, b)
            for r, a, b in ((0.4, 0.8, 2.5), (1.0, 0.3, 3.0), (0.2, 0.1, 5.0), (2.0, 3.0, 10.0))
        ]
        if not self.lottery_after_first_order:
            return [usual]
        # Two summits where most order once: they may be many who order rarely, or many who leave at once.
        return [usual, [start(1.0, 0.15, 0.5, 0.1)]]


def expected_while_alive(r: Floats, a: float, b: Floats, tau: Floats) -> Floats:
    """Expected purchases of a fresh BG/NBD customer, E[(1 − (1 + pτ)^−r) / p] over p ~ Beta(a, b).

    Eq. (9) of Fader, Hardie and Lee (2005) after Euler's transformation of the hypergeometric function, which
    keeps it finite for any number of purchases:

        (a + b − 1) / (a − 1) · [1 − (1 + τ)^(1 − a) ₂F₁(a − 1, a + b − r − 1; a + b − 1; τ / (1 + τ))]

    Near a = 1, near a + b = 1 and for short horizons the bracket cancels; there the mean over p is taken by
    quadrature instead.

    Parameters
    ----------
    r, b, tau : arrays of shape (n,)
        Shape of the rate, second parameter of the dropout probability, and horizon divided by the scale alpha
        of the rate.
    a : float
        First parameter of the dropout probability.
    """
    c = a + b - 1.0
    with np.errstate(all="ignore"):
        remainder = np.exp((1.0 - a) * np.log1p(tau)) * hyp2f1(a - 1.0, c - r, c, tau / (1.0 + tau))
        expected = c / (a - 1.0) * (1.0 - remainder)
        rounding = np.abs(c / (a - 1.0)) * (1.0 + np.abs(remainder)) * np.finfo(float).eps
        trusted = (rounding < _CLOSED_FORM_TOLERANCE * expected) & np.isfinite(expected)
    rest = ~trusted & (tau > 0)
    expected = np.where(trusted, expected, 0.0)
    rows = np.flatnonzero(rest)
    for chunk in np.array_split(rows, max(1, len(rows) // 2000)):
        if len(chunk):
            expected[chunk] = _expected_by_quadrature(r[chunk], a, b[chunk], tau[chunk])
    return expected


def _expected_by_quadrature(r: Floats, a: float, b: Floats, tau: Floats) -> Floats:
    """The same mean over p, in the log odds of p.

    f(p) = (1 − (1 + pτ)^−r) / p is split as f(0) (1 − p)^m + f(1) p² + rest. The first two have closed means;
    the rest vanishes at both ends, so that even a or b near zero leave the integrand with fast tails. With
    m near (r + 1) τ / 2 the first part follows f, so that no large terms cancel.
    """
    at_zero, at_one = r * tau, -np.expm1(-r * np.log1p(tau))
    m = 1.0 + (r + 1.0) * tau / 2.0
    lowest = -np.log1p(at_zero) - 44.0 / (a + 1.0)
    log_p, log_q, weights = beta_log_odds_nodes(np.full_like(b, a + 1.0), b + 1.0, _FALLBACK_NODES, lowest)
    p = np.exp(log_p)
    f = -np.expm1(-r[:, None] * np.log1p(p * tau[:, None])) / p
    rest = f - at_zero[:, None] * np.exp(m[:, None] * log_q) - at_one[:, None] * p * p
    spread = a * b / ((a + b) * (a + b + 1.0))
    near_zero = np.exp(gammaln(b + m) - gammaln(b) + gammaln(a + b) - gammaln(a + b + m))
    near_one = a * (a + 1.0) / ((a + b) * (a + b + 1.0))
    mean: Floats = (
        at_zero * near_zero + at_one * near_one + spread * (weights * rest / (p * np.exp(log_q))).sum(axis=1)
    )
    return mean
