"""One cutoff after the other: models are chosen, fitted and asked, each on what was known then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd

from pipeline.btyd.choice import Choice
from pipeline.btyd.conditionalspend import fit_spend, spend_metrics
from pipeline.btyd.firstday import first_day_level, of_all_days
from pipeline.btyd.fitting import Engine
from pipeline.btyd.lifetime import lifetime_value, no_lifetime_value, realised_value
from pipeline.btyd.longrun import LongRun, LongRuns
from pipeline.btyd.newcomers import newcomers
from pipeline.btyd.outlook import no_outlook
from pipeline.btyd.seasonchoice import Season, SeasonChoice, Seasons
from pipeline.btyd.stored import StoredOrders
from pipeline.btyd.trackrecord import TrackRecord
from pipeline.errors import InsufficientHistory
from pipeline.features import amounts_between, born_since

Wanted = Literal["values", "orders", "nothing"]


@dataclass(frozen=True)
class Recipe:
    """How lifetime values are to be made, whatever the cutoff.

    Attributes
    ----------
    horizon_days, clv_horizon_days : int
        Of orders and spend, and of the CLV.
    discount_rate_per_year : float
        Effective rate.
    margin : float
        Share of the spend that is earned.
    model, season : str
        By name, or "auto": whichever would have done well in past windows.
    engine : {"own", "lifetimes"}
    births_from : date or None
        Models learn from customers who first ordered on that day or later; None: from all.
    """

    horizon_days: int
    clv_horizon_days: int
    discount_rate_per_year: float
    margin: float
    model: str = "auto"
    season: Season | Literal["auto"] = "auto"
    engine: Engine = "own"
    births_from: date | None = None


class Fits:
    """Fits at ascending cutoffs; keeps the last choice, all fits, and why where there is none.

    Parameters
    ----------
    recipe : Recipe
    seasons : Seasons
        What model and season are chosen by.
    days : DataFrame
        As made by `pipeline.features.customer_days`.
    as_of : date
        The first day that is not known.
    wanted : {"values", "orders", "nothing"}
        Orders: P(no order) is all that is told. Nothing: nothing is fitted.

    Attributes
    ----------
    done : list of dict
        What was fitted at each cutoff, as JSON types; `StoredOrders` and `StoredFit` read it back.
    failed : dict of date to str
        Why nothing could be fitted at a cutoff.
    """

    def __init__(
        self, recipe: Recipe, seasons: Seasons, days: pd.DataFrame, as_of: date, wanted: Wanted = "values"
    ) -> None:
        self.recipe, self.seasons, self.days, self.as_of, self.wanted = recipe, seasons, days, as_of, wanted
        self.record = TrackRecord(recipe.horizon_days, recipe.clv_horizon_days)
        self.long_runs = LongRuns(seasons.chooser, days, recipe.clv_horizon_days, seasons.past.tells)
        self.choice, self.season = Choice.given(recipe.model), SeasonChoice("off", "given")
        self.done: list[dict[str, Any]] = []
        self.failed: dict[date, str] = {}

    def expect(self, cutoff: date, summary: pd.DataFrame) -> pd.DataFrame:
        """Fit the models of a cutoff and give what they expect.

        Parameters
        ----------
        cutoff : date
            Later than those before.
        summary : DataFrame
            One row per customer known then: `customer_key`, `first_order_on`, histories and spend, and
            `future_orders` and `future_spend`, missing where they are not yet known.

        Returns
        -------
        DataFrame
            The columns of `lifetime_value` and of its outlook, indexed like the summary; missing where they
            are not wanted or nothing can be fitted.
        """
        nothing = no_lifetime_value(summary).join(no_outlook(summary))
        if self.wanted == "nothing":
            return nothing
        try:
            stored = self._fit_orders(cutoff)
            if self.wanted == "values":
                return self._fit_spend(stored, summary)
        except InsufficientHistory as error:
            self.failed[cutoff] = error.problem
            return nothing
        expected = stored.expectations(summary, self.recipe.horizon_days)
        self._keep(stored)
        return nothing.assign(p_no_order=expected["p_no_order"])

    def metrics(self) -> dict[str, Any]:
        """Say why these models, as of the last cutoff, and what is remarkable about it."""
        last = self.done[-1]
        return {
            "choice": last["choice"],
            "candidates": self.choice.measures(),
            "season": last["season"],
            "spend_by_frequency": last["spend_by_frequency"],
            "after_horizon": last["after_horizon"],
            "newcomers": last["newcomers"],
        }

    def _fit_orders(self, cutoff: date) -> StoredOrders:
        """Choose the model, then its season, unless the recipe names them; fit both."""
        name, season, seasons = self.recipe.model, self.recipe.season, self.seasons
        self.choice = seasons.chooser.choose(cutoff) if name == "auto" else Choice.given(name)
        model = self.choice.model
        wanted = seasons.choose(model, cutoff) if season == "auto" else SeasonChoice(season, "given")
        orders, clock = seasons.fit(model, wanted.season, cutoff)
        self.season = wanted.as_fitted(clock)
        return StoredOrders(cutoff, orders, clock)

    def _fit_spend(self, stored: StoredOrders, summary: pd.DataFrame) -> pd.DataFrame:
        """Fit the spend per order; give expectations with their intervals."""
        recipe, cutoff, orders, clock = self.recipe, stored.cutoff, stored.orders, stored.clock
        first_level = self._first_day_level(cutoff, summary)
        summary = of_all_days(self._with_realised_value(cutoff, summary), first_level)
        spend = fit_spend(born_since(summary, recipe.births_from), recipe.engine)
        exposed = clock.summary(summary, cutoff)
        # With a season the rest of the year is another's; what was missed without one would count it twice.
        long_run = LongRun() if clock.has_season else self.long_runs.of(self.choice.model, cutoff)
        values = lifetime_value(
            orders,
            spend.model,
            exposed,
            horizon_days=clock.horizon(cutoff, recipe.horizon_days),
            clv_horizon_days=clock.horizon(cutoff, recipe.clv_horizon_days),
            annual_discount_rate=recipe.discount_rate_per_year,
            margin=recipe.margin,
            level_after_horizon=long_run.level,
        )
        values = values.join(self.record.predict(cutoff, orders, spend.model, summary, values, clock))
        self._keep(
            stored,
            spend=spend.model.to_dict(),
            first_day_level=first_level,
            spend_by_frequency=spend_metrics(spend, summary, values["clv"]),
            after_horizon=long_run._asdict(),
            spread=self.record.spend_spread._asdict(),
            newcomers=newcomers(orders, summary, exposed, recipe.horizon_days).to_dict(),
        )
        return values

    def _keep(self, stored: StoredOrders, **of_spend: object) -> None:
        self.done.append(
            {
                "cutoff": stored.cutoff.isoformat(),
                "choice": self.choice.to_dict(),
                "season": self.season.to_dict(),
                "orders": stored.orders.to_dict(),
                "clock": stored.clock.to_dict(),
                **of_spend,
            }
        )

    def _first_day_level(self, cutoff: date, summary: pd.DataFrame) -> float:
        """Learn how first orders compare with others, of the customers who may be learned from."""
        learned = born_since(summary, self.recipe.births_from)["customer_key"]
        spent = amounts_between(self.days, self.days["day"].min().date(), cutoff)
        return first_day_level(spent[spent["customer_key"].isin(learned)])

    def _with_realised_value(self, cutoff: date, summary: pd.DataFrame) -> pd.DataFrame:
        """Add what the customers turned out to be worth, if the horizon of the CLV has passed."""
        end = cutoff + timedelta(days=self.recipe.clv_horizon_days)
        if end > self.as_of:
            return summary
        spent = amounts_between(self.days, cutoff, end)
        value = realised_value(spent, cutoff, self.recipe.discount_rate_per_year, self.recipe.margin)
        return summary.assign(future_clv=value.reindex(summary["customer_key"], fill_value=0.0).to_numpy())
