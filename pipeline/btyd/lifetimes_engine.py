"""The archived `lifetimes` package as an alternative engine, and conversion to and from its fitters.

The only module that imports it, and only when asked to: the import takes seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from pipeline.btyd._numerics import Floats, Ints
from pipeline.btyd.histories import Histories
from pipeline.errors import UserError

# Our model name: their fitter, and their generator of random customers.
_FITTERS: Final[dict[str, tuple[str, str]]] = {
    "bgnbd": ("BetaGeoFitter", "beta_geometric_nbd_model"),
    "mbgnbd": ("ModifiedBetaGeoFitter", "modified_beta_geometric_nbd_model"),
    "paretonbd": ("ParetoNBDFitter", "pareto_nbd_model"),
    "gammagamma": ("GammaGammaFitter", ""),
}
COUNT_MODELS: Final = ("bgnbd", "mbgnbd", "paretonbd")
"""The models of orders that it can fit."""
_THEIR_NAMES: Final[dict[str, str]] = {"gamma": "v"}
_OUR_NAMES: Final[dict[str, str]] = {theirs: ours for ours, theirs in _THEIR_NAMES.items()}


class NotConverged(UserError):  # noqa: N818 - reads as what happened
    """A search of lifetimes that found no parameters."""


def fit_counts(name: str, histories: Histories) -> dict[str, float]:
    """Parameters of a count model as lifetimes estimates them, in the unit of the histories."""
    return _fit(name, histories.x, histories.t_x, histories.T, weights=histories.weight)


def fit_spend(n: Ints, m: Floats, weight: Floats) -> dict[str, float]:
    """Parameters of the Gamma-Gamma model as lifetimes estimates them."""
    return _fit("gammagamma", n, m, weights=weight)


def _fit(name: str, *columns: Ints | Floats, weights: Floats) -> dict[str, float]:
    import lifetimes
    from lifetimes.utils import ConvergenceError

    fitter_name, _ = _known(name)
    # Its Pareto/NBD starts from a random point near this one: the same data would get other parameters.
    start = {"initial_params": np.ones(4)} if name == "paretonbd" else {}
    try:
        fitter = getattr(lifetimes, fitter_name)().fit(*columns, weights=weights, **start)
    except ConvergenceError as error:
        raise NotConverged(
            f"lifetimes.{fitter_name} did not converge on these data",
            where="lifetime_value.engine",
            valid="engine: own",
        ) from error
    return _ours(fitter)


def to_fitter(name: str, parameters: Mapping[str, float], summary: pd.DataFrame | None) -> Any:
    """A lifetimes fitter with our parameters; its time unit is the week.

    Parameters
    ----------
    name, parameters
        Of the model.
    summary : DataFrame, optional
        Customers to put into `fitter.data`, which the plots of lifetimes read.
    """
    import lifetimes

    fitter_name, generator = _known(name)
    fitter = getattr(lifetimes, fitter_name)()
    fitter.params_ = pd.Series({_THEIR_NAMES.get(ours, ours): value for ours, value in parameters.items()})
    if name != "gammagamma":
        fitter.predict = fitter.conditional_expected_number_of_purchases_up_to_time
    if summary is None:
        return fitter
    if name == "gammagamma":
        fitter.data = pd.DataFrame(
            {"monetary_value": summary["monetary_value"], "frequency": summary["spend_days"], "weights": 1}
        )
        return fitter
    histories = Histories.from_summary(summary)
    fitter.data = pd.DataFrame(
        {
            "frequency": histories.x,
            "recency": histories.t_x,
            "T": histories.T,
            "weights": histories.weight.astype(np.int64),
        },
        index=summary.index,
    )
    draw = getattr(lifetimes.generate_data, generator)
    fitter.generate_new_data = lambda size=1: draw(histories.T, *fitter.params_.to_list(), size=size)
    return fitter


def from_fitter(name: str, fitter: Any) -> dict[str, float]:
    """Our parameters from a lifetimes fitter that was fitted in weeks.

    Raises
    ------
    UserError
        If it is another model's fitter.
    """
    fitter_name, _ = _known(name)
    if type(fitter).__name__ != fitter_name:
        raise UserError(
            f"a {type(fitter).__name__} cannot become a {name} model", valid=f"lifetimes.{fitter_name}"
        )
    return _ours(fitter)


def _ours(fitter: Any) -> dict[str, float]:
    return {_OUR_NAMES.get(theirs, theirs): float(value) for theirs, value in fitter.params_.items()}


def _known(name: str) -> tuple[str, str]:
    if name not in _FITTERS:
        raise UserError(f"lifetimes has no {name} model", valid=" or ".join(_FITTERS))
    return _FITTERS[name]
