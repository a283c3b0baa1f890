"""`churn models`: the versions of the churn model, and which one is in charge."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from pipeline.counted import counted
from pipeline.errors import UserError
from pipeline.stages.shell import say, user_errors_told, warn
from pipeline.tracking import (
    ModelVersion,
    model_versions,
    promote,
    rollback,
    tracking_uri,
    unknown_versions,
)

app = typer.Typer(no_args_is_help=True)

WIDTHS = (7, 10, 9, 26, 8, 8, 20)
SHORT = 8  # characters of a digest that tell two apart


@app.callback()
def models() -> None:
    """List the churn models in MLflow, and decide which one is the champion."""


@app.command("list")
def list_versions() -> None:
    """List the versions, the newest first; the champion is marked with a star."""
    with _store() as uri:
        versions, unknown = model_versions(uri), unknown_versions(uri)
        if unknown:
            warn(f"passed over, without the tags that the gate needs: version {', '.join(map(str, unknown))}")
        if not versions:
            nothing = "there are no models that the gate knows" if unknown else "there are no models yet"
            how = "dvc repro -s -f track registers today's" if unknown else "make repro"
            raise UserError(nothing, where=uri, valid=how)
    say(_line(("version", "as of", "horizon", "log loss, holdout", "data", "commit", "made champion")))
    for version in versions:
        say(_row(version))


@app.command("promote")
def promote_version(
    version: Annotated[int, typer.Argument(help="A number that `churn models list` shows.")],
) -> None:
    """Make a version the champion by hand, whatever the gate said."""
    with _store() as uri:
        promote(uri, version, by="by hand", why="churn models promote")
    say(f"version {version} is the champion")


@app.command("rollback")
def roll_back() -> None:
    """Go back to the champion before; the gate will not choose the present one again."""
    with _store() as uri:
        version = rollback(uri)
    say(f"version {version} is the champion again")


@contextmanager
def _store() -> Iterator[str]:
    """Yield where the models are; what goes wrong there is told in a sentence."""
    with user_errors_told():
        yield tracking_uri(os.environ, Path.cwd())


def _row(version: ModelVersion) -> str:
    cells = (
        f"{version.number}{'*' if version.is_champion else ''}",
        version.as_of.isoformat(),
        f"{counted(version.horizon_days):day/days}",
        version.log_loss or "not tested",
        version.data_fingerprint[:SHORT],
        version.git_revision[:SHORT],
        version.decided,
    )
    return _line(cells)


def _line(cells: Sequence[str]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()
