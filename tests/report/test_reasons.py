from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from pipeline.churn.frame import FEATURES, WORDS
from pipeline.report.formats import Formats
from pipeline.report.reasons import multiple, number, sentence, sentences

EN, DE = Formats("en", "USD"), Formats("de", "EUR")
ALL = dict.fromkeys(FEATURES, 7.0)
SPOKEN = {name: (unit, words.over(91)) for name, (unit, words) in WORDS.items()}


def say(feature: str, f: Formats, average: float = 60.0, **values: float | None) -> str:
    return sentence(feature, values, average=average, spoken=SPOKEN, f=f)


@pytest.mark.parametrize(
    ("f", "said"),
    [
        (EN, "No order for 143 days; usually every 31 days"),
        (DE, "Keine Bestellung seit 143 Tagen; sonst etwa alle 31 Tage"),
    ],
)
def test_silence_is_told_beside_the_own_rhythm(f: Formats, said: str) -> None:
    assert say("days_since_last", f, days_since_last=143, mean_gap_days=31.2) == said


def test_what_is_missing_is_left_out_and_the_average_takes_its_place() -> None:
    said = say("days_since_last", EN, days_since_last=143, mean_gap_days=None)
    assert said == "No order for 143 days (average 60)"
    german = say("days_since_last", DE, days_since_last=143, mean_gap_days=None)
    assert german == "Keine Bestellung seit 143 Tagen (Durchschnitt 60)"


def test_a_short_silence_is_a_recent_order() -> None:
    assert say("days_since_last", EN, days_since_last=1, mean_gap_days=1.0) == (
        "Last order 1 day ago; usually every day"
    )
    assert say("days_since_last", DE, days_since_last=3, mean_gap_days=3.4) == (
        "Letzte Bestellung vor 3 Tagen; sonst etwa alle 3,4 Tage"
    )


def test_a_day_between_orders_is_daily() -> None:
    assert say("days_since_last", DE, days_since_last=1, mean_gap_days=1.0).endswith("; sonst etwa täglich")
    assert say("mean_gap_days", DE, mean_gap_days=1.0) == "Bestellt täglich (Durchschnitt 60)"


def test_an_order_of_the_last_day_was_not_no_days_ago() -> None:
    said = say("days_since_last", DE, days_since_last=0, mean_gap_days=7.0)
    assert said == "Letzte Bestellung am letzten bekannten Tag; sonst etwa alle 7 Tage"


def test_periods_are_said_in_days() -> None:
    assert say("orders_horizon", EN, orders_horizon=3) == "3 orders in the last 91 days (average 60)"
    assert WORDS["orders_4_horizons"][1].over(365).english.endswith("in the last 1,460 days")
    assert WORDS["orders_4_horizons"][1].over(365).german.endswith("in den letzten 1.460 Tagen")
    assert say("orders_half_horizon", DE, orders_half_horizon=1) == (
        "1 Bestellung in den letzten 45 Tagen (Durchschnitt 60)"
    )
    assert say("orders_4_horizons", DE, orders_4_horizons=2).startswith(
        "2 Bestellungen in den letzten 364 Tagen"
    )


def test_one_is_singular_and_none_is_none() -> None:
    assert say("orders_90d", EN, average=1.25, orders_90d=1) == "1 order in the last 90 days (average 1.2)"
    assert say("orders_90d", DE, average=1.25, orders_90d=0) == (
        "Keine Bestellung in den letzten 90 Tagen (Durchschnitt 1,2)"
    )
    assert say("active_weeks_91d", DE, active_weeks_91d=0).startswith("Keine Woche mit Bestellung in")
    assert say("recency", DE, recency=0) == (
        "Nur an einem Tag bestellt: 0 Tage von der ersten bis zur letzten Bestellung (Durchschnitt 60)"
    )


@pytest.mark.parametrize(
    ("feature", "value", "english", "german"),
    [
        (
            "overdue",
            4.6,
            "Silent for 4.6 times the usual gap",
            "Schon 4,6-mal so lange still wie üblich",
        ),
        (
            "overdue",
            0.3,
            "Not due yet: 30% of the usual gap has passed",
            "Noch nicht fällig: 30\u00a0% des üblichen Abstands vergangen",
        ),
        (
            "overdue",
            0.002,
            "Not due yet: less than 1% of the usual gap has passed",
            "Noch nicht fällig: weniger als 1\u00a0% des üblichen Abstands vergangen",
        ),
        (
            "overdue",
            365.0,
            "Silent for more than 10 times the usual gap",
            "Schon mehr als 10-mal so lange still wie üblich",
        ),
        (
            "order_rate_ratio",
            0.0,
            "No order in the last 182 days",
            "Keine Bestellung in den letzten 182 Tagen",
        ),
    ],
)
def test_what_is_measured_by_the_own_habit_has_no_average_and_no_odd_figures(
    feature: str, value: float, english: str, german: str
) -> None:
    assert say(feature, EN, **{feature: value}) == english
    assert say(feature, DE, **{feature: value}) == german


@pytest.mark.parametrize(
    ("feature", "value", "english", "german"),
    [
        (
            "overdue_score",
            0.996,
            "No order for 143 days: more than 99% of the gaps to be expected are shorter (average 50%)",
            "Keine Bestellung seit 143 Tagen: mehr als 99\u00a0% der zu erwartenden Abstände sind kürzer "
            "(Durchschnitt 50\u00a0%)",
        ),
        (
            "top_channel_share",
            0.004,
            "Less than 1% of the orders through the main channel (average 50%)",
            "Weniger als 1\u00a0% der Bestellungen über den wichtigsten Kanal (Durchschnitt 50\u00a0%)",
        ),
        (
            "active_month_share",
            1.0,
            "An order in 100% of the months (average 50%)",
            "In 100\u00a0% der Monate eine Bestellung (Durchschnitt 50\u00a0%)",
        ),
    ],
)
def test_a_share_is_none_or_all_only_if_it_is(feature: str, value: float, english: str, german: str) -> None:
    customer = {"days_since_last": 143, feature: value}
    assert say(feature, EN, average=0.5, **customer) == english
    assert say(feature, DE, average=0.5, **customer) == german


@pytest.mark.parametrize(
    ("feature", "value", "english", "german"),
    [
        (
            "long_gaps",
            1,
            "Came back once after more than 91 days without an order (average 2)",
            "Einmal nach mehr als 91 Tagen ohne Bestellung zurückgekommen (Durchschnitt 2)",
        ),
        (
            "gap_cv",
            0.5,
            "Orders at rather even intervals: they vary by 50% of their mean (average 200%)",
            "Bestellt in recht gleichmäßigen Abständen: Sie schwanken um 50\u00a0% ihres Mittels "
            "(Durchschnitt 200\u00a0%)",
        ),
        (
            "spend_90d",
            0.0,
            "Nothing spent in the last 90 days (average $2.00)",
            "Kein Umsatz in den letzten 90 Tagen (Durchschnitt 2,00\u00a0€)",
        ),
        ("spend_90d", 10.0, "$10.00 spent in the last 90 days (average $2.00)", None),
        ("order_rate_ratio", 0.3, "Orders lately down to 30% of the own average", None),
        ("amount_cv", 0.18, "Spend per order day varies by 18% of its mean (average 200%)", None),
        ("T", 0, "Customer since the last known day (average 2)", None),
        ("points_earned_2_horizons", 0, "No points earned lately (average 2)", None),
    ],
)
def test_a_number_is_told_as_what_it_means(
    feature: str, value: float, english: str, german: str | None
) -> None:
    assert say(feature, EN, average=2.0, **{feature: value}) == english
    if german:
        assert say(feature, DE, average=2.0, **{feature: value}) == german


def test_no_multiple_below_one_is_said_as_times() -> None:
    for feature, (_, words) in WORDS.items():
        if words.against_own:
            said = say(feature, EN, average=0.1, **(ALL | {feature: 0.4}))
            assert "40%" in said
            assert "times" not in said


@pytest.mark.parametrize(
    ("value", "unit", "english", "german"),
    [
        (12.345, "currency", "$12.35", "12,35\u00a0€"),
        (12345.6, "currency", "$12,346", "12.346\u00a0€"),
        (0.125, "share", "12%", "12\u00a0%"),
        (0.034, "", "0.03", "0,03"),
        (2.0, "", "2", "2"),
        (1234.4, "days", "1,234", "1.234"),
        (-3, "orders", "−3", "−3"),
    ],
)
def test_numbers_are_short_and_local(value: float, unit: str, english: str, german: str) -> None:
    assert (number(value, unit, EN), number(value, unit, DE)) == (english, german)


@pytest.mark.parametrize("f", [EN, DE], ids=["en", "de"])
def test_every_feature_can_be_said_in_both_languages(f: Formats) -> None:
    for feature, (unit, words) in WORDS.items():
        for value in (0.0, 1.0, 250.0):
            said = say(feature, f, average=20.0, **(ALL | {feature: value}))
            written = multiple(value, f) if words.against_own else number(value, unit, f)
            assert written in said or (value < 2 and "#" in "".join((words.german, *(words.below or ()))))
            assert not re.search(r"[{}<>#]|nan|None|_", said), feature
            assert said[0].isupper() or said.startswith(written), feature
            assert len(said) < 120


def test_the_two_languages_differ_and_name_the_same_features() -> None:
    for feature in WORDS:
        words = WORDS[feature][1]
        pairs = [(words.english, words.german), *([words.below] if words.below else [])]
        for english, german in pairs:
            assert english != german
            assert re.findall(r"{(\w+)", english) == re.findall(r"{(\w+)", german)
            assert set(re.findall(r"{(\w+)", english)) <= {"value", *FEATURES}


def test_many_customers_are_told_like_one_in_any_order() -> None:
    reasons = pd.Series(["days_since_last", None, "orders", "days_since_last"], dtype="str")
    values = pd.DataFrame(
        {"days_since_last": [90.0, 1, 2, 70], "mean_gap_days": [30.0, 1, 1, np.nan], "orders": [1.0, 2, 3, 4]}
    )
    averages = pd.Series({"days_since_last": 60.0, "orders": 10.0})
    said = sentences(reasons, values, averages, SPOKEN, EN)
    assert said.isna().tolist() == [False, True, False, False]
    assert said.dropna().tolist() == [
        "No order for 90 days; usually every 30 days",
        "3 orders so far (average 10)",
        "No order for 70 days (average 60)",
    ]
    pd.testing.assert_series_equal(sentences(reasons[::-1], values[::-1], averages, SPOKEN, EN), said[::-1])


@pytest.mark.parametrize(
    ("silence", "gap", "said"),
    [
        (90, 30, "No order for 90 days; usually every 30 days"),
        (90, 300, "No order for 90 days (average 60)"),
        (20, 30, "Last order 20 days ago; usually every 30 days"),
        (20, 1, "Last order 20 days ago (average 60)"),
    ],
)
def test_an_own_habit_that_tells_the_opposite_is_left_out(silence: int, gap: int, said: str) -> None:
    assert say("days_since_last", EN, days_since_last=silence, mean_gap_days=gap) == said
