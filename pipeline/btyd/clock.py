"""Exposure time: a clock that runs faster when customers shop more, on which the plain models hold."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.btyd._numerics import Floats

Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Clock:
    """How many days of ordinary shopping a calendar day is worth.

    Ages and horizons in these exposure days go into the models in place of calendar days: every closed form
    stays as it is. The default clock is flat, and what it gives is equal to the calendar to the last bit.

    Attributes
    ----------
    harmonics : tuple of float
        Cosine and sine coefficients of the log speed over the year: one pair per year, per half year …
    ahead : float
        Speed of the first `ahead_days` days from the cutoff, times that of the season.
    ahead_days : int
    """

    harmonics: tuple[float, ...] = ()
    ahead: float = 1.0
    ahead_days: int = 0

    def speed(self, days: Days) -> Floats:
        """Exposure per calendar day; its mean over a year is one."""
        if not self.harmonics:
            return np.ones(len(days))
        year = np.arange("2001-01-01", "2002-01-01", dtype="datetime64[D]")
        logs = [waves(some, len(self.harmonics) // 2) @ np.array(self.harmonics) for some in (days, year)]
        speed: Floats = np.exp(logs[0]) / np.exp(logs[1]).mean()
        return speed

    def summary(self, summary: pd.DataFrame, cutoff: date) -> pd.DataFrame:
        """Give recency and T in exposure days.

        Parameters
        ----------
        summary : DataFrame
            Columns recency and T in calendar days, T up to the day before the cutoff; others are kept.
        cutoff : date
        """
        age, silence = (
            summary["T"].to_numpy(np.float64),
            (summary["T"] - summary["recency"]).to_numpy(np.float64),
        )
        oldest = int(np.ceil(age.max(initial=0.0)))
        past = self.speed(_days_from(cutoff, -oldest, oldest))
        back = np.concatenate([[0.0], np.cumsum(past[::-1])])
        exposed = np.interp(age, np.arange(oldest + 1), back)
        recency = exposed - np.interp(silence, np.arange(oldest + 1), back)
        return summary.assign(recency=recency, T=exposed)

    def horizon(self, cutoff: date, days: int) -> float:
        """Exposure days in the calendar days from the cutoff."""
        speed = self.speed(_days_from(cutoff, 0, days))
        speed[: self.ahead_days] *= self.ahead
        return float(speed.sum())

    def to_dict(self) -> dict[str, Any]:
        """The clock as JSON types."""
        return {**asdict(self), "harmonics": list(self.harmonics)}


CALENDAR = Clock()


def waves(days: Days, pairs: int) -> Floats:
    """Cosines and sines of the time of the year, shape (days, 2 · pairs)."""
    year = days.astype("datetime64[Y]")
    length = ((year + 1).astype("datetime64[D]") - year.astype("datetime64[D]")).astype(np.float64)
    angle = 2.0 * np.pi * ((days - year.astype("datetime64[D]")).astype(np.float64) + 0.5) / length
    each = np.arange(1, pairs + 1) * angle[:, None]
    return np.stack([np.cos(each), np.sin(each)], axis=2).reshape(len(days), 2 * pairs)


def _days_from(cutoff: date, start: int, count: int) -> Days:
    return np.datetime64(cutoff, "D") + np.arange(start, start + count)
