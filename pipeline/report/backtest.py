"""What stands behind a grade: the earlier tests, the simple rules, groups the model gets wrong, alarms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.measures import Aim, Estimate, estimate, verdict, writer
from pipeline.report.texts import Texts

Part = Literal["churn", "value"]

SHOWN: dict[Part, tuple[tuple[str, Aim], tuple[str, Aim]]] = {
    "churn": (("log_loss", "lower"), ("roc_auc", "higher")),
    "value": (("mae", "lower"), ("normalised_gini", "higher")),
}
"""The error and the ranking on which each grade rests."""


@dataclass(frozen=True)
class OriginRow:
    """One test: error and ranking, each of the model and of the rule."""

    name: str
    customers: str
    numbers: list[Estimate]


@dataclass(frozen=True)
class RuleRow:
    """One simple rule: its error and ranking, and how the model compares in each."""

    name: str
    numbers: list[Estimate]
    verdicts: list[tuple[str, str]]


@dataclass(frozen=True)
class Backtest:
    """The tables of one model."""

    origins_caption: str
    heads: list[str]
    origins: list[OriginRow]
    rules_caption: str
    rule_heads: list[str]
    rules: list[RuleRow]
    calibrators: list[RuleRow]


def backtest(part: Part, found: Mapping[str, Any], t: Texts, f: Formats) -> Backtest:
    """Build both tables of a part's evaluation."""
    rule = found["rule_name"]
    names = [t.word("metric", metric) for metric, _ in SHOWN[part]]
    origins = [
        OriginRow(f.day(one["cutoff"]), f.number(one["n"]), _pairs(part, one["predictions"], rule, f))
        for one in found["backtest"]["origins"]
    ]
    pooled = found["backtest"]["predictions"]
    judged = (found.get("calibration") or {}).get("judged", ())
    if len(origins) > 1:
        origins.append(OriginRow(t("backtest.pooled"), "", _pairs(part, pooled, rule, f)))
    return Backtest(
        origins_caption=t("backtest.caption", rule=t.word("simple_rule", rule)),
        heads=[t(f"backtest.{who}", metric=name) for name in names for who in ("model", "rule")],
        origins=origins,
        rules_caption=t("rules.caption"),
        rule_heads=names,
        rules=[_rule_row(part, one, t, f) for one in pooled if one["name"] in found["rule_names"]],
        calibrators=[_calibrator_row(one, t, f) for one in judged],
    )


def careful(report: ReportData, t: Texts, f: Formats) -> list[str]:
    """Say what a reader has to be careful with: suspected leaks, and groups the models get wrong."""
    alarms = [
        t(f"alarm.{alarm['kind']}", feature=t.word("feature", alarm["feature"])) for alarm in report.alarms
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
        if one["is_off"]
    ]


def _group(one: Mapping[str, Any], t: Texts) -> str:
    """Name a group: “Country: DE”, or the level alone where it speaks for itself."""
    level = t.word("slice_level", one["level"]) if one["group"] in ("all", "buyers") else one["level"]
    return level if one["group"] in ("all", "buyers") else f"{t.word('slice_group', one['group'])} {level}"


def _pairs(part: Part, predictions: list[Mapping[str, Any]], rule: str, f: Formats) -> list[Estimate]:
    metrics = {one["name"]: one["metrics"] for one in predictions}
    return [
        estimate(metrics[who][metric], writer(metric, f))
        for metric, _ in SHOWN[part]
        for who in ("model", rule)
    ]


def _calibrator_row(one: Mapping[str, Any], t: Texts, f: Formats) -> RuleRow:
    error, gain = f.number(one["log_loss"], 4), estimate(one["gain"], lambda value: f.number(value, 4))
    used = t("calibrators.used") if one["used"] else t("calibrators.unused")
    return RuleRow(t.word("calibrator", one["name"]), [Estimate(error, ""), gain], [("", ""), ("", used)])


def _rule_row(part: Part, one: Mapping[str, Any], t: Texts, f: Formats) -> RuleRow:
    verdicts = [verdict(one["difference"][metric], aim) for metric, aim in SHOWN[part]]
    return RuleRow(
        t.word("simple_rule", one["name"]),
        [estimate(one["metrics"][metric], writer(metric, f)) for metric, _ in SHOWN[part]],
        [(each, t(f"rules.{each}") if each else "") for each in verdicts],
    )
