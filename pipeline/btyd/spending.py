"""What customers spent on their repeat days, checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd

from pipeline.btyd._numerics import Floats, Ints
from pipeline.btyd._summary import read, refuse

VALID = (
    "one row per customer: monetary_value (mean amount per repeat day with a positive amount, 0 if there is "
    "none) and spend_days (the number of those days)"
)


@dataclass(frozen=True)
class Spending:
    """Days with spend and the mean amount on them.

    Attributes
    ----------
    n : int array, shape (rows,)
        Days.
    m : float array, shape (rows,)
        Mean amount; 0 where there are no days.
    weight : float array, shape (rows,)
        How many customers the row stands for.
    """

    n: Ints
    m: Floats
    weight: Floats

    @classmethod
    def from_summary(cls, summary: pd.DataFrame) -> Self:
        """Read monetary_value, spend_days and, where present, weight.

        Raises
        ------
        UserError
            If a column is missing or a row is impossible.
        """
        m, n, weight = read(summary, ("monetary_value", "spend_days"), VALID)
        rules = {
            "spend_days that is no count": ~np.isfinite(n) | (n < 0) | (n != np.floor(n)),
            "spend days but no positive monetary_value": (n > 0) & ~((m > 0) & np.isfinite(m)),
            "a weight that is no number >= 0": ~(np.isfinite(weight) & (weight >= 0)),
        }
        refuse(summary, rules, VALID)
        return cls(n.astype(np.int64), np.where(n > 0, m, 0.0), weight)

    def buyers(self) -> Self:
        """Rows with spend, sorted, so that the order of the table cannot change a bit of the sums."""
        some = self.rows(np.flatnonzero((self.n > 0) & (self.weight > 0)))
        if not (some.weight == 1.0).all():
            return some.rows(np.lexsort((some.weight, some.m, some.n)))
        # Amounts by days, then each group by itself: many times faster.
        customers = np.bincount(some.n)
        days = some.n.astype(np.min_scalar_type(len(customers)))
        m = some.m[np.argsort(days, kind="stable")]
        for group in np.split(m, np.cumsum(customers)):
            group.sort()
        return type(self)(np.repeat(np.arange(len(customers)), customers), m, some.weight)

    def rows(self, which: Ints | slice) -> Self:
        """Some of the rows."""
        return type(self)(self.n[which], self.m[which], self.weight[which])

    def thinned(self, rows: int) -> Self:
        """About `rows` evenly spaced rows: enough to find where an optimum lies."""
        return self.rows(slice(None, None, max(1, len(self.n) // rows)))

    def scaled(self, factor: float) -> Self:
        """The same spending in another currency."""
        return type(self)(self.n, self.m * factor, self.weight)

    @cached_property
    def total(self) -> Floats:
        """Spend over all days."""
        return self.n * self.m

    @cached_property
    def log_amounts(self) -> tuple[float, float]:
        """Sum over customers of log m, and over their days."""
        logs = self.weight * np.log(self.m)
        return float(np.sum(logs)), float(np.sum(logs * self.n))

    @cached_property
    def customers_by_days(self) -> tuple[Ints, Floats]:
        """The distinct numbers of days, and how many customers have each."""
        customers = np.bincount(self.n, weights=self.weight).astype(np.float64)
        days = np.flatnonzero(customers)
        return days, customers[days]
