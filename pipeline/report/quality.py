"""The section on how good the models are: grades, metrics beside the rule, curves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from pipeline.report.backtest import backtest
from pipeline.report.charts import curve, lines
from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.measures import Aim, Estimate, Row, Table, estimate, verdict, writer
from pipeline.report.texts import Texts

# The measures shown, and which way is better; metrics/*.json has more.
CHURN_AIMS: dict[str, Aim] = {
    "roc_auc": "higher",
    "pr_auc": "higher",
    "top_decile_lift": "higher",
    "empc": "higher",
    "log_loss": "lower",
    "brier": "lower",
    "calibration_slope": "one",
    "calibration_intercept": "zero",
}
VALUE_AIMS: dict[str, Aim] = {
    "normalised_gini": "higher",
    "spearman": "higher",
    "top_decile_capture": "higher",
    "mae": "lower",
    "total_bias": "zero",
}

RIGHT = 0.8
"""Share of the outcomes that should lie between P10 and P90."""


@dataclass(frozen=True)
class Chart:
    """A chart with its title and how to read it."""

    title: str
    svg: Markup
    caption: str


@dataclass(frozen=True)
class Quality:
    """One model's report: grade, what it was measured on, tables of measures, and charts."""

    title: str
    letter: str
    verdict: str
    sample: str
    active: str
    tables: list[Table]
    charts: list[Chart]


def churn_quality(report: ReportData, t: Texts, f: Formats) -> Quality:
    """Build the part about the churn model."""
    found = report.churn_evaluation
    if "model" not in found:
        return _without_test("churn", found, t, f)
    active = found["active"]
    sample = t("quality.churn.n", n=f.number(found["n"]), base_rate=f.percent(found["base_rate"]))
    if found["lift_cap"]:
        sample += " " + t("quality.lift_cap", cap=f.number(found["lift_cap"], 2))
    return Quality(
        title=t("quality.churn"),
        **_grade(found["grade"], t, f),
        sample=sample,
        active=_active_note(active, t, f) if active else "",
        tables=[_measures(found, CHURN_AIMS, t, f), *backtest("churn", found, t, f)],
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
        active=_spread_note(report, t, f) if found.get("distribution") else "",
        tables=[_measures(found, VALUE_AIMS, t, f), *backtest("value", found, t, f)],
        charts=_value_charts(report, t, f),
    )


def _without_test(part: str, found: Mapping[str, Any], t: Texts, f: Formats) -> Quality:
    """Build the part about a model of which there is nothing to show: the verdict says why."""
    grade = _grade(found["grade"], t, f)
    return Quality(t(f"quality.{part}"), **grade, sample="", active="", tables=[], charts=[])


def _grade(grade: Mapping[str, Any], t: Texts, f: Formats) -> dict[str, str]:
    bias = f.percent(grade["numbers"].get("bias"), 0)
    return {"letter": grade["letter"] or "–", "verdict": t(f"grade.{grade['message']}", bias=bias)}


def _active_note(active: Mapping[str, Any], t: Texts, f: Formats) -> str:
    model, rule = (f.number(active[who]["roc_auc"]["value"], 3) for who in ("model", "rule"))
    return t("quality.active", n=f.number(active["n"]), auc=model, rule=rule)


def _spread_note(report: ReportData, t: Texts, f: Formats) -> str:
    """Say how many outcomes lay in their range, and for whom the ranges are too narrow or too wide."""
    found = report.value_evaluation["distribution"]["holdout"]
    share, error = f.percent(found["coverage_80"]["value"], 0), f.money(found["crps"]["value"])
    sentences = [t("quality.spread", share=share, crps=error)]
    tenths = report.spend_coverage
    off = tenths[tenths["is_off"].astype(bool)]
    for name, rows in (("narrow", off[off["coverage"] < RIGHT]), ("wide", off[off["coverage"] > RIGHT])):
        if len(rows):
            numbers = ", ".join(f.number(number) for number in rows["bin"])
            sentences.append(t(f"quality.spread.{name}", tenths=numbers))
    return " ".join(sentences)


def _measures(found: Mapping[str, Any], aims: Mapping[str, Aim], t: Texts, f: Formats) -> Table:
    """Put each measure of the model beside the rule's, with the difference where it has a direction."""
    rows = []
    for metric, aim in aims.items():
        write = writer(metric, f)
        model, rule, difference = (
            estimate(found[part][metric], write) for part in ("model", "rule", "difference")
        )
        said = verdict(found["difference"][metric], aim)
        difference = replace(difference, verdict=said, verdict_text=t(said)) if said else Estimate("")
        rows.append(Row(t.word("metric", metric), [model, rule, difference], note=t.word("aim", aim)))
    heads = [t(f"quality.{name}") for name in ("metric", "model", "rule", "difference")]
    return Table(t("quality.caption", rule=t.word("simple_rule", found["rule_name"])), heads, rows)


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
    charts = []
    if len(report.value_calibration):
        x, y = report.value_calibration["predicted"].tolist(), report.value_calibration["actual"].tolist()
        charts.append(_chart("value_calibration", x, y, t, f.money_short, has_dots=True, top=max(*x, *y)))
    if len(tenths := report.spend_coverage):
        title, caption = t("spend_coverage.title"), t("spend_coverage.caption")
        svg = lines(
            f"{title} {caption}",
            [f.number(number) for number in tenths["bin"]],
            tenths["coverage"].tolist(),
            [RIGHT] * len(tenths),
            axis=lambda share: f.percent(share, 0),
            x_title=t("spend_coverage.x"),
            y_title=t("spend_coverage.y"),
            band=(tenths["low"].tolist(), tenths["high"].tolist()),
        )
        charts.append(Chart(title, svg, caption))
    return charts


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
