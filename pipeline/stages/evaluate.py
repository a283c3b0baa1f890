"""Judge the models on every past horizon that tested them, next to simple rules; the last is the holdout."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.churn.frame import FEATURES, TOPICS, training_frame
from pipeline.churn.importance import importance
from pipeline.churn.shuffled import shuffled_labels
from pipeline.churn.store import load_model
from pipeline.errors import InsufficientHistory
from pipeline.evaluation import curves
from pipeline.evaluation.alarms import chance, feature_aucs, leak_alarms, shuffle_alarms
from pipeline.evaluation.bootstrap import judged_customers
from pipeline.evaluation.contest import ACTIVE_HORIZONS, contest, with_rules
from pipeline.evaluation.evaluate import evaluate, not_evaluated
from pipeline.evaluation.headline import headline, origins_table, slices_table
from pipeline.evaluation.kinds import CHURN, VALUE, Kind
from pipeline.evaluation.slices import slice_labels, slices
from pipeline.features import Cutoffs
from pipeline.params import Params
from pipeline.stages import files
from pipeline.stages.shell import run, say, warn
from pipeline.tables import io

ALARMS = {
    "feature_tells_all": "{feature} alone tells who churned",
    "missing_tells": "whether {feature} is missing tells who churned",
    "shuffled_labels": "even shuffled labels are predicted",
}


def evaluate_models(params: Params) -> None:
    """Write the metrics, the curves and the holdout predictions."""
    cutoffs = Cutoffs.from_dict(io.read_json(files.CUTOFFS))
    snapshots, backtest = io.read_parquet(files.SNAPSHOTS), io.read_parquet(files.BACKTEST)
    rows = with_rules(backtest, snapshots, horizon_days=params.churn.horizon_days)
    holdout = rows[rows["cutoff"] == pd.Timestamp(cutoffs.holdout)] if cutoffs.holdout else rows
    values = io.read_parquet(files.LIFETIME_VALUE)
    test = _holdout_features(snapshots, values, cutoffs, params)
    shuffled = _shuffled(snapshots, values, cutoffs, params)
    churn = CHURN.with_campaign(**params.evaluate.campaign.model_dump())
    found: dict[str, Any] = {
        "window": _window(cutoffs, params),
        "alarms": leak_alarms(feature_aucs(test, FEATURES)) + shuffle_alarms(shuffled),
        "shuffled_labels": shuffled,
        "churn": _judged(churn, rows, files.CHURN_CARD, params),
        "value": _judged(VALUE, rows, files.LIFETIME_VALUE_MODELS, params),
    }
    io.write_parquet(holdout, files.HOLDOUT)
    io.write_json(found, files.EVALUATION)
    for kind, beside_rule in (
        (CHURN, ["roc_auc", "log_loss"]),
        (VALUE, ["mae", "normalised_gini", "total_bias"]),
    ):
        io.write_json(headline(found[kind.name], beside_rule), files.METRICS / f"{kind.name}.json")
        by_origin = origins_table(found[kind.name], [kind.main, kind.ranking])
        io.write_csv(by_origin, files.PLOTS / f"backtest_{kind.name}.csv")
        io.write_csv(slices_table(found[kind.name]), files.PLOTS / f"slices_{kind.name}.csv")
    for name, table in _curves(holdout).items():
        io.write_csv(table, files.PLOTS / f"{name}.csv")
    model = load_model(files.CHURN_HOLDOUT_MODEL.read_bytes())
    io.write_csv(importance(model, test, seed=params.seed, groups=TOPICS), files.PLOTS / "importance.csv")
    _tell(found, len(holdout))


def _judged(kind: Kind, rows: pd.DataFrame, card: Path, params: Params) -> dict[str, Any]:
    """Judge one kind of predictions; where there are none, the model's card says why."""
    table, members = contest(judged_customers(rows, params.seed), kind)
    if table.empty:
        return not_evaluated(io.read_json(card).get("reason"))
    resampling = {"seed": params.seed, "resamples": params.evaluate.bootstrap_resamples}
    customers = files.TABLES / "customers.parquet"
    labels = slice_labels(rows.loc[table.index], io.read_parquet(customers) if customers.exists() else None)
    return {
        **evaluate(table, kind, members=members, rules=kind.rules, **resampling),
        "slices": slices(table, kind, labels, **resampling).to_dict("records"),
    }


def _holdout_features(
    snapshots: pd.DataFrame, values: pd.DataFrame, cutoffs: Cutoffs, params: Params
) -> pd.DataFrame:
    """What was known of the customers at the holdout; nothing where the log is too short to hold one back."""
    if cutoffs.holdout is None:
        return pd.DataFrame(columns=["churned", "active", *FEATURES], dtype="float64")
    horizon_days = params.churn.horizon_days
    frame = training_frame(
        snapshots,
        values,
        [cutoffs.holdout],
        latest_label_end=cutoffs.score,
        horizon_days=horizon_days,
    )
    recent = frame["days_since_last"] < ACTIVE_HORIZONS * horizon_days
    return frame.join(recent.rename("active"))


def _shuffled(
    snapshots: pd.DataFrame, values: pd.DataFrame, cutoffs: Cutoffs, params: Params
) -> dict[str, float] | None:
    """Give the AUC of a model that was taught shuffled labels; None where nothing could be learned."""
    if not cutoffs.origins:
        return None
    origin = cutoffs.origins[-1]
    try:
        said = shuffled_labels(
            snapshots,
            values,
            origin,
            cutoffs.known_until(origin),
            horizon_days=params.churn.horizon_days,
            seed=params.seed,
        )
    except InsufficientHistory:
        return None
    return chance(*said)


def _window(cutoffs: Cutoffs, params: Params) -> dict[str, str] | None:
    if cutoffs.holdout is None:
        return None
    last_day = cutoffs.holdout + timedelta(days=params.churn.horizon_days - 1)
    return {"from": cutoffs.holdout.isoformat(), "to": last_day.isoformat()}


def _curves(holdout: pd.DataFrame) -> dict[str, pd.DataFrame]:
    by_churn, by_value = (holdout.dropna(subset=[kind.prediction]) for kind in (CHURN, VALUE))
    churn = by_churn["churned"].to_numpy(dtype=bool), by_churn["churn_probability"].to_numpy(dtype=float)
    value = (by_value[column].to_numpy(dtype=float) for column in ("future_spend", "expected_spend"))
    return {
        "roc": curves.roc_curve(*churn),
        "precision_recall": curves.pr_curve(*churn),
        "calibration": curves.calibration_curve(*churn),
        "gains": curves.gains_by_decile(*churn),
        "value_calibration": curves.value_by_decile(*value),
    }


def _tell(found: dict[str, Any], customers: int) -> None:
    window = found["window"]
    say(f"evaluate: {customers:,} customers" + (", {from} to {to}".format(**window) if window else ""))
    for name in ("churn", "value"):
        say(f"  {name} {found[name]['grade']['text']}")
        for part in found[name].get("slices", ()):
            if part["is_off"]:
                warn(
                    f"{name} is off for {part['group']} {part['level']}: predicted {part['predicted']:.3g}, "
                    f"actual {part['actual']:.3g}"
                )
    for alarm in found["alarms"]:
        warn(f"{ALARMS[alarm['kind']]} (AUC {alarm['roc_auc']:.3f}): a leak?".format(**alarm))


if __name__ == "__main__":
    run(evaluate_models)
