"""The purchase histories (x, t_x, T) of a summary table, checked, in weeks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.btyd._numerics import Floats, Ints
from pipeline.btyd._summary import read, refuse

DAYS_PER_WEEK = 7.0
WEEKS_PER_YEAR = 365.25 / DAYS_PER_WEEK

_DENSE = 2**24
_LONG = 2**31

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
        days = _whole_days(t)
        span = 1 if days is None else int(days.max(initial=0)) + 1
        places = (int(x.max(initial=0)) + 1) * span
        if days is not None and places < _DENSE:
            # Days and few orders: every pair has a place in a table, and nothing needs sorting.
            place, seen = x * span + days, np.zeros(places, dtype=bool)
            seen[place] = True
            found = np.flatnonzero(seen)
            return cls(found // span, found % span / DAYS_PER_WEEK, (np.cumsum(seen) - 1)[place])
        order = np.lexsort((t, x))
        new = starts_new(x[order], t[order])
        row = np.empty(len(order), dtype=np.int64)
        row[order] = np.cumsum(new) - 1
        return cls(x[order][new], t[order][new], row)


def _whole_days(weeks: Floats) -> Ints | None:
    """The ages in days, if all of them are whole numbers of days."""
    days = np.rint(weeks * DAYS_PER_WEEK)
    whole = days.max(initial=0.0) < _LONG and np.array_equal(days / DAYS_PER_WEEK, weeks)
    return days.astype(np.int64) if whole else None


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
        frequency, recency, age, weight = read(summary, ("frequency", "recency", "T"), _VALID)
        rules = {
            "a missing or infinite value": ~np.isfinite(frequency + recency + age + weight),
            "a frequency that is no whole number >= 0": (frequency < 0) | (frequency != np.floor(frequency)),
            "a recency outside [0, T]": (recency < 0) | (recency > age),
            "repeat orders but recency 0, or recency without repeat orders": (frequency > 0) != (recency > 0),
            "a negative weight": weight < 0,
        }
        refuse(summary, rules, _VALID)
        return cls(frequency.astype(np.int64), recency / DAYS_PER_WEEK, age / DAYS_PER_WEEK, weight)

    @cached_property
    def more(self) -> Floats:
        """How many customers have more than 0, 1, 2 … repeat purchases."""
        customers = np.bincount(self.x, weights=self.weight)
        return np.cumsum(customers[::-1], dtype=np.float64)[::-1][1:]

    @cached_property
    def repeaters(self) -> Self:
        """Those with a repeat purchase."""
        return self.rows(self.x > 0)

    def compressed(self) -> Self:
        """Distinct histories, sorted, with their weights added up: the same bits for any row order."""
        last, age = _whole_days(self.t_x), _whole_days(self.T)
        span = int(self.T.max(initial=0.0) * DAYS_PER_WEEK) + 2
        alike = (self.weight == 1.0).all() and (int(self.x.max(initial=0)) + 1) * span**2 < 2**63
        if alike and last is not None and age is not None:
            # One number per history, which sorts many times faster.
            packed, customers = np.unique((self.x * span + last) * span + age, return_counts=True)
            rest, age = np.divmod(packed, span)
            x, last = np.divmod(rest, span)
            return type(self)(x, last / DAYS_PER_WEEK, age / DAYS_PER_WEEK, customers.astype(np.float64))
        order = np.lexsort((self.weight, self.T, self.t_x, self.x))
        x, t_x, T = self.x[order], self.t_x[order], self.T[order]
        first = np.flatnonzero(starts_new(x, t_x, T))
        weight = np.add.reduceat(self.weight[order], first) if len(first) else self.weight[order]
        return type(self)(x[first], t_x[first], T[first], weight)

    def rows(self, which: slice | Ints | npt.NDArray[np.bool_]) -> Self:
        """Some of the rows."""
        return type(self)(self.x[which], self.t_x[which], self.T[which], self.weight[which])

    def thinned(self, rows: int) -> Self:
        """About `rows` evenly spaced rows: enough to find where an optimum lies."""
        return self.rows(slice(None, None, max(1, len(self.x) // rows)))

    def scaled(self, factor: float) -> Self:
        """The same histories with another unit of time."""
        return type(self)(self.x, self.t_x * factor, self.T * factor, self.weight)
