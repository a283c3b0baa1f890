from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.report.data import ReportData
from pipeline.report.explanations import reasons, waterfalls
from pipeline.report.formats import Formats
from pipeline.report.page import render
from pipeline.report.texts import Texts

EN = Texts("en"), Formats("en", "EUR")


def test_reasons_are_shown_by_risk(report: ReportData) -> None:
    high, low = reasons(report, *EN)
    assert [(bar.label, bar.value) for bar in high.bars] == [
        ("Time since the last order", "82%"),
        ("How often they order", "40%"),
    ]
    assert high.caption.startswith("At high risk: what raises it")
    assert low.caption.startswith("At low risk: what holds them")


def test_a_waterfall_leads_from_the_base_to_the_score(report: ReportData) -> None:
    high, low = waterfalls(report, *EN)
    assert [step.label for step in high.steps] == [
        "Nobody in particular",
        "Time since the last order",
        "How often they order",
        "All else",
    ]
    assert [step.value for step in high.steps] == ["50%", "82%", "90%", "90%"]
    assert [step.side for step in high.steps[1:]] == ["up", "up", "down"]
    ends = [(step.offset, step.offset + step.length) for step in high.steps]
    assert ends[1] == pytest.approx((0, 100 * 1.5 / 2.25))
    assert ends[2] == pytest.approx((100 * 1.5 / 2.25, 100))
    assert [step.value for step in low.steps] == ["50%", "12%", "12%"]


@pytest.mark.parametrize(("language", "said"), [("en", "All else"), ("de", "Alles Übrige")])
def test_the_page_has_them_in_both_languages(report: ReportData, language: str, said: str) -> None:
    assert said in render(replace(report, language=language))


def test_without_explanations_the_section_says_so(report: ReportData) -> None:
    bare = replace(report, reasons=report.reasons[:0], reason_examples=report.reason_examples[:0])
    assert reasons(bare, *EN) == waterfalls(bare, *EN) == []
    assert "Nobody in particular" not in render(bare)


def test_the_captions_are_sentences_in_german_too(report: ReportData) -> None:
    page = render(replace(report, language="de"))
    assert "Bei hohem Risiko: was es erhöht" in page
    assert "zehn mittleren Personen mit niedrigem Risiko" in page
