from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation.evaluate import not_evaluated
from pipeline.report import groups
from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.page import render
from pipeline.report.texts import Texts
from pipeline.retention.actions import NEXT_ACTIONS, SEGMENTS
from pipeline.retention.kpis import retention_kpis
from pipeline.retention.lifecycle import LIFECYCLE_STAGES

PageOf = Callable[[ReportData], Any]


def test_the_page_is_whole_and_the_same_each_time(page_of: PageOf, localised: ReportData) -> None:
    text = render(localised)
    page = page_of(localised)
    assert text.startswith("<!doctype html>")
    assert page.attributes("html", "lang") == [localised.language]
    assert page.count("h1") == 1
    assert page.count("h2") == 10
    assert render(localised) == text


def test_nothing_is_loaded_and_nothing_runs(page_of: PageOf, localised: ReportData) -> None:
    text = render(localised)
    page = page_of(localised)
    assert not re.search(r"https?://|//[a-z]|url\(|@import|javascript:", text)
    assert not {"script", "link", "img", "iframe", "form"} & {tag for tag, _ in page.tags}
    names = {name for _, attrs in page.tags for name in attrs}
    assert not any(name.startswith("on") or name in ("src", "href") for name in names)


def test_charts_and_tables_speak_to_those_who_cannot_see_them(page_of: PageOf, localised: ReportData) -> None:
    page = page_of(localised)
    assert page.count("svg") == 19
    assert set(page.attributes("svg", "role")) == {"img"}
    assert all(page.attributes("svg", "aria-label"))
    assert page.count("caption") == page.count("table") >= 6
    assert None not in page.attributes("th", "scope")
    identifiers = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(identifiers) == len(set(identifiers))
    assert set(page.attributes("section", "aria-labelledby")) <= set(identifiers)


def test_no_customer_and_no_file_name_is_on_the_page(localised: ReportData) -> None:
    text = render(localised)
    assert "secretkey" not in text
    assert "private/path" not in text


@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }} & Söhne"]
)
def test_a_hostile_shop_name_is_only_text(page_of: PageOf, localised: ReportData, title: str) -> None:
    page = page_of(replace(localised, title=title))
    assert not {"script", "img"} & {tag for tag, _ in page.tags}
    assert title in page.text


def test_hostile_texts_in_the_data_are_only_text(page_of: PageOf, report: ReportData) -> None:
    bad = "<img src=x onerror=alert(1)>"
    importance = pd.DataFrame({"feature": [bad], "log_loss_increase": [0.1], "low": [0.05], "high": [0.15]})
    page = page_of(replace(report, importance=importance, ingest={bad: 1}, currency=bad, run_id=bad))
    assert "img" not in {tag for tag, _ in page.tags}


def test_numbers_are_written_the_way_the_reader_writes_them(page_of: PageOf, report: ReportData) -> None:
    english, german = (page_of(replace(report, language=one)).text for one in ("en", "de"))
    rate = report.kpis["repeat_purchase_rate"]
    percent = f"{100 * rate['value']:.1f}"
    assert f"{percent}%" in english
    assert f"{rate['numerator']} of {rate['denominator']} customers" in english
    assert percent.replace(".", ",") + "\u00a0%" in german
    assert "12,345" in english
    assert "12.345" in german
    assert "30\u00a0Jun\u00a02024" in english
    assert "30.06.2024" in german


def test_ids_in_several_spellings_are_counted_in_words(page_of: PageOf, localised: ReportData) -> None:
    text = page_of(replace(localised, ingest={**localised.ingest, "alike_ids": 7})).text
    said = {
        "en": "Customer numbers that only capitals",
        "de": "Kundennummern, die sich nur durch Groß- und Kleinschreibung",
    }
    assert said[localised.language] in text


def test_a_warning_shows_when_pseudonyms_can_be_guessed(report: ReportData) -> None:
    assert "CHURN_PEPPER" not in render(report)
    assert "CHURN_PEPPER" in render(replace(report, is_demo_pepper=True))


def test_an_unfinished_month_is_said_to_be_unfinished(report: ReportData) -> None:
    assert "not complete" not in render(report)
    assert "not complete" in render(replace(report, as_of=date(2024, 6, 20)))


def test_a_closure_is_told_in_dates(page_of: PageOf, report: ReportData) -> None:
    closed = [{"from": "2024-03-01", "to": "2024-04-29", "days": 60}]
    first, last = (f"{day}\u00a0{month}\u00a02024" for day, month in ((1, "Mar"), (29, "Apr")))
    assert f"No or hardly any orders: {first} to {last}." in page_of(replace(report, closures=closed)).text
    assert "No or hardly any orders" not in page_of(report).text


@pytest.mark.parametrize(("repeats", "likely"), [(20, "far too high"), (900, "far too low")])
def test_newcomers_of_another_kind_are_told(
    page_of: PageOf, report: ReportData, repeats: int, likely: str
) -> None:
    others = {"customers": 800, "repeats": repeats, "expected": 200.0, "are_others": True}
    fits = [{**fit, "newcomers": others} for fit in report.lifetime_value]
    assert f"is likely {likely}" in page_of(replace(report, lifetime_value=fits)).text
    assert "is likely far too" not in page_of(report).text


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_segment_action_and_stage_has_its_own_words(
    page_of: PageOf, report: ReportData, language: Any
) -> None:
    summary = pd.DataFrame(
        {
            "segment": [*SEGMENTS, "other"],
            "next_action": [*NEXT_ACTIONS.values(), ""],
            "customers": 10,
            "share": 1 / 12,
            "mean_churn_probability": 0.5,
            "expected_spend": 1.0,
            "clv": 2.0,
        }
    )
    stages = pd.DataFrame(
        {"lifecycle_stage": LIFECYCLE_STAGES, "customers": pd.array([10] * 6, dtype="Int64")}
    )
    page = page_of(replace(report, language=language, segment_summary=summary, stage_counts=stages))
    assert page.count("h3") >= 12
    for name in (*SEGMENTS, *NEXT_ACTIONS.values(), *LIFECYCLE_STAGES):
        assert "_" not in name or name not in page.text


def test_where_no_risk_is_known_no_value_is_said_to_be_safe(page_of: PageOf, localised: ReportData) -> None:
    said = {"en": "customers of medium or high risk", "de": "mit mittlerem oder hohem Risiko"}[
        localised.language
    ]
    assert said in page_of(localised).text
    unknown = localised.risk_value.assign(churn_risk="unknown").drop_duplicates("value_tier")
    assert said not in page_of(replace(localised, risk_value=unknown)).text


def test_without_lifetime_values_there_are_risks_and_no_segments(
    page_of: PageOf, localised: ReportData
) -> None:
    summary = localised.segment_summary.iloc[:1].assign(segment="not_scored", next_action="no_recommendation")
    said = page_of(replace(localised, segment_summary=summary)).text
    exactly_one = {"en": "exactly one segment", "de": "genau einem Segment"}[localised.language]
    half = {
        "en": "takes both churn risk and lifetime value",
        "de": "braucht Abwanderungsrisiko und Kundenwert",
    }
    assert half[localised.language] in said
    assert exactly_one not in said
    assert exactly_one in page_of(localised).text
    loyal = {"en": "Potential loyalists", "de": "Treue von morgen"}[localised.language]
    assert loyal in said
    assert loyal not in page_of(localised).text


def test_where_no_lifetime_value_is_known_the_rfm_groups_have_none(report: ReportData) -> None:
    known = groups.rfm_table(report, Texts("en"), Formats("en", "EUR"))
    assert known.heads == ["Group", "Customers", "Spent so far", "Lifetime value, 365 days"]
    unknown = replace(report, rfm=report.rfm.assign(clv=np.nan))
    assert groups.rfm_table(unknown, Texts("en"), Formats("en", "EUR")).heads == known.heads[:3]


def test_only_models_that_are_there_are_named(page_of: PageOf, localised: ReportData) -> None:
    none = not_evaluated("nothing to learn from")
    btyd, blend = "Buy-till-you-die", {"en": "a blend of classifiers", "de": "Mischung von Klassifikatoren"}

    def named(**changes: Any) -> tuple[bool, bool]:
        text = page_of(replace(localised, **changes)).text
        assert "calibrated classifier" not in text
        return btyd.lower() in text.lower(), blend[localised.language] in text

    assert named() == (True, True)
    assert named(value_evaluation=none, lifetime_value=[]) == (False, True)
    assert named(churn_evaluation=none) == (True, False)
    assert named(churn_evaluation=none, value_evaluation=none, lifetime_value=[]) == (False, False)


def test_the_page_says_how_many_may_not_be_contacted(page_of: PageOf, localised: ReportData) -> None:
    many, few = {
        "en": ("by objection: 12 customers", "by objection: under 10 customers"),
        "de": ("nach Widerspruch: 12 Personen", "nach Widerspruch: unter 10 Personen"),
    }[localised.language]
    assert many in page_of(replace(localised, suppressed=12)).text
    assert few in page_of(replace(localised, suppressed=3)).text


def test_the_page_begins_with_how_old_the_data_are(page_of: PageOf, localised: ReportData) -> None:
    old = replace(localised, kpis={**localised.kpis, "last_order_on": "2024-05-02"})
    expected = {
        "en": "last order on 2 May 2024; looking 90 days ahead, from 1 Jul 2024 to 28 Sep 2024",
        "de": "letzte Bestellung am 02.05.2024; Ausblick auf 90 Tage, vom 01.07.2024 bis 28.09.2024",
    }
    assert expected[localised.language] in page_of(old).text.replace("\u00a0", " ")


def test_who_is_worth_less_than_an_offer_costs_is_counted(page_of: PageOf, localised: ReportData) -> None:
    below, all_the_same = {
        "en": ("34 customers with a lifetime value below €12.50", "12 customers have a lifetime value below"),
        "de": (
            "34 Personen mit einem Kundenwert unter 12,50",
            "liegen 12 Personen mit dem Kundenwert darunter",
        ),
    }[localised.language]
    floor = page_of(replace(localised, value_floor=12.5, below_floor=34)).text
    cost = page_of(replace(localised, offer_cost=10.0, not_worth_it=12)).text
    neither = page_of(replace(localised, offer_cost=10.0)).text
    assert [below in text for text in (floor, cost, neither)] == [True, False, False]
    assert [all_the_same in text for text in (floor, cost, neither)] == [False, True, False]


def test_a_shop_without_amounts_is_told_so(page_of: PageOf, localised: ReportData) -> None:
    none = not_evaluated("no customer has a positive amount on a repeat order day")
    without = replace(localised, value_evaluation=none, lifetime_value=[])
    second = {"en": "paid for a second order", "de": "zweite Bestellung bezahlt"}[localised.language]
    amount = {"en": "no order has an amount above zero", "de": "keine Bestellung hat einen Betrag über null"}
    assert second in page_of(without).text
    said = page_of(replace(without, kpis={**localised.kpis, "revenue": 0.0})).text
    assert amount[localised.language] in said
    assert second not in said


def test_the_page_stands_with_almost_nothing_to_show(page_of: PageOf, localised: ReportData) -> None:
    frames = {
        name: getattr(localised, name).iloc[:0]
        for name in (
            "monthly", "cohorts", "segment_summary", "stage_counts", "risk_value", "roc", "calibration",
            "gains", "value_calibration", "spend_coverage", "importance", "tracking",
            "calibration_by_frequency", "interval_totals",
        )
    }  # fmt: skip
    ratio = {"value": None, "numerator": 0, "denominator": 0}
    ratios = ("repeat_purchase_rate", "customer_retention_rate", "average_order_value", "churn_rate_cohort")
    kpis = {**localised.kpis, "median_gap_days": None, "first_order_on": None, **dict.fromkeys(ratios, ratio)}
    ungraded = {"letter": None, "message": "churn_none", "numbers": {}}
    churn = {**localised.churn_evaluation, "grade": ungraded, "active": None}
    bare = {"kpis": kpis, "churn_evaluation": churn, "ingest": {}, "lifetime_value": [], "portraits": {}}
    empty = replace(localised, **bare, **frames)
    page = page_of(empty)
    assert page.count("svg") == 0
    few = {"en": "No month brought 10 new customers or more", "de": "Kein Monat brachte 10 oder mehr Neue"}
    assert few[localised.language] in page.text
    assert "nan" not in page.text.lower().split()
    assert "None" not in page.text


def test_huge_numbers_are_shortened(page_of: PageOf, report: ReportData) -> None:
    summary = report.segment_summary.assign(expected_spend=9e12, clv=4e13)
    page = page_of(replace(report, segment_summary=summary, language="de"))
    assert "Bio." in page.text


def test_the_other_tables_and_what_is_switched_off_without_them(page_of: PageOf, report: ReportData) -> None:
    english, german = (page_of(replace(report, language=language)).text for language in ("en", "de"))
    assert all(words in english for words in ("Surveys", "812", "25%", "response_id 50%", "time to answer"))
    assert all(words in german for words in ("Umfragen", "01.07.2023 bis 30.06.2024", "offene Beschwerden"))
    assert "Stornos ausgelassen" in german
    neither = render(replace(report, tables={}, without=[]))
    assert "other tables" not in neither
    assert "more data" not in neither


def test_the_month_of_the_first_order_is_no_cell(report: ReportData) -> None:
    cohorts = pd.DataFrame(
        {
            "cohort": ["2024-02-01"] * 2,
            "month_offset": [0, 1],
            "customers": [40, 40],
            "active": [40, 10],
            "retention": [1.0, 0.25],
        }
    )
    [one] = groups.heat_map(replace(report, cohorts=cohorts), Formats("en", "EUR"))
    assert (one.customers, [(cell.main, cell.tint) for cell in one.cells]) == ("40", [("25", 100.0)])


def test_a_month_of_few_customers_has_no_bar(report: ReportData) -> None:
    months = report.monthly.astype({"orders": float, "customers": float, "new_customers": float})
    shown = months["customers"].first_valid_index()
    month = Formats("en", "EUR").month(months.loc[shown, "month"])
    assert f"<title>{month}, Revenue per month: " in render(replace(report, monthly=months))
    months.loc[shown, ["orders", "customers", "new_customers", "revenue"]] = float("nan")
    page = render(replace(report, monthly=months))
    assert f"<title>{month}, " not in page
    assert "nan" not in re.findall(r'(?:y|height)="([^"]+)"', page)


def test_without_anybody_who_came_back_no_sentence_has_a_hole(page_of: PageOf, localised: ReportData) -> None:
    orders = pd.DataFrame(
        {"customer_key": ["a", "b"], "ordered_at": pd.to_datetime("2024-06-01"), "amount": [10.0, 20.0]}
    )
    found = replace(
        localised, kpis={**retention_kpis(orders, localised.as_of, localised.horizon_days), "tables": {}}
    )
    text = page_of(found).text
    once, nobody = {
        "en": ("nobody has ordered on a second day", "nobody had ordered in the 90 days before"),
        "de": ("noch niemand hat an einem zweiten Tag bestellt", "90 Tage lang niemand"),
    }[localised.language]
    assert once in text
    assert nobody in text


def test_customers_who_returned_everything_are_accounted_for_where_the_numbers_meet(
    page_of: PageOf,
    report: ReportData,
) -> None:
    scored = int(report.segment_summary["customers"].sum())
    for missing, english, german in (
        (0, None, None),
        (3, "under 10 customers with", "unter 10 Personen mit"),
        (12, "12 customers with", "12 Personen mit"),
    ):
        kpis = {**report.kpis, "customers": scored + missing}
        page = {
            language: page_of(replace(report, kpis=kpis, language=language)).text for language in ("en", "de")
        }
        assert ("not here: " + english in page["en"]) if english else ("not here" not in page["en"])
        assert ("hier nicht: " + german in page["de"]) if german else ("hier nicht" not in page["de"])
