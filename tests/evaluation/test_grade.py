from __future__ import annotations

from string import Formatter

import pytest

from pipeline.evaluation.bootstrap import Comparison, Estimate
from pipeline.evaluation.grade import SENTENCES, grade_churn, grade_value

LESS, LEVEL, MORE = Estimate(-0.02, -0.03, -0.01), Estimate(0.0, -0.01, 0.01), Estimate(0.02, 0.01, 0.03)
UNDEFINED = Estimate(float("nan"), float("nan"), float("nan"))
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


def churn(loss: Estimate, auc: Estimate) -> Comparison:
    level = {"log_loss": Estimate(0.3, 0.2, 0.4), "roc_auc": Estimate(0.8, 0.7, 0.9)}
    return Comparison(level, level, {"log_loss": loss, "roc_auc": auc})


def value(error: Estimate, gini: Estimate, bias: Estimate = LEVEL) -> Comparison:
    level = {
        "mae": Estimate(12.0, 11.0, 13.0),
        "normalised_gini": Estimate(0.7, 0.6, 0.8),
        "total_bias": bias,
    }
    return Comparison(level, level, {"mae": error, "normalised_gini": gini})


@pytest.mark.parametrize(("error", "ranking", "letter"), CASES)
def test_letters(error: Estimate, ranking: Estimate, letter: str) -> None:
    for grade, room in (
        (grade_churn(churn(error, ranking)), "churn"),
        (grade_value(value(error, ranking)), "value"),
    ):
        assert grade.letter == letter
        assert grade.message == f"{room}_{letter.lower()}"


def test_touching_zero_is_not_clear() -> None:
    assert grade_churn(churn(Estimate(-0.1, -0.2, 0.0), Estimate(0.1, 0.0, 0.2))).letter == "C"


@pytest.mark.parametrize(
    ("bias", "letter"),
    [
        (Estimate(0.30, 0.26, 0.34), "C"),
        (Estimate(-0.30, -0.34, -0.26), "C"),
        (Estimate(0.30, 0.24, 0.36), "A"),
        (Estimate(-0.30, -0.36, -0.24), "A"),
    ],
)
def test_a_total_far_off_caps_the_value_grade(bias: Estimate, letter: str) -> None:
    grade = grade_value(value(LESS, MORE, bias))
    assert grade.letter == letter
    assert grade.numbers["bias"] == bias.value
    assert grade.message == ("value_bias" if letter == "C" else "value_a")


def test_a_bad_grade_is_not_lifted_by_the_cap() -> None:
    assert grade_value(value(MORE, LESS, Estimate(0.9, 0.8, 1.0))).letter == "D"


def test_without_a_test_there_is_no_grade() -> None:
    assert grade_churn(churn(LEVEL, UNDEFINED)).as_dict()["letter"] is None
    assert grade_value(value(LEVEL, UNDEFINED, UNDEFINED)).as_dict()["message"] == "value_none"


def test_sentences_can_be_filled() -> None:
    found = grade_value(value(LESS, MORE, Estimate(0.30, 0.26, 0.34))).as_dict()
    assert found["text"] == "The forecast total is off by +30%; mean error 12 against 12."
    assert grade_churn(churn(LESS, MORE)).as_dict()["text"].endswith("log loss 0.300 against 0.300.")
    fields = {name for text in SENTENCES.values() for _, name, _, _ in Formatter().parse(text) if name}
    assert fields == {"model", "rule", "bias"}
