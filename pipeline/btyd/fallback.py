"""Every customer is scored: where the fit of a model failed, a simpler one takes its place and says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.fitting import Engine

SIMPLER: Final[dict[str, str]] = {
    "paretonbd": "mbgnbd",
    "mbgcnbd": "mbgnbd",
    "mbgnbd": "nbd",
    "bgnbd": "nbd",
}


def fit_or_simpler(
    models: Mapping[str, type[CountModel]], name: str, summary: pd.DataFrame, engine: Engine = "own"
) -> CountModel:
    """Fit the model; if that fails, the next simpler one, down to the NBD, whose optimum always exists.

    Parameters
    ----------
    models : mapping of str to type
        Kinds of models by name.
    name : str
        The one to begin with.
    summary, engine
        As in `CountModel.fit`.

    Returns
    -------
    CountModel
        Labelled ``weak`` at best, with a message that names the model that failed, if it is not the one that
        was asked for.

    Raises
    ------
    InsufficientHistory
        If no model could learn anything from the summary.
    """
    fitted = models[name]().fit(summary, engine)
    if fitted.status != "failed" or name not in SIMPLER:
        return fitted
    simpler = fit_or_simpler(models, SIMPLER[name], summary)
    if simpler.status == "ok":
        simpler.status = "weak"
    simpler.message = (
        f"This is the {simpler.name} model, as the fit of the {name} model failed: {fitted.message} "
        f"{simpler.message}"
    )
    return simpler
