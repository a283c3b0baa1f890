"""The page as a whole: one HTML file without scripts that needs nothing from the network."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.horizon import horizon_until
from pipeline.report import explanations, groups, quality, reality, table_kpis, tables, views
from pipeline.report.backtest import careful
from pipeline.report.charts import Layer, bars
from pipeline.report.data import ReportData
from pipeline.report.fairness import people_table
from pipeline.report.formats import Formats
from pipeline.report.portraits import inside, portraits
from pipeline.report.texts import Texts
from pipeline.report.tiles import tiles


def render(report: ReportData) -> str:
    """Write the page.

    Parameters
    ----------
    report : ReportData

    Returns
    -------
    str
        HTML; depends on `report` alone.
    """
    t, f = Texts(report.language), Formats(report.language, report.currency)
    parameters = views.lifetime_parameters(report, f)
    qualities = [quality.churn_quality(report, t, f), quality.value_quality(report, t, f)]
    return (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            t=t,
            f=f,
            alarms=reality.alarms(report, t, f),
            lines_as_orders=views.lines_as_orders(report, t, f),
            doubts=views.doubts(report, t),
            not_predicted=views.not_predicted(report, t, f),
            last_day=f.day(views.last_day(report)),
            as_of=f.day(report.as_of),
            until=f.day(horizon_until(report.as_of, report.horizon_days)),
            tested=[f.day(day) for day in views.tested(report)],
            tiles=tiles(report, t, f),
            forecast=views.forecast(report, t, f),
            churn_note=views.churn_note(report, t, f),
            table_kpis=table_kpis.table_kpis(report, t, f),
            period_start=f.day(report.kpis["last_period"]["start"]),
            months=_month_charts(report, t, f),
            closed=views.closed(report, t, f),
            is_scored=groups.is_scored(report),
            is_segmented=groups.is_segmented(report),
            segments=groups.segments(report, t, f),
            all_returned=groups.all_returned(report, t, f),
            costly=groups.costly(report, t, f),
            suppressed=groups.suppressed(report, t, f),
            rfm=groups.rfm_table(report, t, f),
            stages=groups.stage_bars(report, t, f),
            matrix=groups.risk_matrix(report, t, f),
            value_at_risk=groups.value_at_risk(report, t, f),
            cohorts=groups.heat_map(report, f),
            qualities=qualities,
            portraits=portraits(report, t, f),
            inside=inside(report, t, f),
            careful=careful(report, t, f),
            people=people_table(report, t, f),
            past_runs=reality.past_runs(report, t, f),
            is_tested=any(part.tables for part in qualities),
            drivers=views.driver_bars(report, t, f),
            reasons=explanations.reasons(report, t, f),
            waterfalls=explanations.waterfalls(report, t, f),
            ingest=views.ingest_rows(report, t, f),
            tables=tables.optional_tables(report, t, f),
            without=tables.switched_off(report, t),
            parameters=parameters,
            method=views.method(report, t, f),
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("pipeline.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _month_charts(report: ReportData, t: Texts, f: Formats) -> list[quality.Chart]:
    """Draw revenue and customers by month; the unfinished last month is lighter."""
    monthly = report.monthly
    if monthly.empty:
        return []
    names = [f.month(month) for month in monthly["month"]]
    month_end = pd.Timestamp(monthly["month"].iloc[-1]) + pd.offsets.MonthBegin(1)
    is_last_partial = month_end.date() > report.as_of
    caption = t("monthly.partial") if is_last_partial else ""
    new = monthly["new_customers"].astype(float)
    revenue = Layer(t("monthly.revenue"), monthly["revenue"].tolist(), "main")
    again = Layer(t("monthly.again"), (monthly["customers"] - new).tolist(), "main")
    first = Layer(t("monthly.new"), new.tolist(), "second")

    def chart(title: str, layers: list[Layer], axis: Callable[[float], str]) -> quality.Chart:
        svg = bars(title, names, layers, axis=axis, is_last_partial=is_last_partial)
        return quality.Chart(title, svg, caption)

    return [
        chart(t("monthly.revenue"), [revenue], f.money_short),
        chart(t("monthly.customers"), [again, first], f.number),
    ]
