from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation.metrics import log_loss, mae
from pipeline.evaluation.reality import (
    METRICS,
    PastRun,
    due,
    judge,
    promise,
    reality_alarms,
    reality_table,
    superseded,
    vanished,
)

HOW: dict[str, Any] = {"seed": 7, "resamples": 50}
LIMITS = {"churn_gap": 0.05, "log_loss_rise": 0.1, "spend_bias": 0.25}
PROMISED = {"log_loss": 0.5, "roc_auc": 0.8, "total_bias": 0.0, "mae": 9.0, "worst_log_loss": 0.55}


def card(as_of: str, horizon_days: int = 60) -> dict[str, Any]:
    return {"as_of": as_of, "horizon_days": horizon_days, "churn_model": "ab", "promised": PROMISED}


def past_run(rows: int = 3000, as_of: str = "2024-01-31") -> PastRun:
    """Scores that are the truth: churn and spend are drawn from them."""
    rng = np.random.default_rng(2)
    keys = [f"k{i:05d}" for i in range(rows)]
    p = rng.uniform(0.05, 0.95, rows)
    churned = rng.uniform(size=rows) < p
    scores = pd.DataFrame(
        {
            "customer_key": keys,
            "churn_probability": p,
            "expected_orders": 1 - p,
            "expected_spend": 50 * (1 - p),
            "spend_p10": 0.0,
            "spend_p50": 25.0,
            "spend_p90": 90.0,
        }
    )
    spend = np.where(churned, 0.0, rng.uniform(0, 100, rows))
    happened = pd.DataFrame({"customer_key": keys, "churned": churned, "future_spend": spend})
    return PastRun(card(as_of), scores, happened)


def test_a_true_prediction_is_found_true_and_the_numbers_are_the_metrics():
    run = past_run()
    [found] = judge([run], **HOW)
    said, happened = run.scores, run.outcomes
    y = happened["churned"].to_numpy(dtype=float)
    spend = happened["future_spend"].to_numpy()
    metrics = found["metrics"]
    assert metrics["log_loss"]["value"] == pytest.approx(log_loss(y, said["churn_probability"].to_numpy()))
    assert metrics["mae"]["value"] == pytest.approx(mae(spend, said["expected_spend"].to_numpy()))
    assert metrics["coverage"]["value"] == pytest.approx((spend <= 90).mean())
    assert metrics["calibration_slope"]["low"] < 1 < metrics["calibration_slope"]["high"]
    assert metrics["churn_gap"]["low"] < 0 < metrics["churn_gap"]["high"]
    assert found["predicted_churn"] - found["realised_churn"] == pytest.approx(metrics["churn_gap"]["value"])
    assert (found["customers"], found["vanished"], found["until"]) == (3000, 0, "2024-03-31")
    assert reality_alarms([found], **LIMITS) == []


def test_who_vanished_is_counted_and_another_shops_run_is_left_out():
    run = past_run()
    fewer = replace(run, outcomes=run.outcomes[100:])
    stranger = replace(run, outcomes=run.outcomes[1600:], card=card("2024-02-29"))
    [found] = judge([fewer, stranger], **HOW)
    assert (found["as_of"], found["customers"], found["vanished"]) == ("2024-01-31", 2900, 100)
    erased = replace(fewer, scores=run.scores[50:], card={**run.card, "erased": 50})
    assert judge([erased], **HOW) == [found]
    assert judge([stranger], **HOW) == []


def test_the_vanished_are_named_unless_it_is_another_shops_run():
    kept = pd.Series(list("abcd"))
    assert vanished(kept, pd.Series(list("abz"))).tolist() == ["c", "d"]
    assert vanished(kept, pd.Series(list("az"))).empty
    assert vanished(kept, kept).empty


def test_the_order_of_rows_does_not_count():
    run = past_run()
    turned = replace(
        run, scores=run.scores.sample(frac=1, random_state=1), outcomes=run.outcomes.sample(frac=1)
    )
    assert judge([turned], **HOW) == judge([run], **HOW)


@pytest.mark.parametrize(
    ("column", "change", "kinds"),
    [
        ("churn_probability", lambda p: p**2, {"churn_rate"}),
        ("churn_probability", lambda p: 1 - p, {"log_loss"}),
        ("expected_spend", lambda spend: spend * 2, {"spend"}),
        ("expected_spend", lambda spend: spend * 1.1, set()),
    ],
)
def test_what_failed_to_come_true_is_an_alarm(column, change, kinds):
    run = past_run()
    scores = run.scores.assign(**{column: change(run.scores[column])})
    alarms = reality_alarms(judge([replace(run, scores=scores)], **HOW), **LIMITS)
    assert kinds <= {alarm["kind"] for alarm in alarms} <= kinds | {"log_loss"}
    assert all(alarm["as_of"] in alarm["text"] for alarm in alarms)


def test_only_the_newest_run_alarms():
    bad, good = past_run(), past_run(as_of="2024-02-29")
    bad = replace(bad, scores=bad.scores.assign(churn_probability=0.9))
    assert reality_alarms(judge([bad, good], **HOW), **LIMITS) == []
    assert reality_alarms(judge([bad], **HOW), **LIMITS)


def test_few_customers_do_not_alarm_by_chance():
    run = past_run(rows=12)
    scores = run.scores.assign(churn_probability=run.outcomes["churned"].mean() - 0.06)
    assert reality_alarms(judge([replace(run, scores=scores)], **HOW), **LIMITS) == []


def test_of_each_month_the_last_run_due_is_judged():
    today = date(2024, 4, 5)
    days = ["2024-01-05", "2024-01-31", "2024-02-01", "2024-02-20", "2024-03-01"]
    chosen = due([card(day) for day in days], today, months=24)
    assert [each["as_of"] for each in chosen] == ["2024-01-31", "2024-02-01"]
    assert [each["as_of"] for each in due([card("2024-02-05")], today, months=24)] == ["2024-02-05"]
    assert due([card("2024-02-06")], today, months=24) == []


def test_what_is_superseded_today_is_not_judged_on_any_later_day():
    nightly = [card(f"{day:%Y-%m-%d}") for day in pd.date_range("2023-06-01", "2024-04-30")]
    today = date(2024, 4, 5)
    unwanted = superseded(nightly, today, months=3)
    waiting = [each for each in nightly if each["as_of"] > "2024-02-05"]
    assert len(unwanted) + len(due(nightly, today, months=3)) + len(waiting) == len(nightly)
    assert [each["as_of"] for each in due(nightly, today, months=3)] == [
        "2023-12-31",
        "2024-01-31",
        "2024-02-05",
    ]
    kept = [each for each in nightly if each not in unwanted]
    for later in pd.date_range("2024-04-05", "2024-08-01", freq="9D"):
        assert due(kept, later.date(), months=3) == due(nightly, later.date(), months=3)


def test_the_table_has_a_row_per_run_and_a_header_without_any():
    table = reality_table(judge([past_run(), past_run(as_of="2024-02-29")], **HOW))
    assert table["as_of"].tolist() == ["2024-01-31", "2024-02-29"]
    assert table[list(METRICS)].notna().all(axis=None)
    assert table["promised_log_loss"].tolist() == [0.5, 0.5]
    assert list(reality_table([])) == list(table)


def test_a_run_without_a_churn_model_is_judged_on_its_spend():
    run = past_run()
    [found] = judge([replace(run, scores=run.scores.assign(churn_probability=np.nan))], **HOW)
    assert found["metrics"]["log_loss"] == {"value": None, "low": None, "high": None}
    assert found["metrics"]["mae"]["value"] is not None
    assert reality_alarms([found], **LIMITS) == []


def test_the_promise_is_the_backtests():
    def tested(log_loss: float) -> dict[str, Any]:
        return {"predictions": [{"name": "model", "metrics": {"log_loss": {"value": log_loss}}}]}

    def model(**values: float) -> dict[str, Any]:
        return {name: {"value": value} for name, value in values.items()}

    churn = {"model": model(log_loss=0.4, roc_auc=0.8), "origins": [tested(0.3), tested(0.5)]}
    value = {"model": model(total_bias=0.1, mae=9.0)}
    found = promise({"churn": {"backtest": churn}, "value": {"backtest": value}})
    assert found == {
        "log_loss": 0.4, "roc_auc": 0.8, "total_bias": 0.1, "mae": 9.0, "worst_log_loss": 0.5,
    }  # fmt: skip
    assert set(promise({"churn": {}, "value": {}}).values()) == {None}
