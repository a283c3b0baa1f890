"""Every customer is scored: where the fit of a model failed, a simpler one takes its place and says so."""

from __future__ import annotations

from typing import Final

import pandas as pd

from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.fitting import Engine
from pipeline.btyd.mbgnbd import MBGNBD
from pipeline.btyd.nbd import NBD

SIMPLER: Final[dict[str, type[CountModel]]] = {
    "paretonbd": MBGNBD,
    "mbgcnbd": MBGNBD,
    "mbgnbd": NBD,
    "bgnbd": NBD,
}


def fit_or_simpler(model: type[CountModel], summary: pd.DataFrame, engine: Engine = "own") -> CountModel:
    """Fit the model; if that fails, the next simpler one, down to the NBD, whose optimum always exists.

    Parameters
    ----------
    model : type
        The kind to begin with.
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
    fitted = model().fit(summary, engine)
    if fitted.status != "failed" or model.name not in SIMPLER:
        return fitted
    simpler = fit_or_simpler(SIMPLER[model.name], summary)
    if simpler.status == "ok":
        simpler.status = "weak"
    simpler.message = (
        f"This is the {simpler.name} model, as the fit of the {model.name} model failed: {fitted.message} "
        f"{simpler.message}"
    )
    return simpler
