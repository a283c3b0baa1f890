"""Whether the risk is as right for one group of people as for another."""

from __future__ import annotations

from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.measures import Estimate, Row, Table, cells, estimate
from pipeline.report.texts import Texts

SHARES = ("churn_rate", "mean_probability", "gap", "high_risk_share")
SHOWN = (*SHARES, "log_loss", "roc_auc")


def people_table(report: ReportData, t: Texts, f: Formats) -> Table | None:
    """Build the table; None where no demographics are features."""

    def number(value: float | None) -> str:
        return f.number(value, 3)

    rows = []
    for one in report.fairness.to_dict("records"):
        level = t.word("slice_level", one["level"]) if one["level"] in ("all", "other") else one["level"]
        level = level if one["group"] == "all" else f"{t.word('people', one['group'])}: {level}"
        figures = [estimate(cells(one, name), f.percent if name in SHARES else number) for name in SHOWN]
        rows.append(Row(level, [Estimate(f.number(one["n"])), *figures]))
    heads = [t("fairness.group"), t("backtest.customers"), *(t(f"fairness.{name}") for name in SHOWN)]
    return Table(t("fairness.caption"), heads, rows) if rows else None
