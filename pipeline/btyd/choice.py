"""Which model to trust at a cutoff: a simple one that did well in the windows known by then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd

from pipeline.btyd.backtest import MEASURES, first_good_one, lead, measures, try_model, try_rules
from pipeline.btyd.clock import CALENDAR, Clock
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.fallback import fit_or_simpler
from pipeline.btyd.fitting import Engine
from pipeline.btyd.lifetimes_engine import NotConverged
from pipeline.counted import counted

NEEDED_WINDOWS = 3
MOST_WINDOWS = 8
MOST_CUSTOMERS = 2_500
DEFAULT = "mbgnbd"
"""Where too few windows are known: it lets everyone leave, also who ordered once, and is quick to compute."""
REGULAR = "mbgcnbd"
"""The same for regular gaps, of which the likelihood tells without any window."""
VERY_STRONG, PER_CUSTOMER = 5.0, 0.25
"""Leads in log likelihood: beyond doubt (Kass and Raftery, JASA 90, 1995, sect. 3.2), and for each customer.

Of many customers a little adds up to much: who shops on Saturdays only is hardly regular.
"""

Reason = Literal[
    "given", "too_few_windows", "regular_gaps", "all_failed", "best", "within_one_standard_error"
]


@dataclass(frozen=True)
class Choice:
    """A model for a cutoff, and why.

    Attributes
    ----------
    model : str
    reason : {"given", "too_few_windows", "regular_gaps", "all_failed", "best", "within_one_standard_error"}
        Regular gaps: too few windows, but no doubt about these. All failed: none could be fitted in every
        window. The last: another is better, but by no more than chance would have it.
    best : str
        The model with the best log score.
    windows : tuple of date
        First days of the windows of the backtest; all had ended by the cutoff.
    trials : mapping of str to DataFrame
        What models and rules did in all windows; empty without a backtest.
    """

    model: str
    reason: Reason
    best: str
    windows: tuple[date, ...] = ()
    trials: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    @classmethod
    def given(cls, model: str) -> Choice:
        """The model that someone wants."""
        return cls(model, "given", model)

    @property
    def sentence(self) -> str:
        """The reason for people."""
        known = counted(len(self.windows))
        sentences = {
            "given": "as the parameters say",
            "too_few_windows": f"the default: {known:past window is/past windows are} known, "
            f"a choice needs {NEEDED_WINDOWS}",
            "regular_gaps": f"for gaps too regular for the default: {known:past window is/past windows are} "
            f"known, a choice needs {NEEDED_WINDOWS}",
            "all_failed": "the default: no candidate could be fitted in every past window",
            "best": f"the best in {known:past window/past windows}, and nothing simpler came near",
            "within_one_standard_error": f"a simple one within a standard error of {self.best}, "
            f"{known:window/windows}",
        }
        return f"{self.model}, {sentences[self.reason]}"

    def to_dict(self) -> dict[str, Any]:
        """The choice as JSON types, without the trials."""
        return {
            "model": self.model,
            "reason": self.reason,
            "best": self.best,
            "windows": [window.isoformat() for window in self.windows],
            "sentence": self.sentence,
        }

    def measures(self) -> dict[str, dict[str, float]]:
        """By candidate: its `measures`, and how far its log score is behind the best, with standard error."""
        found = {}
        for name, trial in self.trials.items():
            behind = lead(self.trials[self.best], trial)
            found[name] = {
                **measures(trial),
                "behind_best": behind.mean,
                "behind_best_standard_error": behind.standard_error,
            }
        return found

    def by_window(self) -> pd.DataFrame:
        """One row per candidate and window (its first day), with the `measures`."""
        rows = [
            {"candidate": name, "window": window, **measures(part)}
            for name, trial in self.trials.items()
            for window, part in trial.groupby("window")
        ]
        return pd.DataFrame(rows, columns=["candidate", "window", *MEASURES])


class Chooser:
    """Tries candidates in past windows, each once, and fits what was chosen.

    Every window is judged on at most 2,500 customers, fits included: more would cost time and hardly change
    a choice. They are the first by key; keys are pseudonyms, in an order that means nothing.

    Parameters
    ----------
    candidates : mapping of str to type
        Kinds of models, in the order of preference.
    histories : mapping of date to DataFrame
        By cutoff, indexed by customer key: frequency, recency, T (days), recent_orders (order days in the
        `horizon_days` before the cutoff), future_orders (in those from the cutoff; missing while unknown).
        Of a window no more is kept than it is judged on, so that a mapping may read what it is asked for.
    horizon_days : int
        Length of a window.
    engine : {"own", "lifetimes"}
        Who fits, in the windows and in the end; lifetimes has to know all candidates.
    clock : callable, optional
        Cutoff to the clock without a season that all fits are on; the calendar by default.
    any_day : callable, optional
        Cutoff to whether customers could order on most days until then: else the rhythm is the shop's.
    """

    def __init__(
        self,
        candidates: Mapping[str, type[CountModel]],
        histories: Mapping[date, pd.DataFrame],
        horizon_days: int,
        engine: Engine = "own",
        clock: Callable[[date], Clock] = lambda cutoff: CALENDAR,
        any_day: Callable[[date], bool] = lambda cutoff: True,
    ) -> None:
        self.candidates, self.horizon_days, self.engine = candidates, horizon_days, engine
        self.histories, self.clock, self.any_day = histories, clock, any_day
        self._judged: dict[date, pd.DataFrame] = {}
        self._fits: dict[tuple[str, date], CountModel] = {}
        self._trials: dict[date, dict[str, pd.DataFrame]] = {}

    def fit(self, name: str, cutoff: date) -> CountModel:
        """Fit a model to what was known before a cutoff; a simpler one instead where that fails.

        Raises
        ------
        InsufficientHistory
            If nothing can be learned from it.
        """
        rows = self.rows(cutoff)
        known = self._fits.get((name, cutoff)) if len(rows) <= MOST_CUSTOMERS else None
        if known is not None and known.status != "failed":
            return known
        return fit_or_simpler(self.candidates[name], self.clock(cutoff).summary(rows, cutoff), self.engine)

    def choose(self, cutoff: date) -> Choice:
        """Choose by the log score of held-out counts in the latest windows that had ended by the cutoff."""
        windows = self.windows(cutoff)
        if len(windows) < NEEDED_WINDOWS:
            if self._has_regular_gaps(cutoff):
                return Choice(REGULAR, "regular_gaps", REGULAR, windows)
            return Choice(DEFAULT, "too_few_windows", DEFAULT, windows)
        tried = [self._try_all(window) for window in windows]
        names = [name for name in tried[0] if all(name in trials for trials in tried)]
        trials = {name: pd.concat([trials[name] for trials in tried]) for name in names}
        candidates = [name for name in self.candidates if name in trials]
        if not candidates:
            return Choice(DEFAULT, "all_failed", DEFAULT, windows)
        chosen, best = first_good_one(trials, candidates)
        reason: Reason = "best" if chosen == best else "within_one_standard_error"
        return Choice(chosen, reason, best, windows, trials)

    def _has_regular_gaps(self, cutoff: date) -> bool:
        """Tell whether gaps as they are would be a miracle under the default."""
        is_known = REGULAR in self.candidates and self.judged(cutoff)["frequency"].any()
        if not is_known or not self.any_day(cutoff):
            return False
        random, regular = (self.judged_fit(name, cutoff) for name in (DEFAULT, REGULAR))
        gain = regular.fitted_log_likelihood - random.fitted_log_likelihood
        clear = max(VERY_STRONG, PER_CUSTOMER * len(self.judged(cutoff)))
        return regular.status != "failed" and gain > clear

    def windows(self, cutoff: date, most: int | None = MOST_WINDOWS) -> tuple[date, ...]:
        """The latest windows, or all, that had ended by the cutoff and began with something to learn."""
        horizon = timedelta(days=self.horizon_days)
        ended = [window for window in sorted(self.histories) if window + horizon <= cutoff]
        told = [window for window in ended if self.judged(window)["frequency"].any()]
        return tuple(told[-most:] if most else told)

    def rows(self, cutoff: date) -> pd.DataFrame:
        """Give all customers at a cutoff, by key."""
        return self.histories[cutoff].sort_index()

    def judged(self, window: date) -> pd.DataFrame:
        """Give the customers on whom a window is judged."""
        if window not in self._judged:
            self._judged[window] = self.rows(window).head(MOST_CUSTOMERS).copy()
        return self._judged[window]

    def judged_fit(self, name: str, window: date) -> CountModel:
        """Fit a candidate to the customers on whom a window is judged, once."""
        if (name, window) not in self._fits:
            rows = self.clock(window).summary(self.judged(window), window)
            self._fits[name, window] = self.candidates[name]().fit(rows, self.engine)
        return self._fits[name, window]

    def _try_all(self, window: date) -> dict[str, pd.DataFrame]:
        """Try rules and candidates in one window; a candidate whose fit failed is left out."""
        if window not in self._trials:
            rows = self.clock(window).summary(self.judged(window), window)
            trials = try_rules(rows, self.horizon_days)
            for name in self.candidates:
                with suppress(NotConverged):
                    fitted = self.judged_fit(name, window)
                    if fitted.status != "failed":
                        trials[name] = try_model(fitted, rows, self.horizon_days)
            self._trials[window] = {name: trial.assign(window=window) for name, trial in trials.items()}
        return self._trials[window]
