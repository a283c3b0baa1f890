"""What every model of this room remembers about its fit, and how that is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from pipeline.btyd import lifetimes_engine
from pipeline.btyd._numerics import round_significant
from pipeline.btyd.fitting import Optimum, Status, verdict
from pipeline.errors import UserError


class FittedModel:
    """Parameters with a verdict; saved as JSON, without customer data.

    Attributes
    ----------
    parameters : dict of str to float
        Fitted values, rounded to 8 significant digits; time is in weeks.
    status : {"ok", "weak", "not_identified", "failed"}
        Verdict on the fit.
    message : str
        The verdict in a sentence.
    fitted_log_likelihood, n_customers : float
        Of the data it was fitted to.
    covariance : list of lists
        Covariance matrix of the logarithms of the parameters; empty when they were given, not fitted.
    """

    name: ClassVar[str]
    parameter_names: ClassVar[tuple[str, ...]]
    unit: ClassVar[str | None] = None  # of time, where the model knows time

    def __init__(self) -> None:
        """Start unfitted; `fit`, `from_parameters` or `from_dict` give it parameters."""
        self.parameters: dict[str, float] = {}
        self.status: Status = "failed"
        self.message = "The model has not been fitted."
        self.fitted_log_likelihood = float("nan")
        self.n_customers = 0.0
        self.covariance: list[list[float]] = []

    @classmethod
    def from_parameters(cls, **parameters: float) -> Self:
        """A model with known parameters: for published tables, simulation and what-if.

        Raises
        ------
        UserError
            If a parameter is missing, unknown, or not a positive number.
        """
        if set(parameters) != set(cls.parameter_names) or not all(
            0.0 < value < np.inf for value in parameters.values()
        ):
            raise UserError(
                f"{cls.name} cannot have the parameters {parameters}",
                valid=f"positive numbers for {', '.join(cls.parameter_names)}",
            )
        model = cls()
        model.parameters = {name: float(parameters[name]) for name in cls.parameter_names}
        model.status, model.message = "ok", "The parameters were given, not fitted."
        return model

    def to_dict(self) -> dict[str, Any]:
        """Everything needed to predict and to judge, as JSON types."""
        return {
            "model": self.name,
            **({"unit": self.unit} if self.unit else {}),
            "parameters": dict(zip(self.parameter_names, self._theta(), strict=True)),
            "log_likelihood": none_for_nan(self.fitted_log_likelihood),
            "n_customers": round(self.n_customers),
            "status": self.status,
            "message": self.message,
            "log_covariance": [[none_for_nan(v) for v in row] for row in self.covariance],
        }

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Self:
        """Read back what `to_dict` wrote; predictions are equal to the last bit.

        Raises
        ------
        UserError
            If it is another model's, in another unit, or its parameters are not positive numbers.
        """
        if saved.get("model") != cls.name or saved.get("unit") != cls.unit:
            raise UserError(
                f"model {saved.get('model')!r} in unit {saved.get('unit')!r} cannot be read as {cls.name}",
                valid=f"model {cls.name!r}, unit {cls.unit!r}",
            )
        model = cls.from_parameters(**saved["parameters"])
        model.status, model.message = saved["status"], saved["message"]
        model.fitted_log_likelihood = _nan_for_none(saved["log_likelihood"])
        model.n_customers = float(saved["n_customers"])
        model.covariance = [[_nan_for_none(v) for v in row] for row in saved["log_covariance"]]
        return model

    def to_lifetimes(self, summary: pd.DataFrame | None = None) -> Any:
        """The fitter of `lifetimes` with these parameters, in weeks; with the summary its plots work too."""
        return lifetimes_engine.to_fitter(self.name, self.parameters, summary)

    @classmethod
    def from_lifetimes(cls, fitter: Any) -> Self:
        """A model with the parameters of a `lifetimes` fitter that was fitted in weeks."""
        return cls.from_parameters(**lifetimes_engine.from_fitter(cls.name, fitter))

    def __repr__(self) -> str:
        """Name, parameters and verdict."""
        inside = ", ".join(f"{name}={value:.4g}" for name, value in self.parameters.items())
        return f"{type(self).__name__}({inside}) [{self.status}]"

    def _theta(self) -> list[float]:
        if not self.parameters:
            raise UserError(f"the {self.name} model has not been fitted", valid="call fit(summary) first")
        return [self.parameters[name] for name in self.parameter_names]

    def _record(self, optimum: Optimum, scales: Mapping[str, float], n: float) -> None:
        """Keep the optimum; `scales` turns parameters of the search into those of the unit people use."""
        self.parameters = {
            name: round_significant(value * scales.get(name, 1.0), 8)
            for name, value in zip(self.parameter_names, np.exp(optimum.theta).tolist(), strict=True)
        }
        self.status, self.message = verdict(optimum, self.parameter_names)
        self.covariance = [[round_significant(v, 6) for v in row] for row in optimum.covariance.tolist()]
        self.n_customers = n


def none_for_nan(value: float) -> float | None:
    """JSON has no NaN."""
    return None if np.isnan(value) else value


def _nan_for_none(value: float | None) -> float:
    return float("nan") if value is None else float(value)
