"""Which days the pipeline looks from: training cutoffs, the holdout, and today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True)
class Cutoffs:
    """The days features are taken at.

    The model that is *evaluated* learns from `training` and is scored at `holdout`; every training horizon
    has ended by then. The model that *scores* is the same recipe moved forward by one horizon: it learns from
    `final_training`, whose horizons have ended by `score`.

    Attributes
    ----------
    training, final_training : tuple of date
        Ascending.
    holdout : date or None
        The last cutoff whose horizon is fully observed. None where the log is too short to learn before it:
        then `training` and `final_training` are empty, and only `score` is left.
    score : date
        The day of scoring: `as_of`.
    """

    training: tuple[date, ...]
    holdout: date | None
    final_training: tuple[date, ...]
    score: date

    @property
    def all(self) -> tuple[date, ...]:
        """Every cutoff once, ascending."""
        tested = () if self.holdout is None else (self.holdout,)
        return tuple(sorted({*self.training, *tested, *self.final_training, self.score}))

    def to_dict(self) -> dict[str, Any]:
        """ISO dates, for JSON."""
        return {
            "training": [day.isoformat() for day in self.training],
            "holdout": self.holdout and self.holdout.isoformat(),
            "final_training": [day.isoformat() for day in self.final_training],
            "score": self.score.isoformat(),
        }

    @classmethod
    def from_dict(cls, dates: Mapping[str, Any]) -> Cutoffs:
        """Read back what `to_dict` gave."""
        return cls(
            training=tuple(map(date.fromisoformat, dates["training"])),
            holdout=dates["holdout"] and date.fromisoformat(dates["holdout"]),
            final_training=tuple(map(date.fromisoformat, dates["final_training"])),
            score=date.fromisoformat(dates["score"]),
        )


def plan_cutoffs(
    first_day: date,
    as_of: date,
    *,
    horizon_days: int,
    training_cutoffs: int,
    spacing_days: int,
    min_history_days: int,
) -> Cutoffs:
    """Lay the cutoffs on the calendar, counted back from `as_of`.

    Parameters
    ----------
    first_day : date
        The day of the first order in the log.
    as_of : date
        The first day that is not known.
    horizon_days : int
        Length of the label window in days.
    training_cutoffs : int
        How many cutoffs a model learns from, at most; those with too little log before them are left out.
    spacing_days : int
        Days between training cutoffs.
    min_history_days : int
        Days of log there must be before a training cutoff.

    Returns
    -------
    Cutoffs
        With nothing but `score` where the log is shorter than two horizons and `min_history_days`: nothing
        could be learned before the holdout.
    """
    earliest = first_day + timedelta(days=min_history_days)
    horizon = timedelta(days=horizon_days)

    def learnable(known_until: date) -> tuple[date, ...]:
        latest = known_until - horizon
        days = [latest - timedelta(days=i * spacing_days) for i in range(training_cutoffs)]
        return tuple(sorted(day for day in days if day >= earliest))

    holdout = as_of - horizon
    training = learnable(holdout)
    if not training:
        return Cutoffs(training=(), holdout=None, final_training=(), score=as_of)
    return Cutoffs(training=training, holdout=holdout, final_training=learnable(as_of), score=as_of)
