"""Who the customers are: segments, lifecycle stages, value at risk and cohorts, as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.counted import Counted
from pipeline.privacy.groups import MIN_GROUP
from pipeline.report.data import ReportData
from pipeline.report.formats import MISSING, Formats
from pipeline.report.measures import Bar, Cell, Estimate, Row, Table, largest
from pipeline.report.texts import Texts


@dataclass(frozen=True)
class Segment:
    """One segment as the marketing department reads it."""

    key: str
    name: str
    meaning: str
    action_key: str
    action: str
    advice: str
    customers: str
    share: float
    share_text: str
    churn: str
    spend: str
    spend_range: str
    clv: str


def segments(report: ReportData, t: Texts, f: Formats) -> list[Segment]:
    """Build the list of segments, in the order of the summary."""
    return [
        Segment(
            key=row["segment"],
            name=t.word("segment", row["segment"]),
            meaning=t.word("meaning", row["segment"]),
            action_key=row["next_action"] or "various",
            action=t.word("action", row["next_action"]),
            advice=t.word("advice", row["next_action"]),
            customers=f.number(row["customers"]),
            share=100 * row["share"],
            share_text=f.percent(row["share"]),
            churn=f.percent(row["mean_churn_probability"], 0),
            spend=f.money_short(row["expected_spend"]),
            spend_range=_spend_range(report, row["segment"], t, f),
            clv=f.money_short(row["clv"]),
        )
        for row in report.segment_summary.to_dict("records")
    ]


def _spend_range(report: ReportData, segment: str, t: Texts, f: Formats) -> str:
    found = report.forecast.get("segments", {}).get(segment)
    if found is None:
        return ""
    low, high = (f.money_short(found["spend"][end]) for end in ("low", "high"))
    return t("segments.range", low=low, high=high)


def all_returned(report: ReportData, t: Texts, f: Formats) -> str:
    """Say how many customers the figures count and the scores do not; nothing where they are the same."""
    missing = report.kpis["customers"] - int(report.segment_summary["customers"].sum())
    return t("segments.all_returned", n=_masked(missing, t, f)) if missing > 0 else ""


def suppressed(report: ReportData, t: Texts, f: Formats) -> str:
    """Say how many customers of the segments may not be contacted; nothing where that is nobody."""
    n = _masked(report.suppressed, t, f)
    return t("segments.suppressed", n=n) if report.suppressed else ""


def costly(report: ReportData, t: Texts, f: Formats) -> list[str]:
    """Say who is worth too little for an offer, and who gets one all the same."""
    sentences = []
    if report.below_floor:
        n, floor = _masked(report.below_floor, t, f), f.money(report.value_floor)
        sentences.append(t("segments.below_floor", n=n, floor=floor))
    if report.not_worth_it:
        n, cost = _masked(report.not_worth_it, t, f), f.money(report.offer_cost)
        sentences.append(t("segments.not_worth_it", n=n, cost=cost))
    return sentences


def _masked(customers: int, t: Texts, f: Formats) -> Counted:
    return f.number(customers) if customers >= MIN_GROUP else Counted(t("fewer_than"))


def stage_bars(report: ReportData, t: Texts, f: Formats) -> list[Bar]:
    """Build the lifecycle stages; small ones are without a length."""
    counts = report.stage_counts["customers"].astype("Float64")
    longest = largest(counts)
    return [
        Bar(
            t.word("stage", stage),
            0.0 if pd.isna(count) else 100 * count / longest,
            t("fewer_than") if pd.isna(count) else f.number(count),
        )
        for stage, count in zip(report.stage_counts["lifecycle_stage"], counts, strict=True)
    ]


def rfm_table(report: ReportData, t: Texts, f: Formats) -> Table:
    """Build the table of the RFM groups, with the lifetime value where it is known."""
    columns = {"customers": f.number, "spend_total": f.money_short, "clv": f.money_short}
    if report.rfm["clv"].isna().all():
        del columns["clv"]

    rows = [
        Row(
            t.word("rfm", row["rfm_group"]),
            [Estimate(write(row[name])) for name, write in columns.items()],
        )
        for row in report.rfm.to_dict("records")
    ]
    return Table(
        t("rfm.caption"),
        [t("rfm.group"), *(t(f"rfm.{name}", days=f.number(report.clv_horizon_days)) for name in columns)],
        rows,
    )


def risk_matrix(report: ReportData, t: Texts, f: Formats) -> tuple[list[str], list[tuple[str, list[Cell]]]]:
    """Build the value tiers across the top, and a row of cells for each churn risk."""
    cells = {(row["churn_risk"], row["value_tier"]): row for row in report.risk_value.to_dict("records")}
    bands = ("high", "medium", "low", "unknown")
    risks = [band for band in bands if any(risk == band for risk, _ in cells)]
    tiers = [band for band in bands if any(tier == band for _, tier in cells)]
    strongest = largest(report.risk_value["clv"])

    def cell(risk: str, tier: str) -> Cell:
        row = cells.get((risk, tier))
        if row is None:
            return Cell(MISSING, "", 0.0)
        if pd.isna(row["customers"]):
            return Cell(t("fewer_than"), "", 0.0)
        tint = 0.0 if pd.isna(row["clv"]) else 100 * row["clv"] / strongest
        return Cell(f.number(row["customers"]), f.money_short(row["clv"]), tint)

    heads = [t("risk.value", tier=t.word("band", tier)) for tier in tiers]
    return heads, [(t.word("band", risk), [cell(risk, tier) for tier in tiers]) for risk in risks]


def is_scored(report: ReportData) -> bool:
    """Tell whether the churn risk or the value of anybody is known."""
    return not (report.risk_value[["churn_risk", "value_tier"]] == "unknown").all(axis=None)


def is_segmented(report: ReportData) -> bool:
    """Tell whether anybody is in a segment, which takes both churn risk and value."""
    summary = report.segment_summary
    # Small groups are told as one, whose name does not say whether they are scored.
    known = summary[["mean_churn_probability", "clv"]].notna().all(axis=1)
    return bool((known & (summary["segment"] != "not_scored")).any())


def value_at_risk(report: ReportData, t: Texts, f: Formats) -> str:
    """Say how much of the lifetime value is with customers who may leave; nothing without value or risk."""
    if (report.risk_value["churn_risk"] == "unknown").all():
        return ""
    clv = report.risk_value.groupby("churn_risk")["clv"].sum()
    total, at_risk = clv.sum(), clv.reindex(["medium", "high"]).sum()
    return (
        t("risk.share", share=f.percent(at_risk / total, 0), value=f.money_short(at_risk))
        if total > 0
        else ""
    )


@dataclass(frozen=True)
class Cohort:
    """One row of the heat map: the cells of the months after the first."""

    month: str
    customers: str
    cells: list[Cell]


def heat_map(report: ReportData, f: Formats) -> list[Cohort]:
    """Build the cohorts, oldest first; the month of the first order itself is always 100% and left out."""
    cohorts = report.cohorts
    later = cohorts[cohorts["month_offset"] > 0]
    strongest = largest(later["retention"])
    rows = []
    for month, cohort in cohorts.groupby("cohort"):
        shares = cohort.loc[cohort["month_offset"] > 0, "retention"]
        cells = [Cell(f.number(100 * share), "", 100 * share / strongest) for share in shares]
        rows.append(Cohort(f.month(month), f.number(cohort["customers"].iloc[0]), cells))
    return rows
