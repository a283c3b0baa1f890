"""Judge the models on the last observed horizon, which neither of them has seen, next to simple rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd

from pipeline.churn.frame import TOPICS, training_frame
from pipeline.churn.importance import importance
from pipeline.churn.store import load_model
from pipeline.evaluation import curves
from pipeline.evaluation.evaluate import evaluate_churn, evaluate_value, not_evaluated
from pipeline.evaluation.headline import headline
from pipeline.evaluation.rules import recency_rule, spend_rate_rule
from pipeline.features import Cutoffs
from pipeline.params import Params
from pipeline.stages import files
from pipeline.stages.shell import run, say
from pipeline.tables import io

ACTIVE_HORIZONS = 2
PREDICTED = {
    "customer_key": "str",
    "cutoff": "datetime64[us]",
    "churned": "bool",
    "future_orders": "float64",
    "future_spend": "float64",
    "expected_spend": "float64",
    "churn_probability": "float64",
    "rule_churn_probability": "float64",
    "rule_expected_spend": "float64",
}


def evaluate(params: Params) -> None:
    """Write the metrics, the curves and the holdout predictions."""
    model = load_model(files.CHURN_HOLDOUT_MODEL.read_bytes())
    cutoffs = Cutoffs.from_dict(io.read_json(files.CUTOFFS))
    holdout = cutoffs.holdout
    test, predicted, about = _holdout(cutoffs, holdout, params) if holdout else _no_holdout()
    # What has no prediction is not judged; below a data floor that is everybody.
    by_churn, by_value = (predicted.dropna(subset=[name]) for name in ("churn_probability", "expected_spend"))
    churned, probability = by_churn["churned"].to_numpy(), by_churn["churn_probability"].to_numpy()
    spend, expected = by_value["future_spend"].to_numpy(), by_value["expected_spend"].to_numpy()

    def judge(function: Callable[..., dict[str, Any]], rows: pd.DataFrame, *columns: str) -> dict[str, Any]:
        return function(
            *(rows[column] for column in columns),
            keys=rows["customer_key"],
            seed=params.seed,
            resamples=params.evaluate.bootstrap_resamples,
            active=test.loc[rows.index, "days_since_last"] < ACTIVE_HORIZONS * params.churn.horizon_days,
        )

    churn = (
        judge(evaluate_churn, by_churn, "churned", "churn_probability", "rule_churn_probability")
        if len(by_churn)
        else not_evaluated(io.read_json(files.CHURN_CARD).get("reason"))
    )
    value = (
        judge(evaluate_value, by_value, "future_spend", "expected_spend", "rule_expected_spend")
        if len(by_value)
        else not_evaluated(io.read_json(files.LIFETIME_VALUE_MODELS).get("reason"))
    )
    io.write_parquet(predicted, files.HOLDOUT)
    io.write_json({**about, "churn": churn, "value": value}, files.EVALUATION)
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
    say(
        f"evaluate: {len(test):,} customers"
        + (", {from} to {to}".format(**about["window"]) if len(test) else "")
    )
    say(f"  churn {churn['grade']['text']}")
    say(f"  value {value['grade']['text']}")


def _holdout(
    cutoffs: Cutoffs, holdout: date, params: Params
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """The customers at the holdout, what models and rules said of them, and what that is about."""
    horizon_days = params.churn.horizon_days
    snapshots, values = io.read_parquet(files.SNAPSHOTS), io.read_parquet(files.LIFETIME_VALUE)
    past = training_frame(
        snapshots, values, cutoffs.training, latest_label_end=holdout, horizon_days=horizon_days
    )
    test = training_frame(
        snapshots, values, [holdout], latest_label_end=cutoffs.score, horizon_days=horizon_days
    )
    rule = recency_rule(past["days_since_last"].to_numpy(), past["churned"].to_numpy())
    backtest = io.read_parquet(files.BACKTEST)
    said = backtest[backtest["cutoff"].dt.date == holdout].set_index("customer_key")
    said = said.loc[test["customer_key"], ["churn_probability", "expected_spend"]].set_axis(test.index)
    predicted = test.assign(
        **said,
        rule_churn_probability=rule.predict(test["days_since_last"].to_numpy()),
        rule_expected_spend=spend_rate_rule(
            test["spend_total"].to_numpy(), test["T"].to_numpy(), horizon_days
        ),
    )
    window = {
        "from": holdout.isoformat(),
        "to": (holdout + timedelta(days=horizon_days - 1)).isoformat(),
    }
    rules = {"churn": {"recency_threshold_days": rule.threshold_days}, "value": "past spend rate × horizon"}
    return test, predicted[list(PREDICTED)], {"window": window, "rules": rules}


def _no_holdout() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """The same of nobody, where the log is too short to hold a horizon back."""
    predicted = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in PREDICTED.items()})
    return predicted.assign(days_since_last=0), predicted, {"window": None, "rules": {}}


if __name__ == "__main__":
    run(evaluate)
