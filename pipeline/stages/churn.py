"""Learn churn as of each past origin, test it there, and learn once more as of today, for scoring."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.churn.backtest import Recipe
from pipeline.churn.blend import about
from pipeline.churn.lifetime_inputs import reference_history
from pipeline.churn.members import BOOSTING
from pipeline.churn.origins import Learner, Lesson
from pipeline.churn.season import OF_LAST_YEAR, Window, tells_of_today
from pipeline.churn.spend import SpendModel
from pipeline.churn.store import dump_model, trusted_types
from pipeline.churn.tables import backtest_table, table_of_members
from pipeline.churn.tune import Tuned, tune
from pipeline.counted import counted
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
    days = [origin.cutoff for origin in (*cutoffs.origins, cutoffs.final)]
    customers = some_customers(frames.keys(days), MOST_TESTED_CUSTOMERS, params.seed)
    tests = _tests(cutoffs, customers, params)
    reason: str | None = why(unmet(io.read_json(files.PREFLIGHT), "churn"))
    tuned = _tuned(tests[0][0], params) if params.churn.tune_minutes and tests and not reason else None
    learner = Learner(
        partial(_training_rows, params=params), partial(_last_year, params=params), _recipe(params, tuned)
    )
    shelf = _Shelf(params, tuned)
    if not reason:
        for origin, rows in progress(tests, "backtest"):
            _test(learner, origin, rows, shelf if origin.cutoff == cutoffs.holdout else None)
        reason = _learn_today(learner, cutoffs.final, frames.known(cutoffs.score, customers), shelf)
    if reason:
        shelf.card |= {"status": INSUFFICIENT_HISTORY, "reason": reason}
        say(f"churn: no model, {reason}")
    judged = [each for each in learner.tested if each.cutoff != cutoffs.holdout]
    for path, archive in shelf.archives.items():
        io.write_bytes(archive, path)
    io.write_parquet(backtest_table([rows for _, rows in tests], learner.tested), files.BACKTEST)
    io.write_json({**shelf.card, "backtest": table_of_members(judged)}, files.CHURN_CARD)


def _tests(
    cutoffs: Cutoffs, customers: frames.Customers, params: Params
) -> list[tuple[Origin, pd.DataFrame]]:
    """Take each past origin with the customers to test there, and what they did."""
    labelled = partial(frames.labelled, horizon_days=params.churn.horizon_days, customers=customers)
    return [
        (origin, labelled([origin.cutoff], cutoffs.known_until(origin)))
        for origin in cutoffs.origins
        # A handful of customers long before the others may all be left out of a sample.
        if frames.keys([origin.cutoff]).isin(customers).any()
    ]


class _Shelf:
    """The archives to store, and the card that says what they are."""

    def __init__(self, params: Params, tuned: Tuned | None) -> None:
        self.archives = dict.fromkeys(
            (files.CHURN_HOLDOUT_MODEL, files.CHURN_MODEL, files.VALUE_MODEL), dump_model(None)
        )
        self.card: dict[str, Any] = {
            "label": f"churned: no order in the {params.churn.horizon_days} days from the cutoff",
            "horizon_days": params.churn.horizon_days,
            "data_fingerprint": io.read_json(files.LOG)["fingerprint"],
            **({"tuned": asdict(tuned)} if tuned else {}),
        }

    def keep(self, path: Path, origin: Origin, lesson: Lesson) -> None:
        """Keep a churn model's archive, and what the card says of it and the rows it was learned from."""
        learned, rows = lesson
        model = learned.classifier(rows)
        self.archives[path] = dump_model(model)
        first, last = origin.training[0], origin.training[-1]
        learned_from = f"{counted(len(rows)):snapshot/snapshots}, cutoffs {first} to {last}"
        say(f"churn: as of {origin.cutoff} learned from {learned_from}")
        self.card[path.stem] = {
            **about(model),
            "calibration": learned.calibration.about(),
            "cutoffs": [day.isoformat() for day in origin.training],
            "rows": len(rows),
            "churn_rate": float(rows["churned"].mean()),
            "reference": reference_history(rows),
            "trusted_types": trusted_types(self.archives[path]),
        }

    def keep_spend(self, spend: SpendModel) -> None:
        """Keep the value model."""
        self.archives[files.VALUE_MODEL] = dump_model(spend.as_dict())
        self.card["value"] = spend.about()


def _test(learner: Learner, origin: Origin, rows: pd.DataFrame, shelf: _Shelf | None) -> None:
    """Test at a past origin; put the model on the shelf, if there is one for it."""
    try:
        lesson = learner.test(origin, rows)
    except InsufficientHistory as error:
        say(f"churn: not tested at {origin.cutoff}, {error.problem}")
        return
    if shelf:
        shelf.keep(files.CHURN_HOLDOUT_MODEL, origin, lesson)


def _learn_today(learner: Learner, today: Origin, customers: pd.DataFrame, shelf: _Shelf) -> str | None:
    """Learn the models that score; say why where that cannot be."""
    try:
        lesson = learner.learn(today, customers)
    except InsufficientHistory as error:
        return error.problem
    shelf.keep(files.CHURN_MODEL, today, lesson)
    if lesson.learned.spend:
        shelf.keep_spend(lesson.learned.spend)
    return None


def _recipe(params: Params, tuned: Tuned | None) -> Recipe:
    """Say how models are learned, at every origin alike."""
    return Recipe(
        params.churn.horizon_days,
        params.churn.members,
        params.seed,
        tuned.boosting if tuned else BOOSTING,
        params.churn.half_life_days,
    )


def _tuned(first: Origin, params: Params) -> Tuned | None:
    """Search for settings of the trees on what the first origin learns from, as long as is allowed."""
    try:
        with time_limit(params.churn.tune_minutes, "settings of the trees") as go_on:
            tuned = tune(_training_rows(first, params), seed=params.seed, go_on=go_on)
    except InsufficientHistory as error:
        say(f"churn: nothing to tune with, {error.problem}")
        return None
    gain = tuned.log_loss_of_defaults - tuned.log_loss
    tried = f"{counted(tuned.trials):setting/settings} of the trees tried"
    say(f"churn: {tried}, log loss {gain:.5f} below that of the defaults")
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


def _last_year(origin: Origin, params: Params) -> Window | None:
    """Take the same window a year ago, of as many customers as are tested, with the little that is asked."""
    then = origin.last_year
    if not then or not tells_of_today(_season_at(then.cutoff), _season_at(origin.cutoff)):
        return None
    keys = frames.keys([*then.training, then.cutoff])
    of_window = partial(
        frames.labelled,
        horizon_days=params.churn.horizon_days,
        features=OF_LAST_YEAR,
        customers=some_customers(keys, MOST_TESTED_CUSTOMERS, params.seed),
    )
    return Window(of_window(then.training, then.cutoff), of_window([then.cutoff], origin.cutoff))


def _season_at(cutoff: date) -> str | None:
    """Tell how the lifetime model of a cutoff treats the season; None where there is no model."""
    saved = io.read_json(files.LIFETIME_VALUE_MODELS)
    fits = (fit for fit in (*saved["fits"], *saved["of_churn"]) if fit["cutoff"] == cutoff.isoformat())
    return next((fit["season"]["season"] for fit in fits), None)


if __name__ == "__main__":
    run(train)
