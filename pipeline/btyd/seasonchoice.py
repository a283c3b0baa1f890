"""Whether a season is put into the model: only where that would have helped in past windows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from pipeline.btyd.backtest import lead, try_model
from pipeline.btyd.choice import MOST_CUSTOMERS, NEEDED_WINDOWS, Chooser
from pipeline.btyd.clock import Clock
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.lifetimes_engine import NotConverged
from pipeline.btyd.season import anchor_clock, exposure_clock
from pipeline.features.cutoffs import FEWEST_DAYS_BEFORE_LAST_YEAR, YEAR_DAYS

CLEAR_LEAD = 2.0
CLEARLY_CLOSER = 0.8
MOST_WINDOWS = 13  # about a month apart: a year, so that the time of year that lies ahead is among them
HALF = 0.5  # of what a year suggests, while no year of windows confirms it
NEWER = 0.1
"""Share of the customers born in the latter half of a log, below which all of them grow older together."""

Season = Literal["off", "exposure", "half_exposure", "anchor"]
SeasonReason = Literal["given", "too_short", "better", "unrefuted", "no_better", "not_found"]


@dataclass(frozen=True)
class Past:
    """What a season is estimated from.

    Attributes
    ----------
    first_day : date
        Of the log.
    flow : callable
        Cutoff to births and repeat orders by day before it, as `tracking` takes them.
    history : callable
        Cutoff to one row per customer known then: frequency, recency, T (days), and future_orders in the
        horizon that followed. It is asked only for windows that have ended.
    tells : callable, optional
        Cutoff to whether the horizon that followed tells of the customers: not if the shop was closed.
    """

    first_day: date
    flow: Callable[[date], pd.DataFrame]
    history: Callable[[date], pd.DataFrame]
    tells: Callable[[date], bool] = lambda cutoff: True


@dataclass(frozen=True)
class SeasonChoice:
    """A treatment of the season for a cutoff, and why.

    Attributes
    ----------
    season : {"off", "exposure", "half_exposure", "anchor"}
    reason : {"given", "too_short", "better", "unrefuted", "no_better", "not_found"}
        `unrefuted` where fewer than a year of windows have judged exposure and it did no harm in these, or
        none has and the customers are of different ages;
        `not_found` where a season was wanted and the fit has none.
    found : mapping
        By season: in how many windows it was tried, its lead in log score per customer over the plain model
        with standard error, and by how much the totals of both were missed: `missed` and `plain_missed`, root
        mean squares of the logarithm of expected over actual orders.
    """

    season: Season
    reason: SeasonReason
    found: Mapping[Season, Mapping[str, float]] = field(default_factory=dict)

    def as_fitted(self, clock: Clock) -> SeasonChoice:
        """The choice as it came out: no season where the log was too short for it or shows none."""
        if self.season == "off" or clock.has_season:
            return self
        if self.reason == "unrefuted":
            return replace(self, season="off", reason="no_better" if self.found else "too_short")
        return replace(self, season="off", reason="not_found")

    def to_dict(self) -> dict[str, Any]:
        """The choice as JSON types."""
        return {"season": self.season, "reason": self.reason, "tried": dict(self.found)}


class Fitted(NamedTuple):
    """A model and the clock on which it was fitted and is to be asked."""

    model: CountModel
    clock: Clock


class Seasons:
    """Puts a season into the chooser's models, and tells whether that helps.

    Parameters
    ----------
    chooser : Chooser
        Whose windows, customers and fits are used.
    past : Past
    """

    def __init__(self, chooser: Chooser, past: Past) -> None:
        self.chooser, self.past = chooser, past
        self._trials: dict[tuple[Season, str, date], pd.DataFrame | None] = {}

    def choose(self, name: str, cutoff: date) -> SeasonChoice:
        """Choose what would have helped the model in the windows that had ended by the cutoff.

        A season has to beat the plain model in log score by two standard errors, and to bring the totals a
        fifth closer to the truth: what moves all customers of a window at once is not in the standard error.
        Large misses count most, those of a few weeks before Christmas rather than those of all other months.
        Of two that do, the one that has the better log score where both were tried is taken. Half of the
        exposure's is taken where none does and fewer than a year of windows tell, if it was no worse in them:
        a log of two years has hardly seen a season that it could have known of. Where no window tells, the
        customers have to be of different ages: of those who came all at once, age looks like the time of the
        year.
        """
        compared: tuple[Season, ...] = ("exposure", "anchor")
        found = {season: self._compare(season, name, cutoff) for season in compared}
        tried = {season: result for season, result in found.items() if result}
        better = [
            season
            for season, result in tried.items()
            if result["lead"] > CLEAR_LEAD * result["standard_error"]
            and result["missed"] < CLEARLY_CLOSER * result["plain_missed"]
        ]
        if better:
            best = better[0] if len(better) == 1 else self._better_of_two(name, cutoff)
            return SeasonChoice(best, "better", tried)
        if self._has_year(cutoff) and (
            _is_unrefuted(found["exposure"]) if found["exposure"] else self._ages_differ(cutoff)
        ):
            return SeasonChoice("half_exposure", "unrefuted", tried)
        return SeasonChoice("off", "no_better" if tried else "too_short", tried)

    def fit(self, name: str, season: Season, cutoff: date) -> Fitted:
        """Fit a model on the season's clock to all that was known before a cutoff.

        Raises
        ------
        InsufficientHistory
            If nothing can be learned from it.
        """
        plain = self.chooser.fit(name, cutoff)
        return self._on_clock(plain, season, cutoff, self.chooser.rows(cutoff)) or Fitted(
            plain, self.chooser.clock(cutoff)
        )

    def _on_clock(self, plain: CountModel, season: Season, cutoff: date, rows: pd.DataFrame) -> Fitted | None:
        """Put a season into a model of these customers; None where the log is too short for that."""
        if season == "off":
            return Fitted(plain, self.chooser.clock(cutoff))
        if season in ("exposure", "half_exposure"):
            share = 1.0 if season == "exposure" else HALF
            return self._exposed(plain, share, cutoff, rows) if self._has_year(cutoff) else None
        ago, horizon_days = cutoff - timedelta(days=YEAR_DAYS), self.chooser.horizon_days
        has_log = (ago - self.past.first_day).days >= FEWEST_DAYS_BEFORE_LAST_YEAR
        if horizon_days > YEAR_DAYS or not has_log or not self.past.tells(ago):
            return None
        earlier = self.past.history(ago).sort_index().head(MOST_CUSTOMERS)
        if not earlier["frequency"].any():
            return None
        earlier = self.chooser.clock(ago).summary(earlier, ago)
        then = self._refit(plain, earlier)
        if then.status == "failed":
            return None
        anchored = anchor_clock(then, earlier, horizon_days)
        return Fitted(plain, replace(anchored, closed=self.chooser.clock(cutoff).closed))

    def _has_year(self, cutoff: date) -> bool:
        return (cutoff - self.past.first_day).days >= YEAR_DAYS

    def _ages_differ(self, cutoff: date) -> bool:
        births = self.past.flow(cutoff)["births"].to_numpy()
        return bool(births[len(births) // 2 :].sum() >= NEWER * births.sum())

    def _exposed(self, plain: CountModel, share: float, cutoff: date, rows: pd.DataFrame) -> Fitted:
        """Fit the model once more, on the clock that its own misses through the year suggest."""
        without = self.chooser.clock(cutoff)
        clock = exposure_clock(plain, self.past.flow(cutoff), without)
        clock = replace(clock, harmonics=tuple(share * wave for wave in clock.harmonics))
        fitted = self._refit(plain, clock.summary(rows, cutoff)) if clock.harmonics else plain
        return Fitted(fitted, clock) if fitted.status != "failed" else Fitted(plain, without)

    def _refit(self, plain: CountModel, rows: pd.DataFrame) -> CountModel:
        """Fit such a model to others; what is no candidate replaces a failed one and is our own fit."""
        is_candidate = plain.name in self.chooser.candidates
        return type(plain)().fit(rows, self.chooser.engine if is_candidate else "own")

    def _compare(self, season: Season, name: str, cutoff: date) -> dict[str, float]:
        """Hold a season against none in the windows with log enough before them; empty if they are few."""
        windows = self.chooser.windows(cutoff, MOST_WINDOWS)
        tried = [(self._try(season, name, window), window) for window in windows]
        pairs = [(trial, self._try("off", name, window)) for trial, window in tried if trial is not None]
        if len(pairs) < NEEDED_WINDOWS:
            return {}
        ahead = lead(*(pd.concat(trials) for trials in zip(*pairs, strict=True)))
        missed, plain_missed = (_missed(trials) for trials in zip(*pairs, strict=True))
        return {
            "windows": len(pairs),
            "lead": ahead.mean,
            "standard_error": ahead.standard_error,
            "missed": missed,
            "plain_missed": plain_missed,
        }

    def _better_of_two(self, name: str, cutoff: date) -> Season:
        """Hold exposure against anchor in the windows with log enough for both; without any, exposure."""
        windows = self.chooser.windows(cutoff, MOST_WINDOWS)
        tried = [[self._try(season, name, window) for season in ("exposure", "anchor")] for window in windows]
        pairs = [pair for pair in tried if pair[0] is not None and pair[1] is not None]
        ahead = lead(*(pd.concat(trials) for trials in zip(*pairs, strict=True))).mean if pairs else 0.0
        return "exposure" if ahead >= 0.0 else "anchor"

    def _try(self, season: Season, name: str, window: date) -> pd.DataFrame | None:
        if (season, name, window) not in self._trials:
            rows, trial = self.chooser.judged(window), None
            with suppress(NotConverged):
                fitted = self._on_clock(self.chooser.judged_fit(name, window), season, window, rows)
                if fitted:
                    horizon = fitted.clock.horizon(window, self.chooser.horizon_days)
                    trial = try_model(fitted.model, fitted.clock.summary(rows, window), horizon)
            self._trials[season, name, window] = trial
        return self._trials[season, name, window]


def _is_unrefuted(result: Mapping[str, float]) -> bool:
    """Whether fewer than a year of windows judged a season, and it did no harm in those."""
    is_no_worse = result["lead"] >= 0.0 and result["missed"] < result["plain_missed"]
    return result["windows"] < MOST_WINDOWS and is_no_worse


def _missed(trials: Iterable[pd.DataFrame]) -> float:
    """By how much the totals of some windows were missed: the root mean square of the logarithm."""
    # Half an order more on both sides: a window in which nobody ordered is a number too.
    totals = np.array([trial[["expected_orders", "future_orders"]].sum() + 0.5 for trial in trials])
    return float(np.sqrt(np.mean(np.diff(np.log(totals)) ** 2)))
