"""Train the churn classifier: once as of the holdout, for evaluation, and once as of today, for scoring."""

from __future__ import annotations

from typing import Any

from pipeline.churn.classifier import fit, learned_from
from pipeline.churn.frame import training_frame
from pipeline.churn.store import dump_model, trusted_types
from pipeline.features import Cutoffs
from pipeline.params import Params
from pipeline.stages import files
from pipeline.stages.shell import run, say
from pipeline.tables import io


def train(params: Params) -> None:
    """Write both models and the card that says what they are."""
    snapshots, values = io.read_parquet(files.SNAPSHOTS), io.read_parquet(files.LIFETIME_VALUE)
    cutoffs = Cutoffs.from_dict(io.read_json(files.CUTOFFS))
    card: dict[str, Any] = {
        "label": f"churned: no order in the {params.churn.horizon_days} days from the cutoff",
        "horizon_days": params.churn.horizon_days,
        "data_fingerprint": io.read_json(files.LOG)["fingerprint"],
    }
    for path, days, known_until in (
        (files.CHURN_HOLDOUT_MODEL, cutoffs.training, cutoffs.holdout),
        (files.CHURN_MODEL, cutoffs.final_training, cutoffs.score),
    ):
        frame = training_frame(
            snapshots, values, days, latest_label_end=known_until, horizon_days=params.churn.horizon_days
        )
        model = fit(frame, members=params.churn.members, folds=params.churn.folds, seed=params.seed)
        stored = dump_model(model)
        io.write_bytes(stored, path)
        card[path.stem] = {
            **learned_from(model),
            "cutoffs": [day.isoformat() for day in days],
            "rows": len(frame),
            "churn_rate": float(frame["churned"].mean()),
            "trusted_types": trusted_types(stored),
        }
        say(f"churn: {path.stem} learned from {len(frame):,} snapshots, cutoffs {days[0]} to {days[-1]}")
    io.write_json(card, files.CHURN_CARD)


if __name__ == "__main__":
    run(train)
