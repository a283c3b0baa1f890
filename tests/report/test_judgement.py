from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from pipeline.evaluation import fairness
from pipeline.evaluation.reality import COLUMNS
from pipeline.features.catalogue import TOPICS
from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.page import render
from pipeline.report.quality import value_quality
from pipeline.report.texts import Texts

PageOf = Callable[[ReportData], Any]
NO_INTERVAL = {"value": 0.0, "low": None, "high": None}
ALARMS = (
    {"kind": "features", "features": [topic.features[0].name for topic in TOPICS[:9]] + ["spend_90d"]},
    {"kind": "score", "psi": 0.41},
    {"kind": "churn_rate", "as_of": "2024-03-01", "predicted": 0.4, "realised": 0.55},
    {"kind": "log_loss", "as_of": "2024-03-01", "found": 0.6, "worst": 0.4},
    {"kind": "spend", "as_of": "2024-03-01", "bias": -0.3},
)


def test_the_grade_is_shown_with_the_days_it_was_measured_on(page_of: PageOf, report: ReportData) -> None:
    page = page_of(report)
    letter = report.churn_evaluation["grade"]["letter"]
    assert f"Grade {letter}" in page.attributes("span", "aria-label")
    assert "from 2\u00a0Apr\u00a02024 to 30\u00a0Jun\u00a02024" in page.text
    low = report.churn_evaluation["model"]["roc_auc"]["low"]
    assert f"[{low:.3f};" in page.text


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.01, 0.03, "better"), (-0.03, -0.01, "worse"), (-0.01, 0.02, "no clear difference")],
)
def test_a_verdict_is_given_only_where_the_interval_excludes_zero(
    report: ReportData, low: float, high: float, verdict: str
) -> None:
    def silent(found: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
        return {
            **found,
            "difference": dict.fromkeys(found["difference"], NO_INTERVAL) | changes,
            "rule_names": [],
        }

    estimate = {"value": (low + high) / 2, "low": low, "high": high}
    value = silent(report.value_evaluation)
    flipped = {"better": "worse", "worse": "better"}.get(verdict, verdict)
    for metric, expected in (("roc_auc", verdict), ("log_loss", flipped)):
        churn = silent(report.churn_evaluation, **{metric: estimate})
        text = render(replace(report, churn_evaluation=churn, value_evaluation=value))
        assert re.findall(r'class="verdict \w+">([^<]+)<', text) == [expected]


def test_every_test_day_and_every_simple_rule_has_its_row(page_of: PageOf, localised: ReportData) -> None:
    page = page_of(localised)
    assert page.text.count("Im Mittel " if localised.language == "de" else "On average ") == 2
    for found in (localised.churn_evaluation, localised.value_evaluation):
        assert len(found["backtest"]["origins"]) == 2
        for rule in found["rule_names"]:
            assert Texts(localised.language).word("simple_rule", rule) in page.text
    assert "_cell" not in page.text
    day = "01.01.2024" if localised.language == "de" else "1\u00a0Jan\u00a02024"
    assert page.text.count(day) == 2


def test_a_calibration_is_shown_with_its_gain_and_whether_it_is_used(report: ReportData) -> None:
    assert "(Platt)" not in render(report)
    judged = [
        {
            "name": name,
            "log_loss": 0.31234,
            "gain": {"value": 0.0012, "low": low, "high": 0.0025},
            "used": used,
        }
        for name, low, used in (("platt", 0.0002, True), ("venn_abers", -0.0004, False))
    ]
    churn = {**report.churn_evaluation, "calibration": {"slope": 0.9, "intercept": 0.0, "judged": judged}}
    page = render(replace(report, churn_evaluation=churn))
    row = page[page.index("(Platt)") : page.index("(Venn-Abers)")]
    assert "0.3123" in row
    assert "[0.0002; 0.0025]" in row
    assert ">used<" in row
    assert ">not used<" in page[page.index("(Venn-Abers)") :]


def test_one_test_day_has_no_mean(page_of: PageOf, report: ReportData) -> None:
    once = {**report.churn_evaluation["backtest"]}
    once["origins"] = once["origins"][-1:]
    churn = {**report.churn_evaluation, "backtest": once}
    assert page_of(replace(report, churn_evaluation=churn)).text.count("On average ") == 1


def test_leaks_and_groups_that_are_off_are_said_plainly(page_of: PageOf, report: ReportData) -> None:
    def off(found: Mapping[str, Any], *rows: dict[str, Any]) -> dict[str, Any]:
        shown = {"n": 1234, "predicted": 0.5, "actual": 0.75}
        fine = [{**row, "is_told": False} for row in found["slices"]]
        return {**found, "slices": [*fine, *({**shown, **row, "is_told": True} for row in rows)]}

    calm = replace(
        report,
        churn_evaluation=off(report.churn_evaluation),
        value_evaluation=off(report.value_evaluation),
    )
    assert "Where to be careful" not in render(calm)
    found = replace(
        calm,
        churn_evaluation=off(report.churn_evaluation, {"group": "country", "level": "<AT>"}),
        value_evaluation=off(report.value_evaluation, {"group": "buyers", "level": "one_order"}),
        alarms=[{"kind": "feature_tells_all", "feature": "overdue"}],
    )
    page = page_of(found)
    assert "Country <AT>: a risk of 50.0% was predicted, 75.0% did not order (1,234 customers)." in page.text
    small = {"group": "cohort", "level": "other"}
    rest = replace(found, value_evaluation=off(report.value_evaluation, small))
    assert "First order in quarter (all others): €0.50 per customer" in page_of(rest).text
    assert "Customers with a single order: €0.50 per customer were expected, €0.75" in page.text
    assert "“Own rhythm: gaps between orders (overdue)” alone tells almost perfectly" in page.text


def test_where_age_or_income_are_features_each_group_has_its_row(
    page_of: PageOf, localised: ReportData
) -> None:
    assert Texts(localised.language)("fairness.title") not in page_of(localised).text
    numbers = dict.fromkeys(fairness.COLUMNS[3:], 0.25)
    rows = [{"group": "all", "level": "all", "n": 1200}, {"group": "age", "level": "60-69", "n": 130}]
    table = pd.DataFrame([{**row, **numbers} for row in rows])
    text = page_of(replace(localised, fairness=table)).text
    assert Texts(localised.language)("fairness.title") in text
    assert ("Alter: 60-69" if localised.language == "de" else "Age: 60-69") in text


def test_the_forecast_is_told_with_its_range_and_how_often_such_ranges_held(
    page_of: PageOf, localised: ReportData
) -> None:
    text = page_of(localised).text
    if localised.language == "en":
        assert (
            "we expect 240 orders in the next 90 days; nine times out of ten it will be between 201 and 286"
            in text
        )
        assert "held the number of orders in 5 and the spend in 4" in text
        assert "in 2 past periods of that length they held 76% to 78% of the customers" in text
    else:
        assert "binnen 90 Tagen 240 Bestellungen; in neun von zehn Fällen werden es zwischen 201" in text
    total = {
        "en": "worth 134% to 156% of what had been expected",
        "de": "waren dann 134 % bis 156 % dessen wert",
    }
    assert total[localised.language] in text.replace("\xa0", " ")
    untested = {"windows": 0, "low": None, "high": None}
    young = replace(localised, forecast={**localised.forecast, "clv_coverage": untested})
    said = {"en": "cannot be told yet", "de": "lässt sich noch nicht sagen"}[localised.language]
    assert said in page_of(young).text
    assert said not in text
    alone = {"windows": 1, "low": 0.864, "high": 0.864}
    once = page_of(replace(localised, forecast={**localised.forecast, "clv_coverage": alone})).text
    assert {"en": "they held 86% of the customers", "de": "enthielten sie 86 % der Personen"}[
        localised.language
    ] in once.replace("\xa0", " ")
    without = replace(localised, forecast={"status": "insufficient_history", "reason": "too few"})
    assert "240" not in page_of(without).text.split("2024")[0]


def test_a_clv_of_margin_alone_is_not_set_beside_the_spend(page_of: PageOf, localised: ReportData) -> None:
    said = {"en": "margin alone, 30", "de": "allein die Marge, 30"}[localised.language]
    assert said in page_of(replace(localised, margin=0.3)).text
    assert said not in page_of(localised).text


def test_it_says_whether_spend_hangs_on_frequency_and_what_follows(
    page_of: PageOf, localised: ReportData
) -> None:
    minus, share = ("−8.3%", "12.5%") if localised.language == "en" else ("−8,3\xa0%", "12,5\xa0%")
    text = page_of(localised).text
    assert minus in text
    assert share in text
    for independent, model in ((True, "gammagamma"), (False, "gammagamma")):
        note = {"spearman": 0.2, "independent": independent, "model": model}
        fit = {**localised.lifetime_value[-1], "spend_by_frequency": note}
        assert minus not in page_of(replace(localised, lifetime_value=[fit])).text


def test_alarms_stand_on_top_in_words(page_of: PageOf, report: ReportData) -> None:
    english, german = (
        page_of(replace(report, language=one, monitor_alarms=ALARMS)).text for one in ("en", "de")
    )
    assert "; How long they have been customers; On which weekdays and in which months; 3 more." in english
    assert "Wie viel ausgegeben wird; Wie lange die Kundenbeziehung besteht; An welchen" in german
    assert "40.0% were expected to stay away, 55.0% did" in english
    assert "40,0\u00a0% sollten wegbleiben, 55,0\u00a0% sind weggeblieben" in german
    assert "(PSI 0,41)" in german
    assert "differs by −30% from what was spent" in english
    assert "Nothing was exported" not in english
    stopped = replace(report, language="de", monitor_alarms=ALARMS, stops_export=True)
    assert "Es wurde nichts exportiert" in page_of(stopped).text
    calm = replace(report, monitor_alarms=(), stops_export=True)
    assert "Nothing was exported" not in page_of(calm).text


def test_past_runs_stand_beside_what_was_promised(page_of: PageOf, report: ReportData) -> None:
    english, german = (page_of(replace(report, language=one)).text for one in ("en", "de"))
    assert "90 days after each score run, what it said" in english
    assert "90 Tage nach jeder Bewertung wird hier verglichen" in german
    row = dict.fromkeys(COLUMNS, 0.5) | {"as_of": "2024-03-01", "customers": 100, "vanished": 2}
    earlier = row | {"as_of": "2024-02-01", "vanished": 0, "log_loss": float("nan")}
    page = page_of(replace(report, reality=pd.DataFrame([earlier, row]))).text
    assert "90 days after it" not in page
    assert page.index("1\u00a0Mar\u00a02024") < page.index("1\u00a0Feb\u00a02024")
    assert "2 no longer in the data" in page
    assert "promised 0.500" in page


def test_it_says_for_whom_the_ranges_are_off(localised: ReportData) -> None:
    def note(*is_off: bool) -> str:
        tenths = pd.DataFrame(
            {"bin": [1, 2, 3], "coverage": [0.9, 0.8, 0.7], "low": 0.6, "high": 1.0, "is_off": is_off}
        )
        spread = {"holdout": {"coverage_80": {"value": 0.78}, "crps": {"value": 5.0}}}
        value = {**localised.value_evaluation, "distribution": spread}
        t, f = Texts(localised.language), Formats(localised.language, localised.currency)
        return value_quality(replace(localised, value_evaluation=value, spend_coverage=tenths), t, f).active

    narrow, wide = {"en": ("too narrow", "too wide"), "de": ("Zu eng", "Zu weit")}[localised.language]
    fine, both = note(False, False, False), note(True, False, True)
    assert "78" in fine
    assert narrow not in fine
    assert wide not in fine
    assert narrow in both
    assert wide in both
    assert both.index("3", both.index(narrow)) < both.index(wide) < both.rindex("1")
