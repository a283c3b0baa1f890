"""How well the lifetime-value model follows the orders, and what it looks like from inside."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.report.charts import cells, lines
from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.quality import RIGHT, Chart
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


def inside(report: ReportData, t: Texts, f: Formats) -> list[Chart]:
    """Build the other charts of the papers: the model beside its data, and its picture of the customers."""
    charts = []
    if len(report.tracking):
        weeks = report.tracking
        names, known = [f.day(week) for week in weeks["week"]], int(weeks["is_fitted"].sum())
        unseen = known if known < len(weeks) else None
        values = _values(weeks, "actual", "expected")
        charts.append(_chart("by_week", names, values, t, f, unseen_from=unseen, has_dots=False))
    tables = {name: table for name, table in report.portraits.items() if len(table)}
    if "calibration_by_recency" in tables:
        groups = tables["calibration_by_recency"]
        names, values = groups["group"].astype(str).tolist(), _values(groups, "actual", "expected")
        charts.append(_chart("calibration_by_recency", names, values, t, f, decimals=2))
    if "interval_coverage" in tables:
        tenths = tables["interval_coverage"]
        band = tuple(_values(tenths, "orders_low", "orders_high"))
        values = [tenths["orders"].tolist(), [RIGHT] * len(tenths)]
        names = [f.number(tenth) for tenth in tenths["tenth"]]
        charts.append(_chart("interval_coverage", names, values, t, f, decimals=2, band=band))
    if "frequency_recency" in tables:
        charts += [
            _matrix(name, tables["frequency_recency"], t, f) for name in ("expected_orders", "p_alive")
        ]
    if "alive_history" in tables:
        days = tables["alive_history"]
        names, values = [f.day(day) for day in days["day"]], [days["p_alive"].tolist(), []]
        charts.append(_chart("alive_history", names, values, t, f, decimals=2, has_dots=False))
    if "spend_fit" in tables:
        steps = tables["spend_fit"]
        names = [f.number(amount) for amount in steps["amount"]]
        values = [(1000 * steps[column]).tolist() for column in ("observed", "fitted")]
        charts.append(_chart("spend_fit", names, values, t, f, decimals=1, has_dots=False))
    if "heterogeneity" in tables:
        for parameter, rows in tables["heterogeneity"].groupby("parameter", sort=False):
            names, values = [f.number(value, 2) for value in rows["value"]], [rows["density"].tolist(), []]
            charts.append(_chart(str(parameter), names, values, t, f, decimals=1, has_dots=False))
    return charts


def _matrix(name: str, table: pd.DataFrame, t: Texts, f: Formats) -> Chart:
    """Draw every second line and column of a matrix, which is enough to see its shape."""
    kept = [sorted(table[side].unique())[::2] for side in ("frequency", "recency")]
    shown = table[table["frequency"].isin(kept[0]) & table["recency"].isin(kept[1])]
    title, caption = t(f"{name}.title"), t(f"{name}.caption")
    svg = cells(
        f"{title} {caption}",
        *_values(shown, "recency", "frequency", name),
        axis=f.number,
        number=lambda value: f.number(value, 2),
        x_title=t(f"{name}.x"),
        y_title=t(f"{name}.y"),
    )
    return Chart(title, svg, caption)


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
