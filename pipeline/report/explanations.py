"""The section on why: the most frequent reasons at each risk, and the middle of two risks taken apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.measures import Bar
from pipeline.report.texts import Texts

MOST = 5
TINY = 0.05
"""Log-odds below which a topic is shown with all other small ones."""


@dataclass(frozen=True)
class Reasons:
    """How often each topic is among the reasons of the customers at one risk."""

    caption: str
    bars: list[Bar]


@dataclass(frozen=True)
class Step:
    """One bar of a waterfall: `offset` and `length` in per cent of its width, `side` up or down the risk."""

    label: str
    offset: float
    length: float
    side: str
    value: str


@dataclass(frozen=True)
class Waterfall:
    """How a score comes about: from the base, topic by topic, each with the probability that it leads to."""

    caption: str
    steps: list[Step]


def reasons(report: ReportData, t: Texts, f: Formats) -> list[Reasons]:
    """Build the table of each risk and side, the most frequent reason first."""
    found = []
    for (band, side), rows in report.reasons.groupby(["churn_risk", "reasons_for"], sort=False):
        risk = t.word("at_risk", str(band))
        caption = t("reasons.leaving", risk=risk) if side == "leaving" else t("reasons.staying", risk=risk)
        bars = [
            Bar(t.word("feature", row["topic"]), 100 * row["share"], f.percent(row["share"], 0))
            for row in rows.head(MOST).to_dict("records")
        ]
        found.append(Reasons(caption, bars))
    return found


def waterfalls(report: ReportData, t: Texts, f: Formats) -> list[Waterfall]:
    """Build the example of each risk, the largest contributions first, small ones together at the end."""
    found = []
    for risk, rows in report.reason_examples.groupby("churn_risk", sort=False):
        by_topic = dict(zip(rows["topic"], rows["contribution"].astype(float), strict=True))
        base = by_topic.pop("base")
        large = sorted(
            (topic for topic in by_topic if abs(by_topic[topic]) >= TINY), key=lambda one: -abs(by_topic[one])
        )
        pushes = [(t.word("feature", topic), by_topic[topic]) for topic in large]
        rest = math.fsum(by_topic[topic] for topic in by_topic if topic not in large)
        steps = _steps(base, [*pushes, (t("reasons.rest"), rest)], t, f)
        found.append(Waterfall(t("reasons.example", risk=t.word("at_risk", str(risk))), steps))
    return found


def _steps(base: float, pushes: list[tuple[str, float]], t: Texts, f: Formats) -> list[Step]:
    levels = [base]
    for _, push in pushes:
        levels.append(levels[-1] + push)
    low, width = min(levels), max(max(levels) - min(levels), 1e-9)

    def step(label: str, start: float, end: float) -> Step:
        offset, length = 100 * (min(start, end) - low) / width, 100 * abs(end - start) / width
        probability = 1 / (1 + math.exp(-end))
        return Step(label, offset, length, "up" if end > start else "down", f.percent(probability, 0))

    between = zip(pushes, levels, levels[1:], strict=False)
    return [
        step(t("reasons.base"), base, base),
        *(step(label, start, end) for (label, _), start, end in between),
    ]
