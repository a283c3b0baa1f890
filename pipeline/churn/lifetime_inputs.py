"""What the lifetime model's columns owe to its inputs: order days, their span, the silence since.

A linear member reads what the lifetime model says of a customer; an explanation in these columns would
explain one model by another. They depend on three numbers: frequency x, recency t_x and the days since the
last order, T - t_x. Here these are the players of a game: the value of a subset is what the member adds up
for a history that takes the numbers of the subset from the customer and the others from a reference customer.
The silence plays instead of T, since every mixture of two spans and silences is a possible history; one of
t_x and T is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.churn.shapley import Floats, members, shapley_values

INPUTS = ("frequency", "recency", "days_since_last")
"""The players, as the features are called that hold their numbers."""

COLUMNS = ("p_no_order", "expected_orders")
"""What the lifetime model says of a history; its other columns hang on money as well."""

Ints = NDArray[np.int64]


def reference_history(frame: pd.DataFrame) -> dict[str, int]:
    """Give the numbers of the reference customer: the medians of those with a repeat order.

    Parameters
    ----------
    frame : pandas.DataFrame
        With the columns `INPUTS`.

    Returns
    -------
    dict of str to int
        By the names in `INPUTS`; a frequency of at least 1.
    """
    repeaters = frame.loc[frame["frequency"] > 0, list(INPUTS)]
    medians = repeaters.median() if len(repeaters) else pd.Series(1.0, index=list(INPUTS))
    return {name: int(medians[name]) for name in INPUTS}


@dataclass(frozen=True)
class LifetimeModel:
    """The lifetime model as the explanation asks it.

    Attributes
    ----------
    predict : callable
        Takes histories (`frequency`, `recency`, `T` in days) and gives `COLUMNS`.
    reference : mapping of str to int
        As from `reference_history`.
    """

    predict: Callable[[pd.DataFrame], pd.DataFrame]
    reference: Mapping[str, int]

    def of_reference(self) -> pd.DataFrame:
        """Predict the reference customer, in one row."""
        return self.predict(_history(*(np.array([self.reference[name]]) for name in INPUTS)))

    def mixtures(self, histories: Ints) -> list[pd.DataFrame]:
        """Predict all mixtures of some histories with the reference customer's.

        Parameters
        ----------
        histories : numpy.ndarray
            The numbers named in `INPUTS`, shape (rows, 3).

        Returns
        -------
        list of pandas.DataFrame
            One per subset, in the order of `pipeline.churn.shapley`: the last has the histories themselves.
        """
        reference = np.array([self.reference[name] for name in INPUTS])
        return [
            self.predict(_history(*np.where(own, histories, reference).T)) for own in members(len(INPUTS))
        ]


def contributions(mixtures: list[pd.DataFrame], value: Callable[[pd.DataFrame], Floats]) -> Floats:
    """Give what each input adds to what a member makes of the lifetime model's columns.

    Parameters
    ----------
    mixtures : list of pandas.DataFrame
        As from `LifetimeModel.mixtures`.
    value : callable
        What the member makes of such columns, in log-odds.

    Returns
    -------
    numpy.ndarray
        Shape (rows, 3); the sum over a row is the value of the history less that of the reference.
    """
    return shapley_values(np.stack([value(said) for said in mixtures], axis=-1))


def _history(frequency: Ints, recency: Ints, silence: Ints) -> pd.DataFrame:
    """Make a possible history: no span without a second order, and a day at least for each further one."""
    span = np.where(frequency == 0, 0, np.maximum(recency, frequency))
    return pd.DataFrame({"frequency": frequency, "recency": span, "T": span + silence})
