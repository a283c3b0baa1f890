"""One MLflow run for each new state of the pipeline; the scores stand whether or not the server does."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import yaml

from pipeline.params import Params
from pipeline.stages import files
from pipeline.stages.shell import run, say, warn
from pipeline.tables import io
from pipeline.tracking import PipelineState, TrackingFailed, track, tracking_uri


def track_state(params: Params) -> None:
    """Log parameters, metrics, plots and the model."""
    card = io.read_json(files.CHURN_CARD)
    has_model = files.CHURN_MODEL.stem in card
    state = PipelineState(
        run_id=io.read_json(files.MANIFEST)["run_id"],
        experiment=params.track.experiment,
        params=yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8")),
        metrics={path.stem: io.read_json(path) for path in sorted(files.METRICS.glob("*.json"))},
        plots=[*sorted(files.PLOTS.glob("*.csv")), files.REPORT],
        model_file=files.CHURN_MODEL if has_model else None,
        model_card={**card, **card.get(files.CHURN_MODEL.stem, {})},
        lifetime_value=io.read_json(files.LIFETIME_VALUE_MODELS),
        git_revision=_git("rev-parse", "HEAD") or "no commit yet",
        git_dirty=bool(_git("status", "--porcelain", "--untracked-files=no")),
        data_fingerprint=card["data_fingerprint"],
        dvc_experiment=os.environ.get("DVC_EXP_NAME"),
    )
    try:
        tracked = track(state, tracking_uri(os.environ, Path.cwd()))
    except TrackingFailed as failure:
        warn(f"the scores are complete, but this run is not in MLflow. {failure}")
        return
    what = "new" if tracked.created else "known"
    version = f"churn model version {tracked.model_version}" if has_model else "no churn model"
    say(f"track: {what} run {tracked.run_id}, {version}")


def _git(*arguments: str) -> str:
    """Ask git; nothing where there is no git or no repository."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


if __name__ == "__main__":
    run(track_state)
