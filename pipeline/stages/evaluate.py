"""Judge the models on every past horizon that tested them, next to simple rules; the last is the holdout."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.btyd import Clock, Spread, load, load_spend, predict
from pipeline.churn.frame import FEATURES, TOPICS
from pipeline.churn.importance import importance
from pipeline.churn.shuffled import shuffled_labels
from pipeline.churn.store import load_model
from pipeline.churn.worth import SPEND_QUANTILES, spend_ratio, with_expected_spend
from pipeline.errors import InsufficientHistory
from pipeline.evaluation import curves, fairness
from pipeline.evaluation.alarms import chance, feature_aucs, leak_alarms, shuffle_alarms
from pipeline.evaluation.contest import ACTIVE_HORIZONS, RULES_READ, contest, with_rules
from pipeline.evaluation.distribution import (
    CRPS_LEVELS,
    SCORES,
    coverage_by_tenth,
    distribution_scores,
    judge,
)
from pipeline.evaluation.evaluate import evaluate, not_evaluated
from pipeline.evaluation.headline import brief, headline, origins_table, pooled_table, slices_table
from pipeline.evaluation.kinds import CHURN, VALUE, Kind
from pipeline.evaluation.slices import slice_labels, slices
from pipeline.features import Cutoffs, main_channels
from pipeline.features.catalogue.people import ATTRIBUTES
from pipeline.params import Params
from pipeline.stages import files, frames
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
    backtest = io.read_parquet(files.BACKTEST)
    customers = backtest["customer_key"].unique()
    snapshots = io.read_parquet(files.SNAPSHOTS, RULES_READ, only={"customer_key": customers})
    rows = with_rules(backtest, snapshots, horizon_days=params.churn.horizon_days)
    holdout = rows[rows["cutoff"] == pd.Timestamp(cutoffs.holdout)] if cutoffs.holdout else rows
    test = _holdout_features(cutoffs, customers, params)
    shuffled = _shuffled(cutoffs, customers, params)
    channels = _order_channels(cutoffs, customers)
    churn = CHURN.with_campaign(**params.evaluate.campaign.model_dump())
    found: dict[str, Any] = {
        "window": _window(cutoffs, params),
        "alarms": leak_alarms(feature_aucs(test, FEATURES)) + shuffle_alarms(shuffled),
        "shuffled_labels": shuffled,
        "churn": _judged(churn, rows, channels, files.CHURN_CARD, params),
        "value": _judged(VALUE, rows, channels, files.LIFETIME_VALUE_MODELS, params),
    }
    by_people = _fairness(churn, rows, params)
    spread, tenths = _distribution(rows, params)
    found["value"]["distribution"] = spread
    found["churn"]["calibration"] = io.read_json(files.CHURN_CARD).get("churn_holdout", {}).get("calibration")
    io.write_parquet(holdout, files.HOLDOUT)
    io.write_csv(tenths, files.PLOTS / "spend_coverage.csv")
    io.write_csv(by_people, files.PLOTS / "fairness.csv")
    for kind, beside_rule in (
        (CHURN, ["roc_auc", "log_loss"]),
        (VALUE, ["mae", "normalised_gini", "total_bias"]),
    ):
        io.write_json(headline(found[kind.name], beside_rule), files.METRICS / f"{kind.name}.json")
        by_origin = origins_table(found[kind.name], list(kind.metrics))
        io.write_csv(by_origin, files.PLOTS / f"backtest_{kind.name}.csv")
        io.write_csv(pooled_table(found[kind.name]), files.PLOTS / f"predictions_{kind.name}.csv")
        io.write_csv(slices_table(found[kind.name]), files.PLOTS / f"slices_{kind.name}.csv")
    short = {kind.name: brief(found[kind.name], [kind.main, kind.ranking]) for kind in (CHURN, VALUE)}
    io.write_json({**found, **short}, files.EVALUATION)
    for name, table in _curves(holdout).items():
        io.write_csv(table, files.PLOTS / f"{name}.csv")
    model = load_model(files.CHURN_HOLDOUT_MODEL.read_bytes())
    io.write_csv(importance(model, test, seed=params.seed, groups=TOPICS), files.PLOTS / "importance.csv")
    _tell(found, len(holdout))


def _judged(
    kind: Kind, rows: pd.DataFrame, channels: pd.DataFrame | None, card: Path, params: Params
) -> dict[str, Any]:
    """Judge one kind of predictions; where there are none, the model's card says why."""
    table, members = contest(rows, kind)
    if table.empty:
        return not_evaluated(io.read_json(card).get("reason"))
    resampling = {"seed": params.seed, "resamples": params.evaluate.bootstrap_resamples}
    labels = slice_labels(rows.loc[table.index], _customers(), channels)
    return {
        **evaluate(table, kind, members=members, rules=kind.rules, **resampling),
        "slices": slices(table, kind, labels, **resampling).to_dict("records"),
    }


def _customers() -> pd.DataFrame | None:
    """Read the shop's table of customers, if it has one."""
    path = files.TABLES / "customers.parquet"
    return io.read_parquet(path) if path.exists() else None


def _order_channels(cutoffs: Cutoffs, customers: frames.Customers) -> pd.DataFrame | None:
    """Name the customers' main channel at every origin, if the order log knows channels."""
    columns = ["customer_key", "ordered_at", "channel"]
    orders = io.read_parquet(files.ORDERS, columns, only={"customer_key": customers})
    if orders["channel"].isna().all():
        return None
    return main_channels(orders, [origin.cutoff for origin in cutoffs.origins])


def _distribution(rows: pd.DataFrame, params: Params) -> tuple[dict[str, Any] | None, pd.DataFrame]:
    """Score the predicted distributions of spend, as they would have been given to the reader."""
    fits = {pd.Timestamp(one["cutoff"]): one for one in io.read_json(files.LIFETIME_VALUE_MODELS)["fits"]}
    said = rows.dropna(subset=VALUE.prediction)
    scored = []
    for cutoff in sorted(fits.keys() & {*said["cutoff"]}):
        fit = fits[cutoff]
        now = said.loc[said["cutoff"] == cutoff, ["customer_key", "cutoff", VALUE.actual, VALUE.prediction]]
        keys = now["customer_key"]
        then, worth = (
            io.read_parquet(path, only={"cutoff": [cutoff.date()], "customer_key": keys})
            .set_index("customer_key")
            .loc[keys]
            for path in (files.SNAPSHOTS, files.LIFETIME_VALUE)
        )
        quantiles = _spend_quantiles(fit, then, cutoff.date(), params.churn.horizon_days)
        expected = now[VALUE.prediction].to_numpy()
        moved = with_expected_spend(worth, expected)
        half_widths = Spread(**fit["spread"]).of(worth["expected_spend"].to_numpy())
        scores = distribution_scores(
            now[VALUE.actual].to_numpy(dtype=float),
            spend_ratio(worth, expected)[:, None] * quantiles,
            moved[list(SPEND_QUANTILES)].to_numpy(),
            worth["p_no_order"].to_numpy(),
            np.asarray(half_widths, dtype=np.float64),
        )
        scored.append(now.reset_index(drop=True).join(scores))
    if not scored:
        return None, coverage_by_tenth(np.empty(0), np.empty(0))
    found = judge(
        pd.concat(scored, ignore_index=True),
        seed=params.seed,
        resamples=params.evaluate.bootstrap_resamples,
    )
    last = scored[-1]
    tenths = coverage_by_tenth(last[VALUE.prediction].to_numpy(), last["coverage_80"].to_numpy())
    return {
        part: {name: found.estimate(name, "mean", origin).as_dict() for name in SCORES}
        for part, origin in (("holdout", found.origins[-1]), ("backtest", None))
    }, tenths


def _spend_quantiles(
    fit: dict[str, Any], summary: pd.DataFrame, cutoff: date, horizon_days: int
) -> NDArray[np.float64]:
    """Ask the model of a cutoff for the spend of each customer at `CRPS_LEVELS`, as modelled."""
    clock, orders, spend = Clock.from_dict(fit["clock"]), load(fit["orders"]), load_spend(fit["spend"])
    exposed, horizon = clock.summary(summary, cutoff), clock.horizon(cutoff, horizon_days)
    levels, median = np.tile(CRPS_LEVELS, (len(summary), 1)), np.full((len(summary), 1), 0.5)
    return np.asarray(predict(orders, spend, exposed, horizon, median, levels).spend, dtype=np.float64)


def _fairness(kind: Kind, rows: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Measure the scores by age, income and household, if these are features; else a table without rows."""
    customers = _customers()
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


def _holdout_features(cutoffs: Cutoffs, customers: frames.Customers, params: Params) -> pd.DataFrame:
    """What was known of the customers at the holdout; nothing where the log is too short to hold one back."""
    if cutoffs.holdout is None:
        return pd.DataFrame(columns=["churned", "active", *FEATURES], dtype="float64")
    horizon_days = params.churn.horizon_days
    frame = frames.labelled([cutoffs.holdout], cutoffs.score, horizon_days=horizon_days, customers=customers)
    recent = frame["days_since_last"] < ACTIVE_HORIZONS * horizon_days
    return frame.join(recent.rename("active"))


def _shuffled(cutoffs: Cutoffs, customers: frames.Customers, params: Params) -> dict[str, float] | None:
    """Give the AUC of a model that was taught shuffled labels; None where nothing could be learned."""
    if not cutoffs.origins:
        return None
    origin = cutoffs.origins[-1]
    try:
        said = shuffled_labels(
            *frames.tables([*origin.training, origin.cutoff], customers),
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
