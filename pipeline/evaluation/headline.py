"""The few numbers of an evaluation that fit into one line of `dvc metrics show`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def headline(evaluation: Mapping[str, Any], rule_metrics: Sequence[str]) -> dict[str, Any]:
    """Keep the grade, the model's metrics and a few of the rule's, without intervals.

    Parameters
    ----------
    evaluation : mapping
        As from `evaluate_churn` or `evaluate_value`.
    rule_metrics : sequence of str
        Which metrics of the rule stand beside the model's.

    Returns
    -------
    dict
        `grade`, the model's metrics by name, and the rule's under `rule`. Where nothing was evaluated:
        `grade` None, `status` and `reason`.
    """
    if "model" not in evaluation:
        return {"grade": None, "status": evaluation["status"], "reason": evaluation["reason"]}
    model, rule = evaluation["model"], evaluation["rule"]
    return {
        "grade": evaluation["grade"]["letter"],
        **{name: metric["value"] for name, metric in model.items()},
        "rule": {name: rule[name]["value"] for name in rule_metrics},
    }
