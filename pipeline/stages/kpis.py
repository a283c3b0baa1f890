"""Retention KPIs, acquisition cohorts and months."""

from __future__ import annotations

from datetime import date

from pipeline.counted import counted
from pipeline.params import Params
from pipeline.retention.kpis import cohorts, monthly, retention_kpis
from pipeline.stages import files
from pipeline.stages.shell import run, say
from pipeline.tables import io


def kpis(params: Params) -> None:
    """Write metrics/kpis.json and the cohort and month tables."""
    orders, returns = io.read_parquet(files.ORDERS), io.read_parquet(files.RETURNS)
    as_of = date.fromisoformat(io.read_json(files.LOG)["as_of"])
    figures = retention_kpis(orders, as_of, params.churn.horizon_days, returns)
    io.write_json(figures, files.KPIS)
    io.write_csv(cohorts(orders, as_of), files.PLOTS / "cohorts.csv")
    io.write_csv(monthly(orders, returns), files.PLOTS / "monthly.csv")
    say(f"kpis: {counted(len(orders)):order/orders}")


if __name__ == "__main__":
    run(kpis)
