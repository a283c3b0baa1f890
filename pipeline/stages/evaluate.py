"""Judge the models on the last observed horizon, which neither of them has seen, next to simple rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd

from pipeline.churn.classifier import churn_probability, importance
from pipeline.churn.frame import TOPICS, training_frame
from pipeline.churn.store import load_model
from pipeline.evaluation import curves
from pipeline.evaluation.evaluate import evaluate_churn, evaluate_value
from pipeline.evaluation.headline import headline
from pipeline.evaluation.rules import recency_rule, spend_rate_rule
from pipeline.features import Cutoffs
from pipeline.params import Params
from pipeline.stages import files
from pipeline.stages.shell import run, say
from pipeline.tables import io

ACTIVE_HORIZONS = 2


def evaluate(params: Params) -> None:
    """Write the metrics, the curves and the holdout predictions."""
    horizon_days = params.churn.horizon_days
    snapshots, values = io.read_parquet(files.SNAPSHOTS), io.read_parquet(files.LIFETIME_VALUE)
    cutoffs = Cutoffs.from_dict(io.read_json(files.CUTOFFS))
    past = training_frame(
        snapshots, values, cutoffs.training, latest_label_end=cutoffs.holdout, horizon_days=horizon_days
    )
    test = training_frame(
        snapshots, values, [cutoffs.holdout], latest_label_end=cutoffs.score, horizon_days=horizon_days
    )
    model = load_model(files.CHURN_HOLDOUT_MODEL.read_bytes())
    rule = recency_rule(past["days_since_last"].to_numpy(), past["churned"].to_numpy())
    predicted = test[
        ["customer_key", "cutoff", "churned", "future_orders", "future_spend", "expected_spend"]
    ].assign(
        churn_probability=churn_probability(model, test),
        rule_churn_probability=rule.predict(test["days_since_last"].to_numpy()),
        rule_expected_spend=spend_rate_rule(
            test["spend_total"].to_numpy(), test["T"].to_numpy(), horizon_days
        ),
    )
    judged: dict[str, Any] = {
        "keys": predicted["customer_key"],
        "seed": params.seed,
        "resamples": params.evaluate.bootstrap_resamples,
        "active": test["days_since_last"] < ACTIVE_HORIZONS * horizon_days,
    }
    churned, probability = predicted["churned"].to_numpy(), predicted["churn_probability"].to_numpy()
    spend, expected = predicted["future_spend"].to_numpy(), predicted["expected_spend"].to_numpy()
    churn = evaluate_churn(churned, probability, predicted["rule_churn_probability"], **judged)
    value = evaluate_value(spend, expected, predicted["rule_expected_spend"], **judged)

    window = {
        "from": cutoffs.holdout.isoformat(),
        "to": (cutoffs.holdout + timedelta(days=horizon_days - 1)).isoformat(),
    }
    rules = {"churn": {"recency_threshold_days": rule.threshold_days}, "value": "past spend rate × horizon"}
    io.write_parquet(predicted, files.HOLDOUT)
    io.write_json({"window": window, "rules": rules, "churn": churn, "value": value}, files.EVALUATION)
    io.write_json(headline(churn, ["roc_auc", "log_loss"]), files.METRICS / "churn.json")
    io.write_json(headline(value, ["mae", "normalised_gini", "total_bias"]), files.METRICS / "value.json")
    tables: dict[str, pd.DataFrame] = {
        "roc": curves.roc_curve(churned, probability),
        "precision_recall": curves.pr_curve(churned, probability),
        "calibration": curves.calibration_curve(churned, probability),
        "gains": curves.gains_by_decile(churned, probability),
        "value_calibration": curves.value_by_decile(spend, expected),
        "importance": importance(model, test, seed=params.seed, groups=TOPICS),
    }
    for name, table in tables.items():
        io.write_csv(table, files.PLOTS / f"{name}.csv")
    say(f"evaluate: {len(test):,} customers, {window['from']} to {window['to']}")
    say(f"  churn {churn['grade']['text']}")
    say(f"  value {value['grade']['text']}")


if __name__ == "__main__":
    run(evaluate)
