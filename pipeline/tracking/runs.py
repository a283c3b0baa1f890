"""One MLflow run for each pipeline state: found again by its digest, finished if an earlier attempt died."""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.tracking import registry
from pipeline.tracking.names import by_mlflow_name
from pipeline.tracking.store import SQLITE, artifact_location, open_store, store_errors
from pipeline.tracking.versions import MODEL

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

LONGEST_PARAMETER = 500  # characters that every MLflow server takes; params.json has the whole
HOME_FOLDER = re.compile(r"(?<![\w.])/(?:home|Users)/[^/\s]+")


@dataclass(frozen=True)
class PipelineState:
    """All that one state of the pipeline tells MLflow; nothing in it describes a single customer.

    Parameters
    ----------
    run_id : str
        The content digest of the state; equal inputs give an equal digest.
    experiment : str
        The MLflow experiment's name.
    params : Mapping[str, Any]
        params.yaml, nested, without ids of customers.
    metrics : Mapping[str, Any]
        The metrics files by name, nested; an interval is `{"value": …, "low": …, "high": …}`.
    plots : Sequence[Path]
        Plot data and HTML pages to keep with the run.
    model_file : Path or None
        The churn model, a skops archive. None where the data were too few for one: nothing is registered.
    holdout_model_file : Path or None
        The model that was tested on the holdout; None where none was.
    value_model_file : Path or None
        The spend model, a skops archive kept with the run; None where there is none.
    model_tags : Mapping[str, str]
        What the model's version says of it: `horizon_days`, `as_of`, `holdout` (ISO dates, the latter empty
        where nothing was tested) and `log_loss` there.
    model_card : Mapping[str, Any]
        What is known of that model: `features` (list of str, in the model's order) and `trusted_types`
        (list of str) are required where there is a model.
    lifetime_value : Mapping[str, Any]
        The parameters of the lifetime value models.
    git_revision, git_dirty : str, bool
        The commit, and whether the files differ from it.
    data_fingerprint : str
        The digest of the orders that the state was computed from.
    dvc_experiment : str, optional
        The name that DVC gave the experiment (`DVC_EXP_NAME`).
    """

    run_id: str
    experiment: str
    params: Mapping[str, Any]
    metrics: Mapping[str, Any]
    plots: Sequence[Path]
    model_file: Path | None
    holdout_model_file: Path | None
    value_model_file: Path | None
    model_tags: Mapping[str, str]
    model_card: Mapping[str, Any]
    lifetime_value: Mapping[str, Any]
    git_revision: str
    git_dirty: bool
    data_fingerprint: str
    dvc_experiment: str | None = None


@dataclass(frozen=True)
class Tracked:
    """Where a pipeline state is found in MLflow.

    `created` is False when the state had a run already; `model_version` is the version of the registered
    model `churn` that the state uses, None where it has none.
    """

    run_id: str
    model_version: int | None
    created: bool


def track(state: PipelineState, uri: str) -> Tracked:
    """Record a pipeline state as an MLflow run and its churn model as a registered version.

    Doing it twice changes nothing: the run is found by its tag `state`, the version by its tag `sha256`.

    Parameters
    ----------
    state : PipelineState
        What to record.
    uri : str
        Where, as `tracking_uri` gives it.

    Raises
    ------
    TrackingFailed
        The store is down, too slow, or refuses to record the run.
    """
    with open_store(uri) as client:
        run, created = _find_or_start(client, state, uri)
        run_id = run.info.run_id
        try:
            _log(client, run, state)
            model_version = None
            if state.model_file is not None:
                model_version = registry.register(
                    client,
                    run,
                    state.model_file,
                    state.holdout_model_file,
                    state.model_card,
                    tags={**_origin(state), **state.model_tags, "experiment": state.experiment},
                )
                client.set_tag(run_id, "churn_model", f"models:/{MODEL}/{model_version}")
        except store_errors():
            if run.info.status != "FINISHED":
                with suppress(*store_errors()):
                    client.set_terminated(run_id, "FAILED")
            raise
        if run.info.status != "FINISHED":
            client.set_terminated(run_id, "FINISHED")
    return Tracked(run_id, model_version, created)


def is_tracked(run_id: str, uri: str) -> bool:
    """Tell whether a pipeline state has a finished run.

    A fresh clone with a committed dvc.lock has nothing new for the `track` stage, but a store that is empty.

    Parameters
    ----------
    run_id : str
        The content digest of the state.
    uri : str
        Where to look, as `tracking_uri` gives it.

    Raises
    ------
    TrackingFailed
        The store is down or too slow.
    """
    if not uri.startswith(SQLITE):
        with open_store(uri) as client:
            experiments = [experiment.experiment_id for experiment in client.search_experiments()]
            finished = f"tags.state = '{run_id}' and attributes.status = 'FINISHED'"
            return bool(client.search_runs(experiments, finished, max_results=1))
    database = Path(uri.removeprefix(SQLITE))
    if not database.exists():
        return False
    # Asked without MLflow, whose import takes longer than a pipeline with nothing to do.
    found = """SELECT 1 FROM tags JOIN runs USING (run_uuid)
               WHERE tags.key = 'state' AND tags.value = ? AND runs.status = 'FINISHED'"""
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(found, [run_id]).fetchone() is not None
    except sqlite3.DatabaseError:
        return False  # no store of MLflow's: `track` says what is wrong with it


def _find_or_start(client: MlflowClient, state: PipelineState, uri: str) -> tuple[Run, bool]:
    experiment = client.get_experiment_by_name(state.experiment)
    if experiment is None:
        location = artifact_location(uri, state.experiment)
        experiment_id = client.create_experiment(state.experiment, artifact_location=location)
    else:
        experiment_id = experiment.experiment_id
    oldest_first = ["attributes.start_time ASC"]
    found = client.search_runs(
        [experiment_id], f"tags.state = '{state.run_id}'", max_results=1, order_by=oldest_first
    )
    if found:
        return found[0], False
    run_name = state.dvc_experiment or state.run_id[:12]
    # Given here, or MLflow would write the login name and the path of the running script.
    neutral = {"mlflow.user": "pipeline", "mlflow.source.name": "dvc repro", "state": state.run_id}
    return client.create_run(experiment_id, tags=neutral, run_name=run_name), True


def _log(client: MlflowClient, run: Run, state: PipelineState) -> None:
    from mlflow.entities import Metric, Param, RunTag

    tags = {
        **_origin(state),
        "mlflow.source.git.commit": state.git_revision,
        "pipeline_version": version("churn-clv-pipeline"),
        **({"dvc_experiment": state.dvc_experiment} if state.dvc_experiment else {}),
    }
    metrics = {}
    for name, value in _leaves(state.metrics):
        if isinstance(value, str):
            tags[name] = value
        elif isinstance(value, int | float) and math.isfinite(value):
            metrics[re.sub(r"\.value$", "", re.sub(r"\.(low|high)$", r"_\1", name))] = float(value)
    run_id, moment = run.info.run_id, run.info.start_time  # one moment: a second pass adds no second points
    client.log_batch(
        run_id,
        metrics=[Metric(name, value, moment, 0) for name, value in by_mlflow_name(metrics.items()).items()],
        params=[Param(name, _short(value)) for name, value in by_mlflow_name(_leaves(state.params)).items()],
        tags=[RunTag(name, str(value)) for name, value in by_mlflow_name(tags.items()).items()],
    )
    client.log_text(run_id, _json(state.params), "params.json")
    client.log_text(run_id, _json(state.metrics), "metrics.json")
    client.log_text(run_id, _json(state.model_card), "models/churn.json")
    client.log_text(run_id, _json(state.lifetime_value), "models/lifetime_value.json")
    if state.value_model_file is not None:
        client.log_artifact(run_id, str(state.value_model_file), "models")
    for path in state.plots:
        client.log_artifact(run_id, str(path), "reports" if path.suffix == ".html" else "plots")


def _origin(state: PipelineState) -> dict[str, str]:
    return {
        "state": state.run_id,
        "data_fingerprint": state.data_fingerprint,
        "git_revision": state.git_revision,
        "git_dirty": str(state.git_dirty).lower(),
    }


def _leaves(nested: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in nested.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return HOME_FOLDER.sub("~", text)[:LONGEST_PARAMETER]


def _json(value: Any) -> str:
    return HOME_FOLDER.sub("~", json.dumps(value, indent=2, default=str, ensure_ascii=False)) + "\n"
