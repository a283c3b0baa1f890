"""Show what the lifetime-value model expects, and how that held: the tables behind its figures."""

from __future__ import annotations

from datetime import date

import pandas as pd

from pipeline.btyd import StoredFit, portraits
from pipeline.features import Cutoffs, born_since, daily_flow
from pipeline.params import Params
from pipeline.stages import files
from pipeline.stages.shell import run, say
from pipeline.tables import io

_COLUMNS = ["customer_key", "cutoff", "first_order_on", "frequency", "recency", "T", "future_orders"]
_SPEND = ["monetary_value", "spend_days", "first_order_amount"]

Tables = dict[str, pd.DataFrame]


def draw_portraits(params: Params) -> None:
    """Write every table; where there is no model, its header alone."""
    cutoffs = Cutoffs.from_dict(io.read_json(files.CUTOFFS))
    fits = map(StoredFit.from_dict, io.read_json(files.LIFETIME_VALUE_MODELS)["fits"])
    horizon_days, tested = params.churn.horizon_days, cutoffs.holdout or cutoffs.score
    shown = {"cutoff": [tested, cutoffs.score]}
    snapshots = io.read_parquet(files.SNAPSHOTS, columns=_COLUMNS + _SPEND, only=shown)
    snapshots = born_since(snapshots, params.ingest.births_from)
    tables = {name: portraits.empty(name) for name in portraits.COLUMNS}
    tables["interval_totals"] = portraits.interval_totals(io.read_json(files.INTERVALS).get("windows", []))
    for fit in fits:
        if fit.cutoff == tested:
            tables |= _tested(fit, snapshots, cutoffs.score, horizon_days)
        if fit.cutoff == cutoffs.score:
            tables |= _fitted(fit, snapshots, horizon_days)
    for name, table in tables.items():
        io.write_csv(table, files.PLOTS / f"{name}.csv")
    drawn = [name for name, table in tables.items() if not table.empty]
    say(f"portraits: {', '.join(drawn) or 'nothing to show without a model'}")


def _tested(fit: StoredFit, snapshots: pd.DataFrame, until: date, horizon_days: int) -> Tables:
    """Hold a model against the orders that came after its cutoff."""
    days = io.read_parquet(files.CUSTOMER_DAYS, columns=["customer_key", "day", "known_from", "known_until"])
    flow = daily_flow(days[days["customer_key"].isin(snapshots["customer_key"].unique())], until)
    tables = {"tracking": portraits.repeat_order_tracking(fit.orders, flow, fit.cutoff, fit.clock)}
    known = snapshots[snapshots["cutoff"] == pd.Timestamp(fit.cutoff)].dropna(subset="future_orders")
    if len(known):
        orders = fit.expectations(known, horizon_days)["expected_orders"], known["future_orders"]
        for by in ("frequency", "recency"):
            tables[f"calibration_by_{by}"] = portraits.calibration(known[by], *orders)
    return tables


def _fitted(fit: StoredFit, snapshots: pd.DataFrame, horizon_days: int) -> Tables:
    """Show what a model says of the customers of its cutoff."""
    model, cutoff = fit.orders, fit.cutoff
    summary = snapshots[snapshots["cutoff"] == pd.Timestamp(cutoff)]
    profile = portraits.typical_order_days(summary, cutoff)
    return {
        "frequency_recency": portraits.frequency_recency(model, summary, cutoff, horizon_days, fit.clock),
        "alive_history": portraits.alive_history(model, profile, cutoff, fit.clock),
        "spend_fit": portraits.spend_fit(fit.spend, fit.paid(summary)),
        "heterogeneity": portraits.heterogeneity(model),
    }


if __name__ == "__main__":
    run(draw_portraits)
