"""The purchase histories (x, t_x, T) of a summary table, checked, in weeks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.btyd._numerics import Floats, Ints
from pipeline.errors import UserError

DAYS_PER_WEEK = 7.0
WEEKS_PER_YEAR = 365.25 / DAYS_PER_WEEK

_VALID = (
    "one row per customer: frequency (order days after the first), recency (days from the first to the last "
    "order day), T (days from the first order day to the last observed day), with 0 <= recency <= T"
)


@dataclass(frozen=True)
class Pairs:
    """The distinct (x, t) among rows: every hypergeometric function depends on these alone.

    Attributes
    ----------
    x, t : arrays, shape (pairs,)
        Distinct pairs, sorted by x, then t.
    row : int array, shape (rows,)
        Which pair each row has.
    """

    x: Ints
    t: Floats
    row: Ints

    @classmethod
    def of(cls, x: Ints, t: Floats) -> Self:
        """Find the distinct pairs."""
        order = np.lexsort((t, x))
        new = starts_new(x[order], t[order])
        row = np.empty(len(order), dtype=np.int64)
        row[order] = np.cumsum(new) - 1
        return cls(x[order][new], t[order][new], row)


def starts_new(*sorted_columns: Ints | Floats) -> npt.NDArray[np.bool_]:
    """Where a row differs from the one before it."""
    new = np.zeros(len(sorted_columns[0]), dtype=bool)
    new[:1] = True
    for column in sorted_columns:
        new[1:] |= np.diff(column) != 0
    return new


@dataclass(frozen=True)
class Histories:
    """Purchase histories in weeks.

    Attributes
    ----------
    x : int array, shape (n,)
        Repeat purchases.
    t_x, T : float arrays, shape (n,)
        Age at the last purchase and age at the end of the observation, in weeks.
    weight : float array, shape (n,)
        How many customers the row stands for.
    """

    x: Ints
    t_x: Floats
    T: Floats
    weight: Floats

    @cached_property
    def at_last_order(self) -> Pairs:
        """Distinct (x, t_x)."""
        return Pairs.of(self.x, self.t_x)

    @cached_property
    def at_end(self) -> Pairs:
        """Distinct (x, T)."""
        return Pairs.of(self.x, self.T)

    @classmethod
    def from_summary(cls, summary: pd.DataFrame) -> Self:
        """Read frequency, recency, T (days) and, where present, weight.

        Raises
        ------
        UserError
            If a column is missing or a row is no possible history.
        """
        missing = [name for name in ("frequency", "recency", "T") if name not in summary.columns]
        if missing:
            raise UserError(f"the summary has no column {', '.join(missing)}", where="summary", valid=_VALID)
        frequency, recency, age = (
            summary[name].to_numpy(dtype=np.float64, na_value=np.nan)
            for name in ("frequency", "recency", "T")
        )
        weight = (
            summary["weight"].to_numpy(dtype=np.float64, na_value=np.nan)
            if "weight" in summary.columns
            else np.ones(len(summary))
        )
        rules = {
            "a missing or infinite value": ~np.isfinite(frequency + recency + age + weight),
            "a frequency that is no whole number >= 0": (frequency < 0) | (frequency != np.floor(frequency)),
            "a recency outside [0, T]": (recency < 0) | (recency > age),
            "repeat orders but recency 0, or recency without repeat orders": (frequency > 0) != (recency > 0),
            "a negative weight": weight < 0,
        }
        for problem, broken in rules.items():
            if broken.any():
                label = summary.index[int(np.flatnonzero(broken)[0])]
                raise UserError(
                    f"{int(broken.sum())} rows have {problem}, the first at index {label!r}",
                    where="summary",
                    valid=_VALID,
                )
        return cls(frequency.astype(np.int64), recency / DAYS_PER_WEEK, age / DAYS_PER_WEEK, weight)

    def compressed(self) -> Self:
        """Distinct histories, sorted, with their weights added up: the same bits for any row order."""
        order = np.lexsort((self.weight, self.T, self.t_x, self.x))
        x, t_x, T = self.x[order], self.t_x[order], self.T[order]
        first = np.flatnonzero(starts_new(x, t_x, T))
        weight = np.add.reduceat(self.weight[order], first) if len(first) else self.weight[order]
        return type(self)(x[first], t_x[first], T[first], weight)

    def rows(self, which: Ints) -> Self:
        """Some of the rows."""
        return type(self)(self.x[which], self.t_x[which], self.T[which], self.weight[which])

    def thinned(self, rows: int) -> Self:
        """About `rows` evenly spaced rows: enough to find where an optimum lies."""
        return self.rows(np.arange(0, len(self.x), max(1, len(self.x) // rows)))

    def scaled(self, factor: float) -> Self:
        """The same histories with another unit of time."""
        return type(self)(self.x, self.t_x * factor, self.T * factor, self.weight)
