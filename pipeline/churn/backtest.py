"""What can be learned at an origin: members, their weights, the level; all from what was known there.

The weights come from the members' own predictions at earlier origins, whose windows have passed by now, so
that no prediction is judged by the model that was fitted to it. Whether the season's level is corrected is
decided the same way: it is kept unless it did harm in the windows so far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.ensemble import StackingClassifier
from sklearn.pipeline import Pipeline

from pipeline.churn.blend import assemble, blend_weights
from pipeline.churn.calibrate import UNCALIBRATED, Calibration, Said, choose_calibration
from pipeline.churn.level import missed_log_odds, trust_in_blend
from pipeline.churn.members import (
    BOOSTING,
    Member,
    fit_members,
    member_log_odds,
    presumed_weights,
)
from pipeline.churn.season import Window, seasonal_shift, seasonal_total
from pipeline.churn.simplex import equal, weighted_mean
from pipeline.churn.spend import SpendModel, fit_spend, spend_weights
from pipeline.errors import InsufficientHistory


@dataclass(frozen=True)
class Recipe:
    """How models are learned, at every origin alike.

    Attributes
    ----------
    horizon_days : int
        Length of the label window.
    wanted, seed, boosting, half_life_days
        As in `pipeline.churn.members.fit_members`.
    """

    horizon_days: int
    wanted: Literal["auto"] | Sequence[Member]
    seed: int
    boosting: Mapping[str, Any] = field(default_factory=lambda: BOOSTING)
    half_life_days: int | None = None

    def members(self, train: pd.DataFrame) -> dict[Member, Pipeline]:
        """Fit the members on labelled rows; see `pipeline.churn.members.fit_members`."""
        return fit_members(
            train, self.wanted, seed=self.seed, boosting=self.boosting, half_life_days=self.half_life_days
        )


@dataclass(frozen=True)
class Learned:
    """The churn model of one origin.

    Attributes
    ----------
    members : dict of str to fitted pipeline
    weights : dict of str to float
    pull : float
        What is added to the log-odds to bring their level to the lifetime model's, as far as that is trusted.
    season : float or None
        What last year's window tells to add to the log-odds; None where there is no such window.
    level_shift : float
        All that is added: `pull`, and `season` unless it did harm before.
    spend : SpendModel or None
        The value model; None where there is too little spend, or no lifetime model.
    calibration : Calibration
        The last step, after the level.
    """

    members: dict[Member, Pipeline]
    weights: dict[Member, float]
    pull: float
    season: float | None
    level_shift: float
    spend: SpendModel | None = None
    calibration: Calibration = UNCALIBRATED

    def classifier(self, frame: pd.DataFrame) -> StackingClassifier:
        """Give the model as one scikit-learn classifier; see `pipeline.churn.blend.assemble`."""
        slope, intercept = self.calibration.line
        weights = {name: slope * weight for name, weight in self.weights.items()}
        return assemble(self.members, weights, slope * self.level_shift + intercept, frame)


@dataclass(frozen=True)
class Backtested:
    """What a model of the past said, and what then happened.

    Attributes
    ----------
    learned : Learned
    rows : pandas.DataFrame
        The customers at the origin, with the labels.
    log_odds : pandas.DataFrame
        One column per member, indexed like the rows.
    spend : pandas.DataFrame or None
        What each member of the value model expected, likewise.
    """

    learned: Learned
    rows: pd.DataFrame
    log_odds: pd.DataFrame
    spend: pd.DataFrame | None = None

    @property
    def cutoff(self) -> date:
        """The origin."""
        return pd.Timestamp(self.rows["cutoff"].iloc[0]).date()

    @property
    def churned(self) -> NDArray[np.bool_]:
        """What happened."""
        return self.rows["churned"].to_numpy(dtype=bool)

    @property
    def spent(self) -> NDArray[np.float64]:
        """What was spent."""
        return self.rows["future_spend"].to_numpy(dtype=np.float64)

    def levelled(self) -> pd.DataFrame:
        """Give the members' log-odds, each shifted to the actual level: who churns, whatever the number."""
        shifts = [missed_log_odds(self.log_odds[name].to_numpy(), self.churned) for name in self.log_odds]
        return self.log_odds + shifts

    def own(self) -> NDArray[np.float64]:
        """Give the blended log-odds, before any shift of the level."""
        return weighted_mean(self.log_odds, self.learned.weights)

    def blend(self) -> NDArray[np.float64]:
        """Give the log-odds of the churn probability."""
        slope, intercept = self.learned.calibration.line
        return slope * (self.own() + self.learned.level_shift) + intercept

    def said(self) -> Said:
        """Give what a calibration is learned from: the log-odds before any."""
        return Said(self.rows["customer_key"], self.own() + self.learned.level_shift, self.churned)

    def predictions(self) -> pd.DataFrame:
        """Give the blends of churn and spend, and ``p_<member>`` and ``spend_<member>``, for each row."""
        table = self.log_odds.apply(expit).add_prefix("p_").assign(churn_probability=expit(self.blend()))
        if self.learned.spend is None or self.spend is None:
            return table.assign(expected_spend=self.rows["expected_spend"])
        expected = self.learned.spend.blend(self.spend)
        return table.join(self.spend.add_prefix("spend_")).assign(expected_spend=expected)


def learn(
    train: pd.DataFrame,
    today: pd.DataFrame,
    recipe: Recipe,
    last_year: Window | None = None,
    earlier: Sequence[Backtested] = (),
) -> Learned:
    """Learn all that is to be known at an origin.

    Parameters
    ----------
    train : pandas.DataFrame
        The rows to learn from.
    today : pandas.DataFrame
        The customers at the origin: how many of them will churn by the lifetime model. No label is read.
    recipe : Recipe
    last_year : Window, optional
        The same window a year earlier, for the level of the season.
    earlier : sequence of Backtested, optional
        Earlier origins, ascending, whose windows have passed. Where none of them had these members, they are
        tried in a `rehearsal`.

    Returns
    -------
    Learned

    Raises
    ------
    InsufficientHistory
        If there are too few churners or stayers to learn from.
    """
    members = recipe.members(train)
    known = [each for each in earlier if set(members) <= set(each.log_odds)]
    known = known or rehearsal(train, replace(recipe, wanted=list(members)))
    weights = equal(members)
    if recipe.wanted == "auto":
        weights = presumed_weights(list(members), train["customer_key"].nunique())
    if known:
        said = pd.concat([each.levelled() for each in known], ignore_index=True)
        weights = blend_weights(weights, said, np.concatenate([each.churned for each in known]))
    own = weighted_mean(member_log_odds(members, today), weights)
    pull = (1 - trust_in_numbers(earlier or known)) * to_lifetime_level(own, today)
    season = seasonal_shift(last_year) if last_year else None
    shift = pull + (season if season and level_helps(earlier) else 0.0)
    spend = _learn_spend(train, last_year, earlier, recipe.seed)
    calibration = choose_calibration([each.said() for each in earlier])
    return Learned(members, weights, pull, season, shift, spend, calibration)


def rehearsal(train: pd.DataFrame, recipe: Recipe) -> list[Backtested]:
    """Predict the latest cutoff of the training rows from those whose windows had passed by then.

    Parameters
    ----------
    train : pandas.DataFrame
        The rows to learn from.
    recipe : Recipe
        With the members to try by name.

    Returns
    -------
    list of Backtested
        Of equal weights and no level; empty where there is too little to learn from.
    """
    latest = train["cutoff"].max()
    before = train[train["cutoff"] + pd.Timedelta(days=recipe.horizon_days) <= latest]
    try:
        members = recipe.members(before)
    except InsufficientHistory:
        return []
    if len(members) < len(recipe.wanted):
        return []
    learned = Learned(members, equal(members), pull=0.0, season=None, level_shift=0.0)
    return [predict(learned, train[train["cutoff"] == latest].reset_index(drop=True))]


def _learn_spend(
    train: pd.DataFrame, last_year: Window | None, earlier: Sequence[Backtested], seed: int
) -> SpendModel | None:
    """Learn the value model in the same steps: members, weights, level."""
    try:
        model = fit_spend(train, seed=seed)
    except InsufficientHistory:
        return None
    known = [(each.spend, each.spent) for each in earlier if each.spend is not None]
    if known:
        # Who spends more than others, whatever the total.
        levelled = [said * (spent.sum() / said.sum()) for said, spent in known]
        spent = np.concatenate([spent for _, spent in known])
        model = replace(model, weights=spend_weights(pd.concat(levelled, ignore_index=True), spent))
    season = seasonal_total(last_year) if last_year else None
    log_level = season if season and total_helps(earlier) else 0.0
    return replace(model, season=season, log_level=log_level, trust=trust_in_totals(earlier))


def total_helps(earlier: Sequence[Backtested]) -> bool:
    """Tell whether the seasonal factor brought earlier totals closer; without evidence it is trusted."""
    gain = 0.0
    for each in earlier:
        if each.spend is None or each.learned.spend is None or each.learned.spend.season is None:
            continue
        expected = np.nansum(weighted_mean(each.spend, each.learned.spend.weights))
        if expected > 0 and each.spent.sum() > 0:
            missed = float(np.log(each.spent.sum() / expected))
            gain += abs(missed) - abs(missed - each.learned.spend.season)
    return gain >= 0


def trust_in_totals(earlier: Sequence[Backtested]) -> float:
    """Ask the earlier origins whose total came nearer; see `pipeline.churn.level.trust_in_blend`."""
    apart, missed = [], []
    for each in earlier:
        if each.spend is not None and each.learned.spend is not None and each.spent.sum() > 0:
            lifetime, own = each.learned.spend.log_totals(each.spend)
            apart.append(own - lifetime)
            missed.append(float(np.log(each.spent.sum())) - lifetime)
    return trust_in_blend(apart, missed)


def to_lifetime_level(log_odds: NDArray[np.float64], rows: pd.DataFrame) -> float:
    """Give the shift of the log-odds that expects as many churners as the lifetime model; 0 without one."""
    said = rows["p_no_order"].to_numpy()
    return missed_log_odds(log_odds, said) if np.isfinite(said).all() else 0.0


def trust_in_numbers(earlier: Sequence[Backtested]) -> float:
    """Do for the number of churners what `trust_in_totals` does for spend."""
    lifetime = [to_lifetime_level(each.own(), each.rows) for each in earlier]
    actual = [missed_log_odds(each.own(), each.churned) for each in earlier]
    missed = [to - instead for to, instead in zip(actual, lifetime, strict=True)]
    return trust_in_blend([-to for to in lifetime], missed)


def level_helps(earlier: Sequence[Backtested]) -> bool:
    """Tell whether the seasonal shift lowered the log loss so far; without evidence it is trusted."""
    gain = 0.0
    for tested in earlier:
        if tested.learned.season is not None:
            blend = tested.own() + tested.learned.pull
            shifted = blend + tested.learned.season
            gain += log_losses(blend, tested.churned).sum() - log_losses(shifted, tested.churned).sum()
    return gain >= 0


def predict(learned: Learned, rows: pd.DataFrame) -> Backtested:
    """Predict the rows of an origin whose window has passed."""
    said = Backtested(learned, rows, member_log_odds(learned.members, rows))
    if learned.spend is None:
        return said
    probability = said.predictions()["churn_probability"].to_numpy()
    return replace(said, spend=learned.spend.members(rows, probability))


def log_losses(log_odds: NDArray[np.float64], churned: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the negative log-likelihood of each row, in nats."""
    return np.logaddexp(0, log_odds) - churned * log_odds
