"""The figures of the shop's other tables are on the page, as German and English readers write them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pipeline.report.data import ReportData

PageOf = Callable[[ReportData], Any]


def ratio(numerator: float, denominator: float) -> dict[str, float | None]:
    return {"value": numerator / denominator, "numerator": numerator, "denominator": denominator}


UNTOLD = dict.fromkeys(("value", "numerator", "denominator"))
TABLES = {
    "returns": {"returned": ratio(2500.0, 100000.0)},
    "messages": {
        "messages_per_customer": ratio(30, 20),
        "unsubscribed": ratio(3, 1200),
        "messages_clicked": UNTOLD,
    },
    "tickets": {"first_response_hours": ratio(36, 12), "open_complaints": ratio(1, 1)},
    "surveys": {"net_promoter_score": ratio(-4, 20), "survey_satisfaction": {**ratio(0, 1), "value": None}},
}
SHOWN = {
    "en": (
        "Given back 2.5% €2,500 of €100,000 of sales",
        "Messages per customer 1.5 30 messages to 20 customers",
        "Unsubscribed 0.25% 3 of 1,200 messages",
        "Time to the first answer, mean 3.0 h 12 tickets",
        "Complaints still open 100.0% 1 of 1 complaint that",
        "Net Promoter Score, −100 to 100 −20 share of 9 and 10",
    ),
    "de": (
        "Zurückgegeben 2,5 % 2.500 € von 100.000 € Umsatz",
        "Nachrichten pro Person 1,5 30 Nachrichten an 20 Personen",
        "Abgemeldet 0,25 % nach 3 von 1.200",
        "im Mittel 3,0 Std. 12 beantwortete Anfragen",
        "Beschwerden noch offen 100,0 % 1 von 1 eingegangenen Beschwerde",
        "Net Promoter Score, −100 bis 100 −20 Anteil 9 und 10",
    ),
}


def test_what_is_known_is_shown_and_nothing_else(page_of: PageOf, report: ReportData) -> None:
    kpis = {**report.kpis, "tables": TABLES}
    for language, rows in SHOWN.items():
        page = page_of(replace(report, kpis=kpis, language=language, currency="EUR")).text
        text = " ".join(page.replace("\u00a0", " ").split())
        assert [row for row in rows if row not in text] == []
        assert "clicked" not in text
        assert "angeklickt" not in text
        assert "Satisfaction in surveys" not in text
        assert "Zufriedenheit in Umfragen" not in text
    assert "Figures of the other tables" not in page_of(replace(report, language="en")).text
