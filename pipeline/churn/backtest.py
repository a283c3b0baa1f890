"""What can be learned at an origin: members, their weights, the level; all from what was known there.

The weights come from the members' own predictions at the origin before, whose window has passed by now, so
that no prediction is judged by the model that was fitted to it. Whether the season's level is corrected is
decided the same way: it is kept unless it did harm in the windows so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.ensemble import StackingClassifier
from sklearn.pipeline import Pipeline

from pipeline.churn.blend import assemble, blend_weights, blended_log_odds
from pipeline.churn.frame import KEYS, LABELS
from pipeline.churn.level import CAUTION, missed_log_odds
from pipeline.churn.members import MEMBERS, Member, fit_members, member_log_odds
from pipeline.churn.spend import (
    SPEND_MEMBERS,
    SpendModel,
    fit_spend,
    missed_log_total,
    spend_weights,
    trust_in_blend,
    weighted_mean,
)
from pipeline.errors import InsufficientHistory

BACKTEST = {
    "customer_key": "str",
    "cutoff": "datetime64[us]",
    "churned": "bool",
    "future_orders": "float64",
    "future_spend": "float64",
    "churn_probability": "float64",
    "expected_spend": "float64",
}
"""Columns of the backtest that are there whatever the members."""


@dataclass(frozen=True)
class Window:
    """Rows to learn from and the rows of the window that followed.

    Attributes
    ----------
    train, test : pandas.DataFrame
        As from `pipeline.churn.frame.training_frame`; the labels of `train` end before `test` begins.
    """

    train: pd.DataFrame
    test: pd.DataFrame


@dataclass(frozen=True)
class Learned:
    """The churn model of one origin.

    Attributes
    ----------
    members : dict of str to fitted pipeline
    weights : dict of str to float
    season : float or None
        What last year's window tells to add to the log-odds; None where there is no such window.
    level_shift : float
        What is added: `season`, or 0 where there is none or it did harm before.
    spend : SpendModel or None
        The value model; None where there is too little spend, or no lifetime model.
    """

    members: dict[Member, Pipeline]
    weights: dict[Member, float]
    season: float | None
    level_shift: float
    spend: SpendModel | None = None

    def classifier(self, frame: pd.DataFrame) -> StackingClassifier:
        """Give the model as one scikit-learn classifier; see `pipeline.churn.blend.assemble`."""
        return assemble(self.members, self.weights, self.level_shift, frame)


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

    def predictions(self) -> pd.DataFrame:
        """Give the blends of churn and spend, and ``p_<member>`` and ``spend_<member>``, for each row."""
        blend = blended_log_odds(self.log_odds, self.learned.weights) + self.learned.level_shift
        table = self.log_odds.apply(expit).add_prefix("p_").assign(churn_probability=expit(blend))
        if self.learned.spend is None or self.spend is None:
            return table.assign(expected_spend=self.rows["expected_spend"])
        expected = self.learned.spend.blend(self.spend)
        return table.join(self.spend.add_prefix("spend_")).assign(expected_spend=expected)


def learn(
    train: pd.DataFrame,
    last_year: Window | None,
    earlier: Sequence[Backtested],
    *,
    wanted: Literal["auto"] | Sequence[Member],
    seed: int,
) -> Learned:
    """Learn all that is to be known at an origin.

    Parameters
    ----------
    train : pandas.DataFrame
        The rows to learn from.
    last_year : Window or None
        The same window a year earlier, for the level of the season.
    earlier : sequence of Backtested
        Earlier origins, ascending, whose windows have passed.
    wanted, seed
        As in `pipeline.churn.members.fit_members`.

    Returns
    -------
    Learned

    Raises
    ------
    InsufficientHistory
        If there are too few churners or stayers to learn from.
    """
    members = fit_members(train, wanted, seed=seed)
    latest = earlier[-1] if earlier else None
    weights = blend_weights(
        list(members), latest.log_odds if latest else None, latest.churned if latest else None
    )
    season = seasonal_shift(last_year, seed=seed) if last_year else None
    shift = season if season and level_helps(earlier) else 0.0
    return Learned(members, weights, season, shift, _learn_spend(train, last_year, earlier, seed))


def _learn_spend(
    train: pd.DataFrame, last_year: Window | None, earlier: Sequence[Backtested], seed: int
) -> SpendModel | None:
    """Learn the value model in the same steps: members, weights, level."""
    try:
        model = fit_spend(train, seed=seed)
    except InsufficientHistory:
        return None
    if earlier and earlier[-1].spend is not None:
        model = replace(model, weights=spend_weights(earlier[-1].spend, earlier[-1].spent))
    season = _seasonal_total(last_year, seed) if last_year else None
    log_level = season if season and total_helps(earlier) else 0.0
    return replace(model, season=season, log_level=log_level, trust=trust_in_totals(earlier))


def _seasonal_total(last_year: Window, seed: int) -> float | None:
    try:
        then = fit_spend(last_year.train, seed=seed)
    except InsufficientHistory:
        return None
    actual = last_year.test["future_spend"].to_numpy(dtype=np.float64)
    return missed_log_total(then.boosted(last_year.test), actual)


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
    """Ask the earlier origins whose total came nearer; see `pipeline.churn.spend.trust_in_blend`."""
    apart, missed = [], []
    for each in earlier:
        if each.spend is not None and each.learned.spend is not None and each.spent.sum() > 0:
            lifetime, own = each.learned.spend.log_totals(each.spend)
            apart.append(own - lifetime)
            missed.append(float(np.log(each.spent.sum())) - lifetime)
    return trust_in_blend(apart, missed)


def seasonal_shift(last_year: Window, *, seed: int) -> float | None:
    """Give half of what a logistic regression of last year missed in its window, in log-odds."""
    try:
        member = fit_members(last_year.train, ["logistic"], seed=seed)
    except InsufficientHistory:
        return None
    log_odds = member_log_odds(member, last_year.test)["logistic"].to_numpy()
    return CAUTION * missed_log_odds(log_odds, last_year.test["churned"].to_numpy(dtype=bool))


def level_helps(earlier: Sequence[Backtested]) -> bool:
    """Tell whether the seasonal shift lowered the log loss so far; without evidence it is trusted."""
    gain = 0.0
    for tested in earlier:
        if tested.learned.season is not None:
            blend = blended_log_odds(tested.log_odds, tested.learned.weights)
            shifted = blend + tested.learned.season
            gain += _log_losses(blend, tested.churned).sum() - _log_losses(shifted, tested.churned).sum()
    return gain >= 0


def predict(learned: Learned, rows: pd.DataFrame) -> Backtested:
    """Predict the rows of an origin whose window has passed."""
    said = Backtested(learned, rows, member_log_odds(learned.members, rows))
    if learned.spend is None:
        return said
    probability = said.predictions()["churn_probability"].to_numpy()
    return replace(said, spend=learned.spend.members(rows, probability))


def backtest_table(rows: Sequence[pd.DataFrame], tested: Sequence[Backtested]) -> pd.DataFrame:
    """Put what was said at every origin beside what then happened.

    Parameters
    ----------
    rows : sequence of pandas.DataFrame
        The customers at each origin, tested or not, ascending.
    tested : sequence of Backtested
        The origins at which there was a model.

    Returns
    -------
    pandas.DataFrame
        One row per customer and origin: keys, labels, ``churn_probability``, ``expected_spend``, and
        ``p_<member>`` and ``spend_<member>`` for each member that any origin had; what was not predicted is
        missing.
    """
    if not rows:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in BACKTEST.items()})
    predictions = {each.cutoff: each.predictions() for each in tested}
    tables = []
    for at_origin in rows:
        unpredicted = at_origin[["expected_spend"]].assign(churn_probability=np.nan)
        said = predictions.get(at_origin["cutoff"].iloc[0].date(), unpredicted)
        tables.append(at_origin[[*KEYS, *LABELS]].join(said))
    members = [*(f"p_{name}" for name in MEMBERS), *(f"spend_{name}" for name in SPEND_MEMBERS)]
    table = pd.concat(tables, ignore_index=True).astype(BACKTEST)
    return table[[*BACKTEST, *(name for name in members if name in table)]]


def table_of_members(tested: Sequence[Backtested]) -> list[dict[str, Any]]:
    """Compare members and blend at each origin, for the model card.

    Returns
    -------
    list of dict
        By origin: ``cutoff``, ``customers``, ``level_shift``, and by member and for the blend the ``weight``
        and the ``log_loss`` with its 95 % interval {value, low, high}.
    """
    return [_compared(each) for each in tested]


def _compared(tested: Backtested) -> dict[str, Any]:
    learned = tested.learned
    blend = blended_log_odds(tested.log_odds, learned.weights) + learned.level_shift
    return {
        "cutoff": tested.cutoff.isoformat(),
        "customers": len(tested.rows),
        "level_shift": learned.level_shift,
        "blend": {"log_loss": _mean_with_interval(_log_losses(blend, tested.churned))},
        "members": {
            name: {
                "weight": learned.weights[name],
                "log_loss": _mean_with_interval(
                    _log_losses(tested.log_odds[name].to_numpy(), tested.churned)
                ),
            }
            for name in learned.members
        },
    }


def _log_losses(log_odds: NDArray[np.float64], churned: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Negative log-likelihood of each row, in nats."""
    return np.logaddexp(0, log_odds) - churned * log_odds


def _mean_with_interval(values: NDArray[np.float64]) -> dict[str, float]:
    """Mean over customers, one row each, with the normal interval that a bootstrap would also give."""
    mean, error = float(values.mean()), float(values.std() / np.sqrt(len(values)))
    return {"value": mean, "low": mean - 1.96 * error, "high": mean + 1.96 * error}
