"""Spend for shops where it depends on how often customers order."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from pipeline.btyd._numerics import Floats, round_significant
from pipeline.btyd.fittedmodel import none_for_nan
from pipeline.btyd.fitting import Engine
from pipeline.btyd.gammagamma import GammaGamma, SpendPosterior
from pipeline.btyd.independence import SpendIndependence, spend_independence
from pipeline.btyd.spending import Spending

_STEEPEST = 2.0
_DIGITS = 4  # of the elasticity
_GAIN_BY_CHANCE = 1.92  # half the 95 % point of chi-squared with one degree of freedom


class ConditionalGammaGamma(GammaGamma):
    """Gamma-Gamma of amounts whose scale is spend_days^c: the model of note 025 is the case c = 0.

    Divided by that factor, amounts follow the plain model, and every closed form remains. Customers without
    repeat spend are taken to be like those with one day of it: the curve is not drawn beyond the data.

    Attributes
    ----------
    elasticity : float
        The exponent c: with c = 0.1, twice the days go with amounts that are 7 % higher.
    """

    name = "gammagamma_by_frequency"

    def __init__(self) -> None:
        """Start unfitted."""
        super().__init__()
        self.elasticity = 0.0

    def fit(self, summary: pd.DataFrame, engine: Engine = "own") -> Self:
        """Maximise the likelihood over the exponent and, for each, over the parameters; see `GammaGamma`."""

        def loss(elasticity: float) -> float:
            return -self._fit_at(float(elasticity), summary, engine)

        best = minimize_scalar(
            loss, bounds=(-_STEEPEST, _STEEPEST), method="bounded", options={"xatol": 10**-_DIGITS}
        )
        self._fit_at(round(float(best.x), _DIGITS), summary, engine)
        return self

    def _fit_at(self, elasticity: float, summary: pd.DataFrame, engine: Engine) -> float:
        self.elasticity = elasticity
        super().fit(self._levelled(summary), engine)
        # The density of an amount is that of the levelled one, divided by the factor.
        spending = Spending.from_summary(summary)
        jacobian = elasticity * math.fsum(spending.weight * np.log(np.maximum(spending.n, 1)))
        self.fitted_log_likelihood = round_significant(self.fitted_log_likelihood - jacobian, 12)
        return self.fitted_log_likelihood

    def expected_order_value(self, summary: pd.DataFrame) -> pd.Series[float]:
        """Posterior mean of a customer's order value: that of the levelled amounts, times the factor."""
        return super().expected_order_value(self._levelled(summary)) * self._factor(summary)

    def posterior(self, summary: pd.DataFrame) -> SpendPosterior:
        """As of the levelled amounts, in money as it is."""
        days, scale = super().posterior(self._levelled(summary))
        return SpendPosterior(days, scale * self._factor(summary))

    def to_dict(self) -> dict[str, Any]:
        """Everything needed to predict and to judge, as JSON types."""
        return {**super().to_dict(), "elasticity": self.elasticity}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Self:
        """Read back what `to_dict` wrote; predictions are equal to the last bit."""
        model = super().from_dict(saved)
        model.elasticity = float(saved["elasticity"])
        return model

    def _factor(self, summary: pd.DataFrame) -> Floats:
        days = np.maximum(summary["spend_days"].to_numpy(dtype=np.float64), 1.0)
        factor: Floats = days**self.elasticity
        return factor

    def _levelled(self, summary: pd.DataFrame) -> pd.DataFrame:
        return summary.assign(monetary_value=summary["monetary_value"] / self._factor(summary))


class SpendFit(NamedTuple):
    """The model of spend to use, the plain one, and whether the latter's assumption holds."""

    model: GammaGamma
    plain: GammaGamma
    independence: SpendIndependence


def fit_spend(summary: pd.DataFrame, engine: Engine = "own") -> SpendFit:
    """Fit the plain model; where independence is refuted and the likelihood agrees, use the conditional one.

    Parameters
    ----------
    summary, engine
        As in `GammaGamma.fit`, of the plain model; lifetimes has no conditional one.

    Raises
    ------
    InsufficientHistory
        If no customer has repeat spend.
    """
    plain, independence = GammaGamma().fit(summary, engine), spend_independence(summary)
    if independence.independent:
        return SpendFit(plain, plain, independence)
    conditional = ConditionalGammaGamma().fit(summary)
    gain = conditional.fitted_log_likelihood - plain.fitted_log_likelihood
    is_better = gain > _GAIN_BY_CHANCE and conditional.status != "failed"
    return SpendFit(conditional if is_better else plain, plain, independence)


def spend_metrics(fit: SpendFit, summary: pd.DataFrame, clv: pd.Series[float]) -> dict[str, Any]:
    """Whether spend hangs on frequency, and how far that moves the CLV; JSON types.

    Parameters
    ----------
    fit : SpendFit
    summary : DataFrame
        Customers with monetary_value and spend_days.
    clv : Series, indexed like the summary
        Their CLV under the model that is used.

    Returns
    -------
    dict
        `model`, `spearman`, `eta_squared`, `independent`, `elasticity`, `clv_total_change` (share of the
        total under the plain model), `top_tenth_replaced` (share of the tenth with the highest CLV under the
        plain model who are no longer in it).
    """
    ratio = fit.plain.expected_order_value(summary) / fit.model.expected_order_value(summary)
    plain_clv = clv * ratio
    before = math.fsum(plain_clv)
    tenth = max(1, len(clv) // 10)
    top, top_before = (set(one.sort_index().nlargest(tenth).index) for one in (clv, plain_clv))
    return {
        "model": fit.model.name,
        "spearman": none_for_nan(fit.independence.spearman),
        "eta_squared": none_for_nan(fit.independence.eta_squared),
        "independent": fit.independence.independent,
        "elasticity": getattr(fit.model, "elasticity", 0.0),
        "clv_total_change": math.fsum(clv) / before - 1.0 if before > 0 else 0.0,
        "top_tenth_replaced": 1.0 - len(top & top_before) / tenth,
    }
