"""The page people read."""

from __future__ import annotations

from datetime import date

import pandas as pd

from pipeline.crm.consent import with_consent
from pipeline.params import Params
from pipeline.report.data import ReportData
from pipeline.report.page import render
from pipeline.retention.aggregates import (
    below_floor,
    not_worth_it,
    rfm_summary,
    risk_value_matrix,
    segment_summary,
    stage_counts,
)
from pipeline.stages import files
from pipeline.stages.runs import current_run
from pipeline.stages.shell import run, say
from pipeline.tables import io

SHOWN = (
    "monthly",
    "cohorts",
    "roc",
    "calibration",
    "gains",
    "value_calibration",
    "spend_coverage",
    "importance",
    "tracking",
    "calibration_by_frequency",
    "interval_totals",
    "fairness",
    "reality",
    "reasons",
    "reason_examples",
)
INSIDE = (
    "calibration_by_recency",
    "interval_coverage",
    "frequency_recency",
    "alive_history",
    "spend_fit",
    "heterogeneity",
)


def report(params: Params) -> None:
    """Write reports/index.html."""
    segments = io.read_parquet(files.SEGMENTS)
    consents = io.read_parquet(files.CONSENTS) if files.CONSENTS.exists() else None
    log, evaluation = io.read_json(files.LOG), io.read_json(files.EVALUATION)
    preflight = io.read_json(files.PREFLIGHT)
    alarms = [*io.read_json(files.DRIFT)["alarms"], *io.read_json(files.REALITY)["alarms"]]
    shown, inside = (
        {name: pd.read_csv(files.PLOTS / f"{name}.csv") for name in names} for names in (SHOWN, INSIDE)
    )
    page = render(
        ReportData(
            title=params.report.title,
            language=params.report.language,
            currency=params.report.currency,
            as_of=date.fromisoformat(log["as_of"]),
            horizon_days=params.churn.horizon_days,
            clv_horizon_days=params.lifetime_value.clv_horizon_days,
            margin=params.lifetime_value.margin,
            kpis=io.read_json(files.KPIS),
            segment_summary=segment_summary(segments),
            stage_counts=stage_counts(segments),
            risk_value=risk_value_matrix(segments),
            rfm=rfm_summary(segments),
            churn_evaluation=evaluation["churn"],
            value_evaluation=evaluation["value"],
            forecast=io.read_json(files.FORECAST),
            ingest=io.read_json(files.INGEST),
            lifetime_value=io.read_json(files.LIFETIME_VALUE_MODELS)["fits"],
            run_id=current_run(params),
            is_demo_pepper=log["demo_pepper"],
            alarms=evaluation["alarms"],
            monitor_alarms=alarms,
            stops_export=params.monitor.action == "stop_export",
            tested_from=date.fromisoformat(window["from"]) if (window := evaluation["window"]) else None,
            floors=preflight["floors"],
            closures=preflight["closures"],
            tables=preflight["tables"],
            without=preflight["without"],
            value_floor=params.segments.value_floor,
            below_floor=below_floor(segments, params.segments.value_floor),
            offer_cost=params.evaluate.campaign.offer_cost,
            not_worth_it=not_worth_it(segments, params.evaluate.campaign.offer_cost),
            suppressed=int(with_consent(segments, consents, "en")["suppressed"].fillna(False).sum()),
            portraits=inside,
            **shown,
        )
    )
    io.write_bytes(page.encode(), files.REPORT)
    say(f"report: {files.REPORT}")


if __name__ == "__main__":
    run(report)
