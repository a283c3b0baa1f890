"""How far the total of all customers may be from what is expected."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd
from scipy.special import ndtri, stdtrit

CONFIDENCE = 0.9
_PRIOR_WINDOWS = 2.0  # as many windows speak for the prior, which says:
_PRIOR_LEVEL_SD = 0.1  # totals miss by 10 %


class Total(NamedTuple):
    """What is expected of a group of customers, and the variance that their own randomness gives it."""

    expected: float
    variance: float


class PastTotal(NamedTuple):
    """A total that was predicted for [start, end) and has come."""

    start: date
    end: date
    predicted: Total
    actual: float


class CommonError(NamedTuple):
    """What makes all customers order more or less than expected together.

    Attributes
    ----------
    level_sd : float
        Standard deviation of log(actual / expected) that past windows showed: season, growth, campaigns.
    parameter_sd : float
        Relative standard deviation of the total that comes from the parameters.
    windows : float
        Past windows that `level_sd` rests on, counted without overlap.
    """

    level_sd: float
    parameter_sd: float
    windows: float


class Interval(NamedTuple):
    """Nine times out of ten the total lies between `low` and `high`."""

    low: float
    high: float


def common_error(past: Sequence[PastTotal], parameter_sd: float) -> CommonError:
    """Learn the level error from earlier windows, shrunk towards 10 % as if two windows had shown that.

    Days that several windows share count once, so that windows that do not overlap weigh more. What the
    customers' own randomness explains of a miss is not a level error.

    Parameters
    ----------
    past : sequence of PastTotal
        All with an end before the window to be predicted.
    parameter_sd : float
        Relative standard deviation of the total that comes from the parameters.
    """
    usable = [one for one in past if one.predicted.expected > 0 and one.actual > 0]
    weights = [_own_share(one, usable) for one in usable]
    misses = [
        max(0.0, math.log(one.actual / one.predicted.expected) ** 2 - _own_error(one.predicted) ** 2)
        for one in usable
    ]
    windows = math.fsum(weights)
    squares = math.fsum(weight * miss for weight, miss in zip(weights, misses, strict=True))
    prior = _PRIOR_WINDOWS * _PRIOR_LEVEL_SD**2
    level_sd = math.sqrt((prior + squares) / (_PRIOR_WINDOWS + windows))
    return CommonError(level_sd, parameter_sd, windows)


def total_interval(total: Total, error: CommonError) -> Interval:
    """90 % interval of a total: the customers' own randomness, parameters and level, on the log scale.

    Few past windows leave the level error itself uncertain; hence Student's t for that part, with as many
    degrees of freedom as there were windows, those of the prior included.
    """
    if not total.expected > 0:
        return Interval(0.0, 0.0)
    upper = 0.5 + CONFIDENCE / 2
    level = float(stdtrit(_PRIOR_WINDOWS + error.windows, upper)) * error.level_sd
    rest = float(ndtri(upper)) * math.hypot(error.parameter_sd, _own_error(total))
    reach = math.hypot(level, rest)
    return Interval(total.expected * math.exp(-reach), total.expected * math.exp(reach))


def forecast_by_group(
    groups: pd.DataFrame, errors: Mapping[str, CommonError]
) -> dict[str, dict[str, dict[str, float]]]:
    """Intervals for parts of the customers, which share the common errors of the whole.

    Parameters
    ----------
    groups : DataFrame
        Indexed by the name of the group: sums `expected_orders` and `expected_spend`, and their standard
        deviations `orders_sd` and `spend_sd` from the customers' own randomness.
    errors : mapping
        "orders" and "spend", those of all customers together.

    Returns
    -------
    dict
        By name, then "orders" and "spend": `expected`, `low`, `high`.
    """
    found: dict[str, dict[str, dict[str, float]]] = {name: {} for name in groups.index}
    for kind, error in errors.items():
        sums = groups[f"expected_{kind}"].tolist(), groups[f"{kind}_sd"].tolist()
        for name, expected, sd in zip(groups.index, *sums, strict=True):
            interval = total_interval(Total(expected, sd**2), error)
            found[name][kind] = {"expected": expected, **interval._asdict()}
    return found


def together(groups: pd.DataFrame) -> pd.DataFrame:
    """Sum groups of customers, as `forecast_by_group` takes them, up to one row called "all".

    Customers order by themselves: variances add up as expectations do.
    """
    expected = groups[["expected_orders", "expected_spend"]].sum()
    spread = (groups[["orders_sd", "spend_sd"]] ** 2).sum() ** 0.5
    row: pd.DataFrame = pd.concat([expected, spread]).to_frame("all").T
    return row


def _own_error(total: Total) -> float:
    """Standard deviation of the log of the total from the customers' own randomness, as of a log-normal."""
    return math.sqrt(math.log1p(max(total.variance, 0.0) / total.expected**2))


def _own_share(one: PastTotal, windows: Sequence[PastTotal]) -> float:
    """Days of a window, each divided by the number of windows that it lies in, as a share of the window."""
    first, days = one.start.toordinal(), (one.end - one.start).days
    shared = [
        sum(other.start.toordinal() <= day < other.end.toordinal() for other in windows)
        for day in range(first, first + days)
    ]
    return math.fsum(1.0 / count for count in shared) / days
