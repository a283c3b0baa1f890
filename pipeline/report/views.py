"""What the page says of the shop and the models, as finished texts: the templates only lay it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pipeline.horizon import horizon_until
from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.measures import Bar, largest
from pipeline.report.texts import Texts

MOST_DRIVERS = 12
LEAST_WEIGHT = 0.005  # of all weights; less rounds to none
SINGLE_ORDERS = 0.5  # days per order, below which orders seem to be lines of orders


def not_predicted(report: ReportData, t: Texts, f: Formats) -> list[str]:
    """Say which predictions there are none of, what the data lack and what is needed."""
    evaluations = {"churn": report.churn_evaluation, "clv": report.value_evaluation}
    sentences = []
    for prediction, evaluation in evaluations.items():
        missed = [one for one in report.floors if one["switches_off"] == prediction and not one["ok"]]
        reasons = [
            t(f"floor.{one['name']}", **{key: f.number(one[key]) for key in ("found", "needed")})
            for one in missed
        ]
        if reasons:
            sentences.append(t(f"floors.{prediction}", reasons="; ".join(reasons)))
        elif evaluation.get("status") == "insufficient_history":
            thin = "amounts" if prediction == "clv" and not report.kpis["revenue"] else prediction
            sentences.append(t(f"floors.{prediction}", reasons=t(f"floor.thin.{thin}")))
    return sentences


def lines_as_orders(report: ReportData, t: Texts, f: Formats) -> list[str]:
    """Say so where rows seem to be lines of orders, and nothing tells which belong together."""
    is_told = not any("order_id" in one["columns"] for one in report.without if one["table"] == "orders")
    orders, days = (report.kpis[name] for name in ("orders", "order_days"))
    if is_told or days >= SINGLE_ORDERS * orders:
        return []
    return [t("lines_as_orders", orders=f.number(orders), days=f.number(days))]


def doubts(report: ReportData, t: Texts) -> list[str]:
    """Say what the ingest found that may be wrong; lines that count as orders are told with their numbers."""
    named = dict.fromkeys(report.ingest.get("remarks", ()))
    return [t.word("doubt", name) for name in named if name != "lines_as_orders"]


def method(report: ReportData, t: Texts, f: Formats) -> str:
    """Say which models the numbers come from; nothing of one that is not there."""
    has_churn, has_value = (
        evaluation.get("status") != "insufficient_history"
        for evaluation in (report.churn_evaluation, report.value_evaluation)
    )
    sentences = [
        t("method.orders") if has_value else "",
        t("method.churn") if has_churn else "",
        t("method.both") if has_churn and has_value else "",
        t("method.margin", share=f.percent(report.margin)) if has_value and report.margin != 1 else "",
        model_choice(report, t, f),
        spend_note(report, t, f),
    ]
    return " ".join(filter(None, sentences))


def closed(report: ReportData, t: Texts, f: Formats) -> str:
    """Say when the shop took no orders; nothing where it always did."""
    runs = [t("closed.run", first=f.day(run["from"]), last=f.day(run["to"])) for run in report.closures]
    return t("closed", runs="; ".join(runs)) if runs else ""


def churn_note(report: ReportData, t: Texts, f: Formats) -> str:
    """Explain the two churn rates; nothing when nobody was active in the period before."""
    literal, cohort = report.kpis["churn_rate_literal"], report.kpis["churn_rate_cohort"]
    period = report.kpis["last_period"]
    if cohort["value"] is None:
        return ""
    return t(
        "kpis.churn",
        literal=f.percent(literal["value"]),
        why=t("kpis.churn.grown") if literal["value"] < 0 else "",
        cohort=f.percent(cohort["value"]),
        start=f.number(period["active_at_start"]),
        end=f.number(period["active_at_end"]),
        lost=f.number(period["lost"]),
    )


def forecast(report: ReportData, t: Texts, f: Formats) -> list[str]:
    """Say what is expected of all customers, how far off it may be, and how often that was right."""
    found = report.forecast
    if "orders" not in found:
        return []
    orders = {name: f.number(found["orders"][name]) for name in ("expected", "low", "high")}
    spend = {name: f.money_short(found["spend"][name]) for name in ("expected", "low", "high")}
    sentences = [
        t("forecast.orders", days=f.number(report.horizon_days), **orders),
        t("forecast.spend", **spend),
    ]
    if found["windows"]:
        inside = {kind: f.number(count) for kind, count in found["windows_inside"].items()}
        sentences.append(t("forecast.held", windows=f.number(found["windows"]), **inside))
    sentences += newcomers(report, t, f)
    held, days = found["clv_coverage"], f.number(report.clv_horizon_days)
    if not held["windows"]:
        return [*sentences, t("forecast.clv.untested", days=days)]
    windows, shares = f.number(held["windows"]), _percent_range(held, t, f)
    sentences.append(t("forecast.clv", days=days, windows=windows, shares=shares))
    if found["clv_came"]["low"] is not None:
        sentences.append(t("forecast.clv.total", shares=_percent_range(found["clv_came"], t, f)))
    return sentences


def _percent_range(ends: Mapping[str, Any], t: Texts, f: Formats) -> str:
    low, high = (f.percent(ends[name], 0) for name in ("low", "high"))
    return low if low == high else t("segments.range", low=low, high=high)


def newcomers(report: ReportData, t: Texts, f: Formats) -> list[str]:
    """Say so where those who came last order far less, or far more, than the model expects of them."""
    last = report.lifetime_value[-1]["newcomers"] if report.lifetime_value else None
    if not last or not last["are_others"]:
        return []
    numbers = {
        "days": f.number(report.horizon_days),
        "customers": f.number(last["customers"]),
        "seen": f.number(last["repeats"]),
        "expected": f.number(round(last["expected"])),
    }
    if last["repeats"] < last["expected"]:
        return [t("forecast.newcomers.fewer", **numbers)]
    return [t("forecast.newcomers.more", **numbers)]


def driver_bars(report: ReportData, t: Texts, f: Formats) -> list[Bar]:
    """Build the most telling inputs of the churn model, the strongest first, without what would read 0%."""
    useful = report.importance[report.importance["log_loss_increase"] > 0]
    useful = useful.sort_values(["log_loss_increase", "feature"], ascending=[False, True]).head(MOST_DRIVERS)
    longest, total = largest(useful["log_loss_increase"]), useful["log_loss_increase"].sum()
    useful = useful[useful["log_loss_increase"] >= LEAST_WEIGHT * total]

    def written(row: Mapping[Any, Any]) -> str:
        weight, low, high = (f.percent(row[name] / total, 0) for name in ("log_loss_increase", "low", "high"))
        return f"{weight} ({low} – {high})"

    return [
        Bar(t.word("feature", row["feature"]), 100 * row["log_loss_increase"] / longest, written(row))
        for row in useful.to_dict("records")
    ]


@dataclass(frozen=True)
class Parameters:
    """Fitted parameters: names across the top, one row per cutoff."""

    names: list[str]
    rows: list[tuple[str, list[str]]]


def lifetime_parameters(report: ReportData, f: Formats) -> Parameters:
    """Build the table of the lifetime-value models, whatever their parameters are called."""
    fits = [
        (fit["cutoff"], {**fit["orders"]["parameters"], **fit["spend"]["parameters"]})
        for fit in report.lifetime_value
    ]
    names = list(dict.fromkeys(name for _, values in fits for name in values))
    return Parameters(
        names,
        [(f.day(cutoff), [_parameter(values.get(name), f) for name in names]) for cutoff, values in fits],
    )


def _parameter(value: float | None, f: Formats) -> str:
    """Write a parameter; where it ran away, its decimals say nothing."""
    return f.number(value, 4 if value is None or value < 1000 else 0)


def spend_note(report: ReportData, t: Texts, f: Formats) -> str:
    """Say whether spend per order hangs on how often customers order, and what was done about it."""
    if not report.lifetime_value:
        return ""
    found = report.lifetime_value[-1]["spend_by_frequency"]
    numbers = {"correlation": f.number(found["spearman"], 2)}
    if found["independent"]:
        return t("spend.independent", **numbers)
    if found["model"] == "gammagamma":
        return t("spend.dependent", **numbers)
    moved = {name: f.percent(found[name]) for name in ("clv_total_change", "top_tenth_replaced")}
    return t("spend.conditional", **numbers, **moved)


def model_choice(report: ReportData, t: Texts, f: Formats) -> str:
    """Say which order model predicts today and why; nothing where there is none."""
    if not report.lifetime_value:
        return ""
    choice, season = (report.lifetime_value[-1][name] for name in ("choice", "season"))
    model = t(
        f"choice.{choice['reason']}",
        model=t.word("model", choice["model"]),
        best=t.word("model", choice["best"]),
        windows=f.number(len(choice["windows"])),
    )
    clock = t(f"choice.season.{season['season']}")
    return f"{model} {clock}"


def ingest_rows(report: ReportData, t: Texts, f: Formats) -> Sequence[tuple[str, str]]:
    """Build the counts of the ingest in their order, then why rows went into quarantine."""
    counts = {name: count for name, count in report.ingest.items() if isinstance(count, int)}
    reasons = report.ingest.get("rules", {})
    return [(t.word("rows", name), f.number(count)) for name, count in counts.items()] + [
        (t("data.reason", rule=t.word("rule", name)), f.number(count)) for name, count in reasons.items()
    ]


def last_day(report: ReportData) -> date:
    """The last day that is known."""
    return report.as_of - timedelta(days=1)


def tested(report: ReportData) -> tuple[date, date]:
    """First and last day of the holdout; without one, those that it would have."""
    first = report.tested_from or report.as_of - timedelta(days=report.horizon_days)
    return first, horizon_until(first, report.horizon_days)
