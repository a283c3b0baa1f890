"""What stands behind a grade: the earlier tests, the simple rules, groups the model gets wrong, alarms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.measures import Aim, Estimate, Row, Table, estimate, verdict, writer
from pipeline.report.texts import Texts

Part = Literal["churn", "value"]

SHOWN: dict[Part, tuple[tuple[str, Aim], tuple[str, Aim]]] = {
    "churn": (("log_loss", "lower"), ("roc_auc", "higher")),
    "value": (("mae", "lower"), ("normalised_gini", "higher")),
}
"""The error and the ranking on which each grade rests."""


def backtest(part: Part, found: Mapping[str, Any], t: Texts, f: Formats) -> list[Table]:
    """Build the tables of a part's evaluation: the model beside each rule, the tests, the calibrations."""
    names = [t.word("metric", metric) for metric, _ in SHOWN[part]]
    pooled = found["backtest"]["predictions"]
    rules = Table(
        t("rules.caption"),
        [t("rules.rule"), *names],
        [_rule_row(part, one, t, f) for one in pooled if one["name"] in found["rule_names"]],
    )
    rule = found["rule_name"]
    origins = [
        Row(f.day(one["cutoff"]), [Estimate(f.number(one["n"])), *_pairs(part, one["predictions"], rule, f)])
        for one in found["backtest"]["origins"]
    ]
    if len(origins) > 1:
        origins.append(Row(t("backtest.pooled"), [Estimate(""), *_pairs(part, pooled, rule, f)]))
    pairs = [t(f"backtest.{who}", metric=name) for name in names for who in ("model", "rule")]
    caption = t("backtest.caption", rule=t.word("simple_rule", rule))
    tests = Table(caption, [t("backtest.origin"), t("backtest.customers"), *pairs], origins)
    judged = (found.get("calibration") or {}).get("judged", ())
    calibrators = Table(
        t("calibrators.caption"),
        [t(f"calibrators.{head}") for head in ("name", "error", "gain")],
        [_calibrator_row(one, t, f) for one in judged],
    )
    return [table for table in (rules, tests, calibrators) if table.rows]


def careful(report: ReportData, t: Texts, f: Formats) -> list[str]:
    """Say what a reader has to be careful with: suspected leaks, and groups the models get wrong."""
    alarms = [
        t(f"alarm.{alarm['kind']}", feature=f"{t.topic(alarm['feature'])} ({alarm['feature']})")
        for alarm in report.alarms
    ]
    writers: dict[Part, tuple[Mapping[str, Any], Callable[[Any], str]]] = {
        "churn": (report.churn_evaluation, f.percent),
        "value": (report.value_evaluation, f.money),
    }
    return alarms + [
        t(
            f"off.{part}",
            group=_group(one, t),
            predicted=write(one["predicted"]),
            actual=write(one["actual"]),
            n=f.number(one["n"]),
        )
        for part, (found, write) in writers.items()
        for one in found.get("slices", ())
        if one["is_told"]
    ]


def _group(one: Mapping[str, Any], t: Texts) -> str:
    """Name a group: “Country DE”, or the level alone where it speaks for itself."""
    if one["group"] in ("all", "buyers"):
        return t.word("slice_level", one["level"])
    group = t.word("slice_group", one["group"])
    if one["level"] == "other":
        return f"{group} ({t.word('slice_level', 'other')})"
    return f"{group} {one['level']}"


def _pairs(part: Part, predictions: list[Mapping[str, Any]], rule: str, f: Formats) -> list[Estimate]:
    metrics = {one["name"]: one["metrics"] for one in predictions}
    return [
        estimate(metrics[who][metric], writer(metric, f))
        for metric, _ in SHOWN[part]
        for who in ("model", rule)
    ]


def _calibrator_row(one: Mapping[str, Any], t: Texts, f: Formats) -> Row:
    error, gain = f.number(one["log_loss"], 4), estimate(one["gain"], lambda value: f.number(value, 4))
    used = t("calibrators.used") if one["used"] else t("calibrators.unused")
    return Row(t.word("calibrator", one["name"]), [Estimate(error), replace(gain, verdict_text=used)])


def _rule_row(part: Part, one: Mapping[str, Any], t: Texts, f: Formats) -> Row:
    figures = []
    for metric, aim in SHOWN[part]:
        said = verdict(one["difference"][metric], aim)
        figures.append(
            replace(
                estimate(one["metrics"][metric], writer(metric, f)),
                verdict=said,
                verdict_text=t(f"rules.{said}") if said else "",
            )
        )
    return Row(t.word("simple_rule", one["name"]), figures)
