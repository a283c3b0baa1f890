"""The whole evaluation of a model, its members and the simple rules as one nested, JSON-ready dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipeline.errors import UserError
from pipeline.evaluation.bootstrap import Measured, measure
from pipeline.evaluation.grade import MODEL, Grade
from pipeline.evaluation.kinds import Kind

Block = dict[str, dict[str, float | None]]


def evaluate(
    table: pd.DataFrame,
    kind: Kind,
    *,
    members: Sequence[str],
    rules: Sequence[str],
    seed: int,
    resamples: int,
) -> dict[str, Any]:
    """Judge a model beside its members and the simple rules, on the holdout and over all origins.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per customer and origin: ``customer_key``, ``cutoff``, ``active`` (bought recently), what
        happened, the predictions ``model`` and one column per member and rule. The last cutoff is the
        holdout. A member may be missing at some origins.
    kind : Kind
        `pipeline.evaluation.kinds.CHURN` or `VALUE`.
    members, rules : sequence of str
        The columns that hold them; at least one rule.
    seed, resamples : int
        Of the customer bootstrap.

    Returns
    -------
    dict
        - ``n`` and what `Kind.about` says of the holdout; ``model``, ``rule`` and ``difference`` there, each
          metric as {value, low, high}
        - ``rule_name``: the rule that decides the grade, of ``rule_names``
        - ``grade``: {letter, message, numbers, rule, text}
        - ``active``: the holdout again, of those alone who bought recently, since ranking the long gone is
          easy; None without any
        - ``backtest``: the model's metrics and its difference to the rule, pooled over the origins; the same
          for every prediction, of all and of the active customers; every prediction's metrics by origin

        What is not defined is None.

    Raises
    ------
    UserError
        If there are no rows, or a prediction is not finite, or not in [0, 1] where it has to be.
    """
    predictions = [MODEL, *members, *rules]
    _check(table, kind, [MODEL, *rules])

    def measured(rows: pd.DataFrame) -> Measured:
        return measure(rows, kind.actual, predictions, kind.metrics, seed=seed, resamples=resamples)

    whole, recent = measured(table), table[table["active"]]
    among_active = measured(recent) if len(recent) else None
    grade = kind.grade(whole, rules)
    rule, last = str(grade.rule), whole.origins[-1]

    def on_holdout(found: Measured, rows: pd.DataFrame) -> dict[str, Any]:
        here = rows[rows["cutoff"] == last]
        return {"n": len(here), **kind.about(here, rule), **_contest(found, rule, last)}

    active_now = among_active is not None and last in among_active.origins
    return {
        **on_holdout(whole, table),
        "rule_name": rule,
        "rule_names": list(rules),
        "grade": grade.as_dict(),
        "active": on_holdout(among_active, recent) if among_active is not None and active_now else None,
        "backtest": {
            "customers": int(table["customer_key"].nunique()),
            "model": _block(whole, MODEL),
            "difference": _difference(whole, rule),
            "predictions": _pooled(whole),
            "active": _pooled(among_active) if among_active is not None else None,
            "origins": [
                {
                    "cutoff": f"{day:%Y-%m-%d}",
                    "n": int((table["cutoff"] == day).sum()),
                    "predictions": [
                        {"name": name, "metrics": _block(whole, name, day)} for name in whole.predictions
                    ],
                }
                for day in whole.origins
            ],
        },
    }


def not_evaluated(reason: str | None) -> dict[str, Any]:
    """Stand in for an evaluation where there was nothing to judge.

    Parameters
    ----------
    reason : str or None
        What the data lack for any prediction; None where there are predictions but no past ones to test.

    Returns
    -------
    dict
        `status` ("insufficient_history" or "not_tested"), `reason`, and a ``grade`` without a letter.
    """
    status = "insufficient_history" if reason else "not_tested"
    grade = Grade(None, status, {}).as_dict()
    text = f"{grade['text']} {reason[:1].upper()}{reason[1:]}." if reason else grade["text"]
    return {"status": status, "reason": reason, "grade": {**grade, "text": text}}


def _check(table: pd.DataFrame, kind: Kind, predictions: Sequence[str]) -> None:
    if table.empty:
        raise UserError("there are no rows to evaluate", where=kind.actual, valid="at least one")
    for column in (kind.actual, *predictions):
        values = table[column].to_numpy(dtype=np.float64)
        broken = int((~np.isfinite(values)).sum())
        if broken:
            raise UserError(
                f"{broken} values to evaluate are missing or infinite", where=column, valid="finite numbers"
            )
        if kind.is_probability and (values.min() < 0 or values.max() > 1):
            raise UserError("holds values outside 0 to 1", where=column, valid="probabilities")


def _block(found: Measured, prediction: str, origin: pd.Timestamp | None = None) -> Block:
    """Metrics of a prediction, at one origin or pooled."""
    return {metric: found.estimate(prediction, metric, origin).as_dict() for metric in found.metrics}


def _difference(found: Measured, other: str, origin: pd.Timestamp | None = None) -> Block:
    """The model's metrics minus another prediction's."""
    return {metric: found.difference(MODEL, other, metric, origin).as_dict() for metric in found.metrics}


def _contest(found: Measured, rule: str, origin: pd.Timestamp) -> dict[str, Block]:
    """Model, rule and their difference at one origin."""
    return {
        "model": _block(found, MODEL, origin),
        "rule": _block(found, rule, origin),
        "difference": _difference(found, rule, origin),
    }


def _pooled(found: Measured) -> list[dict[str, Any]]:
    """Each prediction's metrics over all origins, and how the model differs from it."""
    return [
        {
            "name": name,
            "metrics": _block(found, name),
            "difference": _difference(found, name) if name != MODEL else None,
        }
        for name in found.predictions
    ]
