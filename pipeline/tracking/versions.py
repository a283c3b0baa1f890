"""The versions of the registered model: what is known of each, their files, and which one is the champion.

The alias `champion` marks the one in charge. Who gave it, when and why stands in the version's tags; the
champions before it stand in a tag of the registered model, so that one can go back.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pipeline.errors import UserError
from pipeline.tracking.store import SQLITE, open_store

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion as Registered

MODEL = "churn"
SCORING, HOLDOUT = "churn.skops", "churn_holdout.skops"
ALIAS = "champion"
PAST_CHAMPIONS = "past_champions"
LONGEST_HISTORY = 100
NEEDED_TAGS = {
    "experiment",
    "horizon_days",
    "as_of",
    "holdout",
    "log_loss",
    "data_fingerprint",
    "git_revision",
}
LIST_THEM = "a number that `churn models list` shows"


@dataclass(frozen=True)
class ModelVersion:
    """What the registry tells of one version.

    Attributes
    ----------
    number : int
    experiment : str
    horizon_days : int
    as_of : date
        The scoring model learned from the days before it.
    holdout : date or None
        The first day of the holdout; the model that was tested there learned from the days before it.
    log_loss : str
        On that holdout, with its interval; empty where it was not tested.
    data_fingerprint, git_revision : str
        Of the orders, and of the code.
    is_champion, set_aside : bool
        Whether it has the alias; whether it had, and was rolled back.
    decided : str
        When and by whom it was made champion; empty where it never was.
    """

    number: int
    experiment: str
    horizon_days: int
    as_of: date
    holdout: date | None
    log_loss: str
    data_fingerprint: str
    git_revision: str
    is_champion: bool
    set_aside: bool
    decided: str


def model_versions(uri: str) -> list[ModelVersion]:
    """List the versions, newest first; those that `unknown_versions` names are passed over.

    Parameters
    ----------
    uri : str
        The store, as `tracking_uri` gives it.

    Raises
    ------
    TrackingFailed
        The store is down or too slow.
    """
    found, champion = _registered(uri)
    versions = [_described(each, champion) for each in found if each.tags.keys() >= NEEDED_TAGS]
    return sorted(versions, key=lambda version: -version.number)


def unknown_versions(uri: str) -> list[int]:
    """Number the versions that lack a tag of this pipeline's: older than champions, or somebody else's.

    Raises
    ------
    TrackingFailed
        The store is down or too slow.
    """
    found, _ = _registered(uri)
    return sorted(int(each.version) for each in found if not each.tags.keys() >= NEEDED_TAGS)


def stored_model(uri: str, number: int, archive: str) -> bytes:
    """Fetch one of a version's two skops archives, `SCORING` or `HOLDOUT`; nothing is loaded."""
    with open_store(uri, f"give the model of version {number}") as client, TemporaryDirectory() as folder:
        from mlflow.artifacts import download_artifacts

        source = client.get_model_version_download_uri(MODEL, str(number))
        return Path(
            download_artifacts(artifact_uri=f"{source}/artifacts/{archive}", dst_path=folder)
        ).read_bytes()


def note(uri: str, run_id: str, decision: str) -> None:
    """Keep the gate's sentence with the run."""
    with open_store(uri, "keep the decision") as client:
        client.set_tag(run_id, "champion_decision", decision)


def promote(uri: str, number: int, *, by: str, why: str) -> None:
    """Make a version the champion.

    Parameters
    ----------
    uri : str
    number : int
        The version.
    by, why : str
        Who decided ("gate", "by hand"), and the reason, for its tags.

    Raises
    ------
    TrackingFailed
        The store is down or too slow.
    UserError
        There is no such version, or it is the champion already.
    """
    versions = {version.number: version for version in model_versions(uri)}
    if number not in versions:
        known = ", ".join(map(str, sorted(versions))) or "none yet; `make repro` makes the first"
        raise UserError("there is no such version", where=f"model version {number}", valid=known)
    if versions[number].is_champion:
        raise UserError("it is the champion already", where=f"model version {number}", valid=LIST_THEM)
    with open_store(uri, f"make version {number} the champion") as client:
        before = _champion(client)
        past = [*_past_champions(client), *([before] if before is not None else [])]
        _crown(client, number, past, by, why)


def rollback(uri: str) -> int:
    """Give the alias back to the champion before, and set the present one aside: the gate passes it over.

    Returns
    -------
    int
        The version that is the champion now.

    Raises
    ------
    TrackingFailed
        The store is down or too slow.
    UserError
        There was no champion before, or it has been deleted.
    """
    versions = {version.number: version for version in model_versions(uri)}
    champion = next((version.number for version in versions.values() if version.is_champion), None)
    nothing = UserError(
        "there is no champion before this one",
        where="churn models rollback",
        valid="churn models promote VERSION",
    )
    if champion is None:
        raise nothing
    with open_store(uri, "go back to the champion before") as client:
        past = _past_champions(client)
        if not past or past[-1] not in versions:
            raise nothing
        client.set_model_version_tag(MODEL, str(champion), "champion_set_aside", _now())
        _crown(client, past[-1], past[:-1], "by hand", f"version {champion} was rolled back")
    return past[-1]


def _crown(client: MlflowClient, number: int, past: list[int], by: str, why: str) -> None:
    """The alias comes last: whatever dies before it, the old champion is still in charge."""
    tags = {"champion_since": _now(), "champion_by": by, "champion_why": why, "champion_set_aside": ""}
    for name, value in tags.items():
        client.set_model_version_tag(MODEL, str(number), name, value)
    client.set_registered_model_tag(MODEL, PAST_CHAMPIONS, json.dumps(past[-LONGEST_HISTORY:]))
    client.set_registered_model_alias(MODEL, ALIAS, str(number))


def _registered(uri: str) -> tuple[list[Registered], int | None]:
    """Find every version in the store, and the number of the champion."""
    if uri.startswith(SQLITE) and not Path(uri.removeprefix(SQLITE)).exists():
        return [], None  # looking must not make a store
    with open_store(uri, "list the models") as client:
        return list(client.search_model_versions(f"name = '{MODEL}'")), _champion(client)


def _champion(client: MlflowClient) -> int | None:
    for model in client.search_registered_models(f"name = '{MODEL}'"):
        if ALIAS in model.aliases:
            return int(model.aliases[ALIAS])
    return None


def _past_champions(client: MlflowClient) -> list[int]:
    past: list[int] = json.loads(client.get_registered_model(MODEL).tags.get(PAST_CHAMPIONS, "[]"))
    return past


def _described(registered: Registered, champion: int | None) -> ModelVersion:
    tags, number = registered.tags, int(registered.version)
    return ModelVersion(
        number=number,
        experiment=tags["experiment"],
        horizon_days=int(tags["horizon_days"]),
        as_of=date.fromisoformat(tags["as_of"]),
        holdout=date.fromisoformat(tags["holdout"]) if tags["holdout"] else None,
        log_loss=tags["log_loss"],
        data_fingerprint=tags["data_fingerprint"],
        git_revision=tags["git_revision"],
        is_champion=number == champion,
        set_aside=bool(tags.get("champion_set_aside")),
        decided=f"{tags['champion_since'][:10]} {tags['champion_by']}" if "champion_since" in tags else "",
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
