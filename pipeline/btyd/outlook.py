"""P10, P50 and P90 of every customer, and how far off all of them may be together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.btyd import pit
from pipeline.btyd._numerics import Floats
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.gammagamma import GammaGamma
from pipeline.btyd.parametersets import has_known_uncertainty
from pipeline.btyd.predictive import predict
from pipeline.btyd.ranges import Range
from pipeline.btyd.totals import Total

KINDS = ("orders", "spend")
CLV = "clv"
EXPECTED = {"orders": "expected_orders", "spend": "expected_spend", CLV: "expected_spend"}
"""By what the intervals are corrected."""
OUTLOOK = (
    *(f"{what}_{level}" for what in (*KINDS, CLV) for level in ("p10", "p50", "p90")),
    *(f"{kind}_sd" for kind in KINDS),
)


@dataclass(frozen=True)
class Outlook:
    """Intervals for the customers of a cutoff, and their totals.

    Attributes
    ----------
    table : DataFrame
        The columns of `OUTLOOK`, indexed like the summary.
    half_widths : dict of str to array, shape (customers,)
        How far P10 and P90 of "orders", "spend" and "clv" are from the median, on the scale of the model's
        probabilities.
    ranges : dict of str to pair of arrays, shape (customers,)
        Where the "orders", "spend" and "clv" that came lie in their distributions, as far as they are known.
    totals : dict of str to Total
        Of "orders" and "spend".
    parameter_sd : dict of str to float
        Relative standard deviation of these totals that comes from the parameters.
    parameter_uncertainty : {"known", "unknown"}
        Whether the fits could tell how uncertain their parameters are; if not, that part is missing.
    """

    table: pd.DataFrame
    half_widths: dict[str, Floats]
    ranges: dict[str, Range]
    totals: dict[str, Total]
    parameter_sd: dict[str, float]
    parameter_uncertainty: str


def no_outlook(summary: pd.DataFrame) -> pd.DataFrame:
    """Give the columns of an outlook, all missing: what is known without a model."""
    return pd.DataFrame(float("nan"), index=summary.index, columns=list(OUTLOOK))


def outlook(
    model: CountModel,
    spend: GammaGamma,
    summary: pd.DataFrame,
    values: pd.DataFrame,
    spreads: Mapping[str, pit.Spread],
    *,
    horizon_days: float,
    clv_horizon_days: float,
) -> Outlook:
    """Predict distributions over the horizons.

    The quantiles of the CLV are those of the spend over its horizon, times the margin and the mean discount
    of the customer's orders: which of them comes when changes little that their number does not.

    Parameters
    ----------
    model, spend : fitted models
    summary : DataFrame
        Columns frequency, recency, T (days), monetary_value, spend_days; what came, where it is known, as
        future_orders and future_spend, and over the horizon of the CLV as future_clv.
    values : DataFrame
        The result of `lifetime_value` for it, over the same horizons.
    spreads : mapping of str to Spread
        For "orders", "spend" and "clv" the correction that an earlier window taught, or `pit.AS_MODELLED`.
    horizon_days, clv_horizon_days : float
        Of the orders and the spend, and of the CLV.
    """
    half_widths = {kind: spread.of(values[EXPECTED[kind]].to_numpy()) for kind, spread in spreads.items()}
    orders, money, clv = (
        0.5 + np.multiply.outer(half_widths[kind], (-1.0, 0.0, 1.0)) for kind in (*KINDS, CLV)
    )
    undiscounted = model.expected_orders(summary, clv_horizon_days) * values["expected_order_value"]
    worth = (values["clv"] / undiscounted).where(undiscounted > 0, 0.0).to_numpy()
    came = {kind: summary[f"future_{kind}"].to_numpy(np.float64) for kind in KINDS if is_known(summary, kind)}
    soon = predict(model, spend, summary, horizon_days, orders, money, came)
    value = {}
    if is_known(summary, CLV):
        value["spend"] = _spent(summary["future_clv"].to_numpy(np.float64), worth)
    later = predict(model, spend, summary, clv_horizon_days, orders, clv, value)
    ranges = soon.ranges | ({CLV: later.ranges["spend"]} if value else {})
    columns = [
        soon.orders,
        soon.spend,
        later.spend * worth[:, None],
        np.sqrt(soon.orders_variance),
        np.sqrt(soon.spend_variance),
    ]
    known = has_known_uncertainty(model) and has_known_uncertainty(spend)
    return Outlook(
        table=pd.DataFrame(np.column_stack(columns), index=summary.index, columns=list(OUTLOOK)),
        half_widths=half_widths,
        ranges=ranges,
        totals={
            "orders": Total(math.fsum(values["expected_orders"]), math.fsum(soon.orders_variance)),
            "spend": Total(math.fsum(values["expected_spend"]), math.fsum(soon.spend_variance)),
        },
        parameter_sd=soon.parameter_sd,
        parameter_uncertainty="known" if known else "unknown",
    )


def is_known(summary: pd.DataFrame, kind: str) -> bool:
    """Whether what came of "orders", "spend" or "clv" is known for every customer."""
    name = f"future_{kind}"
    return len(summary) > 0 and name in summary.columns and bool(summary[name].notna().all())


def _spent(value: Floats, worth: Floats) -> Floats:
    """Undiscounted spend behind a value; infinite where nothing could have been worth that."""
    return np.divide(value, worth, out=np.where(value > 0, np.inf, 0.0), where=worth > 0)
