"""Gamma-Gamma: what a customer spends per order day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln

from pipeline.btyd import lifetimes_engine
from pipeline.btyd._numerics import Floats, Ints, round_significant
from pipeline.btyd.fittedmodel import FittedModel, mean_objective
from pipeline.btyd.fitting import Engine, examine, maximise
from pipeline.errors import InsufficientHistory, UserError

_VALID = (
    "one row per customer: monetary_value (mean amount per repeat day with a positive amount, 0 if there is "
    "none) and spend_days (the number of those days)"
)


class SpendPosterior(NamedTuple):
    """Days with spend and scale of the posterior, one of each per customer."""

    days: Ints
    scale: Floats


class GammaGamma(FittedModel):
    """The Gamma-Gamma model of spend (Fader and Hardie, note 025, 2013).

    Amounts of one customer are Gamma(p, ν) distributed, ν ~ Gamma(q, gamma) over customers, independently of
    how often the customer orders. A customer's expected order value shrinks the own mean towards the
    population mean p · gamma / (q − 1), the more, the fewer days it rests on.

    For q <= 1 the model has no population mean. Then nothing is shrunk: customers with spend get their own
    mean, the others the mean of all customers' means, and the status is ``weak``.

    Attributes
    ----------
    observed_mean : float
        Mean over customers of their own means; NaN when the parameters were given, not fitted.

    Examples
    --------
    >>> import pandas as pd
    >>> spend = GammaGamma.from_parameters(p=6.25, q=3.74, gamma=15.44)
    >>> customers = pd.DataFrame({"monetary_value": [22.35, 0.0], "spend_days": [2, 0]})
    >>> spend.expected_order_value(customers).round(2).tolist()
    [24.66, 35.22]
    """

    name = "gammagamma"
    parameter_names = ("p", "q", "gamma")

    def __init__(self) -> None:
        """Start unfitted."""
        super().__init__()
        self.observed_mean = float("nan")

    def fit(self, summary: pd.DataFrame, engine: Engine = "own") -> Self:
        """Maximise the likelihood over the customers with at least one positive repeat amount.

        Parameters
        ----------
        summary : DataFrame
            Columns monetary_value, spend_days and optionally weight; rows with spend_days = 0 are ignored.
        engine : {"own", "lifetimes"}
            Who searches for the optimum. What was found is judged in the same way.

        Raises
        ------
        InsufficientHistory
            If no customer has repeat spend.
        """
        n, m, weight = _sorted(*spend_rows(summary))
        if len(n) == 0:
            raise InsufficientHistory(
                "no customer has a positive amount on a repeat order day: there is no spend to learn from",
                where="summary",
                valid=_VALID,
            )
        customers = float(weight.sum())
        mean = float(np.sum(weight * m) / customers)
        objective = mean_objective(lambda theta: _log_likelihood(theta, n, m / mean), weight)
        if engine == "lifetimes":
            found = lifetimes_engine.fit_spend(n, m / mean, weight)
            optimum = examine(objective, np.log([found[name] for name in self.parameter_names]), customers)
        else:
            guesses = ((1.0, 2.0), (6.0, 4.0), (2.0, 10.0), (20.0, 3.0))
            starts = [np.log([p, q, (q - 1.0) / p]) for p, q in guesses]
            optimum = maximise(objective, starts, customers)
        self._record(optimum, {"gamma": mean}, customers)
        self.observed_mean = round_significant(mean, 8)
        if self.parameters["q"] <= 1.0:
            self.status = "weak" if self.status == "ok" else self.status
            self.message += (
                f" q = {self.parameters['q']:.3g} <= 1: spend is too heavy-tailed for the model to have a "
                "mean; customers get their own mean, those without repeat spend the mean over customers."
            )
        rows, _ = _log_likelihood(self._theta(), n, m)
        self.fitted_log_likelihood = round_significant(float(np.sum(weight * rows)), 12)
        return self

    @property
    def population_mean(self) -> float:
        """Expected order value of a customer without repeat spend: p · gamma / (q − 1), if q > 1."""
        p, q, gamma = self._theta()
        return p * gamma / (q - 1.0) if q > 1.0 else self.observed_mean

    def log_likelihood(self, summary: pd.DataFrame) -> float:
        """Log likelihood of the customers with repeat spend."""
        n, m, weight = _sorted(*spend_rows(summary))
        rows, _ = _log_likelihood(self._theta(), n, m)
        return float(np.sum(weight * rows))

    def expected_order_value(self, summary: pd.DataFrame) -> pd.Series[float]:
        """Posterior mean of a customer's mean order value; eq. (5) of note 025.

        Returns
        -------
        Series indexed like the summary
            The population mean where spend_days is 0.
        """
        p, q, _ = self._theta()
        n, m, _ = spend_rows(summary)
        prior = max(q - 1.0, 0.0)
        shrunk = (p * n * m + prior * self.population_mean) / (p * np.maximum(n, 1) + prior)
        value = np.where(n > 0, shrunk, self.population_mean)
        return pd.Series(value, index=summary.index, name="expected_order_value")

    def posterior(self, summary: pd.DataFrame) -> SpendPosterior:
        """What is known of each customer's order value after the days with spend; section 3 of note 025.

        Returns
        -------
        SpendPosterior
            The spend of n more orders is `scale` times G₁ / G₂, with G₁ ~ Gamma(p n) and
            G₂ ~ Gamma(q + p · days).
        """
        _, _, gamma = self._theta()
        n, m, _ = spend_rows(summary)
        return SpendPosterior(n, gamma + n * m)

    def to_dict(self) -> dict[str, Any]:
        """Everything needed to predict and to judge, as JSON types."""
        observed_mean = None if np.isnan(self.observed_mean) else self.observed_mean
        return {
            **super().to_dict(),
            "population_mean": self.population_mean,
            "observed_mean": observed_mean,
        }

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Self:
        """Read back what `to_dict` wrote; predictions are equal to the last bit."""
        model = super().from_dict(saved)
        if saved["observed_mean"] is not None:
            model.observed_mean = float(saved["observed_mean"])
        return model


def spend_rows(summary: pd.DataFrame) -> tuple[Ints, Floats, Floats]:
    """Days, mean amount and weight of every row, checked."""
    missing = [name for name in ("monetary_value", "spend_days") if name not in summary.columns]
    if missing:
        raise UserError(f"the summary has no column {', '.join(missing)}", where="summary", valid=_VALID)
    n = summary["spend_days"].to_numpy(dtype=np.float64, na_value=np.nan)
    m = summary["monetary_value"].to_numpy(dtype=np.float64, na_value=np.nan)
    weight = np.ones(len(summary))
    if "weight" in summary.columns:
        weight = summary["weight"].to_numpy(dtype=np.float64, na_value=np.nan)
    rules = {
        "spend_days that is no count": ~np.isfinite(n) | (n < 0) | (n != np.floor(n)),
        "spend days but no positive monetary_value": (n > 0) & ~((m > 0) & np.isfinite(m)),
        "a weight that is no number >= 0": ~(np.isfinite(weight) & (weight >= 0)),
    }
    for problem, broken in rules.items():
        if broken.any():
            label = summary.index[int(np.flatnonzero(broken)[0])]
            raise UserError(
                f"{int(broken.sum())} rows have {problem}, the first at index {label!r}",
                where="summary",
                valid=_VALID,
            )
    return n.astype(np.int64), np.where(n > 0, m, 0.0), weight


def _sorted(n: Ints, m: Floats, weight: Floats) -> tuple[Ints, Floats, Floats]:
    """Rows with spend, sorted, so that the order of the table cannot change a bit of the sums."""
    order = np.lexsort((weight, m, n))
    order = order[(n[order] > 0) & (weight[order] > 0)]
    return n[order], m[order], weight[order]


def _log_likelihood(theta: Sequence[float], n: Ints, m: Floats) -> tuple[Floats, list[Floats]]:
    """Eq. (1a) of note 025, in logs, and its derivatives by p, q and gamma."""
    p, q, gamma = theta
    days, row = np.unique(n, return_inverse=True)
    log_gammas = (gammaln(p * days + q) - gammaln(p * days) - gammaln(q) + p * days * np.log(days))[row]
    psi = digamma(p * days + q)
    log_total = np.log(gamma + m * n)
    value = log_gammas + q * np.log(gamma) + (p * n - 1.0) * np.log(m) - (p * n + q) * log_total
    return value, [
        n * ((psi - digamma(p * days) + np.log(days))[row] + np.log(m) - log_total),
        (psi - digamma(q))[row] + np.log(gamma) - log_total,
        q / gamma - (p * n + q) / (gamma + m * n),
    ]
