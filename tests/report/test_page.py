from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

from pipeline.evaluation import fairness
from pipeline.evaluation.reality import COLUMNS
from pipeline.features.catalogue import TOPICS
from pipeline.report import ReportData, groups, render
from pipeline.report.formats import Formats
from pipeline.report.quality import value_quality
from pipeline.report.texts import Texts
from pipeline.retention import LIFECYCLE_STAGES, NEXT_ACTIONS, SEGMENTS, retention_kpis

NO_INTERVAL = {"value": 0.0, "low": None, "high": None}
VOID = {"meta", "line", "polyline", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Collects what the tests ask for, and fails on tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data + " "

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)

    def attributes(self, tag: str, name: str) -> list[str | None]:
        return [attrs.get(name) for found, attrs in self.tags if found == tag]


@pytest.fixture(params=["en", "de"])
def localised(request: pytest.FixtureRequest, report: ReportData) -> ReportData:
    return replace(report, language=request.param)


def test_the_page_is_whole_and_the_same_each_time(localised: ReportData) -> None:
    text = render(localised)
    page = Page(text)
    assert text.startswith("<!doctype html>")
    assert page.attributes("html", "lang") == [localised.language]
    assert page.count("h1") == 1
    assert page.count("h2") == 10
    assert render(localised) == text


def test_nothing_is_loaded_and_nothing_runs(localised: ReportData) -> None:
    text = render(localised)
    page = Page(text)
    assert not re.search(r"https?://|//[a-z]|url\(|@import|javascript:", text)
    assert not {"script", "link", "img", "iframe", "form"} & {tag for tag, _ in page.tags}
    names = {name for _, attrs in page.tags for name in attrs}
    assert not any(name.startswith("on") or name in ("src", "href") for name in names)


def test_charts_and_tables_speak_to_those_who_cannot_see_them(localised: ReportData) -> None:
    page = Page(render(localised))
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
def test_a_hostile_shop_name_is_only_text(localised: ReportData, title: str) -> None:
    page = Page(render(replace(localised, title=title)))
    assert not {"script", "img"} & {tag for tag, _ in page.tags}
    assert title in page.text


def test_hostile_texts_in_the_data_are_only_text(report: ReportData) -> None:
    bad = "<img src=x onerror=alert(1)>"
    importance = pd.DataFrame({"feature": [bad], "log_loss_increase": [0.1], "low": [0.05], "high": [0.15]})
    page = Page(render(replace(report, importance=importance, ingest={bad: 1}, currency=bad, run_id=bad)))
    assert "img" not in {tag for tag, _ in page.tags}


def test_numbers_are_written_the_way_the_reader_writes_them(report: ReportData) -> None:
    english, german = (Page(render(replace(report, language=one))).text for one in ("en", "de"))
    rate = report.kpis["repeat_purchase_rate"]
    percent = f"{100 * rate['value']:.1f}"
    assert f"{percent}%" in english
    assert f"{rate['numerator']} of {rate['denominator']} customers" in english
    assert percent.replace(".", ",") + "\u00a0%" in german
    assert "12,345" in english
    assert "12.345" in german
    assert "30\u00a0Jun\u00a02024" in english
    assert "30.06.2024" in german


def test_the_grade_is_shown_with_the_days_it_was_measured_on(report: ReportData) -> None:
    page = Page(render(report))
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


def test_every_test_day_and_every_simple_rule_has_its_row(localised: ReportData) -> None:
    page = Page(render(localised))
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


def test_one_test_day_has_no_mean(report: ReportData) -> None:
    once = {**report.churn_evaluation["backtest"]}
    once["origins"] = once["origins"][-1:]
    churn = {**report.churn_evaluation, "backtest": once}
    assert Page(render(replace(report, churn_evaluation=churn))).text.count("On average ") == 1


def test_leaks_and_groups_that_are_off_are_said_plainly(report: ReportData) -> None:
    def off(found: Mapping[str, Any], *rows: dict[str, Any]) -> dict[str, Any]:
        shown = {"n": 1234, "predicted": 0.5, "actual": 0.75}
        fine = [{**row, "is_off": False} for row in found["slices"]]
        return {**found, "slices": [*fine, *({**shown, **row, "is_off": True} for row in rows)]}

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
    page = Page(render(found))
    assert "Country <AT>: a risk of 50.0% was predicted, 75.0% did not order (1,234 cases)." in page.text
    small = {"group": "cohort", "level": "other"}
    rest = replace(found, value_evaluation=off(report.value_evaluation, small))
    assert "First order in quarter (all others): €0.50 per customer" in Page(render(rest)).text
    assert "Customers with a single order: €0.50 per customer were expected, €0.75" in page.text
    assert "“Own rhythm: gaps between orders (overdue)” alone tells almost perfectly" in page.text


def test_ids_in_several_spellings_are_counted_in_words(localised: ReportData) -> None:
    text = Page(render(replace(localised, ingest={**localised.ingest, "alike_ids": 7}))).text
    said = {
        "en": "Customer numbers that only capitals",
        "de": "Kundennummern, die sich nur durch Groß- und Kleinschreibung",
    }
    assert said[localised.language] in text


def test_where_age_or_income_are_features_each_group_has_its_row(localised: ReportData) -> None:
    assert Texts(localised.language)("fairness.title") not in Page(render(localised)).text
    numbers = dict.fromkeys(fairness.COLUMNS[3:], 0.25)
    rows = [{"group": "all", "level": "all", "n": 1200}, {"group": "age", "level": "60-69", "n": 130}]
    table = pd.DataFrame([{**row, **numbers} for row in rows])
    text = Page(render(replace(localised, fairness=table))).text
    assert Texts(localised.language)("fairness.title") in text
    assert ("Alter: 60-69" if localised.language == "de" else "Age: 60-69") in text


def test_a_warning_shows_when_pseudonyms_can_be_guessed(report: ReportData) -> None:
    assert "CHURN_PEPPER" not in render(report)
    assert "CHURN_PEPPER" in render(replace(report, is_demo_pepper=True))


def test_an_unfinished_month_is_said_to_be_unfinished(report: ReportData) -> None:
    assert "not complete" not in render(report)
    assert "not complete" in render(replace(report, as_of=date(2024, 6, 20)))


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_segment_action_and_stage_has_its_own_words(report: ReportData, language: Any) -> None:
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
    page = Page(render(replace(report, language=language, segment_summary=summary, stage_counts=stages)))
    assert page.count("h3") >= 12
    for name in (*SEGMENTS, *NEXT_ACTIONS.values(), *LIFECYCLE_STAGES):
        assert "_" not in name or name not in page.text


def test_the_page_stands_with_almost_nothing_to_show(localised: ReportData) -> None:
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
    page = Page(render(empty))
    assert page.count("svg") == 0
    assert "nan" not in page.text.lower().split()
    assert "None" not in page.text


def test_huge_numbers_are_shortened(report: ReportData) -> None:
    summary = report.segment_summary.assign(expected_spend=9e12, clv=4e13)
    page = Page(render(replace(report, segment_summary=summary, language="de")))
    assert "Bio." in page.text


def test_the_other_tables_and_what_is_switched_off_without_them(report: ReportData) -> None:
    english, german = (Page(render(replace(report, language=language))).text for language in ("en", "de"))
    assert all(words in english for words in ("Surveys", "812", "25%", "response_id 50%", "time to answer"))
    assert all(words in german for words in ("Umfragen", "01.07.2023 bis 30.06.2024", "offene Beschwerden"))
    assert "Stornos ausgelassen" in german
    neither = render(replace(report, tables={}, without=[]))
    assert "other tables" not in neither
    assert "more data" not in neither


def test_the_forecast_is_told_with_its_range_and_how_often_such_ranges_held(localised: ReportData) -> None:
    text = Page(render(localised)).text
    if localised.language == "en":
        assert (
            "we expect 240 orders in the next 90 days; nine times out of ten it will be between 201 and 286"
            in text
        )
        assert "held the number of orders in 5 and the spend in 4" in text
        assert "in 2 past periods of that length they held 76% to 78% of the customers" in text
    else:
        assert "binnen 90 Tagen 240 Bestellungen; in neun von zehn Fällen werden es zwischen 201" in text
    untested = {"windows": 0, "low": None, "high": None}
    young = replace(localised, forecast={**localised.forecast, "clv_coverage": untested})
    said = {"en": "cannot be told yet", "de": "lässt sich noch nicht sagen"}[localised.language]
    assert said in Page(render(young)).text
    assert said not in text
    without = replace(localised, forecast={"status": "insufficient_history", "reason": "too few"})
    assert "240" not in Page(render(without)).text.split("2024")[0]


def test_a_clv_of_margin_alone_is_not_set_beside_the_spend(localised: ReportData) -> None:
    said = {"en": "margin alone, 30", "de": "allein die Marge, 30"}[localised.language]
    assert said in Page(render(replace(localised, margin=0.3))).text
    assert said not in Page(render(localised)).text


def test_it_says_whether_spend_hangs_on_frequency_and_what_follows(localised: ReportData) -> None:
    minus, share = ("−8.3%", "12.5%") if localised.language == "en" else ("−8,3\xa0%", "12,5\xa0%")
    text = Page(render(localised)).text
    assert minus in text
    assert share in text
    for independent, model in ((True, "gammagamma"), (False, "gammagamma")):
        note = {"spearman": 0.2, "independent": independent, "model": model}
        fit = {**localised.lifetime_value[-1], "spend_by_frequency": note}
        assert minus not in Page(render(replace(localised, lifetime_value=[fit]))).text


ALARMS = (
    {"kind": "features", "features": [topic.features[0].name for topic in TOPICS[:9]] + ["spend_90d"]},
    {"kind": "score", "psi": 0.41},
    {"kind": "churn_rate", "as_of": "2024-03-01", "predicted": 0.4, "realised": 0.55},
    {"kind": "log_loss", "as_of": "2024-03-01", "found": 0.6, "worst": 0.4},
    {"kind": "spend", "as_of": "2024-03-01", "bias": -0.3},
)


def test_alarms_stand_on_top_in_words(report: ReportData) -> None:
    english, german = (
        Page(render(replace(report, language=one, monitor_alarms=ALARMS))).text for one in ("en", "de")
    )
    assert "; How long they have been customers; On which weekdays and in which months; 3 more." in english
    assert "Wie viel ausgegeben wird; Wie lange die Kundenbeziehung besteht; An welchen" in german
    assert "40.0% were expected to stay away, 55.0% did" in english
    assert "40,0\u00a0% sollten wegbleiben, 55,0\u00a0% sind weggeblieben" in german
    assert "(PSI 0,41)" in german
    assert "differs by −30% from what was spent" in english
    assert "Nothing was exported" not in english
    stopped = replace(report, language="de", monitor_alarms=ALARMS, stops_export=True)
    assert "Es wurde nichts exportiert" in Page(render(stopped)).text
    calm = replace(report, monitor_alarms=(), stops_export=True)
    assert "Nothing was exported" not in Page(render(calm)).text


def test_past_runs_stand_beside_what_was_promised(report: ReportData) -> None:
    english, german = (Page(render(replace(report, language=one))).text for one in ("en", "de"))
    assert "90 days after it, what it said" in english
    assert "90 Tage nach ihr wird hier verglichen" in german
    row = dict.fromkeys(COLUMNS, 0.5) | {"as_of": "2024-03-01", "customers": 100, "vanished": 2}
    earlier = row | {"as_of": "2024-02-01", "vanished": 0, "log_loss": float("nan")}
    page = Page(render(replace(report, reality=pd.DataFrame([earlier, row])))).text
    assert "90 days after it" not in page
    assert page.index("1\u00a0Mar\u00a02024") < page.index("1\u00a0Feb\u00a02024")
    assert "2 no longer in the data" in page
    assert "promised 0.500" in page


def test_a_month_with_few_new_customers_is_left_out(report: ReportData) -> None:
    cohorts = pd.DataFrame(
        {
            "cohort": ["2024-01-01"] * 3 + ["2024-02-01"] * 2,
            "month_offset": [0, 1, 2, 0, 1],
            "customers": [9, 9, 9, 40, 40],
            "active": [9, 3, 1, 40, 10],
            "retention": [1.0, 1 / 3, 1 / 9, 1.0, 0.25],
        }
    )
    [enough] = groups.heat_map(replace(report, cohorts=cohorts), Formats("en", "EUR"))
    assert (enough.customers, [(cell.main, cell.tint) for cell in enough.cells]) == ("40", [("25", 100.0)])


def test_without_anybody_who_came_back_no_sentence_has_a_hole(localised: ReportData) -> None:
    orders = pd.DataFrame(
        {"customer_key": ["a", "b"], "ordered_at": pd.to_datetime("2024-06-01"), "amount": [10.0, 20.0]}
    )
    found = replace(localised, kpis=retention_kpis(orders, localised.as_of, localised.horizon_days))
    text = Page(render(found)).text
    once, nobody = {
        "en": ("nobody has ordered on a second day", "nobody had ordered in the 90 days before"),
        "de": ("noch niemand hat an einem zweiten Tag bestellt", "90 Tage lang niemand"),
    }[localised.language]
    assert once in text
    assert nobody in text


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


def test_customers_who_returned_everything_are_accounted_for_where_the_numbers_meet(
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
            language: Page(render(replace(report, kpis=kpis, language=language))).text
            for language in ("en", "de")
        }
        assert ("not here: " + english in page["en"]) if english else ("not here" not in page["en"])
        assert ("hier nicht: " + german in page["de"]) if german else ("hier nicht" not in page["de"])
