"""What the monitor found: alarms as sentences, and past score runs beside what then happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.measures import Estimate, Row, Table, cells, estimate, writer
from pipeline.report.texts import Texts

SHOWN = ("log_loss", "roc_auc", "total_bias")
MOST_TOPICS = 6


def past_runs(report: ReportData, t: Texts, f: Formats) -> Table | None:
    """Build the table, the newest run first; None while no run's horizon has passed."""
    rows = [
        Row(
            f.day(run["as_of"]),
            [
                Estimate(
                    f.number(run["customers"]),
                    (t("reality.vanished", n=f.number(run["vanished"])),) if run["vanished"] else (),
                ),
                Estimate(f.percent(run["predicted_churn"])),
                Estimate(f.percent(run["realised_churn"])),
                *(_beside_promise(run, name, t, f) for name in SHOWN),
                Estimate(f.percent(run["coverage"], 0)),
            ],
        )
        for run in report.reality.to_dict("records")[::-1]
    ]
    before = [t(f"reality.{name}") for name in ("day", "customers", "predicted", "realised")]
    heads = [*before, *(t.word("metric", name) for name in SHOWN), t("reality.coverage")]
    return Table(t("reality.caption"), heads, rows) if rows else None


def _beside_promise(run: Mapping[Any, Any], name: str, t: Texts, f: Formats) -> Estimate:
    write = writer(name, f)
    found = estimate(cells(run, name), write)
    return replace(found, notes=(*found.notes, t("reality.promised", value=write(run[f"promised_{name}"]))))


def alarms(report: ReportData, t: Texts, f: Formats) -> list[str]:
    """Say what has drifted and what failed to come true, and before it whether that stopped the export."""
    stopped = [t("monitor.stopped")] if report.monitor_alarms and report.stops_export else []
    return stopped + [_sentence(alarm, t, f) for alarm in report.monitor_alarms]


def _sentence(alarm: Mapping[str, Any], t: Texts, f: Formats) -> str:
    kind = alarm["kind"]
    if kind == "features":
        names = list(dict.fromkeys(t.topic(name) for name in alarm["features"]))
        more = len(names) - MOST_TOPICS
        if more > 0:
            names = [*names[:MOST_TOPICS], t("monitor.more", n=f.number(more))]
        return t("monitor.features", features="; ".join(names))
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
