"""From scores to segments a marketing person can act on."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.btyd import CommonError, forecast_by_group
from pipeline.params import Params
from pipeline.retention.segments import segment_customers, segment_summary
from pipeline.stages import files
from pipeline.stages.shell import run, say
from pipeline.tables import io


def segment(params: Params) -> None:
    """Write data/scored/segments.parquet."""
    customers = io.read_parquet(files.CUSTOMERS)
    bands = params.segments.model_dump()
    segments = segment_customers(customers, horizon_days=params.churn.horizon_days, **bands)
    io.write_parquet(segments, files.SEGMENTS)
    io.write_json(_forecast(segments), files.FORECAST)
    say(f"segments: {segments['segment'].nunique()} segments of {len(segments):,} customers")


def _forecast(segments: pd.DataFrame) -> dict[str, Any]:
    """Give the forecast of all customers and of each segment, with 90 % intervals."""
    intervals = io.read_json(files.INTERVALS)
    if "forecast" not in intervals:
        return {name: intervals[name] for name in ("status", "reason")}
    whole = intervals["forecast"]
    errors = {
        kind: CommonError(**{name: whole[kind][name] for name in CommonError._fields})
        for kind in ("orders", "spend")
    }
    sums = segment_summary(segments).dropna(subset="expected_orders").set_index("segment")
    return {
        "as_of": whole["cutoff"],
        **{kind: {name: whole[kind][name] for name in ("expected", "low", "high")} for kind in errors},
        "windows": len(intervals["windows"]),
        "windows_inside": intervals["windows_inside"],
        "segments": forecast_by_group(sums, errors),
    }


if __name__ == "__main__":
    run(segment)
