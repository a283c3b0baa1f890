from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from pipeline.errors import UserError
from pipeline.evaluation.evaluate import evaluate_churn, evaluate_value, not_evaluated
from pipeline.evaluation.headline import headline
from pipeline.evaluation.metrics import CHURN_METRICS, VALUE_METRICS

N = 800
HOW: dict[str, Any] = {"seed": 7, "resamples": 40}


@pytest.fixture(scope="module")
def case() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    p = rng.beta(1, 1, N)
    churned = rng.random(N) < p
    mean = rng.gamma(2.0, 20.0, N)
    return {
        "churned": churned,
        "p": p,
        "noise": np.clip(p + rng.normal(0, 0.3, N), 0.01, 0.99),
        "actual": np.where(churned, 0.0, rng.gamma(3.0, mean / 3)),
        "expected": (1 - p) * mean,
        "flat": np.full(N, 25.0),
        "keys": np.array([f"c{i:04d}" for i in range(N)]),
        "active": rng.random(N) < 0.4,
    }


def strict_json(found: object) -> Any:
    return json.loads(json.dumps(found, allow_nan=False))


def test_churn_block(case: dict[str, np.ndarray]) -> None:
    found = evaluate_churn(
        case["churned"], case["p"], case["noise"], case["keys"], **HOW, active=case["active"]
    )
    assert strict_json(found) == found
    assert (found["n"], found["active"]["n"]) == (N, int(case["active"].sum()))
    assert found["base_rate"] == pytest.approx(case["churned"].mean())
    for block in (found, found["active"]):
        for who in ("model", "rule", "difference"):
            assert list(block[who]) == list(CHURN_METRICS)
        for name, model in block["model"].items():
            assert model["low"] <= model["high"], name
            assert block["difference"][name]["value"] == pytest.approx(
                model["value"] - block["rule"][name]["value"]
            )
    assert found["grade"]["letter"] == "A"


def test_roles_reversed_lose(case: dict[str, np.ndarray]) -> None:
    found = evaluate_churn(case["churned"], case["noise"], case["p"], case["keys"], **HOW)
    assert found["grade"]["letter"] == "D"
    assert found["active"] is None


def test_value_block(case: dict[str, np.ndarray]) -> None:
    found = evaluate_value(
        case["actual"], case["expected"], case["flat"], case["keys"], **HOW, active=case["active"]
    )
    assert strict_json(found) == found
    assert list(found["model"]) == list(VALUE_METRICS)
    assert found["model"]["total_bias"]["value"] == pytest.approx(
        found["predicted_total"] / found["actual_total"] - 1
    )
    assert found["rule_total"] == 25.0 * N
    assert found["grade"]["letter"] == "A"
    assert found["active"]["n"] == int(case["active"].sum())


def test_row_order_does_not_change_a_digit(case: dict[str, np.ndarray]) -> None:
    order = np.random.default_rng(3).permutation(N)
    mixed = {name: values[order] for name, values in case.items()}

    def both(c: dict[str, np.ndarray]) -> tuple[object, object]:
        return (
            evaluate_churn(c["churned"], c["p"], c["noise"], c["keys"], **HOW, active=c["active"]),
            evaluate_value(c["actual"], c["expected"], c["flat"], c["keys"], **HOW, active=c["active"]),
        )

    assert both(mixed) == both(case)


def test_shuffled_labels_are_worth_half(case: dict[str, np.ndarray]) -> None:
    rng = np.random.default_rng(5)
    covered = 0
    for _ in range(20):
        shuffled = rng.permutation(case["churned"])
        found = evaluate_churn(shuffled, case["p"], case["noise"], case["keys"], seed=7, resamples=40)
        auc = found["model"]["roc_auc"]
        covered += auc["low"] <= 0.5 <= auc["high"]
        assert found["model"]["brier_skill"]["high"] < 0
    assert covered >= 16


@pytest.mark.parametrize("everybody", [True, False])
def test_one_class_only(case: dict[str, np.ndarray], everybody: bool) -> None:
    found = evaluate_churn(np.full(N, everybody), case["p"], case["noise"], case["keys"], **HOW)
    assert strict_json(found)["model"]["roc_auc"] == {"value": None, "low": None, "high": None}
    assert found["grade"] == {
        "letter": None,
        "message": "churn_none",
        "numbers": {},
        "text": "No grade: the test period holds only one kind of customer.",
    }


def test_no_spend_and_constant_predictions(case: dict[str, np.ndarray]) -> None:
    nothing = evaluate_value(np.zeros(N), case["expected"], case["flat"], case["keys"], **HOW)
    assert strict_json(nothing)["grade"]["message"] == "value_none"
    constant = evaluate_churn(case["churned"], np.full(N, 0.5), np.full(N, 0.5), case["keys"], **HOW)
    assert strict_json(constant)["model"]["roc_auc"]["value"] == 0.5
    assert constant["grade"]["letter"] == "C"
    one = evaluate_churn([True], [0.5], [0.5], ["c1"], **HOW)
    assert strict_json(one)["n"] == 1


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"p": [0.5]}, "columns of \\[1, 2\\] rows"),
        ({"p": [0.5, np.nan]}, "1 values to evaluate are missing"),
        ({"p": [0.5, 1.2]}, "outside 0 to 1"),
        ({"active": [True]}, "1 rows do not match 2"),
        ({"churned": [], "p": [], "rule": [], "keys": []}, "columns of \\[0\\] rows"),
    ],
)
def test_nonsense_is_refused(change: dict[str, list[float]], text: str) -> None:
    case = {"churned": [True, False], "p": [0.5, 0.5], "rule": [0.5, 0.5], "keys": ["a", "b"], **change}
    with pytest.raises(UserError, match=text):
        evaluate_churn(
            case["churned"], case["p"], case["rule"], case["keys"], **HOW, active=case.get("active")
        )


def test_nobody_active(case: dict[str, np.ndarray]) -> None:
    found = evaluate_churn(
        case["churned"], case["p"], case["noise"], case["keys"], **HOW, active=np.zeros(N, dtype=bool)
    )
    assert found["active"] is None


@pytest.mark.parametrize(
    ("reason", "status"), [("the log covers 9 days", "insufficient_history"), (None, "not_tested")]
)
def test_nothing_to_judge_has_no_grade_and_says_why(reason: str | None, status: str) -> None:
    found = strict_json(not_evaluated(reason))
    assert (found["status"], found["grade"]["letter"], found["grade"]["message"]) == (status, None, status)
    assert found["grade"]["text"].endswith("The log covers 9 days." if reason else "tested now.")
    assert headline(found, ["mae"]) == {"grade": None, "status": status, "reason": reason}
