"""What the page says of the data: doubts at the top, and what it leaves unsaid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from pipeline.report.data import ReportData

PageOf = Callable[[ReportData], Any]


def test_lines_that_count_as_orders_are_told_at_the_top(page_of: PageOf, localised: ReportData) -> None:
    without = [{"table": "orders", "columns": ["order_id"], "features": ["lines summed to orders"]}]
    told = {"en": "9,000 orders on 4,", "de": "9.000 Bestellungen an 4."}[localised.language]

    def said(days: int, off: list[dict[str, Any]]) -> bool:
        kpis = {**localised.kpis, "orders": 9000, "order_days": days}
        return told in page_of(replace(localised, kpis=kpis, without=off)).text

    assert said(4400, without)
    assert not said(4400, [])
    assert not said(4600, without), "people who order twice a day"


def test_doubts_of_the_ingest_are_told_at_the_top(page_of: PageOf, localised: ReportData) -> None:
    told = {"en": "Many rows stand in two files", "de": "Viele Zeilen stehen in zwei Dateien"}
    ingest = {**localised.ingest, "remarks": ["files_overlap", "lines_as_orders"]}
    text = page_of(replace(localised, ingest=ingest)).text
    assert told[localised.language] in text.partition(localised.title)[2]
    assert "lines as orders" not in text
    assert told[localised.language] not in page_of(localised).text


def test_what_hardly_weighs_is_no_bar_that_reads_nothing(page_of: PageOf, localised: ReportData) -> None:
    weights = {"recency": 0.9, "frequency": 0.095, "basket": 0.0001}
    importance = pd.DataFrame(weights.items(), columns=["feature", "log_loss_increase"])
    importance = importance.assign(low=0.0, high=1.0)
    text = page_of(replace(localised, importance=importance)).text
    told = {"en": ("Weight", "How often", "Basket size"), "de": ("Gewicht", "Wie oft", "Korbgröße")}
    head, often, basket = told[localised.language]
    drivers = text.rpartition(head)[2][:300]
    assert often in drivers
    assert basket not in drivers


def test_a_shop_that_grew_is_told_why_its_textbook_churn_is_below_zero(
    page_of: PageOf, localised: ReportData
) -> None:
    told = {"en": "more came than went", "de": "mehr kamen als gingen"}[localised.language]

    def said(rate: float) -> bool:
        literal = {**localised.kpis["churn_rate_literal"], "value": rate}
        return (
            told in page_of(replace(localised, kpis={**localised.kpis, "churn_rate_literal": literal})).text
        )

    assert said(-0.088)
    assert not said(0.088)


def test_without_a_forecast_the_tile_says_so(page_of: PageOf, localised: ReportData) -> None:
    told = {"en": "not forecast", "de": "keine Vorhersage"}[localised.language]
    unknown = localised.segment_summary.assign(expected_spend=float("nan"), clv=float("nan"))
    assert told in page_of(replace(localised, segment_summary=unknown)).text
    assert told not in page_of(localised).text


def test_a_shop_too_small_for_any_segment_is_not_said_to_have_them(
    page_of: PageOf, localised: ReportData
) -> None:
    told = {"en": "in exactly one segment", "de": "in genau einem Segment"}[localised.language]
    few = localised.segment_summary.head(1).assign(segment="other", next_action="", customers=8, share=1.0)
    for unknown in (["clv", "mean_churn_probability"], ["clv"], ["mean_churn_probability"]):
        summary = few.assign(**dict.fromkeys(unknown, float("nan")))
        assert told not in page_of(replace(localised, segment_summary=summary)).text
    assert told in page_of(localised).text
