"""The churn model as a version of the registered model `churn`: probabilities, a signature, no pickle."""

from __future__ import annotations

import hashlib
import json
import shutil
import warnings
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pipeline.tracking.versions import HOLDOUT, MODEL, SCORING

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

SERVED_BY = Path(__file__).with_name("churn_model.py")
NEEDED_TO_SERVE = ("mlflow", "numpy", "pandas", "scikit-learn", "scipy", "skops")


def register(
    client: MlflowClient,
    run: Run,
    model_file: Path,
    holdout_file: Path | None,
    card: Mapping[str, Any],
    *,
    tags: Mapping[str, str],
) -> int:
    """Give the version of the registered model that holds this file as of this day, made when there is none.

    Parameters
    ----------
    client : MlflowClient
        The store and registry.
    run : Run
        The run that a new version is made by.
    model_file : Path
        A classifier in a skops archive; its positive class is churned = 1.
    holdout_file : Path or None
        The same recipe as it was tested on the holdout, kept with the version so that later challengers can
        be compared with it fairly. None where nothing was tested.
    card : Mapping[str, Any]
        `features`, the input columns in order, and `trusted_types`, the types that skops may load.
    tags : Mapping[str, str]
        Tags of a new version, next to the `sha256` of the file; `as_of`, `horizon_days` and `experiment`
        are part of its identity.

    Returns
    -------
    int
        The version's number.
    """
    digest = hashlib.sha256(model_file.read_bytes()).hexdigest()
    same_file = client.search_model_versions(f"name = '{MODEL}' and tags.sha256 = '{digest}'")
    # A model that learned nothing, BTYD alone, has the same file on another day and for another horizon.
    told_apart_by = {name: tags[name] for name in ("as_of", "horizon_days", "experiment")}
    known = [int(each.version) for each in same_file if told_apart_by.items() <= each.tags.items()]
    if known:
        return min(known)
    model_id = _log_model(client, run, model_file, holdout_file, card)
    if not client.search_registered_models(f"name = '{MODEL}'"):
        client.create_registered_model(MODEL, description="P(no order within the horizon) per customer.")
    made = client.create_model_version(
        MODEL,
        source=f"models:/{model_id}",
        run_id=run.info.run_id,
        model_id=model_id,
        tags={**tags, "sha256": digest},
    )
    # MLflow's pages find the version of a logged model by this tag.
    link = json.dumps([{"name": MODEL, "version": made.version}])
    client.set_logged_model_tags(model_id, {"mlflow.modelVersions": link})
    return int(made.version)


def _log_model(
    client: MlflowClient, run: Run, model_file: Path, holdout_file: Path | None, card: Mapping[str, Any]
) -> str:
    """Store script and archive; through the client, since `log_model` adds login name and paths."""
    from mlflow.entities import LoggedModelOutput, LoggedModelStatus
    from mlflow.models import Model, ModelSignature
    from mlflow.pyfunc import save_model
    from mlflow.types import ColSpec, Schema

    logged = client.create_logged_model(
        run.info.experiment_id, name=MODEL, source_run_id=run.info.run_id, model_type="classifier"
    )
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        # An input example, which MLflow asks for, would be a customer.
        warnings.filterwarnings("ignore", message=".*input example", category=UserWarning)
        # MLflow writes the paths it is given into the model; those of copies tell nothing of this machine.
        script = shutil.copy(SERVED_BY, folder)
        artifacts = {"estimator": shutil.copy(model_file, Path(folder) / SCORING)}
        if holdout_file is not None:
            artifacts["holdout"] = shutil.copy(holdout_file, Path(folder) / HOLDOUT)
        packed = Path(folder) / "model"
        save_model(
            packed,
            python_model=script,
            artifacts={name: str(path) for name, path in artifacts.items()},
            model_config={"trusted_types": list(card["trusted_types"])},
            signature=ModelSignature(
                inputs=Schema([ColSpec("double", feature) for feature in card["features"]]),
                outputs=Schema([ColSpec("double", "churn_probability")]),
            ),
            pip_requirements=[f"{package}=={version(package)}" for package in NEEDED_TO_SERVE],
            mlflow_model=Model(
                artifact_path=logged.artifact_location,
                run_id=run.info.run_id,
                model_id=logged.model_id,
                model_uuid=logged.model_id,
            ),
        )
        client.log_model_artifacts(logged.model_id, str(packed))
    client.finalize_logged_model(logged.model_id, LoggedModelStatus.READY)
    client.log_outputs(run.info.run_id, [LoggedModelOutput(logged.model_id, step=0)])
    return str(logged.model_id)
