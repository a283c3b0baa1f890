"""What every model of repeat purchases can answer, written once on top of a few formulas per model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.btyd._numerics import Floats, Ints, first_reaching, gauss_legendre
from pipeline.btyd.fittedcounts import FittedCounts
from pipeline.btyd.histories import DAYS_PER_WEEK, WEEKS_PER_YEAR, Histories, Pairs
from pipeline.errors import UserError

_DISCOUNT_NODES = 16
_NEGLIGIBLE = 46.0  # e^-46 is 1e-20


class State(NamedTuple):
    """What a living customer may be waiting in, and how likely that is.

    Attributes
    ----------
    chance : array of shape (rows,), or 1.0
        Probability of the state, given that the customer is alive.
    pairs : Pairs
        What the future depends on: events so far (repeat purchases, where gaps are random) and age.
    """

    chance: Floats | float
    pairs: Pairs

    def mean(self, values: Floats) -> Floats:
        """This state's share of an expectation, per row, from values per pair."""
        share: Floats = (np.asarray(self.chance) * values[self.pairs.row].T).T
        return share


class CountModel(FittedCounts):
    """A model of when customers order again.

    Purchases of a customer follow a Poisson process with a Gamma(r, alpha) distributed rate while the
    customer is alive; the models differ in how a customer drops out. Summaries are in days, parameters in
    weeks.

    All models share a structure that the formulas here rely on: the future of a customer who is alive at T
    is that of a fresh customer with updated parameters, and recency matters only through the probability of
    being alive. Hence E[X(T, T+t]] = P(alive) · E[X(T, T+t] | alive], and the second factor depends on (x, T)
    alone; for Erlang-k distributed gaps it is a mean over k states of which that holds.
    """

    def p_alive(self, summary: pd.DataFrame) -> pd.Series[float]:
        """P(alive at T | x, t_x, T). Not a churn probability: for that, see `p_no_order`."""
        histories = Histories.from_summary(summary)
        return _series(self._p_alive(histories.x, histories.t_x, histories.T), summary, "p_alive")

    def p_no_order(self, summary: pd.DataFrame, horizon_days: float) -> pd.Series[float]:
        """P(X(T, T+t] = 0 | x, t_x, T), which is L(x, t_x, T+t) / L(x, t_x, T) in all these models."""
        histories = Histories.from_summary(summary)
        alive = self._p_alive(histories.x, histories.t_x, histories.T)
        t = _weeks(horizon_days)
        silent = self._if_alive(histories, lambda x, T: self._p_silent_if_alive(x, T, np.full_like(T, t)))
        return _series(np.minimum(1.0, alive * silent + (1.0 - alive)), summary, "p_no_order")

    def expected_orders(self, summary: pd.DataFrame, horizon_days: float) -> pd.Series[float]:
        """E[X(T, T+t] | x, t_x, T]. For a new customer, give frequency = recency = T = 0."""
        return self._expected(summary, horizon_days, 0.0, "expected_orders")

    def expected_of_newcomer(self, ages: Floats) -> Floats:
        """E[X(t)] at many ages t (days) of a customer who has just come; shape (len(ages),)."""
        x, T = np.zeros(len(ages), dtype=np.int64), np.zeros(len(ages))
        return self._p_alive(x, T, T) * self._expected_if_alive(x, T, ages / DAYS_PER_WEEK)

    def discounted_orders(
        self, summary: pd.DataFrame, horizon_days: float, annual_discount_rate: float
    ) -> pd.Series[float]:
        """Present value at T of one unit of money per order in (T, T+t].

        Parameters
        ----------
        summary : DataFrame
            Histories in days.
        horizon_days : float
            Length of the horizon; ``inf`` gives the residual value (DERT) and needs a positive rate.
        annual_discount_rate : float
            Effective rate per year of 365.25 days, e.g. 0.1 for 10 %.

        Raises
        ------
        UserError
            If the rate is −100 % or less, or not positive for an infinite horizon.
        """
        if not annual_discount_rate > (0.0 if np.isinf(horizon_days) else -1.0):
            raise UserError(
                f"a discount rate of {annual_discount_rate} per year has no meaning over {horizon_days} days",
                where="annual_discount_rate",
                valid="an effective yearly rate such as 0.1",
            )
        delta = np.log1p(annual_discount_rate) / WEEKS_PER_YEAR
        return self._expected(summary, horizon_days, float(delta), "discounted_orders")

    def _expected(
        self, summary: pd.DataFrame, horizon_days: float, delta: float, name: str
    ) -> pd.Series[float]:
        histories = Histories.from_summary(summary)
        t = horizon_days if delta > 0.0 and np.isinf(horizon_days) else _weeks(horizon_days)
        if_alive = self._if_alive(histories, lambda x, T: self._discounted_if_alive(x, T, t, delta))
        alive = self._p_alive(histories.x, histories.t_x, histories.T)
        return _series(alive * if_alive, summary, name)

    def _discounted_if_alive(self, x: Ints, T: Floats, t: float, delta: float) -> Floats:
        """∫₀ᵗ e^(−δs) dE(s) = e^(−δt) E(t) + δ ∫₀ᵗ e^(−δs) E(s) ds, by Gauss-Legendre.

        The nodes are spread evenly in log(1 + s / (alpha + T)), in which E is smooth at every age.
        """
        if delta > 0.0:
            t = min(t, _NEGLIGIBLE / delta)
        total: Floats = np.exp(-delta * t) * self._expected_if_alive(x, T, np.full_like(T, t))
        if delta == 0.0:
            return total
        age = self.parameters["alpha"] + T
        reach = np.log1p(t / age)
        nodes = _DISCOUNT_NODES if abs(delta) * t < 1.0 else 4 * _DISCOUNT_NODES
        for node, weight in zip(*gauss_legendre(nodes), strict=True):
            s = age * np.expm1(node * reach)
            density = delta * np.exp(-delta * s) * reach * (age + s)
            total += weight * density * self._expected_if_alive(x, T, s)
        return total

    def order_distribution(self, summary: pd.DataFrame, horizon_days: float, largest: int) -> pd.DataFrame:
        """P(X(T, T+t] = n | x, t_x, T) for n = 0 … largest.

        Returns
        -------
        DataFrame indexed like the summary, one column per n
            Its size is customers times counts: for millions, ask in portions or use `order_quantiles`.
        """
        histories = Histories.from_summary(summary)
        t = _weeks(horizon_days)
        alive = self._p_alive(histories.x, histories.t_x, histories.T)
        chances = self._distribution_of_living(histories, t, largest) * alive[:, None]
        chances[:, 0] += 1.0 - alive
        return pd.DataFrame(chances, index=summary.index)

    def _distribution_of_living(self, histories: Histories, t: float, largest: int) -> Floats:
        return self._if_alive(histories, lambda x, T: self._distribution_if_alive(x, T, t, largest))

    def order_quantiles(
        self, summary: pd.DataFrame, horizon_days: float, quantiles: Sequence[float] = (0.1, 0.5, 0.9)
    ) -> pd.DataFrame:
        """Smallest n with P(X(T, T+t] <= n | x, t_x, T) >= q, for each customer and each q in (0, 1).

        Returns
        -------
        DataFrame of int indexed like the summary, one column per quantile

        Raises
        ------
        UserError
            If a quantile is not between 0 and 1.
        """
        if not all(0.0 < q < 1.0 for q in quantiles):
            raise UserError(
                f"quantiles {list(quantiles)}", where="order_quantiles", valid="numbers between 0 and 1"
            )
        histories = Histories.from_summary(summary)
        alive = self._p_alive(histories.x, histories.t_x, histories.T)
        states, t = self._states(histories), _weeks(horizon_days)
        largest, below = 16, [np.zeros((1, 1))]
        while min(state[:, -1].min(initial=1.0) for state in below) < max(quantiles):
            largest *= 2
            below = [
                np.cumsum(self._distribution_if_alive(pairs.x, pairs.t, t, largest), axis=1)
                for _, pairs in states
            ]
        # Whoever is gone orders nothing, which uses up 1 − P(alive) of the probability.
        levels = np.asarray(quantiles)
        left = (levels - (1.0 - alive[:, None])) / np.maximum(alive, np.finfo(float).tiny)[:, None]

        def reached(n: Ints) -> Floats:
            return sum(
                (
                    np.reshape(chance, (-1, 1)) * some[pairs.row[:, None], n]
                    for (chance, pairs), some in zip(states, below, strict=True)
                ),
                start=np.zeros(1),
            )

        fewest = first_reaching(reached, left, largest)
        return pd.DataFrame(fewest, index=summary.index, columns=list(quantiles))

    def score(self, summary: pd.DataFrame, horizon_days: float, future_orders: pd.Series[int]) -> float:
        """Mean log probability of the orders that came; larger is better.

        Parameters
        ----------
        summary, horizon_days
            What was known, and how long was waited.
        future_orders : Series, in the order of the summary
            Orders in the horizon.
        """
        chances = self.log_scores(summary, horizon_days, future_orders)
        return float(np.average(chances, weights=Histories.from_summary(summary).weight))

    def log_scores(
        self, summary: pd.DataFrame, horizon_days: float, future_orders: pd.Series[int]
    ) -> pd.Series[float]:
        """Log probability of the orders that came, customer by customer; `score` is its mean.

        It never falls below log(1e-308): a customer whom the model thinks impossible counts as that.
        """
        histories, came = Histories.from_summary(summary), future_orders.to_numpy(dtype=np.int64)
        alive = self._p_alive(histories.x, histories.t_x, histories.T)
        t, chances = _weeks(horizon_days), np.where(came == 0, 1.0 - alive, 0.0)
        # Few customers order often: one distribution up to the largest count for all would be mostly unused.
        size = np.frexp(came)[1]
        for rows in (np.flatnonzero(size == one) for one in np.unique(size)):
            largest = int(came[rows].max())
            for chance, pairs in self._states(histories.rows(rows)):
                if_alive = self._distribution_if_alive(pairs.x, pairs.t, t, largest)
                chances[rows] += alive[rows] * chance * if_alive[pairs.row, came[rows]]
        return _series(np.log(np.maximum(chances, np.finfo(float).tiny)), summary, "log_score")

    def days_to_next_order(self, summary: pd.DataFrame, share: float = 0.5) -> pd.Series[float]:
        """Days within which this share of such customers orders again, among those who are alive and ever do.

        With the default it is the median wait. The mean has no use: it is infinite for most customers with
        few orders.

        Raises
        ------
        UserError
            If the share is not between 0 and 1.
        """
        if not 0.0 < share < 1.0:
            raise UserError(f"share = {share}", where="days_to_next_order", valid="a number between 0 and 1")
        histories = Histories.from_summary(summary)
        states = self._states(histories)
        if len(states) == 1:
            # One state, whose wait is a matter of (x, T) alone.
            pairs = states[0].pairs
            alone = [State(1.0, Pairs(pairs.x, pairs.t, np.arange(len(pairs.x))))]
            weeks = self._wait_if_alive(alone, pairs.t, share)[pairs.row]
        else:
            weeks = self._wait_if_alive(states, histories.T, share)
        return _series(weeks * DAYS_PER_WEEK, summary, "days_to_next_order")

    def _wait_if_alive(self, states: Sequence[State], T: Floats, share: float) -> Floats:
        """Bisection in log(1 + t / (alpha + T)); the waits are too different for a common scale."""

        age = self.parameters["alpha"] + T
        never, rows = np.zeros_like(T), [(pairs.x[pairs.row], pairs.t[pairs.row]) for _, pairs in states]
        for state, (x, at) in zip(states, rows, strict=True):
            never += state.chance * self._p_never_if_alive(x, at)
        target = never + (1.0 - never) * (1.0 - share)
        low, high = np.zeros_like(T), np.full_like(T, 600.0)
        for _ in range(64):
            middle = (low + high) / 2.0
            silent, t = np.zeros_like(T), age * np.expm1(middle)
            for state, (x, at) in zip(states, rows, strict=True):
                silent += state.chance * self._p_silent_if_alive(x, at, t)
            waiting = silent > target
            low, high = np.where(waiting, middle, low), np.where(waiting, high, middle)
        return age * np.expm1(high)

    def _states(self, histories: Histories) -> list[State]:
        """The states a living customer may be in."""
        return [State(1.0, histories.at_end)]

    def _if_alive(self, histories: Histories, formula: Callable[[Ints, Floats], Floats]) -> Floats:
        """Evaluate a formula once per distinct (x, T) and hand its mean over the states to the rows."""
        return sum(
            (state.mean(formula(state.pairs.x, state.pairs.t)) for state in self._states(histories)),
            start=np.zeros(1),
        )


def _weeks(horizon_days: float) -> float:
    if not 0 <= horizon_days < np.inf:
        raise UserError(
            f"a horizon of {horizon_days} days has no meaning", where="horizon_days", valid="a number >= 0"
        )
    return horizon_days / DAYS_PER_WEEK


def _series(values: Floats, summary: pd.DataFrame, name: str) -> pd.Series[float]:
    return pd.Series(values, index=summary.index, name=name)
