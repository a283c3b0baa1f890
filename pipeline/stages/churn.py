"""Learn churn as of each past origin, test it there, and learn once more as of today, for scoring."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

import pandas as pd

from pipeline.churn.backtest import Backtested, Learned, learn, predict
from pipeline.churn.blend import about
from pipeline.churn.frame import LABELS
from pipeline.churn.lifetime_inputs import reference_history
from pipeline.churn.season import OF_LAST_YEAR, Window
from pipeline.churn.store import dump_model, trusted_types
from pipeline.churn.tables import backtest_table, table_of_members
from pipeline.churn.tune import Tuned, tune
from pipeline.errors import InsufficientHistory
from pipeline.features import Cutoffs, Origin
from pipeline.features.sampling import some_customers
from pipeline.params import Params
from pipeline.preflight.floors import INSUFFICIENT_HISTORY, unmet, why
from pipeline.stages import files, frames
from pipeline.stages.shell import progress, run, say, time_limit
from pipeline.tables import io

MOST_TRAINING_ROWS = 300_000  # more cost time and memory, and teach nothing new
MOST_TESTED_CUSTOMERS = 100_000


def train(params: Params) -> None:
    """Write the backtest, the models and the card that says what they are, or that there are none and why."""
    cutoffs = Cutoffs.from_dict(io.read_json(files.CUTOFFS))
    horizon_days = params.churn.horizon_days
    card: dict[str, Any] = {
        "label": f"churned: no order in the {horizon_days} days from the cutoff",
        "horizon_days": horizon_days,
        "data_fingerprint": io.read_json(files.LOG)["fingerprint"],
    }
    reason = why(unmet(io.read_json(files.PREFLIGHT), "churn"))
    recipe: dict[str, Any] = {
        "horizon_days": horizon_days,
        "wanted": params.churn.members,
        "seed": params.seed,
        "half_life_days": params.churn.half_life_days,
    }
    tested: list[Backtested] = []
    holdout_model, model, value = dump_model(None), dump_model(None), dump_model(None)
    days = [origin.cutoff for origin in (*cutoffs.origins, cutoffs.final)]
    customers = some_customers(frames.keys(days), MOST_TESTED_CUSTOMERS, params.seed)
    labelled = partial(frames.labelled, horizon_days=horizon_days)
    rows = [
        labelled([origin.cutoff], cutoffs.known_until(origin), customers=customers)
        for origin in cutoffs.origins
    ]
    if not reason:
        if params.churn.tune_minutes and cutoffs.origins:
            try:
                tuned = _tune(_training_rows(cutoffs.origins[0], params), params)
                recipe["boosting"], card["tuned"] = tuned.boosting, asdict(tuned)
            except InsufficientHistory as error:
                say(f"churn: nothing to tune with, {error.problem}")
        for origin, at_origin in zip(progress(cutoffs.origins, "backtest"), rows, strict=True):
            learned_from = _training_rows(origin, params)
            today = at_origin.drop(columns=list(LABELS))
            try:
                learned = learn(learned_from, today, _last_year(origin, horizon_days), tested, **recipe)
            except InsufficientHistory as error:
                say(f"churn: not tested at {origin.cutoff}, {error.problem}")
                continue
            tested.append(predict(learned, at_origin))
            if origin.cutoff == cutoffs.holdout:
                holdout_model, card["churn_holdout"] = _store(learned, origin, learned_from)
        try:
            learned_from = _training_rows(cutoffs.final, params)
            today = frames.known(cutoffs.score, customers)
            learned = learn(learned_from, today, _last_year(cutoffs.final, horizon_days), tested, **recipe)
            model, card["churn"] = _store(learned, cutoffs.final, learned_from)
            if learned.spend:
                value, card["value"] = dump_model(learned.spend.as_dict()), learned.spend.about()
        except InsufficientHistory as error:
            reason = error.problem
    if reason:
        card |= {"status": INSUFFICIENT_HISTORY, "reason": reason}
        say(f"churn: no model, {reason}")
    card["backtest"] = table_of_members([each for each in tested if each.cutoff != cutoffs.holdout])
    io.write_bytes(holdout_model, files.CHURN_HOLDOUT_MODEL)
    io.write_bytes(model, files.CHURN_MODEL)
    io.write_bytes(value, files.VALUE_MODEL)
    io.write_parquet(backtest_table(rows, tested), files.BACKTEST)
    io.write_json(card, files.CHURN_CARD)


def _tune(frame: pd.DataFrame, params: Params) -> Tuned:
    """Search for as long as the parameters allow."""
    with time_limit(params.churn.tune_minutes, "settings of the trees") as go_on:
        tuned = tune(frame, seed=params.seed, go_on=go_on)
    gain = tuned.log_loss_of_defaults - tuned.log_loss
    say(f"churn: {tuned.trials} settings of the trees tried, log loss {gain:.5f} below that of the defaults")
    return tuned


def _training_rows(origin: Origin, params: Params) -> pd.DataFrame:
    """Take all rows to learn from at an origin, of as many customers as fit."""
    keys = frames.keys(origin.training)
    customers = None
    if len(keys) > MOST_TRAINING_ROWS:
        most = keys.nunique() * MOST_TRAINING_ROWS // len(keys)
        customers = some_customers(keys, most, params.seed)
    horizon_days = params.churn.horizon_days
    return frames.labelled(origin.training, origin.cutoff, horizon_days=horizon_days, customers=customers)


def _last_year(origin: Origin, horizon_days: int) -> Window | None:
    """Take all customers of the same window a year ago, with the little that is asked of them."""
    if not (then := origin.last_year):
        return None
    of_window = partial(frames.labelled, horizon_days=horizon_days, features=OF_LAST_YEAR)
    return Window(of_window(then.training, then.cutoff), of_window([then.cutoff], origin.cutoff))


def _store(learned: Learned, origin: Origin, frame: pd.DataFrame) -> tuple[bytes, dict[str, Any]]:
    """Give a model's archive, and what the card says of it and the rows it was learned from."""
    model = learned.classifier(frame)
    stored = dump_model(model)
    first, last = origin.training[0], origin.training[-1]
    say(f"churn: as of {origin.cutoff} learned from {len(frame):,} snapshots, cutoffs {first} to {last}")
    return stored, {
        **about(model),
        "calibration": learned.calibration.about(),
        "cutoffs": [day.isoformat() for day in origin.training],
        "rows": len(frame),
        "churn_rate": float(frame["churned"].mean()),
        "reference": reference_history(frame),
        "trusted_types": trusted_types(stored),
    }


if __name__ == "__main__":
    run(train)
