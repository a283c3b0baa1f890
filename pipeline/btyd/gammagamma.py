"""Gamma-Gamma: what a customer spends per order day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln, polygamma

from pipeline.btyd import lifetimes_engine
from pipeline.btyd._numerics import Floats, Ints, round_significant
from pipeline.btyd.fittedmodel import FittedModel
from pipeline.btyd.fitting import Engine, Objective, examine, maximise, sketch_rows
from pipeline.btyd.likelihood import Likelihood, MixtureSums
from pipeline.btyd.spending import VALID, Spending
from pipeline.errors import InsufficientHistory


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
    mean, the others the mean of all customers' means, and the status is ``weak``. Where the fit failed,
    everyone gets the mean of all customers' means.

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
        """Maximise the likelihood over the customers with a positive amount on a day that counts.

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
        spending = Spending.from_summary(summary).buyers()
        if len(spending.n) == 0:
            raise InsufficientHistory(
                "no customer has a positive amount on a day that counts: there is no spend to learn from",
                where="summary",
                valid=VALID,
            )
        customers = float(np.sum(spending.weight))
        mean = float(np.sum(spending.weight * spending.m) / customers)
        unitless = spending.scaled(1.0 / mean)
        objective = _objective(unitless)
        if engine == "lifetimes":
            found = lifetimes_engine.fit_spend(unitless.n, unitless.m, unitless.weight)
            optimum = examine(objective, np.log([found[name] for name in self.parameter_names]), customers)
        else:
            guesses = ((1.0, 2.0), (6.0, 4.0), (2.0, 10.0), (20.0, 3.0))
            starts = [np.log([p, q, (q - 1.0) / p]) for p, q in guesses]
            few = sketch_rows(len(spending.n))
            sketch = _objective(unitless.thinned(few)) if len(spending.n) > 2 * few else None
            optimum = maximise(objective, [starts], customers, sketch)
        self._record(optimum, {"gamma": mean}, customers)
        self.observed_mean = round_significant(mean, 8)
        if self.status == "failed":
            self.message += " Every customer gets the mean over customers of their order values."
        elif self.parameters["q"] <= 1.0:
            self.status = "weak" if self.status == "ok" else self.status
            self.message += (
                f" With q = {self.parameters['q']:.3g} <= 1, though, spend is too heavy-tailed for the model "
                "to have a mean; customers get their own mean, those without repeat spend the mean over "
                "customers."
            )
        self.fitted_log_likelihood = round_significant(_likelihood(self._theta(), spending).value, 12)
        return self

    @property
    def population_mean(self) -> float:
        """Expected order value of a customer without repeat spend: p · gamma / (q − 1), if q > 1."""
        p, q, gamma = self._theta()
        return p * gamma / (q - 1.0) if q > 1.0 and self.status != "failed" else self.observed_mean

    def log_likelihood(self, summary: pd.DataFrame) -> float:
        """Log likelihood of the customers with repeat spend."""
        return _likelihood(self._theta(), Spending.from_summary(summary).buyers()).value

    def expected_order_value(self, summary: pd.DataFrame) -> pd.Series[float]:
        """Posterior mean of a customer's mean order value; eq. (5) of note 025.

        Returns
        -------
        Series indexed like the summary
            The population mean where spend_days is 0.
        """
        p, q, _ = self._theta()
        spending = Spending.from_summary(summary)
        n, m = spending.n, spending.m
        prior = max(q - 1.0, 0.0)
        shrunk = (p * n * m + prior * self.population_mean) / (p * np.maximum(n, 1) + prior)
        value = np.where((n > 0) & (self.status != "failed"), shrunk, self.population_mean)
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
        spending = Spending.from_summary(summary)
        return SpendPosterior(spending.n, gamma + spending.total)

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


def _objective(spending: Spending) -> Objective:
    customers = float(np.sum(spending.weight))

    def objective(log_theta: Floats) -> Likelihood:
        theta = np.exp(log_theta)
        return _likelihood(theta.tolist(), spending).mean_by_logs(theta, customers)

    return objective


def _likelihood(theta: Sequence[float], spending: Spending) -> Likelihood:
    """Eq. (1a) of note 025, in logs, and its derivatives by p, q and gamma."""
    p, q, gamma = theta
    sums = MixtureSums.of(gamma, spending.total, spending.n, spending.weight)
    grown, grown_n, all_days = sums.grown, sums.grown_n, sums.n
    log_m, log_m_n = spending.log_amounts
    days, w = spending.customers_by_days
    own, both = p * days, p * days + q
    value = (
        np.sum(w * (gammaln(both) - gammaln(own) - gammaln(q) + own * np.log(days)))
        + p * (log_m_n - grown_n - all_days * np.log(gamma))
        - q * grown
        - log_m
    )
    q_gamma = sums.share / gamma
    gradient = [
        np.sum(w * days * (digamma(both) - digamma(own) + np.log(days)))
        + (log_m_n - grown_n - all_days * np.log(gamma)),
        np.sum(w * (digamma(both) - digamma(q))) - grown,
        q * q_gamma - p * sums.end_n,
    ]
    bent_both = polygamma(1, both)
    pp = np.sum(w * days**2 * (bent_both - polygamma(1, own)))
    pq, qq = np.sum(w * days * bent_both), np.sum(w * (bent_both - polygamma(1, q)))
    bent = p * sums.end2_n - q * (q_gamma + sums.share_end) / gamma
    hessian = [[pp, pq, -sums.end_n], [pq, qq, q_gamma], [-sums.end_n, q_gamma, bent]]
    return Likelihood(float(value), np.array(gradient), np.array(hessian))
