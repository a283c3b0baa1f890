"""What the orders can carry: the availability report and the data floors that the later stages keep to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from pipeline.features import CutoffPlan
from pipeline.params import Params
from pipeline.preflight.availability import preflight
from pipeline.preflight.closures import closure
from pipeline.preflight.floors import PREDICTIONS, read_floors, unmet, why
from pipeline.preflight.horizon import longer_horizon
from pipeline.stages import files
from pipeline.stages.shell import run, say, warn
from pipeline.tables import io


def check_data(params: Params) -> None:
    """Write metrics/preflight.json."""
    orders, returns = io.read_parquet(files.ORDERS), io.read_parquet(files.RETURNS)
    as_of = date.fromisoformat(io.read_json(files.LOG)["as_of"])
    report = describe(orders, returns, io.read_json(files.INGEST), as_of, params)
    io.write_json(report, files.PREFLIGHT)
    _tell(report)


def _tell(report: Mapping[str, Any]) -> None:
    """Warn of what cannot be predicted, or only badly, and what would help."""
    held = read_floors(report)
    for prediction, what in PREDICTIONS.items():
        missed = unmet(report, prediction)
        if missed:
            warn(f"switched off: {what}. {why(missed)}")
    longest = report["horizon"]["longest"]
    if any(floor.name == "history_days" for floor in unmet(report, "churn")) and longest:
        warn(f"the log is long enough for a churn.horizon_days of up to {longest}")
    if days := longer_horizon(report):
        warn(f"more customers come back within the recommended churn.horizon_days: {days}")
    for floor in held:
        if floor.is_scarce:
            warn(f"{floor.name}: {floor.found:,} will do, below {floor.comfortable:,} the model is shaky")
    customers, gone = report["coverage"]["customers"], report["coverage"]["given_everything_back"]
    if gone > customers / 2:
        warn(
            f"{gone:,} of {customers:,} customers have given everything back. If the amounts below zero are "
            "no returns (a ledger books every sale twice), leave these rows out by a query "
            "(docs/bring-your-own-data.md, Tables that belong together)"
        )
    if told := closure(report):
        warn(told)
    say(f"preflight: {sum(floor.ok for floor in held)} of {len(held)} data floors met")


def describe(
    orders: pd.DataFrame, returns: pd.DataFrame, counts: Mapping[str, Any], as_of: date, params: Params
) -> dict[str, Any]:
    """Say what can be predicted from an order log, over the horizon and by the plan of the parameters."""
    return preflight(
        orders,
        counts,
        as_of,
        CutoffPlan(params.churn.horizon_days, **params.snapshots.model_dump()),
        returns=returns,
        births_from=params.ingest.births_from,
    )


if __name__ == "__main__":
    run(check_data)
