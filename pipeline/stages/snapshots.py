"""One row per customer and cutoff: what was known then, and what happened next."""

from __future__ import annotations

from datetime import date

import pandas as pd

from pipeline.counted import counted
from pipeline.features import (
    CutoffPlan,
    Cutoffs,
    OpenDays,
    births_known_from,
    catalogue,
    customer_days,
    plan_cutoffs,
    snapshots,
)
from pipeline.params import Params
from pipeline.stages import files
from pipeline.stages.shell import run, say, warn
from pipeline.tables import io


def make_snapshots(params: Params) -> None:
    """Write customer days, the cutoffs and the snapshots."""
    log = io.read_json(files.LOG)
    as_of = date.fromisoformat(log["as_of"])
    horizon_days = params.churn.horizon_days
    orders, returns = io.read_parquet(files.ORDERS), io.read_parquet(files.RETURNS)
    open_days = OpenDays(orders["ordered_at"])
    first_day = births_known_from(date.fromisoformat(log["first_day"]), params.ingest.births_from)
    plan = CutoffPlan(horizon_days, origins=params.evaluate.origins, **params.snapshots.model_dump())
    cutoffs = plan_cutoffs(first_day, as_of, plan, open_days.tells)
    days = customer_days(orders, returns)
    tables = snapshots(
        days,
        cutoffs.all,
        horizon_days=horizon_days,
        as_of=as_of,
        returns=returns,
        tables=_tables(orders, with_demographics=params.features.demographics),
    )
    io.write_parquet(days, files.CUSTOMER_DAYS)
    io.write_parquet(tables, files.SNAPSHOTS)
    io.write_json(cutoffs.to_dict(), files.CUTOFFS)
    customers, (first, *_) = days["customer_key"].nunique(), cutoffs.all
    say(
        f"snapshots: {counted(customers):customer/customers} at {counted(len(cutoffs.all)):cutoff/cutoffs}, "
        f"{first} to {cutoffs.score}"
    )
    _tell_closures(open_days, cutoffs, horizon_days)


def _tell_closures(open_days: OpenDays, cutoffs: Cutoffs, horizon_days: int) -> None:
    """Say when the shop was closed, and whether models learn from that."""
    closures = list(open_days.closures(cutoffs.score))
    if not closures or not cutoffs.origins:
        return
    days = ", ".join(f"{closure.first_day} to {closure.last_day}" for closure in closures)
    learned = {day for origin in (*cutoffs.origins, cutoffs.final) for day in origin.training}
    if all(open_days.tells(day, horizon_days) for day in learned):
        say(f"  closed {days}: horizons that lie in it by a quarter or more are left out")
    else:
        warn(f"closed {days}, and horizons in it are learned from all the same: too few are left without it")


def _tables(orders: pd.DataFrame, *, with_demographics: bool) -> dict[str, pd.DataFrame]:
    """Read the tables that features are made from, as far as the shop has them and wants them used."""
    unwanted = () if with_demographics else catalogue.DEMOGRAPHICS.tables
    paths = {name: files.TABLES / f"{name}.parquet" for name in catalogue.TABLES if name not in unwanted}
    tables = {name: io.read_parquet(path) for name, path in paths.items() if path.exists()}
    if orders["channel"].notna().any():
        tables["orders"] = orders[["customer_key", "ordered_at", "channel"]]
    return tables


if __name__ == "__main__":
    run(make_snapshots)
