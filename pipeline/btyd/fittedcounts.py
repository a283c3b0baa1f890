"""How the models of repeat purchases are fitted, on top of a few formulas per model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, NamedTuple, Self

import numpy as np
import pandas as pd

from pipeline.btyd import lifetimes_engine
from pipeline.btyd._numerics import Floats, Ints, round_significant
from pipeline.btyd.erlang import log_spacing
from pipeline.btyd.fittedmodel import FittedModel
from pipeline.btyd.fitting import Engine, Objective, examine, maximise, sketch_rows
from pipeline.btyd.histories import Histories
from pipeline.btyd.likelihood import Likelihood
from pipeline.errors import InsufficientHistory


class Lives(NamedTuple):
    """Customers drawn from a model: order rate per week, week of death, chance to drop out at an order."""

    rate: Floats
    death: Floats
    dropout: Floats


class FittedCounts(FittedModel, ABC):
    """The formulas that a model of when customers order again has to know, and the fit of its parameters.

    Summaries are in days, parameters in weeks.
    """

    unit = "week"
    time_parameters: ClassVar[tuple[str, ...]]
    lottery_after_first_order: ClassVar[bool] = False
    gap_shape: int = 1  # k of Erlang-k distributed gaps; 1 is a Poisson process

    # ---- what a model has to say -------------------------------------------------------------------------

    @abstractmethod
    def _likelihood(self, theta: Sequence[float], histories: Histories) -> Likelihood:
        """Log likelihood of the histories, and its derivatives by the parameters (not their logs)."""

    @abstractmethod
    def _p_alive(self, x: Ints, t_x: Floats, T: Floats) -> Floats:
        """P(alive at T | x, t_x, T)."""

    @abstractmethod
    def _p_silent_if_alive(self, x: Ints, T: Floats, t: Floats) -> Floats:
        """P(no order in (T, T + t] | alive at T, x, T); `t` has one value per row, as below."""

    @abstractmethod
    def _p_never_if_alive(self, x: Ints, T: Floats) -> Floats:
        """P(no order after T, ever | alive at T, x, T)."""

    @abstractmethod
    def _expected_if_alive(self, x: Ints, T: Floats, t: Floats) -> Floats:
        """E[orders in (T, T + t] | alive at T, x, T]."""

    @abstractmethod
    def _distribution_if_alive(self, x: Ints, T: Floats, t: float, largest: int) -> Floats:
        """P(n orders in (T, T + t] | alive at T, x, T) for n = 0 … largest; one row per customer."""

    @abstractmethod
    def _draw_lives(self, rng: np.random.Generator, n: int) -> Lives:
        """Draw n customers at their first order."""

    @abstractmethod
    def _slopes(self, rate: float) -> list[list[Floats]]:
        """Log parameters to start from, for each summit that there may be.

        Given the mean repeat rate, in units in which the mean age is one.
        """

    # ---- fitting -----------------------------------------------------------------------------------------

    def fit(self, summary: pd.DataFrame, engine: Engine = "own") -> Self:
        """Maximise the likelihood of the summary.

        Parameters
        ----------
        summary : DataFrame
            Columns frequency, recency, T (days) and optionally weight; others are ignored.
        engine : {"own", "lifetimes"}
            Who searches for the optimum. What was found is judged in the same way.

        Raises
        ------
        InsufficientHistory
            If there are no customers, no repeat orders or no time has passed, so that nothing can be learned.
        NotConverged
            If lifetimes does not.
        """
        histories = Histories.from_summary(summary).compressed()
        _require_something_to_learn(histories)
        self._fit(histories, engine)
        return self

    def _fit(self, histories: Histories, engine: Engine) -> None:
        """Search in units in which the mean age is one, so that the unit of the data cannot matter."""
        n, age = float(histories.weight.sum()), float(np.average(histories.T, weights=histories.weight))
        unitless = histories.scaled(1.0 / age)
        objective = self._objective(unitless)
        if engine == "lifetimes":
            found = lifetimes_engine.fit_counts(self.name, unitless)
            optimum = examine(objective, np.log([found[name] for name in self.parameter_names]), n)
        else:
            slopes = self._slopes(float((histories.weight * histories.x).sum()) / n)
            optimum = maximise(objective, slopes, n, self._sketch(unitless))
        self._record(optimum, dict.fromkeys(self.time_parameters, age), n)
        self.fitted_log_likelihood = round_significant(self._log_likelihood(histories), 12)

    def _objective(self, histories: Histories) -> Objective:
        n = float(np.sum(histories.weight))

        def objective(log_theta: Floats) -> Likelihood:
            theta = np.exp(log_theta)
            return self._likelihood(theta.tolist(), histories).mean_by_logs(theta, n)

        return objective

    def _sketch(self, histories: Histories) -> Objective | None:
        """A cheaper objective with nearly the same optimum, where there are histories enough to save any."""
        rows = len(histories.x)
        few = sketch_rows(rows)
        return self._objective(histories.thinned(few)) if rows > 2 * few else None

    def _log_likelihood(self, histories: Histories) -> float:
        value = self._likelihood(self._theta(), histories).value
        if self.gap_shape > 1:
            spacing = log_spacing(self.gap_shape, histories.x, histories.t_x)
            value += float(np.sum(histories.weight * spacing))
        return value

    def log_likelihood(self, summary: pd.DataFrame) -> float:
        """Log likelihood of a summary under the fitted parameters, with time in weeks as in the papers."""
        return self._log_likelihood(Histories.from_summary(summary).compressed())


def _require_something_to_learn(histories: Histories) -> None:
    present = histories.weight > 0
    if not present.any():
        problem = "there are no customers to fit to"
    elif not (histories.T[present] > 0).any():
        problem = "every customer placed the first order on the last observed day (T = 0)"
    elif not (histories.x[present] > 0).any():
        problem = "no customer ever ordered a second time (frequency = 0 throughout)"
    else:
        return
    raise InsufficientHistory(
        problem,
        where="summary",
        valid="a history long enough that some customers ordered on two or more days",
    )
