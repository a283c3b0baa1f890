from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import UserError
from pipeline.evaluation.evaluate import evaluate, not_evaluated
from pipeline.evaluation.headline import brief, headline, origins_table, pooled_table, slices_table
from pipeline.evaluation.kinds import CHURN, VALUE
from pipeline.evaluation.metrics import CHURN_METRICS, VALUE_METRICS

N = 500
HOW: dict[str, Any] = {"members": ["half"], "rules": ["noise", "flat"], "seed": 7, "resamples": 30}


def churn_rows(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 1, N)
    return pd.DataFrame(
        {
            "customer_key": [f"c{i:04d}" for i in range(N)],
            "cutoff": pd.Timestamp(2024, 1, 1) + pd.Timedelta(days=90 * seed),
            "active": rng.random(N) < 0.4,
            "churned": rng.random(N) < p,
            "model": p,
            "half": np.clip(p + rng.normal(0, 0.1, N), 0.01, 0.99),
            "noise": np.clip(p + rng.normal(0, 0.2, N), 0.01, 0.99),
            "flat": 0.5,
        }
    )


def value_rows(seed: int) -> pd.DataFrame:
    rows = churn_rows(seed)
    rng = np.random.default_rng(seed + 100)
    mean = rng.gamma(2.0, 20.0, N)
    expected = (1 - rows["model"]) * mean
    return rows.assign(
        future_spend=np.where(rows["churned"], 0.0, rng.gamma(3.0, mean / 3)),
        model=expected,
        half=expected * rng.gamma(4, 1 / 4, N),
        noise=expected * rng.gamma(1, 1, N),
        flat=25.0,
    )


@pytest.fixture(scope="module")
def churn() -> pd.DataFrame:
    return pd.concat([churn_rows(seed) for seed in (0, 1, 2)], ignore_index=True)


@pytest.fixture(scope="module")
def value() -> pd.DataFrame:
    return pd.concat([value_rows(seed) for seed in (0, 1, 2)], ignore_index=True)


def strict_json(found: object) -> Any:
    return json.loads(json.dumps(found, allow_nan=False))


def test_churn_is_judged_on_the_last_origin_and_over_all(churn: pd.DataFrame) -> None:
    found = evaluate(churn, CHURN, **HOW)
    last = churn[churn["cutoff"] == churn["cutoff"].max()]
    assert strict_json(found) == found
    assert (found["n"], found["active"]["n"]) == (N, int(last["active"].sum()))
    assert found["base_rate"] == pytest.approx(last["churned"].mean())
    assert found["lift_cap"] == pytest.approx(1 / found["base_rate"])
    assert found["model"]["top_decile_lift"]["value"] <= found["lift_cap"]
    for block in (found, found["active"]):
        for who in ("model", "rule", "difference"):
            assert list(block[who]) == list(CHURN_METRICS)
        for name, model in block["model"].items():
            assert model["low"] <= model["high"], name
            assert block["difference"][name]["value"] == pytest.approx(
                model["value"] - block["rule"][name]["value"]
            )
    assert (found["grade"]["letter"], found["grade"]["rule"]) == ("A", "noise")


def by_name(records: list[dict[str, Any]]) -> dict[str, Any]:
    return {record["name"]: record for record in records}


def test_the_backtest_holds_every_prediction_and_paired_differences(churn: pd.DataFrame) -> None:
    backtest = evaluate(churn, CHURN, **HOW)["backtest"]
    assert [origin["cutoff"] for origin in backtest["origins"]] == ["2024-01-01", "2024-03-31", "2024-06-29"]
    pooled = by_name(backtest["predictions"])
    assert list(pooled) == ["model", "half", "noise", "flat"]
    losses = [
        by_name(origin["predictions"])["model"]["metrics"]["log_loss"] for origin in backtest["origins"]
    ]
    loss = pooled["model"]["metrics"]["log_loss"]
    assert loss == backtest["model"]["log_loss"]
    assert loss["value"] == pytest.approx(np.mean([each["value"] for each in losses]))
    assert loss["high"] - loss["low"] < losses[0]["high"] - losses[0]["low"]
    assert pooled["model"]["difference"] is None
    difference = pooled["half"]["difference"]["log_loss"]
    assert difference["high"] < 0  # the model is better
    assert difference["high"] - difference["low"] < loss["high"] - loss["low"]
    assert list(by_name(backtest["active"])) == list(pooled)


def test_a_member_that_an_origin_did_not_have_is_compared_where_it_was(churn: pd.DataFrame) -> None:
    first = churn["cutoff"].min()
    some = churn.assign(half=churn["half"].mask(churn["cutoff"] == first))
    found = strict_json(evaluate(some, CHURN, **HOW))["backtest"]
    at_first = by_name(found["origins"][0]["predictions"])["half"]["metrics"]["log_loss"]
    assert at_first == {"value": None, "low": None, "high": None}
    later = evaluate(churn[churn["cutoff"] > first], CHURN, **HOW)["backtest"]
    for part in ("metrics", "difference"):
        here, there = (by_name(each["predictions"])["half"][part]["log_loss"] for each in (found, later))
        assert here["value"] == pytest.approx(there["value"])


def test_the_tables_for_plots_hold_what_was_found(churn: pd.DataFrame) -> None:
    found = {**evaluate(churn, CHURN, **HOW), "slices": [{"group": "all", "level": "all", "is_off": True}]}
    table = origins_table(found, ["log_loss"])
    assert list(table) == ["cutoff", "prediction", "log_loss", "log_loss_low", "log_loss_high"]
    assert len(table) == 3 * 4
    assert headline(found, ["roc_auc"])["slices_off"] == 1
    pooled = pooled_table(found).set_index(["customers", "prediction", "metric"]).sort_index()
    assert len(pooled) == 2 * 4 * len(CHURN_METRICS)
    half = by_name(found["backtest"]["predictions"])["half"]
    assert pooled.loc[("all", "half", "brier"), "value"] == half["metrics"]["brier"]["value"]
    assert pooled.loc[("all", "half", "brier"), "difference_low"] == half["difference"]["brier"]["low"]
    assert pooled.loc[("active", "model"), "difference"].isna().all()
    short = brief(found, ["log_loss"])
    assert by_name(short["backtest"]["predictions"])["half"] == {
        "name": "half",
        "metrics": {"log_loss": half["metrics"]["log_loss"]},
        "difference": {"log_loss": half["difference"]["log_loss"]},
    }
    assert origins_table(short, ["log_loss"]).equals(table)
    assert short["model"] == found["model"]
    assert slices_table(found)["is_off"].tolist() == [True]
    assert slices_table(not_evaluated(None)).empty
    assert pooled_table(not_evaluated(None)).empty
    assert brief(not_evaluated(None), ["log_loss"]) == not_evaluated(None)
    assert origins_table(not_evaluated(None), ["log_loss"]).empty


def test_a_rule_that_wins_brings_the_grade_down(churn: pd.DataFrame) -> None:
    swapped = churn.rename(columns={"model": "noise", "noise": "model"})
    found = evaluate(swapped, CHURN, **HOW)
    assert (found["grade"]["letter"], found["rule_name"]) == ("D", "noise")


def test_value_block(value: pd.DataFrame) -> None:
    found = evaluate(value, VALUE, **HOW)
    assert strict_json(found) == found
    assert list(found["model"]) == list(VALUE_METRICS)
    assert found["model"]["total_bias"]["value"] == pytest.approx(
        found["predicted_total"] / found["actual_total"] - 1
    )
    assert found["grade"]["letter"] == "A"


def test_row_order_does_not_change_a_digit(churn: pd.DataFrame, value: pd.DataFrame) -> None:
    for table, kind in ((churn, CHURN), (value, VALUE)):
        shuffled = table.sample(frac=1, random_state=3)
        assert evaluate(shuffled, kind, **HOW) == evaluate(table, kind, **HOW)


def test_shuffled_labels_are_worth_half(churn: pd.DataFrame) -> None:
    rng = np.random.default_rng(5)
    covered = 0
    rows = churn[churn["cutoff"] == churn["cutoff"].max()].assign(active=False)
    for _ in range(12):
        found = evaluate(
            rows.assign(churned=rng.permutation(rows["churned"])), CHURN, **HOW | {"members": []}
        )
        auc = found["model"]["roc_auc"]
        covered += auc["low"] <= 0.5 <= auc["high"]
        assert found["model"]["brier_skill"]["high"] < 0
        assert found["active"] is None
    assert covered >= 9


@pytest.mark.parametrize("everybody", [True, False])
def test_one_class_only(churn: pd.DataFrame, everybody: bool) -> None:
    found = evaluate(churn.assign(churned=everybody), CHURN, **HOW)
    assert strict_json(found)["model"]["roc_auc"] == {"value": None, "low": None, "high": None}
    assert (found["grade"]["letter"], found["grade"]["message"]) == (None, "churn_none")


def test_no_spend_constant_predictions_and_a_single_customer(
    churn: pd.DataFrame, value: pd.DataFrame
) -> None:
    nothing = evaluate(value.assign(future_spend=0.0), VALUE, **HOW)
    assert strict_json(nothing)["grade"]["message"] == "value_none"
    constant = evaluate(churn.assign(model=0.5, half=0.5, noise=0.5), CHURN, **HOW)
    assert strict_json(constant)["model"]["roc_auc"]["value"] == 0.5
    assert constant["grade"]["letter"] == "C"
    assert strict_json(evaluate(churn.iloc[:1], CHURN, **HOW))["n"] == 1


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"model": np.nan}, "1500 values to evaluate are missing"),
        ({"noise": 1.2}, "outside 0 to 1"),
    ],
)
def test_nonsense_is_refused(churn: pd.DataFrame, change: dict[str, float], text: str) -> None:
    with pytest.raises(UserError, match=text):
        evaluate(churn.assign(**change), CHURN, **HOW)


def test_no_rows_are_refused(churn: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="no rows"):
        evaluate(churn.iloc[:0], CHURN, **HOW)


@pytest.mark.parametrize(
    ("reason", "status"), [("the log covers 9 days", "insufficient_history"), (None, "not_tested")]
)
def test_nothing_to_judge_has_no_grade_and_says_why(reason: str | None, status: str) -> None:
    found = strict_json(not_evaluated(reason))
    assert (found["status"], found["grade"]["letter"], found["grade"]["message"]) == (status, None, status)
    assert found["grade"]["text"].endswith("The log covers 9 days." if reason else "tested now.")
    assert headline(found, ["mae"]) == {"grade": None, "status": status, "reason": reason}
