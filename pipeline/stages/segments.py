"""From scores to segments a marketing person can act on, and the reasons of the scores in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.btyd import CommonError, forecast_by_group, together
from pipeline.churn.frame import FEATURES, WORDS
from pipeline.churn.reasons import COLUMNS, choose_reasons, examples, reason_counts, topics_of
from pipeline.counted import counted
from pipeline.features import Cutoffs
from pipeline.params import Params
from pipeline.report.formats import Formats
from pipeline.report.reasons import sentences
from pipeline.retention.aggregates import segment_summary
from pipeline.retention.segments import segment_customers
from pipeline.stages import files, frames
from pipeline.stages.shell import run, say
from pipeline.tables import io


def segment(params: Params) -> None:
    """Write the segments with their reasons, the counts and examples of these, and the forecast."""
    scored = io.read_parquet(files.CUSTOMERS)
    bands = params.segments.model_dump()
    segments = segment_customers(scored, horizon_days=params.churn.horizon_days, **bands)
    segments = segments.join(_reasons(segments, params), on="customer_key")
    io.write_parquet(segments, files.SEGMENTS)
    io.write_csv(reason_counts(segments), files.PLOTS / "reasons.csv")
    io.write_json(_forecast(segments), files.FORECAST)
    customers, found = counted(len(segments)), counted(segments["segment"].nunique())
    say(f"segments: {found:segment/segments} of {customers:customer/customers}")


def _reasons(segments: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Give the reasons of each score by customer key, and write the typical ones."""
    explained = io.read_parquet(files.EXPLANATIONS).set_index("customer_key")
    as_of = Cutoffs.from_dict(io.read_json(files.CUTOFFS)).score
    values = frames.known(as_of).set_index("customer_key").loc[explained.index]
    risk = segments.set_index("customer_key")["churn_risk"]
    averages = values[list(FEATURES)].mean()
    io.write_csv(examples(explained, risk), files.PLOTS / "reason_examples.csv")
    chosen = choose_reasons(explained, values, averages, risk.loc[explained.index])
    formats = Formats(params.report.language, params.report.currency)
    spoken = {name: (unit, words.over(params.churn.horizon_days)) for name, (unit, words) in WORDS.items()}
    written = {name: sentences(chosen[name], values, averages, spoken, formats) for name in COLUMNS}
    return chosen.assign(**written, reason_topics=topics_of(chosen)).astype("str")


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
    # The sums of what the customers were given: of spend, the blend's and not the lifetime model's.
    sums = segment_summary(segments).dropna(subset="expected_orders").set_index("segment")
    past = [one["clv"] for one in intervals["windows"] if one["clv"]]
    held = [one["coverage"]["value"] for one in past]
    came = [one["actual"] / one["expected"] for one in past if one["expected"] > 0]
    return {
        "as_of": whole["cutoff"],
        **forecast_by_group(together(sums), errors)["all"],
        "windows": len(intervals["windows"]),
        "windows_inside": intervals["windows_inside"],
        "clv_coverage": {
            "windows": len(held),
            "low": min(held, default=None),
            "high": max(held, default=None),
        },
        "clv_came": {"low": min(came, default=None), "high": max(came, default=None)},
        "segments": forecast_by_group(sums, errors),
    }


if __name__ == "__main__":
    run(segment)
