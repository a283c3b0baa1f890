"""The figures of the shop's other tables on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.texts import Texts

MEANS = ("messages_per_customer", "ticket_satisfaction", "survey_satisfaction")
SMALL = 0.01  # a share that one decimal would blur
OF_MONEY = ("returned", "discounts")


@dataclass(frozen=True)
class TableKpi:
    """One figure, in words."""

    name: str
    value: str
    made_of: str


def table_kpis(report: ReportData, t: Texts, f: Formats) -> list[TableKpi]:
    """Build the rows of the figures that are known, in the order of the tables."""
    found = {name: ratio for figures in report.kpis["tables"].values() for name, ratio in figures.items()}
    return [
        TableKpi(t.word("table_kpi", name), _value(name, ratio, t, f), _made_of(name, ratio, t, f))
        for name, ratio in found.items()
        if ratio["value"] is not None
    ]


def _value(name: str, ratio: Mapping[str, float], t: Texts, f: Formats) -> str:
    value = ratio["value"]
    if name == "net_promoter_score":
        return f.number(100 * value)
    if name == "first_response_hours":
        return t("table_kpis.hours", value=f.number(value, 1))
    return f.number(value, 1) if name in MEANS else f.percent(value, 2 if 0 < value < SMALL else 1)


def _made_of(name: str, ratio: Mapping[str, float], t: Texts, f: Formats) -> str:
    write = f.money_short if name in OF_MONEY else f.number
    return t(f"table_kpi.{name}", **{part: write(ratio[part]) for part in ("numerator", "denominator")})
