"""Fit the BTYD and spend models at each cutoff, on what was known then."""

from __future__ import annotations

import pandas as pd

from pipeline.btyd import MODELS, GammaGamma, lifetime_value
from pipeline.features import Cutoffs
from pipeline.params import Params
from pipeline.stages import files
from pipeline.stages.shell import progress, run, say, warn
from pipeline.tables import io

PARAMETER_DIGITS = 8  # what the models keep, so that a model read back predicts the same


def fit_lifetime_value(params: Params) -> None:
    """Write the expectations per customer and cutoff, and the fitted parameters."""
    snapshots, cutoffs = io.read_parquet(files.SNAPSHOTS), Cutoffs.from_dict(io.read_json(files.CUTOFFS)).all
    money, births_from = params.lifetime_value, params.ingest.births_from
    tables, fits = [], []
    for cutoff in progress(cutoffs, "lifetime value"):
        summary = snapshots[snapshots["cutoff"].dt.date == cutoff]
        # Who was there before the log looks younger than they are: no model learns from them, all are scored.
        born = summary if births_from is None else summary[summary["first_order_on"].dt.date >= births_from]
        orders, spend = MODELS[money.model]().fit(born), GammaGamma().fit(born)
        values = lifetime_value(
            orders,
            spend,
            summary,
            horizon_days=params.churn.horizon_days,
            clv_horizon_days=money.clv_horizon_days,
            annual_discount_rate=money.discount_rate_per_year,
            margin=money.margin,
        )
        tables.append(summary[["customer_key", "cutoff"]].join(values))
        fits.append({"cutoff": cutoff.isoformat(), "orders": orders.to_dict(), "spend": spend.to_dict()})
        for model in (orders, spend):
            if model.status != "ok":
                warn(f"lifetime_value at {cutoff}: {model.message}")
    models = {"grain": "day", "data_fingerprint": io.read_json(files.LOG)["fingerprint"], "fits": fits}
    io.write_parquet(pd.concat(tables, ignore_index=True), files.LIFETIME_VALUE)
    io.write_json(models, files.LIFETIME_VALUE_MODELS, digits=PARAMETER_DIGITS)
    say(f"lifetime_value: {money.model} and Gamma-Gamma at {len(fits)} cutoffs")


if __name__ == "__main__":
    run(fit_lifetime_value)
