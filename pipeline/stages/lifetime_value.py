"""Fit the BTYD and spend models at each cutoff, on what was known then."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from pipeline.btyd import MODELS, GammaGamma, TrackRecord, lifetime_value, no_lifetime_value, no_outlook
from pipeline.errors import InsufficientHistory
from pipeline.features import Cutoffs
from pipeline.params import Params
from pipeline.preflight.floors import INSUFFICIENT_HISTORY, unmet, why
from pipeline.stages import files
from pipeline.stages.shell import progress, run, say, warn
from pipeline.tables import io

PARAMETER_DIGITS = 8  # what the models keep, so that a model read back predicts the same


def fit_lifetime_value(params: Params) -> None:
    """Write the expectations per customer and cutoff, and the fitted parameters."""
    snapshots, cutoffs = io.read_parquet(files.SNAPSHOTS), Cutoffs.from_dict(io.read_json(files.CUTOFFS)).all
    reason = why(unmet(io.read_json(files.PREFLIGHT), "clv"))
    record = TrackRecord(params.churn.horizon_days, params.lifetime_value.clv_horizon_days)
    tables, fits = [], []
    for cutoff in progress(cutoffs, "lifetime value"):
        summary = snapshots[snapshots["cutoff"].dt.date == cutoff]
        values = no_lifetime_value(summary).join(no_outlook(summary))
        if not reason:
            try:
                values, fitted = _fit(record, cutoff, summary, params)
            except InsufficientHistory as error:
                warn(f"lifetime_value at {cutoff}: {error.problem}")
                if cutoff == cutoffs[-1]:
                    reason = error.problem
            else:
                fits.append({"cutoff": cutoff.isoformat(), **fitted})
        tables.append(summary[["customer_key", "cutoff"]].join(values))
    models = {"grain": "day", "data_fingerprint": io.read_json(files.LOG)["fingerprint"], "fits": fits}
    if reason:
        models |= {"status": INSUFFICIENT_HISTORY, "reason": reason}
    io.write_parquet(pd.concat(tables, ignore_index=True), files.LIFETIME_VALUE)
    io.write_json(models, files.LIFETIME_VALUE_MODELS, digits=PARAMETER_DIGITS)
    intervals = record.metrics() or {"status": INSUFFICIENT_HISTORY, "reason": reason}
    io.write_json(intervals, files.INTERVALS)
    io.write_csv(record.histogram(), files.PLOTS / "pit.csv")
    io.write_csv(record.coverage_by_tenth(), files.PLOTS / "interval_coverage.csv")
    done = f"{params.lifetime_value.model} and Gamma-Gamma at {len(fits)} cutoffs"
    say(f"lifetime_value: {f'none, {reason}' if reason else done}")
    for kind in ("orders", "spend"):
        for model in [fitted[kind] for fitted in fits[-1:] if fitted[kind]["status"] != "ok"]:
            say(f"  {model['model']} is {model['status']} as of {cutoffs[-1]}: {model['message']}")


def _fit(
    record: TrackRecord, cutoff: date, summary: pd.DataFrame, params: Params
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Fit one cutoff: its expectations and intervals, and the parameters by kind of model."""
    money = params.lifetime_value
    births_from = params.ingest.births_from
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
    values = values.join(record.predict(cutoff, orders, spend, summary, values))
    return values, {"orders": orders.to_dict(), "spend": spend.to_dict()}


if __name__ == "__main__":
    run(fit_lifetime_value)
