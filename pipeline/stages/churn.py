"""Train the churn classifier: once as of the holdout, for evaluation, and once as of today, for scoring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.churn.classifier import fit, learned_from
from pipeline.churn.frame import training_frame
from pipeline.churn.store import dump_model, trusted_types
from pipeline.errors import InsufficientHistory
from pipeline.features import Cutoffs
from pipeline.params import Params
from pipeline.preflight.floors import INSUFFICIENT_HISTORY, unmet, why
from pipeline.stages import files
from pipeline.stages.shell import run, say
from pipeline.tables import io


def train(params: Params) -> None:
    """Write both models and the card that says what they are, or that there are none and why."""
    cutoffs = Cutoffs.from_dict(io.read_json(files.CUTOFFS))
    card: dict[str, Any] = {
        "label": f"churned: no order in the {params.churn.horizon_days} days from the cutoff",
        "horizon_days": params.churn.horizon_days,
        "data_fingerprint": io.read_json(files.LOG)["fingerprint"],
    }
    reason = why(unmet(io.read_json(files.PREFLIGHT), "churn"))
    fitted: dict[Path, tuple[bytes, dict[str, Any]]] = {}
    if not reason and cutoffs.holdout:
        try:
            fitted = {
                files.CHURN_HOLDOUT_MODEL: _learn(params, cutoffs.training, cutoffs.holdout),
                files.CHURN_MODEL: _learn(params, cutoffs.final_training, cutoffs.score),
            }
        except InsufficientHistory as error:
            reason = error.problem
    for path in (files.CHURN_HOLDOUT_MODEL, files.CHURN_MODEL):
        stored, about = fitted.get(path, (dump_model(None), {}))
        io.write_bytes(stored, path)
        if about:
            card[path.stem] = about
            first, last = about["cutoffs"][0], about["cutoffs"][-1]
            say(f"churn: {path.stem} learned from {about['rows']:,} snapshots, cutoffs {first} to {last}")
    if reason:
        card |= {"status": INSUFFICIENT_HISTORY, "reason": reason}
        say(f"churn: no model, {reason}")
    io.write_json(card, files.CHURN_CARD)


def _learn(params: Params, cutoffs: Sequence[date], known_until: date) -> tuple[bytes, dict[str, Any]]:
    """Fit one model: its archive, and what the card says of it."""
    frame = training_frame(
        io.read_parquet(files.SNAPSHOTS),
        io.read_parquet(files.LIFETIME_VALUE),
        cutoffs,
        latest_label_end=known_until,
        horizon_days=params.churn.horizon_days,
    )
    model = fit(frame, members=params.churn.members, folds=params.churn.folds, seed=params.seed)
    stored = dump_model(model)
    return stored, {
        **learned_from(model),
        "cutoffs": [day.isoformat() for day in cutoffs],
        "rows": len(frame),
        "churn_rate": float(frame["churned"].mean()),
        "trusted_types": trusted_types(stored),
    }


if __name__ == "__main__":
    run(train)
