"""What the monitor found: alarms as sentences, and past score runs beside what then happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.measures import Estimate, estimate, writer
from pipeline.report.texts import Texts

SHOWN = ("log_loss", "roc_auc", "total_bias")
MOST_FEATURES = 6


@dataclass(frozen=True)
class PastRun:
    """One score run: the day, its customers, both churn rates, the measures and what was promised."""

    day: str
    customers: str
    vanished: str
    predicted: str
    realised: str
    measures: list[Estimate]
    promised: list[str]
    coverage: str


def past_runs(report: ReportData, t: Texts, f: Formats) -> list[PastRun]:
    """Build the rows, the newest first; none while no run's horizon has passed."""
    rows = report.reality.to_dict("records")[::-1]
    return [
        PastRun(
            day=f.day(row["as_of"]),
            customers=f.number(row["customers"]),
            vanished=t("reality.vanished", n=f.number(row["vanished"])) if row["vanished"] else "",
            predicted=f.percent(row["predicted_churn"]),
            realised=f.percent(row["realised_churn"]),
            measures=[
                estimate({key: _number(row[f"{name}{end}"]) for key, end in _ENDS.items()}, writer(name, f))
                for name in SHOWN
            ],
            promised=[writer(name, f)(row[f"promised_{name}"]) for name in SHOWN],
            coverage=f.percent(row["coverage"], 0),
        )
        for row in rows
    ]


def alarms(report: ReportData, t: Texts, f: Formats) -> list[str]:
    """Say what has drifted and what failed to come true, and before it whether that stopped the export."""
    stopped = [t("monitor.stopped")] if report.monitor_alarms and report.stops_export else []
    return stopped + [_sentence(alarm, t, f) for alarm in report.monitor_alarms]


_ENDS = {"value": "", "low": "_low", "high": "_high"}


def _sentence(alarm: Mapping[str, Any], t: Texts, f: Formats) -> str:
    kind = alarm["kind"]
    if kind == "features":
        names = [t.word("feature", name) for name in alarm["features"]]
        more = len(names) - MOST_FEATURES
        if more > 0:
            names = [*names[:MOST_FEATURES], t("monitor.more", n=f.number(more))]
        return t("monitor.features", features=", ".join(names))
    if kind == "score":
        return t("monitor.score", psi=f.number(alarm["psi"], 2))
    day = f.day(alarm["as_of"])
    if kind == "churn_rate":
        both = {name: f.percent(alarm[name]) for name in ("predicted", "realised")}
        return t("monitor.churn_rate", day=day, **both)
    if kind == "log_loss":
        both = {name: f.number(alarm[name], 3) for name in ("found", "worst")}
        return t("monitor.log_loss", day=day, **both)
    return t("monitor.spend", day=day, bias=f.percent(alarm["bias"], 0))


def _number(value: float) -> float | None:
    """Give None where a table has no value."""
    return None if value != value else value
