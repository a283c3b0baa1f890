"""The whole evaluation of one test horizon as nested, JSON-ready dictionaries."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.errors import UserError
from pipeline.evaluation.bootstrap import Comparison, Estimate, compare
from pipeline.evaluation.grade import Grade, grade_churn, grade_value
from pipeline.evaluation.metrics import CHURN_METRICS, VALUE_METRICS, FloatArray


def evaluate_churn(
    churned: ArrayLike,
    probability: ArrayLike,
    rule_probability: ArrayLike,
    keys: ArrayLike,
    *,
    seed: int,
    resamples: int,
    active: ArrayLike | None = None,
) -> dict[str, Any]:
    """Judge churn probabilities against the best simple rule.

    Parameters
    ----------
    churned : array-like of bool
        What happened, shape (n,).
    probability, rule_probability : array-like of float
        What the model and the rule said, in [0, 1], shape (n,).
    keys : array-like of str
        Customer keys, shape (n,).
    seed, resamples : int
        Of the customer bootstrap.
    active : array-like of bool, optional
        Customers who bought recently; they are judged once more by themselves, since ranking the long gone
        is easy.

    Returns
    -------
    dict
        ``n``, ``base_rate``, ``model``, ``rule`` and ``difference`` (each metric as {value, low, high}),
        ``grade`` {letter, message, numbers, text}, and ``active``: the same without the grade, or None.
        What is not defined is None.

    Raises
    ------
    UserError
        If there are no rows, lengths differ, or a prediction is not finite or not in [0, 1].
    """
    y, p, rule, names = _aligned("churn_probability", churned, probability, rule_probability, keys)
    if min(p.min(), rule.min()) < 0 or max(p.max(), rule.max()) > 1:
        raise UserError("holds values outside 0 to 1", where="churn_probability", valid="probabilities")

    def judge(mask: NDArray[np.bool_]) -> tuple[dict[str, Any], Comparison]:
        compared = compare(
            y[mask], p[mask], rule[mask], names[mask], CHURN_METRICS, seed=seed, resamples=resamples
        )
        return {"n": int(mask.sum()), "base_rate": float(y[mask].mean()), **_metrics(compared)}, compared

    whole, compared = judge(np.ones(len(y), dtype=bool))
    part = _mask(active, len(y))
    return {
        **whole,
        "grade": grade_churn(compared).as_dict(),
        "active": judge(part)[0] if part is not None else None,
    }


def evaluate_value(
    actual: ArrayLike,
    predicted: ArrayLike,
    rule_predicted: ArrayLike,
    keys: ArrayLike,
    *,
    seed: int,
    resamples: int,
    active: ArrayLike | None = None,
) -> dict[str, Any]:
    """Judge spend forecasts against the past spend rate.

    Parameters
    ----------
    actual, predicted, rule_predicted : array-like of float
        Money in the horizon, shape (n,).
    keys : array-like of str
        Customer keys, shape (n,).
    seed, resamples : int
        Of the customer bootstrap.
    active : array-like of bool, optional
        Customers who bought recently; judged once more by themselves.

    Returns
    -------
    dict
        ``n``, ``actual_total``, ``predicted_total``, ``rule_total``, ``model``, ``rule``, ``difference``,
        ``grade`` and ``active`` as in `evaluate_churn`.

    Raises
    ------
    UserError
        If there are no rows, lengths differ, or a forecast is not finite.
    """
    y, p, rule, names = _aligned("expected_spend", actual, predicted, rule_predicted, keys)

    def judge(mask: NDArray[np.bool_]) -> tuple[dict[str, Any], Comparison]:
        compared = compare(
            y[mask], p[mask], rule[mask], names[mask], VALUE_METRICS, seed=seed, resamples=resamples
        )
        # fsum: the total must not depend on the order of the rows.
        totals = {
            name: math.fsum(values[mask])
            for name, values in (("actual_total", y), ("predicted_total", p), ("rule_total", rule))
        }
        return {"n": int(mask.sum()), **totals, **_metrics(compared)}, compared

    whole, compared = judge(np.ones(len(y), dtype=bool))
    part = _mask(active, len(y))
    return {
        **whole,
        "grade": grade_value(compared).as_dict(),
        "active": judge(part)[0] if part is not None else None,
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


def _aligned(
    name: str, actual: ArrayLike, predicted: ArrayLike, rule: ArrayLike, keys: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, NDArray[np.str_]]:
    arrays = [np.asarray(values, dtype=np.float64) for values in (actual, predicted, rule)]
    names = np.asarray(keys, dtype=str)
    lengths = {len(values) for values in (*arrays, names)}
    if lengths == {0} or len(lengths) > 1:
        raise UserError(
            f"cannot evaluate columns of {sorted(lengths)} rows",
            where=name,
            valid="as many of each, at least one",
        )
    broken = sum(int((~np.isfinite(values)).sum()) for values in arrays)
    if broken:
        raise UserError(
            f"{broken} values to evaluate are missing or infinite", where=name, valid="finite numbers"
        )
    return arrays[0], arrays[1], arrays[2], names


def _mask(active: ArrayLike | None, rows: int) -> NDArray[np.bool_] | None:
    if active is None:
        return None
    mask = np.asarray(active, dtype=bool)
    if mask.shape != (rows,):
        raise UserError(
            f"{len(mask)} rows do not match {rows}", where="active", valid="one value per customer"
        )
    return mask if mask.any() else None


def _metrics(compared: Comparison) -> dict[str, dict[str, dict[str, float | None]]]:
    def block(estimates: dict[str, Estimate]) -> dict[str, dict[str, float | None]]:
        return {name: estimate.as_dict() for name, estimate in estimates.items()}

    return {
        "model": block(compared.model),
        "rule": block(compared.rule),
        "difference": block(compared.difference),
    }
