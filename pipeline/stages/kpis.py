"""Retention KPIs, also of the optional tables, acquisition cohorts and months."""

from __future__ import annotations

from datetime import date

import pandas as pd

from pipeline.counted import counted
from pipeline.params import Params
from pipeline.retention.kpis import cohorts, monthly, retention_kpis
from pipeline.retention.table_kpis import NEEDED, table_kpis
from pipeline.stages import files
from pipeline.stages.shell import run, say
from pipeline.tables import io


def kpis(params: Params) -> None:
    """Write metrics/kpis.json and the cohort and month tables."""
    orders, returns = io.read_parquet(files.ORDERS), io.read_parquet(files.RETURNS)
    as_of = date.fromisoformat(io.read_json(files.LOG)["as_of"])
    horizon_days = params.churn.horizon_days
    figures = retention_kpis(orders, as_of, horizon_days, returns)
    of_tables = table_kpis(orders, _tables(returns), as_of, horizon_days)
    io.write_json({**figures, "tables": of_tables}, files.KPIS)
    io.write_csv(cohorts(orders, as_of), files.PLOTS / "cohorts.csv")
    io.write_csv(monthly(orders, returns), files.PLOTS / "monthly.csv")
    say(f"kpis: {counted(len(orders)):order/orders}")


def _tables(returns: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Read the tables that have figures, as far as the shop has them."""
    names = {name for needed in NEEDED.values() for name in needed} - {"returns"}
    paths = {name: files.TABLES / f"{name}.parquet" for name in sorted(names)}
    tables = {name: io.read_parquet(path) for name, path in paths.items() if path.exists()}
    is_netted = bool((returns["netted"] > 0).any())  # not where the shop wants them dropped
    return {**tables, "returns": returns} if is_netted else tables


if __name__ == "__main__":
    run(kpis)
