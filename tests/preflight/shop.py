"""A shop by its order days, and what `preflight` says of it."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from pipeline.features import CutoffPlan
from pipeline.preflight.availability import preflight
from pipeline.tables import rules

FIRST = date(2024, 1, 1)
LEFT_OUT = dict.fromkeys(rules.LEFT_OUT, 0)
INGEST = {"rows_read": 1000, "after_as_of": 0, "rules": {}, "policies": LEFT_OUT}
PLAN = CutoffPlan(30, min_history_days=30, training_cutoffs=2, spacing_days=30)


def orders(*days_of_each: list[int]) -> pd.DataFrame:
    """One customer per list of day numbers."""
    pairs = [(f"k{number:04}", day) for number, days in enumerate(days_of_each) for day in days]
    table = pd.DataFrame(pairs, columns=["customer_key", "day"])
    table["ordered_at"] = pd.Timestamp(FIRST) + pd.to_timedelta(table["day"], unit="D")
    return table[["customer_key", "ordered_at"]]


def look(table: pd.DataFrame, days: int, plan: CutoffPlan = PLAN, **given: date | pd.DataFrame) -> dict:
    return preflight(table, INGEST, FIRST + timedelta(days=days), plan, **given)
