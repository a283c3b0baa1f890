"""Intervals at one cutoff, corrected by what earlier windows have shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pipeline.btyd import pit
from pipeline.btyd._numerics import Floats
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.gammagamma import GammaGamma
from pipeline.btyd.parametersets import has_known_uncertainty
from pipeline.btyd.predictive import predict, probability_ranges
from pipeline.btyd.totals import CommonError, PastTotal, Total, common_error, total_interval

KINDS = ("orders", "spend")
INTERVALS = tuple(f"{what}_{level}" for what in ("orders", "spend", "clv") for level in ("p10", "p50", "p90"))
OUTLOOK = (*INTERVALS, "orders_sd", "spend_sd")


class PastWindow(NamedTuple):
    """A window that was predicted and has come: what it teaches, and where its outcomes lay.

    low, high: where each outcome lies in its predicted distribution; half_width: how wide the intervals were
    drawn; expected: orders; spread: the correction that would have been right.
    """

    start: date
    end: date
    low: Floats
    high: Floats
    half_width: Floats
    expected: Floats
    spread: pit.Spread
    totals: dict[str, PastTotal]


@dataclass(frozen=True)
class Outlook:
    """Intervals for the customers of a cutoff, and what is common to them.

    Attributes
    ----------
    table : DataFrame
        The columns of `OUTLOOK`, indexed like the summary.
    totals : dict of str to Total
        Of "orders" and "spend" over all customers.
    errors : dict of str to CommonError
        The errors that all customers share.
    spread : Spread
        The correction that was applied.
    corrected_by : date or None
        Cutoff of the window that the correction was learned from.
    half_width : array, shape (customers,)
        The correction for each customer.
    parameters_known : bool
        Whether the fits know how uncertain their parameters are; otherwise their part is missing.
    """

    table: pd.DataFrame
    totals: dict[str, Total]
    errors: dict[str, CommonError]
    spread: pit.Spread
    corrected_by: date | None
    half_width: Floats
    parameters_known: bool


def no_outlook(summary: pd.DataFrame) -> pd.DataFrame:
    """Give the columns of an outlook, all missing: what is known without a model."""
    return pd.DataFrame(float("nan"), index=summary.index, columns=list(OUTLOOK))


def outlook(
    model: CountModel,
    spend: GammaGamma,
    summary: pd.DataFrame,
    values: pd.DataFrame,
    past: Sequence[PastWindow],
    *,
    cutoff: date,
    horizon_days: int,
    clv_horizon_days: int,
) -> Outlook:
    """P10, P50 and P90 of every customer, and the errors of the totals.

    P10 and P90 are moved by what the latest window that had ended by the cutoff has shown. The quantiles of
    the CLV are those of the undiscounted spend over its horizon, times the customer's mean discount and the
    margin: which order comes when changes little that the number of orders does not.

    Parameters
    ----------
    model, spend : fitted models
    summary : DataFrame
        Histories and spend, as in `lifetime_value`.
    values : DataFrame
        The result of `lifetime_value`.
    past : sequence of PastWindow
        Those that end after the cutoff are not looked at.
    cutoff : date
    horizon_days, clv_horizon_days : int
        Of the orders and the spend, and of the CLV.
    """
    ended = sorted((one for one in past if one.end <= cutoff), key=lambda one: one.start)
    spread = ended[-1].spread if ended else pit.AS_MODELLED
    half_width = spread.of(values["expected_orders"].to_numpy())
    levels = np.column_stack([0.5 - half_width, np.full(len(half_width), 0.5), 0.5 + half_width])
    soon = predict(model, spend, summary, horizon_days, levels)
    later = predict(model, spend, summary, clv_horizon_days, levels)
    undiscounted = model.expected_orders(summary, clv_horizon_days) * values["expected_order_value"]
    discount = np.where(undiscounted > 0, values["clv"] / np.where(undiscounted > 0, undiscounted, 1.0), 0.0)
    variances = {"orders": soon.orders_variance, "spend": soon.spend_variance}
    table = pd.DataFrame(
        np.column_stack(
            [
                soon.orders,
                soon.spend,
                later.spend * discount[:, None],
                *(np.sqrt(np.maximum(variances[kind], 0.0)) for kind in KINDS),
            ]
        ),
        index=summary.index,
        columns=list(OUTLOOK),
    )
    return Outlook(
        table=table,
        totals={
            kind: Total(math.fsum(values[f"expected_{kind}"]), math.fsum(variances[kind])) for kind in KINDS
        },
        errors={
            kind: common_error([one.totals[kind] for one in ended], soon.parameter_sd[kind]) for kind in KINDS
        },
        spread=spread,
        corrected_by=ended[-1].start if ended else None,
        half_width=half_width,
        parameters_known=has_known_uncertainty(model) and has_known_uncertainty(spend),
    )


def look_back(
    model: CountModel,
    summary: pd.DataFrame,
    values: pd.DataFrame,
    predicted: Outlook,
    *,
    cutoff: date,
    horizon_days: int,
) -> PastWindow:
    """Compare the outlook of a cutoff with what came.

    Parameters
    ----------
    summary : DataFrame
        With `future_orders` and `future_spend`, all known.
    values, predicted
        What was expected of them, from `lifetime_value` and `outlook`.
    """
    came = {kind: summary[f"future_{kind}"].to_numpy(dtype=np.float64) for kind in KINDS}
    low, high = probability_ranges(model, summary, horizon_days, came["orders"].astype(np.int64))
    expected = values["expected_orders"].to_numpy()
    end = cutoff + timedelta(days=horizon_days)
    return PastWindow(
        start=cutoff,
        end=end,
        low=low,
        high=high,
        half_width=predicted.half_width,
        expected=expected,
        spread=pit.learn_spread(low, high, expected),
        totals={
            kind: PastTotal(cutoff, end, predicted.totals[kind], math.fsum(came[kind])) for kind in KINDS
        },
    )


def forecast_metrics(predicted: Outlook) -> dict[str, Any]:
    """The totals of a cutoff with their intervals and where the width comes from, JSON ready."""
    return {
        "parameter_uncertainty": "known" if predicted.parameters_known else "unknown, left out",
        "corrected_by": predicted.corrected_by and predicted.corrected_by.isoformat(),
        "half_widths": list(predicted.spread.half_widths),
        **{
            kind: {
                "expected": predicted.totals[kind].expected,
                **total_interval(predicted.totals[kind], predicted.errors[kind])._asdict(),
                "own_sd": _relative_sd(predicted.totals[kind]),
                **predicted.errors[kind]._asdict(),
            }
            for kind in KINDS
        },
    }


def _relative_sd(total: Total) -> float | None:
    return math.sqrt(max(total.variance, 0.0)) / total.expected if total.expected > 0 else None


def tested_metrics(window: PastWindow, predicted: Outlook) -> dict[str, Any]:
    """How the intervals of a past window did: totals, and coverage of the customers' 80 % intervals."""
    result: dict[str, Any] = {"cutoff": window.start.isoformat()}
    for kind in KINDS:
        actual = window.totals[kind].actual
        interval = total_interval(predicted.totals[kind], predicted.errors[kind])
        result[kind] = {
            "expected": predicted.totals[kind].expected,
            "actual": actual,
            **interval._asdict(),
            "inside": interval.low <= actual <= interval.high,
        }
    return result | {
        "coverage": pit.coverage(window.low, window.high, window.half_width)._asdict(),
        "coverage_as_modelled": pit.coverage(window.low, window.high)._asdict(),
    }
