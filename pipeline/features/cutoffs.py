"""Which days the pipeline looks from, on one grid counted back from today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

Count = int | Literal["auto"]

YEAR_DAYS = 364  # whole weeks, so that a window of last year has the same weekdays
MONTH_DAYS = 30
ORIGINS = 4  # three to judge by, and one more from which the first of them learns its weights
FEWEST_DAYS_BEFORE_LAST_YEAR = 180


@dataclass(frozen=True)
class Origin:
    """A day to predict from.

    Attributes
    ----------
    cutoff : date
        Features use days before it, the horizon starts with it.
    training : tuple of date
        Earlier cutoffs whose horizons have ended by `cutoff`, ascending: all there is to learn from.
    last_year : Origin or None
        The same window one year earlier, where there is enough history before it: it shows the level that
        belongs to the season.
    """

    cutoff: date
    training: tuple[date, ...]
    last_year: Origin | None = None

    def days(self) -> Iterator[date]:
        """Give every cutoff that is needed to predict from here, in no order and with repeats."""
        yield from (self.cutoff, *self.training)
        if self.last_year:
            yield from self.last_year.days()

    def to_dict(self) -> dict[str, Any]:
        """ISO dates, for JSON."""
        return {
            "cutoff": self.cutoff.isoformat(),
            "training": [day.isoformat() for day in self.training],
            "last_year": self.last_year and self.last_year.to_dict(),
        }

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Origin:
        """Read back what `to_dict` gave."""
        return cls(
            date.fromisoformat(saved["cutoff"]),
            tuple(map(date.fromisoformat, saved["training"])),
            saved["last_year"] and cls.from_dict(saved["last_year"]),
        )


@dataclass(frozen=True)
class Cutoffs:
    """The days features are taken at.

    Attributes
    ----------
    origins : tuple of Origin
        Where the models are tested, ascending and one horizon apart; the last one is the holdout. Each is
        predicted by the recipe that scores, as it would have run that day. Empty where the log is too short
        to learn before the holdout.
    final : Origin
        The day of scoring.
    """

    origins: tuple[Origin, ...]
    final: Origin

    @property
    def score(self) -> date:
        """The day of scoring: `as_of`."""
        return self.final.cutoff

    @property
    def holdout(self) -> date | None:
        """The last cutoff whose horizon is fully observed; None where nothing can be tested."""
        return self.origins[-1].cutoff if self.origins else None

    @property
    def training(self) -> tuple[date, ...]:
        """The cutoffs that the model tested on the holdout learns from."""
        return self.origins[-1].training if self.origins else ()

    def known_until(self, origin: Origin) -> date:
        """The next origin, or the day of scoring: the outcome at an origin is known there."""
        return min(
            (each.cutoff for each in (*self.origins, self.final) if each.cutoff > origin.cutoff),
            default=self.score,
        )

    @property
    def learned_from(self) -> dict[date, tuple[date, ...]]:
        """What the model of each day learns from: of last year, the tested days and, as the last, today."""
        days = [day for origin in (*self.origins, self.final) for day in (origin.last_year, origin) if day]
        return {day.cutoff: day.training for day in days}

    @property
    def all(self) -> tuple[date, ...]:
        """Every cutoff once, ascending."""
        return tuple(sorted({day for origin in (*self.origins, self.final) for day in origin.days()}))

    def to_dict(self) -> dict[str, Any]:
        """ISO dates, for JSON."""
        return {"origins": [origin.to_dict() for origin in self.origins], "final": self.final.to_dict()}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Cutoffs:
        """Read back what `to_dict` gave."""
        return cls(tuple(map(Origin.from_dict, saved["origins"])), Origin.from_dict(saved["final"]))


def plan_cutoffs(
    first_day: date,
    as_of: date,
    *,
    horizon_days: int,
    training_cutoffs: Count,
    spacing_days: Count,
    min_history_days: int,
    origins: Count = "auto",
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
    training_cutoffs : int or "auto"
        How many cutoffs are learned from at an origin, at most; those with too little log before them are
        left out. By default six, and four where their horizons overlap much.
    spacing_days : int or "auto"
        Days between cutoffs; about a month by default. A whole number of equal steps makes up the horizon,
        so that origins and training share their cutoffs.
    min_history_days : int
        Days of log there must be before a training cutoff.
    origins : int or "auto"
        How many days to test at, at most.

    Returns
    -------
    Cutoffs
        Without origins where the log is shorter than two horizons and `min_history_days`: nothing could be
        learned before the holdout.
    """
    step_days = MONTH_DAYS if spacing_days == "auto" else spacing_days
    steps = max(1, round(horizon_days / step_days))
    count = (6 if steps <= 2 else 4) if training_cutoffs == "auto" else training_cutoffs
    earliest = first_day + timedelta(days=min_history_days)
    earliest_last_year = first_day + timedelta(days=FEWEST_DAYS_BEFORE_LAST_YEAR)

    def before(day: date, offsets: Sequence[int]) -> tuple[date, ...]:
        """Step back from a day; those with too little log before them are left out."""
        days = [day - timedelta(days=offset * horizon_days // steps) for offset in offsets]
        return tuple(sorted(each for each in days if each >= earliest))

    def origin(day: date) -> Origin:
        training = before(day, range(steps, steps + count))
        then = day - timedelta(days=YEAR_DAYS)
        # Two horizons side by side show the level before the window; more would only take more cutoffs.
        learned_then = before(then, (steps, 2 * steps))
        is_long_enough = learned_then and then >= earliest_last_year
        return Origin(day, training, Origin(then, learned_then) if is_long_enough else None)

    most = ORIGINS if origins == "auto" else origins
    tested = (origin(day) for day in before(as_of, range(steps, steps * (most + 1), steps)))
    held = tuple(each for each in tested if each.training)
    return Cutoffs(held, origin(as_of) if held else Origin(as_of, ()))
