"""Where MLflow keeps its runs: which store, how to open it quickly and quietly, what to say if it fails."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import UserError

if TYPE_CHECKING:
    from mlflow import MlflowClient

SQLITE = "sqlite:///"

# What a variable of the same name overrides. A dead server must cost seconds, where MLflow's own defaults
# wait for minutes; nothing is reported to MLflow's makers; our errors say what MLflow's log lines would.
MLFLOW_DEFAULTS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "CRITICAL",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_UV_AUTO_DETECT": "false",
    "GIT_PYTHON_REFRESH": "quiet",
}


class TrackingFailed(UserError):  # noqa: N818 - reads as what happened
    """The MLflow store could not be reached or refused its work."""


def tracking_uri(env: Mapping[str, str], root: Path) -> str:
    """Find the MLflow store that a pipeline run belongs to.

    Parameters
    ----------
    env : Mapping[str, str]
        The environment. `MLFLOW_TRACKING_URI` is respected; `DVC_ROOT` is the repository that a DVC stage
        was started from, also when an experiment runs in a temporary copy of it.
    root : Path
        The repository, where `DVC_ROOT` is not set.

    Returns
    -------
    str
        The tracking URI; that of an SQLite file is always absolute.
    """
    home = Path(env.get("DVC_ROOT") or root).absolute()
    uri = env.get("MLFLOW_TRACKING_URI") or f"{SQLITE}mlflow.db"
    return f"{SQLITE}{home / uri.removeprefix(SQLITE)}" if uri.startswith(SQLITE) else uri


@contextmanager
def open_store(uri: str, purpose: str = "record this run") -> Iterator[MlflowClient]:
    """Open the store, alone where it is an SQLite file, and turn its failures into `TrackingFailed`.

    Parameters
    ----------
    uri : str
        An absolute tracking URI, as `tracking_uri` gives it.
    purpose : str
        What the store is opened for, to say what it failed to do.

    Yields
    ------
    MlflowClient
        A client of the store and its model registry.

    Raises
    ------
    TrackingFailed
        The store is down, too slow, refuses the request, or is not an MLflow store.
    """
    for name, value in MLFLOW_DEFAULTS.items():
        os.environ.setdefault(name, value)
    try:
        from mlflow import MlflowClient, set_tracking_uri

        set_tracking_uri(uri)  # the registry looks logged models up in the store of the process
        if not uri.startswith(SQLITE):
            yield MlflowClient(uri)
            return
        database = Path(uri.removeprefix(SQLITE))
        with _alone(database):
            _initialise(database)
            yield MlflowClient(uri)
    except store_errors() as error:
        raise TrackingFailed(
            f"MLflow did not {purpose}: {_reason(error)}",
            where=without_credentials(uri),
            valid="check MLFLOW_TRACKING_URI and its server; `dvc repro -s -f track` records a run",
        ) from error


def store_errors() -> tuple[type[Exception], ...]:
    """Everything that MLflow and the libraries below it raise when a store does not do its work."""
    from mlflow.exceptions import MlflowException
    from requests import RequestException
    from sqlalchemy.exc import SQLAlchemyError

    return MlflowException, RequestException, SQLAlchemyError, OSError, ImportError


def artifact_location(uri: str, experiment: str) -> str | None:
    """Give the folder of an experiment's files; None leaves the choice to the tracking server."""
    if not uri.startswith(SQLITE):
        return None
    return (Path(uri.removeprefix(SQLITE)).parent / "mlruns" / experiment).as_uri()


def without_credentials(text: str) -> str:
    """Take user names, passwords and query strings out of the addresses in a text."""
    return re.sub(r"(://[^\s?]*)\?[^\s'\")]*", r"\1", re.sub(r"://[^/\s]*@", "://", text))


def _reason(error: Exception) -> str:
    """Give the first line of an error, or what a failed HTTP request says at the bottom of its wrappings."""
    line = next(iter(str(error).strip().splitlines()), type(error).__name__)
    wrapped = re.search(r"Caused by \w+\([\"'](?:.*: )?(.*)[\"']\)\)$", line)
    return without_credentials(wrapped[1] if wrapped else line)


@contextmanager
def _alone(database: Path) -> Iterator[None]:
    """Wait until no other track stage uses the file: two queue workers would both make the tables."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{database}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _initialise(database: Path) -> None:
    """Make the tables beside the file and rename: a migration killed half-way could never be opened again."""
    if database.exists():
        return
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    unfinished = Path(f"{database}.new")
    unfinished.unlink(missing_ok=True)
    store = SqlAlchemyStore(f"{SQLITE}{unfinished}", (database.parent / "mlruns").as_uri())
    store.engine.dispose()
    unfinished.rename(database)
