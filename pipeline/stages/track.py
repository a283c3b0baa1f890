"""One MLflow run for each new state of the pipeline; the scores stand whether or not the server does.

Whether the new churn model becomes the champion is decided here too: docs/champion.md has the rules.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any

import yaml

from pipeline.churn.foreign import foreign_probability
from pipeline.errors import UserError
from pipeline.evaluation.duel import duel
from pipeline.features import Cutoffs
from pipeline.params import Params
from pipeline.stages import files, frames
from pipeline.stages.shell import run, say, warn
from pipeline.tables import io
from pipeline.tracking import (
    Decision,
    ModelVersion,
    PipelineState,
    decide,
    first,
    model_versions,
    note,
    promote,
    settled,
    stored_model,
    succeed,
    track,
    tracking_uri,
    unseen_archive,
)


def track_state(params: Params) -> None:
    """Log parameters, metrics, plots and the model, and let it challenge the champion."""
    card = io.read_json(files.CHURN_CARD)
    has_model, has_holdout = (path.stem in card for path in (files.CHURN_MODEL, files.CHURN_HOLDOUT_MODEL))
    metrics = {path.stem: io.read_json(path) for path in sorted(files.METRICS.glob("*.json"))}
    state = PipelineState(
        run_id=io.read_json(files.MANIFEST)["run_id"],
        experiment=params.track.experiment,
        params=_without_ids(yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))),
        metrics=metrics,
        plots=[*sorted(files.PLOTS.glob("*.csv")), files.REPORT],
        model_file=files.CHURN_MODEL if has_model else None,
        holdout_model_file=files.CHURN_HOLDOUT_MODEL if has_holdout else None,
        value_model_file=files.VALUE_MODEL if "value" in card else None,
        model_tags=_about_the_model(metrics["evaluation"]["churn"], params),
        model_card={**card, **card.get(files.CHURN_MODEL.stem, {})},
        lifetime_value=io.read_json(files.LIFETIME_VALUE_MODELS),
        git_revision=_git("rev-parse", "HEAD") or "no commit yet",
        git_dirty=bool(_git("status", "--porcelain", "--untracked-files=no")),
        data_fingerprint=card["data_fingerprint"],
        dvc_experiment=os.environ.get("DVC_EXP_NAME"),
    )
    uri = tracking_uri(os.environ, Path.cwd())
    try:
        tracked = track(state, uri)
        what = "new" if tracked.created else "known"
        if tracked.model_version is None:
            say(f"track: {what} run {tracked.run_id}, no churn model")
            return
        say(f"track: {what} run {tracked.run_id}, churn model version {tracked.model_version}")
        decision = _gate(tracked.model_version, uri, params)
        note(uri, tracked.run_id, decision.reason)
    except UserError as failure:
        warn(f"the scores are complete, but MLflow lacks this run or a part of it. {failure}")
        return
    say(f"track: {decision.reason}")


def _without_ids(written: Mapping[str, Any]) -> Mapping[str, Any]:
    """Count what `ingest.exclude_customers` lists instead of naming it: it may be ids of people."""
    ingest = written.get("ingest") or {}
    listed = ingest.get("exclude_customers")
    return {**written, "ingest": {**ingest, "exclude_customers": len(listed)}} if listed else written


def _about_the_model(evaluation: Mapping[str, Any], params: Params) -> dict[str, str]:
    cutoffs, tested = Cutoffs.from_dict(io.read_json(files.CUTOFFS)), evaluation.get("model")
    log_loss = "{value:.4f} ({low:.4f} to {high:.4f})".format(**tested["log_loss"]) if tested else ""
    return {
        "horizon_days": str(params.churn.horizon_days),
        "as_of": cutoffs.score.isoformat(),
        "holdout": cutoffs.holdout.isoformat() if cutoffs.holdout and tested else "",
        "log_loss": log_loss,
    }


def _gate(number: int, uri: str, params: Params) -> Decision:
    """Decide about the new version, and set the alias."""
    versions = model_versions(uri)
    challenger = next(each for each in versions if each.number == number)
    champion = next((each for each in versions if each.is_champion), None)
    if champion is None:
        decision = first(challenger)
    else:
        decision = settled(challenger, champion) or _compared(challenger, champion, uri, params)
    if decision.promoted:
        promote(uri, number, by="the gate", why=decision.reason)
    return decision


def _compared(challenger: ModelVersion, champion: ModelVersion, uri: str, params: Params) -> Decision:
    """Put both models before the customers of the latest holdout."""
    archive = unseen_archive(champion, challenger.holdout)
    if archive is None or challenger.holdout is None:
        return decide(challenger, champion, None)
    stored = stored_model(uri, champion.number, archive)
    holdout = io.read_parquet(files.HOLDOUT).dropna(subset=["churn_probability"])
    keys = holdout["customer_key"]
    frame = frames.known(challenger.holdout, keys).set_index("customer_key").loc[keys]
    try:
        said = foreign_probability(stored, frame)
    except UserError as error:
        return succeed(challenger, champion, error.problem)
    difference = duel(
        holdout,
        holdout["churn_probability"].to_numpy(dtype=float),
        said,
        seed=params.seed,
        resamples=params.evaluate.bootstrap_resamples,
    )
    return decide(challenger, champion, astuple(difference))


def _git(*arguments: str) -> str:
    """Ask git; nothing where there is no git or no repository."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


if __name__ == "__main__":
    run(track_state)
