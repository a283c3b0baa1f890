"""From scores to segments a marketing person can act on."""

from __future__ import annotations

from pipeline.params import Params
from pipeline.retention.segments import segment_customers
from pipeline.stages import files
from pipeline.stages.shell import run, say
from pipeline.tables import io


def segment(params: Params) -> None:
    """Write data/scored/segments.parquet."""
    customers = io.read_parquet(files.CUSTOMERS)
    bands = params.segments.model_dump()
    segments = segment_customers(customers, horizon_days=params.churn.horizon_days, **bands)
    io.write_parquet(segments, files.SEGMENTS)
    say(f"segments: {segments['segment'].nunique()} segments of {len(segments):,} customers")


if __name__ == "__main__":
    run(segment)
