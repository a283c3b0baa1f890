"""The whole distribution of what each customer will order and spend, not only its mean."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.btyd._numerics import Floats, Ints, first_column_reaching
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.gammagamma import GammaGamma
from pipeline.btyd.histories import DAYS_PER_WEEK, Histories, starts_new
from pipeline.btyd.parametersets import parameter_sets
from pipeline.btyd.spendtable import AMOUNTS, interpolate, spend_table

_TAIL = 1e-5  # probability of more orders than are counted
_NEVER = 1e-9  # probability of a count that is left out
_FEWEST, _MOST = 16, 1 << 14  # orders that are counted
_CELLS = 2_000_000  # of a table in memory
_LEAST_SPREAD = 0.5  # of q − 2, which divides the variance of the order value


@dataclass(frozen=True)
class Predictive:
    """What may happen to each customer within a horizon.

    Attributes
    ----------
    orders, spend : arrays, shape (customers, levels)
        Quantiles.
    orders_variance, spend_variance : arrays, shape (customers,)
        What would be left if the parameters were known: independent between customers.
    parameter_sd : dict of str to float
        Standard deviation of the total "orders" and the total "spend" of all customers, relative to the
        total, that comes from the parameters: common to all customers.
    """

    orders: Floats
    spend: Floats
    orders_variance: Floats
    spend_variance: Floats
    parameter_sd: dict[str, float]


class _Batch(NamedTuple):
    """Customers with the same number of spend days whose counts end at the same number.

    rows: their positions; group: which line of the tables is theirs; chances: P(n orders | alive), shape
    (groups, largest + 1), mean over the parameter sets; means: expected orders if alive, (sets, groups).
    """

    spend_days: int
    rows: Ints
    group: Ints
    chances: Floats
    means: Floats


def predict(
    model: CountModel, spend: GammaGamma, summary: pd.DataFrame, horizon_days: float, levels: Floats
) -> Predictive:
    """Quantiles and variances of the orders and the spend in (T, T + t], without random numbers.

    The count distribution is exact for each parameter set and averaged over the sets, P(alive) and the counts
    of the living each by itself. Given n orders, spend is a multiple of a beta prime variate (the Gamma-Gamma
    posterior predictive); its distribution is summed over n on a grid of amounts. All tables depend on
    spend_days, x and T alone, of which there are far fewer combinations than customers.

    Parameters
    ----------
    model, spend : fitted models
    summary : DataFrame
        Columns frequency, recency, T (days), monetary_value, spend_days; any row order.
    horizon_days : float
    levels : array, shape (customers, levels)
        In (0, 1), ascending: each customer may have levels of its own.

    Returns
    -------
    Predictive
        In the order of the summary. The numbers of a customer depend on the models and nobody else.
    """
    histories = Histories.from_summary(summary)
    models = parameter_sets(model)
    p_alive = np.array([one._p_alive(histories.x, histories.t_x, histories.T) for one in models])
    alive = _mean_of(p_alive)
    posterior = spend.posterior(summary)
    orders, amounts = np.zeros(levels.shape), np.zeros(levels.shape)
    mean, square, by_set = np.zeros(len(alive)), np.zeros(len(alive)), np.zeros(p_alive.shape)
    for spend_days, rows, group, chances, means in _batches(models, histories, posterior.days, horizon_days):
        n = np.arange(chances.shape[1])
        left = _left_for_the_living(levels[rows], alive[rows])
        orders[rows] = first_column_reaching(np.cumsum(chances, axis=1), group, left)
        log_amounts, below = spend_table(spend, spend_days, chances)
        amounts[rows] = posterior.scale[rows, None] * interpolate(log_amounts, below, group, left)
        mean[rows] = alive[rows] * np.cumsum(n * chances, axis=1)[group, -1]
        square[rows] = alive[rows] * np.cumsum(n**2 * chances, axis=1)[group, -1]
        by_set[:, rows] = p_alive[:, rows] * means[:, group]

    order_value = spend.expected_order_value(summary).to_numpy()
    return Predictive(
        orders=orders,
        spend=amounts,
        orders_variance=square - mean**2,
        spend_variance=_spend_variance(spend, posterior.days, order_value, mean, square),
        parameter_sd={
            "orders": _relative_sd(by_set),
            "spend": math.hypot(
                _relative_sd(by_set * order_value),
                _relative_sd([mean * one.expected_order_value(summary) for one in parameter_sets(spend)]),
            ),
        },
    )


def probability_ranges(
    model: CountModel, summary: pd.DataFrame, horizon_days: float, future_orders: Ints
) -> tuple[Floats, Floats]:
    """P(X < x) and P(X <= x) at the orders x that came: where the truth lies in the distribution.

    Of a right distribution, a number drawn evenly between the two is evenly distributed over customers.

    Parameters
    ----------
    model, summary, horizon_days
        As in `predict`.
    future_orders : int array, shape (customers,)

    Returns
    -------
    low, high : arrays, shape (customers,)
    """
    histories = Histories.from_summary(summary)
    models = parameter_sets(model)
    alive = _mean_of([one._p_alive(histories.x, histories.t_x, histories.T) for one in models])
    low, high = np.zeros(len(alive)), np.ones(len(alive))
    for _, rows, group, chances, _ in _batches(models, histories, np.zeros_like(histories.x), horizon_days):
        below = np.pad(np.cumsum(chances, axis=1), ((0, 0), (1, 0)))
        came = np.minimum(future_orders[rows], chances.shape[1] - 1)
        gone = 1.0 - alive[rows]
        low[rows] = np.where(came > 0, gone + alive[rows] * below[group, came], 0.0)
        high[rows] = gone + alive[rows] * below[group, came + 1]
    return low, np.clip(high, low + _NEVER, 1.0)


def _batches(
    models: Sequence[CountModel], histories: Histories, spend_days: Ints, horizon_days: float
) -> Iterator[_Batch]:
    """Go through the distinct (spend days, x, T); each is counted as far as itself needs, not its batch."""
    # Recency tells how long a gap has lasted, which is of interest where gaps are regular.
    t_x = histories.t_x if models[0].gap_shape > 1 else np.zeros_like(histories.t_x)
    order = np.lexsort((t_x, histories.T, histories.x, spend_days))
    days, sorted_ = spend_days[order], histories.rows(order)
    first = np.flatnonzero(starts_new(days, sorted_.x, t_x[order], sorted_.T))
    last = np.append(first[1:], len(order))
    waiting, largest = np.arange(len(first)), _FEWEST
    while len(waiting):
        open_ = [waiting[:0]]
        for part in _parts(days[first[waiting]], largest):
            groups = waiting[part]
            chances, means = _mean_distribution(models, sorted_.rows(first[groups]), horizon_days, largest)
            done = (np.cumsum(chances, axis=1)[:, -1] > 1.0 - _TAIL) | (largest >= _MOST)
            open_.append(groups[~done])
            if done.any():
                starts, stops = first[groups[done]], last[groups[done]]
                group = np.repeat(np.arange(len(starts)), stops - starts)
                rows = order[np.concatenate(list(map(np.arange, starts, stops)))]
                yield _Batch(int(days[starts[0]]), rows, group, chances[done], means[:, done])
        waiting, largest = np.concatenate(open_), 2 * largest


def _parts(days: Ints, size: int) -> Iterator[slice]:
    """Runs of equal days, cut so that a table of them fits into memory."""
    most = max(1, _CELLS // max(size, AMOUNTS))
    edges = np.flatnonzero(np.diff(days, prepend=-1, append=-1))
    for start, stop in pairwise(edges.tolist()):
        for low in range(start, stop, most):
            yield slice(low, min(low + most, stop))


def _mean_distribution(
    models: Sequence[CountModel], histories: Histories, horizon_days: float, largest: int
) -> tuple[Floats, Floats]:
    """P(n | alive), mean over the models, and the mean count of the living under each."""
    n, total, means = np.arange(largest + 1), np.zeros((len(histories.x), largest + 1)), []
    for model in models:
        chances = model._distribution_of_living(histories, horizon_days / DAYS_PER_WEEK, largest)
        total += chances
        means.append(np.cumsum(n * chances, axis=1)[:, -1])
    total /= len(models)
    total[total < _NEVER] = 0.0
    return total, np.array(means)


def _mean_of(sets: Sequence[Floats] | Floats) -> Floats:
    """Mean over the parameter sets, which rounds the same for one customer as for many."""
    return sum(sets, start=np.zeros(1)) / len(sets)


def _left_for_the_living(levels: Floats, alive: Floats) -> Floats:
    """Turn levels of everybody into levels of the living: who is gone uses up 1 − P(alive)."""
    left: Floats = (levels - (1.0 - alive[:, None])) / np.maximum(alive, np.finfo(float).tiny)[:, None]
    return left


def _spend_variance(spend: GammaGamma, days: Ints, value: Floats, mean: Floats, square: Floats) -> Floats:
    """Variance of the sum of N amounts, where the customer's order value is itself uncertain.

    With Var(M) = E[M]² / (q' − 2) for the order value M and M² / p for an amount given M. For q' <= 2 there
    is no variance; it is cut.
    """
    p, q, _ = spend._theta()
    value_square = value**2 * (1.0 + 1.0 / np.maximum(q + p * days - 2.0, _LEAST_SPREAD))
    variance: Floats = mean * value_square / p + square * value_square - (mean * value) ** 2
    return variance


def _relative_sd(by_set: Sequence[Floats] | Floats) -> float:
    """Spread of the total over the parameter sets; exact sums, since rows come in any order."""
    totals = [math.fsum(values) for values in by_set]
    mean = math.fsum(totals) / len(totals)
    if not mean > 0:
        return 0.0
    return math.sqrt(math.fsum((total / mean - 1.0) ** 2 for total in totals) / len(totals))
