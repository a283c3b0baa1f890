"""Why a customer has this churn probability: exact additive contributions of the features, in log-odds.

    logit P(churn) = base value + level shift + sum of the contributions

A linear member adds coefficient times (input - mean of the training rows); of its inputs, what the lifetime
model says is led back to frequency, recency and silence (`pipeline.churn.lifetime_inputs`). Boosting adds its
TreeSHAP values (`pipeline.churn.treeshap`); the forest adds those of its share of churned customers, which
one factor per customer brings into log-odds (`pipeline.churn.forest`). The blend adds up members in log-odds,
hence also their contributions, with the same weights. The base value is what the members say of nobody in
particular; the level shift, the same for all, moves everybody to the lifetime model's level and the season's,
and has the intercept of the calibration.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier, StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from pipeline.churn.blend import used_features
from pipeline.churn.forest import ForestShap
from pipeline.churn.frame import FEATURES, TOPICS
from pipeline.churn.lifetime_inputs import COLUMNS, INPUTS, LifetimeModel, contributions
from pipeline.churn.reasons import CONSTANTS
from pipeline.churn.shapley import Floats
from pipeline.churn.treeshap import TreeShap
from pipeline.errors import UserError

UNIT = 2.0**-30
"""Contributions are multiples of it: sums are exact in any order, and the zeros at the end compress well."""

TOLERANCE = 1e-6
"""How far a sum may lie from the log-odds of the score."""


class Explainer(Protocol):
    """What explains a member's model: a base, and what each input adds to it."""

    @property
    def base(self) -> float:
        """Log-odds of nobody in particular."""

    def contributions(self, inputs: Floats) -> Floats:
        """Give what each input adds for each row, in log-odds, in the shape of the inputs."""


@dataclass(frozen=True)
class Linear:
    """Coefficient times input; scaled inputs are zero at the mean of the training rows."""

    coefficients: Floats
    base: float

    def contributions(self, inputs: Floats) -> Floats:
        """See `Explainer`."""
        return inputs * self.coefficients


@singledispatch
def explainer(model: Any) -> Explainer:
    """Find what explains a model; register a function here for a new kind of member.

    Raises
    ------
    UserError
        If there is no exact explanation for this kind.
    """
    raise UserError(
        f"the scores of a {type(model).__name__} cannot be explained exactly",
        where="churn.members",
        valid="members made of a LogisticRegression, a HistGradientBoostingClassifier or a forest",
    )


@explainer.register
def _(model: LogisticRegression) -> Explainer:
    return Linear(np.asarray(model.coef_[0], dtype=np.float64), float(model.intercept_[0]))


@explainer.register
def _(model: HistGradientBoostingClassifier) -> Explainer:
    return TreeShap.of(model)


@explainer.register
def _(model: StackingClassifier) -> Explainer:
    [trees] = model.estimators_
    return ForestShap.of(trees)


class ExplainedMember:
    """A member of the blend, and what its log-odds owe to which column.

    Parameters
    ----------
    pipeline : fitted pipeline
        Its steps are "inputs" and "model".
    weight : float
        Of the member in the blend.
    led_back : sequence of str
        Columns that are led back to the lifetime model's inputs where the member is linear.
    """

    def __init__(self, pipeline: Pipeline, weight: float, led_back: Sequence[str]) -> None:
        self._inputs, self._explainer = pipeline["inputs"], explainer(pipeline["model"])
        self._weight = weight
        # Of "log__missingindicator_overdue" the column alone: that it is missing belongs to it.
        names = [str(name).split("__", 1)[1] for name in self._inputs.get_feature_names_out()]
        self._columns = [name.removeprefix("missingindicator_") for name in names]
        is_linear = isinstance(self._explainer, Linear)
        self._is_led_back = np.array([is_linear and name in led_back for name in self._columns])

    @property
    def base(self) -> float:
        """Log-odds of nobody in particular."""
        return self._weight * self._explainer.base

    @property
    def reads(self) -> list[str]:
        """The columns that have contributions of their own."""
        return [name for name, gone in zip(self._columns, self._is_led_back, strict=True) if not gone]

    def of_columns(self, frame: pd.DataFrame) -> Iterator[tuple[str, Floats]]:
        """Give what the columns that are not led back add; one may come more than once."""
        parts = self._weight * self._contributions(frame)
        for name, part, gone in zip(self._columns, parts.T, self._is_led_back, strict=True):
            if not gone:
                yield name, part

    def of_lifetime(self, said: pd.DataFrame) -> Floats:
        """Give what the columns that are led back add together, from what the lifetime model says."""
        if not self._is_led_back.any():
            return np.zeros(len(said))
        parts = self._contributions(said.reindex(columns=list(self._inputs.feature_names_in_)))
        return np.asarray(self._weight * parts[:, self._is_led_back].sum(axis=1), dtype=np.float64)

    def _contributions(self, frame: pd.DataFrame) -> Floats:
        return self._explainer.contributions(np.asarray(self._inputs.transform(frame), dtype=np.float64))


class Explanation:
    """What each feature adds to each score of a classifier.

    Parameters
    ----------
    model : fitted classifier
        As from `pipeline.churn.blend.assemble`.
    lifetime : LifetimeModel or None
        None: there is none as of today, and what was said of the customers counts as it is.

    Attributes
    ----------
    constants : dict of str to float
        `CONSTANTS`: what the members say of nobody in particular, and what moves everybody.
    columns : list of str
        The features that have contributions, in the order of the catalogue.

    Raises
    ------
    UserError
        If a member is of a kind that has no exact explanation.
    """

    def __init__(self, model: StackingClassifier, lifetime: LifetimeModel | None) -> None:
        self._used, self._lifetime = used_features(model), lifetime
        weights = model.final_estimator_.coef_[0].tolist()
        led_back = COLUMNS if lifetime else ()
        self._members = [
            ExplainedMember(pipeline, weight, led_back)
            for pipeline, weight in zip(model.estimators_, weights, strict=True)
        ]
        base = sum(member.base for member in self._members)
        read = {name for member in self._members for name in member.reads}
        if lifetime:
            said = lifetime.of_reference()
            base += sum(float(member.of_lifetime(said)[0]) for member in self._members)
            read.update(INPUTS)
        self.constants = {
            "base_value": _fixed(base),
            "level_shift": _fixed(model.final_estimator_.intercept_[0]),
        }
        self.columns = [name for name in FEATURES if name in read]

    def of(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Explain some customers.

        Parameters
        ----------
        frame : pandas.DataFrame
            As from `pipeline.churn.frame.feature_frame`.

        Returns
        -------
        pandas.DataFrame
            `CONSTANTS` and the contribution of each of `columns`, in log-odds, indexed like the frame: each
            row sums to the log-odds of the customer's churn probability.
        """
        total = {name: np.zeros(len(frame)) for name in self.columns}
        with threadpool_limits(1):
            for member in self._members:
                for name, part in member.of_columns(frame[self._used]):
                    total[name] += part
            if self._lifetime:
                for name, part in self._of_histories(frame, self._lifetime):
                    total[name] += part
        fixed = {name: _fixed(part) for name, part in total.items()}
        return pd.DataFrame({**self.constants, **fixed}, index=frame.index)

    def _of_histories(self, frame: pd.DataFrame, lifetime: LifetimeModel) -> Iterator[tuple[str, Floats]]:
        """Explain each distinct history once."""
        own = frame[list(INPUTS)].to_numpy(dtype=np.int64)
        distinct, row = np.unique(own, axis=0, return_inverse=True)
        mixtures = lifetime.mixtures(distinct)
        for member in self._members:
            parts = contributions(mixtures, member.of_lifetime)[row]
            yield from zip(INPUTS, parts.T, strict=True)


def check_sums(explained: pd.DataFrame, probability: NDArray[np.float64]) -> None:
    """Raise `ArithmeticError` unless each row sums to the log-odds of its probability.

    Where a probability is so close to 0 or 1 that it tells its log-odds less exactly than `TOLERANCE`, it is
    held to its own last digits.
    """
    total = explained.to_numpy(dtype=np.float64).sum(axis=1)
    allowed = TOLERANCE * probability * (1 - probability) + 4 * np.finfo(np.float64).eps
    off = ~(np.abs(expit(total) - probability) <= allowed)
    if off.any():
        first = int(np.flatnonzero(off)[0])
        raise ArithmeticError(
            f"{int(off.sum())} of {len(off)} explanations do not sum to the score, "
            f"the first to {expit(total[first])} instead of {probability[first]}"
        )


class Sizes:
    """How far the features move scores, summed up over blocks of customers."""

    def __init__(self) -> None:
        self.customers = 0
        self._sums = pd.Series(dtype=np.float64)

    def add(self, explained: pd.DataFrame) -> None:
        """Count some customers, as from `Explanation.of`."""
        self.customers += len(explained)
        sums = explained.drop(columns=list(CONSTANTS)).abs().sum()
        self._sums = sums.add(self._sums, fill_value=0.0)

    def table(self) -> pd.DataFrame:
        """Give `feature`, `topic` and `mean_size`: the mean absolute contribution, the largest first."""
        topics = {feature: topic for topic, features in TOPICS.items() for feature in features}
        names = [name for name in FEATURES if name in self._sums.index]
        sizes = (self._sums.reindex(names) / max(self.customers, 1)).to_numpy()
        table = pd.DataFrame(
            {"feature": names, "topic": [topics[name] for name in names], "mean_size": sizes}
        )
        return table.sort_values("mean_size", ascending=False, kind="stable", ignore_index=True)


def _fixed(values: Any) -> Any:
    return np.round(np.asarray(values, dtype=np.float64) / UNIT) * UNIT
