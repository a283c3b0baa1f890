"""How well the lifetime-value model follows the orders: charts beside the test of the expected spend."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.report.charts import lines
from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.quality import Chart
from pipeline.report.texts import Texts


def portraits(report: ReportData, t: Texts, f: Formats) -> list[Chart]:
    """Build the charts for which there are data: orders so far, by frequency, and in past windows."""
    weeks, groups, windows = report.tracking, report.calibration_by_frequency, report.interval_totals
    charts = []
    if len(weeks):
        known = int(weeks["is_fitted"].sum())
        names = [f.day(week) for week in weeks["week"]]
        values = _values(weeks, "actual_total", "expected_total")
        unseen = known if known < len(weeks) else None
        charts.append(_chart("tracking", names, values, t, f, unseen_from=unseen, has_dots=False))
    if len(groups):
        names, values = groups["group"].astype(str).tolist(), _values(groups, "actual", "expected")
        charts.append(_chart("calibration_by_frequency", names, values, t, f, decimals=2))
    if len(windows):
        names = [f.day(cutoff) for cutoff in windows["cutoff"]]
        low, high, *values = _values(windows, "orders_low", "orders_high", "orders_actual", "orders_expected")
        charts.append(_chart("interval_totals", names, values, t, f, band=(low, high)))
    return charts


def _values(table: pd.DataFrame, *columns: str) -> list[list[float]]:
    return [table[column].tolist() for column in columns]


def _chart(
    name: str,
    names: list[str],
    values: list[list[float]],
    t: Texts,
    f: Formats,
    *,
    decimals: int = 0,
    **how: Any,
) -> Chart:
    title, caption = t(f"{name}.title"), t(f"{name}.caption")
    actual, expected = values
    svg = lines(
        f"{title} {caption}",
        names,
        actual,
        expected,
        axis=lambda value: f.number(value, decimals),
        x_title=t(f"{name}.x"),
        y_title=t(f"{name}.y"),
        **how,
    )
    return Chart(title, svg, caption)
