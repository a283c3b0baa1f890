"""Whether those who came last order again as the model expects of newcomers.

One model holds for all customers, and a campaign may bring others: a thousand who came for a price and never
return look to it like a thousand newcomers as they always were.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.tracking import expected_so_far

FEWEST_EXPECTED = 50  # repeat orders; with fewer, chance and season explain much
FAR = 2.0  # times what was expected, or the reverse of it


class Newcomers(NamedTuple):
    """Customers of one horizon or less, and their repeat orders so far.

    Attributes
    ----------
    customers, repeats : int
    expected : float
        Repeat orders the model expects of so many customers of their ages, eq. (9) of Fader, Hardie and Lee
        (2005) with x = t_x = T = 0.
    """

    customers: int
    repeats: int
    expected: float

    @property
    def are_others(self) -> bool:
        """Whether they order far less, or far more, than the model expects."""
        is_near = self.expected <= FAR * self.repeats and self.repeats <= FAR * self.expected
        return self.expected >= FEWEST_EXPECTED and not is_near

    def to_dict(self) -> dict[str, Any]:
        """The numbers and what they tell, as JSON types."""
        return {**self._asdict(), "are_others": self.are_others}


def newcomers(
    model: CountModel, summary: pd.DataFrame, exposed: pd.DataFrame, horizon_days: int
) -> Newcomers:
    """Count the repeat orders of those whose first order is a horizon ago or less.

    Parameters
    ----------
    model : CountModel
        Fitted as of the cutoff.
    summary : DataFrame
        All customers of the cutoff: `frequency` and `T` in days.
    exposed : DataFrame
        The same on the model's clock.
    horizon_days : int

    Returns
    -------
    Newcomers
    """
    is_new = (summary["T"] <= horizon_days).to_numpy()
    expected = expected_so_far(model, exposed.loc[is_new, "T"].to_numpy(dtype="float64"))
    return Newcomers(int(is_new.sum()), int(summary.loc[is_new, "frequency"].sum()), float(expected.sum()))
