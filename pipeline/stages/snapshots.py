"""One row per customer and cutoff: what was known then, and what happened next."""

from __future__ import annotations

from datetime import date

from pipeline.features import catalogue, customer_days, plan_cutoffs, snapshots
from pipeline.params import Params
from pipeline.stages import files
from pipeline.stages.shell import run, say
from pipeline.tables import io


def make_snapshots(params: Params) -> None:
    """Write customer days, the cutoffs and the snapshots."""
    log = io.read_json(files.LOG)
    as_of = date.fromisoformat(log["as_of"])
    horizon_days = params.churn.horizon_days
    first_day = date.fromisoformat(log["first_day"])
    cutoffs = plan_cutoffs(
        max(first_day, params.ingest.births_from or first_day),
        as_of,
        horizon_days=horizon_days,
        origins=params.evaluate.origins,
        **params.snapshots.model_dump(),
    )
    returns = io.read_parquet(files.RETURNS)
    days = customer_days(io.read_parquet(files.ORDERS), returns)
    paths = {name: files.TABLES / f"{name}.parquet" for name in catalogue.TABLES}
    tables = {name: io.read_parquet(path) for name, path in paths.items() if path.exists()}
    table = snapshots(
        days, cutoffs.all, horizon_days=horizon_days, as_of=as_of, returns=returns, tables=tables
    )
    io.write_parquet(days, files.CUSTOMER_DAYS)
    io.write_parquet(table, files.SNAPSHOTS)
    io.write_json(cutoffs.to_dict(), files.CUTOFFS)
    first, *_ = cutoffs.all
    say(f"snapshots: {table.num_rows:,} rows at {len(cutoffs.all)} cutoffs, {first} to {cutoffs.score}")


if __name__ == "__main__":
    run(make_snapshots)
