from __future__ import annotations

from string import Formatter

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation.bootstrap import Measured
from pipeline.evaluation.grade import RULE_NAMES, SENTENCES, grade_churn, grade_value
from pipeline.evaluation.rules import CHURN_RULES, VALUE_RULES

LESS, LEVEL, MORE = -0.02, 0.0, 0.02
SPREAD = np.linspace(-0.01, 0.01, 41)
CASES = [  # direction of the error (lower is better), of the ranking (higher is better), letter
    (LESS, MORE, "A"),
    (LESS, LEVEL, "B"),
    (LEVEL, MORE, "B"),
    (LEVEL, LEVEL, "C"),
    (LESS, LESS, "C"),
    (MORE, MORE, "C"),
    (MORE, LEVEL, "D"),
    (LEVEL, LESS, "D"),
    (MORE, LESS, "D"),
]


def measured(metrics: tuple[str, ...], **numbers: tuple[float, ...]) -> Measured:
    """The model's metrics vary by ±0.01 between resamples, the rules' do not."""
    whole = np.array([list(values) for values in numbers.values()], dtype=float)
    draws = np.repeat(whole[np.newaxis], 1 + len(SPREAD), axis=0)
    draws[1:, 0] += SPREAD[:, np.newaxis]
    return Measured((pd.Timestamp(2024, 1, 1),), tuple(numbers), metrics, draws[:, np.newaxis])


def churn(error: float, ranking: float, **others: tuple[float, ...]) -> Measured:
    return measured(("log_loss", "roc_auc"), model=(0.3 + error, 0.8 + ranking), rule=(0.3, 0.8), **others)


def value(error: float, ranking: float, bias: float = 0.0, rule_bias: float = 0.0) -> Measured:
    return measured(
        ("mae", "normalised_gini", "total_bias"),
        model=(12 + error, 0.7 + ranking, bias),
        rule=(12, 0.7, rule_bias),
    )


@pytest.mark.parametrize(("error", "ranking", "letter"), CASES)
def test_letters(error: float, ranking: float, letter: str) -> None:
    for grade, room in (
        (grade_churn(churn(error, ranking), ["rule"]), "churn"),
        (grade_value(value(error, ranking), ["rule"]), "value"),
    ):
        assert grade.letter == letter
        assert grade.message == f"{room}_{letter.lower()}"
        assert grade.rule == "rule"


def test_touching_zero_is_not_clear() -> None:
    assert grade_churn(churn(-0.00949, 0.00949), ["rule"]).letter == "C"


def test_the_lowest_letter_against_any_rule_counts() -> None:
    found = churn(LESS, MORE, other=(0.3, 0.9), weak=(0.5, 0.6))
    grade = grade_churn(found, ["rule", "other", "weak"])
    assert (grade.letter, grade.rule) == ("C", "other")
    grade = grade_churn(found, ["weak", "rule"])  # both leave an A: the better one is named
    assert (grade.letter, grade.rule) == ("A", "rule")


@pytest.mark.parametrize(("bias", "letter"), [(0.30, "C"), (-0.30, "C"), (0.255, "A"), (-0.255, "A")])
def test_a_total_far_off_caps_the_value_grade(bias: float, letter: str) -> None:
    grade = grade_value(value(LESS, MORE, bias), ["rule"])
    assert grade.letter == letter
    assert grade.numbers["bias"] == bias
    assert grade.message == ("value_bias" if letter == "C" else "value_a")


def test_a_bad_grade_is_not_lifted_by_the_cap() -> None:
    assert grade_value(value(MORE, LESS, 0.9), ["rule"]).letter == "D"


def test_a_rule_that_forecasts_far_too_little_wins_nothing_by_its_error() -> None:
    assert grade_value(value(MORE, MORE, rule_bias=-0.5), ["rule"]).letter == "B"
    assert grade_value(value(MORE, LESS, rule_bias=-0.5), ["rule"]).letter == "D"
    assert grade_value(value(MORE, MORE, rule_bias=0.5), ["rule"]).letter == "C"
    assert grade_value(value(LESS, MORE, rule_bias=-0.5), ["rule"]).letter == "A", "beaten in its error too"


@pytest.mark.parametrize(("rule_bias", "letter"), [(-0.255, "C"), (-0.30, "B")])
def test_a_rule_that_may_forecast_too_little_by_chance_still_wins(rule_bias: float, letter: str) -> None:
    found = measured(  # what is named first varies
        ("mae", "normalised_gini", "total_bias"), rule=(12, 0.7, rule_bias), model=(12.02, 0.72, 0.0)
    )
    assert grade_value(found, ["rule"]).letter == letter


def test_of_rules_as_tough_that_which_forecasts_far_too_little_is_not_named() -> None:
    found = measured(
        ("mae", "normalised_gini", "total_bias"),
        model=(12, 0.72, 0.0),
        too_low=(11, 0.7, -0.5),
        fair=(12, 0.7, 0.0),
    )
    grade = grade_value(found, ["too_low", "fair"])
    assert (grade.letter, grade.rule) == ("B", "fair")


def test_without_a_test_there_is_no_grade() -> None:
    assert grade_churn(churn(LEVEL, np.nan), ["rule"]).as_dict()["letter"] is None
    nothing = grade_value(value(LEVEL, np.nan, np.nan), ["rule"])
    assert nothing.as_dict()["message"] == "value_none"


def test_sentences_can_be_filled_and_every_rule_has_a_name() -> None:
    found = grade_value(value(LESS, MORE, 0.30), ["rule"]).as_dict()
    assert (
        found["text"]
        == "The forecast total is off by +30%; mean error 11.98 against 12, Gini 0.720 against 0.700."
    )
    good = grade_churn(churn(LESS, MORE), ["rule"]).as_dict()
    assert good["text"].endswith("Next is rule: log loss 0.280 against 0.300, AUC 0.820 against 0.800.")
    fields = {name for text in SENTENCES.values() for _, name, _, _ in Formatter().parse(text) if name}
    assert fields == {"model", "rule", "model_ranking", "rule_ranking", "bias", "name"}
    assert set(RULE_NAMES) == {*CHURN_RULES, *VALUE_RULES}
