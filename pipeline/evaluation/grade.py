"""A grade in words: does the model beat the simple rules?

| grade | main metric and ranking against a rule |
|-------|------------------------------------------|
| A     | both clearly better                      |
| B     | one clearly better, the other not clearly worse |
| C     | no clear difference, or one clearly better and the other clearly worse |
| D     | clearly worse in one, clearly better in none |

The lowest grade against any rule counts. "Clearly" means that the paired 95 % interval of the difference,
pooled over the origins of the backtest, excludes zero. The main metric is log loss for churn and mean
absolute error for value, the ranking ROC-AUC and normalised Gini. A low absolute error is easily had by
forecasting too little: a value model whose total is clearly off by more than a quarter gets C at best, and a
rule whose total is clearly too low by as much wins nothing by its error.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from pipeline.evaluation.bootstrap import Estimate, Measured

Letter = Literal["A", "B", "C", "D"]

MODEL = "model"
LARGEST_TOTAL_BIAS = 0.25

RULE_NAMES: Mapping[str, str] = {
    "base_rate": "the base rate",
    "recency_threshold": "the recency threshold",
    "recency": "the recency rule",
    "own_rhythm": "silence against the customer's own rhythm",
    "rfm_cell": "the RFM cell",
    "mean_spend": "the mean spend of all",
    "last_horizon": "the spend of the last horizon",
    "spend_rate": "the past spend rate",
}
_CHURN = "log loss {model:.3f} against {rule:.3f}, AUC {model_ranking:.3f} against {rule_ranking:.3f}."
_VALUE = "mean error {model:.4g} against {rule:.4g}, Gini {model_ranking:.3f} against {rule_ranking:.3f}."
SENTENCES: Mapping[str, str] = {
    "churn_a": f"Clearly better than every simple rule. Next is {{name}}: {_CHURN}",
    "churn_b": f"Better than simple rules in part. Next is {{name}}: {_CHURN}",
    "churn_c": f"On the whole no better than {{name}}: {_CHURN}",
    "churn_d": f"A simple rule is better, {{name}}: {_CHURN}",
    "churn_none": "No grade: the test period holds only one kind of customer.",
    "value_a": f"Clearly better than every simple rule. Next is {{name}}: {_VALUE}",
    "value_b": f"Better than simple rules in part. Next is {{name}}: {_VALUE}",
    "value_c": f"On the whole no better than {{name}}: {_VALUE}",
    "value_d": f"A simple rule is better, {{name}}: {_VALUE}",
    "value_bias": f"The forecast total is off by {{bias:+.0%}}; {_VALUE}",
    "value_none": "No grade: nobody spent anything in the test period.",
    "insufficient_history": "No predictions: too little history.",
    "not_tested": "No grade: a horizon ago the log was too short for predictions that could be tested now.",
}
"""One English sentence per message key; the report translates by key and fills in the same numbers."""


@dataclass(frozen=True)
class Grade:
    """A letter (None without a test), the key of its sentence, its numbers, and the rule that decided it."""

    letter: Letter | None
    message: str
    numbers: dict[str, float]
    rule: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON has it, the English sentence included."""
        name = RULE_NAMES.get(self.rule or "", self.rule)
        return {
            "letter": self.letter,
            "message": self.message,
            "numbers": self.numbers,
            "rule": self.rule,
            "text": SENTENCES[self.message].format(**self.numbers, name=name),
        }


def grade_churn(measured: Measured, rules: Sequence[str]) -> Grade:
    """Grade churn probabilities by log loss and ROC-AUC."""
    letter, rule = _toughest(measured, rules, "log_loss", "roc_auc")
    if not np.isfinite(measured.estimate(MODEL, "roc_auc").value):
        return Grade(None, "churn_none", {}, rule)
    return Grade(letter, f"churn_{letter.lower()}", _numbers(measured, rule, "log_loss", "roc_auc"), rule)


def grade_value(measured: Measured, rules: Sequence[str]) -> Grade:
    """Grade spend forecasts by mean absolute error and normalised Gini, with a limit on the total bias."""
    too_low = {rule for rule in rules if measured.estimate(rule, "total_bias").high < -LARGEST_TOTAL_BIAS}
    letter, rule = _toughest(measured, rules, "mae", "normalised_gini", no_winners=too_low)
    bias = measured.estimate(MODEL, "total_bias")
    if not np.isfinite(bias.value):
        return Grade(None, "value_none", {}, rule)
    numbers = {**_numbers(measured, rule, "mae", "normalised_gini"), "bias": bias.value}
    if letter != "D" and (bias.low > LARGEST_TOTAL_BIAS or bias.high < -LARGEST_TOTAL_BIAS):
        return Grade("C", "value_bias", numbers, rule)
    return Grade(letter, f"value_{letter.lower()}", numbers, rule)


def _toughest(
    measured: Measured, rules: Sequence[str], main: str, ranking: str, no_winners: Collection[str] = ()
) -> tuple[Letter, str]:
    """The lowest letter against any rule, and the rule; of several the one that does best in the main metric.

    Rules in ``no_winners`` cannot win in the main metric.
    """

    def letter(rule: str) -> Letter:
        in_main = -_direction(measured.difference(MODEL, rule, main))
        in_ranking = _direction(measured.difference(MODEL, rule, ranking))
        return _letter(max(in_main, 0) if rule in no_winners else in_main, in_ranking)

    def toughness(rule: str) -> tuple[str, bool, float]:
        return letter(rule), rule not in no_winners, -measured.estimate(rule, main).value

    rule = max(rules, key=toughness)
    return letter(rule), rule


def _direction(difference: Estimate) -> int:
    """Sign of a difference whose interval excludes zero, else 0."""
    return int(difference.low > 0) - int(difference.high < 0)


def _letter(main: int, ranking: int) -> Letter:
    """Letter for the directions in which the main metric and the ranking clearly differ from the rule's."""
    better = main + ranking
    if better > 0:
        return "A" if better == 2 else "B"
    return "C" if better == 0 else "D"


def _numbers(measured: Measured, rule: str, main: str, ranking: str) -> dict[str, float]:
    return {
        f"{key}{end}": measured.estimate(prediction, metric).value
        for key, prediction in (("model", MODEL), ("rule", rule))
        for end, metric in (("", main), ("_ranking", ranking))
    }
