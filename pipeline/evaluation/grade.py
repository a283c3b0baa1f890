"""A grade in words: does the model beat the best simple rule?

| grade | main metric and ranking against the rule |
|-------|------------------------------------------|
| A     | both clearly better                      |
| B     | one clearly better, the other not clearly worse |
| C     | no clear difference, or one clearly better and the other clearly worse |
| D     | clearly worse in one, clearly better in none |

"Clearly" means that the paired 95 % interval of the difference excludes zero. The main metric is log loss for
churn and mean absolute error for value, the ranking ROC-AUC and normalised Gini. A value model whose total
is clearly off by more than a quarter gets C at best: a low absolute error is easily had by forecasting too
little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from pipeline.evaluation.bootstrap import Comparison, Estimate

Letter = Literal["A", "B", "C", "D"]

LARGEST_TOTAL_BIAS = 0.25

SENTENCES: Mapping[str, str] = {
    "churn_a": "Clearly better than the recency rule: log loss {model:.3f} against {rule:.3f}.",
    "churn_b": "Better than the recency rule in part: log loss {model:.3f} against {rule:.3f}.",
    "churn_c": "On the whole no better than the recency rule: log loss {model:.3f} against {rule:.3f}.",
    "churn_d": "The recency rule is better: log loss {model:.3f} against {rule:.3f}.",
    "churn_none": "No grade: the test period holds only one kind of customer.",
    "value_a": "Clearly better than the past spend rate: mean error {model:.4g} against {rule:.4g}.",
    "value_b": "Better than the past spend rate in part: mean error {model:.4g} against {rule:.4g}.",
    "value_c": "On the whole no better than the past spend rate: mean error {model:.4g} against {rule:.4g}.",
    "value_d": "The past spend rate is better: mean error {model:.4g} against {rule:.4g}.",
    "value_bias": "The forecast total is off by {bias:+.0%}; mean error {model:.4g} against {rule:.4g}.",
    "value_none": "No grade: nobody spent anything in the test period.",
    "insufficient_history": "No predictions: too little history.",
    "not_tested": "No grade: a horizon ago the log was too short for predictions that could be tested now.",
}
"""One English sentence per message key; the report translates by key and fills in the same numbers."""


@dataclass(frozen=True)
class Grade:
    """A letter (None without a test), the key of its sentence, and the numbers in the sentence."""

    letter: Letter | None
    message: str
    numbers: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON has it, the English sentence included."""
        return {
            "letter": self.letter,
            "message": self.message,
            "numbers": self.numbers,
            "text": SENTENCES[self.message].format(**self.numbers),
        }


def grade_churn(comparison: Comparison) -> Grade:
    """Grade churn probabilities by log loss and ROC-AUC."""
    loss, auc = comparison.difference["log_loss"], comparison.difference["roc_auc"]
    if not np.isfinite(auc.value):
        return Grade(None, "churn_none", {})
    letter = _letter(main=-_direction(loss), ranking=_direction(auc))
    return Grade(letter, f"churn_{letter.lower()}", _numbers(comparison, "log_loss"))


def grade_value(comparison: Comparison) -> Grade:
    """Grade spend forecasts by mean absolute error and normalised Gini, with a limit on the total bias."""
    error, gini = comparison.difference["mae"], comparison.difference["normalised_gini"]
    bias = comparison.model["total_bias"]
    if not np.isfinite(bias.value):
        return Grade(None, "value_none", {})
    letter = _letter(main=-_direction(error), ranking=_direction(gini))
    numbers = {**_numbers(comparison, "mae"), "bias": bias.value}
    if letter != "D" and (bias.low > LARGEST_TOTAL_BIAS or bias.high < -LARGEST_TOTAL_BIAS):
        return Grade("C", "value_bias", numbers)
    return Grade(letter, f"value_{letter.lower()}", numbers)


def _direction(difference: Estimate) -> int:
    """Sign of a difference whose interval excludes zero, else 0."""
    return int(difference.low > 0) - int(difference.high < 0)


def _letter(*, main: int, ranking: int) -> Letter:
    """Letter for the directions in which the main metric and the ranking clearly differ from the rule's."""
    better = main + ranking
    if better > 0:
        return "A" if better == 2 else "B"
    return "C" if better == 0 else "D"


def _numbers(comparison: Comparison, metric: str) -> dict[str, float]:
    return {"model": comparison.model[metric].value, "rule": comparison.rule[metric].value}
