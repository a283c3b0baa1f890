from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest

import pipeline.report
from pipeline.churn.calibrate import CALIBRATORS
from pipeline.churn.frame import TOPICS
from pipeline.evaluation.alarms import LIMITS as ALARMS
from pipeline.evaluation.grade import SENTENCES as GRADES
from pipeline.evaluation.rules import CHURN_RULES, VALUE_RULES
from pipeline.features.catalogue.people import ATTRIBUTES
from pipeline.preflight.floors import SENTENCES as PREFLIGHT
from pipeline.report.charts import Layer, bars, curve
from pipeline.report.formats import Formats
from pipeline.report.measures import Aim
from pipeline.report.quality import CHURN_AIMS, VALUE_AIMS
from pipeline.report.texts import SENTENCES, WORDS, Texts
from pipeline.retention.actions import NEXT_ACTIONS, SEGMENTS
from pipeline.retention.lifecycle import CHURN_RISKS, LIFECYCLE_STAGES, VALUE_TIERS
from pipeline.retention.rfm import RFM_GROUPS
from pipeline.tables.contracts import OPTIONAL, ORDER_LOG
from pipeline.tables.remarks import Doubt
from pipeline.tables.rules import RULES

FOLDER = Path(pipeline.report.__file__).parent
PAIRS = [*SENTENCES.items(), *((name, pair) for words in WORDS.values() for name, pair in words.items())]


@pytest.mark.parametrize(("key", "pair"), PAIRS, ids=lambda value: value if isinstance(value, str) else "")
def test_both_languages_say_something_with_the_same_numbers(key: str, pair: tuple[str, str]) -> None:
    english, german = pair
    assert english.strip() == english != ""
    assert german.strip() == german != ""
    assert set(re.findall(r"{(\w+)", english)) == set(re.findall(r"{(\w+)", german))


@pytest.mark.parametrize(("key", "pair"), PAIRS, ids=lambda value: value if isinstance(value, str) else "")
def test_each_language_is_where_it_belongs(key: str, pair: tuple[str, str]) -> None:
    english, german = pair
    assert not re.search(r"[äöüß„]|\b(der|das|ein|eine|und|ist|sind|nicht|mit|von|für|bei|als|zu)\b", english)
    assert not re.search(r"\b(the|a|and|is|are|not|with|of|for|by|as|to|from)\b", german)


def test_counts_take_their_nouns() -> None:
    for language, (one, many) in {"en": ("1 day", "2 days"), "de": ("1 Tag", "2 Tage")}.items():
        t, f = Texts(language), Formats(language, "EUR")
        assert one in t("segments.clv", days=f.number(1))
        assert many in t("segments.clv", days=f.number(2))


@pytest.mark.parametrize("pair", [*SENTENCES.values(), *PREFLIGHT.values()])
def test_no_number_stands_before_a_noun_that_is_always_plural(pair: str | tuple[str, str]) -> None:
    nouns = "days|customers|orders|periods|cases|Tagen?|Personen|Bestellungen|Zeiträumen?|Fälle"
    for text in pair if isinstance(pair, tuple) else [pair]:
        for name in re.findall(rf"{{(\w+)(?::,)?}} (?:{nouns})\b", text):
            assert name == "needed", text  # a floor of hundreds


def test_every_sentence_is_used_and_every_used_one_is_there() -> None:
    sources = [
        path for path in FOLDER.rglob("*") if path.suffix in (".py", ".html") and "sentences" not in path.name
    ]
    code = "".join(path.read_text(encoding="utf-8") for path in sources)
    used = set(re.findall(r"""\bt\(\s*["']([\w.]+)["']""", code))
    assert used <= set(SENTENCES)
    built = re.compile(
        r"grade\.|floors?\.|choice\.|(kpis|gains|calibration|roc|value_calibration|monthly)\.\w+|better$|worse$"
        r"|(tracking|by_week|calibration_by_\w+|interval_\w+|expected_orders|p_alive|alive_history|spend_fit)\.\w+"
        r"|(orders_per_week|dropout_\w+)\.\w+|unclear$|monitor\.|alarm\.|off\.|fairness\.|rules\.\w+|rfm\.\w+"
        r"|table_kpi\.|spend_coverage\.|forecast\.clv|calibrators\.|backtest\.(model|rule)$|(quality|reality)\.\w+"
    )
    assert {key for key in SENTENCES if key not in used and not built.match(key)} == set()


def test_everything_the_pipeline_names_has_a_word() -> None:
    assert set(TOPICS) == set(WORDS["feature"])
    assert {*SEGMENTS, "other"} == set(WORDS["segment"]) == set(WORDS["meaning"])
    assert {*NEXT_ACTIONS.values(), ""} == set(WORDS["action"]) == set(WORDS["advice"])
    assert set(LIFECYCLE_STAGES) == set(WORDS["stage"])
    assert {*RFM_GROUPS, "other"} == set(WORDS["rfm"])
    assert {*CHURN_RISKS, *VALUE_TIERS} == set(WORDS["band"])
    assert {*CHURN_AIMS, *VALUE_AIMS} <= set(WORDS["metric"])
    assert set(get_args(Aim)) == set(WORDS["aim"])
    assert {ORDER_LOG.name, *OPTIONAL} == set(WORDS["table"])
    feeds = {use for contract in OPTIONAL.values() for use in contract.feeds}
    columns = (column for contract in (ORDER_LOG, *OPTIONAL.values()) for column in contract.columns)
    assert feeds | {use for column in columns for use in column.feeds} == set(WORDS["feature of a table"])
    assert {rule.name for rule in RULES} <= set(WORDS["rule"])
    assert {f"grade.{message}" for message in GRADES} <= set(SENTENCES)
    assert {*CHURN_RULES, *VALUE_RULES} == set(WORDS["simple_rule"])
    assert set(CALIBRATORS) == set(WORDS["calibrator"])
    assert {f"alarm.{kind}" for kind in ALARMS} <= set(SENTENCES)
    assert {"age", *ATTRIBUTES} == set(WORDS["people"])
    assert {*get_args(Doubt)} - {"lines_as_orders"} == set(WORDS["doubt"])


ENGLISH, GERMAN = Formats("en", "EUR"), Formats("de", "EUR")


@pytest.mark.parametrize(
    ("english", "german", "expected"),
    [
        (ENGLISH.money(1234.56), GERMAN.money(1234.56), ("€1,234.56", "1.234,56\u00a0€")),
        (ENGLISH.money(-0.5), GERMAN.money(-0.5), ("−€0.50", "−0,50\u00a0€")),
        (Formats("en", "JPY").money(0.0), Formats("de", "HUF").money(678.4), ("JPY\u00a00", "678\u00a0HUF")),
        (
            Formats("en", "XXX").money(-1234.5),
            Formats("de", "XXX").money(-1234.5),
            ("−1,234.50", "−1.234,50"),
        ),
        (
            ENGLISH.money_short(2_500_315),
            GERMAN.money_short(2_500_315),
            ("€2.50\u00a0m", "2,50\u00a0Mio.\u00a0€"),
        ),
        (ENGLISH.money_short(4e11), GERMAN.money_short(4e11), ("€400\u00a0bn", "400\u00a0Mrd.\u00a0€")),
        (ENGLISH.money_short(999_999), GERMAN.money_short(999_999), ("€999,999", "999.999\u00a0€")),
        (ENGLISH.percent(0.1234), GERMAN.percent(0.1234), ("12.3%", "12,3\u00a0%")),
        (ENGLISH.number(-0.0001, 2), GERMAN.number(1234567), ("0.00", "1.234.567")),
        (ENGLISH.day(date(2024, 3, 5)), GERMAN.day("2024-03-05"), ("5\u00a0Mar\u00a02024", "05.03.2024")),
        (
            ENGLISH.month("2024-03-01"),
            GERMAN.month(pd.Timestamp(2024, 3, 1)),
            ("Mar\u00a02024", "März\u00a02024"),
        ),
        (ENGLISH.money(None), GERMAN.percent(float("nan")), ("–", "–")),
        (ENGLISH.number(pd.NA), GERMAN.day(None), ("–", "–")),
        (
            Formats("en", "CHF").money(-5),
            Formats("de", "CHF").money(-5),
            ("−CHF\u00a05.00", "−5,00\u00a0CHF"),
        ),
    ],
)
def test_formats(english: str, german: str, expected: tuple[str, str]) -> None:
    assert (english, german) == expected


def test_a_curve_starts_at_the_lower_left_and_ends_at_the_upper_right() -> None:
    svg = curve("Label", [0, 1], [0, 1], axis=ENGLISH.percent, x_title="x", y_title="y", has_dots=True)
    assert svg.count("<circle") == 2
    [line] = re.findall(r'polyline class="line" points="([\d.]+),([\d.]+) ([\d.]+),([\d.]+)"', svg)
    left, bottom, right, top = map(float, line)
    assert left < right
    assert bottom > top  # y grows downwards
    assert 'aria-label="Label"' in svg


def test_bars_are_stacked_to_scale_and_fit_the_frame() -> None:
    layers = [Layer("a", [1.0, 0.0], "main"), Layer("b", [3.0, 2.0], "second")]
    svg = bars("Label", ["x<1>", "y"], layers, axis=ENGLISH.number)
    boxes = [
        (float(y), float(height))
        for y, height in re.findall(r'y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', svg)
    ]
    (a_y, a_height), (b_y, b_height), _, (other_y, other_height) = boxes
    assert b_height == pytest.approx(3 * a_height, abs=0.2)
    assert b_y + b_height == pytest.approx(a_y, abs=0.2)
    assert other_y + other_height == pytest.approx(a_y + a_height, abs=0.2)
    assert min(a_y, b_y, other_y) >= 0
    assert "x<1>" not in svg


def test_bars_of_nothing_are_drawn_without_dividing_by_zero() -> None:
    assert "<svg" in bars("Label", [], [Layer("a", [], "main")], axis=ENGLISH.number)
    assert "<svg" in bars("Label", ["x"], [Layer("a", [0.0], "main")], axis=ENGLISH.number)
