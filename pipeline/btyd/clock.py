"""Exposure time: a clock that runs faster when customers shop more, on which the plain models hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

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
    closed : tuple of pairs of dates
        First and last day of each time in which the shop was closed, and nobody aged.
    """

    harmonics: tuple[float, ...] = ()
    ahead: float = 1.0
    ahead_days: int = 0
    closed: tuple[tuple[date, date], ...] = ()

    @property
    def has_season(self) -> bool:
        """Whether it ever runs faster or slower than the calendar, closed days apart."""
        return bool(self.harmonics or self.ahead_days)

    def speed(self, days: Days, cutoff: date | None = None) -> Floats:
        """Exposure per calendar day; the mean of `harmonics` over a year is one."""
        speed: Floats = np.ones(len(days))
        if self.harmonics:
            year = np.arange("2001-01-01", "2002-01-01", dtype="datetime64[D]")
            logs = [waves(some, len(self.harmonics) // 2) @ np.array(self.harmonics) for some in (days, year)]
            speed = np.exp(logs[0]) / np.exp(logs[1]).mean()
        if cutoff is not None:
            after = (days - np.datetime64(cutoff, "D")).astype(np.int64)
            speed[(after >= 0) & (after < self.ahead_days)] *= self.ahead
        for first, last in self.closed:
            speed[(days >= np.datetime64(first, "D")) & (days <= np.datetime64(last, "D"))] = 0.0
        return speed

    def summary(self, summary: pd.DataFrame, cutoff: date) -> pd.DataFrame:
        """Give recency and T in exposure days.

        Parameters
        ----------
        summary : DataFrame
            Columns frequency, recency and T in calendar days, T up to the day before the cutoff; others are
            kept. Made-up histories may have all repeat orders on closed days, which then count as one.
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
        on_closed_days = (summary["frequency"].to_numpy() > 0) & (recency <= 0.0)
        return summary.assign(recency=recency + on_closed_days, T=exposed + on_closed_days)

    def horizon(self, cutoff: date, days: int) -> float:
        """Exposure days in the calendar days from the cutoff."""
        return float(self.speed(_days_from(cutoff, 0, days), cutoff).sum())

    def to_dict(self) -> dict[str, Any]:
        """The clock as JSON types."""
        saved = {"harmonics": list(self.harmonics), "ahead": self.ahead, "ahead_days": self.ahead_days}
        closed = [[first.isoformat(), last.isoformat()] for first, last in self.closed]
        return saved | ({"closed": closed} if closed else {})

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Self:
        """Read back what `to_dict` wrote."""
        closed = (map(date.fromisoformat, days) for days in saved.get("closed", ()))
        return cls(
            harmonics=tuple(saved["harmonics"]),
            ahead=float(saved["ahead"]),
            ahead_days=int(saved["ahead_days"]),
            closed=tuple((first, last) for first, last in closed),
        )


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
