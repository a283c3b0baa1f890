"""Everything the page shows, gathered in one object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import pandas as pd


@dataclass(frozen=True)
class ReportData:
    """The inputs of the page: aggregates, no single customer.

    Attributes
    ----------
    title : str
        The shop's name.
    language : {"en", "de"}
    currency : str
        ISO 4217 code.
    as_of : date
        First day that is not known.
    horizon_days, clv_horizon_days : int
    suppressed : int
        Customers who may not be contacted, by the shop's table of consents.
    value_floor, offer_cost : float
        CLV below which there is no costly action, and what an offer is taken to cost.
    below_floor, not_worth_it : int
        Customers below the floor, and those with a costly action whose CLV is below that cost.
    tested_from : date or None
        First day of the holdout; None where nothing was tested.
    margin : float
        Share of the spend that the CLV counts.
    kpis : mapping
        From ``retention_kpis``, and under "tables" what ``table_kpis`` found.
    monthly, cohorts : DataFrame
        From the functions of that name in ``pipeline.retention``.
    segment_summary, stage_counts, risk_value, rfm : DataFrame
        From ``segment_summary``, ``stage_counts``, ``risk_value_matrix`` and ``rfm_summary``.
    churn_evaluation, value_evaluation : mapping
        From ``pipeline.evaluation``: metrics with intervals, next to the simple rule.
    alarms : sequence of mapping
        Suspected leaks: `kind` and `feature`.
    roc, calibration, gains, value_calibration, spend_coverage : DataFrame
        The curves of that evaluation; may be empty.
    tracking, calibration_by_frequency, interval_totals : DataFrame
        What `pipeline.btyd.portraits` makes under these names; may be empty.
    portraits : mapping of str to DataFrame
        More of these by name, and `interval_coverage`: what the model looks like from inside; may be empty.
    fairness : DataFrame
        As from ``pipeline.evaluation.fairness``; empty where no demographics are features.
    importance : DataFrame
        `feature`, `log_loss_increase`, `low`, `high`; may be empty.
    reality : DataFrame
        From `reality_table` in ``pipeline.evaluation``: past score runs and what came; may be empty.
    monitor_alarms : sequence of mapping
        What drifted or failed to come true: `kind` and its numbers.
    stops_export : bool
        Whether such an alarm stops the export.
    reasons : DataFrame
        From ``pipeline.churn.reasons.reason_counts``; may be empty.
    reason_examples : DataFrame
        From ``pipeline.churn.reasons.examples``; may be empty.
    forecast : mapping
        Expected "orders" and "spend" of the horizon with `low` and `high`, "segments" with the same of each,
        "windows" and "windows_inside": how often such intervals held; "clv_came": `low` and `high` of past
        windows: what all were worth, as a share of the CLV that was expected. Without a model: `status`.
    ingest : mapping
        Counts of rows read, accepted, quarantined and set aside; `rules` counts the reasons.
    lifetime_value : sequence of mapping
        The models at each `cutoff`: `orders` and `spend`, each with its `parameters`, and the `choice` of the
        model for the orders and its `season`.
    run_id : str
    is_demo_pepper : bool
        Whether the pseudonyms were made with the publicly known demo secret.
    floors : sequence of mapping
        The data floors: `name`, `found`, `needed`, `ok`, and in `switches_off` which prediction hangs on it,
        "churn" or "clv".
    closures : sequence of mapping
        Runs of days with no or hardly any order, as the preflight found them: ``from`` and ``to``.
    tables : mapping of table name to mapping
        The optional tables as the preflight describes them: `rows`, `buyers_share`, `first_day`, `last_day` …
    without : sequence of mapping
        What is switched off: `table`, the missing `columns`, the `features` that hang on them.
    """

    title: str
    language: Literal["en", "de"]
    currency: str
    as_of: date
    horizon_days: int
    clv_horizon_days: int
    margin: float
    kpis: Mapping[str, Any]
    monthly: pd.DataFrame
    cohorts: pd.DataFrame
    segment_summary: pd.DataFrame
    stage_counts: pd.DataFrame
    risk_value: pd.DataFrame
    rfm: pd.DataFrame
    churn_evaluation: Mapping[str, Any]
    value_evaluation: Mapping[str, Any]
    roc: pd.DataFrame
    calibration: pd.DataFrame
    gains: pd.DataFrame
    value_calibration: pd.DataFrame
    spend_coverage: pd.DataFrame
    tracking: pd.DataFrame
    calibration_by_frequency: pd.DataFrame
    interval_totals: pd.DataFrame
    importance: pd.DataFrame
    fairness: pd.DataFrame
    reality: pd.DataFrame
    reasons: pd.DataFrame
    reason_examples: pd.DataFrame
    forecast: Mapping[str, Any]
    ingest: Mapping[str, Any]
    lifetime_value: Sequence[Mapping[str, Any]]
    run_id: str
    is_demo_pepper: bool
    alarms: Sequence[Mapping[str, Any]] = ()
    monitor_alarms: Sequence[Mapping[str, Any]] = ()
    stops_export: bool = False
    floors: Sequence[Mapping[str, Any]] = ()
    closures: Sequence[Mapping[str, Any]] = ()
    portraits: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    without: Sequence[Mapping[str, Any]] = ()
    tested_from: date | None = None
    suppressed: int = 0
    value_floor: float = 0.0
    below_floor: int = 0
    offer_cost: float = 0.0
    not_worth_it: int = 0
