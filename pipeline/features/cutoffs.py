"""Which days the pipeline looks from: training cutoffs, the holdout, and today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pipeline.errors import UserError


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
    holdout : date
        The last cutoff whose horizon is fully observed.
    score : date
        The day of scoring: `as_of`.
    """

    training: tuple[date, ...]
    holdout: date
    final_training: tuple[date, ...]
    score: date

    @property
    def all(self) -> tuple[date, ...]:
        """Every cutoff once, ascending."""
        return tuple(sorted({*self.training, self.holdout, *self.final_training, self.score}))

    def to_dict(self) -> dict[str, Any]:
        """ISO dates, for JSON."""
        return {
            "training": [day.isoformat() for day in self.training],
            "holdout": self.holdout.isoformat(),
            "final_training": [day.isoformat() for day in self.final_training],
            "score": self.score.isoformat(),
        }

    @classmethod
    def from_dict(cls, dates: Mapping[str, Any]) -> Cutoffs:
        """Read back what `to_dict` gave."""
        return cls(
            training=tuple(map(date.fromisoformat, dates["training"])),
            holdout=date.fromisoformat(dates["holdout"]),
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

    Raises
    ------
    UserError
        The log is too short for even one training cutoff before the holdout.
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
        known = (as_of - first_day).days
        needed = 2 * horizon_days + min_history_days
        longest = (known - min_history_days) // 2
        raise UserError(
            f"the log covers {known} days before as_of; a model that is trained and then tested needs "
            f"{needed}: two horizons of {horizon_days} and {min_history_days} days of history",
            where="params.yaml: churn.horizon_days",
            valid=f"horizon_days: {longest}" if longest >= 1 else "a longer order log",
        )
    return Cutoffs(training=training, holdout=holdout, final_training=learnable(as_of), score=as_of)
