"""The whole distribution of what each customer will order and spend, not only its mean."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from pipeline.btyd._numerics import Floats, Ints, first_column_reaching
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.counttable import Batch, batches, mean_of
from pipeline.btyd.gammagamma import GammaGamma
from pipeline.btyd.histories import Histories
from pipeline.btyd.parametersets import parameter_sets
from pipeline.btyd.ranges import Range, order_range, spend_range
from pipeline.btyd.spendtable import SpendTable, amounts_reaching, spend_table

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
    ranges : dict of str to pair of arrays, shape (customers,)
        Of "orders" and "spend", as far as it is known what came: where that lies (see `ranges`).
    """

    orders: Floats
    spend: Floats
    orders_variance: Floats
    spend_variance: Floats
    parameter_sd: dict[str, float]
    ranges: dict[str, Range]


def predict(
    model: CountModel,
    spend: GammaGamma,
    summary: pd.DataFrame,
    horizon_days: float,
    order_levels: Floats,
    spend_levels: Floats,
    came: Mapping[str, Floats] = MappingProxyType({}),
) -> Predictive:
    """Quantiles and variances of the orders and the spend in (T, T + t], without random numbers.

    The count distribution is exact for each parameter set and averaged over the sets, P(alive) and the counts
    of the living each by itself. Given n orders, spend is a multiple of a beta prime variate (the Gamma-Gamma
    posterior predictive), with the mean and variance that its log has over that model's parameter sets; this
    is summed over n on a grid of amounts. All tables depend on spend_days, x and T alone, of which there are
    far fewer combinations than customers.

    Parameters
    ----------
    model, spend : fitted models
    summary : DataFrame
        Columns frequency, recency, T (days), monetary_value, spend_days; any row order.
    horizon_days : float
    order_levels, spend_levels : arrays, shape (customers, levels)
        In (0, 1), ascending: each customer may have levels of its own.
    came : mapping of str to array, shape (customers,), optional
        The "orders" and the "spend" of the horizon, where they are known.

    Returns
    -------
    Predictive
        In the order of the summary. The numbers of a customer depend on the models and nobody else.
    """
    histories = Histories.from_summary(summary)
    models, spends = parameter_sets(model), parameter_sets(spend)
    p_alive = np.array([one._p_alive(histories.x, histories.t_x, histories.T) for one in models])
    alive = mean_of(p_alive)
    posterior = spend.posterior(summary)
    orders, amounts = np.zeros(order_levels.shape), np.zeros(spend_levels.shape)
    mean, square, by_set = np.zeros(len(alive)), np.zeros(len(alive)), np.zeros(p_alive.shape)
    ranges: dict[str, Range] = {kind: (np.zeros(len(alive)), np.ones(len(alive))) for kind in came}
    for batch in batches(models, histories, posterior.days, horizon_days):
        spend_days, rows, group, chances, means = batch
        n = np.arange(chances.shape[1])
        left = _left_for_the_living(order_levels[rows], alive[rows])
        orders[rows] = first_column_reaching(np.cumsum(chances, axis=1), group, left)
        left = _left_for_the_living(spend_levels[rows], alive[rows])
        table = spend_table(spend, spends, spend_days, chances)
        amounts[rows] = posterior.scale[rows, None] * amounts_reaching(table, group, left)
        known = {kind: values[rows] for kind, values in came.items()}
        found = _ranges(batch, table, alive[rows], known, posterior.scale[rows])
        for kind, (low, high) in found.items():
            ranges[kind][0][rows], ranges[kind][1][rows] = low, high
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
                _relative_sd([mean * one.expected_order_value(summary) for one in spends]),
            ),
        },
        ranges=ranges,
    )


def _ranges(
    batch: Batch, table: SpendTable, alive: Floats, came: Mapping[str, Floats], scale: Floats
) -> dict[str, Range]:
    """Find where that lies which came to the customers of a batch."""
    found: dict[str, Range] = {}
    if "orders" in came:
        found["orders"] = order_range(batch, alive, came["orders"])
    if "spend" in came:
        found["spend"] = spend_range(batch, table, alive, came["spend"] / scale)
    return found


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
