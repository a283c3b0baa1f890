"""Choose, fit and ask the BTYD and spend models at each cutoff, on what was known then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from pipeline.btyd import Chooser, Clock, Fits, Past, Recipe, Seasons, candidates
from pipeline.counted import counted
from pipeline.features import (
    Cutoffs,
    OpenDays,
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
    log, floors = io.read_json(files.LOG), io.read_json(files.PREFLIGHT)
    no_clv, no_churn = (why(unmet(floors, each)) for each in ("clv", "churn"))
    recipe = Recipe(
        horizon_days=params.churn.horizon_days,
        births_from=params.ingest.births_from,
        **params.lifetime_value.model_dump(),
    )
    days = io.read_parquet(files.CUSTOMER_DAYS, columns=_DAYS)
    fits = Fits(
        recipe,
        _seasons(recipe, days, cutoffs, date.fromisoformat(log["first_day"])),
        days,
        date.fromisoformat(log["as_of"]),
        # Where the floors allow churn alone, its members learn from P(no order).
        wanted="values" if not no_clv else "orders" if not no_churn else "nothing",
    )
    values = (_values(fits, cutoff) for cutoff in progress(cutoffs, "lifetime value"))
    io.write_parquet(values, files.LIFETIME_VALUE)
    reason = no_clv or fits.failed.get(cutoffs[-1])
    _write(fits, log["fingerprint"], reason)
    _tell(fits, cutoffs, reason)


def _values(fits: Fits, cutoff: date) -> pd.DataFrame:
    """Give the expectations of the customers at a cutoff."""
    summary = io.read_parquet(files.SNAPSHOTS, _SUMMARY, only={"cutoff": [cutoff]})
    return summary[["customer_key", "cutoff"]].join(fits.expect(cutoff, summary))


def _write(fits: Fits, fingerprint: str, reason: str | None) -> None:
    """Write the models and what they were chosen and judged by; or why there are none."""
    is_told = fits.wanted == "values"
    models = {
        "grain": "day",
        "data_fingerprint": fingerprint,
        "fits": fits.done if is_told else [],
        "of_churn": [] if is_told else fits.done,
    }
    if reason:
        why_not = {"status": INSUFFICIENT_HISTORY, "reason": reason}
        models, metrics, intervals = models | why_not, why_not, why_not
    else:
        metrics, intervals = fits.metrics(), fits.record.metrics()
    io.write_json(models, files.LIFETIME_VALUE_MODELS, digits=PARAMETER_DIGITS)
    io.write_json(metrics, files.LIFETIME_VALUE_METRICS)
    io.write_csv(fits.choice.by_window(), files.PLOTS / "model_choice.csv")
    io.write_json(intervals, files.INTERVALS)
    io.write_csv(fits.record.histogram(), files.PLOTS / "pit.csv")
    io.write_csv(fits.record.coverage_by_tenth(), files.PLOTS / "interval_coverage.csv")


def _tell(fits: Fits, cutoffs: Sequence[date], reason: str | None) -> None:
    """Say which models were chosen, and warn of what they cannot know."""
    for problem in dict.fromkeys(fits.failed.values()):
        at = [day for day, found in fits.failed.items() if found == problem]
        warn(
            f"no lifetime value at {len(at)} of {counted(len(cutoffs)):cutoff/cutoffs} "
            f"({at[0]} to {at[-1]}): {problem}"
        )
    number = counted(len(fits.done))
    if reason:
        say(f"lifetime_value: none, {reason}")
        if fits.done and fits.wanted == "orders":
            say(f"  churn learns from its P(no order) at {number:cutoff/cutoffs}")
        return
    last, recipe = fits.done[-1], fits.recipe
    if fits.season.reason == "not_found":
        warn(
            f"no season is allowed for as of {cutoffs[-1]}: the log is too short for lifetime_value.season: "
            f"{recipe.season}, or shows none"
        )
    if (new := last["newcomers"])["are_others"]:
        warn(
            f"the {counted(new['customers']):customer who/customers who} came in the last "
            f"{recipe.horizon_days} days ordered again {counted(new['repeats']):time/times}, "
            f"{new['expected']:,.0f} were to be expected: what is forecast for them will be far off"
        )
    say(f"lifetime_value: at {number:cutoff/cutoffs}; {fits.choice.sentence}; season {fits.season.season}")
    for kind in ("orders", "spend"):
        model = last[kind]
        if model["status"] != "ok":
            say(f"  {model['model']} is {model['status']} as of {cutoffs[-1]}: {model['message']}")


def _seasons(recipe: Recipe, days: pd.DataFrame, cutoffs: Sequence[date], first_day: date) -> Seasons:
    """Gather what models and seasons are chosen by: the customers who may be learned from, at each cutoff."""
    horizon_days, births_from = recipe.horizon_days, recipe.births_from
    open_days = OpenDays(io.read_parquet(files.ORDERS, ["ordered_at"])["ordered_at"])
    by_cutoff = _Histories(recipe, days, cutoffs)
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
    engine = recipe.engine
    chooser = Chooser(
        candidates(engine), by_cutoff, horizon_days, engine, clock, any_day=open_days.is_mostly_open
    )
    return Seasons(chooser, past)


class _Histories(Mapping[date, pd.DataFrame]):
    """The customers who may be learned from, by cutoff; read when asked for: all would fill memory."""

    def __init__(self, recipe: Recipe, days: pd.DataFrame, cutoffs: Sequence[date]) -> None:
        self.recipe, self.days, self.cutoffs = recipe, days, cutoffs

    def __getitem__(self, cutoff: date) -> pd.DataFrame:
        recent = orders_between(self.days, cutoff - timedelta(days=self.recipe.horizon_days), cutoff)
        known = io.read_parquet(files.SNAPSHOTS, _KNOWN, only={"cutoff": [cutoff]})
        rows = born_since(known, self.recipe.births_from).set_index("customer_key")[_HISTORY]
        return rows.assign(recent_orders=recent.reindex(rows.index, fill_value=0))

    def __iter__(self) -> Iterator[date]:
        return iter(self.cutoffs)

    def __len__(self) -> int:
        return len(self.cutoffs)


if __name__ == "__main__":
    run(fit_lifetime_value)
