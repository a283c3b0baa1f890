"""What the orders can carry: the availability report and the data floors that the later stages keep to."""

from __future__ import annotations

from datetime import date

from pipeline.params import Params
from pipeline.preflight.availability import preflight
from pipeline.preflight.floors import read_floors, why
from pipeline.stages import files
from pipeline.stages.shell import run, say, warn
from pipeline.tables import io

PREDICTIONS = {"clv": "expected orders, spend and CLV", "churn": "churn probability"}


def check_data(params: Params) -> None:
    """Write metrics/preflight.json."""
    report = preflight(
        io.read_parquet(files.ORDERS),
        io.read_json(files.METRICS / "ingest.json"),
        date.fromisoformat(io.read_json(files.LOG)["as_of"]),
        horizon_days=params.churn.horizon_days,
        **params.snapshots.model_dump(),
    )
    io.write_json(report, files.PREFLIGHT)
    held = read_floors(report)
    for prediction, what in PREDICTIONS.items():
        missed = [floor for floor in held if floor.switches_off == prediction and not floor.ok]
        if missed:
            warn(f"switched off: {what}. {why(missed)}")
    scarce = [floor for floor in held if floor.is_scarce]
    if scarce:
        warn(f"few customers to learn from: {why(scarce)} for a steady model")
    say(f"preflight: {len(held) - sum(not floor.ok for floor in held)} of {len(held)} data floors met")


if __name__ == "__main__":
    run(check_data)
