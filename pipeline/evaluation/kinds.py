"""The two kinds of predictions, churn and value: what happened, who predicts, and how they are judged."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd

from pipeline.evaluation.bootstrap import Measured
from pipeline.evaluation.grade import LARGEST_TOTAL_BIAS, MODEL, Grade, grade_churn, grade_value
from pipeline.evaluation.metrics import CHURN_METRICS, VALUE_METRICS, Metric
from pipeline.evaluation.profit import expected_maximum_profit
from pipeline.evaluation.rules import CHURN_RULES, VALUE_RULES

LARGEST_RATE_GAP = 0.05


@dataclass(frozen=True)
class Kind:
    """What is judged, and how.

    Attributes
    ----------
    name : str
    actual, prediction : str
        Columns of the backtest: what happened, and what the model said.
    member_prefix, rule_prefix : str
        Columns of the backtest that start so hold a member, or a rule.
    rules : tuple of str
        The simple rules to beat.
    metrics : mapping of str to metric
    main, ranking : str
        The two metrics the grade rests on.
    beside_rule : tuple of str
        The metrics of the rule that `dvc metrics show` tells too.
    grade : callable
        Grades what was measured against the rules.
    about : callable
        Describes the holdout's rows, given the rule that is shown beside the model.
    gap_that_matters : callable
        How far the mean prediction of a group may be from the actual mean.
    is_probability : bool
    """

    name: str
    actual: str
    prediction: str
    member_prefix: str
    rule_prefix: str
    rules: tuple[str, ...]
    metrics: Mapping[str, Metric]
    main: str
    ranking: str
    beside_rule: tuple[str, ...]
    grade: Callable[[Measured, Sequence[str]], Grade]
    about: Callable[[pd.DataFrame, str], dict[str, Any]]
    gap_that_matters: Callable[[float], float]
    is_probability: bool

    def with_campaign(self, *, customer_worth: float, offer_cost: float, contact_cost: float) -> Kind:
        """Let the EMPC count with a shop's own worth and costs, in money per customer."""
        empc = partial(
            expected_maximum_profit, clv=customer_worth, incentive=offer_cost, contact=contact_cost
        )
        return replace(self, metrics={**self.metrics, "empc": empc})


def _about_churn(rows: pd.DataFrame, rule: str) -> dict[str, Any]:
    rate = float(rows["churned"].mean())
    return {"base_rate": rate, "lift_cap": 1 / rate if rate > 0 else None}


def _about_value(rows: pd.DataFrame, rule: str) -> dict[str, Any]:
    # fsum: the total must not depend on the order of the rows.
    columns = {"actual": "future_spend", "predicted": MODEL, "rule": rule}
    return {f"{name}_total": math.fsum(rows[column]) for name, column in columns.items()}


CHURN = Kind(
    name="churn",
    actual="churned",
    prediction="churn_probability",
    member_prefix="p_",
    rule_prefix="rule_churn_",
    rules=CHURN_RULES,
    metrics=CHURN_METRICS,
    main="log_loss",
    ranking="roc_auc",
    beside_rule=("roc_auc", "log_loss"),
    grade=grade_churn,
    about=_about_churn,
    gap_that_matters=lambda actual: LARGEST_RATE_GAP,
    is_probability=True,
)
VALUE = Kind(
    name="value",
    actual="future_spend",
    prediction="expected_spend",
    member_prefix="spend_",
    rule_prefix="rule_spend_",
    rules=VALUE_RULES,
    metrics=VALUE_METRICS,
    main="mae",
    ranking="normalised_gini",
    beside_rule=("mae", "normalised_gini", "total_bias"),
    grade=grade_value,
    about=_about_value,
    gap_that_matters=lambda actual: LARGEST_TOTAL_BIAS * actual,
    is_probability=False,
)
