"""What customers will spend in the horizon: four members and their weighted mean.

| member | what it is |
|---|---|
| `btyd` | expected orders times expected order value of the lifetime model, as it stands |
| `boosting` | gradient boosting of the spend on all columns, by its Poisson deviance |
| `two_part` | (1 - churn probability) of the blend, times the amount of those who buy, boosted likewise |
| `two_part_linear` | the same, but for the amount: log-linear ridge regression on all columns |

The deviance of Poisson, ``sum(mu - y log mu)``, is least for the true mean whatever the spread, zeros
included (quasi-likelihood; Wedderburn 1974). It therefore can't be won by forecasting too little, as the mean
absolute error can, and it is what the weights are learned by. The amounts of buyers, whose spread grows with
their mean, are learned by the deviance of Gamma; for the line each buyer counts as much as that spread lets
it tell, see `pipeline.churn.variance`. Where there is little to learn from, trees fall back to the mean of
what they learn; those of `two_part` so fall back to the lifetime model, which knows how customers grow old.
Where spend grows steadily with what is known, trees need many steps for what a line says at once.

The blend says who will spend more than others; how much all of them will spend is another question, see
`pipeline.churn.level`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import GammaRegressor
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from pipeline.churn.contrast import no_flatter
from pipeline.churn.frame import FEATURES, IN_CURRENCY
from pipeline.churn.members import (
    BOOSTING,
    FREEDOM,
    boosting_inputs,
    differing,
    linear_inputs,
    varying,
)
from pipeline.churn.simplex import equal, half_way_to_equal, least_on_simplex, weighted_mean
from pipeline.churn.variance import LIKE_AMOUNTS, variance_power
from pipeline.counted import counted
from pipeline.errors import InsufficientHistory

SpendMember = Literal["btyd", "boosting", "two_part", "two_part_linear"]
SPEND_MEMBERS: tuple[SpendMember, ...] = ("btyd", "boosting", "two_part", "two_part_linear")
FEWEST_BUYERS = 100
DOUBT = 0.05
"""Share of the mean added to what the lifetime model expects: it may not rule a customer out altogether."""


@dataclass(frozen=True)
class SpendModel:
    """The value model of one origin.

    Attributes
    ----------
    boosting : fitted pipeline
        From the columns to the spend of everybody.
    amount : fitted pipeline
        From the columns to the spend of those who buy over what the lifetime model expects of them, see
        `expected_of_buyers`.
    linear : fitted pipeline
        From the columns, see `in_hundredths`, to the spend of those who buy over its mean.
    most : float
        The largest of these ratios in training; a line has no end, so nobody is expected to exceed it.
    unit : float
        Mean spend in training; the trees learn multiples of it, so that the currency does not matter.
    buyers : float
        Share of those who bought in training.
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
    linear: Pipeline
    most: float
    unit: float
    buyers: float
    weights: dict[str, float]
    season: float | None = None
    log_level: float = 0.0
    trust: float = 0.0

    def members(self, frame: pd.DataFrame, churn_probability: NDArray[np.float64]) -> pd.DataFrame:
        """Give the spend that each member expects of each row, in money, indexed like the frame."""
        expected = expected_of_buyers(frame, self.unit, self.buyers)
        with threadpool_limits(1):
            linear = np.minimum(self.linear.predict(in_hundredths(frame, self.unit)), self.most)
            return pd.DataFrame(
                {
                    "btyd": frame["expected_spend"],
                    "boosting": self.unit * self.boosting.predict(frame),
                    "two_part": (1 - churn_probability) * expected * self.amount.predict(frame),
                    "two_part_linear": (1 - churn_probability) * self.unit / self.buyers * linear,
                },
                index=frame.index,
            )

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
        mean = no_flatter(weighted_mean(members, self.weights), members["btyd"].to_numpy())
        return float(np.exp(self.log_level)) * mean

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
        Of the boosting's column subsampling.

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
    rows = frame[frame["expected_spend"].notna()].sort_values(["cutoff", "customer_key"])
    spent = rows["future_spend"]
    bought = spent > 0
    if bought.sum() < FEWEST_BUYERS:
        raise InsufficientHistory(
            f"only {counted(bought.sum()):snapshot is/snapshots are} followed by any spend"
        )
    unit, buyers = float(spent.mean()), float(bought.mean())
    inputs = rows[varying(rows, FEATURES)]
    of_buyers = inputs[bought]
    # Of buyers alone, another column may be the same for all.
    of_buyers = of_buyers[differing(of_buyers)]
    more = spent / expected_of_buyers(rows, unit, buyers)
    multiple = spent[bought] / (unit / buyers)
    with threadpool_limits(1):
        return SpendModel(
            boosting=_boosting("poisson", inputs, spent / unit, seed),
            amount=_boosting("gamma", of_buyers, more[bought], seed),
            linear=_log_linear(in_hundredths(of_buyers, unit), multiple),
            most=float(multiple.max()),
            unit=unit,
            buyers=buyers,
            weights=equal(SPEND_MEMBERS),
        )


def expected_of_buyers(frame: pd.DataFrame, unit: float, buyers: float) -> pd.Series[float]:
    """Give the spend that the lifetime model expects of each row if it buys, with some doubt."""
    return (frame["expected_spend"] + DOUBT * unit) / (1 - frame["p_no_order"] + DOUBT * buyers)


def in_hundredths(frame: pd.DataFrame, unit: float) -> pd.DataFrame:
    """Give amounts in hundredths of the mean spend: on the scale of a line, cents and yen would differ."""
    return frame.assign(**{name: frame[name] / (unit / 100) for name in IN_CURRENCY if name in frame})


def _boosting(loss: str, inputs: pd.DataFrame, target: pd.Series[float], seed: int) -> Pipeline:
    trees = HistGradientBoostingRegressor(loss=loss, random_state=seed, **BOOSTING)
    return Pipeline([("inputs", boosting_inputs(inputs.columns.tolist())), ("model", trees)]).fit(
        inputs, target
    )


def _log_linear(inputs: pd.DataFrame, target: pd.Series[float]) -> Pipeline:
    first = _weighted_line(inputs, target)
    mean = np.clip(first.predict(inputs), target.min(), target.max())
    power = variance_power(mean, np.asarray(target, dtype=np.float64))
    # The deviance of Gamma takes the spread for proportional to the mean, a variance of mean ** 2.
    return _weighted_line(inputs, target, mean ** (LIKE_AMOUNTS - power)) if power < LIKE_AMOUNTS else first


def _weighted_line(
    inputs: pd.DataFrame, target: pd.Series[float], weights: NDArray[np.float64] | None = None
) -> Pipeline:
    # scikit-learn's alpha is per row, C is for all of them.
    alpha = 1 / (FREEDOM["logistic_rich"] * len(inputs))
    model = GammaRegressor(alpha=alpha, solver="newton-cholesky", max_iter=200)
    return Pipeline([("inputs", linear_inputs(inputs.columns.tolist())), ("model", model)]).fit(
        inputs, target, model__sample_weight=weights
    )


def spend_weights(members: pd.DataFrame, actual: NDArray[np.float64]) -> dict[str, float]:
    """Learn the weights from earlier windows.

    Parameters
    ----------
    members : pandas.DataFrame
        What each member expected before them, one column each.
    actual : numpy.ndarray
        What was spent, shape (len(members),).

    Returns
    -------
    dict of str to float
        Those with the least Poisson deviance, half-way back to equal ones.
    """
    names = [str(name) for name in members]
    known = members.notna().all(axis=1).to_numpy()
    unit = max(float(actual.mean()), np.finfo(np.float64).tiny)
    # A member that rules a customer out altogether would otherwise be infinitely wrong once.
    mu, y = np.maximum(members[known].to_numpy() / unit, 1e-6), actual[known] / unit
    if not y.sum() > 0:
        return equal(names)

    def deviance(weights: NDArray[np.float64]) -> float:
        mean = mu @ weights
        return float(np.mean(mean - y * np.log(mean)))

    def gradient(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(mu.T @ (1 - y / (mu @ weights)) / len(y), dtype=np.float64)

    return half_way_to_equal(names, least_on_simplex(deviance, gradient, len(names)))
