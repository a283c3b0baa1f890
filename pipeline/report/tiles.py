"""The headline figures of the page, each with the numbers behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.report.data import ReportData
from pipeline.report.formats import MISSING, Formats
from pipeline.report.texts import Texts
from pipeline.report.views import last_day


@dataclass(frozen=True)
class Tile:
    """A headline figure with the numbers behind it."""

    label: str
    value: str
    note: str


def tiles(report: ReportData, t: Texts, f: Formats) -> list[Tile]:
    """Build the headline figures."""
    kpis, period = report.kpis, report.kpis["last_period"]
    repeat = kpis["repeat_purchase_rate"]
    return [
        _tile(
            t,
            "customers",
            f.number(kpis["customers"]),
            orders=f.number(kpis["orders"]),
            first=f.day(kpis["first_order_on"]),
        ),
        _tile(
            t,
            "active",
            f.number(kpis["active_customers"]),
            days=f.number(report.horizon_days),
            **{name: f.number(period[name]) for name in ("retained", "new", "returned")},
        ),
        _tile(t, "repeat", f.percent(repeat["value"]), **_two_numbers(repeat, f)),
        _retention(report, t, f),
        _order_value(report, t, f),
        _expected(report, t, f),
    ]


def _tile(t: Texts, name: str, value: str, note: str = "note", **numbers: str) -> Tile:
    return Tile(t(f"kpis.{name}"), value, t(f"kpis.{name}.{note}", **numbers))


def _retention(report: ReportData, t: Texts, f: Formats) -> Tile:
    """Share of the customers of the period before who stayed; nothing when nobody was there."""
    rate, start = report.kpis["customer_retention_rate"], f.day(report.kpis["last_period"]["start"])
    if not rate["denominator"]:
        return _tile(t, "retention", MISSING, "nobody", days=f.number(report.horizon_days), start=start)
    numbers = {**_two_numbers(rate, f), "start": start, "last_day": f.day(last_day(report))}
    return _tile(t, "retention", f.percent(rate["value"]), **numbers)


def _order_value(report: ReportData, t: Texts, f: Formats) -> Tile:
    """What an order is worth, and how long it is to the next one if anybody ordered twice."""
    kpis = report.kpis
    value, revenue = f.money(kpis["average_order_value"]["value"]), f.money_short(kpis["revenue"])
    if kpis["median_gap_days"] is None:
        return _tile(t, "aov", value, "once", revenue=revenue)
    return _tile(t, "aov", value, revenue=revenue, gap=f.number(kpis["median_gap_days"]))


def _expected(report: ReportData, t: Texts, f: Formats) -> Tile:
    """What all customers will spend; without a forecast the tile says so."""
    spend, clv = (report.segment_summary[name].sum(min_count=1) for name in ("expected_spend", "clv"))
    return _tile(
        t,
        "expected",
        f.money_short(spend),
        "none" if pd.isna(spend) else "note",
        days=f.number(report.horizon_days),
        clv=f.money_short(clv),
        clv_days=f.number(report.clv_horizon_days),
    )


def _two_numbers(ratio: Mapping[str, Any], f: Formats) -> dict[str, str]:
    return {name: f.number(ratio[name]) for name in ("numerator", "denominator")}
