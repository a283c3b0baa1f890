"""The section on how good the models are: grades, metrics beside the rule, curves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup

from pipeline.report.charts import curve
from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.texts import Texts

Aim = Literal["higher", "lower", "one", "zero"]

# The measures shown, and which way is better; metrics/*.json has more.
CHURN_AIMS: dict[str, Aim] = {
    "roc_auc": "higher",
    "pr_auc": "higher",
    "top_decile_lift": "higher",
    "log_loss": "lower",
    "brier": "lower",
    "calibration_slope": "one",
    "calibration_intercept": "zero",
}
VALUE_AIMS: dict[str, Aim] = {
    "normalised_gini": "higher",
    "spearman": "higher",
    "mae": "lower",
    "total_bias": "zero",
}


@dataclass(frozen=True)
class Estimate:
    """A number and its interval, either of which may be empty."""

    value: str
    interval: str


@dataclass(frozen=True)
class MetricRow:
    """One measure of the model beside the rule; `verdict` is better, worse, unclear or empty."""

    name: str
    aim: str
    model: Estimate
    rule: Estimate
    difference: Estimate
    verdict: str
    verdict_text: str


@dataclass(frozen=True)
class Chart:
    """A chart with its title and how to read it."""

    title: str
    svg: Markup
    caption: str


@dataclass(frozen=True)
class Quality:
    """One model's report: grade, what it was measured on, measures and charts."""

    title: str
    letter: str
    verdict: str
    sample: str
    active: str
    caption: str
    rows: list[MetricRow]
    charts: list[Chart]


def churn_quality(report: ReportData, t: Texts, f: Formats) -> Quality:
    """Build the part about the churn model."""
    found = report.churn_evaluation
    if "model" not in found:
        return _without_test("churn", found, t, f)
    active = found["active"]
    sample = t("quality.churn.n", n=f.number(found["n"]), base_rate=f.percent(found["base_rate"]))
    return Quality(
        title=t("quality.churn"),
        **_grade(found["grade"], t, f),
        sample=sample,
        active=_active_note(active, t, f) if active else "",
        caption=t("quality.churn.caption"),
        rows=_rows(found, CHURN_AIMS, t, f),
        charts=_churn_charts(report, t, f),
    )


def value_quality(report: ReportData, t: Texts, f: Formats) -> Quality:
    """Build the part about the lifetime-value model."""
    found = report.value_evaluation
    if "model" not in found:
        return _without_test("value", found, t, f)
    totals = {name: f.money_short(found[f"{name}_total"]) for name in ("actual", "predicted", "rule")}
    return Quality(
        title=t("quality.value"),
        **_grade(found["grade"], t, f),
        sample=t("quality.value.n", n=f.number(found["n"]), **totals),
        active="",
        caption=t("quality.value.caption"),
        rows=_rows(found, VALUE_AIMS, t, f),
        charts=_value_charts(report, t, f),
    )


def _without_test(part: str, found: Mapping[str, Any], t: Texts, f: Formats) -> Quality:
    """Build the part about a model of which there is nothing to show: the verdict says why."""
    grade = _grade(found["grade"], t, f)
    return Quality(t(f"quality.{part}"), **grade, sample="", active="", caption="", rows=[], charts=[])


def _grade(grade: Mapping[str, Any], t: Texts, f: Formats) -> dict[str, str]:
    bias = f.percent(grade["numbers"].get("bias"), 0)
    return {"letter": grade["letter"] or "–", "verdict": t(f"grade.{grade['message']}", bias=bias)}


def _active_note(active: Mapping[str, Any], t: Texts, f: Formats) -> str:
    model, rule = (f.number(active[who]["roc_auc"]["value"], 3) for who in ("model", "rule"))
    return t("quality.active", n=f.number(active["n"]), auc=model, rule=rule)


def _rows(found: Mapping[str, Any], aims: Mapping[str, Aim], t: Texts, f: Formats) -> list[MetricRow]:
    rows = []
    for metric, aim in aims.items():
        write = _writer(metric, f)
        model, rule, difference = (found[part][metric] for part in ("model", "rule", "difference"))
        verdict = _verdict(difference, aim)
        rows.append(
            MetricRow(
                name=t.word("metric", metric),
                aim=t.word("aim", aim),
                model=_estimate(model, write),
                rule=_estimate(rule, write),
                difference=_estimate(difference, write) if verdict else Estimate("", ""),
                verdict=verdict,
                verdict_text=t(verdict) if verdict else "",
            )
        )
    return rows


def _writer(metric: str, f: Formats) -> Callable[[Any], str]:
    if metric == "mae":
        return f.money
    if metric == "total_bias":
        return f.percent
    return lambda value: f.number(value, 2 if metric == "top_decile_lift" else 3)


def _estimate(found: Mapping[str, Any], write: Callable[[Any], str]) -> Estimate:
    if found["low"] is None or found["high"] is None:
        return Estimate(write(found["value"]), "")
    # The semicolon: a comma is a decimal sign in German.
    return Estimate(write(found["value"]), f"[{write(found['low'])}; {write(found['high'])}]")


def _verdict(difference: Mapping[str, Any], aim: Aim) -> str:
    """Say which is better if the interval excludes zero; a target of 0 or 1 has no direction."""
    if aim in ("one", "zero") or difference["low"] is None or difference["high"] is None:
        return ""
    if difference["low"] <= 0 <= difference["high"]:
        return "unclear"
    return "better" if (difference["low"] > 0) == (aim == "higher") else "worse"


def _churn_charts(report: ReportData, t: Texts, f: Formats) -> list[Chart]:
    def percent(share: float) -> str:
        return f.percent(share, 0)

    charts = []
    if len(report.gains):
        shares, reached = report.gains["customers_share"].tolist(), report.gains["churners_share"].tolist()
        third = min(range(len(shares)), key=lambda i: abs(shares[i] - 0.3))
        caption = t("gains.caption", customers=percent(shares[third]), churners=percent(reached[third]))
        charts.append(
            _chart("gains", [0.0, *shares], [0.0, *reached], t, percent, caption=caption, has_dots=True)
        )
    if len(report.calibration):
        x, y = report.calibration["predicted"].tolist(), report.calibration["observed"].tolist()
        charts.append(_chart("calibration", x, y, t, percent, has_dots=True))
    if len(report.roc):
        x, y = report.roc["false_positive_rate"].tolist(), report.roc["true_positive_rate"].tolist()
        charts.append(_chart("roc", x, y, t, percent))
    return charts


def _value_charts(report: ReportData, t: Texts, f: Formats) -> list[Chart]:
    if not len(report.value_calibration):
        return []
    x, y = report.value_calibration["predicted"].tolist(), report.value_calibration["actual"].tolist()
    return [_chart("value_calibration", x, y, t, f.money_short, has_dots=True, top=max(*x, *y))]


def _chart(
    name: str,
    x: list[float],
    y: list[float],
    t: Texts,
    axis: Callable[[float], str],
    *,
    caption: str | None = None,
    has_dots: bool = False,
    top: float = 1.0,
) -> Chart:
    caption = caption or t(f"{name}.caption")
    svg = curve(
        f"{t(f'{name}.title')} {caption}",
        x,
        y,
        axis=axis,
        x_title=t(f"{name}.x"),
        y_title=t(f"{name}.y"),
        top=top,
        has_dots=has_dots,
    )
    return Chart(t(f"{name}.title"), svg, caption)
