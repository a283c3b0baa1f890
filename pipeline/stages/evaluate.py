"""Judge the models on every past horizon that tested them, next to simple rules; the last is the holdout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.churn.frame import FEATURES, OF_ORDER_DAYS, TOPICS
from pipeline.churn.importance import importance
from pipeline.churn.store import load_model
from pipeline.evaluation import fairness
from pipeline.evaluation.alarms import feature_aucs, leak_alarms, shuffle_alarms, told
from pipeline.evaluation.contest import RULES_READ, contest, with_rules
from pipeline.evaluation.curves import curves
from pipeline.evaluation.distribution import distribution_metrics
from pipeline.evaluation.evaluate import evaluate, not_evaluated
from pipeline.evaluation.headline import brief, headline, origins_table, pooled_table, slices_table
from pipeline.evaluation.kinds import CHURN, VALUE, Kind
from pipeline.evaluation.slices import named, slice_labels, slices
from pipeline.features import Cutoffs
from pipeline.features.catalogue.people import ATTRIBUTES
from pipeline.horizon import horizon_until
from pipeline.params import Params
from pipeline.stages import evidence, files
from pipeline.stages.shell import run, say, warn
from pipeline.tables import io


def evaluate_models(params: Params) -> None:
    """Write the metrics, the curves and the holdout predictions."""
    cutoffs = Cutoffs.from_dict(io.read_json(files.CUTOFFS))
    backtest = io.read_parquet(files.BACKTEST)
    customers = backtest["customer_key"].unique()
    snapshots = io.read_parquet(files.SNAPSHOTS, RULES_READ, only={"customer_key": customers})
    rows = with_rules(backtest, snapshots, horizon_days=params.churn.horizon_days)
    holdout = rows[rows["cutoff"] == pd.Timestamp(cutoffs.holdout)] if cutoffs.holdout else rows
    test = evidence.holdout_features(cutoffs, customers, params)
    shuffled = evidence.auc_of_shuffled_labels(cutoffs, customers, params)
    groups = evidence.Groups.read(cutoffs, customers)
    churn = CHURN.with_campaign(**params.evaluate.campaign.model_dump())
    found: dict[str, Any] = {
        "window": _window(cutoffs, params),
        "alarms": leak_alarms(feature_aucs(test, FEATURES), OF_ORDER_DAYS) + shuffle_alarms(shuffled),
        "shuffled_labels": shuffled,
        "churn": _judged(churn, rows, groups, files.CHURN_CARD, params),
        "value": _judged(VALUE, rows, groups, files.LIFETIME_VALUE_MODELS, params),
    }
    by_people = _fairness(churn, rows, groups.customers, params)
    spread, tenths = distribution_metrics(
        evidence.scored_distributions(rows, params),
        seed=params.seed,
        resamples=params.evaluate.bootstrap_resamples,
    )
    found["value"]["distribution"] = spread
    found["churn"]["calibration"] = io.read_json(files.CHURN_CARD).get("churn_holdout", {}).get("calibration")
    io.write_parquet(holdout, files.HOLDOUT)
    io.write_csv(tenths, files.PLOTS / "spend_coverage.csv")
    io.write_csv(by_people, files.PLOTS / "fairness.csv")
    for kind in (CHURN, VALUE):
        _write_judged(kind, found[kind.name])
    short = {kind.name: brief(found[kind.name], [kind.main, kind.ranking]) for kind in (CHURN, VALUE)}
    io.write_json({**found, **short}, files.EVALUATION)
    for name, table in curves(holdout).items():
        io.write_csv(table, files.PLOTS / f"{name}.csv")
    model = load_model(files.CHURN_HOLDOUT_MODEL.read_bytes())
    io.write_csv(importance(model, test, seed=params.seed, groups=TOPICS), files.PLOTS / "importance.csv")
    _tell(found, len(holdout))


def _judged(
    kind: Kind, rows: pd.DataFrame, groups: evidence.Groups, card: Path, params: Params
) -> dict[str, Any]:
    """Judge one kind of predictions; where there are none, the model's card says why."""
    table, members = contest(rows, kind)
    if table.empty:
        return not_evaluated(io.read_json(card).get("reason"))
    resampling = {"seed": params.seed, "resamples": params.evaluate.bootstrap_resamples}
    labels = slice_labels(rows.loc[table.index], *groups)
    return {
        **evaluate(table, kind, members=members, rules=kind.rules, **resampling),
        "slices": slices(table, kind, labels, **resampling).to_dict("records"),
    }


def _write_judged(kind: Kind, found: dict[str, Any]) -> None:
    """Write the few numbers and the tables about one kind of predictions."""
    io.write_json(headline(found, kind.beside_rule), files.METRICS / f"{kind.name}.json")
    io.write_csv(origins_table(found, list(kind.metrics)), files.PLOTS / f"backtest_{kind.name}.csv")
    io.write_csv(pooled_table(found), files.PLOTS / f"predictions_{kind.name}.csv")
    io.write_csv(slices_table(found), files.PLOTS / f"slices_{kind.name}.csv")


def _fairness(kind: Kind, rows: pd.DataFrame, customers: pd.DataFrame | None, params: Params) -> pd.DataFrame:
    """Measure the scores by age, income and household, if these are features; else a table without rows."""
    table, _ = contest(rows, kind)
    if not params.features.demographics or customers is None or table.empty:
        return pd.DataFrame(columns=fairness.COLUMNS)
    return fairness.fairness(
        table,
        fairness.people_labels(table, customers, list(ATTRIBUTES)),
        risk_high=params.segments.risk_high,
        seed=params.seed,
        resamples=params.evaluate.bootstrap_resamples,
    )


def _window(cutoffs: Cutoffs, params: Params) -> dict[str, str] | None:
    if cutoffs.holdout is None:
        return None
    until = horizon_until(cutoffs.holdout, params.churn.horizon_days)
    return {"from": cutoffs.holdout.isoformat(), "to": until.isoformat()}


def _tell(found: dict[str, Any], customers: int) -> None:
    window = found["window"]
    say(f"evaluate: {customers:,} customers" + (", {from} to {to}".format(**window) if window else ""))
    for name in ("churn", "value"):
        say(f"  {name} {found[name]['grade']['text']}")
        for part in found[name].get("slices", ()):
            if part["is_told"]:
                who = named(part["group"], part["level"])
                said = f"predicted {part['predicted']:.3g}, actual {part['actual']:.3g}"
                warn(f"{name} is off for {who}: {said}")
    for alarm in found["alarms"]:
        warn(told(alarm))


if __name__ == "__main__":
    run(evaluate_models)
