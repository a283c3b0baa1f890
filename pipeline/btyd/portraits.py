"""What a fitted model looks like: the figures of Fader, Hardie and Lee (2005), as tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from scipy.special import betainc

from pipeline.btyd._numerics import Floats
from pipeline.btyd.clock import CALENDAR, Clock
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.gammagamma import GammaGamma
from pipeline.btyd.tracking import tracking

_CELLS = 24  # along each side of a matrix
_BINS = 40
_GROUPS = 8
_FEWEST = 10  # customers in a group
_SHOWN = 0.99  # share of the customers whose amounts are in the picture

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "tracking": ("week", "expected", "actual", "expected_total", "actual_total", "is_fitted"),
    "calibration_by_frequency": ("group", "customers", "expected", "actual"),
    "calibration_by_recency": ("group", "customers", "expected", "actual"),
    "frequency_recency": ("frequency", "recency", "T", "expected_orders", "p_alive"),
    "alive_history": ("day", "orders", "p_alive"),
    "spend_fit": ("amount", "observed", "fitted"),
    "heterogeneity": ("parameter", "value", "density"),
    "interval_totals": (
        "cutoff",
        *(f"{kind}_{what}" for kind in ("orders", "spend") for what in ("low", "expected", "high", "actual")),
    ),
}
"""The tables by name, and their columns."""


def empty(name: str) -> pd.DataFrame:
    """The table of that name where there is nothing to show."""
    return pd.DataFrame(columns=list(COLUMNS[name]))


def repeat_order_tracking(
    model: CountModel, flow: pd.DataFrame, cutoff: date, clock: Clock = CALENDAR
) -> pd.DataFrame:
    """Repeat orders by week and so far, expected and actual; the tracking plots of the paper.

    Parameters
    ----------
    model : CountModel
        Fitted as of the cutoff.
    flow : DataFrame
        Columns day, births and repeats, as `tracking` takes them; it may go on after the cutoff.
    cutoff : date
    clock : Clock, optional
        On which the model was fitted.

    Returns
    -------
    DataFrame
        By whole week: `week` (its first day), `expected`, `actual`, both summed from the first week on as
        `expected_total` and `actual_total`, and `is_fitted`: whether the week had ended by the cutoff.
    """
    weeks = tracking(model, flow, clock, cutoff)
    ended = weeks["week"] + pd.Timedelta(days=7) <= pd.Timestamp(cutoff)
    totals = weeks[["expected", "actual"]].cumsum().add_suffix("_total")
    return weeks.join(totals).assign(is_fitted=ended)


def calibration(by: pd.Series[Any], expected: pd.Series[float], actual: pd.Series[float]) -> pd.DataFrame:
    """Mean orders that were expected and that came, in groups of customers: conditional expectations.

    Groups hold about equally many customers of those who are left, and customers alike are in the same:
    where most ordered once they are a group of their own.

    Parameters
    ----------
    by : Series of int
        By what customers are grouped: repeat orders, or days from the first to the last order.
    expected, actual : Series, in the order of `by`
        Orders in a horizon that has passed.

    Returns
    -------
    DataFrame
        `group` (the value or its range), `customers`, `expected`, `actual`.
    """
    values, customers = np.unique(by.to_numpy(dtype=np.int64), return_counts=True)
    first = _first_of_groups(customers.tolist())
    last = [start - 1 for start in [*first[1:], len(values)]]
    names = [_range(values[a], values[b]) for a, b in zip(first, last, strict=True)]
    group = np.searchsorted(values[first], by.to_numpy(dtype=np.int64), side="right") - 1
    orders = pd.DataFrame({"expected": expected.to_numpy(), "actual": actual.to_numpy()}, dtype="float64")
    # Sorted, so that the order of the customers changes no bit of the sums.
    orders = orders.sort_values(["expected", "actual"])
    means = orders.groupby(group[orders.index]).mean()
    return pd.DataFrame({"group": names, "customers": np.bincount(group)}).join(means)


def _first_of_groups(customers: Sequence[int]) -> list[int]:
    """Where groups of the ascending values begin, given how many customers have each."""
    first, left = [0], sum(customers)
    size, wanted = 0, left / _GROUPS
    for i, count in enumerate(customers[:-1], start=1):
        size, left = size + count, left - count
        if size >= max(wanted, _FEWEST) and left >= _FEWEST and len(first) < _GROUPS:
            first.append(i)
            size, wanted = 0, left / (_GROUPS + 1 - len(first))
    return first


def _range(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low}–{high}"


def frequency_recency(
    model: CountModel, summary: pd.DataFrame, cutoff: date, horizon_days: int, clock: Clock = CALENDAR
) -> pd.DataFrame:
    """What is expected of the oldest customers, by how often and how lately they ordered.

    Parameters
    ----------
    model : CountModel
    summary : DataFrame
        Columns frequency, recency, T in calendar days: it says how far the matrix reaches.
    cutoff : date
    horizon_days : int
        Of the expected orders.
    clock : Clock, optional
        On which the model was fitted.

    Returns
    -------
    DataFrame
        One row per possible cell, at most 25 by 25: `frequency` (up to all but the highest hundredth),
        `recency`, `T` (days), `expected_orders`, `p_alive`.
    """
    age = int(summary["T"].max())
    often = max(int(summary["frequency"].quantile(_SHOWN)), 1)
    sides = [np.unique(np.linspace(0, top, _CELLS + 1).round().astype(np.int64)) for top in (often, age)]
    cells = pd.MultiIndex.from_product(sides, names=["frequency", "recency"]).to_frame(index=False)
    # An order a day at most, and no recency without a repeat order.
    possible = (cells["frequency"] <= cells["recency"]) & ((cells["frequency"] > 0) | (cells["recency"] == 0))
    cells = cells[possible].assign(T=age).reset_index(drop=True)
    exposed = clock.summary(cells, cutoff)
    return cells.assign(
        expected_orders=model.expected_orders(exposed, clock.horizon(cutoff, horizon_days)),
        p_alive=model.p_alive(exposed),
    )


def alive_history(
    model: CountModel, order_days: Sequence[date], cutoff: date, clock: Clock = CALENDAR
) -> pd.DataFrame:
    """P(alive) of one customer in the evening of every day before the cutoff, by what was known then.

    Parameters
    ----------
    model : CountModel
    order_days : sequence of date
        Of the customer, before the cutoff; in any order, a day counts once.
    cutoff : date
    clock : Clock, optional
        On which the model was fitted.

    Returns
    -------
    DataFrame
        `day`, from the first order to the last before the cutoff, `orders` so far, `p_alive`.
    """
    bought: npt.NDArray[np.datetime64] = np.unique(np.array(order_days, dtype="datetime64[D]"))
    days = np.arange(bought[0], np.datetime64(cutoff, "D"))
    age = np.cumsum(clock.speed(days))
    age -= age[0]
    orders = np.searchsorted(bought, days, side="right")
    latest = (bought[orders - 1] - days[0]).astype(np.int64)
    recency, on_closed_days = age[latest], (orders > 1) & (age[latest] == 0.0)  # as in Clock.summary
    history = pd.DataFrame(
        {"frequency": orders - 1, "recency": recency + on_closed_days, "T": age + on_closed_days}
    )
    return pd.DataFrame({"day": days, "orders": orders, "p_alive": model.p_alive(history)})


def typical_order_days(summary: pd.DataFrame, cutoff: date) -> list[date]:
    """Order days of a customer whom nobody is: the medians of those who came back, at an even pace.

    Parameters
    ----------
    summary : DataFrame
        Columns frequency, recency, T (days); somebody has repeat orders.
    cutoff : date
        The customer is as old as the oldest by then.
    """
    again = summary[summary["frequency"] > 0]
    frequency, recency = (int(again[name].median()) for name in ("frequency", "recency"))
    first = np.datetime64(cutoff, "D") - int(summary["T"].max()) - 1
    steps = np.linspace(0, max(recency, frequency), frequency + 1).round().astype(np.int64)
    days: list[date] = (first + steps).tolist()
    return days


def spend_fit(spend: GammaGamma, summary: pd.DataFrame) -> pd.DataFrame:
    """Density of the customers' mean amounts, observed and fitted; as note 025 shows them.

    The sum of n amounts is S with S / (γ + S) ~ Beta(pn, q); each customer counts with the own n.

    Parameters
    ----------
    spend : GammaGamma
    summary : DataFrame
        Columns monetary_value and spend_days; customers without spend are ignored.

    Returns
    -------
    DataFrame
        In steps up to all but the highest hundredth: `amount` (middle of the step), `observed` and `fitted`
        density per unit of money.
    """
    p, q = spend.parameters["p"], spend.parameters["q"]
    buyers = summary[summary["spend_days"] > 0]
    edges = np.linspace(0.0, float(buyers["monetary_value"].quantile(_SHOWN)), _BINS + 1)
    observed = np.histogram(buyers["monetary_value"], edges)[0] / len(buyers)
    days, customers = np.unique(buyers["spend_days"].to_numpy(np.int64), return_counts=True)
    below = np.zeros((len(days), len(edges)))
    for i, n in enumerate(days.tolist()):
        means = pd.DataFrame({"monetary_value": edges[1:], "spend_days": n})
        share = n * edges[1:] / spend.posterior(means).scale
        below[i, 1:] = betainc(p * n, q, share)
    fitted = np.diff(customers @ below) / len(buyers)
    width = edges[1]
    middle = (edges[:-1] + edges[1:]) / 2
    return pd.DataFrame({"amount": middle, "observed": observed / width, "fitted": fitted / width})


def heterogeneity(model: CountModel) -> pd.DataFrame:
    """How customers differ: densities of the order rate and of the dropout.

    Returns
    -------
    DataFrame
        By step: `parameter`, the middle `value` of the step, its mean `density`. Parameters are
        `orders_per_week` ~ Gamma(r, alpha); and `dropout_probability` ~ Beta(a, b) after an order, or
        `dropout_per_week` ~ Gamma(s, beta), or none where nobody leaves.
    """
    fitted = model.parameters
    tables = [_density("orders_per_week", _gamma(fitted["r"], fitted["alpha"] * model.gap_shape))]
    if "a" in fitted:
        tables.append(_density("dropout_probability", stats.beta(fitted["a"], fitted["b"]), top=1.0))
    elif "s" in fitted:
        tables.append(_density("dropout_per_week", _gamma(fitted["s"], fitted["beta"])))
    return pd.concat(tables, ignore_index=True)


def _gamma(shape: float, rate: float) -> Any:
    return stats.gamma(shape, scale=1.0 / rate)


def _density(parameter: str, distribution: Any, top: float | None = None) -> pd.DataFrame:
    """Mean density in equal steps, which is finite also where the density is not."""
    edges = np.linspace(0.0, top or distribution.mean() + 3.0 * distribution.std(), _BINS + 1)
    middle: Floats = (edges[:-1] + edges[1:]) / 2
    density = np.diff(distribution.cdf(edges)) / edges[1]
    return pd.DataFrame({"parameter": parameter, "value": middle, "density": density})


def interval_totals(windows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Totals of past windows in their 90 % intervals.

    Parameters
    ----------
    windows : sequence of dict
        As in the metrics of a `TrackRecord`.
    """
    rows = [
        {
            "cutoff": window["cutoff"],
            **{
                f"{kind}_{what}": window[kind][what]
                for kind in ("orders", "spend")
                for what in ("low", "expected", "high", "actual")
            },
        }
        for window in windows
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS["interval_totals"]))
