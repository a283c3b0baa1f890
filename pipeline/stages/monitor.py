"""Is the shop still the one the model learned, and did earlier scores come true? Then today's are kept."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.churn.blend import churn_probability, used_features
from pipeline.churn.frame import feature_frame
from pipeline.churn.store import load_model
from pipeline.counted import counted
from pipeline.evaluation.contest import are_active
from pipeline.evaluation.drift import COLUMNS, CUSTOMERS, drift, drift_metrics, is_young
from pipeline.evaluation.reality import (
    KEPT,
    PastRun,
    due,
    judge,
    promise,
    reality_metrics,
    reality_table,
    superseded,
    vanished,
)
from pipeline.features import Cutoffs, outcomes
from pipeline.features.sampling import some_customers
from pipeline.params import Params
from pipeline.stages import files, frames
from pipeline.stages.shell import run, say, warn
from pipeline.tables import history, io

SCORE = "churn_probability"
LIMITS = {"churn_gap", "log_loss_rise", "spend_bias"}


def monitor(params: Params) -> None:
    """Write drift and reality, and bring the history up to date."""
    cutoffs = Cutoffs.from_dict(io.read_json(files.CUTOFFS))
    today, limits = cutoffs.score, params.monitor.model_dump(include=LIMITS)
    # An experiment in a copy of the repository looks back on the history of the original.
    folder = Path(os.environ.get("DVC_ROOT", ".")) / files.HISTORY
    cards = history.cards(folder, before=today)
    judged = _judged(due(cards, today, params.monitor.months), folder, params)
    drifted = _drifted(cutoffs, params)
    first_day = date.fromisoformat(io.read_json(files.LOG)["first_day"])
    found = drift_metrics(drifted, SCORE, young=is_young(first_day, cutoffs.final.training))
    reality = reality_metrics(cards, judged, today, **limits)
    io.write_csv(drifted, files.PLOTS / "drift.csv")
    io.write_json(found, files.DRIFT)
    io.write_csv(reality_table(judged), files.PLOTS / "reality.csv")
    io.write_json(reality, files.REALITY)
    if not os.environ.get("DVC_EXP_NAME"):
        in_log = io.read_parquet(files.CUSTOMER_DAYS, ["customer_key"])["customer_key"]
        _forget(cards, in_log, today, folder, params)
        _remember(io.read_parquet(files.CUSTOMERS), today, folder, params)
    say(f"monitor: {len(judged)} of {counted(len(cards)):past run/past runs} judged")
    for alarm in found["alarms"] + reality["alarms"]:
        warn(alarm["text"])


def _judged(cards: Sequence[Mapping[str, Any]], folder: Path, params: Params) -> list[dict[str, Any]]:
    """Put the outcomes beside the scores of past runs."""
    if not cards:
        return []
    windows = [(date.fromisoformat(card["as_of"]), card["horizon_days"]) for card in cards]
    happened = outcomes(io.read_parquet(files.CUSTOMER_DAYS), windows)
    runs = [
        PastRun(card, history.scores_of(card, folder), then)
        for card, then in zip(cards, happened, strict=True)
    ]
    return judge(runs, seed=params.seed, resamples=params.evaluate.bootstrap_resamples)


def _drifted(cutoffs: Cutoffs, params: Params) -> pd.DataFrame:
    """Compare the active customers of today, the origins and a year earlier with the days learned from."""
    model = load_model(files.CHURN_MODEL.read_bytes())
    if model is None:
        return pd.DataFrame(columns=COLUMNS)
    silence = io.read_parquet(files.SNAPSHOTS, ["customer_key", "days_since_last"])
    active = silence.loc[are_active(silence["days_since_last"], params.churn.horizon_days), "customer_key"]
    frame = feature_frame(*frames.tables(cutoffs.all, some_customers(active, CUSTOMERS, params.seed)))
    frame = frame[are_active(frame["days_since_last"], params.churn.horizon_days)].reset_index(drop=True)
    score = pd.Series(churn_probability(model, frame), frame.index, name=SCORE)
    limits = dict.fromkeys(used_features(model), params.monitor.psi_feature)
    limits[SCORE] = params.monitor.psi_score
    return drift(pd.concat([frame, score], axis=1), cutoffs.learned_from, limits)


def _forget(
    cards: Sequence[Mapping[str, Any]], known: pd.Series[str], today: date, folder: Path, params: Params
) -> None:
    """Remove runs that will never be judged, and from the others who is no longer in the log.

    Who gave everything back is in the log, but not scored: of them, too, past runs were right or wrong.
    """
    unwanted = superseded(cards, today, params.monitor.months)
    for card in unwanted:
        history.forget(card, folder)
    for card in (each for each in cards if each not in unwanted):
        gone = vanished(history.scores_of(card, folder)["customer_key"], known)
        if len(gone):
            history.erase(card, gone, folder)


def _remember(scores: pd.DataFrame, today: date, folder: Path, params: Params) -> None:
    """Keep today's scores for the day when their horizon has passed."""
    if scores[list(KEPT)].isna().all(axis=None):
        return
    card = {
        "as_of": today.isoformat(),
        "horizon_days": params.churn.horizon_days,
        "churn_model": hashlib.sha256(files.CHURN_MODEL.read_bytes()).hexdigest(),
        "data_fingerprint": io.read_json(files.LOG)["fingerprint"],
        "promised": promise(io.read_json(files.EVALUATION)),
    }
    history.remember(scores[["customer_key", *KEPT]], card, folder)


if __name__ == "__main__":
    run(monitor)
