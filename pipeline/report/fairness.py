"""Whether the risk is as right for one group of people as for another."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.measures import Estimate, estimate
from pipeline.report.texts import Texts

SHARES = ("churn_rate", "mean_probability", "gap", "high_risk_share")
SHOWN = (*SHARES, "log_loss", "roc_auc")


@dataclass(frozen=True)
class GroupRow:
    """One group of people: its size and the measures of `SHOWN`."""

    name: str
    customers: str
    numbers: list[Estimate]


def people_rows(report: ReportData, t: Texts, f: Formats) -> list[GroupRow]:
    """Build the rows of the table; none where no demographics are features."""

    def number(value: float | None) -> str:
        return f.number(value, 3)

    rows = []
    for one in report.fairness.to_dict("records"):
        is_all = one["group"] == "all"
        level = (
            t.word("slice_level", "all") if is_all else f"{t.word('people', one['group'])}: {one['level']}"
        )
        found = [
            {"value": one[name], "low": one[f"{name}_low"], "high": one[f"{name}_high"]} for name in SHOWN
        ]
        numbers = [
            estimate(each, f.percent if name in SHARES else number)
            for name, each in zip(SHOWN, found, strict=True)
        ]
        rows.append(GroupRow(level, f.number(one["n"]), numbers))
    return rows
