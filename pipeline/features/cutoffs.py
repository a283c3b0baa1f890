"""Which days the pipeline looks from, on one grid counted back from today."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, islice, takewhile
from typing import Any, Literal

Count = int | Literal["auto"]
Tells = Callable[[date, int], bool]

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
        Where the models are tested, ascending, a horizon apart or more; the last one is the holdout. Each is
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


def every_window(start: date, horizon_days: int) -> bool:
    """Take a window whatever happened in it."""
    return True


@dataclass(frozen=True)
class CutoffPlan:
    """How cutoffs are to lie, whatever the log.

    Attributes
    ----------
    horizon_days : int
        Length of the label window in days.
    min_history_days : int
        Days of log there must be before a training cutoff.
    training_cutoffs : int or "auto"
        How many cutoffs are learned from at an origin, at most; those with too little log before them are
        left out. By default six, and four where their horizons overlap much.
    spacing_days : int or "auto"
        Days between cutoffs; about a month by default. A whole number of equal steps makes up the horizon,
        so that origins and training share their cutoffs.
    origins : int or "auto"
        How many days to test at, at most.
    """

    horizon_days: int
    min_history_days: int
    training_cutoffs: Count = "auto"
    spacing_days: Count = "auto"
    origins: Count = "auto"

    @property
    def steps(self) -> int:
        """How many steps make up the horizon."""
        step_days = MONTH_DAYS if self.spacing_days == "auto" else self.spacing_days
        return max(1, round(self.horizon_days / step_days))

    @property
    def learned(self) -> int:
        """How many cutoffs are learned from at an origin, at most."""
        if self.training_cutoffs == "auto":
            return 6 if self.steps <= 2 else 4
        return self.training_cutoffs

    @property
    def tested(self) -> int:
        """How many days to test at, at most."""
        return ORIGINS if self.origins == "auto" else self.origins


def plan_cutoffs(first_day: date, as_of: date, plan: CutoffPlan, tells: Tells = every_window) -> Cutoffs:
    """Lay the cutoffs on the calendar, counted back from `as_of`.

    Parameters
    ----------
    first_day : date
        The day of the first order in the log.
    as_of : date
        The first day that is not known.
    plan : CutoffPlan
    tells : callable, optional
        First day and length in days of a window to whether it tells of the customers, as known at its end.
        Earlier windows take the place of those that do not. By default, and where too few do, all are taken.

    Returns
    -------
    Cutoffs
        Without origins where the log is shorter than two horizons and `min_history_days`: nothing could be
        learned before the holdout.
    """
    grid = _Grid(first_day, plan, tells)
    held = grid.origins_before(as_of)
    if not held:
        grid = _Grid(first_day, plan, every_window)
        held = grid.origins_before(as_of)
    return Cutoffs(held, grid.origin(as_of) if held else Origin(as_of, ()))


@dataclass(frozen=True)
class _Grid:
    """Days a step apart, back to the earliest with enough log before it; skips windows that tell nothing."""

    first_day: date
    plan: CutoffPlan
    tells: Tells

    def origins_before(self, day: date) -> tuple[Origin, ...]:
        """Go back from window to window without overlap; keep those that have what to learn from."""
        held: list[Origin] = []
        while len(held) < self.plan.tested and (before := self.ended_by(day, 1)):
            [day] = before
            held.append(self.origin(day))
        return tuple(each for each in reversed(held) if each.training)

    def origin(self, day: date) -> Origin:
        """Give a day what it learns from, and the window a year before it."""
        return Origin(day, self.ended_by(day, self.plan.learned), self.last_year(day))

    def last_year(self, day: date) -> Origin | None:
        """Give the same window a year earlier, if it had ended by the day and enough was known before it."""
        then, horizon_days = day - timedelta(days=YEAR_DAYS), self.plan.horizon_days
        is_early = (then - self.first_day).days < FEWEST_DAYS_BEFORE_LAST_YEAR
        if horizon_days > YEAR_DAYS or is_early or not self.tells(then, horizon_days):
            return None
        # Two horizons side by side show the level before the window; more would only take more cutoffs.
        learned = self.ended_by(then, 2, apart=self.plan.steps)
        return Origin(then, learned) if learned else None

    def ended_by(self, day: date, most: int, apart: int = 1) -> tuple[date, ...]:
        """Take the latest days whose windows had ended by a day, some steps apart, ascending."""
        horizon_days, steps = self.plan.horizon_days, self.plan.steps
        earliest = self.first_day + timedelta(days=self.plan.min_history_days)
        days = (day - timedelta(days=back * horizon_days // steps) for back in count(steps, apart))
        known = takewhile(lambda each: each >= earliest, days)
        return tuple(sorted(islice((each for each in known if self.tells(each, horizon_days)), most)))
