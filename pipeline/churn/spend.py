"""What customers will spend in the horizon: three members and their weighted mean.

| member | what it is |
|---|---|
| `btyd` | expected orders times expected order value of the lifetime model, as it stands |
| `boosting` | gradient boosting of the spend on all columns, by its Poisson deviance |
| `two_part` | (1 - churn probability) of the blend, times gradient boosting of the amount of those who buy |

The deviance of Poisson, ``sum(mu - y log mu)``, is least for the true mean whatever the spread, zeros
included (quasi-likelihood; Wedderburn 1974). It therefore can't be won by forecasting too little, as the mean
absolute error can, and it is what the weights are learned by.

The blend says who will spend more than others; how much all of them will spend is another question. Boosting
repeats the level of the windows it learned from, which in a young shop hold the boom of its launch, while the
lifetime model knows that customers leave. The total is therefore the lifetime model's, as far as earlier
origins do not show that the blend's own comes nearer: see `trust_in_blend`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from pipeline.churn.frame import FEATURES
from pipeline.churn.level import CAUTION
from pipeline.churn.members import BOOSTING, boosting_inputs, sample_of_customers, varying
from pipeline.churn.simplex import half_way_to_equal, least_on_simplex
from pipeline.errors import InsufficientHistory

SpendMember = Literal["btyd", "boosting", "two_part"]
SPEND_MEMBERS: tuple[SpendMember, ...] = ("btyd", "boosting", "two_part")
FEWEST_BUYERS = 100
LARGEST_LOG_LEVEL = 1.0


@dataclass(frozen=True)
class SpendModel:
    """The value model of one origin.

    Attributes
    ----------
    boosting : fitted pipeline
        From the columns to the spend of everybody.
    amount : fitted pipeline
        From the columns to the spend of those who buy.
    unit : float
        Mean spend in training; the trees learn multiples of it, so that the currency does not matter.
    weights : dict of str to float
        By member.
    season : float or None
        Half of the logarithm by which the total of last year's window was missed.
    log_level : float
        What the blend's own total is multiplied with, as a logarithm: `season`, or 0.
    trust : float
        How far the total is the blend's own rather than the lifetime model's, from 0 to 1.
    """

    boosting: Pipeline
    amount: Pipeline
    unit: float
    weights: dict[str, float]
    season: float | None = None
    log_level: float = 0.0
    trust: float = 0.0

    def members(self, frame: pd.DataFrame, churn_probability: NDArray[np.float64]) -> pd.DataFrame:
        """Give the spend that each member expects of each row, in money, indexed like the frame."""
        with threadpool_limits(1):
            amount = self.amount.predict(frame)
        return pd.DataFrame(
            {
                "btyd": frame["expected_spend"],
                "boosting": self.boosted(frame),
                "two_part": self.unit * (1 - churn_probability) * amount,
            },
            index=frame.index,
        )

    def boosted(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Give the spend that `boosting` expects of each row, in money."""
        with threadpool_limits(1):
            return np.asarray(self.unit * self.boosting.predict(frame), dtype=np.float64)

    def blend(self, members: pd.DataFrame) -> NDArray[np.float64]:
        """Give the expected spend of all customers of an origin; missing without a lifetime model.

        The total lies between those of the lifetime model and of the blend, on the scale of logarithms.
        """
        lifetime, own = self.log_totals(members)
        return float(np.exp((1 - self.trust) * (lifetime - own))) * self._own(members)

    def log_totals(self, members: pd.DataFrame) -> tuple[float, float]:
        """Give the logarithms of the total of the lifetime model and of the blend's own, with its season."""
        totals = [float(np.nansum(spend)) for spend in (members["btyd"], self._own(members))]
        lifetime, own = np.log(np.maximum(totals, np.finfo(np.float64).tiny)).tolist()
        return lifetime, own

    def _own(self, members: pd.DataFrame) -> NDArray[np.float64]:
        return float(np.exp(self.log_level)) * weighted_mean(members, self.weights)

    def as_dict(self) -> dict[str, Any]:
        """Give the parts, to be stored."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def about(self) -> dict[str, Any]:
        """Say what the model is made of, for its card."""
        return {
            "weights": self.weights,
            "season": self.season,
            "log_level": self.log_level,
            "trust": self.trust,
        }


def fit_spend(frame: pd.DataFrame, *, seed: int) -> SpendModel:
    """Fit the members that learn, with equal weights.

    Parameters
    ----------
    frame : pandas.DataFrame
        As from `pipeline.churn.frame.training_frame`, in any row order.
    seed : int
        Of the boosting's column subsampling, and of the choice of customers where there are very many.

    Returns
    -------
    SpendModel
        Equal for any thread count.

    Raises
    ------
    InsufficientHistory
        If fewer than 100 rows are followed by any spend, or there is no lifetime model.
    """
    if not frame["expected_spend"].notna().any():
        raise InsufficientHistory("there is no lifetime model to blend with")
    rows = sample_of_customers(frame, seed=seed)
    bought = rows["future_spend"] > 0
    if bought.sum() < FEWEST_BUYERS:
        raise InsufficientHistory(f"only {bought.sum()} snapshots are followed by any spend")
    unit = float(rows["future_spend"].mean())
    with threadpool_limits(1):
        boosting = _boosting("poisson", rows, unit, seed)
        amount = _boosting("gamma", rows[bought], unit, seed)
    return SpendModel(boosting, amount, unit, dict.fromkeys(SPEND_MEMBERS, 1 / 3))


def _boosting(loss: str, rows: pd.DataFrame, unit: float, seed: int) -> Pipeline:
    columns = varying(rows, FEATURES)
    trees = HistGradientBoostingRegressor(loss=loss, random_state=seed, **BOOSTING)
    model = Pipeline([("inputs", boosting_inputs(columns)), ("model", trees)])
    return model.fit(rows[columns], rows["future_spend"] / unit)


def weighted_mean(members: pd.DataFrame, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Give the weighted mean of the members, before the level; shape (len(members),)."""
    parts = [weight * members[name].to_numpy(dtype=np.float64) for name, weight in weights.items()]
    return np.asarray(np.sum(parts, axis=0), dtype=np.float64)


def spend_weights(members: pd.DataFrame, actual: NDArray[np.float64]) -> dict[str, float]:
    """Learn the weights from an earlier window.

    Parameters
    ----------
    members : pandas.DataFrame
        What each member expected before it, one column each.
    actual : numpy.ndarray
        What was spent, shape (len(members),).

    Returns
    -------
    dict of str to float
        Half of the weights with the least Poisson deviance, half equal ones.
    """
    names = [str(name) for name in members]
    known = members.notna().all(axis=1).to_numpy()
    unit = max(float(actual.mean()), np.finfo(np.float64).tiny)
    # A member that rules a customer out altogether would otherwise be infinitely wrong once.
    mu, y = np.maximum(members[known].to_numpy() / unit, 1e-6), actual[known] / unit
    if not y.sum() > 0:
        return dict.fromkeys(names, 1 / len(names))

    def deviance(weights: NDArray[np.float64]) -> float:
        mean = mu @ weights
        return float(np.mean(mean - y * np.log(mean)))

    def gradient(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(mu.T @ (1 - y / (mu @ weights)) / len(y), dtype=np.float64)

    return half_way_to_equal(names, least_on_simplex(deviance, gradient, len(names)))


def missed_log_total(expected: NDArray[np.float64], actual: NDArray[np.float64]) -> float:
    """Give half of the logarithm by which a total was missed, within -1 to 1; 0 where there was none."""
    if not (actual.sum() > 0 and expected.sum() > 0):
        return 0.0
    missed = float(np.log(actual.sum() / expected.sum()))
    return CAUTION * float(np.clip(missed, -LARGEST_LOG_LEVEL, LARGEST_LOG_LEVEL))


def trust_in_blend(apart: Sequence[float], missed: Sequence[float]) -> float:
    """Learn from earlier totals how far to go from the lifetime model's level to the blend's own.

    Ridge regression through the origin, ``missed = trust * apart + noise``, with a standard normal prior of
    the trust and noise as large as the misses were. Without evidence the level is the lifetime model's; a
    blend that was right each time is trusted n / (n + 1) after n windows; one that lay beside the lifetime
    model while both were far off is trusted little.

    Parameters
    ----------
    apart : sequence of float
        By earlier origin, logarithm of the blend's own total less that of the lifetime model's.
    missed : sequence of float
        Logarithm of the actual total less that of the lifetime model's.

    Returns
    -------
    float
        From 0 to 1.
    """
    x, y = np.asarray(apart, dtype=np.float64), np.asarray(missed, dtype=np.float64)
    if not y.any():
        return 0.0
    return float(np.clip((x * y).sum() / ((x**2).sum() + (y**2).mean()), 0, 1))
