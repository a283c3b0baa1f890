"""Choose, fit and ask the BTYD and spend models at each cutoff, on what was known then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from pipeline.btyd import (
    Choice,
    Chooser,
    Clock,
    Past,
    SeasonChoice,
    Seasons,
    StoredOrders,
    TrackRecord,
    candidates,
    first_day_level,
    fit_spend,
    lifetime_value,
    newcomers,
    no_lifetime_value,
    no_outlook,
    of_all_days,
    realised_value,
    spend_metrics,
)
from pipeline.counted import counted
from pipeline.errors import InsufficientHistory
from pipeline.features import (
    Cutoffs,
    OpenDays,
    amounts_between,
    births_known_from,
    born_since,
    daily_flow,
    histories,
    orders_between,
)
from pipeline.params import Params
from pipeline.preflight.floors import INSUFFICIENT_HISTORY, unmet, why
from pipeline.stages import files
from pipeline.stages.shell import progress, run, say, warn
from pipeline.tables import io

_DAYS = ["customer_key", "day", "amount", "known_from", "known_until"]
_HISTORY = ["frequency", "recency", "T", "future_orders"]
_KNOWN = ["customer_key", "cutoff", "first_order_on", *_HISTORY]
_SPEND = ["monetary_value", "spend_days", "first_order_amount"]
_SUMMARY = [*_KNOWN, *_SPEND, "future_spend"]
PARAMETER_DIGITS = 8  # what the models keep, so that a model read back predicts the same


def fit_lifetime_value(params: Params) -> None:
    """Write the expectations per customer and cutoff, the fitted parameters, and why these models."""
    cutoffs = Cutoffs.from_dict(io.read_json(files.CUTOFFS)).all
    floors = io.read_json(files.PREFLIGHT)
    no_clv, no_churn = (why(unmet(floors, each)) or None for each in ("clv", "churn"))
    done = _Fits(cutoffs, no_clv, params, of_churn=not no_churn)
    io.write_parquet(map(done.values, progress(cutoffs, "lifetime value")), files.LIFETIME_VALUE)
    models = {
        "grain": "day",
        "data_fingerprint": io.read_json(files.LOG)["fingerprint"],
        "fits": done.fits if done.is_told else [],
        "of_churn": [] if done.is_told else done.fits,
    }
    if done.reason:
        why_not = {"status": INSUFFICIENT_HISTORY, "reason": done.reason}
        models, metrics, intervals = models | why_not, why_not, why_not
    else:
        metrics, intervals = done.metrics(), done.record.metrics()
    io.write_json(models, files.LIFETIME_VALUE_MODELS, digits=PARAMETER_DIGITS)
    io.write_json(metrics, files.LIFETIME_VALUE_METRICS)
    io.write_csv(done.choice.by_window(), files.PLOTS / "model_choice.csv")
    io.write_json(intervals, files.INTERVALS)
    io.write_csv(done.record.histogram(), files.PLOTS / "pit.csv")
    io.write_csv(done.record.coverage_by_tenth(), files.PLOTS / "interval_coverage.csv")
    _tell(done, cutoffs, params)


def _tell(done: _Fits, cutoffs: Sequence[date], params: Params) -> None:
    """Say which models were chosen, and warn of what they cannot know."""
    for problem, at in done.failed.items():
        warn(
            f"no lifetime value at {len(at)} of {counted(len(cutoffs)):cutoff/cutoffs} "
            f"({at[0]} to {at[-1]}): {problem}"
        )
    if done.reason:
        say(f"lifetime_value: none, {done.reason}")
        if done.fits and not done.is_told:
            say(f"  churn learns from its P(no order) at {counted(len(done.fits)):cutoff/cutoffs}")
        return
    last, horizon_days = done.fits[-1], params.churn.horizon_days
    if done.season.reason == "not_found":
        warn(
            f"no season is allowed for as of {cutoffs[-1]}: the log is too short for lifetime_value.season: "
            f"{params.lifetime_value.season}, or shows none"
        )
    if (new := last["newcomers"])["are_others"]:
        warn(
            f"the {counted(new['customers']):customer who/customers who} came in the last {horizon_days} "
            f"days ordered again {counted(new['repeats']):time/times}, {new['expected']:,.0f} were to be "
            "expected: what is forecast for them will be far off"
        )
    number = counted(len(done.fits))
    say(f"lifetime_value: at {number:cutoff/cutoffs}; {done.choice.sentence}; season {done.season.season}")
    for kind in ("orders", "spend"):
        model = last[kind]
        if model["status"] != "ok":
            say(f"  {model['model']} is {model['status']} as of {cutoffs[-1]}: {model['message']}")


class _Fits:
    """Fits one cutoff after the other; keeps the last choice, all fits, and why where there are no values.

    Where the floors allow churn alone, P(no order) is all that is told: its members learn from it.
    """

    def __init__(
        self, cutoffs: Sequence[date], reason: str | None, params: Params, *, of_churn: bool
    ) -> None:
        self.last, self.reason, self.params = cutoffs[-1], reason, params
        self.is_fitted, self.is_told = of_churn or not reason, not reason
        self.days = io.read_parquet(files.CUSTOMER_DAYS, columns=_DAYS)
        self.seasons = _seasons(self.days, cutoffs, params)
        self.record = TrackRecord(params.churn.horizon_days, params.lifetime_value.clv_horizon_days)
        self.choice, self.season = Choice.given(params.lifetime_value.model), SeasonChoice("off", "given")
        self.fits: list[dict[str, Any]] = []
        self.failed: dict[str, list[date]] = {}

    def values(self, cutoff: date) -> pd.DataFrame:
        """Give the expectations of the customers at a cutoff; missing where nothing can be fitted."""
        summary = io.read_parquet(files.SNAPSHOTS, _SUMMARY, only={"cutoff": [cutoff]})
        nothing = no_lifetime_value(summary).join(no_outlook(summary))
        keys = summary[["customer_key", "cutoff"]]
        if not self.is_fitted:
            return keys.join(nothing)
        try:
            values = self._fit(cutoff, summary)
        except InsufficientHistory as error:
            self.failed.setdefault(error.problem, []).append(cutoff)
            if cutoff == self.last:
                self.reason = self.reason or error.problem
            return keys.join(nothing)
        return keys.join(values if self.is_told else nothing.assign(p_no_order=values["p_no_order"]))

    def metrics(self) -> dict[str, Any]:
        """Say why these models, as of the last cutoff, and what is remarkable about it."""
        last = self.fits[-1]
        return {
            "choice": last["choice"],
            "candidates": self.choice.measures(),
            "season": last["season"],
            "spend_by_frequency": last["spend_by_frequency"],
            "newcomers": last["newcomers"],
        }

    def _fit(self, cutoff: date, summary: pd.DataFrame) -> pd.DataFrame:
        """Choose and fit the models of a cutoff, keep their parameters, give what they expect."""
        self.choice, self.season = _choose(self.seasons, cutoff, self.params)
        orders, clock = self.seasons.fit(self.choice.model, self.season.season, cutoff)
        self.season = self.season.as_fitted(clock)
        stored = StoredOrders(cutoff, orders, clock)
        if self.is_told:
            values, of_spend = self._fit_spend(stored, summary)
        else:
            values, of_spend = stored.expectations(summary, self.params.churn.horizon_days), {}
        self.fits.append(
            {
                "cutoff": cutoff.isoformat(),
                "choice": self.choice.to_dict(),
                "season": self.season.to_dict(),
                "orders": orders.to_dict(),
                "clock": clock.to_dict(),
                **of_spend,
            }
        )
        return values

    def _fit_spend(self, stored: StoredOrders, summary: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
        """Fit the spend per order; give expectations with their intervals, and what to keep of the fit."""
        cutoff, orders, clock = stored.cutoff, stored.orders, stored.clock
        money, horizon_days = self.params.lifetime_value, self.params.churn.horizon_days
        first_level = self._first_day_level(cutoff, summary)
        summary = of_all_days(_with_realised_value(summary, self.days, cutoff, self.params), first_level)
        spend = fit_spend(born_since(summary, self.params.ingest.births_from), money.engine)
        exposed = clock.summary(summary, cutoff)
        values = lifetime_value(
            orders,
            spend.model,
            exposed,
            horizon_days=clock.horizon(cutoff, horizon_days),
            clv_horizon_days=clock.horizon(cutoff, money.clv_horizon_days),
            annual_discount_rate=money.discount_rate_per_year,
            margin=money.margin,
        )
        values = values.join(self.record.predict(cutoff, orders, spend.model, summary, values, clock))
        return values, {
            "spend": spend.model.to_dict(),
            "first_day_level": first_level,
            "spend_by_frequency": spend_metrics(spend, summary, values["clv"]),
            "spread": self.record.spend_spread._asdict(),
            "newcomers": newcomers(orders, summary, exposed, horizon_days).to_dict(),
        }

    def _first_day_level(self, cutoff: date, summary: pd.DataFrame) -> float:
        """Learn how first orders compare with others, of the customers who may be learned from."""
        learned = born_since(summary, self.params.ingest.births_from)["customer_key"]
        spent = amounts_between(self.days, self.days["day"].min().date(), cutoff)
        return first_day_level(spent[spent["customer_key"].isin(learned)])


def _with_realised_value(
    summary: pd.DataFrame, days: pd.DataFrame, cutoff: date, params: Params
) -> pd.DataFrame:
    """Add what the customers turned out to be worth, if the horizon of the CLV has passed."""
    money = params.lifetime_value
    end = cutoff + timedelta(days=money.clv_horizon_days)
    if end > date.fromisoformat(io.read_json(files.LOG)["as_of"]):
        return summary
    spent = amounts_between(days, cutoff, end)
    value = realised_value(spent, cutoff, money.discount_rate_per_year, money.margin)
    return summary.assign(future_clv=value.reindex(summary["customer_key"], fill_value=0.0).to_numpy())


def _seasons(days: pd.DataFrame, cutoffs: Sequence[date], params: Params) -> Seasons:
    """Gather what models and seasons are chosen by: the customers who may be learned from, at each cutoff."""
    horizon_days, births_from = params.churn.horizon_days, params.ingest.births_from
    first_day = date.fromisoformat(io.read_json(files.LOG)["first_day"])
    open_days = OpenDays(io.read_parquet(files.ORDERS, ["ordered_at"])["ordered_at"])
    by_cutoff = _Histories(cutoffs, days, params)
    if births_from is not None:
        days = days[days["customer_key"].isin({key for rows in by_cutoff.values() for key in rows.index})]

    def clock(cutoff: date) -> Clock:
        return Clock(closed=tuple(open_days.closures(cutoff)))

    past = Past(
        first_day=births_known_from(first_day, births_from),
        flow=lambda cutoff: daily_flow(days, cutoff),
        history=lambda cutoff: histories(days, cutoff, horizon_days),
        tells=lambda cutoff: open_days.tells(cutoff, horizon_days),
    )
    engine = params.lifetime_value.engine
    chooser = Chooser(
        candidates(engine), by_cutoff, horizon_days, engine, clock, any_day=open_days.is_mostly_open
    )
    return Seasons(chooser, past)


class _Histories(Mapping[date, pd.DataFrame]):
    """The customers who may be learned from, by cutoff; read when asked for: all would fill memory."""

    def __init__(self, cutoffs: Sequence[date], days: pd.DataFrame, params: Params) -> None:
        self.cutoffs, self.days, self.params = cutoffs, days, params

    def __getitem__(self, cutoff: date) -> pd.DataFrame:
        recent = orders_between(self.days, cutoff - timedelta(days=self.params.churn.horizon_days), cutoff)
        known = io.read_parquet(files.SNAPSHOTS, _KNOWN, only={"cutoff": [cutoff]})
        rows = born_since(known, self.params.ingest.births_from).set_index("customer_key")[_HISTORY]
        return rows.assign(recent_orders=recent.reindex(rows.index, fill_value=0))

    def __iter__(self) -> Iterator[date]:
        return iter(self.cutoffs)

    def __len__(self) -> int:
        return len(self.cutoffs)


def _choose(seasons: Seasons, cutoff: date, params: Params) -> tuple[Choice, SeasonChoice]:
    """Choose the model, then its season, unless the parameters name them."""
    model, season = params.lifetime_value.model, params.lifetime_value.season
    choice = seasons.chooser.choose(cutoff) if model == "auto" else Choice.given(model)
    if season == "auto":
        return choice, seasons.choose(choice.model, cutoff)
    return choice, SeasonChoice(season, "given")


if __name__ == "__main__":
    run(fit_lifetime_value)
